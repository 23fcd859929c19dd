/*
 * stopwords.c - see stopwords.h.
 */
#include "tests/sim/stopwords.h"

#include "shared/utf8.h"

static const struct {
	const char *word;
	enum sim_stopword means;
	bool french; /* of Advanced Opt-Out's French set only */
} words[] = {
	{"stop", SIM_WORD_STOP, false},      {"unsubscribe", SIM_WORD_STOP, false},
	{"end", SIM_WORD_STOP, false},       {"quit", SIM_WORD_STOP, false},
	{"stopall", SIM_WORD_STOP, false},   {"revoke", SIM_WORD_STOP, false},
	{"optout", SIM_WORD_STOP, false},    {"cancel", SIM_WORD_STOP, false},
	{"start", SIM_WORD_START, false},    {"unstop", SIM_WORD_START, false},
	{"yes", SIM_WORD_START, false},      {"help", SIM_WORD_HELP, false},
	{"info", SIM_WORD_HELP, false},      {"arret", SIM_WORD_STOP, true},
	{"arrete", SIM_WORD_STOP, true},     {"arreter", SIM_WORD_STOP, true},
	{"desabonner", SIM_WORD_STOP, true}, {"commencer", SIM_WORD_START, true},
	{"oui", SIM_WORD_START, true},       {"aide", SIM_WORD_HELP, true},
};

enum sim_stopword sim_stopword_of(struct str body, bool advanced, bool *french)
{
	enum sim_stopword found = SIM_WORD_NONE;
	struct arena a = {0};
	struct str folded;

	*french = false;
	body = str_trim(body);
	if (body.n == 0 || body.n > 24)
		return SIM_WORD_NONE;
	folded = utf8_fold(&a, body);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_is(folded, words[i].word) && (advanced || !words[i].french)) {
			found = words[i].means;
			*french = words[i].french;
		}
	}
	arena_free(&a);
	return found;
}

const char *sim_stopword_type(enum sim_stopword w)
{
	static const char *const types[] = {"", "STOP", "START", "HELP"};

	return types[w];
}

const char *sim_stopword_reply(enum sim_stopword w, bool french)
{
	static const char *const replies[][2] = {
		{"", ""},
		{"You are unsubscribed and get no more messages from this number. Reply START to "
		 "subscribe again.",
		 "Vous \u00eates d\u00e9sabonn\u00e9 et ne recevrez plus de messages de ce "
		 "num\u00e9ro. R\u00e9pondez START pour vous r\u00e9abonner."},
		{"You are subscribed to messages from this number again. Reply HELP for help, STOP "
		 "to unsubscribe.",
		 "Vous \u00eates de nouveau abonn\u00e9 aux messages de ce num\u00e9ro. "
		 "R\u00e9pondez "
		 "AIDE pour de l'aide, ARRET pour vous d\u00e9sabonner."},
		{"Reply STOP to unsubscribe. Message and data rates may apply.",
		 "R\u00e9pondez ARRET pour vous d\u00e9sabonner. Des frais de messagerie peuvent "
		 "s'appliquer."},
	};

	return replies[w][french];
}
