-- call: a call as it lives (docs/calls.md). call_in keeps a call that comes in, call_hook every later request of the carrier
-- about a leg; each takes what the request tells, moves the call forward, and returns what the answer is made from: the facts
-- (server/store/call.h). One request is one transaction, and everything of a call is done under its conversation's lock.
--
-- A document is numbered when it is computed, and the number is in all its URLs: a request that shows it proves that the
-- document was played. So a spoken line is settled by that number, and a line of a document that nothing has proved is in
-- the next one again.
--
-- What others add, found by name when a leg needs it: call_staff_hook (a staff phone's requests, rooms, transcription) and
-- call_out_hook (a call that we placed). Both are given the leg and the thread, locked, and may move them with the functions
-- of call_leg.sql; what they return joins the facts.

-- ---- what a request tells ----

-- What the caller said or pressed while the document p_told.d was played. Keys: 0 asks for a person, 9 for the other
-- language, 1 (while a person is awaited) for leaving a message.
CREATE OR REPLACE FUNCTION call_gathered(INOUT p_leg call_sessions, p_thread conversations, p_told jsonb)
LANGUAGE plpgsql AS $$
DECLARE
  v_words text := nullif(p_told ->> 'words', '');
  v_digit text := left(p_told ->> 'digits', 1);
  v_keyword text := CASE left(p_told ->> 'digits', 1) WHEN '0' THEN 'person' WHEN '9' THEN 'language' WHEN '1' THEN 'voicemail' END;
  v_message uuid;
BEGIN
  IF v_words IS NOT NULL OR v_keyword IS NOT NULL THEN
    v_message := call_heard(p_thread, coalesce(v_words, v_digit), CASE WHEN v_words IS NULL THEN v_keyword END,
                            'gather:' || p_leg.id || ':' || (p_told ->> 'd'),
                            CASE WHEN p_told ? 'confidence' THEN jsonb_build_object('Confidence', p_told ->> 'confidence') END);
  END IF;
  IF (p_told ->> 'd')::bigint <> p_leg.document_number THEN
    RETURN; -- of an older document, or the same request again
  END IF;
  UPDATE call_sessions s -- words that the agent is to answer: whether they were understood is call_answer's to say
     SET misses = CASE WHEN v_words IS NULL AND v_digit IS NULL THEN least(s.misses + 1, 1000)
                       WHEN v_words IS NOT NULL AND s.stage = 'builtin' THEN s.misses ELSE 0 END
   WHERE s.organization_id = p_leg.organization_id AND s.id = p_leg.id RETURNING * INTO STRICT p_leg;
  IF v_message IS NOT NULL AND v_words IS NULL AND v_keyword = 'language' THEN
    UPDATE conversations c SET language = CASE call_language(p_thread) WHEN 'fr' THEN 'en' ELSE 'fr' END, language_chosen = true
     WHERE c.organization_id = p_leg.organization_id AND c.id = p_thread.id RETURNING * INTO p_thread;
    UPDATE customers SET preferred_language = p_thread.language, language_chosen = true
     WHERE organization_id = p_leg.organization_id AND id = p_thread.customer_id;
    PERFORM conversation_updated(p_leg.organization_id, p_thread);
  ELSIF v_message IS NOT NULL AND v_words IS NULL AND v_keyword = 'voicemail' AND p_leg.stage = 'builtin'
        AND EXISTS (SELECT FROM escalations e WHERE e.organization_id = p_leg.organization_id
                       AND e.conversation_id = p_thread.id
                       AND e.state IN ('requested', 'queued', 'callback_promised')) THEN
    p_leg := call_stage(p_leg, p_thread, 'voicemail', false);
  END IF;
END $$;

-- A recording of the caller's voice is there (or is said to be: the action and the callback both come, in any order). It is
-- a message with the recording beside it, kept once, and the request for a person then waits for a call back.
-- p_told: recording_sid, recording_url, seconds_recorded, callback_due_us (when no promise was made yet).
CREATE OR REPLACE FUNCTION call_recorded(INOUT p_leg call_sessions, p_thread conversations, p_told jsonb)
LANGUAGE plpgsql AS $$
DECLARE
  v_org uuid := p_leg.organization_id;
  v_message messages;
  v_request escalations;
  v_new boolean;
  v_seconds int := (p_told ->> 'recorded_seconds')::int;
  v_body text;
BEGIN
  IF p_told ->> 'recording_url' IS NULL OR p_told ->> 'recording_sid' IS NULL OR v_seconds = 0 THEN
    RETURN;
  END IF;
  v_body := CASE call_language(p_thread) WHEN 'fr' THEN 'Message vocal' ELSE 'Voicemail' END
            || coalesce(' (' || v_seconds || ' s)', '');
  v_message := call_message(p_thread, 'customer', NULL, 'text', v_body, NULL, 'recording:' || (p_told ->> 'recording_sid'),
                            'received', NULL);
  IF v_message.id IS NULL THEN
    RETURN;
  END IF;
  UPDATE messages m SET media_n = 1 WHERE m.organization_id = v_org AND m.id = v_message.id;
  INSERT INTO message_media (organization_id, message_id, position, url, content_type, provider_sid)
  VALUES (v_org, v_message.id, 1, p_told ->> 'recording_url', 'audio/x-wav', p_told ->> 'recording_sid');
  UPDATE call_sessions s SET recording_sid = p_told ->> 'recording_sid'
   WHERE s.organization_id = v_org AND s.id = p_leg.id RETURNING * INTO STRICT p_leg;
  UPDATE conversations c SET answered_position = v_message.position -- nobody but a person answers it
   WHERE c.organization_id = v_org AND c.id = p_thread.id AND c.holder = 'agent';
  PERFORM event_add(v_org, 'message.received', p_thread.id, p_thread.customer_id,
    jsonb_build_object('message_id', v_message.id, 'conversation_id', p_thread.id, 'customer_id', p_thread.customer_id,
                       'position', v_message.position, 'channel', 'voice', 'from', p_thread.peer,
                       'to', p_thread.store_number, 'body', v_body, 'media_n', 1, 'keyword', NULL));
  UPDATE escalations e SET state = 'voicemail_taken', updated_at = now()
   WHERE e.organization_id = v_org AND e.conversation_id = p_thread.id
     AND e.state IN ('requested', 'queued', 'callback_promised') RETURNING * INTO v_request;
  v_new := NOT FOUND AND NOT EXISTS (SELECT FROM escalations e WHERE e.organization_id = v_org
     AND e.conversation_id = p_thread.id AND e.state NOT IN ('closed', 'returned_to_bot', 'customer_gone', 'expired'));
  IF v_new THEN
    INSERT INTO escalations (organization_id, conversation_id, customer_id, state, reason, reasons, requested_at, queued_at)
    VALUES (v_org, p_thread.id, p_thread.customer_id, 'voicemail_taken', 'voicemail',
            jsonb_build_array(jsonb_build_object('reason', 'voicemail', 'text', v_body, 'at', now())),
            coalesce(p_thread.waiting_since, now()), now())
    RETURNING * INTO v_request;
  END IF;
  IF v_request.id IS NOT NULL THEN
    PERFORM event_add(v_org, CASE WHEN v_new THEN 'escalation.requested' ELSE 'escalation.updated' END, p_thread.id,
      p_thread.customer_id,
      jsonb_build_object('escalation_id', v_request.id, 'conversation_id', p_thread.id, 'customer_id', p_thread.customer_id,
                         'state', v_request.state, 'reason', v_request.reason, 'reason_text', v_request.reason_text,
                         'due_at', v_request.due_at));
    IF p_thread.state = 'closed' THEN -- the call was over first, and nothing seemed to be owed
      UPDATE conversations c SET state = 'open', closed_at = NULL, closed_by = NULL, updated_at = now()
       WHERE c.organization_id = v_org AND c.id = p_thread.id RETURNING * INTO p_thread;
      PERFORM conversation_opened(v_org, p_thread);
    END IF;
  END IF;
END $$;

-- A document of the stage that was served last has been played to its end (or failed): where that is the end of the stage.
CREATE OR REPLACE FUNCTION call_played(INOUT p_leg call_sessions, p_thread conversations, p_door text, p_told jsonb)
LANGUAGE plpgsql AS $$
DECLARE
  v_last boolean := coalesce((p_told ->> 'd')::bigint = p_leg.document_number, false)
                    AND p_leg.served_number = p_leg.stage_number;
BEGIN
  IF p_leg.stage = 'bridge' AND ((p_door IN ('stream-end', 'next') AND v_last) OR p_door = 'fallback') THEN
    UPDATE call_sessions s SET bridge_failures = s.bridge_failures + 1
     WHERE s.organization_id = p_leg.organization_id AND s.id = p_leg.id RETURNING * INTO STRICT p_leg;
    p_leg := call_stage(p_leg, p_thread, 'builtin', false);
  ELSIF p_leg.stage = 'voicemail' AND p_door IN ('voicemail', 'next') AND v_last THEN
    UPDATE call_sessions s SET end_reason = CASE WHEN s.recording_sid IS NULL THEN 'no_message' ELSE 'voicemail' END
     WHERE s.organization_id = p_leg.organization_id AND s.id = p_leg.id RETURNING * INTO STRICT p_leg;
    p_leg := call_stage(p_leg, p_thread, 'ended', false);
  ELSIF p_leg.stage = 'native' AND p_door <> 'stream' THEN -- our document is asked for: it is ours to speak now
    p_leg := call_stage(p_leg, p_thread, 'builtin', false);
  END IF;
END $$;

-- A request of the carrier about a leg: p_call from its URL, p_sid its CallSid (either may be missing), p_account and
-- p_expected who signed. p_told: what it tells, by our names; `d` the document that it proves; `document` whether it is
-- answered with one; and what a document may need (agent, key, stream_hash). outcome: ok | unknown (nobody's, or another
-- store's: nothing changed).
CREATE OR REPLACE FUNCTION call_hook(p_door text, p_call uuid, p_sid text, p_account text, p_expected uuid, p_told jsonb)
RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  v_org uuid := coalesce(call_organization(p_call), CASE WHEN p_call IS NULL THEN call_sid_organization(p_account, p_sid) END);
  v_leg call_sessions;
  v_thread conversations;
  v_turn jsonb;
  v_more jsonb;
BEGIN
  IF v_org IS NULL OR (p_expected IS NOT NULL AND p_expected <> v_org) THEN
    RETURN '{"outcome": "unknown"}';
  END IF;
  PERFORM set_config('app.current_organization_id', v_org::text, true);
  IF p_call IS NOT NULL THEN
    SELECT * INTO v_leg FROM call_sessions s WHERE s.organization_id = v_org AND s.id = p_call;
  ELSE
    SELECT * INTO v_leg FROM call_sessions s WHERE s.organization_id = v_org AND s.twilio_call_sid = p_sid;
  END IF;
  v_thread := thread_lock(v_org, v_leg.conversation_id);
  SELECT * INTO STRICT v_leg FROM call_sessions s WHERE s.organization_id = v_org AND s.id = v_leg.id FOR UPDATE;
  IF p_sid <> v_leg.twilio_call_sid AND p_door NOT IN ('conference', 'transcription') THEN
    RETURN '{"outcome": "unknown"}';
  ELSIF v_leg.twilio_call_sid IS NULL AND p_sid IS NOT NULL THEN -- one that we placed: the answer that named it is not here yet
    UPDATE call_sessions s SET twilio_call_sid = p_sid
     WHERE s.organization_id = v_org AND s.id = v_leg.id RETURNING * INTO v_leg;
  END IF;
  IF NOT v_leg.vouched THEN -- ElevenLabs said so, and now the carrier does
    UPDATE call_sessions s SET vouched = true WHERE s.organization_id = v_org AND s.id = v_leg.id RETURNING * INTO v_leg;
  END IF;
  IF p_told ? 'd' THEN
    PERFORM call_lines_ended(v_thread, (p_told ->> 'd')::bigint, 'delivered');
    IF v_leg.heard_number < v_leg.served_number AND (p_told ->> 'd')::bigint = v_leg.document_number THEN
      UPDATE call_sessions s SET heard_number = s.served_number
       WHERE s.organization_id = v_org AND s.id = v_leg.id RETURNING * INTO v_leg;
    END IF;
  END IF;
  v_leg := call_state(v_leg, v_thread, p_told);
  v_thread := call_thread(v_thread);
  IF v_leg.leg = 'staff' OR p_door IN ('conference', 'transcription', 'dial') THEN
    v_more := call_staff_hook(p_door, v_leg, v_thread, p_told);
  ELSIF v_leg.call_direction = 'outbound' AND (v_leg.stage = 'ringing' OR p_door = 'status') THEN
    v_more := call_out_hook(p_door, v_leg, v_thread, p_told);
  ELSIF p_door = 'gather' THEN
    v_leg := call_gathered(v_leg, v_thread, p_told);
  ELSIF p_door = 'stream' AND v_leg.stage = 'bridge' THEN
    UPDATE call_sessions s SET stream_sid = coalesce(p_told ->> 'stream_sid', s.stream_sid)
     WHERE s.organization_id = v_org AND s.id = v_leg.id RETURNING * INTO v_leg;
  ELSIF p_door IN ('voicemail', 'recording') THEN
    v_leg := call_recorded(v_leg, v_thread, p_told);
  END IF;
  IF v_more IS NOT NULL THEN
    SELECT * INTO v_leg FROM call_sessions s WHERE s.organization_id = v_org AND s.id = v_leg.id;
  END IF;
  v_thread := call_thread(v_thread);
  IF NOT (p_told ->> 'document')::boolean THEN
    RETURN call_facts(v_leg, v_thread) || coalesce(v_more, '{}');
  ELSIF v_leg.leg = 'staff' THEN
    RETURN call_staff_document(v_leg, v_thread) || coalesce(v_more, '{}');
  END IF;
  IF p_door = 'dial' AND v_leg.stage <> 'conference' THEN
    -- the carrier asks this of a leg that it is bringing elsewhere, at the same moment, and throws the answer away (twilio.md
    -- 8.6): so no document is spent on it
    RETURN call_facts(v_leg, v_thread) || jsonb_build_object('document', v_leg.document_number, 'goes_on', true);
  END IF;
  IF v_leg.stage = 'ringing' THEN
    v_leg := call_stage(v_leg, v_thread, call_agent_stage(v_leg, p_told), false);
  ELSE
    v_leg := call_played(v_leg, v_thread, p_door, p_told);
  END IF;
  v_turn := CASE WHEN v_leg.stage = 'builtin' THEN call_turn(v_leg, v_thread) END;
  IF v_turn IS NOT NULL THEN -- the document is call_answer's
    RETURN call_facts(v_leg, v_thread) || jsonb_build_object('turn', v_turn);
  END IF;
  RETURN call_document(v_leg, v_thread, p_told) || coalesce(v_more, '{}');
END $$;

-- ---- a call that comes in ----

-- What the caller hears first, before anybody speaks with them: the store's own greeting or ours, what must be said before
-- anything is kept of a call (in both languages while the caller's is not known), and how to get the other language.
-- p_words: hello, other, ask, each {en, fr}; {store} is filled in.
CREATE OR REPLACE FUNCTION call_greeting(p_leg call_sessions, p_thread conversations, p_words jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_store organizations;
  v_mine text := call_language(p_thread);
  v_other text := CASE call_language(p_thread) WHEN 'fr' THEN 'en' ELSE 'fr' END;
  v_both boolean := p_thread.language IS NULL;
  v_own text;
  v_consent jsonb;
  v_line text;
BEGIN
  SELECT * INTO v_store FROM organizations o WHERE o.id = p_leg.organization_id;
  v_own := CASE v_mine WHEN 'fr' THEN v_store.call_greeting_fr ELSE v_store.call_greeting_en END;
  v_consent := jsonb_build_object('en', v_store.consent_line_en, 'fr', v_store.consent_line_fr);
  v_line := concat_ws(' ', coalesce(v_own, CASE p_leg.stage WHEN 'builtin' THEN p_words -> 'hello' ->> v_mine END),
                      v_consent ->> v_mine);
  IF v_line <> '' THEN
    PERFORM call_line(p_thread, p_leg, 'system', NULL, 'notice', replace(v_line, '{store}', v_store.name), v_mine, false);
  END IF;
  v_line := concat_ws(' ', CASE WHEN v_both THEN v_consent ->> v_other END,
                      CASE WHEN v_both AND p_leg.stage = 'builtin' THEN p_words -> 'other' ->> v_other END);
  IF v_line <> '' THEN
    PERFORM call_line(p_thread, p_leg, 'system', NULL, 'notice', replace(v_line, '{store}', v_store.name), v_other, false);
  END IF;
  IF p_leg.stage = 'builtin' AND p_words -> 'ask' ? v_mine THEN
    PERFORM call_line(p_thread, p_leg, 'system', NULL, 'notice', p_words -> 'ask' ->> v_mine, v_mine, false);
  END IF;
  IF v_consent ->> v_mine IS NOT NULL THEN
    UPDATE call_sessions s SET recording = 'announced', recording_words = v_consent ->> v_mine, recording_at = now()
     WHERE s.organization_id = p_leg.organization_id AND s.id = p_leg.id;
  END IF;
END $$;

-- POST /api/webhooks/twilio/voice: the call with this SID, begun if it is not there. p_sender as in text_in; p_told as in
-- call_hook, and `words` for the greeting, `attestation`. outcome: ok | nobody (the number is no active store's).
CREATE OR REPLACE FUNCTION call_in(p_door text, p_to text, p_from text, p_sender text, p_sid text, p_account text,
                                   p_expected uuid, p_told jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  v_org uuid := organization_by_number(p_to);
  v_known boolean;
  v_thread conversations;
  v_leg call_sessions;
  v_customer uuid;
  v_new boolean := false;
  v_language text;
BEGIN
  IF v_org IS NULL OR (p_expected IS NOT NULL AND p_expected <> v_org) THEN
    RETURN '{"outcome": "nobody"}';
  END IF;
  PERFORM set_config('app.current_organization_id', v_org::text, true);
  v_known := EXISTS (SELECT FROM call_sessions s WHERE s.organization_id = v_org AND s.twilio_call_sid = p_sid);
  IF NOT v_known THEN
    IF p_sender = 'e164' THEN
      INSERT INTO customers (organization_id, phone_number) VALUES (v_org, p_from)
      ON CONFLICT (organization_id, phone_number) DO NOTHING RETURNING id INTO v_customer;
      v_new := v_customer IS NOT NULL;
      IF NOT v_new THEN
        SELECT k.id, CASE WHEN k.language_chosen THEN k.preferred_language END INTO v_customer, v_language
          FROM customers k WHERE k.organization_id = v_org AND k.phone_number = p_from;
      END IF;
    END IF;
    INSERT INTO conversations (organization_id, customer_id, channel, peer, store_number, language, language_chosen,
                               last_message_at, greeted_at, twilio_call_sid)
    VALUES (v_org, v_customer, 'voice', CASE WHEN p_sender = 'withheld' THEN 'withheld:' || p_sid ELSE p_from END, p_to,
            v_language, v_language IS NOT NULL, now(), now(), p_sid)
    ON CONFLICT (organization_id, twilio_call_sid) WHERE twilio_call_sid IS NOT NULL DO NOTHING RETURNING * INTO v_thread;
    v_known := v_thread.id IS NULL; -- another delivery was quicker
  END IF;
  IF v_known THEN
    RETURN call_hook(p_door, NULL, p_sid, p_account, p_expected, p_told);
  END IF;
  INSERT INTO call_sessions (organization_id, conversation_id, twilio_call_sid, call_direction, stage, from_number, to_number,
                             attestation, room)
  VALUES (v_org, v_thread.id, p_sid, 'inbound', 'ringing', p_from, p_to, p_told ->> 'attestation',
          replace(gen_random_uuid()::text, '-', ''))
  RETURNING * INTO v_leg;
  IF v_new THEN
    PERFORM event_add(v_org, 'customer.created', v_thread.id, v_customer,
      jsonb_build_object('customer_id', v_customer, 'phone_number', p_from));
  END IF;
  PERFORM conversation_opened(v_org, v_thread);
  UPDATE call_sessions s SET stage = call_agent_stage(v_leg, p_told), mode = call_agent_stage(v_leg, p_told)
   WHERE s.organization_id = v_org AND s.id = v_leg.id RETURNING * INTO v_leg;
  PERFORM call_told('call.started', v_leg, v_thread);
  PERFORM call_greeting(v_leg, v_thread, p_told -> 'words');
  RETURN call_document(v_leg, call_thread(v_thread), p_told);
END $$;

DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['call_gathered(call_sessions, conversations, jsonb)', 'call_recorded(call_sessions, conversations, jsonb)',
    'call_played(call_sessions, conversations, text, jsonb)', 'call_hook(text, uuid, text, text, uuid, jsonb)',
    'call_greeting(call_sessions, conversations, jsonb)', 'call_in(text, text, text, text, text, text, uuid, jsonb)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO switchback_service', f);
  END LOOP;
END $$;
