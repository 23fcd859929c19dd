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
	channel                    channel_word NOT NULL,
	peer                       text_256 NOT NULL,
	store_number               e164 NOT NULL,
	state                      thread_state NOT NULL DEFAULT 'open',
	holder                     holder_word NOT NULL DEFAULT 'agent',
	holder_user_id             uuid,
	holder_since               timestamptz NOT NULL DEFAULT now(),
	epoch                      number_from_1 NOT NULL DEFAULT 1,
	language                   language_code,
	language_chosen            boolean NOT NULL DEFAULT false,
	greeted_at                 timestamptz,
	last_position              number_from_0 NOT NULL DEFAULT 0,
	answered_position          bigint NOT NULL DEFAULT 0,
	last_message_at            timestamptz NOT NULL DEFAULT now(),
	last_customer_at           timestamptz,
	waiting_since              timestamptz,
	class                      contact_class,
	outcome                    code_word,
	summary                    text_4000,
	sentiment                  code_word,
	elevenlabs_conversation_id provider_name,
	twilio_call_sid            provider_sid,
	opened_at                  timestamptz NOT NULL DEFAULT now(),
	closed_at                  timestamptz,
	closed_by                  code_word,
	updated_at                 timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (organization_id, id),
	FOREIGN KEY (organization_id, customer_id) REFERENCES customers (organization_id, id),
	FOREIGN KEY (organization_id, holder_user_id) REFERENCES user_profiles (organization_id, id),
	-- one CHECK for the row as a whole (0001: each costs every write)
	CONSTRAINT conversations_coherent CHECK ((holder = 'staff') = (holder_user_id IS NOT NULL)
		AND (state = 'closed') = (closed_at IS NOT NULL) AND answered_position BETWEEN 0 AND last_position
		AND (language IS NOT NULL OR NOT language_chosen))
) WITH (fillfactor = 60);
CALL tenant_table('conversations');
DROP TRIGGER touch ON conversations; -- hot: whoever updates sets updated_at
-- A text finds its thread here, and a second delivery at the same moment finds the first; also the list of what is open.
CREATE UNIQUE INDEX conversations_open ON conversations (organization_id, channel, store_number, peer) WHERE state = 'open';
-- What is closed, newest first. The open ones are few and sorted when read: an index on a time that moves with each
-- message would cost every text four index entries (no HOT update).
CREATE INDEX conversations_closed ON conversations (organization_id, closed_at DESC, id DESC) WHERE state = 'closed';
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
	position           number_from_1 NOT NULL,
	direction          direction_word NOT NULL,
	author             author_word NOT NULL,
	author_user_id     uuid,
	channel            channel_word NOT NULL,
	kind               message_kind NOT NULL DEFAULT 'text',
	body               message_text NOT NULL,
	language           language_code,
	twilio_message_sid provider_sid,
	status             message_status,
	status_rank        small_from_0,
	error_code         integer,
	error_text_en      text_500,
	error_text_fr      text_500,
	segments           small_to_100,
	media_n            small_to_100 NOT NULL DEFAULT 0,
	epoch              number_from_1,
	is_redacted        boolean NOT NULL DEFAULT false,
	provider_params    json_object,
	created_at         timestamptz NOT NULL DEFAULT now(),
	updated_at         timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (organization_id, id),
	UNIQUE (organization_id, conversation_id, position),
	-- The second delivery of a text finds the first. The SID leads, so that a status callback finds its store by it.
	CONSTRAINT messages_twilio_sid UNIQUE (twilio_message_sid, organization_id),
	FOREIGN KEY (organization_id, conversation_id) REFERENCES conversations (organization_id, id),
	FOREIGN KEY (organization_id, author_user_id) REFERENCES user_profiles (organization_id, id),
	CONSTRAINT messages_coherent CHECK ((direction = 'in') = (author = 'customer')
		AND (author = 'staff') = (author_user_id IS NOT NULL)
		AND (status IS NULL OR (status = 'received') = (direction = 'in')))
) WITH (fillfactor = 90);
CALL tenant_table('messages');
DROP TRIGGER touch ON messages; -- hot: whoever updates sets updated_at
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
