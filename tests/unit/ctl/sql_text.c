/*
 * sql_text: where statements end, and on which lines they begin.
 */
#include "server/ctl/sql_text.h"

#include <criterion/criterion.h>

/* The statements with their lines, "1:SELECT 1|3:SELECT 2". */
static const char *split(const char *text)
{
	static char out[1000];
	struct sql_text t = {str_of(text), 1};
	struct str one;
	size_t n = 0;
	int line;

	out[0] = '\0';
	while (sql_next(&t, &one, &line))
		n += (size_t)snprintf(out + n, sizeof out - n, "%s%d:" STR_FMT, n == 0 ? "" : "|",
				      line, STR_ARG(one));
	return out;
}

Test(sql_text, statements_end_at_their_own_semicolons)
{
	static const struct {
		const char *text, *statements;
	} cases[] = {
		{"", ""},
		{"  \n-- only a comment;\n/* and; /* nested; */ one; */ ;;\n", ""},
		{"SELECT 1", "1:SELECT 1"},
		{"SELECT 1;\n\nSELECT 2;", "1:SELECT 1|3:SELECT 2"},
		{"SELECT ';' ;SELECT 2", "1:SELECT ';'|1:SELECT 2"},
		{"SELECT 'it''s; ' ;x", "1:SELECT 'it''s; '|1:x"},
		{"SELECT E'a\\';b';x", "1:SELECT E'a\\';b'|1:x"},
		{"SELECT 'a\\';x", "1:SELECT 'a\\'|1:x"},
		{"SELECT \"a;b\";x", "1:SELECT \"a;b\"|1:x"},
		{"SELECT 1 -- ; not here\n;x", "1:SELECT 1 -- ; not here|2:x"},
		{"SELECT /* ; */ 1;x", "1:SELECT /* ; */ 1|1:x"},
		{"DO $$ a; b; $$;x", "1:DO $$ a; b; $$|1:x"},
		{"DO $a$ $$;$$ $b$;$b$ $a$;x", "1:DO $a$ $$;$$ $b$;$b$ $a$|1:x"},
		{"SELECT $1;x$y$;z", "1:SELECT $1|1:x$y$|1:z"},
		{"-- first\nA\nB;\n-- second\n\nC", "2:A\nB|6:C"},
		{"DO $$ never closed; ;", "1:DO $$ never closed; ;"},
		{"SELECT 'never closed; ;", "1:SELECT 'never closed; ;"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_expect_str_eq(split(cases[i].text), cases[i].statements, "%s\n-> %s",
				 cases[i].text, split(cases[i].text));
}

Test(sql_text, a_position_counts_characters_not_bytes)
{
	struct str s = STR_LIT("é é\né\nx");

	cr_expect_eq(sql_line_at(s, 10, 1), 10);
	cr_expect_eq(sql_line_at(s, 10, 5), 11);
	cr_expect_eq(sql_line_at(s, 10, 7), 12);
	cr_expect_eq(sql_line_at(s, 10, 1000), 12);
}
