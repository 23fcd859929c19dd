/*
 * desk.c - see desk.h.
 */
#include "tests/support/desk.h"

#include <criterion/criterion.h>
#include <openssl/sha.h>

#include "server/net/problem.h"
#include "server/net/route.h"
#include "server/routes.h"
#include "shared/buf.h"
#include "tests/support/openapi.h"

#define ANSWERS_MAX 400

struct desk {
	struct test_db *t;
	char organization[ID_TEXT], user[ID_TEXT];
	enum role role;
	struct openapi page;
	struct arena arena;
	json_t *bodies[ANSWERS_MAX];
	size_t bodies_n;
};

struct desk *desk_open(struct test_db *t, const char *organization)
{
	struct desk *d = xcalloc(1, sizeof *d);
	struct err err;

	d->t = t;
	snprintf(d->organization, sizeof d->organization, "%s", organization);
	cr_assert(openapi_load(&d->page, "docs/openapi.yaml", &err), "%s", err.text);
	sql_context(t->app, organization);
	sql_context(t->owner, organization);
	desk_user(d, "admin");
	return d;
}

void desk_close(struct desk *d)
{
	for (size_t i = 0; i < d->bodies_n; i++)
		json_decref(d->bodies[i]);
	openapi_free(&d->page);
	arena_free(&d->arena);
	free(d);
}

void desk_user(struct desk *d, const char *who)
{
	PGresult *r =
		sql_ask(d->t->owner,
			"SELECT id, role FROM user_profiles WHERE organization_id = $1 AND (role"
			" = $2 OR first_name = $2) ORDER BY email LIMIT 1",
			2, (const char *const[]){d->organization, who});

	cr_assert_eq(PQntuples(r), 1, "there is no %s", who);
	snprintf(d->user, sizeof d->user, "%s", PQgetvalue(r, 0, 0));
	cr_assert(role_parse(str_of(PQgetvalue(r, 0, 1)), &d->role));
	PQclear(r);
}

const char *desk_user_id(const struct desk *d)
{
	return d->user;
}

/* ---- asking ---- */

static const char *said_of(const struct desk_said *said, const char *name)
{
	for (; said->name != NULL; said++) {
		if (strcmp(said->name, name) == 0)
			return said->value;
	}
	return NULL;
}

/* Of everything that was said but the key, as the door's is of method, path and body. */
static const char *hash_of(struct arena *a, const struct api_row *row, const struct desk_said *said)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	struct buf all = {0};
	char *text = arena_take(a, 3 + 2 * sizeof digest);

	buf_add_cstr(&all, row->statement.name);
	for (; said->name != NULL; said++) {
		if (strcmp(said->name, "key") != 0 && strcmp(said->name, "user") != 0)
			buf_printf(&all, "|%s=%s", said->name,
				   said->value == NULL ? "" : said->value);
	}
	SHA256((const unsigned char *)all.p, all.n, digest);
	memcpy(text, "\\x", 3);
	for (size_t i = 0; i < sizeof digest; i++)
		snprintf(text + 2 + 2 * i, 3, "%02x", digest[i]);
	buf_clear(&all);
	return text;
}

static const char *value_of(const struct desk *d, struct arena *a, const struct api_row *row,
			    const struct api_param *p, const struct desk_said *said)
{
	const char *value;

	switch (p->from) {
	case API_ORG: return d->organization;
	case API_USER: value = said_of(said, "user"); return value == NULL ? d->user : value;
	case API_SESSION: return NULL;
	case API_ROLE: return role_name(d->role);
	case API_MAY: return role_may(d->role, action_find(p->field.name)) ? "t" : "f";
	case API_KEY: return said_of(said, "key");
	case API_HASH: return hash_of(a, row, said);
	case API_SEGMENTS: return "1";
	case API_PATH:
	case API_QUERY:
	case API_BODY:
		value = said_of(said, p->field.name);
		return value == NULL ? p->fallback : value;
	default: return NULL;
	}
}

static PGresult *sent(const struct desk *d, struct arena *a, PGconn *c, const struct api_row *row,
		      const struct desk_said *said)
{
	const char *values[API_PARAMS_MAX];
	int n = 0;

	for (; row->params[n].from != API_END; n++)
		values[n] = value_of(d, a, row, &row->params[n], said);
	cr_assert_eq((unsigned)n, row->statement.params, "%s has %d parameters, not %u",
		     row->statement.name, n, row->statement.params);
	return sql_ask(c, row->statement.sql, n, values);
}

char *desk_send(struct desk *d, PGconn *c, const struct api_row *row, const struct desk_said *said)
{
	struct arena arena = {0};
	PGresult *r = sent(d, &arena, c, row, said);
	json_t *body = json_loads(PQgetvalue(r, 0, 1), 0, NULL);
	const char *code = json_string_value(json_object_get(body, "code"));
	char *out = xstrdup(code == NULL ? PQgetvalue(r, 0, 0) : code);

	json_decref(body);
	PQclear(r);
	arena_free(&arena);
	return out;
}

/* ---- the page ---- */

static const struct route *route_of(const struct api_row *row)
{
	const struct route *r = routes;

	while (r->path != NULL && r->with != row)
		r++;
	cr_assert_not_null(r->path, "%s is in no route", row->statement.name);
	return r;
}

static int status_of(const char *outcome)
{
	static const struct {
		const char *outcome;
		int status;
	} list[] = {{"ok", 200},     {"created", 201}, {"none", 204},     {"input", 400},
		    {"denied", 403}, {"missing", 404}, {"conflict", 409}, {"gone", 410}};

	for (size_t i = 0; i < ARRAY_LEN(list); i++) {
		if (strcmp(list[i].outcome, outcome) == 0)
			return list[i].status;
	}
	cr_assert_fail("no outcome: %s", outcome);
	return 0;
}

/* What the door makes of a refusal. */
static const char *problem_of_answer(struct desk *d, const struct desk_answer *a, int status)
{
	static const enum problem plain[] = {PROBLEM_INPUT, PROBLEM_DENIED, PROBLEM_MISSING,
					     PROBLEM_CONFLICT, PROBLEM_GONE};
	json_t *members = a->body == NULL ? json_object() : json_deep_copy(a->body);
	enum problem p = problem_by_code(str_of(a->code));
	const char *text;
	char *dumped;

	for (size_t i = 0; p == PROBLEM_NONE && i < ARRAY_LEN(plain); i++)
		p = problem_row(plain[i])->status == status ? plain[i] : PROBLEM_NONE;
	cr_assert(p != PROBLEM_NONE && problem_row(p)->status == status, "%s: no problem is \"%s\"",
		  a->outcome, a->code);
	json_object_set_new(members, "type", json_string("about:blank"));
	json_object_set_new(members, "title", json_string(problem_row(p)->title));
	json_object_set_new(members, "status", json_integer(status));
	json_object_set_new(members, "code", json_string(problem_row(p)->code));
	json_object_set_new(members, "request_id", json_string("1"));
	dumped = json_dumps(members, 0);
	text = arena_strdup(&d->arena, dumped);
	free(dumped);
	json_decref(members);
	return text;
}

static void page_hold(struct desk *d, const struct api_row *row, const struct desk_answer *a)
{
	const struct route *r = route_of(row);
	int status = status_of(a->outcome);
	bool fine = status < 300;
	const char *text = fine ? a->text : problem_of_answer(d, a, status);
	struct err err;
	char method[8];
	size_t i = 0;

	for (const char *m = web_method_name(r->method); *m != '\0' && i < 7; m++)
		method[i++] = (char)(*m | 0x20);
	method[i] = '\0';
	cr_assert(openapi_answer_check(&d->page, method, r->path, status,
				       fine ? "application/json" : "application/problem+json",
				       str_of(text), &err),
		  "%s %s (%s): %s\n%s", method, r->path, a->outcome, err.text, text);
}

const struct desk_answer *desk_ask(struct desk *d, const struct api_row *row,
				   const struct desk_said *said)
{
	struct desk_answer *a = arena_take(&d->arena, sizeof *a);
	PGresult *r = sent(d, &d->arena, d->t->app, row, said);
	json_t *body = json_loads(PQgetvalue(r, 0, 1), JSON_REJECT_DUPLICATES, NULL);
	const char *code = json_string_value(json_object_get(body, "code"));

	*a = (struct desk_answer){.body = body,
				  .text = arena_strdup(&d->arena, PQgetvalue(r, 0, 1))};
	snprintf(a->outcome, sizeof a->outcome, "%s", PQgetvalue(r, 0, 0));
	snprintf(a->code, sizeof a->code, "%s", code == NULL ? "" : code);
	PQclear(r);
	if (body != NULL) {
		cr_assert_lt(d->bodies_n, ARRAY_LEN(d->bodies));
		d->bodies[d->bodies_n++] = body;
	}
	page_hold(d, row, a);
	return a;
}

const char *desk_at(const struct desk_answer *a, const char *path)
{
	static char turns[10][2000];
	static unsigned turn;
	char *out = turns[turn++ % ARRAY_LEN(turns)];
	const json_t *v = a->body;
	struct str rest = str_of(path);
	char name[60];

	while (v != NULL && rest.p != NULL) {
		struct str part = str_cut(&rest, '.');

		snprintf(name, sizeof name, STR_FMT, STR_ARG(part));
		v = json_is_array(v) ? json_array_get(v, strtoul(name, NULL, 10))
				     : json_object_get(v, name);
	}
	out[0] = '\0';
	if (json_is_string(v))
		snprintf(out, sizeof turns[0], "%s", json_string_value(v));
	else if (json_is_integer(v))
		snprintf(out, sizeof turns[0], "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else if (json_is_array(v))
		snprintf(out, sizeof turns[0], "%zu", json_array_size(v));
	else if (v != NULL)
		snprintf(out, sizeof turns[0], "%s",
			 json_is_null(v)   ? "null"
			 : json_is_true(v) ? "true"
					   : "false");
	return out;
}
