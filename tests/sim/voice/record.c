/*
 * record.c - <Record>: what the person says until they are silent, press a key or hang up
 * (twilio.md 4.8).
 */
#include "tests/sim/voice/record.h"

#include "shared/clock.h"
#include "tests/sim/json.h"
#include "tests/sim/voice/run.h"

struct record {
	struct sim_act act;
	struct arena arena;
	const char *action, *method, *finish, *callback, *transcribed;
	bool callback_get;
	unsigned silence_ms, max_ms;
	int64_t began_us;
	struct buf words;
	bool talking, over;
	struct sim_timer *silence, *longest;
};

static struct record *record_of(struct sim_act *a)
{
	return CONTAINER_OF(a, struct record, act);
}

static void recording_put(const struct sim_recording *r, struct sim_pairs *p, struct arena *a)
{
	char url[SIM_URL];

	sim_recording_url(r, url);
	sim_pairs_put(p, a, "RecordingSid", str_of(r->sid));
	sim_pairs_put(p, a, "RecordingUrl", str_of(url));
	sim_pairs_put_int(p, a, "RecordingDuration", r->seconds);
}

static void callback_send(struct record *c, const struct sim_recording *r)
{
	struct sim_pairs p = {0};
	char date[SIM_DATE];

	if (c->callback == NULL)
		return;
	recording_put(r, &p, &c->arena);
	sim_date_text(r->began_us, date);
	sim_pairs_put(&p, &c->arena, "RecordingStatus", STR_LIT("completed"));
	sim_pairs_put(&p, &c->arena, "RecordingChannels", STR_LIT("1"));
	sim_pairs_put(&p, &c->arena, "RecordingStartTime", str_of(date));
	sim_pairs_put(&p, &c->arena, "RecordingSource", str_of(r->source));
	sim_pairs_put(&p, &c->arena, "RecordingTrack", STR_LIT("inbound"));
	sim_leg_notify(c->act.leg, str_of(c->callback), c->callback_get, &p);
}

static void transcription_send(struct record *c, const struct sim_recording *r)
{
	struct sim_pairs p = {0};

	if (c->transcribed == NULL)
		return;
	recording_put(r, &p, &c->arena);
	sim_pairs_put(&p, &c->arena, "TranscriptionStatus", STR_LIT("completed"));
	sim_pairs_put(&p, &c->arena, "TranscriptionText", str_trim(buf_str(&c->words)));
	sim_leg_notify(c->act.leg, str_of(c->transcribed), false, &p);
}

static struct sim_recording *keep(struct record *c)
{
	struct sim_recording *r =
		sim_recording_new(c->act.leg, "RecordVerb", c->began_us, buf_str(&c->words));

	c->over = true;
	callback_send(c, r);
	transcription_send(c, r);
	return r;
}

static void record_stop(struct sim_act *a, enum sim_stop why)
{
	struct record *c = record_of(a);

	/* a caller who hangs up after their message has left one, and the action hears of it */
	if (why == SIM_STOP_END && !c->over && c->words.n > 0) {
		struct sim_document d = {.url = str_of(c->action), .discard = true};
		struct sim_pairs p = {0};

		recording_put(keep(c), &p, &c->arena);
		sim_pairs_put(&p, &c->arena, "Digits", STR_LIT("hangup"));
		d.more = &p;
		if (!a->leg->sim->closing)
			sim_run_fetch(a->leg, &d);
	}
	sim_timer_free(&c->silence);
	sim_timer_free(&c->longest);
	buf_clear(&c->words);
	arena_free(&c->arena);
	free(c);
}

static void finish(struct record *c, const char *digits)
{
	struct sim_pairs p = {0};

	if (c->words.n == 0 && digits[0] == '\0') { /* silence alone is no recording */
		sim_act_end(&c->act);
		return;
	}
	recording_put(keep(c), &p, &c->arena);
	if (digits[0] != '\0')
		sim_pairs_put(&p, &c->arena, "Digits", str_of(digits));
	sim_run_action(c->act.leg, c->action, c->method, &p);
}

static void on_silence(void *with)
{
	struct record *c = with;

	if (!c->talking)
		finish(c, "");
}

static void on_longest(void *with)
{
	finish(with, "");
}

static void record_talks(struct sim_act *a)
{
	record_of(a)->talking = true;
	sim_timer_stop(record_of(a)->silence);
}

static void record_heard(struct sim_act *a, struct str words)
{
	struct record *c = record_of(a);

	c->talking = false;
	buf_add_str(&c->words, words);
	buf_add_char(&c->words, '\n');
	sim_quiet_turn(a->leg);
	if (c->silence_ms > 0)
		sim_timer_set(c->silence, c->silence_ms);
}

static void record_digit(struct sim_act *a, char digit)
{
	struct record *c = record_of(a);
	char text[2] = {digit, '\0'};

	if (strchr(c->finish, digit) != NULL)
		finish(c, text);
}

static const struct sim_act_kind record_kind = {"Record", record_stop, record_talks, record_heard,
						record_digit};

void sim_verb_record(struct sim_leg *leg, const struct sim_node *n)
{
	struct record *c = xcalloc(1, sizeof *c);
	uv_loop_t *uv = &leg->sim->loop->uv;

	c->act.kind = &record_kind;
	c->action = arena_strdup(&c->arena, sim_attr_find(n, "action"));
	c->method = arena_strdup(&c->arena, sim_attr_find(n, "method"));
	c->finish = arena_strdup(&c->arena, sim_attr_or(n, "finishOnKey", "1234567890*#"));
	c->callback = arena_strdup(&c->arena, sim_attr_find(n, "recordingStatusCallback"));
	if (c->callback != NULL)
		c->callback =
			arena_cstr(&c->arena, sim_run_url(leg, &c->arena, str_of(c->callback)));
	c->callback_get =
		strcmp(sim_attr_or(n, "recordingStatusCallbackMethod", "POST"), "GET") == 0;
	if (sim_attr_true(n, "transcribe", false) || sim_attr_find(n, "transcribeCallback") != NULL)
		c->transcribed = arena_cstr(
			&c->arena, sim_run_url(leg, &c->arena,
					       str_of(sim_attr_or(n, "transcribeCallback", ""))));
	c->silence_ms = (unsigned)sim_attr_int(n, "timeout", 0, 3600, 5) * 1000;
	c->max_ms = (unsigned)sim_attr_int(n, "maxLength", 1, 14400, 3600) * 1000;
	c->silence = sim_timer_new(uv, on_silence, c);
	c->longest = sim_timer_new(uv, on_longest, c);
	sim_leg_answer(leg);
	if (sim_attr_true(n, "playBeep", true))
		sim_line_note(leg, "beep");
	sim_act_begin(leg, &c->act);
	c->began_us = clock_wall_us();
	sim_quiet_turn(leg);
	if (c->silence_ms > 0)
		sim_timer_set(c->silence, c->silence_ms);
	sim_timer_set(c->longest, c->max_ms);
	if (c->action == NULL && leg->program->inlined)
		sim_alert_raise(leg->sim, 11100, leg->sid,
				"a <Record> of an update needs an action");
	if (leg->talk.talking)
		record_talks(&c->act);
}
