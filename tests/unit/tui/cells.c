/*
 * cells.c - what outside text becomes on the screen: nothing that a terminal would obey, nothing
 * that hides, nothing that moves its neighbours.
 */
#include <criterion/criterion.h>
#include <utf8proc.h>

#include "shared/utf8.h"
#include "tests/unit/twilio/outside.h"
#include "tui/draw/cells.h"

#define COLS 60

static char *put_text(const char *text, size_t n, bool plain, int *width)
{
	struct cells g;
	struct buf out = {0};
	char *s;

	cells_init(&g, 1, COLS, plain);
	*width = area_put(area_all(&g), 0, 0, -1, str_make(text, n), LOOK_PLAIN);
	cells_text(&g, &out);
	s = xstrdup(buf_cstr(&out));
	s[strlen(s) - 1] = '\0';
	buf_clear(&out);
	cells_clear(&g);
	return s;
}

static void expect_put(const char *text, size_t n, bool plain, const char *want, int want_width)
{
	int width;
	char *got = put_text(text, n, plain, &width);

	cr_expect_str_eq(got, want, "\"%s\" shows as \"%s\", not \"%s\"", text, got, want);
	cr_expect_eq(width, want_width, "\"%s\" takes %d columns, not %d", text, width, want_width);
	free(got);
}

Test(cells, show_text_and_only_text)
{
	static const struct {
		const char *text, *shown;
		int width;
	} cases[] = {
		{"plain", "plain", 5},
		{"été", "été", 3},
		{"e\xCC\x81t\xC3\xA9", "e\xCC\x81t\xC3\xA9", 3},
		{"日本", "日本", 4},
		{"👍🏽!", "👍🏽!", 3},
		{"👨‍👩‍👧‍👦x", "👨‍👩‍👧x",
		 3},                          /* five codes a cell at most */
		{"🇨🇦!", "CA!", 3},            /* terminals disagree about flags */
		{"❤️", "❤️", 1},      /* a selector on its emoji stays */
		{"a\xEF\xB8\x8F", "a▯", 2},   /* elsewhere it is one that hides */
		{"a\x1B[31mb", "a␛[31mb", 7}, /* an escape is seen, not obeyed */
		{"a\x07\x08\r\n\x7F", "a␇␈␍␊␡", 6},
		{"\xC2\x9B"
		 "31m",
		 "▯31m", 4}, /* CSI as one C1 control */
		{"a\xE2\x80\xAE"
		 "cba",
		 "a▯cba", 5}, /* right-to-left override */
		{"a\xE2\x81\xA6"
		 "b\xE2\x81\xA9",
		 "a▯b▯", 4}, /* isolates */
		{"a\xE2\x80\x8B"
		 "b",
		 "a▯b", 3}, /* zero width space */
		{"a\xC2\xAD"
		 "b",
		 "a▯b", 3}, /* soft hyphen */
		{"\xEF\xBB\xBF"
		 "a",
		 "▯a", 2},                      /* a byte order mark */
		{"a\xF3\xA0\x81\x81", "a▯", 2}, /* a tag character */
		{"a\xEF\xBF\xB9"
		 "b",
		 "a▯b", 3},               /* interlinear annotation */
		{"\xEE\x80\x80", "▯", 1}, /* private use */
		{"a\xE2\x80\xA8"
		 "b",
		 "a▯b", 3}, /* line separator */
		{"\xCC\x81"
		 "a",
		 "◌́a", 2}, /* a mark with nothing to sit on */
		{"a\xFF"
		 "b",
		 "a\xEF\xBF\xBD"
		 "b",
		 3}, /* bad bytes: one mark each */
		{"a\xE2\x82"
		 "b",
		 "a\xEF\xBF\xBD"
		 "b",
		 3}, /* a sequence that breaks off is one */
		{"a\xC0\xAF"
		 "b",
		 "a\xEF\xBF\xBD\xEF\xBF\xBD"
		 "b",
		 4},                                                           /* overlong */
		{"a\xED\xA0\x80", "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 4}, /* a surrogate */
		{"a\tb", "a    b", 6},
		{"a\xC2\xA0"
		 "b\xE3\x80\x80"
		 "c",
		 "a b  c", 6},       /* blanks of all kinds */
		{"🫠", "🫠", 2}, /* younger than the tables */
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_put(cases[i].text, strlen(cases[i].text), false, cases[i].shown,
			   cases[i].width);
	expect_put("a\0b", 3, false, "a␀b", 3);
}

Test(cells, keep_four_marks_at_most)
{
	char text[200] = "a";
	struct cells g;

	for (int i = 0; i < 40; i++)
		memcpy(text + 1 + i * 2, "\xCC\x81", 3);
	cells_init(&g, 1, 10, false);
	cr_expect_eq(area_put(area_all(&g), 0, 0, -1, str_of(text), LOOK_PLAIN), 1);
	for (size_t i = 0; i < GLYPH_CODES; i++)
		cr_expect_eq(g.at[0].c[i], i == 0 ? 'a' : 0x301);
	cr_expect_eq(g.at[1].c[0], ' ');
	cells_clear(&g);
}

Test(cells, speak_ascii_where_there_is_nothing_else)
{
	expect_put("été à Québec", strlen("été à Québec"), true, "ete a Quebec", 12);
	expect_put("cœur «oui» 5 €…", strlen("cœur «oui» 5 €…"), true, "coeur <<oui>> 5 EUR...",
		   22);
	expect_put("日本👍🏽", strlen("日本👍🏽"), true, "???", 3);
	expect_put("a\x1B\xE2\x80\xAE", 5, true, "a??", 3);
}

Test(cells, never_leave_half_a_wide_character)
{
	struct cells g;
	struct buf out = {0};
	struct area a;

	cells_init(&g, 1, 6, false);
	a = area_all(&g);
	(void)area_put(a, 0, 0, -1, str_of("日本語"), LOOK_PLAIN);
	(void)area_put(a, 0, 1, 1, str_of("x"), LOOK_PLAIN); /* over the right half of the first */
	(void)area_put(a, 0, 4, 1, str_of("y"), LOOK_PLAIN); /* over the left half of the last */
	cells_text(&g, &out);
	cr_expect_str_eq(buf_cstr(&out), " x本y\n");
	buf_reset(&out);
	cells_wipe(&g);
	cr_expect_eq(area_put(area_part(a, 0, 0, 1, 5), 0, 0, -1, str_of("日本語"), LOOK_PLAIN), 4);
	cells_text(&g, &out);
	cr_expect_str_eq(buf_cstr(&out), "日本\n");
	buf_clear(&out);
	cells_clear(&g);
}

Test(cells, cut_between_characters_and_say_so)
{
	static const struct {
		const char *text;
		int room;
		const char *shown;
	} cases[] = {
		{"hello", 5, "hello"},
		{"hello!", 5, "hell…"},
		{"日本語", 5, "日本…"},
		{"日本語", 4, "日…"},
		{"é́é́é́", 2, "é́…"},
		{"a\nb\tc", 5, "a b c"},
		{"👍🏽👍🏽", 3, "👍🏽…"},
		{"x", 0, ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct cells g;
		struct buf out = {0};

		cells_init(&g, 1, 20, false);
		(void)area_put_cut(area_all(&g), 0, 0, cases[i].room, str_of(cases[i].text),
				   LOOK_PLAIN);
		cells_text(&g, &out);
		out.p[out.n - 1] = '\0';
		cr_expect_str_eq(buf_cstr(&out), cases[i].shown, "case %zu: \"%s\"", i,
				 buf_cstr(&out));
		buf_clear(&out);
		cells_clear(&g);
	}
}

Test(text, breaks_lines_behind_words_and_never_inside_a_character)
{
	static const struct {
		const char *text;
		int cols;
		const char *lines; /* each ended by | */
	} cases[] = {
		{"one two three", 7, "one two|three|"},
		{"one two three", 8, "one two|three|"},
		{"one  two", 4, "one|two|"},
		{"abcdefghij", 4, "abcd|efgh|ij|"},
		{"ab\ncd\r\nef\n", 10, "ab|cd|ef|"},
		{"ab\n\ncd", 10, "ab||cd|"},
		{"日本語", 5, "日本|語|"},
		{"日本", 1, "日|本|"}, /* narrower than a character: each stands alone */
		{"👍🏽👍🏽", 3, "👍🏽|👍🏽|"},
		{"https://example.org/a/long/path next", 10,
		 "https://ex|ample.org/|a/long/pat|h next|"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str rest = str_of(cases[i].text);
		struct buf out = {0};

		while (rest.n > 0) {
			(void)buf_add_str(&out, text_line(&rest, cases[i].cols, false));
			(void)buf_add_char(&out, '|');
		}
		cr_expect_str_eq(buf_cstr(&out), cases[i].lines, "case %zu: %s", i, buf_cstr(&out));
		buf_clear(&out);
	}
}

/* ---- hostile sets ---- */

static bool is_emoji(uint32_t c)
{
	const utf8proc_property_t *p = utf8proc_get_property((utf8proc_int32_t)c);

	return p->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

/* May this code point stand there in a cell? */
static bool allowed(const struct cell *cell, size_t i)
{
	uint32_t c = cell->c[i];
	const utf8proc_property_t *p = utf8proc_get_property((utf8proc_int32_t)c);

	if (i > 0 && (c == 0x200D || c == 0xFE0F || c == 0xFE0E))
		return is_emoji(cell->c[0]) || cell->c[0] < 0x80;
	if (c < 0x20 || (c >= 0x7F && c < 0xA0) || (p->ignorable && !is_emoji(c)))
		return false;
	switch (p->category) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP: return false;
	case UTF8PROC_CATEGORY_CN: return is_emoji(c);
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_ME: return i > 0;
	default: return true;
	}
}

/* A row of ours above, below and on both sides of theirs: it must come out as it was. */
static void expect_harmless(struct str text, bool plain, const char *where)
{
	struct cells g;
	struct area all, theirs;

	cells_init(&g, 3, 24, plain);
	all = area_all(&g);
	for (int row = 0; row < 3; row++)
		area_rule(all, row, 0, 24, SIGN_BETWEEN, LOOK_LINE);
	theirs = area_part(all, 1, 4, 1, 16);
	(void)area_put(theirs, 0, 0, -1, text, LOOK_PLAIN);
	for (int row = 0; row < 3; row++) {
		for (int col = 0; col < 24; col++) {
			const struct cell *c = &g.at[row * 24 + col];

			if (row != 1 || col < 4 || col >= 20)
				cr_assert(c->look == LOOK_LINE && c->width == 1,
					  "%s: a neighbour changed", where);
			cr_assert(c->width != 2 || (col + 1 < 20 && c[1].width == 0),
				  "%s: half a character", where);
			cr_assert(c->width != 0 || c[-1].width == 2, "%s: half a character", where);
			for (size_t i = 0; i < GLYPH_CODES && c->c[i] != 0; i++) {
				cr_assert(allowed(c, i), "%s: U+%04X on the screen", where,
					  (unsigned)c->c[i]);
				cr_assert(!plain || (c->c[i] >= 0x20 && c->c[i] < 0x7F),
					  "%s: U+%04X in ASCII", where, (unsigned)c->c[i]);
			}
		}
	}
	cells_clear(&g);
}

static void expect_all_harmless(struct str all, const char *where)
{
	/* From every line's start, and from places inside of it: each as one text. */
	for (size_t at = 0; at < all.n; at++) {
		if (at == 0 || all.p[at - 1] == '\n' || at % 7 == 0) {
			expect_harmless(str_sub(all, at, 200), false, where);
			expect_harmless(str_sub(all, at, 200), true, where);
		}
	}
	for (int cols = 1; cols < 30; cols += 7) { /* wrapping takes all of it and ends */
		struct str rest = all;
		size_t lines = 0;

		while (rest.n > 0) {
			struct str line = text_line(&rest, cols, false);

			cr_assert(line.n == 0 || memchr(line.p, '\n', line.n) == NULL);
			cr_assert(cols < 6 || text_width(line, false) <= cols,
				  "%s: a line of %d in %d", where, text_width(line, false), cols);
			lines++;
		}
		cr_assert(lines <= all.n);
	}
}

Test(cells, every_code_point_comes_out_harmless, .timeout = 100)
{
	for (uint32_t c = 0; c <= 0x10FFFF; c += c < 0x20000 || c > 0xDFF00 ? 1 : 97) {
		char text[12] = "a";
		size_t n;

		if (c >= 0xD800 && c <= 0xDFFF)
			continue;
		n = 1 + utf8_put(c, text + 1);
		text[n++] = 'b';
		expect_harmless(str_make(text, n), (c & 1) != 0, "one code point");
		expect_harmless(str_make(text + 1, n - 1), (c & 1) == 0, "one code point in front");
	}
}

Test(cells, every_pair_of_bytes_comes_out_harmless)
{
	for (unsigned i = 0; i < 65536; i++) {
		char text[4] = {'a', (char)(i >> 8), (char)(i & 0xFF), 'b'};

		expect_harmless(str_make(text, 4), false, "two bytes");
	}
}

Test(cells, public_hostile_texts_come_out_harmless, .timeout = 100)
{
	static const char *const files[] = {
		"corpora/text/blns/blns.txt",
		"corpora/text/kuhn/UTF-8-test.txt",
		"corpora/text/utf8tests/utf8tests.bin",
		"corpora/terminal/tmux-fuzzing-corpus/alacritty/vttest_insert",
		"corpora/terminal/tmux-fuzzing-corpus/alacritty/zerowidth",
		"corpora/terminal/tmux-fuzzing-corpus/alacritty/sgr",
		"corpora/terminal/tmux-fuzzing-corpus/alacritty/csi_rep",
		"corpora/terminal/tmux-fuzzing-corpus/alacritty/alt_reset",
		"corpora/terminal/tmux-fuzzing-corpus/alacritty/fish_cc",
		"corpora/terminal/tmux-input-fuzzer.dict",
	};
	struct arena a = {0};
	size_t found = 0;

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct str text = outside_file(&a, files[i]);

		found += text.n > 0;
		expect_all_harmless(str_sub(text, 0, 60000), files[i]);
	}
	arena_free(&a);
	if (found == 0)
		cr_skip_test("the public corpora are not here");
}
