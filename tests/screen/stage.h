/*
 * stage.h - a console without a terminal and without a service: messages go in, wishes and a screen
 * as text come out. Time stands at Tuesday 14 July 2026, 14:05 in Toronto, and moves when a test
 * says so.
 */
#ifndef SWITCHBACK_TESTS_SCREEN_STAGE_H
#define SWITCHBACK_TESTS_SCREEN_STAGE_H

#include <criterion/criterion.h>

#include "shared/buf.h"
#include "tui/view/view.h"

#define STAGE_NOW  INT64_C(1784052300000000) /* 2026-07-14T18:05:00Z */
#define MINUTES(n) (INT64_C(60000000) * (n))
#define ME         "00000000-0000-4000-8000-0000000000a1"
#define COLLEAGUE  "00000000-0000-4000-8000-0000000000a2"

struct stage {
	struct model m;
	struct cells g;
	struct buf text;
	int64_t mono_ms;
	int64_t seq; /* of the last event that was told */
};

static const char *const everything[] = {
	"conversation.read",  "conversation.take_over", "conversation.force",
	"conversation.reply", "conversation.whisper",   "conversation.hand_back",
	"conversation.close", "conversation.note",      "customer.read",
	"outbound.text",      "outbound.call",          "escalation.transfer",
};

/* A conversation's or customer's id by a small number. */
UNUSED static const char *id_of(int n)
{
	static char ids[8][WIRE_ID];
	static int turn;
	char *id = ids[turn++ % 8];

	snprintf(id, WIRE_ID, "00000000-0000-4000-8000-%012d", n);
	return id;
}

UNUSED static void tell(struct stage *s, struct msg *msg)
{
	msg->mono_ms = s->mono_ms;
	msg->wall_us = STAGE_NOW + (s->mono_ms - 1000000) * 1000;
	model_update(&s->m, msg);
}

UNUSED static void stage_open(struct stage *s, int rows, int cols, enum language language)
{
	struct model_start start = {.url = "https://switchback.example",
				    .organization = "velo-plateau",
				    .language = language,
				    .language_fixed = true};

	*s = (struct stage){.mono_ms = 1000000};
	model_init(&s->m, &start, rows, cols);
	tell(s, &(struct msg){.kind = MSG_TICK});
}

UNUSED static void stage_close(struct stage *s)
{
	model_clear(&s->m);
	cells_clear(&s->g);
	buf_clear(&s->text);
}

UNUSED static void wait_ms(struct stage *s, int64_t ms)
{
	s->mono_ms += ms;
	tell(s, &(struct msg){.kind = MSG_TICK});
}

/* Keys by name, blanks between them: "r H i Enter". */
UNUSED static void press(struct stage *s, const char *keys)
{
	char name[32];
	int n;

	for (; sscanf(keys, "%31s%n", name, &n) == 1; keys += n) {
		struct msg msg = {.kind = MSG_KEY};

		cr_assert(key_parse(name, &msg.key), "%s is no key", name);
		tell(s, &msg);
	}
}

UNUSED static void type(struct stage *s, const char *text)
{
	for (; *text != '\0'; text++)
		tell(s, &(struct msg){.kind = MSG_KEY,
				      .key = {.press = PRESS_CHAR, .code = (unsigned char)*text}});
}

/* The next wish of that kind; others are passed over. false: there is none. */
UNUSED static bool wished(struct stage *s, enum outgoing_kind kind, struct outgoing *out)
{
	while (wishes_take(s->m.wishes, out)) {
		if (out->kind == kind)
			return true;
		outgoing_clear(out);
	}
	return false;
}

/* The id of that wish; the test fails when it was not wished. */
UNUSED static uint32_t wish_of(struct stage *s, enum outgoing_kind kind)
{
	struct outgoing w;
	uint32_t id;

	cr_assert(wished(s, kind, &w), "wish %d did not come", (int)kind);
	id = w.id;
	outgoing_clear(&w);
	return id;
}

UNUSED static void resize(struct stage *s, int rows, int cols)
{
	tell(s, &(struct msg){.kind = MSG_RESIZE, .rows = rows, .cols = cols});
}

UNUSED static const char *screen_of(struct stage *s)
{
	cells_clear(&s->g);
	cells_init(&s->g, s->m.rows, s->m.cols, s->m.start.plain);
	view_draw(&s->m, &s->g);
	buf_reset(&s->text);
	cells_text(&s->g, &s->text);
	return buf_cstr(&s->text);
}

UNUSED static bool shows(struct stage *s, const char *text)
{
	return strstr(screen_of(s), text) != NULL;
}

#define expect_shows(s, text) cr_expect(shows(s, text), "\"%s\" is not on\n%s", text, screen_of(s))
#define expect_hides(s, text) cr_expect(!shows(s, text), "\"%s\" is on\n%s", text, screen_of(s))

/* ---- a store to look at ---- */

UNUSED static struct wire_conversation conversation_of(int n, const char *name, const char *words)
{
	struct wire_conversation c = {
		.customer_name = name,
		.channel = CHANNEL_SMS,
		.peer = "+14165550123",
		.store_number = "+15145550100",
		.state = THREAD_OPEN,
		.holder = HOLDER_AGENT,
		.holder_since = STAGE_NOW - MINUTES(60),
		.epoch = 1,
		.language = LANGUAGE_EN,
		.last_position = 4,
		.answered_position = 4,
		.last_message_at = STAGE_NOW - MINUTES(5 + n),
		.opened_at = STAGE_NOW - MINUTES(90),
		.last_message = {4, AUTHOR_CUSTOMER, KIND_TEXT, words, STAGE_NOW - MINUTES(5 + n)},
	};

	snprintf(c.id, sizeof c.id, "%s", id_of(n));
	snprintf(c.customer_id, sizeof c.customer_id, "%s", id_of(1000 + n));
	return c;
}

UNUSED static void waits(struct wire_conversation *c, int minutes, const char *words)
{
	c->waiting_since = STAGE_NOW - MINUTES(minutes);
	c->unread = 1;
	c->answered_position = 3;
	c->escalation = (struct wire_escalation){.state = ESCALATION_QUEUED,
						 .reason = "human_request",
						 .reason_text = words,
						 .requested_at = c->waiting_since,
						 .due_at = STAGE_NOW + MINUTES(15 - minutes)};
	snprintf(c->escalation.id, WIRE_ID, "%s", id_of(9000));
	c->promise_due_at = c->escalation.due_at;
}

UNUSED static void held_by(struct wire_conversation *c, const char *user, const char *name)
{
	c->holder = HOLDER_STAFF;
	c->holder_name = name;
	snprintf(c->holder_user_id, WIRE_ID, "%s", user);
	c->holder_since = STAGE_NOW - MINUTES(10);
}

UNUSED static void signs_in(struct stage *s)
{
	struct wire_me me = {.user = {.display_name = "Marie Tremblay",
				      .email = "marie@velo.example",
				      .role = ROLE_WORD_STAFF,
				      .language = LANGUAGE_EN,
				      .is_active = true},
			     .organization = {.slug = "velo-plateau",
					      .name = "Vélo Plateau",
					      .time_zone = "America/Toronto"},
			     .permissions = everything,
			     .permissions_n = ARRAY_LEN(everything),
			     .server_time = STAGE_NOW};

	snprintf(me.user.id, WIRE_ID, "%s", ME);
	tell(s, &(struct msg){.kind = MSG_SIGNED_IN, .me = &me});
}

/* The list as it is at event number as_of; then the stream is opened and has nothing new. */
UNUSED static void lists(struct stage *s, const struct wire_conversation *c, size_t n,
			 int64_t as_of)
{
	tell(s, &(struct msg){.kind = MSG_LIST,
			      .id = wish_of(s, OUT_LIST),
			      .conversations = c,
			      .count = n,
			      .as_of = as_of});
	s->seq = as_of;
	tell(s,
	     &(struct msg){.kind = MSG_LINK, .link = LINK_LIVE, .newest = as_of, .server_us = 0});
}

UNUSED static struct wire_message message_of(int64_t position, enum author author, const char *body,
					     int minutes_ago)
{
	struct wire_message m = {
		.position = position,
		.direction = author == AUTHOR_CUSTOMER ? DIRECTION_IN : DIRECTION_OUT,
		.author = author,
		.channel = CHANNEL_SMS,
		.kind = KIND_TEXT,
		.body = body,
		.status = author == AUTHOR_CUSTOMER ? DELIVERY_RECEIVED : DELIVERY_DELIVERED,
		.created_at = STAGE_NOW - MINUTES(minutes_ago)};

	snprintf(m.id, WIRE_ID, "%s", id_of(5000 + (int)position));
	return m;
}

UNUSED static void thread_comes(struct stage *s, const struct wire_conversation *c,
				const struct wire_message *messages, size_t n, const char *cursor)
{
	tell(s, &(struct msg){.kind = MSG_THREAD,
			      .id = wish_of(s, OUT_THREAD),
			      .conversations = c,
			      .messages = messages,
			      .count = n,
			      .cursor = str_of(cursor),
			      .as_of = s->seq});
}

UNUSED static struct wire_event *event_of(struct stage *s, struct wire_event *e,
					  enum event_type type, int conversation)
{
	*e = (struct wire_event){.seq = ++s->seq, .type = type, .created_at = STAGE_NOW};
	snprintf(e->conversation_id, WIRE_ID, "%s", id_of(conversation));
	snprintf(e->customer_id, WIRE_ID, "%s", id_of(1000 + conversation));
	return e;
}

UNUSED static void happens(struct stage *s, const struct wire_event *e)
{
	tell(s, &(struct msg){.kind = MSG_EVENT, .event = e});
}

UNUSED static void customer_writes(struct stage *s, int conversation, int64_t position,
				   const char *body)
{
	struct wire_event e;

	event_of(s, &e, EVENT_MESSAGE_RECEIVED, conversation);
	e.message = (struct wire_event_message){.position = position,
						.author = AUTHOR_CUSTOMER,
						.kind = KIND_TEXT,
						.channel = CHANNEL_SMS,
						.body = body,
						.status = DELIVERY_RECEIVED,
						.from = "+14165550123"};
	snprintf(e.message.id, WIRE_ID, "%s", id_of(5000 + (int)position));
	happens(s, &e);
}

/* Five conversations of a quiet afternoon, the first of them open. */
UNUSED static void afternoon(struct stage *s)
{
	struct wire_conversation c[] = {
		conversation_of(1, "Ana Silva",
				"Can somebody call me about my wheel? It still wobbles."),
		conversation_of(2, "Benoît Côté-Lachance", "Merci beaucoup 🙏🏽"),
		conversation_of(3, NULL, "What time do you close today?"),
		conversation_of(4, "Chloé Nguyễn", "Je voudrais parler à quelqu’un svp"),
		conversation_of(5, "Dmitri O'Neil", "ok see you saturday"),
	};
	struct wire_message m[] = {
		message_of(1, AUTHOR_CUSTOMER, "Hi, is my wheel ready?", 60 * 20),
		message_of(2, AUTHOR_AGENT,
			   "Hello Ana! Your wheel (order 1042) is ready for pickup. We are open "
			   "until 18:00 "
			   "today at 4521 avenue du Parc.",
			   60 * 20 - 1),
		message_of(3, AUTHOR_CUSTOMER, "It still wobbles after I picked it up :(", 9),
		message_of(4, AUTHOR_CUSTOMER,
			   "Can somebody call me about my wheel? It still wobbles.", 8),
		message_of(5, AUTHOR_AGENT, "A person will answer you here by 14:20.", 8),
	};

	waits(&c[0], 8, "Can somebody call me about my wheel?");
	waits(&c[3], 3, "parler à quelqu’un");
	held_by(&c[1], ME, "Marie Tremblay");
	held_by(&c[4], COLLEAGUE, "Luc Gagnon");
	m[4].status = DELIVERY_SENT;
	signs_in(s);
	lists(s, c, ARRAY_LEN(c), 100);
	tell(s, &(struct msg){.kind = MSG_TICK});
	press(s, "Enter");
	thread_comes(s, &c[0], m, ARRAY_LEN(m), NULL);
	press(s, "Esc");
}

UNUSED static void facts_come(struct stage *s)
{
	struct wire_customer c = {.display_name = "Ana Silva",
				  .phone_number = "+14165550123",
				  .email = "ana.silva@example.com",
				  .preferred_language = LANGUAGE_EN,
				  .customer_since = STAGE_NOW - MINUTES(60 * 24 * 400),
				  .notes = "Rides to work every day."};
	struct wire_order orders[] = {
		{.order_number = "1042",
		 .status = "ready_for_pickup",
		 .placed_at = STAGE_NOW - MINUTES(60 * 24 * 5),
		 .items_text = "1 x wheel truing, 1 x inner tube"},
		{.order_number = "0987",
		 .status = "collected",
		 .placed_at = STAGE_NOW - MINUTES(60 * 24 * 80),
		 .items_text = "1 x bell"},
	};
	struct wire_appointment appointments[] = {{.starts_at = STAGE_NOW + MINUTES(60 * 24 * 2),
						   .service_name = "Tune-up",
						   .status = "booked"}};

	snprintf(c.id, WIRE_ID, "%s", id_of(1001));
	tell(s, &(struct msg){.kind = MSG_FACTS,
			      .id = wish_of(s, OUT_FACTS),
			      .customers = &c,
			      .orders = orders,
			      .orders_n = 2,
			      .appointments = appointments,
			      .appointments_n = 1,
			      .as_of = s->seq});
}

#endif
