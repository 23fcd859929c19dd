/*
 * lang_fit.h - logistic regression by AdaGrad over detect_read()'s features. Only sums, products,
 * quotients and square roots, in a fixed order: the same lines give the same weights, bit for bit,
 * on every machine with IEEE doubles.
 */
#ifndef SWITCHBACK_TESTS_TRAIN_LANG_FIT_H
#define SWITCHBACK_TESTS_TRAIN_LANG_FIT_H

#include "server/agent/detect.h"
#include "tests/train/lang_set.h"

struct lang_model {
	int8_t weights[DETECT_BUCKETS];
	uint32_t *neutral; /* hashes, ascending */
	struct detect_table table;
};

/* Learns from those lines of the set for which use(to, line) holds (NULL: all). Those without a
 * language are its neutral words. *m is zeroed, or of an earlier fit. */
typedef bool lang_use(const void *to, const struct lang_line *l);
void lang_fit(const struct lang_set *set, lang_use *use, const void *to, struct lang_model *m);

/* The logistic function, without libm. */
double lang_logistic(double x);

#endif
