/*
 * session.c - fuzzing what an ElevenLabs conversation says: whatever the bytes, nothing breaks; the
 * quick way of reading audio never finds anything that a reader of JSON would not find; and what
 * was said goes back out as JSON, whatever was said.
 */
#include "server/elevenlabs/session.h"

#include "shared/base64.h"
#include "shared/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str text_of(const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);

	return json_is_string(v) ? str_make(json_string_value(v), json_string_length(v))
				 : (struct str){NULL, 0};
}

static void written_check(const struct buf *out, const char *member, struct str value)
{
	json_t *j = json_loadb(out->p, out->n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);

	if (!str_eq(text_of(j, member), value))
		BUG("what we say is no message: %s", buf_cstr(out));
	json_decref(j);
}

static void audio_check(const json_t *j, const struct session_message *m)
{
	const json_t *body = json_object_get(j, "audio_event");

	if (!base64_letters(m->audio))
		BUG("audio that is not base64 is passed on");
	if (j != NULL && (!str_is(text_of(j, "type"), "audio") ||
			  !str_eq(text_of(body, "audio_base_64"), m->audio)))
		BUG("audio that is not there");
	if (json_is_integer(json_object_get(body, "event_id")) &&
	    json_integer_value(json_object_get(body, "event_id")) > 0 &&
	    json_integer_value(json_object_get(body, "event_id")) != m->id)
		BUG("event %" PRId64 " is another", m->id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size);
	json_t *j =
		json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	struct session_message m;
	struct buf out;

	buf_init(&out, 1u << 20);
	session_read(text, &m);
	if (m.event == SESSION_AUDIO) {
		audio_check(j, &m);
		session_audio_write(&out, m.audio);
		written_check(&out, "user_audio_chunk", m.audio);
	} else if (j != NULL && str_is(text_of(j, "type"), "audio") &&
		   base64_letters(text_of(json_object_get(j, "audio_event"), "audio_base_64"))) {
		BUG("audio was not heard");
	}
	if (m.event == SESSION_TOOL_CALL) {
		session_tool_result_write(&out, m.tool_call_id, STR_LIT("done"), false);
		written_check(&out, "tool_call_id", m.tool_call_id);
	}
	if (m.text.n > 0 && utf8_valid(m.text)) {
		session_user_message_write(&out, m.text);
		written_check(&out, "text", m.text);
		session_context_write(&out, m.text);
		written_check(&out, "text", m.text);
	}
	if (m.id < 0)
		BUG("an event id below nothing");
	session_clear(&m);
	if (utf8_valid(text)) {
		session_user_message_write(&out, text);
		written_check(&out, "text", text);
	}
	buf_clear(&out);
	json_decref(j);
	return 0;
}
