/*
 * asked.c - see asked.h.
 */
#include "tests/sim/asked.h"

void sim_asked_refuse(struct ticket t, int status, const char *detail)
{
	struct buf b = {0};

	sim_json_open(&b, NULL, '{');
	sim_json_cstr(&b, "type", "about:blank");
	sim_json_cstr(&b, "title", "The practice line refuses");
	sim_json_int(&b, "status", status);
	sim_json_cstr(&b, "detail", detail);
	sim_json_close(&b, '}');
	web_reply(t, status, "application/problem+json", buf_str(&b));
	buf_clear(&b);
}

void sim_asked_refuse_err(struct ticket t, const struct err *err)
{
	sim_asked_refuse(t, problem_row(problem_of(err->kind))->status, err->text);
}

void sim_asked_reply(struct sim_asked *q, struct buf *b)
{
	if (b->overflowed)
		sim_asked_refuse(q->ticket, 500, "the answer is too large: ask for less");
	else
		web_reply(q->ticket, 200, "application/json", buf_str(b));
	buf_clear(b);
}

/* A page in a browser can reach 127.0.0.1 by another name; then Host tells. */
static bool is_local(const struct web_request *r)
{
	static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
	struct str host = web_header(r, "host");

	if (!str_starts(r->peer, STR_LIT("127.")) && !str_is(r->peer, "::1") &&
	    !str_is(r->peer, "::ffff:127.0.0.1"))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct str name = str_of(names[i]);

		if (str_starts(host, name) && (host.n == name.n || host.p[name.n] == ':'))
			return true;
	}
	return false;
}

static bool body_read(struct sim_asked *q)
{
	struct str type = web_header(q->request, "content-type"), body = q->request->body;
	json_error_t problem;

	if (!str_starts(type, STR_LIT("application/json"))) {
		sim_asked_refuse(q->ticket, 415, "send application/json");
		return false;
	}
	q->body =
		json_loadb(body.p == NULL ? "" : body.p, body.n, JSON_REJECT_DUPLICATES, &problem);
	if (!json_is_object(q->body)) {
		sim_asked_refuse(q->ticket, 400, "the body is no JSON object");
		return false;
	}
	return true;
}

void sim_asked_serve(struct app *app, const struct web_request *r, struct ticket t,
		     sim_asked_step *step)
{
	struct sim_asked q = {.sim = (struct sim *)(void *)app, .request = r, .ticket = t};

	if (!is_local(r)) {
		sim_asked_refuse(t, 403, "the controls are for this machine alone");
		return;
	}
	sim_pairs_read(&q.query, &q.arena, r->query);
	if (r->method != WEB_POST || body_read(&q))
		step(&q);
	json_decref(q.body);
	arena_free(&q.arena);
}

struct str sim_asked_text(const struct sim_asked *q, const char *name)
{
	const json_t *v = json_object_get(q->body, name);

	return json_is_string(v) ? str_make(json_string_value(v), json_string_length(v))
				 : (struct str){0};
}

uint64_t sim_asked_number(const struct sim_asked *q, const char *name, uint64_t otherwise)
{
	int64_t n;

	return str_int(sim_pairs_value(&q->query, name), 0, INT64_MAX, &n) ? (uint64_t)n
									   : otherwise;
}

struct str sim_asked_part(struct sim_asked *q, unsigned i)
{
	return sim_unescape(&q->arena, q->request->params[i]);
}

void sim_asked_done(struct sim_asked *q)
{
	web_reply(q->ticket, 200, "application/json", STR_LIT("{}"));
}
