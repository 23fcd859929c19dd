/*
 * gather.c - <Gather>: what is said and pressed while its prompt plays and for `timeout` after it
 * (twilio.md 4.2). Whoever speaks or presses first stops the prompt; without input the document
 * goes on and nobody is asked.
 */
#include "tests/sim/voice/run.h"
#include "tests/sim/voice/sounds.h"

#define DIGITS_ROOM 128

struct gather {
	struct sim_act act;
	struct arena arena;
	const char *action, *method, *finish, *partial;
	bool speech, dtmf, empty_result, partial_get;
	unsigned timeout_ms;
	int64_t digits_max;
	char digits[DIGITS_ROOM];
	size_t digits_n;
	bool talking;
	unsigned partials;
	struct sim_sounds *prompt;
	struct sim_timer *timer;
};

static struct gather *gather_of(struct sim_act *a)
{
	return CONTAINER_OF(a, struct gather, act);
}

static void gather_stop(struct sim_act *a, enum sim_stop why)
{
	struct gather *g = gather_of(a);

	(void)why;
	sim_sounds_stop(&g->prompt);
	sim_timer_free(&g->timer);
	arena_free(&g->arena);
	free(g);
}

static void result_send(struct gather *g, const struct sim_pairs *more)
{
	sim_run_action(g->act.leg, g->action, g->method, more);
}

static void digits_send(struct gather *g)
{
	struct sim_pairs p = {0};

	sim_pairs_put(&p, &g->arena, "Digits", str_make(g->digits, g->digits_n));
	result_send(g, &p);
}

static void on_timeout(void *with)
{
	struct gather *g = with;
	struct sim_pairs none = {0};

	if (g->talking) /* its end is awaited */
		return;
	if (g->digits_n > 0) {
		digits_send(g);
	} else if (g->empty_result) {
		sim_line_note(g->act.leg, "nothing was said");
		sim_pairs_put(&none, &g->arena, g->speech ? "SpeechResult" : "Digits",
			      (struct str){0});
		result_send(g, &none);
	} else {
		sim_act_end(&g->act);
	}
}

static void wait_on(struct gather *g)
{
	sim_quiet_turn(g->act.leg);
	sim_timer_set(g->timer, g->timeout_ms);
}

static void on_prompted(void *with)
{
	struct gather *g = with;

	sim_sounds_stop(&g->prompt);
	if (!g->talking)
		wait_on(g);
}

static void gather_talks(struct sim_act *a)
{
	struct gather *g = gather_of(a);

	if (!g->speech || g->digits_n > 0)
		return;
	g->talking = true;
	sim_sounds_stop(&g->prompt);
	sim_timer_stop(g->timer);
}

/* What is heard before the end of the sentence: told, and what comes back does not matter. */
static void partial_send(struct gather *g, struct str words)
{
	struct sim_pairs p = {0};
	struct arena a = {0};
	ptrdiff_t half = (ptrdiff_t)words.n / 2;

	while (half > 0 && words.p[half] != ' ')
		half--;
	if (g->partial == NULL || half == 0)
		return;
	sim_pairs_put(&p, &a, "UnstableSpeechResult", str_sub(words, 0, (size_t)half));
	sim_pairs_put(&p, &a, "StableSpeechResult", (struct str){0});
	sim_pairs_put_int(&p, &a, "SequenceNumber", g->partials++);
	sim_leg_notify(g->act.leg, sim_run_url(g->act.leg, &a, str_of(g->partial)), g->partial_get,
		       &p);
	arena_free(&a);
}

static void gather_heard(struct sim_act *a, struct str words)
{
	struct gather *g = gather_of(a);
	struct sim_pairs p = {0};

	if (!g->speech || !g->talking)
		return;
	partial_send(g, words);
	sim_pairs_put(&p, &g->arena, "SpeechResult", words);
	sim_pairs_put(&p, &g->arena, "Confidence", STR_LIT("0.9128386"));
	result_send(g, &p);
}

static void gather_digit(struct sim_act *a, char digit)
{
	struct gather *g = gather_of(a);

	if (!g->dtmf || g->talking)
		return;
	sim_sounds_stop(&g->prompt);
	if (strchr(g->finish, digit) != NULL) {
		if (g->digits_n > 0)
			digits_send(g);
		else
			on_timeout(g);
		return;
	}
	if (g->digits_n < sizeof g->digits)
		g->digits[g->digits_n++] = digit;
	if (g->digits_max > 0 && (int64_t)g->digits_n >= g->digits_max)
		digits_send(g);
	else
		wait_on(g);
}

static const struct sim_act_kind gather_kind = {"Gather", gather_stop, gather_talks, gather_heard,
						gather_digit};

void sim_verb_gather(struct sim_leg *leg, const struct sim_node *n)
{
	struct gather *g = xcalloc(1, sizeof *g);
	const char *input = sim_attr_or(n, "input", "dtmf");

	g->act.kind = &gather_kind;
	g->action = arena_strdup(&g->arena, sim_attr_find(n, "action"));
	g->method = arena_strdup(&g->arena, sim_attr_find(n, "method"));
	g->finish = arena_strdup(&g->arena, sim_attr_or(n, "finishOnKey", "#"));
	g->partial = arena_strdup(&g->arena, sim_attr_find(n, "partialResultCallback"));
	g->partial_get = strcmp(sim_attr_or(n, "partialResultCallbackMethod", "POST"), "GET") == 0;
	g->speech = strstr(input, "speech") != NULL;
	g->dtmf = strstr(input, "dtmf") != NULL;
	g->empty_result = sim_attr_true(n, "actionOnEmptyResult", false);
	g->timeout_ms = (unsigned)sim_attr_int(n, "timeout", 0, 3600, 5) * 1000;
	g->digits_max = sim_attr_int(n, "numDigits", 1, DIGITS_ROOM, 0);
	g->timer = sim_timer_new(&leg->sim->loop->uv, on_timeout, g);
	sim_leg_answer(leg);
	sim_act_begin(leg, &g->act);
	if (n->first == NULL)
		wait_on(g);
	else
		g->prompt = sim_sounds_play(leg, n->first, false, on_prompted, g);
	if (leg->talk.talking) /* they are speaking already */
		gather_talks(&g->act);
}
