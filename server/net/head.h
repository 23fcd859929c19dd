/*
 * head.h - the head of one HTTP/1.1 request: read by two readers that must agree.
 *
 * head_scan() is ours: it looks at lines while they arrive and lets nothing through that RFC 9112
 * forbids in their shape (bare CR or LF, NUL, folded lines, a blank before a colon, more than one
 * blank in the request line). head_read() gives the whole head to llhttp, every lenient flag off,
 * and then holds what it found against the rules of the house: one Host, framing that can be
 * understood in one way only, no header twice that decides anything. What either of them dislikes
 * is refused.
 *
 * Knows no socket and allocates nothing; positions are offsets, so the bytes may move.
 */
#ifndef SWITCHBACK_SERVER_NET_HEAD_H
#define SWITCHBACK_SERVER_NET_HEAD_H

#include "server/net/problem.h"
#include "shared/str.h"

#define HEAD_MAX        16384 /* bytes of a head, its empty line included */
#define HEAD_TARGET_MAX 8192
#define HEAD_FIELDS_MAX 100

enum web_method { WEB_GET, WEB_HEAD, WEB_POST, WEB_PUT, WEB_PATCH, WEB_DELETE, WEB_METHODS };

/* "GET" and so on. */
const char *web_method_name(enum web_method m);

/* ---- the shape, line by line ---- */

enum head_state {
	HEAD_MORE,    /* nothing wrong so far */
	HEAD_WHOLE,   /* the empty line is there: scan.end bytes */
	HEAD_REFUSED, /* scan.problem says what to answer */
	HEAD_FOREIGN, /* another protocol (or HTTP/0.9): close without a word */
};

struct head_scan {
	size_t line_at; /* start of the line that is not whole yet */
	size_t end;     /* length of the head, once whole */
	unsigned lines; /* whole lines seen */
	enum problem problem;
};

/* Goes on where it stopped; p has n bytes of the request from its first one on. */
enum head_state head_scan(struct head_scan *s, const char *p, size_t n);

/* ---- the meaning ---- */

struct head_span {
	uint16_t at, n;
};

struct head_field {
	struct head_span name,
		value; /* the name in lower case, the value without blanks around it */
};

struct head {
	const char *base; /* where the offsets start; whoever moves the bytes sets it anew */
	struct head_field fields[HEAD_FIELDS_MAX];
	unsigned fields_n;
	enum web_method method;
	struct head_span target; /* as received */
	struct head_span
		path; /* of the target, without the query; "/" if an absolute target has none */
	struct head_span query; /* behind the "?" */
	uint64_t length;        /* of the body, unless chunked */
	bool chunked, keep_alive;
	bool old;     /* HTTP/1.0 */
	bool expects; /* 100-continue */
	bool origin;  /* an Origin header is there */
};

/* Reads the n bytes of a whole head that head_scan passed. Names are put in lower case in place.
 * False: *problem says what to answer. */
MUST_USE
bool head_read(struct head *h, char *p, size_t n, enum problem *problem);

struct str head_str(const struct head *h, struct head_span s);
/* The value of a header, empty if it is not there; of several the first. */
struct str head_value(const struct head *h, const char *lower_name);
/* A comma-separated header (all its lines) has this token; letters alike in both cases. */
bool head_has_token(const struct head *h, const char *lower_name, const char *token);

#endif
