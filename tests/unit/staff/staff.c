/*
 * staff: what is remembered of sessions, how delays grow, and what a refresh token is.
 */
#include <criterion/criterion.h>
#include <unistd.h>

#include "server/staff/delays.h"
#include "server/staff/refresh.h"
#include "server/staff/sessions.h"

#define ORG_A  "a0000000-0000-4000-8000-000000000001"
#define ORG_B  "b0000000-0000-4000-8000-000000000002"
#define ANN    "00000000-0000-4000-8000-00000000000a"
#define BOB    "00000000-0000-4000-8000-00000000000b"
#define FIRST  "00000000-0000-4000-8000-000000000001"
#define SECOND "00000000-0000-4000-8000-000000000002"

static struct staff person(const char *organization, const char *user, const char *session)
{
	struct staff who = {.role = ROLE_STAFF, .language = "fr"};

	snprintf(who.organization_id, ID_TEXT, "%s", organization);
	snprintf(who.user_id, ID_TEXT, "%s", user);
	snprintf(who.session_id, ID_TEXT, "%s", session);
	return who;
}

static bool known(const struct sessions *s, const char *organization, const char *session)
{
	struct staff who;

	return sessions_find(s, organization, session, &who);
}

Test(sessions, are_remembered_for_a_second_by_organization_and_id)
{
	struct sessions *s = sessions_new();
	struct staff ann = person(ORG_A, ANN, FIRST), who;
	struct sessions_asked asked = sessions_ask(s);

	cr_expect_not(known(s, ORG_A, FIRST));
	sessions_learn(s, asked, &ann);
	cr_assert(sessions_find(s, ORG_A, FIRST, &who));
	cr_expect_str_eq(who.user_id, ANN);
	cr_expect_eq(who.role, ROLE_STAFF);
	cr_expect_not(known(s, ORG_B, FIRST), "the same id of another organization is another");
	cr_expect_not(known(s, ORG_A, SECOND));
	/* as old as its question, not as its answer */
	asked.at_ms -= SESSIONS_AGE_MS - 1;
	sessions_learn(s, asked, &(struct staff){.role = ROLE_STAFF, .session_id = SECOND});
	asked.at_ms -= 1;
	ann.session_id[0] = 'f';
	sessions_learn(s, asked, &ann);
	cr_expect_not(known(s, ORG_A, ann.session_id));
	sessions_free(s);
}

Test(sessions, that_ended_are_forgotten_at_once)
{
	static const struct {
		const char *organization, *user, *session;
		bool kept[4]; /* Ann's first, Ann's second, Bob's, Ann's at the neighbour's */
	} cases[] = {
		{ORG_A, ANN, FIRST, {false, true, true, true}},
		{ORG_A, NULL, FIRST, {false, true, true, true}},
		{ORG_A, ANN, NULL, {false, false, true, true}},
		{ORG_A, NULL, NULL, {false, false, false, true}},
		{ORG_B, NULL, NULL, {true, true, true, false}},
		{ORG_A, BOB, FIRST, {true, true, true, true}},
	};
	static const char *const third = "00000000-0000-4000-8000-000000000003";

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sessions *s = sessions_new();
		struct staff people[] = {person(ORG_A, ANN, FIRST), person(ORG_A, ANN, SECOND),
					 person(ORG_A, BOB, third), person(ORG_B, ANN, FIRST)};
		struct sessions_asked asked = sessions_ask(s);

		for (size_t k = 0; k < ARRAY_LEN(people); k++)
			sessions_learn(s, asked, &people[k]);
		sessions_ended(s, cases[i].organization, cases[i].user, cases[i].session);
		for (size_t k = 0; k < ARRAY_LEN(people); k++)
			cr_expect_eq(known(s, people[k].organization_id, people[k].session_id),
				     cases[i].kept[k], "case %zu, person %zu", i, k);
		/* an answer from before the end is not believed after it */
		sessions_learn(s, asked, &people[0]);
		cr_expect(cases[i].kept[0] || !known(s, ORG_A, FIRST), "case %zu", i);
		sessions_free(s);
	}
}

Test(sessions, too_many_push_out_the_oldest_only)
{
	struct sessions *s = sessions_new();
	unsigned found = 0;
	char id[ID_TEXT];

	for (unsigned i = 0; i < 100000; i++) {
		struct staff who;

		snprintf(id, sizeof id, "00000000-0000-4000-8000-%012x", i);
		who = person(ORG_A, ANN, id);
		sessions_learn(s, sessions_ask(s), &who);
		cr_assert(known(s, ORG_A, id), "the newest is known: %u", i);
	}
	for (unsigned i = 0; i < 100000; i++) {
		snprintf(id, sizeof id, "00000000-0000-4000-8000-%012x", i);
		found += known(s, ORG_A, id) ? 1 : 0;
	}
	cr_expect_leq(found, 4096);
	sessions_free(s);
}

/* ---- delays ---- */

Test(delays, grow_after_the_free_tries_to_a_minute)
{
	static const unsigned account[] = {0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60};
	struct delays *d = delays_new();
	struct str ann = STR_LIT("store\nann@store.example"), none = STR_LIT("");

	cr_expect_eq(delays_left_s(d, DELAY_ACCOUNT, ann, none), 0);
	for (size_t i = 0; i < ARRAY_LEN(account); i++) {
		delays_failed(d, DELAY_ACCOUNT, ann, none);
		cr_expect_eq(delays_left_s(d, DELAY_ACCOUNT, ann, none), account[i], "after %zu",
			     i + 1);
	}
	for (unsigned i = 1; i <= 30; i++) {
		unsigned left;

		delays_failed(d, DELAY_ADDRESS, STR_LIT("192.0.2.1"), none);
		left = delays_left_s(d, DELAY_ADDRESS, STR_LIT("192.0.2.1"), none);
		cr_expect_eq(left == 0, i <= 20, "after %u", i);
	}
	cr_expect_eq(delays_left_s(d, DELAY_ADDRESS, STR_LIT("192.0.2.2"), none), 0);
	cr_expect_eq(delays_left_s(d, DELAY_PAIR, ann, none), 0, "counted apart");
	delays_forget(d, DELAY_ACCOUNT, ann, none);
	cr_expect_eq(delays_left_s(d, DELAY_ACCOUNT, ann, none), 0);
	delays_failed(d, DELAY_ACCOUNT, ann, none);
	cr_expect_eq(delays_left_s(d, DELAY_ACCOUNT, ann, none), 0, "from the beginning");
	delays_free(d);
}

Test(delays, of_many_tries_at_a_time_one_is_made)
{
	struct delays *d = delays_new();
	struct str ann = STR_LIT("ann"), none = STR_LIT("");

	for (int i = 0; i < 3; i++) {
		cr_expect_not(delays_counted(d, DELAY_ACCOUNT, ann, none),
			      "free ones side by side");
		delays_failed(d, DELAY_ACCOUNT, ann, none);
	}
	cr_expect_not(delays_counted(d, DELAY_ACCOUNT, ann, none));
	delays_failed(d, DELAY_ACCOUNT, ann, none);
	cr_expect_eq(delays_left_s(d, DELAY_ACCOUNT, ann, none), 0, "the next may begin");
	cr_expect(delays_counted(d, DELAY_ACCOUNT, ann, none));
	cr_expect_eq(delays_left_s(d, DELAY_ACCOUNT, ann, none), 1, "and holds up all others");
	delays_uncounted(d, DELAY_ACCOUNT, ann, none);
	cr_expect_eq(delays_left_s(d, DELAY_ACCOUNT, ann, none), 0, "it was right");
	cr_expect(delays_counted(d, DELAY_ACCOUNT, ann, none), "the others before it stay");
	delays_free(d);
}

Test(delays, names_count_alike_in_both_cases_and_do_not_run_together)
{
	struct delays *d = delays_new();

	for (int i = 0; i < 8; i++)
		delays_failed(d, DELAY_PAIR, STR_LIT("s\nAnn@x.example"), STR_LIT("1"));
	cr_expect_gt(delays_left_s(d, DELAY_PAIR, STR_LIT("s\nann@X.EXAMPLE"), STR_LIT("1")), 0);
	cr_expect_eq(delays_left_s(d, DELAY_PAIR, STR_LIT("s\nann@x.example1"), STR_LIT("")), 0);
	cr_expect_eq(delays_left_s(d, DELAY_PAIR, STR_LIT("s\nann@x.exampl"), STR_LIT("e1")), 0);
	delays_free(d);
}

Test(delays, a_flood_of_names_is_bounded)
{
	struct delays *d = delays_new();
	char name[32];

	for (unsigned i = 0; i < 50000; i++) {
		int n = snprintf(name, sizeof name, "name %u", i);

		delays_failed(d, DELAY_ACCOUNT, str_make(name, (size_t)n), STR_LIT(""));
	}
	for (int i = 0; i < 6; i++)
		delays_failed(d, DELAY_ACCOUNT, STR_LIT("ann"), STR_LIT(""));
	cr_expect_gt(delays_left_s(d, DELAY_ACCOUNT, STR_LIT("ann"), STR_LIT("")), 0);
	delays_free(d);
}

/* ---- refresh tokens ---- */

Test(refresh, is_chance_with_a_family)
{
	struct refresh first, next, other, again;

	refresh_make(NULL, &first);
	refresh_make(&first, &next);
	refresh_make(NULL, &other);
	cr_expect_eq(strlen(first.text), 64);
	cr_expect_str_eq(first.family_hash, next.family_hash);
	cr_expect_str_neq(first.hash, next.hash);
	cr_expect_str_neq(first.text, next.text);
	cr_expect_str_neq(first.family_hash, other.family_hash);
	cr_expect_eq(strlen(first.hash), 66);
	cr_expect(strncmp(first.hash, "\\x", 2) == 0);
	cr_assert(refresh_read(str_of(next.text), &again));
	cr_expect_str_eq(again.hash, next.hash);
	cr_expect_str_eq(again.family_hash, next.family_hash);
	cr_expect_str_eq(again.text, next.text);
}

Test(refresh, another_form_is_refused)
{
	struct refresh r, out;
	char text[80];

	refresh_make(NULL, &r);
	cr_expect_not(refresh_read(STR_LIT(""), &out));
	cr_expect_not(refresh_read(str_make(r.text, 63), &out));
	snprintf(text, sizeof text, "%sA", r.text);
	cr_expect_not(refresh_read(str_of(text), &out));
	snprintf(text, sizeof text, "%.63s=", r.text);
	cr_expect_not(refresh_read(str_of(text), &out));
	snprintf(text, sizeof text, "%.63s+", r.text);
	cr_expect_not(refresh_read(str_of(text), &out));
	memcpy(text, r.text, 64);
	text[10] = '\0';
	cr_expect_not(refresh_read(str_make(text, 64), &out));
}

Test(refresh, parts_of_a_digest_do_not_run_together)
{
	const struct str ab_c[] = {STR_LIT("ab"), STR_LIT("c")},
			 a_bc[] = {STR_LIT("a"), STR_LIT("bc")};
	char one[DIGEST_TEXT], two[DIGEST_TEXT], same[DIGEST_TEXT];

	digest_parts(ab_c, 2, one);
	digest_parts(a_bc, 2, two);
	digest_parts(ab_c, 2, same);
	cr_expect_str_neq(one, two);
	cr_expect_str_eq(one, same);
}
