/*
 * plain.h - characters in ASCII, for terminals that show nothing else: spelled where there is a
 * custom (oe, EUR, <<), else without accents, else '?'.
 */
#ifndef SWITCHBACK_TUI_DRAW_PLAIN_H
#define SWITCHBACK_TUI_DRAW_PLAIN_H

#include "shared/base.h"

/* Writes 1 to 5 printable ASCII characters and a NUL; returns how many. */
size_t plain_text(uint32_t c, char out[6]);

#endif
