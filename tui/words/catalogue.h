/*
 * catalogue.h - the sentences: symbol, English, French. A test holds the two against each other:
 * both there, the same places {1} {2} {3}, no wider than a screen of 80 columns.
 *
 * French is that of Québec's stores: «courriel», «texto», 14 h 05. Customers are addressed nowhere
 * here; colleagues with "vous".
 */
#ifndef SWITCHBACK_TUI_WORDS_CATALOGUE_H
#define SWITCHBACK_TUI_WORDS_CATALOGUE_H

/* One sentence, one line. */
/* clang-format off */
#define WORDS_BAR(X) \
	X(BAR_UNDO, "Take back", "Reprendre") \
	X(BAR_OPEN, "Open", "Ouvrir") \
	X(BAR_SEND, "Send", "Envoyer") \
	X(BAR_NEXT_FIELD, "Next field", "Champ suivant") \
	X(BAR_SIGN_IN, "Sign in", "Se connecter") \
	X(BAR_YES, "Yes", "Oui") \
	X(BAR_NO, "No", "Non") \
	X(BAR_BACK, "Back", "Retour") \
	X(BAR_REPLY, "Reply", "Répondre") \
	X(BAR_TAKE_OVER, "Take over", "Prendre") \
	X(BAR_BY_PHONE, "By phone", "Au téléphone") \
	X(BAR_HOLD, "Hold", "Attente") \
	X(BAR_MUTE, "Mute", "Muet") \
	X(BAR_ONE_MOMENT, "One moment", "Un moment") \
	X(BAR_HAND_BACK, "Hand back", "Rendre") \
	X(BAR_NEXT_URGENT, "Next waiting", "Prochain") \
	X(BAR_NOTE, "Note", "Note") \
	X(BAR_WHISPER, "Whisper", "Souffler") \
	X(BAR_CLOSE, "Close", "Fermer") \
	X(BAR_NEW_TEXT, "New text", "Nouveau texto") \
	X(BAR_FIND, "Find", "Chercher") \
	X(BAR_FACTS, "Customer", "Client") \
	X(BAR_NEWEST, "Newest", "Plus récent") \
	X(BAR_NEW_LINE, "New line", "À la ligne") \
	X(BAR_TEXT_LANGUAGE, "Language", "Langue") \
	X(BAR_LANGUAGE, "Français", "English") \
	X(BAR_TRANSFER, "Transfer", "Transférer") \
	X(BAR_HELP, "Help", "Aide") \
	X(BAR_QUIT, "Quit", "Quitter")

#define WORDS_HELP(X) \
	X(HELP_UNDO, "Take the text back while it waits (3 seconds)", "Reprendre le texto pendant qu’il attend (3 secondes)") \
	X(HELP_OPEN, "Open the conversation or customer under the cursor", "Ouvrir la conversation ou le client sous le curseur") \
	X(HELP_SEND, "Send; a text waits 3 seconds, Esc takes it back", "Envoyer; un texto attend 3 secondes, Échap le reprend") \
	X(HELP_NEXT_FIELD, "Next field", "Champ suivant") \
	X(HELP_PREVIOUS_FIELD, "Previous field", "Champ précédent") \
	X(HELP_SIGN_IN, "Next field; in the last one, sign in", "Champ suivant; dans le dernier, se connecter") \
	X(HELP_YES, "Yes, do it", "Oui, allez-y") \
	X(HELP_NO, "No, leave it", "Non, laissez") \
	X(HELP_BACK, "Go back one level; what is typed stays as a draft", "Revenir d’un niveau; ce qui est écrit reste en brouillon") \
	X(HELP_REPLY, "Write to the customer; this takes the conversation over", "Écrire au client; cela prend aussi la conversation") \
	X(HELP_TAKE_OVER, "Take the conversation over from the agent", "Prendre la conversation de l’agent") \
	X(HELP_BY_PHONE, "Take a call over by phone: yours rings, press 1", "Prendre un appel au téléphone : le vôtre sonne, faites le 1") \
	X(HELP_HOLD, "Put the caller on hold, and back", "Mettre la personne en attente, et la reprendre") \
	X(HELP_MUTE, "Mute your phone in the call, and back", "Couper votre micro dans l’appel, et le rouvrir") \
	X(HELP_ONE_MOMENT, "Say “one moment, please” to the caller", "Dire « un moment, s’il vous plaît » à la personne") \
	X(HELP_SAY_AGAIN, "Say “could you say that again?” to the caller", "Demander à la personne de répéter") \
	X(HELP_STILL_THERE, "Say “are you still there?” to the caller", "Demander à la personne si elle est toujours là") \
	X(HELP_ANYTHING_ELSE, "Say “anything else I can do for you?” to the caller", "Demander s’il y a autre chose") \
	X(HELP_GOODBYE, "Say “thank you for calling, goodbye” to the caller", "Dire « merci de votre appel, au revoir »") \
	X(HELP_TRANSFER, "Pass the call on to a colleague, whose phone rings", "Passer l’appel à un collègue, dont le téléphone sonne") \
	X(HELP_PICKUP_CALL, "Have the customer called: their order is ready (asks)", "Faire appeler : la commande est prête (à confirmer)") \
	X(HELP_VOICEMAIL, "Let the caller leave a message (asks first)", "Laisser la personne enregistrer un message (à confirmer)") \
	X(HELP_HANG_UP, "Hang the call up (asks first)", "Raccrocher (à confirmer)") \
	X(HELP_CALL_BACK, "Have the customer called back (asks first)", "Faire rappeler la personne (à confirmer)") \
	X(HELP_HAND_BACK, "Hand the conversation back to the agent", "Rendre la conversation à l’agent") \
	X(HELP_NEXT_URGENT, "Go to whoever has waited longest", "Aller à la personne qui attend depuis le plus longtemps") \
	X(HELP_NOTE, "Leave a note that only colleagues see", "Laisser une note que seuls les collègues voient") \
	X(HELP_WHISPER, "Tell the agent something the customer does not see", "Souffler quelque chose à l’agent, à l’insu du client") \
	X(HELP_CLOSE, "Close the conversation (asks first)", "Fermer la conversation (à confirmer)") \
	X(HELP_NEW_TEXT, "Write to a customer first", "Écrire le premier à un client") \
	X(HELP_FIND, "Find a customer by name, number or order", "Trouver un client par nom, numéro ou commande") \
	X(HELP_FACTS, "What the store knows of the customer, and back", "Ce que le magasin sait du client, et retour") \
	X(HELP_FORCE, "Take the conversation from a colleague (managers)", "Prendre la conversation d’un collègue (gérants)") \
	X(HELP_NEWEST, "Go to the newest message and stay there", "Aller au message le plus récent et y rester") \
	X(HELP_FIRST, "Go to the top", "Aller au début") \
	X(HELP_LAST, "Go to the end", "Aller à la fin") \
	X(HELP_UP, "Up", "Monter") \
	X(HELP_DOWN, "Down", "Descendre") \
	X(HELP_PAGE_UP, "A page up; above the top, older messages are read", "Une page plus haut; au-delà, les messages plus anciens") \
	X(HELP_PAGE_DOWN, "A page down", "Une page plus bas") \
	X(HELP_NEXT_PANE, "Next pane", "Volet suivant") \
	X(HELP_PREVIOUS_PANE, "Previous pane", "Volet précédent") \
	X(HELP_TAB_WAITING, "List: who waits for a person", "Liste : qui attend quelqu’un") \
	X(HELP_TAB_MINE, "List: what you have", "Liste : ce que vous avez") \
	X(HELP_TAB_ALL, "List: everything that is open", "Liste : tout ce qui est ouvert") \
	X(HELP_TAB_CLOSED, "List: what is closed", "Liste : ce qui est fermé") \
	X(HELP_TAB_NEXT, "Next list", "Liste suivante") \
	X(HELP_TAB_PREVIOUS, "Previous list", "Liste précédente") \
	X(HELP_ZOOM, "This pane alone, and back", "Ce volet seul, et retour") \
	X(HELP_LANGUAGE, "The console in the other language", "La console dans l’autre langue") \
	X(HELP_MOUSE, "Mouse on or off (off lets the terminal select text)", "Souris oui ou non (non : le terminal sélectionne)") \
	X(HELP_SIGN_OUT, "Sign out; somebody else can sign in here", "Se déconnecter; quelqu’un d’autre peut se connecter ici") \
	X(HELP_NEW_LINE, "Start a new line in the text", "Aller à la ligne dans le texte") \
	X(HELP_TEXT_LANGUAGE, "The text is in the other language", "Le texte est dans l’autre langue") \
	X(HELP_LEFT, "A character to the left", "Un caractère à gauche") \
	X(HELP_RIGHT, "A character to the right", "Un caractère à droite") \
	X(HELP_LINE_START, "To the start of the line", "Au début de la ligne") \
	X(HELP_LINE_END, "To the end of the line", "À la fin de la ligne") \
	X(HELP_RUB, "Remove the character before the cursor", "Effacer le caractère avant le curseur") \
	X(HELP_DELETE, "Remove the character after the cursor", "Effacer le caractère après le curseur") \
	X(HELP_WORD_WIPE, "Remove the word before the cursor", "Effacer le mot avant le curseur") \
	X(HELP_LINE_WIPE, "Remove the line up to the cursor", "Effacer la ligne jusqu’au curseur") \
	X(HELP_HELP, "This page", "Cette page") \
	X(HELP_REDRAW, "Draw the screen anew", "Redessiner l’écran") \
	X(HELP_SUSPEND, "Back to the shell for a while (fg returns)", "Revenir au shell un moment (fg pour reprendre)") \
	X(HELP_QUIT, "Leave the console; you stay signed in", "Quitter la console; vous restez connecté")

#define WORDS_TIME(X) \
	X(NOW, "now", "maint.") \
	X(TODAY, "Today", "Aujourd’hui") \
	X(YESTERDAY, "Yesterday", "Hier") \
	X(DAYS_SHORT, "d", "j") \
	X(MON, "Mon", "lun") \
	X(TUE, "Tue", "mar") \
	X(WED, "Wed", "mer") \
	X(THU, "Thu", "jeu") \
	X(FRI, "Fri", "ven") \
	X(SAT, "Sat", "sam") \
	X(SUN, "Sun", "dim") \
	X(MONDAY, "Monday", "Lundi") \
	X(TUESDAY, "Tuesday", "Mardi") \
	X(WEDNESDAY, "Wednesday", "Mercredi") \
	X(THURSDAY, "Thursday", "Jeudi") \
	X(FRIDAY, "Friday", "Vendredi") \
	X(SATURDAY, "Saturday", "Samedi") \
	X(SUNDAY, "Sunday", "Dimanche") \
	X(JAN, "Jan", "janv") \
	X(FEB, "Feb", "févr") \
	X(MAR, "Mar", "mars") \
	X(APR, "Apr", "avr") \
	X(MAY, "May", "mai") \
	X(JUN, "Jun", "juin") \
	X(JUL, "Jul", "juil") \
	X(AUG, "Aug", "août") \
	X(SEP, "Sep", "sept") \
	X(OCT, "Oct", "oct") \
	X(NOV, "Nov", "nov") \
	X(DEC, "Dec", "déc") \
	X(JANUARY, "January", "janvier") \
	X(FEBRUARY, "February", "février") \
	X(MARCH, "March", "mars") \
	X(APRIL, "April", "avril") \
	X(MAY_LONG, "May", "mai") \
	X(JUNE, "June", "juin") \
	X(JULY, "July", "juillet") \
	X(AUGUST, "August", "août") \
	X(SEPTEMBER, "September", "septembre") \
	X(OCTOBER, "October", "octobre") \
	X(NOVEMBER, "November", "novembre") \
	X(DECEMBER, "December", "décembre")

#define WORDS_SIGN_IN(X) \
	X(SIGN_IN_TITLE, "Sign in", "Connexion") \
	X(FIELD_ORGANIZATION, "Organization", "Organisation") \
	X(FIELD_EMAIL, "E-mail", "Courriel") \
	X(FIELD_PASSWORD, "Password", "Mot de passe") \
	X(PASSWORD_HINT, "is not shown", "n’est pas affiché") \
	X(PASSWORD_TYPED, "typed, not shown", "saisi, non affiché") \
	X(ORGANIZATION_HINT, "the store’s short name", "le nom court du magasin") \
	X(SIGNING_IN, "Signing in…", "Connexion en cours…") \
	X(SIGN_IN_WRONG, "Organization, e-mail or password is not right.", "Organisation, courriel ou mot de passe incorrect.") \
	X(SIGN_IN_AGAIN_IN, "Try again in {1} s.", "Réessayez dans {1} s.") \
	X(SIGNED_OUT, "You are signed out.", "Vous êtes déconnecté.") \
	X(ENDED_REVOKED, "This session was ended from elsewhere. Please sign in again.", "Cette session a été fermée ailleurs. Reconnectez-vous.") \
	X(ENDED_DISABLED, "This account has been disabled.", "Ce compte a été désactivé.") \
	X(ENDED_PASSWORD, "The password was changed. Please sign in with the new one.", "Le mot de passe a changé. Connectez-vous avec le nouveau.") \
	X(ENDED_ROLE, "Your role was changed. Please sign in again.", "Votre rôle a changé. Reconnectez-vous.") \
	X(ENDED_REUSE, "This session was used from two places and was ended.", "Cette session a servi à deux endroits et a été fermée.") \
	X(ENDED_EXPIRED, "The session has ended. Please sign in again.", "La session a pris fin. Reconnectez-vous.")

#define WORDS_FRAME(X) \
	X(WAITING_ONE, "{1} waiting", "{1} en attente") \
	X(WAITING_MANY, "{1} waiting", "{1} en attente") \
	X(OPEN_ONE, "{1} open", "{1} ouverte") \
	X(OPEN_MANY, "{1} open", "{1} ouvertes") \
	X(LINK_LIVE, "live", "en direct") \
	X(LINK_CATCHING_UP, "catching up", "rattrapage") \
	X(LINK_CONNECTING, "connecting", "connexion") \
	X(LINK_OFFLINE, "offline", "hors ligne") \
	X(ROLE_ADMIN, "admin", "admin") \
	X(ROLE_MANAGER, "manager", "gérance") \
	X(ROLE_STAFF, "staff", "vente") \
	X(ROLE_SERVICE_TECH, "workshop", "atelier") \
	X(BANNER_OFFLINE, "No connection. This is as it was {1} ago; nothing can be sent.", "Pas de connexion. État d’il y a {1}; rien ne peut partir.") \
	X(BANNER_OFFLINE_NOW, "No connection since just now; nothing can be sent.", "Connexion perdue à l’instant; rien ne peut partir.") \
	X(BANNER_RETRY, "Next try in {1} s.", "Nouvel essai dans {1} s.") \
	X(BANNER_CONNECTING, "Connecting…", "Connexion…") \
	X(CAUGHT_UP_ONE, "Caught up: {1} event came meanwhile, nothing is missing.", "À jour : {1} événement entre-temps, rien ne manque.") \
	X(CAUGHT_UP_MANY, "Caught up: {1} events came meanwhile, nothing is missing.", "À jour : {1} événements entre-temps, rien ne manque.") \
	X(CAUGHT_UP_NOTHING, "Caught up: nothing happened meanwhile.", "À jour : rien ne s’est passé entre-temps.") \
	X(TOO_SMALL, "Window too small: 40 x 10 at least.", "Fenêtre trop petite : 40 x 10 au moins.") \
	X(TOO_SMALL_BRIEF, "Too small", "Trop petit") \
	X(HELP_TITLE, "Keys", "Touches") \
	X(HELP_HERE, "Here", "Ici") \
	X(HELP_PANES, "In the panes", "Dans les volets") \
	X(HELP_WRITING, "Writing", "En écrivant") \
	X(HELP_FINDING, "Finding a customer", "En cherchant un client") \
	X(HELP_MORE_BELOW, "more below", "la suite plus bas") \
	X(GOES_OUT_IN, "Goes out in {1} s to {2}: {3}", "Part dans {1} s à {2} : {3}") \
	X(ESC_TAKES_BACK, "Esc takes it back", "Échap le reprend") \
	X(SENDING, "Sending…", "Envoi…")

#define WORDS_LIST(X) \
	X(TAB_WAITING, "Waiting", "Attente") \
	X(TAB_MINE, "Mine", "Moi") \
	X(TAB_ALL, "All", "Tout") \
	X(TAB_CLOSED, "Closed", "Fermé") \
	X(LIST_LOADING, "Reading…", "Lecture…") \
	X(LIST_EMPTY_WAITING, "Nobody waits for a person.", "Personne n’attend.") \
	X(LIST_EMPTY_MINE, "You have no conversation.", "Vous n’avez aucune conversation.") \
	X(LIST_EMPTY_ALL, "Nothing is open.", "Rien n’est ouvert.") \
	X(LIST_EMPTY_CLOSED, "Nothing was closed yet.", "Rien n’a encore été fermé.") \
	X(LIST_EMPTY_HINT, "3 shows all that is open", "3 montre tout ce qui est ouvert") \
	X(LETTER_WAITS, "W", "E") \
	X(LETTER_AGENT, "A", "A") \
	X(LETTER_MINE, "M", "M") \
	X(LETTER_COLLEAGUE, "C", "C") \
	X(LETTER_CLOSED, "X", "F") \
	X(HAS_AGENT, "agent", "agent") \
	X(HAS_YOU, "you", "vous") \
	X(IS_CLOSED_SHORT, "closed", "fermée") \
	X(WAITS_FOR, "waits {1}", "attend {1}") \
	X(DRAFT_PREFIX, "Draft:", "Brouillon :") \
	X(YOU_PREFIX, "You:", "Vous :") \
	X(SYSTEM_PREFIX, "Auto:", "Auto :") \
	X(AGENT_PREFIX, "Agent:", "Agent :") \
	X(NOTE_PREFIX, "Note:", "Note :") \
	X(STAFF_PREFIX, "Staff:", "Équipe :") \
	X(NO_WORDS, "(no words)", "(sans texte)") \
	X(NO_NAME, "Unknown sender", "Expéditeur inconnu") \
	X(STRIP_NOBODY, "Nobody waits", "Personne n’attend")

#define WORDS_THREAD(X) \
	X(THREAD_NONE, "Choose a conversation: Enter opens it.", "Choisissez une conversation : Entrée l’ouvre.") \
	X(THREAD_LOADING, "Reading…", "Lecture…") \
	X(THREAD_OFFLINE, "Not read yet; there is no connection.", "Pas encore lue; il n’y a pas de connexion.") \
	X(THREAD_BEGINS, "beginning", "début") \
	X(THREAD_OLDER, "older messages above", "messages plus anciens au-dessus") \
	X(THREAD_UNSEEN, "new since you looked", "nouveau depuis votre passage") \
	X(CHANNEL_SMS, "text", "texto") \
	X(CHANNEL_VOICE, "call", "appel") \
	X(CHANNEL_CHAT, "chat", "clavardage") \
	X(LANGUAGE_EN, "English", "anglais") \
	X(LANGUAGE_FR, "French", "français") \
	X(LANGUAGE_NONE, "language not known", "langue inconnue") \
	X(LANGUAGE_CHOSEN, "{1}, by their choice", "{1}, à sa demande") \
	X(CALL_RINGS, "call: rings", "appel : sonne") \
	X(CALL_WITH_AGENT, "call: the agent", "appel : l’agent") \
	X(CALL_TYPED, "call: read out", "appel : à voix haute") \
	X(CALL_IN_ROOM, "call: by phone", "appel : au téléphone") \
	X(CALL_LEAVES_WORD, "call: leaves a message", "appel : laisse un message") \
	X(CALL_IS_NATIVE, "call: no live transcript", "appel : sans transcription") \
	X(CALL_ON_HOLD, "on hold", "en attente") \
	X(CALL_IS_MUTED, "muted", "muet") \
	X(CALL_PHONE_RINGS, "phone rings", "tél. sonne") \
	X(CALL_SAYS, "is saying", "dit en ce moment") \
	X(CALL_IS_OVER, "The call is over.", "L’appel est terminé.") \
	X(CALL_TAKE_FIRST, "Take the call over first: t to type, p by phone.", "Prenez d’abord l’appel : t pour écrire, p au téléphone.") \
	X(CALL_SPEAK, "You are on the phone with them: speak.", "Vous êtes au téléphone avec la personne : parlez.") \
	X(CALL_NOT_IN_ROOM, "That is for a call taken over by phone.", "Cela vaut pour un appel pris au téléphone.") \
	X(CALL_IS_LIVE, "The call is still on; H hangs up.", "L’appel est en cours; H raccroche.") \
	X(CALL_NOT_A_CALL, "This is no call.", "Ce n’est pas un appel.") \
	X(CALL_NO_PHONE, "Your account has no phone number to ring.", "Votre compte n’a pas de numéro à faire sonner.") \
	X(CALL_CLAIMED, "A colleague is being called for this call.", "Un collègue est en train d’être appelé pour cet appel.") \
	X(CALL_BUSY_SELF, "You are on another call.", "Vous êtes déjà en ligne.") \
	X(CALL_NOT_NOW, "The call is not at a point for that.", "Ce n’est pas possible à ce moment de l’appel.") \
	X(CALL_YOURS_RINGS, "Your phone will ring; press 1 to take the call.", "Votre téléphone va sonner; faites le 1 pour prendre l’appel.") \
	X(CALL_WILL_CALL, "{1} will be called back.", "{1} sera rappelé(e).") \
	X(ASK_HANG_UP, "Hang up on {1}?", "Raccrocher avec {1}?") \
	X(ASK_VOICEMAIL, "Let {1} leave a message instead?", "Laisser {1} enregistrer un message?") \
	X(ASK_CALL_BACK, "Have {1} called back?", "Faire rappeler {1}?") \
	X(CALL_IS_QUEUED, "That call is to be made already.", "Cet appel est déjà prévu.") \
	X(CALL_NOTHING_READY, "No order of theirs is ready.", "Aucune de ses commandes n’est prête.") \
	X(CALL_NO_NUMBER, "No number that may be called.", "Aucun numéro qu’on puisse appeler.") \
	X(CALL_WILL_BE, "{1} will be called within the store’s calling hours.", "{1} sera appelé(e) pendant les heures d’appel du magasin.") \
	X(CALL_NOBODY, "The store does not know this customer yet.", "Le magasin ne connaît pas encore cette personne.") \
	X(CALL_COLLEAGUE_RINGS, "{1}’s phone rings; the call stays with you until they press 1.", "Le téléphone de {1} sonne; l’appel reste à vous jusqu’à ce qu’on fasse le 1.") \
	X(ASK_PICKUP_CALL, "Have {1} called: an order is ready?", "Faire appeler {1} : une commande est prête?") \
	X(PICK_TITLE, "Pass the call on to", "Passer l’appel à") \
	X(PICK_ASKING, "Asking the service ...", "On demande au service...") \
	X(PICK_NOBODY, "No colleague with a phone number.", "Aucun collègue n’a de numéro de téléphone.") \
	X(SAY_AGAIN_EN, "I’m sorry, could you say that again?", "I’m sorry, could you say that again?") \
	X(SAY_AGAIN_FR, "Excusez-moi, pouvez-vous répéter?", "Excusez-moi, pouvez-vous répéter?") \
	X(STILL_THERE_EN, "Are you still there?", "Are you still there?") \
	X(STILL_THERE_FR, "Êtes-vous toujours là?", "Êtes-vous toujours là?") \
	X(ANYTHING_ELSE_EN, "Is there anything else I can do for you?", "Is there anything else I can do for you?") \
	X(ANYTHING_ELSE_FR, "Puis-je faire autre chose pour vous?", "Puis-je faire autre chose pour vous?") \
	X(GOODBYE_EN, "Thank you for calling. Goodbye!", "Thank you for calling. Goodbye!") \
	X(GOODBYE_FR, "Merci de votre appel. Au revoir!", "Merci de votre appel. Au revoir!") \
	X(CALL_ONE_MOMENT_EN, "One moment, please.", "One moment, please.") \
	X(CALL_ONE_MOMENT_FR, "Un moment, s’il vous plaît.", "Un moment, s’il vous plaît.") \
	X(TITLE_AGENT, "the agent answers", "l’agent répond") \
	X(TITLE_YOU, "you have it", "vous l’avez") \
	X(TITLE_COLLEAGUE, "{1} has it", "{1} l’a") \
	X(TITLE_WAITS, "waits for a person, {1}", "attend quelqu’un, {1}") \
	X(TITLE_CLOSED, "closed {1}", "fermée {1}") \
	X(AUTHOR_AGENT, "Agent", "Agent") \
	X(AUTHOR_SYSTEM, "Automatic text", "Texto automatique") \
	X(AUTHOR_SERVICE, "Switchback", "Switchback") \
	X(AUTHOR_VOICE, "Announcement", "Annonce") \
	X(MARKER_TOOK_OVER, "{1} took over", "{1} a pris la conversation") \
	X(MARKER_TOOK_FROM, "{1} took over from {2}", "{1} a pris la relève de {2}") \
	X(MARKER_HANDED_BACK, "{1} handed back to the agent", "{1} a rendu la conversation à l’agent") \
	X(MARKER_CALLED, "{1} is being called", "On appelle {1}") \
	X(MARKER_CALLING, "{1} is calling {2}", "{1} appelle {2}") \
	X(MARKER_DECLINED, "{1} declined the call", "{1} a refusé l’appel") \
	X(MARKER_BUSY, "{1} was busy", "{1} était en ligne") \
	X(MARKER_MACHINE, "{1} was not there (voicemail)", "{1} n’y était pas (boîte vocale)") \
	X(MARKER_NO_ANSWER, "{1} did not answer", "{1} n’a pas répondu") \
	X(MARKER_NOT_CALLED, "{1} could not be called", "Impossible d’appeler {1}") \
	X(MARKER_WITHDRAWN, "{1} is not called any more", "On n’appelle plus {1}") \
	X(MARKER_LEFT, "{1} left the call", "{1} a quitté l’appel") \
	X(MARKER_HUNG_UP, "{1} hung up", "{1} a raccroché") \
	X(MARKER_VOICEMAIL, "{1} let the caller leave a message", "{1} a fait laisser un message") \
	X(MARKER_CALL_BACK, "{1} promised a call back", "{1} a promis un rappel") \
	X(MARKER_CLOSED, "{1} closed the conversation", "{1} a fermé la conversation") \
	X(AUTHOR_STAFF, "Staff", "Équipe") \
	X(AUTHOR_CUSTOMER, "Customer", "Client") \
	X(KIND_NOTE, "note for colleagues", "note aux collègues") \
	X(KIND_WHISPER, "whispered to the agent", "soufflé à l’agent") \
	X(KIND_KEYWORD, "keyword", "mot-clé") \
	X(REDACTED, "removed", "retiré") \
	X(PICTURES_ONE, "{1} picture or file, its address is being read", "{1} image ou fichier, adresse en lecture") \
	X(PICTURES_MANY, "{1} pictures or files, their addresses are being read", "{1} images ou fichiers, adresses en lecture") \
	X(STATUS_QUEUED, "q queued", "q en file") \
	X(STATUS_SENDING, "q sending", "q envoi") \
	X(STATUS_SENT, "s sent", "e envoyé") \
	X(STATUS_DELIVERED, "d delivered", "r reçu") \
	X(STATUS_READ, "d read", "l lu") \
	X(STATUS_UNDELIVERED, "! not delivered", "! non remis") \
	X(STATUS_FAILED, "! failed", "! échec") \
	X(STATUS_UNKNOWN, "? not known whether sent", "? envoi incertain") \
	X(STATUS_SUPERSEDED, "x not sent: taken over", "x non envoyé : repris") \
	X(STATUS_SUPPRESSED, "x not sent: opted out", "x non envoyé : désabonné") \
	X(SPOKEN_QUEUED, "q to be said", "q à dire") \
	X(SPOKEN_SENDING, "q being said", "q se dit") \
	X(SPOKEN_DELIVERED, "d said", "d dit") \
	X(SPOKEN_SUPERSEDED, "x not said: taken over", "x non dit : repris") \
	X(STATUS_HELD, "! held back", "! retenu") \
	X(STATUS_CANCELED, "x canceled", "x annulé") \
	X(WHY_HELD, "a cap is reached, or the number may not be texted", "un plafond est atteint, ou ce numéro n’est pas permis") \
	X(WHY_SUPERSEDED, "a person took the conversation before it went out", "quelqu’un a pris la conversation avant l’envoi") \
	X(WHY_SUPPRESSED, "the customer has asked for no texts (STOP)", "le client ne veut plus de textos (ARRET)") \
	X(WHY_UNKNOWN, "the carrier did not say; it is being found out", "l’opérateur n’a rien dit; on vérifie") \
	X(WHY_CODE, "carrier’s code {1}", "code {1} de l’opérateur") \
	X(NEW_BELOW_ONE, "{1} new below", "{1} nouveau plus bas") \
	X(NEW_BELOW_MANY, "{1} new below", "{1} nouveaux plus bas") \
	X(SCROLLED, "newest: {1}", "récent : {1}")

#define WORDS_COMPOSER(X) \
	X(TO, "To {1}", "À {1}") \
	X(NEW_TO, "New text to {1}", "Nouveau texto à {1}") \
	X(NOTE_ON, "Note on {1}, for colleagues", "Note sur {1}, aux collègues") \
	X(WHISPER_ON, "Whisper to the agent about {1}", "Souffler à l’agent, sur {1}") \
	X(FORCE_FROM, "Why do you take {1} from {2}?", "Pourquoi prenez-vous {1} à {2} ?") \
	X(SEGMENTS_ONE, "{1} segment", "{1} segment") \
	X(SEGMENTS_MANY, "{1} segments", "{1} segments") \
	X(HINT_REPLY, "Write to the customer; Enter sends", "Écrivez au client; Entrée envoie") \
	X(HINT_NOTE, "Only colleagues see this", "Seuls les collègues le verront") \
	X(HINT_WHISPER, "Only the agent sees this", "Seul l’agent le verra") \
	X(HINT_FORCE, "The reason is kept with it", "La raison est conservée") \
	X(IDLE_AGENT, "The agent answers. {1} replies and takes over.", "L’agent répond. {1} pour répondre et prendre.") \
	X(IDLE_CALL, "A call. {1} takes it over by typing, {2} by phone.", "Un appel. {1} pour le prendre par écrit, {2} au téléphone.") \
	X(IDLE_CALL_YOU, "Yours. {1} writes what is read out, {2} hands back.", "À vous. {1} pour écrire ce qui sera lu, {2} pour rendre.") \
	X(IDLE_CALL_ROOM, "You are on the phone. {1} holds, {2} hands back.", "Vous êtes au téléphone. {1} : attente, {2} : rendre.") \
	X(IDLE_YOU, "You have it. {1} replies, {2} hands back.", "Vous l’avez. {1} pour répondre, {2} pour rendre.") \
	X(IDLE_WAITS, "A person is wanted. {1} replies and takes over.", "On demande quelqu’un. {1} pour répondre et prendre.") \
	X(IDLE_COLLEAGUE, "{1} has it. {2} leaves a note.", "{1} l’a. {2} pour laisser une note.") \
	X(IDLE_CLOSED, "Closed. {1} writes a new text.", "Fermée. {1} pour écrire un nouveau texto.") \
	X(IDLE_OPTED_OUT, "The customer has asked for no texts.", "Le client ne veut plus de textos.") \
	X(IDLE_DRAFT, "Draft kept: {1}", "Brouillon gardé : {1}")

#define WORDS_FACTS(X) \
	X(FACTS_TITLE, "Customer", "Client") \
	X(FACTS_NOBODY, "Nobody the store knows.", "Personne que le magasin connaisse.") \
	X(FACTS_SINCE, "customer since {1}", "client depuis {1}") \
	X(FACTS_OPTED_OUT, "! asked for no texts (STOP)", "! ne veut plus de textos (ARRET)") \
	X(FACTS_BLOCKED, "! blocked", "! bloqué") \
	X(FACTS_WANTS, "Wants a person", "Demande quelqu’un") \
	X(FACTS_ASKED, "asked {1}", "demandé {1}") \
	X(FACTS_PROMISED, "answer promised by {1}, in {2}", "réponse promise avant {1}, dans {2}") \
	X(FACTS_PROMISE_LATE, "! promised by {1}, that is past", "! promis avant {1}, c’est passé") \
	X(FACTS_ABOUT, "About", "Sujet") \
	X(FACTS_ORDERS, "Orders", "Commandes") \
	X(FACTS_APPOINTMENTS, "Appointments", "Rendez-vous") \
	X(FACTS_NOTES, "Notes", "Notes") \
	X(FACTS_NONE, "none", "aucun") \
	X(FACTS_HOLDER, "Conversation", "Conversation") \
	X(SINCE_TIME, "since {1}", "depuis {1}")

#define WORDS_FIND(X) \
	X(FIND_TITLE, "Find a customer", "Trouver un client") \
	X(FIND_TO_WRITE, "Write to whom?", "Écrire à qui ?") \
	X(FIND_HINT, "name, number or order", "nom, numéro ou commande") \
	X(FIND_NOBODY, "Nobody found.", "Personne trouvé.") \
	X(FIND_NUMBER, "Nobody found; Enter writes to this number.", "Personne trouvé; Entrée écrit à ce numéro.") \
	X(FIND_ASKING, "Looking…", "Recherche…")

#define WORDS_SAID(X) \
	X(TAKEN, "You have the conversation with {1}.", "Vous avez la conversation avec {1}.") \
	X(HANDED_BACK, "{1} is with the agent again.", "{1} est de nouveau avec l’agent.") \
	X(CLOSED_IT, "The conversation with {1} is closed.", "La conversation avec {1} est fermée.") \
	X(HOLDS_NOW, "{1} has just taken {2}; your text is kept as a draft.", "{1} vient de prendre {2}; votre texte reste en brouillon.") \
	X(TOOK_IT_AT, "{1} took it at {2}.", "{1} l’a prise à {2}.") \
	X(STALE, "The conversation has changed hands meanwhile.", "La conversation a changé de mains entre-temps.") \
	X(NOT_YOURS, "You do not have this conversation.", "Vous n’avez pas cette conversation.") \
	X(ALREADY_YOURS, "You have it already.", "Vous l’avez déjà.") \
	X(NO_COLLEAGUE_HAS_IT, "No colleague has it.", "Aucun collègue ne l’a.") \
	X(COLLEAGUE_HAS_IT, "A colleague has it; leave a note.", "Un collègue l’a; laissez une note.") \
	X(IS_CLOSED, "The conversation is closed.", "La conversation est fermée.") \
	X(CLOSED_WRITE_NEW, "It is closed; c writes a new text.", "Elle est fermée; c écrit un nouveau texto.") \
	X(IS_A_CALL, "This is a call; texts do not go there.", "C’est un appel; les textos n’y vont pas.") \
	X(OPTED_OUT, "The customer has asked for no texts.", "Le client ne veut plus de textos.") \
	X(BLOCKED, "This customer is blocked.", "Ce client est bloqué.") \
	X(NO_NUMBER, "This customer has no number.", "Ce client n’a pas de numéro.") \
	X(NO_CONVERSATION, "No conversation is open.", "Aucune conversation n’est ouverte.") \
	X(ROLE_MAY_NOT, "Your role may not do that.", "Votre rôle ne le permet pas.") \
	X(OFFLINE_NOT_NOW, "No connection: not now.", "Pas de connexion : pas maintenant.") \
	X(UNREACHABLE, "The service cannot be reached.", "Le service est injoignable.") \
	X(FATE_UNKNOWN, "No answer came. Sending again does not send it twice.", "Aucune réponse. Renvoyer ne l’enverra pas deux fois.") \
	X(NOT_THERE, "It is no longer there.", "Ce n’est plus là.") \
	X(TOO_MANY, "Too much at once; try again in a moment.", "Trop à la fois; réessayez dans un instant.") \
	X(REFUSED, "Refused ({1}): {2}", "Refusé ({1}) : {2}") \
	X(DRAFT_KEPT, "Your text is kept as a draft.", "Votre texte reste en brouillon.") \
	X(TAKEN_BACK, "Taken back; nothing was sent.", "Repris; rien n’a été envoyé.") \
	X(TOO_MANY_GOING, "Too many texts are on their way; wait a moment.", "Trop de textos en route; attendez un peu.") \
	X(TEXT_FULL, "A text holds 1600 characters; the rest was left out.", "Un texto a 1600 caractères; le reste est omis.") \
	X(NOBODY_ELSE_WAITS, "Nobody else waits.", "Personne d’autre n’attend.") \
	X(NOTHING_SAID_YET, "No conversation with {1} yet; c writes to them.", "Aucune conversation avec {1}; c pour écrire.") \
	X(MOUSE_ON, "Mouse on.", "Souris activée.") \
	X(MOUSE_OFF, "Mouse off: the terminal selects text.", "Souris coupée : le terminal sélectionne.") \
	X(ASK_CLOSE, "Close the conversation with {1}?", "Fermer la conversation avec {1} ?") \
	X(ASK_PASTE, "Put {1} pasted lines into the text?", "Mettre {1} lignes collées dans le texte ?") \
	X(ASK_SIGN_OUT, "Sign out of this console?", "Se déconnecter de cette console ?") \
	X(ASK_QUIT_ONE, "You still have {1} conversation. Quit anyway?", "Vous avez encore {1} conversation. Quitter ?") \
	X(ASK_QUIT_MANY, "You still have {1} conversations. Quit anyway?", "Vous avez encore {1} conversations. Quitter ?")

/* Words of the service: what a conversation is about and why a person is wanted, states of orders
 * and of appointments (say_code). What is missing here is shown as it came. */
#define WORDS_CODES(X) \
	X(ABOUT_order_status, "an order", "une commande") \
	X(ABOUT_service_booking, "the workshop", "l’atelier") \
	X(ABOUT_sales_inquiry, "a purchase", "un achat") \
	X(ABOUT_store_info, "the store", "le magasin") \
	X(ABOUT_returns, "a return", "un retour") \
	X(ABOUT_human_request, "asks for a person", "demande quelqu’un") \
	X(ABOUT_complaint, "a complaint", "une plainte") \
	X(ABOUT_general_support, "something else", "autre chose") \
	X(ORDER_pending, "pending", "en attente") \
	X(ORDER_processing, "being prepared", "en préparation") \
	X(ORDER_ready_for_pickup, "ready for pickup", "prête à ramasser") \
	X(ORDER_shipped, "shipped", "expédiée") \
	X(ORDER_delivered, "delivered", "livrée") \
	X(ORDER_collected, "collected", "ramassée") \
	X(ORDER_cancelled, "cancelled", "annulée") \
	X(ORDER_returned, "returned", "retournée") \
	X(VISIT_held, "held", "retenu") \
	X(VISIT_pending, "pending", "en attente") \
	X(VISIT_booked, "booked", "réservé") \
	X(VISIT_confirmed, "confirmed", "confirmé") \
	X(VISIT_arrived, "arrived", "arrivé") \
	X(VISIT_in_service, "in the workshop", "à l’atelier") \
	X(VISIT_waiting_parts, "waits for parts", "attend des pièces") \
	X(VISIT_ready, "ready", "prêt") \
	X(VISIT_collected, "collected", "ramassé") \
	X(VISIT_cancelled, "cancelled", "annulé") \
	X(VISIT_no_show, "did not come", "absent") \
	X(VISIT_expired, "expired", "échu")

#define WORDS(X) \
	WORDS_BAR(X) WORDS_HELP(X) WORDS_TIME(X) WORDS_SIGN_IN(X) WORDS_FRAME(X) WORDS_LIST(X) \
	WORDS_THREAD(X) WORDS_COMPOSER(X) WORDS_FACTS(X) WORDS_FIND(X) WORDS_SAID(X) WORDS_CODES(X)
/* clang-format on */

#endif
