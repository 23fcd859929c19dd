/*
 * words.h - what the handset and the script player say to people, in both languages.
 */
#ifndef SWITCHBACK_TESTS_SIM_WORDS_H
#define SWITCHBACK_TESTS_SIM_WORDS_H

#include "shared/base.h"

#define SIM_WORDS(X)                                                                               \
	X(CONNECTING, "connecting...", "connexion...")                                             \
	X(LINK_DOWN, "no line: trying again", "pas de ligne\u00a0: nouvel essai")                  \
	X(NO_STORE, "no store on this line", "aucun magasin sur cette ligne")                      \
	X(EMPTY, "Nothing yet. Write below, or /call.", "Rien encore. \u00c9crivez, ou /appeler.") \
	X(KEYS, "Enter send  /call  F1 help  Tab store  Ctrl-C quit",                              \
	  "Entr\u00e9e envoyer  /appeler  F1 aide  Tab magasin  Ctrl-C quitter")                   \
	X(KEYS_CALLING, "/hangup", "/raccrocher")                                                  \
	X(KEYS_TALKING, "Enter speak  /hangup  /press 0  /text words",                             \
	  "Entr\u00e9e parler  /raccrocher  /touche 0  /texto mots")                               \
	X(KEYS_RINGING, "/answer  /decline", "/r\u00e9pondre  /refuser")                           \
	X(CALL_INCOMING, "incoming call", "appel entrant")                                         \
	X(CALL_RINGING, "ringing...", "\u00e7a sonne...")                                          \
	X(CALL_CONNECTED, "connected", "en ligne")                                                 \
	X(CALL_ENDED, "ended", "termin\u00e9")                                                     \
	X(WHY_WE_LEFT, "you hung up", "vous avez raccroch\u00e9")                                  \
	X(WHY_THEY_LEFT, "the store hung up", "le magasin a raccroch\u00e9")                       \
	X(WHY_DECLINED, "you declined", "vous avez refus\u00e9")                                   \
	X(WHY_BUSY, "busy", "occup\u00e9")                                                         \
	X(WHY_FAILED, "cannot be reached", "injoignable")                                          \
	X(WHY_NO_ANSWER, "no answer", "pas de r\u00e9ponse")                                       \
	X(WHY_MISSED, "missed", "manqu\u00e9")                                                     \
	X(SPOKEN, "on the phone", "au t\u00e9l\u00e9phone")                                        \
	X(PRESSED, "keys pressed", "touches press\u00e9es")                                        \
	X(CUT, "cut off", "interrompu")                                                            \
	X(SOUND, "sound", "son")                                                                   \
	X(NO_CALL, "there is no call; /call rings the store",                                      \
	  "aucun appel en cours; /appeler joint le magasin")                                       \
	X(CALL_IS_ON, "a call is on; /hangup ends it",                                             \
	  "un appel est en cours; /raccrocher y met fin")                                          \
	X(NOT_ANSWERED, "nobody has answered yet", "personne n'a encore r\u00e9pondu")             \
	X(NOBODY_CALLS, "nobody is calling", "aucun appel entrant")                                \
	X(BAD_KEYS, "the keys are 0 to 9, * and #", "les touches sont 0 \u00e0 9, * et #")         \
	X(NO_WORDS, "write: /text words", "\u00e9crivez\u00a0: /texto mots")                       \
	X(UNSAID, "the call is over; Enter again texts this",                                      \
	  "l'appel est termin\u00e9; Entr\u00e9e l'envoie par texto")                              \
	X(PHOTO, "picture", "image")                                                               \
	X(CARRIER, "carrier", "op\u00e9rateur")                                                    \
	X(ST_SENDING, "sending", "envoi")                                                          \
	X(ST_SENT, "sent", "envoy\u00e9")                                                          \
	X(ST_DELIVERED, "delivered", "remis")                                                      \
	X(ST_UNANSWERED, "the store did not take it", "le magasin ne l'a pas pris")                \
	X(ST_REFUSED, "not sent", "non envoy\u00e9")                                               \
	X(BAD_NUMBER, "that is no number such as +15145550199",                                    \
	  "ce n'est pas un num\u00e9ro tel que +15145550199")                                      \
	X(BAD_COMMAND, "no such command; F1 shows them", "commande inconnue; F1 les montre")       \
	X(BAD_FILE, "that file cannot be read", "ce fichier ne peut pas \u00eatre lu")             \
	X(TOO_LONG, "a text has at most 1600 characters",                                          \
	  "un texto a au plus 1600 caract\u00e8res")                                               \
	X(TOO_SMALL, "this window is too small", "fen\u00eatre trop petite")                       \
	X(HELP_TITLE, "The practice phone", "Le t\u00e9l\u00e9phone d'exercice")                   \
	X(HELP_TEXT,                                                                               \
	  "Write and press Enter: the text goes to the store above.\n"                             \
	  "/call [NUMBER] ring the store\n"                                                        \
	  "/hangup        hang up\n"                                                               \
	  "/press 0       press keys: digits * #\n"                                                \
	  "/answer        take a call that comes in\n"                                             \
	  "/decline       refuse it\n"                                                             \
	  "/text WORDS    a text, also during a call\n"                                            \
	  "/photo [FILE]  send a picture\n"                                                        \
	  "/to NUMBER     another store or number\n"                                               \
	  "/from NUMBER   be another phone\n"                                                      \
	  "/help, F1      this page\n"                                                             \
	  "/quit, Ctrl-C  leave\n"                                                                 \
	  "Tab            next store\n"                                                            \
	  "PgUp PgDn      earlier, later\n"                                                        \
	  "Up             the last line again\n"                                                   \
	  "During a call what you write is spoken.",                                               \
	  "\u00c9crivez puis Entr\u00e9e\u00a0: le texto va au magasin ci-dessus.\n"               \
	  "/appeler [NO]  appeler le magasin\n"                                                    \
	  "/raccrocher    raccrocher\n"                                                            \
	  "/touche 0      appuyer sur des touches\u00a0: chiffres * #\n"                           \
	  "/r\u00e9pondre      prendre un appel entrant\n"                                         \
	  "/refuser       le refuser\n"                                                            \
	  "/texto MOTS    un texto, m\u00eame durant un appel\n"                                   \
	  "/photo [FICH]  envoyer une image\n"                                                     \
	  "/to NUM\u00c9RO     un autre magasin ou num\u00e9ro\n"                                  \
	  "/from NUM\u00c9RO   \u00eatre un autre t\u00e9l\u00e9phone\n"                           \
	  "/aide, F1      cette page\n"                                                            \
	  "/quitter       quitter (aussi Ctrl-C)\n"                                                \
	  "Tab            magasin suivant\n"                                                       \
	  "PgUp PgDn      plus t\u00f4t, plus tard\n"                                              \
	  "Haut           la derni\u00e8re ligne\n"                                                \
	  "Durant un appel, ce que vous \u00e9crivez est prononc\u00e9.")                          \
	X(NOTE_RINGING, "ringing", "\u00e7a sonne")                                                \
	X(NOTE_RINGING_TONE, "ringing tone", "\u00e7a sonne")                                      \
	X(NOTE_OVER, "the call is over", "l'appel est termin\u00e9")                               \
	X(NOTE_BUSY, "busy", "occup\u00e9")                                                        \
	X(NOTE_BUSY_TONE, "busy tone", "tonalit\u00e9 d'occupation")                               \
	X(NOTE_FAILED, "failed", "\u00e9chec")                                                     \
	X(NOTE_NO_ANSWER, "no answer", "pas de r\u00e9ponse")                                      \
	X(NOTE_CANCELED, "cancelled", "annul\u00e9")                                               \
	X(NOTE_CONNECTED, "connected", "en ligne")                                                 \
	X(NOTE_NOTHING_SAID, "nothing was said", "rien n'a \u00e9t\u00e9 dit")                     \
	X(NOTE_MUSIC, "music", "musique")                                                          \
	X(NOTE_SILENCE, "silence", "silence")                                                      \
	X(NOTE_IN_ROOM, "in the conference", "dans la conf\u00e9rence")                            \
	X(NOTE_ON_HOLD, "on hold", "en attente")                                                   \
	X(NOTE_OFF_HOLD, "off hold", "de retour")                                                  \
	X(NOTE_BEEP, "tone", "tonalit\u00e9")                                                      \
	X(NOTE_NO_SERVICE, "not in service", "pas en service")                                     \
	X(NOTE_NO_WORDS_IN_IT, "sound that holds no words", "son sans paroles")                    \
	X(NOTE_TOO_LONG, "the longest time of a call is over", "dur\u00e9e maximale atteinte")     \
	X(PLAY_OK, "The script went as written",                                                   \
	  "Le script s'est d\u00e9roul\u00e9 comme \u00e9crit")                                    \
	X(PLAY_TEXTS, "texts", "textos")                                                           \
	X(PLAY_ANSWERS, "answers", "r\u00e9ponses")                                                \
	X(PLAY_CALLS, "calls", "appels")                                                           \
	X(PLAY_RINGS, "(calls)", "(appelle)")                                                      \
	X(PLAY_PRESSES, "(presses", "(appuie sur")                                                 \
	X(PLAY_HANGS_UP, "(hangs up)", "(raccroche)")                                              \
	X(PLAY_NOT_HEARD, "this was not heard in time",                                            \
	  "ceci n'a pas \u00e9t\u00e9 entendu \u00e0 temps")                                       \
	X(PLAY_FAILED, "FAILED at line", "\u00c9CHEC \u00e0 la ligne")                             \
	X(PLAY_NOT_CAME, "this did not come in time", "ceci n'est pas arriv\u00e9 \u00e0 temps")   \
	X(PLAY_CAME, "nothing was to come, but this did", "rien ne devait arriver, mais ceci")

enum sim_word {
#define X(name, en, fr) SIM_SAYS_##name,
	SIM_WORDS(X)
#undef X
		SIM_SAYS_COUNT
};

const char *sim_says(enum sim_word w, bool french);
/* What the line notes of a call ("ringing", "music"); words that it has for engineers stay. */
const char *sim_note_says(const char *note, bool french);

#endif
