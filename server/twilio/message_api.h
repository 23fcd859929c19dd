/*
 * message_api.h - the Messages resource of Twilio's REST API, 2010-04-01 (twilio.md 8.1 to 8.3):
 * requests built and answers read. Nothing is sent here.
 *
 * `base` is TWILIO_API_URL. An account's SID is checked by the caller (sid_is) before it enters a
 * path. Answers come from outside: every member's type and range is checked, and what is not as
 * documented reads as absent.
 */
#ifndef SWITCHBACK_SERVER_TWILIO_MESSAGE_API_H
#define SWITCHBACK_SERVER_TWILIO_MESSAGE_API_H

#include "server/twilio/rest.h"

/* POST .../Messages.json. status_callback is the URL for delivery news. */
void message_create_request(struct arena *a, const char *base, struct str account_sid,
			    struct str from, struct str to, struct str text,
			    const char *status_callback, struct rest_request *out);

/* GET .../Messages.json: messages from us to this number, newest first; page_size at most 1000. Not
 * filtered by DateSent: a message that the carrier still queues has none (8.2), and would be
 * missing. */
void message_list_request(struct arena *a, const char *base, struct str account_sid,
			  struct str from, struct str to, unsigned page_size,
			  struct rest_request *out);

struct message_resource {
	struct str sid;    /* a checked SID, or empty: then this is no message */
	struct str status; /* the carrier's word */
	struct str from, to, body, direction;
	int64_t created_us; /* date_created; 0: absent */
	int error_code;     /* of a message that failed; 0: none */
};

/* The answer of a create (201) or fetch (200). False: it is no such JSON. */
bool message_read(struct arena *a, struct str json, struct message_resource *out);

struct message_page {
	struct message_resource *messages;
	size_t n;
	bool more; /* there is a next page */
};

bool message_page_read(struct arena *a, struct str json, struct message_page *out);

#endif
