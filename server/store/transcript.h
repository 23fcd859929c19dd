/*
 * transcript.h - the transcript that is read back of a call whose scribe is gone:
 * schema/functions/call_transcript.sql.
 */
#ifndef SWITCHBACK_SERVER_STORE_TRANSCRIPT_H
#define SWITCHBACK_SERVER_STORE_TRANSCRIPT_H

#include "server/store/work.h"
#include "shared/language.h"

struct transcript_begun {
	bool wanted;     /* false: not now, or not any more; the work is settled */
	struct str name; /* of the conversation at ElevenLabs */
	struct str key_sealed;
};

void transcript_begin(struct flow *f, struct db *db, const struct work *w,
		      struct transcript_begun *out);

/* Texts are valid UTF-8 without NUL and without card numbers. */
struct transcript_line {
	struct str key; /* empty: the event is not known */
	bool customer;
	struct str body, original; /* original: empty if it was not cut */
	const char *language;      /* or NULL */
	int64_t at_s;
};

/* lines NULL: again later. *added counts those that had not been written down. */
void transcript_keep(struct flow *f, struct db *db, const struct work *w,
		     const struct transcript_line *lines, size_t n, int *added);

#endif
