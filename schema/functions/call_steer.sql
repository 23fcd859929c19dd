-- call_steer: what a leg needs of the carrier's REST API now, and what came of asking (jobs/call_steer). One request at a time for
-- a leg, under the lease of its work; what the carrier is asked follows from the rows alone, so a process that dies between
-- asking and settling is no different from a carrier that does not answer: the next one finds the same need.

-- The work is looked at again at that time; at once where something came meanwhile.
CREATE OR REPLACE FUNCTION call_steer_later(p_organization uuid, p_call uuid, p_lease uuid, p_due timestamptz) RETURNS void
LANGUAGE sql AS $$
  UPDATE due_work SET lease = NULL, leased_until = NULL, dirty = false, attempts = 0,
                      due_at = CASE WHEN dirty THEN least(now(), p_due) ELSE p_due END
   WHERE organization_id = p_organization AND kind = 'call_steer' AND ref = p_call AND lease = p_lease
$$;

-- How long until the same is asked again, when it was in vain: half a second, and twice as long each time, up to ten.
CREATE OR REPLACE FUNCTION call_steer_pause(p_tries int) RETURNS interval
LANGUAGE sql IMMUTABLE AS $$
  SELECT least(10, 0.5 * 2 ^ least(p_tries, 10)) * interval '1 second'
$$;

-- Until when the document that is out speaks: as long as its lines take, said slowly.
CREATE OR REPLACE FUNCTION call_speaks_until(p_leg call_sessions) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
  SELECT p_leg.document_at + (1.5 + coalesce(sum(char_length(m.body)), 0) / 12.0) * interval '1 second'
    FROM messages m JOIN conversations c ON c.organization_id = m.organization_id AND c.id = m.conversation_id
   WHERE m.organization_id = p_leg.organization_id AND m.conversation_id = p_leg.conversation_id
     AND m.position > c.last_position - 50 AND m.channel = 'voice' AND m.status = 'sending'
     AND m.spoken_document = p_leg.document_number
  HAVING count(*) > 0
$$;

-- Is there a line to be spoken?
CREATE OR REPLACE FUNCTION call_line_waits(p_leg call_sessions) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM messages m JOIN conversations c ON c.organization_id = m.organization_id AND c.id = m.conversation_id
                  WHERE m.organization_id = p_leg.organization_id AND m.conversation_id = p_leg.conversation_id
                    AND m.position > c.last_position - 50 AND m.channel = 'voice' AND m.status = 'queued'
                    AND (m.kind <> 'text' OR m.epoch = c.epoch))
$$;

-- What a leg needs: dial | look (for a call that may have been made) | redirect | end | fetch (is it still there?) | hold | unhold |
-- mute | unmute | stay | none. later: when to look again where nothing is needed now; NULL: when something changes. proves: the document
-- that has surely been played when it is redirected, so that its lines are not spoken twice.
CREATE OR REPLACE FUNCTION call_steer_need(p_leg call_sessions, p_parent call_sessions, OUT need text, OUT later timestamptz,
                                           OUT proves bigint)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  -- connected: of who called us the first document says it, long before the carrier does
  v_talks boolean := p_leg.state = 'in_progress' OR (p_leg.leg = 'customer' AND (p_leg.document_number > 0 OR p_leg.mode = 'native'));
  v_speaks timestamptz;
BEGIN
  need := CASE
    WHEN call_rank(p_leg.state) = 3 THEN 'none'
    WHEN p_leg.twilio_call_sid IS NULL AND p_leg.leg = 'staff' THEN CASE WHEN p_leg.dialled_at IS NULL THEN 'dial' ELSE 'look' END
    WHEN p_leg.twilio_call_sid IS NULL THEN 'none'
    -- over: a phone that is talking hears why (its document), a room of two ends when the caller's leg has left it
    WHEN p_leg.stage = 'ended' AND p_leg.end_reason IN ('staff', 'hung_up') THEN 'end'
    WHEN p_leg.stage = 'ended' AND p_leg.leg = 'staff' AND p_leg.in_room AND p_parent.stage <> 'ended'
         AND p_parent.served_number < p_parent.stage_number AND p_leg.updated_at > now() - interval '15 seconds' THEN 'wait'
    WHEN p_leg.stage = 'ended' AND v_talks AND p_leg.served_number < p_leg.stage_number THEN 'redirect'
    WHEN p_leg.stage = 'ended' AND v_talks AND p_leg.document_at > now() - interval '30 seconds' THEN 'wait'
    WHEN p_leg.stage = 'ended' THEN 'end'
    WHEN NOT v_talks THEN 'none'
    WHEN p_leg.leg = 'customer' AND p_leg.stage = 'conference' AND (call_joined(p_leg)).id IS NULL THEN 'fetch'
    WHEN p_leg.served_number < p_leg.stage_number THEN 'redirect'
    WHEN p_leg.leg = 'customer' AND p_leg.stage = 'typing' AND call_line_waits(p_leg) THEN 'speak'
    WHEN p_leg.stage = 'conference' AND p_leg.in_room AND p_leg.leg = 'customer' AND p_leg.on_hold <> p_leg.told_hold
      THEN CASE WHEN p_leg.on_hold THEN 'hold' ELSE 'unhold' END
    WHEN p_leg.stage = 'conference' AND p_leg.in_room AND p_leg.leg = 'staff' AND p_leg.muted <> p_leg.told_muted
      THEN CASE WHEN p_leg.muted THEN 'mute' ELSE 'unmute' END
    WHEN p_leg.stage = 'conference' AND p_leg.in_room AND p_leg.ends_room AND EXISTS (SELECT FROM call_sessions o
         WHERE o.organization_id = p_leg.organization_id AND o.parent_id = p_leg.parent_id AND o.stage = 'conference' AND o.id <> p_leg.id)
      THEN 'stay'
    ELSE 'none' END;
  IF need = 'wait' THEN
    need := 'none';
    later := now() + interval '2 seconds';
  ELSIF need = 'speak' THEN -- not into the middle of what is being read out
    v_speaks := call_speaks_until(p_leg);
    need := CASE WHEN v_speaks > now() THEN 'none' ELSE 'redirect' END;
    later := v_speaks;
    proves := CASE WHEN v_speaks <= now() THEN p_leg.document_number END;
  ELSIF need = 'none' AND p_leg.leg = 'staff' AND p_leg.stage = 'ringing' THEN
    later := p_leg.started_at + interval '90 seconds';
  END IF;
END $$;

-- What to ask the carrier for this leg now. A call that is to be made is written down as asked for (dialled_at) before it is.
CREATE OR REPLACE FUNCTION call_steer_claim(p_organization uuid, p_call uuid, p_lease uuid)
RETURNS TABLE (need text, leg text, call_sid text, conference_sid text, to_number text, from_number text,
               dialled_at timestamptz, proves bigint, language text, account_sid text,
               token_sealed bytea)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_leg call_sessions;
  v_parent call_sessions;
  v_thread conversations;
  v_need record;
BEGIN
  PERFORM set_config('app.current_organization_id', p_organization::text, true);
  PERFORM FROM due_work w WHERE w.organization_id = p_organization AND w.kind = 'call_steer' AND w.ref = p_call AND w.lease = p_lease;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  SELECT * INTO v_leg FROM call_sessions s WHERE s.organization_id = p_organization AND s.id = p_call;
  IF v_leg.id IS NULL THEN
    PERFORM work_done(p_organization, 'call_steer', p_call, p_lease);
    RETURN;
  END IF;
  v_thread := thread_lock(p_organization, v_leg.conversation_id);
  SELECT * INTO STRICT v_leg FROM call_sessions s WHERE s.organization_id = p_organization AND s.id = p_call FOR UPDATE;
  IF v_leg.leg = 'staff' THEN
    SELECT * INTO STRICT v_parent FROM call_sessions s WHERE s.organization_id = p_organization AND s.id = v_leg.parent_id FOR UPDATE;
    IF v_leg.let_go_at IS NULL AND v_parent.stage = 'ended' THEN
      v_leg := call_staff_end(v_leg, v_thread, 'gone');
    ELSIF v_leg.stage = 'ringing' AND v_leg.started_at <= now() - interval '90 seconds' THEN
      PERFORM call_staff_lost(v_leg, v_parent, v_thread, 'lease');
      SELECT * INTO STRICT v_leg FROM call_sessions s WHERE s.organization_id = p_organization AND s.id = p_call;
    END IF;
    IF v_leg.stage = 'ended' AND v_leg.twilio_call_sid IS NULL AND v_leg.dialled_at IS NULL AND call_rank(v_leg.state) < 3 THEN
      v_leg := call_state(v_leg, v_thread, '{"status": "canceled"}'); -- no phone was rung yet, and none will be
    END IF;
  END IF;
  SELECT * INTO v_need FROM call_steer_need(v_leg, v_parent);
  IF v_need.need = 'dial' THEN
    UPDATE call_sessions s SET dialled_at = now()
     WHERE s.organization_id = p_organization AND s.id = p_call RETURNING * INTO STRICT v_leg;
  ELSIF v_need.need = 'none' AND v_need.later IS NULL THEN
    PERFORM work_done(p_organization, 'call_steer', p_call, p_lease);
  ELSIF v_need.need = 'none' THEN
    PERFORM call_steer_later(p_organization, p_call, p_lease, v_need.later);
  END IF;
  RETURN QUERY SELECT v_need.need::text, v_leg.leg::text, v_leg.twilio_call_sid::text, v_leg.conference_sid::text,
                      v_leg.to_number::text, v_leg.from_number::text, v_leg.dialled_at, v_need.proves,
                      call_language(v_thread), o.twilio_account_sid::text, o.twilio_auth_token_sealed
                 FROM organizations o WHERE o.id = p_organization;
END $$;

-- What came of it. p_result: done | again (surely not done) | unknown | refused (for good) | gone (no such call or participant) |
-- absent (not in the carrier's list, p_sids are those that could be it). p_sid: of a call that was made. p_state: where the
-- carrier says that the call is, if it said (our words).
CREATE OR REPLACE FUNCTION call_steer_settle(p_organization uuid, p_call uuid, p_lease uuid, p_need text, p_result text, p_sid text,
                                             p_sids text[], p_state text, p_code int) RETURNS TABLE (need text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_leg call_sessions;
  v_parent call_sessions;
  v_thread conversations;
  v_sid text := p_sid;
  v_need record;
  v_due timestamptz;
BEGIN
  PERFORM set_config('app.current_organization_id', p_organization::text, true);
  SELECT * INTO v_leg FROM call_sessions s WHERE s.organization_id = p_organization AND s.id = p_call;
  v_thread := thread_lock(p_organization, v_leg.conversation_id);
  SELECT * INTO STRICT v_leg FROM call_sessions s WHERE s.organization_id = p_organization AND s.id = p_call FOR UPDATE;
  SELECT * INTO v_parent FROM call_sessions s WHERE s.organization_id = p_organization AND s.id = v_leg.parent_id FOR UPDATE;
  PERFORM FROM due_work w WHERE w.organization_id = p_organization AND w.kind = 'call_steer' AND w.ref = p_call AND w.lease = p_lease
     FOR UPDATE;
  IF NOT FOUND THEN
    RETURN; -- somebody else is at it
  END IF;
  IF p_need = 'look' AND p_result = 'done' THEN -- the first of the list that is nobody else's
    SELECT l.sid INTO v_sid FROM unnest(p_sids) WITH ORDINALITY AS l (sid, n)
     WHERE NOT EXISTS (SELECT FROM call_sessions s WHERE s.organization_id = p_organization AND s.twilio_call_sid = l.sid)
     ORDER BY l.n LIMIT 1;
    p_result := CASE WHEN v_sid IS NULL THEN 'absent' ELSE p_result END;
  END IF;
  UPDATE call_sessions s
     SET twilio_call_sid = CASE WHEN p_need IN ('dial', 'look') AND p_result = 'done' THEN coalesce(s.twilio_call_sid, v_sid)
                                ELSE s.twilio_call_sid END,
         dialled_at = CASE WHEN p_need = 'dial' AND p_result = 'again' THEN NULL ELSE s.dialled_at END,
         told_hold = CASE WHEN p_result <> 'done' THEN s.told_hold WHEN p_need = 'hold' THEN true WHEN p_need = 'unhold' THEN false
                          ELSE s.told_hold END,
         told_muted = CASE WHEN p_result <> 'done' THEN s.told_muted WHEN p_need = 'mute' THEN true WHEN p_need = 'unmute' THEN false
                           ELSE s.told_muted END,
         ends_room = s.ends_room AND NOT (p_result = 'done' AND p_need = 'stay'),
         in_room = s.in_room AND NOT (p_result = 'gone' AND p_need IN ('hold', 'unhold', 'mute', 'unmute', 'stay')),
         steer_tries = CASE p_result WHEN 'done' THEN 0 ELSE least(s.steer_tries + 1, 1000) END
   WHERE s.organization_id = p_organization AND s.id = p_call RETURNING * INTO STRICT v_leg;
  IF p_state IS NOT NULL THEN
    v_leg := call_state(v_leg, v_thread, jsonb_build_object('status', p_state));
    v_thread := call_thread(v_thread);
  END IF;
  IF v_leg.leg = 'staff' AND v_leg.twilio_call_sid IS NULL
     AND ((p_need = 'dial' AND p_result = 'refused')
          OR (p_need = 'look' AND p_result = 'absent' AND v_leg.dialled_at < now() - interval '45 seconds')) THEN
    v_leg := call_state(v_leg, v_thread, '{"status": "failed"}');
  END IF;
  IF v_leg.leg = 'staff' AND call_rank(v_leg.state) = 3 THEN
    PERFORM call_phone_told('status', v_leg, v_thread, '{}');
  ELSIF p_need = 'fetch' AND p_result = 'done' AND v_leg.stage = 'conference' AND (call_joined(v_leg)).id IS NULL THEN
    PERFORM call_staff_hook('dial', v_leg, v_thread, '{}'); -- still there, and alone
  END IF;
  SELECT * INTO STRICT v_leg FROM call_sessions s WHERE s.organization_id = p_organization AND s.id = p_call;
  SELECT * INTO v_need FROM call_steer_need(v_leg, v_parent);
  v_due := CASE
    WHEN v_need.need = 'none' THEN v_need.later
    WHEN p_result IN ('done', 'gone') AND v_need.need <> p_need THEN now()
    WHEN p_result = 'done' AND p_need = 'redirect' THEN now() + interval '2 seconds' -- until it was served
    WHEN p_result = 'done' AND p_need = 'end' THEN now() + interval '5 seconds'      -- until its end was told
    WHEN p_need IN ('dial', 'look') AND v_leg.dialled_at IS NOT NULL THEN now() + interval '3 seconds'
    WHEN p_result = 'refused' THEN now() + interval '10 seconds'
    ELSE now() + call_steer_pause(v_leg.steer_tries) END;
  IF v_due IS NULL THEN
    PERFORM work_done(p_organization, 'call_steer', p_call, p_lease);
  ELSE
    PERFORM call_steer_later(p_organization, p_call, p_lease, v_due);
  END IF;
  RETURN QUERY SELECT v_need.need::text;
END $$;

DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['call_steer_later(uuid, uuid, uuid, timestamptz)', 'call_steer_pause(int)', 'call_speaks_until(call_sessions)',
    'call_line_waits(call_sessions)',
    'call_steer_need(call_sessions, call_sessions)', 'call_steer_claim(uuid, uuid, uuid)',
    'call_steer_settle(uuid, uuid, uuid, text, text, text, text[], text, int)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO switchback_service', f);
  END LOOP;
END $$;
