-- 0016 call: a call as it lives (docs/calls.md). The customer's leg has a stage: what the caller is connected to.

-- One open thread for each pair of numbers is a rule of texts. Two calls of one number may overlap (a call waiting, a line
-- that both of a household use, withheld numbers), and each call is a conversation of its own.
DROP INDEX conversations_open;
CREATE UNIQUE INDEX conversations_open ON conversations (organization_id, channel, store_number, peer)
	WHERE state = 'open' AND channel <> 'voice';
CREATE INDEX conversations_open_calls ON conversations (organization_id, peer) WHERE state = 'open' AND channel = 'voice';

ALTER TABLE call_sessions
	-- customer: the caller's, or the one whom we called; staff: a phone of ours, with parent_id
	ADD COLUMN leg             text NOT NULL DEFAULT 'customer' CHECK (leg IN ('customer', 'staff')),
	ADD COLUMN stage           text NOT NULL DEFAULT 'ended' CHECK (stage IN ('ringing', 'bridge', 'builtin', 'typing', 'conference',
	                               'voicemail', 'native', 'ended')),
	ADD COLUMN stage_number    bigint NOT NULL DEFAULT 1 CHECK (stage_number >= 1),
	ADD COLUMN served_number   bigint NOT NULL DEFAULT 0 CHECK (served_number BETWEEN 0 AND stage_number),
	-- The newest stage of which a document was surely played.
	ADD COLUMN heard_number    bigint NOT NULL DEFAULT 0,
	ADD COLUMN document_number bigint NOT NULL DEFAULT 0 CHECK (document_number >= 0),
	ADD COLUMN document_at     timestamptz,
	-- What the media stream must show: SHA-256 of a token that is good once.
	ADD COLUMN stream_hash     bytea CHECK (octet_length(stream_hash) = 32),
	ADD COLUMN stream_until    timestamptz,
	ADD COLUMN stream_sid      text CHECK (stream_sid ~ '^[A-Za-z0-9]{1,64}$'),
	ADD COLUMN bridge_failures smallint NOT NULL DEFAULT 0 CHECK (bridge_failures >= 0),
	-- The room's name at the carrier: unguessable, for this call alone.
	ADD COLUMN room            text CHECK (room ~ '^[A-Za-z0-9]{16,64}$'),
	ADD COLUMN conference_sid  text CHECK (conference_sid ~ '^[A-Za-z0-9]{1,64}$'),
	ADD COLUMN on_hold         boolean NOT NULL DEFAULT false,
	-- A staff leg: whose phone, and whether they pressed 1.
	ADD COLUMN user_id         uuid,
	ADD COLUMN accepted_at     timestamptz,
	ADD COLUMN muted           boolean NOT NULL DEFAULT false,
	ADD COLUMN answered_by     text CHECK (answered_by ~ '^[a-z][a-z_]{0,39}$'),
	-- How often the caller was asked and nothing was heard, since something was.
	ADD COLUMN misses          smallint NOT NULL DEFAULT 0 CHECK (misses >= 0),
	-- The carrier's SequenceNumber of the last status that counted.
	ADD COLUMN status_sequence integer NOT NULL DEFAULT -1,
	ADD FOREIGN KEY (organization_id, user_id) REFERENCES user_profiles (organization_id, id),
	ADD CHECK (leg = 'customer' OR parent_id IS NOT NULL);
CREATE UNIQUE INDEX call_sessions_room ON call_sessions (organization_id, room) WHERE room IS NOT NULL AND leg = 'customer';
CREATE INDEX call_sessions_live ON call_sessions (organization_id, started_at) WHERE stage <> 'ended';
CREATE INDEX call_sessions_user ON call_sessions (organization_id, user_id) WHERE user_id IS NOT NULL;

-- A line of a call: what it was called where it was said, so that the same is kept once; and for a line that we speak, the
-- document that holds it.
ALTER TABLE messages
	ADD COLUMN spoken_key      text_256,
	ADD COLUMN spoken_document bigint;
CREATE UNIQUE INDEX messages_spoken ON messages (organization_id, conversation_id, spoken_key) WHERE spoken_key IS NOT NULL;

-- Where a call goes when we cannot answer it, per number; what is said at its start, per language.
ALTER TABLE organization_phone_numbers
	ADD COLUMN fallback_number text CHECK (fallback_number ~ '^\+[1-9][0-9]{6,14}$');
ALTER TABLE organizations
	ADD COLUMN voice_engine    text NOT NULL DEFAULT 'elevenlabs' CHECK (voice_engine IN ('builtin', 'elevenlabs')),
	ADD COLUMN call_greeting_en text CHECK (char_length(call_greeting_en) <= 500),
	ADD COLUMN call_greeting_fr text CHECK (char_length(call_greeting_fr) <= 500),
	-- said before anything is recorded or transcribed; NULL: nothing is recorded
	ADD COLUMN consent_line_en text CHECK (char_length(consent_line_en) <= 500),
	ADD COLUMN consent_line_fr text CHECK (char_length(consent_line_fr) <= 500),
	ADD COLUMN transcribe_staff boolean NOT NULL DEFAULT false;

-- A callback names a leg or the carrier's SID for it: that finds the store.
GRANT SELECT (organization_id, id, twilio_call_sid) ON call_sessions TO switchback_lookup;
CREATE POLICY lookup ON call_sessions FOR SELECT TO switchback_lookup USING (current_user = 'switchback_lookup');
CREATE INDEX call_sessions_id ON call_sessions (id);
CREATE INDEX call_sessions_sid ON call_sessions (twilio_call_sid) WHERE twilio_call_sid IS NOT NULL;
