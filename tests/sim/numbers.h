/*
 * numbers.h - the numbers that the practice line owns, and what each was configured with.
 *
 * One table names each setting twice, as the API's form field and as the resource's member, so
 * that what is stored is what is shown.
 */
#ifndef SWITCHBACK_TESTS_SIM_NUMBERS_H
#define SWITCHBACK_TESTS_SIM_NUMBERS_H

#include "shared/phone.h"
#include "tests/sim/sids.h"

enum sim_number_field {
	SIM_SMS_URL,
	SIM_SMS_METHOD,
	SIM_SMS_FALLBACK_URL,
	SIM_SMS_FALLBACK_METHOD,
	SIM_VOICE_URL,
	SIM_VOICE_METHOD,
	SIM_VOICE_FALLBACK_URL,
	SIM_VOICE_FALLBACK_METHOD,
	SIM_STATUS_CALLBACK,
	SIM_STATUS_CALLBACK_METHOD,
	SIM_FRIENDLY_NAME,
	SIM_NUMBER_FIELDS,
};

enum sim_field_kind { SIM_FIELD_TEXT, SIM_FIELD_URL, SIM_FIELD_METHOD };

struct sim_field {
	const char *form, *member;
	enum sim_field_kind kind;
};
extern const struct sim_field sim_number_fields[SIM_NUMBER_FIELDS];

struct sim_number {
	char sid[SIM_SID];
	char phone[PHONE_MAX];
	char service[SIM_SID]; /* the messaging service it is in, "" if none */
	unsigned account;
	bool caller_id_lookup;
	char *set[SIM_NUMBER_FIELDS]; /* owned, never NULL */
	int64_t created_us, updated_us;
};

#define SIM_NUMBERS_MAX 5000

struct sim_numbers {
	struct sim_number **at;
	size_t n;
};

/* A new one with POST everywhere and no URLs; its SID follows from account and number. NULL when
 * there are SIM_NUMBERS_MAX. */
struct sim_number *sim_number_add(struct sim_numbers *ns, unsigned account, const char *account_sid,
				  struct str phone);
void sim_number_remove(struct sim_numbers *ns, struct sim_number *n);
void sim_number_set(struct sim_number *n, enum sim_number_field f, struct str value);
struct sim_number *sim_number_find(const struct sim_numbers *ns, struct str phone);
struct sim_number *sim_number_by_sid(const struct sim_numbers *ns, struct str sid);
/* The first number of that messaging service, NULL if it has none. */
struct sim_number *sim_number_in_service(const struct sim_numbers *ns, struct str service);
void sim_numbers_clear(struct sim_numbers *ns);

/* http:// or https:// with a host that Twilio would call: no '_' in it, at most 4000 bytes. */
bool sim_url_callable(struct str url);

#endif
