/*
 * session.h - signing in and who one is then: the pair of tokens, GET /api/me, the colleagues.
 */
#ifndef SWITCHBACK_SHARED_WIRE_SESSION_H
#define SWITCHBACK_SHARED_WIRE_SESSION_H

#include "shared/wire/message.h"

/* Answer of sign-in and of a refresh. Both tokens are secrets: wipe the arena's bytes or keep it
 * short. */
struct wire_tokens {
	const char *access_token, *refresh_token;
	int64_t expires_in; /* seconds, from 1 to a day */
};

struct wire_user {
	char id[WIRE_ID];
	const char *email; /* NULL among colleagues */
	const char *display_name;
	enum role_word role;
	enum language language; /* of the screen */
	bool speaks_en, speaks_fr;
	bool is_active; /* true for oneself */
	bool has_phone; /* of colleagues: their account has a number that can be rung */
};

struct wire_organization {
	char id[WIRE_ID];
	const char *slug, *name, *time_zone;
	enum language default_language;
	const char *phone_number; /* the store's own, or NULL */
};

struct wire_me {
	struct wire_user user;
	struct wire_organization organization;
	char session_id[WIRE_ID];
	const char *const *permissions; /* names of actions: "conversation.takeover", ... */
	size_t permissions_n;
	int64_t server_time;
};

struct wire_colleague_list {
	const struct wire_user *items;
	size_t n;
};

MUST_USE
bool wire_tokens_read(struct str json, struct arena *a, struct wire_tokens *out, struct err *err);
MUST_USE
bool wire_me_read(struct str json, struct arena *a, struct wire_me *out, struct err *err);
MUST_USE
bool wire_colleague_list_read(struct str json, struct arena *a, struct wire_colleague_list *out,
			      struct err *err);

#endif
