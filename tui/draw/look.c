/*
 * look.c - see look.h. The terminal's own ground is kept; colours are chosen to be read on a light
 * and on a dark one: no yellow or white words on the ground itself, blue only where there are 256.
 */
#include "tui/draw/look.h"

#define D (-1)

static const struct style mono[LOOKS] = {
	[LOOK_PLAIN] = {D, D, 0},
	[LOOK_FAINT] = {D, D, STYLE_DIM},
	[LOOK_STRONG] = {D, D, STYLE_BOLD},
	[LOOK_BAR] = {D, D, STYLE_REVERSE},
	[LOOK_BAR_KEY] = {D, D, STYLE_BOLD},
	[LOOK_LINE] = {D, D, STYLE_DIM},
	[LOOK_TITLE] = {D, D, 0},
	[LOOK_FOCUS] = {D, D, STYLE_BOLD},
	[LOOK_CUSTOMER] = {D, D, STYLE_BOLD},
	[LOOK_AGENT] = {D, D, 0},
	[LOOK_STAFF] = {D, D, STYLE_BOLD},
	[LOOK_MINE] = {D, D, STYLE_BOLD},
	[LOOK_NOTE] = {D, D, STYLE_UNDERLINE},
	[LOOK_WHISPER] = {D, D, STYLE_UNDERLINE},
	[LOOK_MARKER] = {D, D, STYLE_DIM},
	[LOOK_URGENT] = {D, D, STYLE_BOLD},
	[LOOK_BAD] = {D, D, STYLE_BOLD | STYLE_REVERSE},
	[LOOK_GOOD] = {D, D, 0},
	[LOOK_HINT] = {D, D, STYLE_DIM},
	[LOOK_ADDRESS] = {D, D, STYLE_UNDERLINE},
};

static const struct style eight[LOOKS] = {
	[LOOK_PLAIN] = {D, D, 0},
	[LOOK_FAINT] = {D, D, STYLE_DIM},
	[LOOK_STRONG] = {D, D, STYLE_BOLD},
	[LOOK_BAR] = {D, D, STYLE_REVERSE},
	[LOOK_BAR_KEY] = {6, D, STYLE_BOLD},
	[LOOK_LINE] = {D, D, STYLE_DIM},
	[LOOK_TITLE] = {D, D, 0},
	[LOOK_FOCUS] = {6, D, STYLE_BOLD},
	[LOOK_CUSTOMER] = {6, D, STYLE_BOLD},
	[LOOK_AGENT] = {4, D, STYLE_BOLD},
	[LOOK_STAFF] = {5, D, STYLE_BOLD},
	[LOOK_MINE] = {2, D, STYLE_BOLD},
	[LOOK_NOTE] = {5, D, 0},
	[LOOK_WHISPER] = {4, D, 0},
	[LOOK_MARKER] = {D, D, STYLE_DIM},
	[LOOK_URGENT] = {1, D, STYLE_BOLD},
	[LOOK_BAD] = {1, D, STYLE_BOLD},
	[LOOK_GOOD] = {2, D, 0},
	[LOOK_HINT] = {D, D, STYLE_DIM},
	[LOOK_ADDRESS] = {4, D, STYLE_UNDERLINE},
};

/* What differs where there are more colours. */
static const struct {
	enum look look;
	struct style style;
} sixteen[] =
	{
		{LOOK_FAINT, {8, D, 0}},
		{LOOK_LINE, {8, D, 0}},
		{LOOK_MARKER, {8, D, 0}},
		{LOOK_HINT, {8, D, 0}},
},
  rich[] = {
	  {LOOK_FAINT, {244, D, 0}},
	  {LOOK_LINE, {240, D, 0}},
	  {LOOK_BAR, {255, 237, 0}},
	  {LOOK_BAR_KEY, {31, D, STYLE_BOLD}},
	  {LOOK_FOCUS, {31, D, STYLE_BOLD}},
	  {LOOK_TITLE, {244, D, 0}},
	  {LOOK_CUSTOMER, {31, D, STYLE_BOLD}},
	  {LOOK_AGENT, {98, D, STYLE_BOLD}},
	  {LOOK_STAFF, {133, D, STYLE_BOLD}},
	  {LOOK_MINE, {65, D, STYLE_BOLD}},
	  {LOOK_NOTE, {136, D, 0}},
	  {LOOK_WHISPER, {98, D, 0}},
	  {LOOK_MARKER, {244, D, 0}},
	  {LOOK_URGENT, {166, D, STYLE_BOLD}},
	  {LOOK_BAD, {160, D, STYLE_BOLD}},
	  {LOOK_GOOD, {65, D, 0}},
	  {LOOK_HINT, {244, D, 0}},
	  {LOOK_ADDRESS, {31, D, STYLE_UNDERLINE}},
};

static struct style theme_style(enum theme theme, enum look look)
{
	if (theme == THEME_MONO)
		return mono[look];
	for (size_t i = 0; theme == THEME_256 && i < ARRAY_LEN(rich); i++) {
		if (rich[i].look == look)
			return rich[i].style;
	}
	for (size_t i = 0; theme >= THEME_16 && i < ARRAY_LEN(sixteen); i++) {
		if (sixteen[i].look == look)
			return sixteen[i].style;
	}
	return eight[look];
}

struct style look_style(enum theme theme, enum look look, bool on)
{
	struct style s = theme_style(theme, look);

	if (!on)
		return s;
	/* A selected row is one block: meanings stay as weight, not as colour on colour. */
	if (theme == THEME_256)
		return (struct style){255, 24, (uint8_t)(s.flags & STYLE_BOLD)};
	return (struct style){D, D, (uint8_t)(STYLE_REVERSE | (s.flags & STYLE_BOLD))};
}
