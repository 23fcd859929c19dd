/*
 * stopwords.h - the words by which a phone opts out and in again, and what the carrier answers
 * (twilio.md 2.5). Only a text that is that one word counts.
 */
#ifndef SWITCHBACK_TESTS_SIM_STOPWORDS_H
#define SWITCHBACK_TESTS_SIM_STOPWORDS_H

#include "shared/str.h"

enum sim_stopword { SIM_WORD_NONE, SIM_WORD_STOP, SIM_WORD_START, SIM_WORD_HELP };

/* `advanced`: the French words of Advanced Opt-Out count too; *french says that one matched. */
enum sim_stopword sim_stopword_of(struct str body, bool advanced, bool *french);
/* As OptOutType names it. */
const char *sim_stopword_type(enum sim_stopword w);
const char *sim_stopword_reply(enum sim_stopword w, bool french);

#endif
