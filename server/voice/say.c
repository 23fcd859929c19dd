/*
 * say.c - see say.h.
 */
#include "server/voice/say.h"

#include "server/voice/speech.h"
#include "shared/utf8.h"

#define SAY_MAX    3000 /* bytes of one <Say>; Twilio takes 4096 characters */
#define SPOKEN_MAX (64u * 1024)

void say_plain(struct twiml *t, struct str text, enum language l)
{
	const struct voice_manner *m = voice_manner_of(l);

	twiml_open(t, "Say");
	twiml_attr(t, "voice", m->voice);
	twiml_attr(t, "language", m->language);
	twiml_text(t, text);
	twiml_close(t);
}

void say_line(struct twiml *t, struct str text, enum language l)
{
	struct buf spoken;
	struct str rest;

	buf_init(&spoken, SPOKEN_MAX);
	speech_add(&spoken, text, l);
	rest = buf_str(&spoken);
	while (rest.n > 0) {
		struct str piece = utf8_cut(rest, SAY_MAX);

		while (piece.n < rest.n && piece.n > SAY_MAX / 2 && piece.p[piece.n - 1] != ' ')
			piece.n--;
		say_plain(t, piece, l);
		rest = str_sub(rest, piece.n, rest.n);
	}
	buf_clear(&spoken);
}
