/*
 * channel.c - see channel.h.
 */
#include "server/db/channel.h"

#include "server/db/watch.h"
#include "shared/log.h"

#define BACKOFF_MIN_MS 50
#define BACKOFF_MAX_MS 2000

enum channel_state {
	AWAY,
	CONNECTING,
	ASKING, /* a statement is under way: LISTEN, or a message */
	READY,
};

struct channel {
	struct loop *loop;
	const char *url, *name;
	const struct channel_ears *ears;
	void *with;
	PGconn *pg;
	struct watch watch;
	uv_timer_t timer; /* back-off, or how long the server may be silent */
	enum channel_state state;
	unsigned backoff_ms;
};

static void connect_start(struct channel *c);
static void on_socket(uv_poll_t *h, int status, int events);

/* ---- losing and finding the server ---- */

static void on_backoff(uv_timer_t *t)
{
	connect_start(t->data);
}

static void lost(struct channel *c, const char *why)
{
	bool was_there = c->state == READY || c->state == ASKING;

	watch_drop(&c->watch);
	PQfinish(c->pg);
	c->pg = NULL;
	c->state = AWAY;
	if (was_there)
		log_warn("event=channel_lost channel=%s reason=\"%s\"", c->name, why);
	else
		log_debug("event=channel_away channel=%s reason=\"%s\"", c->name, why);
	uv_timer_start(&c->timer, on_backoff, c->backoff_ms, 0);
	c->backoff_ms = c->backoff_ms * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : c->backoff_ms * 2;
}

static void on_silence(uv_timer_t *t)
{
	lost(t->data, "the server is silent");
}

/* libpq holds what the kernel did not take. */
static void flush(struct channel *c)
{
	int r = PQflush(c->pg);

	if (r < 0)
		lost(c, "the socket failed");
	else
		watch_events(&c->watch, r == 1 ? UV_READABLE | UV_WRITABLE : UV_READABLE);
}

static void asked(struct channel *c, bool sent)
{
	if (!sent) {
		lost(c, "a statement could not be sent");
		return;
	}
	c->state = ASKING;
	uv_timer_start(&c->timer, on_silence, CHANNEL_SILENT_MS, 0);
	flush(c);
}

static void listen_asked(struct channel *c)
{
	char sql[80];

	snprintf(sql, sizeof sql, "LISTEN %s", c->name);
	asked(c, PQsetnonblocking(c->pg, 1) == 0 && PQsendQuery(c->pg, sql) == 1);
}

static bool watched(struct channel *c, int events)
{
	if (watch_socket(&c->watch, c->loop, c->pg, events, on_socket, c))
		return true;
	lost(c, "its socket cannot be watched");
	return false;
}

static void connect_go_on(struct channel *c)
{
	switch (PQconnectPoll(c->pg)) {
	case PGRES_POLLING_OK:
		if (watched(c, UV_READABLE))
			listen_asked(c);
		break;
	case PGRES_POLLING_READING: (void)watched(c, UV_READABLE); break;
	case PGRES_POLLING_WRITING: (void)watched(c, UV_WRITABLE); break;
	default: lost(c, "cannot connect"); break;
	}
}

static void on_notice(void *arg, const char *message)
{
	(void)arg;
	(void)message;
}

static void connect_start(struct channel *c)
{
	c->pg = PQconnectStart(c->url);
	if (c->pg == NULL)
		BUG("out of memory");
	PQsetNoticeProcessor(c->pg, on_notice, NULL);
	c->state = CONNECTING;
	if (PQstatus(c->pg) == CONNECTION_BAD) {
		lost(c, "cannot connect");
		return;
	}
	uv_timer_start(&c->timer, on_silence, CHANNEL_SILENT_MS, 0);
	(void)watched(c, UV_WRITABLE);
}

/* ---- reading ---- */

static void notifies_read(struct channel *c)
{
	PGnotify *n;

	while (c->pg != NULL && (n = PQnotifies(c->pg)) != NULL) {
		if (n->be_pid != PQbackendPID(c->pg)) /* our own words come back to us */
			c->ears->heard(c->with, n->extra);
		PQfreemem(n);
	}
}

/* True when the statement under way has ended well. */
static bool answer_read(struct channel *c)
{
	bool ok = true;
	PGresult *r;

	while (!PQisBusy(c->pg)) {
		r = PQgetResult(c->pg);
		if (r == NULL) {
			c->state = READY;
			uv_timer_stop(&c->timer);
			c->backoff_ms = BACKOFF_MIN_MS;
			return ok;
		}
		if (PQresultStatus(r) == PGRES_FATAL_ERROR) {
			log_warn("event=channel_refused channel=%s sqlstate=%s", c->name,
				 PQresultErrorField(r, PG_DIAG_SQLSTATE) == NULL
					 ? "-"
					 : PQresultErrorField(r, PG_DIAG_SQLSTATE));
			ok = false;
		}
		PQclear(r);
	}
	return false;
}

static void on_socket(uv_poll_t *h, int status, int events)
{
	struct channel *c = h->data;
	bool ended;

	if (c->state == CONNECTING) {
		connect_go_on(c);
		return;
	}
	if (status < 0) {
		lost(c, "the socket failed");
		return;
	}
	if ((events & UV_WRITABLE) != 0)
		flush(c);
	if ((events & UV_READABLE) == 0 || c->pg == NULL)
		return;
	if (PQconsumeInput(c->pg) != 1) {
		lost(c, "the server closed the connection");
		return;
	}
	ended = c->state == ASKING && answer_read(c);
	if (PQstatus(c->pg) == CONNECTION_BAD) {
		lost(c, "the server closed the connection");
		return;
	}
	notifies_read(c);
	if (ended && c->state == READY)
		c->ears->ready(c->with);
}

/* ---- the outside ---- */

struct channel *channel_open(struct loop *l, const char *url, const char *name,
			     const struct channel_ears *ears, void *with)
{
	struct channel *c = xcalloc(1, sizeof *c);

	c->loop = l;
	c->url = url;
	c->name = name;
	c->ears = ears;
	c->with = with;
	c->backoff_ms = BACKOFF_MIN_MS;
	uv_timer_init(&l->uv, &c->timer);
	c->timer.data = c;
	connect_start(c);
	return c;
}

bool channel_ready(const struct channel *c)
{
	return c->state == READY;
}

bool channel_say(struct channel *c, const char *message)
{
	const char *params[2] = {c->name, message};

	if (c->state != READY)
		return false;
	asked(c, PQsendQueryParams(c->pg, "SELECT pg_notify($1, $2)", 2, NULL, params, NULL, NULL,
				   0) == 1);
	return true;
}

static void on_closed(uv_handle_t *h)
{
	free(h->data);
}

void channel_close(struct channel *c)
{
	if (c == NULL)
		return;
	watch_drop(&c->watch);
	PQfinish(c->pg);
	c->pg = NULL;
	uv_timer_stop(&c->timer);
	uv_close((uv_handle_t *)&c->timer, on_closed);
}
