/*
 * http.c - see http.h. A transfer is one request; it waits in a queue while its host has as many
 * connections as we allow (libcurl's own queue knows no deadline), then libcurl has it.
 */
#include "server/net/http.h"

#include "server/net/curl_loop.h"
#include "server/net/transfer.h"
#include "shared/clock.h"
#include "shared/log.h"

#define PER_HOST           16   /* connections, and requests under way, unless set otherwise */
#define HOSTS              8    /* that may be busy at a time */
#define WAITING_MAX        1024 /* requests in the queue; beyond it they are not sent */
#define SPARE_MAX          32   /* libcurl handles kept for reuse */
#define TIMEOUT_DEFAULT_MS 10000
#define LOOK_MS            50

struct list {
	struct transfer *first, *last;
	unsigned n;
};

struct http {
	struct loop *loop;
	struct flows *flows;
	struct curl_loop *curl;
	struct list in_flight, waiting;
	uv_timer_t look; /* at what waits, while something does */
	CURL *spare[SPARE_MAX];
	unsigned spare_n;
	unsigned per_host; /* connections, and requests under way */
	struct http_figures figures;
};

/* ---- lists ---- */

static void list_add(struct list *l, struct transfer *t)
{
	t->next = NULL;
	t->prev = l->last;
	if (l->last != NULL)
		l->last->next = t;
	else
		l->first = t;
	l->last = t;
	l->n++;
}

static void list_remove(struct list *l, struct transfer *t)
{
	if (t->next != NULL)
		t->next->prev = t->prev;
	else
		l->last = t->prev;
	if (t->prev != NULL)
		t->prev->next = t->next;
	else
		l->first = t->next;
	l->n--;
}

static unsigned host_in_flight(const struct http *h, const char *host)
{
	unsigned n = 0;

	for (const struct transfer *t = h->in_flight.first; t != NULL; t = t->next)
		n += strcmp(t->host, host) == 0;
	return n;
}

/* ---- the end of a transfer ---- */

static CURL *easy_take(struct http *h)
{
	CURL *easy = h->spare_n > 0 ? h->spare[--h->spare_n] : curl_easy_init();

	if (easy == NULL)
		BUG("libcurl does not start");
	return easy;
}

static void easy_give(struct http *h, CURL *easy)
{
	if (h->spare_n == SPARE_MAX) {
		curl_easy_cleanup(easy);
		return;
	}
	curl_easy_reset(easy);
	h->spare[h->spare_n++] = easy;
}

static void forget(struct http *h, struct transfer *t)
{
	easy_give(h, t->easy);
	transfer_free(t);
}

static void count(struct http *h, enum http_outcome o)
{
	switch (o) {
	case HTTP_ANSWERED: h->figures.answered++; break;
	case HTTP_NOT_SENT: h->figures.not_sent++; break;
	case HTTP_UNCERTAIN: h->figures.uncertain++; break;
	}
}

static const char *outcome_name(enum http_outcome o)
{
	static const char *const names[] = {[HTTP_UNCERTAIN] = "uncertain",
					    [HTTP_ANSWERED] = "answered",
					    [HTTP_NOT_SENT] = "not_sent"};

	return names[o];
}

/* Hands the answer to its flow, if that still waits; the flow may ask again inside this call. */
static void deliver(struct http *h, struct transfer *t)
{
	struct flow *f = flow_find(h->flows, t->token);

	count(h, t->outcome);
	log_debug("event=http_done host=%s outcome=%s status=%d ms=%" PRId64 " text=\"%s\"",
		  t->host, outcome_name(t->outcome), t->status, clock_mono_ms() - t->begun_ms,
		  t->error);
	if (f != NULL)
		transfer_answer(t, &f->arena, t->out);
	forget(h, t);
	if (f != NULL)
		flow_answered(f);
}

/* ---- the queue ---- */

static void transfer_start(struct http *h, struct transfer *t)
{
	int64_t left = t->due_ms - clock_mono_ms();

	list_add(&h->in_flight, t);
	curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, (long)int_clamp(left, 1, INT32_MAX));
	if (curl_multi_add_handle(curl_loop_multi(h->curl), t->easy) != CURLM_OK)
		BUG("libcurl does not take a request");
}

static void on_look(uv_timer_t *timer);

static void wait_in_line(struct http *h, struct transfer *t)
{
	if (h->waiting.n >= WAITING_MAX)
		t->due_ms = t->begun_ms; /* told so on the next look, not inside this call */
	list_add(&h->waiting, t);
	if (!uv_is_active((uv_handle_t *)&h->look))
		uv_timer_start(&h->look, on_look, LOOK_MS, LOOK_MS);
}

static bool may_start(const struct http *h, const struct transfer *t)
{
	return h->in_flight.n < h->per_host * HOSTS && host_in_flight(h, t->host) < h->per_host;
}

/* Starts what may start now; what nobody waits for any more is forgotten. */
static void line_move(struct http *h)
{
	struct transfer *t = h->waiting.first, *next;
	int64_t now = clock_mono_ms();

	for (; t != NULL && h->in_flight.n < h->per_host * HOSTS; t = next) {
		next = t->next;
		if (flow_find(h->flows, t->token) == NULL) {
			list_remove(&h->waiting, t);
			forget(h, t);
		} else if (t->due_ms > now && may_start(h, t)) {
			list_remove(&h->waiting, t);
			transfer_start(h, t);
		}
	}
	if (h->waiting.first == NULL)
		uv_timer_stop(&h->look);
}

static struct transfer *overdue(const struct http *h, int64_t now)
{
	struct transfer *t = h->waiting.first;

	while (t != NULL && t->due_ms > now)
		t = t->next;
	return t;
}

/* What has waited for too long was not sent. */
static void on_look(uv_timer_t *timer)
{
	struct http *h = timer->data;
	int64_t now = clock_mono_ms();
	struct transfer *t;

	while ((t = overdue(h, now)) != NULL) {
		list_remove(&h->waiting, t);
		transfer_give_up(t, "waited too long for a connection");
		deliver(h, t);
	}
	line_move(h);
}

static void on_done(void *with, CURL *easy, CURLcode result)
{
	struct http *h = with;
	struct transfer *t = NULL;
	void *private = NULL;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
	t = private;
	list_remove(&h->in_flight, t);
	transfer_judge(t, result);
	deliver(h, t);
	line_move(h);
}

/* ---- asking ---- */

void http_send(struct flow *f, struct http *h, const struct http_request *r,
	       struct http_answer *out)
{
	unsigned ms = r->timeout_ms == 0 ? TIMEOUT_DEFAULT_MS : r->timeout_ms;
	struct transfer *t = transfer_new(easy_take(h), r);

	t->due_ms = t->begun_ms + (ms < flow_left_ms(f) ? ms : flow_left_ms(f));
	t->out = out;
	t->token = flow_ask(f);
	if (may_start(h, t))
		transfer_start(h, t);
	else
		wait_in_line(h, t);
}

/* ---- opening and closing ---- */

void http_set_per_host(struct http *h, unsigned n)
{
	CURLM *multi = curl_loop_multi(h->curl);

	h->per_host = n;
	curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)n);
	curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)n * 4);
}

struct http *http_open(struct loop *l, struct flows *fs)
{
	struct http *h = xcalloc(1, sizeof *h);

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		BUG("libcurl does not start");
	h->loop = l;
	h->flows = fs;
	h->curl = curl_loop_open(l, on_done, h);
	http_set_per_host(h, PER_HOST);
	uv_timer_init(&l->uv, &h->look);
	h->look.data = h;
	return h;
}

static void on_look_closed(uv_handle_t *handle)
{
	free(handle->data);
	curl_global_cleanup();
}

void http_close(struct http *h)
{
	struct transfer *t;

	if (h == NULL)
		return;
	while ((t = h->in_flight.first) != NULL) {
		list_remove(&h->in_flight, t);
		curl_multi_remove_handle(curl_loop_multi(h->curl), t->easy);
		forget(h, t);
	}
	while ((t = h->waiting.first) != NULL) {
		list_remove(&h->waiting, t);
		forget(h, t);
	}
	while (h->spare_n > 0)
		curl_easy_cleanup(h->spare[--h->spare_n]);
	curl_loop_close(h->curl);
	uv_close((uv_handle_t *)&h->look, on_look_closed);
}

void http_figures(const struct http *h, struct http_figures *out)
{
	*out = h->figures;
	out->in_flight = h->in_flight.n;
	out->waiting = h->waiting.n;
}
