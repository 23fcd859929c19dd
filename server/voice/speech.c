/*
 * speech.c - see speech.h.
 *
 * At the start of each word the readers are asked in turn; the first that recognizes something
 * there writes it in words and says how many bytes it was. Every other byte is copied.
 */
#include "server/voice/speech.h"

#define PHONE_MIN 10
#define PHONE_MAX 15

struct speech {
	struct buf *out;
	bool french;
	bool order; /* the word before speaks of an order */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_letter(char c)
{
	return is_upper(c) || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

static bool is_word(char c)
{
	return is_letter(c) || is_digit(c);
}

static char at(struct str s, size_t i)
{
	return i < s.n ? s.p[i] : '\0';
}

static size_t digits(struct str s, size_t from)
{
	size_t n = 0;

	while (is_digit(at(s, from + n)))
		n++;
	return n;
}

/* A blank, also the ones that do not break: its bytes, 0 for none. */
static size_t blank(struct str s, size_t i)
{
	struct str rest = str_sub(s, i, s.n);

	if (at(s, i) == ' ')
		return 1;
	if (str_starts(rest, STR_LIT("\xC2\xA0")))
		return 2;
	return str_starts(rest, STR_LIT("\xE2\x80\xAF")) ? 3 : 0;
}

/* "1 2 3" */
static void spelled(struct buf *b, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_add_char(b, ' ');
		buf_add_char(b, p[i]);
	}
}

/* ---- telephone numbers ---- */

static void phone_spoken(struct speech *to, const char *number, size_t n, bool plus)
{
	if (n == 11 && number[0] == '1') {
		number++;
		n--;
	}
	if (n != 10) {
		buf_add_cstr(to->out, plus ? "plus " : "");
		spelled(to->out, number, n);
		return;
	}
	spelled(to->out, number, 3);
	buf_add_cstr(to->out, ", ");
	spelled(to->out, number + 3, 3);
	buf_add_cstr(to->out, ", ");
	spelled(to->out, number + 6, 4);
}

/* The groups that people write numbers of this continent in; anything else needs a '+'. */
static bool grouped_as_ours(const size_t *groups, size_t n)
{
	size_t first = n > 0 && groups[0] == 1 ? 1 : 0;

	if (n == 1)
		return groups[0] == 10;
	return n == first + 3 && groups[first] == 3 && groups[first + 1] == 3 &&
	       groups[first + 2] == 4;
}

/* Digits in groups, with at most two signs between them. */
static size_t phone_read(struct speech *to, struct str s)
{
	bool plus = at(s, 0) == '+';
	size_t groups[PHONE_MAX], groups_n = 0, n = 0, end = plus ? 1 : 0;
	char number[PHONE_MAX];

	for (size_t i = end + (at(s, end) == '('); is_digit(at(s, i));) {
		size_t run = digits(s, i);

		if (n + run > PHONE_MAX)
			return 0;
		memcpy(number + n, s.p + i, run);
		n += run;
		groups[groups_n++] = run;
		end = i + run;
		for (i = end; i < end + 2 && i < s.n && strchr(" -().", s.p[i]) != NULL;)
			i++;
	}
	if (n < PHONE_MIN || is_word(at(s, end)) || !(plus || grouped_as_ours(groups, groups_n)))
		return 0;
	phone_spoken(to, number, n, plus);
	return end;
}

/* ---- prices and times ---- */

/* "1,299.99" "1 299,99" "40": digits in groups, then two cents. Its bytes; whole without groups. */
static size_t amount_read(struct str s, bool french, char whole[16], size_t *whole_n, int *cents)
{
	size_t i = 0, n = 0;

	*cents = 0;
	for (;;) {
		size_t run = digits(s, i), gap;

		if (run == 0 || n + run > 12)
			return 0;
		memcpy(whole + n, s.p + i, run);
		n += run;
		i += run;
		gap = french ? blank(s, i) : at(s, i) == ',' ? 1 : 0;
		if (gap == 0 || digits(s, i + gap) != 3)
			break;
		i += gap;
	}
	if (at(s, i) == (french ? ',' : '.') && digits(s, i + 1) == 2) {
		*cents = (s.p[i + 1] - '0') * 10 + s.p[i + 2] - '0';
		i += 3;
	}
	*whole_n = n;
	return i;
}

static void dollars_spoken(struct speech *to, const char *whole, size_t n, int cents)
{
	bool one = n == 1 && whole[0] == '1';

	buf_add(to->out, whole, n);
	buf_add_cstr(to->out, one ? " dollar" : " dollars");
	if (cents > 0)
		buf_printf(to->out, to->french ? " et %d cent%s" : " and %d cent%s", cents,
			   cents == 1 ? "" : "s");
}

static size_t price_read(struct speech *to, struct str s)
{
	char whole[16];
	size_t n, used, gap;
	int cents;

	if (!to->french && at(s, 0) == '$') {
		used = amount_read(str_sub(s, 1, s.n), false, whole, &n, &cents);
		if (used == 0 || is_word(at(s, 1 + used)))
			return 0;
		dollars_spoken(to, whole, n, cents);
		return 1 + used;
	}
	used = to->french ? amount_read(s, true, whole, &n, &cents) : 0;
	gap = used == 0 ? 0 : blank(s, used);
	if (used == 0 || at(s, used + gap) != '$')
		return 0;
	dollars_spoken(to, whole, n, cents);
	return used + gap + 1;
}

/* "18 h 30" "9 h" */
static size_t hour_read(struct speech *to, struct str s)
{
	size_t n = digits(s, 0), i = n + blank(s, n), minutes;

	if (!to->french || n == 0 || n > 2 || at(s, i) != 'h' || is_letter(at(s, i + 1)))
		return 0;
	buf_add(to->out, s.p, n);
	buf_add_cstr(to->out, n == 1 && s.p[0] <= '1' ? " heure" : " heures");
	i++;
	minutes = i + blank(s, i);
	if (digits(s, minutes) != 2)
		return i;
	if (memcmp(s.p + minutes, "00", 2) != 0) {
		buf_add_char(to->out, ' ');
		buf_add(to->out, s.p + minutes + (s.p[minutes] == '0' ? 1 : 0),
			s.p[minutes] == '0' ? 1 : 2);
	}
	return minutes + 2;
}

/* "9:00 a.m." is nine, not nine hundred. */
static size_t clock_read(struct speech *to, struct str s)
{
	size_t n = digits(s, 0);

	if (to->french || n == 0 || n > 2 || !str_starts(str_sub(s, n, s.n), STR_LIT(":00 ")) ||
	    (at(s, n + 4) != 'a' && at(s, n + 4) != 'p'))
		return 0;
	buf_add(to->out, s.p, n);
	return n + 3;
}

/* ---- names of things ---- */

static void sign_spoken(struct speech *to, char c)
{
	static const struct {
		char sign;
		const char *en, *fr;
	} signs[] = {
		{'@', " at ", " arobas "},
		{'.', " dot ", " point "},
		{'-', " dash ", " tiret "},
		{'_', " underscore ", " trait de soulignement "},
		{'/', " slash ", " barre oblique "},
		{'+', " plus ", " plus "},
	};

	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		if (signs[i].sign == c) {
			buf_add_cstr(to->out, to->french ? signs[i].fr : signs[i].en);
			return;
		}
	}
	buf_add_char(to->out, c);
}

/* An e-mail or web address, up to the blank; a full stop behind it is the sentence's. */
static size_t address_read(struct speech *to, struct str s)
{
	size_t n = 0, from = 0, dots = 0, ats = 0;

	while (n < s.n && strchr(" \t\n,;()<>\"", s.p[n]) == NULL) {
		ats += s.p[n] == '@';
		dots += s.p[n] == '.' && is_word(at(s, n + 1));
		n++;
	}
	while (n > 0 && strchr(".!?:/", s.p[n - 1]) != NULL)
		n--;
	for (const char *const *p = (const char *const[]){"https://", "http://", NULL}; *p; p++) {
		if (str_starts(s, str_of(*p)))
			from = strlen(*p);
	}
	if (from == 0 && !(ats == 1 && dots > 0) && !str_starts(s, STR_LIT("www.")))
		return 0;
	for (size_t i = from; i < n; i++)
		sign_spoken(to, s.p[i]);
	return n;
}

/* "H2T 1S4" */
static size_t postal_read(struct speech *to, struct str s)
{
	size_t gap = blank(s, 3), second = 3 + gap;

	if (!is_upper(at(s, 0)) || !is_digit(at(s, 1)) || !is_upper(at(s, 2)) ||
	    !is_digit(at(s, second)) || !is_upper(at(s, second + 1)) ||
	    !is_digit(at(s, second + 2)) || is_word(at(s, second + 3)))
		return 0;
	spelled(to->out, s.p, 3);
	buf_add_cstr(to->out, ", ");
	spelled(to->out, s.p + second, 3);
	return second + 3;
}

/* "#4021" "BC-10234" "A100", and "4021" where the word before was "order". */
static size_t number_read(struct speech *to, struct str s)
{
	bool hash = at(s, 0) == '#';
	size_t i = hash ? 1 : 0, letters = i, n;

	while (is_upper(at(s, i)) && i - letters < 4)
		i++;
	letters = i - letters;
	if (letters > 0 && at(s, i) == '-')
		i++;
	n = digits(s, i);
	if (n < 2 || is_letter(at(s, i + n)) || (letters == 0 && !hash && !(to->order && n >= 4)))
		return 0;
	if (hash)
		buf_add_cstr(to->out, to->french ? "numéro " : "number ");
	spelled(to->out, s.p + (hash ? 1 : 0), letters);
	if (letters > 0)
		buf_add_char(to->out, ' ');
	spelled(to->out, s.p + i, n);
	return i + n;
}

static size_t known_read(struct speech *to, struct str s)
{
	static size_t (*const readers[])(struct speech *, struct str) = {
		address_read, phone_read,  price_read,  hour_read,
		clock_read,   postal_read, number_read,
	};
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(readers) && n == 0; i++)
		n = readers[i](to, s);
	return n;
}

/* "order", "commande", "no", "number": a number behind it is a name. */
static bool speaks_of_order(struct str word)
{
	static const char *const words[] = {"order", "orders", "commande", "commandes",
					    "no",    "number", "numéro"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_is_nocase(word, words[i]))
			return true;
	}
	return false;
}

void speech_add(struct buf *b, struct str text, enum language l)
{
	struct speech to = {b, l == LANGUAGE_FR, false};
	size_t i = 0, n;

	while (i < text.n) {
		struct str rest = str_sub(text, i, text.n);

		n = known_read(&to, rest);
		if (n > 0) {
			to.order = false;
			i += n;
			continue;
		}
		for (n = 0; is_word(at(rest, n));)
			n++;
		if (n > 0)
			to.order = speaks_of_order(str_sub(rest, 0, n));
		else
			n = 1;
		buf_add(b, rest.p, n);
		i += n;
	}
}
