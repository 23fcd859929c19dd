/*
 * utf8.h - text from outside made safe to keep: strict UTF-8 or U+FFFD, never U+0000; and the
 * folding that keyword matching needs. Folding is libutf8proc's; the strict reading is Unicode's
 * table 3-7.
 */
#ifndef SWITCHBACK_SHARED_UTF8_H
#define SWITCHBACK_SHARED_UTF8_H

#include "shared/arena.h"
#include "shared/str.h"

/* Length of the valid sequence at p (1 to 4), 0 if there is none; *code gets the code point. */
size_t utf8_next(struct str s, uint32_t *code);

/* All of s is valid UTF-8 without U+0000. */
bool utf8_valid(struct str s);

/* s as it came when valid; else a copy in the arena in which each maximal bad subpart (Unicode 3.9,
 * "best practice") and each U+0000 is one U+FFFD. */
struct str utf8_repair(struct arena *a, struct str s);

/* Writes code as UTF-8 to out (4 bytes of room), returns the count. */
size_t utf8_put(uint32_t code, char out[4]);

/* Lower-cased, marks stripped ("ARRÊT" -> "arret"), compatibility forms folded, curly apostrophes
 * made '. For matching only. Bad bytes become U+FFFD. */
struct str utf8_fold(struct arena *a, struct str s);

/* Code points in s (a bad byte counts as one). */
size_t utf8_count(struct str s);

/* Bytes of what a reader takes for one character at the front of s: a letter with its marks, an
 * emoji with its joiners, CR LF (Unicode's extended grapheme cluster). A bad byte is one. 0 when s
 * is empty.
 */
size_t utf8_grapheme(struct str s);

/* s cut to at most max bytes, not inside a character. */
struct str utf8_cut(struct str s, size_t max);

#endif
