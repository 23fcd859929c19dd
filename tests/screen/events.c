/*
 * events.c - what the stream tells is counted once, in order, and shows where it belongs.
 */
#include "tests/screen/stage.h"

static const struct row *row_of(struct stage *s, int n)
{
	uint32_t at = rows_find(&s->m.all, id_of(n));

	cr_assert_neq(at, ROW_NONE, "conversation %d is not there", n);
	return &s->m.all.at[at];
}

static struct stage with_afternoon(void)
{
	struct stage s;

	stage_open(&s, 30, 130, LANGUAGE_EN);
	afternoon(&s);
	return s;
}

Test(events, count_once_however_often_they_come)
{
	struct stage s = with_afternoon();
	struct wire_event e;

	event_of(&s, &e, EVENT_MESSAGE_RECEIVED, 3);
	e.message = (struct wire_event_message){.position = 5,
						.author = AUTHOR_CUSTOMER,
						.kind = KIND_TEXT,
						.channel = CHANNEL_SMS,
						.body = "hello?"};
	for (int i = 0; i < 3; i++)
		happens(&s, &e);
	cr_expect_eq(row_of(&s, 3)->unread, 1);
	cr_expect_eq(row_of(&s, 3)->said_position, 5);
	stage_close(&s);
}

/* A new store, whose list comes in pages: its first event may be number 1. */
Test(events, are_counted_from_the_first_one_of_a_store)
{
	struct wire_conversation c = conversation_of(1, "Ana Silva", "Hello");
	struct stage s;

	stage_open(&s, 30, 130, LANGUAGE_EN);
	signs_in(&s);
	tell(&s, &(struct msg){.kind = MSG_LIST,
			       .id = wish_of(&s, OUT_LIST),
			       .conversations = &c,
			       .count = 1,
			       .cursor = STR_LIT("more"),
			       .as_of = 0});
	tell(&s, &(struct msg){.kind = MSG_LINK, .link = LINK_LIVE});
	customer_writes(&s, 1, 5, "and another thing");
	cr_expect_eq(s.m.known, 1);
	cr_expect_eq(row_of(&s, 1)->said_position, 5);
	stage_close(&s);
}

Test(events, that_leave_a_number_out_reopen_the_stream_from_where_we_stand)
{
	struct stage s = with_afternoon();
	struct outgoing w;
	struct wire_event e;
	int64_t known = s.m.known;

	s.seq += 1; /* one is missing */
	event_of(&s, &e, EVENT_CUSTOMER_CREATED, 3);
	happens(&s, &e);
	cr_expect_eq(s.m.known, known);
	cr_assert(wished(&s, OUT_FOLLOW, &w));
	cr_expect_eq(w.after, known);
	outgoing_clear(&w);
	e.seq += 1; /* what comes on the old stream still is not counted, and asks for nothing again
		     */
	happens(&s, &e);
	cr_expect_eq(s.m.known, known);
	cr_expect(!wished(&s, OUT_FOLLOW, &w));
	stage_close(&s);
}

/* A page read at event 200 has in it what event 150 tells. */
Test(events, that_a_page_already_holds_are_not_counted_again)
{
	struct stage s = with_afternoon();
	struct wire_conversation c = conversation_of(3, NULL, "later words");
	struct wire_message m = message_of(5, AUTHOR_CUSTOMER, "later words", 0);
	const struct row *row;

	c.unread = 7;
	c.last_position = 5;
	press(&s, "3 G k Enter"); /* opens the last but one: conversation 3 */
	cr_assert_str_eq(s.m.open, id_of(3));
	tell(&s, &(struct msg){.kind = MSG_THREAD,
			       .id = wish_of(&s, OUT_THREAD),
			       .conversations = &c,
			       .messages = &m,
			       .count = 1,
			       .as_of = s.seq + 1});
	customer_writes(&s, 3, 5, "later words");
	row = row_of(&s, 3);
	cr_expect_eq(row->unread, 7);
	cr_expect_eq(model_thread(&s.m)->n, 1);
	customer_writes(&s, 3, 6, "and more");
	cr_expect_eq(row_of(&s, 3)->unread, 8);
	cr_expect_eq(model_thread(&s.m)->n, 2);
	stage_close(&s);
}

/* Asked at 100, an event at 101 arrives, then the answer as of 100: nothing may be lost. */
Test(events, that_come_before_an_older_answer_stay)
{
	struct stage s = with_afternoon();
	struct wire_conversation c = conversation_of(3, NULL, "What time do you close today?");
	struct wire_message m = message_of(4, AUTHOR_CUSTOMER, "What time do you close today?", 5);
	uint32_t id;
	struct outgoing w;

	press(&s, "3 G k Enter");
	id = wish_of(&s, OUT_THREAD);
	customer_writes(&s, 3, 5, "hello?");
	tell(&s, &(struct msg){.kind = MSG_THREAD,
			       .id = id,
			       .conversations = &c,
			       .messages = &m,
			       .count = 1,
			       .as_of = s.seq - 1});
	expect_shows(&s, "hello?");
	cr_expect_eq(row_of(&s, 3)->said_position, 5);
	cr_expect(
		wished(&s, OUT_THREAD, &w)); /* and it is read once more, to be sure of the rest */
	outgoing_clear(&w);
	stage_close(&s);
}

Test(events, move_a_conversation_through_the_tabs)
{
	struct stage s = with_afternoon();
	struct wire_event e;

	cr_expect_eq(s.m.all.tabs[TAB_WAITING].n, 2);
	cr_expect_eq(s.m.all.tabs[TAB_MINE].n, 1);
	event_of(&s, &e, EVENT_ESCALATION_REQUESTED, 3);
	e.escalation = (struct wire_event_escalation){.state = ESCALATION_REQUESTED,
						      .reason = "complaint",
						      .reason_text = "I want my money back"};
	happens(&s, &e);
	cr_expect_eq(s.m.all.tabs[TAB_WAITING].n, 3);
	event_of(&s, &e, EVENT_CONVERSATION_UPDATED, 3);
	e.conversation = (struct wire_event_conversation){.holder = HOLDER_STAFF,
							  .holder_name = "Marie Tremblay",
							  .holder_since = STAGE_NOW,
							  .epoch = 2};
	snprintf(e.conversation.holder_user_id, WIRE_ID, "%s", ME);
	happens(&s, &e);
	cr_expect_eq(s.m.all.tabs[TAB_WAITING].n, 2);
	cr_expect_eq(s.m.all.tabs[TAB_MINE].n, 2);
	event_of(&s, &e, EVENT_CONVERSATION_CLOSED, 3);
	e.conversation.closed_by = "staff";
	happens(&s, &e);
	cr_expect_eq(s.m.all.tabs[TAB_MINE].n, 1);
	cr_expect_eq(s.m.all.tabs[TAB_ALL].n, 4);
	cr_expect_eq(s.m.all.tabs[TAB_CLOSED].n, 1);
	stage_close(&s);
}

/* The agent answers and asks for a person in one turn: who waited goes on waiting, from the start.
 */
Test(events, of_an_escalation_keep_the_waiting_clock)
{
	struct stage s = with_afternoon();
	struct wire_event e;
	int64_t since;

	customer_writes(&s, 3, 5, "a person please");
	since = row_of(&s, 3)->waiting_since;
	cr_expect_neq(since, 0);
	event_of(&s, &e, EVENT_MESSAGE_QUEUED, 3);
	e.message = (struct wire_event_message){.position = 6,
						.author = AUTHOR_AGENT,
						.kind = KIND_TEXT,
						.body = "A person will answer",
						.status = DELIVERY_QUEUED};
	happens(&s, &e);
	cr_expect_eq(row_of(&s, 3)->waiting_since, 0);
	event_of(&s, &e, EVENT_ESCALATION_REQUESTED, 3);
	e.escalation = (struct wire_event_escalation){.state = ESCALATION_REQUESTED,
						      .reason = "human_request"};
	happens(&s, &e);
	cr_expect_eq(row_of(&s, 3)->waiting_since, since);
	stage_close(&s);
}

Test(events, about_a_conversation_nobody_told_of_ask_for_it)
{
	struct stage s = with_afternoon();
	struct wire_conversation c = conversation_of(77, "Zoé Zeller", "bonjour");
	struct outgoing w;

	while (wishes_take(s.m.wishes, &w))
		outgoing_clear(&w);
	press(&s, "3");
	customer_writes(&s, 77, 1, "bonjour");
	cr_expect_eq(s.m.all.tabs[TAB_ALL].n, 6);
	expect_shows(&s, "bonjour");
	cr_assert(wished(&s, OUT_THREAD, &w));
	cr_expect_str_eq(w.conversation_id, id_of(77));
	tell(&s, &(struct msg){.kind = MSG_THREAD,
			       .id = w.id,
			       .conversations = &c,
			       .count = 0,
			       .as_of = s.seq});
	outgoing_clear(&w);
	expect_shows(&s, "Zoé Zeller");
	cr_expect(!wished(&s, OUT_THREAD, &w), "it was asked for twice");
	stage_close(&s);
}

Test(events, tell_why_a_text_did_not_arrive)
{
	struct stage s = with_afternoon();
	struct wire_event e;

	event_of(&s, &e, EVENT_MESSAGE_STATUS, 1);
	e.status = (struct wire_event_status){.status = DELIVERY_UNDELIVERED,
					      .error_code = 30003,
					      .error_text_en = "The handset is switched off.",
					      .error_text_fr = "Le téléphone est éteint."};
	snprintf(e.status.message_id, WIRE_ID, "%s", id_of(5005));
	happens(&s, &e);
	expect_shows(&s, "! not delivered");
	expect_shows(&s, "The handset is switched off.");
	cr_expect(row_of(&s, 1)->undelivered);
	press(&s, "L");
	expect_shows(&s, "Le téléphone est éteint.");
	stage_close(&s);
}

Test(events, take_redacted_and_forgotten_words_away)
{
	struct stage s = with_afternoon();
	struct wire_event e;

	expect_shows(&s, "wobbles after I picked");
	event_of(&s, &e, EVENT_MESSAGE_REDACTED, 1);
	e.redacted.body = "[card number removed]";
	snprintf(e.redacted.message_id, WIRE_ID, "%s", id_of(5003));
	happens(&s, &e);
	expect_hides(&s, "wobbles after I picked");
	event_of(&s, &e, EVENT_CUSTOMER_ERASED, 1);
	happens(&s, &e);
	expect_hides(&s, "Ana Silva");
	expect_hides(&s, "order 1042");
	stage_close(&s);
}

Test(events, of_the_sessions_end_lead_back_to_the_form)
{
	struct stage s = with_afternoon();
	struct wire_event e;

	event_of(&s, &e, EVENT_SESSION_ENDED, 1);
	snprintf(e.session.user_id, WIRE_ID, "%s", COLLEAGUE);
	e.session.reason = "disabled";
	happens(&s, &e);
	cr_expect_eq(s.m.screen, SCREEN_MAIN);
	event_of(&s, &e, EVENT_SESSION_ENDED, 1);
	snprintf(e.session.user_id, WIRE_ID, "%s", ME);
	e.session.reason = "disabled";
	happens(&s, &e);
	cr_expect_eq(s.m.screen, SCREEN_SIGN_IN);
	expect_shows(&s, "This account has been disabled.");
	expect_hides(&s, "Ana Silva");
	stage_close(&s);
}

/* Ten thousand rows, a hundred thousand events: every tab in order, every row once. */
Test(events, in_great_numbers_lose_and_double_nothing, .timeout = 60)
{
	enum { ROWS = 10000, EVENTS = 100000 };
	struct wire_conversation *c = xcalloc(ROWS, sizeof *c);
	int64_t *position = xcalloc(ROWS, sizeof *position);
	static bool seen[ROWS * 2];
	struct stage s;
	uint32_t random = 12345;

	stage_open(&s, 40, 120, LANGUAGE_EN);
	signs_in(&s);
	for (int i = 0; i < ROWS; i++) {
		c[i] = conversation_of(i, "Somebody", "words");
		position[i] = 4;
	}
	lists(&s, c, ROWS, 100);
	for (int i = 0; i < EVENTS; i++) {
		int n;

		random = random * 1103515245u + 12345u;
		n = (int)(random >> 8) % ROWS;
		customer_writes(&s, n, ++position[n], "more words");
	}
	cr_expect_eq(s.m.known, 100 + EVENTS);
	cr_expect_eq(s.m.all.tabs[TAB_ALL].n, ROWS);
	for (size_t i = 0; i < ROWS; i++) {
		uint32_t at = s.m.all.tabs[TAB_ALL].at[i];
		bool found;

		cr_assert(!seen[at], "a row stands twice");
		seen[at] = true;
		cr_assert_eq(tab_find(&s.m.all, TAB_ALL, at, &found), i);
		cr_assert(found);
	}
	for (int i = 0; i < ROWS; i++)
		cr_assert_eq(row_of(&s, i)->said_position, position[i]);
	free(c);
	free(position);
	stage_close(&s);
}
