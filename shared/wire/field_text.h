/*
 * field_text.h - what field.c and fields.c share, and nobody else.
 */
#ifndef SWITCHBACK_SHARED_WIRE_FIELD_TEXT_H
#define SWITCHBACK_SHARED_WIRE_FIELD_TEXT_H

#include "shared/wire/field.h"

/* word is one of f->words. */
bool field_word_is(const struct field *f, struct str word);

#endif
