/*
 * view.h - the model drawn into a grid of cells. Views read the model and write cells; none knows
 * the terminal, the service or another view.
 */
#ifndef SWITCHBACK_TUI_VIEW_VIEW_H
#define SWITCHBACK_TUI_VIEW_VIEW_H

#include "tui/draw/cells.h"
#include "tui/model/model.h"

/* Draws all of it. The grid's size is the model's. */
void view_draw(const struct model *m, struct cells *g);

/* ---- the views, each into its own area ---- */

void view_bar(const struct model *m, struct area a);
void view_banner(const struct model *m, struct area a);
void view_foot(const struct model *m, struct area a);
void view_list(const struct model *m, struct area a);
void view_strip(const struct model *m, struct area a);
void view_thread(const struct model *m, struct area a);
void view_composer(const struct model *m, struct area a);
void view_facts(const struct model *m, struct area a);
void view_sign_in(const struct model *m, struct area a);
void view_find(const struct model *m, struct area a);
void view_pick(const struct model *m, struct area a);
/* "manager"; "" for a role that this program does not know. */
const char *view_role(const struct model *m, enum role_word role);
void view_help(const struct model *m, struct area a);
void view_confirm(const struct model *m, struct area a);
void view_too_small(const struct model *m, struct area a);

/* ---- what several of them need ---- */

/* Wraps a text of ours or others from row on; returns the rows used, at most `most`. */
int view_wrapped(struct area a, int row, int col, int most, struct str s, enum look look);
/* The title of a pane: strong when it has the keys. Returns the columns used. */
int view_title(struct area a, const char *text, bool focused);
/* A line being edited, its end or its cursor in sight; places the cursor. */
void view_field(struct area a, int row, int col, int room, const struct edit *e, const char *hint,
		bool focused, bool hidden, const char *hidden_text);
/* "text", "call", "chat". */
const char *view_channel(const struct model *m, enum channel c);
/* "English", "French", "language not known". */
const char *view_language(const struct model *m, enum language l);
/* The letter and the word of who has it: "W" and "waits 3 min". */
const char *view_letter(const struct model *m, const struct row *row, enum look *look);
/* The name of whoever of staff has it. */
const char *view_staff(const struct model *m, const struct row *row);
/* A live call: what the caller is connected to, and for how long. */
void view_call(const struct model *m, const struct row *row, bool clock, char *out, size_t room);
/* What is being said on it at this moment: so many rows, drawn into an area of that height. */
int view_call_rows(const struct row *row, const struct thread *t);
void view_call_partials(const struct model *m, const struct row *row, const struct thread *t,
			struct area a);
void view_holder(const struct model *m, const struct row *row, char *out, size_t room);

#endif
