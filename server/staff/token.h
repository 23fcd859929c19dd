/*
 * token.h - the staff's access tokens (JWT, HS256): made here, believed here, and the only place
 * that knows libjwt.
 *
 * libjwt checks far less than its name suggests (it takes an empty key for "do not verify", HS512
 * where HS256 was meant, ignores exp, lets the last of two equal claims win), so everything around
 * the signature is checked here: exactly three parts, each in canonical base64url; a header of alg
 * HS256 and at most typ JWT; a payload of exactly our claims, each once, of its type and value; a
 * lifetime of at most 15 minutes that has begun and not ended. A token that is refused is refused
 * in one way, whatever was wrong with it.
 *
 * A token is a claim: whether its session is still in force is the database's word (api/door.h).
 */
#ifndef SWITCHBACK_SERVER_STAFF_TOKEN_H
#define SWITCHBACK_SERVER_STAFF_TOKEN_H

#include "server/api/roles.h"
#include "server/db/row.h"
#include "shared/err.h"

#define TOKEN_LIFE_S   900
#define TOKEN_LEAD_S   10 /* iat may lie this far ahead: clocks of two machines differ */
#define TOKEN_TEXT     1024
#define TOKEN_KEY_MIN  32
#define TOKEN_ISSUER   "switchback"
#define TOKEN_AUDIENCE "switchback-staff"

struct token {
	char organization_id[ID_TEXT], user_id[ID_TEXT], session_id[ID_TEXT]; /* lower case */
	enum role role;
	int64_t issued_at, expires_at; /* seconds since 1970 */
};

/* Signs a token that is issued now and lives TOKEN_LIFE_S; t's times are set. key is JWT_SECRET. */
void token_write(struct token *t, const char *key, char out[TOKEN_TEXT]);

/* Believes text or not; *out is written only when it does. */
MUST_USE
bool token_read(struct str text, const char *key, struct token *out);

/* "Bearer TOKEN" of an Authorization header (the word in either case, one blank). */
MUST_USE
bool token_of_header(struct str header, struct str *out);

#endif
