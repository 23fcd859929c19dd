/*
 * auth.h - signing in and out, and who one is.
 */
#ifndef SWITCHBACK_SERVER_API_AUTH_H
#define SWITCHBACK_SERVER_API_AUTH_H

#include "server/api/door.h"

/* POST /api/auth/login: 200, or 401 in one way for everything that is wrong about the account, 429
 * while tries are delayed, 503 when too many wait. */
web_handler login;
/* POST /api/auth/refresh: the next pair of tokens, or 401. */
web_handler refresh;

extern const struct api_row logout_row;         /* POST /api/auth/logout */
extern const struct api_row session_list_row;   /* GET /api/auth/sessions */
extern const struct api_row session_revoke_row; /* DELETE /api/auth/sessions/{id} */
extern const struct api_row me_row;             /* GET /api/me */
extern const struct api_row colleagues_row;     /* GET /api/colleagues */

/* For login.c and refresh.c: answers 200 with an access token for who and this refresh token. */
void tokens_reply(struct app *app, struct ticket t, const struct staff *who,
		  const char *refresh_token);

#endif
