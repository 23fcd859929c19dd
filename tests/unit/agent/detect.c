/*
 * detect.c - which language a text is in; and, where the development lines are at hand, how often.
 */
#include "server/agent/detect.h"

#include <criterion/criterion.h>

#include "tests/unit/agent/lines.h"

#define ALL_MIN 93.0 /* per cent of the development lines */

static enum language detect(const char *text)
{
	return language_detect(str_of(text)).language;
}

Test(detect, reads_everyday_texts)
{
	static const struct {
		const char *text;
		enum language language;
	} cases[] = {
		{"What time do you close today?", LANGUAGE_EN},
		{"À quelle heure fermez-vous?", LANGUAGE_FR},
		{"a quelle heure fermez vous", LANGUAGE_FR},
		{"is my bike ready", LANGUAGE_EN},
		{"mon velo est tu pret", LANGUAGE_FR},
		{"slt jveux savoir si vs etes ouverts", LANGUAGE_FR},
		{"c u l8r thx", LANGUAGE_EN},
		{"Avez-vous le Cannondale Topstone en stock?", LANGUAGE_FR},
		{"Do you have Louis Garneau gloves?", LANGUAGE_EN},
		{"je m'appelle John Walker", LANGUAGE_FR},
		{"My name is François Lévesque", LANGUAGE_EN},
		{"bonjour", LANGUAGE_FR},
		{"hello", LANGUAGE_EN},
		{"J\xE2\x80\x99"
		 "arrive \xC3\xA0 14h30",
		 LANGUAGE_FR},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_expect_eq(detect(cases[i].text), cases[i].language, "%s", cases[i].text);
}

Test(detect, leaves_neutral_texts_undecided)
{
	static const char *const neutral[] = {"",
					      "ok",
					      "OK!",
					      "700x28",
					      "42",
					      "Cannondale Topstone",
					      "Louis Garneau",
					      "M5V 3L9",
					      "\xF0\x9F\x91\x8D",
					      "416-555-0101",
					      "kim@example.com",
					      "?",
					      "\xFF\xFE\x00"};

	for (size_t i = 0; i < ARRAY_LEN(neutral); i++)
		cr_expect_eq(detect(neutral[i]), LANGUAGE_UNKNOWN, "%s", neutral[i]);
}

Test(detect, keeps_its_figure_on_the_development_lines)
{
	struct lines lines;
	unsigned right = 0, total = 0, neutral = 0, kept = 0;

	if (!lines_open(&lines, "data/lang/dev.tsv"))
		return;
	while (lines_next(&lines)) {
		total++;
		if (strcmp(language_code(detect(lines.column[1])), lines.column[0]) == 0)
			right++;
		else
			lines_miss(&lines, language_code(detect(lines.column[1])));
	}
	lines_close(&lines);
	printf("detect: %u of %u lines, %.1f %%\n", right, total, 100.0 * right / total);
	cr_expect_geq(100.0 * right / total, ALL_MIN);
	if (!lines_open(&lines, "data/lang/neutral.txt"))
		return;
	do {
		neutral++;
		if (detect(lines.text) == LANGUAGE_UNKNOWN)
			kept++;
		else
			lines_miss(&lines, language_code(detect(lines.text)));
	} while (lines_next(&lines));
	lines_close(&lines);
	printf("detect: %u of %u neutral texts left undecided\n", kept, neutral);
	cr_expect_geq(100.0 * kept / neutral, 90.0);
}
