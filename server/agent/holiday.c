/*
 * holiday.c - see holiday.h.
 */
#include "server/agent/holiday.h"

#include "shared/day.h"

#define WEEK_DAYS 7

/* clang-format off */
static const struct holiday holidays[] = {
	{"Christmas Eve", "la veille de Noël", true, HOLIDAY_FIXED, 12, 24, 0,
	 {"christmas|xmas eve", "veille de noel"}},
	{"Boxing Day", "le lendemain de Noël", true, HOLIDAY_FIXED, 12, 26, 0,
	 {"boxing day", "lendemain de noel"}},
	{"New Year's Eve", "la veille du jour de l'An", true, HOLIDAY_FIXED, 12, 31, 0,
	 {"new year|years ?s eve", "veille du jour de l an"}},
	{"Easter Monday", "le lundi de Pâques", false, HOLIDAY_EASTER, 0, 1, 0,
	 {"easter monday", "lundi de paques"}},
	{"Good Friday", "le Vendredi saint", true, HOLIDAY_EASTER, 0, -2, 0,
	 {"good friday", "vendredi saint"}},
	{"Easter Sunday", "le dimanche de Pâques", true, HOLIDAY_EASTER, 0, 0, 0,
	 {"easter ?sunday", "?dimanche ?de paques"}},
	{"New Year's Day", "le jour de l'An", true, HOLIDAY_FIXED, 1, 1, 0,
	 {"new year|years ?s ?day", "jour de l an"}},
	{"Family Day", "le jour de la Famille", false, HOLIDAY_NTH, 2, 3, 1,
	 {"family day", "jour|fete de la famille"}},
	{"Victoria Day", "la Journée nationale des patriotes", true, HOLIDAY_BEFORE, 5, 24, 1,
	 {"victoria day", "may long ?week ?end", "?journee ?nationale ?des patriotes", "fete de la reine"}},
	{"Saint-Jean-Baptiste Day", "la fête nationale", false, HOLIDAY_FIXED, 6, 24, 0,
	 {"st|saint jean ?baptiste ?day", "fete nationale"}},
	{"Canada Day", "la fête du Canada", true, HOLIDAY_FIXED, 7, 1, 0,
	 {"canada day", "fete|jour du canada"}},
	{"the Civic Holiday", "le congé civique", false, HOLIDAY_NTH, 8, 1, 1,
	 {"civic holiday", "conge civique", "august long ?week ?end"}},
	{"Labour Day", "la fête du Travail", true, HOLIDAY_NTH, 9, 1, 1,
	 {"labor|labour day", "fete du travail"}},
	{"the Day for Truth and Reconciliation", "la Journée de la vérité et de la réconciliation", false,
	 HOLIDAY_FIXED, 9, 30, 0,
	 {"?day ?for truth and reconciliation ?day", "verite et ?de ?la reconciliation", "orange shirt day"}},
	{"Thanksgiving", "l'Action de grâce", true, HOLIDAY_NTH, 10, 2, 1,
	 {"thanksgiving ?day", "action de grace|graces"}},
	{"Halloween", "l'Halloween", false, HOLIDAY_FIXED, 10, 31, 0, {"halloween"}},
	{"Remembrance Day", "le jour du Souvenir", false, HOLIDAY_FIXED, 11, 11, 0,
	 {"remembrance day", "jour du souvenir"}},
	{"Christmas Day", "Noël", true, HOLIDAY_FIXED, 12, 25, 0,
	 {"christmas|xmas ?day", "?jour ?de noel", "temps des fetes", "pendant|durant les fetes"}},
};
/* clang-format on */

const struct holiday *holiday_at(size_t i)
{
	return i < ARRAY_LEN(holidays) ? &holidays[i] : NULL;
}

/* Easter Sunday by the anonymous Gregorian rule (Meeus, Jones, Butcher). */
static int64_t easter(int year)
{
	int a = year % 19, b = year / 100, c = year % 100;
	int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
	int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
	int m = (a + 11 * h + 22 * l) / 451;
	int n = h + l - 7 * m + 114;

	return day_number(year, n / 31, n % 31 + 1);
}

int64_t holiday_day(const struct holiday *h, int year)
{
	int64_t limit;

	switch (h->rule) {
	case HOLIDAY_FIXED: return day_number(year, h->month, h->n);
	case HOLIDAY_NTH: return day_nth(year, h->month, h->weekday, h->n);
	case HOLIDAY_BEFORE:
		limit = day_number(year, h->month, h->n);
		return limit - (day_weekday(limit) - h->weekday + WEEK_DAYS) % WEEK_DAYS;
	case HOLIDAY_EASTER: break;
	}
	return easter(year) + h->n;
}

int64_t holiday_next(const struct holiday *h, int64_t from)
{
	int year = day_split(from).year;

	return holiday_day(h, year) >= from ? holiday_day(h, year) : holiday_day(h, year + 1);
}

const struct holiday *holiday_on(int64_t day)
{
	int year = day_split(day).year;

	for (size_t i = 0; i < ARRAY_LEN(holidays); i++) {
		if (holiday_day(&holidays[i], year) == day)
			return &holidays[i];
	}
	return NULL;
}
