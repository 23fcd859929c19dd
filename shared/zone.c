/*
 * zone.c - see zone.h. The one file that knows GLib, and of GLib only GTimeZone: the offset and the
 * abbreviation at an instant. Wall time to instant is ours, because GLib answers a skipped or
 * repeated wall time without saying that it is one.
 */
#include "shared/zone.h"

#include <glib.h>

#define SECOND_US  1000000
#define DAY_S      86400
#define NAME_BYTES 64
/* Far outside these years the rules mean nothing, and GLib's arithmetic would overflow. */
#define EARLIEST_S (-62135596800) /* 0001-01-01 */
#define LATEST_S   253402300799   /* 9999-12-31 */

struct zone {
	GTimeZone *rules;
};

/* Area/Place, or UTC. GLib alone would also take POSIX strings ("EST5"), offsets, and an empty name
 * for the host's own zone; none of them is a place that a store can be in. */
static bool name_is_iana(struct str name)
{
	bool slash = false;

	if (str_is(name, "UTC"))
		return true;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

		if (!letter && (i == 0 || (!(c >= '0' && c <= '9') && !strchr("_+-/", c))))
			return false;
		slash = slash || c == '/';
	}
	return slash;
}

struct zone *zone_open(struct str name)
{
	char text[NAME_BYTES];
	GTimeZone *rules;
	struct zone *z;

	if (name.n == 0 || name.n >= sizeof(text) || !name_is_iana(name))
		return NULL;
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	rules = g_time_zone_new_identifier(text);
	if (rules == NULL)
		return NULL;
	z = xmalloc(sizeof(*z));
	z->rules = rules;
	return z;
}

struct zone *zone_fixed(int offset_s)
{
	struct zone *z = xmalloc(sizeof(*z));

	z->rules = g_time_zone_new_offset(offset_s);
	return z;
}

void zone_close(struct zone *z)
{
	if (z == NULL)
		return;
	g_time_zone_unref(z->rules);
	free(z);
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0 ? 1 : 0);
}

static gint interval_at(const struct zone *z, int64_t at_s)
{
	return g_time_zone_find_interval(z->rules, G_TIME_TYPE_UNIVERSAL,
					 int_clamp(at_s, EARLIEST_S, LATEST_S));
}

static int64_t offset_at(const struct zone *z, int64_t at_s)
{
	return g_time_zone_get_offset(z->rules, interval_at(z, at_s));
}

void zone_local(const struct zone *z, int64_t at_us, struct zone_time *out)
{
	int64_t at_s = int_clamp(floor_div(at_us, SECOND_US), EARLIEST_S, LATEST_S);
	gint interval = interval_at(z, at_s);
	int64_t wall, of_day;

	out->offset_s = g_time_zone_get_offset(z->rules, interval);
	out->abbreviation = g_time_zone_get_abbreviation(z->rules, interval);
	wall = at_s + out->offset_s;
	out->day = floor_div(wall, DAY_S);
	of_day = wall - out->day * DAY_S;
	out->minute = (int)(of_day / 60);
	out->second = (int)(of_day % 60);
}

/* The first instant in (from, to] whose offset is no longer that of `from`. */
static int64_t change_between(const struct zone *z, int64_t from, int64_t to)
{
	int64_t before = offset_at(z, from);

	while (to - from > 1) {
		int64_t middle = from + (to - from) / 2;

		if (offset_at(z, middle) == before)
			from = middle;
		else
			to = middle;
	}
	return to;
}

/*
 * The offset a day before and the offset a day after are the only two that the wall time can have
 * (no zone changes its clocks twice within two days). Each gives a candidate, and a candidate
 * counts when its own offset is the one it was made with.
 */
enum zone_fit zone_instant(const struct zone *z, int64_t day, int minute, int64_t *at_us)
{
	int64_t wall = int_clamp(day * DAY_S + (int64_t)minute * 60, EARLIEST_S, LATEST_S);
	int64_t before = offset_at(z, wall - DAY_S), after = offset_at(z, wall + DAY_S);
	int64_t early = wall - before, late = wall - after;
	bool early_fits = offset_at(z, early) == before, late_fits = offset_at(z, late) == after;

	if (early_fits) {
		*at_us = early * SECOND_US;
		return late_fits && late != early ? ZONE_TWICE : ZONE_ONCE;
	}
	if (late_fits) {
		*at_us = late * SECOND_US;
		return ZONE_ONCE;
	}
	*at_us = change_between(z, wall - DAY_S, wall + DAY_S) * SECOND_US;
	return ZONE_SKIPPED;
}
