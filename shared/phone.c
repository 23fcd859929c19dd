/*
 * phone.c - see phone.h.
 */
#include "shared/phone.h"

static bool digits_only(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	}
	return s.n > 0;
}

bool phone_valid(struct str s)
{
	return s.n >= 8 && s.n <= 16 && s.p[0] == '+' && s.p[1] != '0' &&
	       digits_only(str_sub(s, 1, s.n));
}

enum phone_kind phone_kind_of(struct str raw)
{
	/* the words on a keypad that carriers put in place of a withheld number (twilio.md 3.1) */
	static const char *const placeholders[] = {"+266696687", "+7378742833", "+2562533",
						   "+8566696", "+86282452253"};
	static const char *const words[] = {"",         "anonymous",   "restricted",
					    "blocked",  "unknown",     "private",
					    "withheld", "unavailable", "+anonymous"};
	struct str s = str_trim(raw);

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_is_nocase(s, words[i]))
			return PHONE_WITHHELD;
	}
	for (size_t i = 0; i < ARRAY_LEN(placeholders); i++) {
		if (str_is(s, placeholders[i]))
			return PHONE_WITHHELD;
	}
	if (phone_valid(raw))
		return PHONE_E164;
	if (raw.n >= 3 && raw.n <= 8 && digits_only(raw))
		return PHONE_SHORT;
	return PHONE_ODD;
}

const char *phone_kind_word(enum phone_kind k)
{
	switch (k) {
	case PHONE_E164: return "e164";
	case PHONE_SHORT: return "short";
	case PHONE_WITHHELD: return "withheld";
	default: return "odd";
	}
}

bool phone_parse(struct str typed, char out[PHONE_MAX])
{
	struct str s = str_trim(typed);
	size_t n = 0;

	if (s.n == 0 || s.p[0] != '+')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == ' ' || c == '.' || c == '-' || c == '(' || c == ')')
			continue;
		if (n + 1 >= PHONE_MAX || (i > 0 && (c < '0' || c > '9')))
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	return phone_valid(str_make(out, n));
}

const char *phone_masked(struct str raw)
{
	static char turning[4][24];
	static unsigned turn;
	char *out = turning[turn++ % ARRAY_LEN(turning)];

	if (!phone_valid(raw) || raw.n < 11)
		snprintf(out, sizeof turning[0], "***");
	else
		snprintf(out, sizeof turning[0], "%.*s***%.*s", (int)(raw.n > 11 ? 5 : 3), raw.p, 4,
			 raw.p + raw.n - 4);
	return out;
}

void phone_text(struct str e164, char out[24])
{
	if (e164.n == 12 && str_starts(e164, STR_LIT("+1")))
		snprintf(out, 24, "+1 %.3s %.3s-%.4s", e164.p + 2, e164.p + 5, e164.p + 8);
	else
		snprintf(out, 24, "%.*s", (int)size_min(e164.n, 23), e164.p == NULL ? "" : e164.p);
}
