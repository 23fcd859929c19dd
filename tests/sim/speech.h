/*
 * speech.h - speech that can be read: words inside mu-law audio.
 *
 * A voice of the practice line speaks in blocks of 160 bytes, 20 ms each. A block names its
 * speaker, whom it answers, its utterance and its place in it, and holds the few letters that are
 * said in those 20 ms. So what reaches an ear is what was really carried: a frame that is lost,
 * doubled, crossed with another call's or cut off shows in the words. To a person it would be
 * noise.
 *
 * Silence is mu-law silence, 0xFF. Everything else is noise.
 */
#ifndef SWITCHBACK_TESTS_SIM_SPEECH_H
#define SWITCHBACK_TESTS_SIM_SPEECH_H

#include "shared/buf.h"

#define SIM_SPEECH_BLOCK 160 /* bytes */
#define SIM_SPEECH_MS    20
#define SIM_SPEECH_RATE  8000 /* bytes a second */

struct sim_speech_block {
	uint32_t voice;     /* who speaks */
	uint32_t to;        /* whom it answers, 0 if nobody spoke yet */
	uint16_t utterance; /* of that voice, from 1 */
	uint16_t index, count;
	unsigned char n; /* letters (bytes of UTF-8) said in this block */
	char text[100];
};

/* A voice of a name: a call's or a conversation's SID. */
uint32_t sim_speech_voice(struct str name);

void sim_speech_silence(unsigned char *out, size_t n);
void sim_speech_block_write(const struct sim_speech_block *b, unsigned char out[SIM_SPEECH_BLOCK]);

/* Blocks that a text takes at so many letters a second; at least 5, at most 65535. */
unsigned sim_speech_count(struct str text, unsigned letters_per_s);
/* Fills index, n and text of block `index` of `count`; voice, to and utterance stay. */
void sim_speech_block_cut(struct str text, unsigned index, unsigned count,
			  struct sim_speech_block *b);

/* ---- hearing ---- */

struct sim_speech_heard {
	/* A block came; `lost` blocks of its utterance are missing right before it. */
	void (*block)(void *self, const struct sim_speech_block *b, unsigned lost);
	/* So many bytes of silence, or of noise, came. */
	void (*rest)(void *self, size_t n, bool noise);
};

struct sim_speech_ear {
	unsigned char part[SIM_SPEECH_BLOCK]; /* of a block that has begun */
	size_t part_n;
	uint32_t voice; /* of the block before */
	uint16_t utterance, next;
};

/* Audio in pieces of any length. */
void sim_speech_hear(struct sim_speech_ear *ear, const unsigned char *p, size_t n,
		     const struct sim_speech_heard *tell, void *self);

#endif
