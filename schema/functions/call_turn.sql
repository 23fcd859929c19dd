-- call_turn: our own agent's turn on a call. The context goes out with the facts, what the agent decided comes back with
-- call_answer: two round trips, and between them nothing is held. Whoever asks for the next document while a turn is not
-- stored yet gets the turn again.

-- Is somebody of the staff at a console? A console renews its token every few minutes.
CREATE OR REPLACE FUNCTION staff_here(p_organization uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM user_sessions s
                   JOIN user_profiles u ON u.organization_id = s.organization_id AND u.id = s.user_id AND u.is_active
                   LEFT JOIN staff_presence p ON p.organization_id = s.organization_id AND p.user_id = s.user_id
                  WHERE s.organization_id = p_organization AND s.revoked_at IS NULL AND s.expires_at > now()
                    AND s.refreshed_at > now() - interval '20 minutes' AND coalesce(p.state, 'available') <> 'away')
$$;

-- What the agent must answer on this call, with all it needs to know; NULL when there is nothing. wish: nobody was heard
-- three times running (`unheard`), or a person was waited for too long (`waited`). Misses are counted by call_gather.
CREATE OR REPLACE FUNCTION call_turn(p_leg call_sessions, p_thread conversations) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_last bigint;
  v_request escalations;
  v_wish text;
BEGIN
  IF p_thread.holder <> 'agent' OR p_thread.state <> 'open' OR p_leg.leg <> 'customer' THEN
    RETURN NULL;
  END IF;
  SELECT max(m.position) INTO v_last FROM messages m
   WHERE m.organization_id = p_thread.organization_id AND m.conversation_id = p_thread.id AND m.author = 'customer'
     AND m.kind IN ('text', 'keyword') AND m.position > p_thread.answered_position;
  SELECT * INTO v_request FROM escalations e WHERE e.organization_id = p_thread.organization_id
     AND e.conversation_id = p_thread.id AND e.state NOT IN ('closed', 'returned_to_bot', 'customer_gone', 'expired');
  v_wish := CASE WHEN p_leg.misses >= 9 AND v_request.state IN ('requested', 'queued') THEN 'waited'
                 WHEN p_leg.misses >= 3 AND coalesce(v_request.state NOT IN ('requested', 'queued', 'claimed', 'connecting'), true)
                 THEN 'unheard' END;
  IF v_last IS NULL AND v_wish IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT jsonb_build_object('epoch', p_thread.epoch, 'answered_to', coalesce(v_last, 0), 'wish', v_wish,
      'misses', p_leg.misses, 'language', call_language(p_thread), 'language_chosen', p_thread.language_chosen,
      'greeted', p_thread.greeted_at IS NOT NULL,
      'customer_language', k.preferred_language, 'customer_chose', coalesce(k.language_chosen, false),
      'escalation_open', v_request.id IS NOT NULL,
      'person_awaited', coalesce(v_request.state IN ('requested', 'queued', 'claimed', 'connecting'), false),
      'promise_due_us', coalesce((extract(epoch FROM v_request.due_at) * 1000000)::bigint, 0),
      'addition_noted', v_request.addition_noted_at IS NOT NULL,
      'person_here', staff_here(p_thread.organization_id), 'reachable', p_thread.peer ~ '^\+[1-9][0-9]{6,14}$',
      'messages', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'body', m.body, 'media', 0,
                           'keyword', m.kind = 'keyword', 'new', m.position > p_thread.answered_position) ORDER BY m.position), '[]')
            FROM (SELECT * FROM messages m
                   WHERE m.organization_id = p_thread.organization_id AND m.conversation_id = p_thread.id
                     AND m.author = 'customer' AND m.kind IN ('text', 'keyword')
                   ORDER BY m.position DESC LIMIT 20) m),
      'store', store_context(p_thread.organization_id))
    FROM organizations o LEFT JOIN customers k ON k.organization_id = o.id AND k.id = p_thread.customer_id
   WHERE o.id = p_thread.organization_id);
END $$;

-- A person is wanted on a call: the request (or one more reason on the open one). p_now: somebody can come, so it is queued;
-- else a call back is promised until p_due. As escalation_open, for what is said on a call.
CREATE OR REPLACE FUNCTION call_escalation(p_thread conversations, p_reason text, p_reason_text text, p_say text,
                                           p_due timestamptz, p_now boolean) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_org uuid := p_thread.organization_id;
  v_request escalations;
  v_promise uuid;
  v_new boolean;
  v_why jsonb := jsonb_build_array(jsonb_build_object('reason', p_reason, 'text', left(p_reason_text, 500), 'at', now()));
BEGIN
  UPDATE escalations e
     SET reasons = e.reasons || v_why, due_at = coalesce(p_due, e.due_at), updated_at = now(),
         state = CASE WHEN e.state IN ('requested', 'queued') AND NOT p_now THEN 'callback_promised'
                      WHEN e.state IN ('callback_promised', 'voicemail_taken') AND p_now THEN 'queued' ELSE e.state END,
         queued_at = coalesce(e.queued_at, now()),
         addition_noted_at = CASE WHEN p_due IS NULL AND p_say IS NOT NULL THEN now()
                                  WHEN p_due IS NOT NULL THEN NULL ELSE e.addition_noted_at END
   WHERE e.organization_id = v_org AND e.conversation_id = p_thread.id
     AND e.state NOT IN ('closed', 'returned_to_bot', 'customer_gone', 'expired')
  RETURNING * INTO v_request;
  v_new := NOT FOUND;
  IF v_new THEN
    INSERT INTO escalations (organization_id, conversation_id, customer_id, state, reason, reason_text, reasons,
                             requested_at, queued_at, due_at)
    VALUES (v_org, p_thread.id, p_thread.customer_id, CASE WHEN p_now THEN 'queued' ELSE 'callback_promised' END, p_reason,
            left(p_reason_text, 500), v_why, coalesce(p_thread.waiting_since, now()), now(), p_due)
    RETURNING * INTO v_request;
  END IF;
  IF p_due IS NOT NULL AND NOT p_now THEN
    PERFORM thread_promises_settled(v_org, p_thread.id, 'callback', 'cancelled'); -- the new one takes its place
    INSERT INTO promises (organization_id, conversation_id, escalation_id, customer_id, kind, text, due_at)
    VALUES (v_org, p_thread.id, v_request.id, p_thread.customer_id, 'callback', left(coalesce(p_say, p_reason), 1600), p_due)
    RETURNING id INTO v_promise;
    PERFORM work_add(v_org, 'promise', v_promise, p_due);
  END IF;
  PERFORM event_add(v_org, CASE WHEN v_new THEN 'escalation.requested' ELSE 'escalation.updated' END, p_thread.id,
    p_thread.customer_id,
    jsonb_build_object('escalation_id', v_request.id, 'conversation_id', p_thread.id, 'customer_id', p_thread.customer_id,
                       'state', v_request.state, 'reason', p_reason, 'reason_text', left(p_reason_text, 500),
                       'due_at', v_request.due_at));
  IF v_promise IS NOT NULL THEN
    PERFORM event_add(v_org, 'promise.made', p_thread.id, p_thread.customer_id,
      jsonb_build_object('promise_id', v_promise, 'escalation_id', v_request.id, 'conversation_id', p_thread.id,
                         'customer_id', p_thread.customer_id, 'kind', 'callback', 'due_at', p_due));
  END IF;
END $$;

-- What the agent decided in a turn of call_turn, and (p_told.document) the document that says it. p_said: epoch, answered_to,
-- wish, misses, language, language_chosen, say, class, reason, reason_text, promise_due_us (0: none), person_now, voicemail,
-- missed, ends, redact (agent.h). A turn that somebody else has stored, or that a person overtook, changes nothing; the document is computed all the
-- same.
CREATE OR REPLACE FUNCTION call_answer(p_organization uuid, p_call uuid, p_said jsonb, p_told jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  v_leg call_sessions;
  v_thread conversations;
  v_language_was text;
  v_say text := nullif(p_said ->> 'say', '');
  v_now boolean := (p_said ->> 'person_now')::boolean;
  v_due timestamptz := CASE WHEN (p_said ->> 'promise_due_us')::bigint > 0
                            THEN to_timestamp((p_said ->> 'promise_due_us')::bigint / 1000000.0) END;
BEGIN
  PERFORM set_config('app.current_organization_id', p_organization::text, true);
  SELECT * INTO STRICT v_leg FROM call_sessions s WHERE s.organization_id = p_organization AND s.id = p_call;
  v_thread := thread_lock(p_organization, v_leg.conversation_id);
  SELECT * INTO STRICT v_leg FROM call_sessions s WHERE s.organization_id = p_organization AND s.id = p_call FOR UPDATE;
  IF p_said ? 'redact' THEN
    PERFORM message_redact(p_organization, v_thread.id, p_said -> 'redact');
  END IF;
  IF v_thread.holder = 'agent' AND v_thread.epoch = (p_said ->> 'epoch')::bigint AND v_thread.state = 'open'
     AND (v_thread.answered_position < (p_said ->> 'answered_to')::bigint
          OR (p_said ->> 'wish' IS NOT NULL AND v_leg.misses = (p_said ->> 'misses')::int)) THEN
    v_language_was := v_thread.language;
    UPDATE conversations c
       SET answered_position = greatest(c.answered_position, (p_said ->> 'answered_to')::bigint),
           language = coalesce(p_said ->> 'language', c.language),
           language_chosen = c.language_chosen OR (p_said ->> 'language_chosen')::boolean,
           class = coalesce(p_said ->> 'class', c.class), greeted_at = coalesce(c.greeted_at, now()),
           waiting_since = CASE WHEN p_said ->> 'reason' IS NULL THEN NULL ELSE c.waiting_since END, updated_at = now()
     WHERE c.organization_id = p_organization AND c.id = v_thread.id RETURNING * INTO v_thread;
    UPDATE messages m SET language = v_thread.language
     WHERE m.organization_id = p_organization AND m.conversation_id = v_thread.id AND m.author = 'customer'
       AND m.position <= (p_said ->> 'answered_to')::bigint AND m.language IS NULL;
    UPDATE call_sessions s SET misses = CASE WHEN (p_said ->> 'missed')::boolean THEN s.misses + 1 ELSE 0 END
     WHERE s.organization_id = p_organization AND s.id = p_call RETURNING * INTO v_leg;
    IF (p_said ->> 'language_chosen')::boolean AND v_thread.customer_id IS NOT NULL THEN
      UPDATE customers SET preferred_language = v_thread.language, language_chosen = true
       WHERE organization_id = p_organization AND id = v_thread.customer_id;
    END IF;
    IF v_say IS NOT NULL THEN
      PERFORM call_line(v_thread, v_leg, 'agent', NULL, 'text', v_say, v_thread.language, false);
    END IF;
    v_thread := call_thread(v_thread);
    IF v_thread.language IS DISTINCT FROM v_language_was THEN
      PERFORM conversation_updated(p_organization, v_thread);
    END IF;
    IF p_said ->> 'reason' IS NOT NULL THEN
      PERFORM call_escalation(v_thread, p_said ->> 'reason', nullif(p_said ->> 'reason_text', ''), v_say, v_due, v_now);
    END IF;
    IF (p_said ->> 'voicemail')::boolean THEN
      v_leg := call_stage(v_leg, v_thread, 'voicemail', v_leg.stage = 'bridge');
    ELSIF (p_said ->> 'ends')::boolean AND v_leg.stage = 'builtin' THEN
      UPDATE call_sessions s SET end_reason = 'goodbye' WHERE s.organization_id = p_organization AND s.id = p_call;
      v_leg := call_stage(v_leg, v_thread, 'ended', false);
    END IF;
  END IF;
  RETURN CASE WHEN (p_told ->> 'document')::boolean THEN call_document(v_leg, v_thread, p_told)
              ELSE call_facts(v_leg, v_thread) END;
END $$;

DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['staff_here(uuid)', 'call_turn(call_sessions, conversations)',
    'call_escalation(conversations, text, text, text, timestamptz, boolean)',
    'call_answer(uuid, uuid, jsonb, jsonb)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO switchback_service', f);
  END LOOP;
END $$;
