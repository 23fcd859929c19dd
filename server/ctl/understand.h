/*
 * understand.h - switchbackctl understand: lines of text in, what the agent makes of each out.
 *
 * Sets are UTF-8 and tab-separated with one header line that names the columns; what is written has
 * no header and one line for each of theirs, in their order.
 */
#ifndef SWITCHBACK_SERVER_CTL_UNDERSTAND_H
#define SWITCHBACK_SERVER_CTL_UNDERSTAND_H

#include "server/ctl/ctl.h"
#include "shared/buf.h"

#define UNDERSTAND_COLUMNS_MAX 4

/* One line of a set: the asked columns' values, in the order asked for. Writes its prediction,
 * without line end, behind what is in *out. The arena is emptied after each line. False with *err
 * set ends the whole (a value that cannot be read). */
typedef bool understand_line(struct arena *a, const struct str *values, struct buf *out,
			     struct err *err);

/* Reads c->in to its end; columns ends with NULL. A set without one of the columns, or a line with
 * fewer values than the header, is refused with its line number. */
MUST_USE
bool understand_set(struct ctl *c, const char *const *columns, understand_line *predict,
		    struct err *err);

#endif
