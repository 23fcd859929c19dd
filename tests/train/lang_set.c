/*
 * lang_set.c - see lang_set.h.
 */
#include "tests/train/lang_set.h"

#include <ctype.h>

#include "server/agent/detect_read.h"
#include "shared/buf.h"
#include "shared/utf8.h"

NO_RETURN static void refuse(const char *path, const char *why)
{
	fprintf(stderr, "%s: %s\n", path, why);
	exit(1);
}

static struct str file_read(struct arena *a, const char *path)
{
	FILE *in = fopen(path, "r");
	struct buf b = {0};
	char part[4096];
	struct str all;
	size_t n;

	if (in == NULL)
		refuse(path, "cannot be read");
	while ((n = fread(part, 1, sizeof part, in)) > 0)
		buf_add_str(&b, str_make(part, n));
	fclose(in);
	all = arena_str(a, buf_str(&b));
	buf_clear(&b);
	return all;
}

static void line_add(struct lang_set *set, struct lang_line l)
{
	l.text = str_trim(l.text);
	if (l.text.n == 0)
		return;
	if (set->n == set->room) {
		set->room = set->room == 0 ? 1024 : set->room * 2;
		set->lines = xrealloc(set->lines, set->room * sizeof *set->lines);
	}
	set->lines[set->n++] = l;
}

enum { COLUMN_LANG, COLUMN_TEXT, COLUMN_FLAGS, COLUMN_SOURCE, COLUMNS };

static void header_read(const char *path, struct str header, size_t place[COLUMNS])
{
	static const char *const names[COLUMNS] = {"lang", "text", "flags", "source"};

	for (size_t c = 0; c < COLUMNS; c++)
		place[c] = SIZE_MAX;
	for (size_t at = 0; header.p != NULL; at++) {
		struct str name = str_cut(&header, '\t');

		for (size_t c = 0; c < COLUMNS; c++)
			place[c] = str_is(name, names[c]) ? at : place[c];
	}
	if (place[COLUMN_LANG] == SIZE_MAX || place[COLUMN_TEXT] == SIZE_MAX)
		refuse(path, "its first line does not name the columns lang and text");
}

void lang_set_read(struct arena *a, const char *path, struct lang_set *set)
{
	struct str all = file_read(a, path);
	size_t place[COLUMNS];

	header_read(path, str_cut(&all, '\n'), place);
	while (all.p != NULL) {
		struct str line = str_cut(&all, '\n'), cells[COLUMNS] = {0};

		for (size_t at = 0; line.p != NULL; at++) {
			struct str cell = str_cut(&line, '\t');

			for (size_t c = 0; c < COLUMNS; c++)
				cells[c] = place[c] == at ? cell : cells[c];
		}
		line_add(set,
			 (struct lang_line){language_parse(cells[COLUMN_LANG]), cells[COLUMN_TEXT],
					    cells[COLUMN_FLAGS], cells[COLUMN_SOURCE]});
	}
}

struct str lang_without_accents(struct arena *a, struct str text)
{
	char *to = arena_take(a, text.n * 2 + 1);
	size_t n = 0, len;
	bool changed = false;

	for (size_t i = 0; i < text.n; i += len) {
		uint32_t code = 0;
		const char *folded = "";

		len = utf8_next(str_sub(text, i, text.n), &code);
		if (len > 1)
			folded = detect_folded(code);
		len = size_max(len, 1);
		changed = changed || folded[0] != '\0';
		if (folded[0] != '\0') {
			memcpy(to + n, folded, strlen(folded));
			n += strlen(folded);
		} else {
			memcpy(to + n, text.p + i, len);
			n += len;
		}
	}
	return changed ? str_make(to, n) : text;
}

struct str lang_without_apostrophes(struct arena *a, struct str text)
{
	char *to = arena_take(a, text.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (str_starts(str_sub(text, i, 3), STR_LIT("\xE2\x80\x99")))
			i += 2;
		else if (text.p[i] != '\'')
			to[n++] = text.p[i];
	}
	return n == text.n ? text : str_make(to, n);
}

/* ---- SMS spelling ---- */

/* clang-format off */
static const char *const sms_french[][2] = {
	{"que", "ke"}, {"qui", "ki"}, {"quand", "qd"}, {"quoi", "koi"}, {"pourquoi", "pk"}, {"vous", "vs"}, {"nous", "ns"},
	{"tout", "tt"}, {"tous", "ts"}, {"toujours", "tjrs"}, {"dans", "ds"}, {"pour", "pr"}, {"bien", "bi1"}, {"rien", "ri1"},
	{"demain", "2m1"}, {"beaucoup", "bcp"}, {"bonjour", "bjr"}, {"bonsoir", "bsr"}, {"salut", "slt"}, {"merci", "mrc"},
	{"avec", "ac"}, {"c'est", "c"}, {"c'etait", "ctait"}, {"est", "e"}, {"es", "e"}, {"t'es", "t"}, {"j'ai", "g"},
	{"je", "j"}, {"suis", "sui"}, {"quel", "kel"}, {"quelle", "kel"}, {"quelqu'un", "qqun"}, {"quelque", "qq"},
	{"rendez-vous", "rdv"}, {"s'il", "sil"}, {"aujourd'hui", "auj"}, {"maintenant", "mtn"}, {"temps", "tps"},
	{"moi", "moa"}, {"toi", "toa"}, {"oui", "wi"}, {"comment", "cmt"}, {"combien", "cb"}, {"parce", "pcq"}, {"mais", "mé"},
	{"desole", "dsl"}, {"plus", "+"}, {"message", "msg"}, {"besoin", "bsoin"}, {"pas", "pa"}, {"fait", "fé"},
	{"reponse", "rep"}, {"repondez", "rep"}, {"magasin", "mag"}, {"numero", "no"}, {"weekend", "we"}, {"peux", "pe"},
};
static const char *const sms_english[][2] = {
	{"you", "u"}, {"your", "ur"}, {"you're", "ur"}, {"are", "r"}, {"why", "y"}, {"for", "4"}, {"to", "2"}, {"be", "b"},
	{"see", "c"}, {"tomorrow", "tmrw"}, {"tonight", "2nite"}, {"today", "2day"}, {"please", "pls"}, {"thanks", "thx"},
	{"thank", "thk"}, {"what", "wat"}, {"with", "w"}, {"because", "cuz"}, {"before", "b4"}, {"great", "gr8"},
	{"later", "l8r"}, {"people", "ppl"}, {"message", "msg"}, {"text", "txt"}, {"about", "abt"}, {"back", "bk"},
	{"the", "da"}, {"that", "dat"}, {"this", "dis"}, {"have", "hv"}, {"need", "nd"}, {"want", "wnt"}, {"and", "n"},
	{"ready", "rdy"}, {"appointment", "appt"}, {"tomorow", "2moro"}, {"from", "frm"}, {"work", "wrk"}, {"good", "gd"},
	{"should", "shd"}, {"would", "wld"}, {"could", "cld"}, {"where", "whr"}, {"know", "knw"}, {"going", "goin"},
	{"something", "sthg"}, {"someone", "some1"}, {"probably", "prob"}, {"week", "wk"}, {"weekend", "wknd"},
};
/* clang-format on */

static const char *sms_of(enum language l, struct str word)
{
	size_t n = l == LANGUAGE_FR ? ARRAY_LEN(sms_french) : ARRAY_LEN(sms_english);

	for (size_t i = 0; i < n; i++) {
		const char *const *pair = l == LANGUAGE_FR ? sms_french[i] : sms_english[i];

		if (str_is_nocase(word, pair[0]))
			return pair[1];
	}
	return NULL;
}

/* "je suis" is written "jsuis", "je me" "jme": a small e that is not heard falls. */
static bool falls(enum language l, struct str word)
{
	return l == LANGUAGE_FR && str_is_nocase(word, "je");
}

struct str lang_as_sms(struct arena *a, enum language l, struct str text)
{
	struct str plain = lang_without_accents(a, text), rest = plain, out;
	struct buf b = {0};
	bool joined = false;

	while (rest.p != NULL) {
		struct str word = str_cut(&rest, ' ');
		const char *sms = sms_of(l, word);

		if (b.n > 0 && !joined)
			buf_add_char(&b, ' ');
		joined = falls(l, word) && rest.n > 0 && isalpha((unsigned char)rest.p[0]);
		if (joined)
			buf_add_char(&b, 'j');
		else if (sms != NULL)
			buf_add_cstr(&b, sms);
		else
			buf_add_str(&b, lang_without_apostrophes(a, word));
	}
	out = arena_str(a, buf_str(&b));
	buf_clear(&b);
	return str_eq(out, plain) ? text : out;
}
