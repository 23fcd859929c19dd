/*
 * media.c - fuzzing what a media stream says: whatever the bytes, nothing breaks, and the quick way
 * of reading audio never finds anything that a reader of JSON would not find.
 */
#include "server/twilio/media.h"

#include "shared/base64.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str text_of(const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);

	return json_is_string(v) ? str_make(json_string_value(v), json_string_length(v))
				 : (struct str){NULL, 0};
}

static void audio_check(const json_t *j, const struct media *m)
{
	if (!base64_letters(m->payload))
		BUG("audio that is not base64 is passed on");
	if (j == NULL)
		return; /* its frame is sound, something beside the audio is not */
	if (!str_is(text_of(j, "event"), "media") ||
	    !str_eq(text_of(json_object_get(j, "media"), "payload"), m->payload))
		BUG("audio that is not there: %.*s", (int)m->payload.n, m->payload.p);
}

static void written_check(const struct buf *out, const char *event)
{
	json_t *j = json_loadb(out->p, out->n, JSON_REJECT_DUPLICATES, NULL);

	if (!str_is(text_of(j, "event"), event) || text_of(j, "streamSid").n == 0)
		BUG("what we say is no message: %s", buf_cstr(out));
	json_decref(j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size);
	json_t *j = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
	struct buf out = {0};
	struct media m;

	media_read(text, &m);
	if (m.event == MEDIA_AUDIO) {
		audio_check(j, &m);
		media_audio_write(&out, STR_LIT("MZ1"), m.payload);
		written_check(&out, "media");
	} else if (j != NULL && str_is(text_of(j, "event"), "media") &&
		   base64_letters(text_of(json_object_get(j, "media"), "payload")) &&
		   !str_is(text_of(json_object_get(j, "media"), "track"), "outbound")) {
		BUG("audio was not heard");
	}
	if (m.event == MEDIA_START && (m.stream_sid.n == 0 || m.call_sid.n == 0))
		BUG("a stream without a name");
	media_clear(&m);
	media_clear_write(&out, STR_LIT("MZ1"));
	written_check(&out, "clear");
	media_mark_write(&out, STR_LIT("MZ1"), STR_LIT("e1"));
	written_check(&out, "mark");
	buf_clear(&out);
	json_decref(j);
	return 0;
}
