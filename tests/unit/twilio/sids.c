/*
 * sids.c - only what has the pattern of a SID passes for one.
 */
#include "server/twilio/sids.h"

#include <criterion/criterion.h>

Test(sids, only_the_pattern_passes)
{
	static const struct {
		const char *text;
		bool any, account, message;
	} cases[] = {
		{"AC00000000000000000000000000000001", true, true, false},
		{"SM0123456789abcdef0123456789abcdef", true, false, true},
		{"MM0123456789ABCDEF0123456789abcdef", true, false, true},
		{"SM0123456789abcdef0123456789abcde", false, false, false},
		{"SM0123456789abcdef0123456789abcdef0", false, false, false},
		{"sm0123456789abcdef0123456789abcdef", false, false, false},
		{"SM0123456789abcdef0123456789abcdeg", false, false, false},
		{"AC../../0000000000000000000000000x", false, false, false},
		{"AC0000000000000000000000000000000\n", false, false, false},
		{"", false, false, false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str s = str_of(cases[i].text);

		cr_expect_eq(sid_valid(s), cases[i].any, "%s", cases[i].text);
		cr_expect_eq(sid_is(s, "AC"), cases[i].account, "%s", cases[i].text);
		cr_expect_eq(sid_is_message(s), cases[i].message, "%s", cases[i].text);
	}
	cr_expect_not(sid_valid((struct str){NULL, 0}));
	cr_expect_not(sid_is(STR_LIT("AC00000000000000000000000000000001"), "A"));
}
