/*
 * action.h - everything that a key can do: the one table from which key dispatch, the bottom bar
 * and help are made, so that none of them can be out of date.
 *
 * A row: name, where it is valid, up to three keys, what it needs, its name in the bar (WORD_NONE:
 * not shown there), its line in help. In the bar they stand in the order of the table. Where text
 * is typed (IN_TYPING) a key without Ctrl or Alt is a character, whatever the table says.
 *
 * Not used: Ctrl-S and Ctrl-Q (terminals stop and start their output with them) and what looks like
 * another key (Ctrl-I, Ctrl-M, Ctrl-[).
 */
#ifndef SWITCHBACK_TUI_KEYS_ACTION_H
#define SWITCHBACK_TUI_KEYS_ACTION_H

#include "tui/keys/key.h"
#include "tui/words/words.h"

/* Where the keys go. */
#define IN_SIGN_IN  (1u << 0)
#define IN_LIST     (1u << 1)
#define IN_THREAD   (1u << 2)
#define IN_FACTS    (1u << 3)
#define IN_COMPOSER (1u << 4)
#define IN_FIND     (1u << 5)
#define IN_CONFIRM  (1u << 6)
#define IN_HELP     (1u << 7)
#define IN_PICK     (1u << 8)
#define IN_PANES    (IN_LIST | IN_THREAD | IN_FACTS)
#define IN_TYPING   (IN_SIGN_IN | IN_COMPOSER | IN_FIND)
#define IN_ALL      (IN_PANES | IN_TYPING | IN_CONFIRM | IN_HELP | IN_PICK)

#define NEEDS_LINK   (1u << 0) /* the service must be reachable */
#define NEEDS_THREAD (1u << 1) /* a conversation is open or under the cursor */
#define IS_DANGEROUS (1u << 2) /* the customer sees it, or it cannot be taken back */

/* name, where, keys, needs, permission, word in the bar, line of help */
#define ACTIONS(X)                                                                                 \
	X(UNDO, "undo", IN_PANES, "u", NULL, NULL, 0, NULL, BAR_UNDO, HELP_UNDO)                   \
	X(OPEN, "open", IN_LIST | IN_FIND | IN_PICK, "Enter", NULL, NULL, 0, NULL, BAR_OPEN,       \
	  HELP_OPEN)                                                                               \
	X(GO_IN, "go-in", IN_LIST, "Right", NULL, NULL, 0, NULL, NONE, HELP_OPEN)                  \
	X(SEND, "send", IN_COMPOSER, "Enter", NULL, NULL, NEEDS_LINK | IS_DANGEROUS, NULL,         \
	  BAR_SEND, HELP_SEND)                                                                     \
	X(NEXT_FIELD, "next-field", IN_SIGN_IN, "Tab", "Down", NULL, 0, NULL, BAR_NEXT_FIELD,      \
	  HELP_NEXT_FIELD)                                                                         \
	X(PREVIOUS_FIELD, "previous-field", IN_SIGN_IN, "Shift-Tab", "Up", NULL, 0, NULL, NONE,    \
	  HELP_PREVIOUS_FIELD)                                                                     \
	X(SIGN_IN, "sign-in", IN_SIGN_IN, "Enter", NULL, NULL, 0, NULL, BAR_SIGN_IN, HELP_SIGN_IN) \
	X(YES, "yes", IN_CONFIRM, "y", "o", NULL, 0, NULL, BAR_YES, HELP_YES)                      \
	X(NO, "no", IN_CONFIRM, "n", "Esc", "q", 0, NULL, BAR_NO, HELP_NO)                         \
	X(BACK, "back", IN_COMPOSER | IN_THREAD | IN_FACTS | IN_FIND | IN_HELP | IN_PICK, "Esc",   \
	  "q", NULL, 0, NULL, BAR_BACK, HELP_BACK)                                                 \
	X(REPLY, "reply", IN_PANES, "r", NULL, NULL, NEEDS_LINK | NEEDS_THREAD,                    \
	  "conversation.reply", BAR_REPLY, HELP_REPLY)                                             \
	X(TAKE_OVER, "take-over", IN_PANES, "t", NULL, NULL, NEEDS_LINK | NEEDS_THREAD,            \
	  "conversation.take_over", BAR_TAKE_OVER, HELP_TAKE_OVER)                                 \
	X(BY_PHONE, "take-by-phone", IN_PANES, "p", NULL, NULL, NEEDS_LINK | NEEDS_THREAD,         \
	  "conversation.take_over", BAR_BY_PHONE, HELP_BY_PHONE)                                   \
	X(HOLD, "hold", IN_PANES, "h", NULL, NULL, NEEDS_LINK | NEEDS_THREAD,                      \
	  "conversation.take_over", BAR_HOLD, HELP_HOLD)                                           \
	X(MUTE, "mute", IN_PANES, "m", NULL, NULL, NEEDS_LINK | NEEDS_THREAD,                      \
	  "conversation.take_over", BAR_MUTE, HELP_MUTE)                                           \
	X(ONE_MOMENT, "one-moment", IN_PANES | IN_COMPOSER, ".", "F4", NULL,                       \
	  NEEDS_LINK | NEEDS_THREAD | IS_DANGEROUS, "conversation.reply", BAR_ONE_MOMENT,          \
	  HELP_ONE_MOMENT)                                                                         \
	X(SAY_AGAIN, "say-again", IN_PANES | IN_COMPOSER, "F5", NULL, NULL,                        \
	  NEEDS_LINK | NEEDS_THREAD | IS_DANGEROUS, "conversation.reply", NONE, HELP_SAY_AGAIN)    \
	X(STILL_THERE, "still-there", IN_PANES | IN_COMPOSER, "F6", NULL, NULL,                    \
	  NEEDS_LINK | NEEDS_THREAD | IS_DANGEROUS, "conversation.reply", NONE, HELP_STILL_THERE)  \
	X(ANYTHING_ELSE, "anything-else", IN_PANES | IN_COMPOSER, "F7", NULL, NULL,                \
	  NEEDS_LINK | NEEDS_THREAD | IS_DANGEROUS, "conversation.reply", NONE,                    \
	  HELP_ANYTHING_ELSE)                                                                      \
	X(GOODBYE, "goodbye", IN_PANES | IN_COMPOSER, "F8", NULL, NULL,                            \
	  NEEDS_LINK | NEEDS_THREAD | IS_DANGEROUS, "conversation.reply", NONE, HELP_GOODBYE)      \
	X(TRANSFER, "transfer", IN_PANES, "f", NULL, NULL, NEEDS_LINK | NEEDS_THREAD,              \
	  "escalation.transfer", BAR_TRANSFER, HELP_TRANSFER)                                      \
	X(VOICEMAIL, "voicemail", IN_PANES, "v", NULL, NULL,                                       \
	  NEEDS_LINK | NEEDS_THREAD | IS_DANGEROUS, "conversation.take_over", NONE,                \
	  HELP_VOICEMAIL)                                                                          \
	X(HANG_UP, "hang-up", IN_PANES, "H", NULL, NULL, NEEDS_LINK | NEEDS_THREAD | IS_DANGEROUS, \
	  "conversation.close", NONE, HELP_HANG_UP)                                                \
	X(CALL_BACK, "call-back", IN_PANES, "B", NULL, NULL,                                       \
	  NEEDS_LINK | NEEDS_THREAD | IS_DANGEROUS, "outbound.call", NONE, HELP_CALL_BACK)         \
	X(PICKUP_CALL, "pickup-call", IN_PANES, "P", NULL, NULL,                                   \
	  NEEDS_LINK | NEEDS_THREAD | IS_DANGEROUS, "outbound.call", NONE, HELP_PICKUP_CALL)       \
	X(HAND_BACK, "hand-back", IN_PANES, "b", NULL, NULL, NEEDS_LINK | NEEDS_THREAD,            \
	  "conversation.hand_back", BAR_HAND_BACK, HELP_HAND_BACK)                                 \
	X(NEXT_URGENT, "next-urgent", IN_PANES, "a", NULL, NULL, 0, NULL, BAR_NEXT_URGENT,         \
	  HELP_NEXT_URGENT)                                                                        \
	X(NOTE, "note", IN_PANES, "n", NULL, NULL, NEEDS_LINK | NEEDS_THREAD, "conversation.note", \
	  BAR_NOTE, HELP_NOTE)                                                                     \
	X(WHISPER, "whisper", IN_PANES, "w", NULL, NULL, NEEDS_LINK | NEEDS_THREAD,                \
	  "conversation.whisper", BAR_WHISPER, HELP_WHISPER)                                       \
	X(CLOSE, "close", IN_PANES, "x", NULL, NULL, NEEDS_LINK | NEEDS_THREAD | IS_DANGEROUS,     \
	  "conversation.close", BAR_CLOSE, HELP_CLOSE)                                             \
	X(NEW_TEXT, "new-text", IN_PANES, "c", NULL, NULL, NEEDS_LINK, "outbound.text",            \
	  BAR_NEW_TEXT, HELP_NEW_TEXT)                                                             \
	X(FIND, "find", IN_PANES, "/", NULL, NULL, NEEDS_LINK, "customer.read", BAR_FIND,          \
	  HELP_FIND)                                                                               \
	X(FACTS, "facts", IN_PANES, "i", NULL, NULL, 0, NULL, BAR_FACTS, HELP_FACTS)               \
	X(FORCE, "take-from", IN_PANES, "T", NULL, NULL, NEEDS_LINK | NEEDS_THREAD | IS_DANGEROUS, \
	  "conversation.force", NONE, HELP_FORCE)                                                  \
	X(NEWEST, "newest", IN_THREAD, "G", "End", NULL, 0, NULL, BAR_NEWEST, HELP_NEWEST)         \
	X(FIRST, "first", IN_LIST | IN_FACTS | IN_THREAD | IN_HELP, "g", "Home", NULL, 0, NULL,    \
	  NONE, HELP_FIRST)                                                                        \
	X(LAST, "last", IN_LIST | IN_FACTS | IN_HELP, "G", "End", NULL, 0, NULL, NONE, HELP_LAST)  \
	X(UP, "up", IN_PANES | IN_HELP | IN_FIND | IN_COMPOSER | IN_PICK, "Up", "k", NULL, 0,      \
	  NULL, NONE, HELP_UP)                                                                     \
	X(DOWN, "down", IN_PANES | IN_HELP | IN_FIND | IN_COMPOSER | IN_PICK, "Down", "j", NULL,   \
	  0, NULL, NONE, HELP_DOWN)                                                                \
	X(PAGE_UP, "page-up", IN_PANES | IN_HELP | IN_COMPOSER | IN_FIND, "PgUp", "Ctrl-B", NULL,  \
	  0, NULL, NONE, HELP_PAGE_UP)                                                             \
	X(PAGE_DOWN, "page-down", IN_PANES | IN_HELP | IN_COMPOSER | IN_FIND, "PgDn", "Ctrl-F",    \
	  NULL, 0, NULL, NONE, HELP_PAGE_DOWN)                                                     \
	X(NEXT_PANE, "next-pane", IN_PANES, "Tab", NULL, NULL, 0, NULL, NONE, HELP_NEXT_PANE)      \
	X(PREVIOUS_PANE, "previous-pane", IN_PANES, "Shift-Tab", "Left", NULL, 0, NULL, NONE,      \
	  HELP_PREVIOUS_PANE)                                                                      \
	X(TAB_WAITING, "tab-waiting", IN_PANES, "1", NULL, NULL, 0, NULL, NONE, HELP_TAB_WAITING)  \
	X(TAB_MINE, "tab-mine", IN_PANES, "2", NULL, NULL, 0, NULL, NONE, HELP_TAB_MINE)           \
	X(TAB_ALL, "tab-all", IN_PANES, "3", NULL, NULL, 0, NULL, NONE, HELP_TAB_ALL)              \
	X(TAB_CLOSED, "tab-closed", IN_PANES, "4", NULL, NULL, 0, NULL, NONE, HELP_TAB_CLOSED)     \
	X(TAB_NEXT, "tab-next", IN_PANES, "]", NULL, NULL, 0, NULL, NONE, HELP_TAB_NEXT)           \
	X(TAB_PREVIOUS, "tab-previous", IN_PANES, "[", NULL, NULL, 0, NULL, NONE,                  \
	  HELP_TAB_PREVIOUS)                                                                       \
	X(ZOOM, "zoom", IN_PANES, "z", NULL, NULL, 0, NULL, NONE, HELP_ZOOM)                       \
	X(LANGUAGE, "language", IN_PANES, "L", NULL, NULL, 0, NULL, NONE, HELP_LANGUAGE)           \
	X(LANGUAGE_TYPING, "language-here", IN_SIGN_IN, "F2", NULL, NULL, 0, NULL, BAR_LANGUAGE,   \
	  HELP_LANGUAGE)                                                                           \
	X(MOUSE, "mouse", IN_PANES, "M", NULL, NULL, 0, NULL, NONE, HELP_MOUSE)                    \
	X(SIGN_OUT, "sign-out", IN_PANES, "S", NULL, NULL, 0, NULL, NONE, HELP_SIGN_OUT)           \
	X(NEW_LINE, "new-line", IN_COMPOSER, "Ctrl-J", NULL, NULL, 0, NULL, BAR_NEW_LINE,          \
	  HELP_NEW_LINE)                                                                           \
	X(TEXT_LANGUAGE, "text-language", IN_COMPOSER, "Ctrl-T", NULL, NULL, 0, NULL,              \
	  BAR_TEXT_LANGUAGE, HELP_TEXT_LANGUAGE)                                                   \
	X(LEFT, "left", IN_TYPING, "Left", NULL, NULL, 0, NULL, NONE, HELP_LEFT)                   \
	X(RIGHT, "right", IN_TYPING, "Right", NULL, NULL, 0, NULL, NONE, HELP_RIGHT)               \
	X(LINE_START, "line-start", IN_TYPING, "Ctrl-A", "Home", NULL, 0, NULL, NONE,              \
	  HELP_LINE_START)                                                                         \
	X(LINE_END, "line-end", IN_TYPING, "Ctrl-E", "End", NULL, 0, NULL, NONE, HELP_LINE_END)    \
	X(RUB, "rub-out", IN_TYPING, "Backspace", NULL, NULL, 0, NULL, NONE, HELP_RUB)             \
	X(DELETE, "delete", IN_TYPING, "Del", "Ctrl-D", NULL, 0, NULL, NONE, HELP_DELETE)          \
	X(WORD_WIPE, "wipe-word", IN_TYPING, "Ctrl-W", NULL, NULL, 0, NULL, NONE, HELP_WORD_WIPE)  \
	X(LINE_WIPE, "wipe-line", IN_TYPING, "Ctrl-U", NULL, NULL, 0, NULL, NONE, HELP_LINE_WIPE)  \
	X(HELP, "help", IN_PANES | IN_TYPING, "F1", "?", NULL, 0, NULL, BAR_HELP, HELP_HELP)       \
	X(REDRAW, "redraw", IN_ALL, "Ctrl-L", NULL, NULL, 0, NULL, NONE, HELP_REDRAW)              \
	X(SUSPEND, "suspend", IN_ALL, "Ctrl-Z", NULL, NULL, 0, NULL, NONE, HELP_SUSPEND)           \
	X(QUIT, "quit", IN_LIST, "q", NULL, NULL, 0, NULL, BAR_QUIT, HELP_QUIT)                    \
	X(QUIT_NOW, "quit-here", IN_ALL, "Ctrl-C", NULL, NULL, 0, NULL, NONE, HELP_QUIT)

enum action {
	ACT_NOTHING,
#define X(symbol, ...) ACT_##symbol,
	ACTIONS(X)
#undef X
		ACTS
};

struct action_entry {
	const char *name;
	unsigned where, needs;
	const char *keys[3];
	const char *permission; /* of the role table; NULL: everybody */
	enum word bar, help;
};

const struct action_entry *action_of(enum action a);
/* What a key does there (one IN_ flag); ACT_NOTHING: nothing, or a character to be typed. */
enum action action_find(struct key k, unsigned where);
/* The first key of an action that works there, as a label; "" when none does. */
void action_key(enum action a, unsigned where, enum language language, char out[KEY_LABEL]);

#endif
