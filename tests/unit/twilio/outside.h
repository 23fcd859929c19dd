/*
 * outside.h - test data that is not part of this project: read where it is present, else NULL and
 * the test says "skipped". It is looked for under $SWITCHBACK_SHARED, or in ../shared beside the
 * checkout.
 */
#ifndef SWITCHBACK_TESTS_UNIT_TWILIO_OUTSIDE_H
#define SWITCHBACK_TESTS_UNIT_TWILIO_OUTSIDE_H

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "shared/arena.h"

static inline FILE *outside_open(const char *name)
{
	const char *root = getenv("SWITCHBACK_SHARED");
	char path[1024];

	snprintf(path, sizeof path, "%s/%s", root == NULL ? "../shared" : root, name);
	return fopen(path, "rb");
}

static inline struct str outside_file(struct arena *a, const char *name)
{
	FILE *f = outside_open(name);
	struct str s = {NULL, 0};
	char *p;
	long n;

	if (f == NULL)
		return s;
	if (fseek(f, 0, SEEK_END) == 0 && (n = ftell(f)) >= 0 && fseek(f, 0, SEEK_SET) == 0) {
		p = arena_take(a, (size_t)n + 1);
		s = str_make(p, fread(p, 1, (size_t)n, f));
	}
	fclose(f);
	return s;
}

static inline json_t *outside_json(const char *name)
{
	FILE *f = outside_open(name);
	json_t *root = f == NULL ? NULL : json_loadf(f, JSON_ALLOW_NUL, NULL);

	if (f != NULL)
		fclose(f);
	return root;
}

#endif
