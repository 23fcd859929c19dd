/*
 * simulate.c - switchbackctl simulate: what the store's hours say at an instant, and what a
 * customer would be told then, through the functions that serve customers. Nothing is changed and
 * nobody is told.
 */
#include "server/agent/calling_hours.h"
#include "server/agent/time_words.h"
#include "server/agent/variables.h"
#include "server/ctl/scope.h"
#include "server/store/store_json.h"
#include "shared/clock.h"
#include "shared/day.h"

#define DAYS_MAX 400

struct simulation {
	struct store store;
	struct zone *zone;
	struct calling_window window;
	int64_t at_us;
	enum zone_fit fit;
};

/* ---- reading ---- */

/* "2026-07-01T14:30:00-04:00"; or the clock on the store's wall: "2026-07-01 14:30". */
static bool instant_read(struct simulation *s, const char *text, struct err *err)
{
	struct str rest = str_of(text), date = str_sub(rest, 0, 10), clock = str_sub(rest, 11, 5);
	int64_t day, hour, minute;

	if (clock_parse(text, &s->at_us))
		return true;
	if (rest.n == 16 && (text[10] == 'T' || text[10] == ' ') && text[13] == ':' &&
	    day_parse(date, &day) && str_int(str_sub(clock, 0, 2), 0, 23, &hour) &&
	    str_int(str_sub(clock, 3, 2), 0, 59, &minute)) {
		s->fit = zone_instant(s->zone, day, (int)(hour * 60 + minute), &s->at_us);
		return true;
	}
	return err_set(
		err, ERR_INPUT,
		"--at %s is no time: write 2026-07-01T14:30:00-04:00, or the store's own time as "
		"\"2026-07-01 14:30\"",
		text);
}

static bool zone_read(struct ctl *c, struct simulation *s, struct err *err)
{
	PGresult *r =
		DATABASE_ASK(&c->db, err,
			     "SELECT time_zone, coalesce(calls_from, 0), coalesce(calls_until, 0) "
			     "FROM organizations WHERE id = $1",
			     c->organization_id);
	int64_t from = 0, until = 0;

	if (r == NULL)
		return false;
	s->zone = zone_open(str_of(PQgetvalue(r, 0, 0)));
	if (str_int(str_of(PQgetvalue(r, 0, 1)), 0, 1440, &from) &&
	    str_int(str_of(PQgetvalue(r, 0, 2)), 0, 1440, &until))
		s->window = (struct calling_window){(int)from, (int)until};
	PQclear(r);
	return s->zone != NULL ||
	       err_set(err, ERR_INPUT,
		       "the store's time zone is not known: set it (switchbackctl organization set "
		       "SLUG --time-zone America/Toronto)");
}

/* As the service would read it at that moment. */
static bool store_read(struct ctl *c, struct simulation *s, struct err *err)
{
	char at[CLOCK_TEXT];
	PGresult *r;

	clock_text(s->at_us, at);
	r = DATABASE_ASK(&c->db, err, "SELECT store_context($1, $2)", c->organization_id, at);
	if (r == NULL)
		return false;
	store_of_json(&c->arena, str_of(PQgetvalue(r, 0, 0)), &s->store);
	PQclear(r);
	return true;
}

/* ---- saying ---- */

static void line(const struct ctl *c, const char *name, const struct buf *b)
{
	fprintf(c->out, "%-9s %s\n", name, buf_cstr(b));
}

/* "Wednesday, July 1, 2026 at 2:30 p.m., UTC-04:00 (EDT)" */
static void instant_add(struct buf *b, const struct simulation *s, int64_t at_us)
{
	struct time_words w = {LANGUAGE_EN, s->zone, s->at_us};
	struct zone_time t;

	zone_local(s->zone, at_us, &t);
	words_date(b, &w, t.day);
	buf_add_cstr(b, " at ");
	words_time(b, &w, at_us);
	buf_printf(b, ", UTC%c%02d:%02d (%s)", t.offset_s < 0 ? '-' : '+', abs(t.offset_s) / 3600,
		   abs(t.offset_s) / 60 % 60, t.abbreviation);
}

static const char *why_text(const struct store_status *now)
{
	switch (now->why) {
	case STORE_WEEKLY: return "the week's hours";
	case STORE_SPECIAL: return "a special day";
	case STORE_BY_HAND: return "closed by hand";
	default: return "its hours are not known, and that counts as closed";
	}
}

static void status_say(struct ctl *c, const struct simulation *s, const struct store_status *now)
{
	int64_t turn = now->open ? now->closes_us : now->opens_us;
	struct buf b;

	buf_init(&b, 400);
	instant_add(&b, s, s->at_us);
	if (s->fit == ZONE_SKIPPED)
		buf_add_cstr(&b,
			     "; that time is skipped when clocks change, this is the moment of it");
	else if (s->fit == ZONE_TWICE)
		buf_add_cstr(&b, "; that time comes twice when clocks change, this is the first");
	line(c, "at", &b);
	buf_reset(&b);
	buf_printf(&b, "%s: %s", now->open ? "open" : "closed", why_text(now));
	if (now->special != NULL && now->special->name_en.n > 0)
		buf_printf(&b, " (" STR_FMT ")", STR_ARG(now->special->name_en));
	line(c, "store", &b);
	buf_reset(&b);
	if (turn != 0)
		instant_add(&b, s, turn);
	else
		buf_add_cstr(&b, now->open ? "not within two weeks" : "not known");
	line(c, now->open ? "closes" : "opens", &b);
	buf_clear(&b);
}

static void calls_say(struct ctl *c, const struct simulation *s)
{
	int64_t next = calling_next(&s->store, s->zone, s->window, s->at_us, s->at_us);
	struct buf b;

	buf_init(&b, 200);
	if (next == s->at_us)
		buf_add_cstr(&b, "the store may call customers");
	else if (next != 0)
		instant_add(&b, s, next);
	else
		buf_add_cstr(&b, "the store calls nobody");
	line(c, next == s->at_us || next == 0 ? "calls" : "calls at", &b);
	buf_clear(&b);
}

/* What the agent is given to say, in both languages. */
static void words_say(struct ctl *c, const struct simulation *s)
{
	static const char *const told[] = {"store_status_text", "store_hours"};
	struct variable v[VARIABLES_N];

	for (enum language l = LANGUAGE_EN; l <= LANGUAGE_FR; l++) {
		struct variables_in in = {.now_us = s->at_us, .store = &s->store, .language = l};

		variables_of(&c->arena, &in, v);
		for (size_t i = 0; i < ARRAY_LEN(told); i++) {
			for (size_t k = 0; k < VARIABLES_N; k++) {
				if (strcmp(v[k].name, told[i]) == 0)
					fprintf(c->out, "%-9s " STR_FMT "\n", language_code(l),
						STR_ARG(v[k].text));
			}
		}
	}
}

static void days_say(struct ctl *c, const struct simulation *s, int64_t days)
{
	struct time_words w = {LANGUAGE_EN, s->zone, s->at_us};
	struct zone_time today;
	struct buf b;

	zone_local(s->zone, s->at_us, &today);
	buf_init(&b, 1000);
	for (int64_t day = today.day; day < today.day + days; day++) {
		struct store_day d;
		struct day date = day_split(day);

		store_day_at(&s->store, s->zone, day, s->at_us, &d);
		buf_reset(&b);
		words_weekday(&b, LANGUAGE_EN, date.weekday);
		buf_printf(&b, " %04d-%02d-%02d  ", date.year, date.month, date.mday);
		if (d.spans_n > 0)
			words_spans(&b, &w, d.spans, d.spans_n);
		else
			buf_add_cstr(&b, d.why == STORE_UNKNOWN ? "not known" : "closed");
		if (d.why == STORE_BY_HAND)
			buf_add_cstr(&b, ", by hand");
		if (d.special != NULL && d.special->name_en.n > 0)
			buf_printf(&b, " (" STR_FMT ")", STR_ARG(d.special->name_en));
		fprintf(c->out, "%s\n", buf_cstr(&b));
	}
	buf_clear(&b);
}

bool simulate_command(struct ctl *c, struct err *err)
{
	const char *at = args_value(&c->args, "at"), *count = args_value(&c->args, "days");
	struct simulation s = {.at_us = clock_wall_us()};
	struct store_status now;
	int64_t days = 0;
	bool ok;

	if (count != NULL && !str_int(str_of(count), 1, DAYS_MAX, &days))
		return err_set(err, ERR_INPUT, "--days %s: a number from 1 to %d", count, DAYS_MAX);
	if (!scope_begin_option(c, err))
		return false;
	ok = zone_read(c, &s, err) && (at == NULL || instant_read(&s, at, err)) &&
	     store_read(c, &s, err);
	if (ok) {
		store_status_at(&s.store, s.zone, s.at_us, &now);
		status_say(c, &s, &now);
		calls_say(c, &s);
		words_say(c, &s);
		days_say(c, &s, days);
	}
	zone_close(s.zone);
	return ok;
}
