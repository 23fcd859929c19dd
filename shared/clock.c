/*
 * clock.c - see clock.h.
 */
#include "shared/clock.h"

#include <time.h>

#include "shared/str.h"

static int64_t stopped_at;

static int64_t read_us(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_wall_us(void)
{
	return stopped_at != 0 ? stopped_at : read_us(CLOCK_REALTIME);
}

int64_t clock_mono_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

int64_t clock_mono_ms(void)
{
	return read_us(CLOCK_MONOTONIC) / 1000;
}

void clock_stop_at_us(int64_t wall_us)
{
	stopped_at = wall_us;
}

void clock_text(int64_t wall_us, char out[CLOCK_TEXT])
{
	int64_t us = ((wall_us % 1000000) + 1000000) % 1000000;
	time_t s = (time_t)((wall_us - us) / 1000000);
	struct tm tm;
	size_t n;

	gmtime_r(&s, &tm);
	n = strftime(out, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + n, CLOCK_TEXT - n, ".%03dZ", (int)(us / 1000));
}

/* Two digits at p, or -1. */
static int two(const char *p)
{
	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return -1;
	return (p[0] - '0') * 10 + (p[1] - '0');
}

bool clock_parse(const char *text, int64_t *wall_us)
{
	struct str s = str_trim(str_of(text));
	int64_t year, fraction = 0, scale = 100000;
	int month, day, hour, minute, second, off_h, off_m = 0;
	struct tm tm = {0};
	size_t i = 19;
	int64_t t;

	if (s.n < 20 || s.p[4] != '-' || s.p[7] != '-' || (s.p[10] != 'T' && s.p[10] != ' ') ||
	    s.p[13] != ':' || s.p[16] != ':' || !str_int(str_sub(s, 0, 4), 1, 9999, &year))
		return false;
	month = two(s.p + 5);
	day = two(s.p + 8);
	hour = two(s.p + 11);
	minute = two(s.p + 14);
	second = two(s.p + 17);
	if (month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23 || minute < 0 ||
	    minute > 59 || second < 0 || second > 60)
		return false;
	if (s.p[i] == '.') {
		for (i++; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) {
			fraction += (s.p[i] - '0') * scale;
			scale /= 10;
		}
	}
	tm.tm_year = (int)year - 1900;
	tm.tm_mon = month - 1;
	tm.tm_mday = day;
	tm.tm_hour = hour;
	tm.tm_min = minute;
	tm.tm_sec = second;
	t = (int64_t)timegm(&tm);
	if (tm.tm_mday != day)
		return false;
	if (i < s.n && (s.p[i] == 'Z' || s.p[i] == 'z')) {
		i++;
	} else if (i + 3 <= s.n && (s.p[i] == '+' || s.p[i] == '-')) {
		off_h = two(s.p + i + 1);
		if (i + 6 <= s.n && s.p[i + 3] == ':')
			off_m = two(s.p + i + 4);
		if (off_h < 0 || off_h > 18 || off_m < 0 || off_m > 59)
			return false;
		t -= (s.p[i] == '-' ? -1 : 1) * (off_h * 3600 + off_m * 60);
		i += i + 6 <= s.n && s.p[i + 3] == ':' ? 6 : 3;
	} else {
		return false;
	}
	if (i != s.n)
		return false;
	*wall_us = t * 1000000 + fraction;
	return true;
}
