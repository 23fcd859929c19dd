/*
 * calls_heard.c - a call's transcript against what was said and heard on it; see calls.h.
 *
 *   the caller's sentence   Twice in the transcript: never. Once: always when ElevenLabs has
 *                           understood it, or a request with it was answered with 2xx. Where both
 *                           have it (the stream broke at its very end) it may stand there twice.
 *   the agent's sentence    Heard to its end: once for each time. Never more often than ElevenLabs
 *                           has said it.
 *   our own voice           Heard to its end and no fixed sentence of ours (voice/sentences.h): it
 *                           stands there. Marked as spoken in the transcript: it was heard.
 *   staff's line            Taken by the service: it stands there once; the caller has heard it.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "server/voice/sentences.h"
#include "tests/storm/calls.h"

#define KEY_MAX 40

/* ---- counting ---- */

/* Letters alone, up to the first digit: numbers are spoken otherwise than they are written. */
static void key_of(const char *text, char out[KEY_MAX + 1])
{
	size_t n = 0;

	for (; *text != '\0' && n < KEY_MAX && !isdigit((unsigned char)*text); text++) {
		if (isalpha((unsigned char)*text))
			out[n++] = (char)tolower((unsigned char)*text);
	}
	out[n] = '\0';
}

static bool alike(const char *a, const char *b)
{
	char ka[KEY_MAX + 1], kb[KEY_MAX + 1];
	size_t n;

	key_of(a, ka);
	key_of(b, kb);
	n = strlen(ka) < strlen(kb) ? strlen(ka) : strlen(kb);
	return n >= 6 ? strncmp(ka, kb, n) == 0 : strcmp(ka, kb) == 0;
}

/* Columns of `rows`. */
enum { AUTHOR, KIND, STATUS, BODY, SPOKEN };
#define ROWS                                                                                   \
	"SELECT author, kind, coalesce(status, ''), body, spoken_document IS NOT NULL FROM "   \
	"messages WHERE conversation_id = $1 AND kind IN ('text', 'keyword', 'notice') ORDER " \
	"BY position"

static int rows_with(PGresult *rows, const char *author, const char *text)
{
	int n = 0;

	for (int i = 0; i < PQntuples(rows); i++)
		n += strcmp(PQgetvalue(rows, i, AUTHOR), author) == 0 &&
		     strcmp(PQgetvalue(rows, i, BODY), text) == 0;
	return n;
}

/* Lines of the leg of that kind; `whole`: only those that were heard to their end. */
static int heard_n(const struct evidence *e, const char *kind, const char *text, bool whole,
		   bool roughly)
{
	const json_t *line;
	size_t i;
	int n = 0;

	json_array_foreach(json_object_get(e->leg, "lines"), i, line)
	{
		if (strcmp(text_of(line, "kind"), kind) != 0 ||
		    (whole && json_is_true(json_object_get(line, "cut"))))
			continue;
		n += roughly ? alike(text_of(line, "text"), text)
			     : strcmp(text_of(line, "text"), text) == 0;
	}
	return n;
}

static int told_n(const struct evidence *e, const char *role, const char *text)
{
	const json_t *talk, *line;
	size_t i, j;
	int n = 0;

	json_array_foreach(e->talks, i, talk)
	{
		json_array_foreach(json_object_get(talk, "lines"), j, line)
		{
			n += strcmp(text_of(line, "role"), role) == 0 &&
			     (strcmp(text_of(line, "text"), text) == 0 ||
			      strcmp(text_of(line, "original"), text) == 0);
		}
	}
	return n;
}

/* Requests that hold the caller's words and were answered well: of the caller's leg, and of rooms,
 * whose transcription is JSON. */
static bool was_delivered(const struct evidence *e, const char *parameter, const char *text)
{
	const json_t *one;
	size_t i;

	json_array_foreach(e->requests, i, one)
	{
		const json_t *params = json_object_get(one, "params");

		if (json_integer_value(json_object_get(one, "status")) / 100 == 2 &&
		    strstr(text_of(params, parameter), text) != NULL)
			return true;
	}
	return false;
}

/* ---- whose line ---- */

static void caller_judge(const struct evidence *e, PGresult *rows, struct verdict *v)
{
	const json_t *line;
	size_t i;

	json_array_foreach(json_object_get(e->leg, "lines"), i, line)
	{
		const char *text = text_of(line, "text");
		int kept, ears;

		if (strcmp(text_of(line, "kind"), "me") != 0)
			continue;
		kept = rows_with(rows, "customer", text);
		ears = (told_n(e, "user", text) > 0) + was_delivered(e, "SpeechResult", text) +
		       was_delivered(e, "TranscriptionData", text);
		if (kept == 0 && ears > 0)
			verdict_add(v, LINES, "lost, though it was delivered: caller: %s", text);
		if (kept > (ears > 1 ? ears : 1))
			verdict_add(v, LINES, "stands there %d times: caller: %s", kept, text);
	}
}

static void agent_judge(const struct evidence *e, PGresult *rows, struct verdict *v)
{
	const json_t *line;
	size_t i;

	json_array_foreach(json_object_get(e->leg, "lines"), i, line)
	{
		const char *text = text_of(line, "text");
		int kept, heard, told;

		if (strcmp(text_of(line, "kind"), "agent") != 0 ||
		    json_is_true(json_object_get(line, "cut")))
			continue;
		kept = rows_with(rows, "agent", text);
		heard = heard_n(e, "agent", text, true, false);
		told = told_n(e, "agent", text);
		if (kept < heard)
			verdict_add(v, LINES, "heard %d times, kept %d times: agent: %s", heard,
				    kept, text);
		if (kept > told)
			verdict_add(v, LINES, "said %d times, kept %d times: agent: %s", told, kept,
				    text);
	}
}

/* A sentence that is ours, whatever the call; what is filled into it may be anything. */
static bool is_fixed(const char *text)
{
#define SENTENCE(key, en, fr) en,
	static const char *const ours[] = {VOICE_SENTENCES(SENTENCE)};
#undef SENTENCE

	for (size_t i = 0; i < ARRAY_LEN(ours); i++) {
		char begin[60];

		snprintf(begin, sizeof begin, "%.*s", (int)strcspn(ours[i], "{"), ours[i]);
		if (begin[0] != '\0' && alike(begin, text))
			return true;
	}
	return false;
}

static void own_voice_judge(const struct evidence *e, PGresult *rows, struct verdict *v)
{
	const json_t *line;
	size_t i;

	json_array_foreach(json_object_get(e->leg, "lines"), i, line)
	{
		const char *text = text_of(line, "text");
		bool kept = false;

		if (strcmp(text_of(line, "kind"), "say") != 0 ||
		    json_is_true(json_object_get(line, "cut")) || is_fixed(text))
			continue;
		for (int r = 0; r < PQntuples(rows); r++)
			kept = kept || (strcmp(PQgetvalue(rows, r, AUTHOR), "customer") != 0 &&
					alike(PQgetvalue(rows, r, BODY), text));
		if (!kept)
			verdict_add(v, LINES, "heard, and not kept: say: %s", text);
	}
	for (int r = 0; r < PQntuples(rows); r++) {
		const char *text = PQgetvalue(rows, r, BODY);

		if (*PQgetvalue(rows, r, SPOKEN) == 't' &&
		    strcmp(PQgetvalue(rows, r, STATUS), "delivered") == 0 &&
		    heard_n(e, "say", text, false, true) == 0)
			verdict_add(v, LINES, "told as spoken, and not heard: %s: %s",
				    PQgetvalue(rows, r, AUTHOR), text);
	}
}

static void staff_judge(const struct call *c, PGresult *rows, struct verdict *v)
{
	for (int i = 0; i < c->wrote_n; i++) {
		int kept = rows_with(rows, "staff", c->wrote[i]);

		if (kept != 1)
			verdict_add(v, LINES, "stands there %d times: staff: %s", kept,
				    c->wrote[i]);
		if (c->wrote_unheard[i])
			verdict_add(v, LINES, "the caller has not heard: staff: %s", c->wrote[i]);
	}
}

void lines_judge(struct link *l, const struct call *c, const struct evidence *e, struct verdict *v)
{
	PGresult *rows;

	if (c->conversation[0] == '\0')
		return;
	rows = link_rows(l, ROWS, c->conversation);
	caller_judge(e, rows, v);
	agent_judge(e, rows, v);
	own_voice_judge(e, rows, v);
	staff_judge(c, rows, v);
	PQclear(rows);
}
