/*
 * twilio.c - see twilio.h.
 */
#include "server/ctl/twilio.h"

#include "server/ctl/ask.h"

/* ---- one request ----------------------------------------------------------------------------- */

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
	const struct ask q = {.who = "Twilio",
			      .where = t->api_url,
			      .url = r->url,
			      .user = t->sid,
			      .password = t->token,
			      .body = r->body};
	struct rest_error said;
	long status;

	if (!ask_send(&q, a, &status, out, err))
		return false;
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
	*out = (struct twilio_number){
		.sid = arena_cstr(a, n.sid),
		.sms_url = arena_cstr(a, n.sms_url),
		.voice_url = arena_cstr(a, n.voice_url),
		.voice_fallback_url = arena_cstr(a, n.voice_fallback_url),
		.status_callback = arena_cstr(a, n.status_callback),
	};
	return true;
}

bool twilio_number_point(const struct twilio_account *t, const char *number_sid,
			 const char *public_url, enum number_parts parts, struct arena *a,
			 struct err *err)
{
	struct rest_request r;
	struct str answer;

	number_point_request(a, t->api_url, str_of(t->sid), str_of(number_sid), public_url, parts,
			     &r);
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
