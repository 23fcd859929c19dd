/*
 * words.h - what the handset and the script player say to people, in both languages.
 */
#ifndef SWITCHBACK_TESTS_SIM_WORDS_H
#define SWITCHBACK_TESTS_SIM_WORDS_H

#include "shared/base.h"

#define SIM_WORDS(X)                                                                             \
	X(CONNECTING, "connecting...", "connexion...")                                           \
	X(LINK_DOWN, "no line: trying again", "pas de ligne\u00a0: nouvel essai")                \
	X(NO_STORE, "no store on this line", "aucun magasin sur cette ligne")                    \
	X(EMPTY, "No texts yet. Write below.", "Pas encore de textos. \u00c9crivez ci-dessous.") \
	X(KEYS, "Enter send  Tab store  F1 help  Ctrl-C quit",                                   \
	  "Entr\u00e9e envoyer  Tab magasin  F1 aide  Ctrl-C quitter")                           \
	X(PHOTO, "picture", "image")                                                             \
	X(CARRIER, "carrier", "op\u00e9rateur")                                                  \
	X(ST_SENDING, "sending", "envoi")                                                        \
	X(ST_SENT, "sent", "envoy\u00e9")                                                        \
	X(ST_DELIVERED, "delivered", "remis")                                                    \
	X(ST_UNANSWERED, "the store did not take it", "le magasin ne l'a pas pris")              \
	X(ST_REFUSED, "not sent", "non envoy\u00e9")                                             \
	X(BAD_NUMBER, "that is no number such as +15145550199",                                  \
	  "ce n'est pas un num\u00e9ro tel que +15145550199")                                    \
	X(BAD_COMMAND, "no such command; F1 shows them", "commande inconnue; F1 les montre")     \
	X(BAD_FILE, "that file cannot be read", "ce fichier ne peut pas \u00eatre lu")           \
	X(TOO_LONG, "a text has at most 1600 characters",                                        \
	  "un texto a au plus 1600 caract\u00e8res")                                             \
	X(TOO_SMALL, "this window is too small", "fen\u00eatre trop petite")                     \
	X(HELP_TITLE, "The practice phone", "Le t\u00e9l\u00e9phone d'exercice")                 \
	X(HELP_TEXT,                                                                             \
	  "Write and press Enter: the text goes to the store above.\n"                           \
	  "Tab           next store\n"                                                           \
	  "PgUp PgDn     earlier, later\n"                                                       \
	  "Up            the last text again\n"                                                  \
	  "/to NUMBER    text another number\n"                                                  \
	  "/from NUMBER  be another phone\n"                                                     \
	  "/photo [FILE] send a picture\n"                                                       \
	  "/quit, Ctrl-C leave",                                                                 \
	  "\u00c9crivez puis Entr\u00e9e\u00a0: le texto va au magasin ci-dessus.\n"             \
	  "Tab           magasin suivant\n"                                                      \
	  "PgUp PgDn     plus t\u00f4t, plus tard\n"                                             \
	  "Haut          le dernier texto\n"                                                     \
	  "/to NUM\u00c9RO    \u00e9crire \u00e0 un autre num\u00e9ro\n"                         \
	  "/from NUM\u00c9RO  \u00eatre un autre t\u00e9l\u00e9phone\n"                          \
	  "/photo [FICH] envoyer une image\n"                                                    \
	  "/quit, Ctrl-C quitter")                                                               \
	X(PLAY_OK, "The script went as written",                                                 \
	  "Le script s'est d\u00e9roul\u00e9 comme \u00e9crit")                                  \
	X(PLAY_TEXTS, "texts", "textos")                                                         \
	X(PLAY_ANSWERS, "answers", "r\u00e9ponses")                                              \
	X(PLAY_FAILED, "FAILED at line", "\u00c9CHEC \u00e0 la ligne")                           \
	X(PLAY_NOT_CAME, "this did not come in time", "ceci n'est pas arriv\u00e9 \u00e0 temps") \
	X(PLAY_CAME, "nothing was to come, but this did", "rien ne devait arriver, mais ceci")

enum sim_word {
#define X(name, en, fr) SIM_SAYS_##name,
	SIM_WORDS(X)
#undef X
		SIM_SAYS_COUNT
};

const char *sim_says(enum sim_word w, bool french);

#endif
