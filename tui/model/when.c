/*
 * when.c - see when.h.
 */
#include "tui/model/when.h"

#include <time.h>
#include <unistd.h>

#include "shared/day.h"
#include "tui/words/words.h"

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

#define TZ_BYTES 80

struct wall {
	int64_t day;
	int minute;
	struct day date;
};

/* What TZ is to be for a zone; false: there is none of that name. The C library takes a name that
 * it does not know for UTC under that name, and a path for a path. */
static bool zone_file(struct str name, char out[TZ_BYTES])
{
	bool good = name.n > 0 && name.n < TZ_BYTES / 2;

	for (size_t i = 0; i < name.n && good; i++) {
		char c = name.p[i];

		good = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		       (i > 0 && ((c >= '0' && c <= '9') || strchr("_+-/", c) != NULL));
	}
	if (good)
		snprintf(out, TZ_BYTES, ":/usr/share/zoneinfo/" STR_FMT, STR_ARG(name));
	return good && access(out + 1, R_OK) == 0;
}

void when_zone(struct str name)
{
	char file[TZ_BYTES];

	setenv("TZ", zone_file(name, file) ? file : "UTC0", 1);
	tzset();
}

static struct wall wall_of(int64_t at_us)
{
	time_t at = (time_t)((at_us - (at_us % SECOND + SECOND) % SECOND) / SECOND);
	struct wall r = {0};
	struct tm tm;

	if (localtime_r(&at, &tm) == NULL)
		return r;
	r.day = day_number(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	r.minute = tm.tm_hour * 60 + tm.tm_min;
	r.date = day_split(r.day);
	return r;
}

static const char *month_name(const struct when *w, int month, bool is_long)
{
	return say(w->language, (enum word)((is_long ? WORD_JANUARY : WORD_JAN) + (month - 1)));
}

static const char *weekday_name(const struct when *w, int weekday, bool is_long)
{
	return say(w->language, (enum word)((is_long ? WORD_MONDAY : WORD_MON) + (weekday - 1)));
}

static void clock_write(const struct when *w, int minute, char out[WHEN_TEXT])
{
	snprintf(out, WHEN_TEXT, w->language == LANGUAGE_FR ? "%d h %02d" : "%d:%02d", minute / 60,
		 minute % 60);
}

void when_clock(const struct when *w, int64_t at_us, char out[WHEN_TEXT])
{
	clock_write(w, wall_of(at_us).minute, out);
}

/* What is less than a day, in minutes or hours; false when it is more. */
static bool span_write(const struct when *w, int64_t span, char out[WHEN_TEXT])
{
	if (span < MINUTE)
		snprintf(out, WHEN_TEXT, "%s", say(w->language, WORD_NOW));
	else if (span < HOUR)
		snprintf(out, WHEN_TEXT, "%d min", (int)(span / MINUTE));
	else if (span < DAY)
		snprintf(out, WHEN_TEXT, "%d h", (int)(span / HOUR));
	else
		return false;
	return true;
}

void when_short(const struct when *w, int64_t at_us, char out[WHEN_TEXT])
{
	struct wall r;

	if (span_write(w, w->now_us - at_us, out))
		return;
	r = wall_of(at_us);
	snprintf(out, WHEN_TEXT, "%d %s", r.date.mday, month_name(w, r.date.month, false));
}

void when_since(const struct when *w, int64_t at_us, char out[WHEN_TEXT])
{
	int64_t span = w->now_us - at_us;

	if (span >= DAY)
		snprintf(out, WHEN_TEXT, "%d %s", (int)(span / DAY),
			 say(w->language, WORD_DAYS_SHORT));
	else if (span >= HOUR && span < 10 * HOUR)
		snprintf(out, WHEN_TEXT, "%d h %02d", (int)(span / HOUR),
			 (int)(span % HOUR / MINUTE));
	else
		(void)span_write(w, span, out);
}

void when_left(const struct when *w, int64_t at_us, char out[WHEN_TEXT])
{
	int64_t left = at_us - w->now_us;

	when_since(w, w->now_us - (left > MINUTE ? left : MINUTE), out);
}

void when_day(const struct when *w, int64_t at_us, char out[WHEN_TEXT])
{
	struct wall r = wall_of(at_us), now = wall_of(w->now_us);
	const char *weekday = weekday_name(w, r.date.weekday, true);
	const char *month = month_name(w, r.date.month, true);

	if (r.day == now.day)
		snprintf(out, WHEN_TEXT, "%s", say(w->language, WORD_TODAY));
	else if (r.day == now.day - 1)
		snprintf(out, WHEN_TEXT, "%s", say(w->language, WORD_YESTERDAY));
	else if (r.date.year == now.date.year)
		snprintf(out, WHEN_TEXT, "%s %d %s", weekday, r.date.mday, month);
	else
		snprintf(out, WHEN_TEXT, "%s %d %s %d", weekday, r.date.mday, month, r.date.year);
}

void when_full(const struct when *w, int64_t at_us, char out[WHEN_TEXT])
{
	struct wall r = wall_of(at_us);
	char clock[WHEN_TEXT];

	clock_write(w, r.minute, clock);
	if (r.day == wall_of(w->now_us).day)
		snprintf(out, WHEN_TEXT, "%s", clock);
	else
		snprintf(out, WHEN_TEXT, "%.9s %d %.9s %.12s",
			 weekday_name(w, r.date.weekday, false), r.date.mday,
			 month_name(w, r.date.month, false), clock);
}

void when_date(int64_t at_us, char out[WHEN_TEXT])
{
	struct wall r = wall_of(at_us);

	snprintf(out, WHEN_TEXT, "%d-%02d-%02d", r.date.year, r.date.month, r.date.mday);
}

int64_t when_day_number(int64_t at_us)
{
	return wall_of(at_us).day;
}
