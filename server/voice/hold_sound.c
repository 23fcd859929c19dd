/*
 * hold_sound.c - see hold_sound.h. Each note is a decaying sine, by the recurrence
 * y[n] = 2 cos(w) y[n-1] - y[n-2], which needs no mathematics library.
 */
#include "server/voice/hold_sound.h"

#define RATE     8000
#define NOTE     (HOLD_SOUND_SAMPLES / 8) /* samples: 0.8 s */
#define LOUD     6000.0                   /* of 32767: it is heard for long */
#define DECAY    0.99965                  /* a sample */
#define SOFTLY   160                      /* samples until a note is there: no click */
#define ULAW_MAX 32635
#define ULAW_ADD 0x84

/* 2 cos(w) and sin(w) of a tone at 8 kHz. */
static const struct {
	double cos2, sin;
} notes[] = {
	/* A3 C4 E4 G4 C5 G4 E4 C4: A minor seventh, up and down */
	{1.970218652, 0.171929100}, {1.957926082, 0.204037653}, {1.933349881, 0.256006952},
	{1.905961063, 0.303031527}, {1.833475171, 0.399489923}, {1.905961063, 0.303031527},
	{1.933349881, 0.256006952}, {1.957926082, 0.204037653},
};

/* G.711, for the bits as they are sent: complemented. */
static unsigned char ulaw_of(int sample)
{
	int sign = sample < 0 ? 0x80 : 0, segment = 7, low;

	sample = (sample < 0 ? -sample : sample) > ULAW_MAX ? ULAW_MAX
		 : sample < 0                               ? -sample
							    : sample;
	sample += ULAW_ADD;
	for (int bit = 0x4000; segment > 0 && (sample & bit) == 0; bit >>= 1)
		segment--;
	low = (sample >> (segment + 3)) & 0x0F;
	return (unsigned char)~(sign | segment << 4 | low);
}

static void number_add(struct buf *b, uint32_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		buf_add_char(b, (char)(value >> (8 * i) & 0xFF));
}

/* RIFF, with the `fact` that every format but PCM has. */
static void head_add(struct buf *b)
{
	buf_add_cstr(b, "RIFF");
	number_add(b, HOLD_SOUND_HEAD - 8 + HOLD_SOUND_SAMPLES, 4);
	buf_add_cstr(b, "WAVEfmt ");
	number_add(b, 18, 4);
	number_add(b, 7, 2); /* mu-law */
	number_add(b, 1, 2); /* mono */
	number_add(b, RATE, 4);
	number_add(b, RATE, 4);
	number_add(b, 1, 2);
	number_add(b, 8, 2);
	number_add(b, 0, 2);
	buf_add_cstr(b, "fact");
	number_add(b, 4, 4);
	number_add(b, HOLD_SOUND_SAMPLES, 4);
	buf_add_cstr(b, "data");
	number_add(b, HOLD_SOUND_SAMPLES, 4);
}

static void note_add(struct buf *b, double cos2, double sin)
{
	double before = 0, now = sin, loud = LOUD;

	for (int i = 0; i < NOTE; i++) {
		double next = cos2 * now - before;
		double soft = i < SOFTLY ? (double)i / SOFTLY : 1;

		buf_add_char(b, (char)ulaw_of((int)(before * loud * soft)));
		before = now;
		now = next;
		loud *= DECAY;
	}
}

void hold_sound_make(struct buf *out)
{
	head_add(out);
	for (size_t i = 0; i < ARRAY_LEN(notes); i++)
		note_add(out, notes[i].cos2, notes[i].sin);
	if (out->overflowed || out->n != HOLD_SOUND_HEAD + HOLD_SOUND_SAMPLES)
		BUG("a sound of %zu bytes", out->n);
}
