/*
 * sentences.c - see sentences.h.
 */
#include "server/agent/sentences.h"

#define SENTENCE_TEXT(key, en, fr) {#key, en, fr},
static const struct {
	const char *key, *en, *fr;
} catalogue[] = {SENTENCES(SENTENCE_TEXT)};
#undef SENTENCE_TEXT

const char *sentence_text(enum sentence key, enum language l)
{
	return l == LANGUAGE_FR ? catalogue[key].fr : catalogue[key].en;
}

const char *sentence_key(enum sentence key)
{
	return catalogue[key].key;
}

static void place_add(struct buf *b, enum sentence key, struct str name,
		      const struct sentence_part *parts, size_t parts_n)
{
	for (size_t i = 0; i < parts_n; i++) {
		if (str_is(name, parts[i].name)) {
			buf_add_str(b, parts[i].text);
			return;
		}
	}
	BUG("sentence %s has no part for {" STR_FMT "}", catalogue[key].key, STR_ARG(name));
}

void sentence_add(struct buf *b, enum sentence key, enum language l,
		  const struct sentence_part *parts, size_t parts_n)
{
	struct str rest = str_of(sentence_text(key, l));
	size_t begin;

	if (b->n > 0)
		buf_add_char(b, ' ');
	begin = b->n;
	while (rest.p != NULL) {
		struct str before = str_cut(&rest, '{');

		/* "by 3:45 p.m." ends the sentence with the one stop that it has. */
		if (b->n > begin && b->p[b->n - 1] == '.' && str_starts(before, STR_LIT(".")))
			before = str_sub(before, 1, before.n);
		buf_add_str(b, before);
		if (rest.p != NULL)
			place_add(b, key, str_cut(&rest, '}'), parts, parts_n);
	}
	if (begin < b->n && b->p[begin] >= 'a' && b->p[begin] <= 'z')
		b->p[begin] = (char)(b->p[begin] - 'a' + 'A');
}
