/*
 * members.h - the members of a JSON object, passed over without being read: for messages that come
 * fifty times a second and of which one string is wanted. What is not plain is left to a reader of
 * all of it.
 */
#ifndef SWITCHBACK_SHARED_MEMBERS_H
#define SWITCHBACK_SHARED_MEMBERS_H

#include "shared/str.h"

enum member_kind { MEMBER_STRING, MEMBER_OBJECT, MEMBER_OTHER };

struct member {
	struct str name;
	enum member_kind kind;
	struct str value; /* a STRING's: between its quotes; an OBJECT's: with its braces */
	bool escaped;     /* name or value has a backslash in it: neither is what it looks like */
};

struct members {
	const char *at, *end;
	bool first, whole;
};

/* Both are views into `object`. */
void members_of(struct str object, struct members *m);
/* The next one; false at the end. Then m->whole says that it was the end of an object, with nothing
 * but blanks behind it; else it is not JSON, or deeper nested than 32. Numbers, words and what is
 * inside of values are not looked at. */
bool members_next(struct members *m, struct member *out);

#endif
