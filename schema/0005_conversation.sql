-- 0005 conversation: threads and calls, what was said in them, and the pictures that came along. Hot.

-- One row is a thread of texts or one call between a peer and a store's number. Written by text_in() and agent_turn
-- functions, and by staff commands.
--   holder, epoch  who may speak now; epoch rises at every change of holder, and a reply written under an older epoch is
--                  never sent
--   last_position, answered_position  the newest message, and the customer's messages up to which an answer was given:
--                  a customer message beyond it is unread
--   waiting_since  the first customer message that nobody has answered; a bot's "one moment" does not reset it
--   peer           the sender as the carrier named it, repaired; customer_id is NULL for withheld and odd senders, so two
--                  of them never share a history
CREATE TABLE conversations (
	organization_id            uuid NOT NULL REFERENCES organizations (id),
	id                         uuid NOT NULL DEFAULT gen_random_uuid(),
	customer_id                uuid,
	channel                    text NOT NULL CHECK (channel IN ('sms', 'voice', 'chat')),
	peer                       text NOT NULL CHECK (char_length(peer) <= 256),
	store_number               text NOT NULL CHECK (store_number ~ '^\+[1-9][0-9]{6,14}$'),
	state                      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
	holder                     text NOT NULL DEFAULT 'agent' CHECK (holder IN ('agent', 'nobody', 'staff')),
	holder_user_id             uuid,
	holder_since               timestamptz NOT NULL DEFAULT now(),
	epoch                      bigint NOT NULL DEFAULT 1 CHECK (epoch >= 1),
	language                   text CHECK (language IN ('en', 'fr')),
	language_chosen            boolean NOT NULL DEFAULT false,
	greeted_at                 timestamptz,
	last_position              bigint NOT NULL DEFAULT 0 CHECK (last_position >= 0),
	answered_position          bigint NOT NULL DEFAULT 0 CHECK (answered_position BETWEEN 0 AND last_position),
	last_message_at            timestamptz NOT NULL DEFAULT now(),
	last_customer_at           timestamptz,
	waiting_since              timestamptz,
	class                      text CHECK (class IN ('order_status', 'service_booking', 'sales_inquiry', 'store_info', 'returns',
	                               'human_request', 'complaint', 'general_support')),
	outcome                    text CHECK (outcome ~ '^[a-z][a-z_]{0,39}$'),
	summary                    text CHECK (char_length(summary) <= 4000),
	sentiment                  text CHECK (sentiment ~ '^[a-z][a-z_]{0,39}$'),
	elevenlabs_conversation_id text CHECK (elevenlabs_conversation_id ~ '^[A-Za-z0-9_-]{1,128}$'),
	twilio_call_sid            text CHECK (twilio_call_sid ~ '^[A-Za-z0-9]{1,64}$'),
	opened_at                  timestamptz NOT NULL DEFAULT now(),
	closed_at                  timestamptz,
	closed_by                  text CHECK (closed_by ~ '^[a-z][a-z_]{0,39}$'),
	updated_at                 timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (organization_id, id),
	FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id),
	FOREIGN KEY (organization_id, holder_user_id) REFERENCES user_profiles (organization_id, id),
	CONSTRAINT conversations_holder_named CHECK ((holder = 'staff') = (holder_user_id IS NOT NULL)),
	CONSTRAINT conversations_closed_when CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
	CHECK (language IS NOT NULL OR NOT language_chosen)
) WITH (fillfactor = 80);
CALL tenant_table('conversations');
-- A text finds its thread here, and a second delivery at the same moment finds the first; also the list of what is open.
CREATE UNIQUE INDEX conversations_open ON conversations (organization_id, channel, store_number, peer) WHERE state = 'open';
-- The console's list. It costs each message an index entry (the time moves), and the list is read all day.
CREATE INDEX conversations_recent ON conversations (organization_id, last_message_at DESC, id DESC);
CREATE INDEX conversations_customer ON conversations (organization_id, customer_id);
CREATE INDEX conversations_holder ON conversations (organization_id, holder_user_id) WHERE holder_user_id IS NOT NULL;
CREATE UNIQUE INDEX conversations_call ON conversations (organization_id, twilio_call_sid) WHERE twilio_call_sid IS NOT NULL;
CREATE UNIQUE INDEX conversations_elevenlabs ON conversations (organization_id, elevenlabs_conversation_id)
	WHERE elevenlabs_conversation_id IS NOT NULL;

-- One row is something said (or noted beside it), in its place in the conversation. Written by the functions that keep
-- texts and turns, and by staff commands; afterwards only status, error and redaction change.
--   kind    text: said to the other side · keyword: a customer's STOP, START or HELP · note, whisper: for staff or for the agent only · notice: an automatic text that
--           is valid by itself (a confirmation) · marker: a line such as "Marie took over"
--   status  in: received; out: the carrier's word, which only moves forward (status_rank), or what kept it from going
-- Redaction overwrites body in place; there is no copy of it elsewhere but in events and outbox, redacted with it.
CREATE TABLE messages (
	organization_id    uuid NOT NULL,
	id                 uuid NOT NULL DEFAULT gen_random_uuid(),
	conversation_id    uuid NOT NULL,
	position           bigint NOT NULL CHECK (position >= 1),
	direction          text NOT NULL CHECK (direction IN ('in', 'out')),
	author             text NOT NULL CHECK (author IN ('customer', 'agent', 'staff', 'system')),
	author_user_id     uuid,
	channel            text NOT NULL CHECK (channel IN ('sms', 'voice', 'chat')),
	kind               text NOT NULL DEFAULT 'text' CHECK (kind IN ('text', 'keyword', 'note', 'whisper', 'notice', 'marker')),
	body               text NOT NULL CHECK (char_length(body) <= 65536),
	language           text CHECK (language IN ('en', 'fr')),
	twilio_message_sid text CHECK (twilio_message_sid ~ '^[A-Za-z0-9]{1,64}$'),
	status             text CHECK (status IN ('received', 'queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed',
	                       'read', 'accepted', 'scheduled', 'canceled', 'unknown', 'superseded', 'suppressed', 'held')),
	status_rank        smallint CHECK (status_rank >= 0),
	error_code         integer,
	error_text_en      text CHECK (char_length(error_text_en) <= 500),
	error_text_fr      text CHECK (char_length(error_text_fr) <= 500),
	segments           smallint CHECK (segments BETWEEN 0 AND 100),
	media_n            smallint NOT NULL DEFAULT 0 CHECK (media_n BETWEEN 0 AND 100),
	epoch              bigint CHECK (epoch >= 1),
	is_redacted        boolean NOT NULL DEFAULT false,
	provider_params    jsonb CHECK (jsonb_typeof(provider_params) = 'object'),
	created_at         timestamptz NOT NULL DEFAULT now(),
	updated_at         timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (organization_id, id),
	UNIQUE (organization_id, conversation_id, position),
	-- The second delivery of a text finds the first. The SID leads, so that a status callback finds its store by it.
	CONSTRAINT messages_twilio_sid UNIQUE (twilio_message_sid, organization_id),
	FOREIGN KEY (organization_id, conversation_id) REFERENCES conversations (organization_id, id),
	FOREIGN KEY (organization_id, author_user_id) REFERENCES user_profiles (organization_id, id),
	CONSTRAINT messages_customer_speaks_in CHECK ((direction = 'in') = (author = 'customer')),
	CONSTRAINT messages_staff_named CHECK ((author = 'staff') = (author_user_id IS NOT NULL)),
	CONSTRAINT messages_received_is_in CHECK (status IS NULL OR (status = 'received') = (direction = 'in'))
) WITH (fillfactor = 90);
CALL tenant_table('messages');
CREATE INDEX messages_author_user ON messages (organization_id, author_user_id) WHERE author_user_id IS NOT NULL;

-- One row is a picture or other file of a message, by reference to the carrier's copy. Written with its message.
CREATE TABLE message_media (
	organization_id uuid NOT NULL,
	message_id      uuid NOT NULL,
	position        smallint NOT NULL CHECK (position BETWEEN 0 AND 100),
	url             text NOT NULL CHECK (char_length(url) BETWEEN 1 AND 2048),
	content_type    text CHECK (char_length(content_type) <= 255),
	provider_sid    text CHECK (provider_sid ~ '^[A-Za-z0-9]{1,64}$'),
	PRIMARY KEY (organization_id, message_id, position),
	FOREIGN KEY (organization_id, message_id) REFERENCES messages (organization_id, id)
);
CALL tenant_table('message_media');
