/*
 * hub.c - see hub.h: the feeds by organization, the look at the newest numbers, turns.
 */
#include "server/events/hub.h"

#include "server/events/inside.h"
#include "shared/buf.h"
#include "shared/log.h"

#define TICK_MS      500
#define LOOK_MS      8000
#define TURNS_A_LOOP 256 /* followers served before everybody else gets a turn of the loop */

/* ---- by organization ---- */

static struct feed **bucket(struct hub *h, const struct uuid *id)
{
	uint64_t high, low;

	memcpy(&high, id->b, sizeof high);
	memcpy(&low, id->b + sizeof high, sizeof low);
	return &h->feeds[((high ^ low) * 0x9E3779B97F4A7C15u >> 40) & (HUB_BUCKETS - 1)];
}

static struct feed *feed_find(struct hub *h, const struct uuid *id)
{
	struct feed *f = *bucket(h, id);

	while (f != NULL && !uuid_eq(&f->id, id))
		f = f->next;
	return f;
}

static void on_tick(uv_timer_t *t);

static struct feed *feed_of(struct hub *h, const struct uuid *id)
{
	struct feed *f = feed_find(h, id), **at = bucket(h, id);

	if (f != NULL)
		return f;
	f = feed_new(h, id);
	f->next = *at;
	*at = f;
	if (h->feeds_n++ == 0)
		uv_timer_start(&h->tick, on_tick, TICK_MS, TICK_MS);
	return f;
}

static void each_feed(struct hub *h, void (*with)(struct feed *f))
{
	for (size_t i = 0; i < HUB_BUCKETS; i++) {
		for (struct feed *f = h->feeds[i]; f != NULL; f = f->next)
			with(f);
	}
}

/* Nobody follows it any more. */
static void empty_feeds_drop(struct hub *h)
{
	for (size_t i = 0; i < HUB_BUCKETS; i++) {
		for (struct feed **at = &h->feeds[i]; *at != NULL;) {
			struct feed *f = *at;

			if (!feed_empty(f) || f->flows > 0 || f->busy) {
				at = &f->next;
				continue;
			}
			*at = f->next;
			feed_free(f);
			h->feeds_n--;
		}
	}
	if (h->feeds_n == 0)
		uv_timer_stop(&h->tick);
}

/* ---- turns ---- */

static void on_more(uv_idle_t *t);

static void busy_add(struct hub *h, struct feed *f)
{
	if (h->busy == NULL)
		uv_idle_start(&h->more, on_more);
	f->busy = true;
	f->next_busy = NULL;
	*h->busy_end = f;
	h->busy_end = &f->next_busy;
}

static struct feed *busy_take(struct hub *h)
{
	struct feed *f = h->busy;

	h->busy = f->next_busy;
	if (h->busy == NULL)
		h->busy_end = &h->busy;
	f->busy = false;
	return f;
}

static void on_more(uv_idle_t *t)
{
	struct hub *h = t->data;
	unsigned turns = TURNS_A_LOOP;

	while (h->busy != NULL && turns > 0) {
		struct feed *f = busy_take(h);

		turns = feed_work(f, turns);
		if (feed_waits(f))
			busy_add(h, f);
	}
	if (h->busy == NULL)
		uv_idle_stop(&h->more);
}

void hub_work(struct hub *h, struct feed *f)
{
	if (f->busy)
		return; /* it has a turn coming */
	feed_work(f, TURNS_A_LOOP);
	if (feed_waits(f))
		busy_add(h, f);
}

/* ---- the look at the newest numbers ---- */

struct look {
	struct flow flow;
	struct hub *hub;
	size_t n;
	struct uuid *ids;
	int64_t *given; /* what each had given out when it was asked */
	int64_t *newest;
};

static flow_step look_asked, look_known, look_failed;

static const struct flow_kind look_kind = FLOW_KIND(look, look_asked, look_failed, LOOK_MS);

static void look_over(void *with)
{
	struct hub *h = with;

	h->looking = false;
}

static void look_asked(struct flow *fl)
{
	struct look *k = FLOW_SELF(fl, struct look);
	struct hub *h = k->hub;
	struct buf ids;

	k->ids = ARENA_ARRAY(&fl->arena, struct uuid, h->feeds_n);
	k->given = ARENA_ARRAY(&fl->arena, int64_t, h->feeds_n);
	k->newest = ARENA_ARRAY(&fl->arena, int64_t, h->feeds_n);
	buf_init(&ids, (size_t)h->feeds_n * UUID_TEXT + 2);
	buf_add_cstr(&ids, "{");
	for (size_t i = 0; i < HUB_BUCKETS; i++) {
		for (struct feed *f = h->feeds[i]; f != NULL; f = f->next) {
			buf_printf(&ids, "%s%s", k->n > 0 ? "," : "", f->organization);
			k->ids[k->n] = f->id;
			k->given[k->n++] = f->last;
		}
	}
	buf_add_cstr(&ids, "}");
	event_heads(fl, h->db, db_str(fl, buf_str(&ids)), k->n, k->newest);
	buf_clear(&ids);
	flow_then(fl, look_known);
}

static void look_known(struct flow *fl)
{
	struct look *k = FLOW_SELF(fl, struct look);
	struct hub *h = k->hub;

	for (size_t i = 0; i < k->n; i++) {
		struct feed *f = feed_find(h, &k->ids[i]);

		if (f == NULL)
			continue;
		if (k->newest[i] < 0) {
			feed_end(f, FEED_CLOSED);
		} else if (k->newest[i] < k->given[i]) {
			log_error("event=events_went_back organization=%s from=%" PRId64
				  " to=%" PRId64,
				  f->organization, k->given[i], k->newest[i]);
			feed_end(f, FEED_GONE);
		} else if (k->newest[i] > f->last) {
			h->figures.missed += f->reading ? 0 : 1;
			feed_nudge(f);
		}
	}
}

static void look_failed(struct flow *fl)
{
	(void)fl; /* the next may do better */
}

static void on_tick(uv_timer_t *t)
{
	struct hub *h = t->data;
	struct look *k;

	empty_feeds_drop(h);
	if (h->feeds_n == 0 || h->stopped)
		return;
	each_feed(h, feed_tick);
	if (h->looking)
		return;
	h->looking = true;
	k = flow_new(h->flows, &look_kind);
	k->hub = h;
	flow_on_end(&k->flow, look_over, h);
	flow_begin(&k->flow);
}

/* ---- the outside ---- */

static void other_process_committed(void *with, const struct uuid *id)
{
	struct hub *h = with;
	struct feed *f = feed_find(h, id);

	if (f != NULL)
		feed_nudge(f);
}

struct hub *hub_open(struct loop *l, struct flows *fs, struct db *db, const char *url)
{
	struct hub *h = xcalloc(1, sizeof *h);

	h->loop = l;
	h->flows = fs;
	h->db = db;
	h->busy_end = &h->busy;
	uv_timer_init(&l->uv, &h->tick);
	uv_timer_init(&l->uv, &h->soon);
	uv_idle_init(&l->uv, &h->more);
	h->tick.data = h->soon.data = h->more.data = h;
	h->handles = 3;
	if (url != NULL)
		h->wake = wake_open(l, url, other_process_committed, h);
	return h;
}

/* The feed to be read, told to other processes on the way; NULL when nobody follows here. */
static struct feed *nudged(struct hub *h, const char *organization_id)
{
	struct uuid id;
	bool others;

	if (h == NULL || h->stopped)
		return NULL;
	others = h->wake != NULL && wake_others(h->wake);
	if (h->feeds_n == 0 && !others)
		return NULL;
	if (!uuid_read(str_of(organization_id), &id))
		BUG("\"%s\" is no organization's id", organization_id);
	if (others)
		wake_say(h->wake, &id);
	return feed_find(h, &id);
}

void hub_nudge(struct hub *h, const char *organization_id)
{
	struct feed *f = nudged(h, organization_id);

	if (f != NULL)
		feed_nudge(f);
}

static void feed_soon(struct feed *f)
{
	if (f->soon)
		feed_nudge(f);
}

static void on_soon(uv_timer_t *t)
{
	each_feed(t->data, feed_soon);
}

void hub_nudge_soon(struct hub *h, const char *organization_id)
{
	struct feed *f = nudged(h, organization_id);

	if (f == NULL || f->soon)
		return;
	f->soon = true;
	if (!uv_is_active((uv_handle_t *)&h->soon))
		uv_timer_start(&h->soon, on_soon, HUB_SOON_MS, 0);
}

struct feed *hub_feed(struct hub *h, const struct uuid *id)
{
	return feed_of(h, id);
}

void hub_pass(struct hub *h, const char *organization_id, const char *customer_id, const char *type,
	      struct str data)
{
	struct uuid id, customer;
	struct feed *f;
	struct buf frame;

	if (h == NULL || h->stopped || h->feeds_n == 0)
		return;
	if (!uuid_read(str_of(organization_id), &id) ||
	    (customer_id != NULL && !uuid_read(str_of(customer_id), &customer)))
		BUG("what is passed on has ids that are none");
	f = feed_find(h, &id);
	if (f == NULL)
		return;
	buf_init(&frame, data.n + 100);
	buf_printf(&frame, "event: %s\ndata: " STR_FMT "\n\n", type, STR_ARG(data));
	feed_pass(f, customer_id == NULL ? NULL : &customer, buf_str(&frame));
	buf_clear(&frame);
}

void hub_follow(struct hub *h, struct ticket t, const struct hub_wish *wish, struct str first)
{
	struct follower *fo;
	struct uuid id;

	if (h->stopped) {
		web_reply_refusal(t, PROBLEM_BUSY);
		return;
	}
	fo = xcalloc(1, sizeof *fo);
	if (!uuid_read(str_of(wish->organization_id), &id) ||
	    !uuid_read(str_of(wish->session_id), &fo->session) ||
	    !uuid_read(str_of(wish->user_id), &fo->user) ||
	    (wish->customer_id != NULL && !uuid_read(str_of(wish->customer_id), &fo->customer)))
		BUG("a follower's ids are none");
	fo->at = wish->after;
	fo->known = wish->newest;
	fo->expires_us = wish->expires_us;
	fo->one_customer = wish->customer_id != NULL;
	fo->stream = sse_open(t, first, &follower_owner, fo);
	if (fo->stream == NULL)
		free(fo);
	else
		feed_join(feed_of(h, &id), fo);
}

void hub_on_session_ended(struct hub *h,
			  void (*told)(void *with, const char *organization_id, const char *user_id,
				       const char *session_id),
			  void *with)
{
	h->session_told = told;
	h->session_with = with;
}

static void feed_stop(struct feed *f)
{
	feed_end(f, FEED_STOPPING);
}

void hub_stop(struct hub *h)
{
	h->stopped = true;
	each_feed(h, feed_stop);
}

static void on_closed(uv_handle_t *handle)
{
	struct hub *h = handle->data;

	if (--h->handles == 0)
		free(h);
}

void hub_close(struct hub *h)
{
	if (h == NULL)
		return;
	hub_stop(h);
	while (h->busy != NULL)
		busy_take(h);
	empty_feeds_drop(h);
	if (h->feeds_n > 0)
		BUG("a feed is in use when the hub closes: close the flows first");
	wake_close(h->wake);
	uv_close((uv_handle_t *)&h->tick, on_closed);
	uv_close((uv_handle_t *)&h->soon, on_closed);
	uv_close((uv_handle_t *)&h->more, on_closed);
}

void hub_figures(const struct hub *h, struct hub_figures *out)
{
	*out = h->figures;
	out->feeds = h->feeds_n;
}
