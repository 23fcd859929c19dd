-- call_stream: the media stream of a bridged call: who may begin it, and the wish for a person that comes from it.

-- The organization of the leg whose stream shows this token: the token is the proof, so no account needs to be known.
CREATE OR REPLACE FUNCTION call_stream_organization(sid text, token_hash bytea) RETURNS uuid
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN (SELECT s.organization_id FROM public.call_sessions s
		WHERE s.twilio_call_sid = sid AND s.stream_hash = token_hash LIMIT 1);
END
$$;

-- A media stream has begun and shows its token: all that its conversation needs to know, in one answer. No row: refused.
-- The token (its SHA-256) is good once, for the stream that shows it first: the same stream may ask again, because an answer was
-- lost, or because it needs another conversation.
-- continued: the agent or a person has spoken on this call before, or we placed it and have said who calls and why; so nobody is
-- greeted a second time.
CREATE OR REPLACE FUNCTION call_stream_begin(p_sid text, p_stream_sid text, p_hash bytea)
RETURNS TABLE (organization uuid, conversation uuid, call uuid, customer uuid, epoch bigint, language text, store_language text,
               peer text, store_number text, agent text, key_sealed bytea, account text, continued boolean, last_event bigint,
               context jsonb)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_org uuid := call_stream_organization(p_sid, p_hash);
  v_leg call_sessions;
  v_thread conversations;
BEGIN
  IF v_org IS NULL THEN
    RETURN;
  END IF;
  PERFORM set_config('app.current_organization_id', v_org::text, true);
  SELECT * INTO v_leg FROM call_sessions s WHERE s.organization_id = v_org AND s.twilio_call_sid = p_sid;
  SELECT * INTO v_thread FROM conversations c WHERE c.organization_id = v_org AND c.id = v_leg.conversation_id FOR UPDATE;
  UPDATE call_sessions s SET stream_sid = p_stream_sid
   WHERE s.organization_id = v_org AND s.id = v_leg.id AND s.leg = 'customer' AND s.stage = 'bridge' AND s.stream_hash = p_hash
     AND (s.stream_sid = p_stream_sid OR (s.stream_sid IS NULL AND s.stream_until > now()))
     AND v_thread.holder = 'agent' AND v_thread.state = 'open'
  RETURNING * INTO v_leg;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  RETURN QUERY
  SELECT v_org, v_thread.id, v_leg.id, v_thread.customer_id, v_thread.epoch::bigint,
         coalesce(v_thread.language, k.preferred_language, o.default_language)::text, o.default_language::text,
         v_thread.peer::text, v_thread.store_number::text, coalesce(n.elevenlabs_agent_id, o.elevenlabs_agent_id),
         o.elevenlabs_api_key_sealed, o.twilio_account_sid,
         v_leg.call_direction = 'outbound'
         OR EXISTS (SELECT FROM messages m WHERE m.organization_id = v_org AND m.conversation_id = v_thread.id
                    AND m.author IN ('agent', 'staff') AND m.kind = 'text' AND m.status = 'delivered'),
         c.last_event::bigint, caller_context(v_org, v_thread.customer_id, v_thread.id)
    FROM organizations o
    JOIN organization_counters c ON c.organization_id = o.id
    LEFT JOIN organization_phone_numbers n ON n.organization_id = o.id AND n.phone_number = v_thread.store_number
    LEFT JOIN customers k ON k.organization_id = o.id AND k.id = v_thread.customer_id
   WHERE o.id = v_org;
END $$;

-- The caller wants a person while the bridge's agent speaks: a key (`key_zero`), or the agent's tool. Asked again it changes
-- nothing. p_due, p_say: when somebody would call back and the words for it, where nobody is here now.
-- outcome: asked (somebody is here) | promised (a call back) | voicemail (nobody is here and nobody can call back: the leg
-- goes there) | already (a person is asked for) | over (the agent does not speak here any more). due: of what is open now.
CREATE OR REPLACE FUNCTION call_stream_wish(p_organization uuid, p_call uuid, p_epoch bigint, p_reason text, p_text text,
    p_say text, p_due timestamptz, OUT outcome text, OUT due timestamptz)
LANGUAGE plpgsql AS $$
DECLARE
  v_leg call_sessions;
  v_thread conversations;
  v_open escalations;
BEGIN
  PERFORM set_config('app.current_organization_id', p_organization::text, true);
  SELECT * INTO v_leg FROM call_sessions s WHERE s.organization_id = p_organization AND s.id = p_call;
  v_thread := thread_lock(p_organization, v_leg.conversation_id);
  SELECT * INTO v_leg FROM call_sessions s WHERE s.organization_id = p_organization AND s.id = p_call FOR UPDATE;
  SELECT * INTO v_open FROM escalations e WHERE e.organization_id = p_organization AND e.conversation_id = v_thread.id
     AND e.state NOT IN ('closed', 'returned_to_bot', 'customer_gone', 'expired');
  due := v_open.due_at;
  IF v_thread.epoch IS DISTINCT FROM p_epoch OR v_thread.holder <> 'agent' OR v_leg.stage <> 'bridge' THEN
    outcome := 'over';
  ELSIF v_open.id IS NOT NULL AND (v_open.state NOT IN ('callback_promised', 'voicemail_taken') OR NOT staff_here(p_organization)) THEN
    outcome := 'already';
  ELSIF staff_here(p_organization) THEN
    outcome := 'asked';
    PERFORM call_escalation(v_thread, p_reason, p_text, NULL, NULL, true);
  ELSIF v_thread.peer ~ '^\+[1-9][0-9]{6,14}$' THEN
    outcome := 'promised';
    due := p_due;
    PERFORM call_escalation(v_thread, p_reason, p_text, p_say, p_due, false);
  ELSE
    outcome := 'voicemail';
    PERFORM call_stage(v_leg, v_thread, 'voicemail', true);
  END IF;
END $$;

GRANT SELECT (stream_hash) ON call_sessions TO switchback_lookup;
GRANT CREATE ON SCHEMA public TO switchback_lookup;
ALTER FUNCTION call_stream_organization(text, bytea) OWNER TO switchback_lookup;
REVOKE CREATE ON SCHEMA public FROM switchback_lookup;
DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['call_stream_organization(text, bytea)', 'call_stream_begin(text, text, bytea)',
    'call_stream_wish(uuid, uuid, bigint, text, text, text, timestamptz)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO switchback_service', f);
  END LOOP;
END $$;
