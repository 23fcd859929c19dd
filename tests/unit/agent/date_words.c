/*
 * date_words.c - days and times in words: what customers write, what is meant by it.
 */
#include "server/agent/date_words.h"

#include "server/agent/date_lexicon.h"

#include "shared/buf.h"
#include "shared/day.h"
#include "tests/unit/agent/date_lines.h"
#include "tests/unit/agent/date_lines_fr.h"
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

/* ---- more than the main one ---- */

static struct dates read_at(struct arena *a, const char *now, enum language language,
			    const char *text)
{
	struct date_frame frame = frame_at(now, language);
	struct dates dates;

	date_words(a, str_of(text), &frame, &dates);
	return dates;
}

Test(date_words, all_that_is_named_in_the_order_of_the_text)
{
	static const struct {
		const char *text, *found; /* refused ones in brackets */
	} cases[] = {
		{"friday or saturday at 2", "time 05-15 14:00, time 05-16 14:00"},
		{"monday, tuesday or thursday", "day 05-18, day 05-19, day 05-14"},
		{"samedi matin ou dimanche après-midi",
		 "part 05-16 08:00-12:00, part 05-17 12:00-17:00"},
		{"not friday, monday", "(day 05-15), day 05-18"},
		{"mardi, non jeudi à 15 h", "(day 05-19), time 05-14 15:00"},
		{"tomorrow at 3, no 4", "(time 05-14 15:00), time 05-14 16:00"},
		{"move it from thursday to friday", "(after 05-14), day 05-15"},
		{"friday doesn't work, saturday?", "(day 05-15), day 05-16"},
		{"mardi je peux pas, jeudi à 11h", "(day 05-19), time 05-14 11:00"},
		{"any day next week except monday", "range 05-18..05-25, (day 05-18)"},
		{"I can't do friday", "(day 05-15)"},
		{"sat & sun", "day 05-16, day 05-17"},
		{"thanks", ""},
	};
	struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct dates d = read_at(&a, NOW, LANGUAGE_UNKNOWN, cases[i].text);
		struct buf b = {0};

		for (size_t j = 0; j < d.n; j++) {
			buf_add_cstr(&b, j > 0 ? ", " : "");
			buf_add_cstr(&b, d.found[j].refused ? "(" : "");
			found_add(&b, &d.found[j]);
			buf_add_cstr(&b, d.found[j].refused ? ")" : "");
		}
		cr_expect_str_eq(buf_cstr(&b), cases[i].found, "\"%s\": %s", cases[i].text,
				 buf_cstr(&b));
		buf_clear(&b);
		arena_clear(&a);
	}
	arena_free(&a);
}

Test(date_words, says_what_can_be_read_in_two_ways)
{
	static const struct {
		const char *text, *other; /* the other day; NULL: none */
		enum language language;
		bool ask;
	} cases[] = {
		{"next friday", "2026-05-15", LANGUAGE_EN, true},
		{"vendredi prochain", "2026-05-22", LANGUAGE_FR, true},
		{"next tuesday", NULL, LANGUAGE_EN, false},
		{"the friday after next", "2026-05-29", LANGUAGE_EN, true},
		{"next weekend", "2026-05-16", LANGUAGE_EN, true},
		{"on 6/5", "2026-06-05", LANGUAGE_FR, true}, /* le 6 mai est passé: 2027 */
		{"on 6/7", "2026-07-06", LANGUAGE_EN, true},
		{"le 6/7", "2026-06-07", LANGUAGE_FR, true},
		{"on 6/25", NULL, LANGUAGE_EN, false},
		{"sunday 6/7", NULL, LANGUAGE_EN, false},
		{"monday 7/6", NULL, LANGUAGE_EN, false},
		{"monday the 21st", NULL, LANGUAGE_EN, false}, /* the next 21st on a Monday */
		{"monday may 19", NULL, LANGUAGE_EN, true},    /* which is a Tuesday */
		{"wednesday", "2026-05-20", LANGUAGE_EN, false},
		{"dans quinze jours", "2026-05-28", LANGUAGE_FR, false},
		{"dans 15 jours", "2026-05-27", LANGUAGE_FR, false},
		{"tomorrow", NULL, LANGUAGE_EN, false},
	};
	struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct dates d = read_at(&a, NOW, cases[i].language, cases[i].text);
		int64_t day = 0;

		cr_assert_eq(d.n, 1, "%s", cases[i].text);
		cr_expect_eq(d.found[0].ask, cases[i].ask, "%s", cases[i].text);
		cr_expect_eq(d.found[0].other.known, cases[i].other != NULL, "%s", cases[i].text);
		if (cases[i].other == NULL)
			continue;
		cr_assert(day_parse(str_of(cases[i].other), &day));
		cr_expect_eq(d.found[0].other.day, day, "%s", cases[i].text);
		arena_clear(&a);
	}
	arena_free(&a);
}

Test(date_words, says_where_in_the_text)
{
	static const struct {
		const char *text, *place;
	} cases[] = {
		{"Could I come tomorrow at 3 p.m.? Thanks", "tomorrow at 3 p.m."},
		{"l’été, disons « le 3 à 14 h 30 » svp", "le 3 à 14 h 30"},
		{"\xff\xfe friday \xc3", "friday"},
		{"book me for the 22nd!", "the 22nd"},
	};
	struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct dates d = read_at(&a, NOW, LANGUAGE_UNKNOWN, cases[i].text);
		const struct date_found *f = &d.found[0];

		cr_assert_eq(d.n, 1, "%s", cases[i].text);
		cr_expect(str_is(str_sub(str_of(cases[i].text), f->from, f->to - f->from),
				 cases[i].place),
			  "%s: %zu to %zu", cases[i].text, f->from, f->to);
		arena_clear(&a);
	}
	arena_free(&a);
}

/* ---- the store's hours ---- */

/* shop.h: to 6, Thursday to 8:30 p.m., Saturday 10 to 5, St-Jean from noon to 5. */
Test(date_words, a_bare_hour_is_one_at_which_the_store_is_open)
{
	static const struct date_line lines[] = {
		{"thursday at 8", "time 05-14 20:00"},
		{"friday at 8", "time 05-15 08:00"},
		{"saturday at 9", "time 05-16 09:00"},
		{"saturday at 6", "time 05-16 18:00"},
		{"thursday between 6 and 8", "interval 05-14 18:00-20:00"},
		{"saturday at closing", "time 05-16 17:00"},
		{"samedi à l'ouverture", "time 05-16 10:00"},
		{"first thing saturday", "time 05-16 10:00"},
		{"june 24 at opening", "time 06-24 12:00"},
		{"end of day thursday", "part 05-14 18:30-20:30"},
		{"thursday before closing", "before 05-14 20:30"},
		{"sunday at 3", "time 05-17 15:00"},
	};
	struct store s = shop();
	struct date_frame frame = frame_at(NOW, LANGUAGE_UNKNOWN);
	struct arena a = {0};

	frame.store = &s;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		cr_expect_str_eq(meaning(&a, lines[i].text, &frame), lines[i].meant, "\"%s\"",
				 lines[i].text);
		arena_clear(&a);
	}
	arena_free(&a);
}

Test(date_words, what_is_over_is_not_meant)
{
	static const struct {
		const char *now, *text, *meant;
	} cases[] = {
		{"2026-05-13T16:30:00-04:00", "at 3", "time 05-14 15:00"},
		{"2026-05-13T16:30:00-04:00", "wednesday at 3", "time 05-20 15:00"},
		{"2026-05-13T16:30:00-04:00", "the 13th at 3", "time 06-13 15:00"},
		{"2026-05-13T16:30:00-04:00", "mercredi matin", "part 05-20 08:00-12:00"},
		{"2026-05-13T22:30:00-04:00", "morning works", "part 05-14 08:00-12:00"},
		{"2026-05-16T12:00:00-04:00", "this weekend", "range 05-16..05-18"},
		{"2026-05-17T12:00:00-04:00", "this weekend", "range 05-17..05-18"},
		{"2026-05-17T12:00:00-04:00", "next weekend", "range 05-23..05-25"},
		{"2026-05-31T12:00:00-04:00", "le 31", "day 05-31"},
		{"2026-06-01T12:00:00-04:00", "le 31", "day 07-31"},
		{"2026-12-31T23:50:00-05:00", "tomorrow at 9", "time 2027-01-01 09:00"},
		{"2026-12-30T12:00:00-05:00", "next week", "range 2027-01-04..2027-01-11"},
		{"2028-02-28T12:00:00-05:00", "tomorrow", "day 2028-02-29"},
	};
	struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct date_frame frame = frame_at(cases[i].now, LANGUAGE_UNKNOWN);

		cr_expect_str_eq(meaning(&a, cases[i].text, &frame), cases[i].meant, "\"%s\"",
				 cases[i].text);
		arena_clear(&a);
	}
	arena_free(&a);
}

/* ---- bounds ---- */

Test(date_words, long_texts_are_read_to_their_bounds)
{
	static char text[3 * AGENT_TEXT_MAX];
	struct date_frame frame = frame_at(NOW, LANGUAGE_UNKNOWN);
	struct arena a = {0};
	struct dates d;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = "friday at 3, "[i % 13];
	date_words(&a, str_make(text, sizeof(text)), &frame, &d);
	cr_expect(d.cut);
	cr_expect_leq(d.n, DATES_MAX);
	memset(text, 'x', sizeof(text));
	memcpy(text + AGENT_TEXT_MAX, " tomorrow ", 10);
	date_words(&a, str_make(text, sizeof(text)), &frame, &d);
	cr_expect(d.cut && d.n == 0, "what lies behind the bound is not read");
	date_words(&a, (struct str){NULL, 0}, &frame, &d);
	cr_expect(!d.cut && d.n == 0 && d.main == DATES_NONE);
	arena_free(&a);
}

Test(date_words, the_lexicon_is_in_the_order_in_which_it_is_searched)
{
	const struct date_word *before = date_word_at(0), *w;

	for (size_t i = 1; (w = date_word_at(i)) != NULL; i++) {
		cr_expect_leq(strcmp(before->word, w->word), 0, "%s, %s", before->word, w->word);
		before = w;
	}
}
