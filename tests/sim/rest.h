/*
 * rest.h - Twilio's API, as far as messages, calls and numbers go: a question in, an answer out. It
 * knows no socket; faults are the door's business (twilio.md 8, checked against Twilio's OpenAPI
 * file in tests/flow/sim_rest.c and sim_voice_rest.c). What concerns calls: voice/rest_*.c.
 */
#ifndef SWITCHBACK_TESTS_SIM_REST_H
#define SWITCHBACK_TESTS_SIM_REST_H

#include "tests/sim/json.h"
#include "tests/sim/sim.h"

struct sim_ask {
	struct str method, path, query, body;
	struct str content_type, authorization; /* headers; empty when absent */
	struct sim_pairs params;                /* of query and form; see sim_rest_read */
	enum sim_fault_on on;                   /* which switches fit it */
};

struct sim_answer {
	int status;
	struct str body; /* in the arena; empty with 204 and 307 */
	const char *content_type;
	const char *location; /* NULL if none */
	int retry_after;      /* seconds; 0: no header */
	bool challenge;       /* WWW-Authenticate */
	int code;             /* Twilio's error code, 0 if none */
	char sid[SIM_SID];    /* the message that it is about, "" if none */
	struct sim_text
		*accepted; /* the text that a send created: the carrier takes it from here */
};

/* Splits query and form and says what kind of request it is. Once, before anything else. */
void sim_rest_read(struct arena *a, struct sim_ask *ask);
/* The phone that it is about, empty if none: switches may name it. */
struct str sim_rest_phone(const struct sim *s, const struct sim_ask *ask);

/* Does it. */
void sim_rest(struct sim *s, struct arena *a, const struct sim_ask *ask, struct sim_answer *out);

/* {code, message, more_info, status}; text NULL takes the table's sentence. */
void sim_rest_refuse(struct arena *a, struct sim_answer *out, int code, const char *text);

/* ---- between the files of rest ---- */

struct sim_call {
	struct sim *sim;
	struct arena *arena;
	const struct sim_ask *ask;
	struct sim_answer *out;
	unsigned account;   /* index; it has shown its credentials */
	bool known;         /* it has: media may be asked for without */
	struct str part[8]; /* path behind Accounts/{AC}, without .json */
	unsigned parts;
	bool json;                /* the path ended in .json */
	const char *account_path; /* "/2010-04-01/Accounts/AC..." */
};

bool sim_call_is(const struct sim_call *c, const char *method);
void sim_call_refuse(struct sim_call *c, int code, const char *text);
void sim_call_missing(struct sim_call *c);
/* Takes over what b holds as the body. */
void sim_call_reply(struct sim_call *c, int status, struct buf *b);
/* 20001 for every form field that is not in the list (NULL-ended): known, ignored. */
void sim_call_know_only(struct sim_call *c, const char *const *names);

struct sim_page {
	unsigned page, size;
	struct str token;
};
/* False when the answer is written already. */
MUST_USE
bool sim_page_read(struct sim_call *c, struct sim_page *out);
/* The envelope's members behind the list; tokens are "" where there is no such page. */
void sim_page_write(struct sim_call *c, const struct sim_page *p, size_t n, const char *next_token,
		    const char *previous_token, struct buf *b);

/* Of a list that is all there: the page asked for, as a slice of n; writes nothing. */
struct sim_slice {
	size_t from, n;
	char next[24], previous[24]; /* tokens, "" if there is no such page */
};
struct sim_slice sim_page_slice(const struct sim_page *p, size_t n);

void sim_rest_messages(struct sim_call *c);
void sim_rest_message(struct sim_call *c);
void sim_rest_media(struct sim_call *c);
void sim_rest_numbers(struct sim_call *c);
void sim_rest_number(struct sim_call *c);
void sim_rest_calls(struct sim_call *c);          /* Calls, and below: by the number of parts */
void sim_rest_streams(struct sim_call *c);        /* Calls/{CA}/Streams */
void sim_rest_transcriptions(struct sim_call *c); /* Calls/{CA}/Transcriptions */
void sim_rest_conferences(struct sim_call *c);    /* Conferences, and their Participants */
void sim_rest_recordings(struct sim_call *c);     /* Recordings */

#endif
