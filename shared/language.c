/*
 * language.c - see language.h.
 */
#include "shared/language.h"

const char *language_code(enum language l)
{
	switch (l) {
	case LANGUAGE_EN: return "en";
	case LANGUAGE_FR: return "fr";
	case LANGUAGE_UNKNOWN: break;
	}
	return "";
}

enum language language_parse(struct str code)
{
	struct str primary = str_sub(code, 0, 2);

	if (code.n > 2 && code.p[2] != '-' && code.p[2] != '_')
		return LANGUAGE_UNKNOWN;
	if (str_is_nocase(primary, "en"))
		return LANGUAGE_EN;
	if (str_is_nocase(primary, "fr"))
		return LANGUAGE_FR;
	return LANGUAGE_UNKNOWN;
}
