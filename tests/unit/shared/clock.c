/*
 * clock.c - instants as text, there and back.
 */
#include <criterion/criterion.h>

#include "shared/clock.h"

Test(clock, reads_rfc_3339_and_postgresql_and_refuses_the_rest)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t us;
	} cases[] = {
		{"1970-01-01T00:00:00Z", true, 0},
		{"2026-11-22T12:05:09.5-05:00", true, INT64_C(1795367109500000)},
		{"2026-11-22 17:05:09.5+00", true, INT64_C(1795367109500000)},
		{"2026-11-22 22:35:09.500000+05:30", true, INT64_C(1795367109500000)},
		{"2024-02-29T00:00:00Z", true, INT64_C(1709164800000000)},
		{"2026-02-29T00:00:00Z", false, 0},
		{"2026-11-22T17:05:09", false, 0},
		{"2026-11-22", false, 0},
		{"2026-13-01T00:00:00Z", false, 0},
		{"2026-11-22T25:00:00Z", false, 0},
		{"2026-11-22T17:05:09Zjunk", false, 0},
		{"", false, 0},
	};
	char text[CLOCK_TEXT];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t us = -1;
		bool ok = clock_parse(cases[i].text, &us);

		cr_expect_eq(ok, cases[i].ok, "\"%s\"", cases[i].text);
		cr_expect(!ok || us == cases[i].us, "\"%s\": %" PRId64, cases[i].text, us);
	}
	clock_text(INT64_C(1795367109500000), text);
	cr_expect_str_eq(text, "2026-11-22T17:05:09.500Z");
}
