-- native: calls that ElevenLabs answers by itself, on numbers that it owns at Twilio (docs/calls.md). We hear of them when it asks
-- for the variables (webhook/initiation), and after them; in between the carrier's own record says whether they last.

-- ElevenLabs asks for what it is told before the first word. The request proves that it holds our secret, not who calls:
-- personal things are given for a call that a signed webhook of the carrier has announced, a moment ago, with the same
-- numbers, and once (security). Any other call on a native number is announced to staff here, as one that nobody vouches
-- for.
-- p_sender as in text_in; p_sid NULL where the request names no call of the carrier's. No row: the number is no active store's.
CREATE OR REPLACE FUNCTION native_begin(p_called text, p_caller text, p_sender text, p_sid text)
RETURNS TABLE (organization uuid, conversation uuid, personal boolean, begun boolean, language text, context jsonb)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_org uuid := organization_by_number(p_called);
  v_leg call_sessions;
  v_thread conversations;
  v_customer uuid;
  v_new boolean := false;
  v_personal boolean := false;
  v_begun boolean := false;
BEGIN
  IF v_org IS NULL THEN
    RETURN;
  END IF;
  PERFORM set_config('app.current_organization_id', v_org::text, true);
  UPDATE call_sessions s SET initiated_at = now()
   WHERE s.organization_id = v_org AND s.twilio_call_sid = p_sid AND s.vouched AND s.initiated_at IS NULL AND s.stage <> 'ended'
     AND s.call_direction = 'inbound' AND s.leg = 'customer' AND s.from_number = p_caller AND s.to_number = p_called
     AND s.started_at > now() - interval '1 minute'
  RETURNING * INTO v_leg;
  v_personal := FOUND;
  IF NOT FOUND AND p_sid IS NOT NULL
     AND NOT EXISTS (SELECT FROM call_sessions s WHERE s.organization_id = v_org AND s.twilio_call_sid = p_sid)
     AND EXISTS (SELECT FROM organization_phone_numbers n
                  WHERE n.organization_id = v_org AND n.phone_number = p_called AND n.elevenlabs_phone_id IS NOT NULL) THEN
    IF p_sender = 'e164' THEN
      INSERT INTO customers (organization_id, phone_number) VALUES (v_org, p_caller)
      ON CONFLICT (organization_id, phone_number) DO NOTHING RETURNING id INTO v_customer;
      v_new := v_customer IS NOT NULL;
      IF NOT v_new THEN
        SELECT k.id INTO v_customer FROM customers k WHERE k.organization_id = v_org AND k.phone_number = p_caller;
      END IF;
    END IF;
    INSERT INTO conversations (organization_id, customer_id, channel, peer, store_number, last_message_at, greeted_at, twilio_call_sid)
    VALUES (v_org, v_customer, 'voice', CASE WHEN p_sender = 'withheld' THEN 'withheld:' || p_sid ELSE p_caller END, p_called,
            now(), now(), p_sid)
    ON CONFLICT (organization_id, twilio_call_sid) WHERE twilio_call_sid IS NOT NULL DO NOTHING RETURNING * INTO v_thread;
    v_begun := v_thread.id IS NOT NULL; -- else the same request was quicker
  END IF;
  IF v_leg.id IS NULL AND NOT v_begun THEN -- asked once more about a call that we have announced
    SELECT * INTO v_leg FROM call_sessions s
     WHERE s.organization_id = v_org AND s.twilio_call_sid = p_sid AND s.stage = 'native' AND s.from_number = p_caller
       AND s.to_number = p_called;
  END IF;
  IF v_begun THEN
    INSERT INTO call_sessions (organization_id, conversation_id, twilio_call_sid, call_direction, mode, stage, served_number, state,
                               from_number, to_number, room, vouched, initiated_at)
    VALUES (v_org, v_thread.id, p_sid, 'inbound', 'native', 'native', 1, 'ringing', p_caller, p_called,
            replace(gen_random_uuid()::text, '-', ''), false, now())
    RETURNING * INTO v_leg;
    PERFORM work_add(v_org, 'call_watch', v_leg.id, now() + interval '30 seconds');
    IF v_new THEN
      PERFORM event_add(v_org, 'customer.created', v_thread.id, v_customer,
        jsonb_build_object('customer_id', v_customer, 'phone_number', p_caller));
    END IF;
    PERFORM conversation_opened(v_org, v_thread);
    PERFORM call_told('call.started', v_leg, v_thread);
  END IF;
  RETURN QUERY
  SELECT v_org, v_leg.conversation_id, v_personal, v_begun,
         CASE WHEN v_personal THEN coalesce(c.language, k.preferred_language, o.default_language) ELSE o.default_language END::text,
         CASE WHEN v_personal THEN caller_context(v_org, c.customer_id, c.id) ELSE caller_context(v_org, NULL, NULL) END
    FROM organizations o
    LEFT JOIN conversations c ON c.organization_id = o.id AND c.id = v_leg.conversation_id
    LEFT JOIN customers k ON k.organization_id = o.id AND k.id = c.customer_id
   WHERE o.id = v_org;
END $$;

-- The variables of a call could not be read in time: it was answered with neutral ones, and staff are told.
CREATE OR REPLACE FUNCTION native_unknown(p_called text, p_sid text) RETURNS TABLE (organization uuid)
LANGUAGE plpgsql AS $$
DECLARE
  v_org uuid := organization_by_number(p_called);
BEGIN
  IF v_org IS NOT NULL THEN
    PERFORM set_config('app.current_organization_id', v_org::text, true);
    PERFORM event_add(v_org, 'call.blind', s.conversation_id, c.customer_id,
        jsonb_build_object('conversation_id', s.conversation_id, 'customer_id', c.customer_id, 'call_id', s.id,
                           'store_number', p_called))
      FROM (SELECT 1) one
      LEFT JOIN call_sessions s ON s.organization_id = v_org AND s.twilio_call_sid = p_sid
      LEFT JOIN conversations c ON c.organization_id = v_org AND c.id = s.conversation_id;
  END IF;
  RETURN QUERY SELECT v_org;
END $$;

-- Does a call last? What is needed to ask the carrier. No row: it is over (the work is done), or the lease is not ours.
CREATE OR REPLACE FUNCTION call_watch_claim(p_organization uuid, p_call uuid, p_lease uuid)
RETURNS TABLE (call_sid text, account_sid text, token_sealed bytea)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('app.current_organization_id', p_organization::text, true);
  IF NOT EXISTS (SELECT FROM call_sessions s WHERE s.organization_id = p_organization AND s.id = p_call AND s.ended_at IS NULL
                    AND s.twilio_call_sid IS NOT NULL) THEN
    PERFORM work_done(p_organization, 'call_watch', p_call, p_lease);
    RETURN;
  END IF;
  RETURN QUERY
  SELECT s.twilio_call_sid, o.twilio_account_sid, o.twilio_auth_token_sealed
    FROM call_sessions s JOIN organizations o ON o.id = s.organization_id
   WHERE s.organization_id = p_organization AND s.id = p_call
     AND EXISTS (SELECT FROM due_work d WHERE d.organization_id = p_organization AND d.kind = 'call_watch' AND d.ref = p_call
                    AND d.lease = p_lease);
END $$;

-- What the carrier's record says of the call: p_state (ours; NULL: it could not be asked now), and whether its numbers are those
-- that we were told. A call that is not what it was said to be is over as far as we are concerned. Else: looked at again in a
-- minute.
CREATE OR REPLACE FUNCTION call_watch_told(p_organization uuid, p_call uuid, p_lease uuid, p_state text, p_seconds int,
                                           p_from text, p_to text) RETURNS TABLE (over boolean)
LANGUAGE plpgsql AS $$
DECLARE
  v_leg call_sessions;
  v_thread conversations;
  v_other boolean;
BEGIN
  PERFORM set_config('app.current_organization_id', p_organization::text, true);
  SELECT * INTO v_leg FROM call_sessions s WHERE s.organization_id = p_organization AND s.id = p_call;
  v_thread := thread_lock(p_organization, v_leg.conversation_id);
  SELECT * INTO v_leg FROM call_sessions s WHERE s.organization_id = p_organization AND s.id = p_call FOR UPDATE;
  v_other := NOT v_leg.vouched AND (p_from <> v_leg.from_number OR p_to <> v_leg.to_number);
  IF v_other THEN
    UPDATE call_sessions s SET end_reason = 'not_that_call' WHERE s.organization_id = p_organization AND s.id = p_call
    RETURNING * INTO v_leg;
  END IF;
  IF p_state IS NOT NULL THEN
    v_leg := call_state(v_leg, v_thread, jsonb_strip_nulls(jsonb_build_object('status', CASE WHEN v_other THEN 'failed' ELSE p_state END,
                                                                              'seconds', p_seconds)));
  END IF;
  IF v_leg.ended_at IS NOT NULL THEN
    PERFORM work_done(p_organization, 'call_watch', p_call, p_lease);
  ELSE
    PERFORM work_later(p_organization, 'call_watch', p_call, p_lease, now() + interval '1 minute');
  END IF;
  RETURN QUERY SELECT v_leg.ended_at IS NOT NULL;
END $$;

DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['native_begin(text, text, text, text)', 'native_unknown(text, text)',
    'call_watch_claim(uuid, uuid, uuid)', 'call_watch_told(uuid, uuid, uuid, text, int, text, text)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO switchback_service', f);
  END LOOP;
END $$;
