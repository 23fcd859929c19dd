/*
 * time_words.c - see time_words.h.
 */
#include "server/agent/time_words.h"

#include "shared/day.h"

#define DAY_MIN    1440
#define WEEK_DAYS  7
#define AUGUST_GSM "aout" /* the spelling of 1990: the u with circumflex is no letter of GSM-7 */

static const char *const weekdays_en[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
					  "Friday", "Saturday", "Sunday"};
static const char *const weekdays_fr[] = {"lundi",    "mardi",  "mercredi", "jeudi",
					  "vendredi", "samedi", "dimanche"};
static const char *const months_en[] = {"January",   "February", "March",    "April",
					"May",       "June",     "July",     "August",
					"September", "October",  "November", "December"};
static const char *const months_fr[] = {"janvier",   "février", "mars",     "avril",
					"mai",       "juin",    "juillet",  AUGUST_GSM,
					"septembre", "octobre", "novembre", "décembre"};

/* French names of the zones' abbreviations, as Canada uses them. */
static const struct {
	const char *en, *fr;
} abbreviations[] = {
	{"NST", "HNT"}, {"NDT", "HAT"}, {"AST", "HNA"}, {"ADT", "HAA"}, {"EST", "HNE"},
	{"EDT", "HAE"}, {"CST", "HNC"}, {"CDT", "HAC"}, {"MST", "HNR"}, {"MDT", "HAR"},
	{"PST", "HNP"}, {"PDT", "HAP"}, {"YST", "HNY"},
};

static const char *abbreviation_in(enum language l, const char *en)
{
	for (size_t i = 0; l == LANGUAGE_FR && i < ARRAY_LEN(abbreviations); i++) {
		if (strcmp(abbreviations[i].en, en) == 0)
			return abbreviations[i].fr;
	}
	return en;
}

/* minute: of a day, 0..1439. */
static void clock_words(struct buf *b, enum language l, int minute)
{
	int hour = minute / 60, past = minute % 60;
	bool french = l == LANGUAGE_FR;

	if (minute == 0)
		buf_add_cstr(b, french ? "minuit" : "midnight");
	else if (minute == DAY_MIN / 2)
		buf_add_cstr(b, french ? "midi" : "noon");
	else if (french && past == 0)
		buf_printf(b, "%d h", hour);
	else if (french)
		buf_printf(b, "%d h %02d", hour, past);
	else
		buf_printf(b, "%d:%02d %s", hour % 12 == 0 ? 12 : hour % 12, past,
			   hour < 12 ? "a.m." : "p.m.");
}

void words_time(struct buf *b, const struct time_words *w, int64_t at_us)
{
	struct zone_time t;
	int64_t first;

	zone_local(w->zone, at_us, &t);
	clock_words(b, w->language, t.minute);
	if (zone_instant(w->zone, t.day, t.minute, &first) == ZONE_TWICE)
		buf_printf(b, " %s", abbreviation_in(w->language, t.abbreviation));
}

void words_weekday(struct buf *b, enum language l, int weekday)
{
	const char *const *names = l == LANGUAGE_FR ? weekdays_fr : weekdays_en;

	buf_add_cstr(b, names[weekday - 1]);
}

static int64_t today_of(const struct time_words *w)
{
	struct zone_time t;

	zone_local(w->zone, w->now_us, &t);
	return t.day;
}

static void date_words(struct buf *b, const struct time_words *w, struct day d, int this_year)
{
	bool french = w->language == LANGUAGE_FR;

	words_weekday(b, w->language, d.weekday);
	if (french)
		buf_printf(b, " %d%s %s", d.mday, d.mday == 1 ? "er" : "", months_fr[d.month - 1]);
	else
		buf_printf(b, ", %s %d", months_en[d.month - 1], d.mday);
	if (d.year != this_year)
		buf_printf(b, french ? " %d" : ", %d", d.year);
}

void words_date(struct buf *b, const struct time_words *w, int64_t day)
{
	date_words(b, w, day_split(day), 0);
}

void words_day(struct buf *b, const struct time_words *w, int64_t day)
{
	int64_t today = today_of(w);
	struct day d = day_split(day);
	bool french = w->language == LANGUAGE_FR;

	if (day == today)
		buf_add_cstr(b, french ? "aujourd'hui" : "today");
	else if (day == today + 1)
		buf_add_cstr(b, french ? "demain" : "tomorrow");
	else if (day > today && day < today + WEEK_DAYS)
		words_weekday(b, w->language, d.weekday);
	else
		date_words(b, w, d, day_split(today).year);
}

void words_when(struct buf *b, const struct time_words *w, int64_t at_us)
{
	struct zone_time t;

	zone_local(w->zone, at_us, &t);
	/* A weekday alone stands without article ("demain", "samedi"), a date has one. */
	if (w->language == LANGUAGE_FR && t.day >= today_of(w) + WEEK_DAYS)
		buf_add_cstr(b, "le ");
	words_day(b, w, t.day);
	buf_add_cstr(b, w->language == LANGUAGE_FR ? " à " : " at ");
	words_time(b, w, at_us);
}

void words_deadline(struct buf *b, const struct time_words *w, int64_t at_us)
{
	struct zone_time t;

	zone_local(w->zone, at_us, &t);
	if (t.day != today_of(w)) {
		words_when(b, w, at_us);
		return;
	}
	if (w->language == LANGUAGE_FR)
		buf_add_cstr(b, "à ");
	words_time(b, w, at_us);
}

/* From midnight of a day to midnight of the next. */
static bool whole_day(const struct time_words *w, struct store_span s)
{
	struct zone_time from, to;

	zone_local(w->zone, s.from_us, &from);
	zone_local(w->zone, s.to_us, &to);
	return from.minute == 0 && to.minute == 0 && to.day == from.day + 1;
}

static void join(struct buf *b, enum language l, size_t i, size_t n)
{
	if (i > 0)
		buf_add_cstr(b, i + 1 < n ? ", " : l == LANGUAGE_FR ? " et " : " and ");
}

void words_spans(struct buf *b, const struct time_words *w, const struct store_span *spans,
		 size_t n)
{
	bool french = w->language == LANGUAGE_FR;

	if (n == 1 && whole_day(w, spans[0])) {
		buf_add_cstr(b, french ? "24 heures sur 24" : "24 hours");
		return;
	}
	for (size_t i = 0; i < n; i++) {
		join(b, w->language, i, n);
		buf_add_cstr(b, french ? "de " : "from ");
		words_time(b, w, spans[i].from_us);
		buf_add_cstr(b, french ? " à " : " to ");
		words_time(b, w, spans[i].to_us);
	}
}

/* ---- the week, by wall time: no date, so no instants ---- */

/* The periods of a weekday, in order of opening, as the rows have them. */
static size_t periods_of(const struct store *s, int weekday,
			 struct store_period out[STORE_DAY_SPANS])
{
	size_t n = 0, j;

	for (size_t i = 0; i < s->periods_n && n < STORE_DAY_SPANS; i++) {
		struct store_period p = s->periods[i];

		if (p.weekday != weekday || p.opens < 0 || p.opens >= DAY_MIN ||
		    p.closes <= p.opens || p.closes > p.opens + DAY_MIN)
			continue;
		for (j = n; j > 0 && out[j - 1].opens > p.opens; j--)
			out[j] = out[j - 1];
		out[j] = p;
		n++;
	}
	return n;
}

static bool days_alike(const struct store *s, int one, int other)
{
	struct store_period a[STORE_DAY_SPANS], b[STORE_DAY_SPANS];
	size_t n = periods_of(s, one, a);

	if (periods_of(s, other, b) != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (a[i].opens != b[i].opens || a[i].closes != b[i].closes)
			return false;
	}
	return true;
}

static void weekday_hours(struct buf *b, enum language l, const struct store *s, int weekday)
{
	struct store_period p[STORE_DAY_SPANS];
	size_t n = periods_of(s, weekday, p);
	bool french = l == LANGUAGE_FR;

	if (n == 0)
		buf_add_cstr(b, french ? "fermé" : "closed");
	if (n == 1 && p[0].opens == 0 && p[0].closes == DAY_MIN) {
		buf_add_cstr(b, french ? "24 heures sur 24" : "24 hours");
		return;
	}
	for (size_t i = 0; i < n; i++) {
		join(b, l, i, n);
		buf_add_cstr(b, french ? "de " : "from ");
		clock_words(b, l, p[i].opens);
		buf_add_cstr(b, french ? " à " : " to ");
		clock_words(b, l, p[i].closes % DAY_MIN);
	}
}

void words_week(struct buf *b, const struct time_words *w, const struct store *s)
{
	bool french = w->language == LANGUAGE_FR;
	int last;

	for (int day = 1; day <= WEEK_DAYS; day = last + 1) {
		for (last = day; last < WEEK_DAYS && days_alike(s, day, last + 1);)
			last++;
		if (day > 1)
			buf_add_cstr(b, "; ");
		words_weekday(b, w->language, day);
		if (last > day) {
			if (last == day + 1)
				buf_add_cstr(b, french ? " et " : " and ");
			else
				buf_add_cstr(b, french ? " au " : " to ");
			words_weekday(b, w->language, last);
		}
		buf_add_char(b, ' ');
		weekday_hours(b, w->language, s, day);
	}
}
