/*
 * sms_in.c - Twilio delivers a text. Signature first; then everything that must not be lost or kept
 * twice in one SQL function; then 200. What happens because of the text follows from its rows
 * (jobs/agent_turn.c).
 *
 * A payment card number never reaches the database: it is taken out of the body here. It may have
 * begun in the sender's text before; only a text that could carry on such a number (digits or
 * number words at its start) costs a look at the last few, and then the earlier parts are taken out
 * in the same transaction that keeps this one.
 */
#include "server/app.h"
#include "server/events/hub.h"
#include "server/jobs/runner.h"
#include "server/store/text.h"
#include "server/twilio/keywords.h"
#include "server/twilio/twiml.h"
#include "server/webhook/notices.h"
#include "server/webhook/signed.h"
#include "server/webhook/webhooks.h"
#include "shared/cards.h"
#include "shared/clock.h"
#include "shared/log.h"
#include "shared/phone.h"
#include "shared/utf8.h"
#include "shared/wire/pairs.h"

#define MEDIA_MAX 20
#define PEER_MAX  256
#define URL_MAX   2048
#define TYPE_MAX  255
#define TURN_AFTER_MS                                                               \
	1520 /* the turn is due 1.5 s after the text (schema/functions/text_in.sql) \
	      */

static flow_step received, account_known, earlier_known, kept, failed;

struct sms_in {
	struct flow flow;
	struct signed_form sender;
	struct text_in text;
	struct keyword keyword;
	struct str media[MEDIA_MAX * 2];
	struct text_recent recent;
	struct text_kept kept;
	unsigned cards;
};

static const struct flow_kind sms_in_kind = FLOW_KIND(sms_in, received, failed, 12000);

void sms_in_start(struct app *app, const struct web_request *r, struct ticket t)
{
	struct sms_in *s = flow_new(app->flows, &sms_in_kind);

	s->sender.request = r;
	s->sender.ticket = t;
	flow_begin(&s->flow);
}

/* ---- reading the parameters ---- */

/* Used up here, or the same for every text; anything else is kept beside the message. */
static bool parameter_known(struct str name)
{
	static const struct {
		const char *p;
		size_t n;
	} names[] = {
#define NAME(s) {s, sizeof(s) - 1}
		NAME("AccountSid"), NAME("ApiVersion"),  NAME("Body"),        NAME("From"),
		NAME("FromCity"),   NAME("FromCountry"), NAME("FromState"),   NAME("FromZip"),
		NAME("MessageSid"), NAME("NumMedia"),    NAME("NumSegments"), NAME("SmsMessageSid"),
		NAME("SmsSid"),     NAME("SmsStatus"),   NAME("To"),          NAME("ToCity"),
		NAME("ToCountry"),  NAME("ToState"),     NAME("ToZip"),       NAME("OptOutType"),
#undef NAME
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (names[i].n == name.n && memcmp(names[i].p, name.p, name.n) == 0)
			return true;
	}
	return str_starts(name, STR_LIT("MediaUrl")) ||
	       str_starts(name, STR_LIT("MediaContentType"));
}

static const char *parameters_kept(struct flow *f, const struct form *form)
{
	struct pair *pairs = NULL;
	size_t n = 0;

	for (size_t i = 0; i < form->count; i++) {
		if (parameter_known(form->params[i].name))
			continue;
		if (pairs == NULL)
			pairs = ARENA_ARRAY(&f->arena, struct pair, form->count);
		pairs[n].name = form->params[i].name;
		pairs[n++].value = cards_redact(&f->arena, form->params[i].value, NULL);
	}
	return n == 0 ? NULL : pairs_json(&f->arena, pairs, n);
}

static void media_read(struct sms_in *s, const struct form *form)
{
	int64_t n = 0;
	char name[40];

	if (!str_int(form_get(form, "NumMedia"), 0, INT32_MAX, &n))
		return;
	for (int i = 0; i < n && i < MEDIA_MAX; i++) {
		struct str url, type;

		snprintf(name, sizeof name, "MediaUrl%d", i);
		url = form_get(form, name);
		snprintf(name, sizeof name, "MediaContentType%d", i);
		type = form_get(form, name);
		if (url.n == 0 || url.n > URL_MAX)
			continue;
		s->media[2 * s->text.media_n] = url;
		s->media[2 * s->text.media_n + 1] = utf8_cut(type, TYPE_MAX);
		s->text.media_n++;
	}
	s->text.media = s->media;
}

static bool sid_usable(struct str sid)
{
	for (size_t i = 0; i < sid.n; i++) {
		char c = sid.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')))
			return false;
	}
	return sid.n >= 1 && sid.n <= 64;
}

static bool text_read(struct flow *f, struct sms_in *s)
{
	const struct form *form = &s->sender.form;
	struct text_in *t = &s->text;
	struct str opt_out = {0};

	if (!form_single(form, "MessageSid", &t->sid, &f->err) ||
	    !form_single(form, "To", &t->to, &f->err) ||
	    !form_single(form, "From", &t->from, &f->err) ||
	    !form_single(form, "Body", &t->body, &f->err) ||
	    !form_single(form, "OptOutType", &opt_out, &f->err))
		return false;
	if (!sid_usable(t->sid))
		return err_set(&f->err, ERR_INPUT, "MessageSid is missing or no SID");
	if (utf8_count(t->from) > PEER_MAX)
		return err_set(&f->err, ERR_INPUT, "From is longer than any sender");
	t->sender = phone_kind_word(phone_kind_of(t->from));
	t->expected = s->sender.expected[0] == '\0' ? NULL : s->sender.expected;
	s->keyword = keyword_of(t->body, opt_out);
	t->keyword = keyword_word(&s->keyword);
	if (t->keyword != NULL) {
		t->keyword_language = s->keyword.language == KEYWORD_ENGLISH  ? "en"
				      : s->keyword.language == KEYWORD_FRENCH ? "fr"
									      : NULL;
		t->notice = notice_for(&s->keyword, opt_out.n > 0);
	}
	media_read(s, form);
	t->params = parameters_kept(f, form);
	return true;
}

/* ---- the steps ---- */

static void keep(struct flow *f, struct sms_in *s)
{
	text_in(f, f->app->db, &s->text, &s->kept);
	flow_then(f, kept);
}

static void proved(struct flow *f, struct sms_in *s)
{
	struct str body;

	if (!text_read(f, s)) {
		f->app->figures.forms_refused++;
		return;
	}
	body = s->text.body;
	s->text.body = cards_redact(&f->arena, body, &s->cards);
	if (s->text.keyword != NULL || !cards_might_go_on(s->text.body)) {
		keep(f, s);
		return;
	}
	text_recent(f, f->app->db, &s->text, &s->recent);
	flow_then(f, earlier_known);
}

static void go_on(struct flow *f, struct sms_in *s, enum signed_state state)
{
	if (state == SIGNED_ASKED)
		flow_then(f, account_known);
	else if (state == SIGNED_PROVED)
		proved(f, s);
}

static void received(struct flow *f)
{
	struct sms_in *s = FLOW_SELF(f, struct sms_in);

	go_on(f, s, signed_read(f, &s->sender));
}

static void account_known(struct flow *f)
{
	struct sms_in *s = FLOW_SELF(f, struct sms_in);

	go_on(f, s, signed_answered(f, &s->sender));
}

static void earlier_known(struct flow *f)
{
	struct sms_in *s = FLOW_SELF(f, struct sms_in);
	struct str texts[TEXT_RECENT_MAX + 1];
	struct pair changed[TEXT_RECENT_MAX];
	size_t n = s->recent.n, changes = 0;
	bool redacted[TEXT_RECENT_MAX + 1];

	for (size_t i = 0; i < n; i++) /* oldest first */
		texts[i] = s->recent.texts[n - 1 - i].body;
	texts[n] = s->text.body;
	s->cards += cards_join(&f->arena, texts, n + 1, redacted);
	s->text.body = texts[n];
	for (size_t i = 0; i < n; i++) {
		if (redacted[i])
			changed[changes++] =
				(struct pair){str_of(s->recent.texts[n - 1 - i].message), texts[i]};
	}
	if (changes > 0)
		s->text.redact = pairs_json(&f->arena, changed, changes);
	keep(f, s);
}

static void kept(struct flow *f)
{
	struct sms_in *s = FLOW_SELF(f, struct sms_in);
	struct figures *figures = &f->app->figures;

	switch (s->kept.outcome) {
	case TEXT_KEPT:
		figures->texts_kept++;
		figures->cards_redacted += s->cards;
		runner_nudge(f->app->runner, s->text.notice != NULL ? 0 : TURN_AFTER_MS);
		break;
	case TEXT_DUPLICATE: figures->texts_duplicate++; break;
	case TEXT_NOBODY:
		figures->texts_nobody++;
		log_warn("event=text_to_nobody to=%s from=%s", phone_masked(s->text.to),
			 phone_masked(s->text.from));
		break;
	}
	runner_felt(f->app->runner, clock_mono_us() - f->started_us);
	web_reply(s->sender.ticket, 200, "text/xml", STR_LIT(TWIML_EMPTY));
	if (s->kept.outcome == TEXT_KEPT)
		hub_nudge(f->app->hub, s->kept.organization);
}

static void failed(struct flow *f)
{
	struct sms_in *s = FLOW_SELF(f, struct sms_in);

	if (f->err.kind != ERR_DENIED && f->err.kind != ERR_INPUT)
		f->app->figures.texts_refused++;
	signed_failed(f, &s->sender);
}
