-- outbox: texts that we ask the carrier to send. queued -> sending -> sent | failed | unknown, and to the side
-- superseded (written under an old epoch), suppressed (opted out), held (a cap). A row leaves `queued` only in
-- outbox_claim's transaction, which commits before anything is asked of the carrier.

-- May a text go there? p_allowed holds calling codes; '1' is Canada and the United States, without the island codes
-- of the numbering plan and without premium services (security: toll fraud).
CREATE OR REPLACE FUNCTION destination_allowed(p_number text, p_allowed text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN p_number ~ '^\+1' THEN '1' = ANY (p_allowed) AND p_number ~ '^\+1[2-9][0-9]{9}$'
      AND substr(p_number, 3, 3) <> ALL (ARRAY['242', '246', '264', '268', '284', '340', '345', '441', '473', '649',
        '658', '664', '670', '671', '684', '721', '758', '767', '784', '787', '809', '829', '849', '868', '869', '876',
        '939', '900', '976'])
      AND substr(p_number, 6, 3) <> '976'
    ELSE EXISTS (SELECT 1 FROM unnest(p_allowed) AS code WHERE code <> '1' AND p_number LIKE '+' || code || '%')
  END
$$;

-- Puts a text to the thread's customer into the outbox: the message, the row, the work, the event. `reply` is
-- fenced by the thread's epoch; `notice` is not. The caller holds the conversation's row. Returns the row's id.
-- NULL when there is nobody to send to.
CREATE OR REPLACE FUNCTION outbox_add(p_organization uuid, p_thread conversations, p_author text, p_kind text,
                                      p_body text, p_language text, p_user uuid, p_after_opt_out boolean,
                                      p_segments int DEFAULT NULL)
RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
  v_message uuid;
  v_outbox uuid := gen_random_uuid();
  v_position bigint;
  v_state text := 'queued';
  v_cap_pair int;
  v_cap_day int;
  v_reason text;
  v_used int;
BEGIN
  IF p_thread.peer !~ '^\+[1-9][0-9]{6,14}$' THEN
    RETURN NULL;
  END IF;
  SELECT pair_hourly_cap, daily_segment_cap, CASE WHEN destination_allowed(p_thread.peer, allowed_countries)
                                                  THEN 'queued' ELSE 'held' END
    INTO v_cap_pair, v_cap_day, v_state FROM organizations WHERE id = p_organization;
  IF v_state = 'held' THEN
    v_reason := 'destination';
  ELSIF p_author = 'staff' THEN -- who writes learns at once what outbox_claim would decide
    IF EXISTS (SELECT FROM consents k WHERE k.organization_id = p_organization AND k.phone_number = p_thread.peer
                  AND k.opted_out) THEN
      v_state := 'suppressed';
    END IF;
  ELSIF p_author = 'agent' THEN -- no automatic answer to an automatic answer for ever; no runaway bill
    IF (SELECT count(*) FROM outbox WHERE organization_id = p_organization AND to_number = p_thread.peer
           AND created_at > now() - interval '1 hour') >= v_cap_pair THEN
      v_state := 'held';
      v_reason := 'pair_hourly_cap';
    ELSE
      SELECT CASE WHEN segments_day = current_date THEN segments_used ELSE 0 END INTO v_used
        FROM organization_counters WHERE organization_id = p_organization;
      IF v_used >= v_cap_day THEN
        v_state := 'held';
        v_reason := 'daily_segment_cap';
      END IF;
    END IF;
  END IF;
  UPDATE conversations SET last_position = last_position + 1, last_message_at = now(), updated_at = now()
   WHERE organization_id = p_organization AND id = p_thread.id RETURNING last_position INTO STRICT v_position;
  INSERT INTO messages (organization_id, conversation_id, position, direction, author, author_user_id, channel, kind,
                        body, language, status, segments, epoch)
  VALUES (p_organization, p_thread.id, v_position, 'out', p_author, p_user, 'sms',
          CASE p_kind WHEN 'notice' THEN 'notice' ELSE 'text' END, p_body, p_language, v_state, p_segments,
          p_thread.epoch)
  RETURNING id INTO v_message;
  INSERT INTO outbox (organization_id, id, message_id, conversation_id, kind, epoch, to_number, from_number, body,
                      segments, state, held_reason, after_opt_out, next_attempt_at)
  VALUES (p_organization, v_outbox, v_message, p_thread.id, p_kind, p_thread.epoch, p_thread.peer,
          p_thread.store_number, p_body, coalesce(p_segments, 1), v_state, v_reason, p_after_opt_out, now());
  IF v_state = 'queued' THEN
    -- long due: what has been answered goes out before further turns are begun
    PERFORM work_add(p_organization, 'outbox', v_outbox, now() - interval '1 hour');
  END IF;
  UPDATE organization_counters
     SET segments_used = CASE WHEN segments_day = current_date THEN segments_used ELSE 0 END
                         + CASE WHEN v_state = 'queued' THEN coalesce(p_segments, 1) ELSE 0 END,
         segments_day = current_date
   WHERE organization_id = p_organization;
  PERFORM event_add(p_organization, 'message.queued', p_thread.id, p_thread.customer_id,
    jsonb_build_object('message_id', v_message, 'conversation_id', p_thread.id, 'customer_id', p_thread.customer_id,
                       'position', v_position, 'author', p_author, 'author_user_id', p_user,
                       'author_name', CASE WHEN p_user IS NOT NULL THEN staff_name(p_organization, p_user) END, 'kind', p_kind,
                       'body', p_body, 'language', p_language, 'epoch', p_thread.epoch, 'status', v_state));
  RETURN v_outbox;
END $$;

-- The message follows its row; one event tells. The caller holds the outbox row. Ranks are ten times those of the
-- carrier's words (twilio.md 6.2): queued 10, sending 20, unknown 25, sent 30, an end 40, read 50.
CREATE OR REPLACE FUNCTION outbox_tell(p_row outbox, p_status text, p_rank int) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_customer uuid;
BEGIN
  UPDATE messages SET status = p_status, status_rank = p_rank, twilio_message_sid = coalesce(twilio_message_sid, p_row.twilio_message_sid),
                      error_code = p_row.error_code, error_text_en = p_row.error_text_en,
                      error_text_fr = p_row.error_text_fr, segments = coalesce(p_row.segments, segments),
                      updated_at = now()
   WHERE organization_id = p_row.organization_id AND id = p_row.message_id
     AND coalesce(status_rank, -1) < p_rank;
  IF NOT FOUND OR p_status = 'sending' THEN
    RETURN; -- older news, or a moment that nobody needs to be told of
  END IF;
  SELECT customer_id INTO v_customer FROM conversations
   WHERE organization_id = p_row.organization_id AND id = p_row.conversation_id;
  PERFORM event_add(p_row.organization_id, 'message.status', p_row.conversation_id, v_customer,
    jsonb_build_object('message_id', p_row.message_id, 'conversation_id', p_row.conversation_id,
                       'customer_id', v_customer, 'status', p_status, 'error_code', p_row.error_code,
                       'error_text_en', p_row.error_text_en, 'error_text_fr', p_row.error_text_fr,
                       'twilio_message_sid', p_row.twilio_message_sid));
END $$;

-- What is to be done with a row now. action: send (it is `sending` from this commit on) | look (ask the carrier's
-- list: it is unknown whether it took effect) | wait (an earlier text to the same number goes first; work is put
-- off) | none (nothing is left to do; the work is done).
--
-- A row found in `sending` belongs to a process that died or lost its answer: it becomes `unknown`.
CREATE OR REPLACE FUNCTION outbox_claim(p_organization uuid, p_outbox uuid, p_lease uuid)
RETURNS TABLE (action text, to_number text, from_number text, body text, attempts int, sending_at timestamptz,
               account_sid text, token_sealed bytea, conversation_id uuid)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_row outbox;
  v_thread conversations;
  v_action text := 'none';
  v_side text;
BEGIN
  PERFORM set_config('app.current_organization_id', p_organization::text, true);
  PERFORM 1 FROM due_work w WHERE w.organization_id = p_organization AND w.kind = 'outbox' AND w.ref = p_outbox
     AND w.lease = p_lease FOR UPDATE;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  SELECT c.* INTO v_thread FROM outbox o
    JOIN conversations c ON c.organization_id = o.organization_id AND c.id = o.conversation_id
   WHERE o.organization_id = p_organization AND o.id = p_outbox FOR SHARE OF c;
  SELECT * INTO v_row FROM outbox o WHERE o.organization_id = p_organization AND o.id = p_outbox FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM work_done(p_organization, 'outbox', p_outbox, p_lease);
    RETURN;
  END IF;
  IF v_row.state = 'sending' THEN
    v_row.state := 'unknown';
    UPDATE outbox SET state = 'unknown', updated_at = now() WHERE organization_id = p_organization AND id = p_outbox;
    PERFORM outbox_tell(v_row, 'unknown', 25);
  END IF;
  IF v_row.state = 'unknown' THEN
    v_action := 'look';
  ELSIF v_row.state = 'queued' THEN
    IF v_row.kind = 'reply' AND (v_row.epoch <> v_thread.epoch OR v_thread.state <> 'open') THEN
      v_side := 'superseded';
    ELSIF NOT v_row.after_opt_out AND EXISTS (SELECT 1 FROM consents k WHERE k.organization_id = p_organization
              AND k.phone_number = v_row.to_number AND k.opted_out) THEN
      v_side := 'suppressed';
    ELSIF EXISTS (SELECT 1 FROM outbox e WHERE e.organization_id = p_organization AND e.to_number = v_row.to_number
              AND e.state IN ('queued', 'sending') AND e.id <> p_outbox
              AND (e.created_at, e.id) < (v_row.created_at, v_row.id)) THEN
      v_action := 'wait';
      PERFORM work_later(p_organization, 'outbox', p_outbox, p_lease, now() + interval '1 second');
    ELSE
      v_action := 'send';
      UPDATE outbox SET state = 'sending', sending_at = now(), attempts = attempts + 1, updated_at = now()
       WHERE organization_id = p_organization AND id = p_outbox RETURNING * INTO v_row;
      PERFORM outbox_tell(v_row, 'sending', 20);
    END IF;
    IF v_side IS NOT NULL THEN
      UPDATE outbox SET state = v_side, updated_at = now() WHERE organization_id = p_organization AND id = p_outbox;
      v_row.state := v_side;
      PERFORM outbox_tell(v_row, v_side, 40);
    END IF;
  END IF;
  IF v_action = 'none' THEN
    PERFORM work_done(p_organization, 'outbox', p_outbox, p_lease);
  END IF;
  RETURN QUERY SELECT v_action, v_row.to_number::text, v_row.from_number::text, v_row.body::text, v_row.attempts::int, v_row.sending_at,
                      o.twilio_account_sid::text, o.twilio_auth_token_sealed, v_row.conversation_id
                 FROM organizations o WHERE o.id = p_organization;
END $$;

-- What came of asking the carrier. p_result: sent | again (surely not taken: queued again after p_delay_ms) |
-- failed | unknown (look at the carrier's list after p_delay_ms). Only a row that is `sending` or `unknown` moves;
-- a status callback may have been quicker.
CREATE OR REPLACE FUNCTION outbox_settle(p_organization uuid, p_outbox uuid, p_lease uuid, p_result text, p_sid text,
                                         p_segments int, p_error_code int, p_error_en text, p_error_fr text,
                                         p_delay_ms int)
RETURNS TABLE (state text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_row outbox;
BEGIN
  PERFORM set_config('app.current_organization_id', p_organization::text, true);
  SELECT * INTO v_row FROM outbox o WHERE o.organization_id = p_organization AND o.id = p_outbox FOR UPDATE;
  IF v_row.state IN ('sending', 'unknown') THEN
    v_row.segments := coalesce(p_segments, v_row.segments);
    v_row.error_code := p_error_code;
    v_row.error_text_en := p_error_en;
    v_row.error_text_fr := p_error_fr;
    v_row.twilio_message_sid := coalesce(p_sid, v_row.twilio_message_sid);
    v_row.state := CASE p_result WHEN 'again' THEN 'queued' ELSE p_result END;
    UPDATE outbox o SET state = v_row.state, segments = v_row.segments, error_code = v_row.error_code,
                        error_text_en = v_row.error_text_en, error_text_fr = v_row.error_text_fr,
                        twilio_message_sid = v_row.twilio_message_sid, updated_at = now(),
                        next_attempt_at = now() + p_delay_ms * interval '1 millisecond'
     WHERE o.organization_id = p_organization AND o.id = p_outbox;
    IF v_row.state <> 'queued' THEN
      PERFORM outbox_tell(v_row, v_row.state, CASE v_row.state WHEN 'sent' THEN 30 WHEN 'failed' THEN 40 ELSE 25 END);
    END IF;
  END IF;
  IF v_row.state IN ('queued', 'unknown') THEN
    PERFORM work_later(p_organization, 'outbox', p_outbox, p_lease, now() + p_delay_ms * interval '1 millisecond');
  ELSE
    PERFORM work_done(p_organization, 'outbox', p_outbox, p_lease);
  END IF;
  RETURN QUERY SELECT v_row.state::text;
END $$;

-- A signed status callback: p_outbox is the id in its URL (NULL when there is none), p_status the carrier's word,
-- p_rank its rank (twilio.md 6.2; server/twilio/status). It settles a row whose answer was lost, and moves the
-- message forward, never back. outcome: moved | old | unknown_message.
CREATE OR REPLACE FUNCTION text_status(p_expected uuid, p_outbox uuid, p_account text, p_sid text, p_status text,
                                       p_rank int, p_error_code int, p_error_en text, p_error_fr text)
RETURNS TABLE (outcome text, organization_id uuid)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_org uuid := coalesce(outbox_organization(p_outbox), message_organization(p_account, p_sid));
  v_row outbox;
  v_before int;
BEGIN
  IF v_org IS NULL OR (p_expected IS NOT NULL AND p_expected <> v_org) THEN
    RETURN QUERY SELECT 'unknown_message'::text, NULL::uuid;
    RETURN;
  END IF;
  PERFORM set_config('app.current_organization_id', v_org::text, true);
  SELECT * INTO v_row FROM outbox o WHERE o.organization_id = v_org AND o.twilio_message_sid = p_sid FOR UPDATE;
  IF NOT FOUND THEN
    SELECT * INTO v_row FROM outbox o WHERE o.organization_id = v_org AND o.id = p_outbox
       AND (o.twilio_message_sid IS NULL OR o.twilio_message_sid = p_sid) FOR UPDATE;
  END IF;
  IF v_row.id IS NULL OR v_row.state NOT IN ('queued', 'sending', 'unknown', 'sent', 'failed') THEN
    RETURN QUERY SELECT 'unknown_message'::text, v_org;
    RETURN;
  END IF;
  SELECT coalesce(m.status_rank, -1) INTO v_before FROM messages m
   WHERE m.organization_id = v_org AND m.id = v_row.message_id;
  v_row.twilio_message_sid := p_sid;
  v_row.error_code := p_error_code;
  v_row.error_text_en := p_error_en;
  v_row.error_text_fr := p_error_fr;
  IF v_row.state IN ('queued', 'sending', 'unknown') THEN
    v_row.state := CASE WHEN p_status IN ('failed', 'canceled') THEN 'failed' ELSE 'sent' END;
    UPDATE outbox o SET state = v_row.state, twilio_message_sid = p_sid, error_code = p_error_code,
                        error_text_en = p_error_en, error_text_fr = p_error_fr, updated_at = now()
     WHERE o.organization_id = v_org AND o.id = v_row.id;
  ELSE
    UPDATE outbox o SET twilio_message_sid = p_sid WHERE o.organization_id = v_org AND o.id = v_row.id
       AND o.twilio_message_sid IS NULL;
  END IF;
  PERFORM outbox_tell(v_row, p_status, p_rank);
  RETURN QUERY SELECT CASE WHEN v_before < p_rank THEN 'moved' ELSE 'old' END, v_org;
END $$;

-- SIDs that our rows to this number already carry: a message of the carrier's list that has one is not ours to take.
CREATE OR REPLACE FUNCTION outbox_known(p_organization uuid, p_sids text[]) RETURNS TABLE (sid text)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('app.current_organization_id', p_organization::text, true);
  RETURN QUERY SELECT o.twilio_message_sid::text FROM outbox o
    WHERE o.organization_id = p_organization AND o.twilio_message_sid = ANY (p_sids);
END $$;

DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['destination_allowed(text, text[])',
    'outbox_add(uuid, conversations, text, text, text, text, uuid, boolean, int)', 'outbox_tell(outbox, text, int)',
    'outbox_claim(uuid, uuid, uuid)', 'outbox_settle(uuid, uuid, uuid, text, text, int, int, text, text, int)',
    'text_status(uuid, uuid, text, text, text, int, int, text, text)', 'outbox_known(uuid, text[])'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO switchback_service', f);
  END LOOP;
END $$;
