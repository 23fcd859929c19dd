/*
 * value.h - one value as an operator types it or a file holds it: checked, and made into the text
 * that PostgreSQL takes. The same rules for options and for columns of imports.
 */
#ifndef SWITCHBACK_SERVER_CTL_VALUE_H
#define SWITCHBACK_SERVER_CTL_VALUE_H

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/str.h"

enum value_kind {
	VALUE_TEXT,   /* one line, min to max characters */
	VALUE_PROSE,  /* may have several lines, at most max characters */
	VALUE_WORD,   /* lower-case letters, digits and _ (not first), at most max */
	VALUE_ID,     /* letters, digits, - and _, 1 to 128 */
	VALUE_PHONE,  /* +E.164; blanks, dots, dashes, brackets fall away */
	VALUE_EMAIL,  /* something@something */
	VALUE_CHOICE, /* one of `choices`, "a|b|c", in any case */
	VALUE_YES_NO, /* yes no true false 1 0 oui non -> "true" or "false" */
	VALUE_INT,    /* from min to max */
	VALUE_MONEY,  /* 12, 12.5, 12,50 -> "12.50" */
	VALUE_DATE,   /* 2026-11-22 */
	VALUE_TIME,   /* a date, with "T" or blank a time, with an offset or without (store time) */
	VALUE_CURRENCY,  /* three letters */
	VALUE_COUNTRIES, /* calling codes "1,33" -> "{1,33}" */
	VALUE_WORDS,     /* words as VALUE_WORD between commas -> "{a,b}"; at most max of them */
	VALUE_ACCOUNT,   /* AC and 32 hexadecimal digits, made lower-case */
	VALUE_URL,       /* http:// or https://, no blanks, at most max */
	VALUE_OBJECT,    /* a JSON object */
	VALUE_ARRAY,     /* a JSON array */
};

struct value_rule {
	enum value_kind kind;
	int64_t min, max;
	const char *choices;
};

/* Reads `given` (blanks at both ends fall away; not empty) into the arena. False: err says what was
 * found and what is expected, without naming the field: the caller does. What it shows of the value
 * is short and has no control characters. */
MUST_USE
bool value_read(const struct value_rule *rule, struct str given, struct arena *a, const char **out,
		struct err *err);

/* A line of outside text for a terminal: at most 60 bytes of it, controls as '?'. */
const char *value_shown(struct arena *a, struct str s);

#endif
