/*
 * key.c - see key.h.
 */
#include "tui/keys/key.h"

#include "shared/utf8.h"

static const struct {
	enum press press;
	const char *name, *en, *fr;
} named[] = {
	{PRESS_ENTER, "Enter", "Enter", "Entrée"},
	{PRESS_TAB, "Tab", "Tab", "Tab"},
	{PRESS_BACKTAB, "Shift-Tab", "Shift-Tab", "Maj-Tab"},
	{PRESS_ESCAPE, "Esc", "Esc", "Échap"},
	{PRESS_UP, "Up", "Up", "Haut"},
	{PRESS_DOWN, "Down", "Down", "Bas"},
	{PRESS_LEFT, "Left", "Left", "Gauche"},
	{PRESS_RIGHT, "Right", "Right", "Droite"},
	{PRESS_HOME, "Home", "Home", "Début"},
	{PRESS_END, "End", "End", "Fin"},
	{PRESS_PAGE_UP, "PgUp", "PgUp", "PgPréc"},
	{PRESS_PAGE_DOWN, "PgDn", "PgDn", "PgSuiv"},
	{PRESS_INSERT, "Ins", "Ins", "Inser"},
	{PRESS_DELETE, "Del", "Del", "Suppr"},
	{PRESS_BACKSPACE, "Backspace", "Backspace", "Retour"},
};

static bool named_parse(const char *text, struct key *out)
{
	for (size_t i = 0; i < ARRAY_LEN(named); i++) {
		if (strcmp(named[i].name, text) == 0) {
			out->press = named[i].press;
			return true;
		}
	}
	return false;
}

bool key_parse(const char *text, struct key *out)
{
	struct key k = {0};
	int64_t number;
	uint32_t c;

	if (strncmp(text, "Alt-", 4) == 0) {
		k.alt = true;
		text += 4;
	}
	if (strncmp(text, "Ctrl-", 5) == 0 && text[5] != '\0' && text[6] == '\0') {
		k.press = PRESS_CTRL;
		k.code = (uint32_t)(text[5] >= 'A' && text[5] <= 'Z' ? text[5] + 32 : text[5]);
	} else if (text[0] == 'F' && str_int(str_of(text + 1), 1, 12, &number)) {
		k.press = PRESS_FUNCTION;
		k.code = (uint32_t)number;
	} else if (!named_parse(text, &k)) {
		if (text[0] == '\0' || utf8_next(str_of(text), &c) != strlen(text))
			return false;
		k.press = PRESS_CHAR;
		k.code = c;
	}
	*out = k;
	return true;
}

bool key_same(struct key a, struct key b)
{
	return a.press == b.press && a.code == b.code && a.alt == b.alt;
}

void key_label(struct key k, enum language language, char out[KEY_LABEL])
{
	const char *alt = k.alt ? "Alt-" : "";

	if (k.press == PRESS_CTRL) {
		snprintf(out, KEY_LABEL, "%sCtrl-%c", alt,
			 (char)(k.code >= 'a' ? k.code - 32 : k.code));
		return;
	}
	if (k.press == PRESS_FUNCTION) {
		snprintf(out, KEY_LABEL, "%sF%u", alt, (unsigned)k.code);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(named); i++) {
		if (named[i].press == k.press) {
			snprintf(out, KEY_LABEL, "%s%s", alt,
				 language == LANGUAGE_FR ? named[i].fr : named[i].en);
			return;
		}
	}
	if (k.press == PRESS_CHAR) {
		char bytes[5] = {0};

		(void)utf8_put(k.code, bytes);
		snprintf(out, KEY_LABEL, "%s%s", alt, bytes);
		return;
	}
	out[0] = '\0';
}

bool key_types(struct key k)
{
	return k.press == PRESS_CHAR && !k.alt;
}
