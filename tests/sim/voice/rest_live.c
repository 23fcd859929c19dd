/*
 * rest_live.c - what runs beside a call: its Streams and Transcriptions; and Recordings.
 */
#include "shared/clock.h"
#include "tests/sim/json.h"
#include "tests/sim/rest.h"
#include "tests/sim/voice/record.h"
#include "tests/sim/voice/scribe.h"
#include "tests/sim/voice/stream.h"

/* The call of the path, or NULL and the answer is written. */
static struct sim_leg *leg_named(struct sim_call *c)
{
	struct sim_leg *leg = sim_leg_find(c->sim, c->part[1]);

	if (leg == NULL || leg->account != c->account) {
		sim_call_missing(c);
		return NULL;
	}
	memcpy(c->out->sid, leg->sid, sizeof c->out->sid);
	return leg;
}

static void live_write(struct sim_call *c, const char *kind, const struct sim_leg *leg,
		       const char *sid, const char *name, bool over)
{
	struct buf b = {0};

	sim_json_open(&b, NULL, '{');
	sim_json_cstr(&b, "sid", sid);
	sim_json_cstr(&b, "account_sid", c->sim->accounts[leg->account].sid);
	sim_json_cstr(&b, "call_sid", leg->sid);
	sim_json_cstr(&b, "name", strcmp(name, sid) == 0 ? NULL : name);
	sim_json_cstr(&b, "status", over ? "stopped" : "in-progress");
	sim_json_date(&b, "date_updated", clock_wall_us());
	sim_json_printf(&b, "uri", "%s/Calls/%s/%s/%s.json", c->account_path, leg->sid, kind, sid);
	sim_json_close(&b, '}');
	sim_call_reply(c, 200, &b);
}

static struct str param(const struct sim_call *c, const char *name)
{
	return sim_pairs_value(&c->ask->params, name);
}

static enum sim_tracks tracks_of(struct str word, enum sim_tracks otherwise)
{
	return str_is(word, "inbound_track")    ? SIM_TRACK_INBOUND
	       : str_is(word, "outbound_track") ? SIM_TRACK_OUTBOUND
	       : str_is(word, "both_tracks")    ? SIM_TRACK_BOTH
						: otherwise;
}

/* ---- Streams ---- */

static struct str parameters_of(struct sim_call *c)
{
	struct buf b = {0};
	struct str out;

	sim_json_open(&b, NULL, '{');
	for (int i = 1; i <= 99; i++) {
		char name[40], value[40];

		snprintf(name, sizeof name, "Parameter%d.Name", i);
		snprintf(value, sizeof value, "Parameter%d.Value", i);
		if (sim_pairs_get(&c->ask->params, name) == NULL)
			continue;
		if (b.p[b.n - 1] != '{')
			buf_add_char(&b, ',');
		sim_json_text(param(c, name), &b);
		buf_add_char(&b, ':');
		sim_json_text(param(c, value), &b);
	}
	sim_json_close(&b, '}');
	out = arena_str(c->arena, buf_str(&b));
	buf_clear(&b);
	return out;
}

static void stream_create(struct sim_call *c, struct sim_leg *leg)
{
	struct sim_stream_ask ask = {.url = param(c, "Url"),
				     .name = param(c, "Name"),
				     .callback = param(c, "StatusCallback"),
				     .callback_get =
					     str_is(param(c, "StatusCallbackMethod"), "GET"),
				     .tracks = tracks_of(param(c, "Track"), SIM_TRACK_INBOUND)};
	const struct sim_stream *st;

	if (ask.url.n == 0) {
		sim_call_refuse(c, 20422, "Url is required");
		return;
	}
	if (leg->status != SIM_LEG_IN_PROGRESS) {
		sim_call_refuse(c, 21220, "Call is not in-progress.");
		return;
	}
	ask.params = parameters_of(c);
	st = sim_stream_start(leg, &ask);
	live_write(c, "Streams", leg, st->sid, st->name, st->over);
}

void sim_rest_streams(struct sim_call *c)
{
	struct sim_leg *leg = leg_named(c);
	struct sim_stream *st;

	if (leg == NULL)
		return;
	if (!sim_call_is(c, "POST")) {
		sim_call_refuse(c, 20004, NULL);
		return;
	}
	if (c->parts == 3) {
		stream_create(c, leg);
		return;
	}
	st = c->parts == 4 ? sim_stream_find(leg, c->part[3]) : NULL;
	if (st == NULL) {
		sim_call_missing(c);
	} else if (!str_is(param(c, "Status"), "stopped")) {
		sim_call_refuse(c, 20422, "Status can only become stopped");
	} else if (st->both_ways) { /* ends with its <Connect> alone */
		sim_call_refuse(c, 20422, "A stream of <Connect> cannot be stopped so");
	} else {
		sim_stream_stop(st);
		live_write(c, "Streams", leg, st->sid, st->name, st->over);
	}
}

/* ---- Transcriptions ---- */

static void transcription_create(struct sim_call *c, struct sim_leg *leg)
{
	struct sim_scribe_ask ask = {.name = param(c, "Name"),
				     .language = param(c, "LanguageCode"),
				     .engine = param(c, "TranscriptionEngine"),
				     .callback = param(c, "StatusCallbackUrl"),
				     .callback_get =
					     str_is(param(c, "StatusCallbackMethod"), "GET"),
				     .in_label = param(c, "InboundTrackLabel"),
				     .out_label = param(c, "OutboundTrackLabel"),
				     .partial = str_is(param(c, "PartialResults"), "true"),
				     .tracks = tracks_of(param(c, "Track"), SIM_TRACK_BOTH)};
	const struct sim_scribe *s;

	if (leg->status != SIM_LEG_IN_PROGRESS) {
		sim_call_refuse(c, 21220, "Call is not in-progress.");
		return;
	}
	if (ask.callback.n > 0 && !sim_url_callable(ask.callback)) {
		sim_call_refuse(c, 21609, NULL);
		return;
	}
	s = sim_scribe_start(leg, &ask);
	live_write(c, "Transcriptions", leg, s->sid, s->name, s->over);
}

void sim_rest_transcriptions(struct sim_call *c)
{
	struct sim_leg *leg = leg_named(c);
	struct sim_scribe *s;

	if (leg == NULL)
		return;
	if (!sim_call_is(c, "POST")) {
		sim_call_refuse(c, 20004, NULL);
		return;
	}
	if (c->parts == 3) {
		transcription_create(c, leg);
		return;
	}
	s = c->parts == 4 ? sim_scribe_find(leg, c->part[3]) : NULL;
	if (s == NULL) {
		sim_call_missing(c);
	} else if (!str_is(param(c, "Status"), "stopped")) {
		sim_call_refuse(c, 20422, "Status can only become stopped");
	} else {
		sim_scribe_end(s);
		live_write(c, "Transcriptions", leg, s->sid, s->name, s->over);
	}
}

/* ---- Recordings ---- */

static void recording_write(struct sim_call *c, const struct sim_recording *r)
{
	struct buf b = {0};
	char url[SIM_URL];

	sim_recording_url(r, url);
	sim_json_open(&b, NULL, '{');
	sim_json_cstr(&b, "account_sid", c->sim->accounts[r->account].sid);
	sim_json_cstr(&b, "api_version", "2010-04-01");
	sim_json_cstr(&b, "call_sid", r->call);
	sim_json_null(&b, "conference_sid");
	sim_json_date(&b, "date_created", r->began_us);
	sim_json_date(&b, "date_updated", r->began_us + r->seconds * 1000000);
	sim_json_date(&b, "start_time", r->began_us);
	sim_json_printf(&b, "duration", "%" PRId64, r->seconds);
	sim_json_cstr(&b, "sid", r->sid);
	sim_json_null(&b, "price");
	sim_json_cstr(&b, "price_unit", "USD");
	sim_json_cstr(&b, "status", "completed");
	sim_json_int(&b, "channels", 1);
	sim_json_cstr(&b, "source", r->source);
	sim_json_null(&b, "error_code");
	sim_json_printf(&b, "uri", "%s/Recordings/%s.json", c->account_path, r->sid);
	sim_json_null(&b, "encryption_details");
	sim_json_open(&b, "subresource_uris", '{');
	sim_json_printf(&b, "transcriptions", "%s/Recordings/%s/Transcriptions.json",
			c->account_path, r->sid);
	sim_json_close(&b, '}');
	sim_json_cstr(&b, "media_url", url);
	sim_json_close(&b, '}');
	sim_call_reply(c, 200, &b);
}

/* The sound: a WAV, whatever ending was asked for. */
static void recording_play(struct sim_call *c, const struct sim_recording *r)
{
	struct buf b = {.limit = 17u * 1024 * 1024};

	sim_recording_bytes(r, &b);
	sim_call_reply(c, 200, &b);
	c->out->content_type = "audio/x-wav";
}

void sim_rest_recordings(struct sim_call *c)
{
	struct str sid = str_sub(c->part[1], 0, SIM_SID - 1);
	struct str ending = str_sub(c->part[1], SIM_SID - 1, c->part[1].n);
	struct sim_recording *r = sim_recording_find(c->sim, sid);

	if (r == NULL || r->account != c->account || (ending.n > 0 && !str_is(ending, ".wav"))) {
		sim_call_missing(c);
	} else if (sim_call_is(c, "GET") && c->json) {
		recording_write(c, r);
	} else if (sim_call_is(c, "GET")) {
		recording_play(c, r);
	} else if (sim_call_is(c, "DELETE") && c->json) {
		sim_recording_delete(c->sim, r);
		c->out->status = 204;
	} else {
		sim_call_refuse(c, 20004, NULL);
	}
}
