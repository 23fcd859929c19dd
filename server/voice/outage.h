/*
 * outage.h - the little that is kept in memory for calls that come while the database is away: the
 * number that a store's calls go to then, as it was last read, and what a caller said that could
 * not be kept yet. Bounded; the oldest goes first.
 */
#ifndef SWITCHBACK_SERVER_VOICE_OUTAGE_H
#define SWITCHBACK_SERVER_VOICE_OUTAGE_H

#include "shared/arena.h"
#include "shared/language.h"

struct outage;

struct outage *outage_new(void);
void outage_free(struct outage *o); /* NULL is fine */

/* The store's number for calls that we cannot take (empty: none) and the language that its callers
 * are spoken to, by the number that they called. */
void outage_store_keep(struct outage *o, struct str called, struct str number, enum language l);
struct outage_store {
	struct str number; /* borrowed until the next call */
	enum language language;
};
/* False: nothing is known of that number. */
bool outage_store(const struct outage *o, struct str called, struct outage_store *out);

/* What was said into a document, by the call and the document's number. It is kept for a minute. */
struct outage_words {
	struct str words, confidence, digits;
};
void outage_words_keep(struct outage *o, struct str document, const struct outage_words *w);
/* Takes it out again, copied into the arena; all empty when there is nothing. */
void outage_words_take(struct outage *o, struct arena *a, struct str document,
		       struct outage_words *out);

#endif
