/*
 * value.c - see value.h.
 */
#include "server/ctl/value.h"

#include <jansson.h>

#include "shared/phone.h"
#include "shared/utf8.h"

#define SHOWN_MAX  60
#define OBJECT_MAX 8192
#define CODE_MAX   999
#define FIRST_YEAR 1900
#define LAST_YEAR  2199

const char *value_shown(struct arena *a, struct str s)
{
	struct str whole = utf8_repair(a, s), cut = utf8_cut(whole, SHOWN_MAX);
	char *shown = arena_take(a, SHOWN_MAX + 4);
	bool is_cut = cut.n < whole.n;
	size_t n = 0;
	uint32_t code;

	while (cut.n > 0) {
		size_t bytes = size_max(1, utf8_next(cut, &code));

		if (code < 0x20 || (code >= 0x7f && code < 0xa0))
			shown[n++] = '?';
		else
			n += utf8_put(code, shown + n);
		cut = str_sub(cut, bytes, cut.n);
	}
	if (is_cut)
		memcpy(shown + n, "...", 4);
	return shown;
}

static bool refuse(struct arena *a, struct str given, struct err *err, const char *expected)
{
	return err_set(err, ERR_INPUT, "\"%s\" is not %s", value_shown(a, given), expected);
}

/* ---- texts ----------------------------------------------------------------------------------- */

/* Controls have no place in names; prose keeps its line ends and tabs. */
static bool has_control(struct str s, bool prose)
{
	uint32_t code;

	while (s.n > 0) {
		s = str_sub(s, size_max(1, utf8_next(s, &code)), s.n);
		if (prose && (code == '\n' || code == '\t' || code == '\r'))
			continue;
		if (code < 0x20 || (code >= 0x7f && code < 0xa0))
			return true;
	}
	return false;
}

static bool text_read(const struct value_rule *rule, struct str s, struct arena *a,
		      const char **out, struct err *err)
{
	size_t characters = utf8_count(s);

	if (has_control(s, rule->kind == VALUE_PROSE))
		return err_set(err, ERR_INPUT, "\"%s\" holds control characters",
			       value_shown(a, s));
	if ((int64_t)characters > rule->max || (int64_t)characters < rule->min)
		return err_set(err, ERR_INPUT,
			       "\"%s\" has %zu characters, %" PRId64 " to %" PRId64 " are taken",
			       value_shown(a, s), characters, rule->min, rule->max);
	*out = arena_cstr(a, s);
	return true;
}

static bool made_of(struct str s, const char *first, const char *then)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\0' || strchr(i == 0 ? first : then, s.p[i]) == NULL)
			return false;
	}
	return s.n > 0;
}

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static bool is_name(struct str s, int64_t max)
{
	return (int64_t)s.n <= max && made_of(s, LOWER, LOWER DIGITS "_");
}

static bool is_email(struct str s)
{
	ptrdiff_t at = str_find_char(s, '@');

	return s.n <= 254 && at > 0 && (size_t)at + 1 < s.n &&
	       str_find_char(str_sub(s, (size_t)at + 1, s.n), '@') < 0 &&
	       str_find_char(s, ' ') < 0 && !has_control(s, false);
}

static bool choice_read(const struct value_rule *rule, struct str s, struct arena *a,
			const char **out, struct err *err)
{
	struct str rest = str_of(rule->choices);

	while (rest.n > 0) {
		struct str word = str_cut(&rest, '|');

		if (str_eq_nocase(word, s)) {
			*out = arena_cstr(a, word);
			return true;
		}
	}
	return err_set(err, ERR_INPUT, "\"%s\" is none of %s", value_shown(a, s), rule->choices);
}

static bool yes_no_read(struct str s, struct arena *a, const char **out, struct err *err)
{
	static const char *const yes[] = {"yes", "true", "1", "oui", "y", "t"};
	static const char *const no[] = {"no", "false", "0", "non", "n", "f"};

	for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
		if (str_is_nocase(s, yes[i]) || str_is_nocase(s, no[i])) {
			*out = str_is_nocase(s, yes[i]) ? "true" : "false";
			return true;
		}
	}
	return refuse(a, s, err, "yes or no");
}

/* ---- numbers --------------------------------------------------------------------------------- */

static bool int_read(const struct value_rule *rule, struct str s, struct arena *a, const char **out,
		     struct err *err)
{
	int64_t v;

	if (!str_int(s, rule->min, rule->max, &v))
		return err_set(err, ERR_INPUT,
			       "\"%s\" is not a whole number from %" PRId64 " to %" PRId64,
			       value_shown(a, s), rule->min, rule->max);
	*out = arena_printf(a, "%" PRId64, v);
	return true;
}

static bool money_read(struct str s, struct arena *a, const char **out, struct err *err)
{
	struct str cents = s, units;

	units = str_cut(&cents, str_find_char(s, '.') >= 0 ? '.' : ',');
	if (units.n > 10 || !made_of(units, DIGITS, DIGITS) ||
	    (cents.p != NULL && (cents.n > 2 || !made_of(cents, DIGITS, DIGITS))))
		return refuse(a, s, err, "an amount such as 1249.99 (no sign, no thousands marks)");
	*out = arena_printf(a, STR_FMT "." STR_FMT "%s", STR_ARG(units), STR_ARG(cents),
			    cents.n == 0   ? "00"
			    : cents.n == 1 ? "0"
					   : "");
	return true;
}

/* Codes or words between commas, as a PostgreSQL array. */
static bool list_read(const struct value_rule *rule, struct str s, struct arena *a,
		      const char **out, struct err *err)
{
	bool countries = rule->kind == VALUE_COUNTRIES;
	const char *list = "";
	struct str rest = s;
	int64_t n = 0, code;

	while (rest.n > 0) {
		struct str one = str_trim(str_cut(&rest, ','));

		if (countries ? !str_int(one, 1, CODE_MAX, &code) || one.p[0] == '0'
			      : !is_name(one, 40))
			return refuse(a, s, err,
				      countries ? "a list of calling codes such as 1,33"
						: "a list of words such as brakes,wheels");
		list = arena_printf(a, "%s%s" STR_FMT, list, *list == '\0' ? "" : ",",
				    STR_ARG(one));
		if (++n > rule->max)
			return err_set(err, ERR_INPUT, "there are more than %" PRId64 " of them",
				       rule->max);
	}
	*out = arena_printf(a, "{%s}", list);
	return true;
}

/* ---- dates ----------------------------------------------------------------------------------- */

static bool digits_read(struct str s, size_t at, size_t n, int64_t min, int64_t max, int64_t *out)
{
	struct str part = str_sub(s, at, n);

	return part.n == n && made_of(part, DIGITS, DIGITS) && str_int(part, min, max, out);
}

static bool date_ok(struct str s)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t year, month, day;

	if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' ||
	    !digits_read(s, 0, 4, FIRST_YEAR, LAST_YEAR, &year) ||
	    !digits_read(s, 5, 2, 1, 12, &month) || !digits_read(s, 8, 2, 1, 31, &day))
		return false;
	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		return day <= 29;
	return day <= days[month - 1];
}

/* "", "Z", "+05:30" */
static bool offset_ok(struct str s)
{
	int64_t v;

	if (s.n == 0 || str_is(s, "Z"))
		return true;
	return s.n == 6 && (s.p[0] == '+' || s.p[0] == '-') && s.p[3] == ':' &&
	       digits_read(s, 1, 2, 0, 14, &v) && digits_read(s, 4, 2, 0, 59, &v);
}

/* A date; or a date, 'T' or blank, HH:MM[:SS[.fraction]] and an offset. */
static bool time_ok(struct str s)
{
	int64_t v;
	size_t at;

	if (!date_ok(str_sub(s, 0, 10)))
		return false;
	if (s.n == 10)
		return true;
	if ((s.p[10] != 'T' && s.p[10] != ' ') || !digits_read(s, 11, 2, 0, 23, &v) ||
	    !str_is(str_sub(s, 13, 1), ":") || !digits_read(s, 14, 2, 0, 59, &v))
		return false;
	at = 16;
	if (str_is(str_sub(s, at, 1), ":")) {
		if (!digits_read(s, at + 1, 2, 0, 59, &v))
			return false;
		at += 3;
		if (str_is(str_sub(s, at, 1), ".")) {
			size_t begin = ++at;

			while (at < s.n && at - begin < 9 && s.p[at] >= '0' && s.p[at] <= '9')
				at++;
			if (at == begin)
				return false;
		}
	}
	return offset_ok(str_sub(s, at, s.n));
}

/* ---- one value ------------------------------------------------------------------------------- */

static bool json_read(const struct value_rule *rule, struct str s, struct arena *a,
		      const char **out, struct err *err)
{
	json_t *v = s.n > OBJECT_MAX ? NULL : json_loadb(s.p, s.n, JSON_REJECT_DUPLICATES, NULL);
	bool ok = rule->kind == VALUE_OBJECT ? json_is_object(v) : json_is_array(v);

	json_decref(v);
	if (!ok)
		return refuse(a, s, err,
			      rule->kind == VALUE_OBJECT ? "a JSON object" : "a JSON array");
	*out = arena_cstr(a, s);
	return true;
}

static bool phone_read(struct str s, struct arena *a, const char **out, struct err *err)
{
	char number[PHONE_MAX];

	if (!phone_parse(s, number))
		return refuse(a, s, err, "a number with its country, such as +14165550001");
	*out = arena_strdup(a, number);
	return true;
}

static const char *cased(struct arena *a, struct str s, char from, char to, int shift)
{
	char *copy = arena_cstr(a, s);

	for (size_t i = 0; i < s.n; i++) {
		if (copy[i] >= from && copy[i] <= to)
			copy[i] = (char)(copy[i] + shift);
	}
	return copy;
}

static bool plain_read(const struct value_rule *rule, struct str s, struct arena *a,
		       const char **out, struct err *err)
{
	bool ok = false;
	const char *expected = "";

	switch (rule->kind) {
	case VALUE_WORD:
		ok = is_name(s, rule->max);
		expected = "a word of lower-case letters, digits and _";
		break;
	case VALUE_ID:
		ok = s.n <= 128 && made_of(s, LOWER UPPER DIGITS "-_", LOWER UPPER DIGITS "-_");
		expected = "an id of letters, digits, - and _";
		break;
	case VALUE_EMAIL:
		ok = is_email(s);
		expected = "an e-mail address";
		break;
	case VALUE_URL:
		ok = (int64_t)s.n <= rule->max && str_find_char(s, ' ') < 0 &&
		     !has_control(s, false) &&
		     (str_starts(s, STR_LIT("https://")) || str_starts(s, STR_LIT("http://")));
		expected = "an address that begins with https:// or http://";
		break;
	case VALUE_DATE:
		ok = date_ok(s);
		expected = "a date such as 2026-11-22";
		break;
	case VALUE_TIME:
		ok = time_ok(s);
		expected =
			"a time such as 2026-11-22, 2026-11-22T17:30 or 2026-11-22T17:30:00-05:00";
		break;
	default: BUG("value kind %d has no reader", (int)rule->kind);
	}
	if (!ok)
		return refuse(a, s, err, expected);
	*out = arena_cstr(a, s);
	return true;
}

bool value_read(const struct value_rule *rule, struct str given, struct arena *a, const char **out,
		struct err *err)
{
	struct str s = str_trim(given);

	if (!utf8_valid(s))
		return err_set(err, ERR_INPUT, "\"%s\" is not UTF-8 text", value_shown(a, s));
	switch (rule->kind) {
	case VALUE_TEXT:
	case VALUE_PROSE: return text_read(rule, s, a, out, err);
	case VALUE_PHONE: return phone_read(s, a, out, err);
	case VALUE_CHOICE: return choice_read(rule, s, a, out, err);
	case VALUE_YES_NO: return yes_no_read(s, a, out, err);
	case VALUE_INT: return int_read(rule, s, a, out, err);
	case VALUE_MONEY: return money_read(s, a, out, err);
	case VALUE_COUNTRIES:
	case VALUE_WORDS: return list_read(rule, s, a, out, err);
	case VALUE_OBJECT:
	case VALUE_ARRAY: return json_read(rule, s, a, out, err);
	case VALUE_CURRENCY:
		*out = cased(a, s, 'a', 'z', 'A' - 'a');
		return (s.n == 3 && made_of(s, LOWER UPPER, LOWER UPPER)) ||
		       refuse(a, s, err, "a currency such as CAD");
	case VALUE_ACCOUNT:
		*out = arena_printf(a, "AC%s", cased(a, str_sub(s, 2, s.n), 'A', 'F', 'a' - 'A'));
		return (s.n == 34 && str_starts(s, STR_LIT("AC")) &&
			made_of(str_sub(s, 2, s.n), DIGITS "abcdefABCDEF",
				DIGITS "abcdefABCDEF")) ||
		       refuse(a, s, err, "AC followed by 32 hexadecimal digits");
	default: return plain_read(rule, s, a, out, err);
	}
}
