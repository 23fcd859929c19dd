/*
 * api.c - see api.h.
 */
#include "server/elevenlabs/api.h"

#include <jansson.h>

#include "shared/utf8.h"

#define URL_MAX  4000
#define NAME_MAX 128
#define DAY_S    86400

static bool name_usable(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		      c == '_' || c == '-'))
			return false;
	}
	return s.n >= 1 && s.n <= NAME_MAX;
}

bool elevenlabs_signed_url_ask(struct arena *a, const char *api_url, struct str agent,
			       const char **url, struct err *err)
{
	if (!name_usable(agent))
		return err_set(err, ERR_INPUT, "the ElevenLabs agent's id is none");
	*url = arena_printf(a, "%s/v1/convai/conversation/get-signed-url?agent_id=" STR_FMT,
			    api_url, STR_ARG(agent));
	return true;
}

bool elevenlabs_conversation_ask(struct arena *a, const char *api_url, struct str conversation,
				 const char **url, struct err *err)
{
	if (!name_usable(conversation))
		return err_set(err, ERR_INPUT, "the ElevenLabs conversation's id is none");
	*url = arena_printf(a, "%s/v1/convai/conversations/" STR_FMT, api_url,
			    STR_ARG(conversation));
	return true;
}

static struct str text_of(const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);

	return json_is_string(v) ? str_make(json_string_value(v), json_string_length(v))
				 : (struct str){NULL, 0};
}

static bool url_usable(struct str url, const char *api_url)
{
	bool secure = str_starts(str_of(api_url), STR_LIT("https://"));

	if (!str_starts(url, STR_LIT("wss://")) && (secure || !str_starts(url, STR_LIT("ws://"))))
		return false;
	for (size_t i = 0; i < url.n; i++) {
		if (url.p[i] <= ' ' || url.p[i] > '~')
			return false;
	}
	return url.n < URL_MAX;
}

bool elevenlabs_signed_url_read(struct arena *a, const char *api_url, struct str body,
				const char **url, struct err *err)
{
	json_t *j = json_loadb(body.p == NULL ? "" : body.p, body.n, 0, NULL);
	struct str text = text_of(j, "signed_url");
	bool usable = url_usable(text, api_url);

	if (usable)
		*url = arena_cstr(a, text);
	json_decref(j);
	return usable ||
	       err_set(err, ERR_UPSTREAM, "ElevenLabs' answer holds no address of a conversation");
}

/* ---- the transcript ---- */

/* A number that may be written with a fraction, in whole; what is out of range is 0. */
static int64_t whole_of(const json_t *v)
{
	double d = json_number_value(v);

	return d >= 0 && d < 9e15 ? (int64_t)d : 0;
}

/* Ids are numbers; a published example has one as text. */
static int64_t event_of(const json_t *item)
{
	const json_t *v = json_object_get(item, "source_event_id");
	int64_t n = 0;

	if (json_is_number(v))
		return whole_of(v);
	if (json_is_string(v) && str_int(text_of(item, "source_event_id"), 0, INT64_MAX, &n))
		return n;
	return 0;
}

static bool line_read(struct arena *a, const json_t *item, struct elevenlabs_line *out)
{
	struct str role = text_of(item, "role"), text = text_of(item, "message");
	struct str medium = text_of(item, "source_medium");

	/* typed words came from us: they are in the store already */
	if (text.n == 0 || (medium.n > 0 && !str_is(medium, "audio")) ||
	    (!str_is(role, "user") && !str_is(role, "agent")))
		return false;
	*out = (struct elevenlabs_line){
		.customer = str_is(role, "user"),
		.text = arena_str(a, text),
		.original = arena_str(a, text_of(item, "original_message")),
		.event = event_of(item),
		.at_s = whole_of(json_object_get(item, "time_in_call_secs")),
	};
	out->at_s = int_clamp(out->at_s, 0, DAY_S);
	return true;
}

bool elevenlabs_transcript_read(struct arena *a, struct str body, struct elevenlabs_transcript *out,
				struct err *err)
{
	json_t *j = json_loadb(body.p == NULL ? "" : body.p, body.n, JSON_ALLOW_NUL, NULL);
	const json_t *items = json_object_get(j, "transcript");
	size_t n = size_min(json_array_size(items), ELEVENLABS_LINES_MAX), kept = 0;
	struct elevenlabs_line *lines = ARENA_ARRAY(a, struct elevenlabs_line, n);
	struct str status = text_of(j, "status");

	if (!json_is_array(items) || status.n == 0) {
		json_decref(j);
		return err_set(err, ERR_UPSTREAM, "ElevenLabs' answer is no conversation");
	}
	for (size_t i = 0; i < n; i++) {
		if (line_read(a, json_array_get(items, i), &lines[kept]))
			kept++;
	}
	*out = (struct elevenlabs_transcript){.ended = !str_is(status, "initiated") &&
						       !str_is(status, "in-progress"),
					      .lines = lines,
					      .n = kept};
	json_decref(j);
	return true;
}

struct str elevenlabs_parameter(struct arena *a, struct str parameters_json, const char *name,
				size_t max)
{
	json_t *j = json_loadb(parameters_json.p == NULL ? "" : parameters_json.p,
			       parameters_json.n, 0, NULL);
	struct str text = arena_str(a, utf8_cut(str_trim(text_of(j, name)), max));

	json_decref(j);
	return text;
}

/* ---- refusals ---- */

static bool word_taken(struct str word, char out[64])
{
	if (!name_usable(word) || word.n >= 64)
		return false;
	snprintf(out, 64, STR_FMT, STR_ARG(word));
	return true;
}

void elevenlabs_refusal(struct str body, char out[64])
{
	json_t *j = json_loadb(body.p == NULL ? "" : body.p, body.n, 0, NULL);
	const json_t *detail = json_object_get(j, "detail");

	if (json_is_array(detail)) /* validation: a list of what is wrong */
		snprintf(out, 64, "validation_error");
	else if (!word_taken(text_of(detail, "code"), out) &&
		 !word_taken(text_of(detail, "status"), out) &&
		 !word_taken(text_of(detail, "type"), out) &&
		 !word_taken(text_of(j, "detail"), out))
		snprintf(out, 64, "unknown");
	json_decref(j);
}
