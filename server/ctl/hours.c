/*
 * hours.c - see hours.h.
 */
#include "server/ctl/hours.h"

#define DAY_MINUTES 1440

/* English, and French where it differs. */
static const char *const weekdays[8][3] = {
	[1] = {"mon", "lun", "monday"},    [2] = {"tue", "mar", "tuesday"},
	[3] = {"wed", "mer", "wednesday"}, [4] = {"thu", "jeu", "thursday"},
	[5] = {"fri", "ven", "friday"},    [6] = {"sat", "sam", "saturday"},
	[7] = {"sun", "dim", "sunday"},
};

const char *hours_weekday(int weekday)
{
	if (weekday < 1 || weekday > 7)
		BUG("weekday %d", weekday);
	return weekdays[weekday][0];
}

static int weekday_of(struct str word)
{
	for (int day = 1; day <= 7; day++) {
		for (size_t i = 0; i < 3; i++) {
			if (str_is_nocase(word, weekdays[day][i]))
				return day;
		}
	}
	return 0;
}

/* "9", "9:30", "24:00" */
static bool minute_read(struct str s, int *out)
{
	struct str minutes = s, hours = str_cut(&minutes, ':');
	int64_t h, m = 0;

	if (hours.n < 1 || hours.n > 2 || !str_int(hours, 0, 24, &h))
		return false;
	if (minutes.p != NULL && (minutes.n != 2 || !str_int(minutes, 0, 59, &m)))
		return false;
	*out = (int)(h * 60 + m);
	return *out <= DAY_MINUTES;
}

bool hours_periods_parse(struct str text, struct hours_day *out, struct err *err)
{
	struct str rest = str_trim(text);
	int last = 0;

	out->n = 0;
	if (str_is_nocase(rest, "closed"))
		return true;
	while (rest.n > 0) {
		struct str till = str_trim(str_cut(&rest, ',')),
			   from = str_trim(str_cut(&till, '-'));
		int opens, closes;

		if (!minute_read(from, &opens) || !minute_read(str_trim(till), &closes) ||
		    opens == DAY_MINUTES || opens == closes)
			return err_set(err, ERR_INPUT,
				       "Hours look like 9:00-12:00,13:00-18:00, or "
				       "closed.");
		if (closes < opens)
			closes += DAY_MINUTES;
		if (opens < last || out->n == HOURS_PERIODS_MAX)
			return err_set(err, ERR_INPUT,
				       "Periods of a day go in order and apart, at most "
				       "%d of them.",
				       HOURS_PERIODS_MAX);
		out->periods[out->n].opens = opens;
		out->periods[out->n++].closes = last = closes;
	}
	return out->n > 0 || err_set(err, ERR_INPUT, "Hours are missing: 9:00-18:00, or closed.");
}

bool hours_parse(struct str text, struct hours_day *out, struct err *err)
{
	struct str hours = str_trim(text), days = str_cut(&hours, ' '), till = days;
	int first = weekday_of(str_cut(&till, '-')),
	    last = till.p == NULL ? first : weekday_of(till);

	if (first == 0 || last == 0)
		return err_set(err, ERR_INPUT,
			       "A day is one of mon tue wed thu fri sat sun, or a range "
			       "such as mon-fri.");
	out->weekdays = 0;
	for (int day = first;; day = day % 7 + 1) {
		out->weekdays |= 1u << day;
		if (day == last)
			break;
	}
	return hours_periods_parse(hours, out, err);
}

void hours_period_say(struct buf *b, int opens, int closes)
{
	int till = closes > DAY_MINUTES ? closes - DAY_MINUTES : closes;

	buf_printf(b, "%d:%02d-%d:%02d", opens / 60, opens % 60, till / 60, till % 60);
}
