/*
 * drawer.h - what somebody has begun to write, kept over a lost line and a crash: one file a
 * conversation, of one user of one store, which goes when the text is sent.
 */
#ifndef SWITCHBACK_TUI_LINK_DRAWER_H
#define SWITCHBACK_TUI_LINK_DRAWER_H

#include "tui/link/scribe.h"

#define DRAWER_TEXT_MAX (64u * 1024u)
#define DRAWER_MAX      1000

struct drawer {
	struct scribe *scribe;
	char *folder; /* NULL: nobody is signed in, nothing is kept */
};

/* Whose drafts from now on: under state_dir/drafts. NULL ids: nobody's. */
void drawer_of(struct drawer *d, struct scribe *scribe, const char *state_dir,
	       const char *organization_id, const char *user_id);
void drawer_clear(struct drawer *d);

/* "" takes it away. A name or text that is too long is not kept. */
void drawer_put(struct drawer *d, struct str conversation, struct str text);
/* Tells each that is kept. */
void drawer_load(const struct drawer *d,
		 void (*tell)(void *to, struct str conversation, struct str text), void *to);

#endif
