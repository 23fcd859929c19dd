-- 0011 record: staff's ready sentences, and who did what.

-- One row is a ready sentence that staff call up by its code. Written by managers.
CREATE TABLE canned_replies (
	organization_id uuid NOT NULL REFERENCES organizations (id),
	id              uuid NOT NULL DEFAULT gen_random_uuid(),
	code            text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]{0,39}$'),
	title_en        text NOT NULL CHECK (char_length(title_en) BETWEEN 1 AND 80),
	title_fr        text NOT NULL CHECK (char_length(title_fr) BETWEEN 1 AND 80),
	body_en         text NOT NULL CHECK (char_length(body_en) BETWEEN 1 AND 1600),
	body_fr         text NOT NULL CHECK (char_length(body_fr) BETWEEN 1 AND 1600),
	position        smallint NOT NULL DEFAULT 0,
	is_active       boolean NOT NULL DEFAULT true,
	created_at      timestamptz NOT NULL DEFAULT now(),
	updated_at      timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (organization_id, id),
	UNIQUE (organization_id, code)
);
CALL tenant_table('canned_replies');

-- One row is something that somebody did: who, in which session, what, on what, with which result. Never what was said.
-- Append-only: the service may insert and read; number, time and hash are set here, whatever the writer says; nobody
-- changes a row, and the owner may remove only what is older than a year. Each row's hash covers the one before it, so a
-- row that was changed or taken out of the middle shows (audit_broken).
CREATE TABLE audit_log (
	organization_id uuid NOT NULL REFERENCES organization_counters (organization_id),
	seq             bigint NOT NULL CHECK (seq >= 1),
	actor           text NOT NULL CHECK (actor IN ('staff', 'agent', 'system', 'platform', 'key')),
	actor_id        uuid,
	-- The platform's people have no account here: the operator's own name.
	actor_name      text CHECK (char_length(actor_name) <= 120),
	session_id      uuid,
	action          text NOT NULL CHECK (action ~ '^[a-z][a-z_.]{0,59}$'),
	object_kind     text CHECK (object_kind ~ '^[a-z][a-z_]{0,39}$'),
	object_id       text CHECK (char_length(object_id) <= 100),
	result          text NOT NULL CHECK (result ~ '^[a-z][a-z_]{0,39}$'),
	request_id      text CHECK (char_length(request_id) <= 100),
	address         inet,
	detail          jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(detail) = 'object'),
	created_at      timestamptz NOT NULL,
	hash            bytea NOT NULL CHECK (octet_length(hash) = 32),
	PRIMARY KEY (organization_id, seq)
);
CALL tenant_table('audit_log');

-- What a row's hash covers: the hash before it, and every column. Times go in as microseconds, so that the session's
-- settings do not matter; the parts are a JSON array, so that nothing can move from one into its neighbour.
CREATE FUNCTION audit_row_hash(before bytea, a audit_log) RETURNS bytea LANGUAGE sql STABLE AS $$
	SELECT sha256(before || convert_to(jsonb_build_array(a.organization_id, a.seq, a.actor, a.actor_id, a.actor_name,
		a.session_id, a.action, a.object_kind, a.object_id, a.result, a.request_id, a.address, a.detail,
		(extract(epoch FROM a.created_at) * 1000000)::bigint)::text, 'UTF8'))
$$;

CREATE FUNCTION audit_chained() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	before bytea;
BEGIN
	UPDATE organization_counters SET last_audit = last_audit + 1
		WHERE organization_id = NEW.organization_id RETURNING last_audit, audit_hash INTO NEW.seq, before;
	NEW.created_at := now();
	NEW.hash := audit_row_hash(before, NEW);
	UPDATE organization_counters SET audit_hash = NEW.hash WHERE organization_id = NEW.organization_id;
	RETURN NEW;
END
$$;
CREATE TRIGGER chained BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_chained();

CREATE FUNCTION audit_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'DELETE' AND OLD.created_at < now() - interval '1 year' THEN
		RETURN OLD;
	END IF;
	RAISE EXCEPTION 'audit_log is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_kept();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION audit_kept();

-- The first number at which an organization's chain does not hold; NULL when it is whole. The oldest row kept is taken as
-- given (retention may have removed what came before), and the newest must be the one that the counter knows.
CREATE FUNCTION audit_broken(organization uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
	SELECT min(bad) FROM (
		SELECT l.seq AS bad FROM (
			SELECT a AS entry, a.seq, a.hash, lag(a.hash) OVER w AS before, lag(a.seq) OVER w AS before_seq
				FROM audit_log a WHERE a.organization_id = organization WINDOW w AS (ORDER BY a.seq)) l
			WHERE (l.before IS NOT NULL AND (l.seq <> l.before_seq + 1 OR l.hash <> audit_row_hash(l.before, l.entry)))
			   OR (l.seq = 1 AND l.hash <> audit_row_hash('\x', l.entry))
		UNION ALL
		SELECT c.last_audit FROM organization_counters c
			WHERE c.organization_id = organization AND c.last_audit > 0 AND NOT EXISTS (
				SELECT FROM audit_log a WHERE a.organization_id = organization AND a.seq = c.last_audit AND a.hash = c.audit_hash)
	) found
$$;
