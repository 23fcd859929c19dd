/*
 * signing_in.c - the form: what it asks, what it never shows, and what happens to a session's end.
 */
#include "tests/screen/stage.h"

static struct stage form(void)
{
	struct stage s;

	stage_open(&s, 24, 80, LANGUAGE_EN);
	return s;
}

static void fills_in(struct stage *s, const char *password)
{
	type(s, "marie@velo.example");
	press(s, "Enter");
	type(s, password);
}

Test(signing_in, asks_for_three_things_and_shows_where)
{
	struct stage s = form();
	struct outgoing w;

	expect_shows(&s, "https://switchback.example");
	expect_shows(&s, "velo-plateau");
	fills_in(&s, "correct horse");
	press(&s, "Enter");
	cr_assert(wished(&s, OUT_SIGN_IN, &w));
	cr_expect_str_eq(w.organization, "velo-plateau");
	cr_expect_str_eq(w.email, "marie@velo.example");
	cr_expect_str_eq(w.text, "correct horse");
	outgoing_clear(&w);
	expect_shows(&s, "Signing in");
	press(&s, "Enter"); /* once is enough */
	cr_expect(!wished(&s, OUT_SIGN_IN, &w));
	stage_close(&s);
}

Test(signing_in, never_shows_the_password_nor_its_length)
{
	struct stage s = form();
	char *one, *two;

	fills_in(&s, "x");
	one = xstrdup(screen_of(&s));
	type(&s, "hunter2hunter2");
	two = xstrdup(screen_of(&s));
	cr_expect_str_eq(one, two);
	cr_expect(strstr(two, "hunter") == NULL);
	free(one);
	free(two);
	press(&s, "Enter"); /* handed on, it is kept no longer */
	cr_expect_eq(s.m.sign_in.fields[FIELD_PASSWORD].n, 0);
	cr_expect(s.m.sign_in.fields[FIELD_PASSWORD].text == NULL);
	stage_close(&s);
}

Test(signing_in, says_what_is_wrong_and_when_to_try_again)
{
	struct stage s = form();
	struct problem wrong = {.status = 401, .code = str_of("bad_credentials")};
	struct problem slow = {.status = 429, .code = str_of("too_many"), .retry_after_s = 4};
	struct outgoing w;

	fills_in(&s, "one");
	press(&s, "Enter");
	tell(&s,
	     &(struct msg){.kind = MSG_REFUSED, .id = wish_of(&s, OUT_SIGN_IN), .problem = &wrong});
	expect_shows(&s, "Organization, e-mail or password is not right.");
	type(&s, "two");
	press(&s, "Enter");
	tell(&s,
	     &(struct msg){.kind = MSG_REFUSED, .id = wish_of(&s, OUT_SIGN_IN), .problem = &slow});
	expect_shows(&s, "Try again in 4 s.");
	type(&s, "three");
	press(&s, "Enter"); /* not yet */
	cr_expect(!wished(&s, OUT_SIGN_IN, &w));
	wait_ms(&s, 3000);
	expect_shows(&s, "Try again in 1 s.");
	wait_ms(&s, 1000);
	expect_hides(&s, "Try again");
	press(&s, "Enter");
	cr_expect(wished(&s, OUT_SIGN_IN, &w));
	outgoing_clear(&w);
	stage_close(&s);
}

Test(signing_in, leaves_the_form_to_somebody_else)
{
	struct stage s = form();

	afternoon(&s);
	press(&s, "S");
	expect_shows(&s, "Sign out of this console?");
	press(&s, "y");
	(void)wish_of(&s, OUT_SIGN_OUT);
	tell(&s, &(struct msg){.kind = MSG_SIGNED_OUT});
	expect_shows(&s, "You are signed out.");
	expect_shows(&s, "velo-plateau");
	expect_hides(&s, "marie");
	expect_hides(&s, "Ana");
	cr_expect_eq(s.m.all.count, 0);
	cr_expect_eq(s.m.drafts_n, 0);
	stage_close(&s);
}

Test(signing_in, tells_why_a_session_ended)
{
	static const struct {
		const char *reason, *en, *fr;
	} cases[] = {
		{"revoked", "ended from elsewhere", "fermée ailleurs"},
		{"password", "password was changed", "mot de passe a changé"},
		{"role", "role was changed", "rôle a changé"},
		{"reuse", "from two places", "deux endroits"},
		{"expired", "session has ended", "session a pris fin"},
		{"something new", "session has ended", "session a pris fin"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct problem p = {.code = str_of(cases[i].reason)};
		struct stage s = form();

		afternoon(&s);
		tell(&s, &(struct msg){.kind = MSG_SIGNED_OUT, .problem = &p});
		expect_shows(&s, cases[i].en);
		stage_close(&s);
		s = form();
		afternoon(&s);
		press(&s, "L");
		tell(&s, &(struct msg){.kind = MSG_SIGNED_OUT, .problem = &p});
		expect_shows(&s, cases[i].fr);
		stage_close(&s);
	}
}

/* The first list is refused: the screen does not stay empty for ever. */
Test(signing_in, asks_for_the_list_until_it_comes)
{
	struct problem busy = {.status = 503, .code = str_of("busy")};
	struct wire_conversation c = conversation_of(1, "Ana Silva", "words");
	struct stage s = form();

	signs_in(&s);
	expect_shows(&s, "Reading");
	tell(&s, &(struct msg){.kind = MSG_REFUSED, .id = wish_of(&s, OUT_LIST), .problem = &busy});
	wait_ms(&s, 2000);
	lists(&s, &c, 1, 100);
	expect_shows(&s, "Ana Silva");
	stage_close(&s);
}
