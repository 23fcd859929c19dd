-- call_room: what the carrier tells of staff phones and of rooms, and what a staff phone hears (docs/calls.md, Doors). Called by
-- call_hook, under the conversation's lock. p_told.form: the request's parameters by the carrier's names (twilio.md 4.4, 4.7).

-- A staff phone's requests. p_told.status has moved the leg already (call_state).
CREATE OR REPLACE FUNCTION call_phone_told(p_door text, p_staff call_sessions, p_thread conversations, p_told jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_leg call_sessions;
  v_key text := left(p_told -> 'form' ->> 'Digits', 1);
  v_machine text := p_told -> 'form' ->> 'AnsweredBy';
BEGIN
  SELECT * INTO STRICT v_leg FROM call_sessions s
   WHERE s.organization_id = p_staff.organization_id AND s.id = p_staff.parent_id FOR UPDATE;
  IF v_machine ~ '^[a-z][a-z_]{0,39}$' THEN
    UPDATE call_sessions s SET answered_by = v_machine
     WHERE s.organization_id = p_staff.organization_id AND s.id = p_staff.id RETURNING * INTO STRICT p_staff;
  END IF;
  IF v_leg.stage = 'ended' THEN
    PERFORM call_staff_end(p_staff, p_thread, 'gone');
  ELSIF call_rank(p_staff.state) = 3 AND p_staff.accepted_at IS NULL THEN -- hung up without a key: no
    PERFORM call_staff_lost(p_staff, v_leg, p_thread, CASE p_staff.state
      WHEN 'busy' THEN 'busy' WHEN 'failed' THEN 'failed' WHEN 'completed' THEN
        CASE WHEN p_staff.answered_by ~ '^(machine|fax)' THEN 'machine' ELSE 'declined' END
      ELSE 'no_answer' END);
  ELSIF call_rank(p_staff.state) = 3 THEN
    PERFORM call_staff_left(p_staff, v_leg, p_thread, true);
  ELSIF p_staff.stage = 'ringing' AND p_staff.answered_by ~ '^(machine|fax)' THEN
    PERFORM call_staff_lost(p_staff, v_leg, p_thread, 'machine');
  ELSIF p_door = 'staff-key' AND v_key = '1' THEN
    PERFORM call_staff_accepted(p_staff, v_leg, p_thread);
  ELSIF p_door = 'staff-key' AND p_staff.stage = 'ringing' AND v_key = '2' THEN
    PERFORM call_staff_lost(p_staff, v_leg, p_thread, 'declined');
  ELSIF p_door = 'staff-key' AND p_staff.stage = 'ringing' AND p_staff.briefs >= 2 THEN
    PERFORM call_staff_lost(p_staff, v_leg, p_thread, 'no_key');
  ELSIF p_door = 'dial' AND p_staff.stage = 'conference' AND p_staff.purpose = 'transfer' AND v_leg.stage = 'conference'
        AND p_told -> 'form' ->> 'DialCallStatus' IS DISTINCT FROM 'failed' THEN
    NULL; -- it went with the colleague who has passed the call on: it is opened again for those who stay
  ELSIF p_door = 'dial' AND p_staff.stage = 'conference' THEN -- the room is over, and not because they hung up
    PERFORM call_staff_left(p_staff, v_leg, p_thread, false);
  END IF;
END $$;

-- An event of the room: who is in it, on hold, muted. Events come in any order: of one person the highest number counts.
CREATE OR REPLACE FUNCTION call_room_told(p_leg call_sessions, p_thread conversations, p_told jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_event text := p_told -> 'form' ->> 'StatusCallbackEvent';
  v_room text := substring(p_told -> 'form' ->> 'ConferenceSid' FROM '^CF[0-9a-fA-F]{32}$');
  v_number int := coalesce((p_told ->> 'sequence')::int, -1);
  v_one call_sessions;
  v_was call_sessions;
BEGIN
  SELECT * INTO v_was FROM call_sessions s WHERE s.organization_id = p_leg.organization_id AND s.conversation_id = p_thread.id
     AND s.twilio_call_sid = p_told -> 'form' ->> 'CallSid' FOR UPDATE;
  IF v_was.id IS NULL OR v_room IS NULL OR v_event NOT LIKE 'participant-%' OR v_event LIKE 'participant-speech-%'
     OR (v_was.conference_sid = v_room AND v_was.room_sequence >= v_number AND v_number >= 0) THEN
    RETURN;
  END IF;
  UPDATE call_sessions s
     SET conference_sid = v_room, room_sequence = v_number,
         in_room = CASE v_event WHEN 'participant-leave' THEN false ELSE call_rank(s.state) < 3 END,
         told_hold = CASE v_event WHEN 'participant-hold' THEN true WHEN 'participant-unhold' THEN false
                                  WHEN 'participant-join' THEN false ELSE s.told_hold END,
         told_muted = CASE v_event WHEN 'participant-mute' THEN true WHEN 'participant-unmute' THEN false
                                   WHEN 'participant-join' THEN false ELSE s.told_muted END
   WHERE s.organization_id = v_was.organization_id AND s.id = v_was.id RETURNING * INTO STRICT v_one;
  IF v_one.in_room AND (v_one.on_hold <> v_one.told_hold OR v_one.muted <> v_one.told_muted) THEN
    PERFORM work_add(v_one.organization_id, 'call_steer', v_one.id, now());
  ELSIF v_event = 'participant-leave' AND v_one.leg = 'staff' AND v_one.stage = 'conference'
        AND NOT (v_one.purpose = 'transfer' AND p_leg.stage = 'conference' -- the room went with a colleague: it is opened again
                 AND coalesce(p_told -> 'form' ->> 'ReasonParticipantLeft' = 'moderator_ended_conference', false)) THEN
    PERFORM call_staff_left(v_one, p_leg, p_thread, coalesce(p_told -> 'form' ->> 'ReasonParticipantLeft' = 'participant_hung_up', false));
  END IF;
END $$;

-- The words of a transcript: it comes as JSON in a text. NULL where it is none.
CREATE OR REPLACE FUNCTION call_transcript(p_data text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN nullif(btrim(left(p_data::jsonb ->> 'transcript', 4000)), '');
EXCEPTION WHEN data_exception THEN
  RETURN NULL;
END $$;

-- Is it what callers on hold hear (voice/sentences.h: HOLD), or how it begins?
CREATE OR REPLACE FUNCTION call_is_hold_line(p_words text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT length(said) >= 10 AND (starts_with('pleaseholdwellberightbackwithyou', said)
                                 OR starts_with('restezenlignenousrevenonstoutdesuite', said))
    FROM regexp_replace(lower(p_words), '[^[:alpha:]]', '', 'g') said
$$;

-- What is said in the room: the caller's words (inbound) and the staff's, each once. Outbound is all that the caller hears:
-- on hold that is our own announcement.
CREATE OR REPLACE FUNCTION call_overheard(p_leg call_sessions, p_thread conversations, p_form jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_org uuid := p_leg.organization_id;
  v_event text := p_form ->> 'TranscriptionEvent';
  v_sid text := substring(p_form ->> 'TranscriptionSid' FROM '^GT[0-9a-fA-F]{32}$');
  v_key text := left('room:' || coalesce(v_sid, p_leg.id::text) || ':' || coalesce(p_form ->> 'SequenceId', '-'), 200);
  v_words text := CASE WHEN p_form ->> 'Final' = 'true' THEN call_transcript(p_form ->> 'TranscriptionData') END;
  v_user uuid;
  v_message messages;
BEGIN
  IF v_event IN ('transcription-started', 'transcription-stopped', 'transcription-error') THEN
    UPDATE call_sessions s SET transcription_sid = CASE v_event WHEN 'transcription-started' THEN v_sid END
     WHERE s.organization_id = v_org AND s.id = p_leg.id AND (v_event = 'transcription-started' OR s.transcription_sid = v_sid);
    RETURN;
  ELSIF v_words IS NULL THEN
    RETURN;
  ELSIF p_form ->> 'Track' IS DISTINCT FROM 'outbound_track' THEN
    PERFORM call_heard(p_thread, v_words, NULL, v_key, NULL);
    RETURN;
  ELSIF p_leg.on_hold OR call_is_hold_line(v_words) THEN
    RETURN;
  END IF;
  SELECT coalesce(p_thread.holder_user_id, s.user_id) INTO v_user FROM call_sessions s
   WHERE s.organization_id = v_org AND s.parent_id = p_leg.id AND s.leg = 'staff' AND s.accepted_at IS NOT NULL
   ORDER BY s.accepted_at DESC LIMIT 1;
  IF v_user IS NULL THEN
    RETURN; -- nobody of the staff was ever in this room
  END IF;
  v_message := call_message(p_thread, 'staff', v_user, 'text', v_words, call_language(p_thread), v_key, 'delivered', NULL);
  IF v_message.id IS NULL THEN
    RETURN;
  END IF;
  UPDATE conversations c SET answered_position = v_message.position, waiting_since = NULL
   WHERE c.organization_id = v_org AND c.id = p_thread.id;
  PERFORM event_add(v_org, 'message.said', p_thread.id, p_thread.customer_id,
    jsonb_build_object('message_id', v_message.id, 'conversation_id', p_thread.id, 'customer_id', p_thread.customer_id,
                       'position', v_message.position, 'author', 'staff', 'author_user_id', v_user,
                       'author_name', staff_name(v_org, v_user), 'body', v_message.body, 'language', v_message.language,
                       'epoch', v_message.epoch));
END $$;

-- Whose leaving has ended the room that the caller has left: the only one of the staff in it, who did not come by a transfer
-- (then it may have gone with the colleague before them); an empty row when there is no such one.
CREATE OR REPLACE FUNCTION call_left_alone(p_leg call_sessions) RETURNS call_sessions
LANGUAGE sql STABLE AS $$
  SELECT s.* FROM call_sessions s
   WHERE s.organization_id = p_leg.organization_id AND s.parent_id = p_leg.id AND s.leg = 'staff' AND s.stage = 'conference'
     AND s.purpose <> 'transfer' AND NOT EXISTS (SELECT FROM call_sessions o
         WHERE o.organization_id = s.organization_id AND o.parent_id = s.parent_id AND o.stage = 'conference' AND o.id <> s.id)
$$;

-- What call_hook asks of a staff leg, of a room, of a transcription, and of the customer's leg that has left a room.
CREATE OR REPLACE FUNCTION call_staff_hook(p_door text, p_leg call_sessions, p_thread conversations, p_told jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
  IF p_leg.leg = 'staff' THEN
    PERFORM call_phone_told(p_door, p_leg, p_thread, p_told);
  ELSIF p_door = 'conference' THEN
    PERFORM call_room_told(p_leg, p_thread, p_told);
  ELSIF p_door = 'transcription' THEN
    PERFORM call_overheard(p_leg, p_thread, p_told -> 'form');
  ELSIF p_door = 'dial' AND p_leg.stage = 'conference' AND call_rank(p_leg.state) = 2 AND (call_left_alone(p_leg)).id IS NOT NULL
        AND p_told -> 'form' ->> 'DialCallStatus' IS DISTINCT FROM 'failed' THEN
    -- the room went with the one who was in it, and this request is here before theirs: no other has to bring the caller out
    PERFORM call_staff_left(call_left_alone(p_leg), p_leg, p_thread, true);
  ELSIF p_leg.stage = 'conference' AND ((call_joined(p_leg)).id IS NULL OR p_told -> 'form' ->> 'DialCallStatus' = 'failed') THEN
    -- the caller is on the line and there is no room for them: nobody waits alone
    PERFORM call_given_back(call_who(p_leg.organization_id, coalesce(p_thread.holder_user_id, (SELECT s.user_id FROM call_sessions s
        WHERE s.organization_id = p_leg.organization_id AND s.parent_id = p_leg.id AND s.accepted_at IS NOT NULL
        ORDER BY s.accepted_at DESC LIMIT 1))), p_leg, p_thread, 'left');
  END IF;
  RETURN '{}';
END $$;

-- What a staff phone hears now: `plan` says which sentence, the rest is what it needs. Nothing of the customer's before a
-- person has answered.
CREATE OR REPLACE FUNCTION call_staff_document(p_staff call_sessions, p_thread conversations) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  v_org uuid := p_staff.organization_id;
  v_leg call_sessions;
  v_facts jsonb;
  v_plan text;
BEGIN
  SELECT * INTO STRICT v_leg FROM call_sessions s WHERE s.organization_id = v_org AND s.id = p_staff.parent_id;
  UPDATE call_sessions s
     SET document_number = s.document_number + 1, document_at = now(), served_number = s.stage_number,
         briefs = s.briefs + CASE s.stage WHEN 'ringing' THEN 1 ELSE 0 END,
         -- nobody else of the staff is in the room: it ends with them, and the caller is not alone in it
         ends_room = s.stage = 'conference' AND NOT EXISTS (SELECT FROM call_sessions o WHERE o.organization_id = v_org
             AND o.parent_id = s.parent_id AND o.stage = 'conference' AND o.id <> s.id)
   WHERE s.organization_id = v_org AND s.id = p_staff.id RETURNING * INTO STRICT p_staff;
  v_plan := CASE p_staff.stage WHEN 'ringing' THEN 'brief' WHEN 'conference' THEN 'room' ELSE
    CASE WHEN p_staff.end_reason IN ('declined', 'handed_back', 'typing', 'no_key') THEN p_staff.end_reason
         WHEN p_staff.end_reason = 'machine' THEN 'silence'
         WHEN p_staff.end_reason = 'gone' OR v_leg.stage = 'ended' THEN 'gone'
         WHEN p_staff.accepted_at IS NOT NULL THEN 'over' ELSE 'withdrawn' END END;
  v_facts := jsonb_build_object('plan', v_plan, 'parent', v_leg.id, 'first', p_staff.briefs <= 1, 'purpose', p_staff.purpose,
                                'muted', p_staff.muted, 'ends', p_staff.ends_room);
  IF v_plan = 'brief' THEN
    v_facts := v_facts || (SELECT jsonb_build_object(
        'who', nullif(concat_ws(' ', k.first_name, k.last_name), ''), 'reason', e.reason,
        'from_name', CASE p_staff.purpose WHEN 'transfer' THEN staff_name(v_org, p_thread.holder_user_id) END,
        'words', (SELECT coalesce(jsonb_agg(jsonb_build_object('body', w.body, 'language', w.language) ORDER BY w.position), '[]')
          FROM (SELECT m.position, m.body, coalesce(m.language, p_thread.language) AS language FROM messages m
                 WHERE m.organization_id = v_org AND m.conversation_id = p_thread.id AND m.author = 'customer' AND m.kind = 'text'
                 ORDER BY m.position DESC LIMIT 2) w))
      FROM conversations c
      LEFT JOIN customers k ON k.organization_id = v_org AND k.id = c.customer_id
      LEFT JOIN escalations e ON e.organization_id = v_org AND e.conversation_id = c.id
            AND e.state NOT IN ('closed', 'returned_to_bot', 'customer_gone', 'expired')
     WHERE c.organization_id = v_org AND c.id = p_thread.id);
  END IF;
  RETURN call_facts(p_staff, p_thread)
    || jsonb_build_object('document', p_staff.document_number, 'lines', '[]'::jsonb, 'room', v_leg.room, 'staff', v_facts,
         'language', (SELECT u.language FROM user_profiles u WHERE u.organization_id = v_org AND u.id = p_staff.user_id));
END $$;

DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['call_phone_told(text, call_sessions, conversations, jsonb)',
    'call_transcript(text)', 'call_is_hold_line(text)', 'call_room_told(call_sessions, conversations, jsonb)', 'call_overheard(call_sessions, conversations, jsonb)',
    'call_left_alone(call_sessions)', 'call_staff_hook(text, call_sessions, conversations, jsonb)', 'call_staff_document(call_sessions, conversations)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO switchback_service', f);
  END LOOP;
END $$;
