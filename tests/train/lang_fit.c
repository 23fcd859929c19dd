/*
 * lang_fit.c - see lang_fit.h.
 */
#include "tests/train/lang_fit.h"

#include <math.h>

#define EPOCHS       20
#define RATE         0.2
#define DECAY        2e-5 /* of the weights, towards zero */
#define WEIGHT_SHARE 1.0  /* of a line as it stands; French lines without accents: */
#define PLAIN_SHARE  0.8
#define SMS_SHARE    0.4 /* of a line in SMS spelling, */
#define MIXED_SHARE                                                                              \
	0.25             /* of a line in which both languages are mixed: its words are of either \
			  */
#define JOINED_SHARE 0.3 /* and without apostrophes */
#define NAME_SHARE   0.5 /* of a neutral word, which should lean nowhere */

double lang_logistic(double x)
{
	double y = x < 0 ? -x : x, e = 1, term = 1, p;

	if (y > 30)
		y = 30;
	/* exp(y/64) by its series, then six squarings */
	for (int i = 1; i < 12; i++) {
		term = term * (y / 64) / i;
		e += term;
	}
	for (int i = 0; i < 6; i++)
		e = e * e;
	p = e / (1 + e);
	return x < 0 ? 1 - p : p;
}

/* ---- examples ---- */

struct example {
	double target, share;
	uint32_t *buckets;
	unsigned char *counts; /* quarters */
	size_t n, room;
};

struct examples {
	struct example *e;
	size_t n, room;
};

static void take(void *to, const struct feature *f)
{
	struct example *e = to;

	if (e->n == e->room) {
		e->room = e->room == 0 ? 64 : e->room * 2;
		e->buckets = xrealloc(e->buckets, e->room * sizeof *e->buckets);
		e->counts = xrealloc(e->counts, e->room);
	}
	e->buckets[e->n] = f->bucket;
	e->counts[e->n++] = (unsigned char)f->share;
}

static void example_add(struct examples *x, struct str text, double target, double share,
			const struct word_set *neutral)
{
	struct example e = {.target = target, .share = share};

	(void)detect_read(text, neutral, &(struct feature_sink){.seen = take, .to = &e});
	if (e.n == 0)
		return;
	if (x->n == x->room) {
		x->room = x->room == 0 ? 4096 : x->room * 2;
		x->e = xrealloc(x->e, x->room * sizeof *x->e);
	}
	x->e[x->n++] = e;
}

static void line_add(struct examples *x, struct arena *a, const struct lang_line *l,
		     const struct word_set *neutral)
{
	static const struct word_set none = {NULL, 0};
	double target = l->language == LANGUAGE_FR ? 1 : 0;
	struct str plain = lang_without_accents(a, l->text);
	struct str sms = lang_as_sms(a, l->language, l->text);
	struct str joined = lang_without_apostrophes(a, plain);

	if (l->language == LANGUAGE_UNKNOWN) {
		if (!str_is(l->flags, "name"))
			example_add(x, l->text, 0.5, NAME_SHARE, &none);
		return;
	}
	if (str_find(l->flags, STR_LIT("mixed")) >= 0) {
		example_add(x, l->text, target, MIXED_SHARE, neutral);
		return;
	}
	example_add(x, l->text, target, WEIGHT_SHARE, neutral);
	if (l->language == LANGUAGE_FR)
		example_add(x, plain, target, PLAIN_SHARE, neutral);
	if (sms.p != l->text.p)
		example_add(x, sms, target, SMS_SHARE, neutral);
	if (joined.p != plain.p)
		example_add(x, joined, target, JOINED_SHARE, neutral);
}

/* ---- learning ---- */

static uint64_t chance(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void shuffle(size_t *order, size_t n, uint64_t *state)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = (size_t)(chance(state) % i), was = order[i - 1];

		order[i - 1] = order[j];
		order[j] = was;
	}
}

static void learn_one(const struct example *e, double *w, double *g2)
{
	double x = 1 / (sqrt((double)e->n) * DETECT_FULL), at = 0, error;

	for (size_t i = 0; i < e->n; i++)
		at += w[e->buckets[i]] * e->counts[i] * x;
	error = (lang_logistic(at) - e->target) * e->share;
	for (size_t i = 0; i < e->n; i++) {
		uint32_t b = e->buckets[i];
		double g = error * e->counts[i] * x + DECAY * w[b];

		g2[b] += g * g;
		w[b] -= RATE * g / sqrt(g2[b] + 1e-8);
	}
}

static void quantize(const double *w, struct lang_model *m)
{
	double most = 0;

	for (size_t i = 0; i < DETECT_BUCKETS; i++)
		most = fabs(w[i]) > most ? fabs(w[i]) : most;
	/* the few heaviest are cut: the light ones keep more of their digits */
	m->table.scale = most > 0 ? (int)(127 * 1.5 / most) : 1;
	if (m->table.scale < 1)
		m->table.scale = 1;
	for (size_t i = 0; i < DETECT_BUCKETS; i++) {
		int64_t q = (int64_t)(w[i] * m->table.scale + (w[i] < 0 ? -0.5 : 0.5));

		m->weights[i] = (int8_t)int_clamp(q, -127, 127);
	}
}

/* ---- neutral words ---- */

static int hash_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

struct words {
	struct lang_model *m;
	size_t n;
	bool names;
};

static void word_take(void *to, const struct feature *f)
{
	struct words *w = to;

	if (f->kind != FEATURE_WORD)
		return;
	w->m->neutral = xrealloc(w->m->neutral, (w->n + 1) * sizeof *w->m->neutral);
	w->m->neutral[w->n++] = w->names ? detect_name_hash(f->text) : detect_hash(f->text);
}

static void neutral_learn(const struct lang_set *set, lang_use *use, const void *to,
			  struct lang_model *m)
{
	static const struct word_set none = {NULL, 0};
	struct words w = {.m = m};
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++) {
		w.names = str_is(set->lines[i].flags, "name");
		if (set->lines[i].language == LANGUAGE_UNKNOWN &&
		    (use == NULL || use(to, &set->lines[i])))
			(void)detect_read(set->lines[i].text, &none,
					  &(struct feature_sink){.seen = word_take, .to = &w});
	}
	if (w.n > 0)
		qsort(m->neutral, w.n, sizeof *m->neutral, hash_order);
	for (size_t i = 0; i < w.n; i++) {
		if (n == 0 || m->neutral[n - 1] != m->neutral[i])
			m->neutral[n++] = m->neutral[i];
	}
	m->table.neutral = (struct word_set){m->neutral, n};
}

void lang_fit(const struct lang_set *set, lang_use *use, const void *to, struct lang_model *m)
{
	double *w = xcalloc(DETECT_BUCKETS, sizeof *w), *g2 = xcalloc(DETECT_BUCKETS, sizeof *g2);
	struct examples x = {0};
	struct arena a = {0};
	uint64_t state = 0x9E3779B97F4A7C15u;
	size_t *order;

	neutral_learn(set, use, to, m);
	for (size_t i = 0; i < set->n; i++) {
		if (use == NULL || use(to, &set->lines[i]))
			line_add(&x, &a, &set->lines[i], &m->table.neutral);
	}
	order = xcalloc(x.n, sizeof *order);
	for (size_t i = 0; i < x.n; i++)
		order[i] = i;
	for (int epoch = 0; epoch < EPOCHS; epoch++) {
		shuffle(order, x.n, &state);
		for (size_t i = 0; i < x.n; i++)
			learn_one(&x.e[order[i]], w, g2);
	}
	quantize(w, m);
	m->table.weights = m->weights;
	for (size_t i = 0; i < x.n; i++) {
		free(x.e[i].buckets);
		free(x.e[i].counts);
	}
	free(x.e);
	free(order);
	free(w);
	free(g2);
	arena_free(&a);
}
