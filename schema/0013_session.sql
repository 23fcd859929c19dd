-- 0013 session: refresh tokens by family, and what finds a sign-in from one.

-- A refresh token names its family (one sign-in) beside its own chance: whoever shows a token of a family that is not its
-- newest is known for that, however old it is (functions/session.sql). The column before held one predecessor only; it now
-- serves the client whose answer was lost on the line.
ALTER TABLE user_sessions ADD COLUMN family_hash bytea NOT NULL DEFAULT sha256(uuid_send(gen_random_uuid()))
	CHECK (octet_length(family_hash) = 32);
ALTER TABLE user_sessions ADD CONSTRAINT user_sessions_family_hash_key UNIQUE (family_hash);
DROP INDEX user_sessions_previous;

-- From a family to its organization: the lookups' role sees these two columns and no others.
GRANT SELECT (organization_id, family_hash) ON user_sessions TO switchback_lookup;
CREATE POLICY lookup ON user_sessions FOR SELECT TO switchback_lookup USING (current_user = 'switchback_lookup');
