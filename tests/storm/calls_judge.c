/*
 * calls_judge.c - the verdict on one call; see calls.h.
 *
 *   silence  The practice line measures it on the caller's leg: from the moment when it is not the
 *            caller's turn (the call was answered, they have said their sentence, a document is
 *            fetched, a stream has ended or breaks off within a sentence, they are alone in a room
 *            or with somebody who is still muted) to the next sound (a sentence, music, the tone).
 *            Their turn is: after a sentence of the store's side was heard to its end, while a
 *            <Gather> listens, while they speak, with a person who could answer.
 *   lost     The call was over before the caller hung up (but for a good-bye, and faults that end
 *            it); or was never answered; or is not over, once, in the database when it is over.
 *   voices   Two that were heard at once; and an agent who is heard GRACE_MS after a person of the
 *            store has taken the call over.
 *   lines    calls_heard.c.
 *   holders  Two holders under one epoch; two who were both told that they have it; a line of
 *            somebody who does not hold it.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/clock.h"
#include "tests/storm/calls.h"

#define SILENCE_MS 3000
#define AT_ONCE_MS 150 /* less is how two lines of a journal follow each other */
#define GRACE_MS   700

void verdict_add(struct verdict *v, enum figure f, const char *fmt, ...)
{
	static const char *const names[FIGURES] = {"silence", "lost call", "two voices", "lines",
						   "holders"};
	char text[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	v->wrong[f]++;
	buf_printf(&v->said, "%s: %s\n", names[f], text);
}

static int64_t time_of(const json_t *object, const char *name)
{
	int64_t us = 0;

	return clock_parse(text_of(object, name), &us) ? us : 0;
}

/* ---- what there is ---- */

static json_t *talks_of(struct link *l, const struct call *c)
{
	json_t *list, *all = json_array();
	char path[120];

	snprintf(path, sizeof path, "/sim/conversations?limit=100&phone=%%2B%s", c->phone + 1);
	if (sim_ask(l, path, NULL, &list) != 200)
		storm_fail("the practice line does not tell its conversations");
	for (size_t i = json_array_size(json_object_get(list, "conversations")); i > 0; i--) {
		json_t *one;

		snprintf(path, sizeof path, "/sim/conversations/%s",
			 text_of(json_array_get(json_object_get(list, "conversations"), i - 1),
				 "id"));
		if (sim_ask(l, path, NULL, &one) == 200)
			json_array_append_new(all, one);
		else
			json_decref(one);
	}
	json_decref(list);
	return all;
}

static void evidence_read(struct link *l, const struct call *c, const json_t *requests,
			  struct evidence *e)
{
	char path[80];
	const json_t *one;
	size_t i;

	snprintf(path, sizeof path, "/sim/calls/%s", c->sid);
	if (sim_ask(l, path, NULL, &e->leg) != 200)
		storm_fail("the practice line has forgotten %s", c->sid);
	e->talks = talks_of(l, c);
	e->requests = json_array();
	json_array_foreach(requests, i, one)
	{
		if (strcmp(text_of(one, "sid"), c->sid) == 0 ||
		    strstr(text_of(one, "url"), c->sid) != NULL)
			json_array_append(e->requests, (json_t *)one);
	}
}

static void evidence_clear(struct evidence *e)
{
	json_decref(e->leg);
	json_decref(e->talks);
	json_decref(e->requests);
}

/* ---- the five ---- */

static void silence_judge(const struct evidence *e, struct verdict *v)
{
	v->waited_ms = json_integer_value(json_object_get(e->leg, "waited_ms"));
	if (v->waited_ms > SILENCE_MS)
		verdict_add(v, SILENCE, "%lld ms from %s on", (long long)v->waited_ms,
			    text_of(e->leg, "waited_at"));
}

static bool said_goodbye(const json_t *leg)
{
	const json_t *lines = json_object_get(leg, "lines");

	for (size_t i = 0; i < json_array_size(lines); i++) {
		const json_t *line = json_array_get(lines, i);

		if (strcmp(text_of(line, "kind"), "note") != 0 &&
		    strstr(text_of(line, "text"), "oodbye") != NULL)
			return true;
	}
	return false;
}

static void lost_judge(struct link *l, const struct call *c, const struct evidence *e,
		       struct verdict *v)
{
	const json_t *lines = json_object_get(e->leg, "lines");
	bool ends = c->fault != NULL && c->fault->ends;
	char *ends_n, *stage;

	for (size_t i = 0; i < json_array_size(lines); i++) {
		const char *text = text_of(json_array_get(lines, i), "text");

		if (strstr(text, "an application error has occurred") != NULL)
			verdict_add(v, LOST, "the carrier had to apologise");
	}
	if (!c->began && !(ends && c->over_before))
		verdict_add(v, LOST, "nobody has spoken to the caller");
	else if (c->over_before && !ends && !said_goodbye(e->leg))
		verdict_add(v, LOST, "it was over before the caller hung up");
	stage = link_sql(l,
			 "SELECT string_agg(stage || ' ' || state, ', ') FROM call_sessions WHERE "
			 "leg = 'customer' AND twilio_call_sid = $1",
			 c->sid);
	if (stage == NULL || strcmp(stage, "ended completed") != 0)
		verdict_add(v, LOST, "in the database it is \"%s\"", stage == NULL ? "" : stage);
	ends_n = link_sql(
		l,
		"SELECT count(*) FROM events e JOIN call_sessions s ON s.conversation_id "
		"= e.conversation_id AND s.id::text = e.payload ->> 'call_id' WHERE e.type "
		"= 'call.ended' AND s.twilio_call_sid = $1",
		c->sid);
	if (strcmp(ends_n, "1") != 0)
		verdict_add(v, LOST, "its end was told %s times", ends_n);
	free(stage);
	free(ends_n);
}

/* The agent within [from, until). */
static void agent_judge(const struct evidence *e, int64_t from, int64_t until, struct verdict *v)
{
	const json_t *lines = json_object_get(e->leg, "lines");

	for (size_t i = 0; i < json_array_size(lines); i++) {
		const json_t *line = json_array_get(lines, i);
		int64_t begin = time_of(line, "at"), end = time_of(line, "until");

		if (strcmp(text_of(line, "kind"), "agent") != 0)
			continue;
		begin = begin > from ? begin : from;
		end = end < until ? end : until;
		if (end - begin > 0)
			verdict_add(v, VOICES,
				    "the agent is heard for %lld ms while a person has the call: "
				    "\"%.80s\"",
				    (long long)(end - begin) / 1000, text_of(line, "text"));
	}
}

static void voices_judge(struct link *l, const struct call *c, const struct evidence *e,
			 struct verdict *v)
{
	PGresult *r;

	v->voices_ms = json_integer_value(json_object_get(e->leg, "voices_ms"));
	if (v->voices_ms > AT_ONCE_MS)
		verdict_add(v, VOICES, "%lld ms from %s on", (long long)v->voices_ms,
			    text_of(e->leg, "voices_at"));
	if (c->conversation[0] == '\0')
		return;
	r = link_rows(l,
		      "SELECT payload ->> 'holder', (extract(epoch FROM created_at) * "
		      "1000000)::bigint FROM events WHERE conversation_id = $1 AND type = "
		      "'conversation.updated' ORDER BY seq",
		      c->conversation);
	for (int i = 0; i < PQntuples(r); i++) {
		int64_t from = strtoll(PQgetvalue(r, i, 1), NULL, 10), until = INT64_MAX;

		if (strcmp(PQgetvalue(r, i, 0), "staff") != 0)
			continue;
		if (i + 1 < PQntuples(r))
			until = strtoll(PQgetvalue(r, i + 1, 1), NULL, 10);
		agent_judge(e, from + (int64_t)GRACE_MS * 1000, until, v);
	}
	PQclear(r);
}

static void holders_judge(struct link *l, const struct call *c, struct verdict *v)
{
	char *n;

	if (c->won > 1)
		verdict_add(v, HOLDERS, "both were told that they have it");
	if (c->intruded > 0)
		verdict_add(v, HOLDERS, "a line of somebody who does not hold it was taken");
	if (c->conversation[0] == '\0')
		return;
	n = link_sql(
		l,
		"SELECT count(*) FROM (SELECT payload ->> 'epoch' FROM events WHERE "
		"conversation_id = $1 AND type IN ('conversation.opened', "
		"'conversation.updated') GROUP BY 1 HAVING count(DISTINCT coalesce(payload ->> "
		"'holder_user_id', 'agent')) > 1) e",
		c->conversation);
	if (strcmp(n, "0") != 0)
		verdict_add(v, HOLDERS, "%s epochs with two holders", n);
	free(n);
	n = link_sql(l,
		     "SELECT count(*) FROM (SELECT epoch FROM messages WHERE conversation_id = $1 "
		     "AND author = 'staff' AND kind = 'text' GROUP BY 1 HAVING count(DISTINCT "
		     "author_user_id) > 1) e",
		     c->conversation);
	if (strcmp(n, "0") != 0)
		verdict_add(v, HOLDERS, "%s epochs in which two wrote", n);
	free(n);
}

void call_judge(struct link *l, const struct call *c, const json_t *requests, struct verdict *v)
{
	struct evidence e;

	evidence_read(l, c, requests, &e);
	silence_judge(&e, v);
	lost_judge(l, c, &e, v);
	voices_judge(l, c, &e, v);
	lines_judge(l, c, &e, v);
	holders_judge(l, c, v);
	evidence_clear(&e);
}

/* ---- all that is known ---- */

struct moments {
	char **at; /* "TIME  WHO  WHAT" */
	size_t n, cap;
};

static void moment_add(struct moments *m, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void moment_add(struct moments *m, const char *fmt, ...)
{
	char text[900];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (m->n == m->cap) {
		m->cap = m->cap == 0 ? 64 : m->cap * 2;
		m->at = xrealloc(m->at, m->cap * sizeof *m->at);
	}
	m->at[m->n++] = xstrdup(text);
}

static int earlier(const void *a, const void *b)
{
	return strncmp(*(char *const *)a, *(char *const *)b, 24);
}

static void evidence_tell(const struct evidence *e, struct moments *m)
{
	const json_t *one, *line;
	size_t i, j;

	json_array_foreach(json_object_get(e->leg, "lines"), i, one)
	{
		moment_add(m, "%s  caller  %s%s %s  (until %s)", text_of(one, "at"),
			   text_of(one, "kind"),
			   json_is_true(json_object_get(one, "cut")) ? ", cut:" : ":",
			   text_of(one, "text"), text_of(one, "until"));
	}
	json_array_foreach(e->talks, i, one)
	{
		char at[CLOCK_TEXT];
		int64_t from = time_of(one, "at");

		moment_add(m, "%s  elevenlabs  %s began; it ended with %lld %s, switch %s",
			   text_of(one, "at"), text_of(one, "id"),
			   (long long)json_integer_value(json_object_get(one, "close_code")),
			   text_of(one, "close_why"), text_of(one, "fault"));
		json_array_foreach(json_object_get(one, "lines"), j, line)
		{
			clock_text(from + json_integer_value(json_object_get(line, "ms")) * 1000,
				   at);
			moment_add(m, "%s  elevenlabs  %s: %s", at, text_of(line, "role"),
				   text_of(line, "text"));
		}
	}
	json_array_foreach(e->requests, i, one)
	{
		moment_add(m, "%s  %s  %s %s: %lld in %.0f ms %s %s", text_of(one, "at"),
			   text_of(one, "side"), text_of(one, "method"), text_of(one, "url"),
			   (long long)json_integer_value(json_object_get(one, "status")),
			   json_number_value(json_object_get(one, "ms")), text_of(one, "fault"),
			   text_of(one, "problem"));
	}
}

#define ROWS                                                                                       \
	"SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'), "     \
	"format('%s %s %s, %s, epoch %s: %s', position, author, kind, coalesce(status, '-'), "     \
	"epoch, body) FROM messages WHERE conversation_id = $1 UNION ALL SELECT "                  \
	"to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'), type || ' '" \
	" || left(payload::text, 300) FROM events WHERE conversation_id = $1 AND type NOT LIKE "   \
	"'message.%'"

void call_timeline(struct link *l, const struct call *c, const json_t *requests, struct buf *out)
{
	struct moments m = {0};
	struct evidence e;
	struct str notes = buf_str(&c->notes);
	PGresult *r;

	evidence_read(l, c, requests, &e);
	evidence_tell(&e, &m);
	evidence_clear(&e);
	while (notes.n > 0) {
		struct str line = str_cut(&notes, '\n');

		moment_add(&m, STR_FMT, STR_ARG(line));
	}
	if (c->conversation[0] != '\0') {
		r = link_rows(l, ROWS, c->conversation);
		for (int i = 0; i < PQntuples(r); i++)
			moment_add(&m, "%s  kept  %s", PQgetvalue(r, i, 0), PQgetvalue(r, i, 1));
		PQclear(r);
	}
	qsort(m.at, m.n, sizeof *m.at, earlier);
	for (size_t i = 0; i < m.n; i++) {
		buf_printf(out, "    %s\n", m.at[i] + 11); /* the day is known */
		free(m.at[i]);
	}
	free(m.at);
}
