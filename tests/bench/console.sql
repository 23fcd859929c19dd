-- What the console's benchmark loads into store :slug: :customers open conversations, the first held by the account
-- :email, ten by nobody, the others by a colleague, so that no agent answers and each text moves its conversation to the
-- top. Run as the owner.
SELECT id AS org, phone_number AS number FROM organizations WHERE slug = :'slug' \gset
SELECT id AS me FROM user_profiles WHERE organization_id = :'org' AND email = :'email' \gset
INSERT INTO user_profiles (organization_id, email, display_name)
VALUES (:'org', 'marie@bench.example', 'Marie Gagnon') RETURNING id AS colleague \gset

-- Two of three are known by name, as in a store.
INSERT INTO customers (organization_id, phone_number, first_name, last_name)
SELECT :'org', '+1647' || (2000001 + c), CASE WHEN c % 3 > 0 THEN (ARRAY['Élodie', 'Ana', 'Dmitri', 'Zoë'])[1 + c % 4] END,
       CASE WHEN c % 3 > 0 THEN (ARRAY['Tremblay', 'Silva', 'O''Neil', 'Núñez'])[1 + c / 4 % 4] || ' ' || c END
  FROM generate_series(0, :customers - 1) c;
INSERT INTO conversations (organization_id, customer_id, channel, peer, store_number, holder, holder_user_id, epoch,
                           last_position, answered_position, last_message_at, last_customer_at, waiting_since, opened_at)
SELECT organization_id, id, 'sms', phone_number, :'number',
       (CASE WHEN c BETWEEN 1 AND 10 THEN 'nobody' ELSE 'staff' END)::text,
       CASE WHEN c = 0 THEN :'me'::uuid WHEN c > 10 THEN :'colleague'::uuid END,
       2, 3, CASE WHEN c BETWEEN 1 AND 10 THEN 0 ELSE 3 END, at, at - interval '1 minute',
       CASE WHEN c BETWEEN 1 AND 10 THEN at - interval '1 minute' END, at - interval '5 minutes'
  FROM (SELECT *, right(phone_number, 7)::int - 2000001 AS c,
               now() - interval '1 minute' - (right(phone_number, 7)::int - 2000001) * interval '7 seconds' AS at
          FROM customers WHERE organization_id = :'org') k;
INSERT INTO messages (organization_id, conversation_id, position, direction, author, author_user_id, channel, body,
                      twilio_message_sid, status, created_at)
SELECT c.organization_id, c.id, m.position, m.direction, m.author,
       CASE WHEN m.author = 'staff' THEN :'colleague'::uuid END, 'sms', m.body,
       CASE WHEN m.direction = 'in' THEN 'SM' || md5(c.peer || m.position) END, m.status,
       c.last_message_at - (3 - m.position) * interval '1 minute'
  FROM conversations c, (VALUES (1, 'in', 'customer', 'Hello, is my bike ready?', 'received'),
                                (2, 'in', 'customer', 'It is the red one with the basket in front', 'received'),
                                (3, 'out', 'staff', 'Almost: it will be ready on Friday at noon.', NULL))
                       AS m (position, direction, author, body, status)
 WHERE c.organization_id = :'org';

-- So many texts of as many customers at once, as text_in() keeps each of them: message, conversation and event; and the
-- word to the service.
CREATE FUNCTION bench_texts(p_organization uuid, p_number text, p_n int, p_customers int) RETURNS bigint
LANGUAGE sql AS $$
  WITH hit AS (
    SELECT c.id, c.customer_id, c.peer, c.store_number, c.last_position + 1 AS position, gen_random_uuid() AS message,
           'Is it ready? I come by at ' || 10 + c.last_position % 8 || ' today' AS body, row_number() OVER () AS nth
      FROM conversations c
     WHERE c.organization_id = p_organization AND c.state = 'open' AND c.channel = 'sms'
       AND c.store_number = p_number AND c.peer = ANY (ARRAY(
             SELECT '+1647' || 2000001 + floor(random() * p_customers)::int FROM generate_series(1, p_n)))),
  moved AS (
    UPDATE conversations c
       SET last_position = hit.position, last_message_at = now(), last_customer_at = now(), updated_at = now(),
           waiting_since = coalesce(c.waiting_since, now())
      FROM hit WHERE c.organization_id = p_organization AND c.id = hit.id),
  kept AS (
    INSERT INTO messages (organization_id, id, conversation_id, position, direction, author, channel, body,
                          twilio_message_sid, status)
    SELECT p_organization, message, id, position, 'in', 'customer', 'sms', body,
           'SM' || replace(message::text, '-', ''), 'received' FROM hit),
  numbered AS (
    UPDATE organization_counters SET last_event = last_event + (SELECT count(*) FROM hit)
     WHERE organization_id = p_organization RETURNING last_event),
  told AS (
    INSERT INTO events (organization_id, seq, type, conversation_id, customer_id, payload)
    SELECT p_organization, last_event - (SELECT count(*) FROM hit) + nth, 'message.received', id, customer_id,
           jsonb_build_object('message_id', message, 'conversation_id', id, 'customer_id', customer_id,
                              'position', position, 'channel', 'sms', 'from', peer, 'to', store_number, 'body', body,
                              'media_n', 0, 'keyword', NULL)
      FROM hit, numbered RETURNING 1)
  SELECT count(*) FROM told, LATERAL pg_notify('switchback_events', p_organization::text)
$$;
ANALYZE customers, conversations, messages;
