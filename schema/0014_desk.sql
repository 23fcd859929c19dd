-- 0014 desk: what staff's commands need beside the rows that they change.

-- Who sends a command: the door knows them, the body never says so. One value, so that a command's signature shows what
-- is asked and not who asks. key is the Idempotency-Key, NULL where none came; hash is of all that was asked.
CREATE TYPE staff_call AS (
	organization_id uuid,
	user_id         uuid,
	session_id      uuid,
	request_id      text,
	address         inet,
	key             text,
	hash            bytea
);

-- One row is what was answered to a command of one staff member, by its Idempotency-Key or else its request, written in the transaction of the command
-- itself: the same request again gets the same answer and does nothing, another request under the same key is refused.
-- outcome is NULL only inside that transaction. Kept for a day; commands that come later remove what is older, a few rows
-- each. body may quote a customer: redaction and erasure reach it through conversation_id.
CREATE TABLE command_keys (
	organization_id uuid NOT NULL,
	user_id         uuid NOT NULL,
	key             text NOT NULL CHECK (char_length(key) BETWEEN 1 AND 140),
	hash            bytea NOT NULL CHECK (octet_length(hash) = 32),
	outcome         text CHECK (outcome ~ '^[a-z][a-z_]{0,39}$'),
	body            json CHECK (json_typeof(body) = 'object'),
	conversation_id uuid,
	created_at      timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (organization_id, user_id, key),
	FOREIGN KEY (organization_id, user_id) REFERENCES user_profiles (organization_id, id)
) WITH (fillfactor = 50);
CALL tenant_table('command_keys');
CREATE INDEX command_keys_age ON command_keys (organization_id, created_at);
CREATE INDEX command_keys_conversation ON command_keys (organization_id, conversation_id) WHERE conversation_id IS NOT NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON command_keys TO switchback_service;

-- When the customer was told that a person is here, in the human stretch that is on now; NULL: not yet, or there is none.
ALTER TABLE conversations ADD person_told_at timestamptz;

-- The list of what is open, newest first, at 10,000 open threads: an index on last_message_at itself would cost every text
-- its four index entries (0005), this one costs them once an hour; what is read of an hour is sorted then.
ALTER TABLE conversations ADD last_message_hour timestamp NOT NULL
	GENERATED ALWAYS AS (date_trunc('hour', last_message_at AT TIME ZONE 'UTC')) STORED;
CREATE INDEX conversations_open_hour ON conversations (organization_id, last_message_hour DESC) WHERE state = 'open';

-- Words as they are searched: small letters without accents. IMMUTABLE as far as we are concerned: the dictionary is the
-- extension's own, named in full.
CREATE FUNCTION folded(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
	SELECT lower(public.unaccent('public.unaccent', words))
$$;
GRANT EXECUTE ON FUNCTION folded(text) TO switchback_service;

-- What a search by name reads of a customer, made when the row is written: folding twenty thousand names at each search
-- takes longer than all else of it.
ALTER TABLE customers ADD search_words text NOT NULL
	GENERATED ALWAYS AS (folded(coalesce(first_name, '') || ' ' || coalesce(last_name, '') || ' ' || coalesce(email, ''))) STORED;
-- The list of customers, newest first.
CREATE INDEX customers_newest ON customers (organization_id, created_at DESC, id DESC);
