/*
 * http.c - see http.h. A transfer is one request; it waits in a queue while its host has as many
 * connections as we allow (libcurl's own queue knows no deadline), then libcurl has it.
 */
#include "server/net/http.h"

#include "server/net/curl_loop.h"
#include "shared/buf.h"
#include "shared/clock.h"
#include "shared/log.h"

#define PER_HOST           16   /* connections, and requests under way, unless set otherwise */
#define HOSTS              8    /* that may be busy at a time */
#define WAITING_MAX        1024 /* requests in the queue; beyond it they are not sent */
#define SPARE_MAX          32   /* libcurl handles kept for reuse */
#define TIMEOUT_DEFAULT_MS 10000
#define CONNECT_MS         5000
#define ANSWER_MAX         (1024u * 1024u)
#define IDLE_CONNECTION_S  30L /* not reused after this: others close idle connections too */
#define LOOK_MS            50
#define DAY_S              86400

struct transfer {
	struct http *http;
	struct transfer *next, *prev; /* in flight, or waiting */
	CURL *easy;
	struct curl_slist *headers;
	struct flow_token token;
	struct http_answer *out; /* in the flow's struct: only while the token finds it */
	struct buf body;         /* of the answer */
	int64_t begun_ms, due_ms;
	unsigned attempts;
	bool too_long, late;
	char host[128];
	char error[CURL_ERROR_SIZE];
};

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

/* The oldest, taken off; NULL when there is none. */
static struct transfer *list_take(struct list *l)
{
	struct transfer *t = l->first;

	if (t == NULL)
		return NULL;
	l->first = t->next;
	if (t->next != NULL)
		t->next->prev = NULL;
	else
		l->last = NULL;
	l->n--;
	return t;
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

static void transfer_free(struct transfer *t)
{
	easy_give(t->http, t->easy);
	curl_slist_free_all(t->headers);
	buf_clear(&t->body);
	free(t);
}

int http_retry_after(const char *value, int64_t now)
{
	int64_t s;

	if (!str_int(str_trim(str_of(value)), 0, INT32_MAX, &s)) {
		s = (int64_t)curl_getdate(value, NULL);
		if (s < 0)
			return -1;
		s -= now;
	}
	return (int)int_clamp(s, 0, DAY_S);
}

/* A header's value, NULL if it is not there. */
static const char *header_of(CURL *easy, const char *name)
{
	struct curl_header *header;

	return curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK
		       ? header->value
		       : NULL;
}

static int retry_after(CURL *easy)
{
	const char *value = header_of(easy, "Retry-After");

	return value == NULL ? -1 : http_retry_after(value, clock_wall_us() / 1000000);
}

static enum http_outcome outcome_of(const struct transfer *t, CURLcode result, long status)
{
	long written = 0;

	if (result == CURLE_OK && status >= 200)
		return HTTP_ANSWERED;
	/* on_begin never ran: there was no connection to write to. It did, but nothing was written:
	 * the connection was dead at the first byte. */
	curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &written);
	return t->attempts == 0 || written == 0 ? HTTP_NOT_SENT : HTTP_UNCERTAIN;
}

static const char *why(const struct transfer *t, CURLcode result)
{
	if (t->too_long)
		return "the answer is too long";
	if (t->error[0] != '\0')
		return t->error;
	return result == CURLE_OK ? "no answer that can be understood" : curl_easy_strerror(result);
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

/* Hands the answer to its flow, if that still waits. */
static void deliver(struct transfer *t, enum http_outcome outcome, int status, const char *error)
{
	struct flow *f = flow_find(t->http->flows, t->token);
	struct http_answer *out = t->out;

	count(t->http, outcome);
	log_debug("event=http_done host=%s outcome=%s status=%d ms=%" PRId64 " text=\"%s\"",
		  t->host, outcome_name(outcome), status, clock_mono_ms() - t->begun_ms, error);
	if (f == NULL) {
		transfer_free(t);
		return;
	}
	*out = (struct http_answer){.outcome = outcome, .status = status, .retry_after_s = -1};
	snprintf(out->error, sizeof out->error, "%s", error);
	if (outcome == HTTP_ANSWERED) {
		out->body = arena_str(&f->arena, buf_str(&t->body));
		out->retry_after_s = retry_after(t->easy);
		out->content_type =
			arena_str(&f->arena, str_of(header_of(t->easy, "Content-Type")));
		out->location = arena_str(&f->arena, str_of(header_of(t->easy, "Location")));
	}
	out->late = t->late;
	out->too_long = t->too_long;
	transfer_free(t);
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
			transfer_free(t);
		} else if (t->due_ms > now && may_start(h, t)) {
			list_remove(&h->waiting, t);
			transfer_start(h, t);
		}
	}
	if (h->waiting.first == NULL)
		uv_timer_stop(&h->look);
}

/* What has waited for too long was not sent. One at a time: a flow may ask again when it is told.
 */
static void on_look(uv_timer_t *timer)
{
	struct http *h = timer->data;
	int64_t now = clock_mono_ms();
	struct transfer *t = h->waiting.first;

	while (t != NULL) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): list_remove took off what is freed */
		if (t->due_ms > now) {
			t = t->next;
			continue;
		}
		list_remove(&h->waiting, t);
		deliver(t, HTTP_NOT_SENT, 0, "waited too long for a connection");
		t = h->waiting.first;
	}
	line_move(h);
}

static void on_done(void *with, CURL *easy, CURLcode result)
{
	struct http *h = with;
	struct transfer *t = NULL;
	enum http_outcome outcome;
	long status = 0;
	void *private = NULL;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
	t = private;
	list_remove(&h->in_flight, t);
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	outcome = outcome_of(t, result, status);
	t->late = result == CURLE_OPERATION_TIMEDOUT;
	deliver(t, outcome, (int)status, outcome == HTTP_ANSWERED ? "" : why(t, result));
	line_move(h);
}

/* ---- libcurl's callbacks ---- */

/* Called on a connection that is ready, before the request is written: for libcurl's own repetition
 * too. That one may go ahead only if the attempt before it wrote nothing. */
static int on_begin(void *with, char *ip, char *local_ip, int port, int local_port)
{
	struct transfer *t = with;
	long written = 0;

	(void)ip;
	(void)local_ip;
	(void)port;
	(void)local_port;
	if (t->attempts++ == 0)
		return CURL_PREREQFUNC_OK;
	curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &written);
	if (written == 0)
		return CURL_PREREQFUNC_OK;
	snprintf(t->error, sizeof t->error, "the connection was closed before an answer came");
	return CURL_PREREQFUNC_ABORT;
}

static size_t on_body(char *p, size_t one, size_t n, void *with)
{
	struct transfer *t = with;

	(void)one;
	if (buf_add(&t->body, p, n))
		return n;
	t->too_long = true;
	return 0;
}

/* ---- asking ---- */

/* "scheme://host:port" of the URL, what connections are counted by. */
static void host_of(const char *url, char *out, size_t room)
{
	const char *at = strstr(url, "://");
	size_t n = at == NULL ? 0 : strcspn(at + 3, "/?#") + (size_t)(at + 3 - url);

	snprintf(out, room, "%.*s", (int)size_min(n, room - 1), url);
}

static void header_add(struct transfer *t, const char *name, const char *value)
{
	char line[1024];
	struct curl_slist *more;
	int n = snprintf(line, sizeof line, "%s%s", name, value);

	if (n < 0 || (size_t)n >= sizeof line || strpbrk(line, "\r\n") != NULL)
		BUG("a header that cannot be sent: %s", name);
	more = curl_slist_append(t->headers, line);
	if (more == NULL)
		BUG("out of memory");
	t->headers = more;
	explicit_bzero(line, sizeof line);
}

static void method_set(CURL *easy, const struct http_request *r)
{
	if (strcmp(r->method, "GET") == 0 && r->body.n == 0) {
		curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
		return;
	}
	if (strcmp(r->method, "DELETE") != 0 || r->body.n > 0) {
		curl_easy_setopt(easy, CURLOPT_POST, 1L);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
		curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, r->body.p == NULL ? "" : r->body.p);
	}
	if (strcmp(r->method, "POST") != 0)
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, r->method);
}

static void rules_set(struct transfer *t, const struct http_request *r)
{
	CURL *easy = t->easy;

	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, -1L); /* reading it takes 33 ms */
	curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, IDLE_CONNECTION_S);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* else a look-up that hangs would stop the whole loop at the request's deadline */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
			 r->connect_ms == 0 ? (long)CONNECT_MS : (long)r->connect_ms);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "switchback");
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->error);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_begin);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, t);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
}

static struct transfer *transfer_new(struct http *h, const struct http_request *r)
{
	struct transfer *t = xcalloc(1, sizeof *t);

	t->http = h;
	t->easy = easy_take(h);
	t->begun_ms = clock_mono_ms();
	buf_init(&t->body, r->answer_max == 0 ? ANSWER_MAX : r->answer_max);
	host_of(r->url, t->host, sizeof t->host);
	rules_set(t, r);
	curl_easy_setopt(t->easy, CURLOPT_URL, r->url);
	method_set(t->easy, r);
	if (r->content_type != NULL)
		header_add(t, "Content-Type: ", r->content_type);
	if (r->bearer != NULL)
		header_add(t, "Authorization: Bearer ", r->bearer);
	for (size_t i = 0; r->headers != NULL && r->headers[i] != NULL; i++)
		header_add(t, r->headers[i], "");
	header_add(t, "Expect:", ""); /* no waiting for "100 Continue" */
	curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
	if (r->user != NULL) {
		curl_easy_setopt(t->easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl_easy_setopt(t->easy, CURLOPT_USERNAME, r->user);
		curl_easy_setopt(t->easy, CURLOPT_PASSWORD, r->password == NULL ? "" : r->password);
	}
	return t;
}

void http_send(struct flow *f, struct http *h, const struct http_request *r,
	       struct http_answer *out)
{
	unsigned ms = r->timeout_ms == 0 ? TIMEOUT_DEFAULT_MS : r->timeout_ms;
	struct transfer *t = transfer_new(h, r);

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
	while ((t = list_take(&h->in_flight)) != NULL) {
		curl_multi_remove_handle(curl_loop_multi(h->curl), t->easy);
		transfer_free(t);
	}
	while ((t = list_take(&h->waiting)) != NULL)
		transfer_free(t);
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
