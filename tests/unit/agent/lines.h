/*
 * lines.h - reads tab-separated development data that is not part of this project. It is looked for
 * in $SWITCHBACK_SHARED, else in ../shared; where it is not, the test says "skipped". With
 * SWITCHBACK_MISSES set, every miss is printed.
 */
#ifndef SWITCHBACK_TESTS_UNIT_AGENT_LINES_H
#define SWITCHBACK_TESTS_UNIT_AGENT_LINES_H

#include <stdio.h>

#include "shared/base.h"

#define LINE_COLUMNS 8

struct lines {
	FILE *file;
	char text[4096];            /* the line as it is, without its end */
	char copy[4096];            /* the line, cut */
	char *column[LINE_COLUMNS]; /* never NULL */
};

static inline bool lines_next(struct lines *l)
{
	char *at;

	if (fgets(l->text, sizeof(l->text), l->file) == NULL)
		return false;
	l->text[strcspn(l->text, "\n")] = '\0';
	memcpy(l->copy, l->text, sizeof(l->copy));
	at = l->copy;
	for (size_t i = 0; i < LINE_COLUMNS; i++) {
		l->column[i] = at;
		at += strcspn(at, "\t");
		if (*at == '\t')
			*at++ = '\0';
	}
	return true;
}

/* Opens the file and reads its first line (the header, where it has one). */
static inline bool lines_open(struct lines *l, const char *path)
{
	const char *shared = getenv("SWITCHBACK_SHARED");
	char full[1024];

	snprintf(full, sizeof(full), "%s/%s", shared != NULL ? shared : "../shared", path);
	l->file = fopen(full, "r");
	if (l->file == NULL) {
		printf("skipped: no %s\n", full);
		return false;
	}
	return lines_next(l);
}

static inline void lines_miss(const struct lines *l, const char *said)
{
	if (getenv("SWITCHBACK_MISSES") != NULL)
		printf("MISS [%s] %s\n", said, l->text);
}

static inline void lines_close(struct lines *l)
{
	fclose(l->file);
}

#endif
