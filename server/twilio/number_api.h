/*
 * number_api.h - the IncomingPhoneNumbers resource of Twilio's REST API (twilio.md 8.1): which
 * number is whose, and where it points. Requests built and answers read; nothing is sent here.
 */
#ifndef SWITCHBACK_SERVER_TWILIO_NUMBER_API_H
#define SWITCHBACK_SERVER_TWILIO_NUMBER_API_H

#include "server/twilio/rest.h"

/* GET .../IncomingPhoneNumbers.json?PhoneNumber=: the account's entry of this number, if it has
 * one. The account's SID has been checked (rest.h). */
void number_find_request(struct arena *a, const char *base, struct str account_sid, struct str e164,
			 struct rest_request *out);

struct number_resource {
	struct str sid; /* a checked PN... SID */
	/* where it points; empty for nowhere */
	struct str sms_url, voice_url, voice_fallback_url, status_callback;
};

/* The answer: false when it is no such JSON; *found says whether the number is there. */
MUST_USE
bool number_found_read(struct arena *a, struct str json, struct str e164,
		       struct number_resource *out, bool *found);

enum number_parts {
	NUMBER_ALL,
	NUMBER_TEXTS, /* its calls are somebody else's: ElevenLabs owns their addresses */
};

/* POST .../IncomingPhoneNumbers/{PN}.json: points the number (or those parts of it) at the
 * service's public address, with the retries that Twilio does not do out of the box; public_url
 * NULL takes these addresses away. number_sid is one that number_found_read gave. */
void number_point_request(struct arena *a, const char *base, struct str account_sid,
			  struct str number_sid, const char *public_url, enum number_parts parts,
			  struct rest_request *out);

/* Where a property of that name should point: path behind the public address; NULL for none of
 * ours. */
const char *number_point_path(const char *property);

#endif
