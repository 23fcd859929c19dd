/*
 * sentences.h - every sentence that the agent can say to a customer, English and French side by
 * side.
 *
 * A sentence may hold {name} places; both languages have the same ones (a test sees to it). The
 * French keeps to the letters of GSM-7 where usage allows: one c-cedilla or circumflex more than
 * halves what a text message holds.
 */
#ifndef SWITCHBACK_SERVER_AGENT_SENTENCES_H
#define SWITCHBACK_SERVER_AGENT_SENTENCES_H

#include "shared/buf.h"
#include "shared/language.h"

/* clang-format off */
#define SENTENCES(S) \
	/* ---- opening and manners */ \
	S(GREETING, \
	  "Hi! This is the virtual assistant at {store}.", \
	  "Bonjour! Ici {store}, je suis l'assistant virtuel du magasin.") \
	S(GREETING_NAMELESS, \
	  "Hi! This is the store's virtual assistant.", \
	  "Bonjour! Ici l'assistant virtuel du magasin.") \
	S(HELLO, "Hi!", "Bonjour!") \
	S(OFFER, \
	  "How can I help you? I can answer questions about the store or pass your message to our team.", \
	  "Comment puis-je vous aider? Je peux vous renseigner sur le magasin ou transmettre votre " \
	  "message à notre équipe.") \
	S(HOW_CAN_I_HELP, "How can I help you?", "Comment puis-je vous aider?") \
	S(YOU_ARE_WELCOME, "You're welcome!", "Avec plaisir!") \
	S(GOODBYE, "Take care, and text us any time.", "Au revoir, et au plaisir!") \
	S(ALL_WELL, "All good here, thank you!", "Tout va bien, merci!") \
	S(KIND_WORDS, "Thank you, that's kind!", "Merci, c'est gentil!") \
	S(NOT_A_PERSON, \
	  "I'm the store's virtual assistant, not a person.", \
	  "Je suis l'assistant virtuel du magasin, pas une personne.") \
	S(LANGUAGE_SET, "Of course, in English from now on.", "Bien entendu, avec plaisir!") \
	/* ---- open or closed */ \
	S(OPEN_NOW_UNTIL, \
	  "We're open now, until {time}.", \
	  "Nous sommes ouverts en ce moment, jusqu'à {time}.") \
	S(OPEN_NOW, "We're open right now.", "Nous sommes ouverts en ce moment.") \
	S(CLOSED_NOW, "We're closed right now.", "Nous sommes fermés en ce moment.") \
	S(CLOSED_NOW_WHY, \
	  "We're closed right now ({reason}).", \
	  "Nous sommes fermés en ce moment ({reason}).") \
	S(CLOSED_FOR_NOW, \
	  "We're closed until further notice.", \
	  "Nous sommes fermés jusqu'à nouvel ordre.") \
	S(CLOSED_FOR_NOW_WHY, \
	  "We're closed until further notice ({reason}).", \
	  "Nous sommes fermés jusqu'à nouvel ordre ({reason}).") \
	S(REOPEN, "We reopen {when}.", "Nous rouvrons {when}.") \
	S(DAY_OPEN, "{day}, we're open {periods}.", "{day}, nous sommes ouverts {periods}.") \
	S(DAY_OPEN_NAMED, \
	  "{day} ({name}), we're open {periods}.", \
	  "{day} ({name}), nous sommes ouverts {periods}.") \
	S(DAY_CLOSED, "{day}, we're closed.", "{day}, nous sommes fermés.") \
	S(DAY_CLOSED_WHY, "{day}, we're closed ({reason}).", "{day}, nous sommes fermés ({reason}).") \
	S(USUAL_BUT_UNSURE, \
	  "Our usual hours on a {weekday} are {periods}, but I can't confirm them for {day}.", \
	  "Le {weekday}, nous ouvrons d'habitude {periods}, mais je ne peux pas le confirmer pour {day}.") \
	S(WEEK, "Our hours: {week}.", "Nos heures d'ouverture: {week}.") \
	/* ---- where we are, how to reach us */ \
	S(ADDRESS, "Our address is {address}.", "Notre adresse: {address}.") \
	S(PHONE, "Our phone number is {phone}.", "Notre numéro de téléphone: {phone}.") \
	S(EMAIL, "You can e-mail us at {email}.", "Notre courriel: {email}") \
	/* ---- the first words of a call */ \
	S(GREETING_BY_NAME, \
	  "Hi {name}! This is the virtual assistant at {store}.", \
	  "Bonjour {name}! Ici {store}, je suis l'assistant virtuel du magasin.") \
	S(TODAY_OPEN, \
	  "Today is {date}, and we're open {periods}.", \
	  "Nous sommes le {date} et nous sommes ouverts {periods}.") \
	S(STILL_HERE, \
	  "I can still answer questions and pass your message to our team.", \
	  "Je peux toutefois vous renseigner et transmettre votre message à notre équipe.") \
	S(ABOUT_ORDER, \
	  "Are you calling about your order {number}?", \
	  "Appelez-vous au sujet de votre commande {number}?") \
	S(ABOUT_APPOINTMENT, \
	  "You have an appointment {when}. Is that what you're calling about?", \
	  "Vous avez un rendez-vous {when}. Appelez-vous à ce sujet?") \
	S(HOURS_UNKNOWN, \
	  "Today's opening hours are not known: a member of the team can tell.", \
	  "Les heures d'aujourd'hui ne sont pas connues: un membre de l'équipe peut les donner.") \
	/* ---- handing over to a person */ \
	S(HAND_OFF_BY, \
	  "A member of our team will answer you here by {when}.", \
	  "Un membre de notre équipe vous répondra ici au plus tard {when}.") \
	S(HAND_OFF_SOON, \
	  "A member of our team will answer you here as soon as possible.", \
	  "Un membre de notre équipe vous répondra ici dans les meilleurs délais.") \
	S(REST_BY, \
	  "For the rest, a member of our team will answer you here by {when}.", \
	  "Pour le reste, un membre de notre équipe vous répondra ici au plus tard {when}.") \
	S(REST_SOON, \
	  "For the rest, a member of our team will answer you here as soon as possible.", \
	  "Pour le reste, un membre de notre équipe vous répondra ici dans les meilleurs délais.") \
	S(ADDED_BY, \
	  "I've passed that on too. Our team will answer you here by {when}.", \
	  "C'est transmis aussi. Notre équipe vous répondra ici au plus tard {when}.") \
	S(ADDED, "I've passed that on to our team too.", "C'est transmis à notre équipe aussi.") \
	S(STANDING_BY, \
	  "Our team has your message and will answer you here by {when}.", \
	  "Notre équipe a votre message et vous répondra ici au plus tard {when}.") \
	S(STANDING, \
	  "Our team has your message and will answer you here as soon as possible.", \
	  "Notre équipe a votre message et vous répondra ici dans les meilleurs délais.") \
	S(SORRY_LATE, "We're sorry for the wait.", "Nous sommes désolés de l'attente.") \
	S(SORRY_TO_HEAR, "I'm sorry to hear that.", "Nous sommes désolés de l'apprendre.") \
	S(EMERGENCY, \
	  "If anyone is hurt or in danger, please call 911 right away.", \
	  "Si quelqu'un est blessé ou en danger, appelez tout de suite le 911.") \
	S(MEDIA, \
	  "Thanks, we got what you sent. I can't open pictures or files, but our team will look at it.", \
	  "Merci, nous avons bien votre envoi. Je ne peux pas ouvrir d'images ni de fichiers, mais " \
	  "notre équipe va le regarder.") \
	/* ---- on the telephone: heard, and a person comes or calls back */ \
	S(CALL_GOODBYE, "Thank you for calling. Goodbye!", "Merci de votre appel. Au revoir!") \
	S(CALL_SAY_AGAIN, \
	  "I'm sorry, I didn't get that. Could you say it in other words?", \
	  "Je regrette, je n'ai pas bien compris. Pouvez-vous le dire autrement?") \
	S(CALL_UNHEARD, "I'm sorry, I can't hear you.", "Je regrette, je ne vous entends pas.") \
	S(CALL_WAITED, \
	  "I'm sorry, nobody on our team is free yet.", \
	  "Je regrette, personne de notre équipe n'est encore libre.") \
	S(CALL_PERSON_NOW, \
	  "I'm asking a member of our team to come to the phone. Please stay on the line; I'm here with you " \
	  "in the meantime.", \
	  "Je demande à un membre de notre équipe de prendre l'appel. Restez en ligne; je suis avec vous en " \
	  "attendant.") \
	S(CALL_REST_NOW, \
	  "For the rest, I'm asking a member of our team to come to the phone. Please stay on the line.", \
	  "Pour le reste, je demande à un membre de notre équipe de prendre l'appel. Restez en ligne.") \
	S(CALL_STILL_COMING, \
	  "I've passed that on too. I'm still looking for somebody on our team; please stay on the line.", \
	  "C'est transmis aussi. Je cherche toujours quelqu'un de notre équipe; restez en ligne.") \
	S(CALL_NOBODY, \
	  "Nobody can come to the phone right now.", \
	  "Personne ne peut prendre l'appel en ce moment.") \
	S(CALL_BACK_BY, \
	  "A member of our team will call you back by {when}.", \
	  "Un membre de notre équipe vous rappellera au plus tard {when}.") \
	S(CALL_BACK_SOON, \
	  "A member of our team will call you back as soon as possible.", \
	  "Un membre de notre équipe vous rappellera dans les meilleurs délais.") \
	S(CALL_REST_BY, \
	  "For the rest, a member of our team will call you back by {when}.", \
	  "Pour le reste, un membre de notre équipe vous rappellera au plus tard {when}.") \
	S(CALL_REST_SOON, \
	  "For the rest, a member of our team will call you back as soon as possible.", \
	  "Pour le reste, un membre de notre équipe vous rappellera dans les meilleurs délais.") \
	S(CALL_ADDED_BY, \
	  "I've passed that on too. Our team will call you back by {when}.", \
	  "C'est transmis aussi. Notre équipe vous rappellera au plus tard {when}.") \
	S(CALL_STANDING_BY, \
	  "Our team has your request and will call you back by {when}.", \
	  "Notre équipe a votre demande et vous rappellera au plus tard {when}.") \
	S(CALL_LEAVE_MESSAGE, \
	  "You can leave a message after the tone. Press any key when you're done, or just hang up.", \
	  "Vous pouvez laisser un message après le signal. Appuyez sur une touche pour terminer, ou raccrochez.") \
	S(CALL_LEAVE_NUMBER, \
	  "Please leave your name, your phone number and your message after the tone. Press any key when " \
	  "you're done, or just hang up.", \
	  "Laissez votre nom, votre numéro de téléphone et votre message après le signal. Appuyez sur une " \
	  "touche pour terminer, ou raccrochez.") \
	S(CALL_OFFER_MESSAGE, \
	  "To leave a message, press 1. What else can I help you with?", \
	  "Pour laisser un message, appuyez sur le 1. Puis-je vous aider pour autre chose?")
/* clang-format on */

#define SENTENCE_KEY(key, en, fr) SAY_##key,
enum sentence { SENTENCES(SENTENCE_KEY) SENTENCE_COUNT };
#undef SENTENCE_KEY

/* What stands in a place. */
struct sentence_part {
	const char *name;
	struct str text;
};

/* The sentence as it stands in the catalogue; never NULL. Unknown language is English. */
const char *sentence_text(enum sentence key, enum language l);
const char *sentence_key(enum sentence key);

/* Writes the sentence behind what is in b, one blank between them; its first letter becomes a
 * capital (ASCII). A place without a part, or a part that is not a place, is BUG(). */
void sentence_add(struct buf *b, enum sentence key, enum language l,
		  const struct sentence_part *parts, size_t parts_n);

/* SAY(b, ADDRESS, l, {"address", s}) */
#define SAY(b, key, l, ...)                                                            \
	sentence_add((b), SAY_##key, (l), (const struct sentence_part[]){__VA_ARGS__}, \
		     sizeof((const struct sentence_part[]){__VA_ARGS__}) /             \
			     sizeof(struct sentence_part))
#define SAY_PLAIN(b, key, l) sentence_add((b), SAY_##key, (l), NULL, 0)

#endif
