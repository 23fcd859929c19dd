/*
 * promise.c - see promise.h.
 */
#include "server/agent/promise.h"

#define MINUTE_US      60000000LL
#define STEP_US        (5 * MINUTE_US)
#define ALARM_US       (240 * MINUTE_US)
#define TARGET_DEFAULT 30
#define TARGET_MAX     (7 * 1440)
#define SEARCH_US      (STORE_LOOK_AHEAD_D * 1440 * MINUTE_US)
#define OPENINGS_MAX   64 /* looked at; more than a fortnight has */

static int64_t round_up(int64_t at_us)
{
	return (at_us + STEP_US - 1) / STEP_US * STEP_US;
}

struct promise promise_make(const struct store *s, const struct zone *z, int64_t now_us)
{
	int64_t minutes = s->reply_target_minutes <= 0 ? TARGET_DEFAULT : s->reply_target_minutes;
	int64_t target = int_clamp(minutes, 1, TARGET_MAX) * MINUTE_US;
	int64_t from = now_us, first = 0;
	struct store_span span;

	for (int i = 0; i < OPENINGS_MAX && store_next_span(s, z, from, now_us, &span); i++) {
		int64_t begin = span.from_us > now_us ? span.from_us : now_us;
		int64_t due = round_up(begin + target);

		if (begin > now_us + SEARCH_US)
			break;
		if (first == 0 && span.from_us > now_us)
			first = due;
		if (due <= span.to_us)
			return (struct promise){due, true};
		from = span.to_us;
	}
	if (first != 0) /* the target is longer than any day: then it runs from the next opening */
		return (struct promise){first, true};
	return (struct promise){round_up(now_us + ALARM_US), false};
}
