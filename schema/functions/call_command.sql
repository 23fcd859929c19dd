-- call_command: what staff do with a live call: take it (by phone, by typing), say, hold, mute, transfer, give it back, send it to
-- voicemail, end it, promise a call back. The commands of conversation_command.sql that texts and calls share are asked here
-- first; what is no live call is theirs.
--
-- Codes beside theirs: call_over (there is no live call) | no_phone (they have no number to be rung at) | already_claimed (a
-- colleague's phone is being rung) | on_a_call (they are on another call) | wrong_stage (not at this point of the call).

-- Does what is said now come as messages, as it is said? Not while ElevenLabs carries the call by itself.
CREATE OR REPLACE FUNCTION call_transcribed(p_leg call_sessions) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT CASE p_leg.stage WHEN 'conference' THEN (SELECT o.transcribe_staff FROM organizations o WHERE o.id = p_leg.organization_id)
              ELSE p_leg.stage IN ('bridge', 'builtin', 'typing') END
$$;

-- The call as staff see it: the customer's leg, and the staff's that live. NULL for a thread of texts.
CREATE OR REPLACE FUNCTION call_body(p_organization uuid, p_conversation uuid) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_build_object('id', s.id, 'call_direction', s.call_direction, 'mode', s.mode, 'stage', s.stage, 'state', s.state,
           'started_at', s.started_at, 'answered_at', s.answered_at, 'ended_at', s.ended_at, 'end_reason', s.end_reason,
           'on_hold', s.on_hold, 'muted', coalesce((SELECT t.muted FROM call_sessions t
              JOIN conversations c ON c.organization_id = t.organization_id AND c.id = t.conversation_id
             WHERE t.organization_id = p_organization AND t.parent_id = s.id AND t.stage = 'conference'
               AND t.user_id = c.holder_user_id), false),
           'live_transcript', call_transcribed(s),
           'staff', (SELECT coalesce(json_agg(json_build_object('id', t.id, 'user_id', t.user_id, 'user_name', u.display_name,
                       'purpose', t.purpose, 'stage', t.stage, 'state', t.state, 'muted', t.muted, 'started_at', t.started_at,
                       'accepted_at', t.accepted_at) ORDER BY t.started_at), '[]')
                       FROM call_sessions t
                       JOIN user_profiles u ON u.organization_id = t.organization_id AND u.id = t.user_id
                      WHERE t.organization_id = p_organization AND t.parent_id = s.id AND t.leg = 'staff' AND t.stage <> 'ended'))
    FROM call_sessions s
   WHERE s.organization_id = p_organization AND s.conversation_id = p_conversation AND s.leg = 'customer'
   ORDER BY s.started_at DESC LIMIT 1
$$;

-- Is this conversation a call that lives? Asked before the lock: who is asked next looks again under it.
CREATE OR REPLACE FUNCTION call_is_live(p_organization uuid, p_conversation uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM call_sessions s WHERE s.organization_id = p_organization AND s.conversation_id = p_conversation
                    AND s.leg = 'customer' AND s.stage <> 'ended')
$$;

-- Is that person busy with another call: on a phone of ours, or typing in it?
CREATE OR REPLACE FUNCTION call_elsewhere(p_organization uuid, p_user uuid, p_conversation uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM call_sessions s WHERE s.organization_id = p_organization AND s.user_id = p_user AND s.leg = 'staff'
                    AND s.stage <> 'ended' AND s.conversation_id <> p_conversation)
      OR EXISTS (SELECT FROM conversations c
                   JOIN call_sessions s ON s.organization_id = c.organization_id AND s.conversation_id = c.id
                    AND s.leg = 'customer' AND s.stage = 'typing'
                  WHERE c.organization_id = p_organization AND c.holder_user_id = p_user AND c.state = 'open'
                    AND c.id <> p_conversation)
$$;

-- Who is refused because of such a call may see that it is over: its end was never told, and is asked for now.
CREATE OR REPLACE FUNCTION call_elsewhere_asked(p_organization uuid, p_user uuid) RETURNS void
LANGUAGE sql AS $$
  SELECT work_add(s.organization_id, 'call_watch', s.id, now())
    FROM call_sessions s
   WHERE s.organization_id = p_organization AND s.leg = 'customer' AND s.stage <> 'ended' AND s.twilio_call_sid IS NOT NULL
     AND s.conversation_id IN (
         SELECT m.conversation_id FROM call_sessions m
          WHERE m.organization_id = p_organization AND m.user_id = p_user AND m.leg = 'staff' AND m.stage <> 'ended'
         UNION ALL
         SELECT c.id FROM conversations c
          WHERE c.organization_id = p_organization AND c.holder_user_id = p_user AND c.state = 'open' AND c.channel = 'voice')
$$;

-- A refusal that names the colleague whose phone is being rung.
CREATE OR REPLACE FUNCTION call_refused(p_thread conversations, p_code text, p_rung call_sessions) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (thread_refused(p_thread, p_code)::jsonb || CASE WHEN p_code = 'already_claimed' THEN
    jsonb_build_object('claimed_by', p_rung.user_id, 'claimed_by_name', staff_name(p_thread.organization_id, p_rung.user_id),
                       'claimed_at', p_rung.started_at) ELSE '{}' END)::text;
END $$;

-- ---- taking ----

-- The holder becomes p_who, who types: what the agent had still to say is not said, the caller is told who is there, and the leg
-- is brought to the stage. The bridge closes by itself when it hears of the new holder: only after a second it is moved.
CREATE OR REPLACE FUNCTION call_taken_typing(who staff_call, p_leg call_sessions, p_thread conversations, p_marker text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_language text := call_language(p_thread);
  v_bridge boolean := p_leg.stage = 'bridge';
BEGIN
  PERFORM call_staff_all_end(p_leg, p_thread, NULL, 'typing');
  IF p_thread.holder_user_id IS DISTINCT FROM who.user_id THEN
    IF v_bridge THEN -- before the first event: work comes before the counters
      PERFORM work_add(who.organization_id, 'call_steer', p_leg.id, now() + interval '1 second');
    END IF;
    p_thread := thread_taken(who, p_thread, p_marker);
  END IF;
  PERFORM call_lines_ended(p_thread, NULL, 'superseded');
  UPDATE call_sessions s SET on_hold = false
   WHERE s.organization_id = who.organization_id AND s.id = p_leg.id RETURNING * INTO STRICT p_leg;
  p_leg := call_stage(p_leg, p_thread, 'typing', NOT v_bridge);
  IF p_thread.person_told_at IS NULL THEN
    UPDATE conversations c SET person_told_at = now()
     WHERE c.organization_id = who.organization_id AND c.id = p_thread.id RETURNING * INTO p_thread;
    PERFORM call_line(p_thread, p_leg, 'system', NULL, 'notice', format(CASE v_language
        WHEN 'fr' THEN '%s, de l''équipe %s, est avec vous et vous répond par écrit. Je vous lis ses réponses.'
        ELSE '%s from the team at %s is with you now and answers in writing. I read it out to you.' END,
        staff_name(who.organization_id, who.user_id), o.name), v_language, false)
       FROM organizations o WHERE o.id = who.organization_id;
  END IF;
END $$;

-- POST /api/conversations/{id}/takeover. p_by: typing | phone; texts: NULL. A call that is taken without a word is typed in.
CREATE OR REPLACE FUNCTION conversation_take(who staff_call, p_conversation uuid, p_epoch bigint, p_by text, p_force boolean,
    p_reason text, p_may_force boolean, OUT outcome text, OUT body text)
LANGUAGE plpgsql AS $$
DECLARE
  v_thread conversations;
  v_leg call_sessions;
  v_rung call_sessions;
  v_mine call_sessions;
  v_refusal text;
  v_forced boolean := false;
BEGIN
  IF p_by IS NULL AND NOT call_is_live(who.organization_id, p_conversation) THEN
    SELECT t.outcome, t.body INTO outcome, body
      FROM conversation_take_over(who, p_conversation, p_epoch, p_force, p_reason, p_may_force) t;
    RETURN;
  END IF;
  SELECT f.outcome, f.body INTO outcome, body FROM command_first(who) f;
  IF outcome IS NOT NULL THEN
    RETURN;
  END IF;
  v_thread := thread_lock(who.organization_id, p_conversation);
  v_leg := call_live(who.organization_id, p_conversation);
  v_rung := call_rung(v_leg);
  PERFORM FROM user_profiles u -- one call at a time: whoever takes another one at this moment waits here
    WHERE u.organization_id = who.organization_id AND u.id = who.user_id FOR NO KEY UPDATE;
  SELECT * INTO v_mine FROM call_sessions s WHERE s.organization_id = who.organization_id AND s.parent_id = v_leg.id
     AND s.user_id = who.user_id AND s.stage <> 'ended';
  v_refusal := thread_refusal(who, v_thread, p_epoch);
  IF v_refusal IS NULL AND v_rung.id IS NOT NULL AND v_rung.user_id <> who.user_id AND v_rung.purpose = 'takeover' THEN
    v_refusal := 'already_claimed';
  END IF;
  IF v_refusal IN ('already_held', 'already_claimed') AND p_force THEN
    outcome := CASE WHEN NOT p_may_force THEN 'denied' WHEN coalesce(btrim(p_reason), '') = '' THEN 'input' END;
    v_forced := outcome IS NULL;
    v_refusal := CASE WHEN v_forced AND v_thread.epoch <> p_epoch THEN 'stale_epoch' WHEN v_forced THEN NULL ELSE v_refusal END;
  END IF;
  IF v_refusal IS NULL THEN
    v_refusal := CASE WHEN v_leg.id IS NULL THEN 'call_over'
      WHEN v_leg.stage = 'ringing' THEN 'wrong_stage'
      WHEN call_elsewhere(who.organization_id, who.user_id, p_conversation) THEN 'on_a_call'
      WHEN p_by = 'phone' AND v_mine.id IS NULL AND NOT EXISTS (SELECT FROM user_profiles u WHERE u.organization_id = who.organization_id
             AND u.id = who.user_id AND u.phone_number IS NOT NULL) THEN 'no_phone' END;
  END IF;
  IF v_refusal = 'on_a_call' THEN
    PERFORM call_elsewhere_asked(who.organization_id, who.user_id);
  END IF;
  IF v_thread.id IS NULL THEN
    outcome := 'missing';
  ELSIF outcome IS NULL AND v_thread.channel <> 'voice' THEN
    outcome := 'input';
  ELSIF outcome IS NULL AND v_thread.state = 'open' AND v_leg.id IS NOT NULL
        AND (CASE p_by WHEN 'phone' THEN v_mine.stage = 'ringing' OR (v_mine.id IS NOT NULL AND v_thread.holder_user_id = who.user_id)
                       ELSE v_thread.holder_user_id = who.user_id AND v_leg.stage = 'typing' END) THEN
    outcome := 'ok'; -- so it is already: pressed twice
  ELSIF outcome IS NULL AND v_refusal IS NOT NULL THEN
    outcome := 'conflict';
    body := call_refused(v_thread, v_refusal, v_rung);
  ELSIF outcome IS NULL THEN
    outcome := 'ok';
    IF v_rung.id IS NOT NULL THEN -- theirs, to type instead; or a colleague's that a manager is in a hurry for; or a transfer's
      PERFORM call_staff_lost(v_rung, v_leg, v_thread, 'withdrawn');
    END IF;
    IF p_by = 'phone' AND v_mine.stage = 'conference' THEN -- in the room already, with the colleague who has the call
      PERFORM thread_taken(who, v_thread, format('took over from %s: %s', staff_name(who.organization_id, v_thread.holder_user_id),
                                                 btrim(p_reason)));
    ELSIF p_by = 'phone' THEN
      PERFORM call_ring(v_leg, v_thread, who.user_id, 'takeover', CASE WHEN v_forced THEN btrim(p_reason) END);
      PERFORM call_reserved(who, v_thread);
      PERFORM thread_note(who, v_thread, 'marker', 'is being called');
      PERFORM call_agent_told(v_leg, v_thread, 'ringing');
    ELSE
      PERFORM call_taken_typing(who, v_leg, v_thread, CASE WHEN v_forced AND v_thread.holder = 'staff'
        THEN format('took over from %s: %s', staff_name(who.organization_id, v_thread.holder_user_id), btrim(p_reason))
        ELSE 'took over' END);
    END IF;
    PERFORM command_audit(who, CASE WHEN v_forced THEN 'conversation.force' ELSE 'conversation.take_over' END, 'conversation',
                          p_conversation, jsonb_build_object('by', coalesce(p_by, 'typing'), 'epoch', v_thread.epoch,
                                                             'reason', CASE WHEN v_forced THEN left(btrim(p_reason), 200) END));
  END IF;
  IF outcome = 'ok' THEN
    body := conversation_answer(who.organization_id, p_conversation, NULL);
  END IF;
  PERFORM command_done(who, p_conversation, outcome, body);
END $$;

-- ---- speaking ----

-- POST /api/conversations/{id}/messages: on a live call what staff type is spoken; it takes the call where nobody of the staff
-- has it. In a room the staff speak for themselves.
CREATE OR REPLACE FUNCTION conversation_say(who staff_call, p_conversation uuid, p_epoch bigint, p_body text, p_language text,
    p_segments int, OUT outcome text, OUT body text)
LANGUAGE plpgsql AS $$
DECLARE
  v_thread conversations;
  v_leg call_sessions;
  v_rung call_sessions;
  v_refusal text;
  v_message uuid;
BEGIN
  IF NOT EXISTS (SELECT FROM conversations c WHERE c.organization_id = who.organization_id AND c.id = p_conversation
                    AND c.channel = 'voice') THEN
    SELECT t.outcome, t.body INTO outcome, body
      FROM conversation_reply(who, p_conversation, p_epoch, p_body, p_language, p_segments) t;
    RETURN;
  END IF;
  SELECT f.outcome, f.body INTO outcome, body FROM command_first(who) f;
  IF outcome IS NOT NULL THEN
    RETURN;
  END IF;
  v_thread := thread_lock(who.organization_id, p_conversation);
  v_leg := call_live(who.organization_id, p_conversation);
  v_rung := call_rung(v_leg);
  v_refusal := coalesce(thread_refusal(who, v_thread, p_epoch), CASE
    WHEN v_leg.id IS NULL THEN 'call_over'
    WHEN v_rung.user_id <> who.user_id AND v_rung.purpose = 'takeover' THEN 'already_claimed'
    WHEN v_leg.stage IN ('ringing', 'conference') THEN 'wrong_stage'
    WHEN v_leg.stage <> 'typing' AND call_elsewhere(who.organization_id, who.user_id, p_conversation) THEN 'on_a_call' END);
  IF p_body !~ '\S' THEN
    outcome := 'input';
  ELSIF v_refusal IS NOT NULL THEN
    outcome := 'conflict';
    body := call_refused(v_thread, v_refusal, v_rung);
    IF v_refusal = 'on_a_call' THEN
      PERFORM call_elsewhere_asked(who.organization_id, who.user_id);
    END IF;
  ELSE
    outcome := 'created';
    IF v_thread.holder_user_id IS DISTINCT FROM who.user_id OR v_leg.stage <> 'typing' THEN
      IF v_rung.id IS NOT NULL THEN
        PERFORM call_staff_lost(v_rung, v_leg, v_thread, 'withdrawn');
      END IF;
      PERFORM call_taken_typing(who, v_leg, v_thread, 'took over');
      SELECT * INTO STRICT v_thread FROM conversations c WHERE c.organization_id = who.organization_id AND c.id = p_conversation;
    END IF;
    PERFORM thread_promises_settled(who.organization_id, p_conversation, 'answer', 'kept');
    v_message := call_line(v_thread, v_leg, 'staff', who.user_id, 'text', p_body, coalesce(p_language, call_language(v_thread)),
                           v_leg.stage = 'typing');
    UPDATE conversations c SET answered_position = c.last_position, waiting_since = NULL, updated_at = now()
     WHERE c.organization_id = who.organization_id AND c.id = p_conversation;
    PERFORM command_audit(who, 'conversation.reply', 'message', v_message, jsonb_build_object('epoch', v_thread.epoch));
    body := conversation_answer(who.organization_id, p_conversation, v_message);
  END IF;
  PERFORM command_done(who, p_conversation, outcome, body);
END $$;

-- ---- within the call ----

-- What all that follows begin with: the thread and the live leg, locked. outcome is set where the command ends here.
-- p_may: `holder` of the call alone; `free`, whoever takes nothing from a colleague; or `anyone`.
CREATE OR REPLACE FUNCTION call_command(who staff_call, p_conversation uuid, p_epoch bigint, p_may text,
    OUT outcome text, OUT body text, OUT thread conversations, OUT leg call_sessions)
LANGUAGE plpgsql AS $$
DECLARE
  v_refusal text;
BEGIN
  SELECT f.outcome, f.body INTO outcome, body FROM command_first(who) f;
  IF outcome IS NOT NULL THEN
    RETURN;
  END IF;
  thread := thread_lock(who.organization_id, p_conversation);
  leg := call_live(who.organization_id, p_conversation);
  v_refusal := coalesce(CASE WHEN p_may <> 'anyone' THEN thread_refusal(who, thread, p_epoch)
                             WHEN thread.state <> 'open' THEN 'conversation_closed' END,
    CASE WHEN leg.id IS NULL THEN 'call_over' WHEN p_may = 'holder' AND thread.holder_user_id IS DISTINCT FROM who.user_id THEN 'not_holder' END);
  IF thread.id IS NULL THEN
    outcome := 'missing';
  ELSIF v_refusal IS NOT NULL THEN
    outcome := 'conflict';
    body := thread_refused(thread, v_refusal);
  END IF;
  IF outcome IS NOT NULL THEN
    PERFORM command_done(who, p_conversation, outcome, body);
  END IF;
END $$;

-- What all of them end with.
CREATE OR REPLACE FUNCTION call_commanded(who staff_call, p_thread conversations, p_action text, p_refusal text,
                                          p_detail jsonb, OUT outcome text, OUT body text)
LANGUAGE plpgsql AS $$
BEGIN
  IF p_refusal IS NOT NULL THEN
    outcome := 'conflict';
    body := thread_refused(p_thread, p_refusal);
  ELSE
    outcome := 'ok';
    PERFORM command_audit(who, p_action, 'conversation', p_thread.id, p_detail || jsonb_build_object('epoch', p_thread.epoch));
    body := conversation_answer(who.organization_id, p_thread.id, NULL);
  END IF;
  PERFORM command_done(who, p_thread.id, outcome, body);
END $$;

-- POST .../hold: the caller waits, with a word and a sound; or does not any more. In a room the carrier holds them, else their
-- next document does.
CREATE OR REPLACE FUNCTION conversation_hold(who staff_call, p_conversation uuid, p_epoch bigint, p_on boolean,
                                             OUT outcome text, OUT body text)
LANGUAGE plpgsql AS $$
DECLARE
  c record;
  v_thread conversations;
  v_leg call_sessions;
BEGIN
  SELECT * INTO c FROM call_command(who, p_conversation, p_epoch, 'holder');
  IF c.outcome IS NOT NULL THEN
    outcome := c.outcome;
    body := c.body;
    RETURN;
  END IF;
  v_thread := c.thread;
  v_leg := c.leg;
  IF v_leg.stage IN ('typing', 'conference') AND v_leg.on_hold <> p_on THEN
    UPDATE call_sessions s
       SET on_hold = p_on, steer_tries = 0, stage_number = s.stage_number + CASE s.stage WHEN 'typing' THEN 1 ELSE 0 END
     WHERE s.organization_id = who.organization_id AND s.id = v_leg.id RETURNING * INTO STRICT v_leg;
    PERFORM work_add(who.organization_id, 'call_steer', v_leg.id, now());
    PERFORM call_told('call.updated', v_leg, v_thread);
  END IF;
  SELECT d.outcome, d.body INTO outcome, body FROM call_commanded(who, v_thread, 'call.hold',
    CASE WHEN v_leg.stage NOT IN ('typing', 'conference') THEN 'wrong_stage' END, jsonb_build_object('on', p_on)) d;
END $$;

-- POST .../mute: one's own phone in the room.
CREATE OR REPLACE FUNCTION conversation_mute(who staff_call, p_conversation uuid, p_on boolean, OUT outcome text, OUT body text)
LANGUAGE plpgsql AS $$
DECLARE
  c record;
  v_thread conversations;
  v_leg call_sessions;
  v_mine call_sessions;
BEGIN
  SELECT * INTO c FROM call_command(who, p_conversation, NULL, 'anyone');
  IF c.outcome IS NOT NULL THEN
    outcome := c.outcome;
    body := c.body;
    RETURN;
  END IF;
  v_thread := c.thread;
  v_leg := c.leg;
  UPDATE call_sessions s SET muted = p_on, steer_tries = 0
   WHERE s.organization_id = who.organization_id AND s.parent_id = v_leg.id AND s.user_id = who.user_id AND s.stage = 'conference'
  RETURNING * INTO v_mine;
  IF FOUND THEN
    PERFORM work_add(who.organization_id, 'call_steer', v_mine.id, now());
    PERFORM call_told('call.updated', v_mine, v_thread);
  END IF;
  SELECT d.outcome, d.body INTO outcome, body FROM call_commanded(who, v_thread, 'call.mute',
    CASE WHEN v_mine.id IS NULL THEN 'wrong_stage' END, jsonb_build_object('on', p_on)) d;
END $$;

-- POST .../transfer: a colleague's phone is rung; the call stays with its holder until they have pressed 1, and both are then in
-- the room with the caller.
CREATE OR REPLACE FUNCTION conversation_transfer(who staff_call, p_conversation uuid, p_epoch bigint, p_to uuid,
                                                 OUT outcome text, OUT body text)
LANGUAGE plpgsql AS $$
DECLARE
  c record;
  v_thread conversations;
  v_leg call_sessions;
  v_to user_profiles;
  v_rung call_sessions;
  v_refusal text;
BEGIN
  SELECT * INTO c FROM call_command(who, p_conversation, p_epoch, 'holder');
  IF c.outcome IS NOT NULL THEN
    outcome := c.outcome;
    body := c.body;
    RETURN;
  END IF;
  v_thread := c.thread;
  v_leg := c.leg;
  SELECT * INTO v_to FROM user_profiles u WHERE u.organization_id = who.organization_id AND u.id = p_to AND u.is_active
     FOR NO KEY UPDATE;
  v_rung := call_rung(v_leg);
  IF v_to.id IS NULL OR v_to.id = who.user_id THEN
    outcome := CASE WHEN v_to.id IS NULL THEN 'missing' ELSE 'input' END;
    PERFORM command_done(who, p_conversation, outcome, NULL);
    RETURN;
  END IF;
  v_refusal := CASE WHEN v_leg.stage NOT IN ('typing', 'conference') THEN 'wrong_stage'
                    WHEN v_rung.id IS NOT NULL AND v_rung.user_id <> p_to THEN 'already_claimed'
                    WHEN v_to.phone_number IS NULL THEN 'no_phone'
                    WHEN call_elsewhere(who.organization_id, p_to, p_conversation) THEN 'on_a_call'
                    WHEN v_rung.id IS NULL AND EXISTS (SELECT FROM call_sessions s WHERE s.organization_id = who.organization_id
                           AND s.user_id = p_to AND s.leg = 'staff' AND s.stage <> 'ended') THEN 'on_a_call' END;
  IF v_refusal = 'already_claimed' THEN
    outcome := 'conflict';
    body := call_refused(v_thread, v_refusal, v_rung);
    PERFORM command_done(who, p_conversation, outcome, body);
    RETURN;
  ELSIF v_refusal IS NULL AND v_rung.id IS NULL THEN
    PERFORM call_ring(v_leg, v_thread, p_to, 'transfer', NULL);
    PERFORM thread_note(who, v_thread, 'marker', format('is calling %s', v_to.display_name));
  END IF;
  SELECT d.outcome, d.body INTO outcome, body
    FROM call_commanded(who, v_thread, 'call.transfer', v_refusal, jsonb_build_object('to', p_to)) d;
END $$;

-- POST .../voicemail: the caller is asked for a message.
CREATE OR REPLACE FUNCTION conversation_voicemail(who staff_call, p_conversation uuid, p_epoch bigint, OUT outcome text, OUT body text)
LANGUAGE plpgsql AS $$
DECLARE
  c record;
  v_thread conversations;
  v_leg call_sessions;
  v_request escalations;
BEGIN
  SELECT * INTO c FROM call_command(who, p_conversation, p_epoch, 'free');
  IF c.outcome IS NOT NULL THEN
    outcome := c.outcome;
    body := c.body;
    RETURN;
  END IF;
  v_thread := c.thread;
  v_leg := c.leg;
  IF v_leg.stage IN ('bridge', 'builtin', 'typing', 'conference', 'native') THEN
    UPDATE conversations t
       SET holder = 'agent', holder_user_id = NULL, holder_since = now(), epoch = t.epoch + 1, person_told_at = NULL,
           answered_position = t.last_position, updated_at = now()
     WHERE t.organization_id = who.organization_id AND t.id = p_conversation RETURNING * INTO STRICT v_thread;
    PERFORM call_lines_ended(v_thread, NULL, 'superseded');
    v_leg := call_stage(v_leg, v_thread, 'voicemail', true);
    PERFORM call_staff_all_end(v_leg, v_thread, NULL, 'handed_back');
    PERFORM conversation_updated(who.organization_id, v_thread);
    UPDATE escalations e SET state = 'queued', claimed_by = NULL, claimed_at = NULL, active_at = NULL
     WHERE e.organization_id = who.organization_id AND e.conversation_id = p_conversation
       AND e.state IN ('claimed', 'connecting', 'active', 'wrap_up') RETURNING * INTO v_request;
    IF FOUND THEN
      PERFORM call_request_told(v_request);
    END IF;
    PERFORM thread_note(who, v_thread, 'marker', 'sent to voicemail');
  END IF;
  SELECT d.outcome, d.body INTO outcome, body FROM call_commanded(who, v_thread, 'call.voicemail',
    CASE WHEN v_leg.stage <> 'voicemail' THEN 'wrong_stage' END, '{}') d;
END $$;

-- ---- ending ----

-- POST .../hand-back: the call returns to the agent. Who only has their phone rung, or a colleague's, calls that off.
CREATE OR REPLACE FUNCTION conversation_return(who staff_call, p_conversation uuid, p_epoch bigint, OUT outcome text, OUT body text)
LANGUAGE plpgsql AS $$
DECLARE
  v_thread conversations;
  v_leg call_sessions;
  v_rung call_sessions;
  v_refusal text;
BEGIN
  IF NOT call_is_live(who.organization_id, p_conversation) THEN
    SELECT t.outcome, t.body INTO outcome, body FROM conversation_hand_back(who, p_conversation, p_epoch) t;
    RETURN;
  END IF;
  SELECT f.outcome, f.body INTO outcome, body FROM command_first(who) f;
  IF outcome IS NOT NULL THEN
    RETURN;
  END IF;
  v_thread := thread_lock(who.organization_id, p_conversation);
  v_leg := call_live(who.organization_id, p_conversation);
  v_rung := call_rung(v_leg);
  v_refusal := CASE WHEN v_thread.state <> 'open' THEN 'conversation_closed'
                    WHEN v_leg.id IS NULL THEN 'call_over'
                    WHEN v_thread.epoch <> p_epoch THEN 'stale_epoch'
                    WHEN v_rung.user_id = who.user_id THEN NULL
                    WHEN v_thread.holder_user_id IS DISTINCT FROM who.user_id THEN 'not_holder' END;
  IF v_refusal IS NOT NULL THEN
    outcome := 'conflict';
    body := thread_refused(v_thread, v_refusal);
  ELSE
    outcome := 'ok';
    IF v_rung.id IS NOT NULL THEN
      PERFORM call_staff_lost(v_rung, v_leg, v_thread, 'withdrawn');
      v_thread := call_thread(v_thread);
    END IF;
    IF v_thread.holder_user_id = who.user_id THEN
      PERFORM call_given_back(who, v_leg, v_thread, 'handed_back');
    END IF;
    PERFORM command_audit(who, 'conversation.hand_back', 'conversation', p_conversation, jsonb_build_object('epoch', v_thread.epoch));
    body := conversation_answer(who.organization_id, p_conversation, NULL);
  END IF;
  PERFORM command_done(who, p_conversation, outcome, body);
END $$;

-- POST .../hang-up, and .../close of a conversation whose call lives: the call ends, whoever speaks in it.
CREATE OR REPLACE FUNCTION conversation_end(who staff_call, p_conversation uuid, p_epoch bigint, p_resolution text,
                                            OUT outcome text, OUT body text)
LANGUAGE plpgsql AS $$
DECLARE
  v_leg call_sessions;
BEGIN
  SELECT t.outcome, t.body INTO outcome, body FROM conversation_close(who, p_conversation, p_epoch, p_resolution) t;
  IF outcome = 'ok' THEN
    v_leg := call_live(who.organization_id, p_conversation);
    IF v_leg.id IS NOT NULL THEN
      PERFORM call_hung_up(v_leg, c) FROM conversations c
        WHERE c.organization_id = who.organization_id AND c.id = p_conversation;
      body := conversation_answer(who.organization_id, p_conversation, NULL);
      PERFORM command_done(who, p_conversation, outcome, body);
    END IF;
  END IF;
END $$;

CREATE OR REPLACE FUNCTION call_hung_up(p_leg call_sessions, p_thread conversations) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE call_sessions s SET end_reason = 'staff'
   WHERE s.organization_id = p_leg.organization_id AND s.id = p_leg.id RETURNING * INTO STRICT p_leg;
  p_leg := call_stage(p_leg, p_thread, 'ended', true);
  PERFORM call_lines_ended(p_thread, NULL, 'superseded');
  PERFORM call_staff_all_end(p_leg, p_thread, NULL, 'hung_up');
END $$;

CREATE OR REPLACE FUNCTION conversation_hang_up(who staff_call, p_conversation uuid, p_epoch bigint, OUT outcome text, OUT body text)
LANGUAGE plpgsql AS $$
DECLARE
  c record;
  v_thread conversations;
BEGIN
  SELECT * INTO c FROM call_command(who, p_conversation, p_epoch, 'free');
  IF c.outcome IS NOT NULL THEN
    outcome := c.outcome;
    body := c.body;
    RETURN;
  END IF;
  v_thread := c.thread;
  IF NOT EXISTS (SELECT FROM promises p WHERE p.organization_id = who.organization_id AND p.conversation_id = p_conversation
                    AND p.state = 'open' AND p.kind = 'callback') THEN
    SELECT t.outcome, t.body INTO outcome, body FROM conversation_end(who, p_conversation, p_epoch, 'hung_up') t;
    RETURN;
  END IF;
  UPDATE conversations t -- a call back is owed: the thread stays
     SET holder = 'agent', holder_user_id = NULL, holder_since = now(), epoch = t.epoch + 1, person_told_at = NULL,
         answered_position = t.last_position, waiting_since = NULL, updated_at = now()
   WHERE t.organization_id = who.organization_id AND t.id = p_conversation RETURNING * INTO STRICT v_thread;
  PERFORM call_hung_up(c.leg, v_thread);
  PERFORM conversation_updated(who.organization_id, v_thread);
  PERFORM thread_note(who, v_thread, 'marker', 'hung up');
  SELECT d.outcome, d.body INTO outcome, body FROM call_commanded(who, v_thread, 'call.hang_up', NULL, '{}') d;
END $$;

-- POST .../call-back: somebody will call this customer by then. The request for a person waits for it, the promise has its alarm.
CREATE OR REPLACE FUNCTION conversation_call_back(who staff_call, p_conversation uuid, p_due timestamptz, p_reason text,
                                                  OUT outcome text, OUT body text)
LANGUAGE plpgsql AS $$
DECLARE
  v_thread conversations;
  v_due timestamptz := p_due;
BEGIN
  SELECT f.outcome, f.body INTO outcome, body FROM command_first(who) f;
  IF outcome IS NOT NULL THEN
    RETURN;
  END IF;
  v_thread := thread_lock(who.organization_id, p_conversation);
  IF v_due IS NULL THEN
    SELECT now() + o.reply_target_minutes * interval '1 minute' INTO v_due FROM organizations o WHERE o.id = who.organization_id;
  END IF;
  IF v_thread.id IS NULL THEN
    outcome := 'missing';
  ELSIF v_due < now() - interval '1 minute' OR v_due > now() + interval '30 days' THEN
    outcome := 'input';
  ELSIF v_thread.state <> 'open' OR v_thread.peer !~ '^\+[1-9][0-9]{6,14}$' THEN
    outcome := 'conflict';
    body := thread_refused(v_thread, CASE WHEN v_thread.state <> 'open' THEN 'conversation_closed' ELSE 'unreachable' END);
  ELSE
    outcome := 'ok';
    PERFORM call_escalation(v_thread, 'callback', btrim(p_reason), NULL, v_due, false);
    PERFORM thread_note(who, v_thread, 'marker', 'promised a call back');
    PERFORM command_audit(who, 'conversation.call_back', 'conversation', p_conversation, jsonb_build_object('due_at', v_due));
    body := conversation_answer(who.organization_id, p_conversation, NULL);
  END IF;
  PERFORM command_done(who, p_conversation, outcome, body);
END $$;

DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['call_transcribed(call_sessions)', 'call_body(uuid, uuid)', 'call_is_live(uuid, uuid)', 'call_elsewhere(uuid, uuid, uuid)', 'call_elsewhere_asked(uuid, uuid)',
    'call_refused(conversations, text, call_sessions)', 'call_taken_typing(staff_call, call_sessions, conversations, text)',
    'conversation_take(staff_call, uuid, bigint, text, boolean, text, boolean)',
    'conversation_say(staff_call, uuid, bigint, text, text, int)', 'call_command(staff_call, uuid, bigint, text)',
    'call_commanded(staff_call, conversations, text, text, jsonb)', 'conversation_hold(staff_call, uuid, bigint, boolean)',
    'conversation_mute(staff_call, uuid, boolean)', 'conversation_transfer(staff_call, uuid, bigint, uuid)',
    'conversation_voicemail(staff_call, uuid, bigint)', 'conversation_return(staff_call, uuid, bigint)',
    'conversation_end(staff_call, uuid, bigint, text)', 'call_hung_up(call_sessions, conversations)',
    'conversation_hang_up(staff_call, uuid, bigint)', 'conversation_call_back(staff_call, uuid, timestamptz, text)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO switchback_service', f);
  END LOOP;
END $$;
