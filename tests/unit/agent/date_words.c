/*
 * date_words.c - days and times in words: what customers write, what is meant by it.
 */
#include "server/agent/date_words.h"

#include "shared/buf.h"
#include "shared/day.h"
#include "tests/unit/agent/date_lines.h"
#include "tests/unit/agent/shop.h"

#define NOW "2026-05-13T10:20:00-04:00"

static struct zone *toronto;

static void open_zone(void)
{
	toronto = zone_open(STR_LIT("America/Toronto"));
}

static void close_zone(void)
{
	zone_close(toronto);
}

TestSuite(date_words, .init = open_zone, .fini = close_zone);

static struct date_frame frame_at(const char *now, enum language language)
{
	return (struct date_frame){.now_us = at(now), .zone = toronto, .language = language};
}

/* ---- what was found, as date_lines.h writes it ---- */

static void day_add(struct buf *b, int64_t day)
{
	struct day d = day_split(day);

	if (d.year != 2026)
		buf_printf(b, "%04d-", d.year);
	buf_printf(b, "%02d-%02d", d.month, d.mday);
}

static void minute_add(struct buf *b, const struct date_point *p)
{
	buf_printf(b, "%02d:%02d", p->minute / 60, p->minute % 60);
}

static void point_add(struct buf *b, const struct date_point *p)
{
	day_add(b, p->day);
	if (!p->timed)
		return;
	buf_add_char(b, ' ');
	minute_add(b, p);
}

static void found_add(struct buf *b, const struct date_found *f)
{
	static const char *const kinds[] = {
		[DATE_DAY] = "day ",       [DATE_TIME] = "time ",   [DATE_INTERVAL] = "interval ",
		[DATE_PART] = "part ",     [DATE_RANGE] = "range ", [DATE_AFTER] = "after ",
		[DATE_BEFORE] = "before ",
	};

	buf_add_cstr(b, kinds[f->kind]);
	switch (f->kind) {
	case DATE_DAY:
	case DATE_TIME:
	case DATE_AFTER: point_add(b, &f->start); break;
	case DATE_BEFORE: point_add(b, &f->end); break;
	case DATE_INTERVAL:
	case DATE_PART:
		point_add(b, &f->start);
		buf_add_char(b, '-');
		minute_add(b, &f->end);
		break;
	case DATE_RANGE:
		day_add(b, f->start.day);
		buf_add_cstr(b, "..");
		day_add(b, f->end.day);
		break;
	}
}

/* What the text means to somebody at this moment; belongs to the arena. */
static const char *meaning(struct arena *a, const char *text, const struct date_frame *frame)
{
	struct buf b = {0};
	struct dates dates;
	const char *meant = "none";

	date_words(a, str_of(text), frame, &dates);
	if (dates.main != DATES_NONE) {
		found_add(&b, &dates.found[dates.main]);
		meant = arena_cstr(a, buf_str(&b));
	}
	buf_clear(&b);
	return meant;
}

static void lines_hold(const struct date_line *lines, size_t n, enum language language)
{
	struct date_frame frame = frame_at(NOW, language);
	struct arena a = {0};

	for (size_t i = 0; i < n; i++) {
		const char *meant = meaning(&a, lines[i].text, &frame);

		cr_expect_str_eq(meant, lines[i].meant, "\"%s\": %s, and not %s", lines[i].text,
				 meant, lines[i].meant);
		arena_clear(&a);
	}
	arena_free(&a);
}

Test(date_words, english_as_customers_write_it)
{
	lines_hold(english_lines, ARRAY_LEN(english_lines), LANGUAGE_EN);
}

Test(date_words, french_as_customers_write_it)
{
	lines_hold(french_lines, ARRAY_LEN(french_lines), LANGUAGE_FR);
}

Test(date_words, both_languages_when_neither_is_known)
{
	lines_hold(english_lines, ARRAY_LEN(english_lines), LANGUAGE_UNKNOWN);
	lines_hold(french_lines, ARRAY_LEN(french_lines), LANGUAGE_UNKNOWN);
}
