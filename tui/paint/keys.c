/*
 * keys.c - see keys.h.
 */
#include "tui/paint/keys.h"

#define NCURSES_WIDECHAR 1
#include <curses.h>

bool keys_special(int code, struct key *out)
{
	static const struct {
		int code;
		enum press press;
	} keys[] = {
		{KEY_ENTER, PRESS_ENTER},   {KEY_BTAB, PRESS_BACKTAB},
		{KEY_UP, PRESS_UP},         {KEY_DOWN, PRESS_DOWN},
		{KEY_LEFT, PRESS_LEFT},     {KEY_RIGHT, PRESS_RIGHT},
		{KEY_HOME, PRESS_HOME},     {KEY_END, PRESS_END},
		{KEY_PPAGE, PRESS_PAGE_UP}, {KEY_NPAGE, PRESS_PAGE_DOWN},
		{KEY_IC, PRESS_INSERT},     {KEY_DC, PRESS_DELETE},
		{KEY_LL, PRESS_END},        {KEY_BACKSPACE, PRESS_BACKSPACE},
		{KEY_A1, PRESS_HOME},       {KEY_A3, PRESS_PAGE_UP},
		{KEY_C1, PRESS_END},        {KEY_C3, PRESS_PAGE_DOWN},
	};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (keys[i].code == code) {
			*out = (struct key){.press = keys[i].press};
			return true;
		}
	}
	if (code < KEY_F(1) || code > KEY_F(12))
		return false;
	*out = (struct key){.press = PRESS_FUNCTION, .code = (uint32_t)(code - KEY_F(0))};
	return true;
}

bool keys_plain(uint32_t code, struct key *out)
{
	struct key k = {.press = PRESS_CHAR, .code = code};

	switch (code) {
	case '\r': k = (struct key){.press = PRESS_ENTER}; break;
	case '\t': k = (struct key){.press = PRESS_TAB}; break;
	case 8:
	case 127: k = (struct key){.press = PRESS_BACKSPACE}; break;
	case 27: k = (struct key){.press = PRESS_ESCAPE}; break;
	default:
		if (code > 0 && code < 27)
			k = (struct key){.press = PRESS_CTRL, .code = code - 1 + 'a'};
		else if (code < 32 || (code >= 128 && code < 160) || code > 0x10FFFF)
			return false;
		break;
	}
	*out = k;
	return true;
}
