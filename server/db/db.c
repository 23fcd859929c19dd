/*
 * db.c - the pool: which connection gets which ask, and what waits. One connection's own affairs
 * (connecting, pipelining, reading) are in link.c.
 */
#include "server/db/db.h"

#include "server/db/link.h"
#include "shared/clock.h"
#include "shared/log.h"

#define REPEATS_MAX 5

struct db {
	struct loop *loop;
	struct flows *flows;
	struct db_options options;
	struct link *links[DB_LINKS_MAX];
	struct ask *first, *last; /* waiting, oldest first */
	struct ask *spare;
	unsigned queued;
	bool closing;
	struct db_figures figures;
};

/* ---- asks ---- */

static struct ask *ask_take(struct db *db)
{
	struct ask *a = db->spare;

	if (a == NULL)
		return xcalloc(1, sizeof *a);
	db->spare = a->next;
	memset(a, 0, sizeof *a);
	return a;
}

static void ask_give(struct db *db, struct ask *a)
{
	a->next = db->spare;
	db->spare = a;
}

static void wait_last(struct db *db, struct ask *a)
{
	a->next = NULL;
	if (db->last != NULL)
		db->last->next = a;
	else
		db->first = a;
	db->last = a;
	db->queued++;
}

static void wait_first(struct db *db, struct ask *a)
{
	a->next = db->first;
	db->first = a;
	if (db->last == NULL)
		db->last = a;
	db->queued++;
}

static struct ask *wait_take(struct db *db)
{
	struct ask *a = db->first;

	if (a == NULL)
		return NULL;
	db->first = a->next;
	if (db->first == NULL)
		db->last = NULL;
	db->queued--;
	return a;
}

static struct link *free_link(struct db *db)
{
	struct link *best = NULL;

	for (unsigned i = 0; i < db->options.connections; i++) {
		struct link *c = db->links[i];

		if (!link_ready(c) || link_in_flight(c) >= db->options.in_flight)
			continue;
		if (best == NULL || link_in_flight(c) < link_in_flight(best))
			best = c;
	}
	return best;
}

static void queue_run(struct db *db)
{
	struct link *c;
	struct ask *a;

	while (db->first != NULL && !db->closing && (c = free_link(db)) != NULL) {
		a = wait_take(db);
		if (flow_find(db->flows, a->token) == NULL) {
			ask_give(db, a); /* its flow went meanwhile */
			continue;
		}
		link_send(c, a);
	}
}

/* ---- what connections tell ---- */

void db_link_free(struct db *db)
{
	queue_run(db);
}

void db_ask_done(struct db *db, struct ask *a, const struct db_rows *rows)
{
	struct flow *f = flow_find(db->flows, a->token);
	db_reader *read = a->read;
	void *out = a->out;

	ask_give(db, a);
	if (f == NULL)
		return;
	if (read != NULL)
		read(f, rows, out);
	flow_answered(f);
}

static void ask_again(struct db *db, struct ask *a)
{
	a->repeats++;
	db->figures.repeated++;
	wait_first(db, a);
}

void db_ask_failed(struct db *db, struct ask *a, enum ask_failure failure, const char *sqlstate,
		   const char *constraint)
{
	struct flow *f = flow_find(db->flows, a->token);
	const struct db_statement *s = a->statement;
	bool safe = failure == ASK_ROLLED_BACK || s->again;

	if (f == NULL) {
		ask_give(db, a);
		return;
	}
	if (!db->closing && failure != ASK_REFUSED && safe && a->repeats < REPEATS_MAX) {
		ask_again(db, a);
		return;
	}
	ask_give(db, a);
	db->figures.failed++;
	if (failure == ASK_LOST) {
		flow_refused(f, ERR_UPSTREAM, "the database connection was lost");
		return;
	}
	log_error("event=statement_failed statement=%s sqlstate=%s constraint=%s", s->name,
		  sqlstate, constraint == NULL ? "-" : constraint);
	flow_refused(f, strcmp(sqlstate, "57014") == 0 ? ERR_TIMEOUT : ERR_UPSTREAM,
		     "the database refused %s (SQLSTATE %s)", s->name, sqlstate);
}

void db_link_lost(struct db *db)
{
	db->figures.lost++;
}

/* ---- the outside ---- */

struct db *db_open(struct loop *l, struct flows *fs, const struct db_options *o)
{
	struct db *db = xcalloc(1, sizeof *db);

	setenv("PGTZ", "UTC", 1); /* libpq's: times that PostgreSQL writes into JSON are UTC */
	db->loop = l;
	db->flows = fs;
	db->options = *o;
	if (db->options.connections == 0)
		db->options.connections = 8;
	if (db->options.connections > DB_LINKS_MAX)
		db->options.connections = DB_LINKS_MAX;
	if (db->options.in_flight == 0)
		db->options.in_flight = 4;
	if (db->options.queue_max == 0)
		db->options.queue_max = 4096;
	for (unsigned i = 0; i < db->options.connections; i++)
		db->links[i] = link_open(db, l, o->url);
	return db;
}

void db_close(struct db *db)
{
	struct ask *a;

	if (db == NULL)
		return;
	db->closing = true;
	for (unsigned i = 0; i < db->options.connections; i++)
		link_close(db->links[i]);
	while ((a = wait_take(db)) != NULL) {
		struct flow *f = flow_find(db->flows, a->token);

		free(a);
		if (f != NULL)
			flow_refused(f, ERR_BUSY, "the service is stopping");
	}
	while ((a = db->spare) != NULL) {
		db->spare = a->next;
		free(a);
	}
	free(db);
}

void db_figures(const struct db *db, struct db_figures *out)
{
	*out = db->figures;
	out->queued = db->queued;
	for (unsigned i = 0; i < db->options.connections; i++) {
		out->connected += link_ready(db->links[i]) ? 1 : 0;
		out->in_flight += link_in_flight(db->links[i]);
	}
}

void db_ask_for(struct flow *f, struct db *db, const char *organization_id,
		const struct db_statement *s, const char *const *params, db_reader *read, void *out)
{
	struct ask *a;

	if (db->closing || db->queued >= db->options.queue_max) {
		flow_fail(f, ERR_BUSY,
			  "too much is waiting for the database; try again in a moment");
		return;
	}
	a = ask_take(db);
	a->statement = s;
	a->params = ARENA_ARRAY(&f->arena, const char *, s->params + 1);
	if (s->params > 0)
		memcpy(a->params, params, s->params * sizeof *params);
	if (organization_id != NULL)
		snprintf(a->organization_id, sizeof a->organization_id, "%s", organization_id);
	a->read = read;
	a->out = out;
	a->token = flow_ask(f);
	db->figures.asked++;
	wait_last(db, a);
	queue_run(db);
}

void db_ask(struct flow *f, struct db *db, const struct db_statement *s, const char *const *params,
	    db_reader *read, void *out)
{
	db_ask_for(f, db, NULL, s, params, read, out);
}

const char *db_int(struct flow *f, int64_t v)
{
	char text[24];
	int n = snprintf(text, sizeof text, "%" PRId64, v);

	return arena_cstr(&f->arena, str_make(text, (size_t)n));
}

const char *db_bool(bool v)
{
	return v ? "t" : "f";
}

const char *db_str(struct flow *f, struct str s)
{
	return arena_cstr(&f->arena, s);
}

const char *db_str_or_null(struct flow *f, struct str s)
{
	return s.n == 0 ? NULL : arena_cstr(&f->arena, s);
}

const char *db_time(struct flow *f, int64_t wall_us)
{
	char *text;

	if (wall_us == 0)
		return NULL;
	text = arena_take(&f->arena, CLOCK_TEXT);
	clock_text(wall_us, text);
	return text;
}
