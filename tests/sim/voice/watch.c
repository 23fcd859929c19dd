/*
 * watch.c - see watch.h.
 */
#include "tests/sim/voice/watch.h"

#include "tests/sim/handset.h"
#include "tests/sim/json.h"
#include "tests/sim/voice/room.h"
#include "tests/sim/voice/run.h"
#include "tests/sim/voice/stream.h"

struct sim_watcher {
	struct sim_watcher *next, **at;
	struct sim *sim;
	struct ticket ticket;
	struct sim_timer *timer;
	char sid[SIM_SID];
	uint64_t since;
};

/* ---- as JSON ---- */

/* Its number is its name: an agent's line comes again while it grows. */
static void line_write(const struct sim_heard *h, size_t n, struct buf *b)
{
	sim_json_open(b, NULL, '{');
	sim_json_int(b, "n", (int64_t)n);
	sim_json_cstr(b, "kind", sim_line_kind_word(h->kind));
	sim_json_time(b, "at", h->at_us);
	sim_json_time(b, "until", h->until_us);
	sim_json_str(b, "text", str_make(h->text, h->n));
	if (h->language[0] != '\0')
		sim_json_cstr(b, "language", h->language);
	if (h->who[0] != '\0')
		sim_json_cstr(b, "who", h->who);
	sim_json_bool(b, "over", h->over);
	if (h->cut) {
		sim_json_bool(b, "cut", true);
		sim_json_str(b, "heard", str_make(h->text, h->heard));
	}
	sim_json_close(b, '}');
}

/* What the phone could do now: "Gather" and the like, "ring" while it rings. */
static const char *doing_of(const struct sim_leg *leg)
{
	if (leg->status == SIM_LEG_RINGING && leg->direction != SIM_LEG_INBOUND)
		return "ring";
	return leg->act == NULL ? NULL : leg->act->kind->name;
}

void sim_watch_write(const struct sim_leg *leg, const char *name, uint64_t since, struct buf *b)
{
	const struct sim_member *m = leg->member;
	int64_t at;

	sim_json_open(b, name, '{');
	sim_json_cstr(b, "sid", leg->sid);
	sim_json_cstr(b, "parent", leg->parent[0] == '\0' ? NULL : leg->parent);
	sim_json_int(b, "version", (int64_t)leg->version);
	sim_json_cstr(b, "from", leg->from);
	sim_json_cstr(b, "to", leg->to);
	sim_json_str(b, "phone", sim_leg_phone(leg));
	sim_json_str(b, "store", sim_leg_store(leg));
	sim_json_cstr(b, "direction", sim_leg_direction_word(leg->direction));
	sim_json_cstr(b, "status", sim_leg_status_word(leg->status));
	sim_json_bool(b, "over", sim_leg_is_over(leg));
	sim_json_cstr(b, "doing", doing_of(leg));
	sim_json_bool(b, "talking", leg->talk.talking);
	sim_json_cstr(b, "with", leg->bridged == NULL ? NULL : leg->bridged->sid);
	sim_json_cstr(b, "conference", m == NULL || !m->joined ? NULL : m->room->name);
	sim_json_time(b, "at", leg->created_us);
	sim_json_time(b, "answered_at", leg->answered_us);
	sim_json_time(b, "ended_at", leg->ended_us);
	sim_json_int(b, "documents", leg->documents);
	sim_json_int(b, "waited_ms", sim_quiet_longest(leg, &at));
	sim_json_time(b, "waited_at", at);
	sim_json_int(b, "voices_ms", sim_voices_at_once(leg, &at));
	sim_json_time(b, "voices_at", at);
	sim_json_open(b, "streams", '[');
	for (const struct sim_stream *st = leg->streams; st != NULL; st = st->next)
		sim_stream_write(st, NULL, false, b);
	sim_json_close(b, ']');
	sim_json_int(b, "first_line", (int64_t)leg->lines.dropped);
	sim_json_open(b, "lines", '[');
	for (size_t i = 0; i < leg->lines.n; i++) {
		if (leg->lines.at[i].version > since)
			line_write(&leg->lines.at[i], leg->lines.dropped + i, b);
	}
	sim_json_close(b, ']');
	sim_json_close(b, '}');
}

void sim_watch_list(const struct sim *s, struct str phone, uint64_t since, size_t limit,
		    const char *name, struct buf *b)
{
	sim_json_open(b, name, '[');
	for (const struct sim_leg *l = s->legs; l != NULL && limit > 0; l = l->next) {
		if (l->version <= since || (phone.n > 0 && !str_eq(sim_leg_phone(l), phone)))
			continue;
		sim_watch_write(l, NULL, since, b);
		limit--;
	}
	sim_json_close(b, ']');
}

/* ---- waiting ---- */

static void answer(struct sim *s, struct ticket t, const char *sid, uint64_t since)
{
	const struct sim_leg *leg = sim_leg_find(s, str_of(sid));
	struct buf b = {.limit = 8u * 1024 * 1024};

	if (leg == NULL) {
		web_reply_refusal(t, PROBLEM_MISSING);
		return;
	}
	sim_watch_write(leg, NULL, since, &b);
	web_reply(t, 200, "application/json", buf_str(&b));
	buf_clear(&b);
}

static void watcher_end(struct sim_watcher *w)
{
	*w->at = w->next;
	if (w->next != NULL)
		w->next->at = w->at;
	sim_timer_free(&w->timer);
	free(w);
}

static void on_waited(void *with)
{
	struct sim_watcher *w = with;

	answer(w->sim, w->ticket, w->sid, w->since);
	watcher_end(w);
}

void sim_watch_answer(struct sim *s, struct ticket t, const char *sid, uint64_t since,
		      unsigned wait_ms)
{
	const struct sim_leg *leg = sim_leg_find(s, str_of(sid));
	struct sim_watcher *w;

	if (leg == NULL || leg->version > since || wait_ms == 0) {
		answer(s, t, sid, since);
		return;
	}
	w = xcalloc(1, sizeof *w);
	w->sim = s;
	w->ticket = t;
	w->since = since;
	memcpy(w->sid, leg->sid, sizeof w->sid);
	w->next = s->watchers;
	w->at = &s->watchers;
	if (w->next != NULL)
		w->next->at = &w->next;
	s->watchers = w;
	w->timer = sim_timer_new(&s->loop->uv, on_waited, w);
	sim_timer_set(w->timer, size_min(wait_ms, SIM_WAIT_MAX_MS));
}

/* Told a moment later: what changes together is told together. */
void sim_watch_news(struct sim_leg *leg)
{
	for (struct sim_watcher *w = leg->sim->watchers; w != NULL; w = w->next) {
		if (strcmp(w->sid, leg->sid) == 0)
			sim_timer_set(w->timer, 0);
	}
	sim_handset_call_news(leg);
}

void sim_watch_drop(struct sim *s)
{
	struct sim_watcher *next;

	for (struct sim_watcher *w = s->watchers; w != NULL; w = next) {
		next = w->next;
		watcher_end(w);
	}
}
