/*
 * date_resolve.c - see date_resolve.h.
 */
#include "server/agent/date_resolve.h"

#include "shared/day.h"

#define HOUR_MIN   60
#define DAY_MIN    1440
#define HALF_MIN   720
#define OPENS_MIN  540 /* where no hours are known */
#define CLOSES_MIN 1080

/* ---- the store's hours ---- */

struct hours {
	int opens, closes; /* minutes of the day; of several periods, the first and the last */
};

static void hours_widen(struct hours *h, const struct store_period *p)
{
	if (p->opens < h->opens)
		h->opens = p->opens;
	if (p->closes > h->closes)
		h->closes = p->closes;
}

/* Of this day; of a day without any, of the week as a whole. */
static struct hours hours_of(const struct date_text *x, int64_t day)
{
	const struct store *s = x->frame->store;
	struct hours of_day = {DAY_MIN, 0}, of_week = {DAY_MIN, 0};
	bool special = false;
	int64_t date;

	for (size_t i = 0; s != NULL && i < s->specials_n; i++) {
		const struct store_special *sp = &s->specials[i];

		if (!day_parse(str_of(sp->date), &date) || date != day)
			continue;
		special = true;
		for (size_t j = 0; j < sp->periods_n && !sp->closed; j++)
			hours_widen(&of_day, &sp->periods[j]);
	}
	for (size_t i = 0; s != NULL && i < s->periods_n; i++) {
		hours_widen(&of_week, &s->periods[i]);
		if (!special && s->periods[i].weekday == day_weekday(day))
			hours_widen(&of_day, &s->periods[i]);
	}
	if (of_day.closes > of_day.opens)
		return of_day;
	if (of_week.closes > of_week.opens)
		return of_week;
	return (struct hours){OPENS_MIN, CLOSES_MIN};
}

/* ---- a clock time ---- */

static int outside(struct hours h, int minute)
{
	return minute < h.opens ? h.opens - minute : minute > h.closes ? minute - h.closes : 0;
}

/* The minute of the day that is meant; half: what a part of the day says ("in the evening"). */
static int minute_meant(const struct date_text *x, const struct date_clock *c, enum date_half half,
			int64_t day)
{
	struct hours h = hours_of(x, day);
	int minute = c->hour * HOUR_MIN + c->minute, later = minute + HALF_MIN;

	if (c->at == CLOCK_OPENING)
		return h.opens;
	if (c->at == CLOCK_CLOSING)
		return h.closes;
	if (c->half != HALF_UNSAID)
		half = c->half;
	if (half == HALF_ALL || c->hour > 12 || c->hour == 0)
		return minute;
	if (half == HALF_AM)
		return c->hour == 12 ? minute - HALF_MIN : minute;
	if (half == HALF_PM)
		return c->hour == 12 ? minute : later;
	if (c->hour == 12)
		return minute;
	return outside(h, later) < outside(h, minute) ? later : minute;
}

/* ---- points ---- */

static struct date_point day_point(const struct date_text *x, int64_t day)
{
	struct date_point p = {.known = true, .day = day};

	p.fit = zone_instant(x->frame->zone, day, 0, &p.at_us);
	return p;
}

static struct date_point time_point(const struct date_text *x, int64_t day, int minute)
{
	struct date_point p = {.known = true, .timed = true};

	p.day = day + minute / DAY_MIN;
	p.minute = minute % DAY_MIN;
	p.fit = zone_instant(x->frame->zone, p.day, p.minute, &p.at_us);
	return p;
}

static struct date_point instant_point(const struct date_text *x, int64_t at_us)
{
	struct date_point p = {.known = true, .timed = true, .at_us = at_us, .fit = ZONE_ONCE};
	struct zone_time local;

	zone_local(x->frame->zone, at_us, &local);
	p.day = local.day;
	p.minute = local.minute;
	return p;
}

/* ---- which day ---- */

/* The group's day, given that it is over at this minute. */
static int64_t day_meant(const struct date_text *x, struct date_group *g, int end)
{
	if (g->days > 0)
		return day_settle(x, &g->day[0], end);
	if (g->spans)
		return g->span.from;
	if (g->part.today || g->clock[0].today)
		return x->today;
	return end > x->minute ? x->today : x->today + 1;
}

static void readings(struct date_found *f, const struct date_group *g)
{
	f->ask = g->days > 0 && g->day[0].ask;
	f->about = g->about;
	f->refused = g->refused;
}

/* The other reading of the day, at the same time. */
static void other_set(const struct date_text *x, struct date_found *f, const struct date_group *g,
		      int minute)
{
	if (g->days == 0 || g->day[0].other == DATE_NO_DAY)
		return;
	f->other =
		minute < 0 ? day_point(x, g->day[0].other) : time_point(x, g->day[0].other, minute);
}

/* ---- kinds ---- */

static bool time_resolve(const struct date_text *x, struct date_group *g, struct date_found *f)
{
	enum date_half half = g->parts ? g->part.half : HALF_UNSAID;
	int64_t day = x->today;
	int minute;

	for (int tries = 0; tries < 2;
	     tries++) { /* the day's hours say which minute, and that the day */
		minute = minute_meant(x, &g->clock[0], half, day);
		day = day_meant(x, g, minute);
		if (day == DATE_NO_DAY)
			return false;
	}
	minute = minute_meant(x, &g->clock[0], half, day);
	f->start = time_point(x, day, minute);
	f->kind = g->bound == BOUND_AFTER ? DATE_AFTER : DATE_TIME;
	other_set(x, f, g, minute);
	if (g->bound == BOUND_BEFORE) {
		f->kind = DATE_BEFORE;
		f->end = f->start;
		f->start = day_point(x, day);
	}
	return true;
}

static bool interval_resolve(const struct date_text *x, struct date_group *g, struct date_found *f)
{
	enum date_half half = g->parts ? g->part.half : HALF_UNSAID;
	int64_t day = x->today;
	int from, to;

	if (half == HALF_AM && g->clock[0].hour < 12 && g->clock[0].half == HALF_UNSAID)
		g->clock[0].half = HALF_AM;
	for (int tries = 0; tries < 2; tries++) {
		from = minute_meant(x, &g->clock[0], half, day);
		day = day_meant(x, g, from);
		if (day == DATE_NO_DAY)
			return false;
	}
	from = minute_meant(x, &g->clock[0], half, day);
	to = minute_meant(x, &g->clock[1], HALF_UNSAID, day);
	if (g->clock[1].half == HALF_UNSAID && g->clock[1].at == CLOCK_TIME &&
	    g->clock[1].hour <= 12) {
		to = g->clock[1].hour % 12 * HOUR_MIN + g->clock[1].minute;
		if (to <= from)
			to += HALF_MIN;
	}
	if (to <= from)
		to += DAY_MIN;
	f->kind = DATE_INTERVAL;
	f->start = time_point(x, day, from);
	f->end = time_point(x, day, to);
	other_set(x, f, g, from);
	return true;
}

static bool part_resolve(const struct date_text *x, struct date_group *g, struct date_found *f)
{
	int from = g->part.from, to = g->part.to;
	int64_t day = day_meant(x, g, to > 0 ? to : CLOSES_MIN);

	if (day == DATE_NO_DAY)
		return false;
	if (g->part.by_store) {
		struct hours h = hours_of(x, day);

		to = g->part.from < 0 ? h.closes : h.opens + g->part.to;
		from = g->part.from < 0 ? h.closes + g->part.from : h.opens;
	}
	f->kind = DATE_PART;
	f->start = time_point(x, day, from);
	f->end = time_point(x, day, to);
	other_set(x, f, g, from);
	if (g->bound == BOUND_AFTER) {
		f->kind = DATE_AFTER;
		f->start = f->end;
		f->end = (struct date_point){0};
	} else if (g->bound == BOUND_BEFORE) {
		f->kind = DATE_BEFORE;
		f->end = g->part.by_store ? f->end : f->start;
		f->start = day_point(x, day);
	}
	return true;
}

static bool day_resolve(const struct date_text *x, struct date_group *g, struct date_found *f)
{
	int64_t day = day_settle(x, &g->day[0], DAY_MIN);

	if (day == DATE_NO_DAY)
		return false;
	f->kind = g->bound == BOUND_AFTER    ? DATE_AFTER
		  : g->bound == BOUND_BEFORE ? DATE_BEFORE
					     : DATE_DAY;
	if (g->bound == BOUND_BEFORE)
		f->end = day_point(x, day);
	else
		f->start = day_point(x, day);
	other_set(x, f, g, -1);
	return true;
}

static bool days_resolve(const struct date_text *x, struct date_group *g, struct date_found *f)
{
	int64_t first, last;
	struct date_text from_first = *x;

	/* "from the 3rd to the 7th": the second one counts from the first */
	first = day_settle(x, &g->day[0], DAY_MIN);
	if (first == DATE_NO_DAY)
		return false;
	from_first.today = first;
	from_first.minute = 0;
	last = day_settle(&from_first, &g->day[1], DAY_MIN);
	if (last == DATE_NO_DAY)
		return false;
	if (g->day[1].day != DATE_NO_DAY && last < first) {
		struct day d = day_split(last);

		if (day_exists(d.year + 1, d.month, d.mday))
			last = day_number(d.year + 1, d.month, d.mday);
	}
	if (last < first)
		return day_resolve(x, g, f);
	f->kind = DATE_RANGE;
	f->start = day_point(x, first);
	f->end = day_point(x, last + 1);
	f->ask = g->day[0].ask || g->day[1].ask;
	return true;
}

static bool span_resolve(const struct date_text *x, struct date_group *g, struct date_found *f)
{
	const struct date_span *s = &g->span;

	f->kind = DATE_RANGE;
	f->ask = s->ask;
	if (s->other != DATE_NO_DAY)
		f->other = day_point(x, s->other);
	if (g->bound == BOUND_AFTER) {
		f->kind = DATE_AFTER;
		f->start = day_point(x, g->inclusive ? s->from : s->to);
	} else if (g->bound == BOUND_BEFORE) {
		f->kind = DATE_BEFORE;
		f->end = day_point(x, s->ending ? s->to - 1 : s->from);
	} else {
		f->start = day_point(x, s->from);
		f->end = day_point(x, s->to);
	}
	return true;
}

bool date_resolve(const struct date_text *x, const struct date_group *group, struct date_found *out)
{
	struct date_group g = *group;
	struct date_found f = {0};
	bool ok;

	if (g.shifts) {
		f.kind = g.bound == BOUND_AFTER    ? DATE_AFTER
			 : g.bound == BOUND_BEFORE ? DATE_BEFORE
						   : DATE_TIME;
		if (g.bound == BOUND_BEFORE) {
			f.end = instant_point(x, g.at_us);
			f.start = day_point(x, f.end.day);
		} else {
			f.start = instant_point(x, g.at_us);
		}
		ok = true;
	} else if (g.days == 2) {
		ok = days_resolve(x, &g, &f);
	} else if (g.clocks == 2) {
		ok = interval_resolve(x, &g, &f);
	} else if (g.clocks == 1) {
		ok = time_resolve(x, &g, &f);
	} else if (g.spans) {
		ok = span_resolve(x, &g, &f);
	} else if (g.parts) {
		ok = part_resolve(x, &g, &f);
	} else {
		ok = day_resolve(x, &g, &f);
	}
	if (!ok || (f.start.known && f.start.day < x->today) ||
	    (f.end.known && f.end.day < x->today))
		return false;
	if (g.days != 2 && !g.spans)
		readings(&f, &g);
	f.about = g.about;
	f.refused = g.refused;
	*out = f;
	return true;
}
