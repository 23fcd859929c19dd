/*
 * language.c - codes in and out.
 */
#include "shared/language.h"

#include <criterion/criterion.h>

Test(language, reads_codes_of_either_shape)
{
	cr_expect_eq(language_parse(STR_LIT("en")), LANGUAGE_EN);
	cr_expect_eq(language_parse(STR_LIT("FR")), LANGUAGE_FR);
	cr_expect_eq(language_parse(STR_LIT("fr-CA")), LANGUAGE_FR);
	cr_expect_eq(language_parse(STR_LIT("en_US")), LANGUAGE_EN);
	cr_expect_eq(language_parse(STR_LIT("french")), LANGUAGE_UNKNOWN);
	cr_expect_eq(language_parse(STR_LIT("e")), LANGUAGE_UNKNOWN);
	cr_expect_eq(language_parse(STR_LIT("")), LANGUAGE_UNKNOWN);
	cr_expect_eq(language_parse(STR_LIT("es")), LANGUAGE_UNKNOWN);
}

Test(language, writes_what_it_reads)
{
	cr_expect_str_eq(language_code(LANGUAGE_EN), "en");
	cr_expect_str_eq(language_code(LANGUAGE_FR), "fr");
	cr_expect_str_eq(language_code(LANGUAGE_UNKNOWN), "");
}
