-- call_said: what was said on a bridged call, as the scribe (server/voice/scribe) hears it, and as ElevenLabs remembers it
-- afterwards. A line is known by its key, el:CONVERSATION:EVENT:WHO+ORDINAL (their conversation, their event, c or a, the
-- how-manieth of that event): the same again changes nothing, whoever tells it.

-- Until when what an agent of that epoch said counts: NULL, it is still the agent's. What was heard before the thread changed
-- hands was said, however late it is told here.
CREATE OR REPLACE FUNCTION call_said_until(p_thread conversations, p_epoch bigint) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN p_thread.epoch <> p_epoch THEN
    coalesce((SELECT min(m.created_at) FROM messages m WHERE m.organization_id = p_thread.organization_id
                 AND m.conversation_id = p_thread.id AND m.kind = 'marker' AND m.epoch > p_epoch), p_thread.holder_since) END
$$;

-- One line, in its place. False: it was there already.
CREATE OR REPLACE FUNCTION call_said_line(p_thread conversations, p_key text, p_author text, p_body text, p_language text,
                                          p_epoch bigint, p_at timestamptz) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  v_message messages := call_message(p_thread, p_author, NULL, 'text', p_body, p_language, p_key,
    CASE p_author WHEN 'customer' THEN 'received' ELSE 'delivered' END, NULL);
BEGIN
  IF v_message.id IS NULL THEN
    RETURN false;
  END IF;
  IF p_at < now() - interval '1 second' OR v_message.epoch <> p_epoch THEN
    UPDATE messages m SET created_at = p_at, epoch = CASE WHEN m.author <> 'customer' THEN p_epoch END
     WHERE m.organization_id = p_thread.organization_id AND m.id = v_message.id;
  END IF;
  IF p_author = 'customer' THEN
    PERFORM event_add(p_thread.organization_id, 'message.received', p_thread.id, p_thread.customer_id,
      jsonb_build_object('message_id', v_message.id, 'conversation_id', p_thread.id, 'customer_id', p_thread.customer_id,
                         'position', v_message.position, 'channel', 'voice', 'from', p_thread.peer,
                         'to', p_thread.store_number, 'body', p_body, 'media_n', 0, 'keyword', NULL));
  ELSE
    -- what was said before it is answered; who waits for a person goes on waiting
    UPDATE conversations c
       SET answered_position = v_message.position, greeted_at = coalesce(c.greeted_at, now()),
           waiting_since = CASE WHEN EXISTS (SELECT FROM escalations e WHERE e.organization_id = c.organization_id
              AND e.conversation_id = c.id AND e.state IN ('requested', 'queued', 'claimed', 'connecting')) THEN c.waiting_since END
     WHERE c.organization_id = p_thread.organization_id AND c.id = p_thread.id;
    PERFORM event_add(p_thread.organization_id, 'message.said', p_thread.id, p_thread.customer_id,
      jsonb_build_object('message_id', v_message.id, 'conversation_id', p_thread.id, 'customer_id', p_thread.customer_id,
                         'position', v_message.position, 'author', p_author, 'body', p_body, 'language', p_language,
                         'epoch', p_epoch));
  END IF;
  RETURN true;
END $$;

-- The agent was interrupted: its line is what was spoken of it. Only a later correction replaces an earlier one.
CREATE OR REPLACE FUNCTION call_said_corrected(p_thread conversations, p_key text, p_body text, p_number int) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  v_message messages;
BEGIN
  UPDATE messages m
     SET body = p_body, provider_params = coalesce(m.provider_params, '{}') || jsonb_build_object('correction', p_number),
         updated_at = now()
   WHERE m.organization_id = p_thread.organization_id AND m.conversation_id = p_thread.id AND m.spoken_key = p_key
     AND coalesce((m.provider_params ->> 'correction')::int, 0) < p_number
  RETURNING * INTO v_message;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM event_add(p_thread.organization_id, 'message.corrected', p_thread.id, p_thread.customer_id,
    jsonb_build_object('message_id', v_message.id, 'conversation_id', p_thread.id, 'customer_id', p_thread.customer_id,
                       'position', v_message.position, 'body', p_body));
  RETURN true;
END $$;

-- What the scribe of one stream has to tell, in order; all of it or nothing, and again without harm. Each of p_told is one of
--   {"began": CONVERSATION}                  their conversation began: until "over", jobs/call_transcript looks after it
--   {"key", "who": customer|agent, "body", "language", "ago_ms"}
--   {"key", "body", "correction": 1, 2, ...} of an agent's line
--   {"redact": {KEY: BODY}}                  a card number began in those lines
--   {"over": CONVERSATION}                   all that was said in it has been told
CREATE OR REPLACE FUNCTION call_said(p_organization uuid, p_conversation uuid, p_call uuid, p_epoch bigint, p_told jsonb,
                                     OUT kept int, OUT corrected int, OUT refused int)
LANGUAGE plpgsql AS $$
DECLARE
  v_thread conversations;
  v_until timestamptz;
  v_one jsonb;
  v_at timestamptz;
  v_language text;
BEGIN
  PERFORM set_config('app.current_organization_id', p_organization::text, true);
  SELECT * INTO STRICT v_thread FROM conversations c
   WHERE c.organization_id = p_organization AND c.id = p_conversation FOR UPDATE;
  v_until := call_said_until(v_thread, p_epoch);
  kept := 0;
  corrected := 0;
  refused := 0;
  FOR v_one IN SELECT value FROM jsonb_array_elements(p_told) LOOP
    IF v_one ? 'began' THEN
      INSERT INTO provider_events (organization_id, provider, kind, event_key, payload)
      VALUES (p_organization, 'elevenlabs', 'conversation_began', 'began:' || (v_one ->> 'began'),
              jsonb_build_object('conversation', p_conversation, 'call', p_call, 'epoch', p_epoch, 'name', v_one ->> 'began'))
      ON CONFLICT (organization_id, provider, event_key) DO NOTHING;
      IF FOUND THEN
        UPDATE conversations c SET elevenlabs_conversation_id = v_one ->> 'began', updated_at = now()
         WHERE c.organization_id = p_organization AND c.id = p_conversation;
        PERFORM work_add(p_organization, 'call_transcript', e.id, now() + interval '1 minute') FROM provider_events e
          WHERE e.organization_id = p_organization AND e.provider = 'elevenlabs' AND e.event_key = 'began:' || (v_one ->> 'began');
      END IF;
    ELSIF v_one ? 'over' THEN
      DELETE FROM due_work w USING provider_events e
       WHERE e.organization_id = p_organization AND e.provider = 'elevenlabs' AND e.event_key = 'began:' || (v_one ->> 'over')
         AND w.organization_id = p_organization AND w.kind = 'call_transcript' AND w.ref = e.id;
    ELSIF v_one ? 'redact' THEN
      PERFORM message_redact(p_organization, p_conversation, r.bodies)
         FROM (SELECT jsonb_object_agg(m.id, v_one -> 'redact' -> m.spoken_key) AS bodies FROM messages m
                WHERE m.organization_id = p_organization AND m.conversation_id = p_conversation
                  AND m.spoken_key IN (SELECT jsonb_object_keys(v_one -> 'redact'))) r
        WHERE r.bodies IS NOT NULL;
    ELSIF v_one ? 'correction' THEN
      corrected := corrected + call_said_corrected(v_thread, v_one ->> 'key', v_one ->> 'body', (v_one ->> 'correction')::int)::int;
    ELSE
      v_at := now() - (v_one ->> 'ago_ms')::bigint * interval '1 millisecond';
      IF v_one ->> 'who' = 'agent' AND v_at > v_until THEN
        refused := refused + 1;
        CONTINUE;
      END IF;
      IF call_said_line(v_thread, v_one ->> 'key', v_one ->> 'who', v_one ->> 'body', v_one ->> 'language', p_epoch, v_at) THEN
        kept := kept + 1;
        v_language := CASE v_one ->> 'who' WHEN 'agent' THEN coalesce(v_one ->> 'language', v_language) ELSE v_language END;
      END IF;
    END IF;
  END LOOP;
  -- the agent follows the caller's language; so does the thread, unless the customer has chosen one
  IF v_until IS NULL AND v_language IS NOT NULL AND v_language IS DISTINCT FROM v_thread.language AND NOT v_thread.language_chosen THEN
    UPDATE conversations c SET language = v_language, updated_at = now()
     WHERE c.organization_id = p_organization AND c.id = p_conversation RETURNING * INTO v_thread;
    PERFORM conversation_updated(p_organization, v_thread);
  END IF;
END $$;

-- A customer's text while the same number is on a call with the agent: it goes into that call too. The bridge hears of it by
-- its event, the built-in voice by its place among what was said. True: there is such a call.
CREATE OR REPLACE FUNCTION call_text_in(p_organization uuid, p_peer text, p_customer uuid, p_sid text, p_body text, p_media int)
RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  v_thread conversations;
  v_message uuid;
BEGIN
  SELECT c.* INTO v_thread FROM conversations c
   WHERE c.organization_id = p_organization AND c.peer = p_peer AND c.channel = 'voice' AND c.state = 'open'
     AND c.customer_id = p_customer AND c.holder = 'agent'
     AND EXISTS (SELECT FROM call_sessions s WHERE s.organization_id = p_organization AND s.conversation_id = c.id
                    AND s.leg = 'customer' AND s.stage IN ('bridge', 'builtin'))
   ORDER BY c.opened_at DESC LIMIT 1 FOR UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE conversations c
     SET last_position = c.last_position + 1, last_message_at = now(), last_customer_at = now(),
         waiting_since = coalesce(c.waiting_since, now()), updated_at = now()
   WHERE c.organization_id = p_organization AND c.id = v_thread.id RETURNING * INTO v_thread;
  INSERT INTO messages (organization_id, conversation_id, position, direction, author, channel, kind, body, status, media_n, spoken_key)
  VALUES (p_organization, v_thread.id, v_thread.last_position, 'in', 'customer', 'sms', 'text', p_body, 'received', p_media,
          'sms:' || p_sid) RETURNING id INTO v_message;
  PERFORM event_add(p_organization, 'message.received', v_thread.id, v_thread.customer_id,
    jsonb_build_object('message_id', v_message, 'conversation_id', v_thread.id, 'customer_id', v_thread.customer_id,
                       'position', v_thread.last_position, 'channel', 'sms', 'from', p_peer, 'to', v_thread.store_number,
                       'body', p_body, 'media_n', p_media, 'keyword', NULL));
  RETURN true;
END $$;

DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['call_said_until(conversations, bigint)',
    'call_said_line(conversations, text, text, text, text, bigint, timestamptz)',
    'call_said_corrected(conversations, text, text, int)', 'call_said(uuid, uuid, uuid, bigint, jsonb)',
    'call_text_in(uuid, text, uuid, text, text, int)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO switchback_service', f);
  END LOOP;
END $$;
