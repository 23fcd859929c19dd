/*
 * store_time_model.c - store_time.h against another way of knowing: the C library's clock
 * (localtime_r under TZ), read minute by minute from the past to the future. A period begins at the
 * first minute whose wall clock shows its beginning or later, and ends at the first that shows its
 * end or later. Sixteen zones, seven years, every change of clocks in them, random weeks, special
 * days and closures by hand, the same each time.
 *
 * TZ is that of the place, or another one while the store's own code runs: the host's zone must not
 * matter.
 */
#include "server/agent/store_time.h"

#include <criterion/criterion.h>
#include <time.h>

#include "shared/day.h"

#define MINUTE_US (60 * INT64_C(1000000))
#define BEFORE_D  3
#define WINDOW_D \
	21 /* days that are read: the last ones only so that ends and beginnings are in it */
#define ASKED_D    7
#define WINDOW_MIN (WINDOW_D * 1440)
#define YEAR_FROM  2024
#define YEAR_UNTIL 2030
#define COARSE     67 /* minutes between two questions far from a change of clocks */

static const char *const places[] = {
	"America/Toronto",  "America/Vancouver",  "America/St_Johns",    "America/Halifax",
	"America/Winnipeg", "America/Regina",     "America/Whitehorse",  "Europe/Paris",
	"Europe/London",    "Australia/Adelaide", "Australia/Lord_Howe", "Asia/Kolkata",
	"Pacific/Chatham",  "Africa/Casablanca",  "America/Santiago",    "Antarctica/Troll",
};

struct wall {
	int64_t day;
	int minute;
};

static struct world {
	const char *place;
	struct zone *zone;
	struct store store;
	struct store_period week[14], special_periods[4][2];
	struct store_special specials[4];
	uint64_t seed;
	time_t from; /* of the window: a whole minute */
	struct wall wall[WINDOW_MIN];
	bool open[WINDOW_MIN];
	int asked, wrong;
} w;

static unsigned chance(unsigned below)
{
	w.seed = w.seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(w.seed >> 33) % below;
}

/* ---- a store ---- */

static struct store_period period(int weekday)
{
	struct store_period p = {.weekday = weekday, .opens = (int)chance(1440)};

	/* often at the hours where clocks change, often past midnight */
	if (chance(3) == 0)
		p.opens = (int)chance(8) * 30;
	p.closes = p.opens + 1 + (int)chance(chance(3) == 0 ? 1440 : 600);
	if (p.closes > p.opens + 1440)
		p.closes = p.opens + 1440;
	return p;
}

static void store_made(int64_t first_day)
{
	size_t n = 0;

	w.store =
		(struct store){.zone = str_of(w.place), .periods = w.week, .specials = w.specials};
	for (int weekday = 1; weekday <= 7; weekday++) {
		for (unsigned i = chance(4); i >= 2; i--)
			w.week[n++] = period(weekday);
		if (chance(4) != 0)
			w.week[n++] = period(weekday);
		if (n > ARRAY_LEN(w.week) - 3)
			break;
	}
	w.store.periods_n = n;
	w.store.specials_n = chance(5);
	for (size_t i = 0; i < w.store.specials_n; i++) {
		struct store_special *x = &w.specials[i];
		struct day d = day_split(first_day + (int64_t)i * 2 + (int64_t)chance(2));

		*x = (struct store_special){.closed = chance(2) == 0,
					    .periods = w.special_periods[i]};
		snprintf(x->date, sizeof x->date, "%04d-%02d-%02d", d.year % 10000, d.month % 100,
			 d.mday % 100);
		for (x->periods_n = 0; x->periods_n < (x->closed ? 0 : 1 + chance(2));
		     x->periods_n++)
			x->periods[x->periods_n] = period(0);
	}
}

/* ---- the other way of knowing ---- */

static void walls_read(void)
{
	struct tm tm;

	for (int i = 0; i < WINDOW_MIN; i++) {
		time_t at = w.from + (time_t)i * 60;

		if (i % 5 == 0) /* clocks change on whole fives of minutes, and so does the day */
			localtime_r(&at, &tm);
		w.wall[i].day = day_number(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
		w.wall[i].minute = tm.tm_hour * 60 + tm.tm_min + i % 5;
		cr_assert(tm.tm_sec == 0 && tm.tm_min % 5 == 0);
	}
}

/* The first minute of the window whose wall clock shows that or later. */
static int first_at(int64_t day, int minute)
{
	int64_t guess;

	day += minute / 1440;
	minute %= 1440;
	guess = (day - w.wall[0].day - 1) *
		1440; /* surely before it: no clock changes by so much */
	for (int i = (int)int_clamp(guess, 0, WINDOW_MIN); i < WINDOW_MIN; i++) {
		if (w.wall[i].day > day || (w.wall[i].day == day && w.wall[i].minute >= minute))
			return i;
	}
	return WINDOW_MIN;
}

static const struct store_special *special_on(int64_t day)
{
	struct day d = day_split(day);
	char date[32];

	snprintf(date, sizeof date, "%04d-%02d-%02d", d.year, d.month, d.mday);
	for (size_t i = 0; i < w.store.specials_n; i++) {
		if (strcmp(w.specials[i].date, date) == 0)
			return &w.specials[i];
	}
	return NULL;
}

static void day_opened(int64_t day)
{
	const struct store_special *special = special_on(day), *next = special_on(day + 1);
	const struct store_period *p = special == NULL ? w.week : special->periods;
	size_t n = special == NULL ? w.store.periods_n : special->closed ? 0 : special->periods_n;
	int last, end = next != NULL && next->closed ? first_at(day + 1, 0) : WINDOW_MIN;

	for (size_t i = 0; i < n; i++) {
		if (special == NULL && p[i].weekday != day_weekday(day))
			continue;
		last = first_at(day, p[i].closes);
		for (int m = first_at(day, p[i].opens); m < last && m < end; m++)
			w.open[m] = true;
	}
}

static void window_read(time_t around)
{
	w.from = around / 300 * 300 - (time_t)BEFORE_D * 86400;
	walls_read();
	store_made(w.wall[0].day);
	memset(w.open, 0, sizeof w.open);
	for (int64_t day = w.wall[0].day - 1; day <= w.wall[WINDOW_MIN - 1].day; day++)
		day_opened(day);
}

/* ---- questions ---- */

static int64_t instant(int minute)
{
	return ((int64_t)w.from + (int64_t)minute * 60) * 1000000;
}

static int64_t next_minute(int from, bool open)
{
	while (from < WINDOW_MIN && w.open[from] != open)
		from++;
	return from == WINDOW_MIN ? 0 : instant(from);
}

static void asked(int minute)
{
	struct store_status s;
	int64_t now = instant(minute) + (int64_t)chance(60) * 1000000;
	int64_t turns = next_minute(minute, !w.open[minute]);
	bool right;

	store_status_at(&w.store, w.zone, now, &s);
	right = s.open == w.open[minute] &&
		(turns == 0 || (s.open ? s.closes_us : s.opens_us) == turns);
	w.asked++;
	if (right)
		return;
	if (w.wrong++ < 5)
		cr_log_error("%s at %" PRId64 " (wall day %" PRId64
			     " minute %d): open %d, should be %d; turns at "
			     "%" PRId64 ", should be %" PRId64,
			     w.place, now / 1000000, w.wall[minute].day, w.wall[minute].minute,
			     s.open, w.open[minute], (s.open ? s.closes_us : s.opens_us) / 1000000,
			     turns / 1000000);
}

/* Every minute near the change, and at each opening and closing; now and then elsewhere. The first
 * day is left out: what began before the window is not known there. */
static void window_asked(int change)
{
	for (int m = 1440 * 2; m < 1440 * ASKED_D; m++) {
		bool near = m >= change - 100 && m < change + 100;
		bool edge = w.open[m] != w.open[m - 1] || w.open[m] != w.open[m + 1];

		if (near || edge || m % COARSE == 0)
			asked(m);
	}
}

/* ---- the zones' years ---- */

static long offset(time_t at)
{
	struct tm tm;

	localtime_r(&at, &tm);
	return tm.tm_gmtoff;
}

static time_t year_begins(int year)
{
	return (time_t)(day_number(year, 1, 1) * 86400);
}

static void zone_set(const char *name)
{
	setenv("TZ", name, 1);
	tzset();
}

static void year_asked(int year)
{
	for (time_t day = year_begins(year); day < year_begins(year + 1); day += 86400) {
		time_t at = day;

		if (offset(day) == offset(day + 86400))
			continue;
		while (offset(at) == offset(day))
			at += 60;
		window_read(at);
		window_asked(BEFORE_D * 1440);
	}
	window_read(year_begins(year) + (time_t)chance(350) * 86400); /* and a quiet week */
	window_asked(0);
	window_read((time_t)(day_number(year, 2, 27) * 86400)); /* with or without a leap day */
	window_asked(0);
}

Test(store_time_model, knows_what_the_clock_on_the_wall_says_in_sixteen_zones_and_seven_years)
{
	static const char *const hosts[] = {"Asia/Tokyo", "America/Los_Angeles", "UTC", ":no/such"};

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		char name[64];

		w.place = places[i];
		w.seed = i + 1;
		snprintf(name, sizeof name, ":%s", places[i]);
		zone_set(hosts[i % ARRAY_LEN(hosts)]);
		w.zone = zone_open(
			str_of(w.place)); /* whatever the host's zone is when it is opened */
		cr_assert_not_null(w.zone, "%s", w.place);
		zone_set(name);
		for (int year = YEAR_FROM; year <= YEAR_UNTIL; year++)
			year_asked(year);
		zone_close(w.zone);
	}
	cr_expect_eq(w.wrong, 0, "%d of %d", w.wrong, w.asked);
	cr_expect_gt(w.asked, 50000);
}
