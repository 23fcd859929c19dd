/*
 * event.c - see event.h.
 *
 * PostgreSQL writes the frame: jsonb as text holds no line end, so that one "data:" line takes it
 * whole, and our words (type, numbers, ids, times) need no escaping.
 */
#include "server/store/event.h"

static void start_read(struct flow *f, const struct db_rows *rows, void *to)
{
	struct event_start *out = to;

	(void)f;
	*out = (struct event_start){0};
	if (rows->n == 0)
		return;
	out->last = row_int(rows, 0, 0);
	out->oldest = row_int(rows, 0, 1);
	out->alive = !row_null(rows, 0, 2);
	out->expires_us = row_time(rows, 0, 2);
	out->customer_known = row_bool(rows, 0, 3);
	out->now_us = row_time(rows, 0, 4);
}

void event_start(struct flow *f, struct db *db, const char *organization, const char *session,
		 const char *user, const char *customer, struct event_start *out)
{
	static const struct db_statement sql = {
		"event_start",
		"SELECT k.last_event, coalesce((SELECT min(e.seq) FROM events e"
		"   WHERE e.organization_id = $1::uuid), k.last_event + 1),"
		"  (SELECT s.expires_at FROM user_sessions s"
		"   JOIN user_profiles u ON u.organization_id = s.organization_id AND u.id = "
		"s.user_id"
		"   WHERE s.organization_id = $1::uuid AND s.id = $2::uuid AND s.user_id = $3::uuid"
		"     AND s.revoked_at IS NULL AND s.expires_at > now() AND u.is_active),"
		"  $4::uuid IS NULL OR EXISTS (SELECT FROM customers c"
		"   WHERE c.organization_id = $1::uuid AND c.id = $4::uuid),"
		"  now()"
		" FROM organization_counters k JOIN organizations o ON o.id = k.organization_id"
		" WHERE k.organization_id = $1::uuid AND o.is_active",
		4, true};

	db_ask_for(f, db, organization, &sql, DB_PARAMS(organization, session, user, customer),
		   start_read, out);
}

/* The lines of a frame: "id: N", "event: TYPE", "data: JSON". */
static void frame_cut(struct event_row *e)
{
	struct str rest = e->frame;

	(void)str_cut(&rest, '\n');
	e->type = str_cut(&rest, '\n');
	e->type = str_sub(e->type, sizeof "event: " - 1, e->type.n);
	e->data = str_cut(&rest, '\n');
	e->data = str_sub(e->data, sizeof "data: " - 1, e->data.n);
}

static void events_read(struct flow *f, const struct db_rows *rows, void *to)
{
	struct event_rows *out = to;
	struct arena *a = &f->arena;

	size_t bytes = 0;

	out->n = (size_t)rows->n;
	out->rows = ARENA_ARRAY(a, struct event_row, out->n + 1);
	for (int i = 0; i < rows->n; i++) {
		struct event_row *e = &out->rows[i];

		e->seq = row_int(rows, i, 0);
		e->frame = row_keep(a, rows, i, 1);
		bytes += e->frame.n;
		e->customer = row_keep(a, rows, i, 2);
		e->rewrites = row_bool(rows, i, 3);
		e->conversation = row_keep(a, rows, i, 6);
		frame_cut(e);
		if (row_null(rows, i, 5))
			continue;
		e->ended = row_keep(a, rows, i, 4);
		e->ended_user = row_keep(a, rows, i, 5);
	}
	out->more = out->n == EVENT_READ_MAX || bytes >= EVENT_READ_BYTES;
}

void event_read(struct flow *f, struct db *db, const char *organization, int64_t after,
		struct event_rows *out)
{
	static const struct db_statement sql = {
		"event_read",
		"SELECT seq, frame, customer_id, rewrites, ended, ended_user, conversation_id FROM "
		"("
		" SELECT *, sum(octet_length(frame)) OVER (ORDER BY seq) - octet_length(frame) AS "
		"before"
		" FROM ("
		"  SELECT seq, 'id: ' || seq || E'\\nevent: ' || type || E'\\ndata: {\"seq\":' || "
		"seq"
		"   || ',\"type\":\"' || type || '\",\"created_at\":\"'"
		"   || to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"
		"   || '+00:00\",\"conversation_id\":'"
		"   || coalesce('\"' || conversation_id || '\"', 'null') || ',\"customer_id\":'"
		"   || coalesce('\"' || customer_id || '\"', 'null') || ',\"payload\":'"
		"   || payload::text || E'}\\n\\n' AS frame, customer_id, conversation_id,"
		"   type IN ('message.redacted', 'customer.erased') AS rewrites,"
		"   CASE WHEN type = 'session.ended' THEN payload ->> 'session_id' END AS ended,"
		"   CASE WHEN type = 'session.ended' THEN payload ->> 'user_id' END AS ended_user"
		"  FROM events WHERE organization_id = $1::uuid AND seq > $2::bigint"
		"  ORDER BY seq LIMIT $3::int) e"
		") w WHERE before < $4::bigint ORDER BY seq",
		4, true};

	db_ask_for(f, db, organization, &sql,
		   DB_PARAMS(organization, db_int(f, after), db_int(f, EVENT_READ_MAX),
			     db_int(f, EVENT_READ_BYTES)),
		   events_read, out);
}

struct heads {
	int64_t *out;
	size_t n;
};

static void heads_read(struct flow *f, const struct db_rows *rows, void *to)
{
	struct heads *h = to;

	(void)f;
	for (size_t i = 0; i < h->n; i++) {
		bool there = i < (size_t)rows->n && !row_null(rows, (int)i, 0);

		h->out[i] = there ? row_int(rows, (int)i, 0) : -1;
	}
}

void event_heads(struct flow *f, struct db *db, const char *ids, size_t n, int64_t *out)
{
	static const struct db_statement sql = {"event_heads",
						"SELECT unnest(feed_heads($1::uuid[]))", 1, true};
	struct heads *h = ARENA_NEW(&f->arena, struct heads);

	*h = (struct heads){out, n};
	db_ask(f, db, &sql, DB_PARAMS(ids), heads_read, h);
}
