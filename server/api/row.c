/*
 * row.c - see row.h. Reading goes from the outside in: path, query, body, headers; whatever is
 * there and was not asked for is refused, so that a misspelt filter is no filter silently ignored.
 */
#include "server/api/row.h"

#include "server/api/address.h"
#include "server/app.h"
#include "server/staff/refresh.h"
#include "server/twilio/form.h"
#include "shared/buf.h"
#include "shared/log.h"
#include "shared/segments.h"

#define KEY_MAX 128

size_t row_params_count(const struct api_row *row)
{
	size_t n = 0;

	while (n < API_PARAMS_MAX && row->params[n].from != API_END)
		n++;
	return n;
}

bool json_is_said(const struct web_request *r)
{
	struct str type = web_header(r, "content-type"), rest = type;

	if (r->body.n == 0 && type.n == 0)
		return true;
	type = str_trim(str_cut(&rest, ';'));
	rest = str_trim(rest);
	return str_is_nocase(type, "application/json") &&
	       (rest.n == 0 || str_is_nocase(rest, "charset=utf-8"));
}

/* ---- the parts of a request ---- */

struct reading {
	struct flow *flow;
	const struct api_row *row;
	const struct web_request *request;
	const char **values; /* as the row's params */
	enum problem *refusal;
};

static bool refused(struct reading *g, enum problem p, const char *why)
{
	*g->refusal = p;
	flow_fail(g->flow, p == PROBLEM_MISSING ? ERR_MISSING : ERR_INPUT, "%s", why);
	return false;
}

static bool path_read(struct reading *g)
{
	struct err err;
	size_t part = 0;

	for (size_t i = 0; g->row->params[i].from != API_END; i++) {
		const struct api_param *p = &g->row->params[i];

		if (p->from != API_PATH)
			continue;
		if (!field_read(&p->field, g->request->params[part++], &g->flow->arena,
				&g->values[i], &err))
			return refused(g, PROBLEM_MISSING, err.text);
	}
	return true;
}

static bool query_read(struct reading *g)
{
	struct form form;
	struct err err;
	struct str text;
	size_t taken = 0;

	if (!form_parse(&g->flow->arena, g->request->query, &form, &err))
		return refused(g, PROBLEM_INPUT, err.text);
	for (size_t i = 0; g->row->params[i].from != API_END; i++) {
		const struct field *field = &g->row->params[i].field;

		if (g->row->params[i].from != API_QUERY)
			continue;
		if (!form_single(&form, field->name, &text, &err))
			return refused(g, PROBLEM_INPUT, err.text);
		if (text.p == NULL) {
			if (field->needed)
				return refused(g, PROBLEM_INPUT, "a parameter is missing");
			continue;
		}
		taken++;
		if (!field_read(field, text, &g->flow->arena, &g->values[i], &err))
			return refused(g, PROBLEM_INPUT, err.text);
	}
	return taken == form.count || refused(g, PROBLEM_INPUT, "the query has what is not known");
}

static bool body_read(struct reading *g)
{
	const struct field *fields[API_PARAMS_MAX];
	const char *values[API_PARAMS_MAX];
	struct err err;
	size_t n = 0;

	if (!json_is_said(g->request))
		return refused(g, PROBLEM_MEDIA_TYPE, "the body is not said to be JSON");
	for (size_t i = 0; g->row->params[i].from != API_END; i++) {
		if (g->row->params[i].from == API_BODY)
			fields[n++] = &g->row->params[i].field;
	}
	if (!fields_read(fields, n, g->request->body, &g->flow->arena, values, &err))
		return refused(g, PROBLEM_INPUT, err.text);
	n = 0;
	for (size_t i = 0; g->row->params[i].from != API_END; i++) {
		if (g->row->params[i].from == API_BODY)
			g->values[i] = values[n++];
	}
	return true;
}

static bool key_read(struct reading *g, const char **out)
{
	struct str key = web_header(g->request, "idempotency-key");

	*out = NULL;
	if (key.p == NULL)
		return true;
	for (size_t i = 0; i < key.n; i++) {
		if (key.p[i] < 0x20 || key.p[i] > 0x7E)
			key.n = 0;
	}
	if (key.n == 0 || key.n > KEY_MAX)
		return refused(g, PROBLEM_INPUT, "the Idempotency-Key cannot be taken");
	*out = arena_cstr(&g->flow->arena, key);
	return true;
}

static const char *hash_of(struct reading *g)
{
	const struct str parts[] = {str_of(web_method_name(g->request->method)), g->request->target,
				    g->request->body};
	char *text = arena_take(&g->flow->arena, DIGEST_TEXT);

	digest_parts(parts, ARRAY_LEN(parts), text);
	return text;
}

static const char *segments_count(struct reading *g, const char *member)
{
	for (size_t i = 0; g->row->params[i].from != API_END; i++) {
		const struct api_param *p = &g->row->params[i];

		if (p->from == API_BODY && strcmp(p->field.name, member) == 0)
			return g->values[i] == NULL
				       ? NULL
				       : db_int(g->flow, segments_of(str_of(g->values[i])).count);
	}
	BUG("the row has no member %s", member);
}

static const char *actions_of(struct flow *f, enum role role)
{
	struct buf b;
	const char *text;

	buf_init(&b, 8192);
	buf_add_char(&b, '[');
	for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
		if (role_may(role, (enum action)a))
			buf_printf(&b, "%s\"%s\"", b.n > 1 ? "," : "",
				   action_row((enum action)a)->name);
	}
	buf_add_char(&b, ']');
	text = arena_cstr(&f->arena, buf_str(&b));
	buf_clear(&b);
	return text;
}

/* What the request itself does not say. */
static bool known_filled(struct reading *g, const struct staff *who)
{
	for (size_t i = 0; g->row->params[i].from != API_END; i++) {
		const struct api_param *p = &g->row->params[i];
		const char **value = &g->values[i];

		switch (p->from) {
		case API_ORG: *value = who->organization_id; break;
		case API_USER: *value = who->user_id; break;
		case API_SESSION: *value = who->session_id; break;
		case API_ROLE: *value = role_name(who->role); break;
		case API_MAY:
			*value = db_bool(role_may(who->role, action_find(p->field.name)));
			break;
		case API_ACTIONS: *value = actions_of(g->flow, who->role); break;
		case API_SEGMENTS: *value = segments_count(g, p->field.name); break;
		case API_HASH: *value = hash_of(g); break;
		case API_REQUEST: *value = arena_strdup(&g->flow->arena, g->request->id); break;
		case API_ADDRESS: *value = address_of(&g->flow->arena, g->request); break;
		case API_KEY:
			if (!key_read(g, value))
				return false;
			break;
		default:
			if (*value == NULL)
				*value = p->fallback;
		}
	}
	return true;
}

/* ---- asking and answering ---- */

static void answer_read(struct flow *f, const struct db_rows *rows, void *to)
{
	struct row_answer *out = to;

	out->known = true;
	if (rows->n == 0) {
		snprintf(out->outcome, sizeof out->outcome, "missing");
		return;
	}
	snprintf(out->outcome, sizeof out->outcome, STR_FMT, STR_ARG(row_str(rows, 0, 0)));
	out->body = row_keep(&f->arena, rows, 0, 1);
}

void row_ask(struct flow *f, const struct api_row *row, const struct web_request *r,
	     const struct staff *who, enum problem *refusal, struct row_answer *out)
{
	const char *values[API_PARAMS_MAX + 1] = {NULL};
	struct reading g = {f, row, r, values, refusal};

	*out = (struct row_answer){.known = false};
	if (row_params_count(row) != row->statement.params)
		BUG("%s has %zu parameters and says %u", row->statement.name, row_params_count(row),
		    row->statement.params);
	if (path_read(&g) && query_read(&g) && body_read(&g) && known_filled(&g, who))
		db_ask_for(f, f->app->db, who->organization_id, &row->statement, values,
			   answer_read, out);
}

static const struct {
	const char *outcome;
	int status;
	enum problem problem;
} outcomes[] = {
	{"ok", 200, PROBLEM_NONE},         {"created", 201, PROBLEM_NONE},
	{"none", 204, PROBLEM_NONE},       {"input", 0, PROBLEM_INPUT},
	{"denied", 0, PROBLEM_DENIED},     {"missing", 0, PROBLEM_MISSING},
	{"conflict", 0, PROBLEM_CONFLICT}, {"gone", 0, PROBLEM_GONE},
	{"too_many", 0, PROBLEM_TOO_MANY},
};

static void refusal_reply(struct flow *f, struct ticket t, enum problem p, struct str body)
{
	struct web_refusal refusal = {.problem = p};
	struct str code;

	if (body.n > 0 && members_split(body, &f->arena, &code, &refusal.members) && code.n > 0) {
		enum problem exact = problem_by_code(code);

		if (exact != PROBLEM_NONE && problem_row(exact)->status == problem_row(p)->status)
			refusal.problem = exact;
		else
			log_error("event=unknown_code code=" STR_FMT, STR_ARG(code));
	}
	web_reply_refused(t, &refusal);
}

bool row_reply(struct flow *f, struct ticket t, const struct row_answer *a)
{
	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
		int status = outcomes[i].status;

		if (strcmp(outcomes[i].outcome, a->outcome) != 0)
			continue;
		if (outcomes[i].problem != PROBLEM_NONE)
			refusal_reply(f, t, outcomes[i].problem, a->body);
		else if (status == 204)
			web_reply(t, status, NULL, (struct str){NULL, 0});
		else
			web_reply(t, status, "application/json", a->body);
		return outcomes[i].problem == PROBLEM_NONE;
	}
	log_error("event=unknown_outcome outcome=%s", a->outcome);
	web_reply_refusal(t, PROBLEM_INTERNAL);
	return false;
}
