/*
 * stream_verbs.c - <Connect>, <Start> and <Stop>: media streams and transcriptions of a document
 * (twilio.md 4.6, 4.7).
 */
#include "tests/sim/json.h"
#include "tests/sim/voice/run.h"
#include "tests/sim/voice/scribe.h"
#include "tests/sim/voice/stream.h"

#define STREAMS_MAX 4 /* of one way */

struct connect {
	struct sim_act act;
	struct arena arena;
	const char *action, *method;
	struct sim_stream *stream;
};

/* {"name":"value"}; one that is too long is left out, and told. */
static struct str parameters_of(struct sim_leg *leg, struct arena *a, const struct sim_node *stream)
{
	struct buf b = {0};
	struct str out;

	sim_json_open(&b, NULL, '{');
	for (const struct sim_node *n = stream->first; n != NULL; n = n->next) {
		const char *name = sim_attr_or(n, "name", ""), *value = sim_attr_or(n, "value", "");

		if (!sim_node_is(n, "Parameter"))
			continue;
		if (strlen(name) + strlen(value) >= 500) {
			sim_alert_raise(leg->sim, 12200, leg->sid,
					"<Parameter> \"%.40s\" has 500 characters or more", name);
			continue;
		}
		if (b.p[b.n - 1] != '{')
			buf_add_char(&b, ',');
		sim_json_text(str_of(name), &b);
		buf_add_char(&b, ':');
		sim_json_text(str_of(value), &b);
	}
	sim_json_close(&b, '}');
	out = arena_str(a, buf_str(&b));
	buf_clear(&b);
	return out;
}

static enum sim_tracks tracks_of(const struct sim_node *n)
{
	const char *track = sim_attr_or(n, "track", "inbound_track");

	return strcmp(track, "both_tracks") == 0      ? SIM_TRACK_BOTH
	       : strcmp(track, "outbound_track") == 0 ? SIM_TRACK_OUTBOUND
						      : SIM_TRACK_INBOUND;
}

/* A stream's address may be relative to its document, which is http. */
static struct str stream_url(const struct sim_leg *leg, struct arena *a, const char *url)
{
	struct str text = str_of(url == NULL ? "" : url), joined;

	if (str_find(text, STR_LIT("://")) >= 0 || leg->program->base.n == 0)
		return text;
	joined = sim_url_join(a, leg->program->base, text);
	if (!str_starts(joined, STR_LIT("http")))
		return joined;
	return str_of(arena_printf(a, "ws" STR_FMT, STR_ARG(str_sub(joined, 4, joined.n))));
}

static void ask_fill(struct sim_leg *leg, struct arena *a, const struct sim_node *n,
		     struct sim_stream_ask *ask)
{
	const char *callback = sim_attr_find(n, "statusCallback");

	*ask = (struct sim_stream_ask){
		.url = stream_url(leg, a, sim_attr_find(n, "url")),
		.name = str_of(sim_attr_find(n, "name")),
		.params = parameters_of(leg, a, n),
		.callback =
			callback == NULL ? (struct str){0} : sim_run_url(leg, a, str_of(callback)),
		.callback_get = strcmp(sim_attr_or(n, "statusCallbackMethod", "POST"), "GET") == 0,
		.tracks = tracks_of(n)};
}

/* ---- Connect ---- */

static void connect_stop(struct sim_act *act, enum sim_stop why)
{
	struct connect *c = CONTAINER_OF(act, struct connect, act);

	(void)why;
	if (c->stream != NULL)
		sim_stream_stop(c->stream);
	arena_free(&c->arena);
	free(c);
}

static const struct sim_act_kind connect_kind = {"Connect", connect_stop, NULL, NULL, NULL};

static void on_stream_over(void *with)
{
	struct connect *c = with;
	struct sim_leg *leg = c->act.leg;
	struct sim_pairs p = {0};

	sim_quiet_wait(leg);
	if (c->action == NULL) {
		sim_act_end(&c->act);
		return;
	}
	sim_pairs_put(&p, &c->arena, "StreamSid", str_of(c->stream->sid));
	sim_run_action(leg, c->action, c->method, &p);
}

void sim_verb_connect(struct sim_leg *leg, const struct sim_node *n)
{
	const struct sim_node *stream = n->first;
	struct sim_stream_ask ask;
	struct connect *c;

	while (stream != NULL && (stream->refused || !sim_node_is(stream, "Stream")))
		stream = stream->next;
	sim_leg_answer(leg);
	if (stream == NULL) {
		sim_alert_raise(leg->sim, 12200, leg->sid, "a <Connect> without a <Stream>");
		return;
	}
	c = xcalloc(1, sizeof *c);
	c->act.kind = &connect_kind;
	c->action = arena_strdup(&c->arena, sim_attr_find(n, "action"));
	c->method = arena_strdup(&c->arena, sim_attr_find(n, "method"));
	ask_fill(leg, &c->arena, stream, &ask);
	if (ask.tracks != SIM_TRACK_INBOUND) {
		sim_alert_raise(leg->sim, 31941, leg->sid, "a <Connect> takes inbound_track alone");
		arena_free(&c->arena);
		free(c);
		return;
	}
	ask.both_ways = true;
	ask.ended = on_stream_over;
	ask.with = c;
	sim_act_begin(leg, &c->act);
	sim_quiet_wait(leg);
	c->stream = sim_stream_start(leg, &ask);
}

/* ---- Start, Stop ---- */

static unsigned streams_running(const struct sim_leg *leg)
{
	unsigned n = 0;

	for (const struct sim_stream *st = leg->streams; st != NULL; st = st->next)
		n += !st->over && !st->both_ways ? 1 : 0;
	return n;
}

static void stream_start(struct sim_leg *leg, const struct sim_node *n)
{
	struct arena a = {0};
	struct sim_stream_ask ask;

	ask_fill(leg, &a, n, &ask);
	if (streams_running(leg) == STREAMS_MAX)
		sim_alert_raise(leg->sim, 12200, leg->sid, "at most four streams of a call");
	else
		(void)sim_stream_start(leg, &ask);
	arena_free(&a);
}

void sim_verb_start(struct sim_leg *leg, const struct sim_node *n)
{
	for (const struct sim_node *c = n->first; c != NULL; c = c->next) {
		if (c->refused)
			continue;
		if (sim_node_is(c, "Stream"))
			stream_start(leg, c);
		else if (sim_node_is(c, "Transcription"))
			sim_scribe_verb(leg, c);
		else
			sim_alert_raise(leg->sim, 12200, leg->sid, "<%s> is not played here",
					c->name);
	}
}

void sim_verb_stop(struct sim_leg *leg, const struct sim_node *n)
{
	for (const struct sim_node *c = n->first; c != NULL; c = c->next) {
		struct str name = str_of(sim_attr_find(c, "name"));
		struct sim_stream *st = sim_stream_find(leg, name);

		if (sim_node_is(c, "Transcription"))
			sim_scribe_stop(leg, name);
		else if (sim_node_is(c, "Stream") && st != NULL && !st->both_ways)
			sim_stream_stop(st);
	}
}
