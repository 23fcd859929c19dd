/*
 * detect_read.h - what the language model sees of a text: a walk over its features. detect.c adds
 * their weights up, the trainer (tests/train) learns them: both through this one function, so that
 * what is learned is what is read.
 *
 * Words are runs of letters, lower-cased, accents folded but remembered; they end at everything
 * else, also at an apostrophe. Addresses (e-mail, web), numbers, codes, and the words of the given
 * set (names, brands, units) have no features at all. A capitalised word inside a sentence may be a
 * name: its features count half.
 */
#ifndef SWITCHBACK_SERVER_AGENT_DETECT_READ_H
#define SWITCHBACK_SERVER_AGENT_DETECT_READ_H

#include "shared/str.h"

#define DETECT_BUCKETS  32768u
#define DETECT_READ_MAX 600 /* bytes of a text that are looked at */
#define DETECT_WORD_MAX 30  /* letters of a word that are looked at */
#define DETECT_FULL     4   /* share of a feature that counts wholly; of a possible name: half */

enum feature_kind {
	FEATURE_LETTERS, /* 2 to 4 letters; ^ and $ are the word's ends */
	FEATURE_WORD,
	FEATURE_PAIR,    /* a word and the one before it */
	FEATURE_ELISION, /* "j'", "'m" */
	FEATURE_ACCENT,  /* an accented letter, which one */
	FEATURE_NUMBER,  /* what stands behind a number: "14h", "2pm", "1er", "2nd" */
	FEATURE_KINDS
};

struct feature {
	enum feature_kind kind;
	uint32_t bucket;         /* < DETECT_BUCKETS */
	int share;               /* 1 .. DETECT_FULL */
	struct str before, text; /* before: of a pair. Valid during the call */
};

/* The hashes of folded words that belong to neither language, ascending: detect_hash of those that
 * never do, detect_name_hash of those that do not with a capital ("Giant", "Look", "Will"). */
struct word_set {
	const uint32_t *hashes;
	size_t n;
};

/* What of a text is no feature. */
struct detect_shape {
	unsigned words;   /* that had features */
	unsigned letters; /* of those words; one letter alone is a size, a unit, a choice */
	bool might_name;  /* at most four words, all capitalised, no sentence's end: perhaps a name
			   */
};

/* What is done with the features: added up (weights is not NULL: *sum is of weight times share, *n
 * their count), or shown one by one in their order. */
struct feature_sink {
	const int8_t *weights;
	int32_t sum;
	uint32_t n;
	void (*seen)(void *to, const struct feature *f);
	void *to;
};

/* Any bytes; takes no memory. */
struct detect_shape detect_read(struct str text, const struct word_set *neutral,
				struct feature_sink *sink);

/* Of a folded word. */
uint32_t detect_hash(struct str word);
uint32_t detect_name_hash(struct str word);

/* The ASCII letters that a Latin letter is folded to, its case kept: "e" of é, "OE" of Œ. "" when
 * there are none. */
const char *detect_folded(uint32_t code);

#endif
