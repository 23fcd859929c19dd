-- command: what every staff command does before and after its deed. A command is a function that takes its caller
-- (staff_call) first and returns (outcome, body) for the door.
--
-- Locks, in every command: its key, the conversation, then what hangs on it (thread_lock), and the organization's
-- counters with the first event or audit line, held to the commit.

-- What a command is known by: the client's key, or the request itself, so that one whose connection to the database was
-- lost can be asked again. NULL where there is neither.
CREATE OR REPLACE FUNCTION command_key(who staff_call) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce('key ' || who.key, 'request ' || who.request_id)
$$;

-- NULL: go on. Else this is the answer: the one that the same request got before, or a refusal. A request under the same
-- key that is being answered at this moment is waited for.
CREATE OR REPLACE FUNCTION command_first(who staff_call, OUT outcome text, OUT body text)
LANGUAGE plpgsql AS $$
DECLARE
  v_key text := command_key(who);
  v_kept command_keys;
BEGIN
  IF v_key IS NULL THEN
    RETURN;
  END IF;
  LOOP
    INSERT INTO command_keys (organization_id, user_id, key, hash)
    VALUES (who.organization_id, who.user_id, v_key, who.hash)
    ON CONFLICT (organization_id, user_id, key) DO NOTHING;
    IF FOUND THEN
      DELETE FROM command_keys k
       WHERE k.organization_id = who.organization_id AND (k.user_id, k.key) IN (
             SELECT o.user_id, o.key FROM command_keys o
              WHERE o.organization_id = who.organization_id AND o.created_at < now() - interval '1 day'
              ORDER BY o.created_at LIMIT 20 FOR UPDATE SKIP LOCKED);
      RETURN;
    END IF;
    SELECT * INTO v_kept FROM command_keys k
     WHERE k.organization_id = who.organization_id AND k.user_id = who.user_id AND k.key = v_key;
    EXIT WHEN FOUND; -- else it has just been removed for its age
  END LOOP;
  IF v_kept.hash = who.hash THEN
    outcome := v_kept.outcome;
    body := v_kept.body::text;
  ELSE
    outcome := 'conflict';
    body := '{"code": "idempotency_mismatch"}';
  END IF;
END $$;

-- Keeps what is answered, refusals too: what was refused once does not happen when the request comes again.
CREATE OR REPLACE FUNCTION command_done(who staff_call, p_conversation uuid, p_outcome text, p_body text) RETURNS void
LANGUAGE sql AS $$
  UPDATE command_keys SET outcome = p_outcome, body = p_body::json, conversation_id = p_conversation
   WHERE organization_id = who.organization_id AND user_id = who.user_id AND key = command_key(who)
$$;

-- A line of the audit log: who did it, never what was said.
CREATE OR REPLACE FUNCTION command_audit(who staff_call, p_action text, p_kind text, p_id uuid, p_detail jsonb) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO audit_log (organization_id, actor, actor_id, session_id, action, object_kind, object_id, result, request_id,
                         address, detail)
  VALUES (who.organization_id, 'staff', who.user_id, who.session_id, p_action, p_kind, p_id::text, 'ok', who.request_id,
          who.address, jsonb_strip_nulls(p_detail))
$$;

-- A position in a list, as its cursor: the time and the id of the last row shown. NULL where it is none of ours.
CREATE OR REPLACE FUNCTION cursor_at(p_cursor text, OUT at timestamptz, OUT id uuid)
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF p_cursor ~ '^[0-9]{1,17}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN
    at := timestamptz 'epoch' + split_part(p_cursor, '.', 1)::bigint * interval '1 microsecond';
    id := split_part(p_cursor, '.', 2)::uuid;
  END IF;
END $$;

CREATE OR REPLACE FUNCTION cursor_of(p_at timestamptz, p_id uuid) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT (extract(epoch FROM p_at) * 1000000)::bigint || '.' || p_id
$$;

DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['command_key(staff_call)', 'command_first(staff_call)', 'command_done(staff_call, uuid, text, text)',
    'command_audit(staff_call, text, text, uuid, jsonb)', 'cursor_at(text)', 'cursor_of(timestamptz, uuid)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO switchback_service', f);
  END LOOP;
END $$;
