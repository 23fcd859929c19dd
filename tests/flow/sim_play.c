/* Scripts: played against a store that answers, and one that does not. */
#include <criterion/criterion.h>

#include "tests/sim/play.h"
#include "tests/support/sim_world.h"

static struct sim_world w;
static bool over, good;
static char *printed;
static size_t printed_n;

static void open_world(void)
{
	world_open(&w, NULL, NULL);
	setenv("TZ", "UTC", 1);
}

static void close_world(void)
{
	free(printed);
	printed = NULL;
	world_close(&w);
}

TestSuite(sim_play, .init = open_world, .fini = close_world, .timeout = 60);

static void play_ended(void *with, bool how)
{
	(void)with;
	over = true;
	good = how;
}

static bool is_over(struct sim_world *world)
{
	return over && flows_running(world->line.flows) == 0;
}

/* Plays it; what was printed is in `printed`. True when it went as written. */
static bool plays(const char *text, bool french)
{
	struct sim_link link = {.loop = &w.line.loop, .http = w.line.http, .flows = w.line.flows};
	struct sim_script script = {0};
	struct sim_play play = {
		.link = &link, .script = &script, .french = french, .ended = play_ended};
	struct err err = {0};

	link.url = arena_printf(&w.arena, "http://127.0.0.1:%d", w.line.sim.set.port);
	cr_assert(sim_script_read(&w.arena, str_of(text), &script, &err), "%s", err.text);
	free(printed);
	printed = NULL;
	play.out = open_memstream(&printed, &printed_n);
	over = false;
	sim_play_start(&play);
	cr_assert(world_until(&w, is_over, 20000), "the script does not end");
	fclose(play.out);
	return good;
}

static void will_reply(const char *body)
{
	world_will_answer(
		&w, (struct world_answer){
			    .body = arena_printf(
				    &w.arena, "<Response><Message>%s</Message></Response>", body)});
}

static bool prints(const char *what)
{
	return strstr(printed, what) != NULL;
}

#define NAMES "name " WORLD_STORE " Bici Downtown\nname " WORLD_PHONE " Ana\n"
#define TEXT  WORLD_PHONE " > " WORLD_STORE

Test(sim_play, a_conversation_goes_as_written)
{
	will_reply("We are open now.");
	will_reply("Our address is 417 Queen St W.");
	cr_expect(plays(NAMES "say A customer asks.\n" TEXT ": are you open?\n"
			      "expect from " WORLD_STORE " within 5s: *open*|*closed*\n" TEXT
			      " [photo]: where?\nexpect from " WORLD_STORE ": *queen st*\n"
			      "expect nothing from " WORLD_STORE " for 100ms\n",
			false),
		  "%s", printed);
	cr_expect(prints("A customer asks."));
	cr_expect(prints("> Ana            are you open?"));
	cr_expect(prints("< Bici Downtown  We are open now."));
	cr_expect(prints("The script went as written (texts: 2, answers: 2)."));
	cr_expect(str_is(sim_pairs_value(&w.seen[1].params, "NumMedia"), "1"));
}

Test(sim_play, what_does_not_come_fails_and_says_where)
{
	will_reply("We are open now.");
	cr_expect_not(plays(
		NAMES TEXT ": hello\nexpect from " WORLD_STORE " within 300ms: *closed*\n", false));
	cr_expect(prints("FAILED at line 4: this did not come in time: *closed*"), "%s", printed);
	cr_expect(prints("We are open now."), "what came instead was shown");
}

Test(sim_play, an_answer_is_taken_once)
{
	will_reply("yes");
	cr_expect_not(plays(TEXT ": hello\nexpect from " WORLD_STORE ": yes\n"
				 "expect from " WORLD_STORE " within 200ms: yes\n",
			    true));
	cr_expect(prints("\u00c9CHEC \u00e0 la ligne 3"), "%s", printed);
}

Test(sim_play, an_answer_too_many_is_noticed)
{
	world_will_answer(&w,
			  (struct world_answer){.body = "<Response><Message>a</Message><Message>b"
							"</Message></Response>"});
	cr_expect_not(plays(TEXT ": hello\nexpect from " WORLD_STORE ": a\n"
				 "expect nothing from " WORLD_STORE " for 300ms\n",
			    false));
	cr_expect(prints("nothing was to come, but this did"), "%s", printed);
}

Test(sim_play, what_was_said_before_the_script_is_none_of_its_business)
{
	will_reply("old");
	world_text(&w, "before");
	world_rests(&w);
	cr_expect(plays("phone " WORLD_PHONE " behaves normal\n" TEXT ": hello\n"
			"expect nothing from " WORLD_STORE " for 100ms\n",
			false),
		  "%s", printed);
	cr_expect_not(prints("old"));
}

Test(sim_play, switches_are_thrown_by_scripts)
{
	cr_expect(plays("fault lost next 1\n" TEXT
			": never\nwait 50ms\nfault 429 always\nfaults clear\n",
			false));
	cr_expect_eq(w.seen_n, 0);
	cr_expect_eq(w.line.sim.faults.n, 0);
}

Test(sim_play, a_text_to_a_number_that_is_not_there_fails)
{
	cr_expect_not(plays(WORLD_PHONE " > +14165559999: hello\n", false));
	cr_expect(prints("the practice line answers 404: no number of the practice line"), "%s",
		  printed);
}

Test(sim_play, hostile_text_is_printed_harmless)
{
	will_reply("a&#x9b;2J\xe2\x80\xae"
		   "b");
	cr_expect(plays(TEXT ": x\nexpect from " WORLD_STORE ": *b\n", false), "%s", printed);
	cr_expect(prints("a\ufffd2J\ufffdb"), "%s", printed);
}

#define CALL "call " WORLD_PHONE " > " WORLD_STORE "\n"

/* A store that asks, and answers once something was said or pressed. */
static void will_be_called(void)
{
	world_voice(&w, "/voice", "/status");
	world_answers(&w, "/voice",
		      "<Response><Gather input=\"dtmf speech\" action=\"/heard\" timeout=\"9\" "
		      "numDigits=\"1\"><Say>How can I help?</Say></Gather></Response>");
	world_answers(&w, "/heard",
		      "<Response><Say>We open at nine.</Say><Pause length=\"9\"/></Response>");
}

Test(sim_play, a_call_goes_as_written)
{
	will_be_called();
	cr_expect(plays(NAMES CALL "hear within 5s: *help*\nspeak When do you open?\n"
				   "hear within 5s: *at nine*\nhang up\n",
			false),
		  "%s", printed);
	cr_expect(prints("tel > Ana            (calls)"), "%s", printed);
	cr_expect(prints("tel < Bici Downtown  (ringing)"));
	cr_expect(prints("tel < Bici Downtown  How can I help?"));
	cr_expect(prints("tel > Ana            When do you open?"));
	cr_expect(prints("tel < Bici Downtown  We open at nine."));
	cr_expect(prints("tel > Ana            (hangs up)"));
	cr_expect(prints("(texts: 0, answers: 0, calls: 1)."), "%s", printed);
	cr_expect(world_said(world_asked(&w, "/heard", 0), "SpeechResult", "When do you open?"));
	cr_expect(world_said(world_asked(&w, "/status", 0), "CallStatus", "completed"));
}

Test(sim_play, keys_are_pressed_and_another_call_begins_anew)
{
	will_be_called();
	cr_expect(plays(CALL "hear: *help*\npress 7\nhear: *nine*\nhang up\n" CALL
			     "hear: *help*\nhang up\n",
			true),
		  "%s", printed);
	cr_expect(prints("(appuie sur 7)") && prints("(\u00e7a sonne)") && prints("appels: 2"),
		  "%s", printed);
	cr_expect(world_said(world_asked(&w, "/heard", 0), "Digits", "7"));
}

Test(sim_play, what_is_not_heard_fails_and_says_where)
{
	will_be_called();
	cr_expect_not(plays(CALL "hear within 300ms: *never said*\n", false));
	cr_expect(prints("FAILED at line 2: this was not heard in time: *never said*"), "%s",
		  printed);
	world_voice(&w, "/bye", "");
	world_answers(&w, "/bye", "<Response><Say>Closed.</Say></Response>");
	cr_expect_not(plays(CALL "hear: *closed*\nhear within 60s: *open*\n", false));
	cr_expect(prints("line 3"), "a call that is over is not waited for: %s", printed);
}

Test(sim_play, calls_that_are_written_wrong_are_refused)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{"call +15145550199\n", "line 1: write: call"},
		{"call bob > +14165550001\n", "line 1: write: call"},
		{CALL CALL, "line 2: one call at a time"},
		{"speak hello\n", "line 1: there is no call yet"},
		{CALL "hang up\nhear: *x*\n", "line 3: there is no call yet"},
		{CALL "hear within soon: *x*\n", "line 2: write: hear"},
		{CALL "hear within 5s\n", "line 2: write: hear"},
		{CALL "hang on\n", "line 2: write: hang up"},
		{CALL "speak\n", "line 2: write: speak"},
		{CALL "press\n", "line 2: write: press"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sim_script script = {0};
		struct err err = {0};

		cr_expect_not(sim_script_read(&w.arena, str_of(cases[i].text), &script, &err));
		cr_expect(str_starts(str_of(err.text), str_of(cases[i].says)), "%s", err.text);
	}
}
