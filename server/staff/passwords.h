/*
 * passwords.h - checking passwords off the loop: bcrypt takes a quarter of a second, and a flood of
 * sign-ins must not hold up anything else. Two at a time (libuv's pool has four threads, which look
 * up names too), PASSWORDS_WAITING_MAX behind them, beyond that none is taken. Their threads come
 * behind the loop's where there are not cores enough for all.
 *
 * The password is copied into the job and wiped when it is done; a flow that goes meanwhile changes
 * nothing about that.
 */
#ifndef SWITCHBACK_SERVER_STAFF_PASSWORDS_H
#define SWITCHBACK_SERVER_STAFF_PASSWORDS_H

#include "server/core/flow.h"
#include "shared/password.h"

#define PASSWORDS_RUNNING_MAX 2
#define PASSWORDS_WAITING_MAX 32

struct passwords;

/* rounds: BCRYPT_ROUNDS, the cost of new hashes. Makes the hash that stands in for unknown
 * accounts, which takes the time of one. */
struct passwords *passwords_open(struct loop *l, struct flows *fs, int rounds);
/* Close the flows first. What runs ends by itself; then the memory goes. NULL is fine. */
void passwords_close(struct passwords *p);

struct password_checked {
	bool matches;
	char renewed[PASSWORD_HASH_MAX]; /* the same password at today's cost, when hash has a lower
					    one; else empty */
};

/* Asks; false when too many wait already, then nothing was asked. hash NULL (nobody's account)
 * takes as long and never matches. Passwords beyond PASSWORD_BYTES_MAX match nothing. */
MUST_USE
bool password_check(struct flow *f, struct passwords *p, struct str password, const char *hash,
		    struct password_checked *out);

/* So many wait that the next would not be taken; counts as refused. To be asked first, before
 * anything is looked up for it: a flood then costs next to nothing. */
MUST_USE
bool passwords_are_full(struct passwords *p);

struct passwords_figures {
	unsigned running, waiting;
	uint64_t checked, refused;
};
void passwords_figures(const struct passwords *p, struct passwords_figures *out);

#endif
