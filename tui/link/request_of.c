/*
 * request_of.c - see request_of.h.
 */
#include "tui/link/request_of.h"

#include "shared/wire/body.h"
#include "shared/wire/conversation.h"
#include "shared/wire/customer.h"
#include "shared/wire/session.h"

#define LIMIT_DEFAULT 50

/* ---- paths ---- */

static void query_add(struct buf *path, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	buf_add_char(path, strchr(buf_cstr(path), '?') == NULL ? '?' : '&');
	buf_add_cstr(path, name);
	buf_add_char(path, '=');
	exchange_escape(path, str_of(value));
}

static void limit_add(struct buf *path, int limit)
{
	char text[16];

	snprintf(text, sizeof text, "%d", limit > 0 ? limit : LIMIT_DEFAULT);
	query_add(path, "limit", text);
}

static void list_path(const struct outgoing *w, struct buf *path)
{
	static const char *const states[] = {
		[FILTER_OPEN] = "open", [FILTER_CLOSED] = "closed", [FILTER_SEARCH] = "all"};

	buf_add_cstr(path, "/api/conversations");
	query_add(path, "state", states[w->filter]);
	if (w->filter == FILTER_SEARCH)
		query_add(path, "q", w->text);
	limit_add(path, w->limit);
	query_add(path, "cursor", w->cursor);
}

/* /api/conversations/{id}, then what follows. */
static void conversation_add(const struct outgoing *w, struct buf *path, const char *rest)
{
	buf_add_cstr(path, "/api/conversations/");
	exchange_escape(path, str_of(w->conversation_id));
	buf_add_cstr(path, rest);
}

static void thread_path(const struct outgoing *w, struct buf *path)
{
	conversation_add(w, path, "");
}

static void older_path(const struct outgoing *w, struct buf *path)
{
	conversation_add(w, path, "/messages");
	limit_add(path, w->limit);
	query_add(path, "cursor", w->cursor);
}

static void messages_path(const struct outgoing *w, struct buf *path)
{
	conversation_add(w, path, "/messages");
}

static void takeover_path(const struct outgoing *w, struct buf *path)
{
	conversation_add(w, path, "/takeover");
}

static void notes_path(const struct outgoing *w, struct buf *path)
{
	conversation_add(w, path, "/notes");
}

static void whisper_path(const struct outgoing *w, struct buf *path)
{
	conversation_add(w, path, "/whisper");
}

static void hand_back_path(const struct outgoing *w, struct buf *path)
{
	conversation_add(w, path, "/hand-back");
}

static void close_path(const struct outgoing *w, struct buf *path)
{
	conversation_add(w, path, "/close");
}

static void hold_path(const struct outgoing *w, struct buf *path)
{
	conversation_add(w, path, "/hold");
}

static void mute_path(const struct outgoing *w, struct buf *path)
{
	conversation_add(w, path, "/mute");
}

static void voicemail_path(const struct outgoing *w, struct buf *path)
{
	conversation_add(w, path, "/voicemail");
}

static void hang_up_path(const struct outgoing *w, struct buf *path)
{
	conversation_add(w, path, "/hang-up");
}

static void call_back_path(const struct outgoing *w, struct buf *path)
{
	conversation_add(w, path, "/call-back");
}

static void transfer_path(const struct outgoing *w, struct buf *path)
{
	conversation_add(w, path, "/transfer");
}

static void colleagues_path(const struct outgoing *w, struct buf *path)
{
	(void)w;
	buf_add_cstr(path, "/api/colleagues");
}

static void outbound_path(const struct outgoing *w, struct buf *path)
{
	(void)w;
	buf_add_cstr(path, "/api/outbound");
}

static void new_path(const struct outgoing *w, struct buf *path)
{
	(void)w;
	buf_add_cstr(path, "/api/conversations");
}

static void customers_path(const struct outgoing *w, struct buf *path)
{
	buf_add_cstr(path, "/api/customers");
	query_add(path, "q", w->text);
	limit_add(path, w->limit);
	query_add(path, "cursor", w->cursor);
}

static void facts_path(const struct outgoing *w, struct buf *path)
{
	buf_add_cstr(path, "/api/customers/");
	exchange_escape(path, str_of(w->customer_id));
}

/* ---- bodies ---- */

static void text_add(struct body *b, const char *name, const char *value)
{
	if (value != NULL && value[0] != '\0')
		body_text(b, name, str_of(value));
}

static void ended(struct body *b, struct buf *out)
{
	if (!body_end(b, out))
		out->overflowed = true; /* asked by whoever sends it */
}

static void takeover_body(const struct outgoing *w, struct buf *out)
{
	struct body b;

	body_start(&b);
	body_int(&b, "epoch", w->epoch);
	text_add(&b, "by", w->by);
	if (w->force) {
		body_bool(&b, "force", true);
		text_add(&b, "reason", w->text);
	}
	ended(&b, out);
}

static void reply_body(const struct outgoing *w, struct buf *out)
{
	struct body b;

	body_start(&b);
	body_int(&b, "epoch", w->epoch);
	body_text(&b, "body", str_of(w->text));
	text_add(&b, "language", w->language);
	ended(&b, out);
}

static void words_body(const struct outgoing *w, struct buf *out)
{
	struct body b;

	body_start(&b);
	body_text(&b, "body", str_of(w->text));
	ended(&b, out);
}

static void epoch_body(const struct outgoing *w, struct buf *out)
{
	struct body b;

	body_start(&b);
	body_int(&b, "epoch", w->epoch);
	ended(&b, out);
}

static void hold_body(const struct outgoing *w, struct buf *out)
{
	struct body b;

	body_start(&b);
	body_int(&b, "epoch", w->epoch);
	body_bool(&b, "on", w->on);
	ended(&b, out);
}

static void mute_body(const struct outgoing *w, struct buf *out)
{
	struct body b;

	body_start(&b);
	body_bool(&b, "on", w->on);
	ended(&b, out);
}

static void empty_body(const struct outgoing *w, struct buf *out)
{
	struct body b;

	(void)w;
	body_start(&b);
	ended(&b, out);
}

static void transfer_body(const struct outgoing *w, struct buf *out)
{
	struct body b;

	body_start(&b);
	body_int(&b, "epoch", w->epoch);
	body_text(&b, "user_id", str_of(w->user_id));
	ended(&b, out);
}

static void pickup_call_body(const struct outgoing *w, struct buf *out)
{
	struct body b;

	body_start(&b);
	body_text(&b, "kind", STR_LIT("pickup_ready"));
	body_text(&b, "customer_id", str_of(w->customer_id));
	ended(&b, out);
}

static void new_body(const struct outgoing *w, struct buf *out)
{
	struct body b;

	body_start(&b);
	text_add(&b, "customer_id", w->customer_id);
	if (w->customer_id[0] == '\0')
		text_add(&b, "phone_number", w->phone_number);
	body_text(&b, "body", str_of(w->text));
	text_add(&b, "language", w->language);
	ended(&b, out);
}

/* ---- answers ---- */

static bool list_answer(const struct outgoing *w, struct str json, const struct teller *t,
			struct err *err)
{
	struct arena a = {0};
	struct wire_conversation_list list;
	bool good = wire_conversation_list_read(json, &a, &list, err);

	if (good)
		tell(t, &(struct msg){.kind = MSG_LIST,
				      .id = w->id,
				      .conversations = list.items,
				      .count = list.n,
				      .cursor = str_of(list.page.next_cursor),
				      .as_of = list.page.last_event});
	arena_free(&a);
	return good;
}

static bool thread_answer(const struct outgoing *w, struct str json, const struct teller *t,
			  struct err *err)
{
	struct arena a = {0};
	struct wire_thread thread;
	bool good = wire_thread_read(json, &a, &thread, err);

	if (good)
		tell(t, &(struct msg){.kind = MSG_THREAD,
				      .id = w->id,
				      .conversation_id = str_of(w->conversation_id),
				      .conversations = &thread.conversation,
				      .messages = thread.messages,
				      .count = thread.n,
				      .cursor = str_of(thread.previous_cursor),
				      .as_of = thread.last_event});
	arena_free(&a);
	return good;
}

static bool older_answer(const struct outgoing *w, struct str json, const struct teller *t,
			 struct err *err)
{
	struct arena a = {0};
	struct wire_message_list list;
	bool good = wire_message_list_read(json, &a, &list, err);

	if (good)
		tell(t, &(struct msg){.kind = MSG_OLDER,
				      .id = w->id,
				      .conversation_id = str_of(w->conversation_id),
				      .messages = list.items,
				      .count = list.n,
				      .cursor = str_of(list.page.next_cursor),
				      .as_of = list.page.last_event});
	arena_free(&a);
	return good;
}

static bool customers_answer(const struct outgoing *w, struct str json, const struct teller *t,
			     struct err *err)
{
	struct arena a = {0};
	struct wire_customer_list list;
	bool good = wire_customer_list_read(json, &a, &list, err);

	if (good)
		tell(t, &(struct msg){.kind = MSG_CUSTOMERS,
				      .id = w->id,
				      .customers = list.items,
				      .count = list.n,
				      .cursor = str_of(list.page.next_cursor),
				      .as_of = list.page.last_event});
	arena_free(&a);
	return good;
}

static bool facts_answer(const struct outgoing *w, struct str json, const struct teller *t,
			 struct err *err)
{
	struct arena a = {0};
	struct wire_customer_facts f;
	bool good = wire_customer_facts_read(json, &a, &f, err);

	if (good)
		tell(t, &(struct msg){.kind = MSG_FACTS,
				      .id = w->id,
				      .customers = &f.customer,
				      .orders = f.orders,
				      .orders_n = f.orders_n,
				      .appointments = f.appointments,
				      .appointments_n = f.appointments_n,
				      .conversations = f.conversations,
				      .count = f.conversations_n,
				      .as_of = f.last_event});
	arena_free(&a);
	return good;
}

static bool colleagues_answer(const struct outgoing *w, struct str json, const struct teller *t,
			      struct err *err)
{
	struct arena a = {0};
	struct wire_colleague_list list;
	bool good = wire_colleague_list_read(json, &a, &list, err);

	if (good)
		tell(t, &(struct msg){.kind = MSG_COLLEAGUES,
				      .id = w->id,
				      .colleagues = list.items,
				      .count = list.n});
	arena_free(&a);
	return good;
}

/* What was done stands in no conversation yet: events tell of it when it happens. */
static bool accepted_answer(const struct outgoing *w, struct str json, const struct teller *t,
			    struct err *err)
{
	(void)json;
	(void)err;
	tell(t, &(struct msg){.kind = MSG_DONE, .id = w->id});
	return true;
}

static bool command_answer(const struct outgoing *w, struct str json, const struct teller *t,
			   struct err *err)
{
	struct arena a = {0};
	struct wire_outcome done;
	bool good = wire_outcome_read(json, &a, &done, err);

	if (good)
		tell(t,
		     &(struct msg){
			     .kind = MSG_DONE,
			     .id = w->id,
			     .conversation_id = str_of(done.has_conversation ? done.conversation.id
									     : w->conversation_id),
			     .conversations = done.has_conversation ? &done.conversation : NULL,
			     .messages = done.has_message ? &done.message : NULL,
			     .as_of = done.last_event,
		     });
	arena_free(&a);
	return good;
}

static const struct wish_route routes[] = {
	[OUT_LIST] = {"GET", false, list_path, NULL, list_answer},
	[OUT_THREAD] = {"GET", false, thread_path, NULL, thread_answer},
	[OUT_OLDER] = {"GET", false, older_path, NULL, older_answer},
	[OUT_CUSTOMERS] = {"GET", false, customers_path, NULL, customers_answer},
	[OUT_FACTS] = {"GET", false, facts_path, NULL, facts_answer},
	[OUT_TAKE_OVER] = {"POST", true, takeover_path, takeover_body, command_answer},
	[OUT_REPLY] = {"POST", true, messages_path, reply_body, command_answer},
	[OUT_NOTE] = {"POST", true, notes_path, words_body, command_answer},
	[OUT_WHISPER] = {"POST", true, whisper_path, words_body, command_answer},
	[OUT_HAND_BACK] = {"POST", true, hand_back_path, epoch_body, command_answer},
	[OUT_CLOSE] = {"POST", true, close_path, epoch_body, command_answer},
	[OUT_HOLD] = {"POST", true, hold_path, hold_body, command_answer},
	[OUT_MUTE] = {"POST", true, mute_path, mute_body, command_answer},
	[OUT_VOICEMAIL] = {"POST", true, voicemail_path, epoch_body, command_answer},
	[OUT_HANG_UP] = {"POST", true, hang_up_path, epoch_body, command_answer},
	[OUT_COLLEAGUES] = {"GET", false, colleagues_path, NULL, colleagues_answer},
	[OUT_TRANSFER] = {"POST", true, transfer_path, transfer_body, command_answer},
	[OUT_PICKUP_CALL] = {"POST", true, outbound_path, pickup_call_body, accepted_answer},
	[OUT_CALL_BACK] = {"POST", true, call_back_path, empty_body, command_answer},
	[OUT_NEW_TEXT] = {"POST", true, new_path, new_body, command_answer},
};

const struct wish_route *wish_route_of(enum outgoing_kind kind)
{
	if ((size_t)kind >= ARRAY_LEN(routes) || routes[kind].method == NULL)
		return NULL;
	return &routes[kind];
}
