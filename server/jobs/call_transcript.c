/*
 * call_transcript.c - a call was carried by a process that is gone, or its conversation broke off
 * before its end: what was said in it and is not written down is read back from ElevenLabs.
 *
 * Lines that were heard are recognised, by their words and by the key that the scribe gave them, so
 * nothing is there twice. A conversation that ElevenLabs does not have is given up; when it cannot
 * be asked, it is asked again later, for a day.
 */
#include "server/agent/detect.h"
#include "server/app.h"
#include "server/elevenlabs/api.h"
#include "server/events/hub.h"
#include "server/jobs/jobs.h"
#include "server/jobs/runner.h"
#include "server/keys.h"
#include "server/store/transcript.h"
#include "shared/cards.h"
#include "shared/log.h"
#include "shared/utf8.h"

#define ANSWER_MAX (4 * 1024 * 1024)
#define LINE_MAX_B 16000

static flow_step asked, begun, answered, kept;

struct transcript_job {
	struct job job;
	struct transcript_begun begun;
	struct http_answer answer;
	int added;
};

#define SELF(f) CONTAINER_OF(f, struct transcript_job, job.flow)

static void asked(struct flow *f)
{
	struct transcript_job *t = SELF(f);

	transcript_begin(f, f->app->db, &t->job.work, &t->begun);
	flow_then(f, begun);
}

static void later(struct flow *f, struct transcript_job *t)
{
	transcript_keep(f, f->app->db, &t->job.work, NULL, 0, &t->added);
}

static void begun(struct flow *f)
{
	struct transcript_job *t = SELF(f);
	const struct settings *s = f->app->settings;
	struct str key = str_of(s->elevenlabs_api_key);
	const char *headers[2] = {NULL, NULL};
	struct http_request r = {.method = "GET", .answer_max = ANSWER_MAX};

	if (!t->begun.wanted)
		return;
	if ((t->begun.key_sealed.n > 0 &&
	     !keys_elevenlabs_open(f->app->keys, &f->arena, t->job.work.organization,
				   t->begun.key_sealed, &key, &f->err)) ||
	    key.n == 0 ||
	    !elevenlabs_conversation_ask(&f->arena, s->elevenlabs_api_url, t->begun.name, &r.url,
					 &f->err)) {
		log_error("event=transcript_unreachable organization=%s", t->job.work.organization);
		later(f, t);
		return;
	}
	headers[0] = arena_printf(&f->arena, "xi-api-key: " STR_FMT, STR_ARG(key));
	r.headers = headers;
	http_send(f, f->app->http, &r, &t->answer);
	flow_then(f, answered);
}

/* Keys as the scribe gives them (voice/scribe.c): the how-manieth line of its event and its side.
 */
static struct str key_of(struct arena *a, struct str name, const struct elevenlabs_line *lines,
			 size_t i)
{
	unsigned ordinal = 0;

	if (lines[i].event <= 0)
		return (struct str){NULL, 0};
	for (size_t j = 0; j < i; j++) {
		if (lines[j].event == lines[i].event && lines[j].customer == lines[i].customer)
			ordinal++;
	}
	return str_of(arena_printf(a, "el:" STR_FMT ":%" PRId64 ":%c%u", STR_ARG(name),
				   lines[i].event, lines[i].customer ? 'c' : 'a', ordinal));
}

static struct str cleaned(struct flow *f, struct str text)
{
	unsigned found = 0;

	text = utf8_cut(str_trim(utf8_repair(&f->arena, text)), LINE_MAX_B);
	text = cards_redact(&f->arena, text, &found);
	f->app->figures.cards_redacted += found;
	return text;
}

/* A number may be spread over lines of the customer. */
static void cards_taken_out(struct flow *f, struct transcript_line *lines, size_t n)
{
	struct str *texts = ARENA_ARRAY(&f->arena, struct str, n);
	size_t *places = ARENA_ARRAY(&f->arena, size_t, n), count = 0;
	bool *changed = ARENA_ARRAY(&f->arena, bool, n);

	for (size_t i = 0; i < n; i++) {
		if (!lines[i].customer)
			continue;
		places[count] = i;
		texts[count++] = lines[i].body;
	}
	f->app->figures.cards_redacted += cards_join(&f->arena, texts, count, changed);
	for (size_t i = 0; i < count; i++)
		lines[places[i]].body = texts[i];
}

static void keep(struct flow *f, struct transcript_job *t, const struct elevenlabs_transcript *said)
{
	struct transcript_line *lines = ARENA_ARRAY(&f->arena, struct transcript_line, said->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < said->n; i++) {
		const struct elevenlabs_line *l = &said->lines[i];
		struct str body = cleaned(f, l->text);
		enum language language = language_detect(body).language;

		if (body.n == 0)
			continue;
		lines[n++] = (struct transcript_line){
			.key = key_of(&f->arena, t->begun.name, said->lines, i),
			.customer = l->customer,
			.body = body,
			.original = cleaned(f, l->original),
			.language = language == LANGUAGE_UNKNOWN ? NULL : language_code(language),
			.at_s = l->at_s,
		};
	}
	cards_taken_out(f, lines, n);
	transcript_keep(f, f->app->db, &t->job.work, lines, n, &t->added);
	flow_then(f, kept);
}

static void answered(struct flow *f)
{
	struct transcript_job *t = SELF(f);
	struct elevenlabs_transcript said = {0};
	struct err err = {0};

	if (t->answer.outcome == HTTP_ANSWERED && t->answer.status == 404) {
		log_warn("event=transcript_absent elevenlabs=" STR_FMT, STR_ARG(t->begun.name));
		keep(f, t, &said);
	} else if (t->answer.outcome != HTTP_ANSWERED || t->answer.status != 200 ||
		   !elevenlabs_transcript_read(&f->arena, t->answer.body, &said, &err)) {
		log_warn("event=transcript_unread elevenlabs=" STR_FMT " status=%d",
			 STR_ARG(t->begun.name), t->answer.status);
		later(f, t);
	} else if (!said.ended) {
		later(f, t);
	} else {
		keep(f, t, &said);
	}
}

static void kept(struct flow *f)
{
	struct transcript_job *t = SELF(f);

	hub_nudge_soon(f->app->hub, t->job.work.organization);
	f->app->figures.lines_recovered += (uint64_t)t->added;
	log_info("event=transcript_read elevenlabs=" STR_FMT " added=%d", STR_ARG(t->begun.name),
		 t->added);
}

const struct flow_kind call_transcript_kind = FLOW_KIND(transcript_job, asked, NULL, 18000);
