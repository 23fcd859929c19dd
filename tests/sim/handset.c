/*
 * handset.c - see handset.h.
 */
#include "tests/sim/handset.h"

#include "tests/sim/voice/person.h"
#include "tests/sim/voice/watch.h"

#define SHOWN_MAX 500 /* texts in one answer: the newest */
#define CALLS_MAX 20

struct sim_waiter {
	struct sim_waiter *next, **at;
	struct sim *sim;
	struct ticket ticket;
	uv_timer_t timer;
	bool told; /* there is news: answered in the next turn */
	bool held;
	char phone[64];
	uint64_t since;
};

/* The phone's own word for the state of what it sent: did the store answer? */
static const char *state_of(const struct sim_text *t)
{
	if (t->direction != SIM_INBOUND)
		return sim_status_word(t->status);
	if (t->answered == 0)
		return "sent";
	return t->answered / 100 == 2 ? "delivered" : "unanswered";
}

void sim_handset_text(const struct sim *s, const struct sim_text *t, struct buf *b)
{
	bool mine = t->direction == SIM_INBOUND;

	sim_json_open(b, NULL, '{');
	sim_json_cstr(b, "sid", t->sid);
	sim_json_int(b, "seq", (int64_t)t->seq);
	sim_json_bool(b, "mine", mine);
	sim_json_bool(b, "carrier", t->direction == SIM_CARRIERS_OWN);
	sim_json_cstr(b, "from", t->from);
	sim_json_cstr(b, "to", t->to);
	sim_json_cstr(b, "body", t->body);
	sim_json_cstr(b, "state", state_of(t));
	if (t->error_code != 0)
		sim_json_int(b, "error_code", t->error_code);
	sim_json_int(b, "segments", t->segments);
	sim_json_time(b, "at", mine ? t->created_us : t->shown_us);
	sim_json_open(b, "media", '[');
	for (unsigned i = 0; i < t->media_n; i++) {
		const struct sim_media *m = &t->media[i];

		sim_json_open(b, NULL, '{');
		sim_json_cstr(b, "content_type", m->content_type);
		sim_json_int(b, "bytes", (int64_t)m->n);
		if (m->url != NULL)
			sim_json_cstr(b, "url", m->url);
		else
			sim_json_printf(b, "url", "http://%s:%d/media/%s/%s", s->set.host,
					s->set.port, t->sid, m->sid);
		sim_json_close(b, '}');
	}
	sim_json_close(b, ']');
	sim_json_close(b, '}');
}

/* The seq of the oldest one to show: at most SHOWN_MAX of the newest that are news. */
static uint64_t first_shown(const struct sim *s, struct str phone, uint64_t since, size_t *n)
{
	uint64_t first = s->texts.next;

	*n = 0;
	for (uint64_t i = s->texts.next; i > s->texts.first && *n < SHOWN_MAX; i--) {
		const struct sim_text *t = sim_text_at(&s->texts, i - 1);

		if (t != NULL && t->version > since && sim_text_on_handset(t, phone)) {
			first = i - 1;
			(*n)++;
		}
	}
	return first;
}

static void handset_write(const struct sim *s, struct str phone, uint64_t since, uint64_t first,
			  struct buf *b)
{
	char word[16], rings[40];

	sim_behaviour_word(sim_behaves(s, phone), word);
	sim_json_open(b, NULL, '{');
	sim_json_str(b, "number", phone);
	sim_json_int(b, "version", (int64_t)s->texts.version);
	sim_json_cstr(b, "behaves", word);
	sim_json_open(b, "texts", '[');
	for (uint64_t i = first; i < s->texts.next; i++) {
		const struct sim_text *t = sim_text_at(&s->texts, i);

		if (t != NULL && t->version > since && sim_text_on_handset(t, phone))
			sim_handset_text(s, t, b);
	}
	sim_json_close(b, ']');
	sim_ring_words(sim_ring_of(s, phone), rings);
	sim_json_cstr(b, "rings", rings);
	sim_watch_list(s, phone, since, CALLS_MAX, "calls", b);
	sim_json_close(b, '}');
}

static void answer_now(struct sim *s, struct ticket t, struct str phone, uint64_t since,
		       uint64_t first)
{
	struct buf b = {.limit = 8u * 1024 * 1024};

	handset_write(s, phone, since, first, &b);
	web_reply(t, 200, "application/json", buf_str(&b));
	buf_clear(&b);
}

static void on_waiter_closed(uv_handle_t *h)
{
	free(h->data);
}

static void waiter_end(struct sim_waiter *w)
{
	*w->at = w->next;
	if (w->next != NULL)
		w->next->at = w->at;
	uv_close((uv_handle_t *)&w->timer, on_waiter_closed);
}

static void waiter_answer(struct sim_waiter *w)
{
	size_t n;
	uint64_t first = first_shown(w->sim, str_of(w->phone), w->since, &n);

	answer_now(w->sim, w->ticket, str_of(w->phone), w->since, first);
	waiter_end(w);
}

static void on_waited(uv_timer_t *t)
{
	waiter_answer(t->data);
}

static bool call_is_news(const struct sim *s, struct str phone, uint64_t since)
{
	for (const struct sim_leg *l = s->legs; l != NULL; l = l->next) {
		if (l->version > since && str_eq(sim_leg_phone(l), phone))
			return true;
	}
	return false;
}

static void waiter_add(struct sim *s, struct ticket t, const struct sim_handset_ask *ask)
{
	struct sim_waiter *w = xcalloc(1, sizeof *w);

	w->sim = s;
	w->ticket = t;
	w->since = ask->since;
	w->held = ask->held;
	snprintf(w->phone, sizeof w->phone, STR_FMT, STR_ARG(ask->phone));
	w->next = s->waiters;
	w->at = &s->waiters;
	if (w->next != NULL)
		w->next->at = &w->next;
	s->waiters = w;
	uv_timer_init(&s->loop->uv, &w->timer);
	w->timer.data = w;
	uv_timer_start(&w->timer, on_waited, size_min(ask->wait_ms, SIM_WAIT_MAX_MS), 0);
}

void sim_handset_answer(struct sim *s, struct ticket t, const struct sim_handset_ask *ask)
{
	struct sim_handset_ask q = *ask;
	size_t n;
	uint64_t first;

	if (q.since > s->texts.version) /* of an earlier life of the line: show all */
		q.since = 0;
	first = first_shown(s, q.phone, q.since, &n);
	if (n > 0 || call_is_news(s, q.phone, q.since) || q.wait_ms == 0 ||
	    q.phone.n >= sizeof s->waiters->phone)
		answer_now(s, t, q.phone, q.since, first);
	else
		waiter_add(s, t, &q);
}

bool sim_handset_held(const struct sim *s, struct str phone)
{
	for (const struct sim_waiter *w = s->waiters; w != NULL; w = w->next) {
		if (w->held && str_is(phone, w->phone) && web_waits(w->ticket))
			return true;
	}
	return false;
}

void sim_handset_news(void *sim, const struct sim_text *t)
{
	struct sim *s = sim;
	struct sim_waiter *w, *next;

	for (w = s->waiters; w != NULL; w = next) {
		next = w->next;
		if (sim_text_on_handset(t, str_of(w->phone)))
			waiter_answer(w);
	}
}

/* Told a moment later: what changes together is told together. */
void sim_handset_call_news(const struct sim_leg *leg)
{
	for (struct sim_waiter *w = leg->sim->waiters; w != NULL; w = w->next) {
		if (w->told || !str_eq(sim_leg_phone(leg), str_of(w->phone)))
			continue;
		w->told = true;
		uv_timer_start(&w->timer, on_waited, 0, 0);
	}
}

void sim_handset_drop(struct sim *s)
{
	while (s->waiters != NULL)
		waiter_end(s->waiters);
}
