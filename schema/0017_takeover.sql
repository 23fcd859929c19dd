-- 0017 takeover: a person takes a live call (docs/calls.md). A staff leg is a row of call_sessions from the moment when it was
-- decided to ring a phone: stage ringing until they press 1, conference while they are in the room, then ended.

ALTER TABLE call_sessions
	-- A staff leg: for what it is rung, and the reason that was given for taking the call from a colleague.
	ADD COLUMN purpose       text CHECK (purpose IN ('takeover', 'transfer')),
	ADD COLUMN reason        text CHECK (char_length(reason) <= 500),
	-- When its end was seen to: the request for a person moved on, colleagues and the caller told.
	ADD COLUMN let_go_at     timestamptz,
	-- How often the brief was read to them without a key.
	ADD COLUMN briefs        smallint NOT NULL DEFAULT 0 CHECK (briefs >= 0),
	-- When we asked the carrier to make this call: committed before it is asked, so that no phone is ever rung twice.
	ADD COLUMN dialled_at    timestamptz,
	-- In the room, by the carrier's word; what it was last told there; and the number of the room's event that told us last.
	ADD COLUMN in_room       boolean NOT NULL DEFAULT false,
	ADD COLUMN told_hold     boolean NOT NULL DEFAULT false,
	ADD COLUMN told_muted    boolean NOT NULL DEFAULT false,
	ADD COLUMN room_sequence integer NOT NULL DEFAULT -1,
	-- The live transcription that runs on the customer's leg.
	ADD COLUMN transcription_sid text CHECK (transcription_sid ~ '^[A-Za-z0-9]{1,64}$'),
	-- How often the carrier was asked in vain for what the leg needs now.
	ADD COLUMN steer_tries   smallint NOT NULL DEFAULT 0 CHECK (steer_tries >= 0),
	ADD CHECK (leg = 'customer' OR (user_id IS NOT NULL AND purpose IS NOT NULL));
-- Of a call one phone rings at a time, and a person is on one phone.
CREATE UNIQUE INDEX call_sessions_rung ON call_sessions (organization_id, parent_id) WHERE leg = 'staff' AND stage = 'ringing';
CREATE UNIQUE INDEX call_sessions_phone ON call_sessions (organization_id, user_id) WHERE leg = 'staff' AND stage <> 'ended';
