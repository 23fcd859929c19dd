/*
 * value: what operators and files may say, kind by kind.
 */
#include "server/ctl/value.h"

#include <criterion/criterion.h>

static struct arena a;

struct example {
	enum value_kind kind;
	const char *given, *taken; /* NULL: refused */
};

static const struct example examples[] = {
	{VALUE_TEXT, "  Marie Tremblay ", "Marie Tremblay"},
	{VALUE_TEXT, "O'Brien-Lévesque", "O'Brien-Lévesque"},
	{VALUE_TEXT, "two\nlines", NULL},
	{VALUE_TEXT, "red \x1b[31m text", NULL},
	{VALUE_TEXT, "c1 \xc2\x9b control", NULL},
	{VALUE_TEXT, "latin \xe9", NULL},
	{VALUE_TEXT, "'; DROP TABLE customers; --", "'; DROP TABLE customers; --"},
	{VALUE_TEXT, "0123456789012345678901234567890123456789x", NULL},
	{VALUE_PROSE, "two\nlines\tand a tab", "two\nlines\tand a tab"},
	{VALUE_PROSE, "bell \a", NULL},
	{VALUE_WORD, "wheel_size2", "wheel_size2"},
	{VALUE_WORD, "2wheels", NULL},
	{VALUE_WORD, "Wheel", NULL},
	{VALUE_ID, "agent_01-X", "agent_01-X"},
	{VALUE_ID, "agent 01", NULL},
	{VALUE_PHONE, "+1 (416) 555-0001", "+14165550001"},
	{VALUE_PHONE, "+33 6 12 34 56 78", "+33612345678"},
	{VALUE_PHONE, "416 555 0001", NULL},
	{VALUE_PHONE, "+1416555000x", NULL},
	{VALUE_PHONE, "+0123456789", NULL},
	{VALUE_EMAIL, "marie@example.com", "marie@example.com"},
	{VALUE_EMAIL, "marie@@example.com", NULL},
	{VALUE_EMAIL, "marie @example.com", NULL},
	{VALUE_EMAIL, "@example.com", NULL},
	{VALUE_EMAIL, "marie@", NULL},
	{VALUE_CHOICE, "FR", "fr"},
	{VALUE_CHOICE, "de", NULL},
	{VALUE_CHOICE, "e", NULL},
	{VALUE_YES_NO, "Oui", "true"},
	{VALUE_YES_NO, "0", "false"},
	{VALUE_YES_NO, "maybe", NULL},
	{VALUE_INT, "7", "7"},
	{VALUE_INT, "07", "7"},
	{VALUE_INT, "41", NULL},
	{VALUE_INT, "0", NULL},
	{VALUE_INT, "7.0", NULL},
	{VALUE_INT, "99999999999999999999", NULL},
	{VALUE_MONEY, "1249.99", "1249.99"},
	{VALUE_MONEY, "12", "12.00"},
	{VALUE_MONEY, "12,5", "12.50"},
	{VALUE_MONEY, "1,249.99", NULL},
	{VALUE_MONEY, "1 249,99", NULL},
	{VALUE_MONEY, "-1", NULL},
	{VALUE_MONEY, "$12", NULL},
	{VALUE_MONEY, "12.999", NULL},
	{VALUE_MONEY, ".5", NULL},
	{VALUE_MONEY, "1e3", NULL},
	{VALUE_MONEY, "12345678901", NULL},
	{VALUE_DATE, "2028-02-29", "2028-02-29"},
	{VALUE_DATE, "2026-02-29", NULL},
	{VALUE_DATE, "2026-13-01", NULL},
	{VALUE_DATE, "26-01-01", NULL},
	{VALUE_DATE, "01/02/2026", NULL},
	{VALUE_TIME, "2026-11-22", "2026-11-22"},
	{VALUE_TIME, "2026-11-22T17:30", "2026-11-22T17:30"},
	{VALUE_TIME, "2026-11-22 17:30:05.25-05:00", "2026-11-22 17:30:05.25-05:00"},
	{VALUE_TIME, "2026-11-22T17:30:05Z", "2026-11-22T17:30:05Z"},
	{VALUE_TIME, "2026-11-22T24:30", NULL},
	{VALUE_TIME, "2026-11-22T17:30+5", NULL},
	{VALUE_TIME, "2026-11-22Tnoon", NULL},
	{VALUE_TIME, "now", NULL},
	{VALUE_CURRENCY, "cad", "CAD"},
	{VALUE_CURRENCY, "C$", NULL},
	{VALUE_COUNTRIES, "1, 33", "{1,33}"},
	{VALUE_COUNTRIES, "+1", NULL},
	{VALUE_COUNTRIES, "1,,33", NULL},
	{VALUE_COUNTRIES, "1},{2", NULL},
	{VALUE_WORDS, "brakes,wheels", "{brakes,wheels}"},
	{VALUE_WORDS, "brakes,{wheels", NULL},
	{VALUE_ACCOUNT, "AC0123456789ABCDEF0123456789abcdef", "AC0123456789abcdef0123456789abcdef"},
	{VALUE_ACCOUNT, "AC0123", NULL},
	{VALUE_ACCOUNT, "SK0123456789ABCDEF0123456789abcdef", NULL},
	{VALUE_URL, "https://track.example/1?x=2", "https://track.example/1?x=2"},
	{VALUE_URL, "javascript:alert(1)", NULL},
	{VALUE_URL, "https://track.example/a b", NULL},
	{VALUE_OBJECT, "{\"wheel_size\": \"29\"}", "{\"wheel_size\": \"29\"}"},
	{VALUE_OBJECT, "[1]", NULL},
	{VALUE_OBJECT, "{\"a\":1,\"a\":2}", NULL},
	{VALUE_OBJECT, "{", NULL},
	{VALUE_ARRAY, "[1]", "[1]"},
};

Test(value, each_kind_takes_its_own_and_refuses_the_rest)
{
	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		const struct example *e = &examples[i];
		struct value_rule rule = {e->kind, 1, 40, "en|fr"};
		struct err err = {0};
		const char *out = NULL;
		bool ok = value_read(&rule, str_of(e->given), &a, &out, &err);

		cr_expect_eq(ok, e->taken != NULL, "%s: %s", e->given, err.text);
		if (ok && e->taken != NULL)
			cr_expect_str_eq(out, e->taken);
	}
	arena_free(&a);
}

Test(value, what_is_shown_of_outside_text_is_short_and_tame)
{
	char longer[500];

	memset(longer, 'x', sizeof longer);
	cr_expect_str_eq(value_shown(&a, STR_LIT("a\x1b[2J\r\nb\xc2\x9b")), "a?[2J??b?");
	cr_expect_lt(strlen(value_shown(&a, str_make(longer, sizeof longer))), 70);
	cr_expect_str_eq(value_shown(&a, STR_LIT("bad \xff")), "bad \xef\xbf\xbd");
	arena_free(&a);
}
