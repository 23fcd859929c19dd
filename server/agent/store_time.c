/*
 * store_time.c - see store_time.h.
 */
#include "server/agent/store_time.h"

#include "shared/day.h"

#define DAY_MIN 1440

bool store_closed_by_hand(const struct store *s, int64_t now_us)
{
	return s->closed_now && (s->closed_until_us == 0 || now_us < s->closed_until_us);
}

#define DATE_BYTES 10 /* 2026-07-01 */

/* Dates are compared as they are written: a look may go through a year of days. */
static const struct store_special *special_of(const struct store *s, int64_t day)
{
	char date[32];
	struct day d;

	if (s->specials_n == 0)
		return NULL;
	d = day_split(day);
	snprintf(date, sizeof date, "%04d-%02d-%02d", d.year, d.month, d.mday);
	for (size_t i = 0; i < s->specials_n; i++) {
		if (memcmp(s->specials[i].date, date, DATE_BYTES) == 0)
			return &s->specials[i];
	}
	return NULL;
}

/* Puts a span in its place by its beginning, and joins it with those that it touches. */
static void span_add(struct store_day *d, int64_t from, int64_t to)
{
	size_t i, n = 0;

	if (to <= from || d->spans_n == STORE_DAY_SPANS)
		return;
	for (i = d->spans_n; i > 0 && d->spans[i - 1].from_us > from; i--)
		d->spans[i] = d->spans[i - 1];
	d->spans[i] = (struct store_span){from, to};
	d->spans_n++;
	for (i = 1; i < d->spans_n; i++) {
		if (d->spans[i].from_us > d->spans[n].to_us)
			d->spans[++n] = d->spans[i];
		else if (d->spans[i].to_us > d->spans[n].to_us)
			d->spans[n].to_us = d->spans[i].to_us;
	}
	d->spans_n = n + 1;
}

static void period_add(struct store_day *d, const struct zone *z, const struct store_period *p)
{
	int64_t from, to;

	if (p->opens < 0 || p->opens >= DAY_MIN || p->closes <= p->opens ||
	    p->closes > p->opens + DAY_MIN)
		return;
	zone_instant(z, d->day, p->opens, &from);
	zone_instant(z, d->day, p->closes, &to);
	span_add(d, from, to);
}

static void span_drop(struct store_day *d, size_t i)
{
	memmove(&d->spans[i], &d->spans[i + 1], (d->spans_n - i - 1) * sizeof(d->spans[0]));
	d->spans_n--;
}

/* A day that is specially closed ends what the day before began. */
static void spill_cut(const struct store *s, const struct zone *z, struct store_day *d)
{
	const struct store_special *next = special_of(s, d->day + 1);
	int64_t midnight;

	if (next == NULL || !next->closed || d->spans_n == 0)
		return;
	zone_instant(z, d->day + 1, 0, &midnight);
	if (d->spans[d->spans_n - 1].to_us > midnight)
		d->spans[d->spans_n - 1].to_us = midnight;
}

static void hand_cut(const struct store *s, struct store_day *d, int64_t now_us)
{
	bool cut = false;

	if (!store_closed_by_hand(s, now_us))
		return;
	for (size_t i = d->spans_n; i-- > 0;) {
		struct store_span *span = &d->spans[i];

		if (s->closed_until_us == 0 || span->to_us <= s->closed_until_us) {
			cut = true;
			span_drop(d, i);
		} else if (span->from_us < s->closed_until_us) {
			cut = true;
			span->from_us = s->closed_until_us;
		}
	}
	if (cut)
		d->why = STORE_BY_HAND;
}

void store_day_at(const struct store *s, const struct zone *z, int64_t day, int64_t now_us,
		  struct store_day *out)
{
	*out = (struct store_day){.day = day};
	if (z == NULL)
		return;
	out->special = special_of(s, day);
	if (out->special != NULL) {
		for (size_t i = 0; i < out->special->periods_n && !out->special->closed; i++)
			period_add(out, z, &out->special->periods[i]);
		if (out->special->closed || out->spans_n > 0)
			out->why = STORE_SPECIAL;
	} else if (s->periods_n > 0) {
		for (size_t i = 0; i < s->periods_n; i++) {
			if (s->periods[i].weekday == day_weekday(day))
				period_add(out, z, &s->periods[i]);
		}
		out->why = STORE_WEEKLY;
	}
	spill_cut(s, z, out);
	hand_cut(s, out, now_us);
}

/* The first day from this one on that has periods, as far as one looks. */
static int64_t day_with_periods(const struct store *s, int64_t day, int64_t last)
{
	unsigned weekdays = 0;
	bool specials = false;

	for (size_t i = 0; i < s->periods_n; i++)
		weekdays |= 1u << (s->periods[i].weekday & 7);
	for (size_t i = 0; i < s->specials_n; i++)
		specials = specials || s->specials[i].periods_n > 0;
	if (weekdays == 0 && !specials)
		return last + 1;
	for (; day <= last; day++) {
		const struct store_special *special = special_of(s, day);

		if (special == NULL ? (weekdays & 1u << day_weekday(day)) != 0
				    : !special->closed && special->periods_n > 0)
			break;
	}
	return day;
}

bool store_next_span(const struct store *s, const struct zone *z, int64_t from_us, int64_t now_us,
		     struct store_span *out)
{
	bool found = false, by_hand = store_closed_by_hand(s, now_us);
	struct zone_time t;
	struct store_day d;
	int64_t last;

	if (z == NULL || (by_hand && s->closed_until_us == 0))
		return false;
	if (by_hand && s->closed_until_us > from_us)
		from_us = s->closed_until_us;
	zone_local(z, from_us, &t);
	last = t.day + STORE_SEARCH_D;
	for (int64_t day = t.day - 1; day <= last; day++) {
		day = found ? day : day_with_periods(s, day, last);
		store_day_at(s, z, day, now_us, &d);
		for (size_t i = 0; i < d.spans_n; i++) {
			if (d.spans[i].to_us <= from_us)
				continue;
			if (!found)
				*out = d.spans[i];
			else if (d.spans[i].from_us > out->to_us)
				return true;
			else if (d.spans[i].to_us > out->to_us)
				out->to_us = d.spans[i].to_us;
			if (!found)
				last = day + STORE_LOOK_AHEAD_D; /* for what joins it */
			found = true;
		}
	}
	return found;
}

/* The layer that a closed store is closed by: today's, or the hand. */
void store_status_at(const struct store *s, const struct zone *z, int64_t now_us,
		     struct store_status *out)
{
	struct store_span span;
	struct store_day today;
	struct zone_time t;
	bool by_hand = store_closed_by_hand(s, now_us);

	*out = (struct store_status){.why = by_hand ? STORE_BY_HAND : STORE_UNKNOWN};
	if (z == NULL)
		return;
	zone_local(z, now_us, &t);
	store_day_at(s, z, t.day, now_us, &today);
	out->special = today.special;
	if (!by_hand)
		out->why = today.why;
	if (!store_next_span(s, z, now_us, now_us, &span))
		return;
	if (span.from_us <= now_us) {
		int64_t horizon;

		zone_instant(z, t.day + STORE_LOOK_AHEAD_D, 0, &horizon);
		out->open = true;
		out->closes_us = span.to_us < horizon ? span.to_us : 0;
		if (out->why ==
		    STORE_UNKNOWN) /* yesterday's period, known, runs into an unknown day */
			out->why = STORE_WEEKLY;
	} else {
		out->opens_us = span.from_us;
	}
}
