/*
 * scribe.h - files of the user's own, written beside the loop: a disk that is slow to say that
 * something is safe does not stop the screen.
 *
 * A file is replaced whole (new file, fsync, rename, fsync of the folder), readable by its owner
 * only; a crash leaves the old one or the new one. What is asked for one path while it waits takes
 * the place of what waited. Bytes are wiped after use.
 */
#ifndef SWITCHBACK_TUI_LINK_SCRIBE_H
#define SWITCHBACK_TUI_LINK_SCRIBE_H

#include "shared/buf.h"
#include "shared/err.h"

struct scribe;

struct scribe *scribe_open(void);
/* Writes what waits, then ends. */
void scribe_close(struct scribe *s);
/* Folders on the way that are not there are made (0700). */
void scribe_write(struct scribe *s, const char *path, struct str bytes);
void scribe_remove(struct scribe *s, const char *path);
/* True, with the sentence, when something could not be written since the last time this was asked.
 */
bool scribe_failed(struct scribe *s, struct err *err);

/* ---- reading, at once ---- */

enum file_access {
	FILE_ANY,     /* whoever may read it */
	FILE_PRIVATE, /* the user's own, nobody else may read it: else refused */
};

/* The whole file, which must be a regular one of at most max bytes. ERR_MISSING: there is none. */
MUST_USE
bool file_read_whole(const char *path, size_t max, enum file_access access, struct buf *out,
		     struct err *err);

/* The next KEY=value of a text; blanks at the ends, empty lines and lines that begin with '#' are
 * passed over. False at the end. A line without '=' has an empty key and itself as value. */
bool line_next(struct str *rest, size_t *line_no, struct str *key, struct str *value);

#endif
