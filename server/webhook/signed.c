/*
 * signed.c - see signed.h.
 */
#include "server/webhook/signed.h"

#include "server/keys.h"
#include "server/twilio/sids.h"
#include "server/twilio/sign.h"
#include "shared/clock.h"
#include "shared/log.h"
#include "shared/utf8.h"

#define LINES_PER_SECOND 100

/* A line for each, but a flood of bad requests does not become a flood of lines: past
 * LINES_PER_SECOND they are counted, and the next second's first line says how many. */
void refusal_told(struct app *app, struct str path, const char *why)
{
	int64_t second = clock_mono_ms() / 1000;

	if (second != app->refused_second) {
		if (app->refused_unsaid > 0)
			log_warn("event=requests_refused more=%u", app->refused_unsaid);
		app->refused_second = second;
		app->refused_lines = app->refused_unsaid = 0;
	}
	if (app->refused_lines++ >= LINES_PER_SECOND)
		app->refused_unsaid++;
	else
		log_warn("event=request_refused path=" STR_FMT " reason=\"%s\"",
			 STR_ARG(utf8_cut(path, 100)), why);
}

static enum signed_state refused(struct flow *f, const struct signed_form *s, const char *why)
{
	f->app->figures.signatures_refused++;
	refusal_told(f->app, s->target, why);
	flow_fail(f, ERR_DENIED, "%s", why);
	return SIGNED_REFUSED;
}

static bool proved_by(struct flow *f, const struct signed_form *s, const struct twilio_key *key)
{
	struct twilio_urls urls;

	return twilio_urls_for(&f->arena, str_of(f->app->settings->public_url), s->target, &urls,
			       NULL) &&
	       twilio_sign_check(key, 1, &urls, &s->form, s->signature, NULL);
}

static bool query_read(struct flow *f, struct signed_form *s)
{
	ptrdiff_t at = str_find_char(s->target, '?');
	struct str query =
		at < 0 ? (struct str){NULL, 0} : str_sub(s->target, (size_t)at + 1, s->target.n);

	return form_parse(&f->arena, query, &s->query, NULL);
}

static enum signed_state proved(struct flow *f, struct signed_form *s)
{
	if (query_read(f, s))
		return SIGNED_PROVED;
	f->app->figures.forms_refused++;
	flow_fail(f, ERR_INPUT, "the query of the URL cannot be read");
	return SIGNED_REFUSED;
}

enum signed_state signed_read(struct flow *f, struct signed_form *s)
{
	const struct web_request *r = s->request;
	struct keys *keys = f->app->keys;
	const struct twilio_key *key;
	const char *organization = NULL;
	struct err err = {0};

	s->signature = web_header(r, "x-twilio-signature");
	s->target = r->target;
	if (s->signature.n == 0)
		return refused(f, s, "no signature");
	if (!str_starts(web_header(r, "content-type"),
			STR_LIT("application/x-www-form-urlencoded")) ||
	    !form_parse(&f->arena, r->body, &s->form, &err)) {
		f->app->figures.forms_refused++;
		flow_fail(f, ERR_INPUT, "%s",
			  err.text[0] != '\0' ? err.text : "the body is no form");
		return SIGNED_REFUSED;
	}
	if (proved_by(f, s, keys_platform(keys))) {
		s->account_sid = form_get(&s->form, "AccountSid");
		return proved(f, s);
	}
	s->account_sid = form_get(&s->form, "AccountSid");
	if (keys_is_platform(keys, s->account_sid) || !sid_is(s->account_sid, "AC"))
		return refused(f, s, "wrong signature");
	key = keys_of(keys, s->account_sid, &organization);
	if (key != NULL) {
		if (!proved_by(f, s, key))
			return refused(f, s, "wrong signature");
		snprintf(s->expected, sizeof s->expected, "%s", organization);
		return proved(f, s);
	}
	if (!keys_may_ask(keys, s->account_sid))
		return refused(f, s, "wrong signature");
	s->signature =
		arena_str(&f->arena, s->signature); /* the request goes when this step ends */
	s->target = arena_str(&f->arena, s->target);
	account_find(f, f->app->db, s->account_sid, &s->account);
	return SIGNED_ASKED;
}

enum signed_state signed_answered(struct flow *f, struct signed_form *s)
{
	const struct twilio_key *key;
	const char *organization = NULL;

	keys_learn(f->app->keys, s->account_sid, &s->account);
	key = keys_of(f->app->keys, s->account_sid, &organization);
	if (key == NULL || !proved_by(f, s, key))
		return refused(f, s, "wrong signature");
	snprintf(s->expected, sizeof s->expected, "%s", organization);
	return proved(f, s);
}

void signed_failed(struct flow *f, const struct signed_form *s)
{
	struct err err = f->err;

	if (err.kind != ERR_DENIED && err.kind != ERR_INPUT)
		err_set(&err, ERR_BUSY, "not kept; try again");
	web_reply_problem(s->ticket, &err);
}
