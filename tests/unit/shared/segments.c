/*
 * segments.c - texts are counted as Twilio counts them.
 */
#include "shared/segments.h"

#include <criterion/criterion.h>

#include "shared/buf.h"
#include "shared/utf8.h"
#include "tests/unit/twilio/outside.h"

#define E_ACUTE "\xC3\xA9"
#define E_CIRC  "\xC3\xAA"
#define EURO    "\xE2\x82\xAC"
#define BIKE    "\xF0\x9F\x9A\xB2"

static struct str times(struct buf *b, const char *piece, size_t n, const char *then)
{
	buf_reset(b);
	while (n-- > 0)
		buf_add_cstr(b, piece);
	buf_add_cstr(b, then);
	return buf_str(b);
}

Test(segments, agrees_with_twilios_own_calculator)
{
	json_t *all = outside_json("corpora/text/blns/sms-segments.json"), *c;
	size_t i;

	if (all == NULL)
		cr_skip_test("skipped: the calculator's answers are not here");
	json_array_foreach(json_object_get(all, "cases"), i, c)
	{
		json_t *t = json_object_get(c, "text");
		struct str text = str_make(json_string_value(t), json_string_length(t));
		struct segments s = segments_of(text);

		cr_expect_str_eq(sms_encoding_name(s.encoding),
				 json_string_value(json_object_get(c, "encoding")), STR_FMT,
				 STR_ARG(text));
		cr_expect_eq(s.count, json_integer_value(json_object_get(c, "segments")),
			     "%u segments: " STR_FMT, s.count, STR_ARG(text));
	}
	cr_assert_gt(i, 500);
	json_decref(all);
}

Test(segments, the_limits_of_both_encodings)
{
	static const struct {
		const char *piece;
		size_t n;
		const char *then;
		enum sms_encoding encoding;
		unsigned count;
		size_t units;
	} cases[] = {
		{"", 0, "", SMS_GSM7, 1, 0},
		{"a", 160, "", SMS_GSM7, 1, 160},
		{"a", 161, "", SMS_GSM7, 2, 161},
		{"a", 306, "", SMS_GSM7, 2, 306},
		{"a", 307, "", SMS_GSM7, 3, 307},
		{E_ACUTE, 160, "", SMS_GSM7, 1, 160},
		{EURO, 80, "", SMS_GSM7, 1, 160},
		{EURO, 81, "", SMS_GSM7, 2, 162},
		/* 152 and then a pair: the pair goes to the next segment whole */
		{"a", 152, EURO EURO EURO EURO EURO, SMS_GSM7, 2, 162},
		{EURO, 152, "", SMS_GSM7, 2, 304},
		{EURO, 152, "a", SMS_GSM7, 2, 305},
		{EURO, 152, "ab" EURO, SMS_GSM7, 3, 308},
		{"\r\n", 80, "", SMS_GSM7, 1, 160},
		{E_CIRC, 70, "", SMS_UCS2, 1, 70},
		{E_CIRC, 71, "", SMS_UCS2, 2, 71},
		{E_CIRC, 134, "", SMS_UCS2, 2, 134},
		{E_CIRC, 135, "", SMS_UCS2, 3, 135},
		{"a", 70, E_CIRC, SMS_UCS2, 2, 71},
		{BIKE, 35, "", SMS_UCS2, 1, 70},
		{BIKE, 36, "", SMS_UCS2, 2, 72},
		/* 33 of them leave one unit empty in a segment of 67 */
		{BIKE, 66, "", SMS_UCS2, 2, 132},
		{BIKE, 66, "a", SMS_UCS2, 2, 133},
		{BIKE, 67, "", SMS_UCS2, 3, 134},
	};
	struct buf b = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct segments s =
			segments_of(times(&b, cases[i].piece, cases[i].n, cases[i].then));

		cr_expect_eq(s.encoding, cases[i].encoding, "case %zu", i);
		cr_expect_eq(s.count, cases[i].count, "case %zu: %u", i, s.count);
		cr_expect_eq(s.units, cases[i].units, "case %zu: %zu", i, s.units);
	}
	buf_clear(&b);
}

/* The whole of GSM 03.38, written out. */
Test(segments, knows_the_gsm_alphabet_and_nothing_more)
{
	static const char one[] =
		"@\xC2\xA3$"
		"\xC2\xA5\xC3\xA8\xC3\xA9\xC3\xB9\xC3\xAC\xC3\xB2\xC3\x87\n\xC3\x98\xC3\xB8\r"
		"\xC3\x85\xC3\xA5\xCE\x94_"
		"\xCE\xA6\xCE\x93\xCE\x9B\xCE\xA9\xCE\xA0\xCE\xA8\xCE\xA3\xCE\x98"
		"\xCE\x9E\xC3\x86\xC3\xA6\xC3\x9F\xC3\x89 "
		"!\"#\xC2\xA4%&'()*+,-./0123456789:;<=>?\xC2\xA1"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ\xC3\x84\xC3\x96\xC3\x91\xC3\x9C\xC2\xA7\xC2\xBF"
		"abcdefghijklmnopqrstuvwxyz\xC3\xA4\xC3\xB6\xC3\xB1\xC3\xBC\xC3\xA0";
	static const char two[] = "\f^{}\\[~]|\xE2\x82\xAC";
	struct str text = STR_LIT(one);
	size_t known = 0, n;
	uint32_t c;

	cr_expect_eq(utf8_count(text), 127, "128 less the escape");
	cr_expect_eq(segments_of(text).units, 127);
	cr_expect_eq(segments_of(STR_LIT(two)).units, 20);
	for (c = 1; c < 0x11000; c++) {
		char p[4];

		if (c >= 0xD800 && c <= 0xDFFF)
			continue;
		n = utf8_put(c, p);
		known += segments_of(str_make(p, n)).encoding == SMS_GSM7;
	}
	cr_expect_eq(known, 137);
}

Test(segments, names_what_forces_ucs2)
{
	uint32_t found[2];

	cr_expect_eq(
		segments_foreign(STR_LIT("Pr" E_CIRC "t " BIKE " pr" E_CIRC "te " EURO), found, 2),
		2);
	cr_expect_eq(found[0], 0xEA);
	cr_expect_eq(found[1], 0x1F6B2);
	cr_expect_eq(segments_foreign(STR_LIT("Pr" E_CIRC "t " BIKE), found, 1), 1);
	cr_expect_eq(segments_foreign(STR_LIT("d" E_ACUTE "j\xC3\xA0 12 " EURO), found, 2), 0);
	cr_expect_eq(segments_foreign(STR_LIT("a\xFF"), found, 2), 1);
	cr_expect_eq(found[0], 0xFFFD);
}

Test(segments, cuts_to_a_number_of_segments_between_characters)
{
	static const struct {
		const char *piece;
		size_t n;
		const char *then;
		unsigned max;
		size_t bytes;
	} cases[] = {
		{"a", 500, "", 1, 160},
		{"a", 500, "", 2, 306},
		{"a", 160, "", 1, 160},
		{"a", 160, E_CIRC, 1,
		 160}, /* one foreign letter more would make it three segments */
		{"a", 69, E_CIRC "aa", 1, 71},
		{BIKE, 100, "", 1, 35 * 4},
		{BIKE, 100, "", 3, 99 * 4},
		{"a", 159, EURO, 1, 159},
		{E_CIRC "\xCC\x81", 40, "", 1, 35 * 4}, /* a letter keeps its mark */
		{"", 0, "", 1, 0},
	};
	struct buf b = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str text = times(&b, cases[i].piece, cases[i].n, cases[i].then);
		struct str cut = segments_cut(text, cases[i].max);

		cr_expect_eq(cut.n, cases[i].bytes, "case %zu: %zu", i, cut.n);
		cr_expect_leq(segments_of(cut).count, cases[i].max);
	}
	buf_clear(&b);
}
