/*
 * talking.c - taking over, answering, handing back: what is asked of the service, when, and what
 * the screen says when a colleague was faster.
 */
#include "tests/screen/stage.h"

static struct stage opened(void)
{
	struct stage s;
	struct outgoing w;

	stage_open(&s, 24, 80, LANGUAGE_EN);
	afternoon(&s);
	press(&s, "1 g Enter");
	while (wishes_take(s.m.wishes, &w))
		outgoing_clear(&w);
	return s;
}

static void is_done(struct stage *s, uint32_t id, const char *holder_name, const char *holder,
		    int64_t epoch)
{
	struct wire_conversation c = conversation_of(1, "Ana Silva", "words");

	held_by(&c, holder, holder_name);
	c.epoch = epoch;
	tell(s, &(struct msg){.kind = MSG_DONE, .id = id, .conversations = &c, .as_of = ++s->seq});
	s->m.known = s->seq;
}

static void is_refused(struct stage *s, uint32_t id, const struct problem *p)
{
	tell(s, &(struct msg){.kind = MSG_REFUSED, .id = id, .problem = p});
}

Test(talking, takes_over_under_the_epoch_that_was_seen)
{
	struct stage s = opened();
	struct outgoing w;

	press(&s, "t");
	cr_assert(wished(&s, OUT_TAKE_OVER, &w));
	cr_expect_str_eq(w.conversation_id, id_of(1));
	cr_expect_eq(w.epoch, 1);
	cr_expect(!w.force);
	expect_hides(&s, "you have it"); /* nothing is shown before the service has said so */
	is_done(&s, w.id, "Marie Tremblay", ME, 2);
	outgoing_clear(&w);
	expect_shows(&s, "you have it");
	expect_shows(&s, "You have the conversation with Ana Silva.");
	press(&s, "b");
	cr_assert(wished(&s, OUT_HAND_BACK, &w));
	cr_expect_eq(w.epoch, 2);
	outgoing_clear(&w);
	stage_close(&s);
}

Test(talking, learns_who_was_faster_and_when)
{
	struct stage s = opened();
	struct problem p = {.status = 409,
			    .code = str_of("already_held"),
			    .holder_name = str_of("Luc Gagnon"),
			    .holder_since_us = STAGE_NOW - MINUTES(1),
			    .epoch = 2};

	press(&s, "t");
	is_refused(&s, wish_of(&s, OUT_TAKE_OVER), &p);
	expect_shows(&s, "Luc Gagnon took it at 14:04.");
	(void)wish_of(&s, OUT_THREAD); /* and what is so now is read */
	stage_close(&s);
}

Test(talking, sends_three_seconds_after_enter_and_not_before)
{
	struct stage s = opened();
	struct outgoing w;

	press(&s, "r");
	type(&s, "On my way");
	expect_shows(&s, "To Ana Silva");
	expect_shows(&s, "text, English, 1 segment GSM-7");
	press(&s, "Enter");
	expect_shows(&s, "Goes out in 3 s to Ana Silva: On my way");
	wait_ms(&s, 2900);
	cr_expect(!wished(&s, OUT_REPLY, &w));
	cr_expect_leq(model_wakes_at(&s.m), s.mono_ms + 100);
	wait_ms(&s, 100);
	cr_assert(wished(&s, OUT_REPLY, &w));
	cr_expect_str_eq(w.text, "On my way");
	cr_expect_str_eq(w.language, "en");
	cr_expect_eq(w.epoch, 1);
	outgoing_clear(&w);
	stage_close(&s);
}

Test(talking, takes_a_text_back_with_one_key)
{
	struct stage s = opened();
	struct outgoing w;

	press(&s, "r");
	type(&s, "On my way");
	press(&s, "Enter");
	wait_ms(&s, 1000);
	press(&s, "Esc");
	expect_shows(&s, "On my way");
	expect_shows(&s, "Taken back; nothing was sent.");
	wait_ms(&s, 10000);
	cr_expect(!wished(&s, OUT_REPLY, &w));
	stage_close(&s);
}

Test(talking, keeps_the_draft_until_the_service_has_the_text)
{
	struct stage s = opened();
	struct outgoing w;
	struct wire_message m = message_of(6, AUTHOR_STAFF, "On my way", 0);

	press(&s, "r");
	type(&s, "On my way");
	press(&s, "Enter");
	cr_assert(wished(&s, OUT_SAVE_DRAFT, &w));
	cr_expect_str_eq(w.text, "On my way");
	outgoing_clear(&w);
	wait_ms(&s, 3000);
	snprintf(m.conversation_id, WIRE_ID, "%s", id_of(1));
	tell(&s, &(struct msg){.kind = MSG_DONE,
			       .id = wish_of(&s, OUT_REPLY),
			       .messages = &m,
			       .count = 1,
			       .as_of = s.seq});
	cr_assert(wished(&s, OUT_SAVE_DRAFT, &w));
	cr_expect_str_eq(w.text, "");
	outgoing_clear(&w);
	expect_shows(&s, "On my way");
	stage_close(&s);
}

Test(talking, gives_the_text_back_when_it_is_refused)
{
	static const struct {
		struct problem p;
		const char *said;
		bool again;
	} cases[] = {
		{{.status = 409,
		  .code = {"already_held", 12},
		  .holder_name = {"Luc Gagnon", 10},
		  .holder_since_us = STAGE_NOW},
		 "Luc Gagnon took it at 14:05. Your text is kept as a draft.",
		 false},
		{{.status = 409, .code = {"stale_epoch", 11}}, "changed hands meanwhile", false},
		{{.status = 0, .code = {"unreachable", 11}}, "cannot be reached", false},
		{{.status = 0, .code = {"unknown", 7}},
		 "Sending again does not send it twice",
		 true},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct stage s = opened();
		struct outgoing w;
		uint32_t first;

		press(&s, "r");
		type(&s, "On my way");
		press(&s, "Enter");
		wait_ms(&s, 3000);
		first = wish_of(&s, OUT_REPLY);
		is_refused(&s, first, &cases[i].p);
		expect_shows(&s, cases[i].said);
		wait_ms(&s, 60000); /* it stays until a key is pressed */
		expect_shows(&s, "Your text is kept");
		press(&s, "Enter");
		wait_ms(&s, 3000);
		cr_assert(wished(&s, OUT_REPLY, &w), "the text is gone");
		cr_expect_str_eq(w.text, "On my way");
		cr_expect_eq(w.again, cases[i].again ? first : 0, "case %zu", i);
		outgoing_clear(&w);
		stage_close(&s);
	}
}

/* What was changed since is another text: it must not go under the key of the first. */
Test(talking, asks_under_a_new_key_when_the_text_has_changed)
{
	struct stage s = opened();
	struct problem p = {.code = str_of("unknown")};
	struct outgoing w;

	press(&s, "r");
	type(&s, "On my way");
	press(&s, "Enter");
	wait_ms(&s, 3000);
	is_refused(&s, wish_of(&s, OUT_REPLY), &p);
	type(&s, "!");
	press(&s, "Enter");
	wait_ms(&s, 3000);
	cr_assert(wished(&s, OUT_REPLY, &w));
	cr_expect_str_eq(w.text, "On my way!");
	cr_expect_eq(w.again, 0);
	outgoing_clear(&w);
	stage_close(&s);
}

Test(talking, keeps_drafts_by_conversation)
{
	struct stage s = opened();

	press(&s, "r");
	type(&s, "for Ana");
	press(&s, "Esc Esc 1 j Enter r");
	expect_hides(&s, "for Ana");
	type(&s, "pour Chloe");
	press(&s, "Esc Esc 1 g Enter r");
	expect_shows(&s, "for Ana");
	press(&s, "Esc Esc");
	expect_shows(&s, "Draft:");
	stage_close(&s);
}

Test(talking, brings_drafts_of_an_earlier_run_back)
{
	struct stage s = opened();

	tell(&s, &(struct msg){.kind = MSG_DRAFT,
			       .conversation_id = str_of(id_of(1)),
			       .text = str_of("begun before the crash")});
	press(&s, "r");
	expect_shows(&s, "begun before the crash");
	stage_close(&s);
}

Test(talking, never_sends_by_a_paste)
{
	struct stage s = opened();
	struct outgoing w;

	press(&s, "r");
	tell(&s, &(struct msg){.kind = MSG_PASTE, .text = str_of("one\r\ntwo\n")});
	cr_expect(str_is(edit_text(&s.m.compose.edit), "one\ntwo\n"));
	tell(&s, &(struct msg){.kind = MSG_PASTE, .text = str_of("1\n2\n3\n4\n")});
	expect_shows(&s, "Put 5 pasted lines into the text?");
	press(&s, "n");
	cr_expect(str_is(edit_text(&s.m.compose.edit), "one\ntwo\n"));
	tell(&s, &(struct msg){.kind = MSG_PASTE, .text = str_of("1\n2\n3\n4\n")});
	press(&s, "y");
	cr_expect(str_is(edit_text(&s.m.compose.edit), "one\ntwo\n1\n2\n3\n4\n"));
	wait_ms(&s, 5000);
	cr_expect(!wished(&s, OUT_REPLY, &w));
	press(&s, "Esc");
	tell(&s, &(struct msg){.kind = MSG_PASTE, .text = str_of("xyt")}); /* no commands either */
	cr_expect(!wished(&s, OUT_TAKE_OVER, &w) && s.m.confirm.question == ASK_NOTHING);
	stage_close(&s);
}

Test(talking, asks_before_it_closes_and_names_whom)
{
	struct stage s = opened();
	struct outgoing w;

	press(&s, "x");
	expect_shows(&s, "Close the conversation with Ana Silva?");
	press(&s, "Enter"); /* not a yes */
	cr_expect(!wished(&s, OUT_CLOSE, &w));
	press(&s, "n x y");
	cr_assert(wished(&s, OUT_CLOSE, &w));
	cr_expect_str_eq(w.conversation_id, id_of(1));
	outgoing_clear(&w);
	stage_close(&s);
}

Test(talking, says_who_has_it_instead_of_writing_beside_them)
{
	struct stage s = opened();
	struct outgoing w;

	press(&s, "Esc 3 G Enter r"); /* Dmitri, whom Luc has */
	cr_expect_eq(s.m.compose.mode, MODE_NONE);
	expect_shows(&s, "A colleague has it");
	wait_ms(&s, 10000);
	expect_shows(&s, "Luc Gagnon has it");
	press(&s, "T");
	type(&s, "He has gone home");
	press(&s, "Enter");
	cr_assert(wished(&s, OUT_TAKE_OVER, &w));
	cr_expect(w.force);
	cr_expect_str_eq(w.text, "He has gone home");
	outgoing_clear(&w);
	stage_close(&s);
}

Test(talking, leaves_notes_and_whispers_at_once)
{
	struct stage s = opened();
	struct outgoing w;

	press(&s, "n");
	type(&s, "check the spokes");
	press(&s, "Enter");
	cr_assert(wished(&s, OUT_NOTE, &w));
	cr_expect_str_eq(w.text, "check the spokes");
	outgoing_clear(&w);
	press(&s, "w");
	type(&s, "offer a free check");
	press(&s, "Enter");
	cr_assert(wished(&s, OUT_WHISPER, &w));
	outgoing_clear(&w);
	stage_close(&s);
}

Test(talking, writes_to_somebody_first)
{
	struct stage s = opened();
	struct wire_customer c = {.display_name = "Ana Silva", .phone_number = "+14165550123"};
	struct outgoing w;

	snprintf(c.id, sizeof c.id, "%s", id_of(1001));
	press(&s, "c");
	type(&s, "ana");
	wait_ms(&s, 200);
	cr_assert(wished(&s, OUT_CUSTOMERS, &w));
	cr_expect_str_eq(w.text, "ana");
	tell(&s, &(struct msg){.kind = MSG_CUSTOMERS, .id = w.id, .customers = &c, .count = 1});
	outgoing_clear(&w);
	expect_shows(&s, "Ana Silva");
	press(&s, "Enter");
	expect_shows(&s, "New text to Ana Silva");
	type(&s, "Your bike is ready");
	press(&s, "Enter");
	wait_ms(&s, 3000);
	cr_assert(wished(&s, OUT_NEW_TEXT, &w));
	cr_expect_str_eq(w.customer_id, id_of(1001));
	cr_expect_str_eq(w.text, "Your bike is ready");
	outgoing_clear(&w);
	stage_close(&s);
}

Test(talking, writes_to_a_number_that_nobody_has)
{
	struct stage s = opened();
	struct outgoing w;

	press(&s, "c");
	type(&s, "416 555 0199");
	wait_ms(&s, 200);
	tell(&s, &(struct msg){.kind = MSG_CUSTOMERS, .id = wish_of(&s, OUT_CUSTOMERS)});
	expect_shows(&s, "Enter writes to this number");
	press(&s, "Enter");
	type(&s, "Hi");
	press(&s, "Enter");
	wait_ms(&s, 3000);
	cr_assert(wished(&s, OUT_NEW_TEXT, &w));
	cr_expect_str_eq(w.phone_number, "+14165550199");
	outgoing_clear(&w);
	stage_close(&s);
}

Test(talking, counts_segments_as_they_will_be_billed)
{
	struct stage s = opened();
	char words[200];

	press(&s, "r");
	memset(words, 'x', 161);
	words[161] = '\0';
	type(&s, words);
	expect_shows(&s, "2 segments GSM-7");
	tell(&s, &(struct msg){.kind = MSG_KEY, .key = {.press = PRESS_CHAR, .code = 0x1F600}});
	expect_shows(&s, "3 segments UCS-2");
	stage_close(&s);
}

Test(talking, does_nothing_without_a_line_and_says_why)
{
	struct stage s = opened();
	struct outgoing w;

	tell(&s, &(struct msg){.kind = MSG_LINK, .link = LINK_LOST, .retry_s = 5});
	press(&s, "t");
	expect_shows(&s, "No connection: not now.");
	cr_expect(!wished(&s, OUT_TAKE_OVER, &w));
	wait_ms(&s, 3 * 60000);
	expect_shows(&s, "No connection. This is as it was 3 min ago");
	expect_hides(&s, "Take over"); /* the bar offers what works */
	tell(&s, &(struct msg){.kind = MSG_LINK, .link = LINK_LIVE, .newest = s.seq + 1});
	expect_hides(&s, "Caught up");
	customer_writes(&s, 3, 5, "meanwhile");
	expect_shows(&s, "Caught up: 1 event came meanwhile");
	stage_close(&s);
}

Test(talking, asks_before_one_leaves_with_something_in_hand)
{
	struct stage s = opened();
	struct outgoing w;

	press(&s, "Esc q");
	expect_shows(&s, "You still have 1 conversation. Quit anyway?");
	cr_expect(!wished(&s, OUT_QUIT, &w));
	press(&s, "y");
	cr_expect(wished(&s, OUT_QUIT, &w));
	stage_close(&s);
}
