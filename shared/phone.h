/*
 * phone.h - E.164 numbers: in, out, and masked for logs.
 *
 * A number is stored as '+' and 7 to 15 digits, the first not 0 (ITU-T E.164). What is not one is
 * never guessed into one: a withheld or odd sender gets no customer of its own, and two of them
 * never share one.
 */
#ifndef SWITCHBACK_SHARED_PHONE_H
#define SWITCHBACK_SHARED_PHONE_H

#include "shared/str.h"

#define PHONE_MAX 17 /* '+', 15 digits, NUL */

enum phone_kind {
	PHONE_E164,     /* somebody we may know and answer */
	PHONE_SHORT,    /* a short code: 3 to 8 digits */
	PHONE_WITHHELD, /* empty, "anonymous", "Restricted", carriers' placeholder numbers */
	PHONE_ODD,      /* sip:, client:, an alphanumeric sender, anything else */
};

/* What a provider's From or To is. A stand-in number for a withheld caller (+266696687 = ANONYMOUS,
 * ...; twilio.md 3.1) is withheld. */
enum phone_kind phone_kind_of(struct str raw);

/* e164 | short | withheld | odd: what the database is told (schema/functions/text_in.sql). */
const char *phone_kind_word(enum phone_kind k);

/* Is exactly an E.164 number. */
bool phone_valid(struct str s);

/* Reads what an operator types, "+1 (416) 555-0001" or "+33 6 12 34 56 78": the '+' is demanded,
 * blanks, dots, dashes and brackets fall away. */
MUST_USE
bool phone_parse(struct str typed, char out[PHONE_MAX]);

/* For logs and errors: "+1416***0001" keeps the front and the last four; short or odd ones give
 * "***". Returns one of a few turning static buffers: use it in the same expression. */
const char *phone_masked(struct str raw);

/* For people: "+1 416 555-0001"; numbers outside the North American plan stay as they are. */
void phone_text(struct str e164, char out[24]);

#endif
