/*
 * understand_datetime.c - switchbackctl understand datetime: the day or time that each line's text
 * means, seen from the instant and the zone that the line names.
 */
#include "server/agent/date_words.h"
#include "server/ctl/understand.h"
#include "shared/clock.h"
#include "shared/day.h"

#define OFFSET_CHARS 6 /* "-05:00" */
#define MINUTE_US    INT64_C(60000000)
#define HOUR_MIN     60

/* The offset that ends the instant; false when there is none. */
static bool offset_read(struct str instant, int *offset_s)
{
	int64_t hours, minutes;
	struct str end;

	*offset_s = 0;
	if (str_ends(instant, STR_LIT("Z")))
		return true;
	if (instant.n < OFFSET_CHARS)
		return false;
	end = str_sub(instant, instant.n - OFFSET_CHARS, OFFSET_CHARS);
	if ((end.p[0] != '+' && end.p[0] != '-') || end.p[3] != ':' ||
	    !str_int(str_sub(end, 1, 2), 0, 23, &hours) ||
	    !str_int(str_sub(end, 4, 2), 0, 59, &minutes))
		return false;
	*offset_s = (int)(hours * HOUR_MIN + minutes) * 60 * (end.p[0] == '-' ? -1 : 1);
	return true;
}

/* "2026-10-01T09:10:00-05:00[America/Winnipeg]"; without a zone the offset is fixed. */
static bool ref_read(struct arena *a, struct str ref, int64_t *now_us, struct zone **zone,
		     struct err *err)
{
	struct str name = ref, instant = str_cut(&name, '[');
	int offset_s;

	*zone = NULL;
	if (!clock_parse(arena_cstr(a, instant), now_us) || !offset_read(instant, &offset_s))
		return err_set(err, ERR_INPUT,
			       "the instant \"" STR_FMT
			       "\" cannot be read: write 2026-10-01T09:10:00-05:00",
			       STR_ARG(instant));
	if (name.p == NULL)
		*zone = zone_fixed(offset_s);
	else if (str_ends(name, STR_LIT("]")))
		*zone = zone_open(str_sub(name, 0, name.n - 1));
	if (*zone == NULL)
		return err_set(err, ERR_INPUT,
			       "\"" STR_FMT "\" names no zone: write [America/Toronto] behind the "
			       "instant, or nothing",
			       STR_ARG(ref));
	return true;
}

/* "2026-10-28", "2026-10-28T14:15:00-05:00", "-" */
static void point_write(struct buf *out, const struct zone *zone, const struct date_point *p)
{
	struct zone_time t;
	struct day d;
	int offset;

	if (!p->known) {
		buf_add_cstr(out, "-");
		return;
	}
	d = day_split(p->day);
	if (!p->timed) {
		buf_printf(out, "%04d-%02d-%02d", d.year, d.month, d.mday);
		return;
	}
	zone_local(zone, p->at_us, &t);
	d = day_split(t.day);
	offset = abs(t.offset_s) / 60;
	buf_printf(out, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", d.year, d.month, d.mday,
		   t.minute / HOUR_MIN, t.minute % HOUR_MIN, t.second, t.offset_s < 0 ? '-' : '+',
		   offset / HOUR_MIN, offset % HOUR_MIN);
}

static bool datetime_predict(struct arena *a, const struct str *values, struct buf *out,
			     struct err *err)
{
	static const struct date_found nothing = {0};
	struct date_frame frame = {.language = language_parse(values[2])};
	const struct date_found *f = &nothing;
	struct dates dates;
	struct zone *zone;

	if (!ref_read(a, values[0], &frame.now_us, &zone, err))
		return false;
	frame.zone = zone;
	date_words(a, values[1], &frame, &dates);
	if (dates.main != DATES_NONE)
		f = &dates.found[dates.main];
	point_write(out, zone, &f->start);
	buf_add_char(out, '\t');
	point_write(out, zone, &f->end);
	zone_close(zone);
	return true;
}

bool understand_datetime(struct ctl *c, struct err *err)
{
	static const char *const columns[] = {"ref", "text", "lang", NULL};

	return understand_set(c, columns, datetime_predict, err);
}
