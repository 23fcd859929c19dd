/*
 * event.c - see event.h. One reader a payload; the table says which type has which.
 */
#include "shared/wire/event.h"

#include "shared/wire/read.h"

static void received_from(struct wire_reader *r, const json_t *o, struct wire_event *out)
{
	struct wire_event_message *m = &out->message;

	wire_id(r, o, "message_id", MUST, m->id);
	m->position = wire_int(r, o, "position", 1, INT64_MAX, MUST);
	m->author = AUTHOR_CUSTOMER;
	m->kind = wire_text(r, o, "keyword", 16, MAY) == NULL ? KIND_TEXT : KIND_KEYWORD;
	m->channel = wire_word_read(r, o, "channel", WORDS_CHANNEL, MUST, 0);
	m->body = wire_text(r, o, "body", WIRE_BODY_MAX, MUST);
	m->status = DELIVERY_RECEIVED;
	m->media_n = wire_int(r, o, "media_n", 0, 1000, MUST);
	m->from = wire_text(r, o, "from", 1024, MAY);
	m->to = wire_text(r, o, "to", 1024, MAY);
}

static void written_from(struct wire_reader *r, const json_t *o, struct wire_event *out)
{
	struct wire_event_message *m = &out->message;

	wire_id(r, o, "message_id", MUST, m->id);
	m->position = wire_int(r, o, "position", 1, INT64_MAX, MUST);
	m->author = wire_word_read(r, o, "author", WORDS_AUTHOR, MUST, 0);
	m->kind = wire_word_read(r, o, "kind", WORDS_MESSAGE_KIND, MUST, 0);
	wire_id(r, o, "author_user_id", MAY, m->author_user_id);
	m->author_name = wire_text(r, o, "author_name", 1024, MAY);
	m->body = wire_text(r, o, "body", WIRE_BODY_MAX, MUST);
}

static void queued_from(struct wire_reader *r, const json_t *o, struct wire_event *out)
{
	written_from(r, o, out);
	out->message.language = wire_language(r, o, "language");
	out->message.epoch = wire_int(r, o, "epoch", 1, INT64_MAX, MAY);
	out->message.status = wire_word_read(r, o, "status", WORDS_DELIVERY, MUST, DELIVERY_NONE);
}

static void noted_from(struct wire_reader *r, const json_t *o, struct wire_event *out)
{
	written_from(r, o, out);
	out->message.status = DELIVERY_NONE;
}

static void status_from(struct wire_reader *r, const json_t *o, struct wire_event *out)
{
	struct wire_event_status *s = &out->status;

	wire_id(r, o, "message_id", MUST, s->message_id);
	s->status = wire_word_read(r, o, "status", WORDS_DELIVERY, MUST, DELIVERY_NONE);
	s->error_code = wire_int(r, o, "error_code", 0, INT32_MAX, MAY);
	s->error_text_en = wire_text(r, o, "error_text_en", 2000, MAY);
	s->error_text_fr = wire_text(r, o, "error_text_fr", 2000, MAY);
}

static void redacted_from(struct wire_reader *r, const json_t *o, struct wire_event *out)
{
	wire_id(r, o, "message_id", MUST, out->redacted.message_id);
	out->redacted.body = wire_text(r, o, "body", WIRE_BODY_MAX, MUST);
}

static void holder_from(struct wire_reader *r, const json_t *o, struct wire_event_conversation *c)
{
	c->holder = wire_word_read(r, o, "holder", WORDS_HOLDER, MUST, 0);
	wire_id(r, o, "holder_user_id", MAY, c->holder_user_id);
	c->holder_name = wire_text(r, o, "holder_name", 1024, MAY);
	c->holder_since = wire_time(r, o, "holder_since", MAY);
	c->epoch = wire_int(r, o, "epoch", 1, INT64_MAX, MUST);
}

static void opened_from(struct wire_reader *r, const json_t *o, struct wire_event *out)
{
	struct wire_event_conversation *c = &out->conversation;

	c->channel = wire_word_read(r, o, "channel", WORDS_CHANNEL, MUST, 0);
	c->peer = wire_text(r, o, "peer", 1024, MUST);
	c->store_number = wire_text(r, o, "store_number", 64, MUST);
	c->contact_class = CLASS_NONE;
	holder_from(r, o, c);
}

static void updated_from(struct wire_reader *r, const json_t *o, struct wire_event *out)
{
	struct wire_event_conversation *c = &out->conversation;

	c->language = wire_language(r, o, "language");
	c->language_chosen = wire_bool(r, o, "language_chosen", MAY);
	c->contact_class = wire_word_read(r, o, "class", WORDS_CLASS, MAY, CLASS_NONE);
	holder_from(r, o, c);
}

static void closed_from(struct wire_reader *r, const json_t *o, struct wire_event *out)
{
	out->conversation.closed_by = wire_text(r, o, "closed_by", 64, MUST);
}

static void escalation_from(struct wire_reader *r, const json_t *o, struct wire_event *out)
{
	struct wire_event_escalation *e = &out->escalation;

	wire_id(r, o, "escalation_id", MUST, e->id);
	e->state = wire_word_read(r, o, "state", WORDS_ESCALATION_STATE, MUST, 0);
	e->reason = wire_text(r, o, "reason", 64, MUST);
	e->reason_text = wire_text(r, o, "reason_text", 8192, MAY);
	e->due_at = wire_time(r, o, "due_at", MAY);
}

static void promise_from(struct wire_reader *r, const json_t *o, struct wire_event *out)
{
	struct wire_event_promise *p = &out->promise;

	wire_id(r, o, "promise_id", MUST, p->id);
	wire_id(r, o, "escalation_id", MAY, p->escalation_id);
	p->kind = wire_text(r, o, "kind", 64, MAY);
	p->state = wire_text(r, o, "state", 64, MAY);
	p->due_at = wire_time(r, o, "due_at", MUST);
}

static void created_from(struct wire_reader *r, const json_t *o, struct wire_event *out)
{
	out->phone_number = wire_text(r, o, "phone_number", 64, MUST);
}

static void consent_from(struct wire_reader *r, const json_t *o, struct wire_event *out)
{
	out->consent.phone_number = wire_text(r, o, "phone_number", 64, MUST);
	out->consent.opted_out = wire_bool(r, o, "opted_out", MUST);
	out->consent.source = wire_text(r, o, "source", 64, MUST);
}

static void session_from(struct wire_reader *r, const json_t *o, struct wire_event *out)
{
	wire_id(r, o, "session_id", MAY, out->session.session_id);
	wire_id(r, o, "user_id", MUST, out->session.user_id);
	out->session.reason = wire_text(r, o, "reason", 64, MUST);
}

static void call_from(struct wire_reader *r, const json_t *o, struct wire_event *out)
{
	struct wire_event_call *c = &out->call;
	const char *leg = wire_text(r, o, "leg", 16, MUST),
		   *state = wire_text(r, o, "state", 32, MUST);

	c->customer = leg != NULL && strcmp(leg, "customer") == 0;
	c->on = wire_word_read(r, o, "stage", WORDS_CALL, MUST, CALL_OTHER);
	c->on_hold = wire_bool(r, o, "on_hold", MUST);
	c->muted = wire_bool(r, o, "muted", MUST);
	c->live_transcript = wire_bool(r, o, "live_transcript", MUST);
	c->rings = state != NULL && (strcmp(state, "ringing") == 0 || strcmp(state, "queued") == 0);
	c->started_at = wire_time(r, o, "started_at", MUST);
}

static void erased_from(struct wire_reader *r, const json_t *o, struct wire_event *out)
{
	(void)r;
	(void)o;
	(void)out;
}

static const struct payload {
	const char *name;
	enum event_type type;
	void (*read)(struct wire_reader *r, const json_t *o, struct wire_event *out);
} payloads[] = {
	{"message.received", EVENT_MESSAGE_RECEIVED, received_from},
	{"message.queued", EVENT_MESSAGE_QUEUED, queued_from},
	{"message.noted", EVENT_MESSAGE_NOTED, noted_from},
	{"message.status", EVENT_MESSAGE_STATUS, status_from},
	{"message.redacted", EVENT_MESSAGE_REDACTED, redacted_from},
	{"conversation.opened", EVENT_CONVERSATION_OPENED, opened_from},
	{"conversation.updated", EVENT_CONVERSATION_UPDATED, updated_from},
	{"conversation.closed", EVENT_CONVERSATION_CLOSED, closed_from},
	{"escalation.requested", EVENT_ESCALATION_REQUESTED, escalation_from},
	{"escalation.updated", EVENT_ESCALATION_UPDATED, escalation_from},
	{"promise.made", EVENT_PROMISE_MADE, promise_from},
	{"promise.settled", EVENT_PROMISE_SETTLED, promise_from},
	{"customer.created", EVENT_CUSTOMER_CREATED, created_from},
	{"customer.erased", EVENT_CUSTOMER_ERASED, erased_from},
	{"consent.changed", EVENT_CONSENT_CHANGED, consent_from},
	{"session.ended", EVENT_SESSION_ENDED, session_from},
	{"message.corrected", EVENT_MESSAGE_CORRECTED, redacted_from},
	{"call.started", EVENT_CALL_STARTED, call_from},
	{"call.updated", EVENT_CALL_UPDATED, call_from},
	{"call.ended", EVENT_CALL_ENDED, call_from},
};

static const struct payload *payload_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(payloads); i++) {
		if (strcmp(payloads[i].name, name) == 0)
			return &payloads[i];
	}
	return NULL;
}

bool wire_event_read(struct str json, struct arena *a, struct wire_event *out, struct err *err)
{
	struct wire_reader r;
	const json_t *o = wire_start(&r, json, a, err), *payload;
	struct wire_event e = {0};
	const struct payload *known;

	e.type_name = wire_text(&r, o, "type", 96, MUST);
	known = payload_of(e.type_name);
	e.seq = wire_int(&r, o, "seq", 0, INT64_MAX, MUST);
	e.created_at = wire_time(&r, o, "created_at", MAY);
	wire_id(&r, o, "conversation_id", MAY, e.conversation_id);
	wire_id(&r, o, "customer_id", MAY, e.customer_id);
	payload = wire_object(&r, o, "payload", MUST);
	e.is_erased = json_is_true(json_object_get(payload, "erased"));
	if (known != NULL) {
		e.type = known->type;
		if (!e.is_erased)
			known->read(&r, payload, &e);
	}
	if (!wire_finish(&r))
		return false;
	*out = e;
	return true;
}

bool wire_partial_read(struct str json, struct arena *a, struct wire_event *out, struct err *err)
{
	struct wire_reader r;
	const json_t *o = wire_start(&r, json, a, err);
	struct wire_event e = {.type = EVENT_CALL_PARTIAL, .type_name = "call.partial"};
	const char *who = wire_text(&r, o, "who", 16, MUST);

	wire_id(&r, o, "conversation_id", MUST, e.conversation_id);
	wire_id(&r, o, "customer_id", MAY, e.customer_id);
	e.partial.customer = who != NULL && strcmp(who, "customer") == 0;
	e.partial.body = wire_text(&r, o, "body", WIRE_BODY_MAX, MUST);
	if (!wire_finish(&r))
		return false;
	*out = e;
	return true;
}

bool wire_connection_read(struct str json, struct wire_connection *out, struct err *err)
{
	struct wire_reader r;
	const json_t *o = wire_start(&r, json, NULL, err);
	struct wire_connection c = {0};

	wire_id(&r, o, "organization_id", MUST, c.organization_id);
	wire_id(&r, o, "user_id", MUST, c.user_id);
	c.last_event = wire_int(&r, o, "last_event", 0, INT64_MAX, MUST);
	c.oldest_event = wire_int(&r, o, "oldest_event", 0, INT64_MAX, MAY);
	c.server_time = wire_time(&r, o, "server_time", MUST);
	if (!wire_finish(&r))
		return false;
	*out = c;
	return true;
}
