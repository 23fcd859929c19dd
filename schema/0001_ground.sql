-- 0001 ground: what every later file stands on. Extensions (trusted ones only, so the owner needs no superuser), the
-- two roles, what PUBLIC may not do, and the procedure that puts a table under the tenant rule.
--
-- Rules for all files here: no BEGIN or COMMIT (switchbackctl migrate runs each file in one transaction), nothing
-- IF NOT EXISTS (drift must show), a changed table is a new file. Whoever runs them owns everything and needs to own
-- the database; CREATEROLE is needed only where the two roles are not there yet.

CREATE EXTENSION IF NOT EXISTS btree_gist;  -- uuid and smallint in exclusion constraints
CREATE EXTENSION IF NOT EXISTS pg_trgm;     -- similarity(): a mistyped product name
CREATE EXTENSION IF NOT EXISTS unaccent;    -- "velo" finds "vélo"

-- switchback_service: what the service may do; the login of APP_DATABASE_URL is a member of it. Owns nothing.
-- switchback_lookup: whom the SECURITY DEFINER lookups (functions/organization.sql) run as: it reads a few columns that
-- lead from a number or a row's id to an organization, of every organization, and can do nothing else. So the lookups
-- need neither the owner's powers nor BYPASSRLS.
-- Roles belong to the whole cluster: another database's migration may have made them, or be making them now.
DO $$
DECLARE
	wanted text;
BEGIN
	FOREACH wanted IN ARRAY ARRAY['switchback_service', 'switchback_lookup'] LOOP
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
			BEGIN
				EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS', wanted);
			EXCEPTION
				WHEN duplicate_object OR unique_violation THEN NULL;
				WHEN insufficient_privilege THEN
					RAISE EXCEPTION 'role % is missing and % may not create it', wanted, current_user
						USING HINT = format('As a superuser: CREATE ROLE %I NOLOGIN; or ALTER ROLE %I CREATEROLE;',
						                    wanted, current_user);
			END;
		END IF;
	END LOOP;
	-- The owner hands the lookups over to that role (and may replace them), which takes a membership.
	IF NOT pg_has_role(current_user, 'switchback_lookup', 'USAGE') THEN
		EXECUTE format('GRANT switchback_lookup TO %I', current_user);
	END IF;
END
$$;

-- PUBLIC has nothing: not the schema, not temporary tables, not one of our functions.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO switchback_service, switchback_lookup;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON ROUTINES FROM PUBLIC;
DO $$
BEGIN
	EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
	EXECUTE format('GRANT CONNECT ON DATABASE %I TO switchback_service', current_database());
END
$$;

-- What a single value may be, as domains. On the hot tables (conversations, messages, outbox, events, due_work, counters)
-- a column's rule is always one of these: PostgreSQL reads a table's CHECK constraints anew for every statement that
-- writes to it (a third of the cost of keeping a text, measured), and a domain's once per connection.
CREATE DOMAIN code_word AS text CHECK (VALUE ~ '^[a-z][a-z_]{0,39}$');
CREATE DOMAIN event_type AS text CHECK (VALUE ~ '^[a-z_]{1,40}\.[a-z_]{1,40}$');
CREATE DOMAIN e164 AS text CHECK (VALUE ~ '^\+[1-9][0-9]{6,14}$');
CREATE DOMAIN provider_sid AS text CHECK (VALUE ~ '^[A-Za-z0-9]{1,64}$');
CREATE DOMAIN provider_name AS text CHECK (VALUE ~ '^[A-Za-z0-9_-]{1,128}$');
CREATE DOMAIN language_code AS text CHECK (VALUE IN ('en', 'fr'));
CREATE DOMAIN channel_word AS text CHECK (VALUE IN ('sms', 'voice', 'chat'));
CREATE DOMAIN thread_state AS text CHECK (VALUE IN ('open', 'closed'));
CREATE DOMAIN holder_word AS text CHECK (VALUE IN ('agent', 'nobody', 'staff'));
CREATE DOMAIN contact_class AS text CHECK (VALUE IN ('order_status', 'service_booking', 'sales_inquiry', 'store_info', 'returns',
	'human_request', 'complaint', 'general_support'));
CREATE DOMAIN direction_word AS text CHECK (VALUE IN ('in', 'out'));
CREATE DOMAIN author_word AS text CHECK (VALUE IN ('customer', 'agent', 'staff', 'system'));
CREATE DOMAIN message_kind AS text CHECK (VALUE IN ('text', 'keyword', 'note', 'whisper', 'notice', 'marker'));
CREATE DOMAIN message_status AS text CHECK (VALUE IN ('received', 'queued', 'sending', 'sent', 'delivered', 'undelivered',
	'failed', 'read', 'accepted', 'scheduled', 'canceled', 'unknown', 'superseded', 'suppressed', 'held'));
CREATE DOMAIN outbox_kind AS text CHECK (VALUE IN ('reply', 'notice'));
CREATE DOMAIN outbox_state AS text CHECK (VALUE IN ('queued', 'sending', 'sent', 'failed', 'unknown', 'superseded',
	'suppressed', 'held'));
CREATE DOMAIN text_256 AS text CHECK (char_length(VALUE) <= 256);
CREATE DOMAIN text_500 AS text CHECK (char_length(VALUE) <= 500);
CREATE DOMAIN text_4000 AS text CHECK (char_length(VALUE) <= 4000);
CREATE DOMAIN sms_text AS text CHECK (char_length(VALUE) <= 1600);
CREATE DOMAIN message_text AS text CHECK (char_length(VALUE) <= 65536);
CREATE DOMAIN hash_or_none AS bytea CHECK (octet_length(VALUE) IN (0, 32));
CREATE DOMAIN json_object AS jsonb CHECK (jsonb_typeof(VALUE) = 'object');
CREATE DOMAIN number_from_0 AS bigint CHECK (VALUE >= 0);
CREATE DOMAIN number_from_1 AS bigint CHECK (VALUE >= 1);
CREATE DOMAIN small_from_0 AS smallint CHECK (VALUE >= 0);
CREATE DOMAIN small_to_100 AS smallint CHECK (VALUE BETWEEN 0 AND 100);

-- updated_at always moves: whoever updates, the row says when.
CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.updated_at := now();
	RETURN NEW;
END
$$;

-- Puts a table under the tenant rule: row security on, for the owner too, and one policy for reading and writing. The
-- setting is '' (not NULL) on a connection that has set it in an earlier transaction, hence nullif. Where the table has
-- an updated_at, it also gets the trigger. Called once for each table, right under its definition.
CREATE PROCEDURE tenant_table(tab regclass, tenant_key name DEFAULT 'organization_id') LANGUAGE plpgsql AS $$
DECLARE
	rule text := format('%I = nullif(current_setting(''app.current_organization_id'', true), '''')::uuid', tenant_key);
BEGIN
	EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tab);
	EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', tab);
	EXECUTE format('CREATE POLICY tenant ON %s USING (%s) WITH CHECK (%s)', tab, rule, rule);
	IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = tab AND attname = 'updated_at' AND NOT attisdropped) THEN
		EXECUTE format('CREATE TRIGGER touch BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION touch_updated_at()', tab);
	END IF;
END
$$;
