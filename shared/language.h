/*
 * language.h - the two languages that the service speaks, and "not known yet".
 */
#ifndef SWITCHBACK_SHARED_LANGUAGE_H
#define SWITCHBACK_SHARED_LANGUAGE_H

#include "shared/str.h"

enum language { LANGUAGE_UNKNOWN, LANGUAGE_EN, LANGUAGE_FR };

/* "en", "fr", and "" for unknown: what the database and the wire hold. */
const char *language_code(enum language l);

/* Reads "en", "FR", "fr-CA", "en_US"; anything else is LANGUAGE_UNKNOWN. */
enum language language_parse(struct str code);

#endif
