-- 0002 organization: the store itself, its numbers, its hours and what it says about itself.

-- One row is a store. Written by `switchbackctl org`; managers close it for a while through the API.
-- phone_number is what customers are told to dial; what reaches us is in organization_phone_numbers.
CREATE TABLE organizations (
	id                        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	slug                      text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
	name                      text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 120),
	is_active                 boolean NOT NULL DEFAULT true,
	-- An IANA name; the second half raises where this PostgreSQL does not know it.
	time_zone                 text NOT NULL CHECK (time_zone ~ '^(UTC|[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+){1,2})$'
	                              AND timezone(time_zone, timestamptz '2026-01-01 00:00Z') IS NOT NULL),
	default_language          text NOT NULL DEFAULT 'en' CHECK (default_language IN ('en', 'fr')),
	phone_number              text CHECK (phone_number ~ '^\+[1-9][0-9]{6,14}$'),
	email                     text CHECK (char_length(email) <= 254 AND email ~ '^[^@\s]+@[^@\s]+$'),
	address                   text CHECK (char_length(address) <= 300),
	directions_en             text CHECK (char_length(directions_en) <= 1000),
	directions_fr             text CHECK (char_length(directions_fr) <= 1000),
	currency                  text NOT NULL DEFAULT 'CAD' CHECK (currency ~ '^[A-Z]{3}$'),
	-- A promise to a customer while the store is open: a person answers within this.
	reply_target_minutes      integer NOT NULL DEFAULT 15 CHECK (reply_target_minutes BETWEEN 1 AND 1440),
	-- Closed by hand (a burst pipe): wins over hours and special days; closed_until NULL means until reopened.
	closed_manually           boolean NOT NULL DEFAULT false,
	closed_until              timestamptz,
	closed_reason_en          text CHECK (char_length(closed_reason_en) <= 300),
	closed_reason_fr          text CHECK (char_length(closed_reason_fr) <= 300),
	-- Limits on what texts may cost: segments a day for the store, texts an hour for a pair of numbers, and the
	-- country calling codes that may be texted (which +1 areas are dear is in the code).
	daily_segment_cap         integer NOT NULL DEFAULT 20000 CHECK (daily_segment_cap >= 0),
	pair_hourly_cap           integer NOT NULL DEFAULT 60 CHECK (pair_hourly_cap >= 0),
	allowed_countries         text[] NOT NULL DEFAULT '{1}'
	                              CHECK (array_to_string(allowed_countries, ',', '?') ~ '^([1-9][0-9]{0,2}(,[1-9][0-9]{0,2})*)?$'),
	-- Own provider accounts; NULL falls back to the settings. Sealed: AES-256-GCM under SECRETS_KEY.
	twilio_account_sid        text CHECK (twilio_account_sid ~ '^AC[0-9a-f]{32}$'),
	twilio_auth_token_sealed  bytea CHECK (octet_length(twilio_auth_token_sealed) <= 512),
	elevenlabs_agent_id       text CHECK (elevenlabs_agent_id ~ '^[A-Za-z0-9_-]{1,128}$'),
	elevenlabs_api_key_sealed bytea CHECK (octet_length(elevenlabs_api_key_sealed) <= 512),
	text_engine               text NOT NULL DEFAULT 'builtin' CHECK (text_engine IN ('builtin', 'elevenlabs')),
	created_at                timestamptz NOT NULL DEFAULT now(),
	updated_at                timestamptz NOT NULL DEFAULT now()
);
CALL tenant_table('organizations', 'id');
-- The account of a webhook names the key that verifies it; two stores of one company may share an account.
CREATE INDEX organizations_twilio_account ON organizations (twilio_account_sid) WHERE twilio_account_sid IS NOT NULL;

-- One row is a number that reaches a store. Written by `switchbackctl number`. Unique over the whole platform, because
-- the called number is how a webhook finds its store; inactive numbers find nobody.
CREATE TABLE organization_phone_numbers (
	organization_id     uuid NOT NULL REFERENCES organizations (id),
	id                  uuid NOT NULL DEFAULT gen_random_uuid(),
	phone_number        text NOT NULL UNIQUE CHECK (phone_number ~ '^\+[1-9][0-9]{6,14}$'),
	label               text CHECK (char_length(label) <= 80),
	twilio_phone_sid    text UNIQUE CHECK (twilio_phone_sid ~ '^PN[0-9a-f]{32}$'),
	elevenlabs_phone_id text UNIQUE CHECK (elevenlabs_phone_id ~ '^[A-Za-z0-9_-]{1,128}$'),
	elevenlabs_agent_id text CHECK (elevenlabs_agent_id ~ '^[A-Za-z0-9_-]{1,128}$'),
	is_active           boolean NOT NULL DEFAULT true,
	created_at          timestamptz NOT NULL DEFAULT now(),
	updated_at          timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (organization_id, id)
);
CALL tenant_table('organization_phone_numbers');

-- One row for each store: the last number that was given out, of events and of audit lines. Taken last in every
-- transaction, held to its commit: that is what makes the numbers free of gaps and in the order of commits.
-- Half-empty pages keep its updates in place (HOT).
CREATE TABLE organization_counters (
	organization_id uuid PRIMARY KEY REFERENCES organizations (id),
	last_event      number_from_0 NOT NULL DEFAULT 0,
	last_audit      number_from_0 NOT NULL DEFAULT 0,
	audit_hash      hash_or_none NOT NULL DEFAULT '\x',
	-- Segments put into the outbox on that day, for daily_segment_cap.
	segments_day    date NOT NULL DEFAULT '-infinity',
	segments_used   integer NOT NULL DEFAULT 0
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);
CALL tenant_table('organization_counters');

-- Each store has its counters from its first moment on.
CREATE FUNCTION organization_counters_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO organization_counters (organization_id) VALUES (NEW.id);
	RETURN NULL;
END
$$;
CREATE TRIGGER counters AFTER INSERT ON organizations FOR EACH ROW EXECUTE FUNCTION organization_counters_made();

-- One row is a period of the week in which the store is open, in local wall time: minutes from the local midnight that
-- begins the weekday (1 Monday ... 7 Sunday). A period may run past midnight (closes > 1440). Written by managers.
-- No row for a day: closed.
CREATE TABLE organization_hours (
	organization_id uuid NOT NULL REFERENCES organizations (id),
	id              uuid NOT NULL DEFAULT gen_random_uuid(),
	weekday         smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
	opens           smallint NOT NULL CHECK (opens BETWEEN 0 AND 1439),
	closes          smallint NOT NULL CHECK (closes BETWEEN 1 AND 2880),
	PRIMARY KEY (organization_id, id),
	CHECK (closes > opens),
	CONSTRAINT organization_hours_apart
		EXCLUDE USING gist (organization_id WITH =, weekday WITH =, int4range(opens, closes) WITH &&)
);
CALL tenant_table('organization_hours');

-- One row is a date that differs from the week: closed, or open in its special_day_periods only. Written by managers.
CREATE TABLE special_days (
	organization_id uuid NOT NULL REFERENCES organizations (id),
	day             date NOT NULL,
	is_closed       boolean NOT NULL,
	name_en         text CHECK (char_length(name_en) <= 120),
	name_fr         text CHECK (char_length(name_fr) <= 120),
	PRIMARY KEY (organization_id, day)
);
CALL tenant_table('special_days');

-- One row is a period of such a date, in minutes as in organization_hours. Goes with its day.
CREATE TABLE special_day_periods (
	organization_id uuid NOT NULL,
	day             date NOT NULL,
	opens           smallint NOT NULL CHECK (opens BETWEEN 0 AND 1439),
	closes          smallint NOT NULL CHECK (closes BETWEEN 1 AND 2880),
	PRIMARY KEY (organization_id, day, opens),
	FOREIGN KEY (organization_id, day) REFERENCES special_days (organization_id, day) ON DELETE CASCADE,
	CHECK (closes > opens),
	CONSTRAINT special_day_periods_apart
		EXCLUDE USING gist (organization_id WITH =, day WITH =, int4range(opens, closes) WITH &&)
);
CALL tenant_table('special_day_periods');

-- One row is what the store says on a topic ('returns', 'warranty', 'parking'), as customers read it. Written by
-- managers and `switchbackctl import`.
CREATE TABLE policies (
	organization_id uuid NOT NULL REFERENCES organizations (id),
	topic           text NOT NULL CHECK (topic ~ '^[a-z][a-z0-9_-]{0,39}$'),
	text_en         text NOT NULL CHECK (char_length(text_en) BETWEEN 1 AND 1000),
	text_fr         text NOT NULL CHECK (char_length(text_fr) BETWEEN 1 AND 1000),
	updated_at      timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (organization_id, topic)
);
CALL tenant_table('policies');
