/*
 * understand.c - what one look of the pure part of the agent costs: each part over the same lines,
 * the texts of sets (the column `text`) or plain lines. Prints key=value lines: PART_p50_us,
 * PART_p99_us, PART_max_us of single calls.
 *
 * A call is timed by itself, the arena as warm as a flow's; every line comes ROUNDS times, in an
 * order that no cache foresees.
 */
#include "server/agent/date_words.h"
#include "server/agent/detect.h"
#include "server/agent/store_time.h"
#include "shared/clock.h"

#define LINES_MAX 100000
#define ROUNDS    20
#define NOW_US    (INT64_C(1792670400) * 1000000)

struct bench {
	char **lines;
	size_t n;
	struct zone *zone;
	struct store store;
};

/* ---- the parts ---- */

static void language(const struct bench *b, struct arena *a, struct str text)
{
	(void)b;
	(void)a;
	(void)language_detect(text);
}

static void store_time(const struct bench *b, struct arena *a, struct str text)
{
	struct store_status s;

	(void)a;
	/* another moment for each text, within two years */
	store_status_at(&b->store, b->zone, NOW_US + (int64_t)text.n * 51000000000, &s);
}

static void dates(const struct bench *b, struct arena *a, struct str text)
{
	struct date_frame frame = {NOW_US, b->zone, &b->store, LANGUAGE_UNKNOWN};
	struct dates out;

	date_words(a, text, &frame, &out);
}

static const struct part {
	const char *name;
	void (*look)(const struct bench *b, struct arena *a, struct str text);
} parts[] = {
	{"language", language},
	{"store_time", store_time},
	{"dates", dates},
};

/* ---- the lines ---- */

static size_t column_of(const char *header)
{
	size_t at = 0;

	for (struct str rest = str_of(header); rest.p != NULL; at++) {
		if (str_is(str_cut(&rest, '\t'), "text"))
			return at;
	}
	return SIZE_MAX;
}

static void lines_read(struct bench *b, const char *path)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t room = 0, column = SIZE_MAX;
	ssize_t n;

	if (f == NULL) {
		fprintf(stderr, "understand: %s cannot be read\n", path);
		exit(2);
	}
	for (size_t i = 0; (n = getline(&line, &room, f)) >= 0 && b->n < LINES_MAX; i++) {
		struct str rest = {line, (size_t)n}, cell;

		rest = str_trim(rest);
		line[rest.n] = '\0';
		if (i == 0 && (column = column_of(line)) != SIZE_MAX)
			continue;
		cell = rest;
		for (size_t c = 0; column != SIZE_MAX && c <= column; c++)
			cell = str_cut(&rest, '\t');
		if (cell.n == 0)
			continue;
		b->lines[b->n] = xcalloc(1, cell.n + 1);
		memcpy(b->lines[b->n++], cell.p, cell.n);
	}
	free(line);
	fclose(f);
}

/* ---- timing ---- */

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static double in_us(int64_t ns)
{
	return (double)ns / 1e3;
}

static void part_time(const struct bench *b, const struct part *p)
{
	size_t n = b->n * ROUNDS;
	int64_t *took = xcalloc(n, sizeof *took), began;
	struct arena a = {0};

	for (size_t i = 0; i < n; i++) {
		struct str text = str_of(b->lines[i * 7919 % b->n]);

		arena_clear(&a);
		began = now_ns();
		p->look(b, &a, text);
		took[i] = now_ns() - began;
	}
	arena_free(&a);
	qsort(took, n, sizeof *took, by_size);
	printf("%s_p50_us=%.2f\n%s_p99_us=%.2f\n%s_max_us=%.2f\n", p->name, in_us(took[n / 2]),
	       p->name, in_us(took[n * 99 / 100]), p->name, in_us(took[n - 1]));
	free(took);
}

int main(int argc, char **argv)
{
	static struct store_period week[] = {{1, 540, 1080}, {2, 540, 1080}, {3, 540, 1080},
					     {4, 540, 720},  {4, 780, 1260}, {5, 1080, 1560},
					     {6, 600, 1020}};
	struct bench b = {.lines = xcalloc(LINES_MAX, sizeof *b.lines)};

	b.zone = zone_open(STR_LIT("America/Toronto"));
	b.store = (struct store){
		.zone = STR_LIT("America/Toronto"), .periods = week, .periods_n = ARRAY_LEN(week)};
	for (int i = 1; i < argc; i++)
		lines_read(&b, argv[i]);
	if (b.n == 0 || b.zone == NULL) {
		fprintf(stderr, "usage: understand FILE...   (sets with a column \"text\", or a "
				"text a line)\n");
		return 2;
	}
	printf("lines=%zu\n", b.n);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		part_time(&b, &parts[i]);
	for (size_t i = 0; i < b.n; i++)
		free(b.lines[i]);
	free(b.lines);
	zone_close(b.zone);
	return 0;
}
