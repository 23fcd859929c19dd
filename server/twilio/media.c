/*
 * media.c - see media.h.
 */
#include "server/twilio/media.h"

#include "shared/base64.h"

#define SID_MAX 64

/* Inside a JSON string a quote has a backslash before it, so these bytes are never somebody's
 * words. */
static bool audio_read(struct str m, struct media *out)
{
	static const char event[] = "\"event\":\"media\"", payload[] = "\"payload\":\"";
	const char *from, *to;

	if (memmem(m.p, m.n, event, sizeof event - 1) == NULL)
		return false;
	from = memmem(m.p, m.n, payload, sizeof payload - 1);
	if (from == NULL)
		return false;
	from += sizeof payload - 1;
	to = memchr(from, '"', (size_t)(m.p + m.n - from));
	if (to == NULL || memmem(m.p, m.n, "\"track\":\"outbound\"", 18) != NULL)
		return false;
	out->payload = str_make(from, (size_t)(to - from));
	out->event = base64_letters(out->payload) ? MEDIA_AUDIO : MEDIA_BAD;
	return true;
}

static struct str text_of(const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);

	return json_is_string(v) ? str_make(json_string_value(v), json_string_length(v))
				 : (struct str){NULL, 0};
}

static void start_read(const json_t *j, struct media *out)
{
	const json_t *start = json_object_get(j, "start"),
		     *format = json_object_get(start, "mediaFormat");

	out->stream_sid = text_of(j, "streamSid");
	out->call_sid = text_of(start, "callSid");
	out->token = text_of(json_object_get(start, "customParameters"), "t");
	out->mulaw = str_is(text_of(format, "encoding"), "audio/x-mulaw") &&
		     json_integer_value(json_object_get(format, "sampleRate")) == 8000;
	if (out->stream_sid.n == 0 || out->stream_sid.n > SID_MAX || out->call_sid.n == 0 ||
	    out->call_sid.n > SID_MAX)
		out->event = MEDIA_BAD;
}

static void digit_read(const json_t *j, struct media *out)
{
	struct str digit = text_of(json_object_get(j, "dtmf"), "digit");

	if (digit.n == 1 && strchr("0123456789*#ABCD", digit.p[0]) != NULL)
		out->digit = digit.p[0];
	else
		out->event = MEDIA_BAD;
}

static void slow_audio_read(const json_t *j, struct media *out)
{
	const json_t *media = json_object_get(j, "media");

	out->payload = text_of(media, "payload");
	if (str_is(text_of(media, "track"), "outbound"))
		out->event = MEDIA_OTHER; /* what we sent ourselves */
	else if (!base64_letters(out->payload))
		out->event = MEDIA_BAD;
}

void media_read(struct str message, struct media *out)
{
	static const struct {
		const char *word;
		enum media_event event;
	} events[] = {{"connected", MEDIA_CONNECTED}, {"start", MEDIA_START},
		      {"media", MEDIA_AUDIO},         {"dtmf", MEDIA_DTMF},
		      {"mark", MEDIA_MARK},           {"stop", MEDIA_STOP}};
	struct str event;

	*out = (struct media){.event = MEDIA_BAD};
	if (audio_read(message, out))
		return;
	out->json = json_loadb(message.p == NULL ? "" : message.p, message.n,
			       JSON_REJECT_DUPLICATES, NULL);
	event = text_of(out->json, "event");
	if (event.n == 0)
		return;
	out->event = MEDIA_OTHER;
	for (size_t i = 0; i < ARRAY_LEN(events); i++) {
		if (str_is(event, events[i].word))
			out->event = events[i].event;
	}
	switch (out->event) {
	case MEDIA_START: start_read(out->json, out); break;
	case MEDIA_AUDIO: slow_audio_read(out->json, out); break;
	case MEDIA_DTMF: digit_read(out->json, out); break;
	case MEDIA_MARK: out->mark = text_of(json_object_get(out->json, "mark"), "name"); break;
	default: break;
	}
}

void media_clear(struct media *m)
{
	json_decref(m->json);
	m->json = NULL;
}

static void begun(struct buf *out, const char *event, struct str stream_sid)
{
	buf_reset(out);
	buf_add_cstr(out, "{\"event\":\"");
	buf_add_cstr(out, event);
	buf_add_cstr(out, "\",\"streamSid\":\"");
	buf_add_str(out, stream_sid);
}

void media_audio_write(struct buf *out, struct str stream_sid, struct str payload)
{
	begun(out, "media", stream_sid);
	buf_add_cstr(out, "\",\"media\":{\"payload\":\"");
	buf_add_str(out, payload);
	buf_add_cstr(out, "\"}}");
}

void media_clear_write(struct buf *out, struct str stream_sid)
{
	begun(out, "clear", stream_sid);
	buf_add_cstr(out, "\"}");
}

void media_mark_write(struct buf *out, struct str stream_sid, struct str name)
{
	begun(out, "mark", stream_sid);
	buf_add_cstr(out, "\",\"mark\":{\"name\":\"");
	buf_add_str(out, name);
	buf_add_cstr(out, "\"}}");
}
