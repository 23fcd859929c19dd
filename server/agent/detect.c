/*
 * detect.c - see detect.h.
 */
#include "server/agent/detect.h"

#define UNIT 256 /* of scores */

/* ---- whole numbers ---- */

static uint32_t root_of(uint32_t n)
{
	uint32_t root = 0, bit = 1u << 30;

	while (bit > n)
		bit >>= 2;
	for (; bit != 0; bit >>= 2) {
		bool fits = n >= root + bit;

		n -= fits ? root + bit : 0;
		root = (root >> 1) + (fits ? bit : 0);
	}
	return root;
}

/* The logistic function: per cent for log-odds of 0, 1/4, 1/2 ... */
static int percent_of(int score)
{
	static const unsigned char percents[] = {50, 56, 62, 68, 73, 78, 82, 85, 88, 90,
						 92, 94, 95, 96, 97, 98, 98, 99, 99};
	int64_t at = (score < 0 ? -(int64_t)score : score) * 4 / UNIT;

	return percents[int_clamp(at, 0, (int64_t)ARRAY_LEN(percents) - 1)];
}

/* ---- the score ---- */

/* A weight of a text with n features, as a part of its score. */
static int part_of(const struct detect_table *table, int64_t weight, uint32_t n)
{
	if (n == 0)
		return 0;
	return (int)(weight * UNIT * UNIT /
		     ((int64_t)table->scale * DETECT_FULL * root_of(n * (UNIT * UNIT))));
}

/* The language that a score stands for, in a text of that shape. */
static enum language language_of(const struct detect_table *table, struct detect_shape shape,
				 int score)
{
	int margin = shape.might_name ? table->name_margin : table->margin;

	if (abs(score) < margin || (shape.words > 0 && shape.letters < 2))
		return LANGUAGE_UNKNOWN;
	return score > 0 ? LANGUAGE_FR : LANGUAGE_EN;
}

struct detected language_detect_by(const struct detect_table *table, struct str text)
{
	struct feature_sink sink = {.weights = table->weights};
	struct detect_shape shape = detect_read(text, &table->neutral, &sink);
	int part = part_of(table, sink.sum, sink.n);
	struct detected d = {.score = (int)((int64_t)part * table->temperature / UNIT),
			     .words = shape.words};

	d.language = language_of(table, shape, d.score);
	d.confidence = percent_of(d.language == LANGUAGE_UNKNOWN ? 0 : d.score);
	return d;
}

struct detected language_detect(struct str text)
{
	return language_detect_by(&detect_table, text);
}

/* ---- why ---- */

struct reasons {
	struct detect_reason *out;
	size_t n, max;
};

static bool heavier(const struct detect_reason *a, const struct detect_reason *b)
{
	return abs(a->weight) > abs(b->weight);
}

static void note(void *to, const struct feature *f)
{
	struct reasons *r = to;
	struct detect_reason one = {.kind = f->kind,
				    .weight = detect_table.weights[f->bucket] * f->share};
	size_t at;

	snprintf(one.text, sizeof one.text, STR_FMT "%s" STR_FMT, STR_ARG(f->before),
		 f->before.n > 0 ? " " : "", STR_ARG(f->text));
	for (at = 0; at < r->n; at++) {
		if (r->out[at].kind == one.kind && strcmp(r->out[at].text, one.text) == 0)
			return;
	}
	if (r->n < r->max)
		at = r->n++;
	else if (r->max > 0 && heavier(&one, &r->out[r->max - 1]))
		at = r->max - 1;
	else
		return;
	for (; at > 0 && heavier(&one, &r->out[at - 1]); at--)
		r->out[at] = r->out[at - 1];
	r->out[at] = one;
}

size_t language_explain(struct str text, struct detect_reason *out, size_t max)
{
	struct reasons r = {.out = out, .max = max};
	struct feature_sink sink = {.seen = note, .to = &r};

	(void)detect_read(text, &detect_table.neutral, &sink);
	for (size_t i = 0; i < r.n; i++) {
		int part = part_of(&detect_table, out[i].weight, sink.n);

		out[i].weight = (int)((int64_t)part * detect_table.temperature / UNIT);
	}
	return r.n;
}
