/*
 * recordings.c - what was recorded; see record.h. The verb: record.c.
 */
#include "shared/clock.h"
#include "tests/sim/speech.h"
#include "tests/sim/voice/record.h"

struct sim_recording *sim_recording_find(const struct sim *s, struct str sid)
{
	for (struct sim_recording *r = s->recordings; r != NULL; r = r->next) {
		if (str_is(sid, r->sid))
			return r;
	}
	return NULL;
}

void sim_recording_delete(struct sim *s, struct sim_recording *r)
{
	struct sim_recording **at = &s->recordings;

	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	free(r->words);
	free(r);
}

void sim_recordings_free(struct sim *s)
{
	while (s->recordings != NULL)
		sim_recording_delete(s, s->recordings);
}

static void oldest_drop(struct sim *s)
{
	struct sim_recording *r = s->recordings;
	unsigned n = 1;

	if (r == NULL)
		return;
	for (; r->next != NULL; r = r->next)
		n++;
	if (n >= SIM_RECORDINGS_MAX)
		sim_recording_delete(s, r);
}

struct sim_recording *sim_recording_new(struct sim_leg *leg, const char *source, int64_t since_us,
					struct str words)
{
	struct sim_recording *r = xcalloc(1, sizeof *r);
	struct sim *s = leg->sim;
	struct arena a = {0};

	oldest_drop(s);
	r->sim = s;
	r->account = leg->account;
	sim_sid_new("RE", r->sid);
	memcpy(r->call, leg->sid, sizeof r->call);
	r->source = source;
	r->began_us = since_us;
	r->seconds = (clock_wall_us() - since_us + 999999) / 1000000;
	r->words = xstrdup(words.n == 0 ? "" : arena_cstr(&a, words));
	r->next = s->recordings;
	s->recordings = r;
	arena_free(&a);
	return r;
}

struct sim_recording *sim_recording_of_call(struct sim_leg *leg, const char *source,
					    int64_t since_us)
{
	struct sim_recording *r;
	struct buf b = {0};

	for (size_t i = 0; i < leg->lines.n; i++) {
		const struct sim_heard *h = &leg->lines.at[i];

		if (h->at_us >= since_us && (h->kind == SIM_LINE_ME || h->kind == SIM_LINE_PERSON))
			buf_printf(&b, "%s\n", h->text);
	}
	r = sim_recording_new(leg, source, since_us, buf_str(&b));
	buf_clear(&b);
	return r;
}

void sim_recording_url(const struct sim_recording *r, char out[SIM_URL])
{
	snprintf(out, SIM_URL, "http://%s:%d/2010-04-01/Accounts/%s/Recordings/%s",
		 r->sim->set.host, r->sim->set.port, r->sim->accounts[r->account].sid, r->sid);
}

static void little_endian(struct buf *b, uint32_t v, unsigned bytes)
{
	while (bytes-- > 0) {
		buf_add_char(b, (char)(v & 0xff));
		v >>= 8;
	}
}

void sim_recording_bytes(const struct sim_recording *r, struct buf *out)
{
	struct buf audio = {.limit = 16u * 1024 * 1024};
	struct str rest = str_of(r->words);
	unsigned char block[SIM_SPEECH_BLOCK];
	struct sim_speech_block b = {.voice = sim_speech_voice(str_of(r->call))};

	while (rest.n > 0) {
		struct str line = str_cut(&rest, '\n');
		unsigned count = sim_speech_count(line, r->sim->set.letters_per_s);

		b.utterance++;
		for (unsigned i = 0; i < count; i++) {
			sim_speech_block_cut(line, i, count, &b);
			sim_speech_block_write(&b, block);
			buf_add(&audio, block, sizeof block);
		}
	}
	sim_speech_silence(block, sizeof block);
	while (audio.n < (size_t)r->seconds * SIM_SPEECH_RATE &&
	       buf_add(&audio, block, sizeof block))
		;
	buf_add_cstr(out, "RIFF");
	little_endian(out, (uint32_t)(36 + audio.n), 4);
	buf_add_cstr(out, "WAVEfmt ");
	little_endian(out, 16, 4);
	little_endian(out, 7, 2); /* mu-law */
	little_endian(out, 1, 2);
	little_endian(out, SIM_SPEECH_RATE, 4);
	little_endian(out, SIM_SPEECH_RATE, 4);
	little_endian(out, 1, 2);
	little_endian(out, 8, 2);
	buf_add_cstr(out, "data");
	little_endian(out, (uint32_t)audio.n, 4);
	buf_add_str(out, buf_str(&audio));
	buf_clear(&audio);
}
