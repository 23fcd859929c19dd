/*
 * matrix.c - every route of staff, as the route table has it, asked by everybody: nobody, a forged
 * token, each role; with an id that is theirs, the neighbour store's, nobody's, and none at all. A
 * new route is in here before anybody thinks of it: its body is made from its own table of
 * parameters, and an id of a kind that this test does not know fails it.
 *
 *   no token, or a forged one    401, the same answer for every id
 *   a role that may not          403, the same for every id
 *   malformed, absent, theirs    404, the same answer to the byte but for the request's number
 *   one's own                    whatever the route does; never one of these
 *
 * Nothing of the neighbour's is in any answer, and after it all nothing of theirs has changed.
 */
#include <criterion/criterion.h>

#include "server/api/door.h"
#include "server/routes.h"
#include "shared/clock.h"
#include "tests/support/db.h"
#include "tests/support/store.h"

TestSuite(matrix, .init = store_whole_up, .fini = store_whole_down, .timeout = 240);

#define CANARY "kanarienvogel"
#define ABSENT "c0000000-0000-4000-8000-00000000dead"

static PGconn *owner; /* sees both stores */

/* ---- ids ---- */

/* What stands for {...} behind this path, and where the neighbour's are. */
static const struct kind {
	const char *behind;
	const char *theirs; /* an id of store $1 */
} kinds[] = {
	{"/api/conversations/",
	 "SELECT id FROM conversations WHERE organization_id = $1 AND state = 'open' LIMIT 1"},
	{"/api/customers/",
	 "SELECT id FROM customers WHERE organization_id = $1 ORDER BY id LIMIT 1"},
	{"/api/sse/conversation/",
	 "SELECT id FROM customers WHERE organization_id = $1 ORDER BY id LIMIT 1"},
	{"/api/auth/sessions/", "SELECT id FROM user_sessions WHERE organization_id = $1 LIMIT 1"},
	{"/api/outbound/",
	 "SELECT id FROM outbound_calls WHERE organization_id = $1 ORDER BY id LIMIT 1"},
};

static const struct kind *kind_of(const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		size_t n = strlen(kinds[i].behind);

		if (strncmp(path, kinds[i].behind, n) == 0 && path[n] == '{')
			return &kinds[i];
	}
	cr_assert_fail("%s: what is an id here? Tell tests/e2e/matrix.c", path);
	return NULL;
}

static void one_id(PGconn *c, const char *sql, const char *with, char out[40])
{
	PGresult *r = sql_ask(c, sql, 1, &with);

	cr_assert_eq(PQntuples(r), 1, "%s", sql);
	snprintf(out, 40, "%s", PQgetvalue(r, 0, 0));
	PQclear(r);
}

/* A conversation that nobody has touched, for each asking; the caller's own session; any customer.
 */
static void own_id(const struct kind *k, const char *session, char out[40])
{
	static int n;
	char from[20];
	const char *p[] = {service_key(store.service, "ORG_A_NUMBER"), from};
	PGresult *r;

	snprintf(from, sizeof from, "+1514555%04d", 1000 + n++);
	if (strstr(k->behind, "sessions") != NULL) {
		snprintf(out, 40, "%s", session);
	} else if (strstr(k->behind, "/api/conversations") != NULL) {
		r = sql_ask(store.db,
			    "SELECT conversation FROM text_in($1, $2, 'e164', 'SM' || md5($2), "
			    "NULL, 'hello', NULL,"
			    " NULL, NULL, NULL, NULL, NULL)",
			    2, p);
		snprintf(out, 40, "%s", PQgetvalue(r, 0, 0));
		PQclear(r);
	} else {
		one_id(store.db, k->theirs, service_key(store.service, "ORG_A_ID"), out);
	}
}

/* Whom the store may call. */
static const char *own_customer(void)
{
	static char id[40];

	if (id[0] == '\0')
		one_id(store.db,
		       "SELECT id FROM customers WHERE organization_id = $1 AND phone_number IS "
		       "NOT "
		       "NULL ORDER BY id LIMIT 1",
		       service_key(store.service, "ORG_A_ID"), id);
	return id;
}

/* ---- requests ---- */

/* The least that the route's own table takes. */
static void body_of(const struct route *route, struct buf *out)
{
	const struct api_row *row = route->with;
	char later[CLOCK_TEXT];
	bool some = false;

	buf_reset(out);
	if (route->handle != door)
		return;
	for (const struct api_param *p = row->params; p->from != API_END; p++) {
		some = some || p->from == API_BODY;
		if (p->from != API_BODY || !p->field.needed)
			continue;
		buf_printf(out, "%s\"%s\":", out->n == 0 ? "" : ",", p->field.name);
		switch (p->field.kind) {
		case FIELD_INT: buf_printf(out, "%" PRId64, p->field.min); break;
		case FIELD_BOOL: buf_add_cstr(out, "true"); break;
		case FIELD_ID: buf_add_cstr(out, "\"" ABSENT "\""); break;
		case FIELD_WORD:
			buf_printf(out, "\"%.*s\"", (int)strcspn(p->field.words, "|"),
				   p->field.words);
			break;
		case FIELD_TEXT:
		case FIELD_LINES: buf_add_cstr(out, "\"some words\""); break;
		default: cr_assert_fail("%s: a body of this kind is new here", route->path);
		}
	}
	if (strcmp(route->path, "/api/conversations") == 0 &&
	    some) /* one of two, which no table says */
		buf_add_cstr(out, ",\"phone_number\":\"514 555 0900\"");
	if (strcmp(route->path, "/api/outbound") == 0 && some) { /* one of three; not today */
		clock_text(clock_wall_us() + 20 * 86400 * INT64_C(1000000), later);
		buf_printf(out, ",\"customer_id\":\"%s\",\"not_before\":\"%s\"", own_customer(),
			   later);
	}
	if (some) {
		char *text = xstrdup(buf_cstr(out));

		buf_reset(out);
		buf_printf(out, "{%s}", text);
		free(text);
	}
}

static struct api_answer ask(const struct route *route, const char *id, const char *token,
			     const char *query)
{
	static const char *const names[] = {[WEB_GET] = "GET",
					    [WEB_POST] = "POST",
					    [WEB_PUT] = "PUT",
					    [WEB_PATCH] = "PATCH",
					    [WEB_DELETE] = "DELETE"};
	struct api_answer a;
	struct buf body = {0};
	const char *brace = strchr(route->path, '{');
	char path[200];

	if (brace == NULL)
		snprintf(path, sizeof path, "%s%s", route->path, query);
	else
		snprintf(path, sizeof path, "%.*s%s%s%s", (int)(brace - route->path), route->path,
			 id, strchr(brace, '}') + 1, query);
	body_of(route, &body);
	struct api_request r = {.method = names[route->method],
				.path = path,
				.bearer = token,
				.body = body.n == 0 ? NULL : buf_cstr(&body)};

	store_asked(&r, &a);
	cr_expect(a.status < 500, "%s %s: %d", r.method, path, a.status);
	cr_expect(strstr(buf_cstr(&a.body), CANARY) == NULL &&
			  strstr(buf_cstr(&a.body), service_key(store.service, "ORG_B_ID")) == NULL,
		  "%s %s shows what is the neighbour's: %.400s", r.method, path, buf_cstr(&a.body));
	buf_clear(&body);
	return a;
}

/* The answer's status and body must be these; the first one sets them. */
static void expect_alike(struct api_answer *a, int status, char **first, const char *what,
			 const char *path)
{
	char *text = store_alike(a);

	cr_expect_eq(a->status, status, "%s, %s: %d, wanted %d", path, what, a->status, status);
	if (*first == NULL)
		*first = xstrdup(text);
	cr_expect_str_eq(text, *first, "%s, %s: %s, and elsewhere %s", path, what, text, *first);
	free(text);
	api_answer_clear(a);
}

/* ---- the matrix ---- */

static const char *const roles[] = {"admin", "manager", "staff", "service_tech"};

struct caller {
	enum role role;
	struct api_tokens tokens;
	char session[40];
};

static void caller_in(struct caller *c, const char *role)
{
	cr_assert(role_parse(str_of(role), &c->role));
	store_signed_in_as(role, &c->tokens);
	store_session_id(c->tokens.access, c->session);
}

/* With every id that this route can be asked with; kind is NULL where it takes none. */
static void nobody_gets_in(const struct route *route, const struct kind *kind, char **first)
{
	char forged[1100], own[40] = "", theirs[40] = "";
	static struct caller admin;
	const char *tokens[] = {NULL, "nonsense", forged};

	if (admin.role == ROLE_NONE)
		caller_in(&admin, "admin");
	/* a token of ours with another signature */
	snprintf(forged, sizeof forged, "%s", admin.tokens.access);
	forged[strlen(forged) - 4] = forged[strlen(forged) - 4] == 'A' ? 'B' : 'A';
	if (kind != NULL) {
		own_id(kind, admin.session, own);
		one_id(owner, kind->theirs, service_key(store.service, "ORG_B_ID"), theirs);
	}
	for (size_t t = 0; t < ARRAY_LEN(tokens); t++) {
		const char *ids[] = {own, theirs, ABSENT, "none"};

		for (size_t i = 0; i < (kind == NULL ? 1 : ARRAY_LEN(ids)); i++) {
			struct api_answer a = ask(route, ids[i], tokens[t], "");

			expect_alike(&a, 401, first, tokens[t] == NULL ? "no token" : "a bad token",
				     route->path);
		}
	}
}

static void role_asks(const struct route *route, const struct kind *kind, struct caller *c,
		      char **denied, char **missing)
{
	static const char *const malformed[] = {
		"none", "..", "%2e%2e", ABSENT "0", "00000000-0000-0000-0000-00000000000g", "'"};
	bool may = role_may(c->role, action_find(route->action));
	char own[40] = "", theirs[40] = "";
	struct api_answer a;

	if (kind != NULL) {
		own_id(kind, c->session, own);
		one_id(owner, kind->theirs, service_key(store.service, "ORG_B_ID"), theirs);
		for (size_t i = 0; i < ARRAY_LEN(malformed) + 2; i++) {
			const char *id = i == 0 ? theirs : i == 1 ? ABSENT : malformed[i - 2];

			a = ask(route, id, c->tokens.access, "");
			expect_alike(&a, may ? 404 : 403, may ? missing : denied, id, route->path);
		}
	}
	/* a stream would not end: one from beyond the newest event is refused behind the door */
	a = ask(route, own, c->tokens.access, route->handle == door ? "" : "?after=9000000000");
	if (!may) {
		expect_alike(&a, 403, denied, role_name(c->role), route->path);
		return;
	}
	cr_expect(a.status != 401 && a.status != 403 && a.status != 404 && a.status != 405,
		  "%s as %s: %d", route->path, role_name(c->role), a.status);
	cr_expect(a.status < 300 || a.status == 409 || a.status == 410, "%s as %s: %d %s",
		  route->path, role_name(c->role), a.status, buf_cstr(&a.body));
	api_answer_clear(&a);
	if (store_me(c->tokens.access) == 401) /* it was the way out */
		caller_in(c, role_name(c->role));
}

/* Ids that a query or body names: the neighbour's and nobody's are the same nothing there too. */
static void named_ids_are_alike(const struct route *route, struct caller *c)
{
	const struct api_row *row = route->with;

	for (const struct api_param *p = row->params; p->from != API_END; p++) {
		char theirs[40], query[100], *first = NULL;

		if (p->from != API_QUERY || p->field.kind != FIELD_ID)
			continue;
		cr_assert_str_eq(p->field.name, "customer_id", "%s: whose id is %s?", route->path,
				 p->field.name);
		one_id(owner, kinds[1].theirs, service_key(store.service, "ORG_B_ID"), theirs);
		for (int i = 0; i < 2; i++) {
			struct api_answer a;

			snprintf(query, sizeof query, "?%s=%s", p->field.name,
				 i == 0 ? theirs : ABSENT);
			a = ask(route, "", c->tokens.access, query);
			expect_alike(&a, 200, &first, query, route->path);
		}
		free(first);
	}
}

/* All that is kept of a store, as one number. */
static char *everything_of(const char *organization)
{
	PGresult *tables = sql_ask(owner,
				   "SELECT format('SELECT coalesce(md5(string_agg(x::text, '''' "
				   "ORDER BY x::text)), ''-'') FROM %I x WHERE"
				   " organization_id = %L', relname, $1::text) FROM pg_class WHERE "
				   "relnamespace = 'public'::regnamespace"
				   " AND relkind = 'r' AND relname NOT IN ('organizations', "
				   "'schema_migrations', 'due_work', 'call_pace') ORDER BY relname",
				   1, &organization);
	struct buf all = {0};
	char *text;

	cr_assert_gt(PQntuples(tables), 30);
	for (int i = 0; i < PQntuples(tables); i++) {
		char *one = sql_text(owner, PQgetvalue(tables, i, 0));

		buf_add_cstr(&all, one);
		free(one);
	}
	PQclear(tables);
	text = xstrdup(buf_cstr(&all));
	buf_clear(&all);
	return text;
}

/* The neighbour's customers, words and people all carry a word that must be nowhere else. */
static void canaries_set(const char *organization)
{
	static const char *const marks[] = {
		"UPDATE customers SET first_name = '" CANARY "', notes = '" CANARY
		"' WHERE organization_id = $1",
		"UPDATE user_profiles SET display_name = '" CANARY "' WHERE organization_id = $1",
		"UPDATE messages SET body = '" CANARY "' WHERE organization_id = $1",
		"UPDATE escalations SET reason_text = '" CANARY "' WHERE organization_id = $1",
		"UPDATE events SET payload = payload || '{\"body\": \"" CANARY
		"\"}' WHERE organization_id = $1",
		"UPDATE services SET name_en = '" CANARY "', name_fr = '" CANARY
		"' WHERE organization_id = $1",
		"UPDATE order_items SET description = '" CANARY "' WHERE organization_id = $1",
		"INSERT INTO user_sessions (organization_id, user_id, refresh_hash, family_hash, "
		"client, expires_at) SELECT"
		" organization_id, id, sha256('r'), sha256('f'), '" CANARY
		"', now() + interval '1 day' FROM user_profiles WHERE"
		" organization_id = $1 LIMIT 1",
	};

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		PQclear(sql_ask(owner, marks[i], 1, &organization));
}

Test(matrix, every_route_every_role_every_id)
{
	struct caller callers[ARRAY_LEN(roles)] = {0};
	const char *neighbour = service_key(store.service, "ORG_B_ID");
	char *unknown = NULL, *denied = NULL, *missing = NULL, *before, *after;
	unsigned n = 0;

	owner = test_db_connect(service_key(store.service, "DATABASE_URL"));
	canaries_set(neighbour);
	before = everything_of(neighbour);
	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		caller_in(&callers[i], roles[i]);
	for (const struct route *r = routes; r->path != NULL; r++) {
		const struct kind *kind =
			r->action == NULL || strchr(r->path, '{') == NULL ? NULL : kind_of(r->path);

		if (r->action == NULL)
			continue;
		n++;
		nobody_gets_in(r, kind, &unknown);
		for (size_t i = 0; i < ARRAY_LEN(roles); i++)
			role_asks(r, kind, &callers[i], &denied, &missing);
		if (r->handle == door)
			named_ids_are_alike(r, &callers[0]);
	}
	cr_expect_gt(n, 15u, "only %u routes of staff", n);
	cr_expect_not_null(denied, "no role was ever refused");
	after = everything_of(neighbour);
	cr_expect_str_eq(before, after, "something of the neighbour's has changed");
	free(unknown);
	free(denied);
	free(missing);
	free(before);
	free(after);
	PQfinish(owner);
}
