/*
 * cards.h - payment card numbers taken out of what people write, before it is stored, shown or read
 * by the agent (security.md 9.3).
 *
 * A card number is 13 to 19 digits in any spacing, as figures (full-width ones, too) or as English
 * or French words ("four five three two", "quarante-cinq trente-deux"), with the front and the
 * length of a known issuer and a right check digit. It becomes "[card ****1111]" with its last
 * four. A security code beside a card or beside a word for it (CVV, CVC, security code, code de
 * sécurité, ...) becomes
 * "[removed]". Both stand-ins are plain GSM text, and redacting twice changes nothing more.
 *
 * Numbers of parcels, orders and telephones survive: they fail the check digit or have no issuer,
 * and a telephone number beside another number is not read as one long number. A number that a
 * tracking word introduces ("tracking number 4...") survives in a text that speaks of no card.
 */
#ifndef SWITCHBACK_SHARED_CARDS_H
#define SWITCHBACK_SHARED_CARDS_H

#include "shared/arena.h"
#include "shared/str.h"

/* The text without card numbers and security codes. Without any it is `text` itself, else a copy in
 * the arena. *found (which may be NULL) is set to how many were taken out. */
struct str cards_redact(struct arena *a, struct str text, unsigned *found);

/* A cheap question about one text: might a card number (or its security code) that began in an
 * earlier text go on at its start, or one begin at its end? Only then cards_join is worth its
 * while. */
bool cards_might_continue(struct str text);

/* Might this text be the going-on of a card that began in an earlier one: digits at its start, four
 * of them anywhere, a word for a security code? Cheaper to say yes to than the question above: only
 * then are the earlier texts needed before this one is kept. */
bool cards_might_go_on(struct str text);

/* Looks for what is spread over several texts of one sender, oldest first: a number that ends one
 * text and goes on in the next, a code that follows in a text of its own. Texts that were redacted
 * already may be among them. texts[i] is replaced (by a copy in the arena) and changed[i] set where
 * something was taken out. Returns how many. */
unsigned cards_join(struct arena *a, struct str *texts, size_t count, bool *changed);

#endif
