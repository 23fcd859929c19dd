-- 0019 room: with whom a room ends.

ALTER TABLE call_sessions
	-- The room is over at the carrier when this staff leg leaves it: so it was told when nobody else of the staff was there.
	ADD COLUMN ends_room boolean NOT NULL DEFAULT false;
