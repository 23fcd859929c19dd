/*
 * lang_set.h - lines that say which language they are in: the trainer's food.
 *
 * A file is UTF-8, tab-separated, its first line names the columns: lang (en, fr) and text, and
 * perhaps flags and source.
 */
#ifndef SWITCHBACK_TESTS_TRAIN_LANG_SET_H
#define SWITCHBACK_TESTS_TRAIN_LANG_SET_H

#include "shared/arena.h"
#include "shared/language.h"

struct lang_line {
	enum language language; /* unknown: a neutral text */
	struct str text, flags, source;
};

struct lang_set {
	struct lang_line *lines;
	size_t n, room;
};

/* Adds the file's lines; everything lives in the arena. Ends the program when it cannot be read. */
void lang_set_read(struct arena *a, const char *path, struct lang_set *set);

/* The text without accents; in SMS spelling ("que" is "ke", "you" is "u"); without apostrophes. The
 * text itself when there is nothing to change. */
struct str lang_without_accents(struct arena *a, struct str text);
struct str lang_as_sms(struct arena *a, enum language l, struct str text);
struct str lang_without_apostrophes(struct arena *a, struct str text);

#endif
