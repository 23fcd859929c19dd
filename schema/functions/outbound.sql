-- outbound: calls that we make to customers (0018 has the states): as staff read them, how a wish comes in and is called off.
-- How it is carried out is in outbound_try.sql.
--
-- Locks: the conversations of the call that is on and of the request that it answers, the wish's row (outbound_lock), then what
-- it makes (the customer's thread of texts), then the counters.

-- The wish's row, and before it what it may move: the call that is on, and the conversation of the request for a person.
CREATE OR REPLACE FUNCTION outbound_lock(p_organization uuid, p_id uuid) RETURNS outbound_calls
LANGUAGE plpgsql AS $$
DECLARE
  v_row outbound_calls;
  v_seen outbound_calls;
BEGIN
  LOOP
    SELECT * INTO v_seen FROM outbound_calls w WHERE w.organization_id = p_organization AND w.id = p_id;
    PERFORM thread_lock(p_organization, s.conversation_id) FROM call_sessions s
      WHERE s.organization_id = p_organization AND s.id = v_seen.call_id;
    PERFORM thread_lock(p_organization, e.conversation_id) FROM escalations e
      WHERE e.organization_id = p_organization AND e.id = v_seen.escalation_id;
    SELECT * INTO v_row FROM outbound_calls w WHERE w.organization_id = p_organization AND w.id = p_id FOR UPDATE;
    EXIT WHEN v_row.call_id IS NOT DISTINCT FROM v_seen.call_id AND v_row.escalation_id IS NOT DISTINCT FROM v_seen.escalation_id;
  END LOOP;
  RETURN v_row;
END $$;

-- ---- as staff read it ----

CREATE OR REPLACE FUNCTION outbound_body(p_row outbound_calls) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT json_build_object('id', p_row.id, 'kind', p_row.kind, 'state', p_row.state,
           'customer_id', p_row.customer_id,
           'customer_name', coalesce(nullif(concat_ws(' ', k.first_name, k.last_name), ''), k.phone_number, ''),
           'order_id', p_row.order_id, 'order_number', o.order_number, 'escalation_id', p_row.escalation_id,
           'conversation_id', s.conversation_id, 'store_number', p_row.from_number, 'language', p_row.language,
           'due_at', p_row.due_at, 'waits_for', p_row.waits_for, 'tries', p_row.tries, 'last_result', p_row.last_result,
           'error_code', p_row.error_code, 'message_left_at', p_row.message_left_at, 'requested_by', p_row.requested_by,
           'requested_by_name', staff_name(p_row.organization_id, p_row.requested_by), 'created_at', p_row.created_at,
           'ended_at', p_row.ended_at)
    FROM customers k
    LEFT JOIN orders o ON o.organization_id = k.organization_id AND o.id = p_row.order_id
    LEFT JOIN call_sessions s ON s.organization_id = k.organization_id AND s.id = p_row.call_id
   WHERE k.organization_id = p_row.organization_id AND k.id = p_row.customer_id);
END $$;

CREATE OR REPLACE FUNCTION outbound_tell(p_row outbound_calls) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_conversation uuid;
BEGIN
  SELECT s.conversation_id INTO v_conversation FROM call_sessions s
   WHERE s.organization_id = p_row.organization_id AND s.id = p_row.call_id;
  PERFORM event_add(p_row.organization_id, 'outbound.updated', v_conversation, p_row.customer_id,
    jsonb_build_object('outbound_id', p_row.id, 'conversation_id', v_conversation, 'customer_id', p_row.customer_id,
                       'kind', p_row.kind, 'state', p_row.state, 'order_id', p_row.order_id,
                       'escalation_id', p_row.escalation_id, 'due_at', p_row.due_at, 'waits_for', p_row.waits_for,
                       'tries', p_row.tries, 'last_result', p_row.last_result, 'error_code', p_row.error_code));
END $$;

-- GET /api/outbound, newest first.
CREATE OR REPLACE FUNCTION outbound_list(p_organization uuid, p_state text, p_customer uuid, p_limit int, p_cursor text,
                                         OUT outcome text, OUT body text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
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
           'items', coalesce(json_agg(outbound_body(b) ORDER BY x.n) FILTER (WHERE x.n <= p_limit), '[]'),
           'next_cursor', CASE WHEN count(*) > p_limit
                               THEN max(cursor_of(b.created_at, b.id)) FILTER (WHERE x.n = p_limit) END,
           'last_event', event_newest(p_organization))::text
    INTO body
    FROM (SELECT w.id, row_number() OVER (ORDER BY w.created_at DESC, w.id DESC) AS n FROM outbound_calls w
           WHERE w.organization_id = p_organization
             AND (p_state = 'all' OR (w.ended_at IS NULL) = (p_state = 'open'))
             AND (p_customer IS NULL OR w.customer_id = p_customer)
             AND (v_at IS NULL OR (w.created_at, w.id) < (v_at, v_id))
           ORDER BY w.created_at DESC, w.id DESC LIMIT p_limit + 1) x
    JOIN outbound_calls b ON b.organization_id = p_organization AND b.id = x.id;
END $$;

-- ---- a wish comes in ----

-- Why this customer cannot be called at all. NULL: they can.
CREATE OR REPLACE FUNCTION outbound_unreachable(p_organization uuid, p_customer customers) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN CASE
    WHEN p_customer.phone_number IS NULL OR p_customer.is_blocked OR p_customer.erased_at IS NOT NULL
      OR NOT destination_allowed(p_customer.phone_number, (SELECT o.allowed_countries FROM organizations o WHERE o.id = p_organization))
      OR EXISTS (SELECT FROM organization_phone_numbers n
                  WHERE n.organization_id = p_organization AND n.phone_number = p_customer.phone_number)
      OR NOT EXISTS (SELECT FROM organization_phone_numbers n WHERE n.organization_id = p_organization AND n.is_active)
    THEN 'unreachable'
    WHEN EXISTS (SELECT FROM consents c WHERE c.organization_id = p_organization AND c.phone_number = p_customer.phone_number
                    AND c.opted_out)
    THEN 'opted_out' END;
END $$;

-- Puts the wish in: the row, its work, its event. NULL where the same is wanted already. The caller has seen that the customer
-- can be called. The number that calls is the one that the customer knows, else the first that the store has.
CREATE OR REPLACE FUNCTION outbound_queue(p_organization uuid, p_kind text, p_customer customers, p_order uuid, p_escalation uuid,
                                          p_language text, p_user uuid, p_due timestamptz) RETURNS outbound_calls
LANGUAGE plpgsql AS $$
DECLARE
  v_row outbound_calls;
  v_from text;
  v_language text;
BEGIN
  SELECT n.phone_number INTO STRICT v_from FROM organization_phone_numbers n
   WHERE n.organization_id = p_organization AND n.is_active
   ORDER BY (SELECT max(c.last_message_at) FROM conversations c
              WHERE c.organization_id = p_organization AND c.customer_id = p_customer.id AND c.store_number = n.phone_number)
            DESC NULLS LAST, n.created_at, n.id LIMIT 1;
  SELECT coalesce(CASE WHEN p_customer.language_chosen THEN p_customer.preferred_language END, p_language,
                  p_customer.preferred_language,
                  (SELECT c.language FROM conversations c WHERE c.organization_id = p_organization AND c.customer_id = p_customer.id
                      AND c.language IS NOT NULL ORDER BY c.last_message_at DESC LIMIT 1),
                  o.default_language)
    INTO v_language FROM organizations o WHERE o.id = p_organization;
  INSERT INTO outbound_calls (organization_id, kind, customer_id, order_id, escalation_id, from_number, language, due_at, requested_by)
  VALUES (p_organization, p_kind, p_customer.id, p_order, p_escalation, v_from, v_language, greatest(coalesce(p_due, now()), now()),
          p_user)
  ON CONFLICT (organization_id, kind, customer_id) WHERE state IN ('queued', 'placing', 'calling') DO NOTHING
  RETURNING * INTO v_row;
  IF v_row.id IS NOT NULL THEN
    PERFORM work_add(p_organization, 'call_out', v_row.id, v_row.due_at);
    PERFORM outbound_tell(v_row);
  END IF;
  RETURN v_row;
END $$;

-- POST /api/outbound. Exactly one of customer, order and request for a person says who. A call about an order that is ready
-- takes the newest such order where none is named.
CREATE OR REPLACE FUNCTION outbound_add(who staff_call, p_kind text, p_customer uuid, p_order uuid, p_escalation uuid,
                                        p_language text, p_due timestamptz, OUT outcome text, OUT body text)
LANGUAGE plpgsql AS $$
DECLARE
  v_order orders;
  v_request escalations;
  v_customer customers;
  v_row outbound_calls;
  v_refusal text;
BEGIN
  SELECT f.outcome, f.body INTO outcome, body FROM command_first(who) f;
  IF outcome IS NOT NULL THEN
    RETURN;
  END IF;
  SELECT * INTO v_order FROM orders o WHERE o.organization_id = who.organization_id AND o.id = p_order;
  SELECT * INTO v_request FROM escalations e WHERE e.organization_id = who.organization_id AND e.id = p_escalation;
  SELECT * INTO v_customer FROM customers k
   WHERE k.organization_id = who.organization_id AND k.id = coalesce(p_customer, v_order.customer_id, v_request.customer_id);
  IF p_kind = 'pickup_ready' AND p_order IS NULL THEN
    SELECT * INTO v_order FROM orders o
     WHERE o.organization_id = who.organization_id AND o.customer_id = v_customer.id AND o.status = 'ready_for_pickup'
     ORDER BY coalesce(o.ready_at, o.placed_at) DESC, o.id LIMIT 1;
  END IF;
  IF num_nonnulls(p_customer, p_order, p_escalation) <> 1 OR p_due > now() + interval '30 days' THEN
    outcome := 'input';
  ELSIF (p_order IS NOT NULL AND v_order.id IS NULL) OR (p_escalation IS NOT NULL AND v_request.id IS NULL)
     OR (p_customer IS NOT NULL AND v_customer.id IS NULL) THEN
    outcome := 'missing';
  ELSIF v_customer.erased_at IS NOT NULL THEN
    outcome := 'gone';
  ELSE
    v_refusal := CASE WHEN v_customer.id IS NULL THEN 'unreachable' ELSE outbound_unreachable(who.organization_id, v_customer) END;
    IF v_refusal IS NULL AND p_kind = 'pickup_ready' AND v_order.status IS DISTINCT FROM 'ready_for_pickup' THEN
      v_refusal := 'not_ready';
    END IF;
    IF v_refusal IS NULL THEN
      v_row := outbound_queue(who.organization_id, p_kind, v_customer, v_order.id,
                              CASE WHEN v_request.state IN ('requested', 'queued', 'claimed', 'callback_promised', 'voicemail_taken')
                                   THEN v_request.id END, p_language, who.user_id, p_due);
      v_refusal := CASE WHEN v_row.id IS NULL THEN 'already_queued' END;
    END IF;
    IF v_refusal IS NULL THEN
      outcome := 'created';
      PERFORM command_audit(who, 'outbound.call', 'outbound', v_row.id, jsonb_build_object('kind', p_kind));
      body := json_build_object('outbound', outbound_body(v_row), 'last_event', event_newest(who.organization_id))::text;
    ELSE
      outcome := 'conflict';
      body := jsonb_strip_nulls(jsonb_build_object('code', v_refusal, 'outbound_id', CASE v_refusal WHEN 'already_queued' THEN
        (SELECT w.id FROM outbound_calls w WHERE w.organization_id = who.organization_id AND w.kind = p_kind
            AND w.customer_id = v_customer.id AND w.ended_at IS NULL) END))::text;
    END IF;
  END IF;
  PERFORM command_done(who, NULL, outcome, body);
END $$;

-- The wish is over.
CREATE OR REPLACE FUNCTION outbound_end(INOUT p_row outbound_calls, p_state text)
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE outbound_calls w SET state = p_state, ended_at = now(), waits_for = NULL, error_code = p_row.error_code
   WHERE w.organization_id = p_row.organization_id AND w.id = p_row.id RETURNING * INTO STRICT p_row;
  PERFORM outbound_tell(p_row);
END $$;

-- POST /api/outbound/{id}/cancel: as long as nobody's phone is being rung.
CREATE OR REPLACE FUNCTION outbound_cancel(who staff_call, p_id uuid, OUT outcome text, OUT body text)
LANGUAGE plpgsql AS $$
DECLARE
  v_row outbound_calls;
BEGIN
  SELECT f.outcome, f.body INTO outcome, body FROM command_first(who) f;
  IF outcome IS NOT NULL THEN
    RETURN;
  END IF;
  v_row := outbound_lock(who.organization_id, p_id);
  IF v_row.id IS NULL THEN
    outcome := 'missing';
  ELSIF v_row.state NOT IN ('queued', 'canceled') THEN
    outcome := 'conflict';
  ELSE
    outcome := 'ok';
    IF v_row.state = 'queued' THEN
      DELETE FROM due_work d WHERE d.organization_id = who.organization_id AND d.kind = 'call_out' AND d.ref = p_id AND d.lease IS NULL;
      v_row := outbound_end(v_row, 'canceled');
      PERFORM command_audit(who, 'outbound.cancel', 'outbound', p_id, '{}');
    END IF;
    body := json_build_object('outbound', outbound_body(v_row), 'last_event', event_newest(who.organization_id))::text;
  END IF;
  PERFORM command_done(who, NULL, outcome, body);
END $$;

-- A call was promised and its time has come. True: it is being made, and the promise stays open until it is. Who was called back
-- today already and still has no answer needs a person, not one more machine.
CREATE OR REPLACE FUNCTION callback_due(p_promise promises) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  v_customer customers;
  v_row outbound_calls;
BEGIN
  SELECT * INTO v_customer FROM customers k WHERE k.organization_id = p_promise.organization_id AND k.id = p_promise.customer_id;
  IF v_customer.id IS NULL OR outbound_unreachable(p_promise.organization_id, v_customer) IS NOT NULL
     OR EXISTS (SELECT FROM outbound_calls w
                 WHERE w.organization_id = p_promise.organization_id AND w.customer_id = v_customer.id AND w.kind = 'callback'
                   AND w.requested_by IS NULL AND w.state IN ('reached', 'texted') AND w.ended_at > now() - interval '1 day') THEN
    RETURN false;
  END IF;
  v_row := outbound_queue(p_promise.organization_id, 'callback', v_customer, NULL, p_promise.escalation_id,
    (SELECT c.language FROM conversations c WHERE c.organization_id = p_promise.organization_id AND c.id = p_promise.conversation_id),
    NULL, now());
  IF v_row.id IS NULL THEN -- wanted already: this promise is kept by that call
    UPDATE outbound_calls w SET escalation_id = coalesce(w.escalation_id, p_promise.escalation_id)
     WHERE w.organization_id = p_promise.organization_id AND w.kind = 'callback' AND w.customer_id = v_customer.id
       AND w.ended_at IS NULL;
  END IF;
  RETURN true;
END $$;

DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['outbound_lock(uuid, uuid)', 'outbound_body(outbound_calls)',
    'outbound_tell(outbound_calls)', 'outbound_list(uuid, text, uuid, int, text)',
    'outbound_unreachable(uuid, customers)',
    'outbound_queue(uuid, text, customers, uuid, uuid, text, uuid, timestamptz)',
    'outbound_add(staff_call, text, uuid, uuid, uuid, text, timestamptz)', 'outbound_end(outbound_calls, text)',
    'outbound_cancel(staff_call, uuid)', 'callback_due(promises)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO switchback_service', f);
  END LOOP;
END $$;
