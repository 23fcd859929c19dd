/*
 * sessions.h - which sessions are in force, remembered for a second.
 *
 * The session's row decides about every request; asking the database each time would cost a round
 * trip. What is remembered is at most SESSIONS_AGE_MS old, counted from the question and not from
 * the answer, is bounded (the oldest gives way), and is forgotten at once when the end of a session
 * is told here. Keyed by organization first: a session's id alone finds nothing.
 */
#ifndef SWITCHBACK_SERVER_STAFF_SESSIONS_H
#define SWITCHBACK_SERVER_STAFF_SESSIONS_H

#include "server/api/roles.h"
#include "server/db/row.h"

#define SESSIONS_AGE_MS 1000

/* Who asks, as the database knows them. */
struct staff {
	char organization_id[ID_TEXT], user_id[ID_TEXT], session_id[ID_TEXT];
	enum role role;   /* ROLE_NONE: the session is not in force */
	char language[3]; /* en | fr: the person's */
};

struct sessions;

struct sessions *sessions_new(void);
void sessions_free(struct sessions *s);

/* True when it is known whether this session is in force; *out says it. */
MUST_USE
bool sessions_find(const struct sessions *s, const char *organization_id, const char *session_id,
		   struct staff *out);

/* Taken when the database is asked, given back with its answer. */
struct sessions_asked {
	int64_t at_ms;
	uint64_t endings;
};
struct sessions_asked sessions_ask(const struct sessions *s);

/* What the database said (who->role ROLE_NONE: not in force). Not remembered when a session has
 * ended since it was asked: the answer may be from before. */
void sessions_learn(struct sessions *s, struct sessions_asked asked, const struct staff *who);

/* Sessions have ended: this one; all of the user (session_id NULL); all of the organization (both
 * NULL). Call it with what an event `session.ended` says. */
void sessions_ended(struct sessions *s, const char *organization_id, const char *user_id,
		    const char *session_id);

#endif
