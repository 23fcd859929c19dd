/*
 * conversation.c - see conversation.h.
 */
#include "shared/wire/conversation.h"

#include "shared/wire/read.h"

static void escalation_from(struct wire_reader *r, const json_t *o, struct wire_escalation *out)
{
	if (o == NULL)
		return;
	wire_id(r, o, "id", MUST, out->id);
	out->state = wire_word_read(r, o, "state", WORDS_ESCALATION_STATE, MUST, 0);
	out->reason = wire_text(r, o, "reason", 64, MUST);
	out->reason_text = wire_text(r, o, "reason_text", 8192, MAY);
	out->requested_at = wire_time(r, o, "requested_at", MUST);
	out->due_at = wire_time(r, o, "due_at", MAY);
	wire_id(r, o, "claimed_by", MAY, out->claimed_by);
}

static void call_from(struct wire_reader *r, const json_t *o, struct wire_call *out)
{
	const json_t *staff;
	size_t n = 0;

	if (o == NULL)
		return;
	out->is_there = true;
	out->on = wire_word_read(r, o, "stage", WORDS_CALL, MUST, CALL_OTHER);
	out->on_hold = wire_bool(r, o, "on_hold", MUST);
	out->muted = wire_bool(r, o, "muted", MUST);
	out->live_transcript = wire_bool(r, o, "live_transcript", MUST);
	out->started_at = wire_time(r, o, "started_at", MUST);
	staff = wire_array(r, o, "staff", WIRE_ITEMS_MAX, MAY, &n);
	for (size_t i = 0; i < n; i++) {
		const char *state = wire_text(r, wire_at(r, staff, "staff", i), "state", 32, MAY);

		out->rings |= state != NULL &&
			      (strcmp(state, "ringing") == 0 || strcmp(state, "queued") == 0);
	}
}

static void last_message_from(struct wire_reader *r, const json_t *o, struct wire_last_message *out)
{
	if (o == NULL)
		return;
	out->position = wire_int(r, o, "position", 1, INT64_MAX, MUST);
	out->author = wire_word_read(r, o, "author", WORDS_AUTHOR, MUST, 0);
	out->kind = wire_word_read(r, o, "kind", WORDS_MESSAGE_KIND, MUST, 0);
	out->body = wire_text(r, o, "body", 4 * 160, MUST);
	out->created_at = wire_time(r, o, "created_at", MUST);
}

void wire_conversation_from(struct wire_reader *r, const json_t *o, struct wire_conversation *out)
{
	*out = (struct wire_conversation){0};
	wire_id(r, o, "id", MUST, out->id);
	wire_id(r, o, "customer_id", MAY, out->customer_id);
	out->customer_name = wire_text(r, o, "customer_name", 2048, MAY);
	out->channel = wire_word_read(r, o, "channel", WORDS_CHANNEL, MUST, 0);
	out->peer = wire_text(r, o, "peer", 1024, MUST);
	out->store_number = wire_text(r, o, "store_number", 64, MUST);
	out->state = wire_word_read(r, o, "state", WORDS_THREAD_STATE, MUST, 0);
	out->holder = wire_word_read(r, o, "holder", WORDS_HOLDER, MUST, 0);
	wire_id(r, o, "holder_user_id", MAY, out->holder_user_id);
	out->holder_name = wire_text(r, o, "holder_name", 1024, MAY);
	out->holder_since = wire_time(r, o, "holder_since", MAY);
	out->epoch = wire_int(r, o, "epoch", 1, INT64_MAX, MUST);
	out->language = wire_language(r, o, "language");
	out->language_chosen = wire_bool(r, o, "language_chosen", MAY);
	out->contact_class = wire_word_read(r, o, "class", WORDS_CLASS, MAY, CLASS_NONE);
	out->last_position = wire_int(r, o, "last_position", 0, INT64_MAX, MUST);
	out->answered_position = wire_int(r, o, "answered_position", 0, INT64_MAX, MUST);
	out->unread = wire_int(r, o, "unread", 0, INT64_MAX, MUST);
	out->last_message_at = wire_time(r, o, "last_message_at", MUST);
	out->last_customer_at = wire_time(r, o, "last_customer_at", MAY);
	out->waiting_since = wire_time(r, o, "waiting_since", MAY);
	out->opened_at = wire_time(r, o, "opened_at", MUST);
	out->closed_at = wire_time(r, o, "closed_at", MAY);
	out->closed_by = wire_text(r, o, "closed_by", 64, MAY);
	out->undelivered = wire_bool(r, o, "undelivered", MAY);
	escalation_from(r, wire_object(r, o, "escalation", MAY), &out->escalation);
	out->promise_due_at = wire_time(r, o, "promise_due_at", MAY);
	call_from(r, wire_object(r, o, "call", MAY), &out->call);
	last_message_from(r, wire_object(r, o, "last_message", MAY), &out->last_message);
}

const struct wire_conversation *wire_conversations_from(struct wire_reader *r, const json_t *o,
							const char *name, size_t *n)
{
	const json_t *list = wire_array(r, o, name, WIRE_ITEMS_MAX, MUST, n);
	struct wire_conversation *items = ARENA_ARRAY(r->arena, struct wire_conversation, *n);

	for (size_t i = 0; i < *n; i++)
		wire_conversation_from(r, wire_at(r, list, name, i), &items[i]);
	return items;
}

bool wire_conversation_list_read(struct str json, struct arena *a,
				 struct wire_conversation_list *out, struct err *err)
{
	struct wire_reader r;
	const json_t *o = wire_start(&r, json, a, err);
	struct wire_conversation_list list = {0};

	list.items = wire_conversations_from(&r, o, "items", &list.n);
	wire_page_read(&r, o, &list.page);
	if (!wire_finish(&r))
		return false;
	*out = list;
	return true;
}

bool wire_thread_read(struct str json, struct arena *a, struct wire_thread *out, struct err *err)
{
	struct wire_reader r;
	const json_t *o = wire_start(&r, json, a, err);
	struct wire_thread t = {0};

	wire_conversation_from(&r, wire_object(&r, o, "conversation", MUST), &t.conversation);
	t.messages = wire_messages_from(&r, o, "messages", &t.n);
	t.previous_cursor = wire_text(&r, o, "previous_cursor", 1024, MAY);
	t.last_event = wire_int(&r, o, "last_event", 0, INT64_MAX, MUST);
	if (!wire_finish(&r))
		return false;
	*out = t;
	return true;
}

bool wire_outcome_read(struct str json, struct arena *a, struct wire_outcome *out, struct err *err)
{
	struct wire_reader r;
	const json_t *o = wire_start(&r, json, a, err), *part;
	struct wire_outcome done = {0};

	if ((part = wire_object(&r, o, "conversation", MAY)) != NULL) {
		done.has_conversation = true;
		wire_conversation_from(&r, part, &done.conversation);
	}
	if ((part = wire_object(&r, o, "message", MAY)) != NULL) {
		done.has_message = true;
		wire_message_from(&r, part, &done.message);
	}
	done.last_event = wire_int(&r, o, "last_event", 0, INT64_MAX, MAY);
	if (!wire_finish(&r))
		return false;
	*out = done;
	return true;
}
