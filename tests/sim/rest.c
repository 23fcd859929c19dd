/*
 * rest.c - who asks, for what, and in which shape the answer goes; see rest.h.
 */
#include "tests/sim/rest.h"

#include "tests/sim/crypt.h"
#include "tests/sim/errors.h"
#include "tests/sim/voice/leg.h"

#define VERSION_PATH "/2010-04-01"

void sim_rest_read(struct arena *a, struct sim_ask *ask)
{
	sim_pairs_read(&ask->params, a, ask->query);
	if (str_starts(ask->content_type, STR_LIT("application/x-www-form-urlencoded")))
		sim_pairs_read(&ask->params, a, ask->body);
	ask->on = SIM_ON_API;
	if (!str_is(ask->method, "POST") && !str_is(ask->method, "DELETE"))
		return;
	if (str_ends(ask->path, STR_LIT("/Messages.json")))
		ask->on = SIM_ON_SEND;
	else if (str_ends(ask->path, STR_LIT("/Calls.json")) ||
		 str_ends(ask->path, STR_LIT("/Participants.json")))
		ask->on = SIM_ON_CALL;
	else if (str_find(ask->path, STR_LIT("/Calls/")) >= 0 ||
		 str_find(ask->path, STR_LIT("/Conferences/")) >= 0)
		ask->on = SIM_ON_UPDATE;
}

struct str sim_rest_phone(const struct sim *s, const struct sim_ask *ask)
{
	struct str to = sim_pairs_value(&ask->params, "To"), rest = ask->path;

	/* of a change: whoever's call it names */
	while (to.n == 0 && rest.n > 0) {
		struct str part = str_cut(&rest, '/');
		const struct sim_leg *leg = sim_leg_find(s, str_sub(part, 0, SIM_SID - 1));

		if (leg != NULL)
			to = sim_leg_phone(leg);
	}
	return to;
}

void sim_rest_refuse(struct arena *a, struct sim_answer *out, int code, const char *text)
{
	const struct sim_error *e = sim_error_find(code);
	struct buf b = {0};

	if (e == NULL || e->status == 0)
		BUG("%d is no answer", code);
	sim_json_open(&b, NULL, '{');
	sim_json_int(&b, "code", code);
	sim_json_cstr(&b, "message", text == NULL ? e->text : text);
	sim_json_printf(&b, "more_info", "https://www.twilio.com/docs/errors/%d", code);
	sim_json_int(&b, "status", e->status);
	sim_json_close(&b, '}');
	out->status = e->status;
	out->code = code;
	out->content_type = "application/json";
	out->challenge = code == 20003;
	out->body = arena_str(a, buf_str(&b));
	buf_clear(&b);
}

bool sim_call_is(const struct sim_call *c, const char *method)
{
	return str_is(c->ask->method, method);
}

void sim_call_refuse(struct sim_call *c, int code, const char *text)
{
	sim_rest_refuse(c->arena, c->out, code, text);
}

void sim_call_missing(struct sim_call *c)
{
	sim_call_refuse(c, 20404,
			arena_printf(c->arena, "The requested resource " STR_FMT " was not found",
				     STR_ARG(c->ask->path)));
}

void sim_call_reply(struct sim_call *c, int status, struct buf *b)
{
	c->out->status = status;
	c->out->content_type = "application/json";
	c->out->body = arena_str(c->arena, buf_str(b));
	buf_clear(b);
}

void sim_call_know_only(struct sim_call *c, const char *const *names)
{
	for (size_t i = 0; i < c->ask->params.n; i++) {
		struct str name = c->ask->params.at[i].name;
		size_t k;

		for (k = 0; names[k] != NULL && !str_is(name, names[k]); k++)
			;
		if (names[k] == NULL)
			sim_alert_raise(c->sim, 20001, NULL, "parameter " STR_FMT " of " STR_FMT,
					STR_ARG(str_sub(name, 0, 40)), STR_ARG(c->ask->path));
	}
}

/* ---- who asks ---- */

/* "Basic " and base64 of user:password, at most 300 bytes of it. */
static bool basic_read(struct arena *a, struct str header, struct str *user, struct str *password)
{
	struct str coded;

	if (header.n < 6 || !str_eq_nocase(str_sub(header, 0, 6), STR_LIT("Basic ")))
		return false;
	coded = str_trim(str_sub(header, 6, header.n));
	if (coded.n > 300 || !sim_base64_read(a, coded, password))
		return false;
	*user = str_cut(password, ':');
	return password->p != NULL;
}

/* The credentials are this account's: its SID and token, or an API key of it. */
static bool credentials_fit(struct arena *a, struct str header, const struct sim_account *acc)
{
	struct str user, password;

	if (!basic_read(a, header, &user, &password))
		return false;
	if (str_is(user, acc->sid))
		return sim_same(password, str_of(acc->token));
	return acc->key_sid[0] != '\0' && str_is(user, acc->key_sid) &&
	       sim_same(password, str_of(acc->key_secret));
}

/* ---- pages of a list ---- */

bool sim_page_read(struct sim_call *c, struct sim_page *out)
{
	const struct str *size = sim_pairs_get(&c->ask->params, "PageSize");
	const struct str *page = sim_pairs_get(&c->ask->params, "Page");
	int64_t n = 50, at = 0;

	if (size != NULL && !str_int(*size, 1, 1000, &n)) {
		sim_call_refuse(c, 20422, "PageSize must be a number from 1 to 1000");
		return false;
	}
	if (page != NULL && !str_int(*page, 0, 1000000, &at)) {
		sim_call_refuse(c, 20422, "Page must be a number");
		return false;
	}
	*out = (struct sim_page){(unsigned)at, (unsigned)n,
				 sim_pairs_value(&c->ask->params, "PageToken")};
	return true;
}

static void page_uri(struct sim_call *c, const char *name, unsigned page, unsigned size,
		     const char *token, struct buf *b)
{
	const struct sim_pairs *asked = &c->ask->params;
	struct buf uri = {0};
	const char *mark = "?";

	buf_add_str(&uri, c->ask->path);
	for (size_t i = 0; i < asked->n; i++) {
		struct str key = asked->at[i].name;

		if (str_is(key, "Page") || str_is(key, "PageSize") || str_is(key, "PageToken"))
			continue;
		buf_add_cstr(&uri, mark);
		sim_escape(key, &uri);
		buf_add_char(&uri, '=');
		sim_escape(asked->at[i].value, &uri);
		mark = "&";
	}
	buf_printf(&uri, "%sPageSize=%u&Page=%u", mark, size, page);
	if (token[0] != '\0')
		buf_printf(&uri, "&PageToken=%s", token);
	sim_json_str(b, name, buf_str(&uri));
	buf_clear(&uri);
}

void sim_page_write(struct sim_call *c, const struct sim_page *p, size_t n, const char *next_token,
		    const char *previous_token, struct buf *b)
{
	char *token = arena_cstr(c->arena, p->token);
	int64_t start = (int64_t)p->page * p->size;

	sim_json_int(b, "page", p->page);
	sim_json_int(b, "page_size", p->size);
	sim_json_int(b, "start", start);
	sim_json_int(b, "end", n == 0 ? start : start + (int64_t)n - 1);
	page_uri(c, "first_page_uri", 0, p->size, "", b);
	if (next_token[0] != '\0')
		page_uri(c, "next_page_uri", p->page + 1, p->size, next_token, b);
	else
		sim_json_null(b, "next_page_uri");
	if (previous_token[0] != '\0' && p->page > 0)
		page_uri(c, "previous_page_uri", p->page - 1, p->size, previous_token, b);
	else
		sim_json_null(b, "previous_page_uri");
	page_uri(c, "uri", p->page, p->size, token == NULL ? "" : token, b);
}

struct sim_slice sim_page_slice(const struct sim_page *p, size_t n)
{
	struct sim_slice s = {.from = size_min((size_t)p->page * p->size, n)};

	s.n = size_min(n - s.from, p->size);
	if (s.from + s.n < n)
		snprintf(s.next, sizeof s.next, "PA%u", p->page + 1);
	if (p->page > 0)
		snprintf(s.previous, sizeof s.previous, "PB%u", p->page - 1);
	return s;
}

/* ---- for what ---- */

static void account_show(struct sim_call *c)
{
	struct buf b = {0};

	sim_json_open(&b, NULL, '{');
	sim_json_cstr(&b, "sid", c->sim->accounts[c->account].sid);
	sim_json_cstr(&b, "owner_account_sid", c->sim->accounts[c->account].sid);
	sim_json_cstr(&b, "friendly_name", "Practice line");
	sim_json_cstr(&b, "status", "active");
	sim_json_cstr(&b, "type", "Full");
	sim_json_cstr(&b, "auth_token", "");
	sim_json_date(&b, "date_created", 1767225600000000);
	sim_json_date(&b, "date_updated", 1767225600000000);
	sim_json_printf(&b, "uri", "%s.json", c->account_path);
	sim_json_open(&b, "subresource_uris", '{');
	sim_json_printf(&b, "messages", "%s/Messages.json", c->account_path);
	sim_json_printf(&b, "incoming_phone_numbers", "%s/IncomingPhoneNumbers.json",
			c->account_path);
	sim_json_close(&b, '}');
	sim_json_close(&b, '}');
	sim_call_reply(c, 200, &b);
}

static void dispatch(struct sim_call *c)
{
	bool media = c->parts >= 3 && str_is(c->part[0], "Messages") && str_is(c->part[2], "Media");
	bool recording = c->parts == 2 && str_is(c->part[0], "Recordings");

	if (!c->json && !(media && c->parts == 4) && !recording) {
		sim_alert_raise(c->sim, 20404, NULL, "a path without .json: " STR_FMT,
				STR_ARG(str_sub(c->ask->path, 0, 120)));
		sim_call_refuse(c, 20404,
				"This path does not end in .json: Twilio would answer it in XML");
		return;
	}
	if (c->parts == 0 && sim_call_is(c, "GET"))
		account_show(c);
	else if (c->parts == 1 && str_is(c->part[0], "Messages"))
		sim_rest_messages(c);
	else if (c->parts == 2 && str_is(c->part[0], "Messages"))
		sim_rest_message(c);
	else if (media && c->parts <= 4)
		sim_rest_media(c);
	else if (recording)
		sim_rest_recordings(c);
	else if (c->parts >= 1 && str_is(c->part[0], "Conferences"))
		sim_rest_conferences(c);
	else if (c->parts >= 3 && str_is(c->part[0], "Calls") && str_is(c->part[2], "Streams"))
		sim_rest_streams(c);
	else if (c->parts >= 3 && str_is(c->part[0], "Calls") &&
		 str_is(c->part[2], "Transcriptions"))
		sim_rest_transcriptions(c);
	else if (c->parts >= 1 && c->parts <= 2 && str_is(c->part[0], "Calls"))
		sim_rest_calls(c);
	else if (c->parts == 1 && str_is(c->part[0], "IncomingPhoneNumbers"))
		sim_rest_numbers(c);
	else if (c->parts == 2 && str_is(c->part[0], "IncomingPhoneNumbers"))
		sim_rest_number(c);
	else
		sim_call_missing(c);
}

/* "/2010-04-01/Accounts/AC.../Messages/SM....json" into account and parts. */
static bool path_read(struct sim_call *c, struct str *account)
{
	struct str rest = c->ask->path;

	if (!str_starts(rest, STR_LIT(VERSION_PATH "/Accounts/")))
		return false;
	rest = str_sub(rest, sizeof VERSION_PATH "/Accounts/" - 1, rest.n);
	c->json = str_ends(rest, STR_LIT(".json"));
	if (c->json)
		rest.n -= 5;
	*account = str_cut(&rest, '/');
	while (rest.p != NULL) {
		if (c->parts == ARRAY_LEN(c->part))
			return false;
		c->part[c->parts++] = str_cut(&rest, '/');
	}
	return true;
}

void sim_rest(struct sim *s, struct arena *a, const struct sim_ask *ask, struct sim_answer *out)
{
	struct sim_call c = {.sim = s, .arena = a, .ask = ask, .out = out};
	struct str sid = {0};
	struct sim_account *acc;
	bool bytes;

	*out = (struct sim_answer){.status = 500, .content_type = "application/json"};
	if (!path_read(&c, &sid)) {
		sim_call_missing(&c);
		return;
	}
	acc = sim_account_find(s, sid);
	/* a picture or a recording: no credentials, unless they are wrong */
	bytes = !c.json && (c.parts == 4 || (c.parts == 2 && str_is(c.part[0], "Recordings")));
	c.known = acc != NULL && credentials_fit(a, ask->authorization, acc);
	if (!c.known && (acc == NULL || !bytes || s->set.media_auth || ask->authorization.n > 0)) {
		sim_call_refuse(&c, 20003, NULL);
		return;
	}
	c.account = (unsigned)(acc - s->accounts);
	c.account_path = arena_printf(a, VERSION_PATH "/Accounts/%s", acc->sid);
	dispatch(&c);
}
