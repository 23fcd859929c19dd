/*
 * text.c - see text.h.
 *
 * Most text is printable ASCII: that is recognised first and costs a comparison or two. Everything
 * else is decided by category and boundary class of utf8proc's pinned tables, so that two machines
 * show the same cells.
 */
#include "tui/draw/text.h"

#include <utf8proc.h>

#include "shared/utf8.h"
#include "tui/draw/plain.h"

#define REPLACEMENT   0xFFFDu
#define HIDDEN        0x25AFu /* a white upright box: something is here that does not show */
#define DOTTED_CIRCLE 0x25CCu
#define ZWJ           0x200Du
#define TAB_COLUMNS   4

enum kind {
	GLYPH_SPACING,
	GLYPH_BLANK,
	GLYPH_MARK, /* sits on the character before it */
	GLYPH_EMOJI,
	GLYPH_TONE,     /* a skin tone */
	GLYPH_FLAG,     /* half of a flag */
	GLYPH_SELECTOR, /* VS15, VS16 */
	GLYPH_JOINER,
	GLYPH_HIDDEN,
};

/* Pictographs that are younger than the tables: a block that holds nothing else, two columns each.
 */
static bool young_emoji(const utf8proc_property_t *p, uint32_t c)
{
	return p->category == UTF8PROC_CATEGORY_CN && c >= 0x1F6D0 && c <= 0x1FAFF &&
	       p->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

static enum kind kind_of(uint32_t c, const utf8proc_property_t *p)
{
	if (c == ZWJ)
		return GLYPH_JOINER;
	if (c == 0xFE0E || c == 0xFE0F)
		return GLYPH_SELECTOR;
	if (c >= 0x1F3FB && c <= 0x1F3FF)
		return GLYPH_TONE;
	if (p->boundclass == UTF8PROC_BOUNDCLASS_REGIONAL_INDICATOR)
		return GLYPH_FLAG;
	if (young_emoji(p, c))
		return GLYPH_EMOJI;
	if (p->ignorable)
		return GLYPH_HIDDEN;
	switch (p->category) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP: return GLYPH_HIDDEN;
	case UTF8PROC_CATEGORY_ZS: return GLYPH_BLANK;
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_ME: return GLYPH_MARK;
	default: break;
	}
	if (p->boundclass == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC)
		return GLYPH_EMOJI;
	if (utf8proc_charwidth((utf8proc_int32_t)c) == 0) /* vowels and finals of Hangul, mostly */
		return p->boundclass == UTF8PROC_BOUNDCLASS_V ||
				       p->boundclass == UTF8PROC_BOUNDCLASS_T
			       ? GLYPH_MARK
			       : GLYPH_HIDDEN;
	return GLYPH_SPACING;
}

/* The code point at the front and how many bytes it takes; a bad sequence is one REPLACEMENT. */
static size_t code_next(struct str s, uint32_t *c)
{
	size_t n = utf8_next(s, c);

	if (n > 0)
		return n;
	*c = REPLACEMENT;
	return utf8_grapheme(s); /* of a bad sequence: the bytes that are bad together */
}

void walk_start(struct walk *w, struct str s, bool plain)
{
	*w = (struct walk){.rest = s, .plain = plain};
}

/* Takes a code point of n bytes into g; says whether a reader sees it as one with what came before.
 */
static bool code_taken(struct walk *w, struct glyph *g, uint32_t c, size_t n)
{
	bool joined = w->previous != 0 && !utf8proc_grapheme_break_stateful(
						  w->previous, (utf8proc_int32_t)c, &w->cluster);

	w->previous = (int32_t)c;
	w->rest = str_make(w->rest.p + n, w->rest.n - n);
	g->bytes += n;
	return joined;
}

static void mark_add(struct glyph *g, uint32_t c)
{
	for (size_t i = 1; i < GLYPH_CODES; i++) {
		if (g->c[i] == 0) {
			g->c[i] = c;
			return;
		}
	}
}

/* What follows an emoji and is one with it: selectors, skin tones, and what a joiner joins. */
static void emoji_follow(struct walk *w, struct glyph *g)
{
	for (;;) {
		uint32_t c, next;
		size_t n, more;
		enum kind k;

		if (w->rest.n == 0)
			return;
		n = code_next(w->rest, &c);
		k = kind_of(c, utf8proc_get_property((utf8proc_int32_t)c));
		if (k == GLYPH_JOINER) {
			if (w->rest.n == n)
				return;
			more = code_next(str_sub(w->rest, n, w->rest.n), &next);
			if (kind_of(next, utf8proc_get_property((utf8proc_int32_t)next)) !=
			    GLYPH_EMOJI)
				return;
			if (g->c[GLYPH_CODES - 2] ==
			    0) { /* never a joiner without its other half */
				mark_add(g, c);
				mark_add(g, next);
			}
			(void)code_taken(w, g, c, n);
			(void)code_taken(w, g, next, more);
			continue;
		}
		if (k != GLYPH_SELECTOR && k != GLYPH_TONE && k != GLYPH_MARK)
			return;
		mark_add(g, c);
		(void)code_taken(w, g, c, n);
	}
}

/* Marks on a character; a selector too where it makes a key of a digit. */
static void marks_follow(struct walk *w, struct glyph *g)
{
	while (w->rest.n > 0 && (unsigned char)w->rest.p[0] >= 0x80) {
		uint32_t c;
		size_t n = code_next(w->rest, &c);
		enum kind k = kind_of(c, utf8proc_get_property((utf8proc_int32_t)c));
		bool of_key =
			k == GLYPH_SELECTOR && g->c[1] == 0 &&
			(g->c[0] == '#' || g->c[0] == '*' || (g->c[0] >= '0' && g->c[0] <= '9'));

		if (k != GLYPH_MARK && !of_key)
			return;
		mark_add(g, c);
		(void)code_taken(w, g, c, n);
	}
}

/* Two halves of a flag become the letters of its country: terminals disagree about a flag's width.
 */
static void flag_spread(struct walk *w, struct glyph *g, uint32_t c)
{
	uint32_t next;
	size_t n;

	g->spread = true;
	g->c[0] = c - 0x1F1E6 + 'A';
	g->width = 1;
	if (w->rest.n == 0)
		return;
	n = code_next(w->rest, &next);
	if (next < 0x1F1E6 || next > 0x1F1FF)
		return;
	g->c[1] = next - 0x1F1E6 + 'A';
	g->width = 2;
	(void)code_taken(w, g, next, n);
}

static void stand_in(struct glyph *g, uint32_t c)
{
	g->strange = true;
	g->width = 1;
	g->c[0] = c < 0x20 ? 0x2400 + c : c == 0x7F ? 0x2421 : HIDDEN;
}

static void glyph_of(struct walk *w, struct glyph *g, uint32_t c)
{
	const utf8proc_property_t *p = utf8proc_get_property((utf8proc_int32_t)c);
	int width = utf8proc_charwidth((utf8proc_int32_t)c);

	g->c[0] = c;
	g->width = width == 2 ? 2 : 1;
	switch (kind_of(c, p)) {
	case GLYPH_BLANK:
		g->blank = c != 0xA0 && c != 0x202F; /* those two hold words together */
		g->spread = g->width == 2;
		g->c[0] = ' ';
		g->c[1] = g->spread ? ' ' : 0;
		break;
	case GLYPH_MARK: /* nothing to sit on */
		g->c[0] = DOTTED_CIRCLE;
		g->c[1] = c;
		g->width = 1;
		marks_follow(w, g);
		break;
	case GLYPH_EMOJI:
		g->width = young_emoji(p, c) ? 2 : g->width;
		emoji_follow(w, g);
		break;
	case GLYPH_FLAG: flag_spread(w, g, c); break;
	case GLYPH_SELECTOR:
	case GLYPH_JOINER:
	case GLYPH_HIDDEN: stand_in(g, c); break;
	case GLYPH_TONE: g->width = 2; break;
	case GLYPH_SPACING:
		g->strange = c == REPLACEMENT;
		marks_follow(w, g);
		break;
	}
}

/* As ASCII: spelled, without its accents, or '?'. */
static void glyph_plain(struct glyph *g)
{
	char text[GLYPH_CODES + 1];
	size_t n;

	if (g->spread || (g->c[0] < 0x7F && g->c[1] == 0))
		return;
	n = plain_text(g->c[0], text);
	for (size_t i = 0; i < GLYPH_CODES; i++)
		g->c[i] = i < n ? (unsigned char)text[i] : 0;
	g->width = (uint8_t)n;
	g->spread = n > 1;
}

bool walk_next(struct walk *w, struct glyph *out)
{
	unsigned char first;
	uint32_t c;
	size_t n;

	if (w->rest.n == 0)
		return false;
	*out = (struct glyph){.width = 1};
	first = (unsigned char)w->rest.p[0];
	if (first >= 0x20 && first < 0x7F &&
	    (w->rest.n == 1 || (unsigned char)w->rest.p[1] < 0x80)) {
		out->c[0] = first;
		out->bytes = 1;
		out->blank = first == ' ';
		w->previous = first;
		w->cluster = 0;
		w->rest = str_make(w->rest.p + 1, w->rest.n - 1);
		return true;
	}
	n = code_next(w->rest, &c);
	out->joined = code_taken(w, out, c, n);
	if (w->flat && (c == '\t' || c == '\n' || c == '\r')) {
		out->c[0] = ' ';
		out->blank = true;
		return true;
	}
	if (c == '\t') {
		*out = (struct glyph){.c = {' ', ' ', ' ', ' '},
				      .width = TAB_COLUMNS,
				      .spread = true,
				      .blank = true,
				      .bytes = n};
		return true;
	}
	glyph_of(w, out, c);
	if (w->plain)
		glyph_plain(out);
	return true;
}

int text_width(struct str s, bool plain)
{
	struct walk w;
	struct glyph g;
	int width = 0;

	walk_start(&w, s, plain);
	while (walk_next(&w, &g))
		width += g.width;
	return width;
}

size_t walk_fit(struct walk *w, int cols, int *width)
{
	struct glyph g;
	size_t at = 0, end = 0;
	int used = 0;

	*width = 0;
	while (walk_next(w, &g)) {
		if (!g.joined) {
			end = at;
			*width = used;
		}
		if (used + g.width > cols)
			return end;
		used += g.width;
		at += g.bytes;
	}
	*width = used;
	return at;
}

size_t text_fit(struct str s, int cols, bool plain, int *width)
{
	struct walk w;

	walk_start(&w, s, plain);
	return walk_fit(&w, cols, width);
}

size_t text_fit_end(struct str s, int cols, bool plain)
{
	int width = text_width(s, plain);
	size_t at = 0;

	while (width > cols && at < s.n) {
		size_t n = text_next(str_sub(s, at, s.n));

		width -= text_width(str_sub(s, at, n), plain);
		at += n;
	}
	return at;
}

/* Where a line of a text may end, and where the next one begins. */
struct cut {
	size_t end, next;
};

static struct str line_taken(struct str *rest, struct cut cut)
{
	struct str line = str_sub(*rest, 0, cut.end);

	*rest = str_make(rest->p + cut.next, rest->n - cut.next);
	return line;
}

struct str text_line(struct str *rest, int cols, bool plain)
{
	struct cut word = {0, 0}, character = {0, 0};
	size_t at = 0, spoken = 0; /* spoken: behind the last glyph that is no blank */
	size_t end;
	struct walk w;
	struct glyph g;
	int used = 0;

	walk_start(&w, *rest, plain);
	for (;;) {
		end = used <= cols ? at : spoken; /* blanks may lie beyond the edge */
		if (at < rest->n && rest->p[at] == '\n')
			return line_taken(rest, (struct cut){end, at + 1});
		if (at + 1 < rest->n && rest->p[at] == '\r' && rest->p[at + 1] == '\n')
			return line_taken(rest, (struct cut){end, at + 2});
		if (!walk_next(&w, &g))
			return line_taken(rest, (struct cut){end, at});
		if (!g.joined)
			character = (struct cut){at, at};
		if (used + g.width > cols && !(g.blank && spoken > 0))
			break;
		used += g.width;
		at += g.bytes;
		if (g.blank)
			word = (struct cut){spoken, at};
		else
			spoken = at;
	}
	if (word.next > 0 && word.end > 0)
		return line_taken(rest, word);
	if (character.next ==
	    0) { /* one character is wider than the line: cut inside it, or go on */
		size_t n = at > 0 ? at : g.bytes;

		character = (struct cut){n, n};
	}
	return line_taken(rest, character);
}

size_t text_next(struct str s)
{
	return utf8_grapheme(s);
}

size_t text_before(struct str s)
{
	size_t at = 0, n = 0;

	/* Clusters are found from the front: from the start of the line, which is near. */
	for (size_t i = s.n; i > 0; i--) {
		if (s.p[i - 1] == '\n' && i < s.n) {
			at = i;
			break;
		}
	}
	while (at < s.n) {
		n = utf8_grapheme(str_sub(s, at, s.n));
		at += n;
	}
	return n;
}
