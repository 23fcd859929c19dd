-- call_leg: a leg of a call and what is said on it (docs/calls.md): stage, lines, documents. Used by whatever moves a call;
-- each of these wants the conversation's lock, and locks nothing else but the leg.

-- 0 not begun, 1 ringing, 2 talking, 3 over. The carrier's words: twilio.md 6.1.
CREATE OR REPLACE FUNCTION call_rank(p_state text) RETURNS int
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_state WHEN 'queued' THEN 0 WHEN 'ringing' THEN 1 WHEN 'in_progress' THEN 2 ELSE 3 END
$$;

-- call.started, call.updated, call.ended: the leg as it is now, the same fields in each.
CREATE OR REPLACE FUNCTION call_told(p_type text, p_leg call_sessions, p_thread conversations) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM event_add(p_leg.organization_id, p_type, p_leg.conversation_id, p_thread.customer_id,
    jsonb_build_object('call_id', p_leg.id, 'conversation_id', p_leg.conversation_id, 'customer_id', p_thread.customer_id,
      'leg', p_leg.leg, 'call_direction', p_leg.call_direction, 'from', p_leg.from_number, 'to', p_leg.to_number,
      'mode', p_leg.mode, 'stage', p_leg.stage, 'state', p_leg.state, 'live_transcript', call_transcribed(p_leg), 'on_hold', p_leg.on_hold, 'muted', p_leg.muted,
      'user_id', p_leg.user_id, 'user_name', staff_name(p_leg.organization_id, p_leg.user_id),
      'started_at', p_leg.started_at, 'answered_at', p_leg.answered_at, 'ended_at', p_leg.ended_at,
      'end_reason', p_leg.end_reason, 'duration_seconds', p_leg.duration_seconds));
END $$;

-- The leg gets another stage. p_steer: it must be brought there by the carrier's REST API, because nobody is just fetching
-- its next document (jobs/call_steer). A bridge is closed by its process, and then the carrier asks by itself: only after a
-- second is it moved (ended at once). The same stage again changes nothing.
CREATE OR REPLACE FUNCTION call_stage(INOUT p_leg call_sessions, p_thread conversations, p_stage text, p_steer boolean)
LANGUAGE plpgsql AS $$
DECLARE
  v_due timestamptz := now() + CASE WHEN p_leg.stage = 'bridge' AND p_stage <> 'ended' THEN interval '1 second' ELSE interval '0' END;
BEGIN
  IF p_leg.stage = p_stage OR p_leg.stage = 'ended' THEN
    RETURN;
  END IF;
  UPDATE call_sessions s SET stage = p_stage, stage_number = s.stage_number + 1, misses = 0,
                             mode = coalesce(s.mode, CASE WHEN p_stage IN ('bridge', 'builtin', 'native') THEN p_stage END)
   WHERE s.organization_id = p_leg.organization_id AND s.id = p_leg.id RETURNING * INTO STRICT p_leg;
  IF p_steer THEN
    PERFORM work_add(p_leg.organization_id, 'call_steer', p_leg.id, v_due);
  END IF;
  PERFORM call_told('call.updated', p_leg, p_thread);
END $$;

-- The stage in which our agent speaks: the bridge, where the store has an agent there and the bridge of this call has not
-- failed. p_told: what the service has of its own, `agent` (and its key), `key` (for a store's own agent).
CREATE OR REPLACE FUNCTION call_agent_stage(p_leg call_sessions, p_told jsonb) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN o.voice_engine = 'elevenlabs' AND p_leg.bridge_failures = 0
               AND CASE WHEN coalesce(n.elevenlabs_agent_id, o.elevenlabs_agent_id) IS NOT NULL
                        THEN o.elevenlabs_api_key_sealed IS NOT NULL OR (p_told ->> 'key')::boolean
                        ELSE (p_told ->> 'agent')::boolean END
              THEN 'bridge' ELSE 'builtin' END
    FROM organizations o
    LEFT JOIN organization_phone_numbers n ON n.organization_id = o.id
     AND n.phone_number = CASE p_leg.call_direction WHEN 'inbound' THEN p_leg.to_number ELSE p_leg.from_number END
   WHERE o.id = p_leg.organization_id
$$;

-- ---- what is said ----

-- The thread as it is now: what follows a change of it must not go by an older copy.
CREATE OR REPLACE FUNCTION call_thread(p_thread conversations) RETURNS conversations
LANGUAGE sql STABLE AS $$
  SELECT * FROM conversations c WHERE c.organization_id = p_thread.organization_id AND c.id = p_thread.id
$$;

-- One message of a call, in its place. p_key: what it is called where it was said; the same again is kept once, and an empty
-- row comes back. No event: who writes it tells.
CREATE OR REPLACE FUNCTION call_message(p_thread conversations, p_author text, p_user uuid, p_kind text, p_body text,
    p_language text, p_key text, p_status text, p_params jsonb) RETURNS messages
LANGUAGE plpgsql AS $$
DECLARE
  v_position bigint;
  v_message messages;
BEGIN
  IF p_key IS NOT NULL AND EXISTS (SELECT FROM messages m WHERE m.organization_id = p_thread.organization_id
        AND m.conversation_id = p_thread.id AND m.spoken_key = p_key) THEN
    RETURN v_message;
  END IF;
  UPDATE conversations c
     SET last_position = c.last_position + 1, last_message_at = now(), updated_at = now(),
         last_customer_at = CASE p_author WHEN 'customer' THEN now() ELSE c.last_customer_at END,
         waiting_since = CASE p_author WHEN 'customer' THEN coalesce(c.waiting_since, now()) ELSE c.waiting_since END
   WHERE c.organization_id = p_thread.organization_id AND c.id = p_thread.id RETURNING c.last_position INTO STRICT v_position;
  INSERT INTO messages (organization_id, conversation_id, position, direction, author, author_user_id, channel, kind, body,
                        language, status, status_rank, epoch, spoken_key, provider_params)
  VALUES (p_thread.organization_id, p_thread.id, v_position, CASE p_author WHEN 'customer' THEN 'in' ELSE 'out' END,
          p_author, p_user, 'voice', p_kind, p_body, p_language, p_status,
          CASE p_status WHEN 'queued' THEN 10 WHEN 'delivered' THEN 40 END,
          CASE p_author WHEN 'customer' THEN NULL ELSE p_thread.epoch END, p_key, p_params)
  RETURNING * INTO v_message;
  RETURN v_message;
END $$;

-- The caller said something, or pressed a key (p_keyword names what it asks for; the body is the key). Kept once: NULL when
-- it was there already.
CREATE OR REPLACE FUNCTION call_heard(p_thread conversations, p_body text, p_keyword text, p_key text, p_params jsonb)
RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
  v_message messages := call_message(p_thread, 'customer', NULL, CASE WHEN p_keyword IS NULL THEN 'text' ELSE 'keyword' END,
                                     p_body, NULL, p_key, 'received', p_params);
BEGIN
  IF v_message.id IS NOT NULL THEN
    PERFORM event_add(p_thread.organization_id, 'message.received', p_thread.id, p_thread.customer_id,
      jsonb_build_object('message_id', v_message.id, 'conversation_id', p_thread.id, 'customer_id', p_thread.customer_id,
                         'position', v_message.position, 'channel', 'voice', 'from', p_thread.peer,
                         'to', p_thread.store_number, 'body', p_body, 'media_n', 0, 'keyword', p_keyword));
  END IF;
  RETURN v_message.id;
END $$;

-- A line for the caller's ear, spoken by the next document. kind `text` is fenced by the epoch it is written under, `notice`
-- is valid by itself. p_steer: as in call_stage.
CREATE OR REPLACE FUNCTION call_line(p_thread conversations, p_leg call_sessions, p_author text, p_user uuid, p_kind text,
                                     p_body text, p_language text, p_steer boolean) RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
  v_message messages := call_message(p_thread, p_author, p_user, p_kind, p_body, p_language, NULL, 'queued', NULL);
BEGIN
  IF p_steer THEN
    PERFORM work_add(p_leg.organization_id, 'call_steer', p_leg.id, now());
  END IF;
  PERFORM event_add(p_thread.organization_id, 'message.queued', p_thread.id, p_thread.customer_id,
    jsonb_build_object('message_id', v_message.id, 'conversation_id', p_thread.id, 'customer_id', p_thread.customer_id,
                       'position', v_message.position, 'author', p_author, 'author_user_id', p_user,
                       'author_name', CASE WHEN p_user IS NOT NULL THEN staff_name(p_thread.organization_id, p_user) END,
                       'kind', CASE p_kind WHEN 'text' THEN 'reply' ELSE p_kind END, 'body', p_body, 'language', p_language,
                       'epoch', p_thread.epoch, 'status', 'queued'));
  RETURN v_message.id;
END $$;

-- Lines that were to be spoken have come to an end: spoken (of that document) or superseded.
CREATE OR REPLACE FUNCTION call_lines_ended(p_thread conversations, p_document bigint, p_status text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_message uuid;
BEGIN
  FOR v_message IN
    UPDATE messages m SET status = p_status, status_rank = 40, updated_at = now()
     WHERE m.organization_id = p_thread.organization_id AND m.conversation_id = p_thread.id
       AND m.position > p_thread.last_position - 50 AND m.channel = 'voice' AND m.status IN ('queued', 'sending')
       AND CASE WHEN p_document IS NOT NULL THEN m.spoken_document = p_document
                ELSE p_thread.state <> 'open' OR (m.kind = 'text' AND m.epoch <> p_thread.epoch) END
    RETURNING m.id
  LOOP
    PERFORM event_add(p_thread.organization_id, 'message.status', p_thread.id, p_thread.customer_id,
      jsonb_build_object('message_id', v_message, 'conversation_id', p_thread.id, 'customer_id', p_thread.customer_id,
                         'status', p_status, 'error_code', NULL, 'error_text_en', NULL, 'error_text_fr', NULL,
                         'twilio_message_sid', NULL));
  END LOOP;
END $$;

-- ---- documents ----

-- The language that is spoken to the caller now.
CREATE OR REPLACE FUNCTION call_language(p_thread conversations) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT coalesce(p_thread.language, k.preferred_language, o.default_language)::text
    FROM organizations o LEFT JOIN customers k ON k.organization_id = o.id AND k.id = p_thread.customer_id
   WHERE o.id = p_thread.organization_id
$$;

-- What stays the same in each answer about a leg.
CREATE OR REPLACE FUNCTION call_facts(p_leg call_sessions, p_thread conversations) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('outcome', 'ok', 'organization', p_leg.organization_id, 'conversation', p_leg.conversation_id,
    'call', p_leg.id, 'leg', p_leg.leg, 'call_direction', p_leg.call_direction, 'sid', p_leg.twilio_call_sid,
    'stage', p_leg.stage, 'stage_number', p_leg.stage_number, 'epoch', p_thread.epoch, 'holder', p_thread.holder,
    'holder_name', staff_name(p_leg.organization_id, p_thread.holder_user_id),
    'language', call_language(p_thread), 'language_chosen', p_thread.language_chosen,
    'store_name', o.name, 'store_number', p_thread.store_number, 'fallback_number', n.fallback_number,
    'reachable', p_thread.peer ~ '^\+[1-9][0-9]{6,14}$', 'misses', p_leg.misses, 'bridge_failures', p_leg.bridge_failures,
    'on_hold', p_leg.on_hold, 'muted', p_leg.muted, 'room', p_leg.room,
    'recording', p_leg.recording IN ('announced', 'accepted'), 'transcribe', o.transcribe_staff, 'transcribing', p_leg.transcription_sid IS NOT NULL,
    'awaited', EXISTS (SELECT FROM escalations e WHERE e.organization_id = p_leg.organization_id
                          AND e.conversation_id = p_leg.conversation_id
                          AND e.state IN ('requested', 'queued', 'claimed', 'connecting')),
    'waiting', p_thread.waiting_since IS NOT NULL, 'over', call_rank(p_leg.state) = 3,
    'message_taken', p_leg.recording_sid IS NOT NULL)
    FROM organizations o
    LEFT JOIN organization_phone_numbers n ON n.organization_id = o.id AND n.phone_number = p_thread.store_number
   WHERE o.id = p_leg.organization_id
$$;

-- The next document of the customer's leg: its number, and the lines that it speaks.
CREATE OR REPLACE FUNCTION call_document(p_leg call_sessions, p_thread conversations, p_told jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  v_lines jsonb;
BEGIN
  PERFORM call_lines_ended(p_thread, NULL, 'superseded');
  UPDATE call_sessions s
     SET document_number = s.document_number + 1, document_at = now(), served_number = s.stage_number,
         stream_hash = CASE s.stage WHEN 'bridge' THEN decode(p_told ->> 'stream_hash', 'hex') END,
         stream_until = CASE s.stage WHEN 'bridge' THEN now() + interval '60 seconds' END,
         stream_sid = CASE s.stage WHEN 'bridge' THEN NULL ELSE s.stream_sid END
   WHERE s.organization_id = p_leg.organization_id AND s.id = p_leg.id RETURNING * INTO STRICT p_leg;
  WITH taken AS (
    UPDATE messages m SET spoken_document = p_leg.document_number, status = 'sending', status_rank = 20, updated_at = now()
     WHERE m.organization_id = p_leg.organization_id AND m.conversation_id = p_leg.conversation_id
       AND m.position > p_thread.last_position - 50 AND m.channel = 'voice' AND m.status IN ('queued', 'sending')
    RETURNING m.position, m.body, m.language)
  SELECT coalesce(jsonb_agg(jsonb_build_object('body', t.body, 'language', t.language) ORDER BY t.position), '[]')
    INTO v_lines FROM taken t;
  RETURN call_facts(p_leg, p_thread) || jsonb_build_object('document', p_leg.document_number, 'lines', v_lines,
    'arrived', p_leg.stage_number > 1 AND p_leg.heard_number < p_leg.stage_number);
END $$;

DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['call_rank(text)', 'call_told(text, call_sessions, conversations)',
    'call_stage(call_sessions, conversations, text, boolean)', 'call_agent_stage(call_sessions, jsonb)',
    'call_thread(conversations)', 'call_message(conversations, text, uuid, text, text, text, text, text, jsonb)',
    'call_heard(conversations, text, text, text, jsonb)',
    'call_line(conversations, call_sessions, text, uuid, text, text, text, boolean)',
    'call_lines_ended(conversations, bigint, text)', 'call_language(conversations)',
    'call_facts(call_sessions, conversations)', 'call_document(call_sessions, conversations, jsonb)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO switchback_service', f);
  END LOOP;
END $$;
