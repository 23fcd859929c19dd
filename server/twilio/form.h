/*
 * form.h - application/x-www-form-urlencoded, read and written (WHATWG URL, section 5;
 * twilio.md 1.1).
 *
 * Parameter lists are open: unknown names and empty values are kept, in the order received. Each
 * parameter has two faces. The raw one is the bytes after URL-decoding and nothing else: it is what
 * the sender signed. The other is safe to keep and compare: valid UTF-8, U+FFFD for what is not and
 * for U+0000. Nobody but sign.c reads the raw one.
 */
#ifndef SWITCHBACK_SERVER_TWILIO_FORM_H
#define SWITCHBACK_SERVER_TWILIO_FORM_H

#include "shared/arena.h"
#include "shared/buf.h"
#include "shared/err.h"
#include "shared/str.h"

#define FORM_PARAMS_MAX 256
#define FORM_NAME_MAX   256          /* bytes, decoded */
#define FORM_BYTES_MAX  (64u * 1024) /* of the whole body, as sent */

struct form_param {
	struct str name, value;
	struct str raw_name, raw_value;
};

struct form {
	struct form_param *params;
	size_t count;
};

/* Reads a body, or the query of a URL (without its '?'). Everything in *out lives in the arena; the
 * body may go. Fails with ERR_INPUT past one of the limits above, and never otherwise: a stray '%'
 * stands for itself, as the WHATWG says. */
MUST_USE
bool form_parse(struct arena *a, struct str body, struct form *out, struct err *err);

/* The value of the first parameter of that name: {NULL, 0} when there is none, {p, 0} when empty.
 */
struct str form_get(const struct form *f, const char *name);

/* How often the name occurs. */
size_t form_count(const struct form *f, const char *name);

/* The same as form_get for a parameter that means something only when it is single: ERR_INPUT when
 * it is repeated, so that whoever signs and whoever reads cannot disagree. Absent is no error. */
MUST_USE
bool form_single(const struct form *f, const char *name, struct str *out, struct err *err);

/* Adds "name=value", encoded, with a '&' before it when b holds something already. False when the
 * buffer is full (and b->overflowed stays set). */
bool form_add(struct buf *b, const char *name, struct str value);
/* Adds s encoded as a form's value is: blank as '+', all but letters, digits and *-._ as %XX. */
bool form_encode(struct buf *b, struct str s);

#endif
