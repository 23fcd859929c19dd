/*
 * comfort.c - see comfort.h.
 */
#include "server/voice/comfort.h"

#include <math.h>

#include "shared/base64.h"

#define RATE    8000
#define HALF    1600 /* one note */
#define SAMPLES (2 * HALF)
#define LOUD    2200.0 /* of 32767: well below a voice */

unsigned char mulaw_of(int sample)
{
	int sign = sample < 0 ? 0x80 : 0, size = abs(sample), exponent = 7;

	size = (size > 32635 ? 32635 : size) + 132;
	for (int bit = 0x4000; exponent > 0 && (size & bit) == 0; bit >>= 1)
		exponent--;
	return (unsigned char)~(sign | exponent << 4 | (size >> (exponent + 3) & 15));
}

void comfort_write(struct buf *out)
{
	unsigned char samples[SAMPLES];
	char text[SAMPLES * 4 / 3 + 8];
	size_t n;

	for (int i = 0; i < SAMPLES; i++) {
		bool second = i >= HALF;
		double at = (double)(i % HALF) / HALF, note = second ? 440.0 : 523.25;
		double swell = sin(M_PI * at); /* neither note begins or ends with a click */

		samples[i] = mulaw_of((int)(LOUD * swell * sin(2 * M_PI * note * i / RATE)));
	}
	n = base64_write(samples, sizeof samples, text);
	buf_add(out, text, n);
}
