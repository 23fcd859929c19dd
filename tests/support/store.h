/*
 * store.h - the service over the demo's two stores, and people who sign in: for tests of what staff
 * do. One a test; what goes wrong fails it.
 */
#ifndef SWITCHBACK_TESTS_SUPPORT_STORE_H
#define SWITCHBACK_TESTS_SUPPORT_STORE_H

#include "tests/support/api.h"
#include "tests/support/daemon.h"
#include "tests/support/openapi.h"
#include "tests/support/service.h"

#define STORE_A       "bici-downtown" /* DEMO_ORG_A */
#define STORE_A_ADMIN "admin@bici-downtown.example"
#define STORE_B       "velo-plateau" /* DEMO_ORG_B */
#define STORE_B_ADMIN "admin@velo-plateau.example"

/* Of store A's admin, and what store_account sets; of store B's. */
#define STORE_PASSWORD   "plum cart wind"
#define STORE_B_PASSWORD "rain on the canal"

struct store {
	struct test_db *test;
	struct daemon daemon;
	struct service *service; /* of store_whole_up: the whole set-up, with the practice line */
	char url[64];
	PGconn *db; /* as the service is connected, in the context of store A */
	struct openapi described;
};
extern struct store store;

/* For TestSuite's .init and .fini: the service alone, over a database of the test's own. */
void store_up(void);
void store_down(void);
/* The same over a whole set-up, for what reaches the customer's phone. */
void store_whole_up(void);
void store_whole_down(void);

/* The first account of that role in store A gets STORE_PASSWORD; its e-mail, to be freed. */
char *store_account(const char *role);
/* As the admin of store "A" or "B", or as that account. */
void store_signed_in(const char *which, struct api_tokens *out);
void store_signed_in_as(const char *role, struct api_tokens *out);

/* Asks, and holds the answer against docs/openapi.yaml. Clear it. */
void store_asked(const struct api_request *r, struct api_answer *a);
/* An answer without its request's id and the number of the newest event, so that two can be
 * compared; to be freed. */
char *store_alike(struct api_answer *a);

/* The status of GET /api/me. */
int store_me(const char *access);
/* The session behind a token. */
void store_session_id(const char *access, char out[40]);
/* How long until the token is refused, in ms; fails past 2 s. */
int64_t store_ended_after(const char *access);

#endif
