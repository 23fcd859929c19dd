/*
 * status.c - see status.h. Twilio may map a cause to another code one day: callers look at the
 * status first and at the code second (twilio.md 8.3).
 */
#include "server/twilio/status.h"

static const struct {
	const char *word;
	int rank;
} statuses[] = {
	[MESSAGE_UNKNOWN] = {"unknown", -1},
	[MESSAGE_ACCEPTED] = {"accepted", 0},
	[MESSAGE_SCHEDULED] = {"scheduled", 0},
	[MESSAGE_QUEUED] = {"queued", 1},
	[MESSAGE_SENDING] = {"sending", 2},
	[MESSAGE_SENT] = {"sent", 3},
	[MESSAGE_PARTIALLY_DELIVERED] = {"partially_delivered", 3},
	[MESSAGE_DELIVERED] = {"delivered", 4},
	[MESSAGE_UNDELIVERED] = {"undelivered", 4},
	[MESSAGE_FAILED] = {"failed", 4},
	[MESSAGE_CANCELED] = {"canceled", 4},
	[MESSAGE_READ] = {"read", 5},
	[MESSAGE_RECEIVING] = {"receiving", -1},
	[MESSAGE_RECEIVED] = {"received", -1},
};

enum message_status message_status_parse(struct str word)
{
	for (size_t i = 1; i < ARRAY_LEN(statuses); i++) {
		if (str_is(word, statuses[i].word))
			return (enum message_status)i;
	}
	return MESSAGE_UNKNOWN;
}

const char *message_status_word(enum message_status status)
{
	return statuses[(size_t)status < ARRAY_LEN(statuses) ? status : MESSAGE_UNKNOWN].word;
}

int message_status_rank(enum message_status status)
{
	return statuses[(size_t)status < ARRAY_LEN(statuses) ? status : MESSAGE_UNKNOWN].rank;
}

bool message_status_ends(enum message_status status)
{
	return message_status_rank(status) >= 4;
}

bool message_status_moves(enum message_status from, enum message_status to)
{
	if (to == MESSAGE_READ && message_status_ends(from))
		return from == MESSAGE_DELIVERED;
	return message_status_rank(to) > message_status_rank(from);
}

/* By code. The sentences are for a person at the counter: what happened, and what to do. */
static const struct carrier_error errors[] = {
	{20001, REACT_FAULT,
	 "The carrier did not understand our request; the operator has been told.",
	 "L'opérateur téléphonique n'a pas compris notre demande; le responsable technique est "
	 "avisé."},
	{20003, REACT_CREDENTIALS,
	 "The carrier refuses the store's account: wrong credentials, or the account is suspended.",
	 "L'opérateur téléphonique refuse le compte du magasin : mauvais identifiants ou compte "
	 "suspendu."},
	{20404, REACT_FINAL, "The carrier does not know this message or number any more.",
	 "L'opérateur téléphonique ne connaît plus ce message ou ce numéro."},
	{20422, REACT_FAULT, "The carrier did not accept our request; the operator has been told.",
	 "L'opérateur téléphonique n'a pas accepté notre demande; le responsable technique est "
	 "avisé."},
	{20429, REACT_RETRY, "The carrier is busy; the message goes out a little later.",
	 "L'opérateur téléphonique est occupé; le message partira un peu plus tard."},
	{20500, REACT_LOOK_FIRST,
	 "The carrier has a fault; we are checking whether the message left.",
	 "L'opérateur téléphonique est en panne; nous vérifions si le message est parti."},
	{20503, REACT_LOOK_FIRST,
	 "The carrier is unavailable; we are checking whether the message left.",
	 "L'opérateur téléphonique est indisponible; nous vérifions si le message est parti."},
	{21201, REACT_FAULT, "The request named no number to call.",
	 "La demande n'indiquait aucun numéro à appeler."},
	{21205, REACT_FAULT, "The carrier cannot use the web address that we gave it.",
	 "L'opérateur téléphonique ne peut pas utiliser l'adresse web que nous lui avons donnée."},
	{21211, REACT_FINAL, "This is not a valid phone number.",
	 "Ce n'est pas un numéro de téléphone valide."},
	{21212, REACT_SETUP, "The number that the store sends from is not valid.",
	 "Le numéro d'envoi du magasin n'est pas valide."},
	{21214, REACT_FINAL, "This number cannot be reached.", "Ce numéro est injoignable."},
	{21215, REACT_SETUP, "The store's account may not call this country.",
	 "Le compte du magasin ne permet pas d'appeler ce pays."},
	{21217, REACT_FINAL, "This does not look like a phone number.",
	 "Cela ne ressemble pas à un numéro de téléphone."},
	{21218, REACT_SETUP, "The carrier does not know the application that the account names.",
	 "L'opérateur téléphonique ne connaît pas l'application indiquée par le compte."},
	{21219, REACT_SETUP, "The store's trial account may call verified numbers only.",
	 "Le compte d'essai du magasin ne peut appeler que des numéros vérifiés."},
	{21220, REACT_FINAL, "The call was over already.", "L'appel était déjà terminé."},
	{21405, REACT_FAULT, "The number's set-up names a fallback address without a main one.",
	 "La configuration du numéro indique une adresse de secours sans adresse principale."},
	{21406, REACT_FAULT, "The number's set-up names a fallback address without a main one.",
	 "La configuration du numéro indique une adresse de secours sans adresse principale."},
	{21408, REACT_SETUP, "The store's account may not send texts to this country.",
	 "Le compte du magasin ne permet pas d'envoyer des textos vers ce pays."},
	{21602, REACT_FAULT, "The message had no text.", "Le message n'avait pas de texte."},
	{21603, REACT_FAULT, "The message had no sender.", "Le message n'avait pas d'expéditeur."},
	{21604, REACT_FAULT, "The message had no recipient.",
	 "Le message n'avait pas de destinataire."},
	{21606, REACT_FINAL, "The store's number cannot text this number; call it instead.",
	 "Le numéro du magasin ne peut pas envoyer de textos à ce numéro; appelez plutôt."},
	{21608, REACT_SETUP, "The store's trial account may text verified numbers only.",
	 "Le compte d'essai du magasin ne peut écrire qu'à des numéros vérifiés."},
	{21609, REACT_FAULT, "The carrier cannot use the address for delivery reports.",
	 "L'opérateur téléphonique ne peut pas utiliser l'adresse des accusés de livraison."},
	{21610, REACT_OPTED_OUT,
	 "The customer has unsubscribed with STOP; only a text from them with START changes that.",
	 "Le client s'est désabonné avec STOP; seul un texto START de sa part peut y revenir."},
	{21611, REACT_RETRY, "Too many texts are waiting at the carrier; this one goes out later.",
	 "Trop de textos attendent chez l'opérateur téléphonique; celui-ci partira plus tard."},
	{21612, REACT_FINAL, "The carrier has no way to text this number.",
	 "L'opérateur téléphonique ne peut pas envoyer de textos à ce numéro."},
	{21614, REACT_FINAL,
	 "This number is not a mobile phone and gets no texts; call it instead.",
	 "Ce numéro n'est pas un cellulaire et ne reçoit pas de textos; appelez plutôt."},
	{21617, REACT_FAULT, "The message was longer than 1600 characters.",
	 "Le message dépassait 1600 caractères."},
	{21619, REACT_FAULT, "The message had neither text nor picture.",
	 "Le message n'avait ni texte ni image."},
	{21620, REACT_FAULT, "The carrier cannot use the address of the picture.",
	 "L'opérateur téléphonique ne peut pas utiliser l'adresse de l'image."},
	{21623, REACT_FAULT, "The message had more than ten pictures.",
	 "Le message contenait plus de dix images."},
	{21626, REACT_FAULT, "The carrier will send no delivery reports for this message.",
	 "L'opérateur téléphonique n'enverra pas d'accusé de livraison pour ce message."},
	{21701, REACT_SETUP, "The carrier does not know the store's messaging service.",
	 "L'opérateur téléphonique ne connaît pas le service de messagerie du magasin."},
	{21703, REACT_SETUP, "The store's messaging service has no number to send from.",
	 "Le service de messagerie du magasin n'a aucun numéro d'envoi."},
	{21704, REACT_SETUP, "The store's messaging service has no number to send from.",
	 "Le service de messagerie du magasin n'a aucun numéro d'envoi."},
	{30001, REACT_TRY_AGAIN,
	 "Too many texts were waiting at the carrier and this one was dropped.",
	 "Trop de textos attendaient chez l'opérateur téléphonique et celui-ci a été abandonné."},
	{30002, REACT_CREDENTIALS, "The store's account at the carrier is suspended.",
	 "Le compte du magasin chez l'opérateur téléphonique est suspendu."},
	{30003, REACT_TRY_AGAIN,
	 "The phone is off or out of reach; a later attempt may get through.",
	 "Le téléphone est éteint ou hors de portée; un essai plus tard peut réussir."},
	{30004, REACT_FINAL, "The customer's phone or network blocks texts from this store.",
	 "Le téléphone ou le réseau du client bloque les textos de ce magasin."},
	{30005, REACT_FINAL, "This number does not exist or is no longer in service.",
	 "Ce numéro n'existe pas ou n'est plus en service."},
	{30006, REACT_FINAL, "This is a landline or its carrier takes no texts; call it instead.",
	 "C'est une ligne fixe ou son opérateur n'accepte pas de textos; appelez plutôt."},
	{30007, REACT_SETUP,
	 "A carrier has filtered the message as unwanted; the operator should look.",
	 "Un opérateur téléphonique a filtré le message comme indésirable; le responsable "
	 "technique "
	 "doit vérifier."},
	{30008, REACT_TRY_AGAIN, "The carrier gave no reason; one more attempt may get through.",
	 "L'opérateur téléphonique n'a donné aucune raison; un nouvel essai peut réussir."},
	{30032, REACT_SETUP,
	 "The store's toll-free number is not verified yet and cannot send texts.",
	 "Le numéro sans frais du magasin n'est pas encore vérifié et ne peut pas envoyer de "
	 "textos."},
	{30034, REACT_SETUP, "The store's number is not registered for texts to the United States.",
	 "Le numéro du magasin n'est pas inscrit pour les textos vers les États-Unis."},
	{30450, REACT_SETUP, "The carrier blocks texts from the store's number.",
	 "L'opérateur téléphonique bloque les textos du numéro du magasin."},
};

const struct carrier_error *carrier_error_find(int64_t code)
{
	size_t low = 0, high = ARRAY_LEN(errors);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (errors[middle].code == code)
			return &errors[middle];
		if (errors[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

enum carrier_reaction carrier_error_reaction(int64_t code)
{
	const struct carrier_error *e = carrier_error_find(code);

	return e == NULL ? REACT_UNKNOWN : e->reaction;
}

void carrier_error_text(int64_t code, bool french, char out[CARRIER_ERROR_TEXT])
{
	const struct carrier_error *e = carrier_error_find(code);

	if (e != NULL)
		snprintf(out, CARRIER_ERROR_TEXT, "%s", french ? e->french : e->english);
	else if (code == 0)
		snprintf(out, CARRIER_ERROR_TEXT, "%s",
			 french ? "L'opérateur téléphonique n'a pas donné de raison."
				: "The carrier gave no reason.");
	else
		snprintf(out, CARRIER_ERROR_TEXT,
			 french ? "L'opérateur téléphonique signale l'erreur %" PRId64 "."
				: "The carrier reports error %" PRId64 ".",
			 code);
}
