-- 0007 escalation: requests for a person, and what was promised.

-- One row is a request for a person, from the wish to its end. Written by the agent's turn, by rules and by staff; every
-- change has its event. Open is every state but closed, returned_to_bot, customer_gone and expired; a conversation has
-- at most one open: a further wish is added to its reasons.
--   packet  what the person must see, frozen at the request (summary, customer's words, what was tried and promised)
--   epoch   the conversation's epoch that the claim gave
CREATE TABLE escalations (
	organization_id uuid NOT NULL,
	id              uuid NOT NULL DEFAULT gen_random_uuid(),
	conversation_id uuid NOT NULL,
	customer_id     uuid,
	state           text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'queued', 'claimed', 'connecting', 'active',
	                    'wrap_up', 'closed', 'callback_promised', 'voicemail_taken', 'returned_to_bot', 'customer_gone', 'expired')),
	reason          text NOT NULL CHECK (reason ~ '^[a-z][a-z_]{0,39}$'),
	reason_text     text CHECK (char_length(reason_text) <= 2000),
	reasons         jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(reasons) = 'array'),
	requested_by    text NOT NULL DEFAULT 'agent' CHECK (requested_by IN ('customer', 'agent', 'rule', 'staff')),
	requested_at    timestamptz NOT NULL DEFAULT now(),
	queued_at       timestamptz,
	claimed_by      uuid,
	claimed_at      timestamptz,
	active_at       timestamptz,
	closed_at       timestamptz,
	due_at          timestamptz,
	expires_at      timestamptz,
	-- When the customer was last told that a further wish was added to this one.
	addition_noted_at timestamptz,
	epoch           bigint CHECK (epoch >= 1),
	attempts        smallint NOT NULL DEFAULT 0 CHECK (attempts >= 0),
	packet          jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(packet) = 'object'),
	resolution      text CHECK (resolution ~ '^[a-z][a-z_]{0,39}$'),
	resolution_text text CHECK (char_length(resolution_text) <= 2000),
	updated_at      timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (organization_id, id),
	FOREIGN KEY (organization_id, conversation_id) REFERENCES conversations (organization_id, id),
	FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id),
	FOREIGN KEY (organization_id, claimed_by) REFERENCES user_profiles (organization_id, id),
	CONSTRAINT escalations_claimer_named CHECK (state NOT IN ('claimed', 'connecting', 'active', 'wrap_up')
		OR (claimed_by IS NOT NULL AND claimed_at IS NOT NULL)),
	CONSTRAINT escalations_closed_when CHECK ((closed_at IS NOT NULL)
		= (state IN ('closed', 'returned_to_bot', 'customer_gone', 'expired')))
);
CALL tenant_table('escalations');
-- At most one open per conversation; also the queue, oldest request first.
CREATE UNIQUE INDEX escalations_open ON escalations (organization_id, conversation_id)
	WHERE state NOT IN ('closed', 'returned_to_bot', 'customer_gone', 'expired');
CREATE INDEX escalations_queue ON escalations (organization_id, requested_at)
	WHERE state NOT IN ('closed', 'returned_to_bot', 'customer_gone', 'expired');
CREATE INDEX escalations_conversation ON escalations (organization_id, conversation_id);
CREATE INDEX escalations_customer ON escalations (organization_id, customer_id);
CREATE INDEX escalations_claimed_by ON escalations (organization_id, claimed_by) WHERE claimed_by IS NOT NULL;

-- One row is something that was promised to a customer until a time ("a person will answer by 3:40 pm"). Written in the
-- transaction that says it; settled by the answer, by staff, or as broken when the time has passed.
CREATE TABLE promises (
	organization_id uuid NOT NULL,
	id              uuid NOT NULL DEFAULT gen_random_uuid(),
	conversation_id uuid NOT NULL,
	escalation_id   uuid,
	customer_id     uuid,
	kind            text NOT NULL CHECK (kind ~ '^[a-z][a-z_]{0,39}$'),
	text            text NOT NULL CHECK (char_length(text) BETWEEN 1 AND 1600),
	due_at          timestamptz NOT NULL,
	state           text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'kept', 'broken', 'cancelled')),
	created_at      timestamptz NOT NULL DEFAULT now(),
	settled_at      timestamptz,
	PRIMARY KEY (organization_id, id),
	FOREIGN KEY (organization_id, conversation_id) REFERENCES conversations (organization_id, id),
	FOREIGN KEY (organization_id, escalation_id) REFERENCES escalations (organization_id, id),
	FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id),
	CHECK ((state = 'open') = (settled_at IS NULL))
);
CALL tenant_table('promises');
CREATE INDEX promises_open ON promises (organization_id, due_at) WHERE state = 'open';
CREATE INDEX promises_conversation ON promises (organization_id, conversation_id);
CREATE INDEX promises_escalation ON promises (organization_id, escalation_id);
CREATE INDEX promises_customer ON promises (organization_id, customer_id);
