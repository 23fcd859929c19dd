/*
 * row.c - see row.h.
 */
#include "tui/model/row.h"

#include "shared/utf8.h"

#define SAID_MAX 120 /* bytes of the newest words: few lists have room for more */

void text_set(char **owned, const char *text)
{
	free(*owned);
	*owned = text == NULL || text[0] == '\0' ? NULL : xstrdup(text);
}

static void row_clear(struct row *row)
{
	free(row->texts);
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
	for (size_t i = 0; i < r->holders_n; i++) {
		free(r->holders[i]->name);
		free(r->holders[i]);
	}
	free(r->holders);
	free(r->at);
	free(r->buckets);
	rows_init(r);
}

/* ---- found by id ---- */

static size_t bucket_of(const struct rows *r, const struct uuid *id)
{
	uint64_t a, b;

	memcpy(&a, id->b, sizeof a);
	memcpy(&b, id->b + sizeof a, sizeof b);
	a = (a ^ (b >> 29) ^ b) * UINT64_C(0x9E3779B97F4A7C15);
	return (size_t)(a >> 32) & (r->buckets_n - 1);
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
		b = bucket_of(r, &r->at[i].id);
		r->at[i].chain = r->buckets[b];
		r->buckets[b] = (uint32_t)i;
	}
}

uint32_t rows_find(const struct rows *r, const char *id)
{
	struct uuid wanted;
	uint32_t at;

	if (r->buckets_n == 0 || !uuid_read(str_of(id), &wanted))
		return ROW_NONE;
	for (at = r->buckets[bucket_of(r, &wanted)]; at != ROW_NONE; at = r->at[at].chain) {
		if (uuid_eq(&r->at[at].id, &wanted))
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
	if (!uuid_read(str_of(id), &r->at[at].id))
		BUG("a conversation without an id"); /* what came was read strictly */
	b = bucket_of(r, &r->at[at].id);
	r->at[at].chain = r->buckets[b];
	r->buckets[b] = at;
	r->count++;
	return at;
}

void rows_remove(struct rows *r, uint32_t at)
{
	uint32_t *link = &r->buckets[bucket_of(r, &r->at[at].id)];

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

bool row_is_live(const struct row *row)
{
	return row->channel == CHANNEL_VOICE && row->state == THREAD_OPEN &&
	       row->call != CALL_OTHER && row->call != CALL_ENDED;
}

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
		       row_is_held_by(row, r->me);
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
	return memcmp(&a->id, &b->id, sizeof a->id);
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

const char *row_text(const struct row *row, enum row_text which)
{
	const char *p = row->texts;

	for (int i = 0; p != NULL && i < (int)which; i++)
		p += strlen(p) + 1;
	return p == NULL || p[0] == '\0' ? NULL : p;
}

static void texts_set(struct row *row, const struct str texts[ROW_TEXTS])
{
	size_t n = 0;
	char *p;

	for (int i = 0; i < ROW_TEXTS; i++)
		n += texts[i].n;
	if (n == 0) {
		free(row->texts);
		row->texts = NULL;
		return;
	}
	p = xmalloc(n + ROW_TEXTS);
	n = 0;
	for (int i = 0; i < ROW_TEXTS; i++) {
		if (texts[i].n > 0)
			memcpy(p + n, texts[i].p, texts[i].n);
		n += texts[i].n;
		p[n++] = '\0';
	}
	free(row->texts);
	row->texts = p;
}

static void text_put(struct row *row, enum row_text which, struct str text)
{
	struct str texts[ROW_TEXTS];

	for (int i = 0; i < ROW_TEXTS; i++)
		texts[i] = i == (int)which ? text : str_of(row_text(row, (enum row_text)i));
	texts_set(row, texts);
}

void row_text_set(struct row *row, enum row_text which, const char *text)
{
	text_put(row, which, str_of(text));
}

void row_said_set(struct row *row, int64_t position, enum author author, enum message_kind kind,
		  struct str body)
{
	if (position < row->said_position)
		return;
	text_put(row, ROW_SAID, utf8_cut(body, SAID_MAX));
	row->said_position = position;
	row->said_by = (uint8_t)author;
	row->said_kind = (uint8_t)kind;
}

void row_id(const struct row *row, char out[WIRE_ID])
{
	uuid_write(&row->id, out);
}

void row_customer(const struct row *row, char out[WIRE_ID])
{
	static const struct uuid nobody;

	if (uuid_eq(&row->customer_id, &nobody))
		out[0] = '\0';
	else
		uuid_write(&row->customer_id, out);
}

void row_customer_set(struct row *row, const char *id)
{
	if (!uuid_read(str_of(id), &row->customer_id))
		row->customer_id = (struct uuid){{0}};
}

void row_staff_set(struct rows *r, struct row *row, const char *id, const char *name)
{
	struct row_holder *h = NULL;

	for (size_t i = 0; i < r->holders_n && h == NULL; i++)
		h = strcmp(r->holders[i]->id, id) == 0 ? r->holders[i] : NULL;
	if (h == NULL && id[0] != '\0') {
		h = xcalloc(1, sizeof *h);
		snprintf(h->id, sizeof h->id, "%s", id);
		r->holders = xrealloc(r->holders, (r->holders_n + 1) * sizeof(struct row_holder *));
		r->holders[r->holders_n++] = h;
	}
	if (h != NULL && name != NULL && (h->name == NULL || strcmp(h->name, name) != 0))
		text_set(&h->name, name);
	row->staff = h;
}

bool row_is_held_by(const struct row *row, const char *id)
{
	return row->staff != NULL && strcmp(row->staff->id, id) == 0;
}

const char *row_staff_name(const struct row *row)
{
	return row->staff == NULL ? NULL : row->staff->name;
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

void row_read(struct rows *r, struct row *row, const struct wire_conversation *c)
{
	const struct str texts[ROW_TEXTS] = {
		[ROW_NAME] = str_of(c->customer_name),
		[ROW_PEER] = str_of(c->peer),
		[ROW_SAID] = utf8_cut(str_of(c->last_message.body), SAID_MAX),
	};

	texts_set(row, texts);
	row_customer_set(row, c->customer_id);
	row_staff_set(r, row, c->holder_user_id, c->holder_name);
	wish_read(row, &c->escalation);
	row->channel = (uint8_t)c->channel;
	row->state = (uint8_t)c->state;
	row->holder = (uint8_t)c->holder;
	row->language = (uint8_t)c->language;
	row->contact_class = (uint8_t)c->contact_class;
	row->undelivered = c->undelivered;
	row->has_messages = c->last_position > 0;
	row->epoch = c->epoch;
	row->unread = (int32_t)int_clamp(c->unread, 0, INT32_MAX);
	row->last_message_at = c->last_message_at;
	row->waiting_since = row->waited_since = c->waiting_since;
	row->holder_since = c->holder_since;
	row->closed_at = c->closed_at;
	row->promise_due_at = c->promise_due_at;
	row->call = (uint8_t)c->call.on;
	row->call_held = c->call.on_hold;
	row->call_muted = c->call.muted;
	row->call_rings = c->call.rings;
	row->call_blind = c->call.is_there && !c->call.live_transcript;
	row->call_at = c->call.started_at;
	row->said_position = c->last_message.position;
	row->said_by = (uint8_t)c->last_message.author;
	row->said_kind = (uint8_t)c->last_message.kind;
	row->partial = false;
}
