/*
 * twilio.h - the few things that an operator's command asks of Twilio's REST API (twilio.md 8.1):
 * which number is whose, and where it points. Synchronous, bounded, no redirects.
 */
#ifndef SWITCHBACK_SERVER_CTL_TWILIO_H
#define SWITCHBACK_SERVER_CTL_TWILIO_H

#include "server/twilio/number_api.h"
#include "shared/arena.h"
#include "shared/err.h"
#include "shared/str.h"

struct twilio_account {
	const char *api_url, *sid, *token;
};

/* Where a number points; texts in the arena, "" for nothing. */
struct twilio_number {
	const char *sid; /* PN... */
	const char *sms_url, *voice_url, *voice_fallback_url, *status_callback;
};

/* The account's number; ERR_MISSING when the account does not hold it. */
MUST_USE
bool twilio_number_find(const struct twilio_account *t, const char *e164, struct arena *a,
			struct twilio_number *out, struct err *err);

/* Points it, or those parts of it, at public_url, with retries asked for in the URL's fragment;
 * NULL takes these addresses away. */
MUST_USE
bool twilio_number_point(const struct twilio_account *t, const char *number_sid,
			 const char *public_url, enum number_parts parts, struct arena *a,
			 struct err *err);

/* Do the account and its token answer? */
MUST_USE
bool twilio_account_answers(const struct twilio_account *t, struct err *err);

#endif
