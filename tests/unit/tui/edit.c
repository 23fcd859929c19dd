/*
 * edit.c - typing: a cursor that never stands inside a character, lines as they are shown.
 */
#include <criterion/criterion.h>

#include "shared/utf8.h"
#include "tui/model/edit.h"

/* Text with the cursor as '|'. */
static const char *seen(const struct edit *e, char out[400])
{
	snprintf(out, 400, "%.*s|%s", (int)e->at, e->text == NULL ? "" : e->text,
		 e->text == NULL ? "" : e->text + e->at);
	return out;
}

static struct edit edit_with(const char *text, size_t at)
{
	struct edit e = {0};

	edit_set(&e, str_of(text));
	e.at = at;
	return e;
}

Test(edit, moves_and_removes_whole_characters)
{
	static const struct {
		const char *text;
		size_t at;
		void (*act)(struct edit *e);
		const char *after;
	} cases[] = {
		{"abc", 3, edit_left, "ab|c"},
		{"abc", 0, edit_left, "|abc"},
		{"e\xCC\x81x", 0, edit_right, "e\xCC\x81|x"},
		{"👍🏽x", 0, edit_right, "👍🏽|x"},
		{"x👨‍👩‍👧", strlen("x👨‍👩‍👧"), edit_rub, "x|"},
		{"日本", 3, edit_delete, "日|"},
		{"", 0, edit_rub, "|"},
		{"abc", 3, edit_delete, "abc|"},
		{"one two  ", 9, edit_word_wipe, "one |"},
		{"one\ntwo", 7, edit_word_wipe, "one\n|"},
		{"ab\ncd", 5, edit_line_wipe, "ab\n|"},
		{"ab\ncd", 4, edit_line_start, "ab\n|cd"},
		{"ab\ncd", 0, edit_line_end, "ab|\ncd"},
	};
	char out[400];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct edit e = edit_with(cases[i].text, cases[i].at);

		cases[i].act(&e);
		cr_expect_str_eq(seen(&e, out), cases[i].after, "case %zu: %s", i, out);
		edit_clear(&e);
	}
}

Test(edit, follows_shown_lines_up_and_down)
{
	struct edit e = edit_with("one two three\nfour", 17);
	char out[400];

	/* shown in 8 columns: "one two" "three" "four" */
	cr_expect(edit_up(&e, 8, false));
	cr_expect_str_eq(seen(&e, out), "one two thr|ee\nfour");
	cr_expect(edit_up(&e, 8, false));
	cr_expect_str_eq(seen(&e, out), "one| two three\nfour");
	cr_expect(!edit_up(&e, 8, false));
	cr_expect(edit_down(&e, 8, false) && edit_down(&e, 8, false) && !edit_down(&e, 8, false));
	cr_expect_str_eq(seen(&e, out), "one two three\nfou|r");
	edit_clear(&e);
}

Test(edit, gives_a_text_that_ends_in_a_break_its_last_line)
{
	struct edit e = edit_with("ab\n", 3);
	struct edit_line lines[4];
	size_t row;
	int col;

	cr_expect_eq(edit_lines(&e, 10, false, lines, 4, &row, &col), 2);
	cr_expect_eq(row, 1);
	cr_expect_eq(col, 0);
	edit_clear(&e);
	cr_expect_eq(edit_lines(&e, 10, false, lines, 4, &row, &col), 1);
}

Test(edit, holds_as_many_characters_as_a_text)
{
	struct edit e = {0};

	for (int i = 0; i < EDIT_LIMIT; i++)
		cr_assert(edit_put(&e, str_of("é")));
	cr_expect(!edit_put(&e, str_of("x")));
	cr_expect_eq(utf8_count(edit_text(&e)), EDIT_LIMIT);
	edit_clear(&e);
	e.limit = 3;
	cr_expect(!edit_put(&e, str_of("abcd")));
	cr_expect(str_is(edit_text(&e), "abc"));
	edit_clear(&e);
}
