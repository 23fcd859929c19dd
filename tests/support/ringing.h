/*
 * ringing.h - a call in a test's database, told of as the carrier tells it: by the functions that
 * the webhooks call (schema/functions/call.sql), with the carrier's own parameters, but without a
 * service. For tests of what staff do with a live call.
 *
 * Everything here fails the running test (cr_assert_fail) instead of returning an error.
 */
#ifndef SWITCHBACK_TESTS_SUPPORT_RINGING_H
#define SWITCHBACK_TESTS_SUPPORT_RINGING_H

#include "tests/support/db.h"

#define RINGING_SID "CA00000000000000000000000000000001" /* of the customer's leg */

struct ringing {
	struct test_db *t;
	char conversation[40], call[40]; /* the customer's leg */
	char staff[40];                  /* the newest staff leg, after ringing_staff */
};

/* +15145550199 calls store A. `bridge`: it has an agent at ElevenLabs. */
void ringing_begin(struct ringing *r, struct test_db *t, bool bridge);

/* A request about a leg, answered: the facts' member at "stage" or "staff.plan" (free it).
 * door: "next", "gather", ...; form: JSON of the carrier's parameters, or NULL; status: in our
 * words, or NULL. Takes the leg's newest document as proved when d is true. */
char *ringing_asked(const struct ringing *r, const char *leg, const char *door, const char *status,
		    const char *form, bool d, const char *member);
/* The same of what is not answered with a document. */
void ringing_told(const struct ringing *r, const char *leg, const char *door, const char *status,
		  const char *form);
/* What the caller said. */
void ringing_said(const struct ringing *r, const char *words);

/* The newest staff leg, into r->staff. */
void ringing_staff_only(struct ringing *r);
/* The same; its phone is dialled under that SID, rings, and is answered. */
void ringing_staff(struct ringing *r, const char *sid);
/* The first document of that leg, then the key: the plan of the document behind it; free it. */
char *ringing_pressed(const struct ringing *r, const char *key);

/* What a leg needs now, as the job is told, "" when it has no work; leased by the test. free it. */
char *ringing_need(const struct ringing *r, const char *leg);
/* ... and what came of it. Returns what it needs after; free it. */
char *ringing_settled(const struct ringing *r, const char *leg, const char *need,
		      const char *result, const char *sid, const char *state);
/* Time goes by for this call and its work. */
void ringing_later(const struct ringing *r, int seconds);

#endif
