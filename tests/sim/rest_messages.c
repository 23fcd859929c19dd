/*
 * rest_messages.c - Messages: create, list, show, redact, delete, and their media.
 */
#include "shared/clock.h"
#include "shared/utf8.h"
#include "tests/sim/errors.h"
#include "tests/sim/rest.h"

static const char *direction_word(enum sim_direction d)
{
	return d == SIM_INBOUND        ? "inbound"
	       : d == SIM_OUTBOUND_API ? "outbound-api"
				       : "outbound-reply";
}

static void message_write(struct sim_call *c, const char *name, const struct sim_text *t,
			  struct buf *b)
{
	bool in_service = t->service[0] != '\0';
	bool fresh = t->status == SIM_ACCEPTED;

	sim_json_open(b, name, '{');
	sim_json_cstr(b, "account_sid", c->sim->accounts[t->account].sid);
	sim_json_cstr(b, "api_version", "2010-04-01");
	sim_json_cstr(b, "body", t->body);
	sim_json_date(b, "date_created", t->created_us);
	sim_json_date(b, "date_sent", t->sent_us);
	sim_json_date(b, "date_updated", t->updated_us);
	sim_json_cstr(b, "direction", direction_word(t->direction));
	if (t->error_code != 0)
		sim_json_int(b, "error_code", t->error_code);
	else
		sim_json_null(b, "error_code");
	sim_json_cstr(b, "error_message",
		      t->error_code == 0 ? NULL : sim_error_text(t->error_code));
	sim_json_cstr(b, "from", fresh ? NULL : t->from);
	sim_json_cstr(b, "messaging_service_sid", in_service ? t->service : NULL);
	sim_json_printf(b, "num_media", "%u", t->media_n);
	sim_json_printf(b, "num_segments", "%u", fresh ? 0 : t->segments);
	sim_json_null(b, "price");
	sim_json_cstr(b, "price_unit", "USD");
	sim_json_cstr(b, "sid", t->sid);
	sim_json_cstr(b, "status", sim_status_word(t->status));
	sim_json_open(b, "subresource_uris", '{');
	sim_json_printf(b, "media", "%s/Messages/%s/Media.json", c->account_path, t->sid);
	sim_json_close(b, '}');
	sim_json_cstr(b, "to", t->to);
	sim_json_printf(b, "uri", "%s/Messages/%s.json", c->account_path, t->sid);
	sim_json_close(b, '}');
}

/* ---- create ---- */

struct draft {
	struct str to, from, service, body, callback;
	struct str media[SIM_MEDIA_MAX + 1];
	size_t media_n;
	const struct sim_number *sender;
};

/* Emoji count for two: the limit is one of UTF-16 units (error 21617). */
static size_t utf16_units(struct str s)
{
	size_t units = 0;

	while (s.n > 0) {
		uint32_t code;
		size_t n = utf8_next(s, &code);

		units += n == 4 ? 2 : 1;
		s = str_sub(s, n == 0 ? 1 : n, s.n);
	}
	return units;
}

static int content_check(const struct sim_call *c, const struct draft *d)
{
	const struct str *validity = sim_pairs_get(&c->ask->params, "ValidityPeriod");
	int64_t seconds;

	if (d->to.n == 0)
		return 21604;
	if (d->from.n == 0 && d->service.n == 0)
		return 21603;
	if (str_trim(d->body).n == 0 && d->media_n == 0)
		return 21602;
	if (utf16_units(d->body) > 1600)
		return 21617;
	if (d->media_n > SIM_MEDIA_MAX)
		return 21623;
	for (size_t i = 0; i < d->media_n; i++) {
		if (!sim_url_callable(d->media[i]))
			return 21620;
	}
	if (d->callback.n > 0 && !sim_url_callable(d->callback))
		return 21609;
	if (validity != NULL && !str_int(*validity, 1, 36000, &seconds))
		return 21624;
	return 0;
}

/* Twilio's magic senders, then the account's own numbers. */
static int sender_check(struct sim_call *c, struct draft *d)
{
	if (d->service.n > 0) {
		d->sender = sim_number_in_service(&c->sim->numbers, d->service);
		return d->sender == NULL || d->sender->account != c->account ? 21701 : 0;
	}
	if (str_is(d->from, "+15005550001"))
		return 21212;
	if (str_is(d->from, "+15005550007"))
		return 21606;
	if (str_is(d->from, "+15005550008"))
		return 21611;
	if (phone_kind_of(d->from) != PHONE_E164)
		return 21212;
	d->sender = sim_number_find(&c->sim->numbers, d->from);
	return d->sender == NULL || d->sender->account != c->account ? 21606 : 0;
}

static int receiver_check(struct sim_call *c, const struct draft *d)
{
	struct sim_behaviour b = sim_behaves(c->sim, d->to);

	if (!phone_valid(d->to) || str_is(d->to, d->sender->phone))
		return 21211;
	if (b.kind == SIM_REFUSED)
		return b.code;
	if (d->service.n == 0 && sim_opted_out(c->sim, str_of(d->sender->phone), d->to))
		return 21610; /* through a service it comes later, as a state (twilio.md 2.5) */
	return 0;
}

static void message_create(struct sim_call *c)
{
	static const char *const known[] = {"To",
					    "From",
					    "Body",
					    "MediaUrl",
					    "StatusCallback",
					    "MessagingServiceSid",
					    "ApplicationSid",
					    "MaxPrice",
					    "ProvideFeedback",
					    "Attempt",
					    "ValidityPeriod",
					    "ForceDelivery",
					    "ContentRetention",
					    "AddressRetention",
					    "SmartEncoded",
					    "PersistentAction",
					    "TrafficType",
					    "ShortenUrls",
					    "ScheduleType",
					    "SendAt",
					    "SendAsMms",
					    "ContentVariables",
					    "RiskCheck",
					    "FallbackFrom",
					    "ContentSid",
					    NULL};
	const struct sim_pairs *p = &c->ask->params;
	struct draft d = {.to = sim_pairs_value(p, "To"),
			  .from = sim_pairs_value(p, "From"),
			  .service = sim_pairs_value(p, "MessagingServiceSid"),
			  .body = utf8_repair(c->arena, sim_pairs_value(p, "Body")),
			  .callback = sim_pairs_value(p, "StatusCallback")};
	struct sim_text *t;
	struct buf b = {0};
	int code;

	d.media_n = sim_pairs_all(p, "MediaUrl", d.media, ARRAY_LEN(d.media));
	sim_call_know_only(c, known);
	code = content_check(c, &d);
	if (code == 0)
		code = sender_check(c, &d);
	if (code == 0)
		code = receiver_check(c, &d);
	if (code != 0) {
		sim_call_refuse(c, code, NULL);
		return;
	}
	t = sim_text_add(&c->sim->texts, SIM_OUTBOUND_API, str_of(d.sender->phone), d.to, d.body,
			 d.media_n > 0);
	t->account = c->account;
	if (d.service.n > 0) {
		t->status = SIM_ACCEPTED;
		snprintf(t->service, sizeof t->service, STR_FMT, STR_ARG(d.service));
	}
	if (d.callback.n > 0)
		t->callback = xstrdup(arena_cstr(c->arena, d.callback));
	for (size_t i = 0; i < d.media_n; i++)
		(void)sim_text_attach(&c->sim->texts, t, STR_LIT("image/jpeg"), (struct str){0},
				      d.media[i]);
	sim_text_changed(&c->sim->texts, t);
	c->out->accepted = t;
	memcpy(c->out->sid, t->sid, sizeof c->out->sid);
	message_write(c, NULL, t, &b);
	sim_call_reply(c, 201, &b);
}

/* ---- list ---- */

struct filter {
	unsigned account;
	struct str to, from;
	int64_t after_us, before_us; /* DateSent, both ends included */
};

/* "2026-11-22" is the whole day in UTC, anything longer an instant. */
static bool date_read(struct arena *a, struct str s, int64_t *from_us, int64_t *to_us)
{
	bool day = s.n == 10;
	char *text = day ? arena_printf(a, STR_FMT "T00:00:00Z", STR_ARG(s)) : arena_cstr(a, s);

	if (!clock_parse(text, from_us))
		return false;
	*to_us = *from_us + (day ? INT64_C(86400) * 1000000 - 1 : 999999);
	return true;
}

static bool filter_read(struct sim_call *c, struct filter *f)
{
	static const char *const known[] = {"To",        "From",      "DateSent",
					    "DateSent>", "DateSent<", "PageSize",
					    "Page",      "PageToken", NULL};
	const struct sim_pairs *p = &c->ask->params;
	const struct str *on = sim_pairs_get(p, "DateSent"), *after = sim_pairs_get(p, "DateSent>");
	const struct str *before = sim_pairs_get(p, "DateSent<");
	int64_t ignored;

	*f = (struct filter){c->account, sim_pairs_value(p, "To"), sim_pairs_value(p, "From"), 0,
			     INT64_MAX};
	sim_call_know_only(c, known);
	if ((on != NULL && !date_read(c->arena, *on, &f->after_us, &f->before_us)) ||
	    (after != NULL && !date_read(c->arena, *after, &f->after_us, &ignored)) ||
	    (before != NULL && !date_read(c->arena, *before, &ignored, &f->before_us))) {
		sim_call_refuse(c, 20422, "DateSent wants YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ");
		return false;
	}
	return true;
}

/* What was not sent yet counts by the time it was created: a list that is read to find out whether
 * a send arrived must hold it. */
static bool listed(const struct filter *f, const struct sim_text *t)
{
	int64_t at = t->sent_us != 0 ? t->sent_us : t->created_us;

	return t->account == f->account && !t->deleted && t->direction != SIM_CARRIERS_OWN &&
	       (f->to.n == 0 || str_is(f->to, t->to)) &&
	       (f->from.n == 0 || str_is(f->from, t->from)) && at >= f->after_us &&
	       at <= f->before_us;
}

/* Up to n texts that are listed, newest first, older than seq; the count. */
static size_t older_than(const struct sim_texts *ts, const struct filter *f, uint64_t seq,
			 size_t skip, const struct sim_text **out, size_t n)
{
	size_t found = 0;

	for (uint64_t i = seq; i > ts->first && found < n; i--) {
		const struct sim_text *t = sim_text_at(ts, i - 1);

		if (t == NULL || !listed(f, t))
			continue;
		if (skip > 0)
			skip--;
		else
			out[found++] = t;
	}
	return found;
}

/* Up to n texts that are listed and came just after seq, newest first. */
static size_t newer_than(const struct sim_texts *ts, const struct filter *f, uint64_t seq,
			 const struct sim_text **out, size_t n)
{
	size_t found = 0;

	for (uint64_t i = seq + 1; i < ts->next && found < n; i++) {
		const struct sim_text *t = sim_text_at(ts, i);

		if (t != NULL && listed(f, t))
			out[found++] = t;
	}
	for (size_t i = 0; i < found / 2; i++) {
		const struct sim_text *t = out[i];

		out[i] = out[found - 1 - i];
		out[found - 1 - i] = t;
	}
	return found;
}

/* "PASM..." goes on behind that message, "PBSM..." in front of it. */
static bool page_find(struct sim_call *c, const struct sim_page *p, const struct filter *f,
		      const struct sim_text **out, size_t *n)
{
	const struct sim_texts *ts = &c->sim->texts;
	const struct sim_text *mark;

	if (p->token.n == 0) {
		*n = older_than(ts, f, ts->next, (size_t)p->page * p->size, out, p->size + 1);
		return true;
	}
	mark = p->token.n > 2 ? sim_text_find(ts, str_sub(p->token, 2, p->token.n)) : NULL;
	if (mark != NULL && str_starts(p->token, STR_LIT("PA")))
		*n = older_than(ts, f, mark->seq, 0, out, p->size + 1);
	else if (mark != NULL && str_starts(p->token, STR_LIT("PB")))
		*n = newer_than(ts, f, mark->seq, out, p->size);
	else
		return false;
	return true;
}

static void messages_list(struct sim_call *c)
{
	const struct sim_text **found;
	char next[SIM_SID + 2] = "", previous[SIM_SID + 2] = "";
	struct buf b = {.limit = 8u * 1024 * 1024};
	struct filter f;
	struct sim_page p;
	size_t n;

	if (!filter_read(c, &f) || !sim_page_read(c, &p))
		return;
	found = (const struct sim_text **)arena_array(c->arena, p.size + 1, sizeof(void *));
	if (!page_find(c, &p, &f, found, &n)) {
		sim_call_refuse(c, 20422, "PageToken is not one that this list gave");
		return;
	}
	if (n > p.size)
		snprintf(next, sizeof next, "PA%s", found[p.size - 1]->sid);
	else if (n > 0 && str_starts(p.token, STR_LIT("PB")))
		snprintf(next, sizeof next, "PA%s", found[n - 1]->sid);
	if (n > 0 && p.page > 0)
		snprintf(previous, sizeof previous, "PB%s", found[0]->sid);
	n = size_min(n, p.size);
	sim_json_open(&b, NULL, '{');
	sim_json_open(&b, "messages", '[');
	for (size_t i = 0; i < n; i++)
		message_write(c, NULL, found[i], &b);
	sim_json_close(&b, ']');
	sim_page_write(c, &p, n, next, previous, &b);
	sim_json_close(&b, '}');
	sim_call_reply(c, 200, &b);
}

void sim_rest_messages(struct sim_call *c)
{
	if (sim_call_is(c, "POST"))
		message_create(c);
	else if (sim_call_is(c, "GET"))
		messages_list(c);
	else
		sim_call_refuse(c, 20004, NULL);
}

/* ---- one message ---- */

/* The message of the path, or NULL and the answer is written. */
static struct sim_text *message_named(struct sim_call *c)
{
	struct sim_text *t = NULL;

	if (sim_sid_valid("SM", c->part[1]) || sim_sid_valid("MM", c->part[1]))
		t = sim_text_find(&c->sim->texts, c->part[1]);
	if (t == NULL || t->deleted || t->account != c->account ||
	    t->direction == SIM_CARRIERS_OWN) {
		sim_call_missing(c);
		return NULL;
	}
	memcpy(c->out->sid, t->sid, sizeof c->out->sid);
	return t;
}

static void message_update(struct sim_call *c, struct sim_text *t)
{
	const struct str *body = sim_pairs_get(&c->ask->params, "Body");
	struct buf b = {0};

	if (sim_pairs_get(&c->ask->params, "Status") != NULL) {
		sim_call_refuse(c, 20422, "Only a scheduled message can be canceled");
		return;
	}
	if (body == NULL || body->n > 0) {
		sim_call_refuse(c, 20422, "Body can only be made empty");
		return;
	}
	free(t->body);
	t->body = xstrdup("");
	sim_text_changed(&c->sim->texts, t);
	message_write(c, NULL, t, &b);
	sim_call_reply(c, 200, &b);
}

void sim_rest_message(struct sim_call *c)
{
	struct sim_text *t = message_named(c);
	bool moving;
	struct buf b = {0};

	if (t == NULL)
		return;
	moving = t->status == SIM_QUEUED || t->status == SIM_ACCEPTED || t->status == SIM_SENDING;
	if (sim_call_is(c, "GET")) {
		message_write(c, NULL, t, &b);
		sim_call_reply(c, 200, &b);
	} else if (!sim_call_is(c, "POST") && !sim_call_is(c, "DELETE")) {
		sim_call_refuse(c, 20004, NULL);
	} else if (moving) {
		sim_call_refuse(c, 20009, NULL);
	} else if (sim_call_is(c, "POST")) {
		message_update(c, t);
	} else {
		t->deleted = true;
		sim_text_changed(&c->sim->texts, t);
		c->out->status = 204;
	}
}

/* ---- media ---- */

static void media_write(struct sim_call *c, const struct sim_text *t, const struct sim_media *m,
			struct buf *b)
{
	sim_json_open(b, NULL, '{');
	sim_json_cstr(b, "account_sid", c->sim->accounts[t->account].sid);
	sim_json_cstr(b, "content_type", m->content_type);
	sim_json_date(b, "date_created", m->created_us);
	sim_json_date(b, "date_updated", m->created_us);
	sim_json_cstr(b, "parent_sid", t->sid);
	sim_json_cstr(b, "sid", m->sid);
	sim_json_printf(b, "uri", "%s/Messages/%s/Media/%s.json", c->account_path, t->sid, m->sid);
	sim_json_close(b, '}');
}

static void media_list(struct sim_call *c, const struct sim_text *t)
{
	struct sim_page p;
	struct buf b = {0};
	size_t n = 0;

	if (!sim_page_read(c, &p))
		return;
	sim_json_open(&b, NULL, '{');
	sim_json_open(&b, "media_list", '[');
	for (unsigned i = 0; i < t->media_n && p.page == 0; i++) {
		if (t->media[i].deleted)
			continue;
		media_write(c, t, &t->media[i], &b);
		n++;
	}
	sim_json_close(&b, ']');
	sim_page_write(c, &p, n, "", "", &b);
	sim_json_close(&b, '}');
	sim_call_reply(c, 200, &b);
}

/* The bytes lie on another path, as Twilio's lie on another host (twilio.md 2.2). */
static void media_go(struct sim_call *c, const struct sim_text *t, const struct sim_media *m)
{
	c->out->status = 307;
	c->out->location =
		m->url != NULL ? arena_strdup(c->arena, m->url)
			       : arena_printf(c->arena, "http://%s:%d/media/%s/%s",
					      c->sim->set.host, c->sim->set.port, t->sid, m->sid);
}

void sim_rest_media(struct sim_call *c)
{
	struct sim_text *t = message_named(c);
	struct sim_media *m;
	struct buf b = {0};

	if (t == NULL)
		return;
	if (c->parts == 3) {
		if (sim_call_is(c, "GET"))
			media_list(c, t);
		else
			sim_call_refuse(c, 20004, NULL);
		return;
	}
	m = sim_media_find(t, c->part[3]);
	if (m == NULL) {
		sim_call_missing(c);
	} else if (sim_call_is(c, "GET") && !c->json) {
		media_go(c, t, m);
	} else if (sim_call_is(c, "GET")) {
		media_write(c, t, m, &b);
		sim_call_reply(c, 200, &b);
	} else if (sim_call_is(c, "DELETE") && c->json) {
		m->deleted = true;
		c->out->status = 204;
	} else {
		sim_call_refuse(c, 20004, NULL);
	}
}
