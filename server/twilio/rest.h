/*
 * rest.h - what all resources of Twilio's REST API, 2010-04-01, have in common (twilio.md section
 * 8): where they live, how an answer is read, what an error says. Nothing is sent here.
 *
 * Answers come from outside. They are read strictly (one JSON object, no name twice); a member of
 * another type or out of range than documented reads as absent; unknown members are ignored.
 */
#ifndef SWITCHBACK_SERVER_TWILIO_REST_H
#define SWITCHBACK_SERVER_TWILIO_REST_H

#include <jansson.h>

#include "shared/arena.h"
#include "shared/str.h"

/* A request: POST with a form when it has a body, else GET. */
struct rest_request {
	const char *url;
	struct str body; /* application/x-www-form-urlencoded; {NULL, 0} for GET */
};

/* "{base}/2010-04-01/Accounts/{account}{path}". The account must be an AC... SID: whoever took it
 * from outside has checked that (else a BUG); a SID inside `path`, too. `base` may end in '/'. */
const char *rest_url(struct arena *a, const char *base, struct str account_sid, const char *path);

/* The JSON object of an answer, the caller's (json_decref), or NULL when it is none. */
json_t *rest_object(struct str json);

/* Members; the text is a copy in the arena, {NULL, 0} when absent. */
struct str rest_text(struct arena *a, const json_t *object, const char *name);
/* 0 when absent or not in 1..max. */
int rest_int(const json_t *object, const char *name, int max);
/* Microseconds since 1970; 0 when absent. */
int64_t rest_date(const json_t *object, const char *name);

/* RFC 2822, "Tue, 03 Nov 2026 14:05:09 +0000": the weekday may be missing, the zone be GMT or UTC.
 */
MUST_USE
bool rest_date_parse(struct str text, int64_t *wall_us);

/* An error's body (8.3): code 0 and empty texts where it is absent, no JSON, or says nothing. */
struct rest_error {
	int code, status;
	struct str message, more_info;
};
void rest_error_read(struct arena *a, struct str json, struct rest_error *out);

#endif
