/*
 * pairs.h - names and values of a form or a query, in the order in which they came or shall go.
 *
 * The practice line reads and writes forms by itself, as it signs by itself: what the service gets
 * wrong in its own forms must show here, and not be undone by the same mistake.
 */
#ifndef SWITCHBACK_TESTS_SIM_PAIRS_H
#define SWITCHBACK_TESTS_SIM_PAIRS_H

#include "shared/arena.h"
#include "shared/buf.h"

struct sim_pair {
	struct str name, value;
};

/* Lives in the arena that its first addition named. */
struct sim_pairs {
	struct sim_pair *at;
	size_t n, room;
};

#define SIM_PAIRS_MAX 300

/* Borrows name and value. Past SIM_PAIRS_MAX nothing is added. */
void sim_pairs_add(struct sim_pairs *p, struct arena *a, struct str name, struct str value);
/* A name that is a literal, a value that is copied. */
void sim_pairs_put(struct sim_pairs *p, struct arena *a, const char *name, struct str value);
void sim_pairs_put_int(struct sim_pairs *p, struct arena *a, const char *name, int64_t value);

/* The first value of that name, NULL when the name is not there. */
const struct str *sim_pairs_get(const struct sim_pairs *p, const char *name);
/* The same, empty when absent. */
struct str sim_pairs_value(const struct sim_pairs *p, const char *name);
/* Values of that name, at most max, written to out. */
size_t sim_pairs_all(const struct sim_pairs *p, const char *name, struct str *out, size_t max);

/* application/x-www-form-urlencoded: '+' is a blank, %XX a byte, broken escapes stay as they are.
 */
void sim_pairs_read(struct sim_pairs *p, struct arena *a, struct str form);
/* Blank as '+', unreserved bytes as they are, the rest as %XX (twilio.md 7.5 V1). */
void sim_pairs_write(const struct sim_pairs *p, struct buf *out);
/* One value, as above, and as a URL's path or query wants it (blank is %20). */
void sim_escape(struct str s, struct buf *out);
/* %XX back to bytes; '+' stays. */
struct str sim_unescape(struct arena *a, struct str s);

#endif
