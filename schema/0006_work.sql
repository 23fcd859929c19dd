-- 0006 work: what happened (events), what we ask the carrier to send (outbox), what is to be done when (due_work). Hot.

-- One row is something that happened, numbered per organization without gaps (organization_counters.last_event). Written
-- in the transaction of the change it tells of; docs/events.md names types and payloads. Consoles resume from a number.
-- No foreign keys to conversation and customer: a log line outlives what it tells of. Only redaction changes a payload.
CREATE TABLE events (
	organization_id uuid NOT NULL REFERENCES organization_counters (organization_id),
	seq             number_from_1 NOT NULL,
	type            event_type NOT NULL,
	conversation_id uuid,
	customer_id     uuid,
	payload         json_object NOT NULL DEFAULT '{}',
	created_at      timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (organization_id, seq)
);
CALL tenant_table('events');

-- One row is one text that we ask the carrier to send, with the epoch it was written under (a reply) or with a validity
-- of its own (a notice). Written beside its message; moved on by outbox_claim() and outbox_settle() only.
--   queued -> sending -> sent | failed | unknown;  queued -> superseded | suppressed | held
--   unknown -> sent | queued | failed
-- What is to be done is found through due_work, not by state.
CREATE TABLE outbox (
	organization_id    uuid NOT NULL,
	id                 uuid NOT NULL DEFAULT gen_random_uuid(),
	message_id         uuid NOT NULL,
	conversation_id    uuid NOT NULL,
	kind               outbox_kind NOT NULL,
	epoch              number_from_1 NOT NULL,
	to_number          text_256 NOT NULL,
	from_number        e164 NOT NULL,
	body               sms_text NOT NULL,
	segments           small_to_100,
	state              outbox_state NOT NULL DEFAULT 'queued',
	held_reason        code_word,
	-- The one text that may follow a STOP: its confirmation.
	after_opt_out      boolean NOT NULL DEFAULT false,
	attempts           small_from_0 NOT NULL DEFAULT 0,
	next_attempt_at    timestamptz,
	-- When the request to the carrier began.
	sending_at         timestamptz,
	twilio_message_sid provider_sid,
	error_code         integer,
	error_text_en      text_500,
	error_text_fr      text_500,
	created_at         timestamptz NOT NULL DEFAULT now(),
	updated_at         timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (organization_id, id),
	UNIQUE (organization_id, message_id),
	FOREIGN KEY (organization_id, message_id) REFERENCES messages (organization_id, id),
	FOREIGN KEY (organization_id, conversation_id) REFERENCES conversations (organization_id, id)
) WITH (fillfactor = 60);
CALL tenant_table('outbox');
DROP TRIGGER touch ON outbox; -- hot: whoever updates sets updated_at
-- The status callback's URL names the row: from there to the organization.
CREATE INDEX outbox_id ON outbox (id);
-- A takeover supersedes what waits in the thread.
CREATE INDEX outbox_conversation ON outbox (organization_id, conversation_id);
-- The hourly cap of a pair of numbers.
CREATE INDEX outbox_pair ON outbox (organization_id, to_number, created_at);
-- An earlier text to the same number goes first: few rows at any time, whatever the number's history.
CREATE INDEX outbox_waiting ON outbox (organization_id, to_number, created_at, id) WHERE state IN ('queued', 'sending');
-- The carrier's callbacks and its list of messages name the SID.
CREATE UNIQUE INDEX outbox_twilio_sid ON outbox (organization_id, twilio_message_sid) WHERE twilio_message_sid IS NOT NULL;

-- One row is something to do for an organization at a time: kind says what, ref for which row. Written in the transaction
-- that makes the work, claimed under a lease (leased_until, lease) with SKIP LOCKED, deleted when done. dirty: it became
-- due again while somebody was at it. first_due_at bounds how long new arrivals may push it back.
-- The one tenant table without row security: workers look for work before they know whose it is. It holds no personal
-- data, and the work itself is read under the organization's context. Small and busy: half-empty pages, eager vacuum.
CREATE TABLE due_work (
	organization_id uuid NOT NULL REFERENCES organizations (id),
	kind            code_word NOT NULL,
	ref             uuid NOT NULL,
	due_at          timestamptz NOT NULL,
	first_due_at    timestamptz NOT NULL DEFAULT now(),
	leased_until    timestamptz,
	lease           uuid,
	attempts        integer NOT NULL DEFAULT 0,
	dirty           boolean NOT NULL DEFAULT false,
	PRIMARY KEY (organization_id, kind, ref)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
        autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
CREATE INDEX due_work_due ON due_work (due_at);
