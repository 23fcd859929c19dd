/*
 * account.c - one's own account and sign-ins: rows of the API (auth.h).
 */
#include "server/api/auth.h"
#include "server/app.h"
#include "server/staff/token.h"

const struct api_row logout_row = {
	.statement = {"logout", "SELECT outcome, body FROM session_end($1, $2, $3, $4, $5)", 5,
		      true},
	.params = {FROM(API_ORG), FROM(API_USER), FROM(API_SESSION), FROM(API_ADDRESS),
		   FROM(API_REQUEST)},
	.command = true,
	.ends_sessions = true,
};

const struct api_row session_list_row = {
	.statement = {"session_list", "SELECT outcome, body FROM session_list($1, $2, $3)", 3,
		      true},
	.params = {FROM(API_ORG), FROM(API_USER), FROM(API_SESSION)},
};

const struct api_row session_revoke_row = {
	.statement = {"session_revoke",
		      "SELECT outcome, body FROM session_revoke($1, $2, $3, $4, $5, $6, $7)", 7,
		      true},
	.params = {FROM(API_ORG), FROM(API_USER), FROM(API_SESSION), FROM_MAY("user.manage"),
		   FROM_PATH("id", FIELD_ID), FROM(API_ADDRESS), FROM(API_REQUEST)},
	.command = true,
	.ends_sessions = true,
};

const struct api_row me_row = {
	.statement = {"me", "SELECT outcome, body FROM staff_me($1, $2, $3, $4)", 4, true},
	.params = {FROM(API_ORG), FROM(API_USER), FROM(API_SESSION), FROM(API_ACTIONS)},
};

const struct api_row colleagues_row = {
	.statement = {"colleagues", "SELECT outcome, body FROM staff_list($1)", 1, true},
	.params = {FROM(API_ORG)},
};

void tokens_reply(struct app *app, struct ticket t, const struct staff *who,
		  const char *refresh_token)
{
	struct token token = {.role = who->role};
	char access[TOKEN_TEXT], body[TOKEN_TEXT + 200];
	int n;

	snprintf(token.organization_id, ID_TEXT, "%s", who->organization_id);
	snprintf(token.user_id, ID_TEXT, "%s", who->user_id);
	snprintf(token.session_id, ID_TEXT, "%s", who->session_id);
	token_write(&token, app->settings->jwt_secret, access);
	n = snprintf(body, sizeof body,
		     "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":%d,"
		     "\"refresh_token\":\"%s\"}",
		     access, TOKEN_LIFE_S, refresh_token);
	if (n < 0 || (size_t)n >= sizeof body)
		BUG("tokens of %d bytes", n);
	web_reply(t, 200, "application/json", str_make(body, (size_t)n));
	explicit_bzero(access, sizeof access);
	explicit_bzero(body, sizeof body);
}
