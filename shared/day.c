/*
 * day.c - see day.h. The two conversions are Howard Hinnant's days_from_civil and civil_from_days:
 * years that begin in March, eras of 400 years.
 */
#include "shared/day.h"

#define ERA_DAYS   146097
#define EPOCH_DAYS 719468 /* 0000-03-01 to 1970-01-01 */

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0 ? 1 : 0);
}

int64_t day_number(int year, int month, int mday)
{
	int64_t y = month <= 2 ? (int64_t)year - 1 : year;
	int64_t era = floor_div(y, 400);
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + mday - 1;

	return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH_DAYS;
}

struct day day_split(int64_t number)
{
	int64_t z = number + EPOCH_DAYS;
	int64_t era = floor_div(z, ERA_DAYS);
	int64_t d = z - era * ERA_DAYS;
	int64_t y = (d - d / 1460 + d / 36524 - d / 146096) / 365;
	int64_t of_year = d - (365 * y + y / 4 - y / 100);
	int64_t m = (5 * of_year + 2) / 153;
	struct day out;

	out.mday = (int)(of_year - (153 * m + 2) / 5 + 1);
	out.month = (int)(m < 10 ? m + 3 : m - 9);
	out.year = (int)(y + era * 400 + (out.month <= 2 ? 1 : 0));
	out.weekday = day_weekday(number);
	return out;
}

int day_weekday(int64_t number)
{
	int64_t since_monday = (number + 3) % 7; /* 1970-01-01 was a Thursday */

	return (int)(since_monday < 0 ? since_monday + 7 : since_monday) + 1;
}

bool day_exists(int year, int month, int mday)
{
	struct day back;

	if (year < 1 || year > 9999 || month < 1 || month > 12 || mday < 1 || mday > 31)
		return false;
	back = day_split(day_number(year, month, mday));
	return back.month == month && back.mday == mday;
}

bool day_parse(struct str s, int64_t *number)
{
	int64_t year, month, mday;

	if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' ||
	    !str_int(str_sub(s, 0, 4), 1, 9999, &year) ||
	    !str_int(str_sub(s, 5, 2), 1, 12, &month) || !str_int(str_sub(s, 8, 2), 1, 31, &mday) ||
	    !day_exists((int)year, (int)month, (int)mday))
		return false;
	*number = day_number((int)year, (int)month, (int)mday);
	return true;
}

int64_t day_nth(int year, int month, int weekday, int n)
{
	int64_t first = day_number(year, month, 1);
	int skip = (weekday - day_weekday(first) + 7) % 7;

	return first + skip + 7 * (n - 1);
}
