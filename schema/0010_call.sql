-- 0010 call: the legs of telephone calls, and what providers told us, kept once.

-- One row is a call leg at the carrier: the caller's, or one that we made. Written by the voice webhooks. What was said in
-- it is in messages, under its conversation: there is one transcript. A provider's word only moves state forward.
CREATE TABLE call_sessions (
	organization_id  uuid NOT NULL,
	id               uuid NOT NULL DEFAULT gen_random_uuid(),
	conversation_id  uuid NOT NULL,
	twilio_call_sid  text CHECK (twilio_call_sid ~ '^[A-Za-z0-9]{1,64}$'),
	parent_id        uuid,
	call_direction   text NOT NULL CHECK (call_direction IN ('inbound', 'outbound')),
	mode             text CHECK (mode IN ('bridge', 'native', 'builtin', 'staff')),
	state            text NOT NULL DEFAULT 'ringing' CHECK (state IN ('queued', 'ringing', 'in_progress', 'completed', 'busy', 'no_answer',
	                     'canceled', 'failed')),
	from_number      text NOT NULL CHECK (char_length(from_number) <= 256),
	to_number        text NOT NULL CHECK (char_length(to_number) <= 256),
	-- STIR/SHAKEN attestation of the caller's number: A, B or C; NULL when the carrier gave none.
	attestation      text CHECK (attestation IN ('A', 'B', 'C')),
	-- Recording begins only after this is kept, with the words that were said.
	recording        text NOT NULL DEFAULT 'off' CHECK (recording IN ('off', 'announced', 'accepted', 'refused')),
	recording_words  text CHECK (char_length(recording_words) <= 500),
	recording_at     timestamptz,
	recording_sid    text CHECK (recording_sid ~ '^[A-Za-z0-9]{1,64}$'),
	end_reason       text CHECK (end_reason ~ '^[a-z][a-z_]{0,39}$'),
	started_at       timestamptz NOT NULL DEFAULT now(),
	answered_at      timestamptz,
	ended_at         timestamptz,
	duration_seconds integer CHECK (duration_seconds >= 0),
	updated_at       timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (organization_id, id),
	UNIQUE (organization_id, twilio_call_sid),
	FOREIGN KEY (organization_id, conversation_id) REFERENCES conversations (organization_id, id),
	FOREIGN KEY (organization_id, parent_id) REFERENCES call_sessions (organization_id, id),
	CHECK (recording IN ('off', 'refused') OR (recording_words IS NOT NULL AND recording_at IS NOT NULL))
);
CALL tenant_table('call_sessions');
CREATE INDEX call_sessions_conversation ON call_sessions (organization_id, conversation_id);
CREATE INDEX call_sessions_parent ON call_sessions (organization_id, parent_id) WHERE parent_id IS NOT NULL;

-- One row is an event of a provider as it came, kept once: its key is the provider's own id for it, or built from what makes
-- it unique (SID and status). Written by the webhooks, inserted before anything is done about it; removed by retention.
CREATE TABLE provider_events (
	organization_id uuid NOT NULL REFERENCES organizations (id),
	id              uuid NOT NULL DEFAULT gen_random_uuid(),
	provider        text NOT NULL CHECK (provider IN ('twilio', 'elevenlabs')),
	kind            text NOT NULL CHECK (kind ~ '^[a-z][a-z_]{0,59}$'),
	event_key       text NOT NULL CHECK (char_length(event_key) BETWEEN 1 AND 200),
	payload         jsonb NOT NULL DEFAULT '{}',
	received_at     timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (organization_id, id),
	UNIQUE (organization_id, provider, event_key)
);
CALL tenant_table('provider_events');
