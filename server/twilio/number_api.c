/*
 * number_api.c - see number_api.h.
 */
#include "server/twilio/number_api.h"

#include "server/twilio/form.h"
#include "server/twilio/sids.h"

/* Twilio's connection overrides (twilio.md 1.2): three more tries after a 5xx, a failed connect or
 * a silent server. Out of the box a text is offered once. They are no part of what is signed. */
#define RETRIES "#rc=3&rp=5xx,ct,rt"

/* What each property of a number points at. A text that could not be handed over is offered once
 * more to the same door: a repeated SID changes nothing there. */
static const struct {
	const char *name, *method, *path, *fragment;
} points[] = {
	{"SmsUrl", "SmsMethod", "/api/webhooks/twilio/sms", RETRIES},
	{"SmsFallbackUrl", "SmsFallbackMethod", "/api/webhooks/twilio/sms", ""},
	{"VoiceUrl", "VoiceMethod", "/api/webhooks/twilio/voice", RETRIES},
	{"VoiceFallbackUrl", "VoiceFallbackMethod", "/api/webhooks/twilio/fallback", ""},
	{"StatusCallback", "StatusCallbackMethod", "/api/webhooks/twilio/status", RETRIES},
};

void number_find_request(struct arena *a, const char *base, struct str account_sid, struct str e164,
			 struct rest_request *out)
{
	struct buf b = {0};

	form_add(&b, "PhoneNumber", e164);
	out->url = arena_printf(a, "%s?%s",
				rest_url(a, base, account_sid, "/IncomingPhoneNumbers.json"),
				buf_cstr(&b));
	out->body = (struct str){NULL, 0};
	buf_clear(&b);
}

bool number_found_read(struct arena *a, struct str json, struct str e164,
		       struct number_resource *out, bool *found)
{
	json_t *j = rest_object(json);
	const json_t *list = json_object_get(j, "incoming_phone_numbers");
	bool ok = json_is_array(list);

	*found = false;
	for (size_t i = 0; i < json_array_size(list) && !*found; i++) {
		const json_t *one = json_array_get(list, i);
		struct number_resource n = {.sid = rest_text(a, one, "sid")};

		if (!sid_is(n.sid, "PN") || !str_eq(rest_text(a, one, "phone_number"), e164))
			continue;
		n.sms_url = rest_text(a, one, "sms_url");
		n.voice_url = rest_text(a, one, "voice_url");
		n.voice_fallback_url = rest_text(a, one, "voice_fallback_url");
		n.status_callback = rest_text(a, one, "status_callback");
		*out = n;
		*found = true;
	}
	json_decref(j);
	return ok;
}

void number_point_request(struct arena *a, const char *base, struct str account_sid,
			  struct str number_sid, const char *public_url, enum number_parts parts,
			  struct rest_request *out)
{
	struct buf b = {0};
	const char *to;

	if (!sid_is(number_sid, "PN"))
		BUG("a number's SID that nobody has checked");
	for (size_t i = 0; i < ARRAY_LEN(points); i++) {
		if (parts == NUMBER_TEXTS && !str_starts(str_of(points[i].name), STR_LIT("Sms")))
			continue;
		to = public_url == NULL ? ""
					: arena_printf(a, "%s%s%s", public_url, points[i].path,
						       points[i].fragment);
		form_add(&b, points[i].name, str_of(to));
		form_add(&b, points[i].method, STR_LIT("POST"));
	}
	out->url = rest_url(
		a, base, account_sid,
		arena_printf(a, "/IncomingPhoneNumbers/" STR_FMT ".json", STR_ARG(number_sid)));
	out->body = arena_str(a, buf_str(&b));
	buf_clear(&b);
}

const char *number_point_path(const char *property)
{
	for (size_t i = 0; i < ARRAY_LEN(points); i++) {
		if (strcmp(points[i].name, property) == 0)
			return points[i].path;
	}
	return NULL;
}
