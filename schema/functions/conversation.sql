-- conversation: what staff read of conversations, as the API answers it (docs/openapi.yaml). The queries are STABLE: all
-- that one of them reads is of one moment, and last_event is that moment's number.

-- Conversations as they are answered, in the order of the ids.
CREATE OR REPLACE FUNCTION conversation_bodies(p_organization uuid, p_ids uuid[]) RETURNS TABLE (n bigint, body json)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  SELECT i.n, json_build_object(
           'id', c.id, 'customer_id', c.customer_id, 'customer_name', nullif(concat_ws(' ', k.first_name, k.last_name), ''),
           'channel', c.channel, 'peer', c.peer, 'store_number', c.store_number, 'state', c.state,
           'holder', c.holder, 'holder_user_id', c.holder_user_id, 'holder_name', u.display_name,
           'holder_since', c.holder_since, 'epoch', c.epoch, 'language', c.language, 'language_chosen', c.language_chosen,
           'class', c.class, 'last_position', c.last_position, 'answered_position', c.answered_position,
           'unread', (SELECT count(*) FROM messages m WHERE m.organization_id = p_organization AND m.conversation_id = c.id
                         AND m.position > c.answered_position AND m.author = 'customer'),
           'last_message_at', c.last_message_at, 'last_customer_at', c.last_customer_at, 'waiting_since', c.waiting_since,
           'opened_at', c.opened_at, 'closed_at', c.closed_at, 'closed_by', c.closed_by,
           'undelivered', coalesce((SELECT m.status IN ('failed', 'undelivered', 'unknown', 'held') FROM messages m
                         WHERE m.organization_id = p_organization AND m.conversation_id = c.id
                           AND m.position > c.last_position - 50
                           AND m.status IN ('failed', 'undelivered', 'unknown', 'held', 'delivered', 'read')
                         ORDER BY m.position DESC LIMIT 1), false),
           'escalation', CASE WHEN e.id IS NOT NULL THEN json_build_object('id', e.id, 'state', e.state, 'reason', e.reason,
                         'reason_text', e.reason_text, 'requested_at', e.requested_at, 'due_at', e.due_at,
                         'claimed_by', e.claimed_by) END,
           'promise_due_at', (SELECT min(p.due_at) FROM promises p WHERE p.organization_id = p_organization
                         AND p.conversation_id = c.id AND p.state = 'open'),
           'call', CASE c.channel WHEN 'voice' THEN call_body(p_organization, c.id) END,
           'last_message', (SELECT json_build_object('position', m.position, 'author', m.author, 'kind', m.kind,
                         'body', left(m.body, 160), 'created_at', m.created_at) FROM messages m
                         WHERE m.organization_id = p_organization AND m.conversation_id = c.id
                           AND m.kind IN ('text', 'keyword', 'notice')
                         ORDER BY m.position DESC LIMIT 1))
    FROM unnest(p_ids) WITH ORDINALITY AS i (id, n)
    JOIN conversations c ON c.organization_id = p_organization AND c.id = i.id
    LEFT JOIN customers k ON k.organization_id = p_organization AND k.id = c.customer_id
    LEFT JOIN user_profiles u ON u.organization_id = p_organization AND u.id = c.holder_user_id
    LEFT JOIN escalations e ON e.organization_id = p_organization AND e.conversation_id = c.id
          AND e.state NOT IN ('closed', 'returned_to_bot', 'customer_gone', 'expired');
END $$;

-- A conversation's messages below a position (NULL: the newest), at most p_limit.
CREATE OR REPLACE FUNCTION message_bodies(p_organization uuid, p_conversation uuid, p_below bigint, p_limit int)
RETURNS TABLE (at_position bigint, body json)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  SELECT m.position::bigint, json_build_object(
           'id', m.id, 'conversation_id', m.conversation_id, 'position', m.position, 'direction', m.direction,
           'author', m.author, 'author_user_id', m.author_user_id, 'author_name', u.display_name, 'channel', m.channel,
           'kind', m.kind, 'body', m.body, 'language', m.language, 'status', m.status, 'error_code', m.error_code,
           'error_text_en', m.error_text_en, 'error_text_fr', m.error_text_fr, 'segments', m.segments,
           'media', CASE WHEN m.media_n = 0 THEN '[]'::json ELSE
                    (SELECT coalesce(json_agg(json_build_object('url', f.url, 'content_type', f.content_type)
                                              ORDER BY f.position), '[]')
                       FROM message_media f WHERE f.organization_id = p_organization AND f.message_id = m.id) END,
           'epoch', m.epoch, 'is_redacted', m.is_redacted, 'created_at', m.created_at)
    FROM messages m
    LEFT JOIN user_profiles u ON u.organization_id = p_organization AND u.id = m.author_user_id
   WHERE m.organization_id = p_organization AND m.conversation_id = p_conversation
     AND m.position < coalesce(p_below, 9223372036854775807)
   ORDER BY m.position DESC LIMIT p_limit;
END $$;

CREATE OR REPLACE FUNCTION event_newest(p_organization uuid) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT last_event::bigint FROM organization_counters WHERE organization_id = p_organization
$$;

-- Which conversations a search means: by the customer's name or number, the peer, or words that were said. Newest first,
-- at most 500. Words are looked for in the 1,000 conversations that something happened in last: no index serves such a
-- search under row security (LIKE and @@ are not leakproof), so it must stay short by itself.
CREATE OR REPLACE FUNCTION conversation_found(p_organization uuid, p_q text) RETURNS uuid[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_words text := folded(btrim(p_q));
  v_digits text := number_digits(p_q);
BEGIN
  RETURN ARRAY(
    WITH recent AS (
      (SELECT c.id, c.last_message_at AS at FROM conversations c
        WHERE c.organization_id = p_organization AND c.state = 'open'
        ORDER BY c.last_message_hour DESC, c.last_message_at DESC LIMIT 1000)
      UNION ALL
      (SELECT c.id, c.closed_at FROM conversations c
        WHERE c.organization_id = p_organization AND c.state = 'closed' ORDER BY c.closed_at DESC LIMIT 1000)
      ORDER BY 2 DESC LIMIT 1000
    ), found AS (
      SELECT c.id, coalesce(c.closed_at, c.last_message_at) AS at FROM customers k
        JOIN conversations c ON c.organization_id = p_organization AND c.customer_id = k.id
       WHERE k.organization_id = p_organization
         AND (position(v_words IN k.search_words) > 0
              OR position(v_digits IN k.phone_number) > 0)
      UNION
      SELECT r.id, r.at FROM recent r JOIN conversations c ON c.organization_id = p_organization AND c.id = r.id
       WHERE c.customer_id IS NULL AND position(v_words IN folded(c.peer)) > 0
      UNION
      SELECT r.id, r.at FROM recent r
       WHERE EXISTS (SELECT FROM messages m WHERE m.organization_id = p_organization AND m.conversation_id = r.id
                        AND position(v_words IN lower(unaccent('public.unaccent', m.body))) > 0)
    )
    SELECT f.id FROM found f ORDER BY f.at DESC, f.id DESC LIMIT 500);
END $$;

-- GET /api/conversations. What is open is ordered by its last message, what is closed by its end.
CREATE OR REPLACE FUNCTION conversation_list(p_organization uuid, p_user uuid, p_state text, p_holder text,
    p_waiting boolean, p_customer uuid, p_q text, p_limit int, p_cursor text, OUT outcome text, OUT body text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_at timestamptz;
  v_id uuid;
  v_only uuid[];
  v_ids uuid[];
  v_times timestamptz[];
  v_next text;
BEGIN
  IF p_cursor IS NOT NULL THEN
    SELECT k.at, k.id INTO v_at, v_id FROM cursor_at(p_cursor) k;
    IF v_at IS NULL THEN
      outcome := 'input';
      RETURN;
    END IF;
  END IF;
  IF btrim(p_q) <> '' THEN
    v_only := conversation_found(p_organization, p_q);
  ELSIF p_customer IS NOT NULL THEN
    v_only := ARRAY(SELECT c.id FROM conversations c WHERE c.organization_id = p_organization AND c.customer_id = p_customer);
  ELSIF p_holder = 'me' THEN
    v_only := ARRAY(SELECT c.id FROM conversations c WHERE c.organization_id = p_organization AND c.holder_user_id = p_user);
  END IF;
  IF v_only IS NULL THEN
    SELECT array_agg(x.id ORDER BY x.at DESC, x.id DESC), array_agg(x.at ORDER BY x.at DESC, x.id DESC) INTO v_ids, v_times FROM (
      (SELECT c.id, c.last_message_at AS at FROM conversations c
        WHERE c.organization_id = p_organization AND c.state = 'open' AND p_state <> 'closed'
          AND (p_holder IS NULL OR c.holder = p_holder)
          AND (p_waiting IS NULL OR (c.waiting_since IS NOT NULL) = p_waiting)
          AND (v_at IS NULL OR (c.last_message_hour <= date_trunc('hour', v_at AT TIME ZONE 'UTC')
                                AND (c.last_message_at, c.id) < (v_at, v_id)))
        ORDER BY c.last_message_hour DESC, c.last_message_at DESC, c.id DESC LIMIT p_limit + 1)
      UNION ALL
      (SELECT c.id, c.closed_at FROM conversations c
        WHERE c.organization_id = p_organization AND c.state = 'closed' AND p_state <> 'open'
          AND (p_holder IS NULL OR c.holder = p_holder)
          AND (p_waiting IS NULL OR (c.waiting_since IS NOT NULL) = p_waiting)
          AND (v_at IS NULL OR (c.closed_at, c.id) < (v_at, v_id))
        ORDER BY c.closed_at DESC, c.id DESC LIMIT p_limit + 1)
      ORDER BY 2 DESC, 1 DESC LIMIT p_limit + 1) x;
  ELSE
    SELECT array_agg(x.id ORDER BY x.at DESC, x.id DESC), array_agg(x.at ORDER BY x.at DESC, x.id DESC) INTO v_ids, v_times FROM (
      SELECT c.id, coalesce(c.closed_at, c.last_message_at) AS at FROM conversations c
       WHERE c.organization_id = p_organization AND c.id = ANY (v_only) AND (p_state = 'all' OR c.state = p_state)
         AND (p_holder IS NULL OR c.holder = p_holder OR (p_holder = 'me' AND c.holder_user_id = p_user))
         AND (p_waiting IS NULL OR (c.waiting_since IS NOT NULL) = p_waiting)
         AND (p_customer IS NULL OR c.customer_id = p_customer)
         AND (v_at IS NULL OR (coalesce(c.closed_at, c.last_message_at), c.id) < (v_at, v_id))
       ORDER BY 2 DESC, 1 DESC LIMIT p_limit + 1) x;
  END IF;
  IF cardinality(v_ids) > p_limit THEN
    v_ids := v_ids[1:p_limit];
    v_next := cursor_of(v_times[p_limit], v_ids[p_limit]);
  END IF;
  outcome := 'ok';
  SELECT json_build_object('items', coalesce(json_agg(b.body ORDER BY b.n), '[]'), 'next_cursor', v_next,
                           'last_event', event_newest(p_organization))::text INTO body
    FROM conversation_bodies(p_organization, v_ids) b;
END $$;

-- A page of a conversation's messages: oldest first, and the cursor of what was said before them.
CREATE OR REPLACE FUNCTION message_page(p_organization uuid, p_conversation uuid, p_below bigint, p_limit int,
                                        OUT items json, OUT next_cursor text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  SELECT coalesce(json_agg(x.body ORDER BY x.at_position) FILTER (WHERE x.n <= p_limit), '[]'),
         CASE WHEN count(*) > p_limit THEN min(x.at_position) FILTER (WHERE x.n <= p_limit)::text END
    INTO items, next_cursor
    FROM (SELECT b.*, row_number() OVER (ORDER BY b.at_position DESC) AS n
            FROM message_bodies(p_organization, p_conversation, p_below, p_limit + 1) b) x;
END $$;

-- GET /api/conversations/{id}
CREATE OR REPLACE FUNCTION conversation_one(p_organization uuid, p_conversation uuid, OUT outcome text, OUT body text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  SELECT 'ok', json_build_object('conversation', c.body, 'messages', m.items, 'previous_cursor', m.next_cursor,
                                 'last_event', event_newest(p_organization))::text
    INTO outcome, body
    FROM conversation_bodies(p_organization, ARRAY[p_conversation]) c,
         message_page(p_organization, p_conversation, NULL, 50) m;
  outcome := coalesce(outcome, 'missing');
END $$;

-- GET /api/conversations/{id}/messages
CREATE OR REPLACE FUNCTION conversation_messages(p_organization uuid, p_conversation uuid, p_limit int, p_cursor text,
                                                 OUT outcome text, OUT body text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM conversations c WHERE c.organization_id = p_organization AND c.id = p_conversation) THEN
    outcome := 'missing';
  ELSIF p_cursor !~ '^[0-9]{1,18}$' THEN
    outcome := 'input';
  ELSE
    outcome := 'ok';
    SELECT json_build_object('items', m.items, 'next_cursor', m.next_cursor,
                             'last_event', event_newest(p_organization))::text
      INTO body FROM message_page(p_organization, p_conversation, p_cursor::bigint, p_limit) m;
  END IF;
END $$;

-- What a command answers: the conversation as it is now, the message that it wrote (NULL: none), and the number that this
-- is true at. Written after the command's events, so under the counters' lock.
CREATE OR REPLACE FUNCTION conversation_answer(p_organization uuid, p_conversation uuid, p_message uuid) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_position bigint;
BEGIN
  SELECT m.position INTO v_position FROM messages m WHERE m.organization_id = p_organization AND m.id = p_message;
  RETURN (SELECT CASE WHEN v_position IS NULL
                      THEN json_build_object('conversation', c.body, 'last_event', event_newest(p_organization))
                      ELSE json_build_object('message', (SELECT m.body FROM message_bodies(p_organization, p_conversation,
                                                                                           v_position + 1, 1) m),
                                             'conversation', c.body, 'last_event', event_newest(p_organization)) END::text
            FROM conversation_bodies(p_organization, ARRAY[p_conversation]) c);
END $$;

-- Tells that language, class or holder are another now. The thread as it is after the change.
CREATE OR REPLACE FUNCTION conversation_updated(p_organization uuid, p_thread conversations) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM event_add(p_organization, 'conversation.updated', p_thread.id, p_thread.customer_id,
    jsonb_build_object('conversation_id', p_thread.id, 'customer_id', p_thread.customer_id,
                       'language', p_thread.language, 'language_chosen', p_thread.language_chosen,
                       'class', p_thread.class, 'holder', p_thread.holder, 'holder_user_id', p_thread.holder_user_id,
                       'holder_name', staff_name(p_organization, p_thread.holder_user_id),
                       'holder_since', p_thread.holder_since, 'epoch', p_thread.epoch));
END $$;

-- Tells that a thread or call began.
CREATE OR REPLACE FUNCTION conversation_opened(p_organization uuid, p_thread conversations) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM event_add(p_organization, 'conversation.opened', p_thread.id, p_thread.customer_id,
    jsonb_build_object('conversation_id', p_thread.id, 'customer_id', p_thread.customer_id, 'channel', p_thread.channel,
                       'peer', p_thread.peer, 'store_number', p_thread.store_number, 'epoch', p_thread.epoch,
                       'holder', p_thread.holder, 'holder_user_id', p_thread.holder_user_id,
                       'holder_name', staff_name(p_organization, p_thread.holder_user_id),
                       'holder_since', p_thread.holder_since));
END $$;

-- What customers and colleagues see of a staff member; NULL for nobody.
CREATE OR REPLACE FUNCTION staff_name(p_organization uuid, p_user uuid) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT display_name FROM user_profiles WHERE organization_id = p_organization AND id = p_user
$$;

DO $$
DECLARE f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['conversation_bodies(uuid, uuid[])', 'message_bodies(uuid, uuid, bigint, int)', 'event_newest(uuid)',
    'conversation_found(uuid, text)', 'conversation_list(uuid, uuid, text, text, boolean, uuid, text, int, text)',
    'message_page(uuid, uuid, bigint, int)', 'conversation_one(uuid, uuid)',
    'conversation_messages(uuid, uuid, int, text)', 'conversation_answer(uuid, uuid, uuid)',
    'conversation_updated(uuid, conversations)', 'conversation_opened(uuid, conversations)', 'staff_name(uuid, uuid)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO switchback_service', f);
  END LOOP;
END $$;
