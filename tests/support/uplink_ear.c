/*
 * uplink_ear.c - see uplink_ear.h.
 */
#include "tests/support/uplink_ear.h"

#include <criterion/criterion.h>

#include "shared/clock.h"
#include "shared/wire/conversation.h"
#include "shared/wire/event.h"
#include "shared/wire/session.h"

#define TIME "\"2026-11-22T17:05:09.123Z\""

const char ear_me[] = "{\"user\":{\"id\":\"" EAR_ID(
	1) "\",\"email\":\"marie@example.com\",\"display_name\":"
	   "\"Marie\",\"role\":\"staff\",\"language\":\"fr\",\"speaks\":[\"fr\",\"en\"]},"
	   "\"organization\":{\"id\":\"" EAR_ID(
		   2) "\",\"slug\":\"velo\",\"name\":\"V\\u00e9lo\","
		      "\"time_zone\":\"America/"
		      "Toronto\",\"default_language\":\"fr\",\"phone_number\":null},"
		      "\"session_id\":\"" EAR_ID(5) "\",\"permissions\":[\"conversation.read\"],"
						    "\"server_time\":" TIME "}";

const char ear_conversation[] = "{\"id\":\"" EAR_ID(
	3) "\",\"customer_id\":null,\"customer_name\":null,\"channel\":\"sms\","
	   "\"peer\":\"+14165550001\",\"store_number\":\"+14165550100\",\"state\":\"open\","
	   "\"holder\":\"staff\",\"holder_user_id\":\"" EAR_ID(
		   1) "\",\"holder_name\":\"Marie\","
		      "\"holder_since\":" TIME
		      ",\"epoch\":2,\"language\":\"en\",\"language_chosen\":false,"
		      "\"class\":null,\"last_position\":4,\"answered_position\":3,\"unread\":1,"
		      "\"last_message_at\":" TIME ",\"last_customer_at\":" TIME
		      ",\"waiting_since\":" TIME ","
		      "\"opened_at\":" TIME
		      ",\"closed_at\":null,\"closed_by\":null,\"undelivered\":false,"
		      "\"escalation\":null,\"promise_due_at\":null,\"last_message\":{\"position\":"
		      "4,"
		      "\"author\":\"customer\",\"kind\":\"text\",\"body\":\"hello\",\"created_"
		      "at\":" TIME "}}";

const char ear_message[] = "{\"id\":\"" EAR_ID(4) "\",\"conversation_id\":\"" EAR_ID(
	3) "\",\"position\":5,"
	   "\"direction\":\"out\",\"author\":\"staff\",\"author_user_id\":\"" EAR_ID(
		   1) "\","
		      "\"author_name\":\"Marie\",\"channel\":\"sms\",\"kind\":\"text\",\"body\":"
		      "\"yes\","
		      "\"language\":\"en\",\"status\":\"queued\",\"error_code\":null,\"error_text_"
		      "en\":null,"
		      "\"error_text_fr\":null,\"segments\":1,\"media\":[],\"epoch\":2,\"is_"
		      "redacted\":false,"
		      "\"created_at\":" TIME "}";

const char ear_connection[] = "event: connection\ndata: {\"organization_id\":\"" EAR_ID(
	2) "\",\"user_id\":\"" EAR_ID(1) "\",\"last_event\":3,\"oldest_event\":1,"
					 "\"server_time\":" TIME "}\n\n";

static void copied(char *out, size_t room, struct str from)
{
	snprintf(out, room, STR_FMT, STR_ARG(from));
}

static void on_msg(void *to, const struct msg *m)
{
	struct ear *e = to;
	struct heard *h = &e->all[e->n];

	cr_assert_lt(e->n, EAR_MAX);
	e->n++;
	*h = (struct heard){.kind = m->kind,
			    .id = m->id,
			    .link = m->link,
			    .newest = m->newest,
			    .as_of = m->as_of,
			    .count = m->count,
			    .retry_s = m->retry_s};
	copied(h->text, sizeof h->text, m->text);
	copied(h->conversation_id, sizeof h->conversation_id, m->conversation_id);
	if (m->event != NULL)
		h->seq = m->event->seq;
	if (m->problem != NULL) {
		copied(h->code, sizeof h->code, m->problem->code);
		copied(h->holder_name, sizeof h->holder_name, m->problem->holder_name);
		h->status = m->problem->status;
		h->epoch = m->problem->epoch;
		h->retry_after_s = m->problem->retry_after_s;
	}
	if (m->kind == MSG_SIGNED_IN)
		snprintf(h->text, sizeof h->text, "%s", m->me->user.display_name);
	if (m->kind == MSG_DONE && m->conversations != NULL)
		h->epoch = m->conversations[0].epoch;
	if (m->kind == MSG_DONE && m->messages != NULL)
		snprintf(h->text, sizeof h->text, "%s", m->messages[0].body);
}

struct ear *ear_open(const struct uplink_options *o)
{
	struct ear *e = xcalloc(1, sizeof *e);
	struct err err;

	e->uplink = uplink_open(o, on_msg, e, &err);
	cr_assert_not_null(e->uplink, "%s", err.text);
	return e;
}

void ear_close(struct ear *e)
{
	uplink_close(e->uplink);
	free(e);
}

bool ear_turn(struct ear *e, int ms, bool (*done)(void *with), void *with)
{
	int64_t until = clock_mono_ms() + ms, now;

	while ((now = clock_mono_ms()) < until) {
		if (done != NULL && done(with))
			return true;
		uplink_wait(e->uplink, NULL, 0, until - now < 20 ? until - now : 20);
		uplink_turn(e->uplink);
	}
	return done != NULL && done(with);
}

struct wanted {
	const struct ear *e;
	enum msg_kind kind;
	bool by_link, by_id;
	enum link_state link;
	uint32_t id;
	size_t n;
	const struct heard *found;
};

static bool is_answer(const struct heard *h)
{
	return h->kind != MSG_EVENT && h->kind != MSG_LINK && h->kind != MSG_DRAFT;
}

static bool is_there(void *with)
{
	struct wanted *w = with;
	size_t n = 0;

	for (size_t i = 0; i < w->e->n; i++) {
		const struct heard *h = &w->e->all[i];
		bool is_it = w->by_id ? is_answer(h) && h->id == w->id
				      : h->kind == w->kind && (!w->by_link || h->link == w->link);

		if (is_it && ++n == w->n) {
			w->found = h;
			return true;
		}
	}
	return false;
}

const struct heard *ear_hear(struct ear *e, enum msg_kind kind, size_t n, int ms)
{
	struct wanted w = {.e = e, .kind = kind, .n = n};

	cr_assert(ear_turn(e, ms, is_there, &w), "message %d was not heard %zu times", (int)kind,
		  n);
	return w.found;
}

const struct heard *ear_hear_link(struct ear *e, enum link_state state, size_t n, int ms)
{
	struct wanted w = {.e = e, .kind = MSG_LINK, .by_link = true, .link = state, .n = n};

	cr_assert(ear_turn(e, ms, is_there, &w), "the line was not %d %zu times", (int)state, n);
	return w.found;
}

const struct heard *ear_answer(struct ear *e, uint32_t id, int ms)
{
	struct wanted w = {.e = e, .by_id = true, .id = id, .n = 1};

	cr_assert(ear_turn(e, ms, is_there, &w), "wish %u was not answered", id);
	return w.found;
}

size_t ear_count(const struct ear *e, enum msg_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < e->n; i++)
		n += e->all[i].kind == kind;
	return n;
}

/* ---- wishes ---- */

static uint32_t wished(struct ear *e, struct outgoing *w)
{
	w->id = ++e->last_id;
	cr_assert(uplink_wish(e->uplink, w));
	return e->last_id;
}

uint32_t ear_sign_in(struct ear *e, const char *organization, const char *email,
		     const char *password)
{
	struct outgoing w = {.kind = OUT_SIGN_IN,
			     .organization = xstrdup(organization),
			     .email = xstrdup(email),
			     .text = xstrdup(password)};

	return wished(e, &w);
}

uint32_t ear_follow(struct ear *e, int64_t after)
{
	struct outgoing w = {.kind = OUT_FOLLOW, .after = after};

	return wished(e, &w);
}

uint32_t ear_ask(struct ear *e, enum outgoing_kind kind, const char *conversation_id)
{
	struct outgoing w = {.kind = kind};

	snprintf(w.conversation_id, sizeof w.conversation_id, "%s",
		 conversation_id == NULL ? "" : conversation_id);
	return wished(e, &w);
}

uint32_t ear_say(struct ear *e, enum outgoing_kind kind, const char *conversation_id, int64_t epoch,
		 const char *text, uint32_t again)
{
	struct outgoing w = {.kind = kind, .epoch = epoch, .again = again, .text = xstrdup(text)};

	snprintf(w.conversation_id, sizeof w.conversation_id, "%s", conversation_id);
	return wished(e, &w);
}
