/*
 * notices.c - see notices.h. GSM-7, one segment with a store's name of up to 40 characters. HELP is
 * answered by us too: the carrier's own default says how to opt out, but not whose number this is.
 */
#include "server/webhook/notices.h"

struct notice {
	const char *either, *en, *fr;
};

static const struct notice help = {
	.either = "{store}, {phone}. Text us or call us / Textez-nous ou appelez-nous. "
		  "STOP: no more texts / ARRET: plus de textos.",
	.en = "{store}: text us about bikes, orders and service, or call {phone}. Reply STOP for "
	      "no more texts.",
	.fr = "{store} : textez-nous au sujet de nos produits, d'une commande ou de l'atelier, ou "
	      "appelez le {phone}. ARRET pour ne plus rien recevoir.",
};

static const struct notice stopped = {
	.either =
		"{store}: STOP noted / ARRET noté. START: texts again / START : textos de nouveau.",
	.en = "{store}: you will get no more texts from us. Reply START to get them again.",
	.fr = "{store} : c'est noté, vous ne recevrez plus de textos de notre part. START pour en "
	      "recevoir à nouveau.",
};

static const struct notice started = {
	.either = "{store}: texts again / textos de nouveau. STOP / ARRET.",
	.en = "{store}: you will get our texts again. Reply STOP for no more.",
	.fr = "{store} : vous recevrez de nouveau nos textos. ARRET pour ne plus en recevoir.",
};

const char *notice_for(const struct keyword *k, bool carrier_matched)
{
	const struct notice *n = k->class == KEYWORD_HELP   ? &help
				 : k->class == KEYWORD_STOP ? &stopped
							    : &started;

	if (k->class == KEYWORD_NONE || carrier_matched)
		return NULL;
	if (k->answered_by_carrier && k->class != KEYWORD_HELP)
		return NULL;
	switch (k->language) {
	case KEYWORD_ENGLISH: return n->en;
	case KEYWORD_FRENCH: return n->fr;
	default: return n->either;
	}
}

const char *keyword_word(const struct keyword *k)
{
	switch (k->class) {
	case KEYWORD_STOP: return "stop";
	case KEYWORD_START: return k->only_if_opted_out ? "start_if_out" : "start";
	case KEYWORD_HELP: return "help";
	default: return NULL;
	}
}
