/*
 * lang.c - the language model's trainer.
 *
 *   lang table SET.tsv... > server/agent/detect_table.c    learns from all lines
 *   lang judge [-v] SET.tsv...                             says how well unseen lines are told
 *
 * Lines that name a source (a development set's) are judged: in five parts, each by a model of the
 * other four, and each source by a model of the others. Lines without one are always learned from.
 */
#include <ctype.h>
#include <math.h>

#include "tests/train/lang_fit.h"

#define FOLDS       5
#define MARGIN      64  /* 1/256 log-odds */
#define NAME_MARGIN 600 /* of what may be a bare name */

/* ---- judging ---- */

struct verdict {
	struct detected d;
	bool judged, right;
};

struct fold {
	size_t number;     /* left out; FOLDS: none is */
	struct str source; /* left out, or empty */
};

static size_t fold_of(const struct lang_line *l)
{
	return detect_hash(l->text) % FOLDS;
}

static bool left_out(const struct fold *f, const struct lang_line *l)
{
	if (l->language == LANGUAGE_UNKNOWN)
		return l->source.n > 0 || (f->source.n == 0 && fold_of(l) == f->number);
	if (l->source.n == 0)
		return false;
	return f->source.n > 0 ? str_eq(f->source, l->source) : fold_of(l) == f->number;
}

static bool learned(const void *to, const struct lang_line *l)
{
	return !left_out(to, l);
}

/* A name is judged as people write it: with a capital. */
static struct str as_written(struct arena *a, const struct lang_line *l)
{
	char *p;

	if (l->language != LANGUAGE_UNKNOWN)
		return l->text;
	p = arena_cstr(a, l->text);
	p[0] = (char)toupper((unsigned char)p[0]);
	return str_make(p, l->text.n);
}

static void fold_judge(const struct lang_set *set, struct fold f, struct lang_model *m,
		       struct verdict *v)
{
	struct arena a = {0};

	lang_fit(set, learned, &f, m);
	for (size_t i = 0; i < set->n; i++) {
		if (!left_out(&f, &set->lines[i]))
			continue;
		v[i].d = language_detect_by(&m->table, as_written(&a, &set->lines[i]));
		v[i].judged = true;
		v[i].right = v[i].d.language == set->lines[i].language;
	}
	arena_free(&a);
}

static size_t words_of(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] != ' ' && (i == 0 || text.p[i - 1] == ' ');
	return n;
}

static bool ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	}
	return true;
}

enum kind { NEUTRAL, ALL, EN, FR, SHORT, ONE_WORD, PLAIN_FR, SMS_FR, SMS, MIXED, STORE, KINDS };

static bool is_kind(const struct lang_line *l, enum kind k)
{
	bool fr = l->language == LANGUAGE_FR, sms = str_find(l->flags, STR_LIT("sms")) >= 0;

	if (l->language == LANGUAGE_UNKNOWN)
		return k == NEUTRAL;
	switch (k) {
	case NEUTRAL: return false;
	case EN: return !fr;
	case FR: return fr;
	case SHORT: return words_of(l->text) <= 3;
	case ONE_WORD: return words_of(l->text) == 1;
	case PLAIN_FR: return fr && ascii(l->text);
	case SMS_FR: return fr && sms;
	case SMS: return sms;
	case MIXED: return str_find(l->flags, STR_LIT("mixed")) >= 0;
	case STORE: return str_starts(l->source, STR_LIT("authored"));
	default: return true;
	}
}

static void kind_report(const char *name, unsigned right, unsigned wrong, unsigned undecided)
{
	unsigned n = right + wrong + undecided;

	if (n > 0)
		printf("  %-22s %6.2f %%  %u of %u, %u wrong, %u undecided\n", name,
		       100.0 * right / n, right, n, wrong, undecided);
}

static void report(const struct lang_set *set, const struct verdict *v, bool verbose)
{
	static const char *const names[KINDS] = {"neutral words",
						 "all",
						 "English",
						 "French",
						 "up to 3 words",
						 "1 word",
						 "French without accents",
						 "French SMS spelling",
						 "SMS",
						 "code-switched",
						 "bike-store lines"};

	for (enum kind k = NEUTRAL; k < KINDS; k++) {
		unsigned right = 0, wrong = 0, undecided = 0;

		for (size_t i = 0; i < set->n; i++) {
			if (!v[i].judged || !is_kind(&set->lines[i], k))
				continue;
			right += v[i].right ? 1 : 0;
			undecided += v[i].d.language == LANGUAGE_UNKNOWN ? 1 : 0;
			wrong += !v[i].right && v[i].d.language != LANGUAGE_UNKNOWN ? 1 : 0;
			if (k == NEUTRAL)
				undecided = 0;
		}
		kind_report(names[k], right, wrong, undecided);
	}
	for (size_t i = 0; verbose && i < set->n; i++) {
		if (v[i].judged && !v[i].right)
			printf("MISS %s %d\t" STR_FMT "\t" STR_FMT "\n",
			       language_code(set->lines[i].language), v[i].d.score,
			       STR_ARG(set->lines[i].text), STR_ARG(set->lines[i].source));
	}
}

static void folds_judge(const struct lang_set *set, struct lang_model *m, struct verdict *v)
{
	for (size_t k = 0; k < FOLDS; k++)
		fold_judge(set, (struct fold){.number = k}, m, v);
}

static void sources_judge(const struct lang_set *set, struct lang_model *m, struct verdict *v)
{
	for (size_t i = 0; i < set->n; i++) {
		if (set->lines[i].source.n > 0 && !v[i].judged &&
		    set->lines[i].language != LANGUAGE_UNKNOWN)
			fold_judge(set, (struct fold){.source = set->lines[i].source}, m, v);
	}
}

/* The log-odds of lines kept apart are too sure of themselves: by how much, in 1/256. */
static int temperature_of(const struct lang_set *set, const struct verdict *v)
{
	int best = 256;
	double least = HUGE_VAL;

	for (int t = 64; t <= 1024; t += 8) {
		double sum = 0;

		for (size_t i = 0; i < set->n; i++) {
			double x = v[i].d.score / 256.0 * t / 256.0, p;

			if (!v[i].judged || set->lines[i].language == LANGUAGE_UNKNOWN)
				continue;
			p = lang_logistic(set->lines[i].language == LANGUAGE_FR ? x : -x);
			/* Brier's score: no logarithm */
			sum += (1 - p) * (1 - p);
		}
		if (sum < least) {
			least = sum;
			best = t;
		}
	}
	return best;
}

/* ---- the table ---- */

static void table_write(const struct lang_model *m, int sets, char **paths)
{
	const struct detect_table *t = &m->table;

	printf("/*\n * detect_table.c - Generated by `make train-lang`: nobody edits it.\n *\n"
	       " * Learned from:\n");
	for (int i = 0; i < sets; i++)
		printf(" *   %s\n",
		       strrchr(paths[i], '/') == NULL ? paths[i] : strrchr(paths[i], '/') + 1);
	printf(" * See docs/understanding.md for the sources of these lines.\n */\n"
	       "#include \"server/agent/detect_table.h\"\n\n/* clang-format off */\n"
	       "static const int8_t weights[DETECT_BUCKETS] = {");
	for (size_t i = 0; i < DETECT_BUCKETS; i++)
		printf("%s%d,", i % 32 == 0 ? "\n\t" : "", m->weights[i]);
	printf("\n};\n\nstatic const uint32_t neutral[] = {");
	for (size_t i = 0; i < t->neutral.n; i++)
		printf("%s0x%08x,", i % 10 == 0 ? "\n\t" : " ", t->neutral.hashes[i]);
	printf("\n};\n/* clang-format on */\n\n"
	       "const struct detect_table detect_table = {\n"
	       "\t.weights = weights,\n\t.neutral = {neutral, ARRAY_LEN(neutral)},\n"
	       "\t.scale = %d,\n\t.temperature = %d,\n\t.margin = %d,\n\t.name_margin = %d,\n};\n",
	       t->scale, t->temperature, t->margin, t->name_margin);
}

static int usage(void)
{
	fputs("usage: lang table SET.tsv... | lang judge [-v] SET.tsv...\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	static struct lang_model m;
	bool judge = argc > 1 && strcmp(argv[1], "judge") == 0;
	bool verbose = argc > 2 && strcmp(argv[2], "-v") == 0;
	int first = verbose ? 3 : 2;
	struct lang_set set = {0};
	struct arena a = {0};
	struct verdict *v;

	if (argc <= first || (!judge && strcmp(argv[1], "table") != 0))
		return usage();
	for (int i = first; i < argc; i++)
		lang_set_read(&a, argv[i], &set);
	v = xcalloc(set.n, sizeof *v);
	m.table.temperature = 256;
	m.table.margin = MARGIN;
	m.table.name_margin = NAME_MARGIN;
	folds_judge(&set, &m, v);
	if (judge) {
		printf("%zu texts, temperature %d\n", set.n, temperature_of(&set, v));
		printf("in five parts:\n");
		report(&set, v, verbose);
		memset(v, 0, set.n * sizeof *v);
		sources_judge(&set, &m, v);
		printf("each source by the others:\n");
		report(&set, v, verbose);
	} else {
		m.table.temperature = temperature_of(&set, v);
		lang_fit(&set, NULL, NULL, &m);
		table_write(&m, argc - first, argv + first);
	}
	free(v);
	free(set.lines);
	free(m.neutral);
	arena_free(&a);
	return 0;
}
