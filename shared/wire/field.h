/*
 * field.h - one value from outside, held against the line of a table that says what it may be: a
 * member of a JSON body, a parameter of a query, a part of a path. What comes out is the text that
 * PostgreSQL reads, so a row of the API needs no code of its own.
 *
 * Nothing is repaired: what does not fit is refused with a sentence that names the field and never
 * its value.
 */
#ifndef SWITCHBACK_SHARED_WIRE_FIELD_H
#define SWITCHBACK_SHARED_WIRE_FIELD_H

#include "shared/arena.h"
#include "shared/err.h"

enum field_kind {
	FIELD_TEXT,  /* min..max characters of one line: no control characters at all */
	FIELD_LINES, /* the same with line feeds and tabs; CR LF becomes a line feed */
	FIELD_ID,    /* a UUID in its usual form, letters in either case */
	FIELD_INT,   /* min..max; in JSON a number without fraction */
	FIELD_BOOL,  /* true or false */
	FIELD_WORD,  /* one of `words` */
	FIELD_TIME,  /* RFC 3339 with an offset */
	FIELD_DATE,  /* 2026-11-22 */
	FIELD_WORDS, /* JSON array of at most max of `words`, each once; the text is {a,b} */
};

struct field {
	const char *name;
	enum field_kind kind;
	bool needed;       /* absent and null are refused */
	int64_t min, max;  /* see the kinds; TEXT and LINES: max 0 stands for 200 */
	const char *words; /* "open|closed|all" */
};

/* A value that came as text (path, query). False: err says which field and what it must be. */
MUST_USE
bool field_read(const struct field *f, struct str text, struct arena *a, const char **out,
		struct err *err);

/* text is in the form of FIELD_ID. */
bool field_is_id(struct str text);

/* Reads a JSON object of exactly these members; values[i] is the i-th field's text in the arena,
 * NULL where it was absent or null. Depth is at most 32; a member that is not in the table, one
 * that is there twice, U+0000, and text that is not UTF-8 are refused. Empty text is an object
 * without members. */
MUST_USE
bool fields_read(const struct field *const *fields, size_t n, struct str json, struct arena *a,
		 const char **values, struct err *err);

/* Splits an object that PostgreSQL wrote for a refusal: its member "code" (empty when there is
 * none), and all others but those that a problem has itself, as `"name":value,...` without braces
 * (empty when there are none). False when it is no object. */
MUST_USE
bool members_split(struct str json, struct arena *a, struct str *code, struct str *members);

#endif
