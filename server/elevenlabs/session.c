/*
 * session.c - see session.h.
 */
#include "server/elevenlabs/session.h"

#include "shared/base64.h"
#include "shared/members.h"

/* A number, or a string of one; 0: neither. */
static int64_t number_of(const struct member *m)
{
	int64_t n;

	return m->kind != MEMBER_OBJECT && str_int(m->value, 0, INT64_MAX, &n) ? n : 0;
}

static bool body_read(struct str body, struct session_message *out)
{
	struct members all;
	struct member m;

	members_of(body, &all);
	while (members_next(&all, &m)) {
		if (m.escaped)
			return false;
		if (str_is(m.name, "audio_base_64")) {
			if (out->audio.p != NULL || m.kind != MEMBER_STRING)
				return false;
			out->audio = m.value;
		} else if (str_is(m.name, "event_id")) {
			out->id = number_of(&m);
		}
	}
	return out->audio.p != NULL;
}

/* {"type":"audio", "audio_event":{"audio_base_64":"...", "event_id":7}} and whatever else stands in
 * it, in any order. False: it is not that, or not plainly. The audio may be hundreds of kilobytes.
 */
static bool audio_read(struct str text, struct session_message *out)
{
	struct str body = {NULL, 0};
	struct members all;
	struct member m;
	bool typed = false;

	members_of(text, &all);
	while (members_next(&all, &m)) {
		if (m.escaped)
			return false;
		if (str_is(m.name, "type")) {
			if (typed || m.kind != MEMBER_STRING || !str_is(m.value, "audio"))
				return false;
			typed = true;
		} else if (str_is(m.name, "audio_event")) {
			if (body.p != NULL || m.kind != MEMBER_OBJECT)
				return false;
			body = m.value;
		}
	}
	if (!all.whole || !typed || body.p == NULL || !body_read(body, out)) {
		out->audio = (struct str){NULL, 0};
		out->id = 0;
		return false;
	}
	out->event = base64_letters(out->audio) ? SESSION_AUDIO : SESSION_BAD;
	return true;
}

static struct str text_of(const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);

	return json_is_string(v) ? str_make(json_string_value(v), json_string_length(v))
				 : (struct str){NULL, 0};
}

static int64_t id_of(const json_t *object)
{
	const json_t *v = json_object_get(object, "event_id");
	int64_t n = 0;

	if (json_is_string(v))
		return str_int(str_of(json_string_value(v)), 0, INT64_MAX, &n) ? n : 0;
	return json_is_integer(v) && json_integer_value(v) > 0 ? json_integer_value(v) : 0;
}

static void metadata_read(const json_t *body, struct session_message *out)
{
	struct str to_us = text_of(body, "agent_output_audio_format"),
		   from_us = text_of(body, "user_input_audio_format");

	out->conversation_id = text_of(body, "conversation_id");
	out->mulaw = str_is(to_us, "ulaw_8000") && str_is(from_us, "ulaw_8000");
	if (out->conversation_id.n == 0 || out->conversation_id.n > 128)
		out->event = SESSION_BAD;
}

static void tool_read(const json_t *body, struct session_message *out)
{
	const json_t *expects = json_object_get(body, "expects_response");

	out->tool = text_of(body, "tool_name");
	out->tool_call_id = text_of(body, "tool_call_id");
	out->parameters =
		json_dumps(json_object_get(body, "parameters"), JSON_COMPACT | JSON_ENCODE_ANY);
	out->wants_result = !json_is_false(expects);
	if (out->tool.n == 0 || out->tool_call_id.n == 0)
		out->event = SESSION_BAD;
}

struct kind {
	const char *type, *body, *text;
	enum session_event event;
};
static const struct kind kinds[] = {
	{"conversation_initiation_metadata", "conversation_initiation_metadata_event", NULL,
	 SESSION_METADATA},
	{"user_transcript", "user_transcription_event", "user_transcript", SESSION_USER_TRANSCRIPT},
	{"tentative_user_transcript", "tentative_user_transcription_event", "user_transcript",
	 SESSION_USER_PARTIAL},
	{"agent_response", "agent_response_event", "agent_response", SESSION_AGENT_RESPONSE},
	{"agent_response_correction", "agent_response_correction_event", "corrected_agent_response",
	 SESSION_AGENT_CORRECTION},
	{"interruption", "interruption_event", NULL, SESSION_INTERRUPTION},
	{"ping", "ping_event", NULL, SESSION_PING},
	{"client_tool_call", "client_tool_call", NULL, SESSION_TOOL_CALL},
	{"error", "error_event", "message", SESSION_ERROR},
	{"audio", "audio_event", NULL,
	 SESSION_AUDIO}, /* written in another way than audio_read knows */
};

static void read_as(const struct kind *k, struct session_message *out)
{
	const json_t *body = json_object_get(out->json, k->body);

	out->event = k->event;
	out->id = id_of(body);
	if (k->text != NULL) {
		out->text = text_of(body, k->text);
		if (out->text.p == NULL && k->event != SESSION_ERROR)
			out->event = SESSION_BAD;
	}
	switch (k->event) {
	case SESSION_METADATA: metadata_read(body, out); break;
	case SESSION_TOOL_CALL: tool_read(body, out); break;
	case SESSION_AGENT_CORRECTION:
		out->original = text_of(body, "original_agent_response");
		break;
	case SESSION_AUDIO:
		out->audio = text_of(body, "audio_base_64");
		if (!base64_letters(out->audio))
			out->event = SESSION_BAD;
		break;
	case SESSION_PING:
	case SESSION_INTERRUPTION:
		if (!json_is_object(body))
			out->event = SESSION_BAD;
		break;
	default: break;
	}
}

void session_read(struct str message, struct session_message *out)
{
	struct str type;

	*out = (struct session_message){.event = SESSION_BAD};
	if (audio_read(message, out))
		return;
	out->json = json_loadb(message.p == NULL ? "" : message.p, message.n, JSON_ALLOW_NUL, NULL);
	type = text_of(out->json, "type");
	if (type.n == 0)
		return;
	out->event = SESSION_OTHER;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (str_is(type, kinds[i].type))
			read_as(&kinds[i], out);
	}
}

void session_clear(struct session_message *m)
{
	json_decref(m->json);
	free(m->parameters);
	m->json = NULL;
	m->parameters = NULL;
}

/* ---- writing ---- */

void session_audio_write(struct buf *out, struct str payload)
{
	buf_reset(out);
	buf_add_cstr(out, "{\"user_audio_chunk\":\"");
	buf_add_str(out, payload);
	buf_add_cstr(out, "\"}");
}

void session_pong_write(struct buf *out, int64_t id)
{
	buf_reset(out);
	buf_printf(out, "{\"type\":\"pong\",\"event_id\":%" PRId64 "}", id);
}

static void object_write(struct buf *out, json_t *j)
{
	char *text = json_dumps(j, JSON_COMPACT);

	buf_reset(out);
	if (text == NULL)
		BUG("a message of ours that cannot be written");
	buf_add_cstr(out, text);
	free(text);
	json_decref(j);
}

/* Text that is not UTF-8 never comes here; it would be left out. */
static json_t *words(struct str text)
{
	json_t *s = json_stringn(text.p == NULL ? "" : text.p, text.n);

	return s == NULL ? json_string("") : s;
}

void session_user_message_write(struct buf *out, struct str text)
{
	object_write(out, json_pack("{s:s, s:o}", "type", "user_message", "text", words(text)));
}

void session_context_write(struct buf *out, struct str text)
{
	object_write(out,
		     json_pack("{s:s, s:o}", "type", "contextual_update", "text", words(text)));
}

void session_tool_result_write(struct buf *out, struct str tool_call_id, struct str result,
			       bool is_error)
{
	object_write(out, json_pack("{s:s, s:o, s:o, s:b}", "type", "client_tool_result",
				    "tool_call_id", words(tool_call_id), "result", words(result),
				    "is_error", (int)is_error));
}
