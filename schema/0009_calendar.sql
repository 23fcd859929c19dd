-- 0009 calendar: what the workshop offers, on whom and what it is done, and who comes when.

-- One row is a kind of appointment. Rules in local wall time and minutes. Written by managers.
CREATE TABLE services (
	organization_id      uuid NOT NULL REFERENCES organizations (id),
	id                   uuid NOT NULL DEFAULT gen_random_uuid(),
	code                 text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]{0,39}$'),
	name_en              text NOT NULL CHECK (char_length(name_en) BETWEEN 1 AND 120),
	name_fr              text NOT NULL CHECK (char_length(name_fr) BETWEEN 1 AND 120),
	description_en       text CHECK (char_length(description_en) <= 1000),
	description_fr       text CHECK (char_length(description_fr) <= 1000),
	duration_minutes     integer NOT NULL CHECK (duration_minutes BETWEEN 5 AND 2880),
	buffer_before        integer NOT NULL DEFAULT 0 CHECK (buffer_before BETWEEN 0 AND 240),
	buffer_after         integer NOT NULL DEFAULT 0 CHECK (buffer_after BETWEEN 0 AND 240),
	lead_minutes         integer NOT NULL DEFAULT 60 CHECK (lead_minutes BETWEEN 0 AND 43200),
	horizon_days         integer NOT NULL DEFAULT 60 CHECK (horizon_days BETWEEN 1 AND 366),
	grid_minutes         integer NOT NULL DEFAULT 30 CHECK (grid_minutes BETWEEN 5 AND 240),
	skills               text[] NOT NULL DEFAULT '{}' CHECK (cardinality(skills) <= 20),
	is_drop_off          boolean NOT NULL DEFAULT false,
	daily_cap            integer CHECK (daily_cap >= 0),
	price_en             text CHECK (char_length(price_en) <= 120),
	price_fr             text CHECK (char_length(price_fr) <= 120),
	cancel_cutoff_minutes integer NOT NULL DEFAULT 120 CHECK (cancel_cutoff_minutes BETWEEN 0 AND 20160),
	position             smallint NOT NULL DEFAULT 0,
	is_active            boolean NOT NULL DEFAULT true,
	created_at           timestamptz NOT NULL DEFAULT now(),
	updated_at           timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (organization_id, id),
	UNIQUE (organization_id, code)
);
CALL tenant_table('services');

-- One row is one thing that can do one job at a time: a mechanic, a bench, a fitting room, one place at the drop-off desk.
-- Capacity N is N rows, so that the database can forbid overlap. Written by managers.
CREATE TABLE resources (
	organization_id uuid NOT NULL REFERENCES organizations (id),
	id              uuid NOT NULL DEFAULT gen_random_uuid(),
	name            text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 80),
	kind            text NOT NULL CHECK (kind IN ('mechanic', 'bench', 'fitting', 'desk')),
	user_id         uuid,
	skills          text[] NOT NULL DEFAULT '{}' CHECK (cardinality(skills) <= 20),
	is_active       boolean NOT NULL DEFAULT true,
	created_at      timestamptz NOT NULL DEFAULT now(),
	updated_at      timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (organization_id, id),
	UNIQUE (organization_id, name),
	FOREIGN KEY (organization_id, user_id) REFERENCES user_profiles (organization_id, id)
);
CALL tenant_table('resources');
CREATE INDEX resources_user ON resources (organization_id, user_id) WHERE user_id IS NOT NULL;

-- One row is an appointment, from the hold made while the customer decides (held, with hold_until) to the bike's
-- collection. Written by the agent's tools and by staff. starts_at is the instant; told_local is the wall time that the
-- customer was told, kept in case the zone's rules change. request_key makes a repeated booking the same booking.
-- version rises at every change of time or service, and outdates reminders made for an earlier one.
CREATE TABLE service_appointments (
	organization_id  uuid NOT NULL REFERENCES organizations (id),
	id               uuid NOT NULL DEFAULT gen_random_uuid(),
	service_id       uuid NOT NULL,
	customer_id      uuid,
	conversation_id  uuid,
	state            text NOT NULL DEFAULT 'booked' CHECK (state IN ('held', 'pending', 'booked', 'confirmed', 'arrived', 'in_service',
	                     'waiting_parts', 'ready', 'collected', 'cancelled', 'no_show', 'expired')),
	starts_at        timestamptz NOT NULL,
	ends_at          timestamptz NOT NULL,
	told_local       timestamp,
	hold_until       timestamptz,
	language         text CHECK (language IN ('en', 'fr')),
	bike             text CHECK (char_length(bike) <= 200),
	bike_serial      text CHECK (char_length(bike_serial) <= 60),
	notes            text CHECK (char_length(notes) <= 2000),
	origin           text NOT NULL DEFAULT 'agent' CHECK (origin IN ('agent', 'staff', 'import')),
	request_key      text CHECK (char_length(request_key) BETWEEN 1 AND 200),
	version          integer NOT NULL DEFAULT 1 CHECK (version >= 1),
	override_by      uuid,
	override_reason  text CHECK (char_length(override_reason) <= 500),
	confirmed_at     timestamptz,
	arrived_at       timestamptz,
	ready_at         timestamptz,
	collected_at     timestamptz,
	cancelled_at     timestamptz,
	cancelled_by     text CHECK (cancelled_by IN ('customer', 'staff', 'system')),
	cancel_reason    text CHECK (char_length(cancel_reason) <= 500),
	created_at       timestamptz NOT NULL DEFAULT now(),
	updated_at       timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (organization_id, id),
	UNIQUE (organization_id, request_key),
	UNIQUE (organization_id, id, state),     -- appointment_resources follows the state by its foreign key
	FOREIGN KEY (organization_id, service_id) REFERENCES services (organization_id, id),
	FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id),
	FOREIGN KEY (organization_id, conversation_id) REFERENCES conversations (organization_id, id),
	FOREIGN KEY (organization_id, override_by) REFERENCES user_profiles (organization_id, id),
	CHECK (ends_at > starts_at AND ends_at <= starts_at + interval '14 days'),
	CONSTRAINT service_appointments_hold_ends CHECK ((state = 'held') = (hold_until IS NOT NULL)),
	CONSTRAINT service_appointments_cancelled_by CHECK (state <> 'cancelled' OR (cancelled_at IS NOT NULL AND cancelled_by IS NOT NULL)),
	CONSTRAINT service_appointments_override_named CHECK ((override_by IS NULL) = (override_reason IS NULL))
);
CALL tenant_table('service_appointments');
CREATE INDEX service_appointments_day ON service_appointments (organization_id, starts_at);
CREATE INDEX service_appointments_customer ON service_appointments (organization_id, customer_id, starts_at);
CREATE INDEX service_appointments_service ON service_appointments (organization_id, service_id);
CREATE INDEX service_appointments_conversation ON service_appointments (organization_id, conversation_id)
	WHERE conversation_id IS NOT NULL;
CREATE INDEX service_appointments_override ON service_appointments (organization_id, override_by) WHERE override_by IS NOT NULL;

-- One row is a resource taken by an appointment for its padded interval. Written with the appointment. Two of them never
-- overlap on one resource unless one has ended as cancelled, no_show or expired: the state is the appointment's own, kept
-- equal by the foreign key. Half-open: back to back is fine. A hold that is over is expired first, in the same transaction.
CREATE TABLE appointment_resources (
	organization_id uuid NOT NULL,
	appointment_id  uuid NOT NULL,
	resource_id     uuid NOT NULL,
	state           text NOT NULL,
	during          tstzrange NOT NULL CHECK (NOT isempty(during) AND lower_inc(during) AND NOT upper_inc(during)
	                    AND NOT lower_inf(during) AND NOT upper_inf(during)),
	PRIMARY KEY (organization_id, appointment_id, resource_id),
	FOREIGN KEY (organization_id, appointment_id, state)
		REFERENCES service_appointments (organization_id, id, state) ON UPDATE CASCADE,
	FOREIGN KEY (organization_id, resource_id) REFERENCES resources (organization_id, id),
	CONSTRAINT appointment_resources_free EXCLUDE USING gist (organization_id WITH =, resource_id WITH =, during WITH &&)
		WHERE (state NOT IN ('cancelled', 'no_show', 'expired'))
);
CALL tenant_table('appointment_resources');
CREATE INDEX appointment_resources_resource ON appointment_resources (organization_id, resource_id);

-- One row is a text about an appointment that is to go out at a time: derived, recomputed at each change, checked again at
-- sending. One for each kind and version, so none goes twice. Written by the service.
CREATE TABLE reminders (
	organization_id uuid NOT NULL,
	id              uuid NOT NULL DEFAULT gen_random_uuid(),
	appointment_id  uuid NOT NULL,
	kind            text NOT NULL CHECK (kind ~ '^[a-z][a-z_]{0,39}$'),
	version         integer NOT NULL CHECK (version >= 1),
	due_at          timestamptz NOT NULL,
	state           text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'sent', 'skipped', 'cancelled')),
	message_id      uuid,
	settled_at      timestamptz,
	created_at      timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (organization_id, id),
	UNIQUE (organization_id, appointment_id, kind, version),
	FOREIGN KEY (organization_id, appointment_id) REFERENCES service_appointments (organization_id, id),
	FOREIGN KEY (organization_id, message_id) REFERENCES messages (organization_id, id),
	CHECK ((state = 'due') = (settled_at IS NULL))
);
CALL tenant_table('reminders');
CREATE INDEX reminders_message ON reminders (organization_id, message_id) WHERE message_id IS NOT NULL;
