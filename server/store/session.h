/*
 * session.h - staff's accounts and sign-ins in the database; schema/functions/session.sql holds the
 * transactions.
 */
#ifndef SWITCHBACK_SERVER_STORE_SESSION_H
#define SWITCHBACK_SERVER_STORE_SESSION_H

#include "server/db/db.h"

#define SESSION_HASH_MAX 64
#define SESSION_ROLE_MAX 20

struct sign_in_found {
	char organization[ID_TEXT], user[ID_TEXT]; /* empty: there is none */
	char hash[SESSION_HASH_MAX];               /* empty: it cannot sign in */
	unsigned wait_s;                           /* after wrong passwords */
	bool known;                                /* has signed in from that address */
};

/* address is an address or NULL, here and below. */
void sign_in_find(struct flow *f, struct db *db, struct str slug, struct str email,
		  const char *address, struct sign_in_found *out);

/* organization is not empty; user may be. */
void sign_in_refused(struct flow *f, struct db *db, const struct sign_in_found *who,
		     const char *address, const char *request);

struct sign_in {
	const struct sign_in_found *who;
	const char *renewed;               /* a new hash of the same password, or NULL */
	const char *family_hash, *refresh; /* bytea as text */
	const char *client, *address;      /* or NULL */
	const char *request;
};

struct session_made {
	bool made; /* false: the account has changed meanwhile */
	char session[ID_TEXT];
	char role[SESSION_ROLE_MAX];
};
void sign_in_done(struct flow *f, struct db *db, const struct sign_in *s, struct session_made *out);

struct session_refreshed {
	bool ok, reused;
	char organization[ID_TEXT], session[ID_TEXT], user[ID_TEXT];
	char role[SESSION_ROLE_MAX];
};
/* Asked at most once: a lost answer is what the token before the newest is good for. */
void session_refresh(struct flow *f, struct db *db, const char *family_hash, const char *shown,
		     const char *next, const char *address, const char *request,
		     struct session_refreshed *out);

struct session_found {
	bool in_force;
	char user[ID_TEXT];
	char role[SESSION_ROLE_MAX];
	char language[3];
};
void session_find(struct flow *f, struct db *db, const char *organization, const char *session,
		  struct session_found *out);

#endif
