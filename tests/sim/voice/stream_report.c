/*
 * stream_report.c - a media stream as JSON; see stream.h.
 */
#include "shared/clock.h"
#include "tests/sim/json.h"
#include "tests/sim/voice/stream.h"

static const char *state_of(const struct sim_stream *st)
{
	return st->over ? "stopped" : st->open ? "in-progress" : "opening";
}

static int64_t length_ms(const struct sim_stream *st)
{
	int64_t end = st->over ? st->ended_us : clock_mono_us();

	return st->ticks == 0 ? 0 : (end - st->began_us) / 1000;
}

static const struct {
	const char *name;
	size_t at;
} figures[] = {
#define FIGURE(name)                                            \
	{                                                       \
#name, offsetof(struct sim_stream_counts, name) \
	}
	FIGURE(sent),   FIGURE(sent_late),     FIGURE(sent_dropped), FIGURE(messages),
	FIGURE(frames), FIGURE(bytes),         FIGURE(marks),        FIGURE(echoed),
	FIGURE(clears), FIGURE(cleared_bytes), FIGURE(bad),          FIGURE(blocks),
	FIGURE(lost),   FIGURE(doubled),       FIGURE(crossed),      FIGURE(noise),
#undef FIGURE
};

static uint64_t figure_of(const struct sim_stream *st, size_t i)
{
	return *(const uint64_t *)(const void *)((const char *)&st->counts + figures[i].at);
}

static void event_write(const struct sim_stream_event *e, struct buf *b)
{
	sim_json_open(b, NULL, '{');
	sim_json_cstr(b, "event", e->kind == 'm' ? "media" : e->kind == 'k' ? "mark" : "clear");
	sim_json_int(b, "ms", e->ms);
	if (e->kind == 'm') {
		sim_json_int(b, "until_ms", e->last_ms);
		sim_json_int(b, "messages", e->frames);
	}
	if (e->kind == 'k')
		sim_json_cstr(b, "name", e->name);
	else
		sim_json_int(b, "audio_ms", (int64_t)(e->bytes / (SIM_SPEECH_RATE / 1000)));
	sim_json_close(b, '}');
}

void sim_stream_write(const struct sim_stream *st, const char *name, bool full, struct buf *b)
{
	sim_json_open(b, name, '{');
	sim_json_cstr(b, "sid", st->sid);
	sim_json_cstr(b, "call_sid", st->leg->sid);
	sim_json_cstr(b, "name", st->name);
	sim_json_str(b, "url", st->url);
	sim_json_bool(b, "both_ways", st->both_ways);
	sim_json_cstr(b, "state", state_of(st));
	sim_json_cstr(b, "problem", st->problem[0] == '\0' ? NULL : st->problem);
	sim_json_int(b, "close_code", st->over ? (int64_t)st->close_code : 0);
	sim_json_time(b, "at", st->asked_us);
	sim_json_int(b, "ms", length_ms(st));
	for (size_t i = 0; i < ARRAY_LEN(figures); i++)
		sim_json_int(b, figures[i].name, (int64_t)figure_of(st, i));
	sim_json_int(b, "gaps", st->counts.gaps);
	sim_json_int(b, "gap_ms", st->counts.gap_ms);
	sim_json_int(b, "waiting_ms", (int64_t)(st->play.n / (SIM_SPEECH_RATE / 1000)));
	sim_json_int(b, "late_max_ms", st->counts.late_max_ms);
	if (full) {
		sim_json_open(b, "events", '[');
		for (size_t i = 0; i < st->events_n; i++)
			event_write(&st->events[i], b);
		sim_json_close(b, ']');
	}
	sim_json_close(b, '}');
}

/* One line when it opens, one when it is over with what went over it. */
void sim_stream_journal(struct sim_stream *st, bool opening)
{
	struct arena a = {0};
	struct sim_pairs p = {0};
	struct sim_entry e = {
		.side = "stream",
		.method = opening ? "OPEN" : "CLOSE",
		.url = st->url,
		.params = &p,
		.status = opening ? 101 : (int)st->close_code,
		.started_us = opening ? clock_mono_us() : st->began_us,
		.fault = st->fault.kind == SIM_FAULT_NONE ? NULL : sim_fault_word(st->fault.kind),
		.problem = st->problem[0] == '\0' ? NULL : st->problem,
		.sid = st->leg->sid};

	sim_pairs_put(&p, &a, "StreamSid", str_of(st->sid));
	for (size_t i = 0; !opening && i < ARRAY_LEN(figures); i++)
		sim_pairs_put_int(&p, &a, figures[i].name, (int64_t)figure_of(st, i));
	if (!opening) {
		sim_pairs_put_int(&p, &a, "gaps", st->counts.gaps);
		sim_pairs_put_int(&p, &a, "gap_ms", st->counts.gap_ms);
	}
	sim_journal_add(&st->leg->sim->journal, &e);
	arena_free(&a);
}
