/*
 * key.h - keys by name: "Ctrl-K", "F1", "PgUp", "Enter", "?", as the table of actions writes them
 * and as help and bottom bar show them.
 */
#ifndef SWITCHBACK_TUI_KEYS_KEY_H
#define SWITCHBACK_TUI_KEYS_KEY_H

#include "shared/language.h"
#include "tui/model/msg.h"

#define KEY_LABEL 24

/* Reads "Ctrl-K", "Alt-Enter", "F1", "x"; false when it names no key. */
MUST_USE
bool key_parse(const char *text, struct key *out);
bool key_same(struct key a, struct key b);
/* As it stands on a keyboard of that language: "Esc", "Échap". */
void key_label(struct key k, enum language language, char out[KEY_LABEL]);
/* A character without Ctrl or Alt: in a field it is typed, whatever it is bound to elsewhere. */
bool key_types(struct key k);

#endif
