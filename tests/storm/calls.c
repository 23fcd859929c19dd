/*
 * calls.c - a storm of telephone calls against a running set-up: --calls scripted calls, --parallel
 * at a time, each with a fault at another boundary; --kills times the service is killed in the
 * middle of them. Then every call is judged (calls_judge.c).
 *
 *   calls --sim URL --url URL --database URL --organization ID --slug SLUG --number N
 *         --pid-file FILE --staff FILE --calls N --parallel P --kills K [--from I]
 *         [--stride S] [--verbose]
 *
 * FILE has a line "EMAIL PASSWORD PHONE ID" for each colleague, two for each call of the parallel
 * ones. Prints NAME=VALUE lines; to standard error, for each call with which something is
 * wrong, what that is and its whole timeline. Exit code 0 when nothing is.
 *
 * Calls go in stretches, so that the practice line's memory holds all of one: most of them with a
 * fault each of their own; one for each weather, a fault of all its calls; one with kills.
 */
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/clock.h"
#include "tests/storm/calls.h"

#define PARALLEL_MAX 32
#define STRETCH_MAX  60
#define SETTLE_MS    60000
#define JOURNAL_PAGE 5000

struct storm {
	struct world world;
	struct link link; /* the main thread's */
	int calls, parallel, kills, from;
	int stride; /* call n has fault n * stride */
	/* the stretch */
	struct call *list;
	int list_n;
	atomic_int next, running;
	long long journal; /* the next request of it */
	/* all */
	unsigned wrong[FIGURES], judged, killed;
	int64_t waited_max;
};

/* ---- what is asked for ---- */

static void staff_read(struct world *w, const char *file)
{
	FILE *f = fopen(file, "r");

	if (f == NULL)
		storm_fail("%s cannot be read", file);
	while (w->staff_n < STAFF_MAX &&
	       fscanf(f, "%79s %79s %23s %39s", w->staff[w->staff_n].email,
		      w->staff[w->staff_n].password, w->staff[w->staff_n].phone,
		      w->staff[w->staff_n].id) == 4)
		w->staff_n++;
	fclose(f);
}

static int whole_number(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*text == '\0' || *end != '\0' || n < 0 || n > 1000000)
		storm_fail("\"%s\" is no number", text);
	return (int)n;
}

static void options_read(struct storm *s, int argc, char **argv)
{
	static const struct option known[] = {
		{"sim", 1, NULL, 's'},      {"url", 1, NULL, 'u'},
		{"database", 1, NULL, 'd'}, {"organization", 1, NULL, 'o'},
		{"slug", 1, NULL, 'g'},     {"number", 1, NULL, 'n'},
		{"pid-file", 1, NULL, 'p'}, {"staff", 1, NULL, 'f'},
		{"calls", 1, NULL, 'c'},    {"parallel", 1, NULL, 'j'},
		{"kills", 1, NULL, 'k'},    {"from", 1, NULL, 'i'},
		{"stride", 1, NULL, 't'},   {"verbose", 0, NULL, 'v'},
		{NULL, 0, NULL, 0},
	};
	int o;

	while ((o = getopt_long(argc, argv, "", known, NULL)) >= 0) {
		switch (o) {
		case 's': s->world.sim = optarg; break;
		case 'u': s->world.url = optarg; break;
		case 'd': s->world.database = optarg; break;
		case 'o': s->world.organization = optarg; break;
		case 'g': s->world.slug = optarg; break;
		case 'n': s->world.number = optarg; break;
		case 'p': s->world.pid_file = optarg; break;
		case 'f': staff_read(&s->world, optarg); break;
		case 'c': s->calls = whole_number(optarg); break;
		case 'j': s->parallel = whole_number(optarg); break;
		case 'k': s->kills = whole_number(optarg); break;
		case 'i': s->from = whole_number(optarg); break;
		case 't': s->stride = whole_number(optarg); break;
		case 'v': s->world.verbose = true; break;
		default: exit(2);
		}
	}
	if (s->world.sim == NULL || s->world.url == NULL || s->world.database == NULL ||
	    s->world.organization == NULL || s->world.slug == NULL || s->world.number == NULL ||
	    s->world.pid_file == NULL || s->calls == 0)
		storm_fail("an option is missing");
	if (s->parallel < 1 || s->parallel > PARALLEL_MAX || s->world.staff_n < 2 * s->parallel)
		storm_fail("1 to %d calls at a time, and two colleagues for each", PARALLEL_MAX);
}

/* ---- a stretch ---- */

struct caller {
	struct storm *storm;
	pthread_t thread;
	int slot;
};

static void *caller_run(void *with)
{
	const struct caller *one = with;
	struct storm *s = one->storm;
	struct link l;
	int i;

	link_open(&l, &s->world);
	while ((i = atomic_fetch_add(&s->next, 1)) < s->list_n) {
		struct call *c = &s->list[i];

		c->colleague[0] = &s->world.staff[2 * one->slot];
		c->colleague[1] = &s->world.staff[2 * one->slot + 1];
		/* every script meets every fault, sooner or later */
		call_play(&l, c, (c->n + c->n / (int)faults_n) % scripts_n);
		if (s->world.verbose)
			fprintf(stderr, "%d %s, %s\n", c->n, c->script_name,
				c->fault == NULL || c->fault->words == NULL ? "-"
									    : c->fault->words);
	}
	link_close(&l);
	atomic_fetch_sub(&s->running, 1);
	return NULL;
}

/* 0 while there is none. */
static long service_pid(const struct storm *s)
{
	char text[24] = "";
	FILE *f = fopen(s->world.pid_file, "r");

	if (f == NULL)
		return 0;
	if (fgets(text, sizeof text, f) == NULL)
		text[0] = '\0';
	fclose(f);
	return strtol(text, NULL, 10);
}

/* The service is killed until it was often enough, while there are calls. */
static void kills_run(struct storm *s, unsigned kills)
{
	unsigned begun = s->killed;

	while (atomic_load(&s->running) > 0 && s->killed - begun < kills) {
		long pid;

		usleep(1700000); /* long enough for a call to go on, not for it to end */
		pid = service_pid(s);
		if (pid > 1 && kill((pid_t)pid, SIGKILL) == 0)
			s->killed++;
	}
}

/* What would be looked into in a minute or five is due now, and then nothing is owed any more. */
static bool settled(struct storm *s)
{
	char *open;
	bool is;

	PQclear(link_rows(&s->link,
			  "UPDATE call_sessions s SET ended_at = ended_at - interval '1 minute' "
			  "FROM due_work w WHERE w.kind = 'call_transcript' AND s.ended_at > now() "
			  "- interval '20 seconds' AND s.organization_id = w.organization_id",
			  NULL));
	PQclear(link_rows(&s->link,
			  "UPDATE due_work SET due_at = now() WHERE kind IN ('call_transcript', "
			  "'call_watch', 'call_steer') AND lease IS NULL AND due_at > now()",
			  NULL));
	open = link_sql(&s->link,
			"SELECT (SELECT count(*) FROM call_sessions WHERE stage <> 'ended' AND leg "
			"= 'customer') + (SELECT count(*) FROM due_work WHERE kind IN "
			"('call_transcript', 'call_steer'))",
			NULL);
	is = strcmp(open, "0") == 0;
	free(open);
	return is;
}

static void settle(struct storm *s)
{
	int64_t until = clock_mono_ms() + SETTLE_MS;

	while (!settled(s) && clock_mono_ms() < until)
		usleep(500000); /* asked twice a second: the database tells nobody */
}

/* The requests since the last stretch. */
static json_t *journal_read(struct storm *s)
{
	json_t *all = json_array();

	for (;;) {
		char path[120];
		json_t *page;
		size_t n;

		snprintf(path, sizeof path, "/sim/requests?since=%lld&limit=%d", s->journal,
			 JOURNAL_PAGE);
		if (sim_ask(&s->link, path, NULL, &page) != 200)
			storm_fail("the practice line does not show its journal");
		n = json_array_size(json_object_get(page, "requests"));
		json_array_extend(all, json_object_get(page, "requests"));
		s->journal = json_integer_value(json_object_get(page, "next"));
		json_decref(page);
		if (n < JOURNAL_PAGE)
			return all;
	}
}

static void call_tell(struct storm *s, const struct call *c, const json_t *requests,
		      const struct verdict *v)
{
	struct buf lines = {.limit = 8u << 20};

	call_timeline(&s->link, c, requests, &lines);
	fprintf(stderr, "\ncall %d (%s): %s; %s%s\n%s%s\n", c->n, c->sid, c->script_name,
		c->weather != NULL                            ? c->weather
		: c->fault == NULL || c->fault->words == NULL ? "no fault"
							      : c->fault->words,
		c->fault != NULL && c->fault->staff ? " (staff's phone)" : "", buf_cstr(&v->said),
		buf_cstr(&lines));
	buf_clear(&lines);
}

static void stretch_judge(struct storm *s)
{
	json_t *requests;

	settle(s);
	requests = journal_read(s);
	for (int i = 0; i < s->list_n; i++) {
		struct verdict v = {0};
		unsigned wrong = 0;

		call_judge(&s->link, &s->list[i], requests, &v);
		for (int f = 0; f < FIGURES; f++) {
			s->wrong[f] += v.wrong[f] > 0;
			wrong += v.wrong[f];
		}
		if (v.waited_ms > s->waited_max)
			s->waited_max = v.waited_ms;
		s->judged++;
		if (wrong > 0)
			call_tell(s, &s->list[i], requests, &v);
		buf_clear(&v.said);
		buf_clear(&s->list[i].notes);
	}
	json_decref(requests);
}

static void weather_set(struct storm *s, const char *weather)
{
	char json[200], url[300];

	if (weather != NULL) {
		snprintf(json, sizeof json, "{\"fault\":\"%s\"}", weather);
		if (sim_ask(&s->link, "/sim/faults", json, NULL) != 200)
			storm_fail("the practice line does not take \"%s\"", weather);
		return;
	}
	snprintf(url, sizeof url, "%s/sim/faults", s->world.sim);
	(void)link_ask(&s->link, "DELETE", url, NULL, NULL, NULL, NULL);
}

/* Calls n to n + count - 1. Weather NULL: each has a fault of its own. */
static void stretch_run(struct storm *s, int n, int count, const char *weather, unsigned kills)
{
	struct caller callers[PARALLEL_MAX];
	int threads = count < s->parallel ? count : s->parallel;

	s->list = xcalloc((size_t)count, sizeof *s->list);
	s->list_n = count;
	for (int i = 0; i < count; i++) {
		struct call *c = &s->list[i];

		c->n = n + i;
		c->fault = weather == NULL && kills == 0
				   ? &faults[(size_t)(c->n * s->stride) % faults_n]
				   : NULL;
		c->weather = kills > 0 ? "the service is killed" : weather;
		snprintf(c->phone, sizeof c->phone, "+1437556%04d", c->n);
	}
	if (weather != NULL)
		weather_set(s, weather);
	atomic_store(&s->next, 0);
	atomic_store(&s->running, threads);
	for (int i = 0; i < threads; i++) {
		callers[i] = (struct caller){.storm = s, .slot = i};
		if (pthread_create(&callers[i].thread, NULL, caller_run, &callers[i]) != 0)
			storm_fail("no thread");
	}
	kills_run(s, kills);
	for (int i = 0; i < threads; i++)
		pthread_join(callers[i].thread, NULL);
	weather_set(s, NULL);
	stretch_judge(s);
	free(s->list);
	if (s->world.verbose || s->calls > STRETCH_MAX)
		fprintf(stderr, "%d calls, up to %d; wrong: %u %u %u %u %u\n", (int)s->judged,
			n + count - 1, s->wrong[0], s->wrong[1], s->wrong[2], s->wrong[3],
			s->wrong[4]);
}

/* A fifth of the calls shares the weathers, another fifth lives through the kills. */
static void storm_run(struct storm *s)
{
	int fifth = s->calls / 5, killed = s->kills == 0 ? 0 : fifth;
	int each = fifth / (int)weathers_n, n = s->from;
	int until = s->from + s->calls - killed - each * (int)weathers_n;

	while (n < until) {
		int count = until - n < STRETCH_MAX ? until - n : STRETCH_MAX;

		stretch_run(s, n, count, NULL, 0);
		n += count;
	}
	for (size_t i = 0; each > 0 && i < weathers_n; i++, n += each)
		stretch_run(s, n, each, weathers[i], 0);
	while (killed > 0) {
		int count = killed < STRETCH_MAX ? killed : STRETCH_MAX;
		unsigned kills = (unsigned)(s->kills * count / fifth);

		stretch_run(s, n, count, NULL, kills > 0 ? kills : 1);
		n += count;
		killed -= count;
	}
}

int main(int argc, char **argv)
{
	static struct storm s;
	unsigned wrong = 0;

	signal(SIGPIPE, SIG_IGN);
	s.stride = 1;
	options_read(&s, argc, argv);
	link_open(&s.link, &s.world);
	storm_run(&s);
	link_close(&s.link);
	printf("calls=%u\nkilled=%u\nlongest_silence_ms=%lld\n", s.judged, s.killed,
	       (long long)s.waited_max);
	printf("callers_in_silence=%u\ncalls_lost=%u\ntwo_voices=%u\nlines_lost_or_doubled=%u\n"
	       "two_holders=%u\n",
	       s.wrong[SILENCE], s.wrong[LOST], s.wrong[VOICES], s.wrong[LINES], s.wrong[HOLDERS]);
	for (int f = 0; f < FIGURES; f++)
		wrong += s.wrong[f];
	return wrong == 0 ? 0 : 1;
}
