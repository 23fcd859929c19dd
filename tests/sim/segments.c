/*
 * segments.c - see segments.h.
 */
#include "tests/sim/segments.h"

#include "shared/utf8.h"

/* Septets of a character: 1 in the default alphabet, 2 in its extension, 0 in neither. */
static unsigned septets(uint32_t c)
{
	static const uint16_t basic[] = {
		0x00a3, 0x00a5, 0x00e8, 0x00e9, 0x00f9, 0x00ec, 0x00f2, 0x00c7, 0x00d8, 0x00f8,
		0x00c5, 0x00e5, 0x0394, 0x03a6, 0x0393, 0x039b, 0x03a9, 0x03a0, 0x03a8, 0x03a3,
		0x0398, 0x039e, 0x00c6, 0x00e6, 0x00df, 0x00c9, 0x00a4, 0x00a1, 0x00c4, 0x00d6,
		0x00d1, 0x00dc, 0x00a7, 0x00bf, 0x00e4, 0x00f6, 0x00f1, 0x00fc, 0x00e0};

	if (c < 0x80) {
		if (c == '\f' || (c != 0 && strchr("^{}\\[~]|", (int)c) != NULL))
			return 2;
		if (c == '\n' || c == '\r' || (c >= 0x20 && c != '`' && c != 0x7f))
			return 1;
		return 0;
	}
	if (c == 0x20ac)
		return 2;
	for (size_t i = 0; i < ARRAY_LEN(basic); i++) {
		if (basic[i] == c)
			return 1;
	}
	return 0;
}

static unsigned units_of(uint32_t c, bool unicode)
{
	return unicode ? (c > 0xffff ? 2 : 1) : septets(c);
}

static uint32_t next_char(struct str *s)
{
	uint32_t c;
	size_t n = utf8_next(*s, &c);

	if (n == 0) {
		c = 0xfffd;
		n = 1;
	}
	*s = str_sub(*s, n, s->n);
	return c;
}

void sim_segments_count(struct str body, struct sim_segments *out)
{
	struct sim_segments r = {.count = 1};
	unsigned single, part, used = 0;
	struct str rest = body;

	while (rest.n > 0 && !r.unicode) {
		uint32_t c = next_char(&rest);

		if (septets(c) == 0) {
			r.unicode = true;
			r.culprit = c;
		}
	}
	single = r.unicode ? 70 : 160;
	part = r.unicode ? 67 : 153;
	for (rest = body; rest.n > 0;)
		r.units += units_of(next_char(&rest), r.unicode);
	if (r.units <= single) {
		r.left = single - r.units;
		*out = r;
		return;
	}
	for (rest = body; rest.n > 0;) {
		unsigned n = units_of(next_char(&rest), r.unicode);

		if (used + n > part) {
			r.count++;
			used = 0;
		}
		used += n;
	}
	r.left = part - used;
	*out = r;
}
