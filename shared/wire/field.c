/*
 * field.c - see field.h. The reading of whole objects is in fields.c.
 */
#include "shared/wire/field.h"

#include "shared/clock.h"
#include "shared/utf8.h"
#include "shared/wire/field_text.h"

#define TEXT_MAX 200

static bool hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool field_is_id(struct str text)
{
	if (text.n != 36)
		return false;
	for (size_t i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text.p[i] != '-' : !hex(text.p[i]))
			return false;
	}
	return true;
}

/* C0, DEL and C1; lines: but for line feed and tab. */
static bool control(uint32_t code, bool lines)
{
	if (lines && (code == '\n' || code == '\t'))
		return false;
	return code < 0x20 || (code >= 0x7F && code < 0xA0);
}

static struct str line_ends(struct str s, struct arena *a)
{
	char *p;
	size_t n = 0;

	if (str_find_char(s, '\r') < 0)
		return s;
	p = arena_take(a, s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\r' || i + 1 == s.n || s.p[i + 1] != '\n')
			p[n++] = s.p[i];
	}
	return str_make(p, n);
}

static bool text_read(const struct field *f, struct str s, struct arena *a, const char **out,
		      struct err *err)
{
	bool lines = f->kind == FIELD_LINES;
	int64_t max = f->max == 0 ? TEXT_MAX : f->max;
	int64_t count = 0;
	uint32_t code;

	if (lines)
		s = line_ends(s, a);
	for (size_t i = 0; i < s.n; count++) {
		size_t n = utf8_next(str_sub(s, i, s.n), &code);

		if (n == 0 || control(code, lines))
			return err_set(err, ERR_INPUT, "%s holds what is no text", f->name);
		i += n;
	}
	if (count < f->min || count > max)
		return err_set(err, ERR_INPUT, "%s has %" PRId64 " to %" PRId64 " characters",
			       f->name, f->min, max);
	*out = s.n == 0 ? "" : arena_cstr(a, s);
	return true;
}

bool field_word_is(const struct field *f, struct str word)
{
	struct str rest = str_of(f->words);

	while (rest.p != NULL) {
		if (str_eq(str_cut(&rest, '|'), word))
			return true;
	}
	return false;
}

static bool digits(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
	}
	return true;
}

/* A day of the calendar as we use it: 1900 to 2199, so that no arithmetic on it can overflow. */
static bool date_is(struct str s)
{
	static const int lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t year, month, day;

	if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' || !digits(s.p, 4) || !digits(s.p + 5, 2) ||
	    !digits(s.p + 8, 2))
		return false;
	if (!str_int(str_sub(s, 0, 4), 1900, 2199, &year) ||
	    !str_int(str_sub(s, 5, 2), 1, 12, &month) || !str_int(str_sub(s, 8, 2), 1, 31, &day))
		return false;
	return day <= lengths[month - 1] &&
	       (month != 2 || day < 29 || (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)));
}

static bool time_read(struct str s, struct arena *a, const char **out)
{
	char text[CLOCK_TEXT + 8];
	int64_t us;

	if (s.n < 20 || s.n > CLOCK_TEXT || !date_is(str_sub(s, 0, 10)) || s.p[10] != 'T')
		return false;
	snprintf(text, sizeof text, STR_FMT, STR_ARG(s));
	if (strlen(text) != s.n || !clock_parse(text, &us))
		return false;
	*out = arena_strdup(a, text);
	return true;
}

/* str_int takes "-0", "007": those are spellings of no number that we wrote. */
static bool int_is(const struct field *f, struct str s)
{
	int64_t v;
	bool minus = s.n > 0 && s.p[0] == '-';
	struct str bare = minus ? str_sub(s, 1, s.n) : s;

	if (!str_int(s, f->min, f->max, &v) || bare.n == 0)
		return false;
	return bare.p[0] != '0' || (bare.n == 1 && !minus);
}

bool field_read(const struct field *f, struct str s, struct arena *a, const char **out,
		struct err *err)
{
	bool ok = false;

	switch (f->kind) {
	case FIELD_TEXT:
	case FIELD_LINES: return text_read(f, s, a, out, err);
	case FIELD_ID:
		if (!field_is_id(s))
			return err_set(err, ERR_INPUT, "%s is no id", f->name);
		break;
	case FIELD_INT:
		if (!int_is(f, s))
			return err_set(err, ERR_INPUT,
				       "%s is a number from %" PRId64 " to %" PRId64, f->name,
				       f->min, f->max);
		break;
	case FIELD_BOOL:
		if (!str_is(s, "true") && !str_is(s, "false"))
			return err_set(err, ERR_INPUT, "%s is true or false", f->name);
		break;
	case FIELD_WORD:
		if (!field_word_is(f, s))
			return err_set(err, ERR_INPUT, "%s is one of %s", f->name, f->words);
		break;
	case FIELD_TIME:
		ok = time_read(s, a, out);
		return ok || err_set(err, ERR_INPUT, "%s is no time with an offset", f->name);
	case FIELD_DATE:
		if (!date_is(s))
			return err_set(err, ERR_INPUT, "%s is no date", f->name);
		break;
	case FIELD_WORDS: return err_set(err, ERR_INPUT, "%s is a list", f->name);
	}
	*out = arena_cstr(a, s);
	return true;
}
