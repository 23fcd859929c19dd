/*
 * sentences.h - what callers hear from us that is no line of a conversation: how a call begins and
 * ends, and what is said when nobody says anything. English and (Quebec) French side by side.
 *
 * What the agent answers is in agent/sentences.h; what staff say is theirs.
 */
#ifndef SWITCHBACK_SERVER_VOICE_SENTENCES_H
#define SWITCHBACK_SERVER_VOICE_SENTENCES_H

#include "shared/arena.h"
#include "shared/language.h"

/* clang-format off */
#define VOICE_SENTENCES(S) \
	/* ---- how a call begins; {store} is filled in by the database */ \
	S(HELLO, \
	  "Thank you for calling {store}. I'm the store's virtual assistant.", \
	  "Merci d'appeler {store}. Ici l'assistant virtuel du magasin.") \
	S(OTHER_LANGUAGE, /* each to those who want it */ \
	  "For service in English, press 9.", \
	  "Pour le service en français, appuyez sur le 9.") \
	S(ASK, \
	  "How can I help you? At any time, press 0 for a person.", \
	  "Comment puis-je vous aider? En tout temps, faites le 0 pour parler à une personne.") \
	/* ---- our own voice */ \
	S(RECOVERED, \
	  "I'm sorry, we were interrupted for a moment. I'm still here. Please go on.", \
	  "Désolé, nous avons été interrompus un instant. Je suis toujours là. Je vous écoute.") \
	S(BACK, "I'm the store's assistant again. What else can I help you with?", \
	  "Vous êtes de nouveau avec l'assistant du magasin. Puis-je vous aider pour autre chose?") \
	S(MORE, "What else can I help you with?", "Puis-je vous aider pour autre chose?") \
	S(UNHEARD_ONCE, \
	  "I'm sorry, I didn't hear you. How can I help you?", \
	  "Désolé, je ne vous ai pas entendu. Comment puis-je vous aider?") \
	S(UNHEARD_TWICE, \
	  "I still can't hear you. Please tell me what you need, or press 0 for a person.", \
	  "Je ne vous entends toujours pas. Dites-moi ce qu'il vous faut, ou faites le 0 pour parler à une personne.") \
	S(AWAITED_FIRST, \
	  "I'm still looking for somebody on our team. Thank you for waiting.", \
	  "Je cherche toujours quelqu'un de notre équipe. Merci de patienter.") \
	S(AWAITED_CHOICE, \
	  "You're still in line. If you would rather leave a message, press 1.", \
	  "Vous êtes toujours en attente. Si vous préférez laisser un message, faites le 1.") \
	S(AWAITED_HELP, \
	  "Our team knows that you're waiting. I can answer questions in the meantime.", \
	  "Notre équipe sait que vous attendez. Je peux répondre à vos questions en attendant.") \
	/* ---- somebody types; the caller hears a colleague, who takes a moment */ \
	S(ONE_MOMENT, "One moment, please.", "Un instant, s'il vous plaît.") \
	S(STILL_HERE, "I'm still with you. Just a moment.", "Je suis toujours avec vous. Encore un instant.") \
	S(LISTENING, "I'm listening.", "Je vous écoute.") \
	S(HOLD, "Please hold; we'll be right back with you.", "Restez en ligne, nous revenons tout de suite.") \
	/* ---- a message after the tone */ \
	S(LEAVE_MESSAGE, \
	  "Please leave a message after the tone. Press any key when you're done, or just hang up.", \
	  "Laissez un message après le signal. Appuyez sur une touche pour terminer, ou raccrochez.") \
	S(MESSAGE_TAKEN, \
	  "Thank you. Our team has your message. Goodbye!", \
	  "Merci. Notre équipe a bien reçu votre message. Au revoir!") \
	S(GOODBYE, "Thank you for calling. Goodbye!", "Merci de votre appel. Au revoir!") \
	/* ---- staff, on their phones; {store}, {who} and {name} are filled in (voice/plan_staff) */ \
	S(STAFF_WHO, "{store}. {who} is on the line.", "{store}. {who} est en ligne.") \
	S(STAFF_SOMEBODY, "{store}. A caller is on the line.", "{store}. Quelqu'un est en ligne.") \
	S(STAFF_TRANSFER, "{name} is passing this call to you.", "{name} vous transmet cet appel.") \
	S(STAFF_WANTS_PERSON, "They asked for a person.", "On demande à parler à une personne.") \
	S(STAFF_COMPLAINT, "They have a complaint.", "C'est pour une plainte.") \
	S(STAFF_ORDER, "It is about an order.", "C'est au sujet d'une commande.") \
	S(STAFF_WORKSHOP, "It is about the workshop.", "C'est au sujet de l'atelier.") \
	S(STAFF_SALES, "It is about a product.", "C'est au sujet d'un produit.") \
	S(STAFF_RETURN, "It is about a return.", "C'est au sujet d'un retour.") \
	S(STAFF_CALL_BACK, "They were promised a call back.", "On leur a promis de rappeler.") \
	S(STAFF_NEEDED, "The assistant needs a person.", "L'assistant a besoin d'une personne.") \
	S(STAFF_WORDS, "This is what they said.", "Voici ce qui a été dit.") \
	S(STAFF_KEYS, "Press 1 to take the call, or 2 to decline.", \
	  "Faites le 1 pour prendre l'appel, ou le 2 pour refuser.") \
	S(STAFF_GONE, "The caller has hung up. Goodbye.", "La personne a raccroché. Au revoir.") \
	S(STAFF_DECLINED, "All right. The caller stays with the assistant.", "D'accord. L'appel reste avec l'assistant.") \
	S(STAFF_NO_KEY, "No key was pressed. The caller stays with the assistant.", \
	  "Aucune touche n'a été pressée. L'appel reste avec l'assistant.") \
	S(STAFF_WITHDRAWN, "This call does not need you any more. Goodbye.", \
	  "Cet appel n'a plus besoin de vous. Au revoir.") \
	S(STAFF_HANDED_BACK, "The call is back with the assistant. Goodbye.", "L'appel est de retour à l'assistant. Au revoir.") \
	S(STAFF_TYPING, "The call goes on in writing. Goodbye.", "L'appel se poursuit par écrit. Au revoir.") \
	S(STAFF_OVER, "The call is over. Goodbye.", "L'appel est terminé. Au revoir.") \
	/* ---- when we cannot go on; said in both languages where the caller's is not known */ \
	S(CONNECTING_STORE, \
	  "One moment, please. I'm connecting you with the store.", \
	  "Un instant, s'il vous plaît. Je vous mets en communication avec le magasin.") \
	S(CALL_AGAIN, \
	  "I'm sorry, we can't take your call right now. Please call again in a few minutes.", \
	  "Désolé, nous ne pouvons pas prendre votre appel en ce moment. Veuillez rappeler dans quelques minutes.")
/* clang-format on */

#define VOICE_SENTENCE_KEY(key, en, fr) VOICE_##key,
enum voice_sentence { VOICE_SENTENCES(VOICE_SENTENCE_KEY) VOICE_SENTENCE_COUNT };
#undef VOICE_SENTENCE_KEY

/* Never NULL; the unknown language is English. */
const char *voice_sentence(enum voice_sentence key, enum language l);
const char *voice_sentence_key(enum voice_sentence key);

/* How a language is spoken and heard: attributes of <Say> and <Gather>. There is no en-CA voice
 * (twilio.md 4.1), and a pair that does not fit can fail the document. */
struct voice_manner {
	const char *voice, *language; /* of <Say> */
	const char *heard;            /* language of <Gather> */
	const char *hints;            /* words that callers of a bicycle store use */
};
const struct voice_manner *voice_manner_of(enum language l);

/* The words for call_in's greeting, as JSON (schema/functions/call.sql, call_greeting). */
const char *voice_greeting_json(struct arena *a);

#endif
