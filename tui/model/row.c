/*
 * row.c - see row.h.
 */
#include "tui/model/row.h"

#include "shared/utf8.h"

#define PREVIEW_MAX 240 /* bytes: more than the widest list shows */

void text_set(char **owned, const char *text)
{
	free(*owned);
	*owned = text == NULL || text[0] == '\0' ? NULL : xstrdup(text);
}

static void row_clear(struct row *row)
{
	free(row->customer_name);
	free(row->holder_name);
	free(row->peer);
	free(row->preview);
	free(row->closed_by);
	row_wish_drop(row);
	*row = (struct row){0};
}

void rows_init(struct rows *r)
{
	*r = (struct rows){.free = ROW_NONE};
}

void rows_clear(struct rows *r)
{
	for (size_t i = 0; i < r->n; i++) {
		if (r->at[i].used)
			row_clear(&r->at[i]);
	}
	for (enum tab t = 0; t < TABS; t++)
		free(r->tabs[t].at);
	free(r->at);
	free(r->buckets);
	rows_init(r);
}

/* ---- found by id ---- */

static size_t bucket_of(const struct rows *r, const char *id)
{
	uint64_t h = 14695981039346656037u; /* FNV-1a; ids are the service's own and random */

	for (; *id != '\0'; id++)
		h = (h ^ (unsigned char)*id) * 1099511628211u;
	return (size_t)(h ^ (h >> 32)) & (r->buckets_n - 1);
}

static void buckets_grow(struct rows *r)
{
	if (r->count < r->buckets_n)
		return;
	r->buckets_n = r->buckets_n == 0 ? 256 : r->buckets_n * 2;
	r->buckets = xrealloc(r->buckets, r->buckets_n * sizeof *r->buckets);
	memset(r->buckets, 0xFF, r->buckets_n * sizeof *r->buckets); /* all ROW_NONE */
	for (size_t i = 0; i < r->n; i++) {
		size_t b;

		if (!r->at[i].used)
			continue;
		b = bucket_of(r, r->at[i].id);
		r->at[i].chain = r->buckets[b];
		r->buckets[b] = (uint32_t)i;
	}
}

uint32_t rows_find(const struct rows *r, const char *id)
{
	uint32_t at;

	if (r->buckets_n == 0)
		return ROW_NONE;
	for (at = r->buckets[bucket_of(r, id)]; at != ROW_NONE; at = r->at[at].chain) {
		if (strcmp(r->at[at].id, id) == 0)
			return at;
	}
	return ROW_NONE;
}

uint32_t rows_add(struct rows *r, const char *id)
{
	uint32_t at = r->free;
	size_t b;

	buckets_grow(r);
	if (at != ROW_NONE) {
		r->free = r->at[at].chain;
	} else {
		if (r->n == r->cap) {
			r->cap = r->cap == 0 ? 64 : r->cap + r->cap / 2;
			r->at = xrealloc(r->at, r->cap * sizeof *r->at);
		}
		at = (uint32_t)r->n++;
	}
	r->at[at] = (struct row){.used = true};
	snprintf(r->at[at].id, sizeof r->at[at].id, "%s", id);
	b = bucket_of(r, r->at[at].id);
	r->at[at].chain = r->buckets[b];
	r->buckets[b] = at;
	r->count++;
	return at;
}

void rows_remove(struct rows *r, uint32_t at)
{
	uint32_t *link = &r->buckets[bucket_of(r, r->at[at].id)];

	rows_lift(r, at);
	while (*link != at)
		link = &r->at[*link].chain;
	*link = r->at[at].chain;
	row_clear(&r->at[at]);
	r->at[at].chain = r->free;
	r->free = at;
	r->count--;
}

/* ---- in order ---- */

bool row_wants_person(const struct row *row)
{
	if (row->state == THREAD_CLOSED || row->holder == HOLDER_STAFF)
		return false;
	return row->holder == HOLDER_NOBODY ||
	       (row->wish != NULL && escalation_is_open(row->wish->state));
}

int64_t row_waits_since(const struct row *row)
{
	if (row->state == THREAD_CLOSED)
		return 0;
	if (row->waiting_since != 0)
		return row->waiting_since;
	if (!row_wants_person(row))
		return 0;
	return row->wish != NULL && row->wish->requested_at != 0 ? row->wish->requested_at
								 : row->last_message_at;
}

static bool in_tab(const struct rows *r, const struct row *row, enum tab tab)
{
	switch (tab) {
	case TAB_WAITING: return row_wants_person(row);
	case TAB_MINE:
		return row->state != THREAD_CLOSED && row->holder == HOLDER_STAFF &&
		       r->me[0] != '\0' && strcmp(row->holder_user_id, r->me) == 0;
	case TAB_ALL: return row->state != THREAD_CLOSED;
	default: return row->state == THREAD_CLOSED;
	}
}

/* Who waits comes first, the longest wait on top; then what is newest. A thread that the agent is
 * about to answer is not waiting in this sense: the list would never stand still. */
static int64_t order_of(const struct row *row, enum tab tab, int *rank)
{
	*rank = 1;
	if (tab == TAB_CLOSED)
		return -(row->closed_at != 0 ? row->closed_at : row->last_message_at);
	if (row_wants_person(row) || (tab == TAB_MINE && row->waiting_since != 0)) {
		*rank = 0;
		return row_waits_since(row);
	}
	return -row->last_message_at;
}

static int order_compare(const struct row *a, const struct row *b, enum tab tab)
{
	int rank_a, rank_b;
	int64_t time_a = order_of(a, tab, &rank_a), time_b = order_of(b, tab, &rank_b);

	if (rank_a != rank_b)
		return rank_a - rank_b;
	if (time_a != time_b)
		return time_a < time_b ? -1 : 1;
	return strcmp(a->id, b->id);
}

size_t tab_find(const struct rows *r, enum tab tab, uint32_t at, bool *found)
{
	const struct tab_order *t = &r->tabs[tab];
	size_t lo = 0, hi = t->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (order_compare(&r->at[t->at[mid]], &r->at[at], tab) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	*found = lo < t->n && t->at[lo] == at;
	return lo;
}

void rows_lift(struct rows *r, uint32_t at)
{
	for (enum tab tab = 0; tab < TABS; tab++) {
		struct tab_order *t = &r->tabs[tab];
		bool found;
		size_t i;

		if (!in_tab(r, &r->at[at], tab))
			continue;
		i = tab_find(r, tab, at, &found);
		if (!found)
			continue; /* not placed yet */
		memmove(t->at + i, t->at + i + 1, (t->n - i - 1) * sizeof *t->at);
		t->n--;
		t->unread -= r->at[at].unread > 0;
	}
}

void rows_place(struct rows *r, uint32_t at)
{
	for (enum tab tab = 0; tab < TABS; tab++) {
		struct tab_order *t = &r->tabs[tab];
		bool found;
		size_t i;

		if (!in_tab(r, &r->at[at], tab))
			continue;
		if (t->n == t->cap) {
			t->cap = t->cap == 0 ? 64 : t->cap * 2;
			t->at = xrealloc(t->at, t->cap * sizeof *t->at);
		}
		i = tab_find(r, tab, at, &found);
		memmove(t->at + i + 1, t->at + i, (t->n - i) * sizeof *t->at);
		t->at[i] = at;
		t->n++;
		t->unread += r->at[at].unread > 0;
	}
}

/* ---- what is in a row ---- */

struct row_wish *row_wish_of(struct row *row)
{
	if (row->wish == NULL)
		row->wish = xcalloc(1, sizeof *row->wish);
	return row->wish;
}

void row_wish_drop(struct row *row)
{
	if (row->wish == NULL)
		return;
	free(row->wish->reason);
	free(row->wish->reason_text);
	free(row->wish);
	row->wish = NULL;
}

void row_preview(struct row *row, int64_t position, enum author author, enum message_kind kind,
		 struct str body)
{
	struct str shown = utf8_cut(body, PREVIEW_MAX);

	if (position < row->preview_position)
		return;
	free(row->preview);
	row->preview = xmalloc(shown.n + 1);
	memcpy(row->preview, shown.n == 0 ? "" : shown.p, shown.n);
	row->preview[shown.n] = '\0';
	row->preview_position = position;
	row->preview_author = (uint8_t)author;
	row->preview_kind = (uint8_t)kind;
}

static void wish_read(struct row *row, const struct wire_escalation *e)
{
	struct row_wish *w;

	if (e->id[0] == '\0') {
		row_wish_drop(row);
		return;
	}
	w = row_wish_of(row);
	memcpy(w->id, e->id, sizeof w->id);
	memcpy(w->claimed_by, e->claimed_by, sizeof w->claimed_by);
	w->state = e->state;
	text_set(&w->reason, e->reason);
	text_set(&w->reason_text, e->reason_text);
	w->requested_at = e->requested_at;
	w->due_at = e->due_at;
}

void row_read(struct row *row, const struct wire_conversation *c)
{
	memcpy(row->customer_id, c->customer_id, sizeof row->customer_id);
	memcpy(row->holder_user_id, c->holder_user_id, sizeof row->holder_user_id);
	text_set(&row->customer_name, c->customer_name);
	text_set(&row->holder_name, c->holder_name);
	text_set(&row->peer, c->peer);
	text_set(&row->closed_by, c->closed_by);
	wish_read(row, &c->escalation);
	row->channel = (uint8_t)c->channel;
	row->state = (uint8_t)c->state;
	row->holder = (uint8_t)c->holder;
	row->language = (uint8_t)c->language;
	row->contact_class = (uint8_t)c->contact_class;
	row->language_chosen = c->language_chosen;
	row->undelivered = c->undelivered;
	row->epoch = c->epoch;
	row->last_position = c->last_position;
	row->answered_position = c->answered_position;
	row->unread = c->unread;
	row->last_message_at = c->last_message_at;
	row->last_customer_at = c->last_customer_at;
	row->waiting_since = row->waited_since = c->waiting_since;
	row->holder_since = c->holder_since;
	row->opened_at = c->opened_at;
	row->closed_at = c->closed_at;
	row->promise_due_at = c->promise_due_at;
	row->preview_position = 0;
	row_preview(row, c->last_message.position, c->last_message.author, c->last_message.kind,
		    str_of(c->last_message.body));
	row->partial = false;
}
