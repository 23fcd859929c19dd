/*
 * keys.h - what ncurses calls a key, in our words; paint's own.
 */
#ifndef SWITCHBACK_TUI_PAINT_KEYS_H
#define SWITCHBACK_TUI_PAINT_KEYS_H

#include "tui/model/msg.h"

/* A code of ncurses (KEY_UP, ...); false for those that we have no use for. */
bool keys_special(int code, struct key *out);
/* A character as it came: control characters become Ctrl-letter or the key that sends them. */
bool keys_plain(uint32_t code, struct key *out);

#endif
