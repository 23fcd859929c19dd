/*
 * api.h - staff's requests to a running service: signing in, and one request with everything that
 * it may carry. What goes wrong on the way fails the running test.
 */
#ifndef SWITCHBACK_TESTS_SUPPORT_API_H
#define SWITCHBACK_TESTS_SUPPORT_API_H

#include <jansson.h>

#include "shared/buf.h"

struct api_request {
	const char *method, *path;
	const char *bearer; /* an access token, or NULL */
	const char *body;   /* or NULL */
	const char *type;   /* NULL: application/json when there is a body */
	const char *key;    /* Idempotency-Key, or NULL */
	const char *header; /* one more line, "Name: value", or NULL */
};

struct api_answer {
	int status;
	char content_type[100], retry_after[16], authenticate[32];
	struct buf body;
	json_t *json; /* NULL when the body is no JSON */
};

/* url is the service's URL. Clear the answer. */
void api_ask(const char *url, const struct api_request *r, struct api_answer *out);
void api_answer_clear(struct api_answer *a);

/* The short ones: status, answer thrown away. */
int api_status(const char *url, const char *method, const char *path, const char *bearer,
	       const char *body);

/* A text inside the answer's JSON, by its names with dots between ("user.role"); "" when it is not
 * there. Borrowed from the answer. */
const char *api_text(const struct api_answer *a, const char *names);

struct api_tokens {
	int status; /* of the answer; the tokens are empty unless it is 200 */
	char access[1024], refresh[128];
};

void api_sign_in(const char *url, const char *organization, const char *email, const char *password,
		 struct api_tokens *out);
void api_refresh(const char *url, const char *refresh, struct api_tokens *out);

#endif
