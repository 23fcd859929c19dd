/* The practice phone: what a person sees and what their keys do, without a terminal. */
#include <criterion/criterion.h>

#include "shared/utf8.h"
#include "tests/sim/phone_call.h"
#include "tests/sim/phone_news.h"
#include "tests/sim/phone_view.h"

#define STORE "+14165550001"
#define AT    INT64_C(1793714709000000)

static struct phone phone;
static struct buf screen;

static void open_phone(void)
{
	struct phone_store s = {.number = STORE, .name = "Bici Downtown"};

	setenv("TZ", "UTC", 1);
	tzset();
	phone_init(&phone, "+15145550199", false, false);
	phone_update(&phone, &(struct phone_msg){.kind = PHONE_MSG_LINK, .link = PHONE_UP});
	phone_update(&phone, &(struct phone_msg){.kind = PHONE_MSG_STORE, .store = &s});
}

static void close_phone(void)
{
	phone_clear(&phone);
	buf_clear(&screen);
}

TestSuite(sim_phone, .init = open_phone, .fini = close_phone);

static void text(const char *sid, bool mine, const char *body, const char *state)
{
	struct phone_text t = {
		.mine = mine, .at_us = AT + phone.texts_n, .body = (char *)(size_t)body};

	snprintf(t.sid, sizeof t.sid, "%s", sid);
	snprintf(t.store, sizeof t.store, STORE);
	snprintf(t.state, sizeof t.state, "%s", state);
	phone_update(&phone, &(struct phone_msg){.kind = PHONE_MSG_TEXT, .text = &t});
}

static void key(enum phone_key k)
{
	phone_update(&phone, &(struct phone_msg){.kind = PHONE_MSG_KEY, .key = k});
}

static void type(const char *s)
{
	struct str rest = str_of(s);

	while (rest.n > 0) {
		uint32_t c;
		size_t n = utf8_next(rest, &c);

		phone_update(&phone, &(struct phone_msg){.kind = PHONE_MSG_KEY,
							 .key = PHONE_KEY_CHAR,
							 .code = c});
		rest = str_sub(rest, n, rest.n);
	}
}

static const char *draw(int rows, int cols)
{
	struct sim_cells g;

	phone_update(&phone,
		     &(struct phone_msg){.kind = PHONE_MSG_RESIZE, .rows = rows, .cols = cols});
	sim_cells_init(&g, rows, cols, phone.ascii);
	phone_draw(&phone, &g);
	buf_reset(&screen);
	sim_cells_text(&g, &screen);
	sim_cells_clear(&g);
	return buf_cstr(&screen);
}

static bool shows(const char *what)
{
	return str_find(buf_str(&screen), str_of(what)) >= 0;
}

Test(sim_phone, shows_a_conversation_with_times_and_states)
{
	text("SM1", true, "are you open?", "delivered");
	text("SM2", false, "We're open now, until 6 p.m.", "delivered");
	text("SM3", true, "thanks", "sent");
	cr_expect_str_eq(draw(9, 64),
			 " Bici Downtown  +1 416 555-0001                 +1 514 555-0199\n"
			 "                                                are you open? \u2590\n"
			 "                                              14:05 delivered\n"
			 "\u2590 We're open now, until 6 p.m.\n"
			 "  14:05\n"
			 "                                                       thanks \u2590\n"
			 "                                                   14:05 sent\n"
			 "\u2500 Enter send  /call  F1 help  Tab store  Ctrl-C quit "
			 "\u2500\u2500\u2500"
			 " 160/1 \u2500\n"
			 ">\n");
}

Test(sim_phone, a_state_changes_in_its_place)
{
	text("SM1", true, "one", "sent");
	text("SM2", true, "two", "sent");
	text("SM1", true, "one", "unanswered");
	draw(10, 60);
	cr_expect(shows("the store did not take it"));
	cr_expect_eq(phone.texts_n, 2);
}

Test(sim_phone, hostile_text_is_seen_and_does_nothing)
{
	text("SM1", false,
	     "a\x1b[2J\x07\rb\tc \xe2\x80\xae"
	     "gnp.exe \u200bz \xff \xc2\x85!",
	     "delivered");
	draw(8, 60);
	cr_expect(shows("a\u241b[2J\u2407\u240db\u2409c \ufffdgnp.exe \ufffdz \ufffd \ufffd!"),
		  "%s", buf_cstr(&screen));
	for (size_t i = 0; i < screen.n; i++)
		cr_expect(screen.p[i] == '\n' || (unsigned char)screen.p[i] >= 0x20);
}

Test(sim_phone, no_mark_or_wide_character_leaves_its_cell)
{
	struct buf b = {0};
	struct sim_cells g;

	buf_add_cstr(&b, "e");
	for (int i = 0; i < 50; i++)
		buf_add_cstr(&b, "\u0301");
	for (int i = 0; i < 50; i++)
		buf_add_cstr(&b, "\U0001F6B2");
	text("SM1", false, buf_cstr(&b), "delivered");
	sim_cells_init(&g, 24, 41, false);
	phone_update(&phone, &(struct phone_msg){.kind = PHONE_MSG_RESIZE, .rows = 24, .cols = 41});
	phone_draw(&phone, &g);
	for (int i = 0; i < 24 * 41; i++) {
		if (g.at[i].width == 2) {
			cr_assert_neq(i % 41, 40, "half of it would be outside");
			cr_expect_eq(g.at[i + 1].width, 0);
		}
	}
	sim_cells_clear(&g);
	buf_clear(&b);
}

Test(sim_phone, fits_any_window)
{
	static const int sizes[][2] = {{10, 40}, {4, 16}, {3, 10}, {1, 1}, {200, 300}, {24, 17}};

	text("SM1", false,
	     "A rather long answer that has to be broken into lines, with aVeryLongWord"
	     "ThatHasNoBlankInItAtAllAndGoesOnAndOn.",
	     "delivered");
	type("and my own answer is longer than the line that it is written on");
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		draw(sizes[i][0], sizes[i][1]);
	draw(10, 40);
	cr_expect(shows("longer than the line that it is writ") == false);
	cr_expect(shows("line that it is written on"), "the cursor's end of the input shows");
}

Test(sim_phone, what_is_written_is_sent_to_the_store_above)
{
	type("h\u00e9llo");
	key(PHONE_KEY_LEFT);
	key(PHONE_KEY_LEFT);
	key(PHONE_KEY_LEFT);
	key(PHONE_KEY_BACKSPACE);
	type("e");
	key(PHONE_KEY_END);
	type("!");
	key(PHONE_KEY_ENTER);
	cr_assert_eq(phone.wishes_n, 1);
	cr_expect_str_eq(phone.wishes[0].body, "hello!");
	cr_expect_str_eq(phone.wishes[0].to, STORE);
	cr_expect_eq(phone.input_n, 0);
	key(PHONE_KEY_UP);
	cr_expect_eq(phone.input_n, 6, "the last text comes back");
	key(PHONE_KEY_WORD_WIPE);
	cr_expect_eq(phone.input_n, 0);
}

Test(sim_phone, the_counter_says_when_letters_cost_more)
{
	type("abc");
	draw(10, 60);
	cr_expect(shows(" 157/1 "));
	type("\u00ea");
	draw(10, 60);
	cr_expect(shows(" 66/1 "));
}

Test(sim_phone, lines_that_are_pasted_are_one_text)
{
	type("one");
	phone_update(&phone, &(struct phone_msg){
				     .kind = PHONE_MSG_KEY, .key = PHONE_KEY_ENTER, .more = true});
	type("two");
	key(PHONE_KEY_ENTER);
	cr_assert_eq(phone.wishes_n, 1);
	cr_expect_str_eq(phone.wishes[0].body, "one\ntwo");
}

static void command(const char *line)
{
	type(line);
	key(PHONE_KEY_ENTER);
}

Test(sim_phone, commands_choose_numbers_send_pictures_and_leave)
{
	command("/to +1 416 555-0002");
	cr_expect_str_eq(phone_store_number(&phone), "+14165550002");
	key(PHONE_KEY_TAB);
	cr_expect_str_eq(phone_store_number(&phone), STORE);
	command("/to bob");
	cr_expect(phone.notice_warns);
	command("/photo bike.jpg");
	cr_assert_eq(phone.wishes_n, 1);
	cr_expect(phone.wishes[0].picture);
	cr_expect_str_eq(phone.wishes[0].file, "bike.jpg");
	text("SM1", true, "mine", "sent");
	command("/from +15145550100");
	cr_expect_eq(phone.wishes[1].kind, PHONE_WISH_FOLLOW);
	cr_expect_eq(phone.texts_n, 0, "another phone shows its own texts");
	command("/dance");
	cr_expect(phone.notice_warns);
	cr_expect_not(phone.quit);
	command("/quit");
	cr_expect(phone.quit);
}

Test(sim_phone, q_and_escape_are_no_way_out_but_control_c_is)
{
	type("q");
	key(PHONE_KEY_ESCAPE);
	cr_expect_not(phone.quit);
	key(PHONE_KEY_QUIT);
	cr_expect(phone.quit);
}

Test(sim_phone, earlier_texts_are_a_page_up_away)
{
	char sid[20], body[32];

	for (int i = 0; i < 30; i++) {
		snprintf(sid, sizeof sid, "SM%d", i);
		snprintf(body, sizeof body, "number %d.", i);
		text(sid, false, body, "delivered");
	}
	draw(12, 60);
	cr_expect(shows("number 29.") && !shows("number 20."));
	for (int i = 0; i < 20; i++)
		key(PHONE_KEY_PAGE_UP);
	draw(12, 60);
	cr_expect(shows("number 0.") && !shows("number 29."));
	type("x");
	key(PHONE_KEY_ENTER);
	draw(12, 60);
	cr_expect(shows("number 29."), "writing goes back to the newest");
}

Test(sim_phone, speaks_french_and_plain_characters)
{
	phone.french = true;
	draw(10, 60);
	cr_expect(shows("Entr\u00e9e envoyer"));
	phone.ascii = true;
	text("SM1", false, "d\u00e9j\u00e0 vu \U0001F6B2", "delivered");
	key(PHONE_KEY_HELP);
	draw(14, 60);
	key(PHONE_KEY_ESCAPE);
	draw(10, 60);
	for (size_t i = 0; i < screen.n; i++)
		cr_expect((unsigned char)screen.p[i] < 0x7f, "byte %zu", i);
	cr_expect(shows("d?j? vu ?"));
}

Test(sim_phone, only_so_many_texts_are_kept)
{
	char sid[20];

	for (int i = 0; i < PHONE_TEXTS_MAX + 50; i++) {
		snprintf(sid, sizeof sid, "SM%d", i);
		text(sid, false, "x", "delivered");
	}
	cr_expect_eq(phone.texts_n, PHONE_TEXTS_MAX);
	cr_expect_str_eq(phone.texts[0].sid, "SM50");
}

/* ---- calls ---- */

#define CALL "CA00000000000000000000000000000001"

/* What the line tells of a call; lines is the inside of its array. */
static void call_is(const char *sid, const char *direction, const char *status, const char *more,
		    const char *lines)
{
	struct buf b = {0};
	json_t *body;

	buf_printf(
		&b,
		"{\"texts\":[],\"calls\":[{\"sid\":\"%s\",\"direction\":\"%s\",\"status\":\"%s\","
		"\"store\":\"" STORE "\"%s,\"lines\":[%s]}]}",
		sid, direction, status, more, lines);
	body = json_loads(buf_cstr(&b), 0, NULL);
	cr_assert_not_null(body, "%s", buf_cstr(&b));
	phone_news(&phone, body, AT + INT64_C(72000000));
	json_decref(body);
	buf_clear(&b);
}

#define ANSWERED ",\"answered_at\":\"2026-11-03T14:05:09.000Z\""
#define ENDED    ANSWERED ",\"ended_at\":\"2026-11-03T14:05:51.000Z\""
/* One more line of a call that is on; `more` is further members, or "". */
static void heard(int n, const char *kind, const char *words, const char *more)
{
	char line[300];

	snprintf(
		line, sizeof line,
		"{\"n\":%d,\"kind\":\"%s\",\"at\":\"2026-11-03T14:05:1%d.000Z\",\"text\":\"%s\"%s}",
		n, kind, n, words, more);
	call_is(CALL, "inbound", "in-progress", ANSWERED, line);
}

static const struct phone_wish *wish(void)
{
	cr_assert_gt(phone.wishes_n, 0, "nothing is wished for");
	return &phone.wishes[--phone.wishes_n];
}

Test(sim_phone, a_call_is_placed_spoken_on_and_hung_up)
{
	command("/call");
	cr_expect_eq(phone.wishes[0].kind, PHONE_WISH_CALL);
	cr_expect_str_eq(wish()->to, STORE);
	call_is(CALL, "inbound", "ringing", "",
		"{\"n\":0,\"kind\":\"note\",\"at\":\"2026-11-03T14:05:00.000Z\",\"text\":"
		"\"ringing\"}");
	draw(12, 60);
	cr_expect(shows(" ringing...  Bici Downtown"), "%s", buf_cstr(&screen));
	cr_expect(shows("- ringing -") && shows(" /hangup "));
	heard(1, "say", "How can I help?", "");
	draw(12, 60);
	cr_expect(shows(" connected 1:12  Bici Downtown"), "%s", buf_cstr(&screen));
	cr_expect(shows("\u250a How can I help?") && shows("14:05 on the phone"));
	command("are you open?");
	cr_expect_eq(phone.wishes[0].kind, PHONE_WISH_SAY);
	cr_expect_str_eq(phone.wishes[0].body, "are you open?");
	cr_expect_str_eq(wish()->call, CALL);
	command("/press 10#*");
	cr_expect_eq(phone.wishes[0].kind, PHONE_WISH_PRESS);
	cr_expect_str_eq(wish()->body, "10#*");
	command("/text on the line");
	cr_expect_eq(phone.wishes[0].kind, PHONE_WISH_SEND);
	cr_expect_str_eq(wish()->body, "on the line");
	command("/hangup");
	cr_expect_eq(wish()->kind, PHONE_WISH_HANG_UP);
	call_is(CALL, "inbound", "completed", ENDED, "");
	draw(12, 60);
	cr_expect(shows(" ended 0:42, you hung up  Bici Downtown"), "%s", buf_cstr(&screen));
	command("thanks");
	cr_expect_eq(wish()->kind, PHONE_WISH_SEND, "without a call it is a text");
	draw(12, 60);
	cr_expect_not(shows("ended 0:42"));
}

Test(sim_phone, what_is_heard_grows_and_is_told_apart_from_texts)
{
	text("SM1", true, "a text", "delivered");
	heard(1, "agent", "We are", "");
	heard(1, "agent", "We are open.", "");
	heard(2, "agent", "Until six", ",\"cut\":true,\"heard\":\"Until\"");
	heard(3, "me", "thanks", "");
	heard(4, "digits", "0", "");
	heard(5, "person", "Sam here", ",\"who\":\"Sam\"");
	heard(6, "agent", "Hi", ",\"cut\":true,\"heard\":\"\"");
	heard(7, "play", "http://h.example/tone.wav", "");
	draw(24, 60);
	cr_expect(shows("a text \u2590") && shows("thanks \u250a"), "%s", buf_cstr(&screen));
	cr_expect(shows("\u250a We are open.\n"));
	cr_expect(shows("\u250a Until...\n  14:05 on the phone, cut off\n"));
	cr_expect(shows("14:05 keys pressed") && shows("on the phone, Sam"));
	cr_expect(shows("- sound http://h.example/tone.wav -"));
	cr_expect_not(shows("Hi"), "it was interrupted before its first word");
	phone.ascii = true;
	draw(24, 60);
	cr_expect(shows("a text |") && shows("thanks :"));
}

Test(sim_phone, a_call_that_comes_in_rings_and_is_taken_or_not)
{
	call_is(CALL, "outbound-api", "queued", "", "");
	cr_expect_not(phone.bell);
	command("/answer");
	cr_expect(phone.notice_warns, "nothing rings yet");
	call_is(CALL, "outbound-api", "ringing", "", "");
	cr_expect(phone.bell);
	draw(12, 60);
	cr_expect(shows(" incoming call  Bici Downtown") && shows(" /answer  /decline "), "%s",
		  buf_cstr(&screen));
	type("still a text");
	key(PHONE_KEY_ENTER);
	cr_expect_eq(wish()->kind, PHONE_WISH_SEND);
	command("/r\u00e9pondre");
	cr_expect_eq(wish()->kind, PHONE_WISH_ANSWER);
	command("/decline");
	cr_expect_eq(wish()->kind, PHONE_WISH_DECLINE);
	call_is(CALL, "outbound-api", "busy", "", "");
	draw(12, 60);
	cr_expect(shows(" ended, you declined  Bici Downtown"), "%s", buf_cstr(&screen));
}

Test(sim_phone, a_command_that_does_not_fit_says_so_in_one_line)
{
	static const struct {
		const char *status, *typed;
		enum sim_word says;
	} cases[] = {
		{NULL, "/hangup", SIM_SAYS_NO_CALL},
		{NULL, "/press 1", SIM_SAYS_NO_CALL},
		{NULL, "/answer", SIM_SAYS_NOBODY_CALLS},
		{NULL, "/refuser", SIM_SAYS_NOBODY_CALLS},
		{NULL, "/text", SIM_SAYS_NO_WORDS},
		{NULL, "/call bob", SIM_SAYS_BAD_NUMBER},
		{"ringing", "hello?", SIM_SAYS_NOT_ANSWERED},
		{"ringing", "/press 1", SIM_SAYS_NOT_ANSWERED},
		{"ringing", "/appeler", SIM_SAYS_CALL_IS_ON},
		{"in-progress", "/call", SIM_SAYS_CALL_IS_ON},
		{"in-progress", "/from +15145550100", SIM_SAYS_CALL_IS_ON},
		{"in-progress", "/press one", SIM_SAYS_BAD_KEYS},
		{"in-progress", "/touche", SIM_SAYS_BAD_KEYS},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		phone.calls_n = 0;
		if (cases[i].status != NULL)
			call_is(CALL, "inbound", cases[i].status, "", "");
		command(cases[i].typed);
		cr_expect(phone.notice_warns, "%s", cases[i].typed);
		cr_expect_str_eq(phone.notice, sim_says(cases[i].says, false), "%s",
				 cases[i].typed);
		cr_expect_eq(phone.wishes_n, 0, "%s", cases[i].typed);
		key(PHONE_KEY_LINE_WIPE);
	}
}

Test(sim_phone, words_meant_for_a_call_that_ended_are_no_text_by_accident)
{
	call_is(CALL, "inbound", "in-progress", ANSWERED, "");
	type("wait, one more");
	call_is(CALL, "inbound", "completed", ENDED, "");
	key(PHONE_KEY_ENTER);
	cr_expect(phone.notice_warns);
	cr_expect_eq(phone.wishes_n, 0);
	cr_expect_eq(phone.input_n, 14, "the line is kept");
	key(PHONE_KEY_ENTER);
	cr_expect_eq(wish()->kind, PHONE_WISH_SEND);
	command("/call");
	cr_expect_eq(wish()->kind, PHONE_WISH_CALL);
	command("hello");
	cr_expect_eq(phone.wishes_n, 0, "nor are words for one that is not there yet");
}

Test(sim_phone, a_call_ends_for_a_reason)
{
	static const struct {
		const char *direction, *status, *more, *says;
	} cases[] = {
		{"inbound", "busy", "", "ended, busy"},
		{"inbound", "failed", "", "ended, cannot be reached"},
		{"inbound", "completed", ENDED, "ended 0:42, the store hung up"},
		{"outbound-api", "no-answer", "", "ended, missed"},
		{"outbound-dial", "canceled", "", "ended, missed"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		phone.calls_n = 0;
		call_is(CALL, cases[i].direction, cases[i].status, cases[i].more, "");
		draw(12, 60);
		cr_expect_not(shows("ended"), "what was over before we looked is history");
		call_is(CALL, cases[i].direction, "ringing", "", "");
		call_is(CALL, cases[i].direction, cases[i].status, cases[i].more, "");
		draw(12, 60);
		cr_expect(shows(cases[i].says), "%s: %s", cases[i].status, buf_cstr(&screen));
	}
}

Test(sim_phone, calls_fit_any_window_and_speak_french)
{
	static const int sizes[][2] = {{10, 40}, {4, 16}, {5, 20}, {1, 1}, {250, 80}, {80, 250}};

	phone.french = true;
	phone.ascii = true;
	heard(0, "note", "ringing", "");
	heard(1, "say", "Bonjour", "");
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		draw(sizes[i][0], sizes[i][1]);
	draw(4, 40);
	cr_expect(shows(" en ligne 1:12  Bici Downtown"), "where there is no room for two");
	for (size_t i = 0; i < screen.n; i++)
		cr_expect((unsigned char)screen.p[i] < 0x7f, "byte %zu", i);
	phone.ascii = false;
	draw(12, 70);
	cr_expect(shows("\u00e7a sonne") && shows("Entr\u00e9e parler  /raccrocher"), "%s",
		  buf_cstr(&screen));
	command("/aide");
	draw(10, 40);
	cr_expect(shows("/raccrocher") && shows("PgDn"), "%s", buf_cstr(&screen));
	for (int i = 0; i < 5; i++)
		key(PHONE_KEY_PAGE_DOWN);
	draw(10, 40);
	cr_expect(shows("prononc\u00e9") && !shows("/raccrocher"), "%s", buf_cstr(&screen));
	key(PHONE_KEY_ESCAPE);
	cr_expect_not(phone.help);
}

Test(sim_phone, a_line_that_comes_back_tells_anew_which_calls_there_are)
{
	call_is(CALL, "inbound", "in-progress", ANSWERED, "");
	phone_update(&phone, &(struct phone_msg){.kind = PHONE_MSG_LINK, .link = PHONE_DOWN});
	phone_update(&phone, &(struct phone_msg){.kind = PHONE_MSG_LINK, .link = PHONE_UP});
	command("/hangup");
	cr_expect_str_eq(phone.notice, sim_says(SIM_SAYS_NO_CALL, false));
}
