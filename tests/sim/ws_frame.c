/*
 * ws_frame.c - see ws_frame.h.
 */
#include "tests/sim/ws_frame.h"

#include "tests/sim/crypt.h"

static uint64_t big_endian(const unsigned char *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | p[i];
	return v;
}

static enum ws_got wrong(const char *text, unsigned as, const char **why, unsigned *code)
{
	*why = text;
	*code = as;
	return WS_WRONG;
}

static bool is_control(unsigned op)
{
	return op >= 8;
}

static bool is_known(unsigned op)
{
	return op <= WS_BINARY || (op >= WS_CLOSE && op <= WS_PONG);
}

enum ws_got sim_frame_read(char *p, size_t n, bool masked, size_t max, struct ws_frame *out,
			   size_t *used, const char **why, unsigned *code)
{
	const unsigned char *u = (const unsigned char *)p;
	size_t head = 2, size;
	uint64_t length;

	if (n < 2)
		return WS_UNFINISHED;
	out->last = (u[0] & 0x80) != 0;
	out->op = u[0] & 0x0f;
	if ((u[0] & 0x70) != 0)
		return wrong("a reserved bit is set", 1002, why, code);
	if (!is_known(out->op))
		return wrong("an unknown opcode", 1002, why, code);
	if (((u[1] & 0x80) != 0) != masked)
		return wrong(masked ? "a client's frame is not masked"
				    : "a server's frame is masked",
			     1002, why, code);
	length = u[1] & 0x7f;
	if (is_control(out->op) && (length > 125 || !out->last))
		return wrong("a control frame that is long or fragmented", 1002, why, code);
	size = length == 126 ? 2 : length == 127 ? 8 : 0;
	if (n < head + size)
		return WS_UNFINISHED;
	if (size > 0)
		length = big_endian(u + head, size);
	if (length > max)
		return wrong("too long", 1009, why, code);
	head += size + (masked ? 4 : 0);
	if (n < head + length)
		return WS_UNFINISHED;
	for (size_t i = 0; masked && i < length; i++)
		p[head + i] = (char)(u[head + i] ^ u[head - 4 + (i & 3)]);
	out->payload = str_make(p + head, (size_t)length);
	*used = head + (size_t)length;
	return WS_FRAME;
}

void sim_frame_write(struct buf *out, unsigned op, bool last, struct str payload,
		     const unsigned char *mask)
{
	unsigned char head[14];
	size_t n = 2, from;
	uint64_t length = payload.n;

	head[0] = (unsigned char)((last ? 0x80u : 0u) | op);
	if (length < 126) {
		head[1] = (unsigned char)length;
	} else if (length < 65536) {
		head[1] = 126;
		head[n++] = (unsigned char)(length >> 8);
		head[n++] = (unsigned char)length;
	} else {
		head[1] = 127;
		for (int shift = 56; shift >= 0; shift -= 8)
			head[n++] = (unsigned char)(length >> shift);
	}
	if (mask != NULL) {
		head[1] |= 0x80;
		memcpy(head + n, mask, 4);
		n += 4;
	}
	buf_add(out, head, n);
	from = out->n;
	if (!buf_add_str(out, payload))
		BUG("a frame of %zu bytes does not fit", payload.n);
	for (size_t i = 0; mask != NULL && i < payload.n; i++)
		out->p[from + i] = (char)((unsigned char)out->p[from + i] ^ mask[i & 3]);
}

void sim_ws_accept_of(struct str key, char out[WS_ACCEPT])
{
	unsigned char digest[SIM_SHA1];
	struct buf b = {0};

	buf_add_str(&b, key);
	buf_add_cstr(&b, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
	sim_sha1(buf_str(&b), digest);
	sim_base64(digest, sizeof digest, out);
	buf_clear(&b);
}
