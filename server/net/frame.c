/*
 * frame.c - see frame.h.
 */
#include "server/net/frame.h"

#include "shared/utf8.h"

enum frame_reading frame_read(struct str bytes, struct frame *out)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	uint64_t n;
	size_t head = 2;
	unsigned op;

	if (bytes.n < 1)
		return FRAME_PARTIAL;
	op = p[0] & 15u;
	if ((p[0] & 0x70) != 0 || (op > FRAME_BINARY && op < FRAME_CLOSE) || op > FRAME_PONG)
		return FRAME_WRONG;
	if (bytes.n < 2)
		return FRAME_PARTIAL;
	n = p[1] & 127u;
	if (op >= FRAME_CLOSE && ((p[0] & 128) == 0 || n > FRAME_CONTROL_MAX))
		return FRAME_WRONG;
	if (n == 126) {
		head = 4;
		if (bytes.n < head)
			return FRAME_PARTIAL;
		n = (uint64_t)p[2] << 8 | p[3];
		if (n < 126)
			return FRAME_WRONG; /* the shortest form, 5.2 */
	} else if (n == 127) {
		head = 10;
		if (bytes.n < head)
			return FRAME_PARTIAL;
		n = 0;
		for (size_t i = 2; i < 10; i++)
			n = n << 8 | p[i];
		if (n < 65536 || n > INT64_MAX)
			return FRAME_WRONG;
	}
	*out = (struct frame){.op = (enum frame_op)op,
			      .last = (p[0] & 128) != 0,
			      .masked = (p[1] & 128) != 0,
			      .head = head,
			      .n = (size_t)n};
	if (!out->masked)
		return FRAME_READ;
	if (bytes.n < head + 4)
		return FRAME_PARTIAL;
	memcpy(out->mask, p + head, 4);
	out->head += 4;
	return FRAME_READ;
}

size_t frame_head(unsigned char out[FRAME_HEAD_MAX], enum frame_op op, size_t n,
		  const unsigned char mask[4])
{
	unsigned char masked = mask == NULL ? 0 : 128;
	size_t at = 2;

	out[0] = (unsigned char)(128u | (unsigned)op);
	if (n < 126) {
		out[1] = (unsigned char)(masked | n);
	} else if (n < 65536) {
		out[1] = masked | 126;
		out[2] = (unsigned char)(n >> 8);
		out[3] = (unsigned char)n;
		at = 4;
	} else {
		out[1] = masked | 127;
		for (at = 2; at < 10; at++)
			out[at] = (unsigned char)((uint64_t)n >> (72 - 8 * at));
	}
	if (mask == NULL)
		return at;
	memcpy(out + at, mask, 4);
	return at + 4;
}

void frame_mask(char *to, const char *from, size_t n, const unsigned char mask[4])
{
	uint64_t eight, word;
	size_t i = 0;

	memcpy(&eight, mask, 4);
	memcpy((char *)&eight + 4, mask, 4);
	for (; i + 8 <= n; i += 8) {
		memcpy(&word, from + i, 8);
		word ^= eight;
		memcpy(to + i, &word, 8);
	}
	for (; i < n; i++)
		to[i] = (char)((unsigned char)from[i] ^ mask[i & 3]);
}

bool frame_status_right(unsigned status)
{
	return (status >= 1000 && status <= 1014 && status != 1004 && status != 1005 &&
		status != 1006) ||
	       (status >= 3000 && status <= 4999);
}

bool frame_text_right(struct str text)
{
	size_t i = 0;
	uint64_t word;
	uint32_t code;

	while (i < text.n) {
		size_t step;

		/* almost all of it is ASCII */
		for (; i + 8 <= text.n; i += 8) {
			memcpy(&word, text.p + i, 8);
			if ((word & UINT64_C(0x8080808080808080)) != 0)
				break;
		}
		if (i == text.n)
			break;
		step = utf8_next(str_make(text.p + i, text.n - i), &code);
		if (step == 0)
			return false;
		i += step;
	}
	return true;
}

unsigned frame_close_read(struct str payload, unsigned *status, struct str *why)
{
	const unsigned char *p = (const unsigned char *)payload.p;

	*status = 1005;
	*why = (struct str){"", 0};
	if (payload.n == 0)
		return 0;
	if (payload.n == 1)
		return 1002;
	*status = (unsigned)p[0] << 8 | p[1];
	*why = str_make(payload.p + 2, payload.n - 2);
	if (!frame_status_right(*status))
		return 1002;
	return frame_text_right(*why) ? 0 : 1007;
}

size_t frame_close_write(unsigned char out[FRAME_CONTROL_MAX], unsigned status, struct str why)
{
	if (status == 0 || status == 1005)
		return 0;
	why = utf8_cut(why, FRAME_CONTROL_MAX - 2);
	out[0] = (unsigned char)(status >> 8);
	out[1] = (unsigned char)status;
	if (why.n > 0)
		memcpy(out + 2, why.p, why.n);
	return why.n + 2;
}
