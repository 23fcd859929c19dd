-- 0003 staff: accounts, sign-ins, who is there, and the keys of a store's own systems.

-- One row is a staff account of one store; the same e-mail may have an account at several, each with its own password.
-- Written by admins and `switchbackctl user`. Accounts are switched off, never deleted: messages name their authors.
-- The platform's own people have no row here: they act through switchbackctl with a database role of their own.
CREATE TABLE user_profiles (
	organization_id     uuid NOT NULL REFERENCES organizations (id),
	id                  uuid NOT NULL DEFAULT gen_random_uuid(),
	email               text NOT NULL CHECK (char_length(email) <= 254 AND email ~ '^[^@\s]+@[^@\s]+$'),
	first_name          text CHECK (char_length(first_name) <= 80),
	last_name           text CHECK (char_length(last_name) <= 80),
	-- What customers and colleagues see.
	display_name        text NOT NULL CHECK (char_length(display_name) BETWEEN 1 AND 120),
	role                text NOT NULL DEFAULT 'staff' CHECK (role IN ('admin', 'manager', 'staff', 'service_tech')),
	language            text NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'fr')),
	speaks              text[] NOT NULL DEFAULT '{en}' CHECK (speaks <@ '{en,fr}' AND cardinality(speaks) BETWEEN 1 AND 2),
	skills              text[] NOT NULL DEFAULT '{}' CHECK (cardinality(skills) <= 20),
	-- Where the person is rung for a call.
	phone_number        text CHECK (phone_number ~ '^\+[1-9][0-9]{6,14}$'),
	text_limit          smallint NOT NULL DEFAULT 5 CHECK (text_limit BETWEEN 0 AND 50),
	-- bcrypt; NULL cannot sign in.
	password_hash       text CHECK (password_hash ~ '^\$2b\$[0-9]{2}\$[./A-Za-z0-9]{53}$'),
	password_changed_at timestamptz,
	-- Growing delays after wrong passwords; never a lock.
	failed_sign_ins     integer NOT NULL DEFAULT 0 CHECK (failed_sign_ins >= 0),
	next_sign_in_at     timestamptz,
	is_active           boolean NOT NULL DEFAULT true,
	created_at          timestamptz NOT NULL DEFAULT now(),
	updated_at          timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (organization_id, id)
);
CALL tenant_table('user_profiles');
CREATE UNIQUE INDEX user_profiles_email ON user_profiles (organization_id, lower(email));

-- One row is a sign-in. Its id is the token's sid; the refresh token is kept as SHA-256 only and rotates: the one
-- before it is kept too, because its second use means theft. Written by the service.
CREATE TABLE user_sessions (
	organization_id  uuid NOT NULL,
	id               uuid NOT NULL DEFAULT gen_random_uuid(),
	user_id          uuid NOT NULL,
	refresh_hash     bytea NOT NULL UNIQUE CHECK (octet_length(refresh_hash) = 32),
	previous_hash    bytea CHECK (octet_length(previous_hash) = 32),
	client           text CHECK (char_length(client) <= 200),
	address          inet,
	created_at       timestamptz NOT NULL DEFAULT now(),
	refreshed_at     timestamptz NOT NULL DEFAULT now(),
	expires_at       timestamptz NOT NULL,
	revoked_at       timestamptz,
	revoked_reason   text CHECK (revoked_reason ~ '^[a-z][a-z_]{0,39}$'),
	PRIMARY KEY (organization_id, id),
	FOREIGN KEY (organization_id, user_id) REFERENCES user_profiles (organization_id, id),
	CHECK (expires_at > created_at)
);
CALL tenant_table('user_sessions');
CREATE INDEX user_sessions_user ON user_sessions (organization_id, user_id);
CREATE INDEX user_sessions_previous ON user_sessions (previous_hash) WHERE previous_hash IS NOT NULL;

-- One row is whether a person is there. Written by the service from the console's word and its silence.
CREATE TABLE staff_presence (
	organization_id uuid NOT NULL,
	user_id         uuid NOT NULL,
	state           text NOT NULL DEFAULT 'offline' CHECK (state IN ('available', 'busy', 'away', 'offline')),
	since           timestamptz NOT NULL DEFAULT now(),
	last_seen_at    timestamptz NOT NULL DEFAULT now(),
	last_offered_at timestamptz,
	PRIMARY KEY (organization_id, user_id),
	FOREIGN KEY (organization_id, user_id) REFERENCES user_profiles (organization_id, id)
) WITH (fillfactor = 70);
CALL tenant_table('staff_presence');

-- One row is a key of a store's own system (its till, its web shop). Shown once, kept as SHA-256. Written by admins.
CREATE TABLE api_keys (
	organization_id uuid NOT NULL REFERENCES organizations (id),
	id              uuid NOT NULL DEFAULT gen_random_uuid(),
	name            text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 80),
	key_hash        bytea NOT NULL UNIQUE CHECK (octet_length(key_hash) = 32),
	scopes          text[] NOT NULL DEFAULT '{}' CHECK (cardinality(scopes) <= 20),
	created_by      uuid,
	created_at      timestamptz NOT NULL DEFAULT now(),
	last_used_at    timestamptz,
	expires_at      timestamptz,
	revoked_at      timestamptz,
	PRIMARY KEY (organization_id, id),
	FOREIGN KEY (organization_id, created_by) REFERENCES user_profiles (organization_id, id)
);
CALL tenant_table('api_keys');
CREATE INDEX api_keys_created_by ON api_keys (organization_id, created_by) WHERE created_by IS NOT NULL;
