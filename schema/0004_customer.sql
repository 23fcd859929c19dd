-- 0004 customer: a person as one store knows them, and whether their number may be texted.

-- One row is a person as one store knows them; the same number at two stores is two rows that never meet. Written at
-- first contact by the service, by staff, and by `switchbackctl import`. Erasing empties the row and sets erased_at; it
-- is not deleted, so that what refers to it stays whole.
-- preferred_language has no default: NULL means that nobody has said, and evidence decides; language_chosen means that
-- the customer said so themselves, and then it wins.
CREATE TABLE customers (
	organization_id    uuid NOT NULL REFERENCES organizations (id),
	id                 uuid NOT NULL DEFAULT gen_random_uuid(),
	phone_number       text CHECK (phone_number ~ '^\+[1-9][0-9]{6,14}$'),
	email              text CHECK (char_length(email) <= 254 AND email ~ '^[^@\s]+@[^@\s]+$'),
	first_name         text CHECK (char_length(first_name) <= 80),
	last_name          text CHECK (char_length(last_name) <= 80),
	preferred_language text CHECK (preferred_language IN ('en', 'fr')),
	language_chosen    boolean NOT NULL DEFAULT false,
	external_id        text CHECK (char_length(external_id) BETWEEN 1 AND 100),
	notes              text CHECK (char_length(notes) <= 4000),
	is_blocked         boolean NOT NULL DEFAULT false,
	customer_since     timestamptz NOT NULL DEFAULT now(),
	created_at         timestamptz NOT NULL DEFAULT now(),
	updated_at         timestamptz NOT NULL DEFAULT now(),
	erased_at          timestamptz,
	PRIMARY KEY (organization_id, id),
	UNIQUE (organization_id, phone_number),
	UNIQUE (organization_id, external_id),
	CHECK (preferred_language IS NOT NULL OR NOT language_chosen),
	CONSTRAINT customers_erased_is_empty CHECK (erased_at IS NULL OR (phone_number IS NULL AND email IS NULL
		AND first_name IS NULL AND last_name IS NULL AND external_id IS NULL AND notes IS NULL))
);
CALL tenant_table('customers');
-- Search by name, number or e-mail reads the store's own rows and filters: LIKE and similarity() are not leakproof, so
-- under row security PostgreSQL would not use a trigram index for the service anyway.

-- One row is what a number last said about being texted by this store (STOP, START, ARRET). Written by the service in
-- the transaction that keeps the text. It stays when the customer is erased: the wish not to be texted outlives them.
CREATE TABLE consents (
	organization_id uuid NOT NULL REFERENCES organizations (id),
	phone_number    text NOT NULL CHECK (phone_number ~ '^\+[1-9][0-9]{6,14}$'),
	opted_out       boolean NOT NULL,
	source          text NOT NULL CHECK (source ~ '^[a-z][a-z_]{0,39}$'),
	language        text CHECK (language IN ('en', 'fr')),
	changed_at      timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (organization_id, phone_number)
);
CALL tenant_table('consents');
