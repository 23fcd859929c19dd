-- session.sql - staff's sign-ins: finding an account, keeping a session, its refresh tokens, its end.
--
-- Locks are taken in one order: account, session, counter. What ends a session (or changes what its person may do) writes
-- the event session.ended by trigger, so that every way of doing it does, an operator's UPDATE included.

-- ---- signing in ----

-- The account behind a store's slug and an e-mail; no row when there is none that could sign in. wait_s: for how long no
-- password is to be tried after wrong ones; known: somebody has signed in to it from this address within the last month.
CREATE OR REPLACE FUNCTION sign_in_find(p_slug text, p_email text, p_address inet)
RETURNS TABLE (organization uuid, user_id uuid, password_hash text, wait_s integer, known boolean)
LANGUAGE plpgsql AS $$
BEGIN
  organization := organization_by_slug(p_slug);
  IF organization IS NULL THEN
    RETURN;
  END IF;
  PERFORM set_config('app.current_organization_id', organization::text, true);
  RETURN QUERY
    SELECT o.id, u.id, CASE WHEN u.is_active AND o.is_active THEN u.password_hash END,
           -- below five next_sign_in_at is only when the last one was: perhaps a moment after this transaction began
           CASE WHEN u.failed_sign_ins < 5 THEN 0 ELSE greatest(0, ceil(extract(epoch FROM u.next_sign_in_at - now())))::integer END,
           EXISTS (SELECT FROM user_sessions s WHERE s.organization_id = u.organization_id AND s.user_id = u.id
                      AND s.address = p_address AND s.refreshed_at > now() - interval '30 days')
      FROM organizations o LEFT JOIN user_profiles u ON u.organization_id = o.id AND lower(u.email) = lower(p_email)
     WHERE o.id = organization;
END $$;

-- A wrong password, or an account that cannot sign in. The delay doubles from the fifth in a row on, up to a minute; a
-- quarter of an hour without a further one forgets them (server/staff/delays.c holds the same for names that are nobody's).
CREATE OR REPLACE FUNCTION sign_in_refused(p_organization uuid, p_user uuid, p_address inet, p_request text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_reason text := 'unknown';
BEGIN
  IF p_user IS NOT NULL THEN
    UPDATE user_profiles u
       SET failed_sign_ins = n.failed,
           next_sign_in_at = now() + make_interval(secs => CASE WHEN n.failed < 5 THEN 0 ELSE least(60, 2 ^ least(n.failed - 5, 6)) END)
      FROM (SELECT CASE WHEN x.next_sign_in_at > now() - interval '15 minutes' THEN least(x.failed_sign_ins, 1000) ELSE 0 END + 1
                   AS failed
              FROM user_profiles x WHERE x.organization_id = p_organization AND x.id = p_user FOR UPDATE) n
     WHERE u.organization_id = p_organization AND u.id = p_user
    RETURNING CASE WHEN NOT u.is_active THEN 'disabled' WHEN u.password_hash IS NULL THEN 'no_password' ELSE 'password' END
      INTO v_reason;
  END IF;
  INSERT INTO audit_log (organization_id, actor, actor_id, action, object_kind, object_id, result, request_id, address, detail)
  VALUES (p_organization, 'staff', p_user, 'session.sign_in', CASE WHEN p_user IS NOT NULL THEN 'user' END, p_user::text,
          'refused', p_request, p_address, jsonb_build_object('reason', v_reason));
END $$;

-- The password was right: p_hash is the hash that it was checked against, p_renewed the same password's at today's cost or
-- NULL. No row when the account has changed meanwhile.
CREATE OR REPLACE FUNCTION sign_in_done(p_organization uuid, p_user uuid, p_hash text, p_renewed text, p_family bytea,
                                        p_refresh bytea, p_client text, p_address inet, p_request text)
RETURNS TABLE (session_id uuid, role text, language text)
LANGUAGE plpgsql AS $$
DECLARE
  v_user user_profiles;
BEGIN
  SELECT u.* INTO v_user FROM user_profiles u JOIN organizations o ON o.id = u.organization_id
   WHERE u.organization_id = p_organization AND u.id = p_user AND u.is_active AND o.is_active AND u.password_hash = p_hash
     FOR UPDATE OF u;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF v_user.failed_sign_ins > 0 OR p_renewed IS NOT NULL THEN
    PERFORM set_config('app.password_renewed', p_user::text, true);
    UPDATE user_profiles u SET failed_sign_ins = 0, next_sign_in_at = NULL, password_hash = coalesce(p_renewed, p_hash)
     WHERE u.organization_id = p_organization AND u.id = p_user;
    PERFORM set_config('app.password_renewed', '', true);
  END IF;
  INSERT INTO user_sessions (organization_id, user_id, family_hash, refresh_hash, client, address, expires_at)
  VALUES (p_organization, p_user, p_family, p_refresh, p_client, p_address, now() + interval '30 days')
  RETURNING id INTO session_id;
  -- Nobody has fifty consoles: of more, those that were silent longest end. What ended long ago is forgotten.
  UPDATE user_sessions s SET revoked_at = now(), revoked_reason = 'revoked'
   WHERE s.organization_id = p_organization AND s.id IN (
     SELECT x.id FROM user_sessions x
      WHERE x.organization_id = p_organization AND x.user_id = p_user AND x.revoked_at IS NULL AND x.expires_at > now()
      ORDER BY x.refreshed_at DESC, x.id OFFSET 50);
  DELETE FROM user_sessions s
   WHERE s.organization_id = p_organization AND s.user_id = p_user
     AND coalesce(s.revoked_at, s.expires_at) < now() - interval '90 days';
  INSERT INTO audit_log (organization_id, actor, actor_id, session_id, action, object_kind, object_id, result, request_id,
                         address)
  VALUES (p_organization, 'staff', p_user, sign_in_done.session_id, 'session.sign_in', 'user', p_user::text, 'done',
          p_request, p_address);
  role := v_user.role;
  language := v_user.language;
  RETURN NEXT;
END $$;

-- ---- refreshing ----

-- p_shown: the hash of the token that was shown, p_next: of the one that follows it. The newest token of its family is
-- exchanged; so is the one before it for half a minute, for the client that never got the answer (whoever stole it and is
-- that quick cuts the rightful client off: its own token is then none of the two, and its next refresh ends the session
-- for both). Any other token of the family means that somebody else has it: the session is over.
-- A session lives 30 days from its last refresh on, 180 days at most.
CREATE OR REPLACE FUNCTION session_refresh(p_family bytea, p_shown bytea, p_next bytea, p_address inet, p_request text)
RETURNS TABLE (outcome text, organization uuid, session_id uuid, user_id uuid, role text)
LANGUAGE plpgsql AS $$
DECLARE
  v user_sessions;
BEGIN
  outcome := 'refused';
  organization := organization_by_family(p_family);
  IF organization IS NULL THEN
    RETURN NEXT;
    RETURN;
  END IF;
  PERFORM set_config('app.current_organization_id', organization::text, true);
  SELECT s.* INTO v FROM user_sessions s WHERE s.organization_id = organization AND s.family_hash = p_family FOR UPDATE;
  SELECT u.id, u.role INTO user_id, role FROM user_profiles u JOIN organizations o ON o.id = u.organization_id
   WHERE u.organization_id = organization AND u.id = v.user_id AND u.is_active AND o.is_active;
  session_id := v.id;
  IF v.id IS NULL OR user_id IS NULL OR v.revoked_at IS NOT NULL OR v.expires_at <= now() THEN
    RETURN NEXT;
    RETURN;
  END IF;
  IF v.refresh_hash = p_shown THEN
    outcome := 'ok';
    UPDATE user_sessions s SET previous_hash = v.refresh_hash, refresh_hash = p_next, refreshed_at = now(),
           address = coalesce(p_address, s.address),
           expires_at = least(now() + interval '30 days', v.created_at + interval '180 days')
     WHERE s.organization_id = v.organization_id AND s.id = v.id;
  ELSIF v.previous_hash = p_shown AND v.refreshed_at > now() - interval '30 seconds' THEN
    outcome := 'ok';
    UPDATE user_sessions s SET refresh_hash = p_next WHERE s.organization_id = v.organization_id AND s.id = v.id;
  ELSE
    outcome := 'reused';
    UPDATE user_sessions s SET revoked_at = now(), revoked_reason = 'reuse'
     WHERE s.organization_id = v.organization_id AND s.id = v.id;
    INSERT INTO audit_log (organization_id, actor, actor_id, session_id, action, object_kind, object_id, result, request_id,
                           address)
    VALUES (v.organization_id, 'system', NULL, v.id, 'session.refresh', 'user', v.user_id::text, 'reused', p_request,
            p_address);
  END IF;
  RETURN NEXT;
END $$;

-- ---- the session behind a token ----

-- No row: not in force.
CREATE OR REPLACE FUNCTION session_in_force(p_organization uuid, p_session uuid)
RETURNS TABLE (user_id uuid, role text, language text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
    SELECT u.id, u.role, u.language
      FROM user_sessions s
      JOIN user_profiles u ON u.organization_id = s.organization_id AND u.id = s.user_id
      JOIN organizations o ON o.id = s.organization_id
     WHERE s.organization_id = p_organization AND s.id = p_session AND s.revoked_at IS NULL AND s.expires_at > now()
       AND u.is_active AND o.is_active;
END $$;

-- ---- rows of the API ----

CREATE OR REPLACE FUNCTION session_end(p_organization uuid, p_user uuid, p_own uuid, p_address inet, p_request text,
                                       OUT outcome text, OUT body text)
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE user_sessions s SET revoked_at = now(), revoked_reason = 'logout'
   WHERE s.organization_id = p_organization AND s.id = p_own AND s.revoked_at IS NULL;
  IF FOUND THEN
    INSERT INTO audit_log (organization_id, actor, actor_id, session_id, action, object_kind, object_id, result, request_id,
                           address)
    VALUES (p_organization, 'staff', p_user, p_own, 'session.sign_out', 'session', p_own::text, 'done', p_request, p_address);
  END IF;
  outcome := 'none';
END $$;

-- One's own sign-ins; p_any: of the whole store.
CREATE OR REPLACE FUNCTION session_revoke(p_organization uuid, p_user uuid, p_own uuid, p_any boolean, p_session uuid,
                                          p_address inet, p_request text, OUT outcome text, OUT body text)
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE user_sessions s SET revoked_at = now(), revoked_reason = 'revoked'
   WHERE s.organization_id = p_organization AND s.id = p_session AND s.revoked_at IS NULL AND s.expires_at > now()
     AND (s.user_id = p_user OR p_any);
  IF NOT FOUND THEN
    outcome := 'missing';
    RETURN;
  END IF;
  INSERT INTO audit_log (organization_id, actor, actor_id, session_id, action, object_kind, object_id, result, request_id,
                         address)
  VALUES (p_organization, 'staff', p_user, p_own, 'session.revoke', 'session', p_session::text, 'done', p_request, p_address);
  outcome := 'none';
END $$;

CREATE OR REPLACE FUNCTION session_list(p_organization uuid, p_user uuid, p_own uuid, OUT outcome text, OUT body text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  outcome := 'ok';
  SELECT json_build_object('items', coalesce(json_agg(json_build_object(
           'id', s.id, 'client', s.client, 'address', host(s.address), 'created_at', s.created_at,
           'refreshed_at', s.refreshed_at, 'expires_at', s.expires_at, 'is_current', s.id = p_own)
           ORDER BY s.id = p_own DESC, s.refreshed_at DESC, s.id), '[]'))
    INTO body
    FROM user_sessions s
   WHERE s.organization_id = p_organization AND s.user_id = p_user AND s.revoked_at IS NULL AND s.expires_at > now();
END $$;

-- p_actions: what the role may do, as a JSON array.
CREATE OR REPLACE FUNCTION staff_me(p_organization uuid, p_user uuid, p_own uuid, p_actions json, OUT outcome text, OUT body text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  outcome := 'ok';
  SELECT json_build_object(
           'user', json_build_object('id', u.id, 'email', u.email, 'display_name', u.display_name, 'role', u.role,
                                     'language', u.language, 'speaks', u.speaks),
           'organization', json_build_object('id', o.id, 'slug', o.slug, 'name', o.name, 'time_zone', o.time_zone,
                                             'default_language', o.default_language, 'phone_number', o.phone_number),
           'session_id', p_own, 'permissions', p_actions, 'server_time', now())
    INTO body
    FROM user_profiles u JOIN organizations o ON o.id = u.organization_id
   WHERE u.organization_id = p_organization AND u.id = p_user;
END $$;

CREATE OR REPLACE FUNCTION staff_list(p_organization uuid, OUT outcome text, OUT body text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  outcome := 'ok';
  SELECT json_build_object('items', coalesce(json_agg(json_build_object(
           'id', u.id, 'display_name', u.display_name, 'role', u.role, 'language', u.language, 'speaks', u.speaks,
           'is_active', u.is_active,
           'has_phone', u.phone_number IS NOT NULL) ORDER BY u.is_active DESC, lower(u.display_name), u.id), '[]'))
    INTO body FROM user_profiles u WHERE u.organization_id = p_organization;
END $$;

-- ---- what tells that access has ended ----

-- A session that was ended alone: by its owner, by an admin, because its refresh token was used twice. All of a user's are
-- told of at once, below.
CREATE OR REPLACE FUNCTION sessions_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM event_add(n.organization_id, 'session.ended', NULL, NULL,
                    jsonb_build_object('session_id', n.id, 'user_id', n.user_id, 'reason', n.revoked_reason))
     FROM session_now n JOIN session_before b ON b.organization_id = n.organization_id AND b.id = n.id
    WHERE b.revoked_at IS NULL AND n.revoked_at IS NOT NULL AND n.revoked_reason IN ('logout', 'revoked', 'reuse')
    ORDER BY n.id;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER ended AFTER UPDATE ON user_sessions
  REFERENCING OLD TABLE AS session_before NEW TABLE AS session_now FOR EACH STATEMENT EXECUTE FUNCTION sessions_ended();

-- An account that was switched off or got a new password: its sessions are over. One with a new role keeps them, but what
-- they may do is another: streams end, and a token with the old role is refused until it is refreshed.
CREATE OR REPLACE FUNCTION staff_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE user_sessions s SET revoked_at = now(), revoked_reason = CASE WHEN n.is_active THEN 'password' ELSE 'disabled' END
    FROM staff_now n JOIN staff_before b ON b.organization_id = n.organization_id AND b.id = n.id
   WHERE s.organization_id = n.organization_id AND s.user_id = n.id AND s.revoked_at IS NULL
     AND ((b.is_active AND NOT n.is_active) OR (b.password_hash IS DISTINCT FROM n.password_hash
          AND coalesce(current_setting('app.password_renewed', true), '') <> n.id::text));
  PERFORM event_add(c.organization_id, 'session.ended', NULL, NULL,
                    jsonb_build_object('session_id', NULL, 'user_id', c.id, 'reason', c.reason))
     FROM (SELECT n.organization_id, n.id,
                  CASE WHEN b.is_active AND NOT n.is_active THEN 'disabled'
                       WHEN b.password_hash IS DISTINCT FROM n.password_hash
                            AND coalesce(current_setting('app.password_renewed', true), '') <> n.id::text THEN 'password'
                       WHEN b.role <> n.role THEN 'role' END AS reason
             FROM staff_now n JOIN staff_before b ON b.organization_id = n.organization_id AND b.id = n.id) c
    WHERE c.reason IS NOT NULL
    ORDER BY c.organization_id, c.id;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER changed AFTER UPDATE ON user_profiles
  REFERENCING OLD TABLE AS staff_before NEW TABLE AS staff_now FOR EACH STATEMENT EXECUTE FUNCTION staff_changed();

DO $$
DECLARE
  f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['sign_in_find(text, text, inet)', 'sign_in_refused(uuid, uuid, inet, text)',
      'sign_in_done(uuid, uuid, text, text, bytea, bytea, text, inet, text)',
      'session_refresh(bytea, bytea, bytea, inet, text)', 'session_in_force(uuid, uuid)',
      'session_end(uuid, uuid, uuid, inet, text)', 'session_revoke(uuid, uuid, uuid, boolean, uuid, inet, text)',
      'session_list(uuid, uuid, uuid)', 'staff_me(uuid, uuid, uuid, json)', 'staff_list(uuid)',
      'sessions_ended()', 'staff_changed()'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO switchback_service', f);
  END LOOP;
END $$;
