/*
 * detect.h - which language is a text in? A linear model over groups of letters and words
 * (detect_read.h, detect_table.h), in whole numbers: the same answer everywhere.
 */
#ifndef SWITCHBACK_SERVER_AGENT_DETECT_H
#define SWITCHBACK_SERVER_AGENT_DETECT_H

#include "server/agent/detect_table.h"
#include "shared/language.h"

struct detected {
	enum language language; /* unknown: the text leans to neither ("ok", "700x28", a name) */
	int score;              /* log-odds of French in 1/256; below zero it is English */
	int confidence; /* per cent, 50 to 99: how often such a score is right; 50: unknown */
	unsigned words; /* that said something */
};

/* Any bytes, of which the first DETECT_READ_MAX are read. Takes no memory. */
struct detected language_detect(struct str text);

/* The same by another table: the trainer's, while it learns. */
struct detected language_detect_by(const struct detect_table *table, struct str text);

/* ---- why ---- */

struct detect_reason {
	char text[2 * DETECT_WORD_MAX + 8]; /* the letters: "^th", "merci", "est-ce" */
	enum feature_kind kind;
	int weight; /* its part of the score, in 1/256 log-odds; positive is French */
};

/* The features that weigh most in this text, heaviest first, each once; at most `max`. Returns how
 * many. */
size_t language_explain(struct str text, struct detect_reason *out, size_t max);

#endif
