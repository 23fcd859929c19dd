/*
 * sql_text.h - SQL files read statement by statement, so that each can be run by itself and a
 * failure can name its line.
 *
 * Understands comments (nested too), quotes, E'' escapes and dollar quotes; not SQL-standard bodies
 * (BEGIN ATOMIC): our functions are dollar-quoted.
 */
#ifndef SWITCHBACK_SERVER_CTL_SQL_TEXT_H
#define SWITCHBACK_SERVER_CTL_SQL_TEXT_H

#include "shared/str.h"

struct sql_text {
	struct str rest;
	int line; /* of the rest's first byte; start at 1 */
};

/* The next statement without blanks, comments before it and its semicolon; false at the end. *line
 * is that of its first word. */
bool sql_next(struct sql_text *t, struct str *statement, int *line);

/* The line of the n-th character (from 1, as PostgreSQL counts) of a statement that begins at
 * `line`. */
int sql_line_at(struct str statement, int line, int64_t character);

#endif
