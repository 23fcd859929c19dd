/*
 * service.h - a running set-up of its own for a test: tests/support/start.sh in a folder that goes
 * with it, and small HTTP requests to it.
 *
 * Criterion runs each test in a process of its own, so a set-up belongs to one test. Everything
 * here fails the running test (cr_assert_fail) instead of returning an error.
 */
#ifndef SWITCHBACK_TESTS_SUPPORT_SERVICE_H
#define SWITCHBACK_TESTS_SUPPORT_SERVICE_H

#include "shared/buf.h"

struct service;

/* Starts everything and waits until the service is ready. */
struct service *service_start(void);
/* Stops it and removes its folder. NULL is fine. */
void service_stop(struct service *s);
/* A value that start.sh printed; fails when there is none. Borrowed. */
const char *service_key(const struct service *s, const char *name);

struct service_answer {
	int status;
	char content_type[100];
	struct buf body;
};

/* Sends one request to URL + path. body may be NULL; content_type and signature too. Free the
 * answer's body with buf_clear. */
void service_ask(const struct service *s, const char *method, const char *path, const char *body,
		 const char *content_type, const char *signature, struct service_answer *out);

/* X-Twilio-Signature of this form at PUBLIC_URL + path, under the set-up's token. `form` is as it
 * is sent, its parameters in the order of their names. */
void service_sign(const struct service *s, const char *path, const char *form, char out[32]);

#endif
