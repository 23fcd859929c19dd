/*
 * speech.c - see speech.h.
 *
 * A block: 4 bytes of mark, voice, to, utterance, index, count, n, 100 bytes of letters, rest
 * filled, and a check sum in the last 4 bytes.
 */
#include "tests/sim/speech.h"

#include "tests/sim/crypt.h"

static const unsigned char mark[4] = {0x5b, 0x1d, 0xe7, 0x94};

#define TEXT_AT  19
#define CHECK_AT (SIM_SPEECH_BLOCK - 4)

static void put(unsigned char *p, uint32_t v, unsigned bytes)
{
	while (bytes-- > 0) {
		p[bytes] = (unsigned char)v;
		v >>= 8;
	}
}

static uint32_t get(const unsigned char *p, unsigned bytes)
{
	uint32_t v = 0;

	while (bytes-- > 0)
		v = v << 8 | *p++;
	return v;
}

/* FNV-1a. */
static uint32_t sum(const unsigned char *p, size_t n)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 16777619u;
	return h;
}

uint32_t sim_speech_voice(struct str name)
{
	uint32_t h = sum((const unsigned char *)name.p, name.n);

	return h == 0 ? 1 : h;
}

void sim_speech_silence(unsigned char *out, size_t n)
{
	memset(out, 0xff, n);
}

void sim_speech_block_write(const struct sim_speech_block *b, unsigned char out[SIM_SPEECH_BLOCK])
{
	memset(out, 0x55, SIM_SPEECH_BLOCK);
	memcpy(out, mark, sizeof mark);
	put(out + 4, b->voice, 4);
	put(out + 8, b->to, 4);
	put(out + 12, b->utterance, 2);
	put(out + 14, b->index, 2);
	put(out + 16, b->count, 2);
	out[18] = b->n;
	memcpy(out + TEXT_AT, b->text, b->n);
	put(out + CHECK_AT, sum(out, CHECK_AT), 4);
}

static bool block_read(const unsigned char *p, struct sim_speech_block *b)
{
	if (memcmp(p, mark, sizeof mark) != 0 || get(p + CHECK_AT, 4) != sum(p, CHECK_AT) ||
	    p[18] > sizeof b->text)
		return false;
	*b = (struct sim_speech_block){.voice = get(p + 4, 4),
				       .to = get(p + 8, 4),
				       .utterance = (uint16_t)get(p + 12, 2),
				       .index = (uint16_t)get(p + 14, 2),
				       .count = (uint16_t)get(p + 16, 2),
				       .n = p[18]};
	memcpy(b->text, p + TEXT_AT, b->n);
	return true;
}

unsigned sim_speech_count(struct str text, unsigned letters_per_s)
{
	uint64_t n = (uint64_t)text.n * (1000 / SIM_SPEECH_MS) /
		     (letters_per_s == 0 ? 1 : letters_per_s);
	uint64_t least = text.n / 90 + 5; /* so that the letters of a block fit */

	n = n < least ? least : n;
	return (unsigned)(n > 65535 ? 65535 : n);
}

void sim_speech_block_cut(struct str text, unsigned index, unsigned count,
			  struct sim_speech_block *b)
{
	size_t from = (size_t)((uint64_t)text.n * index / count);
	size_t to = (size_t)((uint64_t)text.n * (index + 1) / count);

	b->index = (uint16_t)index;
	b->count = (uint16_t)count;
	b->n = (unsigned char)size_min(to - from, sizeof b->text);
	if (b->n > 0)
		memcpy(b->text, text.p + from, b->n);
}

/* ---- hearing ---- */

static void block_tell(struct sim_speech_ear *ear, const struct sim_speech_block *b,
		       const struct sim_speech_heard *tell, void *self)
{
	bool same = b->voice == ear->voice && b->utterance == ear->utterance;
	unsigned expected = same ? ear->next : 0;

	ear->voice = b->voice;
	ear->utterance = b->utterance;
	ear->next = (uint16_t)(b->index + 1);
	tell->block(self, b, b->index > expected ? b->index - expected : 0);
}

/* The piece that has begun is no block after all: its first byte is noise, the rest is looked at
 * anew. */
static void part_shift(struct sim_speech_ear *ear)
{
	ear->part_n--;
	memmove(ear->part, ear->part + 1, ear->part_n);
}

static bool may_begin(const struct sim_speech_ear *ear)
{
	size_t n = size_min(ear->part_n, sizeof mark);

	return memcmp(ear->part, mark, n) == 0;
}

void sim_speech_hear(struct sim_speech_ear *ear, const unsigned char *p, size_t n,
		     const struct sim_speech_heard *tell, void *self)
{
	size_t silent = 0, noisy = 0;

	for (size_t i = 0; i < n; i++) {
		struct sim_speech_block b;

		if (ear->part_n == 0 && p[i] != mark[0]) {
			if (p[i] == 0xff || p[i] == 0x7f)
				silent++;
			else
				noisy++;
			continue;
		}
		ear->part[ear->part_n++] = p[i];
		while (ear->part_n > 0 && !may_begin(ear)) {
			part_shift(ear);
			noisy++;
		}
		if (ear->part_n < SIM_SPEECH_BLOCK)
			continue;
		if (silent > 0)
			tell->rest(self, silent, false);
		if (noisy > 0)
			tell->rest(self, noisy, true);
		silent = 0;
		noisy = 0;
		if (block_read(ear->part, &b)) {
			block_tell(ear, &b, tell, self);
			ear->part_n = 0;
			continue;
		}
		do {
			part_shift(ear);
			noisy++;
		} while (ear->part_n > 0 && !may_begin(ear));
	}
	if (silent > 0)
		tell->rest(self, silent, false);
	if (noisy > 0)
		tell->rest(self, noisy, true);
}
