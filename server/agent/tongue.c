/*
 * tongue.c - see tongue.h.
 */
#include "server/agent/tongue.h"

#include "server/agent/detect.h"

#define NEGATION_REACH 5 /* words that "not" and "stop" reach */

/* ---- what is asked for ---- */

#define NAMES "english|eng|anglais|anglaise|french|francais|francaise"

/* clang-format off */
static const char *const insisting[] = {
	NAMES " please|svp|stp",
	NAMES " s il vous|te plait",
	"in|en|to ?to " NAMES " please|svp|stp|thanks|merci|only|seulement|instead|plutot",
	"in|en " NAMES " s il vous|te plait",
	"please|svp ?answer|reply|write|speak|talk|text|repondre|repondez|reponds|ecrivez|ecris|parlez in|en " NAMES,
	"answer|answering|reply|replying|respond|responding|write|writing|talk|talking|text|texting|speaking|continue|switch|repondre|repondez|reponds|repond|ecrivez|ecris|ecrire|parler|parlez|continuer|continuez ?to ?me|moi|us|nous ?only in|en|to " NAMES,
	"don|doesn|not|can|cannot|ne|pas|only|rather|prefer|prefere ?t ?really|just|very speak|speaks|read|understand|parle|comprends|comprend ?pas ?much|very|tres ?well|bien ?any|a|le|l ?le|l " NAMES,
	"parle|jparle|parles|comprends|jcomprends|comprend|lis pas|pus|peu ?bien|vraiment ?a|le|l|d " NAMES,
	"do|does|can|could|vous|tu ?you|anyone|anybody|someone|somebody|we speak|talk ?in|en " NAMES,
	"anyone|anybody|someone|somebody|person|quelqu|quelqun|personne ?un ?who|that|qui speaks|speak|speaking|parle ?le|l " NAMES,
	"parlez|parles|parle ?vous|tu ?le|l " NAMES,
	"prefer|prefere|prefererais ?to ?speak|continue|parler|continuer ?in|en ?le|l|que ?ce ?soit ?en " NAMES,
};
/* clang-format on */

static bool is_name(struct str word)
{
	return word_among(word, "english eng anglais anglaise french francais francaise");
}

bool tongue_insists(const struct phrase *p)
{
	struct match m;

	for (size_t i = 0; i < p->n; i++) {
		if (word_among(p->words[i].text,
			       "manual manuel manuals guide guides instructions book livre books "
			       "livres catalogue catalog brochure version magazine documentation "
			       "label etiquette course cours class lessons"))
			return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(insisting); i++) {
		if (pattern_find(insisting[i], p, 0, &m))
			return true;
	}
	return false;
}

enum language tongue_named(const struct phrase *p)
{
	enum language wanted = LANGUAGE_UNKNOWN, other = LANGUAGE_UNKNOWN;
	size_t negation = SIZE_MAX; /* the place of the last word that says no */

	for (size_t i = 0; i < p->n; i++) {
		struct str word = p->words[i].text;
		bool french = str_starts(word, STR_LIT("fr"));
		enum language named = french ? LANGUAGE_FR : LANGUAGE_EN;

		if (word_among(word, "not no don t doesn pas ne n cannot stop arrete arretez "
				     "instead why pourquoi"))
			negation = i;
		if (!is_name(word))
			continue;
		if (negation != SIZE_MAX && i - negation <= NEGATION_REACH) {
			other = french ? LANGUAGE_EN : LANGUAGE_FR;
			negation = SIZE_MAX;
		} else if (wanted != LANGUAGE_UNKNOWN && wanted != named) {
			return LANGUAGE_UNKNOWN;
		} else {
			wanted = named;
		}
	}
	return wanted != LANGUAGE_UNKNOWN ? wanted : other;
}

/* ---- what is spoken ---- */

/* The latest text that is decided; *sure: it does not merely lean. */
static enum language written(const struct tongue_says *s, bool *sure)
{
	enum language leaning = LANGUAGE_UNKNOWN;

	for (size_t i = s->messages_n; i-- > 0;) {
		struct detected d = language_detect(s->messages[i].body);

		if (d.language != LANGUAGE_UNKNOWN && d.confidence >= TONGUE_SURE) {
			*sure = true;
			return d.language;
		}
		if (leaning == LANGUAGE_UNKNOWN)
			leaning = d.language;
	}
	*sure = false;
	return leaning;
}

struct tongue tongue_settle(const struct tongue_says *s)
{
	bool sure = false;
	enum language text = written(s, &sure);

	if (!sure && s->conversation != LANGUAGE_UNKNOWN)
		text = LANGUAGE_UNKNOWN;
	const struct tongue said[] = {
		{s->asked, TONGUE_ASKED},       {s->chosen, TONGUE_CHOSEN},
		{text, TONGUE_WRITTEN},         {s->conversation, TONGUE_CONVERSATION},
		{s->customer, TONGUE_CUSTOMER}, {s->store, TONGUE_STORE},
	};

	for (size_t i = 0; i < ARRAY_LEN(said); i++) {
		if (said[i].language != LANGUAGE_UNKNOWN)
			return said[i];
	}
	return (struct tongue){LANGUAGE_EN, TONGUE_STORE};
}
