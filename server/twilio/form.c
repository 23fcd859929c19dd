/*
 * form.c - see form.h. One pass over the body decodes into one piece of arena; parameters are views
 * into it. The repaired face costs nothing for a parameter that is plain ASCII.
 */
#include "server/twilio/form.h"

#include "shared/utf8.h"

/* What a byte of a body means. PLAIN must be 0. */
enum { PLAIN, ESCAPE, BLANK, EQUALS, AMPERSAND, NOT_ASCII };

static const unsigned char meaning[256] = {
	['\0'] = NOT_ASCII, ['%'] = ESCAPE,    ['+'] = BLANK,
	['='] = EQUALS,     ['&'] = AMPERSAND, [0x80 ... 0xFF] = NOT_ASCII,
};

struct reader {
	const unsigned char *at, *end;
	char *to;
	bool odd; /* the piece has bytes that may need repair */
};

static int hex(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* At a '%': one decoded byte, or the '%' itself when no two hex digits follow. */
static void escape_read(struct reader *r)
{
	int high = r->end - r->at > 2 ? hex(r->at[1]) : -1;
	int low = high < 0 ? -1 : hex(r->at[2]);
	unsigned char c = '%';

	if (low >= 0) {
		c = (unsigned char)(high << 4 | low);
		r->at += 2;
	}
	r->at++;
	r->odd |= c == 0 || c >= 0x80;
	*r->to++ = (char)c;
}

/* Decodes up to the end of the name (or of the value, where '=' is a character like another). */
static struct str piece_read(struct reader *r, bool is_name)
{
	char *from = r->to;

	r->odd = false;
	while (r->at < r->end) {
		unsigned char c = *r->at;

		switch (meaning[c]) {
		case AMPERSAND: return str_make(from, (size_t)(r->to - from));
		case ESCAPE: escape_read(r); continue;
		case BLANK: c = ' '; break;
		case EQUALS:
			if (is_name)
				return str_make(from, (size_t)(r->to - from));
			break;
		case NOT_ASCII: r->odd = true; break;
		default: break;
		}
		*r->to++ = (char)c;
		r->at++;
	}
	return str_make(from, (size_t)(r->to - from));
}

static struct form_param param_read(struct arena *a, struct reader *r)
{
	struct form_param p;

	p.raw_name = piece_read(r, true);
	p.name = r->odd ? utf8_repair(a, p.raw_name) : p.raw_name;
	r->odd = false;
	p.raw_value = str_make(r->to, 0);
	if (r->at < r->end && *r->at == '=') {
		r->at++;
		p.raw_value = piece_read(r, false);
	}
	p.value = r->odd ? utf8_repair(a, p.raw_value) : p.raw_value;
	return p;
}

/* How many parameters there are, empty pieces left out. */
static size_t count_params(struct str body)
{
	size_t n = 0;
	bool in = false;

	for (size_t i = 0; i < body.n; i++) {
		bool separator = body.p[i] == '&';

		n += !separator && !in;
		in = !separator;
	}
	return n;
}

bool form_parse(struct arena *a, struct str body, struct form *out, struct err *err)
{
	struct form f = {0};
	struct reader r;
	size_t count;
	char *room;

	if (body.n > FORM_BYTES_MAX)
		return err_set(err, ERR_INPUT, "the form has %zu bytes; at most %u are read",
			       body.n, FORM_BYTES_MAX);
	count = count_params(body);
	if (count > FORM_PARAMS_MAX)
		return err_set(err, ERR_INPUT, "the form has %zu parameters; at most %d are read",
			       count, FORM_PARAMS_MAX);
	room = arena_take(a, count * sizeof *f.params + body.n + 1);
	f.params = (struct form_param *)(void *)room;
	r.at = (const unsigned char *)body.p;
	r.end = r.at + body.n;
	r.to = room + count * sizeof *f.params;
	while (f.count < count) {
		if (*r.at == '&') {
			r.at++;
			continue;
		}
		f.params[f.count] = param_read(a, &r);
		if (f.params[f.count++].raw_name.n > FORM_NAME_MAX)
			return err_set(err, ERR_INPUT,
				       "parameter %zu of the form has a name of more than %d bytes",
				       f.count, FORM_NAME_MAX);
	}
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
