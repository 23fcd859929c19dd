/*
 * detect_table.h - the language model: what the trainer has learned. detect_table.c is made by
 * `make train-lang`; nobody edits it.
 */
#ifndef SWITCHBACK_SERVER_AGENT_DETECT_TABLE_H
#define SWITCHBACK_SERVER_AGENT_DETECT_TABLE_H

#include "server/agent/detect_read.h"

struct detect_table {
	const int8_t *weights; /* DETECT_BUCKETS; positive is French */
	struct word_set neutral;
	int scale;       /* weights to one unit of log-odds */
	int temperature; /* log-odds to those that come true, in 1/256 */
	int margin;      /* nearer to zero is undecided, in 1/256 log-odds; */
	int name_margin; /* of what may be a name */
};

extern const struct detect_table detect_table;

#endif
