/*
 * listen.c - who listens inside the process (events/hub.h) hears the events of its conversation
 * once, in order, from the number it came with.
 */
#include <criterion/criterion.h>

#include "server/events/hub.h"
#include "tests/support/inside.h"

TestSuite(listen, .init = inside_up, .fini = inside_down);

struct hears {
	struct hub_ear *ear;
	char said[400];
	unsigned n, leave_at; /* unlistens itself at that one */
	struct hub_ear *other;
};

static char *conversation(int nth)
{
	char sql[200];

	snprintf(sql, sizeof sql,
		 "SELECT id FROM conversations WHERE organization_id = '" DEMO_ORG_A
		 "' ORDER BY id OFFSET %d LIMIT 1",
		 nth);
	return sql_text(inside.db->owner, sql);
}

static int64_t newest(void)
{
	return sql_int(inside.db->app, "SELECT last_event FROM organization_counters");
}

/* One event of a conversation with a word in it, committed now. */
static void happens(const char *of, const char *word)
{
	char sql[400];

	snprintf(sql, sizeof sql,
		 "SELECT event_add('" DEMO_ORG_A
		 "', 'test.happened', '%s', NULL, '{\"word\": \"%s\"}')",
		 of, word);
	sql_run(inside.db->owner, sql);
}

static void heard(void *with, const struct event_row *e)
{
	struct hears *h = with;
	ptrdiff_t at = str_find(e->data, STR_LIT("\"word\": \""));
	struct str word = str_sub(e->data, (size_t)at + 9, e->data.n);

	cr_assert(str_is(e->type, "test.happened"));
	word = str_cut(&word, '"');
	snprintf(h->said + strlen(h->said), sizeof h->said - strlen(h->said), STR_FMT " ",
		 STR_ARG(word));
	if (++h->n != h->leave_at)
		return;
	hub_unlisten(h->ear);
	hub_unlisten(h->other);
	h->ear = h->other = NULL;
}

static struct hears *begin(const char *of, int64_t after)
{
	struct hears *h = xcalloc(1, sizeof *h);

	h->ear = hub_listen(inside.app.hub, DEMO_ORG_A, of, after, heard, h);
	return h;
}

static void leave(struct hears *h)
{
	hub_unlisten(h->ear);
	free(h);
}

static bool has_three(void *with)
{
	return ((struct hears *)with)->n >= 3;
}

Test(listen, hears_its_own_conversation_from_the_number_it_came_with)
{
	char *mine = conversation(0), *other = conversation(1);
	int64_t before = newest();
	struct hears *early, *late, *new;

	happens(mine, "one");
	happens(other, "not-mine");
	happens(mine, "two");
	early = begin(mine, before);
	happens(mine, "three");
	hub_nudge(inside.app.hub, DEMO_ORG_A);
	inside_until(has_three, early, 5000);
	/* the feed is ahead of one that comes with an older number */
	late = begin(mine, before);
	new = begin(mine, newest());
	inside_until(has_three, late, 5000);
	happens(mine, "four");
	happens(mine, "five");
	happens(mine, "six");
	hub_nudge(inside.app.hub, DEMO_ORG_A);
	inside_until(has_three, new, 5000);
	cr_expect_str_eq(early->said, "one two three four five six ");
	cr_expect_str_eq(late->said, "one two three four five six ");
	cr_expect_str_eq(new->said, "four five six ");
	leave(early);
	leave(late);
	leave(new);
	free(mine);
	free(other);
}

Test(listen, may_leave_and_send_others_away_while_it_is_told)
{
	char *mine = conversation(0);
	int64_t before = newest();
	struct hears *leaves = begin(mine, before), *sent = begin(mine, before);
	struct hears *stays = begin(mine, before);

	leaves->leave_at = 2;
	leaves->other = sent->ear;
	happens(mine, "one");
	happens(mine, "two");
	happens(mine, "three");
	hub_nudge(inside.app.hub, DEMO_ORG_A);
	inside_until(has_three, stays, 5000);
	cr_expect_str_eq(leaves->said, "one two ");
	cr_expect_leq(sent->n, 3);
	sent->ear = NULL;
	happens(mine, "four");
	hub_nudge(inside.app.hub, DEMO_ORG_A);
	stays->n = 2;
	inside_until(has_three, stays, 5000);
	cr_expect_str_eq(leaves->said, "one two ");
	cr_expect_null(strstr(sent->said, "four"));
	leave(leaves);
	leave(sent);
	leave(stays);
	free(mine);
}

Test(listen, finds_by_itself_what_nobody_has_said)
{
	char *mine = conversation(0);
	struct hears *h = begin(mine, newest());

	inside_for(50);
	happens(mine, "one");
	happens(mine, "two");
	happens(mine, "three");
	inside_until(has_three, h, 3000); /* the hub looks twice a second */
	cr_expect_str_eq(h->said, "one two three ");
	leave(h);
	free(mine);
}
