-- conversation_command: who may speak, and what staff say. Control of a conversation is holder and epoch: the database
-- decides who gets it, each later command shows the epoch that it was given, and an old one changes nothing.
--
-- Refusals carry what staff must know: code, and the conversation's holder, holder_user_id, holder_name, holder_since,
-- epoch. Codes: already_held (a colleague has it) | stale_epoch (it has changed hands meanwhile) | not_holder |
-- conversation_closed | promise_open (a call was promised) | unreachable (no number to text to).

-- The conversation with all that commands change beside it, locked in this order: conversation, open request, open
-- promises, texts that wait. So no command meets another's locks in between, nor those of text_in, agent_turn_store,
-- promise_due, outbox_claim and outbox_settle, which take some of these, in this order, before the counters.
CREATE OR REPLACE FUNCTION thread_lock(p_organization uuid, p_conversation uuid) RETURNS conversations
LANGUAGE plpgsql AS $$
DECLARE
  v_thread conversations;
BEGIN
  SELECT * INTO v_thread FROM conversations c
   WHERE c.organization_id = p_organization AND c.id = p_conversation FOR UPDATE;
  PERFORM FROM escalations e WHERE e.organization_id = p_organization AND e.conversation_id = p_conversation
      AND e.state NOT IN ('closed', 'returned_to_bot', 'customer_gone', 'expired') FOR UPDATE;
  PERFORM FROM promises p WHERE p.organization_id = p_organization AND p.conversation_id = p_conversation
      AND p.state = 'open' ORDER BY p.id FOR UPDATE;
  PERFORM FROM outbox o WHERE o.organization_id = p_organization AND o.conversation_id = p_conversation
      AND o.state IN ('queued', 'sending', 'unknown') ORDER BY o.id FOR UPDATE;
  RETURN v_thread;
END $$;

CREATE OR REPLACE FUNCTION thread_refused(p_thread conversations, p_code text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN jsonb_build_object('code', p_code, 'holder', p_thread.holder, 'holder_user_id', p_thread.holder_user_id,
    'holder_name', staff_name(p_thread.organization_id, p_thread.holder_user_id), 'holder_since', p_thread.holder_since,
    'epoch', p_thread.epoch)::text;
END $$;

-- Does somebody else of the staff hold it? One whose account was switched off holds nothing any more.
CREATE OR REPLACE FUNCTION thread_held(who staff_call, p_thread conversations) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN p_thread.holder = 'staff' AND p_thread.holder_user_id <> who.user_id
     AND EXISTS (SELECT FROM user_profiles u WHERE u.organization_id = who.organization_id
                    AND u.id = p_thread.holder_user_id AND u.is_active);
END $$;

-- May the caller speak or act here, under that epoch (NULL: whatever it is)? NULL: yes; else the refusal's code.
CREATE OR REPLACE FUNCTION thread_refusal(who staff_call, p_thread conversations, p_epoch bigint) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN CASE WHEN p_thread.state <> 'open' THEN 'conversation_closed'
              WHEN thread_held(who, p_thread) THEN 'already_held'
              WHEN p_thread.epoch <> p_epoch THEN 'stale_epoch' END;
END $$;

-- Something in the thread that the customer does not see: note, whisper, or a marker of what happened.
CREATE OR REPLACE FUNCTION thread_note(who staff_call, p_thread conversations, p_kind text, p_body text) RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
  v_message uuid;
  v_position bigint;
BEGIN
  UPDATE conversations c SET last_position = c.last_position + 1, updated_at = now()
   WHERE c.organization_id = who.organization_id AND c.id = p_thread.id RETURNING c.last_position INTO STRICT v_position;
  INSERT INTO messages (organization_id, conversation_id, position, direction, author, author_user_id, channel, kind, body, epoch)
  VALUES (who.organization_id, p_thread.id, v_position, 'out', 'staff', who.user_id, p_thread.channel, p_kind, p_body,
          p_thread.epoch)
  RETURNING id INTO v_message;
  PERFORM event_add(who.organization_id, 'message.noted', p_thread.id, p_thread.customer_id,
    jsonb_build_object('message_id', v_message, 'conversation_id', p_thread.id, 'customer_id', p_thread.customer_id,
                       'position', v_position, 'kind', p_kind, 'author', 'staff', 'author_user_id', who.user_id,
                       'author_name', staff_name(who.organization_id, who.user_id), 'body', p_body));
  RETURN v_message;
END $$;

-- The request for a person moves with the thread, and staff are told.
CREATE OR REPLACE FUNCTION thread_request_moved(who staff_call, p_thread conversations, p_state text, p_resolution text)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_request escalations;
BEGIN
  UPDATE escalations e
     SET state = p_state, epoch = p_thread.epoch,
         claimed_by = CASE p_state WHEN 'active' THEN who.user_id ELSE e.claimed_by END,
         claimed_at = CASE p_state WHEN 'active' THEN now() ELSE e.claimed_at END,
         active_at = CASE p_state WHEN 'active' THEN coalesce(e.active_at, now()) ELSE e.active_at END,
         closed_at = CASE p_state WHEN 'active' THEN NULL ELSE now() END,
         resolution = coalesce(p_resolution, e.resolution)
   WHERE e.organization_id = who.organization_id AND e.conversation_id = p_thread.id
     AND e.state NOT IN ('closed', 'returned_to_bot', 'customer_gone', 'expired')
  RETURNING * INTO v_request;
  IF FOUND THEN
    PERFORM event_add(who.organization_id, 'escalation.updated', p_thread.id, p_thread.customer_id,
      jsonb_build_object('escalation_id', v_request.id, 'conversation_id', p_thread.id, 'customer_id', p_thread.customer_id,
                         'state', v_request.state, 'reason', v_request.reason, 'reason_text', v_request.reason_text,
                         'due_at', v_request.due_at));
  END IF;
END $$;

-- Promises of that kind (NULL: of any) are settled: kept by the answer, or called off.
CREATE OR REPLACE FUNCTION thread_promises_settled(p_organization uuid, p_conversation uuid, p_kind text, p_state text)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_promise promises;
BEGIN
  FOR v_promise IN
    UPDATE promises p SET state = p_state, settled_at = now()
     WHERE p.organization_id = p_organization AND p.conversation_id = p_conversation AND p.state = 'open'
       AND (p_kind IS NULL OR p.kind = p_kind) RETURNING *
  LOOP
    PERFORM event_add(p_organization, 'promise.settled', p_conversation, v_promise.customer_id,
      jsonb_build_object('promise_id', v_promise.id, 'escalation_id', v_promise.escalation_id,
                         'conversation_id', p_conversation, 'customer_id', v_promise.customer_id,
                         'state', p_state, 'due_at', v_promise.due_at));
  END LOOP;
END $$;

-- What was written under an older epoch and is not on its way yet is never sent. Its due work finds nothing to do.
CREATE OR REPLACE FUNCTION thread_superseded(p_thread conversations) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_row outbox;
BEGIN
  FOR v_row IN
    UPDATE outbox o SET state = 'superseded', updated_at = now()
     WHERE o.organization_id = p_thread.organization_id AND o.conversation_id = p_thread.id AND o.state = 'queued'
       AND o.kind = 'reply' RETURNING *
  LOOP
    PERFORM outbox_tell(v_row, 'superseded', 40);
  END LOOP;
END $$;

-- What the one who lets go wrote while it was theirs still goes out: from here on it is valid by itself.
CREATE OR REPLACE FUNCTION thread_let_out(p_thread conversations) RETURNS void
LANGUAGE sql AS $$
  UPDATE outbox SET kind = 'notice', updated_at = now()
   WHERE organization_id = p_thread.organization_id AND conversation_id = p_thread.id AND kind = 'reply'
     AND epoch = p_thread.epoch AND state IN ('queued', 'sending', 'unknown')
$$;

-- The customer is told that a person is here: once in a human stretch, in the thread's language, where a text may go.
CREATE OR REPLACE FUNCTION thread_person_told(who staff_call, INOUT p_thread conversations)
LANGUAGE plpgsql AS $$
DECLARE
  v_language text;
  v_body text;
  v_notice uuid;
BEGIN
  IF p_thread.person_told_at IS NOT NULL OR p_thread.channel <> 'sms' OR p_thread.peer !~ '^\+[1-9][0-9]{6,14}$'
     OR EXISTS (SELECT FROM consents n WHERE n.organization_id = who.organization_id AND n.phone_number = p_thread.peer
                   AND n.opted_out) THEN
    RETURN;
  END IF;
  SELECT coalesce(p_thread.language, k.preferred_language, o.default_language), o.name INTO v_language, v_body
    FROM organizations o LEFT JOIN customers k ON k.organization_id = o.id AND k.id = p_thread.customer_id
   WHERE o.id = who.organization_id;
  v_body := CASE v_language
    WHEN 'fr' THEN format('Vous échangez maintenant avec %s, de l''équipe %s.', staff_name(who.organization_id, who.user_id), v_body)
    ELSE format('You''re now texting with %s from the team at %s.', staff_name(who.organization_id, who.user_id), v_body) END;
  v_notice := outbox_add(who.organization_id, p_thread, 'system', 'notice', v_body, v_language, NULL, false);
  -- before the words that follow it in this transaction
  UPDATE outbox SET created_at = created_at - interval '1 millisecond'
   WHERE organization_id = who.organization_id AND id = v_notice;
  UPDATE conversations c SET person_told_at = now()
   WHERE c.organization_id = who.organization_id AND c.id = p_thread.id RETURNING * INTO p_thread;
END $$;

-- The caller becomes the holder. The thread is locked and may be taken; p_marker says so in it.
CREATE OR REPLACE FUNCTION thread_taken(who staff_call, INOUT p_thread conversations, p_marker text)
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE conversations c
     SET holder = 'staff', holder_user_id = who.user_id, holder_since = now(), epoch = c.epoch + 1, updated_at = now()
   WHERE c.organization_id = who.organization_id AND c.id = p_thread.id RETURNING * INTO STRICT p_thread;
  -- a turn that is being thought of ends as `taken`; it must still find its lease to take out card numbers
  DELETE FROM due_work w WHERE w.organization_id = who.organization_id AND w.kind = 'agent_turn' AND w.ref = p_thread.id
     AND w.lease IS NULL;
  PERFORM thread_superseded(p_thread);
  PERFORM conversation_updated(who.organization_id, p_thread);
  PERFORM thread_request_moved(who, p_thread, 'active', NULL);
  PERFORM thread_note(who, p_thread, 'marker', p_marker);
  p_thread := thread_person_told(who, p_thread);
END $$;

-- POST /api/conversations/{id}/takeover. p_may_force: the caller's role may take from a colleague.
CREATE OR REPLACE FUNCTION conversation_take_over(who staff_call, p_conversation uuid, p_epoch bigint, p_force boolean,
    p_reason text, p_may_force boolean, OUT outcome text, OUT body text)
LANGUAGE plpgsql AS $$
DECLARE
  v_thread conversations;
  v_refusal text;
  v_marker text := 'took over';
BEGIN
  SELECT f.outcome, f.body INTO outcome, body FROM command_first(who) f;
  IF outcome IS NOT NULL THEN
    RETURN;
  END IF;
  v_thread := thread_lock(who.organization_id, p_conversation);
  v_refusal := thread_refusal(who, v_thread, p_epoch);
  IF v_refusal = 'already_held' AND p_force AND p_may_force AND btrim(p_reason) <> '' THEN
    v_marker := format('took over from %s: %s', staff_name(who.organization_id, v_thread.holder_user_id), btrim(p_reason));
    v_refusal := CASE WHEN v_thread.epoch <> p_epoch THEN 'stale_epoch' END;
  ELSIF v_refusal = 'already_held' AND p_force THEN
    outcome := CASE WHEN p_may_force THEN 'input' ELSE 'denied' END;
  END IF;
  IF v_thread.id IS NULL THEN
    outcome := 'missing';
  ELSIF outcome IS NULL AND v_thread.state = 'open' AND v_thread.holder_user_id = who.user_id THEN
    outcome := 'ok'; -- theirs already: pressed twice
  ELSIF outcome IS NULL AND v_refusal IS NOT NULL THEN
    outcome := 'conflict';
    body := thread_refused(v_thread, v_refusal);
  ELSIF outcome IS NULL THEN
    outcome := 'ok';
    v_thread := thread_taken(who, v_thread, v_marker);
    PERFORM command_audit(who, CASE v_marker WHEN 'took over' THEN 'conversation.take_over' ELSE 'conversation.force' END,
                          'conversation', p_conversation,
                          jsonb_build_object('epoch', v_thread.epoch,
                                             'reason', CASE WHEN v_marker <> 'took over' THEN left(btrim(p_reason), 200) END));
  END IF;
  IF outcome = 'ok' THEN
    body := conversation_answer(who.organization_id, p_conversation, NULL);
  END IF;
  PERFORM command_done(who, p_conversation, outcome, body);
END $$;

-- A text of the caller's into a thread that is theirs. Returns the message. greeted_at stays: it says whether the agent has
-- introduced itself, and if it has not, its first word after a person's must say who speaks.
CREATE OR REPLACE FUNCTION thread_said(who staff_call, p_thread conversations, p_body text, p_language text, p_segments int)
RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
  v_outbox uuid;
  v_thread conversations;
BEGIN
  PERFORM thread_promises_settled(who.organization_id, p_thread.id, 'answer', 'kept');
  v_outbox := outbox_add(who.organization_id, p_thread, 'staff', 'reply', p_body, coalesce(p_language, p_thread.language),
                         who.user_id, false, p_segments);
  UPDATE conversations c
     SET answered_position = c.last_position, waiting_since = NULL, language = coalesce(c.language, p_language),
         updated_at = now()
   WHERE c.organization_id = who.organization_id AND c.id = p_thread.id RETURNING * INTO STRICT v_thread;
  IF v_thread.language IS DISTINCT FROM p_thread.language THEN
    PERFORM conversation_updated(who.organization_id, v_thread);
  END IF;
  RETURN (SELECT o.message_id FROM outbox o WHERE o.organization_id = who.organization_id AND o.id = v_outbox);
END $$;

-- POST /api/conversations/{id}/messages: a reply, and a claim where nobody of the staff holds.
CREATE OR REPLACE FUNCTION conversation_reply(who staff_call, p_conversation uuid, p_epoch bigint, p_body text,
    p_language text, p_segments int, OUT outcome text, OUT body text)
LANGUAGE plpgsql AS $$
DECLARE
  v_thread conversations;
  v_refusal text;
  v_message uuid;
BEGIN
  SELECT f.outcome, f.body INTO outcome, body FROM command_first(who) f;
  IF outcome IS NOT NULL THEN
    RETURN;
  END IF;
  v_thread := thread_lock(who.organization_id, p_conversation);
  v_refusal := thread_refusal(who, v_thread, p_epoch);
  IF v_refusal IS NULL AND (v_thread.channel <> 'sms' OR v_thread.peer !~ '^\+[1-9][0-9]{6,14}$') THEN
    v_refusal := 'unreachable';
  END IF;
  IF v_thread.id IS NULL THEN
    outcome := 'missing';
  ELSIF p_body !~ '\S' THEN
    outcome := 'input';
  ELSIF v_refusal IS NOT NULL THEN
    outcome := 'conflict';
    body := thread_refused(v_thread, v_refusal);
  ELSE
    outcome := 'created';
    IF v_thread.holder_user_id IS DISTINCT FROM who.user_id THEN
      v_thread := thread_taken(who, v_thread, 'took over');
    END IF;
    v_message := thread_said(who, v_thread, p_body, p_language, p_segments);
    PERFORM command_audit(who, 'conversation.reply', 'message', v_message, jsonb_build_object('epoch', v_thread.epoch));
    body := conversation_answer(who.organization_id, p_conversation, v_message);
  END IF;
  PERFORM command_done(who, p_conversation, outcome, body);
END $$;

-- POST /api/conversations/{id}/notes and .../whisper: for colleagues, or for the agent; whoever holds, open or closed.
CREATE OR REPLACE FUNCTION conversation_note(who staff_call, p_conversation uuid, p_kind text, p_body text,
                                             OUT outcome text, OUT body text)
LANGUAGE plpgsql AS $$
DECLARE
  v_thread conversations;
  v_message uuid;
BEGIN
  SELECT f.outcome, f.body INTO outcome, body FROM command_first(who) f;
  IF outcome IS NOT NULL THEN
    RETURN;
  END IF;
  v_thread := thread_lock(who.organization_id, p_conversation);
  IF v_thread.id IS NULL THEN
    outcome := 'missing';
  ELSIF p_body !~ '\S' THEN
    outcome := 'input';
  ELSE
    outcome := 'created';
    v_message := thread_note(who, v_thread, p_kind, p_body);
    PERFORM command_audit(who, 'conversation.' || p_kind, 'message', v_message, '{}');
    body := conversation_answer(who.organization_id, p_conversation, v_message);
  END IF;
  PERFORM command_done(who, p_conversation, outcome, body);
END $$;

-- POST /api/conversations/{id}/hand-back: the agent holds again, and answers what nobody has answered. waiting_since says
-- whether something is: a customer who was promised a person and handed back unanswered gets the agent's word anew.
CREATE OR REPLACE FUNCTION conversation_hand_back(who staff_call, p_conversation uuid, p_epoch bigint,
                                                  OUT outcome text, OUT body text)
LANGUAGE plpgsql AS $$
DECLARE
  v_thread conversations;
  v_refusal text;
  v_unanswered bigint;
BEGIN
  SELECT f.outcome, f.body INTO outcome, body FROM command_first(who) f;
  IF outcome IS NOT NULL THEN
    RETURN;
  END IF;
  v_thread := thread_lock(who.organization_id, p_conversation);
  v_refusal := CASE WHEN v_thread.state <> 'open' THEN 'conversation_closed'
                    WHEN v_thread.holder_user_id IS DISTINCT FROM who.user_id THEN 'not_holder'
                    WHEN v_thread.epoch <> p_epoch THEN 'stale_epoch'
                    WHEN EXISTS (SELECT FROM promises p WHERE p.organization_id = who.organization_id
                                    AND p.conversation_id = p_conversation AND p.state = 'open' AND p.kind = 'callback')
                    THEN 'promise_open' END;
  IF v_thread.id IS NULL THEN
    outcome := 'missing';
  ELSIF v_refusal IS NOT NULL THEN
    outcome := 'conflict';
    body := thread_refused(v_thread, v_refusal);
  ELSE
    outcome := 'ok';
    PERFORM thread_let_out(v_thread);
    SELECT min(m.position) INTO v_unanswered FROM messages m
     WHERE m.organization_id = who.organization_id AND m.conversation_id = p_conversation AND m.author = 'customer'
       AND m.kind = 'text' AND m.created_at >= v_thread.waiting_since;
    UPDATE conversations c
       SET holder = 'agent', holder_user_id = NULL, holder_since = now(), epoch = c.epoch + 1, person_told_at = NULL,
           answered_position = least(c.answered_position, coalesce(v_unanswered - 1, c.answered_position)), updated_at = now()
     WHERE c.organization_id = who.organization_id AND c.id = p_conversation RETURNING * INTO STRICT v_thread;
    IF v_unanswered IS NOT NULL AND v_thread.channel = 'sms' AND v_thread.peer ~ '^\+[1-9][0-9]{6,14}$' THEN
      PERFORM work_add(who.organization_id, 'agent_turn', p_conversation, now());
    END IF;
    PERFORM conversation_updated(who.organization_id, v_thread);
    PERFORM thread_promises_settled(who.organization_id, p_conversation, 'answer', 'cancelled');
    PERFORM thread_request_moved(who, v_thread, 'returned_to_bot', 'handed_back');
    PERFORM thread_note(who, v_thread, 'marker', 'handed back');
    PERFORM command_audit(who, 'conversation.hand_back', 'conversation', p_conversation,
                          jsonb_build_object('epoch', v_thread.epoch));
    body := conversation_answer(who.organization_id, p_conversation, NULL);
  END IF;
  PERFORM command_done(who, p_conversation, outcome, body);
END $$;

-- POST /api/conversations/{id}/close: it is over. A further text opens a new one.
CREATE OR REPLACE FUNCTION conversation_close(who staff_call, p_conversation uuid, p_epoch bigint, p_resolution text,
                                              OUT outcome text, OUT body text)
LANGUAGE plpgsql AS $$
DECLARE
  v_thread conversations;
  v_refusal text;
BEGIN
  SELECT f.outcome, f.body INTO outcome, body FROM command_first(who) f;
  IF outcome IS NOT NULL THEN
    RETURN;
  END IF;
  v_thread := thread_lock(who.organization_id, p_conversation);
  v_refusal := thread_refusal(who, v_thread, p_epoch);
  IF v_thread.id IS NULL THEN
    outcome := 'missing';
  ELSIF p_resolution !~ '^[a-z][a-z_]{0,39}$' THEN
    outcome := 'input';
  ELSIF v_refusal IS NOT NULL THEN
    outcome := 'conflict';
    body := thread_refused(v_thread, v_refusal);
  ELSE
    outcome := 'ok';
    IF v_thread.holder_user_id = who.user_id THEN
      PERFORM thread_let_out(v_thread);
    END IF;
    PERFORM thread_superseded(v_thread);
    UPDATE conversations c
       SET state = 'closed', closed_at = now(), closed_by = 'staff', holder = 'nobody', holder_user_id = NULL,
           holder_since = now(), epoch = c.epoch + 1, waiting_since = NULL, person_told_at = NULL,
           outcome = coalesce(p_resolution, c.outcome), updated_at = now()
     WHERE c.organization_id = who.organization_id AND c.id = p_conversation RETURNING * INTO STRICT v_thread;
    DELETE FROM due_work w WHERE w.organization_id = who.organization_id AND w.kind = 'agent_turn' AND w.ref = p_conversation
       AND w.lease IS NULL;
    PERFORM thread_promises_settled(who.organization_id, p_conversation, NULL, 'cancelled');
    PERFORM thread_request_moved(who, v_thread, 'closed', coalesce(p_resolution, 'closed'));
    PERFORM thread_note(who, v_thread, 'marker', 'closed');
    PERFORM event_add(who.organization_id, 'conversation.closed', p_conversation, v_thread.customer_id,
      jsonb_build_object('conversation_id', p_conversation, 'customer_id', v_thread.customer_id, 'closed_by', 'staff'));
    PERFORM command_audit(who, 'conversation.close', 'conversation', p_conversation,
                          jsonb_build_object('resolution', p_resolution));
    body := conversation_answer(who.organization_id, p_conversation, NULL);
  END IF;
  PERFORM command_done(who, p_conversation, outcome, body);
END $$;

-- The open thread with a number, by the store's number given or any, locked; or a new one, held by the caller.
CREATE OR REPLACE FUNCTION thread_with(who staff_call, p_phone text, p_store_number text,
                                       p_language text) RETURNS conversations
LANGUAGE plpgsql AS $$
DECLARE
  v_thread conversations;
  v_customer customers;
  v_id uuid;
  v_store text := p_store_number;
  v_first boolean := false;
BEGIN
  LOOP
    SELECT c.id INTO v_id FROM organization_phone_numbers n
      JOIN conversations c ON c.organization_id = n.organization_id AND c.channel = 'sms' AND c.store_number = n.phone_number
           AND c.peer = p_phone AND c.state = 'open'
     WHERE n.organization_id = who.organization_id AND n.is_active AND n.phone_number = coalesce(p_store_number, n.phone_number)
     ORDER BY c.last_message_at DESC LIMIT 1;
    IF FOUND THEN
      v_thread := thread_lock(who.organization_id, v_id);
      IF v_thread.state = 'open' THEN
        RETURN v_thread;
      END IF;
      CONTINUE; -- closed meanwhile: look again
    END IF;
    IF v_store IS NULL THEN -- the number that the customer knows, else the first that the store has
      SELECT n.phone_number INTO STRICT v_store FROM organization_phone_numbers n
       WHERE n.organization_id = who.organization_id AND n.is_active
       ORDER BY (SELECT max(c.last_message_at) FROM customers k
                   JOIN conversations c ON c.organization_id = k.organization_id AND c.customer_id = k.id
                  WHERE k.organization_id = who.organization_id AND k.phone_number = p_phone
                    AND c.store_number = n.phone_number) DESC NULLS LAST, n.created_at, n.id
       LIMIT 1;
    END IF;
    INSERT INTO customers (organization_id, phone_number) VALUES (who.organization_id, p_phone)
    ON CONFLICT (organization_id, phone_number) DO NOTHING;
    v_first := FOUND;
    SELECT * INTO STRICT v_customer FROM customers k
     WHERE k.organization_id = who.organization_id AND k.phone_number = p_phone;
    INSERT INTO conversations (organization_id, customer_id, channel, peer, store_number, holder, holder_user_id, language,
                               language_chosen, person_told_at)
    VALUES (who.organization_id, v_customer.id, 'sms', p_phone, v_store, 'staff', who.user_id,
            coalesce(CASE WHEN v_customer.language_chosen THEN v_customer.preferred_language END, p_language,
                     v_customer.preferred_language), v_customer.language_chosen, now())
    ON CONFLICT (organization_id, channel, store_number, peer) WHERE state = 'open' AND channel <> 'voice' DO NOTHING
    RETURNING * INTO v_thread;
    EXIT WHEN v_thread.id IS NOT NULL; -- else a text of theirs was quicker
  END LOOP;
  IF v_first THEN
    PERFORM event_add(who.organization_id, 'customer.created', v_thread.id, v_customer.id,
      jsonb_build_object('customer_id', v_customer.id, 'phone_number', p_phone));
  END IF;
  PERFORM conversation_opened(who.organization_id, v_thread);
  RETURN v_thread;
END $$;

-- POST /api/conversations: a text to a customer, or to a number that becomes one, first. Where a thread with them is open
-- it goes there, under a reply's rules.
CREATE OR REPLACE FUNCTION conversation_start(who staff_call, p_customer uuid, p_number text, p_store_number text,
    p_body text, p_language text, p_segments int, OUT outcome text, OUT body text)
LANGUAGE plpgsql AS $$
DECLARE
  v_phone text := number_e164(p_number);
  v_store text := number_e164(p_store_number);
  v_customer customers;
  v_thread conversations;
  v_refusal text;
  v_message uuid;
BEGIN
  SELECT f.outcome, f.body INTO outcome, body FROM command_first(who) f;
  IF outcome IS NOT NULL THEN
    RETURN;
  END IF;
  IF p_customer IS NOT NULL THEN
    SELECT * INTO v_customer FROM customers k WHERE k.organization_id = who.organization_id AND k.id = p_customer;
    v_phone := v_customer.phone_number;
  END IF;
  IF p_body !~ '\S' OR (p_customer IS NULL) = (p_number IS NULL) OR (p_number IS NOT NULL AND v_phone IS NULL)
     OR EXISTS (SELECT FROM organization_phone_numbers n WHERE n.organization_id = who.organization_id AND n.phone_number = v_phone)
     OR (p_store_number IS NOT NULL AND NOT EXISTS (SELECT FROM organization_phone_numbers n
           WHERE n.organization_id = who.organization_id AND n.phone_number = v_store AND n.is_active)) THEN
    outcome := 'input';
  ELSIF p_customer IS NOT NULL AND v_customer.id IS NULL THEN
    outcome := 'missing';
  ELSIF v_phone IS NULL OR NOT EXISTS (SELECT FROM organization_phone_numbers n
           WHERE n.organization_id = who.organization_id AND n.is_active) THEN
    outcome := 'conflict';
    body := '{"code": "unreachable"}';
  ELSE
    v_thread := thread_with(who, v_phone, v_store, p_language);
    v_refusal := thread_refusal(who, v_thread, NULL);
    IF v_refusal IS NOT NULL THEN
      outcome := 'conflict';
      body := thread_refused(v_thread, v_refusal);
    ELSE
      outcome := 'created';
      IF v_thread.holder_user_id IS DISTINCT FROM who.user_id THEN
        v_thread := thread_taken(who, v_thread, 'took over');
      END IF;
      v_message := thread_said(who, v_thread, p_body, p_language, p_segments);
      PERFORM command_audit(who, 'outbound.text', 'message', v_message, jsonb_build_object('epoch', v_thread.epoch));
      body := conversation_answer(who.organization_id, v_thread.id, v_message);
    END IF;
  END IF;
  PERFORM command_done(who, v_thread.id, outcome, body);
END $$;

DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['thread_lock(uuid, uuid)', 'thread_refused(conversations, text)',
    'thread_held(staff_call, conversations)', 'thread_refusal(staff_call, conversations, bigint)',
    'thread_note(staff_call, conversations, text, text)', 'thread_request_moved(staff_call, conversations, text, text)',
    'thread_promises_settled(uuid, uuid, text, text)', 'thread_superseded(conversations)', 'thread_let_out(conversations)',
    'thread_person_told(staff_call, conversations)', 'thread_taken(staff_call, conversations, text)',
    'conversation_take_over(staff_call, uuid, bigint, boolean, text, boolean)',
    'thread_said(staff_call, conversations, text, text, int)',
    'conversation_reply(staff_call, uuid, bigint, text, text, int)', 'conversation_note(staff_call, uuid, text, text)',
    'conversation_hand_back(staff_call, uuid, bigint)', 'conversation_close(staff_call, uuid, bigint, text)',
    'thread_with(staff_call, text, text, text)',
    'conversation_start(staff_call, uuid, text, text, text, text, int)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO switchback_service', f);
  END LOOP;
END $$;
