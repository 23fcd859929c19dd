/*
 * form.c - see form.h. One pass over one copy of the body, decoded where it lies; parameters are
 * views into it. The repaired face costs nothing for a parameter that is plain ASCII.
 */
#include "server/twilio/form.h"

#include "shared/utf8.h"

/* What a byte of a body means. PLAIN must be 0. */
enum { PLAIN, EQUALS, AMPERSAND, ESCAPE, BLANK, NOT_ASCII };

static const unsigned char meaning[256] = {
	['\0'] = NOT_ASCII, ['%'] = ESCAPE,    ['+'] = BLANK,
	['='] = EQUALS,     ['&'] = AMPERSAND, [0x80 ... 0xFF] = NOT_ASCII,
};

/* Reads the copy of the body and decodes where it reads: decoding never makes a piece longer. */
struct reader {
	unsigned char *at, *end; /* *end is '&', so that a scan stops there */
	bool odd;                /* the piece has bytes that may need repair */
};

static int hex(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* At a '%': how many bytes are read, and the byte that they stand for; '%' stands for itself when
 * no two hex digits follow. */
static size_t escape_read(const unsigned char *at, const unsigned char *end, unsigned char *out)
{
	int high = end - at > 2 ? hex(at[1]) : -1;
	int low = high < 0 ? -1 : hex(at[2]);

	if (low < 0)
		return 1;
	*out = (unsigned char)(high << 4 | low);
	return 3;
}

/* Decodes up to the end of the name, or of the value, where '=' is a character like another. */
static struct str piece_read(struct reader *r, bool is_name)
{
	unsigned char *from = r->at, *at = from, *to, c;
	bool odd = false;

	while (meaning[*at] == PLAIN)
		at++;
	for (to = at;;) {
		int means = meaning[c = *at];

		if (means == AMPERSAND || (means == EQUALS && is_name))
			break;
		at += means == ESCAPE ? escape_read(at, r->end, &c) : 1;
		*to++ = means == BLANK ? ' ' : c;
		odd |= meaning[c] == NOT_ASCII;
		for (; meaning[c = *at] == PLAIN; at++)
			*to++ = c;
	}
	r->at = at;
	r->odd = odd;
	return str_make((char *)from, (size_t)(to - from));
}

static struct form_param param_read(struct arena *a, struct reader *r)
{
	struct form_param p;

	p.raw_name = piece_read(r, true);
	p.name = r->odd ? utf8_repair(a, p.raw_name) : p.raw_name;
	r->odd = false;
	p.raw_value = str_make((char *)r->at, 0);
	if (*r->at == '=') {
		r->at++;
		p.raw_value = piece_read(r, false);
	}
	p.value = r->odd ? utf8_repair(a, p.raw_value) : p.raw_value;
	return p;
}

/* Eight at a time: no form has more parameters than one more than it has '&'. */
static size_t count_ampersands(struct str s)
{
	const uint64_t low = UINT64_C(0x7F7F7F7F7F7F7F7F), each = UINT64_C(0x0101010101010101);
	size_t n = 0, i = 0;
	uint64_t x;

	for (; i + sizeof x <= s.n; i += sizeof x) {
		memcpy(&x, s.p + i, sizeof x);
		x ^= each * '&';
		x = ~(((x & low) + low) | x | low); /* the high bit of each byte that was '&' */
		n += (x >> 7) * each >> 56;
	}
	for (; i < s.n; i++)
		n += s.p[i] == '&';
	return n;
}

static bool params_read(struct arena *a, struct reader *r, struct form *f, size_t room,
			struct err *err)
{
	for (; r->at < r->end; r->at++) {
		if (*r->at == '&')
			continue;
		if (f->count == room)
			return err_set(err, ERR_INPUT, "the form has more than %d parameters",
				       FORM_PARAMS_MAX);
		f->params[f->count] = param_read(a, r);
		if (f->params[f->count++].raw_name.n > FORM_NAME_MAX)
			return err_set(err, ERR_INPUT,
				       "parameter %zu of the form has a name of more than %d bytes",
				       f->count, FORM_NAME_MAX);
	}
	return true;
}

bool form_parse(struct arena *a, struct str body, struct form *out, struct err *err)
{
	struct form f = {0};
	struct reader r;
	size_t room;

	if (body.n > FORM_BYTES_MAX)
		return err_set(err, ERR_INPUT, "the form has %zu bytes; at most %u are read",
			       body.n, FORM_BYTES_MAX);
	room = size_min(count_ampersands(body) + 1, FORM_PARAMS_MAX);
	f.params = arena_take(a, room * sizeof *f.params + body.n + 1);
	r.at = (unsigned char *)(f.params + room);
	r.end = r.at + body.n;
	if (body.n > 0)
		memcpy(r.at, body.p, body.n);
	*r.end = '&';
	if (!params_read(a, &r, &f, room, err))
		return false;
	*out = f;
	return true;
}

static const struct form_param *param_after(const struct form *f, const struct form_param *from,
					    struct str name)
{
	const struct form_param *p = from == NULL ? f->params : from + 1;

	for (; p < f->params + f->count; p++) {
		if (str_eq(p->name, name))
			return p;
	}
	return NULL;
}

struct str form_get(const struct form *f, const char *name)
{
	const struct form_param *p = param_after(f, NULL, str_of(name));

	return p == NULL ? (struct str){NULL, 0} : p->value;
}

size_t form_count(const struct form *f, const char *name)
{
	const struct form_param *p = NULL;
	struct str wanted = str_of(name);
	size_t n = 0;

	while ((p = param_after(f, p, wanted)) != NULL)
		n++;
	return n;
}

bool form_single(const struct form *f, const char *name, struct str *out, struct err *err)
{
	struct str wanted = str_of(name);
	const struct form_param *p = param_after(f, NULL, wanted);

	if (p != NULL && param_after(f, p, wanted) != NULL)
		return err_set(err, ERR_INPUT, "the form has more than one %s", name);
	*out = p == NULL ? (struct str){NULL, 0} : p->value;
	return true;
}

static bool stands_for_itself(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '*' || c == '-' || c == '.' || c == '_';
}

bool form_encode(struct buf *b, struct str s)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t need = 0;
	char *to;

	for (size_t i = 0; i < s.n; i++)
		need += s.p[i] == ' ' || stands_for_itself((unsigned char)s.p[i]) ? 1 : 3;
	to = buf_room(b, need);
	if (to == NULL)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == ' ' || stands_for_itself(c)) {
			*to++ = c == ' ' ? '+' : (char)c;
			continue;
		}
		*to++ = '%';
		*to++ = digits[c >> 4];
		*to++ = digits[c & 15];
	}
	*to = '\0';
	b->n += need;
	return true;
}

bool form_add(struct buf *b, const char *name, struct str value)
{
	size_t start = b->n;

	if ((b->n == 0 || buf_add_char(b, '&')) && form_encode(b, str_of(name)) &&
	    buf_add_char(b, '=') && form_encode(b, value))
		return true;
	b->n = start;
	if (b->p != NULL)
		b->p[start] = '\0';
	return false;
}
