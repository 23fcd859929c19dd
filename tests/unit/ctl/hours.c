/*
 * hours: opening hours in an operator's words.
 */
#include "server/ctl/hours.h"

#include <criterion/criterion.h>

/* "weekday bits: opens-closes,..." of what was read; "no" when refused. */
static const char *read_back(const char *text)
{
	static char out[200];
	struct hours_day day;
	struct err err;
	size_t n;

	if (!hours_parse(str_of(text), &day, &err))
		return "no";
	n = (size_t)snprintf(out, sizeof out, "%02x:", day.weekdays);
	for (size_t i = 0; i < day.n; i++)
		n += (size_t)snprintf(out + n, sizeof out - n, "%s%d-%d", i == 0 ? "" : ",",
				      day.periods[i].opens, day.periods[i].closes);
	return out;
}

Test(hours, words_become_minutes)
{
	static const struct {
		const char *text, *meaning;
	} cases[] = {
		{"mon 9:00-18:00", "02:540-1080"},
		{"mon 9-18", "02:540-1080"},
		{"tue 9:00-12:00,13:00-18:30", "04:540-720,780-1110"},
		{"Mon-Fri 9-18", "3e:540-1080"},
		{"sat-mon 10-16", "c2:600-960"},
		{"dim 10:00 - 16:00", "80:600-960"},
		{"sun closed", "80:"},
		{"fri 18:00-02:00", "20:1080-1560"},
		{"fri 0:00-24:00", "20:0-1440"},
		{"fri 20:00-24:00", "20:1200-1440"},
		{"fri", "no"},
		{"someday 9-18", "no"},
		{"mon-someday 9-18", "no"},
		{"mon 9", "no"},
		{"mon 9-", "no"},
		{"mon 9:0-18:00", "no"},
		{"mon 25-26", "no"},
		{"mon 9:60-18:00", "no"},
		{"mon 24:00-25:00", "no"},
		{"mon 9-9", "no"},
		{"mon 13-18,9-12", "no"},
		{"mon 9-13,12-18", "no"},
		{"mon 9-12,18-2,19-20", "no"},
		{"mon 9-18 or so", "no"},
		{"", "no"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_expect_str_eq(read_back(cases[i].text), cases[i].meaning, "%s: %s",
				 cases[i].text, read_back(cases[i].text));
}

Test(hours, what_is_said_reads_back)
{
	static const int periods[][2] = {{0, 1440}, {540, 1080}, {1080, 1560}, {605, 606}};

	for (size_t i = 0; i < ARRAY_LEN(periods); i++) {
		struct hours_day day = {0};
		struct buf b = {0};
		struct err err;

		hours_period_say(&b, periods[i][0], periods[i][1]);
		cr_assert(hours_periods_parse(buf_str(&b), &day, &err), "%s", buf_cstr(&b));
		cr_expect_eq(day.periods[0].opens, periods[i][0], "%s", buf_cstr(&b));
		cr_expect_eq(day.periods[0].closes, periods[i][1], "%s", buf_cstr(&b));
		buf_clear(&b);
	}
}
