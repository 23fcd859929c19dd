/*
 * batch.c - which bytes of a batch a follower gets: from its own number on, of all or of one
 * customer, in pieces.
 */
#include "server/events/batch.h"

#include <criterion/criterion.h>

#define ANNA "a0000000-0000-4000-8000-000000000001"
#define BEN  "a0000000-0000-4000-8000-000000000002"
#define ALL  SIZE_MAX

/* Frames of one letter each, ten times: events 11 to 20 are "aaaaaaaaaa" to "jjjjjjjjjj". */
static struct batch *ten(const char *const customers[10])
{
	static char text[10][10];
	static struct event_row rows[10];
	struct event_rows all = {.rows = rows, .n = 10};

	for (int i = 0; i < 10; i++) {
		memset(text[i], 'a' + i, 10);
		rows[i] = (struct event_row){.seq = 11 + i, .frame = str_make(text[i], 10)};
		if (customers[i] != NULL)
			rows[i].customer = str_of(customers[i]);
	}
	return batch_new(&all, 0);
}

static const char *const mixed[10] = {ANNA, ANNA, NULL, BEN, ANNA, BEN, BEN, BEN, NULL, NULL};

Test(batch, gives_what_comes_next)
{
	static const struct {
		int64_t seq, until;
		size_t most;
		const char *customer;
		int64_t last;
		unsigned events, from, n;
	} cases[] = {
		{11, 20, ALL, NULL, 20, 10, 0, 100}, {20, 20, ALL, NULL, 20, 1, 90, 10},
		{14, 99, ALL, NULL, 20, 7, 30, 70},  {14, 16, ALL, NULL, 16, 3, 30, 30},
		{14, 20, 25, NULL, 15, 2, 30, 20},   {14, 20, 30, NULL, 16, 3, 30, 30},
		{14, 20, 1, NULL, 14, 1, 30, 10}, /* one event, however long */
		{11, 20, ALL, ANNA, 12, 2, 0, 20},   {13, 20, ALL, ANNA, 15, 1, 40, 10},
		{16, 20, ALL, ANNA, 20, 0, 100, 0}, /* nothing more: passed over */
		{12, 14, ALL, BEN, 14, 1, 30, 10},   {11, 13, ALL, BEN, 13, 0, 30, 0},
		{15, 20, 15, BEN, 16, 1, 50, 10},    {15, 20, ALL, BEN, 18, 3, 50, 30},
	};
	struct batch *b = ten(mixed);

	cr_assert(b != NULL);
	cr_expect_eq(batch_last(b), 20);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct batch_run run;
		struct uuid customer;
		bool one = cases[i].customer != NULL;

		if (one)
			cr_assert(uuid_read(str_of(cases[i].customer), &customer));
		batch_run(b, cases[i].seq, cases[i].until, cases[i].most, one ? &customer : NULL,
			  &run);
		cr_expect_eq(run.last, cases[i].last, "case %zu: last %" PRId64, i, run.last);
		cr_expect_eq(run.events, cases[i].events, "case %zu", i);
		cr_expect_eq(run.n, cases[i].n, "case %zu: %u bytes", i, run.n);
		if (run.n > 0)
			cr_expect_eq(run.from, cases[i].from, "case %zu: from %u", i, run.from);
	}
	batch_free(b);
}

Test(batch, is_none_when_a_number_is_missing)
{
	struct event_row rows[] = {{.seq = 4, .frame = STR_LIT("x")},
				   {.seq = 6, .frame = STR_LIT("y")}};
	struct event_rows all = {.rows = rows, .n = 2};

	cr_expect_null(batch_new(&all, 0));
}
