/*
 * head.c - see head.h. First the shape, then llhttp, then the rules of the house.
 */
#include "server/net/head.h"

#include <llhttp.h>

/* ---- bytes ---- */

enum { TOKEN = 1, FIELD = 2, TARGET = 4, HOST = 8 };

/* What a byte may be part of (RFC 9110 5.6.2 token, 5.5 field-value; RFC 3986 for targets: any
 * visible ASCII but "#", since providers are not careful with the rest; host: reg-name or IP
 * literal). */
static unsigned char_class(unsigned char c)
{
	static const unsigned char classes[256] = {
		['\t'] = FIELD,
		[' '] = FIELD,
		['!'] = TOKEN | FIELD | TARGET | HOST,
		['"'] = FIELD | TARGET,
		['#'] = TOKEN | FIELD,
		['$' ... '&'] = TOKEN | FIELD | TARGET | HOST,
		['\''] = TOKEN | FIELD | TARGET | HOST,
		['(' ... ')'] = FIELD | TARGET | HOST,
		['*' ... '+'] = TOKEN | FIELD | TARGET | HOST,
		[','] = FIELD | TARGET,
		['-' ... '.'] = TOKEN | FIELD | TARGET | HOST,
		['/'] = FIELD | TARGET,
		['0' ... '9'] = TOKEN | FIELD | TARGET | HOST,
		[':'] = FIELD | TARGET | HOST,
		[';'] = FIELD | TARGET | HOST,
		['<'] = FIELD | TARGET,
		['='] = FIELD | TARGET | HOST,
		['>' ... '@'] = FIELD | TARGET,
		['A' ... 'Z'] = TOKEN | FIELD | TARGET | HOST,
		['['] = FIELD | TARGET | HOST,
		['\\'] = FIELD | TARGET,
		[']'] = FIELD | TARGET | HOST,
		['^'] = TOKEN | FIELD | TARGET,
		['_'] = TOKEN | FIELD | TARGET | HOST,
		['`'] = TOKEN | FIELD | TARGET,
		['a' ... 'z'] = TOKEN | FIELD | TARGET | HOST,
		['{'] = FIELD | TARGET,
		['|'] = TOKEN | FIELD | TARGET,
		['}'] = FIELD | TARGET,
		['~'] = TOKEN | FIELD | TARGET | HOST,
		[0x80 ... 0xff] = FIELD,
	};

	return classes[c];
}

/* How many bytes from the front on belong to the class. */
static size_t span(struct str s, unsigned class)
{
	size_t i = 0;

	while (i < s.n && (char_class((unsigned char)s.p[i]) & class) != 0)
		i++;
	return i;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* ---- the shape ---- */

static enum head_state refused(struct head_scan *s, enum problem p)
{
	s->problem = p;
	return HEAD_REFUSED;
}

/* The third word of the request line. "ICE/1.0" is no HTTP, "HTTP/2.0" is none that we speak. */
static enum head_state version_check(struct head_scan *s, struct str v)
{
	size_t letters;

	if (str_is(v, "HTTP/1.1") || str_is(v, "HTTP/1.0"))
		return HEAD_MORE;
	if (v.n == 8 && str_starts(v, STR_LIT("HTTP/")) && is_digit(v.p[5]) && v.p[6] == '.' &&
	    is_digit(v.p[7]))
		return refused(s, PROBLEM_VERSION);
	letters = span(v, TOKEN);
	if (letters > 0 && letters < v.n && v.p[letters] == '/' &&
	    !str_starts(v, STR_LIT("HTTP/")) && str_find_char(v, ' ') < 0)
		return HEAD_FOREIGN;
	return refused(s, PROBLEM_MALFORMED);
}

static enum head_state request_line(struct head_scan *s, struct str line)
{
	size_t method = span(line, TOKEN), target;
	struct str rest = str_sub(line, method, line.n);

	if (method == 0 || rest.n < 2 || rest.p[0] != ' ')
		return refused(s, PROBLEM_MALFORMED);
	rest = str_sub(rest, 1, rest.n);
	target = span(rest, TARGET);
	if (target == 0)
		return refused(s, PROBLEM_MALFORMED);
	if (target > HEAD_TARGET_MAX)
		return refused(s, PROBLEM_TARGET_TOO_LONG);
	if (target == rest.n)
		return HEAD_FOREIGN; /* HTTP/0.9 */
	if (rest.p[target] != ' ')
		return refused(s, PROBLEM_MALFORMED);
	return version_check(s, str_sub(rest, target + 1, rest.n));
}

static enum head_state field_line(struct head_scan *s, struct str line)
{
	size_t name = span(line, TOKEN);
	struct str value = str_sub(line, name, line.n);

	/* covers a folded line, a blank before the colon, no name, no colon */
	if (name == 0 || value.n == 0 || value.p[0] != ':')
		return refused(s, PROBLEM_MALFORMED);
	value = str_sub(value, 1, value.n);
	if (span(value, FIELD) != value.n)
		return refused(s, PROBLEM_MALFORMED);
	return HEAD_MORE;
}

enum head_state head_scan(struct head_scan *s, const char *p, size_t n)
{
	enum head_state state;
	struct str line;
	const char *lf;

	while (s->line_at < n && (lf = memchr(p + s->line_at, '\n', n - s->line_at)) != NULL) {
		line = str_make(p + s->line_at, (size_t)(lf - p) - s->line_at);
		if (line.n == 0 || line.p[line.n - 1] != '\r')
			return refused(s, PROBLEM_MALFORMED); /* a bare LF */
		line.n--;
		s->line_at = (size_t)(lf - p) + 1;
		if (s->line_at > HEAD_MAX)
			break;
		if (s->lines > 0 && line.n == 0) {
			s->end = s->line_at;
			return HEAD_WHOLE;
		}
		state = s->lines++ == 0 ? request_line(s, line) : field_line(s, line);
		if (state != HEAD_MORE)
			return state;
	}
	if (s->lines == 0 && n > HEAD_TARGET_MAX + 64)
		return refused(s, PROBLEM_TARGET_TOO_LONG);
	if (n >= HEAD_MAX || s->line_at > HEAD_MAX)
		return refused(s, PROBLEM_HEAD_TOO_LARGE);
	return HEAD_MORE;
}

/* ---- llhttp ---- */

struct reading {
	struct head *head;
	const char *base;
	bool in_value, too_many, complete;
	bool has_length, upgrade;
};

static void span_add(struct head_span *s, const struct reading *r, const char *at, size_t n)
{
	if (s->n == 0)
		s->at = (uint16_t)(at - r->base);
	s->n = (uint16_t)(s->n + n);
}

static int on_url(llhttp_t *parser, const char *at, size_t n)
{
	struct reading *r = parser->data;

	span_add(&r->head->target, r, at, n);
	return 0;
}

static int on_field(llhttp_t *parser, const char *at, size_t n)
{
	struct reading *r = parser->data;
	struct head *h = r->head;

	if (h->fields_n == 0 || r->in_value) {
		if (h->fields_n == HEAD_FIELDS_MAX) {
			r->too_many = true;
			return -1;
		}
		h->fields[h->fields_n++] = (struct head_field){0};
		r->in_value = false;
	}
	span_add(&h->fields[h->fields_n - 1].name, r, at, n);
	return 0;
}

static int on_value(llhttp_t *parser, const char *at, size_t n)
{
	struct reading *r = parser->data;

	r->in_value = true;
	if (n > 0)
		span_add(&r->head->fields[r->head->fields_n - 1].value, r, at, n);
	return 0;
}

static int on_value_complete(llhttp_t *parser)
{
	struct reading *r = parser->data;

	r->in_value = true; /* an empty value has no bytes to tell of */
	return 0;
}

static int on_headers_complete(llhttp_t *parser)
{
	struct reading *r = parser->data;

	r->complete = true;
	r->has_length = (parser->flags & F_CONTENT_LENGTH) != 0;
	r->head->chunked = (parser->flags & F_CHUNKED) != 0;
	r->head->length = r->has_length ? parser->content_length : 0;
	r->head->keep_alive = llhttp_should_keep_alive(parser) != 0;
	return 0;
}

static const llhttp_settings_t settings = {
	.on_url = on_url,
	.on_header_field = on_field,
	.on_header_value = on_value,
	.on_header_value_complete = on_value_complete,
	.on_headers_complete = on_headers_complete,
};

static bool method_known(unsigned method, enum web_method *out)
{
	switch (method) {
	case HTTP_GET: *out = WEB_GET; return true;
	case HTTP_HEAD: *out = WEB_HEAD; return true;
	case HTTP_POST: *out = WEB_POST; return true;
	case HTTP_PUT: *out = WEB_PUT; return true;
	case HTTP_PATCH: *out = WEB_PATCH; return true;
	case HTTP_DELETE: *out = WEB_DELETE; return true;
	default: return false;
	}
}

static bool say(enum problem *out, enum problem p)
{
	*out = p;
	return false;
}

/* Runs llhttp over the head. *supported: the method is one of ours; the caller judges that last. */
static bool parse(struct head *h, const char *p, size_t n, bool *supported, enum problem *problem)
{
	struct reading r = {.head = h, .base = p};
	llhttp_t parser;
	llhttp_errno_t e;

	llhttp_init(&parser, HTTP_REQUEST, &settings);
	parser.data = &r;
	e = llhttp_execute(&parser, p, n);
	if (r.too_many)
		return say(problem, PROBLEM_HEAD_TOO_LARGE);
	if (e == HPE_INVALID_METHOD || e == HPE_INVALID_TRANSFER_ENCODING)
		return say(problem, PROBLEM_NOT_IMPLEMENTED);
	/* an upgrade is ours to judge: llhttp only says that it saw one */
	if ((e != HPE_OK && e != HPE_PAUSED_UPGRADE) || !r.complete)
		return say(problem, PROBLEM_MALFORMED);
	h->old = parser.http_minor == 0;
	*supported = method_known(parser.method, &h->method);
	return true;
}

/* ---- the rules of the house ---- */

struct str head_str(const struct head *h, struct head_span s)
{
	return s.n == 0 ? (struct str){"", 0} : str_make(h->base + s.at, s.n);
}

/* Lower-case names, values without blanks at their ends. */
static void fields_trim(struct head *h, char *p)
{
	for (unsigned i = 0; i < h->fields_n; i++) {
		struct head_field *f = &h->fields[i];

		for (size_t k = f->name.at; k < (size_t)f->name.at + f->name.n; k++) {
			if (p[k] >= 'A' && p[k] <= 'Z')
				p[k] = (char)(p[k] | 0x20);
		}
		while (f->value.n > 0 && (p[f->value.at] == ' ' || p[f->value.at] == '\t')) {
			f->value.at++;
			f->value.n--;
		}
		while (f->value.n > 0 && (p[f->value.at + f->value.n - 1] == ' ' ||
					  p[f->value.at + f->value.n - 1] == '\t'))
			f->value.n--;
	}
}

/* Headers that decide something: twice is a request that two readers may read differently. */
static bool once_only(struct str name)
{
	static const char *const names[] = {
		"host",
		"origin",
		"expect",
		"upgrade",
		"content-type",
		"authorization",
		"last-event-id",
		"content-length",
		"idempotency-key",
		"content-encoding",
		"sec-websocket-key",
		"transfer-encoding",
		"x-twilio-signature",
		"elevenlabs-signature",
		"sec-websocket-version",
		"i-twilio-idempotency-token",
		"x-switchback-conversation",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_is(name, names[i]))
			return true;
	}
	return false;
}

static bool repeated(const struct head *h)
{
	for (unsigned i = 1; i < h->fields_n; i++) {
		struct str name = head_str(h, h->fields[i].name);

		for (unsigned k = 0; k < i; k++) {
			if (h->fields[k].name.n == name.n &&
			    str_eq(head_str(h, h->fields[k].name), name) && once_only(name))
				return true;
		}
	}
	return false;
}

static const struct head_field *field_find(const struct head *h, const char *lower_name)
{
	size_t n = strlen(lower_name);

	for (unsigned i = 0; i < h->fields_n; i++) {
		if (h->fields[i].name.n == n &&
		    memcmp(h->base + h->fields[i].name.at, lower_name, n) == 0)
			return &h->fields[i];
	}
	return NULL;
}

struct str head_value(const struct head *h, const char *lower_name)
{
	const struct head_field *f = field_find(h, lower_name);

	return f == NULL ? (struct str){NULL, 0} : head_str(h, f->value);
}

bool head_has_token(const struct head *h, const char *lower_name, const char *token)
{
	for (unsigned i = 0; i < h->fields_n; i++) {
		struct str rest = head_str(h, h->fields[i].value);

		if (!str_is(head_str(h, h->fields[i].name), lower_name))
			continue;
		while (rest.n > 0) {
			if (str_is_nocase(str_trim(str_cut(&rest, ',')), token))
				return true;
		}
	}
	return false;
}

/* Host: one in HTTP/1.1, and nothing in it that is no host. It may be empty (RFC 9112 3.2). */
static bool host_right(const struct head *h)
{
	const struct head_field *f = field_find(h, "host");
	struct str host;

	if (f == NULL)
		return h->old;
	host = head_str(h, f->value);
	return span(host, HOST) == host.n;
}

/* How long the body is can be read in one way only (RFC 9112 6). */
static bool framing_right(struct head *h, enum problem *problem)
{
	const struct head_field *length = field_find(h, "content-length");
	const struct head_field *coding = field_find(h, "transfer-encoding");
	int64_t n;

	if (coding != NULL) {
		if (length != NULL || h->old)
			return say(problem, PROBLEM_MALFORMED);
		if (!str_is_nocase(head_str(h, coding->value), "chunked"))
			return say(problem, PROBLEM_NOT_IMPLEMENTED);
	}
	if ((coding != NULL) != h->chunked)
		return say(problem, PROBLEM_MALFORMED);
	if (length != NULL &&
	    (!is_digit(head_str(h, length->value).p[0]) ||
	     !str_int(head_str(h, length->value), 0, INT64_MAX, &n) || (uint64_t)n != h->length))
		return say(problem, PROBLEM_MALFORMED);
	return true;
}

static bool expectation_right(struct head *h)
{
	const struct head_field *f = field_find(h, "expect");

	if (f == NULL || h->old) /* RFC 9110 10.1.1: of a 1.0 client it is ignored */
		return true;
	h->expects = str_is_nocase(head_str(h, f->value), "100-continue");
	return h->expects;
}

/* "/path?query", or the absolute form that a server must accept too (RFC 9112 3.2.2). */
static bool target_split(struct head *h)
{
	struct str t = head_str(h, h->target), authority;
	size_t at = 0, n;
	ptrdiff_t mark;

	if (t.p[0] != '/') {
		if (str_is_nocase(str_sub(t, 0, 7), "http://"))
			at = 7;
		else if (str_is_nocase(str_sub(t, 0, 8), "https://"))
			at = 8;
		else
			return false;
		authority = str_sub(t, at, t.n);
		n = span(authority, HOST);
		if (n == 0 || (at + n < t.n && t.p[at + n] != '/' && t.p[at + n] != '?'))
			return false; /* no host, or somebody's name and password before it */
		at += n;
	}
	mark = str_find_char(str_sub(t, at, t.n), '?');
	n = mark < 0 ? t.n : at + (size_t)mark;
	h->path = (struct head_span){(uint16_t)(h->target.at + at), (uint16_t)(n - at)};
	if (mark >= 0)
		h->query = (struct head_span){(uint16_t)(h->target.at + n + 1),
					      (uint16_t)(t.n - n - 1)};
	return true;
}

bool head_read(struct head *h, char *p, size_t n, enum problem *problem)
{
	bool supported = false;

	if (n > HEAD_MAX)
		return say(problem, PROBLEM_HEAD_TOO_LARGE);
	h->base = p;
	h->fields_n = 0;
	h->target = h->path = h->query = (struct head_span){0, 0};
	h->length = 0;
	h->chunked = h->keep_alive = h->old = h->expects = false;
	if (!parse(h, p, n, &supported, problem))
		return false;
	fields_trim(h, p);
	h->origin = field_find(h, "origin") != NULL;
	if (!host_right(h) || repeated(h))
		return say(problem, PROBLEM_MALFORMED);
	if (!framing_right(h, problem))
		return false;
	if (!expectation_right(h))
		return say(problem, PROBLEM_EXPECTATION);
	if (!supported)
		return say(problem, PROBLEM_NOT_IMPLEMENTED);
	if (h->target.n == 0 || !target_split(h))
		return say(problem, PROBLEM_MALFORMED);
	return true;
}

const char *web_method_name(enum web_method m)
{
	static const char *const names[WEB_METHODS] = {
		[WEB_GET] = "GET", [WEB_HEAD] = "HEAD",   [WEB_POST] = "POST",
		[WEB_PUT] = "PUT", [WEB_PATCH] = "PATCH", [WEB_DELETE] = "DELETE",
	};

	return m < WEB_METHODS ? names[m] : "?";
}
