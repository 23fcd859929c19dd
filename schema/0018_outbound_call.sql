-- 0018 outbound call: calls that we make to customers, and what a call is known by that ElevenLabs answers by itself.

-- Between these minutes of its day a store's customers may be called, where it is open then (server/agent/calling_hours).
-- NULL: never by itself.
ALTER TABLE organizations
	ADD COLUMN calls_from  smallint DEFAULT 540 CHECK (calls_from BETWEEN 0 AND 1439),
	ADD COLUMN calls_until smallint DEFAULT 1200 CHECK (calls_until BETWEEN 1 AND 1440),
	ADD CONSTRAINT organizations_calls_window CHECK ((calls_from IS NULL) = (calls_until IS NULL) AND calls_from < calls_until);

-- One row is a wish that a customer be called: an order is ready, or a call-back was promised. Written by staff commands
-- and when a promised call is due; moved on by the functions of functions/outbound.sql alone, under the work `call_out`.
--   queued -> placing -> calling -> reached            somebody spoke with us
--                     -> queued (the next try) ... -> texted | given_up    after three tries
--   queued -> suppressed | not_needed | canceled
-- placing is committed before the carrier is asked, and names the leg (call_id) that the call will be: so it is never dialled
-- twice, whatever breaks in between.
--   due_at      not before this; waits_for says why (hours, try, pace, carrier)
--   opening, machine_words, text_words   what is said first, left on a machine, and texted in the end: in the customer's
--               language, written when it is dialled
CREATE TABLE outbound_calls (
	organization_id uuid NOT NULL REFERENCES organizations (id),
	id              uuid NOT NULL DEFAULT gen_random_uuid(),
	kind            text NOT NULL CHECK (kind IN ('pickup_ready', 'callback')),
	state           text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'placing', 'calling', 'reached', 'texted', 'given_up',
	                    'suppressed', 'not_needed', 'canceled')),
	customer_id     uuid NOT NULL,
	order_id        uuid,
	escalation_id   uuid,
	from_number     e164 NOT NULL,
	language        language_code NOT NULL,
	due_at          timestamptz NOT NULL DEFAULT now(),
	waits_for       code_word,
	tries           smallint NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 3),
	last_result     code_word,
	error_code      integer,
	placing_at      timestamptz,
	call_id         uuid,
	message_left_at timestamptz,
	opening         text_500,
	machine_words   text_500,
	text_words      text_500,
	requested_by    uuid,
	created_at      timestamptz NOT NULL DEFAULT now(),
	updated_at      timestamptz NOT NULL DEFAULT now(),
	ended_at        timestamptz,
	PRIMARY KEY (organization_id, id),
	FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id),
	FOREIGN KEY (organization_id, order_id) REFERENCES orders (organization_id, id),
	FOREIGN KEY (organization_id, escalation_id) REFERENCES escalations (organization_id, id),
	FOREIGN KEY (organization_id, call_id) REFERENCES call_sessions (organization_id, id),
	FOREIGN KEY (organization_id, requested_by) REFERENCES user_profiles (organization_id, id),
	CONSTRAINT outbound_calls_coherent CHECK ((state IN ('queued', 'placing', 'calling')) = (ended_at IS NULL)
		AND (state NOT IN ('placing', 'calling', 'reached') OR (call_id IS NOT NULL AND placing_at IS NOT NULL)))
);
CALL tenant_table('outbound_calls');
-- A person is not called twice for the same at one time.
CREATE UNIQUE INDEX outbound_calls_open ON outbound_calls (organization_id, kind, customer_id)
	WHERE state IN ('queued', 'placing', 'calling');
CREATE INDEX outbound_calls_newest ON outbound_calls (organization_id, created_at DESC, id DESC);
CREATE INDEX outbound_calls_customer ON outbound_calls (organization_id, customer_id);
CREATE INDEX outbound_calls_order ON outbound_calls (organization_id, order_id) WHERE order_id IS NOT NULL;
CREATE INDEX outbound_calls_escalation ON outbound_calls (organization_id, escalation_id) WHERE escalation_id IS NOT NULL;
CREATE INDEX outbound_calls_call ON outbound_calls (organization_id, call_id) WHERE call_id IS NOT NULL;
CREATE INDEX outbound_calls_requested_by ON outbound_calls (organization_id, requested_by) WHERE requested_by IS NOT NULL;
GRANT SELECT, INSERT, UPDATE ON outbound_calls TO switchback_service;

-- One row is an account at Twilio, and when its next call may be placed: one a second (twilio.md 8.4), whichever process places
-- it and whichever store shares the account. The platform's own: no store, no customer, no personal data.
CREATE TABLE call_pace (
	account_sid text PRIMARY KEY CHECK (account_sid ~ '^AC[0-9a-f]{32}$'),
	next_at     timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);
GRANT SELECT, INSERT, UPDATE ON call_pace TO switchback_service;

ALTER TABLE call_sessions
	-- A signed webhook of the carrier told of this call. False: only ElevenLabs asked for its variables, and whoever holds that
	-- secret can name any caller; nothing personal is given for it.
	ADD COLUMN vouched      boolean NOT NULL DEFAULT true,
	-- When ElevenLabs asked for the variables of a call that it answers: personal ones are given once.
	ADD COLUMN initiated_at timestamptz;
