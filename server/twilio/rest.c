/*
 * rest.c - see rest.h.
 */
#include "server/twilio/rest.h"

#include <time.h>

#include "server/twilio/sids.h"

#define CODE_MAX 999999

const char *rest_url(struct arena *a, const char *base, struct str account_sid, const char *path)
{
	struct str host = str_of(base);

	if (!sid_is(account_sid, "AC"))
		BUG("an account's SID that nobody has checked");
	while (host.n > 0 && host.p[host.n - 1] == '/')
		host.n--;
	return arena_printf(a, STR_FMT "/2010-04-01/Accounts/" STR_FMT "%s", STR_ARG(host),
			    STR_ARG(account_sid), path);
}

json_t *rest_object(struct str json)
{
	json_t *j = json_loadb(json.p == NULL ? "" : json.p, json.n, JSON_REJECT_DUPLICATES, NULL);

	if (j != NULL && !json_is_object(j)) {
		json_decref(j);
		return NULL;
	}
	return j;
}

static struct str text_view(const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);

	if (!json_is_string(v))
		return (struct str){NULL, 0};
	return str_make(json_string_value(v), json_string_length(v));
}

struct str rest_text(struct arena *a, const json_t *object, const char *name)
{
	struct str s = text_view(object, name);

	return s.p == NULL ? s : arena_str(a, s);
}

int rest_int(const json_t *object, const char *name, int max)
{
	const json_t *v = json_object_get(object, name);
	json_int_t n = json_is_integer(v) ? json_integer_value(v) : 0;

	return n > 0 && n <= max ? (int)n : 0;
}

int64_t rest_date(const json_t *object, const char *name)
{
	int64_t us;

	return rest_date_parse(text_view(object, name), &us) ? us : 0;
}

/* ---- dates ----------------------------------------------------------------------------------- */

/* The next word, blanks around it left out; empty at the end. */
static struct str word_cut(struct str *rest)
{
	*rest = str_trim(*rest);
	return str_cut(rest, ' ');
}

static bool number_in(struct str s, int min, int max, int *out)
{
	int64_t v;

	if (s.n > 4 || !str_int(s, min, max, &v))
		return false;
	*out = (int)v;
	return true;
}

static bool month_read(struct str s, int *out)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int m = 0; m < 12; m++) {
		if (str_eq_nocase(s, str_make(names + 3 * m, 3))) {
			*out = m;
			return true;
		}
	}
	return false;
}

/* "14:05:09" */
static bool time_read(struct str s, struct tm *tm)
{
	struct str hour = str_cut(&s, ':'), minute = str_cut(&s, ':');

	return number_in(hour, 0, 23, &tm->tm_hour) && number_in(minute, 0, 59, &tm->tm_min) &&
	       number_in(s, 0, 60, &tm->tm_sec);
}

/* "+0000", "-0530", "GMT", "UTC": seconds east of Greenwich. */
static bool zone_read(struct str s, int *out)
{
	int hours, minutes;

	*out = 0;
	if (str_is(s, "GMT") || str_is(s, "UTC"))
		return true;
	if (s.n != 5 || (s.p[0] != '+' && s.p[0] != '-') ||
	    !number_in(str_sub(s, 1, 2), 0, 14, &hours) ||
	    !number_in(str_sub(s, 3, 2), 0, 59, &minutes))
		return false;
	*out = (s.p[0] == '-' ? -60 : 60) * (hours * 60 + minutes);
	return true;
}

bool rest_date_parse(struct str text, int64_t *wall_us)
{
	struct str rest = text, day = word_cut(&rest), month, year, clock, zone;
	struct tm tm = {0};
	int east, day_of_month;
	time_t at;

	if (str_ends(day, STR_LIT(",")))
		day = word_cut(&rest);
	month = word_cut(&rest);
	year = word_cut(&rest);
	clock = word_cut(&rest);
	zone = word_cut(&rest);
	if (rest.n > 0 || !number_in(day, 1, 31, &day_of_month) || !month_read(month, &tm.tm_mon) ||
	    !number_in(year, 1970, 9999, &tm.tm_year) || !time_read(clock, &tm) ||
	    !zone_read(zone, &east))
		return false;
	tm.tm_mday = day_of_month;
	tm.tm_year -= 1900;
	at = timegm(&tm); /* which moves "31 Feb" on into March */
	if (tm.tm_mday != day_of_month)
		return false;
	*wall_us = ((int64_t)at - east) * 1000000;
	return true;
}

/* ---- errors ---------------------------------------------------------------------------------- */

void rest_error_read(struct arena *a, struct str json, struct rest_error *out)
{
	json_t *j = rest_object(json);

	*out = (struct rest_error){
		.code = rest_int(j, "code", CODE_MAX),
		.status = rest_int(j, "status", 599),
		.message = rest_text(a, j, "message"),
		.more_info = rest_text(a, j, "more_info"),
	};
	json_decref(j);
}
