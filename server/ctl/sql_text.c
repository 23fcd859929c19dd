/*
 * sql_text.c - see sql_text.h.
 */
#include "server/ctl/sql_text.h"

#include "shared/utf8.h"

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || (unsigned char)c >= 0x80;
}

/* Each skip returns the position behind what begins at `at`; an end that is missing is s.n. */
static size_t skip_line_comment(struct str s, size_t at)
{
	while (at < s.n && s.p[at] != '\n')
		at++;
	return at;
}

static size_t skip_block_comment(struct str s, size_t at)
{
	int depth = 0;

	while (at < s.n) {
		if (str_starts(str_sub(s, at, 2), STR_LIT("/*"))) {
			depth++;
			at += 2;
		} else if (str_starts(str_sub(s, at, 2), STR_LIT("*/"))) {
			at += 2;
			if (--depth == 0)
				break;
		} else {
			at++;
		}
	}
	return at;
}

/* A doubled quote inside is two quoted texts side by side, which comes to the same. */
static size_t skip_quoted(struct str s, size_t at)
{
	char quote = s.p[at];
	bool escapes = quote == '\'' && at > 0 && (s.p[at - 1] == 'E' || s.p[at - 1] == 'e') &&
		       (at == 1 || !is_word(s.p[at - 2]));

	for (at++; at < s.n && s.p[at] != quote; at++) {
		if (escapes && s.p[at] == '\\')
			at++;
	}
	return size_min(at + 1, s.n);
}

/* $tag$ ... $tag$; a '$' that begins no such thing (a parameter, part of a name) is one byte. */
static size_t skip_dollar(struct str s, size_t at)
{
	size_t end = at + 1;
	struct str tag;
	ptrdiff_t close;

	if (at > 0 && is_word(s.p[at - 1]))
		return at + 1;
	while (end < s.n && is_word(s.p[end]))
		end++;
	if (end >= s.n || s.p[end] != '$' || (s.p[at + 1] >= '0' && s.p[at + 1] <= '9'))
		return at + 1;
	tag = str_sub(s, at, end + 1 - at);
	close = str_find(str_sub(s, end + 1, s.n), tag);
	return close < 0 ? s.n : end + 1 + (size_t)close + tag.n;
}

static size_t skip_one(struct str s, size_t at)
{
	struct str two = str_sub(s, at, 2);

	if (str_is(two, "--"))
		return skip_line_comment(s, at);
	if (str_is(two, "/*"))
		return skip_block_comment(s, at);
	if (s.p[at] == '\'' || s.p[at] == '"')
		return skip_quoted(s, at);
	if (s.p[at] == '$')
		return skip_dollar(s, at);
	return at + 1;
}

static void advance(struct sql_text *t, size_t n)
{
	for (size_t i = 0; i < n; i++)
		t->line += t->rest.p[i] == '\n';
	t->rest = str_sub(t->rest, n, t->rest.n);
}

/* Bytes of blanks, comments and lone semicolons at the front. */
static size_t lead_of(struct str s)
{
	size_t at = 0;

	while (at < s.n) {
		struct str two = str_sub(s, at, 2);

		if (str_is(two, "--"))
			at = skip_line_comment(s, at);
		else if (str_is(two, "/*"))
			at = skip_block_comment(s, at);
		else if (strchr(" \t\r\n\v\f;", s.p[at]) != NULL && s.p[at] != '\0')
			at++;
		else
			break;
	}
	return at;
}

bool sql_next(struct sql_text *t, struct str *statement, int *line)
{
	size_t at = 0;

	advance(t, lead_of(t->rest));
	if (t->rest.n == 0)
		return false;
	while (at < t->rest.n && t->rest.p[at] != ';')
		at = skip_one(t->rest, at);
	*statement = str_trim(str_sub(t->rest, 0, at));
	*line = t->line;
	advance(t, size_min(at + 1, t->rest.n));
	return true;
}

int sql_line_at(struct str statement, int line, int64_t character)
{
	uint32_t code;

	for (int64_t i = 1; i < character && statement.n > 0; i++) {
		size_t n = size_max(1, utf8_next(statement, &code));

		line += statement.p[0] == '\n';
		statement = str_sub(statement, n, statement.n);
	}
	return line;
}
