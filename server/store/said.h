/*
 * said.h - what was said on a bridged call in the database: schema/functions/call_said.sql.
 */
#ifndef SWITCHBACK_SERVER_STORE_SAID_H
#define SWITCHBACK_SERVER_STORE_SAID_H

#include "server/db/db.h"

enum said_kind {
	SAID_BEGAN, /* their conversation `key` began */
	SAID_LINE,
	SAID_CORRECTION, /* the agent's line `key` was cut to `body` */
	SAID_REDACTION,  /* the line `key` is `body` without what began in it */
	SAID_OVER,       /* all that was said in the conversation `key` has been told */
};

/* Texts are valid UTF-8 without NUL. */
struct said {
	enum said_kind kind;
	struct str key, body;
	bool customer;
	const char *language; /* en, fr or NULL */
	int correction;       /* 1, 2, ... of that line */
	int64_t heard_ms;     /* when a line was heard, monotonic */
};

struct said_call {
	const char *organization, *conversation, *call;
	int64_t epoch; /* that the agent speaks under */
};

struct said_kept {
	int kept, corrected, refused;
};

/* Keeps them all, in order, in one round trip; or none. Again without harm. */
void said_keep(struct flow *f, struct db *db, const struct said_call *call, const struct said *told,
	       size_t n, int64_t now_ms, struct said_kept *out);

#endif
