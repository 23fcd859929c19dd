/*
 * sentences.c - see sentences.h.
 */
#include "server/voice/sentences.h"

#define SENTENCE_TEXT(key, en, fr) {#key, en, fr},
static const struct {
	const char *key, *en, *fr;
} catalogue[] = {VOICE_SENTENCES(SENTENCE_TEXT)};
#undef SENTENCE_TEXT

const char *voice_sentence(enum voice_sentence key, enum language l)
{
	return l == LANGUAGE_FR ? catalogue[key].fr : catalogue[key].en;
}

const char *voice_sentence_key(enum voice_sentence key)
{
	return catalogue[key].key;
}

static const struct voice_manner english = {
	.voice = "Polly.Joanna-Neural",
	.language = "en-US",
	.heard = "en-US",
	.hints = "opening hours,store hours,are you open,where are you,address,parking,order,order "
		 "number,pick up,delivery,bike,bicycle,e-bike,tune-up,repair,flat tire,inner tube,"
		 "brakes,chain,derailleur,wheel,helmet,appointment,return,refund,exchange,warranty,"
		 "speak to a person,speak to someone,representative,leave a message,call me back,"
		 "goodbye,en français,French please",
};

static const struct voice_manner french = {
	.voice = "Polly.Gabrielle-Neural",
	.language = "fr-CA",
	.heard = "fr-CA",
	.hints = "heures d'ouverture,êtes-vous ouverts,adresse,stationnement,commande,numéro de "
		 "commande,ramassage,livraison,vélo,bicyclette,vélo électrique,mise au point,"
		 "réparation,crevaison,chambre à air,freins,chaîne,dérailleur,roue,casque,"
		 "rendez-vous,retour,remboursement,échange,garantie,parler à une personne,parler à "
		 "quelqu'un,préposé,laisser un message,rappelez-moi,au revoir,in English please,"
		 "anglais",
};

const struct voice_manner *voice_manner_of(enum language l)
{
	return l == LANGUAGE_FR ? &french : &english;
}

/* The catalogue's sentences hold no quotation mark, backslash or control character: a test sees to
 * it. */
const char *voice_greeting_json(struct arena *a)
{
	return arena_printf(a,
			    "{\"hello\":{\"en\":\"%s\",\"fr\":\"%s\"},"
			    "\"other\":{\"en\":\"%s\",\"fr\":\"%s\"},"
			    "\"ask\":{\"en\":\"%s\",\"fr\":\"%s\"}}",
			    catalogue[VOICE_HELLO].en, catalogue[VOICE_HELLO].fr,
			    catalogue[VOICE_OTHER_LANGUAGE].en, catalogue[VOICE_OTHER_LANGUAGE].fr,
			    catalogue[VOICE_ASK].en, catalogue[VOICE_ASK].fr);
}
