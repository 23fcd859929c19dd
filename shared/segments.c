/*
 * segments.c - see segments.h.
 *
 * The text is walked once, character by character as a reader sees them, and both encodings are
 * counted side by side: the first character outside GSM-7 only decides which count is the answer.
 */
#include "shared/segments.h"

#include "shared/utf8.h"

/* Septets of the code points below 0x100 in GSM 03.38; 0: not in it. */
static const unsigned char septets_low[256] = {
	['\n'] = 1, ['\f'] = 2,        ['\r'] = 1,          [' ' ... 'Z'] = 1,
	['['] = 2,  ['\\'] = 2,        [']'] = 2,           ['^'] = 2,
	['_'] = 1,  ['a' ... 'z'] = 1, ['{'] = 2,           ['|'] = 2,
	['}'] = 2,  ['~'] = 2,         [0xA1] = 1,          [0xA3 ... 0xA5] = 1,
	[0xA7] = 1, [0xBF] = 1,        [0xC4 ... 0xC7] = 1, [0xC9] = 1,
	[0xD1] = 1, [0xD6] = 1,        [0xD8] = 1,          [0xDC] = 1,
	[0xDF] = 1, [0xE0] = 1,        [0xE4 ... 0xE6] = 1, [0xE8] = 1,
	[0xE9] = 1, [0xEC] = 1,        [0xF1] = 1,          [0xF2] = 1,
	[0xF6] = 1, [0xF8] = 1,        [0xF9] = 1,          [0xFC] = 1,
};

static unsigned septets(uint32_t c)
{
	if (c < ARRAY_LEN(septets_low))
		return septets_low[c];
	switch (c) {
	case 0x393: /* the Greek capitals that Latin does not have */
	case 0x394:
	case 0x398:
	case 0x39B:
	case 0x39E:
	case 0x3A0:
	case 0x3A3:
	case 0x3A6:
	case 0x3A8:
	case 0x3A9: return 1;
	case 0x20AC: return 2;
	default: return 0;
	}
}

/* How full the segments are in one encoding: all in one, and with headers. */
struct fill {
	size_t single, several; /* room of a segment */
	size_t units;
	unsigned count; /* segments with headers begun */
	size_t used;    /* units in the last of them */
};

/* The character with which a text outgrows its one segment joins what the header has pushed into
 * the second, even if it is larger than a segment (a letter under seventy marks): so counts Twilio.
 */
static void fill_add(struct fill *f, size_t units)
{
	bool outgrows = f->units <= f->single && f->units + units > f->single;

	f->units += units;
	if (f->used + units > f->several && !(outgrows && f->count == 2)) {
		f->count++;
		f->used = 0;
	}
	f->used += units;
}

static unsigned fill_segments(const struct fill *f)
{
	return f->units <= f->single ? 1 : f->count;
}

struct walk {
	struct fill gsm, ucs;
	bool foreign;
};

static void walk_start(struct walk *w)
{
	*w = (struct walk){.gsm = {.single = 160, .several = 153, .count = 1},
			   .ucs = {.single = 70, .several = 67, .count = 1}};
}

static const struct fill *walk_fill(const struct walk *w)
{
	return w->foreign ? &w->ucs : &w->gsm;
}

/* A code point of a character: septets are counted singly, UTF-16 units with the whole character.
 */
static size_t code_add(struct walk *w, uint32_t c)
{
	unsigned n = septets(c);

	if (n == 0)
		w->foreign = true;
	else
		fill_add(&w->gsm, n);
	return c > 0xFFFF ? 2 : 1;
}

/* Takes the next character in; returns its bytes. Nothing joins ASCII to ASCII, but for CR LF,
 * which Twilio counts as two. */
static size_t walk_step(struct walk *w, struct str rest)
{
	unsigned char first = (unsigned char)rest.p[0];
	size_t bytes, units = 0, n;
	uint32_t c;

	if (first < 0x80 && (rest.n == 1 || (unsigned char)rest.p[1] < 0x80 || first == '\r')) {
		fill_add(&w->ucs, code_add(w, first));
		return 1;
	}
	bytes = utf8_grapheme(rest);
	for (size_t at = 0; at < bytes; at += n) {
		n = utf8_next(str_sub(rest, at, bytes - at), &c);
		units += code_add(w, n == 0 ? 0xFFFD : c);
		n = n == 0 ? 1 : n;
	}
	fill_add(&w->ucs, units);
	return bytes;
}

struct segments segments_of(struct str text)
{
	struct walk w;

	walk_start(&w);
	for (size_t at = 0; at < text.n;)
		at += walk_step(&w, str_make(text.p + at, text.n - at));
	return (struct segments){w.foreign ? SMS_UCS2 : SMS_GSM7, fill_segments(walk_fill(&w)),
				 walk_fill(&w)->units};
}

const char *sms_encoding_name(enum sms_encoding encoding)
{
	return encoding == SMS_GSM7 ? "GSM-7" : "UCS-2";
}

size_t segments_foreign(struct str text, uint32_t *out, size_t max)
{
	size_t count = 0, n;

	for (size_t at = 0; at < text.n && count < max; at += n) {
		uint32_t c = 0xFFFD;
		size_t seen = 0;

		n = utf8_next(str_sub(text, at, text.n), &c);
		n = n == 0 ? 1 : n;
		if (septets(c) > 0)
			continue;
		while (seen < count && out[seen] != c)
			seen++;
		if (seen == count)
			out[count++] = c;
	}
	return count;
}

struct str segments_cut(struct str text, unsigned max)
{
	struct walk w;
	size_t at = 0, n;

	walk_start(&w);
	while (at < text.n) {
		n = walk_step(&w, str_make(text.p + at, text.n - at));
		if (fill_segments(walk_fill(&w)) > max)
			break;
		at += n;
	}
	return str_sub(text, 0, at);
}
