/*
 * twilio.c - see twilio.h.
 */
#include "server/ctl/twilio.h"

#include <curl/curl.h>

#include "server/twilio/number_api.h"
#include "shared/buf.h"

#define CONNECT_MS 5000L
#define TOTAL_MS   15000L
#define ANSWER_MAX (1024u * 1024u)

/* ---- one request ----------------------------------------------------------------------------- */

static size_t on_bytes(char *p, size_t size, size_t n, void *arg)
{
	return buf_add(arg, p, size * n) ? n : 0;
}

/* What to do about an answer that is none: by status first, then by Twilio's own words. */
static bool refused(long status, const struct rest_error *said, struct err *err)
{
	if (status == 401)
		return err_set(err, ERR_DENIED,
			       "Twilio does not accept the account SID and auth token (code %d): "
			       "compare both with the Twilio console.",
			       said->code);
	if (status == 429)
		return err_set(err, ERR_BUSY,
			       "Twilio is busy with this account: try again in a minute.");
	if (status >= 500)
		return err_set(err, ERR_UPSTREAM,
			       "Twilio is in trouble (status %ld): try again later.", status);
	return err_set(err, ERR_UPSTREAM, "Twilio refused (status %ld, code %d): %.100s", status,
		       said->code, said->message.n == 0 ? "it gave no reason" : said->message.p);
}

static bool stranger(const struct twilio_account *t, struct err *err)
{
	return err_set(err, ERR_UPSTREAM,
		       "%.80s does not speak like Twilio: TWILIO_API_URL may be wrong.",
		       t->api_url);
}

/* Sends it; *out is the body of an answer 2xx, in the arena. */
static bool ask(const struct twilio_account *t, const struct rest_request *r, struct arena *a,
		struct str *out, struct err *err)
{
	struct buf answer = {.limit = ANSWER_MAX};
	CURL *curl = curl_easy_init();
	struct rest_error said;
	long status = 0;
	CURLcode code;

	if (curl == NULL)
		BUG("no curl");
	curl_easy_setopt(curl, CURLOPT_URL, r->url);
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
	if (r->body.p != NULL)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, r->body.p);
	code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(curl);
	*out = arena_str(a, buf_str(&answer));
	buf_clear(&answer);
	if (code != CURLE_OK)
		return err_set(err, ERR_UPSTREAM, "Twilio at %.80s does not answer: %s.",
			       t->api_url, curl_easy_strerror(code));
	if (status >= 200 && status < 300)
		return true;
	rest_error_read(a, *out, &said);
	return refused(status, &said, err);
}

/* ---- questions ------------------------------------------------------------------------------- */

bool twilio_number_find(const struct twilio_account *t, const char *e164, struct arena *a,
			struct twilio_number *out, struct err *err)
{
	struct number_resource n;
	struct rest_request r;
	struct str answer;
	bool found;

	number_find_request(a, t->api_url, str_of(t->sid), str_of(e164), &r);
	if (!ask(t, &r, a, &answer, err))
		return false;
	if (!number_found_read(a, answer, str_of(e164), &n, &found))
		return stranger(t, err);
	if (!found)
		return err_set(err, ERR_MISSING,
			       "The Twilio account %.10s... does not hold %s: buy the number there "
			       "first, or give the organization the account that does.",
			       t->sid, e164);
	*out = (struct twilio_number){arena_cstr(a, n.sid), arena_cstr(a, n.sms_url),
				      arena_cstr(a, n.voice_url)};
	return true;
}

bool twilio_number_point(const struct twilio_account *t, const char *number_sid,
			 const char *public_url, struct arena *a, struct err *err)
{
	struct rest_request r;
	struct str answer;

	number_point_request(a, t->api_url, str_of(t->sid), str_of(number_sid), public_url, &r);
	return ask(t, &r, a, &answer, err);
}

bool twilio_account_answers(const struct twilio_account *t, struct err *err)
{
	struct arena a = {0};
	struct rest_request r = {.url = rest_url(&a, t->api_url, str_of(t->sid),
						 "/IncomingPhoneNumbers.json?PageSize=1")};
	struct str answer;
	json_t *j = NULL;
	bool ok = ask(t, &r, &a, &answer, err);

	if (ok) {
		j = rest_object(answer);
		ok = j != NULL || stranger(t, err);
	}
	json_decref(j);
	arena_free(&a);
	return ok;
}
