/*
 * numbers.c - see numbers.h.
 */
#include "tests/sim/numbers.h"

#include "shared/clock.h"

const struct sim_field sim_number_fields[SIM_NUMBER_FIELDS] = {
	[SIM_SMS_URL] = {"SmsUrl", "sms_url", SIM_FIELD_URL},
	[SIM_SMS_METHOD] = {"SmsMethod", "sms_method", SIM_FIELD_METHOD},
	[SIM_SMS_FALLBACK_URL] = {"SmsFallbackUrl", "sms_fallback_url", SIM_FIELD_URL},
	[SIM_SMS_FALLBACK_METHOD] = {"SmsFallbackMethod", "sms_fallback_method", SIM_FIELD_METHOD},
	[SIM_VOICE_URL] = {"VoiceUrl", "voice_url", SIM_FIELD_URL},
	[SIM_VOICE_METHOD] = {"VoiceMethod", "voice_method", SIM_FIELD_METHOD},
	[SIM_VOICE_FALLBACK_URL] = {"VoiceFallbackUrl", "voice_fallback_url", SIM_FIELD_URL},
	[SIM_VOICE_FALLBACK_METHOD] = {"VoiceFallbackMethod", "voice_fallback_method",
				       SIM_FIELD_METHOD},
	[SIM_STATUS_CALLBACK] = {"StatusCallback", "status_callback", SIM_FIELD_URL},
	[SIM_STATUS_CALLBACK_METHOD] = {"StatusCallbackMethod", "status_callback_method",
					SIM_FIELD_METHOD},
	[SIM_FRIENDLY_NAME] = {"FriendlyName", "friendly_name", SIM_FIELD_TEXT},
};

struct sim_number *sim_number_add(struct sim_numbers *ns, unsigned account, const char *account_sid,
				  struct str phone)
{
	struct sim_number *n;
	char name[SIM_SID + PHONE_MAX + 1];

	if (ns->n == SIM_NUMBERS_MAX)
		return NULL;
	n = xcalloc(1, sizeof *n);
	snprintf(name, sizeof name, "%s " STR_FMT, account_sid, STR_ARG(phone));
	sim_sid_of("PN", str_of(name), n->sid);
	snprintf(n->phone, sizeof n->phone, STR_FMT, STR_ARG(phone));
	n->account = account;
	n->created_us = clock_wall_us();
	n->updated_us = n->created_us;
	for (int f = 0; f < SIM_NUMBER_FIELDS; f++)
		n->set[f] = xstrdup(sim_number_fields[f].kind == SIM_FIELD_METHOD ? "POST" : "");
	sim_number_set(n, SIM_FRIENDLY_NAME, phone);
	ns->at = xrealloc(ns->at, (ns->n + 1) * sizeof(struct sim_number *));
	ns->at[ns->n++] = n;
	return n;
}

static void number_free(struct sim_number *n)
{
	for (int f = 0; f < SIM_NUMBER_FIELDS; f++)
		free(n->set[f]);
	free(n);
}

void sim_number_remove(struct sim_numbers *ns, struct sim_number *n)
{
	size_t i = 0;

	while (ns->at[i] != n)
		i++;
	memmove(&ns->at[i], &ns->at[i + 1], (ns->n - i - 1) * sizeof(struct sim_number *));
	ns->n--;
	number_free(n);
}

void sim_number_set(struct sim_number *n, enum sim_number_field f, struct str value)
{
	char *copy = xmalloc(value.n + 1);

	if (value.n > 0)
		memcpy(copy, value.p, value.n);
	copy[value.n] = '\0';
	free(n->set[f]);
	n->set[f] = copy;
	n->updated_us = clock_wall_us();
}

struct sim_number *sim_number_find(const struct sim_numbers *ns, struct str phone)
{
	for (size_t i = 0; i < ns->n; i++) {
		if (str_is(phone, ns->at[i]->phone))
			return ns->at[i];
	}
	return NULL;
}

struct sim_number *sim_number_by_sid(const struct sim_numbers *ns, struct str sid)
{
	for (size_t i = 0; i < ns->n; i++) {
		if (str_is(sid, ns->at[i]->sid))
			return ns->at[i];
	}
	return NULL;
}

struct sim_number *sim_number_in_service(const struct sim_numbers *ns, struct str service)
{
	for (size_t i = 0; i < ns->n; i++) {
		if (str_is(service, ns->at[i]->service))
			return ns->at[i];
	}
	return NULL;
}

void sim_numbers_clear(struct sim_numbers *ns)
{
	for (size_t i = 0; i < ns->n; i++)
		number_free(ns->at[i]);
	free(ns->at);
	*ns = (struct sim_numbers){0};
}

bool sim_url_callable(struct str url)
{
	struct str rest, host;

	if (url.n > 4000)
		return false;
	if (str_starts(url, STR_LIT("https://")))
		rest = str_sub(url, 8, url.n);
	else if (str_starts(url, STR_LIT("http://")))
		rest = str_sub(url, 7, url.n);
	else
		return false;
	host = rest;
	for (size_t i = 0; i < rest.n; i++) {
		if ((unsigned char)rest.p[i] <= ' ')
			return false;
	}
	for (size_t i = 0; i < rest.n; i++) {
		if (rest.p[i] == '/' || rest.p[i] == '?' || rest.p[i] == '#') {
			host.n = i;
			break;
		}
	}
	return host.n > 0 && str_find_char(host, '_') < 0;
}
