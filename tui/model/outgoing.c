/*
 * outgoing.c - the queue of wishes; see outgoing.h.
 */
#include "tui/model/outgoing.h"

struct wishes {
	struct outgoing *at; /* a ring */
	size_t first, n, cap;
	uint32_t id; /* the last one given out */
};

struct wishes *wishes_new(void)
{
	return xcalloc(1, sizeof(struct wishes));
}

void wishes_free(struct wishes *w)
{
	struct outgoing o;

	if (w == NULL)
		return;
	while (wishes_take(w, &o))
		outgoing_clear(&o);
	free(w->at);
	free(w);
}

static void grown(struct wishes *w)
{
	size_t cap = w->cap == 0 ? 8 : w->cap * 2;
	struct outgoing *at = xcalloc(cap, sizeof *at);

	for (size_t i = 0; i < w->n; i++)
		at[i] = w->at[(w->first + i) % w->cap];
	free(w->at);
	w->at = at;
	w->cap = cap;
	w->first = 0;
}

struct outgoing *wishes_add(struct wishes *w, enum outgoing_kind kind)
{
	struct outgoing *o;

	if (w->n == w->cap)
		grown(w);
	o = &w->at[(w->first + w->n++) % w->cap];
	if (++w->id == 0)
		w->id = 1;
	*o = (struct outgoing){.kind = kind, .id = w->id};
	return o;
}

bool wishes_take(struct wishes *w, struct outgoing *out)
{
	if (w->n == 0)
		return false;
	*out = w->at[w->first];
	w->at[w->first] = (struct outgoing){0};
	w->first = (w->first + 1) % w->cap;
	w->n--;
	return true;
}

void outgoing_clear(struct outgoing *w)
{
	if (w->text != NULL)
		explicit_bzero(w->text, strlen(w->text));
	free(w->text);
	free(w->cursor);
	free(w->organization);
	free(w->email);
	*w = (struct outgoing){0};
}
