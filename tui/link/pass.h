/*
 * pass.h - the console's right to ask: signing in, the access token and its renewal, signing out.
 *
 * The access token lives in memory only. It is renewed ahead of its end, and once when the service
 * no longer takes it; there is one renewal at a time, whoever asks for it. A renewal that the
 * service refuses is the end of the session; one that gets no answer is tried again. The refresh
 * token is given to whoever keeps it (on_token) before it is used for anything.
 */
#ifndef SWITCHBACK_TUI_LINK_PASS_H
#define SWITCHBACK_TUI_LINK_PASS_H

#include "shared/wire/session.h"
#include "tui/link/tell.h"

struct pass {
	struct exchanges *exchanges;
	const struct teller *teller;
	void (*on_token)(void *to, const char *refresh_token); /* NULL: forget the kept one */
	/* Signed in: told before the console hears of it. */
	void (*on_in)(void *to, const struct wire_me *me);
	void (*on_over)(void *to); /* the session is over: told before the console hears of it */
	void *to;

	struct exchange *asking;  /* sign-in, renewal or /api/me, one at a time */
	struct exchange *leaving; /* the sign-out of a session that is over here already */
	char *access, *refresh;   /* secrets; NULL when there is none */
	uint32_t generation;      /* rises with every new access token */
	int64_t renew_at_ms, ends_ms;
	int64_t retry_at_ms; /* of what is being asked; 0: not waiting */
	unsigned failures;
	bool is_in;         /* /api/me has answered */
	bool resumed;       /* the session was kept by an earlier run */
	uint32_t wish;      /* the sign-in's id; 0: a resumed session */
	int64_t give_up_ms; /* a sign-in's end */
	char user_id[WIRE_ID], session_id[WIRE_ID];
};

void pass_init(struct pass *p, struct exchanges *exchanges, const struct teller *teller);
/* Wipes the tokens. */
void pass_clear(struct pass *p);

/* Answered by SIGNED_IN or REFUSED with that id. Ends a session there is, untold. */
void pass_sign_in(struct pass *p, uint32_t id, struct str organization, struct str email,
		  struct str password);
/* Goes on with a session of an earlier run: SIGNED_IN with id 0, or SIGNED_OUT. */
void pass_resume(struct pass *p, const char *refresh_token);
/* Signs out at the service too; SIGNED_OUT at once, whatever comes of that. */
void pass_sign_out(struct pass *p);
/* Signs out at the service, and changes nothing else. */
void pass_leave(struct pass *p);
/* The service said that it is over, and why. */
void pass_ended(struct pass *p, const char *code);

/* The access token, or NULL: not signed in, or it must be renewed first (which is under way). */
const char *pass_token(const struct pass *p);
/* The service did not take the token of that generation. */
void pass_stale(struct pass *p, uint32_t generation);

void pass_turn(struct pass *p, int64_t now_ms);
/* When pass_turn() has something to do; INT64_MAX: nothing. */
int64_t pass_due_ms(const struct pass *p);

/* A sign-out is still on its way. */
bool pass_is_leaving(const struct pass *p);

#endif
