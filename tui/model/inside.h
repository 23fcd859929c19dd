/*
 * inside.h - what the files of the model share among themselves; nobody else includes it.
 */
#ifndef SWITCHBACK_TUI_MODEL_INSIDE_H
#define SWITCHBACK_TUI_MODEL_INSIDE_H

#include "tui/model/lines.h"
#include "tui/model/model.h"

/* ---- model.c ---- */

void model_forget(struct model *m); /* all that belongs to whoever was signed in */

#define LIST_PAGE       100 /* what a page takes while it is read comes on top of all that is kept */
#define ROWS_MAX        10000
#define NOTICE_MS       6000
#define NOTICE_LEAST_MS 1200 /* a key before that does not take it away */
#define RETRY_MS        2000
#define LOOK_WAIT_MS    120 /* the cursor rests so long before a conversation is asked for */

/* A line at the foot, for a few seconds. */
void notice_set(struct model *m, enum look look, const char *text);
void notice_say(struct model *m, enum look look, enum word w, const char *a, const char *b);
/* A wish of that kind about that conversation, remembered until it is answered. */
struct outgoing *wish_add(struct model *m, enum outgoing_kind kind, const char *conversation_id);
/* What the answer is about; false when nobody asked (any more). It is forgotten by that. */
bool asked_take(struct model *m, uint32_t id, struct asked *out);
bool asked_about(const struct model *m, enum outgoing_kind kind, const char *conversation_id);

/* ---- open.c: which conversation is shown ---- */

void conversation_open(struct model *m, const char *id);
void row_opened(struct model *m, const struct row *row);
void conversation_shown(struct model *m); /* the open one is on the screen now: it counts as seen */
void thread_ask(struct model *m, struct thread *t);
void facts_follow(struct model *m); /* the facts of whom the open conversation is with */
void facts_clear(struct facts *f);
void list_settle(
	struct model *m); /* after rows moved or a tab changed: the cursor stands on a row */
void list_move(struct model *m, int64_t by);
void list_tab(struct model *m, enum tab tab);
void urgent_next(struct model *m);
void thread_scroll(struct model *m, int64_t by);
void thread_newest(struct model *m);

/* ---- answer.c, event.c ---- */

void model_answer(struct model *m, const struct msg *msg);
void model_event(struct model *m, const struct wire_event *e);
void model_linked(struct model *m, const struct msg *msg);
void list_reload(struct model *m);
void row_answered(struct model *m, const struct wire_conversation *c, int64_t as_of);
void caught_up_check(struct model *m);
void asked_anew(struct model *m);

/* ---- sign_in.c ---- */

void sign_in_start(struct model *m, const char *why);
void sign_in_act(struct model *m, enum action a, const struct key *k);
void sign_in_refused(struct model *m, const struct problem *p);
void signed_in(struct model *m, const struct msg *msg);
void signed_out(struct model *m, struct str reason);

/* ---- compose.c ---- */

void compose_start(struct model *m, enum mode mode, const struct row *row);
void compose_new(struct model *m, const char *customer_id, const char *phone, const char *name);
void compose_act(struct model *m, enum action a, const struct key *k);
void compose_paste(struct model *m, struct str text);
void compose_paste_settled(struct model *m, bool yes);
void compose_stop(struct model *m); /* the draft is kept */
void going_undo(struct model *m);
void going_flush(struct model *m, int64_t now_ms); /* sends what has waited */
void going_done(struct model *m, uint32_t wish);
void going_refused(struct model *m, uint32_t wish, const struct problem *p);
void compose_draft_keep(struct model *m, const char *key, struct str text, uint32_t again);
void compose_drafts_clear(struct model *m);
void compose_save(struct model *m); /* what is typed, if it changed */

/* ---- act.c ---- */

/* A command about the conversation under the cursor, which is opened; with the epoch that is seen.
 */
struct outgoing *command_add(struct model *m, enum outgoing_kind kind);

/* ---- pick.c ---- */

void pick_start(struct model *m, const struct row *row);
void pick_stop(struct model *m);
void pick_act(struct model *m, enum action a);
void pick_answered(struct model *m, const struct msg *msg);

/* ---- canned.c ---- */

/* Says the line of that key to the caller, in the caller's language; false: the key has none. */
bool canned_say(struct model *m, enum action a);

/* ---- find.c ---- */

void find_start(struct model *m, bool to_write);
void find_stop(struct model *m);
void find_act(struct model *m, enum action a, const struct key *k);
void find_answered(struct model *m, const struct msg *msg);
void find_tick(struct model *m);

/* ---- act.c ---- */

void model_act(struct model *m, enum action a, const struct key *k);
void confirm_ask(struct model *m, enum question question, const char *text);
/* The sentence for a refusal: who and when, or what is to be done. */
void problem_say(const struct model *m, const struct problem *p, char *out, size_t room);
/* Typing that all fields share; false when the action is none of them. */
bool edit_act(struct edit *e, enum action a, const struct key *k);

/* The open conversation is a call that is on: its seconds are shown. */
bool call_is_open(const struct model *m);

#endif
