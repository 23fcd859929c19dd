/*
 * door.c - see door.h. Here the switches of faults.h that concern the API's answers take effect:
 * before the work is done, or ("after") once it is.
 */
#include "tests/sim/door.h"

#include "server/net/web.h"
#include "shared/clock.h"
#include "shared/log.h"
#include "tests/sim/carrier.h"
#include "tests/sim/control.h"
#include "tests/sim/eleven/side.h"
#include "tests/sim/handset.h"
#include "tests/sim/late.h"
#include "tests/sim/rest.h"
#include "tests/sim/voice/control.h"
#include "tests/sim/voice/watch.h"

static struct sim *sim_of(struct app *app)
{
	return (struct sim *)(void *)app;
}

/* ---- the API ---- */

static void answer_send(struct sim *s, struct ticket t, const struct sim_answer *a)
{
	struct web_field fields[8];
	char id[SIM_SID], count[16], after[16];
	size_t n = 0;

	sim_sid_new("RQ", id);
	snprintf(count, sizeof count, "%u", s->in_flight);
	fields[n++] = (struct web_field){"Twilio-Request-Id", str_of(id)};
	fields[n++] = (struct web_field){"Twilio-Request-Duration", STR_LIT("0.010")};
	fields[n++] = (struct web_field){"Twilio-Concurrent-Requests", str_of(count)};
	fields[n++] = (struct web_field){"X-API-Domain", STR_LIT("api.twilio.com")};
	fields[n++] = (struct web_field){"X-Home-Region", STR_LIT("us1")};
	if (a->location != NULL)
		fields[n++] = (struct web_field){"Location", str_of(a->location)};
	if (a->challenge)
		fields[n++] = (struct web_field){"WWW-Authenticate",
						 STR_LIT("Basic realm=\"Twilio API\"")};
	if (a->retry_after > 0) {
		snprintf(after, sizeof after, "%d", a->retry_after);
		fields[n++] = (struct web_field){"Retry-After", str_of(after)};
	}
	web_reply_headers(t, a->status, a->body.n > 0 ? a->content_type : NULL, a->body, fields, n);
}

static int code_of(enum sim_fault_kind k)
{
	return k == SIM_FAULT_429 ? 20429 : k == SIM_FAULT_500 ? 20500 : 20503;
}

/* The answer as the switch wants it; status 0 when there shall be none. */
static void answer_spoil(struct arena *arena, const struct sim_fault *f, struct sim_answer *a)
{
	switch (f->kind) {
	case SIM_FAULT_429:
	case SIM_FAULT_500:
	case SIM_FAULT_503:
		sim_rest_refuse(arena, a, code_of(f->kind), NULL);
		a->retry_after = f->retry_after;
		break;
	case SIM_FAULT_GARBAGE:
		a->status = 200;
		a->content_type = "application/json";
		a->body = STR_LIT("{\"sid\":\"SM\x01<html>");
		break;
	case SIM_FAULT_HANG:
	case SIM_FAULT_RESET: a->status = 0; break;
	default: break;
	}
}

static void answer_give(struct sim *s, struct ticket t, const struct sim_fault *f,
			const struct sim_answer *a)
{
	if (f->kind == SIM_FAULT_RESET)
		web_reset(t);
	else if (f->kind == SIM_FAULT_SLOW)
		sim_late_answer(s, t, a, f->ms, answer_send);
	else if (f->kind == SIM_FAULT_HANG)
		sim_late_answer(s, t, a, SIM_HANG_MS, answer_send);
	else
		answer_send(s, t, a);
}

/* Switches that stand before the work, when they are not "after". Slow and garbage never do: what
 * they change is the answer. */
static bool prevents(const struct sim_fault *f)
{
	return f->kind != SIM_FAULT_NONE && !f->after && f->kind != SIM_FAULT_SLOW &&
	       f->kind != SIM_FAULT_GARBAGE;
}

static void journal_keep(struct sim *s, const struct web_request *r, const struct sim_ask *ask,
			 const struct sim_answer *a, const struct sim_fault *f, int64_t started_us)
{
	struct sim_entry e = {.side = "api",
			      .method = web_method_name(r->method),
			      .url = r->target,
			      .params = &ask->params,
			      .status = a->status,
			      .started_us = started_us,
			      .fault = f->kind == SIM_FAULT_NONE ? NULL : sim_fault_word(f->kind),
			      .code = a->code,
			      .sid = a->sid[0] == '\0' ? NULL : a->sid};

	sim_journal_add(&s->journal, &e);
}

static void on_api(struct app *app, const struct web_request *r, struct ticket t)
{
	struct sim *s = sim_of(app);
	struct sim_ask ask = {.method = str_of(web_method_name(r->method)),
			      .path = r->path,
			      .query = r->query,
			      .body = r->body,
			      .content_type = web_header(r, "content-type"),
			      .authorization = web_header(r, "authorization")};
	struct sim_answer answer = {0};
	struct sim_fault fault;
	struct arena arena = {0};
	int64_t started_us = clock_mono_us();

	s->in_flight++;
	sim_rest_read(&arena, &ask);
	fault = sim_faults_take(&s->faults, ask.on, sim_rest_phone(s, &ask));
	if (s->set.in_flight_max > 0 && s->in_flight > s->set.in_flight_max)
		fault = (struct sim_fault){.kind = SIM_FAULT_429};
	if (!prevents(&fault))
		sim_rest(s, &arena, &ask, &answer);
	if (answer.accepted != NULL)
		sim_carrier_send(s, answer.accepted);
	answer_spoil(&arena, &fault, &answer);
	journal_keep(s, r, &ask, &answer, &fault, started_us);
	answer_give(s, t, &fault,
		    &answer); /* a reset ends the request: nothing of it is used below */
	s->in_flight--;
	arena_free(&arena);
}

/* ---- media: the bytes behind the redirect ---- */

static void on_media(struct app *app, const struct web_request *r, struct ticket t)
{
	struct sim *s = sim_of(app);
	struct sim_text *text = sim_text_find(&s->texts, r->params[0]);
	struct sim_media *m = text == NULL ? NULL : sim_media_find(text, r->params[1]);
	struct sim_entry e = {.side = "media",
			      .method = "GET",
			      .url = r->target,
			      .status = 200,
			      .started_us = clock_mono_us(),
			      .sid = text == NULL ? NULL : text->sid};

	if (m == NULL || m->bytes == NULL) {
		e.status = 404;
		web_reply_refusal(t, PROBLEM_MISSING);
	} else {
		web_reply(t, 200, m->content_type, str_make(m->bytes, m->n));
	}
	sim_journal_add(&s->journal, &e);
}

#define EVERY_METHOD(path, handler)                              \
	{WEB_GET, path, handler, 0, NULL, NULL, NULL},           \
		{WEB_POST, path, handler, 0, NULL, NULL, NULL},  \
		{WEB_PUT, path, handler, 0, NULL, NULL, NULL},   \
		{WEB_PATCH, path, handler, 0, NULL, NULL, NULL}, \
	{                                                        \
		WEB_DELETE, path, handler, 0, NULL, NULL, NULL   \
	}

static const struct route api_routes[] = {
	EVERY_METHOD("/2010-04-01/Accounts/{account}", on_api),
	EVERY_METHOD("/2010-04-01/Accounts/{account}/{a}", on_api),
	EVERY_METHOD("/2010-04-01/Accounts/{account}/{a}/{b}", on_api),
	EVERY_METHOD("/2010-04-01/Accounts/{account}/{a}/{b}/{c}", on_api),
	EVERY_METHOD("/2010-04-01/Accounts/{account}/Messages/{a}/Media/{b}", on_api),
	EVERY_METHOD("/2010-04-01/Accounts/{account}/Calls/{a}/Streams/{b}", on_api),
	EVERY_METHOD("/2010-04-01/Accounts/{account}/Calls/{a}/Transcriptions/{b}", on_api),
	EVERY_METHOD("/2010-04-01/Accounts/{account}/Conferences/{a}/Participants/{b}", on_api),
	{WEB_GET, "/media/{message}/{media}", on_media, 0, NULL, NULL, NULL},
	{0},
};

bool sim_door_open(struct sim *s, struct err *err)
{
	struct web_options api = {
		.tables = {api_routes, sim_control_routes, sim_voice_routes, sim_el_controls},
		.answer_ms = 150000,
		.connections_max = 4000};
	struct web_options elevenlabs = {
		.tables = {sim_el_routes}, .answer_ms = 150000, .connections_max = 4000};

	s->texts.changed = sim_handset_news;
	s->texts.changed_with = s;
	s->web = web_open(s->loop, (struct app *)(void *)s, &api);
	if (!web_listen(s->web, s->set.host, s->set.port, err))
		return false;
	s->set.port = web_port(s->web);
	if (s->set.elevenlabs_port < 0)
		return true;
	s->elevenlabs_web = web_open(s->loop, (struct app *)(void *)s, &elevenlabs);
	if (!web_listen(s->elevenlabs_web, s->set.host, s->set.elevenlabs_port, err))
		return false;
	s->set.elevenlabs_port = web_port(s->elevenlabs_web);
	return true;
}

void sim_door_close(struct sim *s)
{
	sim_late_drop(s);
	sim_handset_drop(s);
	sim_watch_drop(s);
	web_close(s->web);
	web_close(s->elevenlabs_web);
	s->web = NULL;
	s->elevenlabs_web = NULL;
}
