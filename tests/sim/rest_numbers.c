/*
 * rest_numbers.c - IncomingPhoneNumbers: find, configure, acquire, give back.
 */
#include "tests/sim/errors.h"
#include "tests/sim/rest.h"

static void number_write(struct sim_call *c, const struct sim_number *n, struct buf *b)
{
	static const char *const empty[] = {"address_sid",
					    "identity_sid",
					    "trunk_sid",
					    "bundle_sid",
					    "emergency_address_sid",
					    "sms_application_sid",
					    "voice_application_sid",
					    NULL};

	sim_json_open(b, NULL, '{');
	sim_json_cstr(b, "account_sid", c->sim->accounts[n->account].sid);
	sim_json_cstr(b, "address_requirements", "none");
	sim_json_cstr(b, "api_version", "2010-04-01");
	sim_json_bool(b, "beta", false);
	sim_json_open(b, "capabilities", '{');
	sim_json_bool(b, "voice", true);
	sim_json_bool(b, "sms", true);
	sim_json_bool(b, "mms", true);
	sim_json_bool(b, "fax", false);
	sim_json_close(b, '}');
	sim_json_date(b, "date_created", n->created_us);
	sim_json_date(b, "date_updated", n->updated_us);
	sim_json_cstr(b, "emergency_address_status", "unregistered");
	sim_json_cstr(b, "emergency_status", "Inactive");
	for (size_t i = 0; empty[i] != NULL; i++)
		sim_json_null(b, empty[i]);
	for (int f = 0; f < SIM_NUMBER_FIELDS; f++)
		sim_json_cstr(b, sim_number_fields[f].member, n->set[f]);
	sim_json_cstr(b, "origin", "twilio");
	sim_json_cstr(b, "phone_number", n->phone);
	sim_json_cstr(b, "sid", n->sid);
	sim_json_cstr(b, "status", "in-use");
	sim_json_cstr(b, "type", "local");
	sim_json_printf(b, "uri", "%s/IncomingPhoneNumbers/%s.json", c->account_path, n->sid);
	sim_json_bool(b, "voice_caller_id_lookup", n->caller_id_lookup);
	sim_json_cstr(b, "voice_receive_mode", "voice");
	sim_json_close(b, '}');
}

static void number_reply(struct sim_call *c, int status, const struct sim_number *n)
{
	struct buf b = {0};

	number_write(c, n, &b);
	sim_call_reply(c, status, &b);
}

/* The fields as they would be: given, else what is there (n may be NULL). 0 or an error code. */
static int fields_check(const struct sim_call *c, const struct sim_number *n)
{
	const struct sim_pairs *p = &c->ask->params;
	struct str after[SIM_NUMBER_FIELDS];

	for (int f = 0; f < SIM_NUMBER_FIELDS; f++) {
		const struct str *given = sim_pairs_get(p, sim_number_fields[f].form);

		after[f] = given != NULL ? *given : str_of(n == NULL ? "" : n->set[f]);
		if (given == NULL)
			continue;
		if (sim_number_fields[f].kind == SIM_FIELD_METHOD && !str_is(*given, "POST") &&
		    !str_is(*given, "GET"))
			return 20422;
		if (sim_number_fields[f].kind == SIM_FIELD_URL && given->n > 0 &&
		    !sim_url_callable(*given))
			return 21502;
	}
	if (after[SIM_SMS_FALLBACK_URL].n > 0 && after[SIM_SMS_URL].n == 0)
		return 21406;
	if (after[SIM_VOICE_FALLBACK_URL].n > 0 && after[SIM_VOICE_URL].n == 0)
		return 21405;
	return 0;
}

static void fields_take(struct sim_call *c, struct sim_number *n)
{
	const struct sim_pairs *p = &c->ask->params;
	const struct str *lookup = sim_pairs_get(p, "VoiceCallerIdLookup");

	for (int f = 0; f < SIM_NUMBER_FIELDS; f++) {
		const struct str *given = sim_pairs_get(p, sim_number_fields[f].form);

		if (given != NULL)
			sim_number_set(n, (enum sim_number_field)f, *given);
	}
	if (lookup != NULL)
		n->caller_id_lookup = str_is(*lookup, "true");
}

static void known_only(struct sim_call *c)
{
	static const char *const known[] = {"SmsUrl",
					    "SmsMethod",
					    "SmsFallbackUrl",
					    "SmsFallbackMethod",
					    "VoiceUrl",
					    "VoiceMethod",
					    "VoiceFallbackUrl",
					    "VoiceFallbackMethod",
					    "StatusCallback",
					    "StatusCallbackMethod",
					    "FriendlyName",
					    "VoiceCallerIdLookup",
					    "PhoneNumber",
					    "AreaCode",
					    "AccountSid",
					    "ApiVersion",
					    "SmsApplicationSid",
					    "VoiceApplicationSid",
					    "EmergencyStatus",
					    "EmergencyAddressSid",
					    "TrunkSid",
					    "VoiceReceiveMode",
					    "IdentitySid",
					    "AddressSid",
					    "BundleSid",
					    NULL};

	sim_call_know_only(c, known);
}

static void number_create(struct sim_call *c)
{
	struct str phone = sim_pairs_value(&c->ask->params, "PhoneNumber");
	char url[SIM_URL];
	struct sim_number *n;
	int code;

	known_only(c);
	if (!phone_valid(phone)) {
		sim_call_refuse(c, 21421, NULL);
		return;
	}
	code = fields_check(c, NULL);
	if (code == 0 && sim_number_find(&c->sim->numbers, phone) != NULL)
		code = 21422;
	if (code != 0) {
		sim_call_refuse(c, code, NULL);
		return;
	}
	n = sim_number_add(&c->sim->numbers, c->account, c->sim->accounts[c->account].sid, phone);
	if (n == NULL) {
		sim_call_refuse(c, 21422, NULL);
		return;
	}
	sim_default_url(c->sim, "sms", url);
	sim_number_set(n, SIM_SMS_URL, str_of(url));
	fields_take(c, n);
	number_reply(c, 201, n);
}

/* As Twilio matches: the digits occur in the number, '*' is any digit. */
static bool phone_matches(struct str pattern, const char *phone)
{
	size_t n = strlen(phone);

	for (size_t at = 0; at + pattern.n <= n; at++) {
		size_t i;

		for (i = 0; i < pattern.n && (pattern.p[i] == '*' || pattern.p[i] == phone[at + i]);
		     i++)
			;
		if (i == pattern.n)
			return true;
	}
	return false;
}

static void numbers_list(struct sim_call *c)
{
	static const char *const known[] = {"PhoneNumber", "FriendlyName", "Beta",      "Origin",
					    "PageSize",    "Page",         "PageToken", NULL};
	struct str phone = sim_pairs_value(&c->ask->params, "PhoneNumber");
	struct str name = sim_pairs_value(&c->ask->params, "FriendlyName");
	struct buf b = {.limit = 8u * 1024 * 1024};
	size_t matched = 0, shown = 0;
	struct sim_page p;

	sim_call_know_only(c, known);
	if (!sim_page_read(c, &p))
		return;
	sim_json_open(&b, NULL, '{');
	sim_json_open(&b, "incoming_phone_numbers", '[');
	for (size_t i = 0; i < c->sim->numbers.n; i++) {
		const struct sim_number *n = c->sim->numbers.at[i];

		if (n->account != c->account || (phone.n > 0 && !phone_matches(phone, n->phone)) ||
		    (name.n > 0 && !str_is(name, n->set[SIM_FRIENDLY_NAME])))
			continue;
		if (matched++ < (size_t)p.page * p.size || shown == p.size)
			continue;
		number_write(c, n, &b);
		shown++;
	}
	sim_json_close(&b, ']');
	sim_page_write(c, &p, shown, matched > ((size_t)p.page + 1) * p.size ? "PAPN" : "",
		       p.page > 0 ? "PBPN" : "", &b);
	sim_json_close(&b, '}');
	sim_call_reply(c, 200, &b);
}

void sim_rest_numbers(struct sim_call *c)
{
	if (sim_call_is(c, "GET"))
		numbers_list(c);
	else if (sim_call_is(c, "POST"))
		number_create(c);
	else
		sim_call_refuse(c, 20004, NULL);
}

void sim_rest_number(struct sim_call *c)
{
	struct sim_number *n = sim_number_by_sid(&c->sim->numbers, c->part[1]);
	int code;

	if (n == NULL || n->account != c->account) {
		sim_call_missing(c);
		return;
	}
	if (sim_call_is(c, "GET")) {
		number_reply(c, 200, n);
	} else if (sim_call_is(c, "POST")) {
		known_only(c);
		code = fields_check(c, n);
		if (code != 0) {
			sim_call_refuse(c, code, NULL);
			return;
		}
		fields_take(c, n);
		number_reply(c, 200, n);
	} else if (sim_call_is(c, "DELETE")) {
		sim_number_remove(&c->sim->numbers, n);
		c->out->status = 204;
	} else {
		sim_call_refuse(c, 20004, NULL);
	}
}
