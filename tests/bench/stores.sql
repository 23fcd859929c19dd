-- What `make bench` loads: stores +14165550001..., each with threads of customers +1647200000x that nobody answers, so
-- that storing a text is all that happens. Run as the owner; the first two stores are the demo's.
INSERT INTO organizations (slug, name, time_zone, phone_number)
SELECT 'bench-' || i, 'Bench ' || i, 'America/Toronto', '+1416555' || lpad(i::text, 4, '0')
  FROM generate_series(3, :stores) i;
INSERT INTO organization_phone_numbers (organization_id, phone_number)
SELECT id, phone_number FROM organizations WHERE slug LIKE 'bench-%';
INSERT INTO organization_counters (organization_id)
SELECT id FROM organizations WHERE slug LIKE 'bench-%' ON CONFLICT DO NOTHING;
INSERT INTO customers (organization_id, phone_number)
SELECT n.organization_id, '+1647' || (2000001 + c)
  FROM organization_phone_numbers n, generate_series(0, :customers - 1) c ON CONFLICT DO NOTHING;
INSERT INTO conversations (organization_id, customer_id, channel, peer, store_number, holder)
SELECT u.organization_id, u.id, 'sms', u.phone_number, n.phone_number, 'nobody'
  FROM customers u JOIN organization_phone_numbers n USING (organization_id)
 WHERE u.phone_number LIKE '+16472%' ON CONFLICT DO NOTHING;
ANALYZE organizations, organization_phone_numbers, organization_counters, customers, conversations;
