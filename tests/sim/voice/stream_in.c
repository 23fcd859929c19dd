/*
 * stream_in.c - what the service sends on a stream of both ways; see stream.h. Twilio takes three
 * messages, and each in one form only: a field too many is an error too (31951).
 */
#include <jansson.h>

#include "shared/base64.h"
#include "shared/clock.h"
#include "tests/sim/json.h"
#include "tests/sim/voice/scribe.h"
#include "tests/sim/voice/stream.h"

#define PLAY_MAX (10u * 60 * SIM_SPEECH_RATE) /* ten minutes */
#define SHOW_MS  150                          /* words appear so often at most */

static int64_t now_ms(const struct sim_stream *st)
{
	return (clock_mono_us() - st->began_us) / 1000;
}

/* ---- what came, for the report ---- */

static void event_keep(struct sim_stream *st, char kind, size_t bytes, const char *name)
{
	int64_t ms = now_ms(st);
	struct sim_stream_event *e;

	if (st->events == NULL)
		st->events = xcalloc(SIM_STREAM_EVENTS, sizeof *st->events);
	if (st->events_n > 0 && kind == 'm') {
		e = &st->events[st->events_n - 1];
		if (e->kind == 'm' && ms - e->last_ms < 100) {
			e->frames++;
			e->bytes += bytes;
			e->last_ms = ms;
			return;
		}
	}
	if (st->events_n == SIM_STREAM_EVENTS)
		return;
	st->events[st->events_n] = (struct sim_stream_event){
		.kind = kind, .ms = ms, .last_ms = ms, .frames = 1, .bytes = bytes};
	e = &st->events[st->events_n++];
	snprintf(e->name, sizeof e->name, "%s", name);
}

/* ---- marks ---- */

static void mark_echo(struct sim_stream *st, const char *name)
{
	struct buf b = {0};

	buf_add_cstr(&b, "\"mark\":{\"name\":");
	sim_json_text(str_of(name), &b);
	buf_add_char(&b, '}');
	st->counts.echoed++;
	sim_stream_send(st, "mark", buf_cstr(&b));
	buf_clear(&b);
}

/* Those whose place was played. */
static void marks_echo(struct sim_stream *st)
{
	while (st->marks_n > 0 && st->marks[0].at <= st->heard && !st->over) {
		char name[SIM_MARK_ROOM];

		memcpy(name, st->marks[0].name, sizeof name);
		st->marks_n--;
		memmove(st->marks, st->marks + 1, st->marks_n * sizeof *st->marks);
		mark_echo(st, name);
	}
}

static void mark_add(struct sim_stream *st, const char *name)
{
	struct sim_stream_mark *m;

	if (st->marks_n == st->marks_cap) {
		st->marks_cap = st->marks_cap == 0 ? 8 : st->marks_cap * 2;
		st->marks = xrealloc(st->marks, st->marks_cap * sizeof *st->marks);
	}
	m = &st->marks[st->marks_n++];
	m->at = st->queued;
	snprintf(m->name, sizeof m->name, "%s", name);
	st->counts.marks++;
	event_keep(st, 'k', 0, name);
	marks_echo(st);
}

/* ---- hearing ---- */

static void words_show(struct sim_stream *st, bool all)
{
	size_t n = st->words.n;

	/* a letter whose bytes are not all here waits for them */
	while (!all && n > 0 && ((unsigned char)st->words.p[n - 1] & 0x80) != 0)
		n--;
	sim_line_more(st->leg, st->line, str_make(st->words.p, n));
	buf_drop(&st->words, n);
	st->words_ms = now_ms(st);
}

static void sentence_end(struct sim_stream *st, bool whole)
{
	struct sim_heard *h;

	if (!st->speaking)
		return;
	st->speaking = false;
	words_show(st, true);
	h = sim_line_at(st->leg, st->line);
	if (h != NULL) {
		h->cut = !whole;
		sim_scribe_said(st->leg, true, str_make(h->text, h->n));
	}
	sim_line_over(st->leg, st->line);
}

static void on_block(void *self, const struct sim_speech_block *b, unsigned lost)
{
	struct sim_stream *st = self;
	bool same = st->counts.blocks > 0 && b->voice == st->last.voice &&
		    b->utterance == st->last.utterance;
	uint32_t mine = sim_speech_voice(str_of(st->leg->sid));

	st->counts.blocks++;
	st->counts.lost += lost;
	if (same && b->index <= st->last.index)
		st->counts.doubled++;
	if (b->to != 0 && b->to != mine)
		st->counts.crossed++;
	if (!same || !st->speaking) {
		sentence_end(st, false);
		st->line = sim_line_add(st->leg, SIM_LINE_AGENT, (struct str){0});
		st->speaking = true;
	}
	st->last = *b;
	buf_add(&st->words, b->text, b->n);
	if (now_ms(st) - st->words_ms >= SHOW_MS)
		words_show(st, false);
	st->tone = false;
	sim_quiet_sound(st->leg);
	if (b->index + 1 >= b->count) {
		sentence_end(st, true);
		sim_quiet_turn(st->leg);
	}
}

/* A tone says that somebody is there; behind it the caller waits on, if they waited. */
static void tone_end(struct sim_stream *st)
{
	if (!st->tone)
		return;
	st->tone = false;
	if (st->waits)
		sim_quiet_wait(st->leg);
}

static void on_rest(void *self, size_t n, bool noise)
{
	struct sim_stream *st = self;

	if (!noise) {
		tone_end(st);
		return;
	}
	if (!st->tone)
		st->waits = st->leg->quiet.since_ms > 0;
	st->tone = true;
	st->counts.noise += n;
	sim_quiet_sound(st->leg);
	if (!st->noisy)
		sim_line_note(st->leg, "sound that holds no words");
	st->noisy = true;
}

static const struct sim_speech_heard ear = {on_block, on_rest};

void sim_stream_silence(struct sim_stream *st)
{
	if (!st->speaking)
		return;
	sentence_end(st, false);
	sim_quiet_wait(st->leg);
}

void sim_stream_play(struct sim_stream *st)
{
	size_t n = size_min(st->play.n, SIM_SPEECH_BLOCK);

	if (n == 0 && st->speaking) { /* within a sentence: that is a gap */
		if (st->dry_ms == 0) {
			st->counts.gaps++;
			sim_quiet_wait(st->leg);
		}
		st->dry_ms += SIM_SPEECH_MS;
		st->counts.gap_ms += SIM_SPEECH_MS;
	}
	if (n == 0) {
		tone_end(st);
		return;
	}
	st->dry_ms = 0;
	sim_speech_hear(&st->ear, (unsigned char *)st->play.p, n, &ear, st);
	buf_drop(&st->play, n);
	st->heard += n;
	marks_echo(st);
}

/* ---- messages ---- */

static void bad(struct sim_stream *st, int code, const char *why)
{
	bool *told = &st->error_told[code == 31950 ? 1 : 2];

	st->counts.bad++;
	if (!*told)
		sim_stream_error(st, code, why);
	*told = true;
}

static bool media_take(struct sim_stream *st, const json_t *media)
{
	const json_t *payload = json_object_get(media, "payload");
	struct str coded = str_make(json_string_value(payload), json_string_length(payload));
	unsigned char *bytes;
	size_t n = 0;
	bool good;

	if (!json_is_object(media) || json_object_size(media) != 1 || !json_is_string(payload))
		return false;
	bytes = xmalloc(coded.n + 1);
	good = base64_read(coded, bytes, coded.n, &n);
	if (good && st->play.n + n > PLAY_MAX) {
		bad(st, 31931, "more than ten minutes of audio wait to be played");
	} else if (good) {
		buf_add(&st->play, bytes, n);
		st->queued += n;
		st->counts.frames++;
		st->counts.bytes += n;
		event_keep(st, 'm', n, "");
	}
	free(bytes);
	return good;
}

static bool mark_take(struct sim_stream *st, const json_t *mark)
{
	const char *name = json_string_value(json_object_get(mark, "name"));

	if (!json_is_object(mark) || json_object_size(mark) != 1 || name == NULL)
		return false;
	mark_add(st, name);
	return true;
}

static void clear_take(struct sim_stream *st)
{
	st->counts.clears++;
	st->counts.cleared_bytes += st->play.n;
	event_keep(st, 'c', st->play.n, "");
	st->heard += st->play.n;
	buf_reset(&st->play);
	st->ear.part_n = 0;
	tone_end(st);
	if (st->speaking && st->leg->talk.talking)
		sim_quiet_turn(st->leg); /* it gives way to them */
	else if (st->speaking)
		sim_quiet_wait(st->leg); /* what follows? */
	sentence_end(st, false);
	marks_echo(st);
}

static bool message_take(struct sim_stream *st, const json_t *m)
{
	const char *event = json_string_value(json_object_get(m, "event"));
	const char *sid = json_string_value(json_object_get(m, "streamSid"));

	if (event == NULL || sid == NULL || strcmp(sid, st->sid) != 0)
		return false;
	if (strcmp(event, "media") == 0)
		return json_object_size(m) == 3 && media_take(st, json_object_get(m, "media"));
	if (strcmp(event, "mark") == 0)
		return json_object_size(m) == 3 && mark_take(st, json_object_get(m, "mark"));
	if (strcmp(event, "clear") != 0 || json_object_size(m) != 2)
		return false;
	clear_take(st);
	return true;
}

void sim_stream_message(struct sim_stream *st, bool text, struct str m)
{
	json_t *json;

	st->counts.messages++;
	if (!text) {
		bad(st, 31950, "a binary frame");
		return;
	}
	json = json_loadb(m.p, m.n, JSON_REJECT_DUPLICATES, NULL);
	if (!st->both_ways)
		bad(st, 31951, "a message on a stream of one way");
	else if (!json_is_object(json) || !message_take(st, json))
		bad(st, 31951,
		    "no JSON, an unknown event, a field too many or missing, or a wrong streamSid");
	json_decref(json);
	if (!st->over)
		(void)sim_stream_counted(st);
}
