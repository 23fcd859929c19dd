-- agent_turn: one turn of the agent in one conversation, from the stored work. begin reads the whole context in one
-- round trip; store writes what the agent decided, only if the work's lease is still the same and the thread is
-- still the agent's.

-- A request for a person: the escalation (or one more reason on the open one), its promise and the promise's alarm.
-- The caller holds the conversation's row. Returns the escalation's id.
CREATE OR REPLACE FUNCTION escalation_open(p_organization uuid, p_thread conversations, p_reason text,
                                           p_reason_text text, p_promise_text text, p_due timestamptz) RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
  v_id uuid;
  v_promise uuid;
  v_new boolean := false;
BEGIN
  SELECT id INTO v_id FROM escalations
   WHERE organization_id = p_organization AND conversation_id = p_thread.id
     AND state NOT IN ('closed', 'returned_to_bot', 'customer_gone', 'expired') FOR UPDATE;
  IF FOUND THEN
    UPDATE escalations
       SET reasons = reasons || jsonb_build_array(jsonb_build_object('reason', p_reason, 'text', left(p_reason_text, 500), 'at', now())),
           due_at = coalesce(p_due, due_at), updated_at = now(),
           addition_noted_at = CASE WHEN p_due IS NULL AND p_promise_text IS NOT NULL THEN now()
                                    WHEN p_due IS NOT NULL THEN NULL ELSE addition_noted_at END
     WHERE organization_id = p_organization AND id = v_id;
  ELSE
    v_new := true;
    INSERT INTO escalations (organization_id, conversation_id, customer_id, state, reason, reason_text, reasons,
                             requested_at, queued_at, due_at)
    VALUES (p_organization, p_thread.id, p_thread.customer_id, 'queued', p_reason, left(p_reason_text, 500),
            jsonb_build_array(jsonb_build_object('reason', p_reason, 'text', left(p_reason_text, 500), 'at', now())),
            coalesce(p_thread.waiting_since, now()), now(), p_due)
    RETURNING id INTO v_id;
  END IF;
  IF p_due IS NOT NULL THEN
    INSERT INTO promises (organization_id, conversation_id, escalation_id, customer_id, kind, text, due_at)
    VALUES (p_organization, p_thread.id, v_id, p_thread.customer_id, 'answer', p_promise_text, p_due)
    RETURNING id INTO v_promise;
    PERFORM work_add(p_organization, 'promise', v_promise, p_due);
  END IF;
  PERFORM event_add(p_organization, CASE WHEN v_new THEN 'escalation.requested' ELSE 'escalation.updated' END,
    p_thread.id, p_thread.customer_id,
    jsonb_build_object('escalation_id', v_id, 'conversation_id', p_thread.id, 'customer_id', p_thread.customer_id,
                       'state', 'queued', 'reason', p_reason, 'reason_text', left(p_reason_text, 500), 'due_at', p_due));
  IF v_promise IS NOT NULL THEN
    PERFORM event_add(p_organization, 'promise.made', p_thread.id, p_thread.customer_id,
      jsonb_build_object('promise_id', v_promise, 'escalation_id', v_id, 'conversation_id', p_thread.id,
                         'customer_id', p_thread.customer_id, 'kind', 'answer', 'due_at', p_due));
  END IF;
  RETURN v_id;
END $$;

-- What a store says of itself, as the agent reads it at that moment. Special days from yesterday (a period may run over
-- midnight) to a year ahead: a store that is closed for a season still knows when it opens.
DROP FUNCTION IF EXISTS store_context(uuid);
CREATE OR REPLACE FUNCTION store_context(p_organization uuid, p_at timestamptz DEFAULT now()) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'name', o.name, 'phone', o.phone_number, 'email', o.email, 'address', o.address,
    'directions_en', o.directions_en, 'directions_fr', o.directions_fr, 'zone', o.time_zone,
    'default_language', o.default_language, 'reply_target_minutes', o.reply_target_minutes,
    'closed_manually', o.closed_manually AND (o.closed_until IS NULL OR o.closed_until > p_at),
    'closed_until_us', CASE WHEN o.closed_until IS NULL THEN 0 ELSE (extract(epoch FROM o.closed_until) * 1000000)::bigint END,
    'closed_reason_en', o.closed_reason_en, 'closed_reason_fr', o.closed_reason_fr,
    'hours', (SELECT coalesce(jsonb_agg(jsonb_build_array(h.weekday, h.opens, h.closes) ORDER BY h.weekday, h.opens), '[]')
                FROM organization_hours h WHERE h.organization_id = o.id),
    'special', (SELECT coalesce(jsonb_agg(jsonb_build_object('date', d.day, 'closed', d.is_closed, 'name_en', d.name_en,
                   'name_fr', d.name_fr, 'periods',
                   (SELECT coalesce(jsonb_agg(jsonb_build_array(p.opens, p.closes) ORDER BY p.opens), '[]')
                      FROM special_day_periods p WHERE p.organization_id = d.organization_id AND p.day = d.day))
                   ORDER BY d.day), '[]')
                  FROM special_days d WHERE d.organization_id = o.id
                   AND d.day BETWEEN (p_at AT TIME ZONE 'UTC')::date - 2 AND (p_at AT TIME ZONE 'UTC')::date + 372),
    'policies', (SELECT coalesce(jsonb_agg(jsonb_build_object('topic', p.topic, 'text_en', p.text_en, 'text_fr', p.text_fr)
                   ORDER BY p.topic), '[]')
                   FROM policies p WHERE p.organization_id = o.id))
    FROM organizations o WHERE o.id = p_organization
$$;

-- No row: the lease is not ours any more, or there is nothing to do (then the work is done).
CREATE OR REPLACE FUNCTION agent_turn_begin(p_organization uuid, p_conversation uuid, p_lease uuid)
RETURNS TABLE (epoch bigint, language text, language_chosen boolean, greeted boolean, customer_name text,
               customer_language text, customer_chose boolean, opted_out boolean, escalation_open boolean,
               promise_due timestamptz, addition_noted boolean, answered_to bigint, messages jsonb, store jsonb, peer text, store_number text,
               engine text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_thread conversations;
  v_last bigint;
BEGIN
  PERFORM set_config('app.current_organization_id', p_organization::text, true);
  PERFORM 1 FROM due_work w WHERE w.organization_id = p_organization AND w.kind = 'agent_turn'
     AND w.ref = p_conversation AND w.lease = p_lease;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  SELECT * INTO v_thread FROM conversations c WHERE c.organization_id = p_organization AND c.id = p_conversation;
  SELECT max(m.position) INTO v_last FROM messages m
   WHERE m.organization_id = p_organization AND m.conversation_id = p_conversation AND m.author = 'customer'
     AND m.kind = 'text' AND m.position > v_thread.answered_position;
  IF v_thread.id IS NULL OR v_thread.holder <> 'agent' OR v_thread.state <> 'open' OR v_last IS NULL THEN
    PERFORM work_done(p_organization, 'agent_turn', p_conversation, p_lease);
    RETURN;
  END IF;
  RETURN QUERY
  SELECT v_thread.epoch::bigint, v_thread.language::text, v_thread.language_chosen, v_thread.greeted_at IS NOT NULL,
         nullif(btrim(coalesce(k.first_name, '')), ''), k.preferred_language::text, coalesce(k.language_chosen, false),
         EXISTS (SELECT 1 FROM consents s WHERE s.organization_id = p_organization AND s.phone_number = v_thread.peer
                    AND s.opted_out),
         e.id IS NOT NULL, e.due_at, e.addition_noted_at IS NOT NULL, v_last,
         (SELECT jsonb_agg(jsonb_build_object('id', m.id, 'body', m.body, 'media', m.media_n,
                           'new', m.position > v_thread.answered_position) ORDER BY m.position)
            FROM (SELECT * FROM messages m
                   WHERE m.organization_id = p_organization AND m.conversation_id = p_conversation
                     AND m.author = 'customer' AND m.kind = 'text' AND m.position <= v_last
                     AND (m.position > v_thread.answered_position OR m.created_at > now() - interval '30 minutes')
                   ORDER BY m.position DESC LIMIT 20) m),
         store_context(p_organization), v_thread.peer::text, v_thread.store_number::text, o.text_engine::text
    FROM organizations o
    LEFT JOIN customers k ON k.organization_id = o.id AND k.id = v_thread.customer_id
    LEFT JOIN escalations e ON e.organization_id = o.id AND e.conversation_id = v_thread.id
          AND e.state NOT IN ('closed', 'returned_to_bot', 'customer_gone', 'expired')
   WHERE o.id = p_organization;
END $$;

-- outcome: stored | taken (a person holds the thread, or its epoch moved: nothing is said) | lease_lost.
-- A text that came during the turn has marked the work dirty: work_done makes it due again.
CREATE OR REPLACE FUNCTION agent_turn_store(p_organization uuid, p_conversation uuid, p_lease uuid, p_epoch bigint,
    p_answered_to bigint, p_language text, p_language_chosen boolean, p_say text, p_segments int, p_class text,
    p_reason text, p_reason_text text, p_promise_due timestamptz, p_redact jsonb)
RETURNS TABLE (outcome text, outbox_id uuid)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_thread conversations;
  v_outbox uuid;
  v_language_was text;
BEGIN
  PERFORM set_config('app.current_organization_id', p_organization::text, true);
  SELECT * INTO v_thread FROM conversations c
   WHERE c.organization_id = p_organization AND c.id = p_conversation FOR UPDATE;
  PERFORM 1 FROM due_work w WHERE w.organization_id = p_organization AND w.kind = 'agent_turn'
     AND w.ref = p_conversation AND w.lease = p_lease FOR UPDATE;
  IF NOT FOUND THEN
    RETURN QUERY SELECT 'lease_lost'::text, NULL::uuid;
    RETURN;
  END IF;
  IF p_redact IS NOT NULL THEN
    PERFORM message_redact(p_organization, p_conversation, p_redact);
  END IF;
  IF v_thread.holder <> 'agent' OR v_thread.epoch <> p_epoch OR v_thread.state <> 'open'
     OR v_thread.answered_position >= p_answered_to THEN
    PERFORM work_done(p_organization, 'agent_turn', p_conversation, p_lease);
    RETURN QUERY SELECT 'taken'::text, NULL::uuid;
    RETURN;
  END IF;
  v_language_was := v_thread.language;
  UPDATE conversations c
     SET answered_position = p_answered_to, language = coalesce(p_language, c.language),
         language_chosen = c.language_chosen OR p_language_chosen, class = coalesce(p_class, c.class),
         greeted_at = CASE WHEN p_say IS NULL THEN c.greeted_at ELSE coalesce(c.greeted_at, now()) END,
         waiting_since = CASE WHEN p_reason IS NULL AND p_say IS NOT NULL THEN NULL ELSE c.waiting_since END,
         updated_at = now()
   WHERE c.organization_id = p_organization AND c.id = p_conversation RETURNING * INTO v_thread;
  UPDATE messages m SET language = p_language
   WHERE p_language IS NOT NULL AND m.organization_id = p_organization AND m.conversation_id = p_conversation
     AND m.author = 'customer' AND m.position <= p_answered_to AND m.language IS NULL;
  IF p_language_chosen AND v_thread.customer_id IS NOT NULL THEN
    UPDATE customers SET preferred_language = p_language, language_chosen = true, updated_at = now()
     WHERE organization_id = p_organization AND id = v_thread.customer_id;
  END IF;
  IF p_say IS NOT NULL THEN
    v_outbox := outbox_add(p_organization, v_thread, 'agent', 'reply', p_say, p_language, NULL, false, p_segments);
  END IF;
  IF p_reason IS NOT NULL THEN
    PERFORM escalation_open(p_organization, v_thread, p_reason, p_reason_text, p_say, p_promise_due);
  END IF;
  IF p_language IS DISTINCT FROM v_language_was THEN
    PERFORM conversation_updated(p_organization, v_thread);
  END IF;
  PERFORM work_done(p_organization, 'agent_turn', p_conversation, p_lease);
  RETURN QUERY SELECT 'stored'::text, v_outbox;
END $$;

-- A promise's time has come: still open is broken, and staff are told. A call that was promised is made now, and the promise
-- stays open until it is (outbound.sql).
CREATE OR REPLACE FUNCTION promise_due(p_organization uuid, p_promise uuid, p_lease uuid) RETURNS TABLE (outcome text)
LANGUAGE plpgsql AS $$
DECLARE
  v_promise promises;
BEGIN
  PERFORM set_config('app.current_organization_id', p_organization::text, true);
  SELECT * INTO v_promise FROM promises
   WHERE organization_id = p_organization AND id = p_promise AND state = 'open' AND due_at <= now() AND kind = 'callback';
  IF FOUND AND callback_due(v_promise) THEN
    PERFORM work_done(p_organization, 'promise', p_promise, p_lease);
    RETURN QUERY SELECT 'calling'::text;
    RETURN;
  END IF;
  UPDATE promises SET state = 'broken', settled_at = now()
   WHERE organization_id = p_organization AND id = p_promise AND state = 'open' AND due_at <= now()
  RETURNING * INTO v_promise;
  IF FOUND THEN
    PERFORM event_add(p_organization, 'promise.settled', v_promise.conversation_id, v_promise.customer_id,
      jsonb_build_object('promise_id', p_promise, 'escalation_id', v_promise.escalation_id,
                         'conversation_id', v_promise.conversation_id, 'customer_id', v_promise.customer_id,
                         'state', 'broken', 'due_at', v_promise.due_at));
  END IF;
  PERFORM work_done(p_organization, 'promise', p_promise, p_lease);
  RETURN QUERY SELECT CASE WHEN v_promise.id IS NULL THEN 'settled'::text ELSE 'broken' END;
END $$;

DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['escalation_open(uuid, conversations, text, text, text, timestamptz)', 'store_context(uuid, timestamptz)',
    'agent_turn_begin(uuid, uuid, uuid)',
    'agent_turn_store(uuid, uuid, uuid, bigint, bigint, text, boolean, text, int, text, text, text, timestamptz, jsonb)',
    'promise_due(uuid, uuid, uuid)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO switchback_service', f);
  END LOOP;
END $$;
