/*
 * pairs.c - see pairs.h.
 */
#include "tests/sim/pairs.h"

void sim_pairs_add(struct sim_pairs *p, struct arena *a, struct str name, struct str value)
{
	if (p->n == SIM_PAIRS_MAX)
		return;
	if (p->n == p->room) {
		size_t room = p->room == 0 ? 24 : p->room * 2;
		struct sim_pair *at = ARENA_ARRAY(a, struct sim_pair, room);

		if (p->n > 0)
			memcpy(at, p->at, p->n * sizeof *at);
		p->at = at;
		p->room = room;
	}
	p->at[p->n++] = (struct sim_pair){name, value};
}

void sim_pairs_put(struct sim_pairs *p, struct arena *a, const char *name, struct str value)
{
	sim_pairs_add(p, a, str_of(name), arena_str(a, value));
}

void sim_pairs_put_int(struct sim_pairs *p, struct arena *a, const char *name, int64_t value)
{
	sim_pairs_add(p, a, str_of(name), str_of(arena_printf(a, "%" PRId64, value)));
}

const struct str *sim_pairs_get(const struct sim_pairs *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++) {
		if (str_is(p->at[i].name, name))
			return &p->at[i].value;
	}
	return NULL;
}

struct str sim_pairs_value(const struct sim_pairs *p, const char *name)
{
	const struct str *v = sim_pairs_get(p, name), none = {0};

	return v == NULL ? none : *v;
}

size_t sim_pairs_all(const struct sim_pairs *p, const char *name, struct str *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n && n < max; i++) {
		if (str_is(p->at[i].name, name))
			out[n++] = p->at[i].value;
	}
	return n;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static struct str decoded(struct arena *a, struct str s, bool plus_is_blank)
{
	char *out = arena_take(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '%' && i + 2 < s.n && hex_digit(s.p[i + 1]) >= 0 &&
		    hex_digit(s.p[i + 2]) >= 0) {
			c = (char)(hex_digit(s.p[i + 1]) * 16 + hex_digit(s.p[i + 2]));
			i += 2;
		} else if (c == '+' && plus_is_blank) {
			c = ' ';
		}
		out[n++] = c;
	}
	return str_make(out, n);
}

void sim_pairs_read(struct sim_pairs *p, struct arena *a, struct str form)
{
	while (form.n > 0) {
		struct str value = str_cut(&form, '&');
		struct str name = str_cut(&value, '=');

		if (name.n == 0 && value.n == 0)
			continue;
		sim_pairs_add(p, a, decoded(a, name, true), decoded(a, value, true));
	}
}

static void escape(struct str s, bool blank_is_plus, struct buf *out)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    c == '-' || c == '_' || c == '.' || c == '~') {
			buf_add_char(out, (char)c);
		} else if (c == ' ' && blank_is_plus) {
			buf_add_char(out, '+');
		} else {
			buf_add_char(out, '%');
			buf_add_char(out, hex[c >> 4]);
			buf_add_char(out, hex[c & 15]);
		}
	}
}

void sim_pairs_write(const struct sim_pairs *p, struct buf *out)
{
	for (size_t i = 0; i < p->n; i++) {
		if (i > 0)
			buf_add_char(out, '&');
		escape(p->at[i].name, true, out);
		buf_add_char(out, '=');
		escape(p->at[i].value, true, out);
	}
}

void sim_escape(struct str s, struct buf *out)
{
	escape(s, false, out);
}

struct str sim_unescape(struct arena *a, struct str s)
{
	return decoded(a, s, false);
}
