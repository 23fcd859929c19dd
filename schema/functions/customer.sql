-- customer: what staff read of customers, as the API answers it (docs/openapi.yaml).

-- The digits of something that may be a number as people write it ("416-555", "+1 (416) 555-0001", "0033 6 12 34"); the
-- prefix that dials abroad falls away. NULL when it is none: other characters, or fewer than three digits.
CREATE OR REPLACE FUNCTION number_digits(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN p_text ~ '^[-+()./[:space:]0-9]*$'
              THEN substring(regexp_replace(regexp_replace(p_text, '[^0-9]', '', 'g'), '^(00|011)', '') FROM '^.{3,}$') END
$$;

-- A number in E.164; ten digits, or eleven that begin with 1, are read as North American. NULL when it is none.
CREATE OR REPLACE FUNCTION number_e164(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN p_text ~ '^[[:space:]]*(\+|00|011)' AND d.digits ~ '^[1-9][0-9]{6,14}$' THEN '+' || d.digits
              WHEN d.digits ~ '^[2-9][0-9]{9}$' THEN '+1' || d.digits
              WHEN d.digits ~ '^1[2-9][0-9]{9}$' THEN '+' || d.digits END
    FROM (SELECT number_digits(p_text) AS digits) d
$$;

CREATE OR REPLACE FUNCTION customer_body(p_customer customers) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN json_build_object('id', p_customer.id, 'first_name', p_customer.first_name, 'last_name', p_customer.last_name,
    'display_name', coalesce(nullif(concat_ws(' ', p_customer.first_name, p_customer.last_name), ''),
                             p_customer.phone_number, p_customer.email, ''),
    'phone_number', p_customer.phone_number, 'email', p_customer.email,
    'preferred_language', p_customer.preferred_language, 'language_chosen', p_customer.language_chosen,
    'is_blocked', p_customer.is_blocked,
    'opted_out', EXISTS (SELECT FROM consents n WHERE n.organization_id = p_customer.organization_id
                            AND n.phone_number = p_customer.phone_number AND n.opted_out),
    'customer_since', p_customer.customer_since, 'notes', p_customer.notes);
END $$;

-- GET /api/customers: by a part of the name, of the number in any spelling, or by an order's number; newest first. Who
-- was erased is not found.
CREATE OR REPLACE FUNCTION customer_search(p_organization uuid, p_q text, p_limit int, p_cursor text,
                                           OUT outcome text, OUT body text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_q text := nullif(btrim(p_q), '');
  v_like text[] := ARRAY(SELECT '%' || regexp_replace(w, '([%_\\])', '\\\1', 'g') || '%'
                           FROM regexp_split_to_table(folded(btrim(p_q)), '\s+') AS w);
  v_digits text := number_digits(p_q);
  v_key text := nullif(upper(regexp_replace(coalesce(p_q, ''), '[^[:alnum:]]', '', 'g')), '');
  v_at timestamptz;
  v_id uuid;
BEGIN
  IF p_cursor IS NOT NULL THEN
    SELECT k.at, k.id INTO v_at, v_id FROM cursor_at(p_cursor) k;
    IF v_at IS NULL THEN
      outcome := 'input';
      RETURN;
    END IF;
  END IF;
  outcome := 'ok';
  SELECT json_build_object(
           'items', coalesce(json_agg(customer_body(k) ORDER BY x.n) FILTER (WHERE x.n <= p_limit), '[]'),
           'next_cursor', CASE WHEN count(*) > p_limit
                               THEN max(cursor_of(k.created_at, k.id)) FILTER (WHERE x.n = p_limit) END,
           'last_event', event_newest(p_organization))::text
    INTO body
    FROM (SELECT k.id, row_number() OVER (ORDER BY k.created_at DESC, k.id DESC) AS n
            FROM customers k
           WHERE k.organization_id = p_organization AND k.erased_at IS NULL
             AND (v_at IS NULL OR (k.created_at, k.id) < (v_at, v_id))
             AND (v_q IS NULL
                  OR k.search_words LIKE ALL (v_like)
                  OR position(v_digits IN k.phone_number) > 0
                  OR k.id IN (SELECT o.customer_id FROM orders o
                               WHERE o.organization_id = p_organization AND o.order_key = v_key))
           ORDER BY k.created_at DESC, k.id DESC LIMIT p_limit + 1) x
    JOIN customers k ON k.organization_id = p_organization AND k.id = x.id;
END $$;

-- GET /api/customers/{id}: the person, and what staff look at first. Names of services are in the reader's language.
CREATE OR REPLACE FUNCTION customer_one(p_organization uuid, p_user uuid, p_customer uuid, OUT outcome text, OUT body text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_customer customers;
  v_french boolean := (SELECT u.language = 'fr' FROM user_profiles u WHERE u.organization_id = p_organization AND u.id = p_user);
BEGIN
  SELECT * INTO v_customer FROM customers k WHERE k.organization_id = p_organization AND k.id = p_customer;
  IF NOT FOUND THEN
    outcome := 'missing';
    RETURN;
  ELSIF v_customer.erased_at IS NOT NULL THEN
    outcome := 'gone';
    RETURN;
  END IF;
  outcome := 'ok';
  body := json_build_object(
    'customer', customer_body(v_customer),
    'orders', (SELECT coalesce(json_agg(json_build_object('id', o.id, 'order_number', o.order_number, 'status', o.status,
                      'placed_at', o.placed_at, 'total_cents', (o.total_amount * 100)::bigint, 'currency', o.currency,
                      'items_text', (SELECT coalesce(string_agg(i.quantity || ' x ' || i.description, ', ' ORDER BY i.position), '')
                                       FROM order_items i WHERE i.organization_id = p_organization AND i.order_id = o.id))
                      ORDER BY o.placed_at DESC, o.id DESC), '[]')
                 FROM (SELECT * FROM orders o WHERE o.organization_id = p_organization AND o.customer_id = p_customer
                        ORDER BY o.placed_at DESC, o.id DESC LIMIT 5) o),
    'appointments', (SELECT coalesce(json_agg(json_build_object('id', a.id, 'starts_at', a.starts_at, 'ends_at', a.ends_at,
                      'service_name', CASE WHEN v_french THEN s.name_fr ELSE s.name_en END, 'status', a.state)
                      ORDER BY a.starts_at, a.id), '[]')
                 FROM ((SELECT * FROM service_appointments a
                         WHERE a.organization_id = p_organization AND a.customer_id = p_customer AND a.starts_at > now()
                           AND a.state NOT IN ('cancelled', 'expired') ORDER BY a.starts_at LIMIT 3)
                       UNION ALL
                       (SELECT * FROM service_appointments a
                         WHERE a.organization_id = p_organization AND a.customer_id = p_customer AND a.starts_at <= now()
                         ORDER BY a.starts_at DESC LIMIT 1)) a
                 JOIN services s ON s.organization_id = p_organization AND s.id = a.service_id),
    'conversations', (SELECT coalesce(json_agg(b.body ORDER BY b.n), '[]')
                 FROM conversation_bodies(p_organization, ARRAY(
                      SELECT c.id FROM conversations c WHERE c.organization_id = p_organization AND c.customer_id = p_customer
                       ORDER BY coalesce(c.closed_at, c.last_message_at) DESC, c.id DESC LIMIT 5)) b),
    'last_event', event_newest(p_organization))::text;
END $$;

-- PATCH /api/customers/{id}: staff say which language the customer is to be served in, and it counts as the customer's own
-- choice, in what is open too; 'none' takes the choice back, and what they write decides again. The answer names nobody, so
-- that what is kept of it (command_keys) need not be erased with them.
CREATE OR REPLACE FUNCTION customer_speaks(who staff_call, p_customer uuid, p_language text, OUT outcome text, OUT body text)
LANGUAGE plpgsql AS $$
DECLARE
  v_chosen boolean := p_language <> 'none';
  v_customer customers;
  v_thread conversations;
BEGIN
  SELECT f.outcome, f.body INTO outcome, body FROM command_first(who) f;
  IF outcome IS NOT NULL THEN
    RETURN;
  END IF;
  PERFORM thread_lock(who.organization_id, c.id)
     FROM (SELECT id FROM conversations c WHERE c.organization_id = who.organization_id AND c.customer_id = p_customer
              AND c.state = 'open' ORDER BY c.id) c;
  UPDATE customers k
     SET language_chosen = v_chosen, preferred_language = CASE WHEN v_chosen THEN p_language ELSE k.preferred_language END
   WHERE k.organization_id = who.organization_id AND k.id = p_customer AND k.erased_at IS NULL
  RETURNING * INTO v_customer;
  IF v_customer.id IS NULL THEN
    outcome := CASE WHEN EXISTS (SELECT FROM customers k WHERE k.organization_id = who.organization_id AND k.id = p_customer)
                    THEN 'gone' ELSE 'missing' END;
  ELSE
    FOR v_thread IN
      UPDATE conversations c
         SET language_chosen = v_chosen, language = CASE WHEN v_chosen THEN p_language ELSE c.language END, updated_at = now()
       WHERE c.organization_id = who.organization_id AND c.customer_id = p_customer AND c.state = 'open' RETURNING *
    LOOP
      PERFORM conversation_updated(who.organization_id, v_thread);
    END LOOP;
    PERFORM command_audit(who, 'customer.edit', 'customer', p_customer, jsonb_build_object('language', p_language));
    outcome := 'ok';
    body := json_build_object('customer_id', p_customer, 'preferred_language', v_customer.preferred_language,
                              'language_chosen', v_chosen, 'last_event', event_newest(who.organization_id))::text;
  END IF;
  PERFORM command_done(who, NULL, outcome, body);
END $$;

DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['number_digits(text)', 'number_e164(text)', 'customer_body(customers)',
    'customer_search(uuid, text, int, text)', 'customer_one(uuid, uuid, uuid)',
    'customer_speaks(staff_call, uuid, text)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO switchback_service', f);
  END LOOP;
END $$;
