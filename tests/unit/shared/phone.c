/*
 * phone.c - which senders may be somebody, and what a log may show of a number.
 */
#include <criterion/criterion.h>

#include "shared/phone.h"

Test(phone, knows_a_number_from_a_withheld_or_odd_sender)
{
	static const struct {
		const char *from;
		enum phone_kind kind;
	} cases[] = {
		{"+15145550199", PHONE_E164},     {"+33612345678", PHONE_E164},
		{"+1234567", PHONE_E164},         {"12345", PHONE_SHORT},
		{"733733", PHONE_SHORT},          {"", PHONE_WITHHELD},
		{"anonymous", PHONE_WITHHELD},    {"Restricted", PHONE_WITHHELD},
		{"+266696687", PHONE_WITHHELD},   {"+7378742833", PHONE_WITHHELD},
		{"SHOPIFY", PHONE_ODD},           {"sip:a@b.example", PHONE_ODD},
		{"client:maya", PHONE_ODD},       {"+0145550199", PHONE_ODD},
		{"+1514555019x", PHONE_ODD},      {"5145550199", PHONE_ODD},
		{"+1234567890123456", PHONE_ODD}, {"+", PHONE_ODD},
		{" +15145550199", PHONE_ODD},     {"+15145550199\n", PHONE_ODD},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_expect_eq(phone_kind_of(str_of(cases[i].from)), cases[i].kind, "\"%s\"",
			     cases[i].from);
}

Test(phone, reads_what_an_operator_types_but_never_guesses_a_country)
{
	char out[PHONE_MAX];

	cr_expect(phone_parse(str_of("+1 (416) 555-0001"), out));
	cr_expect_str_eq(out, "+14165550001");
	cr_expect(phone_parse(str_of("+33 6.12.34.56.78"), out));
	cr_expect_str_eq(out, "+33612345678");
	cr_expect(!phone_parse(str_of("416 555-0001"), out));
	cr_expect(!phone_parse(str_of("0033612345678"), out));
	cr_expect(!phone_parse(str_of("+1416555000a"), out));
	cr_expect(!phone_parse(str_of("+1+4165550001"), out));
	cr_expect(!phone_parse(str_of("+123456789012345678901234567890"), out));
}

Test(phone, is_masked_for_logs_and_spaced_for_people)
{
	char text[24];

	cr_expect_str_eq(phone_masked(str_of("+15145550199")), "+1514***0199");
	cr_expect_str_eq(phone_masked(str_of("+1234567")), "***");
	cr_expect_str_eq(phone_masked(str_of("Maya's phone")), "***");
	phone_text(str_of("+14165550001"), text);
	cr_expect_str_eq(text, "+1 416 555-0001");
}
