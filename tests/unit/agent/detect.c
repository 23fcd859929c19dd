/*
 * detect.c - which language a text is in; why; and how often that is right, over the tree's own
 * lines that nothing was learned from and, where they are at hand, over development lines.
 */
#include "server/agent/detect.h"

#include <criterion/criterion.h>

#include "shared/utf8.h"
#include "tests/unit/agent/lines.h"

#define HELD_PATH "tests/train/lang_held.tsv"

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
		{"ok merci", LANGUAGE_FR},
		{"ok thanks", LANGUAGE_EN},
		{"14h30", LANGUAGE_FR},
		{"2 pm", LANGUAGE_EN},
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
					      "https://example.com/hello?to=you",
					      "km/h",
					      "ON-5510",
					      "Kim",
					      "?",
					      "\xFF\xFE\x00"};

	for (size_t i = 0; i < ARRAY_LEN(neutral); i++)
		cr_expect_eq(detect(neutral[i]), LANGUAGE_UNKNOWN, "%s", neutral[i]);
}

/* ---- what must hold for any text ---- */

static uint32_t chance(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

Test(detect, takes_any_bytes_and_says_the_same_twice)
{
	static const char some[] = "ae' \xC3\xA9W1hq";
	uint32_t state = 7;
	char text[4000];

	for (int round = 0; round < 3000; round++) {
		size_t n = chance(&state) % (round % 50 == 0 ? sizeof text : 60);
		struct detected a, b;

		for (size_t i = 0; i < n; i++)
			text[i] = round % 2 == 0 ? (char)chance(&state) : some[chance(&state) % 10];
		a = language_detect(str_make(text, n));
		b = language_detect(str_make(text, n));
		cr_assert_eq(a.language, b.language);
		cr_assert_eq(a.score, b.score);
		cr_assert(a.confidence >= 50 && a.confidence < 100);
		cr_assert(a.words > 0 || a.language == LANGUAGE_UNKNOWN || a.score != 0);
	}
}

static struct detected of_fold(const char *text, bool upper)
{
	struct arena a = {0};
	struct str s = utf8_fold(&a, str_of(text));
	char *p = arena_cstr(&a, s);
	struct detected d;

	for (size_t i = 0; upper && i < s.n; i++)
		p[i] = p[i] >= 'a' && p[i] <= 'z' ? (char)(p[i] - 32) : p[i];
	d = language_detect(str_make(p, s.n));
	arena_free(&a);
	return d;
}

Test(detect, neither_case_nor_lost_accents_change_the_language)
{
	static const struct {
		const char *text;
		enum language language;
	} cases[] = {
		{"Où êtes-vous situés exactement?", LANGUAGE_FR},
		{"J'ai reçu le mauvais modèle à l'été", LANGUAGE_FR},
		{"ça fait déjà trois semaines", LANGUAGE_FR},
		{"Where exactly are you located?", LANGUAGE_EN},
		{"My order never came and I'm upset", LANGUAGE_EN},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cr_expect_eq(detect(cases[i].text), cases[i].language, "%s", cases[i].text);
		cr_expect_eq(of_fold(cases[i].text, false).language, cases[i].language, "%s folded",
			     cases[i].text);
		cr_expect_eq(of_fold(cases[i].text, true).language, cases[i].language, "%s loud",
			     cases[i].text);
	}
	/* a letter and its mark are the accented letter */
	cr_expect_eq(language_detect(STR_LIT("de\xCC\x81ja\xCC\x80 vu")).score,
		     language_detect(STR_LIT("d\xC3\xA9j\xC3\xA0 vu")).score);
}

Test(detect, reads_no_more_than_it_promises)
{
	struct str end = STR_LIT(" bonjour tout le monde");
	char text[DETECT_READ_MAX + 100];

	memset(text, '.', sizeof text);
	memcpy(text + DETECT_READ_MAX, end.p, end.n);
	cr_expect_eq(language_detect(str_make(text, sizeof text)).language, LANGUAGE_UNKNOWN);
	memcpy(text + DETECT_READ_MAX - end.n, end.p, end.n);
	cr_expect_eq(language_detect(str_make(text, sizeof text)).language, LANGUAGE_FR);
}

Test(detect, says_why)
{
	struct detect_reason why[6];
	size_t n = language_explain(STR_LIT("merci Kim, see 700x28"), why, ARRAY_LEN(why));

	cr_assert_eq(n, ARRAY_LEN(why));
	for (size_t i = 0; i < n; i++) {
		cr_expect(i == 0 || abs(why[i].weight) <= abs(why[i - 1].weight), "%s",
			  why[i].text);
		cr_expect_null(strstr(why[i].text, "kim"), "%s", why[i].text);
		cr_expect_null(strstr(why[i].text, "700"), "%s", why[i].text);
	}
	cr_expect_eq(language_explain(STR_LIT("ok 700x28"), why, ARRAY_LEN(why)), 0);
	cr_expect_eq(language_explain(STR_LIT("merci"), why, 0), 0);
}

/* ---- how often ---- */

struct tally {
	unsigned right, n;
};

static void count(struct tally *t, bool right)
{
	t->n++;
	t->right += right ? 1 : 0;
}

static void expect_share(const char *what, struct tally t, double least)
{
	double share = t.n == 0 ? 100 : 100.0 * t.right / t.n;

	printf("detect: %s %.1f %% (%u of %u)\n", what, share, t.right, t.n);
	cr_expect_geq(share, least, "%s: %.1f %%, wanted %.1f %%", what, share, least);
}

static unsigned words_of(const char *text)
{
	unsigned n = 0;

	for (size_t i = 0; text[i] != '\0'; i++)
		n += text[i] != ' ' && (i == 0 || text[i - 1] == ' ');
	return n;
}

/* Columns lang, text, flags. The floors are those of docs/understanding.md. */
static void judge(struct lines *lines)
{
	struct tally all = {0}, few = {0}, plain = {0}, neutral = {0};

	while (lines_next(lines)) {
		enum language want = language_parse(str_of(lines->column[0]));
		const char *text = lines->column[1];
		enum language said = detect(text);
		bool ascii = true;

		if (said != want)
			lines_miss(lines, language_code(said));
		if (want == LANGUAGE_UNKNOWN) {
			count(&neutral, said == want);
			continue;
		}
		for (const char *p = text; *p != '\0'; p++)
			ascii = ascii && (unsigned char)*p < 0x80;
		count(&all, said == want);
		if (words_of(text) <= 3)
			count(&few, said == want);
		if (want == LANGUAGE_FR && ascii)
			count(&plain, said == want);
	}
	lines_close(lines);
	expect_share("all", all, 98.5);
	expect_share("up to 3 words", few, 96);
	expect_share("French without accents", plain, 98);
	expect_share("neutral", neutral, 95);
}

Test(detect, keeps_its_figures_on_lines_that_it_has_not_learned)
{
	struct lines lines = {.file = fopen(HELD_PATH, "r")};

	cr_assert_not_null(lines.file, "run from the root of the tree: no " HELD_PATH);
	cr_assert(lines_next(&lines));
	judge(&lines);
}

Test(detect, keeps_its_figures_on_the_development_lines)
{
	struct lines lines;
	struct tally neutral = {0};

	if (!lines_open(&lines, "data/lang/dev.tsv"))
		return;
	judge(&lines);
	if (!lines_open(&lines, "data/lang/neutral.txt"))
		return;
	do {
		count(&neutral, detect(lines.text) == LANGUAGE_UNKNOWN);
		if (detect(lines.text) != LANGUAGE_UNKNOWN)
			lines_miss(&lines, language_code(detect(lines.text)));
	} while (lines_next(&lines));
	lines_close(&lines);
	expect_share("neutral", neutral, 100);
}
