/*
 * places.c - see places.h. A handful of area codes; the rest is unknown, as it often is.
 */
#include "tests/sim/places.h"

struct sim_place sim_place_of(struct str number)
{
	static const struct sim_place places[] = {
		{"+1514", "MONTREAL", "QC", "CA"},
		{"+1438", "MONTREAL", "QC", "CA"},
		{"+1418", "QUEBEC", "QC", "CA"},
		{"+1819", "GATINEAU", "QC", "CA"},
		{"+1450", "LAVAL", "QC", "CA"},
		{"+1416", "TORONTO", "ON", "CA"},
		{"+1647", "TORONTO", "ON", "CA"},
		{"+1613", "OTTAWA", "ON", "CA"},
		{"+1604", "VANCOUVER", "BC", "CA"},
		{"+1403", "CALGARY", "AB", "CA"},
		{"+1902", "HALIFAX", "NS", "CA"},
		{"+1506", "MONCTON", "NB", "CA"},
		{"+1212", "NEW YORK", "NY", "US"},
		{"+1415", "SAN FRANCISCO", "CA", "US"},
		{"+1802", "BURLINGTON", "VT", "US"},
		{"+33", "", "", "FR"},
		{"+44", "", "", "GB"},
	};

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		if (str_starts(number, str_of(places[i].area)))
			return places[i];
	}
	return (struct sim_place){"", "", "", ""};
}
