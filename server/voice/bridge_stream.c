/*
 * bridge_stream.c - Twilio's side of a bridge: what the caller says goes to the agent, what the
 * agent says to the caller.
 *
 * Twilio plays what it is sent in real time and keeps the rest; `clear` drops what it keeps. A mark
 * behind each second of audio tells how far it has come.
 */
#include "server/twilio/media.h"
#include "server/voice/bridge_inside.h"
#include "shared/clock.h"

#define MARK_LETTERS 10668 /* base64 of one second */

void bridge_stream_opened(struct socket *s, void *self)
{
	struct bridge *b = self;

	b->stream = s;
	if (b->over)
		socket_close(s, 1000, "");
}

void bridge_stream_closed(struct socket *s, void *self)
{
	struct bridge *b = self;
	struct str why;
	unsigned code = socket_status(s, &why);

	b->stream = NULL;
	b->stream_gone = true;
	if (b->over)
		bridge_free_if_over(b);
	else
		bridge_finish(b, BRIDGE_STREAM_LOST, code, why);
}

/* ---- from the caller ---- */

static void early_keep(struct bridge *b, struct str payload)
{
	struct early *e;

	if (payload.n > FRAME_TEXT_MAX)
		return;
	if (b->early == NULL)
		b->early = xcalloc(1, sizeof *b->early);
	e = b->early;
	if (e->n == EARLY_FRAMES) {
		e->first = (e->first + 1) % EARLY_FRAMES;
		e->n--;
		b->all->figures.frames_dropped++;
	}
	e->frames[(e->first + e->n) % EARLY_FRAMES].n = (unsigned short)payload.n;
	memcpy(e->frames[(e->first + e->n) % EARLY_FRAMES].text, payload.p, payload.n);
	e->n++;
}

static void audio_came(struct bridge *b, struct str payload)
{
	b->all->figures.frames_in++;
	if (!b->started || b->hushed)
		return;
	if (b->leg != NULL && b->leg->connected)
		leg_audio(b, payload);
	else
		early_keep(b, payload);
}

static void start_came(struct bridge *b, const struct media *m)
{
	if (b->started)
		return; /* once is enough */
	if (!m->mulaw) {
		bridge_finish(b, BRIDGE_STREAM_LOST, 0,
			      STR_LIT("the stream has another format than mu-law"));
		return;
	}
	b->started = true;
	snprintf(b->stream_sid, sizeof b->stream_sid, STR_FMT, STR_ARG(m->stream_sid));
	b->comfort_ms = clock_mono_ms() + BRIDGE_COMFORT_MS;
	if (b->ear->started != NULL)
		b->ear->started(b, b->with, m->call_sid, m->stream_sid, m->token);
}

/* A SID is letters and digits; it is written into every message to Twilio as it is. */
static bool sid_plain(struct str sid)
{
	for (size_t i = 0; i < sid.n; i++) {
		char c = sid.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
			return false;
	}
	return sid.n > 0 && sid.n < SID_TEXT;
}

void bridge_stream_message(struct socket *s, void *self, bool text, struct str message)
{
	struct bridge *b = self;
	struct bridges *all = b->all;
	struct media m;

	(void)s;
	if (b->over)
		return;
	b->heard_ms = clock_mono_ms();
	if (!text) {
		all->figures.ignored++;
		return;
	}
	media_read(message, &m);
	switch (m.event) {
	case MEDIA_AUDIO: audio_came(b, m.payload); break;
	case MEDIA_START:
		if (sid_plain(m.stream_sid))
			start_came(b, &m);
		break;
	case MEDIA_DTMF:
		if (b->ear->digit != NULL && !b->hushed)
			b->ear->digit(b, b->with, m.digit);
		break;
	case MEDIA_STOP: bridge_finish(b, BRIDGE_STREAM_STOPPED, 0, (struct str){"", 0}); break;
	case MEDIA_CONNECTED:
	case MEDIA_MARK: break;
	default: all->figures.ignored++;
	}
	media_clear(&m);
}

/* ---- to the caller ---- */

static bool out(struct bridge *b)
{
	return b->stream != NULL && socket_send(b->stream, true, buf_str(&b->all->out));
}

void bridge_stream_audio(struct bridge *b, int64_t event, struct str payload)
{
	struct bridges *all = b->all;
	char name[32];
	int n;

	if (b->hushed || !b->started)
		return;
	media_audio_write(&all->out, str_of(b->stream_sid), payload);
	if (!out(b)) {
		all->figures.frames_dropped++;
		return;
	}
	all->figures.frames_out++;
	b->unmarked += payload.n;
	if (b->unmarked < MARK_LETTERS)
		return;
	b->unmarked = 0;
	n = snprintf(name, sizeof name, "e%" PRId64, event);
	media_mark_write(&all->out, str_of(b->stream_sid), str_make(name, (size_t)n));
	(void)out(b);
}

void bridge_stream_clear(struct bridge *b)
{
	if (!b->started)
		return;
	b->unmarked = 0;
	media_clear_write(&b->all->out, str_of(b->stream_sid));
	(void)out(b);
}

void bridge_stream_comfort(struct bridge *b, int64_t now)
{
	if (b->hushed || !b->started || now < b->comfort_ms)
		return;
	b->comfort_ms = now + BRIDGE_COMFORT_MS;
	media_audio_write(&b->all->out, str_of(b->stream_sid), buf_str(&b->all->comfort));
	(void)out(b);
}
