/*
 * web.c - arbitrary bytes of a connection through the reader of requests (server/net/inbox.c).
 *
 * Three things must hold for every input:
 *   - how the bytes are cut into pieces changes nothing: same requests, same bodies, same refusal;
 *   - what we take, llhttp takes too, to the same last byte and with the same body;
 *   - no offset points outside of what was received (and the sanitizers are content).
 * The first two bytes choose the pieces, the rest is what the client sends.
 */
#include "server/net/inbox.h"

#include <llhttp.h>

#define BODY_MAX 4096

/* Everything that was understood, as one number. */
struct story {
	uint64_t hash;
	unsigned requests;
};

static void tell(struct story *s, const void *p, size_t n)
{
	const unsigned char *c = p;

	for (size_t i = 0; i < n; i++)
		s->hash = (s->hash ^ c[i]) * 0x100000001b3u;
	s->hash = (s->hash ^ n) * 0x100000001b3u;
}

static void tell_str(struct story *s, struct str text)
{
	if (text.n > 0 && text.p == NULL)
		BUG("a view of nothing with %zu bytes", text.n);
	tell(s, text.p, text.n);
}

/* ---- the second opinion ---- */

struct second {
	char body[BODY_MAX];
	size_t n;
	unsigned complete;
};

static int on_body(llhttp_t *p, const char *at, size_t n)
{
	struct second *s = p->data;

	if (n > sizeof s->body - s->n)
		return -1;
	memcpy(s->body + s->n, at, n);
	s->n += n;
	return 0;
}

static int on_complete(llhttp_t *p)
{
	struct second *s = p->data;

	s->complete++;
	return 0;
}

static void agree(struct str request, struct str body)
{
	static const llhttp_settings_t settings = {.on_body = on_body,
						   .on_message_complete = on_complete};
	static struct second s;
	llhttp_errno_t e;
	llhttp_t parser;

	s.n = 0;
	s.complete = 0;
	llhttp_init(&parser, HTTP_REQUEST, &settings);
	parser.data = &s;
	e = llhttp_execute(&parser, request.p, request.n);
	if (e != HPE_OK && e != HPE_PAUSED_UPGRADE)
		BUG("we took what llhttp refuses: %s", llhttp_get_error_reason(&parser));
	if (s.complete != 1)
		BUG("llhttp sees %u requests where we saw one", s.complete);
	if (s.n != body.n || memcmp(s.body, body.p, body.n) != 0)
		BUG("llhttp sees a body of %zu bytes, we one of %zu", s.n, body.n);
}

/* ---- the reader ---- */

static void head_tell(struct story *s, const struct inbox *in)
{
	const struct head *h = &in->head;

	if (in->body_at > in->n || in->start > in->body_at)
		BUG("a head outside of what was received");
	tell_str(s, head_str(h, h->target));
	tell_str(s, head_str(h, h->path));
	tell_str(s, head_str(h, h->query));
	for (unsigned i = 0; i < h->fields_n; i++) {
		tell_str(s, head_str(h, h->fields[i].name));
		tell_str(s, head_str(h, h->fields[i].value));
	}
	tell_str(s, head_value(h, "x"));
	tell(s, &h->length, sizeof h->length);
	(void)head_has_token(h, "connection", "upgrade");
}

/* What there is to say after some more bytes; false at the end of the connection. */
static bool go_on(struct inbox *in, struct story *s, struct str all, size_t fed, size_t *begun)
{
	for (;;) {
		enum inbox_state state = inbox_read(in);
		size_t end;

		switch (state) {
		case INBOX_MORE: return true;
		case INBOX_HEAD:
			head_tell(s, in);
			inbox_accept(in, BODY_MAX);
			break;
		case INBOX_WHOLE:
			end = fed - (in->n - in->raw_at);
			tell_str(s, inbox_body(in));
			agree(str_sub(all, *begun, end - *begun), inbox_body(in));
			s->requests++;
			*begun = end;
			if (!in->head.keep_alive)
				return false;
			inbox_next(in);
			break;
		case INBOX_REFUSED: tell(s, &in->problem, sizeof in->problem); return false;
		default: tell(s, &state, sizeof state); return false;
		}
	}
}

static struct story read_all(struct str all, size_t piece)
{
	struct story s = {.hash = 0xcbf29ce484222325u};
	struct inbox *in = inbox_new();
	size_t fed = 0, begun = 0, room, n;
	bool open = true;

	while (open && fed < all.n) {
		char *to = inbox_room(in, &room);

		n = size_min(size_min(room, piece), all.n - fed);
		memcpy(to, all.p + fed, n);
		inbox_received(in, n);
		fed += n;
		open = go_on(in, &s, all, fed, &begun);
	}
	inbox_free(in);
	return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct story whole, pieces;
	struct str all;
	size_t piece;

	if (size < 2)
		return 0;
	piece = 1 + (data[0] | (size_t)data[1] << 8) % 300;
	all = str_make((const char *)data + 2, size - 2);
	whole = read_all(all, SIZE_MAX);
	pieces = read_all(all, piece);
	if (whole.hash != pieces.hash || whole.requests != pieces.requests)
		BUG("%u requests at once are %u in pieces of %zu", whole.requests, pieces.requests,
		    piece);
	return 0;
}
