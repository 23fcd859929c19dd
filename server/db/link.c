/*
 * link.c - see link.h. libpq in pipeline mode (stack.md of the project's references): each ask is
 * [prepare] [set context] statement Sync, sent at once; Syncs are counted, not results, to know
 * what ended.
 */
#include "server/db/link.h"

#include "server/db/watch.h"
#include "shared/log.h"

#define PREPARED_MAX   128
#define BACKOFF_MIN_MS 50
#define BACKOFF_MAX_MS 1000
#define CONNECT_MS     5000

enum link_state { LINK_AWAY, LINK_CONNECTING, LINK_READY };

struct link {
	struct db *db;
	struct loop *loop;
	const char *url;
	PGconn *pg;
	struct watch watch;
	uv_timer_t timer; /* back-off, or the limit of connecting */
	enum link_state state;
	unsigned backoff_ms;
	struct ask *first, *last; /* in flight, oldest first */
	unsigned in_flight;
	const struct db_statement *prepared[PREPARED_MAX];
	unsigned prepared_n;
	/* of the oldest ask: its result so far */
	PGresult *result;
	enum ask_failure failure;
	bool failed;
	char sqlstate[6];
	char constraint[64];
};

static const char context_sql[] = "SELECT set_config('app.current_organization_id', $1, true)";
static const struct db_statement context = {"context", context_sql, 1, true};

static void connect_start(struct link *c);
static void on_socket(uv_poll_t *h, int status, int events);

/* ---- losing and finding the server ---- */

static void result_forget(struct link *c)
{
	PQclear(c->result);
	c->result = NULL;
	c->failed = false;
}

static void asks_fail(struct link *c)
{
	struct ask *a = c->first, *next, *reversed = NULL;

	c->first = c->last = NULL;
	c->in_flight = 0;
	result_forget(c);
	/* the pool puts each in front of its queue: give the newest first, so that order is kept */
	for (; a != NULL; a = next) {
		next = a->next;
		a->next = reversed;
		reversed = a;
	}
	for (a = reversed; a != NULL; a = next) {
		next = a->next;
		db_ask_failed(c->db, a, ASK_LOST, "08006", NULL);
	}
}

static void on_backoff(uv_timer_t *t)
{
	connect_start(t->data);
}

static void link_lost(struct link *c, const char *why)
{
	bool was_ready = c->state == LINK_READY;

	watch_drop(&c->watch);
	PQfinish(c->pg);
	c->pg = NULL;
	c->state = LINK_AWAY;
	c->prepared_n = 0;
	if (was_ready) {
		log_warn("event=database_lost reason=\"%s\" in_flight=%u", why, c->in_flight);
		db_link_lost(c->db);
		c->backoff_ms = BACKOFF_MIN_MS;
	} else {
		log_debug("event=database_away reason=\"%s\"", why);
		c->backoff_ms =
			c->backoff_ms * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : c->backoff_ms * 2;
	}
	uv_timer_start(&c->timer, on_backoff, c->backoff_ms, 0);
	asks_fail(c);
}

static void on_connect_late(uv_timer_t *t)
{
	link_lost(t->data, "connecting took too long");
}

static void connected(struct link *c)
{
	uv_timer_stop(&c->timer);
	if (PQsetnonblocking(c->pg, 1) != 0 || PQenterPipelineMode(c->pg) != 1) {
		link_lost(c, "no pipeline mode");
		return;
	}
	if (!watch_socket(&c->watch, c->loop, c->pg, UV_READABLE, on_socket, c)) {
		link_lost(c, "its socket cannot be watched");
		return;
	}
	c->state = LINK_READY;
	c->backoff_ms = BACKOFF_MIN_MS;
	log_debug("event=database_connected");
	db_link_free(c->db);
}

static void connecting(struct link *c, int events)
{
	if (!watch_socket(&c->watch, c->loop, c->pg, events, on_socket, c))
		link_lost(c, "its socket cannot be watched");
}

static void connect_go_on(struct link *c)
{
	switch (PQconnectPoll(c->pg)) {
	case PGRES_POLLING_OK: connected(c); break;
	case PGRES_POLLING_READING: connecting(c, UV_READABLE); break;
	case PGRES_POLLING_WRITING: connecting(c, UV_WRITABLE); break;
	default: link_lost(c, "cannot connect"); break;
	}
}

static void on_notice(void *arg, const char *message)
{
	(void)arg;
	(void)message; /* notices may carry values of rows; errors are read from results */
}

static void connect_start(struct link *c)
{
	c->pg = PQconnectStart(c->url);
	if (c->pg == NULL)
		BUG("out of memory");
	PQsetNoticeProcessor(c->pg, on_notice, NULL);
	c->state = LINK_CONNECTING;
	if (PQstatus(c->pg) == CONNECTION_BAD) {
		link_lost(c, "cannot connect");
		return;
	}
	uv_timer_start(&c->timer, on_connect_late, CONNECT_MS, 0);
	connecting(c, UV_WRITABLE);
}

/* ---- asks ---- */

static bool prepare(struct link *c, struct ask *a, const struct db_statement *s)
{
	for (unsigned i = 0; i < c->prepared_n; i++) {
		if (c->prepared[i] == s)
			return true;
	}
	if (c->prepared_n == PREPARED_MAX)
		BUG("more than %d statements: raise PREPARED_MAX", PREPARED_MAX);
	if (PQsendPrepare(c->pg, s->name, s->sql, 0, NULL) != 1)
		return false;
	c->prepared[c->prepared_n++] = s;
	a->prepares[a->prepares_n++] = s;
	return true;
}

static void unprepare(struct link *c, const struct db_statement *s)
{
	for (unsigned i = 0; i < c->prepared_n; i++) {
		if (c->prepared[i] == s) {
			c->prepared[i] = c->prepared[--c->prepared_n];
			return;
		}
	}
}

static bool flushed(struct link *c)
{
	int r = PQflush(c->pg);

	if (r < 0)
		return false;
	watch_events(&c->watch, r == 1 ? UV_READABLE | UV_WRITABLE : UV_READABLE);
	return true;
}

void link_send(struct link *c, struct ask *a)
{
	const struct db_statement *s = a->statement;
	const char *org[1] = {a->organization_id};
	bool ok = true;

	a->next = NULL;
	a->prepares_n = a->prepares_ok = 0;
	if (c->last != NULL)
		c->last->next = a;
	else
		c->first = a;
	c->last = a;
	c->in_flight++;
	if (a->organization_id[0] != '\0')
		ok = prepare(c, a, &context) &&
		     PQsendQueryPrepared(c->pg, context.name, 1, org, NULL, NULL, 0) == 1;
	ok = ok && prepare(c, a, s) &&
	     PQsendQueryPrepared(c->pg, s->name, (int)s->params, a->params, NULL, NULL, 0) == 1 &&
	     PQpipelineSync(c->pg) == 1;
	if (ok && PQflush(c->pg) == 0)
		return;
	/* A failure here shows on the socket too; wait for it there, outside the asker's call. */
	watch_events(&c->watch, UV_READABLE | UV_WRITABLE);
}

static void error_kept(struct link *c, const PGresult *r)
{
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	const char *constraint = PQresultErrorField(r, PG_DIAG_CONSTRAINT_NAME);

	if (c->failed)
		return;
	c->failed = true;
	snprintf(c->sqlstate, sizeof c->sqlstate, "%s", state == NULL ? "08006" : state);
	snprintf(c->constraint, sizeof c->constraint, "%s", constraint == NULL ? "-" : constraint);
	/* deadlock, serialization, shutdown, cancelled by time-out, row raced in: undone, may be
	 * repeated */
	if (strncmp(c->sqlstate, "40", 2) == 0 || strncmp(c->sqlstate, "57", 2) == 0 ||
	    strcmp(c->sqlstate, "23505") == 0 || strcmp(c->sqlstate, "26000") == 0 ||
	    strncmp(c->sqlstate, "53", 2) == 0)
		c->failure = ASK_ROLLED_BACK;
	else if (strncmp(c->sqlstate, "08", 2) == 0)
		c->failure = ASK_LOST;
	else
		c->failure = ASK_REFUSED;
}

static void ask_ended(struct link *c)
{
	struct ask *a = c->first;
	PGresult *result = c->result;
	struct db_rows rows;
	bool failed = c->failed;

	if (a == NULL)
		BUG("the database answered what nobody asked");
	c->first = a->next;
	if (c->first == NULL)
		c->last = NULL;
	c->in_flight--;
	c->result = NULL;
	c->failed = false;
	if (failed) {
		for (unsigned i = a->prepares_ok; i < a->prepares_n; i++)
			unprepare(c, a->prepares[i]);
		if (strcmp(c->sqlstate, "26000") ==
		    0) /* its preparation failed in an earlier ask */
			unprepare(c, a->statement);
		PQclear(result);
		db_ask_failed(c->db, a, c->failure, c->sqlstate, c->constraint);
		return;
	}
	rows = (struct db_rows){result, result == NULL ? 0 : PQntuples(result)};
	db_ask_done(c->db, a, &rows);
	PQclear(result);
}

/* One result has been read off the connection. */
static void result_read(struct link *c, PGresult *r)
{
	switch (PQresultStatus(r)) {
	case PGRES_TUPLES_OK:
		PQclear(c->result);
		c->result = r;
		return;
	case PGRES_PIPELINE_SYNC:
		PQclear(r);
		ask_ended(c);
		return;
	case PGRES_FATAL_ERROR: error_kept(c, r); break;
	case PGRES_COMMAND_OK:
		if (c->first != NULL && c->first->prepares_ok < c->first->prepares_n)
			c->first->prepares_ok++;
		break;
	default: break; /* PIPELINE_ABORTED */
	}
	PQclear(r);
}

static void on_socket(uv_poll_t *h, int status, int events)
{
	struct link *c = h->data;
	PGresult *r;
	unsigned nothing = 0;

	if (c->state == LINK_CONNECTING) {
		connect_go_on(c);
		return;
	}
	if (status < 0 || ((events & UV_WRITABLE) != 0 && !flushed(c))) {
		link_lost(c, "the socket failed");
		return;
	}
	if ((events & UV_READABLE) == 0)
		return;
	if (PQconsumeInput(c->pg) != 1) {
		link_lost(c, "the server closed the connection");
		return;
	}
	/* NULL stands between two statements; two in a row mean that nothing more has come */
	while (c->state == LINK_READY && c->in_flight > 0 && nothing < 2 && !PQisBusy(c->pg)) {
		r = PQgetResult(c->pg);
		nothing = r == NULL ? nothing + 1 : 0;
		if (r != NULL)
			result_read(c, r);
	}
	if (c->state == LINK_READY && PQstatus(c->pg) == CONNECTION_BAD) {
		link_lost(c, "the server closed the connection");
		return;
	}
	db_link_free(c->db);
}

/* ---- the outside ---- */

struct link *link_open(struct db *db, struct loop *l, const char *url)
{
	struct link *c = xcalloc(1, sizeof *c);

	c->db = db;
	c->loop = l;
	c->url = url;
	c->backoff_ms = BACKOFF_MIN_MS;
	uv_timer_init(&l->uv, &c->timer);
	c->timer.data = c;
	connect_start(c);
	return c;
}

static void on_timer_closed(uv_handle_t *h)
{
	free(h->data);
}

void link_close(struct link *c)
{
	watch_drop(&c->watch);
	PQfinish(c->pg);
	c->pg = NULL;
	c->state = LINK_AWAY;
	asks_fail(c);
	uv_timer_stop(&c->timer);
	uv_close((uv_handle_t *)&c->timer, on_timer_closed);
}

bool link_ready(const struct link *c)
{
	return c->state == LINK_READY;
}

unsigned link_in_flight(const struct link *c)
{
	return c->in_flight;
}
