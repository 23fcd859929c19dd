-- call_staff: the staff's side of a call: the phone that is rung, the room, who comes and who goes (docs/calls.md, Takeover).
-- All of it under the conversation's lock; what it changes of a leg goes by the functions of call_leg.sql.

-- The leg of the customer that lives, locked; an empty row when the call is over.
CREATE OR REPLACE FUNCTION call_live(p_organization uuid, p_conversation uuid) RETURNS call_sessions
LANGUAGE sql AS $$
  SELECT * FROM call_sessions s
   WHERE s.organization_id = p_organization AND s.conversation_id = p_conversation AND s.leg = 'customer' AND s.stage <> 'ended'
   ORDER BY s.started_at DESC LIMIT 1 FOR UPDATE
$$;

-- The phone that is being rung for this call; an empty row when none is.
CREATE OR REPLACE FUNCTION call_rung(p_leg call_sessions) RETURNS call_sessions
LANGUAGE sql AS $$
  SELECT * FROM call_sessions s
   WHERE s.organization_id = p_leg.organization_id AND s.parent_id = p_leg.id AND s.leg = 'staff' AND s.stage = 'ringing' FOR UPDATE
$$;

-- Is somebody of the staff in the room, or on the way into it?
CREATE OR REPLACE FUNCTION call_joined(p_leg call_sessions) RETURNS call_sessions
LANGUAGE sql STABLE AS $$
  SELECT * FROM call_sessions s
   WHERE s.organization_id = p_leg.organization_id AND s.parent_id = p_leg.id AND s.leg = 'staff' AND s.stage = 'conference'
   ORDER BY s.accepted_at LIMIT 1
$$;

-- Who acts where no request of theirs does: the person behind a staff leg.
CREATE OR REPLACE FUNCTION call_who(p_organization uuid, p_user uuid) RETURNS staff_call
LANGUAGE sql IMMUTABLE AS $$
  SELECT ROW(p_organization, p_user, NULL, NULL, NULL, NULL, NULL)::staff_call
$$;

-- Something for the agent's ear alone, from us: the bridge hears it by its event (as a whisper of the staff).
CREATE OR REPLACE FUNCTION call_whisper(p_thread conversations, p_body text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_message messages := call_message(p_thread, 'system', NULL, 'whisper', p_body, 'en', NULL, NULL, NULL);
BEGIN
  PERFORM event_add(p_thread.organization_id, 'message.noted', p_thread.id, p_thread.customer_id,
    jsonb_build_object('message_id', v_message.id, 'conversation_id', p_thread.id, 'customer_id', p_thread.customer_id,
                       'position', v_message.position, 'kind', 'whisper', 'author', 'system', 'author_user_id', NULL,
                       'author_name', NULL, 'body', p_body));
END $$;

-- News about a person for the caller, while the agent holds the call: the agent at ElevenLabs is told and says it in its own
-- words; ours says it with its next document. Nothing where neither speaks.
CREATE OR REPLACE FUNCTION call_agent_told(p_leg call_sessions, p_thread conversations, p_what text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF p_thread.holder <> 'agent' THEN
    RETURN;
  ELSIF p_leg.stage = 'bridge' THEN
    PERFORM call_whisper(p_thread, CASE p_what
      WHEN 'ringing' THEN 'A colleague is being called to take this call. Tell the caller so in one short sentence, and go on helping until they are here.'
      ELSE 'The colleague who was called cannot take this call now. Tell the caller so in one short sentence, and go on helping.' END);
  ELSIF p_leg.stage = 'builtin' THEN
    PERFORM call_line(p_thread, p_leg, 'system', NULL, 'notice', CASE p_what || call_language(p_thread)
      WHEN 'ringingen' THEN 'I am calling a colleague for you now. Please stay on the line; you can go on talking with me.'
      WHEN 'ringingfr' THEN 'J''appelle quelqu''un de l''équipe pour vous. Restez en ligne, s''il vous plaît; on peut continuer en attendant.'
      WHEN 'losten' THEN 'Nobody could come to the phone just now. I am still here to help.'
      ELSE 'Personne n''a pu prendre l''appel pour le moment. Je suis toujours là pour vous aider.' END,
      call_language(p_thread), false);
  END IF;
END $$;

-- The request for a person in the state that it has now, told.
CREATE OR REPLACE FUNCTION call_request_told(p_request escalations) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM event_add(p_request.organization_id, 'escalation.updated', p_request.conversation_id, p_request.customer_id,
    jsonb_build_object('escalation_id', p_request.id, 'conversation_id', p_request.conversation_id,
                       'customer_id', p_request.customer_id, 'state', p_request.state, 'reason', p_request.reason,
                       'reason_text', p_request.reason_text, 'due_at', p_request.due_at));
END $$;

-- ---- a phone is rung ----

-- The request for a person is reserved for the one whose phone rings: claimed, and connecting in the same breath. A call that
-- nobody has asked a person for gets a request of the staff's own.
CREATE OR REPLACE FUNCTION call_reserved(who staff_call, p_thread conversations) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_request escalations;
BEGIN
  UPDATE escalations e SET state = 'connecting', claimed_by = who.user_id, claimed_at = now(), epoch = p_thread.epoch
   WHERE e.organization_id = who.organization_id AND e.conversation_id = p_thread.id
     AND e.state IN ('requested', 'queued', 'claimed', 'connecting', 'callback_promised', 'voicemail_taken')
  RETURNING * INTO v_request;
  IF NOT FOUND AND NOT EXISTS (SELECT FROM escalations e WHERE e.organization_id = who.organization_id
       AND e.conversation_id = p_thread.id AND e.state NOT IN ('closed', 'returned_to_bot', 'customer_gone', 'expired')) THEN
    INSERT INTO escalations (organization_id, conversation_id, customer_id, state, reason, reasons, requested_by, requested_at,
                             queued_at, claimed_by, claimed_at, epoch)
    VALUES (who.organization_id, p_thread.id, p_thread.customer_id, 'connecting', 'takeover',
            jsonb_build_array(jsonb_build_object('reason', 'takeover', 'text', NULL, 'at', now())), 'staff', now(), now(),
            who.user_id, now(), p_thread.epoch)
    RETURNING * INTO v_request;
    PERFORM event_add(who.organization_id, 'escalation.requested', p_thread.id, p_thread.customer_id,
      jsonb_build_object('escalation_id', v_request.id, 'conversation_id', p_thread.id, 'customer_id', p_thread.customer_id,
                         'state', v_request.state, 'reason', v_request.reason, 'reason_text', NULL, 'due_at', NULL));
  ELSIF v_request.id IS NOT NULL THEN
    PERFORM call_request_told(v_request);
  END IF;
END $$;

-- Rings p_user's phone for the call. The caller's side has seen that they have one and are on no other.
CREATE OR REPLACE FUNCTION call_ring(p_leg call_sessions, p_thread conversations, p_user uuid, p_purpose text, p_reason text)
RETURNS call_sessions
LANGUAGE plpgsql AS $$
DECLARE
  v_leg call_sessions;
BEGIN
  INSERT INTO call_sessions (organization_id, conversation_id, parent_id, leg, user_id, purpose, reason, call_direction, mode, state,
                             stage, from_number, to_number)
  SELECT p_leg.organization_id, p_thread.id, p_leg.id, 'staff', u.id, p_purpose, left(p_reason, 500), 'outbound', 'staff', 'queued',
         'ringing', p_thread.store_number, u.phone_number
    FROM user_profiles u WHERE u.organization_id = p_leg.organization_id AND u.id = p_user
  RETURNING * INTO STRICT v_leg;
  PERFORM work_add(p_leg.organization_id, 'call_steer', v_leg.id, now());
  PERFORM call_told('call.started', v_leg, p_thread);
  RETURN v_leg;
END $$;

-- A staff leg is to end (or has ended), once, for that reason; what it hears last follows from it (call_staff_document). Its end at the carrier is
-- call_steer's, or its own document's.
CREATE OR REPLACE FUNCTION call_staff_end(INOUT p_staff call_sessions, p_thread conversations, p_why text)
LANGUAGE plpgsql AS $$
BEGIN
  IF p_staff.let_go_at IS NOT NULL THEN
    RETURN;
  END IF;
  UPDATE call_sessions s SET end_reason = p_why, let_go_at = now()
   WHERE s.organization_id = p_staff.organization_id AND s.id = p_staff.id RETURNING * INTO STRICT p_staff;
  p_staff := call_stage(p_staff, p_thread, 'ended', call_rank(p_staff.state) < 3);
END $$;

-- All of the staff's legs of the call are to end, but p_except.
CREATE OR REPLACE FUNCTION call_staff_all_end(p_leg call_sessions, p_thread conversations, p_except uuid, p_why text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_staff call_sessions;
BEGIN
  FOR v_staff IN SELECT * FROM call_sessions s WHERE s.organization_id = p_leg.organization_id AND s.parent_id = p_leg.id
                    AND s.leg = 'staff' AND s.stage <> 'ended' AND s.user_id IS DISTINCT FROM p_except
                  ORDER BY s.id FOR UPDATE LOOP
    PERFORM call_staff_end(v_staff, p_thread, p_why);
  END LOOP;
END $$;

-- The phone that was rung is not coming: declined, busy, no_answer, machine, failed, no_key, lease, withdrawn. The request goes
-- back to the front of the queue with the time that it had, or is gone where only the staff had made it; who holds the call
-- goes on. A request that has a holder already (a transfer that was not taken) stays with them.
CREATE OR REPLACE FUNCTION call_staff_lost(p_staff call_sessions, p_leg call_sessions, p_thread conversations, p_why text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_request escalations;
BEGIN
  IF p_staff.let_go_at IS NOT NULL THEN
    RETURN;
  END IF;
  p_staff := call_staff_end(p_staff, p_thread, p_why);
  UPDATE escalations e
     SET state = CASE e.requested_by WHEN 'staff' THEN 'returned_to_bot' ELSE 'queued' END, claimed_by = NULL, claimed_at = NULL,
         closed_at = CASE e.requested_by WHEN 'staff' THEN now() END,
         resolution = CASE e.requested_by WHEN 'staff' THEN p_why ELSE e.resolution END, attempts = e.attempts + 1
   WHERE e.organization_id = p_staff.organization_id AND e.conversation_id = p_thread.id AND e.state IN ('claimed', 'connecting')
     AND e.claimed_by = p_staff.user_id
  RETURNING * INTO v_request;
  IF FOUND THEN
    PERFORM call_request_told(v_request);
  END IF;
  PERFORM thread_note(call_who(p_staff.organization_id, p_staff.user_id), p_thread, 'marker', CASE p_why
    WHEN 'declined' THEN 'declined the call' WHEN 'busy' THEN 'was busy' WHEN 'machine' THEN 'was not there (voicemail)'
    WHEN 'failed' THEN 'could not be called' WHEN 'withdrawn' THEN 'is not called any more' ELSE 'did not answer' END);
  IF p_leg.stage <> 'ended' AND p_why <> 'withdrawn' THEN
    PERFORM call_agent_told(p_leg, p_thread, 'lost');
  END IF;
END $$;

-- They pressed 1: they hold the call, and both go into the room. False: too late (the offer is gone, or the caller).
CREATE OR REPLACE FUNCTION call_staff_accepted(p_staff call_sessions, p_leg call_sessions, p_thread conversations) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  v_marker text := 'took over';
BEGIN
  IF p_staff.stage <> 'ringing' OR p_leg.stage = 'ended' OR p_thread.state <> 'open' THEN
    RETURN false;
  END IF;
  IF p_thread.holder = 'staff' AND p_thread.holder_user_id <> p_staff.user_id THEN
    v_marker := format('took over from %s', staff_name(p_staff.organization_id, p_thread.holder_user_id))
                || coalesce(': ' || p_staff.reason, '');
  END IF;
  UPDATE call_sessions s SET accepted_at = now(), served_number = s.stage_number
   WHERE s.organization_id = p_staff.organization_id AND s.id = p_staff.id RETURNING * INTO STRICT p_staff;
  p_staff := call_stage(p_staff, p_thread, 'conference', false);
  -- the bridge falls silent when it hears of the new holder, and closes; else the leg is brought there
  UPDATE call_sessions s SET on_hold = false, room = coalesce(s.room, replace(gen_random_uuid()::text, '-', ''))
   WHERE s.organization_id = p_leg.organization_id AND s.id = p_leg.id RETURNING * INTO STRICT p_leg;
  IF p_leg.stage = 'bridge' THEN
    PERFORM work_add(p_leg.organization_id, 'call_steer', p_leg.id, now() + interval '1 second');
  END IF;
  -- the colleague who passes the call on goes without the room
  PERFORM work_add(s.organization_id, 'call_steer', s.id, now()) FROM call_sessions s
    WHERE s.organization_id = p_leg.organization_id AND s.parent_id = p_leg.id AND s.stage = 'conference' AND s.ends_room AND s.id <> p_staff.id;
  p_thread := thread_taken(call_who(p_staff.organization_id, p_staff.user_id), p_thread, v_marker);
  PERFORM call_stage(p_leg, p_thread, 'conference', p_leg.stage <> 'bridge');
  PERFORM call_lines_ended(call_thread(p_thread), NULL, 'superseded');
  RETURN true;
END $$;

-- ---- the call goes back to the agent ----

-- The agent holds the call again, with what was said as its context. p_what says how it came about: handed_back | left (the
-- person in the room is gone). What a room has heard is answered; what was asked of somebody who types may not be.
CREATE OR REPLACE FUNCTION call_given_back(who staff_call, p_leg call_sessions, p_thread conversations, p_what text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_org uuid := p_leg.organization_id;
  v_language text := call_language(p_thread);
  v_unanswered bigint;
BEGIN
  SELECT min(m.position) INTO v_unanswered FROM messages m
   WHERE p_leg.stage <> 'conference' AND m.organization_id = v_org AND m.conversation_id = p_thread.id AND m.author = 'customer'
     AND m.kind = 'text' AND m.created_at >= p_thread.waiting_since;
  UPDATE conversations c
     SET holder = 'agent', holder_user_id = NULL, holder_since = now(), epoch = c.epoch + 1, person_told_at = NULL,
         answered_position = coalesce(v_unanswered - 1, c.last_position), updated_at = now(),
         waiting_since = CASE WHEN v_unanswered IS NOT NULL THEN c.waiting_since END
   WHERE c.organization_id = v_org AND c.id = p_thread.id RETURNING * INTO STRICT p_thread;
  UPDATE call_sessions s SET on_hold = false, misses = 0
   WHERE s.organization_id = v_org AND s.id = p_leg.id RETURNING * INTO STRICT p_leg;
  PERFORM call_lines_ended(p_thread, NULL, 'superseded');
  -- never silence: a word before the agent listens again, and no second greeting
  PERFORM call_line(p_thread, p_leg, 'system', NULL, 'notice', CASE p_what || v_language
    WHEN 'handed_backen' THEN 'You are back with the store''s assistant. What else can I do for you?'
    WHEN 'handed_backfr' THEN 'Vous êtes de retour avec l''assistant du magasin. Que puis-je faire d''autre pour vous?'
    WHEN 'leften' THEN 'The person from our team is no longer on the line. I am still here: what else can I do for you?'
    ELSE 'La personne de l''équipe n''est plus en ligne. Je suis toujours là : que puis-je faire d''autre pour vous?' END,
    v_language, false);
  p_thread := call_thread(p_thread);
  p_leg := call_stage(p_leg, p_thread, CASE WHEN p_leg.mode = 'bridge' AND p_leg.bridge_failures = 0 THEN 'bridge' ELSE 'builtin' END,
                      true);
  PERFORM call_staff_all_end(p_leg, p_thread, NULL, p_what);
  PERFORM conversation_updated(v_org, p_thread);
  PERFORM thread_promises_settled(v_org, p_thread.id, 'answer', 'cancelled');
  PERFORM thread_request_moved(who, p_thread, 'returned_to_bot', p_what);
  PERFORM thread_note(who, p_thread, 'marker', CASE p_what WHEN 'left' THEN 'left the call' ELSE 'handed back' END);
END $$;

-- Somebody who was in the room is not in it any more. p_sure: it is they who went; else the room may have ended because the
-- caller hung up, which is found out in a moment (call_steer looks). A colleague who is still there goes on with the call;
-- with nobody there it is the agent's again, so that the caller is never alone.
CREATE OR REPLACE FUNCTION call_staff_left(p_staff call_sessions, p_leg call_sessions, p_thread conversations, p_sure boolean) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_other call_sessions;
BEGIN
  IF p_staff.let_go_at IS NOT NULL THEN
    RETURN;
  END IF;
  p_staff := call_staff_end(p_staff, p_thread, CASE WHEN p_sure THEN 'left' ELSE 'gone' END);
  IF p_leg.stage <> 'conference' THEN
    RETURN;
  END IF;
  v_other := call_joined(p_leg);
  IF v_other.id IS NULL AND p_sure THEN
    PERFORM call_given_back(call_who(p_staff.organization_id, p_staff.user_id), p_leg, p_thread, 'left');
  ELSIF v_other.id IS NULL THEN
    PERFORM work_add(p_leg.organization_id, 'call_steer', p_leg.id, now() + interval '1 second');
  ELSIF p_thread.holder_user_id = p_staff.user_id THEN
    PERFORM thread_taken(call_who(v_other.organization_id, v_other.user_id), p_thread,
                         format('took over from %s', staff_name(p_staff.organization_id, p_staff.user_id)));
  END IF;
END $$;

DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['call_live(uuid, uuid)', 'call_rung(call_sessions)', 'call_joined(call_sessions)', 'call_who(uuid, uuid)',
    'call_whisper(conversations, text)', 'call_agent_told(call_sessions, conversations, text)', 'call_request_told(escalations)',
    'call_reserved(staff_call, conversations)', 'call_ring(call_sessions, conversations, uuid, text, text)',
    'call_staff_end(call_sessions, conversations, text)', 'call_staff_all_end(call_sessions, conversations, uuid, text)',
    'call_staff_lost(call_sessions, call_sessions, conversations, text)',
    'call_staff_accepted(call_sessions, call_sessions, conversations)',
    'call_given_back(staff_call, call_sessions, conversations, text)',
    'call_staff_left(call_sessions, call_sessions, conversations, boolean)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO switchback_service', f);
  END LOOP;
END $$;
