-- call_transcript: what was said on a bridged call and not written down, because the process that heard it is gone: read back
-- from ElevenLabs' own transcript when the call is over (jobs/call_transcript). The work's ref is the provider event that
-- call_said left when the conversation began; a scribe that could tell all has removed the work.

-- outcome: read (ask ElevenLabs for `name`) | later (the call goes on, or its scribe may still be at it) | over (nothing to do).
CREATE OR REPLACE FUNCTION call_transcript_begin(p_organization uuid, p_event uuid, p_lease uuid,
                                                 OUT outcome text, OUT name text, OUT key_sealed bytea)
LANGUAGE plpgsql AS $$
DECLARE
  v_event provider_events;
  v_leg call_sessions;
BEGIN
  PERFORM set_config('app.current_organization_id', p_organization::text, true);
  outcome := 'over';
  PERFORM FROM due_work w WHERE w.organization_id = p_organization AND w.kind = 'call_transcript' AND w.ref = p_event
     AND w.lease = p_lease;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  SELECT * INTO v_event FROM provider_events e WHERE e.organization_id = p_organization AND e.id = p_event;
  SELECT * INTO v_leg FROM call_sessions s
   WHERE s.organization_id = p_organization AND s.id = (v_event.payload ->> 'call')::uuid;
  IF v_leg.id IS NULL OR v_event.received_at < now() - interval '1 day' THEN
    PERFORM work_done(p_organization, 'call_transcript', p_event, p_lease);
  ELSIF v_leg.stage <> 'ended' THEN
    outcome := 'later';
    PERFORM work_later(p_organization, 'call_transcript', p_event, p_lease, now() + interval '1 minute');
  ELSIF v_leg.ended_at > now() - interval '20 seconds' THEN
    outcome := 'later';
    PERFORM work_later(p_organization, 'call_transcript', p_event, p_lease, v_leg.ended_at + interval '20 seconds');
  ELSE
    outcome := 'read';
    name := v_event.payload ->> 'name';
    SELECT o.elevenlabs_api_key_sealed INTO key_sealed FROM organizations o WHERE o.id = p_organization;
  END IF;
END $$;

-- p_lines: what was spoken, in order: {"key" (NULL where they name no event), "who", "body", "original", "language", "at_s"}.
-- A line that was heard (or a text that was said to the agent) is found by its words, else by its key; the first that is not
-- found yet. What is left was not written
-- down: it comes last in the thread, at the time when it was said. NULL: ask again later (they are still at it).
CREATE OR REPLACE FUNCTION call_transcript_keep(p_organization uuid, p_event uuid, p_lease uuid, p_lines jsonb, OUT added int)
LANGUAGE plpgsql AS $$
DECLARE
  v_event provider_events;
  v_thread conversations;
  v_name text;
  v_epoch bigint;
  v_until timestamptz;
  v_one jsonb;
  v_n bigint;
  v_author text;
  v_at timestamptz;
  v_line messages;
  v_key text;
  v_taken uuid[] := '{}';
BEGIN
  PERFORM set_config('app.current_organization_id', p_organization::text, true);
  added := 0;
  SELECT * INTO v_event FROM provider_events e WHERE e.organization_id = p_organization AND e.id = p_event;
  SELECT * INTO v_thread FROM conversations c
   WHERE c.organization_id = p_organization AND c.id = (v_event.payload ->> 'conversation')::uuid FOR UPDATE;
  PERFORM FROM due_work w WHERE w.organization_id = p_organization AND w.kind = 'call_transcript' AND w.ref = p_event
     AND w.lease = p_lease FOR UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF p_lines IS NULL THEN
    PERFORM work_later(p_organization, 'call_transcript', p_event, p_lease, now() + interval '1 minute');
    RETURN;
  END IF;
  v_name := v_event.payload ->> 'name';
  v_epoch := (v_event.payload ->> 'epoch')::bigint;
  v_until := call_said_until(v_thread, v_epoch);
  FOR v_one, v_n IN SELECT value, ordinality FROM jsonb_array_elements(p_lines) WITH ORDINALITY LOOP
    v_author := v_one ->> 'who';
    v_at := v_event.received_at + (v_one ->> 'at_s')::int * interval '1 second';
    SELECT * INTO v_line FROM messages m
     WHERE m.organization_id = p_organization AND m.conversation_id = v_thread.id AND m.author = v_author
       AND (m.spoken_key LIKE 'el:' || v_name || ':%' OR m.spoken_key LIKE 'sms:%') AND m.id <> ALL (v_taken)
       AND (m.body = v_one ->> 'body' OR m.body = v_one ->> 'original' OR m.spoken_key = v_one ->> 'key')
     ORDER BY m.body = v_one ->> 'body' DESC, m.body = v_one ->> 'original' DESC NULLS LAST, m.position LIMIT 1;
    IF FOUND THEN
      v_taken := v_taken || v_line.id;
      IF v_author = 'agent' AND v_line.body = v_one ->> 'original' AND v_line.body <> v_one ->> 'body' THEN
        PERFORM call_said_corrected(v_thread, v_line.spoken_key, v_one ->> 'body',
                                    coalesce((v_line.provider_params ->> 'correction')::int, 0) + 1);
      END IF;
    ELSIF v_author = 'customer' OR v_until IS NULL OR v_at <= v_until THEN
      -- a key that another line has, or none: its place in the transcript
      v_key := format('el:%s:t%s', v_name, v_n);
      IF v_one ->> 'key' IS NOT NULL AND NOT EXISTS (SELECT FROM messages m WHERE m.organization_id = p_organization
            AND m.conversation_id = v_thread.id AND m.spoken_key = v_one ->> 'key') THEN
        v_key := v_one ->> 'key';
      END IF;
      IF call_said_line(v_thread, v_key, v_author, v_one ->> 'body', v_one ->> 'language', v_epoch, v_at) THEN
        added := added + 1;
      END IF;
      SELECT v_taken || m.id INTO v_taken FROM messages m WHERE m.organization_id = p_organization
         AND m.conversation_id = v_thread.id AND m.spoken_key = v_key;
    END IF;
  END LOOP;
  -- words of the past: nobody waits for an answer to them, and the thread is not newer for them
  UPDATE conversations c
     SET waiting_since = v_thread.waiting_since, last_customer_at = v_thread.last_customer_at,
         last_message_at = v_thread.last_message_at,
         answered_position = CASE WHEN v_thread.answered_position = v_thread.last_position THEN c.last_position
                                  ELSE v_thread.answered_position END
   WHERE c.organization_id = p_organization AND c.id = v_thread.id AND added > 0;
  PERFORM work_done(p_organization, 'call_transcript', p_event, p_lease);
END $$;

DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['call_transcript_begin(uuid, uuid, uuid)', 'call_transcript_keep(uuid, uuid, uuid, jsonb)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO switchback_service', f);
  END LOOP;
END $$;
