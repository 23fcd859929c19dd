-- call_end: how far a call is, by the carrier's word, and what follows from its end.

-- A call back is owed to who hung up before a person could come: a promise with its alarm, in a thread that stays open.
CREATE OR REPLACE FUNCTION call_back_owed(p_thread conversations, p_request escalations) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_org uuid := p_thread.organization_id;
  v_promise promises;
BEGIN
  IF EXISTS (SELECT FROM promises p WHERE p.organization_id = v_org AND p.conversation_id = p_thread.id AND p.state = 'open'
                AND p.kind = 'callback') THEN
    RETURN;
  END IF;
  INSERT INTO promises (organization_id, conversation_id, escalation_id, customer_id, kind, text, due_at)
  SELECT v_org, p_thread.id, p_request.id, p_thread.customer_id, 'callback', coalesce(p_request.reason_text, p_request.reason),
         now() + o.reply_target_minutes * interval '1 minute' FROM organizations o WHERE o.id = v_org
  RETURNING * INTO v_promise;
  PERFORM work_add(v_org, 'promise', v_promise.id, v_promise.due_at);
  PERFORM event_add(v_org, 'promise.made', p_thread.id, p_thread.customer_id,
    jsonb_build_object('promise_id', v_promise.id, 'escalation_id', p_request.id, 'conversation_id', p_thread.id,
                       'customer_id', p_thread.customer_id, 'kind', 'callback', 'due_at', v_promise.due_at));
END $$;

-- The customer's leg is over, and what hangs on it: the staff legs are let go, the request for a person becomes customer_gone
-- with a call back owed (where a person was still awaited and the number can be called), and the conversation is closed
-- unless something is owed in it. The caller holds thread_lock.
CREATE OR REPLACE FUNCTION call_over(p_leg call_sessions, p_thread conversations) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_org uuid := p_leg.organization_id;
  v_request escalations;
  v_staff call_sessions;
BEGIN
  PERFORM work_add(v_org, 'call_steer', s.id, now()) FROM call_sessions s
    WHERE s.organization_id = v_org AND s.parent_id = p_leg.id AND s.stage <> 'ended';
  UPDATE escalations e
     SET state = CASE e.state WHEN 'active' THEN 'closed' WHEN 'wrap_up' THEN 'closed' ELSE 'customer_gone' END,
         closed_at = now(), resolution = coalesce(e.resolution, CASE WHEN e.state NOT IN ('active', 'wrap_up') THEN 'hung_up' END),
         updated_at = now()
   WHERE e.organization_id = v_org AND e.conversation_id = p_thread.id
     AND (e.state IN ('requested', 'queued', 'claimed', 'connecting', 'active', 'wrap_up')
          OR (e.state = 'callback_promised' AND p_thread.peer !~ '^\+[1-9][0-9]{6,14}$')) -- nobody to call
  RETURNING * INTO v_request;
  IF FOUND THEN
    PERFORM event_add(v_org, 'escalation.updated', p_thread.id, p_thread.customer_id,
      jsonb_build_object('escalation_id', v_request.id, 'conversation_id', p_thread.id, 'customer_id', p_thread.customer_id,
                         'state', v_request.state, 'reason', v_request.reason, 'reason_text', v_request.reason_text,
                         'due_at', v_request.due_at));
    IF v_request.state = 'closed' THEN
      PERFORM thread_promises_settled(v_org, p_thread.id, 'callback', 'kept');
    ELSIF p_thread.peer ~ '^\+[1-9][0-9]{6,14}$' THEN
      PERFORM call_back_owed(p_thread, v_request);
    END IF;
  END IF;
  IF EXISTS (SELECT FROM promises p WHERE p.organization_id = v_org AND p.conversation_id = p_thread.id AND p.state = 'open')
     OR EXISTS (SELECT FROM escalations e WHERE e.organization_id = v_org AND e.conversation_id = p_thread.id
                   AND e.state NOT IN ('closed', 'returned_to_bot', 'customer_gone', 'expired')) THEN
    RETURN;
  END IF;
  UPDATE conversations c SET state = 'closed', closed_at = now(), closed_by = 'customer', waiting_since = NULL, updated_at = now()
   WHERE c.organization_id = v_org AND c.id = p_thread.id AND c.state = 'open' RETURNING * INTO p_thread;
  IF FOUND THEN
    PERFORM call_lines_ended(p_thread, NULL, 'superseded');
    PERFORM event_add(v_org, 'conversation.closed', p_thread.id, p_thread.customer_id,
      jsonb_build_object('conversation_id', p_thread.id, 'customer_id', p_thread.customer_id, 'closed_by', 'customer'));
  END IF;
END $$;

-- The carrier's word for where the leg is, as it stands in any of its requests: only forward, and the first end stays.
-- p_told: status (our word), sequence (of status callbacks), seconds.
CREATE OR REPLACE FUNCTION call_state(INOUT p_leg call_sessions, p_thread conversations, p_told jsonb)
LANGUAGE plpgsql AS $$
DECLARE
  v_state text := p_told ->> 'status';
  v_sequence int := (p_told ->> 'sequence')::int;
BEGIN
  IF v_state IS NULL OR call_rank(p_leg.state) = 3 OR call_rank(v_state) <= call_rank(p_leg.state)
     OR (call_rank(v_state) < 3 AND v_sequence <= p_leg.status_sequence) THEN
    RETURN;
  END IF;
  UPDATE call_sessions s
     SET state = v_state, status_sequence = greatest(s.status_sequence, v_sequence),
         answered_at = CASE WHEN call_rank(v_state) = 2 THEN coalesce(s.answered_at, now()) ELSE s.answered_at END,
         stage = CASE WHEN call_rank(v_state) = 3 THEN 'ended' ELSE s.stage END,
         stage_number = s.stage_number + CASE WHEN call_rank(v_state) = 3 AND s.stage <> 'ended' THEN 1 ELSE 0 END,
         ended_at = CASE WHEN call_rank(v_state) = 3 THEN now() END,
         end_reason = CASE WHEN call_rank(v_state) = 3 THEN coalesce(s.end_reason, v_state) ELSE s.end_reason END,
         duration_seconds = coalesce((p_told ->> 'seconds')::int, s.duration_seconds), stream_hash = CASE
           WHEN call_rank(v_state) = 3 THEN NULL ELSE s.stream_hash END
   WHERE s.organization_id = p_leg.organization_id AND s.id = p_leg.id RETURNING * INTO STRICT p_leg;
  PERFORM call_told(CASE WHEN call_rank(v_state) = 3 THEN 'call.ended' ELSE 'call.updated' END, p_leg, p_thread);
  IF call_rank(v_state) = 3 AND p_leg.leg = 'customer' THEN
    PERFORM call_over(p_leg, p_thread);
  END IF;
END $$;

-- The bridge of this leg has come to its end. p_why: done (the agent ended the call), failed, or stopped (the carrier ended
-- the stream: the call is over, or was brought elsewhere). For server/voice: no request of the carrier's says it.
CREATE OR REPLACE FUNCTION call_bridge_over(p_organization uuid, p_call uuid, p_why text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  v_leg call_sessions;
  v_thread conversations;
BEGIN
  PERFORM set_config('app.current_organization_id', p_organization::text, true);
  SELECT * INTO v_leg FROM call_sessions s WHERE s.organization_id = p_organization AND s.id = p_call;
  v_thread := thread_lock(p_organization, v_leg.conversation_id);
  SELECT * INTO v_leg FROM call_sessions s WHERE s.organization_id = p_organization AND s.id = p_call FOR UPDATE;
  IF v_leg.stage = 'bridge' AND p_why IN ('done', 'failed') THEN
    UPDATE call_sessions s
       SET bridge_failures = s.bridge_failures + CASE p_why WHEN 'failed' THEN 1 ELSE 0 END,
           end_reason = CASE p_why WHEN 'done' THEN 'goodbye' ELSE s.end_reason END
     WHERE s.organization_id = p_organization AND s.id = p_call RETURNING * INTO v_leg;
    PERFORM work_add(p_organization, 'call_steer', p_call, now() + interval '1 second'); -- what was said last is heard out
    v_leg := call_stage(v_leg, v_thread, CASE p_why WHEN 'done' THEN 'ended' ELSE 'builtin' END, false);
  END IF;
  RETURN v_leg.stage;
END $$;

DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['call_back_owed(conversations, escalations)', 'call_over(call_sessions, conversations)',
    'call_state(call_sessions, conversations, jsonb)', 'call_bridge_over(uuid, uuid, text)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO switchback_service', f);
  END LOOP;
END $$;
