-- outbound: calls that we make to customers, from the wish to its end (0018 has the states). What is due is done by
-- jobs/call_out under the work `call_out`; a try is a call like any other (call_sessions, docs/calls.md) and tells its fate
-- through call_out_hook.
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

-- ---- it is due ----

-- Is the call still wanted and allowed? NULL: yes; else the state that the wish ends in.
CREATE OR REPLACE FUNCTION outbound_over(p_row outbound_calls) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_customer customers;
BEGIN
  SELECT * INTO v_customer FROM customers k WHERE k.organization_id = p_row.organization_id AND k.id = p_row.customer_id;
  RETURN CASE
    WHEN outbound_unreachable(p_row.organization_id, v_customer) IS NOT NULL THEN 'suppressed'
    WHEN p_row.kind = 'pickup_ready' AND NOT EXISTS (SELECT FROM orders o WHERE o.organization_id = p_row.organization_id
           AND o.id = p_row.order_id AND o.status = 'ready_for_pickup') THEN 'not_needed'
    WHEN EXISTS (SELECT FROM escalations e WHERE e.organization_id = p_row.organization_id AND e.id = p_row.escalation_id
           AND (e.state IN ('connecting', 'active', 'wrap_up', 'closed', 'returned_to_bot', 'expired')
                OR (e.state = 'customer_gone' AND NOT EXISTS (SELECT FROM promises p
                      WHERE p.organization_id = e.organization_id AND p.escalation_id = e.id AND p.state = 'open')))) THEN 'not_needed'
    END;
END $$;

-- When the work is to be looked at next; NULL: never again.
CREATE OR REPLACE FUNCTION outbound_next(p_row outbound_calls) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN p_row.ended_at IS NOT NULL THEN NULL
              WHEN p_row.state = 'queued' THEN p_row.due_at
              WHEN p_row.last_result = 'human' THEN now()
              WHEN p_row.state = 'calling' THEN now() + interval '2 minutes'
              ELSE now() + interval '2 seconds' END
$$;

CREATE OR REPLACE FUNCTION outbound_work(p_row outbound_calls, p_lease uuid) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_next timestamptz := outbound_next(p_row);
BEGIN
  IF v_next IS NULL THEN
    PERFORM work_done(p_row.organization_id, 'call_out', p_row.id, p_lease);
  ELSE
    PERFORM work_later(p_row.organization_id, 'call_out', p_row.id, p_lease, v_next);
  END IF;
END $$;

-- What was promised for this call is settled. The request that led to it is closed (p_resolution), or waits in the queue again;
-- its own call, over since long, is closed when nothing is owed in it any more.
CREATE OR REPLACE FUNCTION outbound_promises(p_row outbound_calls, p_state text, p_resolution text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_request escalations;
  v_thread conversations;
BEGIN
  SELECT * INTO v_request FROM escalations e WHERE e.organization_id = p_row.organization_id AND e.id = p_row.escalation_id;
  IF v_request.id IS NULL THEN
    RETURN;
  END IF;
  PERFORM thread_promises_settled(p_row.organization_id, v_request.conversation_id, 'callback', p_state);
  UPDATE escalations e
     SET state = CASE WHEN p_resolution IS NOT NULL THEN 'closed' ELSE 'queued' END,
         closed_at = CASE WHEN p_resolution IS NOT NULL THEN now() END, resolution = coalesce(p_resolution, e.resolution)
   WHERE e.organization_id = p_row.organization_id AND e.id = p_row.escalation_id AND e.closed_at IS NULL
     AND (p_resolution IS NOT NULL OR e.state IN ('callback_promised', 'voicemail_taken'))
  RETURNING * INTO v_request;
  IF FOUND THEN
    PERFORM event_add(p_row.organization_id, 'escalation.updated', v_request.conversation_id, v_request.customer_id,
      jsonb_build_object('escalation_id', v_request.id, 'conversation_id', v_request.conversation_id,
                         'customer_id', v_request.customer_id, 'state', v_request.state, 'reason', v_request.reason,
                         'reason_text', v_request.reason_text, 'due_at', v_request.due_at));
  END IF;
  UPDATE conversations c SET state = 'closed', closed_at = now(), closed_by = 'agent', waiting_since = NULL, updated_at = now()
   WHERE c.organization_id = p_row.organization_id AND c.channel = 'voice' AND c.state = 'open'
     AND c.id = (SELECT e.conversation_id FROM escalations e
                  WHERE e.organization_id = p_row.organization_id AND e.id = p_row.escalation_id)
     AND NOT EXISTS (SELECT FROM call_sessions s
                      WHERE s.organization_id = c.organization_id AND s.conversation_id = c.id AND s.stage <> 'ended')
     AND NOT EXISTS (SELECT FROM promises p
                      WHERE p.organization_id = c.organization_id AND p.conversation_id = c.id AND p.state = 'open')
     AND NOT EXISTS (SELECT FROM escalations e
                      WHERE e.organization_id = c.organization_id AND e.conversation_id = c.id AND e.closed_at IS NULL)
  RETURNING * INTO v_thread;
  IF FOUND THEN
    PERFORM event_add(p_row.organization_id, 'conversation.closed', v_thread.id, v_thread.customer_id,
      jsonb_build_object('conversation_id', v_thread.id, 'customer_id', v_thread.customer_id, 'closed_by', 'agent'));
  END IF;
END $$;

-- Somebody spoke with us. A request for a person that led to the call lives on in the call, with its place in the queue: whoever
-- takes it takes the call over.
CREATE OR REPLACE FUNCTION outbound_reached(INOUT p_row outbound_calls)
LANGUAGE plpgsql AS $$
DECLARE
  v_thread conversations;
  v_request escalations;
  v_new uuid;
BEGIN
  SELECT c.* INTO v_thread FROM call_sessions s
    JOIN conversations c ON c.organization_id = s.organization_id AND c.id = s.conversation_id
   WHERE s.organization_id = p_row.organization_id AND s.id = p_row.call_id;
  SELECT * INTO v_request FROM escalations e
   WHERE e.organization_id = p_row.organization_id AND e.id = p_row.escalation_id
     AND e.state NOT IN ('closed', 'returned_to_bot', 'expired');
  PERFORM outbound_promises(p_row, 'kept', 'called_back');
  IF v_request.id IS NOT NULL AND v_thread.state = 'open' AND v_thread.holder = 'agent' THEN
    v_new := escalation_open(p_row.organization_id, v_thread, v_request.reason, v_request.reason_text, NULL, NULL);
    UPDATE escalations e SET requested_at = least(e.requested_at, v_request.requested_at), packet = v_request.packet
     WHERE e.organization_id = p_row.organization_id AND e.id = v_new;
  END IF;
  p_row := outbound_end(p_row, 'reached');
END $$;

-- Three tries are over: a text instead, in the customer's thread, where one may go.
CREATE OR REPLACE FUNCTION outbound_texted(INOUT p_row outbound_calls)
LANGUAGE plpgsql AS $$
DECLARE
  v_phone text := (SELECT k.phone_number FROM customers k
                    WHERE k.organization_id = p_row.organization_id AND k.id = p_row.customer_id);
  v_thread conversations;
BEGIN
  v_thread := text_thread(p_row.organization_id, p_row.from_number, v_phone, 'e164', NULL);
  PERFORM outbox_add(p_row.organization_id, v_thread, 'system', 'notice', p_row.text_words, p_row.language, NULL, false);
  PERFORM outbound_promises(p_row, 'kept', NULL);
  p_row := outbound_end(p_row, 'texted');
END $$;

-- What a try came to that ended before we knew who had answered.
CREATE OR REPLACE FUNCTION outbound_unheard(p_state text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_state WHEN 'completed' THEN 'hung_up' ELSE p_state END
$$;

-- A try is over and nobody was reached: the next one, or the text.
CREATE OR REPLACE FUNCTION outbound_tried(INOUT p_row outbound_calls, p_result text)
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE outbound_calls w
     SET state = 'queued', tries = w.tries + 1, last_result = p_result, waits_for = 'try',
         due_at = now() + CASE w.tries WHEN 0 THEN interval '15 minutes' WHEN 1 THEN interval '2 hours' ELSE interval '0' END
   WHERE w.organization_id = p_row.organization_id AND w.id = p_row.id RETURNING * INTO STRICT p_row;
  PERFORM outbound_tell(p_row);
END $$;

-- What is to be done now. action: decide (may it be now? then outbound_place, else outbound_later) | look (whether the carrier
-- dials is unknown: its list) | watch (it dials or talks, and nothing was heard for a while: ask) | none.
CREATE OR REPLACE FUNCTION outbound_claim(p_organization uuid, p_id uuid, p_lease uuid)
RETURNS TABLE (action text, kind text, language text, order_number text, to_number text, from_number text, placing_at timestamptz,
               call_sid text, account_sid text, token_sealed bytea, calls_from int, calls_until int, store jsonb)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_row outbound_calls;
  v_leg call_sessions;
  v_over text;
  v_action text := 'none';
BEGIN
  PERFORM set_config('app.current_organization_id', p_organization::text, true);
  PERFORM 1 FROM due_work d WHERE d.organization_id = p_organization AND d.kind = 'call_out' AND d.ref = p_id
     AND d.lease = p_lease FOR UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  v_row := outbound_lock(p_organization, p_id);
  IF v_row.id IS NULL THEN
    PERFORM work_done(p_organization, 'call_out', p_id, p_lease);
    RETURN;
  END IF;
  SELECT * INTO v_leg FROM call_sessions s WHERE s.organization_id = p_organization AND s.id = v_row.call_id;
  IF v_row.state IN ('placing', 'calling') AND v_row.last_result = 'human' THEN
    v_row := outbound_reached(v_row);
  ELSIF v_row.state IN ('placing', 'calling') AND v_leg.ended_at IS NOT NULL THEN -- its end was not told to us here
    v_row := outbound_tried(v_row, coalesce(v_row.last_result, outbound_unheard(v_leg.state)));
  ELSIF v_row.state IN ('placing', 'calling') AND v_leg.twilio_call_sid IS NULL THEN
    v_action := 'look';
  ELSIF v_row.state = 'placing' THEN -- a callback was quicker than our own answer
    UPDATE outbound_calls w SET state = 'calling' WHERE w.organization_id = p_organization AND w.id = p_id RETURNING * INTO v_row;
    PERFORM outbound_tell(v_row);
  ELSIF v_row.state = 'calling' THEN
    v_action := 'watch';
  ELSIF v_row.state = 'queued' AND v_row.due_at <= now() THEN
    v_over := outbound_over(v_row);
    IF v_over IS NOT NULL THEN
      PERFORM outbound_promises(v_row, 'broken', NULL);
      v_row := outbound_end(v_row, v_over);
    ELSIF v_row.tries >= 3 THEN
      v_row := outbound_texted(v_row);
    ELSE
      v_action := 'decide';
    END IF;
  END IF;
  IF v_action = 'none' THEN
    PERFORM outbound_work(v_row, p_lease);
  END IF;
  RETURN QUERY SELECT v_action, v_row.kind::text, v_row.language::text, r.order_number::text, k.phone_number::text,
                      v_row.from_number::text, v_row.placing_at, v_leg.twilio_call_sid::text, o.twilio_account_sid::text,
                      o.twilio_auth_token_sealed, o.calls_from::int, o.calls_until::int,
                      CASE v_action WHEN 'decide' THEN store_context(p_organization) END
                 FROM organizations o
                 JOIN customers k ON k.organization_id = o.id AND k.id = v_row.customer_id
                 LEFT JOIN orders r ON r.organization_id = o.id AND r.id = v_row.order_id
                WHERE o.id = p_organization;
END $$;

-- Not now, but then.
CREATE OR REPLACE FUNCTION outbound_later(p_organization uuid, p_id uuid, p_lease uuid, p_due timestamptz, p_why text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_row outbound_calls;
BEGIN
  PERFORM set_config('app.current_organization_id', p_organization::text, true);
  UPDATE outbound_calls w SET due_at = p_due, waits_for = p_why
   WHERE w.organization_id = p_organization AND w.id = p_id AND w.state = 'queued' RETURNING * INTO v_row;
  IF FOUND THEN
    IF p_why <> 'pace' THEN -- a second: not worth telling
      PERFORM outbound_tell(v_row);
    END IF;
    PERFORM outbound_work(v_row, p_lease);
  ELSE
    PERFORM work_done(p_organization, 'call_out', p_id, p_lease);
  END IF;
END $$;

-- The leg that the call will be: its conversation and its row are there before the carrier is asked, so that whatever it tells
-- finds them.
CREATE OR REPLACE FUNCTION outbound_leg(p_row outbound_calls, p_to text) RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
  v_thread conversations;
  v_leg uuid;
  v_call call_sessions;
BEGIN
  SELECT s.id INTO v_leg FROM call_sessions s -- of a try that the carrier surely did not take
   WHERE s.organization_id = p_row.organization_id AND s.id = p_row.call_id AND s.ended_at IS NULL AND s.twilio_call_sid IS NULL;
  IF FOUND THEN
    RETURN v_leg;
  END IF;
  INSERT INTO conversations (organization_id, customer_id, channel, peer, store_number, language, language_chosen, greeted_at)
  SELECT p_row.organization_id, p_row.customer_id, 'voice', p_to, p_row.from_number, p_row.language,
         k.language_chosen AND k.preferred_language = p_row.language, now()
    FROM customers k WHERE k.organization_id = p_row.organization_id AND k.id = p_row.customer_id
  RETURNING * INTO v_thread;
  INSERT INTO call_sessions (organization_id, conversation_id, call_direction, state, stage, from_number, to_number, room)
  VALUES (p_row.organization_id, v_thread.id, 'outbound', 'queued', 'ringing', p_row.from_number, p_to,
          replace(gen_random_uuid()::text, '-', ''))
  RETURNING * INTO v_call;
  PERFORM conversation_opened(p_row.organization_id, v_thread);
  PERFORM call_told('call.started', v_call, v_thread);
  RETURN v_call.id;
END $$;

-- The moment after which the carrier may be asked. outcome: place | wait (pace, or the customer talks with us right now; the
-- work is put off) | none. p_account is the account that will be asked: one call a second.
CREATE OR REPLACE FUNCTION outbound_place(p_organization uuid, p_id uuid, p_lease uuid, p_account text, p_opening text,
                                          p_machine text, p_text text)
RETURNS TABLE (outcome text, leg_id uuid, placing_at timestamptz)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_row outbound_calls;
  v_phone text;
  v_over text;
  v_next timestamptz;
BEGIN
  PERFORM set_config('app.current_organization_id', p_organization::text, true);
  PERFORM 1 FROM due_work d WHERE d.organization_id = p_organization AND d.kind = 'call_out' AND d.ref = p_id
     AND d.lease = p_lease FOR UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  v_row := outbound_lock(p_organization, p_id);
  v_over := outbound_over(v_row);
  IF v_row.state = 'queued' AND v_over IS NOT NULL THEN
    PERFORM outbound_promises(v_row, 'broken', NULL);
    v_row := outbound_end(v_row, v_over);
  END IF;
  IF v_row.state <> 'queued' THEN
    PERFORM outbound_work(v_row, p_lease);
    RETURN QUERY SELECT 'none'::text, NULL::uuid, NULL::timestamptz;
    RETURN;
  END IF;
  SELECT k.phone_number INTO v_phone FROM customers k WHERE k.organization_id = p_organization AND k.id = v_row.customer_id;
  IF EXISTS (SELECT FROM call_sessions s
              JOIN conversations c ON c.organization_id = s.organization_id AND c.id = s.conversation_id
             WHERE s.organization_id = p_organization AND s.stage <> 'ended' AND s.leg = 'customer'
               AND c.customer_id = v_row.customer_id AND s.id IS DISTINCT FROM v_row.call_id) THEN
    PERFORM outbound_later(p_organization, p_id, p_lease, now() + interval '10 minutes', 'on_a_call');
    RETURN QUERY SELECT 'wait'::text, NULL::uuid, NULL::timestamptz;
    RETURN;
  END IF;
  INSERT INTO call_pace AS p (account_sid, next_at) VALUES (p_account, clock_timestamp() + interval '1 second')
  ON CONFLICT (account_sid) DO UPDATE SET next_at = excluded.next_at WHERE p.next_at <= clock_timestamp();
  IF NOT FOUND THEN
    SELECT p.next_at INTO v_next FROM call_pace p WHERE p.account_sid = p_account;
    PERFORM outbound_later(p_organization, p_id, p_lease, v_next, 'pace');
    RETURN QUERY SELECT 'wait'::text, NULL::uuid, NULL::timestamptz;
    RETURN;
  END IF;
  UPDATE outbound_calls w
     SET state = 'placing', placing_at = now(), call_id = outbound_leg(v_row, v_phone), waits_for = NULL, last_result = NULL,
         error_code = NULL, opening = p_opening, machine_words = p_machine, text_words = p_text
   WHERE w.organization_id = p_organization AND w.id = p_id RETURNING * INTO STRICT v_row;
  PERFORM outbound_tell(v_row);
  RETURN QUERY SELECT 'place'::text, v_row.call_id, v_row.placing_at;
END $$;

-- A leg that never became a call, or whose end only the carrier's own record tells.
CREATE OR REPLACE FUNCTION outbound_leg_over(p_row outbound_calls, p_state text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM call_state(s, c, jsonb_build_object('status', p_state)) FROM call_sessions s
    JOIN conversations c ON c.organization_id = s.organization_id AND c.id = s.conversation_id
   WHERE s.organization_id = p_row.organization_id AND s.id = p_row.call_id AND s.ended_at IS NULL;
END $$;

-- What came of asking the carrier. p_result: placed (p_sid is the call) | again (surely not taken: once more after p_delay_ms, no try
-- is counted) | refused (for good) | unknown (look at its list after p_delay_ms) | a final state of the call, from its record
-- (completed, busy, no_answer, failed, canceled).
CREATE OR REPLACE FUNCTION outbound_settle(p_organization uuid, p_id uuid, p_lease uuid, p_result text, p_sid text,
                                           p_error_code int, p_delay_ms int) RETURNS TABLE (state text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_row outbound_calls;
  v_leg call_sessions;
  v_delay interval := coalesce(p_delay_ms, 0) * interval '1 millisecond';
BEGIN
  PERFORM set_config('app.current_organization_id', p_organization::text, true);
  v_row := outbound_lock(p_organization, p_id);
  IF v_row.state IN ('placing', 'calling') THEN
    IF p_result = 'placed' THEN
      UPDATE call_sessions s SET twilio_call_sid = p_sid
       WHERE s.organization_id = p_organization AND s.id = v_row.call_id AND s.twilio_call_sid IS NULL RETURNING * INTO v_leg;
      IF v_leg.id IS NOT NULL THEN
        UPDATE conversations c SET twilio_call_sid = p_sid, updated_at = now()
         WHERE c.organization_id = p_organization AND c.id = v_leg.conversation_id AND c.twilio_call_sid IS NULL;
      END IF;
      IF v_row.state = 'placing' THEN
        UPDATE outbound_calls w SET state = 'calling' WHERE w.organization_id = p_organization AND w.id = p_id RETURNING * INTO v_row;
        PERFORM outbound_tell(v_row);
      END IF;
    ELSIF p_result = 'again' AND v_row.state = 'placing' THEN
      UPDATE outbound_calls w SET state = 'queued', due_at = now() + v_delay, waits_for = 'carrier'
       WHERE w.organization_id = p_organization AND w.id = p_id RETURNING * INTO v_row;
      PERFORM outbound_tell(v_row);
    ELSIF p_result = 'refused' AND v_row.state = 'placing' THEN
      v_row.error_code := p_error_code;
      PERFORM outbound_leg_over(v_row, 'failed');
      PERFORM outbound_promises(v_row, 'broken', NULL);
      v_row := outbound_end(v_row, 'given_up');
    ELSIF p_result NOT IN ('again', 'refused', 'unknown') THEN
      PERFORM outbound_leg_over(v_row, p_result);
      v_row := outbound_tried(v_row, coalesce(v_row.last_result, outbound_unheard(p_result)));
    END IF;
  END IF;
  IF v_row.state = 'placing' OR (v_row.state = 'calling' AND p_result = 'unknown') THEN
    PERFORM work_later(p_organization, 'call_out', p_id, p_lease, now() + v_delay);
  ELSE
    PERFORM outbound_work(v_row, p_lease);
  END IF;
  RETURN QUERY SELECT v_row.state::text;
END $$;

-- SIDs that legs of ours already carry: a call of the carrier's list that has one is not the one that is looked for.
CREATE OR REPLACE FUNCTION call_sids_known(p_organization uuid, p_sids text[]) RETURNS TABLE (sid text)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('app.current_organization_id', p_organization::text, true);
  RETURN QUERY SELECT s.twilio_call_sid::text FROM call_sessions s
    WHERE s.organization_id = p_organization AND s.twilio_call_sid = ANY (p_sids);
END $$;

-- A request about a leg that we dialled to a customer (docs/calls.md, call_hook): until it has a stage, and its statuses. When its
-- first document is asked for, somebody or a machine has answered: what is said first are lines of that document, and a machine's
-- call is over after them. What follows for promises and requests is left to the work.
CREATE OR REPLACE FUNCTION call_out_hook(p_door text, p_leg call_sessions, p_thread conversations, p_told jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  v_row outbound_calls;
  v_by text := lower(p_told -> 'form' ->> 'AnsweredBy');
  v_consent text;
BEGIN
  UPDATE conversations c SET twilio_call_sid = p_leg.twilio_call_sid
   WHERE c.organization_id = p_leg.organization_id AND c.id = p_leg.conversation_id AND c.twilio_call_sid IS NULL;
  SELECT * INTO v_row FROM outbound_calls w
   WHERE w.organization_id = p_leg.organization_id AND w.call_id = p_leg.id AND w.state IN ('placing', 'calling') FOR UPDATE;
  IF v_row.id IS NULL OR v_row.last_result = 'human' THEN
    RETURN '{}';
  ELSIF call_rank(p_leg.state) = 3 THEN
    v_row := outbound_tried(v_row, coalesce(v_row.last_result, outbound_unheard(p_leg.state)));
  ELSIF NOT (p_told ->> 'document')::boolean OR v_row.last_result IS NOT NULL THEN
    RETURN '{}';
  ELSIF v_by ~ '^(machine|fax)' THEN
    UPDATE call_sessions s SET answered_by = v_by WHERE s.organization_id = p_leg.organization_id AND s.id = p_leg.id;
    UPDATE outbound_calls w
       SET last_result = 'machine', message_left_at = CASE WHEN v_by ~ '^machine' THEN coalesce(w.message_left_at, now()) ELSE w.message_left_at END
     WHERE w.organization_id = v_row.organization_id AND w.id = v_row.id;
    IF v_row.message_left_at IS NULL AND v_by ~ '^machine' THEN -- once: nobody wants three of them
      PERFORM call_line(p_thread, p_leg, 'system', NULL, 'notice', v_row.machine_words, v_row.language, false);
      p_thread := call_thread(p_thread);
    END IF;
    PERFORM call_stage(p_leg, p_thread, 'ended', false);
  ELSE
    SELECT CASE v_row.language WHEN 'fr' THEN o.consent_line_fr ELSE o.consent_line_en END INTO v_consent
      FROM organizations o WHERE o.id = p_leg.organization_id;
    UPDATE call_sessions s
       SET answered_by = v_by, recording = CASE WHEN v_consent IS NULL THEN s.recording ELSE 'announced' END,
           recording_words = v_consent, recording_at = CASE WHEN v_consent IS NOT NULL THEN now() END
     WHERE s.organization_id = p_leg.organization_id AND s.id = p_leg.id;
    UPDATE outbound_calls w SET last_result = 'human' WHERE w.organization_id = v_row.organization_id AND w.id = v_row.id;
    PERFORM call_line(p_thread, p_leg, 'system', NULL, 'notice', concat_ws(' ', v_row.opening, v_consent), v_row.language, false);
  END IF;
  PERFORM work_add(v_row.organization_id, 'call_out', v_row.id, now());
  RETURN '{}';
END $$;

DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['outbound_lock(uuid, uuid)', 'outbound_body(outbound_calls)', 'outbound_tell(outbound_calls)',
    'outbound_list(uuid, text, uuid, int, text)', 'outbound_unreachable(uuid, customers)',
    'outbound_queue(uuid, text, customers, uuid, uuid, text, uuid, timestamptz)',
    'outbound_add(staff_call, text, uuid, uuid, uuid, text, timestamptz)', 'outbound_end(outbound_calls, text)',
    'outbound_cancel(staff_call, uuid)', 'callback_due(promises)', 'outbound_over(outbound_calls)', 'outbound_next(outbound_calls)',
    'outbound_work(outbound_calls, uuid)', 'outbound_promises(outbound_calls, text, text)', 'outbound_reached(outbound_calls)',
    'outbound_texted(outbound_calls)', 'outbound_unheard(text)', 'outbound_tried(outbound_calls, text)', 'outbound_claim(uuid, uuid, uuid)',
    'outbound_later(uuid, uuid, uuid, timestamptz, text)', 'outbound_leg(outbound_calls, text)',
    'outbound_place(uuid, uuid, uuid, text, text, text, text)', 'outbound_leg_over(outbound_calls, text)',
    'outbound_settle(uuid, uuid, uuid, text, text, int, int)', 'call_sids_known(uuid, text[])',
    'call_out_hook(text, call_sessions, conversations, jsonb)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO switchback_service', f);
  END LOOP;
END $$;
