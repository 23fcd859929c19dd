/*
 * outage.c - see outage.h. Two tables of fixed size; a store's place is its number's hash, words
 * take turns.
 */
#include "server/voice/outage.h"

#include "shared/clock.h"

#define STORES  4096
#define WORDS   512
#define KEPT_MS 60000

struct kept_store {
	char called[24], number[24];
	enum language language;
};

struct kept_words {
	char *document, *words, *confidence, *digits;
	int64_t until_ms;
};

struct outage {
	struct kept_store stores[STORES];
	struct kept_words words[WORDS];
	size_t next;
};

struct outage *outage_new(void)
{
	return xcalloc(1, sizeof(struct outage));
}

static void words_forget(struct kept_words *w)
{
	free(w->document);
	free(w->words);
	free(w->confidence);
	free(w->digits);
	*w = (struct kept_words){0};
}

void outage_free(struct outage *o)
{
	if (o == NULL)
		return;
	for (size_t i = 0; i < WORDS; i++)
		words_forget(&o->words[i]);
	free(o);
}

/* FNV-1a */
static size_t place_of(struct str called)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < called.n; i++)
		h = (h ^ (unsigned char)called.p[i]) * 16777619u;
	return h % STORES;
}

void outage_store_keep(struct outage *o, struct str called, struct str number, enum language l)
{
	struct kept_store *s = &o->stores[place_of(called)];

	if (called.n == 0 || called.n >= sizeof s->called || number.n >= sizeof s->number)
		return;
	snprintf(s->called, sizeof s->called, STR_FMT, STR_ARG(called));
	snprintf(s->number, sizeof s->number, STR_FMT, STR_ARG(number));
	s->language = l;
}

bool outage_store(const struct outage *o, struct str called, struct outage_store *out)
{
	const struct kept_store *s = &o->stores[place_of(called)];

	if (called.n == 0 || !str_is(called, s->called))
		return false;
	*out = (struct outage_store){str_of(s->number), s->language};
	return true;
}

static char *copy(struct str s)
{
	char *p = xmalloc(s.n + 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

void outage_words_keep(struct outage *o, struct str document, const struct outage_words *w)
{
	struct kept_words *k = &o->words[o->next++ % WORDS];

	words_forget(k);
	*k = (struct kept_words){copy(document), copy(w->words), copy(w->confidence),
				 copy(w->digits), clock_mono_ms() + KEPT_MS};
}

void outage_words_take(struct outage *o, struct arena *a, struct str document,
		       struct outage_words *out)
{
	*out = (struct outage_words){0};
	for (size_t i = 0; i < WORDS; i++) {
		struct kept_words *k = &o->words[i];

		if (k->document == NULL || !str_is(document, k->document))
			continue;
		if (k->until_ms >= clock_mono_ms()) {
			out->words = arena_str(a, str_of(k->words));
			out->confidence = arena_str(a, str_of(k->confidence));
			out->digits = arena_str(a, str_of(k->digits));
		}
		words_forget(k);
	}
}
