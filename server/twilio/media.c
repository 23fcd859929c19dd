/*
 * media.c - see media.h.
 */
#include "server/twilio/media.h"

#include "shared/base64.h"
#include "shared/members.h"

#define SID_MAX 64

/* The text of a member that is plainly there once; false: read it in the other way. */
static bool plain(const struct member *m, struct str *out)
{
	if (out->p != NULL || m->kind != MEMBER_STRING || m->escaped)
		return false;
	*out = m->value;
	return true;
}

/* {"event":"media", "media":{"track":"inbound", "payload":"..."}} and whatever else stands in it,
 * in any order. False: it is not that, or not plainly. */
static bool audio_read(struct str text, struct media *out)
{
	struct str event = {NULL, 0}, track = {NULL, 0}, payload = {NULL, 0}, media = {NULL, 0};
	struct members all, inside;
	struct member m;

	members_of(text, &all);
	while (members_next(&all, &m)) {
		if (m.escaped)
			return false;
		if (str_is(m.name, "event")) {
			if (!plain(&m, &event) || !str_is(event, "media"))
				return false;
		} else if (str_is(m.name, "media")) {
			if (media.p != NULL || m.kind != MEMBER_OBJECT)
				return false;
			media = m.value;
		}
	}
	if (!all.whole || event.p == NULL || media.p == NULL)
		return false;
	members_of(media, &inside);
	while (members_next(&inside, &m)) {
		if (m.escaped || (str_is(m.name, "track") && !plain(&m, &track)) ||
		    (str_is(m.name, "payload") && !plain(&m, &payload)))
			return false;
	}
	if (payload.p == NULL || str_is(track, "outbound"))
		return false;
	out->payload = payload;
	out->event = base64_letters(payload) ? MEDIA_AUDIO : MEDIA_BAD;
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
