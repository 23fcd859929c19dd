-- text_in: an inbound text, all of it, in one round trip: organization, customer, conversation, message, the work
-- that follows and the event. Called by webhook/sms_in with the signature already checked and the text already
-- repaired and without card numbers. Same SID again: nothing changes ('duplicate').
--
-- p_expected   the organization whose own provider account signed; NULL when the platform's account did
-- p_sender     e164 | short | withheld | odd: only an e164 sender has a customer and gets answers
-- p_media      url, content type, url, content type, ...
-- p_keyword    stop | start | help, start_if_out (YES: a START only from who is opted out), or NULL; p_notice is the answer to it with {store} and {phone}, or NULL
-- p_redact     message id -> new body, of earlier texts in which a card number began; or NULL
--
-- outcome: kept | duplicate | nobody (the number is no active store's)
--
-- The conversation's row is locked first and the SID looked up under that lock, so of two deliveries at once the
-- second sees the first. (Under another sender the unique key refuses it, and asking again finds the duplicate.)

-- The open thread of a sender with a store's number, locked; started if there is none.
CREATE OR REPLACE FUNCTION text_thread(p_organization uuid, p_to text, p_from text, p_sender text, p_sid text)
RETURNS conversations
LANGUAGE plpgsql AS $$
DECLARE
  v_thread conversations;
  v_peer text := CASE WHEN p_sender = 'withheld' THEN 'withheld:' || p_sid ELSE p_from END;
  v_customer uuid;
  v_language text;
  v_new boolean := false;
  v_old conversations;
BEGIN
  LOOP
    SELECT * INTO v_thread FROM conversations
     WHERE organization_id = p_organization AND channel = 'sms' AND store_number = p_to AND peer = v_peer
       AND state = 'open' FOR UPDATE;
    IF FOUND AND (v_thread.last_message_at > now() - interval '12 hours' OR v_thread.holder <> 'agent'
                  OR EXISTS (SELECT 1 FROM escalations e WHERE e.organization_id = p_organization
                              AND e.conversation_id = v_thread.id
                              AND e.state NOT IN ('closed', 'returned_to_bot', 'customer_gone', 'expired'))) THEN
      RETURN v_thread;
    END IF;
    IF v_thread.id IS NOT NULL THEN
      UPDATE conversations SET state = 'closed', closed_at = now(), closed_by = 'idle', updated_at = now()
       WHERE organization_id = p_organization AND id = v_thread.id;
      v_old := v_thread;
    END IF;
    IF p_sender = 'e164' AND v_customer IS NULL THEN
      INSERT INTO customers (organization_id, phone_number) VALUES (p_organization, p_from)
      ON CONFLICT (organization_id, phone_number) DO NOTHING RETURNING id INTO v_customer;
      v_new := v_customer IS NOT NULL;
      IF NOT v_new THEN
        SELECT id, CASE WHEN language_chosen THEN preferred_language END INTO v_customer, v_language
          FROM customers WHERE organization_id = p_organization AND phone_number = p_from;
      END IF;
    END IF;
    INSERT INTO conversations (organization_id, customer_id, channel, peer, store_number, language, language_chosen,
                               last_message_at)
    VALUES (p_organization, v_customer, 'sms', v_peer, p_to, v_language, v_language IS NOT NULL, now())
    ON CONFLICT (organization_id, channel, store_number, peer) WHERE state = 'open' AND channel <> 'voice' DO NOTHING
    RETURNING * INTO v_thread;
    EXIT WHEN v_thread.id IS NOT NULL;
    -- another text of the same sender was quicker, or staff's to them; it may be closed again by the time we look
  END LOOP;
  IF v_old.id IS NOT NULL THEN
    PERFORM event_add(p_organization, 'conversation.closed', v_old.id, v_old.customer_id,
      jsonb_build_object('conversation_id', v_old.id, 'customer_id', v_old.customer_id, 'closed_by', 'idle'));
  END IF;
  IF v_new THEN
    PERFORM event_add(p_organization, 'customer.created', v_thread.id, v_customer,
      jsonb_build_object('customer_id', v_customer, 'phone_number', p_from));
  END IF;
  PERFORM conversation_opened(p_organization, v_thread);
  RETURN v_thread;
END $$;

-- Consent by (organization, number), and the notice that answers the keyword.
CREATE OR REPLACE FUNCTION text_keyword(p_organization uuid, p_thread conversations, p_to text, p_from text,
                                        p_keyword text, p_language text, p_notice text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_body text;
BEGIN
  IF p_keyword IN ('stop', 'start') THEN
    INSERT INTO consents AS c (organization_id, phone_number, opted_out, source, language, changed_at)
    VALUES (p_organization, p_from, p_keyword = 'stop', 'sms', p_language, now())
    ON CONFLICT (organization_id, phone_number) DO UPDATE
       SET opted_out = excluded.opted_out, source = excluded.source, language = excluded.language, changed_at = now();
    PERFORM event_add(p_organization, 'consent.changed', p_thread.id, p_thread.customer_id,
      jsonb_build_object('conversation_id', p_thread.id, 'customer_id', p_thread.customer_id,
                         'phone_number', p_from, 'opted_out', p_keyword = 'stop', 'source', 'sms'));
  END IF;
  IF p_notice IS NOT NULL THEN
    SELECT replace(replace(p_notice, '{store}', o.name), '{phone}', coalesce(o.phone_number, p_to)) INTO v_body
      FROM organizations o WHERE o.id = p_organization;
    PERFORM outbox_add(p_organization, p_thread, 'system', 'notice', v_body, p_language, NULL, p_keyword = 'stop');
  END IF;
END $$;

CREATE OR REPLACE FUNCTION text_in(p_to text, p_from text, p_sender text, p_sid text, p_expected uuid, p_body text,
                                   p_media text[], p_keyword text, p_keyword_language text, p_notice text,
                                   p_params jsonb, p_redact jsonb,
                                   OUT outcome text, OUT organization uuid, OUT conversation uuid, OUT message uuid)
LANGUAGE plpgsql AS $$
DECLARE
  v_org uuid := organization_by_number(p_to);
  v_thread conversations;
  v_message uuid;
  v_position bigint;
  v_work boolean;
  v_live boolean; -- the customer is on a call with the agent, and the text is in it too
  v_keyword text := p_keyword;
  v_media int := coalesce(cardinality(p_media), 0) / 2;
BEGIN
  IF v_org IS NULL OR (p_expected IS NOT NULL AND p_expected <> v_org) THEN
    outcome := 'nobody';
    RETURN;
  END IF;
  PERFORM set_config('app.current_organization_id', v_org::text, true);
  v_thread := text_thread(v_org, p_to, p_from, p_sender, p_sid);
  organization := v_org;
  conversation := v_thread.id;
  SELECT m.id INTO v_message FROM messages m WHERE m.organization_id = v_org AND m.twilio_message_sid = p_sid;
  IF FOUND THEN
    outcome := 'duplicate';
    message := v_message;
    RETURN;
  END IF;

  IF p_keyword = 'start_if_out' THEN
    v_keyword := CASE WHEN EXISTS (SELECT 1 FROM consents k WHERE k.organization_id = v_org
                        AND k.phone_number = p_from AND k.opted_out) THEN 'start' END;
  END IF;
  v_position := v_thread.last_position + 1;
  INSERT INTO messages (organization_id, conversation_id, position, direction, author, channel, kind, body,
                        twilio_message_sid, status, media_n, provider_params)
  VALUES (v_org, v_thread.id, v_position, 'in', 'customer', 'sms', CASE WHEN v_keyword IS NULL THEN 'text' ELSE 'keyword' END,
          p_body, p_sid, 'received', v_media, p_params)
  RETURNING id INTO v_message;
  FOR i IN 1 .. v_media LOOP
    INSERT INTO message_media (organization_id, message_id, position, url, content_type)
    VALUES (v_org, v_message, i, p_media[2 * i - 1], p_media[2 * i]);
  END LOOP;

  v_live := v_keyword IS NULL AND p_sender = 'e164'
            AND call_text_in(v_org, p_from, v_thread.customer_id, p_sid, p_body, v_media) AND v_thread.holder = 'agent'
            AND NOT EXISTS (SELECT FROM due_work w WHERE w.organization_id = v_org AND w.kind = 'agent_turn' AND w.ref = v_thread.id);
  v_work := v_keyword IS NULL AND p_sender = 'e164' AND v_thread.holder = 'agent' AND NOT v_live;
  UPDATE conversations c
     SET last_position = v_position, last_message_at = now(), last_customer_at = now(), updated_at = now(),
         answered_position = CASE WHEN v_live THEN v_position ELSE c.answered_position END,
         waiting_since = CASE WHEN v_keyword IS NULL AND NOT v_live THEN coalesce(c.waiting_since, now()) ELSE c.waiting_since END
   WHERE c.organization_id = v_org AND c.id = v_thread.id;
  v_thread.last_position := v_position;
  IF v_work THEN -- due when the sender has paused, 5 s after the first unanswered text at the latest
    INSERT INTO due_work AS w (organization_id, kind, ref, due_at, first_due_at)
    VALUES (v_org, 'agent_turn', v_thread.id, now() + interval '1.5 seconds', now() + interval '1.5 seconds')
    ON CONFLICT (organization_id, kind, ref) DO UPDATE
       SET due_at = CASE WHEN w.lease IS NULL
                         THEN least(excluded.due_at, w.first_due_at + interval '3.5 seconds') ELSE w.due_at END,
           dirty = w.lease IS NOT NULL;
  END IF;

  IF p_redact IS NOT NULL THEN
    PERFORM message_redact(v_org, v_thread.id, p_redact);
  END IF;
  PERFORM event_add(v_org, 'message.received', v_thread.id, v_thread.customer_id,
    jsonb_build_object('message_id', v_message, 'conversation_id', v_thread.id, 'customer_id', v_thread.customer_id,
                       'position', v_position, 'channel', 'sms', 'from', p_from, 'to', p_to, 'body', p_body,
                       'media_n', v_media, 'keyword', v_keyword));
  IF v_keyword IS NOT NULL AND p_sender = 'e164' THEN
    PERFORM text_keyword(v_org, v_thread, p_to, p_from, v_keyword, p_keyword_language, p_notice);
  ELSIF p_sender <> 'e164' AND v_keyword IS NULL THEN -- no number to answer: a person looks
    PERFORM escalation_open(v_org, v_thread, 'unreachable_sender', p_body, NULL, NULL);
  END IF;
  outcome := 'kept';
  message := v_message;
END $$;

-- Earlier texts in which a card number turned out to begin: their rows, their stored events, and an event that
-- says so. p_bodies: message id -> new body. Only customers' messages of this conversation.
CREATE OR REPLACE FUNCTION message_redact(p_organization uuid, p_conversation uuid, p_bodies jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_id uuid;
  v_body text;
  v_sid text;
  v_customer uuid;
  v_copy messages;
BEGIN
  FOR v_id, v_body IN SELECT key::uuid, value FROM jsonb_each_text(p_bodies) LOOP
    UPDATE messages SET body = v_body, is_redacted = true, updated_at = now()
     WHERE organization_id = p_organization AND conversation_id = p_conversation AND id = v_id
       AND author = 'customer' AND body <> v_body
    RETURNING twilio_message_sid INTO v_sid;
    CONTINUE WHEN NOT FOUND;
    SELECT customer_id INTO v_customer FROM conversations
     WHERE organization_id = p_organization AND id = p_conversation;
    -- the newest first: it was minutes ago, so few rows of the log are read
    UPDATE events SET payload = jsonb_set(payload, '{body}', to_jsonb(v_body))
     WHERE organization_id = p_organization
       AND seq = (SELECT e.seq FROM events e
                   WHERE e.organization_id = p_organization AND e.conversation_id = p_conversation
                     AND e.type = 'message.received' AND e.payload ->> 'message_id' = v_id::text
                   ORDER BY e.seq DESC LIMIT 1);
    -- an answer that is kept for a command may show it as the last thing said
    UPDATE command_keys
       SET body = jsonb_set(body::jsonb, '{conversation,last_message}', 'null', false)::json
     WHERE organization_id = p_organization AND conversation_id = p_conversation
       AND body #>> '{conversation,last_message,author}' = 'customer';
    -- an escalation may have quoted it: what was quoted goes, why it was asked for stays
    UPDATE escalations
       SET reason_text = NULL, packet = packet - 'words',
           reasons = (SELECT coalesce(jsonb_agg(r - 'text'), '[]') FROM jsonb_array_elements(reasons) AS r)
     WHERE organization_id = p_organization AND conversation_id = p_conversation AND closed_at IS NULL;
    IF FOUND THEN
      UPDATE events SET payload = payload - 'reason_text'
       WHERE organization_id = p_organization AND conversation_id = p_conversation AND type LIKE 'escalation.%'
         AND seq > (SELECT last_event - 20000 FROM organization_counters WHERE organization_id = p_organization);
    END IF;
    PERFORM event_add(p_organization, 'message.redacted', p_conversation, v_customer,
      jsonb_build_object('message_id', v_id, 'conversation_id', p_conversation, 'customer_id', v_customer,
                         'body', v_body));
    -- a text that came during a call stands in that call too (call_text_in)
    FOR v_copy IN SELECT m.* FROM conversations c JOIN messages m ON m.organization_id = c.organization_id
          AND m.conversation_id = c.id AND m.spoken_key = 'sms:' || v_sid
        WHERE c.organization_id = p_organization AND c.customer_id = v_customer AND c.channel = 'voice' LOOP
      PERFORM message_redact(p_organization, v_copy.conversation_id, jsonb_build_object(v_copy.id, v_body));
    END LOOP;
  END LOOP;
END $$;

-- The sender's texts of the last half hour in the open thread, newest first: what a card number may have begun in.
CREATE OR REPLACE FUNCTION text_recent(p_to text, p_from text, p_expected uuid)
RETURNS TABLE (message_id uuid, body text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_org uuid := organization_by_number(p_to);
BEGIN
  IF v_org IS NULL OR (p_expected IS NOT NULL AND p_expected <> v_org) THEN
    RETURN;
  END IF;
  PERFORM set_config('app.current_organization_id', v_org::text, true);
  RETURN QUERY
    SELECT m.id, m.body::text FROM conversations c
      JOIN messages m ON m.organization_id = c.organization_id AND m.conversation_id = c.id
     WHERE c.organization_id = v_org AND c.channel = 'sms' AND c.store_number = p_to AND c.peer = p_from
       AND c.state = 'open' AND m.author = 'customer' AND m.created_at > now() - interval '30 minutes'
     ORDER BY m.position DESC LIMIT 3;
END $$;

DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['text_thread(uuid, text, text, text, text)',
    'text_keyword(uuid, conversations, text, text, text, text, text)',
    'text_in(text, text, text, text, uuid, text, text[], text, text, text, jsonb, jsonb)',
    'message_redact(uuid, uuid, jsonb)', 'text_recent(text, text, uuid)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO switchback_service', f);
  END LOOP;
END $$;
