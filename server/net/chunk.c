/*
 * chunk.c - see chunk.h.
 */
#include "server/net/chunk.h"

enum { SIZE, DATA, DATA_END, TRAILER };

static bool is_token(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static struct str skip(struct str s, size_t n)
{
	return str_make(s.p + n, s.n - n);
}

static size_t token_span(struct str s)
{
	size_t n = 0;

	while (n < s.n && is_token(s.p[n]))
		n++;
	return n;
}

/* Length of a quoted string with its quotes, 0 if it is none. */
static size_t quoted_span(struct str s)
{
	size_t i = 1;

	if (s.n < 2 || s.p[0] != '"')
		return 0;
	for (; i < s.n && s.p[i] != '"'; i++) {
		unsigned char c;

		if (s.p[i] == '\\' && ++i == s.n)
			return 0;
		c = (unsigned char)s.p[i];
		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return 0;
	}
	return i < s.n ? i + 1 : 0;
}

/* *( ";" name [ "=" ( token / quoted-string ) ] ), without the blanks that old grammars allowed */
static bool extensions_right(struct str s)
{
	size_t n;

	while (s.n > 0) {
		if (s.p[0] != ';' || (n = token_span(skip(s, 1))) == 0)
			return false;
		s = skip(s, 1 + n);
		if (s.n == 0 || s.p[0] != '=')
			continue;
		s = skip(s, 1);
		n = token_span(s);
		if (n == 0)
			n = quoted_span(s);
		if (n == 0)
			return false;
		s = skip(s, n);
	}
	return true;
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

bool chunk_size_read(struct str line, uint64_t *out)
{
	uint64_t size = 0;
	size_t i = 0;

	for (; i < line.n && hex_digit(line.p[i]) >= 0; i++) {
		if (i == 15) /* far more than anything we take; and nothing that could overflow */
			return false;
		size = size << 4 | (uint64_t)hex_digit(line.p[i]);
	}
	if (i == 0 || !extensions_right(skip(line, i)))
		return false;
	*out = size;
	return true;
}

/* A trailer field is shaped like a header, and is none that decides anything. */
static bool trailer_right(struct str line)
{
	static const char *const deciding[] = {"content-length", "transfer-encoding", "host",
					       "authorization", "trailer"};
	size_t n = token_span(line);

	if (n == 0 || n == line.n || line.p[n] != ':')
		return false;
	for (size_t i = 0; i < ARRAY_LEN(deciding); i++) {
		if (str_is_nocase(str_make(line.p, n), deciding[i]))
			return false;
	}
	for (size_t i = n + 1; i < line.n; i++) {
		unsigned char c = (unsigned char)line.p[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

static enum chunk_state refused(struct chunk *c, enum problem p)
{
	c->problem = p;
	return CHUNK_REFUSED;
}

/* Cuts a line off its front: DONE with the line, MORE if its end has not come, REFUSED if it is too
 * long or its LF stands alone. */
static enum chunk_state line_cut(struct chunk *c, const char *p, size_t *from, size_t n, size_t max,
				 struct str *line)
{
	const char *lf = memchr(p + *from, '\n', size_min(n - *from, max));

	if (lf == NULL)
		return n - *from >= max ? refused(c, PROBLEM_MALFORMED) : CHUNK_MORE;
	*line = str_make(p + *from, (size_t)(lf - p) - *from);
	if (line->n == 0 || line->p[--line->n] != '\r')
		return refused(c, PROBLEM_MALFORMED);
	*from += line->n + 2;
	return CHUNK_DONE;
}

static enum chunk_state size_line(struct chunk *c, const char *p, size_t *from, size_t n,
				  size_t max)
{
	struct str line;
	enum chunk_state state = line_cut(c, p, from, n, CHUNK_LINE_MAX, &line);

	if (state != CHUNK_DONE)
		return state;
	if (!chunk_size_read(line, &c->left))
		return refused(c, PROBLEM_MALFORMED);
	if (c->left > max - c->body_n)
		return refused(c, PROBLEM_BODY_TOO_LARGE);
	c->where = c->left == 0 ? TRAILER : DATA;
	return CHUNK_DONE;
}

static enum chunk_state data(struct chunk *c, char *p, size_t *from, size_t n)
{
	size_t have = size_min(n - *from, (size_t)c->left);

	memmove(p + c->body_n, p + *from, have);
	c->body_n += have;
	c->left -= have;
	*from += have;
	if (c->left > 0)
		return CHUNK_MORE;
	c->where = DATA_END;
	return CHUNK_DONE;
}

static enum chunk_state data_end(struct chunk *c, const char *p, size_t *from, size_t n)
{
	if (n > *from && p[*from] != '\r')
		return refused(c, PROBLEM_MALFORMED);
	if (n < *from + 2)
		return CHUNK_MORE;
	if (p[*from + 1] != '\n')
		return refused(c, PROBLEM_MALFORMED);
	*from += 2;
	c->where = SIZE;
	return CHUNK_DONE;
}

/* DONE means here: the empty line, the body has ended. */
static enum chunk_state trailers(struct chunk *c, const char *p, size_t *from, size_t n)
{
	enum chunk_state state;
	struct str line;

	for (;;) {
		state = line_cut(c, p, from, n, CHUNK_TRAILER_MAX, &line);
		if (state != CHUNK_DONE || line.n == 0)
			return state;
		c->trailer_n += line.n + 2;
		if (c->trailer_n > CHUNK_TRAILER_MAX)
			return refused(c, PROBLEM_HEAD_TOO_LARGE);
		if (!trailer_right(line))
			return refused(c, PROBLEM_MALFORMED);
	}
}

enum chunk_state chunk_read(struct chunk *c, char *p, size_t *from, size_t n, size_t max)
{
	enum chunk_state state = CHUNK_DONE;

	while (state == CHUNK_DONE) {
		switch (c->where) {
		case SIZE: state = size_line(c, p, from, n, max); break;
		case DATA: state = data(c, p, from, n); break;
		case DATA_END: state = data_end(c, p, from, n); break;
		default: return trailers(c, p, from, n);
		}
	}
	return state;
}
