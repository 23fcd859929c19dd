-- demo.sql - two lively stores that share the service: Bici Downtown in Toronto (A, English) and Vélo Plateau in Montréal
-- (B, French). For the demo, for staff training, and for the tests that want a full house.
--
--   A  a0000000-0000-4000-8000-000000000001  bici-downtown  +14165550001  admin@bici-downtown.example
--   B  b0000000-0000-4000-8000-000000000002  velo-plateau   +14165550002  admin@velo-plateau.example
--
-- Each has 40 customers, 60 orders, 150 products, two weeks of appointments, and conversations in both languages. Camille
-- Tremblay (+15145550100) is a customer of both, as two rows. Accounts have no password: `switchbackctl user password`.
-- Plain SQL for the owner, after migrate. Dates are relative to the moment it is first loaded; chance is md5, so the same
-- day gives the same data. Loading it twice changes nothing: ids are fixed, and rows that are there stay as they are.

-- ---- tools, for this session only ----

-- A number from 0 to n - 1 that depends on the seed alone.
CREATE OR REPLACE FUNCTION pg_temp.roll(seed text, n int) RETURNS int LANGUAGE sql IMMUTABLE AS $$
	SELECT ('x' || substr(md5(seed), 1, 7))::bit(28)::int % n
$$;
-- An id that depends on the seed alone, in the form of a random one.
CREATE OR REPLACE FUNCTION pg_temp.uid(seed text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
	SELECT overlay(overlay(md5(seed) PLACING '4' FROM 13) PLACING '8' FROM 17)::uuid
$$;
CREATE OR REPLACE FUNCTION pg_temp.org(store text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE store WHEN 'a' THEN 'a0000000-0000-4000-8000-000000000001' ELSE 'b0000000-0000-4000-8000-000000000002' END::uuid
$$;
CREATE OR REPLACE FUNCTION pg_temp.zone(store text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT 'America/Toronto'
$$;
CREATE OR REPLACE FUNCTION pg_temp.enter(store text) RETURNS void LANGUAGE sql AS $$
	SELECT set_config('app.current_organization_id', pg_temp.org(store)::text, false)
$$;
-- The day in the store, and the instant of a minute of it.
CREATE OR REPLACE FUNCTION pg_temp.today(store text) RETURNS date LANGUAGE sql STABLE AS $$
	SELECT (now() AT TIME ZONE pg_temp.zone(store))::date
$$;
CREATE OR REPLACE FUNCTION pg_temp.at(store text, day date, minutes int) RETURNS timestamptz LANGUAGE sql STABLE AS $$
	SELECT (day + make_interval(mins => minutes)) AT TIME ZONE pg_temp.zone(store)
$$;
-- When the store is open: its week, with dated exceptions before it.
CREATE OR REPLACE FUNCTION pg_temp.periods(store text, d date) RETURNS TABLE (opens int, closes int) LANGUAGE sql STABLE AS $$
	SELECT h.opens, h.closes FROM organization_hours h
		WHERE h.organization_id = pg_temp.org(store) AND h.weekday = extract(isodow FROM d)
		  AND NOT EXISTS (SELECT FROM special_days s WHERE s.organization_id = pg_temp.org(store) AND s.day = d)
	UNION ALL
	SELECT p.opens, p.closes FROM special_day_periods p WHERE p.organization_id = pg_temp.org(store) AND p.day = d
$$;
-- The newest day, at least so many days ago, on which the store was open from late morning to the afternoon.
CREATE OR REPLACE FUNCTION pg_temp.open_day(store text, days_ago int) RETURNS date LANGUAGE sql STABLE AS $$
	SELECT max(d)::date FROM generate_series(pg_temp.today(store) - days_ago - 10, pg_temp.today(store) - days_ago,
			interval '1 day') d
		WHERE (SELECT bool_or(p.opens <= 660) AND bool_or(p.closes >= 930) FROM pg_temp.periods(store, d::date) p)
$$;

-- ---- the stores ----

DO $$ BEGIN PERFORM pg_temp.enter('a'); END $$;
INSERT INTO organizations (id, slug, name, time_zone, default_language, phone_number, email, address, directions_en, directions_fr,
	currency, reply_target_minutes, elevenlabs_agent_id, consent_line_en, consent_line_fr, transcribe_staff) VALUES
(pg_temp.org('a'), 'bici-downtown', 'Bici Downtown', pg_temp.zone('a'), 'en', '+14165550001', 'hello@bici-downtown.example',
 '417 Queen St W, Toronto, ON M5V 2A5',
 'We''re on Queen Street West, between Spadina and Portland. Take the 501 streetcar to Spadina and walk one block west; look for the red awning.',
 'Nous sommes rue Queen Ouest, entre Spadina et Portland. Prenez le tramway 501 jusqu''à Spadina et marchez un coin de rue vers l''ouest; cherchez l''auvent rouge.',
 'CAD', 15, 'agent_practice', 'What is said on this call is written down, so that our team can follow it.',
 'Ce qui se dit durant cet appel est mis par écrit, pour que notre équipe puisse le suivre.', true)
ON CONFLICT DO NOTHING;
DO $$ BEGIN PERFORM pg_temp.enter('b'); END $$;
INSERT INTO organizations (id, slug, name, time_zone, default_language, phone_number, email, address, directions_en, directions_fr,
	currency, reply_target_minutes, elevenlabs_agent_id, consent_line_en, consent_line_fr, transcribe_staff) VALUES
(pg_temp.org('b'), 'velo-plateau', 'Vélo Plateau', pg_temp.zone('b'), 'fr', '+14165550002', 'bonjour@velo-plateau.example',
 '4382, rue Saint-Denis, Montréal (Québec) H2J 2L1',
 'We''re on Saint-Denis, two minutes on foot from Mont-Royal metro: leave the station, turn left and walk up to Marie-Anne. The shop has a green door.',
 'Nous sommes rue Saint-Denis, à deux minutes à pied du métro Mont-Royal: en sortant, tournez à gauche et montez vers Marie-Anne. La porte est verte.',
 'CAD', 20, 'agent_practice', 'What is said on this call is written down, so that our team can follow it.',
 'Ce qui se dit durant cet appel est mis par écrit, pour que notre équipe puisse le suivre.', true)
ON CONFLICT DO NOTHING;

DO $$
DECLARE
	shop text;
BEGIN
	FOREACH shop IN ARRAY ARRAY['a', 'b'] LOOP
		PERFORM pg_temp.enter(shop);
		-- Where a call goes that we cannot answer: the manager's telephone.
		INSERT INTO organization_phone_numbers (organization_id, id, phone_number, label, twilio_phone_sid, fallback_number)
			SELECT pg_temp.org(shop), pg_temp.uid('number ' || shop), o.phone_number, 'main', 'PN' || md5('number ' || shop),
			       CASE shop WHEN 'a' THEN '+14165550182' ELSE '+15145550182' END
				FROM organizations o WHERE o.id = pg_temp.org(shop)
			ON CONFLICT DO NOTHING;

		-- A: Monday to Friday 9-18, Saturday 10-17. B: Tuesday to Friday with a break at noon, a short Sunday, no Monday.
		INSERT INTO organization_hours (organization_id, id, weekday, opens, closes)
			SELECT pg_temp.org(shop), pg_temp.uid(concat('hours ', shop, w, opens)), w, opens, closes FROM (
				SELECT 'a' AS who, w, 540 AS opens, 1080 AS closes FROM generate_series(1, 5) w
				UNION ALL VALUES ('a', 6, 600, 1020)
				UNION ALL SELECT 'b', w, 600, 750 FROM generate_series(2, 5) w
				UNION ALL SELECT 'b', w, 810, 1140 FROM generate_series(2, 5) w
				UNION ALL VALUES ('b', 6, 600, 1020), ('b', 7, 660, 960)) h
			WHERE who = shop
			ON CONFLICT DO NOTHING;

		-- Holidays of this year and the next two, and an inventory day with a late start, on a Wednesday in two to three weeks.
		INSERT INTO special_days (organization_id, day, is_closed, name_en, name_fr)
			SELECT pg_temp.org(shop), make_date(extract(year FROM now())::int + y, m, d), m <> 12 OR d <> 24, en, fr
				FROM generate_series(0, 2) y, (VALUES
					('ab', 1, 1, 'New Year''s Day', 'jour de l''An'), ('b', 1, 2, 'day after New Year''s', 'lendemain du jour de l''An'),
					('b', 6, 24, 'Saint-Jean-Baptiste Day', 'fête nationale'), ('ab', 7, 1, 'Canada Day', 'fête du Canada'),
					('ab', 12, 24, 'Christmas Eve', 'veille de Noël'), ('ab', 12, 25, 'Christmas Day', 'Noël'),
					('a', 12, 26, 'Boxing Day', 'lendemain de Noël')) AS v(who, m, d, en, fr)
				WHERE position(shop IN who) > 0
			UNION ALL
			SELECT pg_temp.org(shop), d::date, false, 'inventory day', 'jour d''inventaire'
				FROM generate_series(pg_temp.today(shop) + 15, pg_temp.today(shop) + 21, interval '1 day') d
				WHERE extract(isodow FROM d) = 3
				  AND NOT EXISTS (SELECT FROM special_days WHERE organization_id = pg_temp.org(shop) AND name_en = 'inventory day')
			ON CONFLICT DO NOTHING;
		INSERT INTO special_day_periods (organization_id, day, opens, closes)
			SELECT organization_id, day, CASE name_en WHEN 'inventory day' THEN 840 ELSE 600 END,
			       CASE name_en WHEN 'inventory day' THEN 1080 ELSE 900 END
				FROM special_days WHERE organization_id = pg_temp.org(shop) AND NOT is_closed
			ON CONFLICT DO NOTHING;
	END LOOP;
END
$$;

-- What the stores say, as it goes out by text: short, and in letters that keep a text in one encoding.
CREATE TEMP TABLE demo_policies (who text, topic text, text_en text, text_fr text);
INSERT INTO demo_policies VALUES
('ab', 'returns', 'You can return unused items within 30 days with the receipt. Bikes that have been ridden can be exchanged within 14 days.',
       'Vous pouvez retourner un article neuf dans les 30 jours avec la facture. Un vélo qui a roulé peut être échangé dans les 14 jours.'),
('ab', 'warranty', 'New bikes come with the maker''s warranty, plus one year on our labour. Bring the bike and the receipt, and we handle the claim for you.',
       'Un vélo neuf vient avec la garantie du fabricant et un an sur notre main-d''oeuvre. Apportez le vélo et la facture, on s''occupe de la réclamation.'),
('a',  'rentals', 'We rent city bikes and e-bikes: $45 a day for a city bike, $75 for an e-bike, helmet and lock included. A credit card and ID are needed.',
       'Nous louons des vélos de ville (45 $ par jour) et des vélos électriques (75 $), casque et cadenas inclus. Il faut une carte de crédit et une pièce d''identité.'),
('b',  'rentals', 'We don''t rent bikes ourselves, but there is a BIXI station right across the street.',
       'Nous ne faisons pas de location, mais il y a une station BIXI juste en face.'),
('ab', 'payment', 'We take Visa, Mastercard, American Express, Interac debit, Apple Pay, Google Pay and cash.',
       'Nous acceptons Visa, Mastercard, American Express, Interac, Apple Pay, Google Pay et l''argent comptant.'),
('ab', 'financing', 'Purchases over $500 can be paid in 6 or 12 monthly payments, with approval on the spot. There is no interest on the 6-month plan.',
       'Les achats de plus de 500 $ peuvent se payer en 6 ou 12 versements, avec approbation sur place. Le plan de 6 mois est sans intérêt.'),
('a',  'trade_in', 'We take adult bikes up to 8 years old as a trade-in on a new one. Bring yours in and we''ll make you an offer, no appointment needed.',
       'Nous reprenons les vélos pour adultes de 8 ans ou moins à l''achat d''un vélo neuf. Passez avec le vôtre, on vous fait une offre sans rendez-vous.'),
('b',  'trade_in', 'We don''t take trade-ins, but we''ll gladly post your used bike on our board if you buy a new one from us.',
       'Nous ne faisons pas de reprise, mais on affiche volontiers votre vélo usagé au babillard si vous en achetez un neuf chez nous.'),
('a',  'parking', 'There is paid street parking on Queen, and a Green P garage on Soho Street, five minutes away.',
       'Il y a du stationnement payant sur Queen et un garage Green P rue Soho, à cinq minutes.'),
('b',  'parking', 'Street parking on Saint-Denis is paid until 9 pm. The side streets are mostly for residents.',
       'Le stationnement sur Saint-Denis est payant jusqu''à 21 h. Les rues voisines sont surtout pour les résidents.'),
('ab', 'bike_rack', 'Yes, there are bike racks right in front of the shop.', 'Oui, il y a des supports à vélos juste devant la boutique.'),
('ab', 'price_match', 'We match the advertised price of any Canadian store for the same item in stock. Show us the ad or the page.',
       'Nous égalons le prix affiché de tout magasin canadien pour le même article en stock. Montrez-nous l''annonce ou la page.'),
('ab', 'shipping', 'We ship parts and accessories across Canada, free over $99. Bikes are for pickup in store only.',
       'Nous livrons pièces et accessoires partout au Canada, gratuitement à partir de 99 $. Les vélos sont à ramasser en magasin.'),
('ab', 'gift_cards', 'We have gift cards for any amount, in store or by e-mail. They never expire.',
       'Nous avons des cartes-cadeaux de tout montant, en magasin ou par courriel. Elles n''expirent jamais.'),
('ab', 'test_rides', 'Test rides are free, just bring a piece of ID. For e-bikes it''s best to book ahead.',
       'Les essais sont gratuits, apportez une pièce d''identité. Pour un vélo électrique, mieux vaut réserver.'),
('ab', 'dogs', 'Dogs are welcome in the shop, on a leash.', 'Les chiens sont les bienvenus en laisse.'),
('a',  'accessibility', 'The entrance is step-free, with an automatic door. The repair counter is on the same floor.',
       'L''entrée est de plain-pied, avec une porte automatique. L''atelier est au même étage.'),
('b',  'accessibility', 'There are two steps at the entrance. Ring the bell and we''ll put out the ramp.',
       'Il y a deux marches à l''entrée. Sonnez et on installe la rampe.'),
('b',  'washroom', 'Yes, there is a washroom at the back of the shop.', 'Oui, il y a une toilette au fond de la boutique.');

-- ---- the people ----

CREATE TEMP TABLE demo_staff (store text, n int, first text, last text, role text, language text, speaks text[], skills text[]);
INSERT INTO demo_staff VALUES
('a', 1, 'Alex', 'Bennett', 'admin', 'en', '{en,fr}', '{}'), ('a', 2, 'Dana', 'Whitfield', 'manager', 'en', '{en}', '{sales}'),
('a', 3, 'Jordan', 'Reyes', 'staff', 'en', '{en}', '{sales}'), ('a', 4, 'Sylvie', 'Arsenault', 'staff', 'fr', '{en,fr}', '{sales}'),
('a', 5, 'Derek', 'Olsen', 'service_tech', 'en', '{en}', '{repair,wheels}'), ('a', 6, 'Mina', 'Farahani', 'service_tech', 'en', '{en}', '{repair,ebike}'),
('b', 1, 'Dominique', 'Lachance', 'admin', 'fr', '{fr,en}', '{}'), ('b', 2, 'Martin', 'Ouellet', 'manager', 'fr', '{fr,en}', '{ventes}'),
('b', 3, 'Anaïs', 'Perron', 'staff', 'fr', '{fr}', '{ventes}'), ('b', 4, 'Kevin', 'Doyle', 'staff', 'en', '{en,fr}', '{ventes}'),
('b', 5, 'Luc', 'Vachon', 'service_tech', 'fr', '{fr}', '{repair,wheels}'), ('b', 6, 'Inès', 'Belkacem', 'service_tech', 'fr', '{fr,en}', '{repair,ebike}');

-- The 40th is the one whom both stores know. language: NULL nobody has said, upper case: the customer asked for it.
CREATE TEMP TABLE demo_people (store text, n int, first text, last text, language text);
INSERT INTO demo_people SELECT 'a', n, split_part(v, '|', 1), split_part(v, '|', 2), nullif(split_part(v, '|', 3), '')
	FROM unnest(ARRAY['Emily|Carter|en', 'Liam|MacDonald|en', 'Priya|Sharma|en', 'Noah|Campbell|', 'Aisha|Khan|', 'Olivia|Chen|en',
	'Ethan|Singh|', 'Sophie|Martin|FR', 'Jack|O''Connor|en', 'Mei-Ling|Wong|', 'Daniel|Kim|en', 'Hannah|Fraser|', 'Marcus|Williams|en',
	'Zoe|Papadopoulos|', 'Ravi|Patel|en', 'Grace|Nguyen|en', 'Lucas|Silva|', 'Amelia|Stewart|en', 'Omar|Haddad|en', 'Charlotte|Ross|',
	'Benoît|Lavoie|fr', 'Ella|Robinson|en', 'Kwame|Mensah|', 'Julia|Kowalski|', 'Ryan|Murphy|en', 'Fatima|Ahmed|', 'Nathan|Brooks|en',
	'Isabelle|Fortin|FR', 'Samuel|Levy|', 'Chloe|Anderson|', 'Thomas|Leblanc|fr', 'Maya|Thompson|en', 'Andrew|Morrison|', 'Yuki|Tanaka|',
	'Rebecca|Stone|en', 'Carlos|Mendoza|', 'Megan|Walsh|en', 'David|Goldberg|', 'Nadia|Ivanova|', 'Camille|Tremblay|en'])
	WITH ORDINALITY AS p(v, n);
INSERT INTO demo_people SELECT 'b', n, split_part(v, '|', 1), split_part(v, '|', 2), nullif(split_part(v, '|', 3), '')
	FROM unnest(ARRAY['Maxime|Gagnon|fr', 'Geneviève|Roy|fr', 'Olivier|Bouchard|', 'Marie-Ève|Côté|fr', 'Félix|Gauthier|', 'Amélie|Morin|fr',
	'Jean-François|Pelletier|fr', 'Noémie|Bélanger|', 'Antoine|Lévesque|', 'Catherine|Bergeron|fr', 'Mathieu|Leblanc|', 'Élodie|Girard|fr',
	'Simon|Fournier|', 'Valérie|Simard|fr', 'Alexandre|Boucher|', 'Audrey|Caron|', 'Vincent|Beaulieu|fr', 'Laurence|Cloutier|',
	'Étienne|Dubé|fr', 'Sarah|Poirier|', 'Youssef|Benali|fr', 'Karine|Fontaine|', 'Hugo|Rousseau|', 'Mélanie|Leclerc|fr',
	'Philippe|Lefebvre|', 'Rosalie|Desjardins|', 'Gabriel|Nadeau|fr', 'Chantal|Villeneuve|fr', 'Nicolas|Tremblay|', 'Léa|Paquette|fr',
	'James|Wilson|EN', 'Hannah|Cohen|en', 'Michael|Chang|EN', 'Thuy|Nguyen|', 'Sébastien|Hébert|fr', 'Jade|Thibault|',
	'Mohamed|Diallo|fr', 'Stephanie|Rossi|en', 'Guillaume|Charbonneau|', 'Camille|Tremblay|FR'])
	WITH ORDINALITY AS p(v, n);

DO $$
DECLARE
	shop text;
BEGIN
	FOREACH shop IN ARRAY ARRAY['a', 'b'] LOOP
		PERFORM pg_temp.enter(shop);
		INSERT INTO policies (organization_id, topic, text_en, text_fr)
			SELECT pg_temp.org(shop), topic, text_en, text_fr FROM demo_policies WHERE position(shop IN who) > 0
			ON CONFLICT DO NOTHING;
		INSERT INTO user_profiles (organization_id, id, email, first_name, last_name, display_name, role, language, speaks, skills,
			phone_number)
			SELECT pg_temp.org(shop), pg_temp.uid('staff ' || shop || n),
			       CASE n WHEN 1 THEN 'admin' ELSE lower(unaccent(first || '.' || last)) END || '@' || o.slug || '.example',
			       first, last, first || ' ' || last, role, language, speaks, skills,
			       CASE shop WHEN 'a' THEN '+1416' ELSE '+1514' END || '555018' || n
				FROM demo_staff s, organizations o WHERE s.store = shop AND o.id = pg_temp.org(shop)
			ON CONFLICT DO NOTHING;
		-- Numbers of the range that is kept for fiction, each with an area code of the store's region.
		INSERT INTO customers (organization_id, id, phone_number, email, first_name, last_name, preferred_language, language_chosen,
			external_id, notes, customer_since, created_at)
			SELECT pg_temp.org(shop), pg_temp.uid('customer ' || shop || n),
			       CASE WHEN n = 40 THEN '+15145550100'
			            ELSE '+1' || (CASE shop WHEN 'a' THEN ARRAY['416', '647', '437', '905'] ELSE ARRAY['514', '438', '450', '579'] END)[n % 4 + 1]
			                 || '55501' || lpad(n::text, 2, '0') END,
			       CASE WHEN pg_temp.roll('mail ' || shop || n, 10) < 8 THEN
			            regexp_replace(lower(unaccent(first || '.' || last)), '[^a-z.-]', '', 'g') || '@example.'
			            || (ARRAY['com', 'org', 'net'])[pg_temp.roll('host ' || shop || n, 3) + 1] END,
			       first, last, lower(language), language IS NOT NULL AND language = upper(language),
			       CASE WHEN n % 3 = 0 THEN 'POS-' || 10000 + n * 37 END,
			       CASE n WHEN 7 THEN CASE shop WHEN 'a' THEN 'Commutes all winter, studded tires every November.'
			                                    ELSE 'Roule tout l''hiver, pneus cloutés chaque novembre.' END
			              WHEN 18 THEN CASE shop WHEN 'a' THEN 'Prefers texts over calls.' ELSE 'Préfère les textos aux appels.' END
			              WHEN 33 THEN CASE shop WHEN 'a' THEN 'Three kids'' bikes bought here; ask before selling a fourth size.'
			                                     ELSE 'Trois vélos d''enfant achetés ici.' END END,
			       now() - make_interval(days => 30 + pg_temp.roll('since ' || shop || n, 1400)),
			       now() - make_interval(days => 30 + pg_temp.roll('since ' || shop || n, 1400))
				FROM demo_people WHERE demo_people.store = shop
			ON CONFLICT DO NOTHING;
	END LOOP;
END
$$;

-- ---- the catalogue: one row is a model, with the sizes it comes in ----

CREATE TEMP TABLE demo_models (who text, sku text, category text, brand text, model text, name_en text, name_fr text, price numeric,
	sizes text[], color_en text, color_fr text, attributes jsonb);
INSERT INTO demo_models VALUES
('ab', 'CAN-QCK4', 'bike', 'Cannondale', 'Quick 4', 'Cannondale Quick 4 fitness bike', 'Vélo de ville sportif Cannondale Quick 4', 999.00, '{S,M,L,XL}', 'black pearl', 'noir nacré', '{"wheel_size": "700c", "brakes": "hydraulic disc", "speeds": 9, "max_tire_mm": 40, "rack_mounts": true}'),
('ab', 'DEV-MILN', 'bike', 'Devinci', 'Milano', 'Devinci Milano city bike', 'Vélo urbain Devinci Milano', 1149.00, '{S,M,L}', 'slate', 'ardoise', '{"wheel_size": "700c", "brakes": "hydraulic disc", "speeds": 9, "max_tire_mm": 42, "rack_mounts": true}'),
('ab', 'OPU-MND2', 'bike', 'Opus', 'Mondano 2', 'Opus Mondano 2 city bike', 'Vélo urbain Opus Mondano 2', 849.00, '{S,M,L}', 'cream', 'crème', '{"wheel_size": "700c", "brakes": "v-brake", "speeds": 8, "max_tire_mm": 40, "rack_mounts": true}'),
('a',  'NOR-SRCH', 'bike', 'Norco', 'Search XR A2', 'Norco Search XR A2 gravel bike', 'Vélo de gravelle Norco Search XR A2', 2199.00, '{51,53,56,58}', 'green', 'vert', '{"wheel_size": "700c", "brakes": "hydraulic disc", "speeds": 10, "max_tire_mm": 45, "rack_mounts": true}'),
('ab', 'KON-ROVE', 'bike', 'Kona', 'Rove', 'Kona Rove gravel bike', 'Vélo de gravelle Kona Rove', 1799.00, '{50,52,54,56}', 'midnight blue', 'bleu nuit', '{"wheel_size": "650b", "brakes": "mechanical disc", "speeds": 9, "max_tire_mm": 47, "rack_mounts": true}'),
('a',  'MAR-FFX2', 'bike', 'Marin', 'Fairfax 2', 'Marin Fairfax 2 fitness bike', 'Vélo hybride Marin Fairfax 2', 979.00, '{S,M,L,XL}', 'teal', 'sarcelle', '{"wheel_size": "700c", "brakes": "hydraulic disc", "speeds": 16, "max_tire_mm": 40, "rack_mounts": true}'),
('b',  'GAR-URBN', 'bike', 'Louis Garneau', 'Urbania', 'Louis Garneau Urbania city bike', 'Vélo urbain Louis Garneau Urbania', 799.00, '{S,M,L}', 'burgundy', 'bourgogne', '{"wheel_size": "700c", "brakes": "v-brake", "speeds": 7, "max_tire_mm": 38, "rack_mounts": true}'),
('ab', 'BRO-CLN6', 'bike', 'Brompton', 'C Line Explore', 'Brompton C Line Explore folding bike, 6 speeds', 'Vélo pliant Brompton C Line Explore, 6 vitesses', 2350.00, '{one size}', 'racing green', 'vert anglais', '{"wheel_size": "16", "brakes": "caliper", "speeds": 6, "folding": true}'),
('ab', 'CAN-TRL6', 'bike', 'Cannondale', 'Trail 6', 'Cannondale Trail 6 mountain bike', 'Vélo de montagne Cannondale Trail 6', 1050.00, '{S,M,L}', 'stealth grey', 'gris furtif', '{"wheel_size": "29", "brakes": "hydraulic disc", "speeds": 18, "max_tire_mm": 57}'),
('a',  'NOR-STM3', 'bike', 'Norco', 'Storm 3', 'Norco Storm 3 mountain bike', 'Vélo de montagne Norco Storm 3', 899.00, '{S,M,L}', 'orange', 'orange', '{"wheel_size": "29", "brakes": "hydraulic disc", "speeds": 9, "max_tire_mm": 58}'),
('b',  'DEV-KOBN', 'bike', 'Devinci', 'Kobain', 'Devinci Kobain mountain bike', 'Vélo de montagne Devinci Kobain', 1999.00, '{S,M,L}', 'sand', 'sable', '{"wheel_size": "29", "brakes": "hydraulic disc", "speeds": 12, "max_tire_mm": 61}'),
('ab', 'DEV-EGRF', 'ebike', 'Devinci', 'E-Griffin', 'Devinci E-Griffin electric city bike', 'Vélo électrique urbain Devinci E-Griffin', 3699.00, '{S,M,L}', 'graphite', 'graphite', '{"wheel_size": "700c", "brakes": "hydraulic disc", "speeds": 10, "motor": "Shimano E6100", "battery_wh": 504}'),
('a',  'CAN-ADN3', 'ebike', 'Cannondale', 'Adventure Neo 3 EQ', 'Cannondale Adventure Neo 3 EQ electric bike', 'Vélo électrique Cannondale Adventure Neo 3 EQ', 3499.00, '{S,M,L}', 'sage', 'sauge', '{"wheel_size": "27.5", "brakes": "hydraulic disc", "speeds": 9, "motor": "Bosch Active Line Plus", "battery_wh": 400}'),
('b',  'OPU-CNCT', 'ebike', 'Opus', 'Connect', 'Opus Connect electric bike', 'Vélo électrique Opus Connect', 3299.00, '{S,M,L}', 'pearl white', 'blanc perle', '{"wheel_size": "27.5", "brakes": "hydraulic disc", "speeds": 9, "motor": "Bafang M400", "battery_wh": 500}'),
('ab', 'NOR-RLR16', 'kids', 'Norco', 'Roller 16', 'Norco Roller 16 kids'' bike', 'Vélo d''enfant Norco Roller 16', 299.00, '{16 in}', 'purple', 'mauve', '{"wheel_size": "16", "age_from": 4, "age_to": 6, "speeds": 1}'),
('ab', 'OPU-SNP', 'kids', 'Opus', 'Snap', 'Opus Snap kids'' bike', 'Vélo d''enfant Opus Snap', 449.00, '{20 in,24 in}', 'red', 'rouge', '{"age_from": 6, "age_to": 11, "speeds": 6}'),
('ab', 'KON-DEW', 'bike', 'Kona', 'Dew', 'Kona Dew city bike', 'Vélo urbain Kona Dew', 899.00, '{S,M,L}', 'mint', 'menthe', '{"wheel_size": "650b", "brakes": "mechanical disc", "speeds": 8, "max_tire_mm": 50, "rack_mounts": true}'),
('ab', 'CON-GATR', 'tire', 'Continental', 'Gator Hardshell', 'Continental Gator Hardshell tire', 'Pneu Continental Gator Hardshell', 74.99, '{700x25,700x28,700x32}', 'black', 'noir', '{"bead_mm": 622, "tubeless": false, "puncture_guard": true}'),
('ab', 'SCH-MRPL', 'tire', 'Schwalbe', 'Marathon Plus', 'Schwalbe Marathon Plus tire', 'Pneu Schwalbe Marathon Plus', 79.99, '{700x28,700x32,700x35,700x38}', 'black', 'noir', '{"bead_mm": 622, "tubeless": false, "puncture_guard": true, "reflective": true}'),
('ab', 'SCH-MWPL', 'tire', 'Schwalbe', 'Marathon Winter Plus', 'Schwalbe Marathon Winter Plus studded tire', 'Pneu clouté Schwalbe Marathon Winter Plus', 114.99, '{700x35,700x40,26x1.75}', 'black', 'noir', '{"studs": 240, "tubeless": false, "puncture_guard": true}'),
('ab', '45N-GRAV', 'tire', '45NRTH', 'Gravdal', '45NRTH Gravdal studded tire', 'Pneu clouté 45NRTH Gravdal', 129.99, '{700x38}', 'black', 'noir', '{"bead_mm": 622, "studs": 252, "tubeless": true}'),
('ab', 'CON-RIDE', 'tire', 'Continental', 'Ride Tour', 'Continental Ride Tour tire', 'Pneu Continental Ride Tour', 34.99, '{700x37,700x42,26x1.75}', 'black', 'noir', '{"tubeless": false, "reflective": true}'),
('ab', 'MAX-ARDT', 'tire', 'Maxxis', 'Ardent', 'Maxxis Ardent mountain tire', 'Pneu de montagne Maxxis Ardent', 71.99, '{27.5x2.25,29x2.25}', 'black', 'noir', '{"tubeless": true}'),
('ab', 'CON-TUBP', 'tube', 'Continental', 'Presta', 'Continental inner tube, Presta valve', 'Chambre à air Continental, valve Presta', 9.99, '{700x20-25,700x28-37,700x37-47,29x1.75-2.5}', NULL, NULL, '{"valve": "presta"}'),
('ab', 'CON-TUBS', 'tube', 'Continental', 'Schrader', 'Continental inner tube, Schrader valve', 'Chambre à air Continental, valve Schrader', 8.99, '{700x28-37,26x1.75-2.5,20x1.5-2.0,16x1.5-2.0}', NULL, NULL, '{"valve": "schrader"}'),
('ab', 'SHI-CN', 'chain', 'Shimano', 'HG', 'Shimano HG chain', 'Chaîne Shimano HG', 39.99, '{8 speeds,9 speeds,10 speeds,11 speeds,12 speeds}', NULL, NULL, '{"fits": "Shimano HG"}'),
('ab', 'KMC-X', 'chain', 'KMC', 'X', 'KMC X chain', 'Chaîne KMC X', 32.99, '{8 speeds,10 speeds,11 speeds}', NULL, NULL, '{"fits": "Shimano and SRAM"}'),
('ab', 'SHI-CS', 'cassette', 'Shimano', 'HG cassette', 'Shimano HG cassette', 'Cassette Shimano HG', 64.99, '{8 speeds 11-32,9 speeds 11-34,10 speeds 11-34,11 speeds 11-34}', NULL, NULL, '{"freehub": "HG"}'),
('ab', 'SHI-M6100', 'cassette', 'Shimano', 'Deore M6100', 'Shimano Deore M6100 cassette, 12 speeds', 'Cassette Shimano Deore M6100, 12 vitesses', 139.99, '{10-51}', NULL, NULL, '{"freehub": "Micro Spline", "speeds": 12}'),
('ab', 'SHI-PADS', 'brake', 'Shimano', 'Disc pads', 'Shimano disc brake pads', 'Plaquettes de frein à disque Shimano', 24.99, '{B05S resin,J04C metal,L05A resin}', NULL, NULL, '{"type": "disc"}'),
('ab', 'SRA-PADS', 'brake', 'SRAM', 'Level pads', 'SRAM Level disc brake pads', 'Plaquettes de frein à disque SRAM Level', 29.99, '{organic,metal}', NULL, NULL, '{"type": "disc", "fits": "SRAM Level"}'),
('ab', 'KOO-VPAD', 'brake', 'Kool-Stop', 'V-brake pads', 'Kool-Stop V-brake pads, pair', 'Patins de frein Kool-Stop pour V-brake, la paire', 18.99, '{one size}', 'salmon', 'saumon', '{"type": "rim"}'),
('ab', 'SHI-M520', 'pedal', 'Shimano', 'PD-M520', 'Shimano PD-M520 clipless pedals', 'Pédales automatiques Shimano PD-M520', 69.99, '{one size}', 'black', 'noir', '{"cleat": "SPD"}'),
('ab', 'CRB-STMP', 'pedal', 'Crankbrothers', 'Stamp 1', 'Crankbrothers Stamp 1 flat pedals', 'Pédales plates Crankbrothers Stamp 1', 74.99, '{S,L}', 'red', 'rouge', '{"cleat": "none"}'),
('ab', 'BRK-B17', 'saddle', 'Brooks', 'B17', 'Brooks B17 leather saddle', 'Selle de cuir Brooks B17', 169.99, '{standard,narrow}', 'honey', 'miel', '{"width_mm": 175}'),
('ab', 'SEL-RSP', 'saddle', 'Selle Royal', 'Respiro', 'Selle Royal Respiro saddle', 'Selle Respiro de Selle Royal', 84.99, '{athletic,moderate,relaxed}', 'black', 'noir', '{"gel": true}'),
('ab', 'LEZ-MACR', 'light', 'Lezyne', 'Macro Drive 1300', 'Lezyne Macro Drive 1300 front light', 'Phare avant Lezyne Macro Drive 1300', 119.99, '{one size}', 'black', 'noir', '{"lumens": 1300, "charging": "USB-C"}'),
('ab', 'LEZ-KTV', 'light', 'Lezyne', 'KTV Drive', 'Lezyne KTV Drive light set', 'Ensemble de feux Lezyne KTV Drive', 54.99, '{one size}', 'black', 'noir', '{"lumens": 200, "charging": "USB"}'),
('ab', 'KRY-EVO', 'lock', 'Kryptonite', 'Evolution Mini-7', 'Kryptonite Evolution Mini-7 U-lock with cable', 'Cadenas en U Kryptonite Evolution Mini-7 avec câble', 109.99, '{one size}', 'black', 'noir', '{"security": 8}'),
('ab', 'ABU-BRD', 'lock', 'ABUS', 'Bordo 6000', 'ABUS Bordo 6000 folding lock', 'Cadenas pliant ABUS Bordo 6000', 139.99, '{90 cm,120 cm}', 'black', 'noir', '{"security": 10}'),
('ab', 'GIR-RGST', 'helmet', 'Giro', 'Register MIPS', 'Giro Register MIPS helmet', 'Casque Giro Register MIPS', 89.99, '{universal}', 'matte blue', 'bleu mat', '{"mips": true}'),
('ab', 'GIR-SYNT', 'helmet', 'Giro', 'Syntax MIPS', 'Giro Syntax MIPS road helmet', 'Casque de route Giro Syntax MIPS', 159.99, '{S,M,L}', 'white', 'blanc', '{"mips": true}'),
('ab', 'GAR-MJST', 'helmet', 'Louis Garneau', 'Majestic', 'Louis Garneau Majestic helmet', 'Casque Louis Garneau Majestic', 64.99, '{S,M,L}', 'grey', 'gris', '{"mips": false}'),
('ab', 'GAR-FLOW', 'helmet', 'Louis Garneau', 'Flow', 'Louis Garneau Flow kids'' helmet', 'Casque d''enfant Louis Garneau Flow', 49.99, '{XS,S}', 'pink', 'rose', '{"mips": false, "kids": true}'),
('ab', 'ORT-BCKR', 'bag', 'Ortlieb', 'Back-Roller Classic', 'Ortlieb Back-Roller Classic panniers, pair', 'Sacoches Ortlieb Back-Roller Classic, la paire', 239.99, '{40 L}', 'yellow', 'jaune', '{"waterproof": true}'),
('ab', 'ARK-COMM', 'bag', 'Arkel', 'Commuter', 'Arkel Commuter urban pannier', 'Sacoche urbaine Arkel Commuter', 199.99, '{18 L}', 'black', 'noir', '{"waterproof": false, "laptop": true}'),
('ab', 'TOP-EXPL', 'rack', 'Topeak', 'Explorer', 'Topeak Explorer rear rack', 'Porte-bagages arrière Topeak Explorer', 64.99, '{rim,disc}', 'black', 'noir', '{"max_kg": 26}'),
('ab', 'THU-YEPP', 'child_seat', 'Thule', 'Yepp Maxi 2', 'Thule Yepp Maxi 2 child seat', 'Siège d''enfant Thule Yepp Maxi 2', 299.99, '{rack mount,frame mount}', 'grey', 'gris', '{"max_kg": 22}'),
('ab', 'TOP-JOEB', 'pump', 'Topeak', 'JoeBlow Sport III', 'Topeak JoeBlow Sport III floor pump', 'Pompe à pied Topeak JoeBlow Sport III', 79.99, '{one size}', 'yellow', 'jaune', '{"max_psi": 160}'),
('ab', 'LEZ-PCKT', 'pump', 'Lezyne', 'Pocket Drive', 'Lezyne Pocket Drive mini pump', 'Mini pompe Lezyne Pocket Drive', 49.99, '{one size}', 'silver', 'argent', '{"max_psi": 160}'),
('ab', 'PAR-IB3', 'tool', 'Park Tool', 'I-Beam 3', 'Park Tool I-Beam 3 multi-tool', 'Multi-outil Park Tool I-Beam 3', 46.99, '{one size}', 'blue', 'bleu', '{"functions": 18}'),
('ab', 'MUC-CLNR', 'care', 'Muc-Off', 'Nano Tech', 'Muc-Off Nano Tech bike cleaner', 'Nettoyant à vélo Muc-Off Nano Tech', 19.99, '{1 L}', NULL, NULL, '{"biodegradable": true}'),
('ab', 'FIN-LUBE', 'care', 'Finish Line', 'Chain lube', 'Finish Line chain lubricant', 'Lubrifiant à chaîne Finish Line', 13.99, '{dry 120 ml,wet 120 ml}', NULL, NULL, '{}'),
('ab', 'SKS-BLUM', 'fender', 'SKS', 'Bluemels', 'SKS Bluemels fender set', 'Ensemble de garde-boue SKS Bluemels', 79.99, '{35 mm,45 mm,53 mm}', 'black', 'noir', '{"wheel_size": "700c"}'),
('ab', 'GAR-GLOV', 'clothing', 'Louis Garneau', 'Calory', 'Louis Garneau Calory gloves', 'Gants Louis Garneau Calory', 39.99, '{S,M,L,XL}', 'black', 'noir', '{"season": "summer"}'),
('ab', 'GAR-WNTR', 'clothing', 'Louis Garneau', 'Bigwill', 'Louis Garneau Bigwill winter gloves', 'Gants d''hiver Louis Garneau Bigwill', 74.99, '{S,M,L,XL}', 'black', 'noir', '{"season": "winter"}'),
('ab', 'GAR-JCKT', 'clothing', 'Louis Garneau', 'Collide', 'Louis Garneau Collide cycling jacket', 'Manteau de vélo Louis Garneau Collide', 159.99, '{S,M,L}', 'bright yellow', 'jaune vif', '{"season": "spring and fall", "reflective": true}'),
('a',  'GRM-E540', 'computer', 'Garmin', 'Edge 540', 'Garmin Edge 540 bike computer', 'Compteur Garmin Edge 540', 449.99, '{one size}', 'black', 'noir', '{"gps": true}'),
('ab', 'GRM-VRIA', 'computer', 'Garmin', 'Varia RTL515', 'Garmin Varia RTL515 radar tail light', 'Feu arrière à radar Garmin Varia RTL515', 269.99, '{one size}', 'black', 'noir', '{"radar": true}'),
('ab', 'CAM-PODM', 'bottle', 'CamelBak', 'Podium', 'CamelBak Podium bottle', 'Bidon CamelBak Podium', 17.99, '{610 ml,710 ml}', 'clear', 'transparent', '{"bpa_free": true}'),
('b',  'CRN-BELL', 'accessory', 'Crane', 'Suzu', 'Crane Suzu brass bell', 'Sonnette de laiton Crane Suzu', 34.99, '{one size}', 'brass', 'laiton', '{"clamp_mm": "22.2"}'),
('b',  'BRX-BSKT', 'accessory', 'Brooks', 'Hoxton', 'Brooks Hoxton wire basket', 'Panier de fil Brooks Hoxton', 119.99, '{one size}', 'black', 'noir', '{"max_kg": 10}'),
('ab', 'MIR-MTN', 'accessory', 'Mirrycle', 'MTB mirror', 'Mirrycle handlebar mirror', 'Rétroviseur de guidon Mirrycle', 24.99, '{one size}', 'black', 'noir', '{"clamp_mm": "22.2"}'),
('ab', 'PLE-STND', 'accessory', 'Pletscher', 'Comp', 'Pletscher Comp kickstand', 'Béquille Pletscher Comp', 29.99, '{one size}', 'black', 'noir', '{"mount": "chainstay"}'),
('ab', 'QUA-MNT', 'accessory', 'Quad Lock', 'Out front', 'Quad Lock out front phone mount', 'Support de téléphone Quad Lock', 79.99, '{one size}', 'black', 'noir', '{"clamp_mm": "25.4-35"}'),
('ab', 'ERG-GP1', 'grip', 'Ergon', 'GP1', 'Ergon GP1 grips', 'Poignées Ergon GP1', 44.99, '{S,L}', 'black', 'noir', '{"diameter_mm": 22.2}'),
('ab', 'SHI-ET3', 'shoe', 'Shimano', 'ET3', 'Shimano ET3 touring shoes', 'Souliers de randonnée Shimano ET3', 139.99, '{40,42,44,46}', 'grey', 'gris', '{"cleat": "SPD"}'),
('ab', 'GAR-VEST', 'clothing', 'Louis Garneau', 'Nova', 'Louis Garneau Nova reflective vest', 'Veste réfléchissante Louis Garneau Nova', 69.99, '{S/M,L/XL}', 'neon', 'fluo', '{"reflective": true}'),
('ab', 'THU-CDNC', 'trailer', 'Thule', 'Cadence', 'Thule Cadence child trailer', 'Remorque d''enfants Thule Cadence', 599.99, '{single,double}', 'blue', 'bleu', '{"max_kg": 45}'),
('ab', 'PAR-PCS10', 'tool', 'Park Tool', 'PCS-10.3', 'Park Tool PCS-10.3 home repair stand', 'Pied d''atelier Park Tool PCS-10.3', 329.99, '{one size}', 'blue', 'bleu', '{"max_kg": 36}'),
('b',  'CLE-PNCH', 'clothing', 'Cleverhood', 'Rover', 'Cleverhood Rover rain cape', 'Cape de pluie Cleverhood Rover', 189.99, '{S,M,L,XL}', 'moss', 'mousse', '{"season": "rain"}');

DO $$
DECLARE
	shop text;
BEGIN
	FOREACH shop IN ARRAY ARRAY['a', 'b'] LOOP
		PERFORM pg_temp.enter(shop);
		-- A fifth of it is sold out, half of that with a date; a few things are on sale.
		INSERT INTO products (organization_id, id, sku, category, brand, model, name_en, name_fr, size, color_en, color_fr, price,
			sale_price, stock, stock_as_of, restock_on, attributes)
			SELECT pg_temp.org(shop), pg_temp.uid('product ' || shop || sku || size), sku || '-' || upper(regexp_replace(size, '[^A-Za-z0-9]', '', 'g')),
			       category, brand, model, name_en, name_fr, CASE WHEN size <> 'one size' THEN size END, color_en, color_fr, price,
			       CASE WHEN pg_temp.roll('sale ' || shop || sku, 9) = 0 THEN round(price * 0.85) - 0.01 END,
			       CASE WHEN pg_temp.roll('stock ' || shop || sku || size, 5) = 0 THEN 0
			            WHEN category IN ('bike', 'ebike', 'kids') THEN 1 + pg_temp.roll('count ' || shop || sku || size, 3)
			            ELSE 1 + pg_temp.roll('count ' || shop || sku || size, 14) END,
			       now() - make_interval(mins => 20 + pg_temp.roll('counted ' || shop || sku || size, 600)),
			       CASE WHEN pg_temp.roll('stock ' || shop || sku || size, 5) = 0 AND pg_temp.roll('restock ' || shop || sku || size, 2) = 0
			            THEN pg_temp.today(shop) + 5 + pg_temp.roll('restock on ' || shop || sku, 25) END,
			       attributes
				FROM demo_models, unnest(sizes) AS size WHERE position(shop IN who) > 0
			ON CONFLICT DO NOTHING;
	END LOOP;
END
$$;

-- ---- the orders ----

CREATE OR REPLACE FUNCTION pg_temp.workday(d date) RETURNS date LANGUAGE sql IMMUTABLE AS $$
	SELECT d + CASE extract(isodow FROM d)::int WHEN 6 THEN 2 WHEN 7 THEN 1 ELSE 0 END
$$;
-- Order n of a store: whose, in which state, and how many days ago. The same fifteen states four times over.
CREATE OR REPLACE FUNCTION pg_temp.order_plan(shop text) RETURNS TABLE (n int, person int, status text, days int, ships boolean)
LANGUAGE sql STABLE AS $$
	SELECT n, n * 7 % 40 + 1, status,
	       CASE status WHEN 'pending' THEN 0 WHEN 'processing' THEN 1 + r % 4 WHEN 'ready_for_pickup' THEN 3 + r % 6 WHEN 'shipped' THEN 3 + r % 3
	            WHEN 'returned' THEN 32 + r % 40 WHEN 'cancelled' THEN 5 + r % 45 ELSE 10 + r % 75 END,
	       status IN ('shipped', 'delivered') OR (status IN ('pending', 'processing', 'returned') AND r % 2 = 0)
		FROM generate_series(1, 60) n, LATERAL (SELECT pg_temp.roll('order ' || shop || n, 1000) AS r,
			(ARRAY['collected', 'delivered', 'processing', 'shipped', 'ready_for_pickup', 'collected', 'delivered', 'pending', 'processing',
			       'collected', 'ready_for_pickup', 'shipped', 'delivered', 'cancelled', 'returned'])[n % 15 + 1] AS status) x
$$;

DO $$
DECLARE
	shop text;
	first_number int;
BEGIN
	FOREACH shop IN ARRAY ARRAY['a', 'b'] LOOP
		PERFORM pg_temp.enter(shop);
		-- Both stores have an order 555: numbers belong to a store.
		first_number := CASE shop WHEN 'a' THEN 500 ELSE 520 END;
		INSERT INTO orders (organization_id, id, order_number, customer_id, origin, status, fulfilment, currency, shipping_address, carrier,
			tracking_number, tracking_url, estimated_delivery, placed_at, ready_at, shipped_at, completed_at, cancelled_at, cancel_reason,
			as_of, created_at)
			SELECT pg_temp.org(shop), pg_temp.uid('order ' || shop || n), (first_number + n)::text, pg_temp.uid('customer ' || shop || person),
			       CASE WHEN ships THEN 'web' WHEN n % 4 = 0 THEN 'phone' ELSE 'store' END, status,
			       CASE WHEN ships THEN 'shipping' ELSE 'pickup' END, 'CAD',
			       CASE WHEN ships THEN CASE shop
			            WHEN 'a' THEN (ARRAY['88 Harbord St, Toronto, ON M5S 1G5', '1530 Danforth Ave, Toronto, ON M4J 1N4',
			                 '27 Locke St S, Hamilton, ON L8P 4A6', '310 Main St, Ottawa, ON K1S 1C8'])[n % 4 + 1]
			            ELSE (ARRAY['5250, rue Fabre, Montréal (Québec) H2J 3W4', '812, avenue Duluth Est, Montréal (Québec) H2L 1B3',
			                 '45, rue Saint-Louis, Longueuil (Québec) J4R 2L4', '1190, 3e Avenue, Québec (Québec) G1L 2X3'])[n % 4 + 1] END END,
			       carrier,
			       CASE carrier WHEN 'Purolator' THEN '33' || lpad(pg_temp.roll('track ' || shop || n, 100000000)::text, 10, '0')
			            WHEN 'UPS' THEN '1Z8A41E668' || lpad(pg_temp.roll('track ' || shop || n, 100000000)::text, 8, '0')
			            WHEN 'Canada Post' THEN '70232' || lpad(pg_temp.roll('track ' || shop || n, 100000000)::text, 11, '0') END,
			       CASE carrier WHEN 'Purolator' THEN 'https://www.purolator.com/en/shipping/tracker?pins=33' || lpad(pg_temp.roll('track ' || shop || n, 100000000)::text, 10, '0')
			            WHEN 'UPS' THEN 'https://www.ups.com/track?tracknum=1Z8A41E668' || lpad(pg_temp.roll('track ' || shop || n, 100000000)::text, 8, '0')
			            WHEN 'Canada Post' THEN 'https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor=70232' || lpad(pg_temp.roll('track ' || shop || n, 100000000)::text, 11, '0') END,
			       CASE WHEN status = 'shipped' THEN pg_temp.workday(pg_temp.today(shop) + 1 + n % 3)
			            WHEN status IN ('pending', 'processing') THEN pg_temp.workday(pg_temp.today(shop) + 3 + n % 6)
			            WHEN ships THEN pg_temp.workday(placed::date + 5) END,
			       placed,
			       CASE WHEN status IN ('ready_for_pickup', 'collected') THEN placed + interval '2 days 3 hours' END,
			       CASE WHEN ships AND status IN ('shipped', 'delivered', 'returned') THEN placed + interval '1 day 5 hours' END,
			       CASE WHEN status = 'collected' THEN placed + interval '4 days 1 hour'
			            WHEN status IN ('delivered', 'returned') THEN placed + interval '5 days 2 hours' END,
			       CASE WHEN status = 'cancelled' THEN placed + interval '20 hours' END,
			       CASE WHEN status = 'cancelled' THEN CASE shop WHEN 'a' THEN 'Customer changed their mind' ELSE 'Le client a changé d''avis' END END,
			       now() - make_interval(mins => 5 + n), placed
				FROM pg_temp.order_plan(shop),
				     LATERAL (SELECT least(pg_temp.at(shop, pg_temp.open_day(shop, days), 660 + n * 13 % 240), now() - make_interval(mins => 40 + n)) AS placed,
				              CASE WHEN ships AND status IN ('shipped', 'delivered', 'returned')
				                   THEN (ARRAY['Canada Post', 'Purolator', 'UPS'])[n % 3 + 1] END AS carrier) y
			ON CONFLICT DO NOTHING;

		-- One to three lines; what is shipped is never a bike. Then the total, with tax, and shipping under $99.
		INSERT INTO order_items (organization_id, order_id, position, product_id, description, quantity, unit_price)
			SELECT pg_temp.org(shop), pg_temp.uid('order ' || shop || n), line, p.id,
			       (CASE shop WHEN 'a' THEN p.name_en ELSE p.name_fr END) || coalesce(', ' || p.size, ''),
			       CASE WHEN p.category IN ('tire', 'tube') THEN 2 ELSE 1 END, coalesce(p.sale_price, p.price)
				FROM pg_temp.order_plan(shop), LATERAL generate_series(1, 1 + pg_temp.roll('lines ' || shop || n, 3)) line,
				     LATERAL (SELECT * FROM products WHERE organization_id = pg_temp.org(shop)
				              AND (category IN ('bike', 'ebike', 'kids')) = (NOT ships AND line = 1 AND n % 2 = 0)
				              ORDER BY md5(concat('line ', shop, n, line, sku)) LIMIT 1) p
			ON CONFLICT DO NOTHING;
		UPDATE orders o SET total_amount = round(goods * CASE shop WHEN 'a' THEN 1.13 ELSE 1.14975 END, 2)
		                                   + CASE WHEN o.fulfilment = 'shipping' AND goods < 99 THEN 12.00 ELSE 0 END
			FROM (SELECT order_id, sum(quantity * unit_price) AS goods FROM order_items WHERE organization_id = pg_temp.org(shop) GROUP BY 1) i
			WHERE o.organization_id = pg_temp.org(shop) AND o.id = i.order_id AND o.total_amount = 0;

		INSERT INTO returns (organization_id, id, rma_number, order_id, customer_id, state, reason, reason_text, items_text, refund_amount,
			decided_by, decided_at, created_at)
			SELECT pg_temp.org(shop), pg_temp.uid('return ' || shop || n), 'RMA-' || 1000 + n, o.id, o.customer_id,
			       CASE WHEN plan.status <> 'returned' THEN CASE n WHEN 6 THEN 'approved' ELSE 'requested' END
			            WHEN n = 29 THEN 'exchanged' ELSE 'refunded' END,
			       (ARRAY['wrong_size', 'defective', 'changed_mind'])[n % 3 + 1],
			       CASE shop WHEN 'a' THEN (ARRAY['It''s the wrong size for me.', 'It has a defect, I''d like another one.', 'I don''t need it after all.'])[n % 3 + 1]
			            ELSE (ARRAY['Ce n''est pas la bonne taille.', 'L''article a un défaut, j''en voudrais un autre.', 'Finalement, je n''en ai plus besoin.'])[n % 3 + 1] END,
			       (SELECT description FROM order_items i WHERE i.organization_id = o.organization_id AND i.order_id = o.id AND i.position = 1),
			       CASE WHEN plan.status = 'returned' AND n <> 29 THEN o.total_amount END,
			       CASE WHEN plan.status = 'returned' OR n = 6 THEN pg_temp.uid('staff ' || shop || 2) END,
			       CASE WHEN plan.status = 'returned' THEN o.completed_at + interval '9 days' WHEN n = 6 THEN now() - interval '1 day' END,
			       CASE WHEN plan.status = 'returned' THEN o.completed_at + interval '6 days' ELSE now() - interval '2 days' END
				FROM pg_temp.order_plan(shop) plan, LATERAL (SELECT * FROM orders
				     WHERE organization_id = pg_temp.org(shop) AND id = pg_temp.uid('order ' || shop || n)) o
				WHERE plan.status = 'returned' OR n IN (6, 12)
			ON CONFLICT DO NOTHING;
	END LOOP;
END
$$;

-- ---- the workshop ----

CREATE TEMP TABLE demo_services (n int, code text, name_en text, name_fr text, description_en text, description_fr text, minutes int, kind text,
	skills text[], drop_off boolean, price_en text, price_fr text);
INSERT INTO demo_services VALUES
(1, 'basic_tune_up', 'Basic tune-up', 'Mise au point de base', 'Brakes and gears adjusted, wheels trued, chain lubed, bolts checked.', 'Réglage des freins et des vitesses, dévoilage, lubrification et serrage.', 60, 'mechanic', '{repair}', false, '$79', '79 $'),
(2, 'complete_tune_up', 'Complete tune-up', 'Mise au point complète', 'The basic tune-up plus a drivetrain cleaned in the bath and bearings adjusted.', 'La mise au point de base, plus le nettoyage complet de la transmission et l''ajustement des roulements.', 120, 'mechanic', '{repair}', true, '$149', '149 $'),
(3, 'flat_repair', 'Flat repair', 'Réparation de crevaison', 'Tube replaced while you wait; the tube is extra.', 'Chambre à air remplacée sur place; la chambre est en sus.', 30, 'mechanic', '{repair}', false, '$15 plus the tube', '15 $ plus la chambre à air'),
(4, 'brake_service', 'Brake service', 'Service de freins', 'Pads checked or replaced, discs aligned, lever feel set.', 'Vérification ou remplacement des plaquettes, alignement des disques.', 45, 'mechanic', '{repair}', false, '$39 a wheel', '39 $ par roue'),
(5, 'wheel_truing', 'Wheel truing', 'Dévoilage de roue', 'One wheel trued and tensioned.', 'Dévoilage et mise en tension d''une roue.', 45, 'mechanic', '{wheels}', false, '$29 a wheel', '29 $ par roue'),
(6, 'ebike_diagnostic', 'E-bike diagnostic', 'Diagnostic de vélo électrique', 'Motor, battery and error codes read out, with a written report.', 'Lecture du moteur, de la batterie et des codes d''erreur, avec rapport écrit.', 60, 'mechanic', '{ebike}', true, '$89', '89 $'),
(7, 'bike_fitting', 'Bike fitting', 'Positionnement', 'Saddle, bars and cleats set to you, with before and after measurements.', 'Réglage de la selle, du guidon et des cales, avec mesures avant et après.', 90, 'fitting', '{}', false, '$179', '179 $'),
(8, 'new_bike_pickup', 'New bike pickup', 'Prise de possession d''un vélo neuf', 'We adjust your new bike to you and show you around it.', 'On ajuste votre vélo neuf et on vous en fait le tour.', 30, 'desk', '{}', false, 'free', 'gratuit'),
(9, 'warranty_check', 'Warranty check', 'Évaluation de garantie', 'We look at the problem and open the claim with the maker.', 'On évalue le problème et on ouvre la réclamation auprès du fabricant.', 30, 'desk', '{}', false, 'free', 'gratuit');

CREATE TEMP TABLE demo_resources (store text, n int, name text, kind text, staff int, skills text[]);
INSERT INTO demo_resources VALUES
('a', 1, 'Derek, bench 1', 'mechanic', 5, '{repair,wheels}'), ('a', 2, 'Mina, bench 2', 'mechanic', 6, '{repair,ebike}'),
('a', 3, 'Fitting studio', 'fitting', NULL, '{}'), ('a', 4, 'Service desk', 'desk', NULL, '{}'),
('b', 1, 'Luc, établi 1', 'mechanic', 5, '{repair,wheels}'), ('b', 2, 'Inès, établi 2', 'mechanic', 6, '{repair,ebike}'),
('b', 3, 'Studio de positionnement', 'fitting', NULL, '{}'), ('b', 4, 'Comptoir de l''atelier', 'desk', NULL, '{}');

-- Fills a store's days from a week ago to a week ahead: each resource through each period that the store is open, one
-- appointment after another with gaps between, whole within the period.
CREATE OR REPLACE FUNCTION pg_temp.book_days(shop text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	org uuid := pg_temp.org(shop);
	today date := pg_temp.today(shop);
	here record;
	service demo_services;
	start int;
	seed text;
	visit uuid;
	who int;
	begins timestamptz;
	what text;
BEGIN
	FOR here IN SELECT d::date AS day, p.opens, p.closes, r.* FROM generate_series(today - 7, today + 7, interval '1 day') d,
			LATERAL pg_temp.periods(shop, d::date) p, demo_resources r WHERE r.store = shop ORDER BY d, r.n, p.opens LOOP
		start := here.opens;
		LOOP
			seed := concat(shop, here.day - today, '/', here.n, '/', start);
			SELECT s.* INTO service FROM demo_services s WHERE s.kind = here.kind AND s.skills <@ here.skills ORDER BY md5(seed || s.code) LIMIT 1;
			EXIT WHEN start + service.minutes + 15 > here.closes;
			IF (pg_temp.roll('busy ' || seed, 100) >= CASE here.kind WHEN 'mechanic' THEN 55 ELSE 25 END) THEN
				start := start + 30;
				CONTINUE;
			END IF;
			visit := pg_temp.uid('visit ' || seed);
			who := 1 + pg_temp.roll('who ' || seed, 40);
			begins := pg_temp.at(shop, here.day, start);
			what := CASE
				WHEN begins + interval '1 day' < now() THEN (ARRAY['collected', 'collected', 'collected', 'collected', 'ready', 'collected', 'cancelled', 'no_show', 'collected', 'collected'])[pg_temp.roll('end ' || seed, 10) + 1]
				WHEN begins + make_interval(mins => service.minutes) < now() THEN (ARRAY['ready', 'ready', 'waiting_parts', 'collected'])[pg_temp.roll('end ' || seed, 4) + 1]
				WHEN begins < now() THEN 'in_service'
				ELSE (ARRAY['booked', 'confirmed', 'confirmed', 'booked', 'pending', 'confirmed', 'booked', 'cancelled'])[pg_temp.roll('end ' || seed, 8) + 1] END;
			INSERT INTO service_appointments (organization_id, id, service_id, customer_id, state, starts_at, ends_at, told_local, language, bike,
				notes, origin, confirmed_at, arrived_at, ready_at, collected_at, cancelled_at, cancelled_by, cancel_reason, created_at)
			SELECT org, visit, pg_temp.uid('service ' || shop || service.code), c.id, what, begins, begins + make_interval(mins => service.minutes),
			       begins AT TIME ZONE pg_temp.zone(shop), coalesce(c.preferred_language, CASE shop WHEN 'a' THEN 'en' ELSE 'fr' END),
			       (ARRAY['Kona Dew', 'Opus Mondano 2', 'Cannondale Quick 4', 'Devinci Milano', 'Brompton C Line', 'Marin Fairfax 2', 'Norco Storm 3', 'Kona Rove'])[who % 8 + 1],
			       CASE service.code WHEN 'brake_service' THEN CASE shop WHEN 'a' THEN 'Rear brake squeals in the wet' ELSE 'Le frein arrière couine sous la pluie' END
			            WHEN 'wheel_truing' THEN CASE shop WHEN 'a' THEN 'Hit a pothole, front wheel' ELSE 'Nid-de-poule, roue avant' END
			            WHEN 'ebike_diagnostic' THEN CASE shop WHEN 'a' THEN 'Motor cuts out on hills' ELSE 'Le moteur coupe dans les côtes' END END,
			       CASE WHEN pg_temp.roll('origin ' || seed, 3) = 0 THEN 'staff' ELSE 'agent' END,
			       CASE WHEN what NOT IN ('pending', 'booked', 'cancelled', 'no_show') THEN least(begins - interval '20 hours', now() - interval '2 hours') END,
			       CASE WHEN what IN ('in_service', 'waiting_parts', 'ready', 'collected') THEN begins END,
			       CASE WHEN what IN ('ready', 'collected') THEN begins + make_interval(mins => service.minutes) END,
			       CASE WHEN what = 'collected' THEN least(begins + make_interval(mins => service.minutes + 90), now()) END,
			       CASE WHEN what = 'cancelled' THEN least(begins - interval '22 hours', now() - interval '3 hours') END,
			       CASE WHEN what = 'cancelled' THEN 'customer' END,
			       CASE WHEN what = 'cancelled' THEN CASE shop WHEN 'a' THEN 'Can''t make it' ELSE 'Empêchement' END END,
			       least(begins - make_interval(days => 2 + pg_temp.roll('ahead ' || seed, 6)), now() - interval '4 hours')
				FROM customers c WHERE c.organization_id = org AND c.id = pg_temp.uid('customer ' || shop || who);
			INSERT INTO appointment_resources (organization_id, appointment_id, resource_id, state, during)
				VALUES (org, visit, pg_temp.uid('resource ' || shop || here.n), what,
				        tstzrange(begins, begins + make_interval(mins => service.minutes + 15)));
			start := start + ceil((service.minutes + 15) / 30.0)::int * 30;
		END LOOP;
	END LOOP;
END
$$;

DO $$
DECLARE
	shop text;
BEGIN
	FOREACH shop IN ARRAY ARRAY['a', 'b'] LOOP
		PERFORM pg_temp.enter(shop);
		INSERT INTO services (organization_id, id, code, name_en, name_fr, description_en, description_fr, duration_minutes, buffer_after, lead_minutes,
			skills, is_drop_off, daily_cap, price_en, price_fr, cancel_cutoff_minutes, position)
			SELECT pg_temp.org(shop), pg_temp.uid('service ' || shop || code), code, name_en, name_fr, description_en, description_fr, minutes, 15,
			       CASE kind WHEN 'fitting' THEN 1440 WHEN 'desk' THEN 30 ELSE 120 END, skills, drop_off,
			       CASE code WHEN 'ebike_diagnostic' THEN 3 WHEN 'complete_tune_up' THEN 4 END, price_en, price_fr,
			       CASE kind WHEN 'fitting' THEN 1440 ELSE 240 END, n
				FROM demo_services
			ON CONFLICT DO NOTHING;
		INSERT INTO resources (organization_id, id, name, kind, user_id, skills)
			SELECT pg_temp.org(shop), pg_temp.uid('resource ' || shop || n), name, kind,
			       CASE WHEN staff IS NOT NULL THEN pg_temp.uid('staff ' || shop || staff) END, skills
				FROM demo_resources WHERE demo_resources.store = shop
			ON CONFLICT DO NOTHING;
		IF NOT EXISTS (SELECT FROM service_appointments WHERE organization_id = pg_temp.org(shop)) THEN
			PERFORM pg_temp.book_days(shop);
		END IF;
	END LOOP;
END
$$;

-- ---- what was said ----

-- One row is a thread: whose, how many open days ago (NULL: it is going on now), from which minute of the day (of now: so
-- many minutes ago), and what became of it. reason, claimed_by: the request for a person, if there was one; ended: its end.
CREATE TEMP TABLE demo_threads (store text, t int, person int, channel text, days int, minute int, language text, class text, sentiment text,
	summary text, reason text, reason_text text, claimed_by int, ended text, resolution text);
INSERT INTO demo_threads VALUES
('a', 1, 1, 'sms', 12, 850, 'en', 'store_info', 'calm', 'Asked for Saturday''s hours and got them.', NULL, NULL, NULL, NULL, NULL),
('a', 2, 39, 'sms', 2, 845, 'en', 'order_status', 'calm', 'Asked whether order 534 is ready. Jordan confirmed that the bike is built and waiting.', 'order_status', 'hey is my order 534 ready yet?', 3, 'closed', 'answered'),
('a', 3, 21, 'sms', 20, 862, 'fr', 'sales_inquiry', 'calm', 'Asked in French about rentals and got prices.', NULL, NULL, NULL, NULL, NULL),
('a', 4, 35, 'sms', 9, 830, 'en', 'complaint', 'annoyed', 'Rear brake squeals a week after a complete tune-up. Dana offered to redo it while she waits, free.', 'complaint', 'I''m really not happy. I paid for a complete tune-up last week and the rear brake already squeals again', 2, 'closed', 'goodwill'),
('a', 5, 2, 'sms', 6, 912, 'en', 'returns', 'calm', 'Asked about returning a helmet that is too small; told the policy.', NULL, NULL, NULL, NULL, NULL),
('a', 6, 25, 'sms', 15, 835, 'en', 'human_request', 'calm', 'Asked for a person, then found the answer; asked about bike racks.', 'human_request', 'Can I talk to a real person please', NULL, 'returned_to_bot', 'customer_resolved'),
('a', 7, 16, 'voice', 4, 865, 'en', 'service_booking', 'calm', 'Called about a bike fitting and asked for an afternoon next week. Sylvie booked it with her by phone.', 'service_booking', 'Yes please. Sometime next week, in the afternoon.', 4, 'closed', 'booked'),
('a', 8, 37, 'sms', 25, 900, 'en', 'general_support', NULL, 'Opted out of texts.', NULL, NULL, NULL, NULL, NULL),
('a', 9, 23, 'sms', 7, 840, 'en', 'service_booking', 'calm', 'Sent a picture of a bent derailleur hanger. Derek asked him to come by without riding in the big cog.', 'media_only', 'it shifts by itself in the big gears, whats wrong with it?', 5, 'closed', 'answered'),
('a', 10, 8, 'sms', 18, 842, 'fr', 'store_info', 'calm', 'Asked for French, and whether dogs are welcome.', NULL, NULL, NULL, NULL, NULL),
('a', 11, 40, 'sms', NULL, 65, 'en', 'sales_inquiry', 'calm', NULL, NULL, NULL, NULL, NULL, NULL),
('a', 12, 19, 'sms', NULL, 9, 'en', 'sales_inquiry', 'calm', NULL, 'sales_inquiry', 'Hi! Do you have two Marathon Winter Plus 700x40 in stock? I''d need them mounted before the weekend', NULL, NULL, NULL),
('b', 1, 2, 'sms', 11, 850, 'fr', 'store_info', 'calm', 'Voulait savoir si nous sommes ouverts le lundi.', NULL, NULL, NULL, NULL, NULL),
('b', 2, 39, 'sms', 2, 845, 'fr', 'order_status', 'calm', 'Voulait savoir si la commande 554 est prête. Anaïs a confirmé.', 'order_status', 'salut, ma commande 554 est tu prête?', 3, 'closed', 'answered'),
('b', 3, 31, 'sms', 19, 862, 'en', 'sales_inquiry', 'calm', 'A demandé en anglais si nous louons des vélos.', NULL, NULL, NULL, NULL, NULL),
('b', 4, 22, 'sms', 8, 830, 'fr', 'complaint', 'upset', 'Attend une pièce depuis deux semaines. Martin a retrouvé la commande et propose un vélo de prêt.', 'complaint', 'Je suis vraiment déçue, ça fait deux semaines que j''attends ma pièce et personne me rappelle', 2, 'closed', 'goodwill'),
('b', 5, 32, 'sms', 5, 912, 'en', 'returns', 'calm', 'A demandé en anglais comment retourner des gants.', NULL, NULL, NULL, NULL, NULL),
('b', 6, 25, 'sms', 14, 835, 'fr', 'human_request', 'calm', 'Voulait parler à quelqu''un, puis a trouvé la réponse.', 'human_request', 'Je voudrais parler à quelqu''un svp', NULL, 'returned_to_bot', 'customer_resolved'),
('b', 7, 37, 'voice', 3, 865, 'fr', 'service_booking', 'calm', 'A appelé pour un diagnostic de vélo électrique. Kevin a fixé le rendez-vous par téléphone.', 'service_booking', 'Oui, la semaine prochaine, plutôt le matin.', 4, 'closed', 'booked'),
('b', 8, 29, 'sms', 24, 900, 'fr', 'general_support', NULL, 'Ne veut plus de textos.', NULL, NULL, NULL, NULL, NULL),
('b', 9, 23, 'sms', 7, 840, 'fr', 'service_booking', 'calm', 'A envoyé la photo d''un pneu fendu. Luc recommande de le changer avant de rouler.', 'media_only', 'est-ce que je peux encore rouler avec ça?', 5, 'closed', 'answered'),
('b', 10, 33, 'sms', 17, 842, 'en', 'store_info', 'calm', 'A demandé l''anglais, puis si son chien peut entrer.', NULL, NULL, NULL, NULL, NULL),
('b', 11, 40, 'sms', NULL, 65, 'fr', 'store_info', 'calm', NULL, NULL, NULL, NULL, NULL, NULL),
('b', 12, 6, 'sms', NULL, 9, 'fr', 'sales_inquiry', 'calm', NULL, 'sales_inquiry', 'Bonjour, avez-vous deux Marathon Winter Plus en 700x40? Il faudrait les poser avant la fin de semaine', NULL, NULL, NULL);

-- One row is something said, so many seconds into its thread. author: c customer, a agent, s staff, n notice, k keyword,
-- m a note for colleagues. {by} is the promise's time, {hi} how the agent introduces itself, {policy:topic} the store's words.
CREATE TEMP TABLE demo_lines (store text, t int, pos int, after int, author text, body text);
INSERT INTO demo_lines VALUES
('a', 1, 1, 0, 'c', 'Hi! Are you guys open Saturday?'), ('a', 1, 2, 4, 'a', '{hi} Saturday, we''re open 10 am to 5 pm.'),
('a', 1, 3, 60, 'c', 'Perfect, thanks'), ('a', 1, 4, 63, 'a', 'You''re welcome!'),
('a', 2, 1, 0, 'c', 'hey is my order 534 ready yet?'), ('a', 2, 2, 4, 'a', '{hi} A member of our team will answer you here by {by}.'),
('a', 2, 3, 410, 's', 'Hi Nadia, it''s Jordan at Bici Downtown. Yes, your Norco Storm is built and waiting for you at the counter. Just bring a piece of ID.'),
('a', 2, 4, 480, 'c', 'Awesome, picking it up after work. Thank you!!'), ('a', 2, 5, 540, 's', 'See you then!'),
('a', 3, 1, 0, 'c', 'Bonjour, faites-vous la location de vélos?'), ('a', 3, 2, 5, 'a', '{hi} {policy:rentals}'),
('a', 3, 3, 90, 'c', 'Super, merci'), ('a', 3, 4, 93, 'a', 'Avec plaisir!'),
('a', 4, 1, 0, 'c', 'I''m really not happy. I paid for a complete tune-up last week and the rear brake already squeals again'),
('a', 4, 2, 4, 'a', '{hi} I''m sorry to hear that. A member of our team will answer you here by {by}.'),
('a', 4, 3, 300, 's', 'Hi Rebecca, this is Dana, the manager. I''m sorry about that, it shouldn''t happen. Bring it in whenever suits you and Derek will redo the brake while you wait, at no charge.'),
('a', 4, 4, 520, 'c', 'ok thanks, I''ll come by this week'), ('a', 4, 5, 580, 's', 'Perfect. I left a note at the counter so you won''t have to explain it twice.'),
('a', 5, 1, 0, 'c', 'Can I return a helmet? It''s too small for my daughter'), ('a', 5, 2, 4, 'a', '{hi} {policy:returns}'),
('a', 5, 3, 45, 'c', 'Great, it still has the tags on. Thank you!'), ('a', 5, 4, 48, 'a', 'You''re welcome!'),
('a', 6, 1, 0, 'c', 'Can I talk to a real person please'), ('a', 6, 2, 4, 'a', '{hi} A member of our team will answer you here by {by}.'),
('a', 6, 3, 150, 'c', 'never mind, found what I needed on your site. Is there somewhere to lock my bike out front?'), ('a', 6, 4, 154, 'a', '{policy:bike_rack}'),
('a', 7, 1, 0, 'a', 'Hi, this is the virtual assistant at Bici Downtown. How can I help you?'),
('a', 7, 2, 5, 'c', 'Hi, yeah, how much is a bike fitting?'), ('a', 7, 3, 8, 'a', 'A bike fitting is 179 dollars and takes an hour and a half. Shall I pass your request on to the team?'),
('a', 7, 4, 17, 'c', 'Yes please. Sometime next week, in the afternoon.'), ('a', 7, 5, 21, 'a', 'Of course. A member of our team will call you back by {by}.'),
('a', 7, 6, 620, 'm', 'Called Grace back, fitting booked for next week.'),
('a', 8, 1, 0, 'n', 'Bici Downtown: your tune-up is done and your bike is ready for pickup. Reply STOP to get no more texts.'),
('a', 8, 2, 300, 'k', 'STOP'), ('a', 8, 3, 301, 'n', 'Bici Downtown: you will get no more texts from us. Reply START to get them again.'),
('a', 9, 1, 0, 'c', 'it shifts by itself in the big gears, whats wrong with it?'),
('a', 9, 2, 5, 'a', '{hi} Thanks, we got what you sent. I can''t open pictures or files, but our team will look at it. A member of our team will answer you here by {by}.'),
('a', 9, 3, 540, 's', 'Hi Kwame, Derek from the workshop. Your derailleur hanger is bent. Stay out of the biggest cog and bring it by, we can straighten it while you wait, about 20 minutes.'),
('a', 9, 4, 700, 'c', 'ah ok that explains it. thx'),
('a', 10, 1, 0, 'c', 'En français svp. Est-ce que les chiens sont acceptés dans le magasin?'), ('a', 10, 2, 4, 'a', '{hi} {policy:dogs}'),
('a', 10, 3, 40, 'c', 'Merci!'), ('a', 10, 4, 43, 'a', 'Avec plaisir!'),
('a', 11, 1, 0, 'c', 'Hi, do you take trade-ins?'), ('a', 11, 2, 4, 'a', '{hi} {policy:trade_in}'),
('a', 12, 1, 0, 'c', 'Hi! Do you have two Marathon Winter Plus 700x40 in stock? I''d need them mounted before the weekend'),
('a', 12, 2, 5, 'a', '{hi} A member of our team will answer you here by {by}.'),
('b', 1, 1, 0, 'c', 'Bonjour, êtes-vous ouverts le lundi?'), ('b', 1, 2, 4, 'a', '{hi} Lundi, nous sommes fermés. Nous rouvrons mardi à 10 h.'),
('b', 1, 3, 50, 'c', 'Ok merci!'), ('b', 1, 4, 53, 'a', 'Avec plaisir!'),
('b', 2, 1, 0, 'c', 'salut, ma commande 554 est tu prête?'), ('b', 2, 2, 4, 'a', '{hi} Un membre de notre équipe vous répondra ici au plus tard {by}.'),
('b', 2, 3, 500, 's', 'Bonjour Guillaume, ici Anaïs de Vélo Plateau. Oui, votre commande 554 vous attend au comptoir. Apportez simplement une pièce d''identité.'),
('b', 2, 4, 570, 'c', 'Parfait, je passe tantôt'), ('b', 2, 5, 630, 's', 'Super, à tantôt!'),
('b', 3, 1, 0, 'c', 'Hi, do you rent bikes?'), ('b', 3, 2, 5, 'a', '{hi} {policy:rentals}'),
('b', 3, 3, 70, 'c', 'Good to know, thanks'), ('b', 3, 4, 73, 'a', 'You''re welcome!'),
('b', 4, 1, 0, 'c', 'Je suis vraiment déçue, ça fait deux semaines que j''attends ma pièce et personne me rappelle'),
('b', 4, 2, 4, 'a', '{hi} Nous sommes désolés de l''apprendre. Un membre de notre équipe vous répondra ici au plus tard {by}.'),
('b', 4, 3, 420, 's', 'Bonjour Karine, c''est Martin, le gérant. Vous avez raison, on aurait dû vous rappeler. Votre pièce est partie de l''entrepôt hier. En attendant, on peut vous prêter un vélo, ça vous aiderait?'),
('b', 4, 4, 640, 'c', 'Oui ça m''aiderait beaucoup, merci'), ('b', 4, 5, 700, 's', 'Parfait. Il est à votre nom au comptoir, passez quand vous voulez.'),
('b', 5, 1, 0, 'c', 'Hello, how do I return gloves that don''t fit?'), ('b', 5, 2, 4, 'a', '{hi} {policy:returns}'),
('b', 5, 3, 50, 'c', 'Thanks!'), ('b', 5, 4, 53, 'a', 'You''re welcome!'),
('b', 6, 1, 0, 'c', 'Je voudrais parler à quelqu''un svp'), ('b', 6, 2, 4, 'a', '{hi} Un membre de notre équipe vous répondra ici au plus tard {by}.'),
('b', 6, 3, 130, 'c', 'Laissez faire, j''ai trouvé sur votre site. Est-ce qu''il y a une place pour attacher mon vélo?'), ('b', 6, 4, 134, 'a', '{policy:bike_rack}'),
('b', 7, 1, 0, 'a', 'Bonjour, ici l''assistant virtuel de Vélo Plateau. Comment puis-je vous aider?'),
('b', 7, 2, 5, 'c', 'Bonjour, mon vélo électrique coupe dans les côtes. C''est combien pour le faire vérifier?'),
('b', 7, 3, 9, 'a', 'Le diagnostic d''un vélo électrique coûte 89 dollars et prend environ une heure. Je transmets votre demande à l''équipe?'),
('b', 7, 4, 19, 'c', 'Oui, la semaine prochaine, plutôt le matin.'), ('b', 7, 5, 23, 'a', 'Bien sûr. Un membre de notre équipe vous rappellera au plus tard {by}.'),
('b', 7, 6, 800, 'm', 'Rappelé Mohamed, diagnostic fixé pour la semaine prochaine.'),
('b', 8, 1, 0, 'n', 'Vélo Plateau: votre mise au point est terminée, le vélo vous attend. Répondez ARRET pour ne plus recevoir de textos.'),
('b', 8, 2, 420, 'k', 'ARRET'), ('b', 8, 3, 421, 'n', 'Vélo Plateau: vous ne recevrez plus de textos de notre part. Répondez START pour les recevoir à nouveau.'),
('b', 9, 1, 0, 'c', 'est-ce que je peux encore rouler avec ça?'),
('b', 9, 2, 5, 'a', '{hi} Merci, nous avons bien votre envoi. Je ne peux pas ouvrir d''images ni de fichiers, mais notre équipe va le regarder. Un membre de notre équipe vous répondra ici au plus tard {by}.'),
('b', 9, 3, 660, 's', 'Bonjour Hugo, Luc de l''atelier. Le flanc du pneu est fendu, évitez de rouler avec. On en a en stock, le changement prend 20 minutes.'),
('b', 9, 4, 800, 'c', 'Ok je vais passer, merci Luc'),
('b', 10, 1, 0, 'c', 'In English please. Can I bring my dog inside?'), ('b', 10, 2, 4, 'a', '{hi} {policy:dogs}'),
('b', 10, 3, 30, 'c', 'Great'), ('b', 11, 1, 0, 'c', 'Bonjour! Est-ce qu''il y a un support à vélos devant la boutique?'),
('b', 11, 2, 4, 'a', '{hi} {policy:bike_rack}'),
('b', 12, 1, 0, 'c', 'Bonjour, avez-vous deux Marathon Winter Plus en 700x40? Il faudrait les poser avant la fin de semaine'),
('b', 12, 2, 5, 'a', '{hi} Un membre de notre équipe vous répondra ici au plus tard {by}.');

-- The promised time as it is said; a day of its own when it is not the day of saying.
CREATE OR REPLACE FUNCTION pg_temp.by_when(shop text, language text, said timestamptz, due timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN l::date = (said AT TIME ZONE pg_temp.zone(shop))::date THEN CASE language WHEN 'en' THEN '' ELSE 'à ' END
	            WHEN language = 'en' THEN (ARRAY['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'])[extract(isodow FROM l)::int] || ' at '
	            ELSE (ARRAY['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'])[extract(isodow FROM l)::int] || ' à ' END
	       || CASE WHEN language = 'en' THEN to_char(l, CASE extract(minute FROM l) WHEN 0 THEN 'FMHH12 am' ELSE 'FMHH12:MI am' END)
	               ELSE to_char(l, CASE extract(minute FROM l) WHEN 0 THEN 'FMHH24 "h"' ELSE 'FMHH24 "h" MI' END) END
		FROM (SELECT due AT TIME ZONE pg_temp.zone(shop) AS l) x
$$;
-- When a person will have answered something said at that moment: the store's target, in opening hours, to whole five minutes.
CREATE OR REPLACE FUNCTION pg_temp.promised(shop text, said timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
	SELECT to_timestamp(ceil(extract(epoch FROM greatest(said, begins) + make_interval(mins => o.reply_target_minutes)) / 300) * 300)
		FROM organizations o, generate_series((said AT TIME ZONE pg_temp.zone(shop))::date, (said AT TIME ZONE pg_temp.zone(shop))::date + 14,
			interval '1 day') d, LATERAL pg_temp.periods(shop, d::date) p,
			LATERAL (SELECT pg_temp.at(shop, d::date, p.opens) AS begins, pg_temp.at(shop, d::date, p.closes) AS ends) b
		WHERE o.id = pg_temp.org(shop) AND ends > said + make_interval(mins => o.reply_target_minutes + 5)
		ORDER BY begins LIMIT 1
$$;
CREATE OR REPLACE FUNCTION pg_temp.segments(body text) RETURNS smallint LANGUAGE sql IMMUTABLE AS $$
	SELECT (CASE WHEN body ~ '[^\u0000-\u007fàèéìòùäöüñÄÖÑÜÇÉ£¥§¿¡]' THEN CASE WHEN length(body) <= 70 THEN 1 ELSE ceil(length(body) / 67.0) END
	             WHEN length(body) <= 160 THEN 1 ELSE ceil(length(body) / 153.0) END)::smallint
$$;

-- The threads with their instants, and what was said in them, word for word.
CREATE TEMP TABLE demo_told AS SELECT h.*, pg_temp.uid('thread ' || store || t) AS id, NULL::timestamptz AS starts, NULL::timestamptz AS ends,
	NULL::timestamptz AS asked, NULL::timestamptz AS handed, NULL::timestamptz AS due, NULL::timestamptz AS answered, NULL::timestamptz AS done
	FROM demo_threads h;
CREATE TEMP TABLE demo_said AS SELECT l.*, pg_temp.uid('thread ' || store || t) AS thread, pg_temp.uid(concat('line ', store, t, '.', pos)) AS id,
	NULL::timestamptz AS at FROM demo_lines l;
DO $$
DECLARE
	shop text;
BEGIN
	FOREACH shop IN ARRAY ARRAY['a', 'b'] LOOP
		PERFORM pg_temp.enter(shop);
		UPDATE demo_told SET starts = CASE WHEN days IS NULL THEN now() - make_interval(mins => minute)
		                                   ELSE pg_temp.at(shop, pg_temp.open_day(shop, days), minute) END
			WHERE store = shop;
		UPDATE demo_said s SET at = h.starts + make_interval(secs => s.after) FROM demo_told h WHERE h.id = s.thread AND s.store = shop;
		UPDATE demo_told h SET ends = l.ends, handed = l.handed, answered = l.answered,
			-- Asked: the last that the customer said before they were handed over.
			asked = (SELECT max(at) FROM demo_said s WHERE s.thread = h.id AND s.author = 'c' AND s.at < l.handed)
			FROM (SELECT thread, max(at) AS ends, min(at) FILTER (WHERE body LIKE '%{by}%') AS handed,
			             min(at) FILTER (WHERE author IN ('s', 'm')) AS answered FROM demo_said GROUP BY 1) l
			WHERE l.thread = h.id AND h.store = shop;
		UPDATE demo_told SET due = pg_temp.promised(shop, handed),
			done = CASE ended WHEN 'closed' THEN ends + interval '10 minutes'
			                  WHEN 'returned_to_bot' THEN (SELECT min(at) FROM demo_said s WHERE s.thread = demo_told.id AND s.at > handed) END
			WHERE store = shop AND handed IS NOT NULL;
		UPDATE demo_said s SET body = replace(replace(replace(s.body,
				'{by}', coalesce(pg_temp.by_when(shop, h.language, h.handed, h.due), '')),
				'{hi}', CASE WHEN h.language = 'en' THEN 'Hi! This is the virtual assistant at ' || o.name || '.'
				             ELSE 'Bonjour! Ici ' || o.name || ', je suis l''assistant virtuel du magasin.' END),
				'{policy:' || coalesce(p.topic, '') || '}', coalesce(CASE h.language WHEN 'en' THEN p.text_en ELSE p.text_fr END, ''))
			FROM demo_told h, organizations o LEFT JOIN policies p ON p.organization_id = o.id
			WHERE h.id = s.thread AND s.store = shop AND o.id = pg_temp.org(shop) AND s.body LIKE '%{%'
			  AND coalesce(p.topic, '') = coalesce(substring(s.body FROM '{policy:([a-z_]+)}'), (SELECT min(topic) FROM policies q WHERE q.organization_id = o.id));
	END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION pg_temp.talk(shop text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	org uuid := pg_temp.org(shop);
	store_number text := (SELECT phone_number FROM organizations WHERE id = pg_temp.org(shop));
BEGIN
	INSERT INTO conversations (organization_id, id, customer_id, channel, peer, store_number, state, epoch, language, language_chosen, greeted_at,
		last_position, answered_position, last_message_at, last_customer_at, waiting_since, class, outcome, summary, sentiment, twilio_call_sid,
		holder_since, opened_at, closed_at, closed_by)
	SELECT org, h.id, c.id, h.channel, c.phone_number, store_number, CASE WHEN days IS NULL THEN 'open' ELSE 'closed' END,
	       CASE WHEN claimed_by IS NOT NULL THEN 3 ELSE 1 END, h.language, c.language_chosen, h.starts + interval '4 seconds',
	       l.positions, l.customers, h.ends, l.customer_at, CASE WHEN days IS NULL THEN asked END, h.class,
	       CASE WHEN days IS NOT NULL THEN CASE WHEN claimed_by IS NULL THEN 'answered' ELSE 'handled_by_staff' END END, h.summary, h.sentiment,
	       CASE h.channel WHEN 'voice' THEN 'CA' || md5('call ' || h.id) END, h.starts, h.starts,
	       CASE WHEN days IS NOT NULL THEN CASE h.channel WHEN 'sms' THEN h.ends + interval '12 hours' ELSE coalesce(h.done, h.ends) END END,
	       CASE WHEN days IS NOT NULL THEN CASE h.channel WHEN 'sms' THEN 'idle' ELSE 'customer' END END
		FROM demo_told h JOIN customers c ON c.organization_id = org AND c.id = pg_temp.uid('customer ' || shop || h.person),
		     LATERAL (SELECT max(pos) AS positions, max(pos) FILTER (WHERE author IN ('c', 'k')) AS customers,
		                     max(at) FILTER (WHERE author IN ('c', 'k')) AS customer_at FROM demo_said s WHERE s.thread = h.id) l
		WHERE h.store = shop;

	INSERT INTO messages (organization_id, id, conversation_id, position, direction, author, author_user_id, channel, kind, body, language,
		twilio_message_sid, status, status_rank, segments, media_n, epoch, created_at, updated_at)
	SELECT org, s.id, s.thread, s.pos, CASE WHEN s.author IN ('c', 'k') THEN 'in' ELSE 'out' END,
	       CASE s.author WHEN 'c' THEN 'customer' WHEN 'k' THEN 'customer' WHEN 'a' THEN 'agent' WHEN 'n' THEN 'system' ELSE 'staff' END,
	       CASE WHEN s.author IN ('s', 'm') THEN pg_temp.uid('staff ' || shop || h.claimed_by) END, h.channel,
	       CASE s.author WHEN 'n' THEN 'notice' WHEN 'k' THEN 'keyword' WHEN 'm' THEN 'note' ELSE 'text' END, s.body, h.language,
	       CASE WHEN h.channel = 'sms' AND s.author <> 'm' THEN CASE WHEN h.reason = 'media_only' AND s.pos = 1 THEN 'MM' ELSE 'SM' END || md5('sid ' || s.id) END,
	       CASE WHEN s.author IN ('c', 'k') THEN 'received' WHEN h.channel = 'sms' AND s.author <> 'm' THEN 'delivered' END,
	       CASE WHEN h.channel = 'sms' AND s.author IN ('a', 's', 'n') THEN 4 END,
	       CASE WHEN h.channel = 'sms' AND s.author IN ('a', 's', 'n') THEN pg_temp.segments(s.body) END,
	       CASE WHEN h.reason = 'media_only' AND s.pos = 1 THEN 1 ELSE 0 END,
	       CASE WHEN s.author IN ('a', 'n') THEN 1 WHEN s.author IN ('s', 'm') THEN 2 END, s.at, s.at
		FROM demo_said s JOIN demo_told h ON h.id = s.thread WHERE s.store = shop;
	INSERT INTO message_media (organization_id, message_id, position, url, content_type, provider_sid)
		SELECT org, m.id, 1, 'https://api.twilio.com/2010-04-01/Accounts/AC' || md5('account') || '/Messages/' || m.twilio_message_sid || '/Media/ME' || md5('media ' || m.id),
		       'image/jpeg', 'ME' || md5('media ' || m.id) FROM messages m WHERE m.organization_id = org AND m.media_n = 1;
	INSERT INTO outbox (organization_id, id, message_id, conversation_id, kind, epoch, to_number, from_number, body, segments, state, after_opt_out,
		attempts, sending_at, twilio_message_sid, created_at, updated_at)
	SELECT org, pg_temp.uid('outbox ' || m.id), m.id, m.conversation_id, CASE m.kind WHEN 'notice' THEN 'notice' ELSE 'reply' END, m.epoch, c.peer,
	       c.store_number, m.body, m.segments, 'sent', m.kind = 'notice' AND m.position > 1, 1, m.created_at, m.twilio_message_sid, m.created_at, m.created_at
		FROM messages m JOIN conversations c ON c.organization_id = org AND c.id = m.conversation_id
		WHERE m.organization_id = org AND m.direction = 'out' AND m.channel = 'sms' AND m.kind IN ('text', 'notice');
	INSERT INTO consents (organization_id, phone_number, opted_out, source, language, changed_at)
		SELECT org, c.peer, true, 'sms', m.language, m.created_at FROM messages m JOIN conversations c ON c.organization_id = org AND c.id = m.conversation_id
		WHERE m.organization_id = org AND m.kind = 'keyword'
		ON CONFLICT DO NOTHING;

	INSERT INTO escalations (organization_id, id, conversation_id, customer_id, state, reason, reason_text, reasons, requested_by, requested_at,
		queued_at, claimed_by, claimed_at, active_at, closed_at, due_at, epoch, packet, resolution, resolution_text)
	SELECT org, pg_temp.uid('escalation ' || h.id), h.id, c.customer_id, coalesce(h.ended, 'queued'), h.reason, h.reason_text,
	       jsonb_build_array(jsonb_build_object('reason', h.reason, 'text', h.reason_text, 'at', h.asked)),
	       CASE h.reason WHEN 'human_request' THEN 'customer' ELSE 'agent' END, h.asked, h.handed, pg_temp.uid('staff ' || shop || h.claimed_by),
	       CASE WHEN h.claimed_by IS NOT NULL THEN h.answered - interval '50 seconds' END,
	       CASE WHEN h.claimed_by IS NOT NULL THEN h.answered - interval '50 seconds' END, h.done, h.due,
	       CASE WHEN h.claimed_by IS NOT NULL THEN 2 END, jsonb_build_object('words', h.reason_text, 'language', h.language), h.resolution, h.summary
		FROM demo_told h JOIN conversations c ON c.organization_id = org AND c.id = h.id WHERE h.store = shop AND h.reason IS NOT NULL;
	INSERT INTO promises (organization_id, id, conversation_id, escalation_id, customer_id, kind, text, due_at, state, created_at, settled_at)
	SELECT org, pg_temp.uid('promise ' || h.id), h.id, pg_temp.uid('escalation ' || h.id), c.customer_id,
	       CASE h.channel WHEN 'voice' THEN 'callback' ELSE 'answer' END, s.body, h.due,
	       CASE WHEN h.days IS NULL THEN 'open' WHEN h.claimed_by IS NULL THEN 'cancelled' ELSE 'kept' END, h.handed, coalesce(h.answered, h.done)
		FROM demo_told h JOIN conversations c ON c.organization_id = org AND c.id = h.id JOIN demo_said s ON s.thread = h.id AND s.at = h.handed
		WHERE h.store = shop AND h.reason IS NOT NULL;
	INSERT INTO due_work (organization_id, kind, ref, due_at, first_due_at)
		SELECT org, 'promise', p.id, p.due_at, p.due_at FROM promises p WHERE p.organization_id = org AND p.state = 'open';
	INSERT INTO call_sessions (organization_id, id, conversation_id, twilio_call_sid, call_direction, mode, state, from_number, to_number, attestation,
		started_at, answered_at, ended_at, duration_seconds)
	SELECT org, pg_temp.uid('leg ' || c.id), c.id, c.twilio_call_sid, 'inbound', 'builtin', 'completed', c.peer, c.store_number, 'A', c.opened_at,
	       c.opened_at, c.opened_at + interval '31 seconds', 31 FROM conversations c WHERE c.organization_id = org AND c.channel = 'voice';

	-- What happened, in the order of time, numbered from 1; docs/events.md has the payloads.
	INSERT INTO events (organization_id, seq, type, conversation_id, customer_id, payload, created_at)
	SELECT org, row_number() OVER (ORDER BY at, rank, id), type, c.id, c.customer_id,
	       jsonb_build_object('conversation_id', c.id, 'customer_id', c.customer_id) || payload, at
	FROM (
		SELECT c.id AS conversation, 0 AS rank, c.opened_at AS at, 'conversation.opened' AS type, jsonb_build_object('channel', c.channel, 'peer', c.peer,
		       'store_number', c.store_number, 'epoch', 1, 'holder', 'agent', 'holder_user_id', NULL, 'holder_name', NULL,
		       'holder_since', c.opened_at) AS payload FROM conversations c WHERE c.organization_id = org
		UNION ALL SELECT c.id, 9, c.closed_at, 'conversation.closed', jsonb_build_object('closed_by', c.closed_by)
			FROM conversations c WHERE c.organization_id = org AND c.state = 'closed'
		UNION ALL SELECT m.conversation_id, 1, m.created_at, 'message.received', jsonb_build_object('message_id', m.id, 'position', m.position,
		       'channel', m.channel, 'from', c.peer, 'to', c.store_number, 'body', m.body, 'media_n', m.media_n,
		       'keyword', CASE m.kind WHEN 'keyword' THEN 'stop' END)
			FROM messages m JOIN conversations c ON c.organization_id = org AND c.id = m.conversation_id WHERE m.organization_id = org AND m.direction = 'in'
		UNION ALL SELECT m.conversation_id, 2, m.created_at, 'message.queued', jsonb_build_object('message_id', m.id, 'position', m.position,
		       'author', m.author, 'author_user_id', m.author_user_id, 'author_name', u.display_name, 'kind', b.kind, 'body', m.body, 'language', m.language, 'epoch', m.epoch, 'status', 'queued')
			FROM messages m JOIN outbox b ON b.organization_id = org AND b.message_id = m.id
			LEFT JOIN user_profiles u ON u.organization_id = org AND u.id = m.author_user_id WHERE m.organization_id = org
		UNION ALL SELECT m.conversation_id, 5, m.created_at + interval '2 seconds' * n, 'message.status', jsonb_build_object('message_id', m.id,
		       'status', CASE n WHEN 1 THEN 'sent' ELSE 'delivered' END, 'error_code', NULL, 'error_text_en', NULL, 'error_text_fr', NULL,
		       'twilio_message_sid', m.twilio_message_sid)
			FROM messages m JOIN outbox b ON b.organization_id = org AND b.message_id = m.id, generate_series(1, 2) n WHERE m.organization_id = org
		UNION ALL SELECT m.conversation_id, 2, m.created_at, 'message.noted', jsonb_build_object('message_id', m.id, 'position', m.position,
		       'kind', m.kind, 'author', m.author, 'author_user_id', m.author_user_id, 'author_name', u.display_name, 'body', m.body)
			FROM messages m JOIN user_profiles u ON u.organization_id = org AND u.id = m.author_user_id
			WHERE m.organization_id = org AND m.kind IN ('note', 'whisper', 'marker')
		UNION ALL SELECT m.conversation_id, 3, m.created_at, 'consent.changed', jsonb_build_object('phone_number', c.peer, 'opted_out', true, 'source', 'sms')
			FROM messages m JOIN conversations c ON c.organization_id = org AND c.id = m.conversation_id WHERE m.organization_id = org AND m.kind = 'keyword'
		UNION ALL SELECT e.conversation_id, 3, e.queued_at, 'escalation.requested', jsonb_build_object('escalation_id', e.id, 'state', 'queued',
		       'reason', e.reason, 'reason_text', e.reason_text, 'due_at', e.due_at) FROM escalations e WHERE e.organization_id = org
		UNION ALL SELECT e.conversation_id, 3, x.at, 'escalation.updated', jsonb_build_object('escalation_id', e.id, 'state', x.state, 'reason', e.reason,
		       'reason_text', e.reason_text, 'due_at', e.due_at)
			FROM escalations e, LATERAL (VALUES ('active', e.active_at), (e.state, e.closed_at)) AS x(state, at)
			WHERE e.organization_id = org AND x.at IS NOT NULL
		UNION ALL SELECT e.conversation_id, 4, x.at, 'conversation.updated', jsonb_build_object('language', c.language, 'language_chosen', c.language_chosen,
		       'class', c.class, 'holder', x.holder, 'holder_user_id', CASE x.holder WHEN 'staff' THEN e.claimed_by END,
		       'holder_name', CASE x.holder WHEN 'staff' THEN u.display_name END, 'holder_since', x.at, 'epoch', x.epoch)
			FROM escalations e JOIN conversations c ON c.organization_id = org AND c.id = e.conversation_id
			JOIN user_profiles u ON u.organization_id = org AND u.id = e.claimed_by,
			     LATERAL (VALUES ('staff', e.active_at, 2), ('agent', e.closed_at, 3)) AS x(holder, at, epoch)
			WHERE e.organization_id = org AND e.claimed_by IS NOT NULL
		UNION ALL SELECT p.conversation_id, 4, p.created_at, 'promise.made', jsonb_build_object('promise_id', p.id, 'escalation_id', p.escalation_id,
		       'kind', p.kind, 'due_at', p.due_at) FROM promises p WHERE p.organization_id = org
		UNION ALL SELECT p.conversation_id, 2, p.settled_at, 'promise.settled', jsonb_build_object('promise_id', p.id, 'escalation_id', p.escalation_id,
		       'state', p.state, 'due_at', p.due_at) FROM promises p WHERE p.organization_id = org AND p.state <> 'open'
	) happened JOIN conversations c ON c.organization_id = org AND c.id = happened.conversation;
	UPDATE organization_counters SET last_event = (SELECT max(seq) FROM events WHERE organization_id = org) WHERE organization_id = org;
END
$$;

DO $$
DECLARE
	shop text;
BEGIN
	FOREACH shop IN ARRAY ARRAY['a', 'b'] LOOP
		PERFORM pg_temp.enter(shop);
		-- Two orders of which the store has told by telephone, or tried to.
		INSERT INTO outbound_calls (organization_id, id, kind, state, customer_id, order_id, from_number, language, due_at, tries,
			last_result, requested_by, created_at, ended_at)
			SELECT pg_temp.org(shop), pg_temp.uid('outbound ' || shop || o.n), 'pickup_ready',
			       CASE o.n WHEN 1 THEN 'texted' ELSE 'not_needed' END, o.customer_id, o.id, g.phone_number, g.default_language,
			       o.at, CASE o.n WHEN 1 THEN 3 ELSE 1 END, CASE o.n WHEN 1 THEN 'no_answer' ELSE 'machine' END,
			       pg_temp.uid('staff ' || shop || 3), o.at - interval '3 hours', o.at
				FROM (SELECT id, customer_id, row_number() OVER (ORDER BY order_number) AS n,
				             coalesce(ready_at, placed_at) + interval '5 hours' AS at
				        FROM orders WHERE organization_id = pg_temp.org(shop) AND status = 'collected') o
				JOIN organizations g ON g.id = pg_temp.org(shop)
				WHERE o.n <= 2
			ON CONFLICT DO NOTHING;
		IF NOT EXISTS (SELECT FROM events WHERE organization_id = pg_temp.org(shop)) THEN
			PERFORM pg_temp.talk(shop);
		END IF;
		INSERT INTO canned_replies (organization_id, id, code, title_en, title_fr, body_en, body_fr, position)
			SELECT pg_temp.org(shop), pg_temp.uid('canned ' || shop || code), code, title_en, title_fr, body_en, body_fr, n
				FROM (VALUES
				(1, 'ready', 'Ready for pickup', 'Prêt à ramasser', 'Good news, your bike is ready! You can pick it up any time during opening hours. Please bring a piece of ID.',
				    'Bonne nouvelle, votre vélo est prêt! Vous pouvez le ramasser pendant nos heures d''ouverture. Apportez une pièce d''identité.'),
				(2, 'parts', 'Waiting for parts', 'En attente de pièces', 'We''re waiting for a part for your bike. I''ll text you as soon as it''s in.',
				    'On attend une pièce pour votre vélo. Je vous écris dès qu''elle arrive.'),
				(3, 'quote', 'Quote needs a yes', 'Soumission à approuver', 'We had a look at your bike and found a bit more than expected. Can I call you to go over it, or do you prefer it by text?',
				    'On a regardé votre vélo et il y a un peu plus que prévu. Je peux vous appeler pour en parler, ou vous préférez par texto?'),
				(4, 'stock', 'Checking stock', 'Vérification en stock', 'Let me check the shelf, I''ll be back with you in a few minutes.',
				    'Je vérifie sur les tablettes et je vous reviens dans quelques minutes.'),
				(5, 'order_in', 'We can order it', 'On peut le commander', 'We don''t have it right now, but I can order it for you. It usually takes 5 to 7 business days. Shall I?',
				    'On ne l''a pas en ce moment, mais je peux le commander. Ça prend normalement de 5 à 7 jours ouvrables. On y va?'),
				(6, 'book', 'Bring it in', 'Passez nous voir', 'The easiest is to bring the bike in so that we can have a look. What day suits you?',
				    'Le plus simple est de passer avec le vélo pour qu''on regarde. Quel jour vous irait?'),
				(7, 'sorry', 'Sorry for the wait', 'Désolé de l''attente', 'Sorry for the wait, it''s busy at the counter. I''m on it now.',
				    'Désolé de l''attente, il y a du monde au comptoir. Je m''en occupe tout de suite.'),
				(8, 'thanks', 'Thank you', 'Merci', 'Thank you, and ride safe!', 'Merci, et bonne route!')
				) AS v(n, code, title_en, title_fr, body_en, body_fr)
			ON CONFLICT DO NOTHING;
	END LOOP;
	PERFORM set_config('app.current_organization_id', '', false);
END
$$;
DROP TABLE demo_policies, demo_staff, demo_people, demo_models, demo_services, demo_resources, demo_threads, demo_lines, demo_told, demo_said CASCADE;
