/*
 * uplink_ear.h - the console's link with nobody behind it: what it tells is written down, so that a
 * test can wait for it and look at it.
 */
#ifndef SWITCHBACK_TESTS_SUPPORT_UPLINK_EAR_H
#define SWITCHBACK_TESTS_SUPPORT_UPLINK_EAR_H

#include "tui/link/uplink.h"

#define EAR_MAX 4096

struct heard {
	enum msg_kind kind;
	uint32_t id;
	enum link_state link;
	int64_t newest, seq, as_of, epoch;
	size_t count;
	int status, retry_s, retry_after_s;
	char code[64], holder_name[64], text[128], conversation_id[64];
};

struct ear {
	struct uplink *uplink;
	struct heard all[EAR_MAX];
	size_t n;
	uint32_t last_id;
};

/* url as in script_url(); state_dir NULL: nothing is kept. Ends the test when it cannot. */
struct ear *ear_open(const struct uplink_options *o);
void ear_close(struct ear *e);

/* Turns the link until the n-th message of that kind has been heard (from 1), or the test ends
 * after `ms`; returns it. */
const struct heard *ear_hear(struct ear *e, enum msg_kind kind, size_t n, int ms);
/* The same for a state of the line. */
const struct heard *ear_hear_link(struct ear *e, enum link_state state, size_t n, int ms);
/* Turns the link for that long, or until `done` says so. */
bool ear_turn(struct ear *e, int ms, bool (*done)(void *with), void *with);
size_t ear_count(const struct ear *e, enum msg_kind kind);
/* The answer to a wish, whichever it is. */
const struct heard *ear_answer(struct ear *e, uint32_t id, int ms);

/* Wishes; each gives its id. */
uint32_t ear_sign_in(struct ear *e, const char *organization, const char *email,
		     const char *password);
uint32_t ear_follow(struct ear *e, int64_t after);
uint32_t ear_ask(struct ear *e, enum outgoing_kind kind, const char *conversation_id);
uint32_t ear_say(struct ear *e, enum outgoing_kind kind, const char *conversation_id, int64_t epoch,
		 const char *text, uint32_t again);

/* What a service answers, for scripts. */
#define EAR_ID(n) "00000000-0000-4000-8000-00000000000" #n
#define EAR_TOKENS(access, refresh, seconds)                                                  \
	"{\"access_token\":\"" access "\",\"token_type\":\"Bearer\",\"expires_in\":" #seconds \
	",\"refresh_token\":\"" refresh "\"}"
extern const char ear_me[];
extern const char ear_conversation[]; /* EAR_ID(3), epoch 2 */
extern const char ear_message[];      /* EAR_ID(4) in it */
extern const char ear_connection[];   /* the whole event; newest is 3 */

#endif
