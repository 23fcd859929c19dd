/*
 * behaviour.c - see behaviour.h.
 */
#include "tests/sim/behaviour.h"

#include "tests/sim/errors.h"

static const struct {
	const char *number;
	struct sim_behaviour behaviour;
	const char *says;
} magic[] = {
	{"+15005550001", {SIM_REFUSED, 21211}, "is no valid number"},
	{"+15005550002", {SIM_REFUSED, 21612}, "cannot be reached from here"},
	{"+15005550003", {SIM_REFUSED, 21408}, "lies in a region that is not allowed"},
	{"+15005550004", {SIM_REFUSED, 21610}, "has opted out"},
	{"+15005550009", {SIM_REFUSED, 21614}, "is no mobile phone"},
	{"+15005551001", {SIM_SLOW, 0}, "is slow: delivered after 20 s"},
	{"+15005551002", {SIM_NEVER, 0}, "is sent, but a receipt never comes"},
	{"+15005551003", {SIM_TWICE, 0}, "has each callback come twice"},
	{"+15005551004", {SIM_SWAPPED, 0}, "has \"delivered\" come before \"sent\""},
	{"+15005551005", {SIM_SILENT, 0}, "is delivered without any callback"},
};

static const struct {
	const char *word;
	enum sim_behaviour_kind kind;
} words[] = {{"normal", SIM_NORMAL}, {"slow", SIM_SLOW},       {"never", SIM_NEVER},
	     {"twice", SIM_TWICE},   {"swapped", SIM_SWAPPED}, {"silent", SIM_SILENT}};

static bool code_behaviour(int code, struct sim_behaviour *out)
{
	const struct sim_error *e = sim_error_find(code);

	if (e == NULL || code < 20000)
		return false;
	*out = (struct sim_behaviour){e->status != 0 ? SIM_REFUSED : SIM_FAILS, code};
	return true;
}

struct sim_behaviour sim_behaviour_of(struct str number)
{
	struct sim_behaviour b = {SIM_NORMAL, 0};
	int64_t code;

	for (size_t i = 0; i < ARRAY_LEN(magic); i++) {
		if (str_is(number, magic[i].number))
			return magic[i].behaviour;
	}
	if (number.n == 12 && str_starts(number, STR_LIT("+150055")) &&
	    str_int(str_sub(number, 7, 5), 20000, 39999, &code))
		(void)!code_behaviour((int)code, &b);
	return b;
}

bool sim_behaviour_parse(struct str word, struct sim_behaviour *out)
{
	int64_t code;

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_is(word, words[i].word)) {
			*out = (struct sim_behaviour){words[i].kind, 0};
			return true;
		}
	}
	return str_int(word, 20000, 39999, &code) && code_behaviour((int)code, out);
}

void sim_behaviour_word(struct sim_behaviour b, char out[16])
{
	snprintf(out, 16, "%d", b.code);
	for (size_t i = 0; b.code == 0 && i < ARRAY_LEN(words); i++) {
		if (words[i].kind == b.kind)
			snprintf(out, 16, "%s", words[i].word);
	}
}

bool sim_code_is_failed(int code)
{
	return code < 30003;
}

void sim_behaviour_help(struct buf *out)
{
	for (size_t i = 0; i < ARRAY_LEN(magic); i++) {
		char word[16];

		sim_behaviour_word(magic[i].behaviour, word);
		buf_printf(out, "  %s  %-8s %s\n", magic[i].number, word, magic[i].says);
	}
	buf_printf(out, "  +150055CCCCC  CCCCC    the error code itself: 2xxxx is answered at once "
			"(+15005521610),\n"
			"                         30003 to 30034 come later (+15005530003)\n");
}
