/*
 * store_time.h - is the store open, why, and when next.
 *
 * Three layers, the later wins: weekly periods, special days, closure by hand. A period belongs to
 * the day on which it begins, also when it ends after midnight; a day that is specially closed is
 * closed from midnight to midnight. Spans are half-open: the closing minute is closed. Periods
 * become instants in the store's zone: one that begins in a skipped hour begins when the clocks
 * have changed, and a repeated time means the first. What is not known is closed, and says so.
 */
#ifndef SWITCHBACK_SERVER_AGENT_STORE_TIME_H
#define SWITCHBACK_SERVER_AGENT_STORE_TIME_H

#include "server/agent/agent.h"
#include "shared/zone.h"

#define STORE_DAY_SPANS 8 /* more periods a day than that are not read */
#define STORE_LOOK_AHEAD_D \
	14 /* days over which open time is joined: longer is "around the clock" */
#define STORE_SEARCH_D                                                             \
	370 /* days that are searched for the next opening: longer than any season \
	     */

enum store_why { STORE_UNKNOWN, STORE_WEEKLY, STORE_SPECIAL, STORE_BY_HAND };

struct store_span {
	int64_t from_us, to_us;
};

/* One calendar day. No span: closed, or not known. */
struct store_day {
	int64_t day;
	enum store_why why;                  /* the layer that decided */
	const struct store_special *special; /* of that date, whichever layer decided; or NULL */
	struct store_span spans[STORE_DAY_SPANS]; /* begin on this day; in order, none touching */
	size_t spans_n;
};

struct store_status {
	bool open;
	enum store_why why;                  /* STORE_UNKNOWN: nothing may be said about hours */
	const struct store_special *special; /* of today, or NULL */
	int64_t closes_us; /* when open: the end of this span; 0: not within the look-ahead */
	int64_t opens_us;  /* when closed: the next opening; 0: not known */
};

/* z NULL: the zone is not known, so nothing is. now_us matters only for a closure by hand. */
void store_day_at(const struct store *s, const struct zone *z, int64_t day, int64_t now_us,
		  struct store_day *out);
void store_status_at(const struct store *s, const struct zone *z, int64_t now_us,
		     struct store_status *out);

/* The first stretch of open time that ends after from_us, joined over days. false: none in sight.
 */
MUST_USE
bool store_next_span(const struct store *s, const struct zone *z, int64_t from_us, int64_t now_us,
		     struct store_span *out);

/* The store is closed by hand at this instant. */
bool store_closed_by_hand(const struct store *s, int64_t now_us);

#endif
