/*
 * drafts.h - what somebody has begun to write, kept over a lost line and a crash: one file a
 * conversation, of one user of one store, which goes when the text is sent.
 */
#ifndef SWITCHBACK_TUI_LINK_DRAFTS_H
#define SWITCHBACK_TUI_LINK_DRAFTS_H

#include "tui/link/scribe.h"

#define DRAFT_MAX  (64u * 1024u)
#define DRAFTS_MAX 1000

struct drafts {
	struct scribe *scribe;
	char *folder; /* NULL: nobody is signed in, nothing is kept */
};

/* Whose drafts from now on: under state_dir/drafts. NULL ids: nobody's. */
void drafts_of(struct drafts *d, struct scribe *scribe, const char *state_dir,
	       const char *organization_id, const char *user_id);
void drafts_clear(struct drafts *d);

/* "" takes it away. A name or text that is too long is not kept. */
void draft_save(struct drafts *d, struct str conversation, struct str text);
/* Tells each that is kept. */
void drafts_load(const struct drafts *d,
		 void (*tell)(void *to, struct str conversation, struct str text), void *to);

#endif
