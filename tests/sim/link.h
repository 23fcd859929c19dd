/*
 * link.h - the practice line seen from outside: what the handset and scripts ask of its /sim/ API.
 */
#ifndef SWITCHBACK_TESTS_SIM_LINK_H
#define SWITCHBACK_TESTS_SIM_LINK_H

#include <jansson.h>

#include "server/core/flow.h"
#include "server/net/http.h"

struct sim_link {
	const char *url; /* "http://127.0.0.1:4010", without a slash at the end */
	struct loop *loop;
	struct http *http;
	struct flows *flows;
};

/* Asks; the flow's next step finds the answer in *out. body NULL is a GET (or DELETE). */
void sim_link_get(struct flow *f, const struct sim_link *l, const char *path, unsigned timeout_ms,
		  struct http_answer *out);
void sim_link_post(struct flow *f, const struct sim_link *l, const char *path, json_t *body,
		   unsigned timeout_ms, struct http_answer *out);
void sim_link_delete(struct flow *f, const struct sim_link *l, const char *path,
		     struct http_answer *out);

/* The JSON of a 200, which the caller gives back; else NULL and a sentence: what the line said, or
 * that it does not answer. */
json_t *sim_link_read(const struct sim_link *l, const struct http_answer *a, struct err *err);

/* "/sim/phones/+1514...?since=N&wait=N" */
const char *sim_link_phone_path(struct arena *a, const char *number, uint64_t since,
				unsigned wait_ms);

/* A text from a phone as the API wants it; the caller gives it back. picture NULL: none; empty: the
 * sample. False on a file that cannot be read. */
json_t *sim_link_text(const char *from, const char *to, const char *body, const char *picture);

#endif
