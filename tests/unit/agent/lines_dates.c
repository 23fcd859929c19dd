/*
 * lines_dates.c - days and times in words on the development lines, where they are at hand, judged
 * as their scoring script does.
 */
#include "server/agent/date_words.h"

#include "shared/day.h"
#include "tests/unit/agent/lines.h"
#include "tests/unit/agent/shop.h"

#define RIGHT_MIN 96.0 /* per cent, in each language */
#define HOUR_US   INT64_C(3600000000)

enum { LANG, REF, TEXT, START, END, KIND, ALT };

static bool same_day(const struct date_point *p, const char *want)
{
	int64_t day;

	return p->known && day_parse(str_sub(str_of(want), 0, 10), &day) && p->day == day;
}

static bool same(const struct date_point *p, const char *want)
{
	if (strcmp(want, "-") == 0 || !p->known)
		return strcmp(want, "-") == 0 && !p->known;
	return strchr(want, 'T') == NULL ? !p->timed && same_day(p, want)
					 : p->timed && p->at_us == at(want);
}

static bool part_right(const struct date_found *f, char **line)
{
	return f->start.timed && f->start.at_us >= at(line[START]) - HOUR_US &&
	       f->start.at_us < at(line[END]) &&
	       (!f->end.known ||
		(f->end.at_us > f->start.at_us && f->end.at_us <= at(line[END]) + HOUR_US));
}

static bool range_right(const struct date_found *f, char **line)
{
	int64_t end;

	return same_day(&f->start, line[START]) && day_parse(str_of(line[END]), &end) &&
	       (!f->end.known || f->end.day == end || f->end.day == end - 1);
}

static bool right(const struct dates *d, char **line)
{
	const struct date_found *f = d->main == DATES_NONE ? NULL : &d->found[d->main];
	const char *kind = line[KIND];

	if (f == NULL || strcmp(kind, "none") == 0)
		return f == NULL && strcmp(kind, "none") == 0;
	if (strcmp(kind, "date") == 0)
		return same_day(&f->start, line[START]) || same_day(&f->start, line[ALT]);
	if (strcmp(kind, "time") == 0)
		return same(&f->start, line[START]) ||
		       (strcmp(line[ALT], "-") != 0 && same(&f->start, line[ALT]));
	if (strcmp(kind, "interval") == 0)
		return same(&f->start, line[START]) && same(&f->end, line[END]);
	if (strcmp(kind, "part") == 0)
		return part_right(f, line);
	if (strcmp(kind, "range") == 0)
		return range_right(f, line);
	if (strcmp(kind, "after") == 0)
		return same(&f->start, line[START]);
	return same(&f->end, line[END]) || (!f->end.known && same(&f->start, line[END]));
}

static bool line_right(struct arena *a, char **line)
{
	struct str name, ref = str_of(line[REF]);
	struct str instant = (name = ref, str_cut(&name, '['));
	struct date_frame frame = {.language = language_parse(str_of(line[LANG]))};
	struct zone *z = zone_open(str_sub(name, 0, name.n - 1));
	struct dates d;
	bool ok;

	cr_assert_not_null(z, "%s", line[REF]);
	frame.zone = z;
	frame.now_us = at(arena_cstr(a, instant));
	date_words(a, str_of(line[TEXT]), &frame, &d);
	ok = right(&d, line);
	zone_close(z);
	return ok;
}

Test(lines_dates, are_understood)
{
	static const char *const languages[] = {"en", "fr"};
	unsigned all[2] = {0}, good[2] = {0}, invented = 0;
	struct lines lines;
	struct arena a = {0};

	if (!lines_open(&lines, "data/datetime/dev.tsv"))
		return;
	while (lines_next(&lines)) {
		size_t l = strcmp(lines.column[LANG], "fr") == 0 ? 1 : 0;
		bool ok = line_right(&a, lines.column);

		all[l]++;
		good[l] += ok ? 1 : 0;
		invented += !ok && strcmp(lines.column[KIND], "none") == 0 ? 1 : 0;
		if (!ok)
			lines_miss(&lines, lines.column[KIND]);
		arena_clear(&a);
	}
	lines_close(&lines);
	arena_free(&a);
	for (size_t l = 0; l < ARRAY_LEN(languages); l++) {
		printf("dates in %s: %u of %u\n", languages[l], good[l], all[l]);
		cr_expect_geq(100.0 * good[l] / all[l], RIGHT_MIN, "%s", languages[l]);
	}
	cr_expect_eq(invented, 0, "dates were found where none is meant");
}
