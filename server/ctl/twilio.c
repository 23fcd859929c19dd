/*
 * twilio.c - see twilio.h.
 */
#include "server/ctl/twilio.h"

#include <curl/curl.h>
#include <jansson.h>

#include "shared/buf.h"

#define CONNECT_MS 5000L
#define TOTAL_MS   15000L
#define ANSWER_MAX (1024u * 1024u)

/* Twilio's connection overrides (twilio.md 1.2): three more tries after a 5xx, a failed connect or
 * a silent server. Out of the box a text is offered once. They are no part of what is signed. */
#define RETRIES "#rc=3&rp=5xx,ct,rt"

/* What each property of a number points at. A text that could not be handed over is offered once
 * more to the same door: a repeated SID changes nothing there. */
static const struct {
	const char *name, *path, *fragment;
} points[] = {
	{"SmsUrl", "/api/webhooks/twilio/sms", RETRIES},
	{"SmsFallbackUrl", "/api/webhooks/twilio/sms", ""},
	{"VoiceUrl", "/api/webhooks/twilio/voice", RETRIES},
	{"VoiceFallbackUrl", "/api/webhooks/twilio/fallback", ""},
	{"StatusCallback", "/api/webhooks/twilio/status", RETRIES},
};
static const char *const methods[] = {"SmsMethod", "SmsFallbackMethod", "VoiceMethod",
				      "VoiceFallbackMethod", "StatusCallbackMethod"};

/* ---- one request ----------------------------------------------------------------------------- */

static size_t on_bytes(char *p, size_t size, size_t n, void *arg)
{
	return buf_add(arg, p, size * n) ? n : 0;
}

/* What to do about an answer that is none: by status first, then by Twilio's own words. */
static bool refused(long status, const json_t *body, struct err *err)
{
	const char *message = json_string_value(json_object_get(body, "message"));
	long long code = json_integer_value(json_object_get(body, "code"));

	if (status == 401)
		return err_set(err, ERR_DENIED,
			       "Twilio does not accept the account SID and auth token (code %lld): "
			       "compare both with the Twilio console.",
			       code);
	if (status == 429)
		return err_set(err, ERR_BUSY,
			       "Twilio is busy with this account: try again in a minute.");
	if (status >= 500)
		return err_set(err, ERR_UPSTREAM,
			       "Twilio is in trouble (status %ld): try again later.", status);
	return err_set(err, ERR_UPSTREAM, "Twilio refused (status %ld, code %lld): %.100s", status,
		       code, message == NULL ? "it gave no reason" : message);
}

/* GET, or POST when form is not NULL. *out is the caller's (json_decref). */
static bool ask(const struct twilio_account *t, const char *path, const char *form, json_t **out,
		struct err *err)
{
	struct buf url = {0}, answer = {.limit = ANSWER_MAX};
	CURL *curl = curl_easy_init();
	json_t *body = NULL;
	long status = 0;
	CURLcode code;
	bool ok;

	if (curl == NULL)
		BUG("no curl");
	buf_printf(&url, "%s/2010-04-01/Accounts/%s%s", t->api_url, t->sid, path);
	curl_easy_setopt(curl, CURLOPT_URL, buf_cstr(&url));
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_USERNAME, t->sid);
	curl_easy_setopt(curl, CURLOPT_PASSWORD, t->token);
	curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, TOTAL_MS);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "switchbackctl/" SWITCHBACK_VERSION);
	if (form != NULL)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, form);
	code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(curl);
	if (code == CURLE_OK)
		body = json_loadb(buf_cstr(&answer), answer.n, 0, NULL);
	ok = code == CURLE_OK && status >= 200 && status < 300 && json_is_object(body);
	if (code != CURLE_OK)
		err_set(err, ERR_UPSTREAM, "Twilio at %.80s does not answer: %s.", t->api_url,
			curl_easy_strerror(code));
	else if (status >= 200 && status < 300 && !ok)
		err_set(err, ERR_UPSTREAM,
			"%.80s does not speak like Twilio: TWILIO_API_URL may be wrong.",
			t->api_url);
	else if (!ok)
		refused(status, body, err);
	if (ok)
		*out = body;
	else
		json_decref(body);
	buf_clear(&url);
	buf_clear(&answer);
	return ok;
}

static void form_add(struct buf *form, const char *name, const char *value)
{
	char *escaped = curl_easy_escape(NULL, value, (int)strlen(value));

	if (escaped == NULL)
		BUG("out of memory");
	buf_printf(form, "%s%s=%s", form->n == 0 ? "" : "&", name, escaped);
	curl_free(escaped);
}

/* ---- questions ------------------------------------------------------------------------------- */

static bool is_number_sid(const char *sid)
{
	return sid != NULL && strlen(sid) == 34 && strncmp(sid, "PN", 2) == 0 &&
	       strspn(sid + 2, "0123456789abcdef") == 32;
}

static const char *text_of(struct arena *a, const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text == NULL ? "" : arena_strdup(a, text);
}

bool twilio_number_find(const struct twilio_account *t, const char *e164, struct arena *a,
			struct twilio_number *out, struct err *err)
{
	struct buf path = {0};
	json_t *answer = NULL, *found = NULL, *one;
	size_t i;
	bool ok;

	buf_printf(&path, "/IncomingPhoneNumbers.json?PhoneNumber=%%2B%s", e164 + 1);
	ok = ask(t, buf_cstr(&path), NULL, &answer, err);
	buf_clear(&path);
	if (!ok)
		return false;
	json_array_foreach(json_object_get(answer, "incoming_phone_numbers"), i, one)
	{
		const char *number = json_string_value(json_object_get(one, "phone_number"));

		if (number != NULL && strcmp(number, e164) == 0)
			found = one;
	}
	ok = is_number_sid(json_string_value(json_object_get(found, "sid")));
	if (ok)
		*out = (struct twilio_number){text_of(a, found, "sid"),
					      text_of(a, found, "sms_url"),
					      text_of(a, found, "voice_url")};
	else
		err_set(err, ERR_MISSING,
			"The Twilio account %.10s... does not hold %s: buy the number there first, "
			"or "
			"give the organization the account that does.",
			t->sid, e164);
	json_decref(answer);
	return ok;
}

bool twilio_number_point(const struct twilio_account *t, const char *number_sid,
			 const char *public_url, struct arena *a, struct err *err)
{
	const char *path = arena_printf(a, "/IncomingPhoneNumbers/%s.json", number_sid);
	struct buf form = {0};
	json_t *answer = NULL;
	bool ok;

	for (size_t i = 0; i < ARRAY_LEN(points); i++) {
		form_add(&form, points[i].name,
			 public_url == NULL ? ""
					    : arena_printf(a, "%s%s%s", public_url, points[i].path,
							   points[i].fragment));
		form_add(&form, methods[i], "POST");
	}
	ok = ask(t, path, buf_cstr(&form), &answer, err);
	json_decref(answer);
	buf_clear(&form);
	return ok;
}

bool twilio_account_answers(const struct twilio_account *t, struct err *err)
{
	json_t *answer = NULL;
	bool ok = ask(t, "/IncomingPhoneNumbers.json?PageSize=1", NULL, &answer, err);

	json_decref(answer);
	return ok;
}
