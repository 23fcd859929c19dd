/*
 * passwords: two at a time, a bounded queue, and an end that waits for nobody.
 */
#include "server/staff/passwords.h"

#include <criterion/criterion.h>

#define ROUNDS 5
#define RIGHT  "plum cart wind"

struct world {
	struct loop loop;
	struct flows *flows;
	struct passwords *passwords;
	unsigned answered, refused, matched, renewed;
};

static flow_step asked, answered, failed;

struct
try {
	struct flow flow;
	struct world *w;
	const char *password, *hash;
	struct password_checked checked;
};

static const struct flow_kind try_kind = FLOW_KIND(try, asked, failed, 20000);

static void asked(struct flow *f)
{
	struct try *t = FLOW_SELF(f, struct try);

	if (password_check(f, t->w->passwords, str_of(t->password), t->hash, &t->checked))
		flow_then(f, answered);
	else
		t->w->refused++;
}

static void answered(struct flow *f)
{
	struct try *t = FLOW_SELF(f, struct try);

	t->w->answered++;
	t->w->matched += t->checked.matches ? 1 : 0;
	if (t->checked.renewed[0] != '\0') {
		t->w->renewed++;
		cr_expect(password_matches(RIGHT, t->checked.renewed));
		cr_expect_eq(password_rounds(t->checked.renewed), ROUNDS);
	}
}

static void failed(struct flow *f)
{
	struct try *t = FLOW_SELF(f, struct try);

	cr_expect_eq(f->err.kind, ERR_BUSY);
	t->w->refused++;
}

static void world_open(struct world *w)
{
	*w = (struct world){.answered = 0};
	loop_open(&w->loop);
	w->flows = flows_open(&w->loop, NULL);
	w->passwords = passwords_open(&w->loop, w->flows, ROUNDS);
}

static void world_close(struct world *w)
{
	flows_close(w->flows);
	passwords_close(w->passwords);
	loop_let_go(&w->loop);
	loop_close(&w->loop);
}

static void tried(struct world *w, const char *password, const char *hash)
{
	struct try *t = flow_new(w->flows, &try_kind);

	t->w = w;
	t->password = password;
	t->hash = hash;
	flow_begin(&t->flow);
}

static void all_answered(struct world *w)
{
	while (flows_running(w->flows) > 0)
		uv_run(&w->loop.uv, UV_RUN_ONCE);
}

Test(passwords, only_the_right_one_matches)
{
	char hash[PASSWORD_HASH_MAX], old[PASSWORD_HASH_MAX];
	static const char long_one[] = RIGHT
		" and much more than bcrypt reads: seventy two bytes, then nothing counts any more";
	struct world w;

	world_open(&w);
	password_hash(RIGHT, ROUNDS, hash);
	password_hash(RIGHT, 4, old);
	tried(&w, RIGHT, hash);
	all_answered(&w);
	cr_expect_eq(w.matched, 1);
	cr_expect_eq(w.renewed, 0);
	tried(&w, RIGHT " ", hash);
	tried(&w, "plum cart", hash);
	tried(&w, "", hash);
	tried(&w, RIGHT, NULL);
	tried(&w, RIGHT, "");
	tried(&w, RIGHT, "*0");
	tried(&w, RIGHT, "$2a$05$abcdefghijklmnopqrstuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu");
	tried(&w, "", "");
	tried(&w, long_one, hash);
	all_answered(&w);
	cr_expect_eq(w.matched, 1, "nothing else matches");
	tried(&w, RIGHT, old);
	all_answered(&w);
	cr_expect_eq(w.matched, 2);
	cr_expect_eq(w.renewed, 1, "a hash of lower cost is made anew");
	world_close(&w);
}

/* 72 bytes and more of the same: bcrypt would call them equal. */
Test(passwords, a_longer_one_with_the_same_beginning_does_not_match)
{
	char long72[73], long80[81], hash[PASSWORD_HASH_MAX];
	struct world w;

	memset(long72, 'x', 72);
	memset(long80, 'x', 80);
	long72[72] = long80[80] = '\0';
	password_hash(long72, ROUNDS, hash);
	world_open(&w);
	tried(&w, long80, hash);
	all_answered(&w);
	cr_expect_eq(w.matched, 0);
	tried(&w, long72, hash);
	all_answered(&w);
	cr_expect_eq(w.matched, 1);
	world_close(&w);
}

Test(passwords, two_run_and_thirty_two_wait)
{
	struct passwords_figures figures;
	struct world w;

	world_open(&w);
	for (int i = 0; i < 40; i++)
		tried(&w, RIGHT, NULL);
	passwords_figures(w.passwords, &figures);
	cr_expect_eq(figures.running, 2);
	cr_expect_eq(figures.waiting, 32);
	cr_expect_eq(w.refused, 6);
	all_answered(&w);
	cr_expect_eq(w.answered, 34);
	tried(&w, RIGHT, NULL);
	all_answered(&w);
	cr_expect_eq(w.answered, 35, "there is room again");
	world_close(&w);
}

Test(passwords, who_went_meanwhile_is_skipped_and_harms_nobody)
{
	struct passwords_figures figures;
	struct world w;

	world_open(&w);
	for (int i = 0; i < 20; i++)
		tried(&w, RIGHT, NULL);
	flows_close(w.flows); /* all of them fail now; two are still being worked on */
	cr_expect_eq(w.refused, 20);
	passwords_figures(w.passwords, &figures);
	cr_expect_eq(figures.running, 2);
	passwords_close(w.passwords);
	loop_let_go(&w.loop);
	loop_close(&w.loop);
	cr_expect_eq(w.answered, 0);
}
