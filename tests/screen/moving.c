/*
 * moving.c - the cursor stays on its conversation and where it was on the screen; reading on goes
 * on while new words come.
 */
#include "tests/screen/stage.h"

static struct stage long_list(int n)
{
	struct wire_conversation *c = xcalloc((size_t)n, sizeof *c);
	static char names[200][24];
	struct stage s;

	stage_open(&s, 24, 80, LANGUAGE_EN);
	signs_in(&s);
	for (int i = 0; i < n; i++) {
		snprintf(names[i], sizeof names[i], "Customer %03d", i);
		c[i] = conversation_of(i, names[i], "words");
	}
	lists(&s, c, (size_t)n, 100);
	free(c);
	return s;
}

static int line_of(struct stage *s, const char *text)
{
	const char *all = screen_of(s), *at = strstr(all, text);
	int line = 0;

	if (at == NULL)
		return -1;
	for (; all < at; all++)
		line += *all == '\n';
	return line;
}

Test(moving, keeps_the_cursor_on_its_conversation_and_line)
{
	struct stage s = long_list(100);
	uint32_t at;
	int line;

	press(&s, "PgDn j j j");
	at = s.m.list.cursor[s.m.list.tab];
	line = line_of(&s, row_text(&s.m.all.at[at], ROW_NAME));
	cr_assert_gt(line, 0);
	for (int i = 60; i < 90; i++) /* thirty others come on top */
		customer_writes(&s, i, 5, "newer");
	cr_expect_eq(s.m.list.cursor[s.m.list.tab], at);
	cr_expect_eq(line_of(&s, row_text(&s.m.all.at[at], ROW_NAME)), line);
	customer_writes(&s, (int)at, 5, "and this one itself");
	cr_expect_eq(s.m.list.cursor[s.m.list.tab], at);
	cr_expect_gt(line_of(&s, row_text(&s.m.all.at[at], ROW_NAME)), 0);
	stage_close(&s);
}

Test(moving, goes_to_the_neighbour_when_its_conversation_leaves_the_tab)
{
	struct stage s;
	struct wire_event e;

	stage_open(&s, 24, 80, LANGUAGE_EN);
	afternoon(&s);
	press(&s, "1 g");
	cr_expect_eq(rows_find(&s.m.all, id_of(1)), s.m.list.cursor[s.m.list.tab]);
	event_of(&s, &e, EVENT_CONVERSATION_UPDATED, 1);
	e.conversation = (struct wire_event_conversation){
		.holder = HOLDER_STAFF, .holder_name = "Luc Gagnon", .epoch = 2};
	snprintf(e.conversation.holder_user_id, WIRE_ID, "%s", COLLEAGUE);
	happens(&s, &e);
	cr_expect_eq(rows_find(&s.m.all, id_of(4)), s.m.list.cursor[s.m.list.tab]);
	stage_close(&s);
}

Test(moving, jumps_to_whoever_waits_longest)
{
	struct stage s;

	stage_open(&s, 24, 80, LANGUAGE_EN);
	afternoon(&s);
	press(&s, "3 G a");
	cr_expect_str_eq(s.m.open, id_of(4)); /* Ana, the first, is open already */
	press(&s, "a");
	cr_expect_str_eq(s.m.open, id_of(1));
	stage_close(&s);
}

static struct stage long_thread(void)
{
	struct wire_conversation c = conversation_of(1, "Ana Silva", "words");
	struct wire_message m[40];
	static char bodies[40][24];
	struct stage s;

	stage_open(&s, 24, 80, LANGUAGE_EN);
	signs_in(&s);
	lists(&s, &c, 1, 100);
	press(&s, "Enter");
	for (int i = 0; i < 40; i++) {
		snprintf(bodies[i], sizeof bodies[i], "number %d.", 51 + i);
		m[i] = message_of(51 + i, i % 2 == 0 ? AUTHOR_CUSTOMER : AUTHOR_AGENT, bodies[i],
				  100 - i);
	}
	thread_comes(&s, &c, m, 40, "older");
	return s;
}

Test(moving, follows_the_newest_until_one_reads_further_up)
{
	struct stage s = long_thread();
	int line;

	expect_shows(&s, "number 90.");
	customer_writes(&s, 1, 91, "ninety-one");
	expect_shows(&s, "ninety-one");
	press(&s, "PgUp");
	expect_hides(&s, "ninety-one");
	line = line_of(&s, "number 80.");
	customer_writes(&s, 1, 92, "ninety-two");
	customer_writes(&s, 1, 93, "ninety-three");
	cr_expect_eq(line_of(&s, "number 80."), line, "what is read moved");
	expect_shows(&s, "2 new below");
	press(&s, "G");
	expect_shows(&s, "ninety-three");
	expect_hides(&s, "new below");
	stage_close(&s);
}

Test(moving, reads_older_messages_above_the_top_without_a_jump)
{
	struct stage s = long_thread();
	struct wire_message older[10];
	struct outgoing w;
	int line;

	press(&s, "g");
	expect_shows(&s, "Reading");
	cr_assert(wished(&s, OUT_OLDER, &w));
	cr_expect_str_eq(w.cursor, "older");
	line = line_of(&s, "number 51.");
	for (int i = 0; i < 10; i++)
		older[i] = message_of(41 + i, AUTHOR_CUSTOMER, "from before", 200 - i);
	tell(&s, &(struct msg){.kind = MSG_OLDER,
			       .id = w.id,
			       .messages = older,
			       .count = 10,
			       .as_of = s.seq});
	outgoing_clear(&w);
	cr_expect_leq(abs(line_of(&s, "number 51.") - line), 1, "what is read moved");
	press(&s, "PgUp");
	expect_shows(&s, "from before");
	press(&s, "g");
	expect_shows(&s, "beginning");
	cr_expect(!wished(&s, OUT_OLDER, &w), "there is nothing older to ask for");
	stage_close(&s);
}

Test(moving, marks_what_came_since_one_looked)
{
	struct stage s;

	stage_open(&s, 24, 80, LANGUAGE_EN);
	afternoon(&s);
	press(&s, "1 g Enter Esc j Enter"); /* Ana, then Chloé */
	customer_writes(&s, 1, 6, "are you there?");
	press(&s, "Esc 1 g Enter");
	expect_shows(&s, "new since you looked");
	cr_expect_lt(line_of(&s, "new since you looked"), line_of(&s, "are you there?"));
	stage_close(&s);
}

Test(moving, asks_for_the_addresses_of_pictures)
{
	struct stage s = long_thread();
	struct wire_conversation c = conversation_of(1, "Ana Silva", "words");
	struct wire_media picture = {.url = "https://media.example/one.jpg",
				     .content_type = "image/jpeg"};
	struct wire_message m = message_of(91, AUTHOR_CUSTOMER, "look", 0);
	struct wire_event e;
	struct outgoing w;

	event_of(&s, &e, EVENT_MESSAGE_RECEIVED, 1);
	e.message = (struct wire_event_message){.position = 91,
						.author = AUTHOR_CUSTOMER,
						.kind = KIND_TEXT,
						.body = "look",
						.media_n = 1};
	happens(&s, &e);
	expect_shows(&s, "1 picture or file");
	m.media = &picture;
	m.media_n = 1;
	cr_assert(wished(&s, OUT_THREAD, &w));
	tell(&s, &(struct msg){.kind = MSG_THREAD,
			       .id = w.id,
			       .conversations = &c,
			       .messages = &m,
			       .count = 1,
			       .as_of = s.seq});
	outgoing_clear(&w);
	expect_shows(&s, "https://media.example/one.jpg");
	stage_close(&s);
}
