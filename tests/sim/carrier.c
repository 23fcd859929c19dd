/*
 * carrier.c - see carrier.h.
 *
 * An outgoing text has a journey: one timer that moves it from state to state. The journey knows
 * the text by its SID, so a text that has left the memory meanwhile ends its journey quietly.
 */
#include "tests/sim/carrier.h"

#include "shared/clock.h"
#include "shared/utf8.h"
#include "tests/sim/errors.h"
#include "tests/sim/places.h"
#include "tests/sim/stopwords.h"

#define SLOW_MS 20000

enum stage { TO_SENDING, TO_SENT, TO_END };

struct sim_journey {
	struct sim_journey *next, **at;
	struct sim *sim;
	uv_timer_t timer;
	char sid[SIM_SID];
	struct sim_behaviour behaves;
	enum stage stage;
};

/* ---- status callbacks ---- */

/* YYMMDDhhmm, as carriers write it. */
static const char *receipt_date(struct arena *a)
{
	time_t t = (time_t)(clock_wall_us() / 1000000);
	struct tm tm;

	gmtime_r(&t, &tm);
	return arena_printf(a, "%02d%02d%02d%02d%02d", tm.tm_year % 100, tm.tm_mon + 1, tm.tm_mday,
			    tm.tm_hour, tm.tm_min);
}

static void callback_send(struct sim *s, const struct sim_text *t, enum sim_status status,
			  void (*done)(void *, const struct sim_hook_result *), void *with)
{
	struct sim_pairs p = {0};
	struct arena a = {0};
	struct str word = str_of(sim_status_word(status)), sid = str_of(t->sid);
	bool ends = status == SIM_DELIVERED || status == SIM_UNDELIVERED;
	struct sim_hook_ask ask = {.kind = SIM_HOOK_STATUS,
				   .account = t->account,
				   .sid = t->sid,
				   .phone = str_of(t->to),
				   .url = t->callback,
				   .method = "POST",
				   .params = &p};

	if (ends)
		sim_pairs_put(&p, &a, "RawDlrDoneDate", str_of(receipt_date(&a)));
	if (t->error_code != 0)
		sim_pairs_put_int(&p, &a, "ErrorCode", t->error_code);
	sim_pairs_put(&p, &a, "SmsSid", sid);
	sim_pairs_put(&p, &a, "SmsStatus", word);
	sim_pairs_put(&p, &a, "MessageStatus", word);
	sim_pairs_put(&p, &a, "To", str_of(t->to));
	if (t->service[0] != '\0')
		sim_pairs_put(&p, &a, "MessagingServiceSid", str_of(t->service));
	sim_pairs_put(&p, &a, "MessageSid", sid);
	sim_pairs_put(&p, &a, "AccountSid", str_of(s->accounts[t->account].sid));
	sim_pairs_put(&p, &a, "From", str_of(t->from));
	sim_pairs_put(&p, &a, "ApiVersion", STR_LIT("2010-04-01"));
	sim_hook_send(s, &ask, done, with);
	arena_free(&a);
}

struct swapped { /* "sent" is told once "delivered" has been heard: their order is certain */
	struct sim *sim;
	char sid[SIM_SID];
};

static void on_delivered_told(void *with, const struct sim_hook_result *result)
{
	struct swapped *w = with;
	const struct sim_text *t = sim_text_find(&w->sim->texts, str_of(w->sid));

	(void)result;
	if (t != NULL && t->callback != NULL)
		callback_send(w->sim, t, SIM_SENT, NULL, NULL);
	free(w);
}

static void swapped_send(struct sim *s, const struct sim_text *t, enum sim_status status)
{
	struct swapped *w = xcalloc(1, sizeof *w);

	w->sim = s;
	memcpy(w->sid, t->sid, sizeof w->sid);
	callback_send(s, t, status, on_delivered_told, w);
}

/* A new state and the callback that tells of it, as this phone behaves. */
static void text_moved(struct sim *s, struct sim_text *t, enum sim_status status, int code,
		       struct sim_behaviour b)
{
	sim_text_set_status(&s->texts, t, status, code);
	if (t->callback == NULL || status == SIM_SENDING || b.kind == SIM_SILENT)
		return;
	if (b.kind == SIM_SWAPPED && status == SIM_SENT)
		return; /* told behind the next one */
	if (b.kind == SIM_SWAPPED) {
		swapped_send(s, t, status);
		return;
	}
	callback_send(s, t, status, NULL, NULL);
	if (b.kind == SIM_TWICE)
		callback_send(s, t, status, NULL, NULL);
}

/* ---- a text goes out ---- */

static void on_journey_closed(uv_handle_t *h)
{
	free(h->data);
}

static void journey_end(struct sim_journey *j)
{
	*j->at = j->next;
	if (j->next != NULL)
		j->next->at = j->at;
	uv_close((uv_handle_t *)&j->timer, on_journey_closed);
}

static void on_journey_due(uv_timer_t *timer);

static void journey_wait(struct sim_journey *j, enum stage stage, unsigned ms)
{
	j->stage = stage;
	uv_timer_start(&j->timer, on_journey_due, ms, 0);
}

static void journey_ends(struct sim *s, struct sim_text *t, struct sim_behaviour b)
{
	if (b.kind == SIM_FAILS)
		text_moved(s, t, SIM_UNDELIVERED, b.code, b);
	else if (b.kind != SIM_NEVER)
		text_moved(s, t, SIM_DELIVERED, 0, b);
}

static void on_journey_due(uv_timer_t *timer)
{
	struct sim_journey *j = timer->data;
	struct sim *s = j->sim;
	struct sim_text *t = sim_text_find(&s->texts, str_of(j->sid));
	unsigned half = s->set.send_ms / 2;

	if (t == NULL) {
		journey_end(j);
		return;
	}
	switch (j->stage) {
	case TO_SENDING:
		if (t->status == SIM_ACCEPTED)
			text_moved(s, t, SIM_QUEUED, 0, j->behaves);
		sim_text_set_status(&s->texts, t, SIM_SENDING, 0);
		journey_wait(j, TO_SENT, s->set.send_ms - half);
		return;
	case TO_SENT:
		if (j->behaves.kind == SIM_FAILS && sim_code_is_failed(j->behaves.code)) {
			text_moved(s, t, SIM_FAILED, j->behaves.code, j->behaves);
			journey_end(j);
			return;
		}
		t->lost = j->behaves.kind == SIM_FAILS;
		text_moved(s, t, SIM_SENT, 0, j->behaves);
		journey_wait(j, TO_END, j->behaves.kind == SIM_SLOW ? SLOW_MS : s->set.deliver_ms);
		return;
	case TO_END:
		journey_ends(s, t, j->behaves);
		journey_end(j);
		return;
	}
}

void sim_carrier_send(struct sim *s, struct sim_text *t)
{
	struct sim_journey *j = xcalloc(1, sizeof *j);

	j->sim = s;
	memcpy(j->sid, t->sid, sizeof j->sid);
	j->behaves = sim_behaves(s, str_of(t->to));
	if (j->behaves.kind == SIM_REFUSED) /* a reply by TwiML has no answer to refuse with */
		j->behaves.kind = SIM_FAILS;
	if (sim_opted_out(s, str_of(t->from), str_of(t->to)))
		j->behaves = (struct sim_behaviour){SIM_FAILS, 21610};
	j->next = s->journeys;
	j->at = &s->journeys;
	if (j->next != NULL)
		j->next->at = &j->next;
	s->journeys = j;
	uv_timer_init(&s->loop->uv, &j->timer);
	j->timer.data = j;
	journey_wait(j, TO_SENDING, s->set.send_ms / 2);
}

void sim_carrier_drop(struct sim *s)
{
	while (s->journeys != NULL)
		journey_end(s->journeys);
}

/* ---- a text comes in ---- */

struct reception {
	struct sim *sim;
	char sid[SIM_SID];
	struct sim_inbound in; /* from and to, in the arena */
	struct arena arena;
	unsigned account;
	void (*done)(void *, const struct sim_received *);
	void *done_with;
};

/* The carrier's own answer to a stop word: it needs no consent and tells no callback. */
static void carrier_replies(struct sim *s, const struct sim_text *about, enum sim_stopword w,
			    bool french)
{
	struct sim_text *t =
		sim_text_add(&s->texts, SIM_CARRIERS_OWN, str_of(about->to), str_of(about->from),
			     str_of(sim_stopword_reply(w, french)), false);

	t->account = about->account;
	sim_text_set_status(&s->texts, t, SIM_DELIVERED, 0);
}

/* Says nothing that the phone knows already: a second STOP, a START that changes nothing. */
static enum sim_stopword consent_keep(struct sim *s, const struct sim_text *t)
{
	bool french, out = sim_opted_out(s, str_of(t->to), str_of(t->from));
	enum sim_stopword w = sim_stopword_of(str_of(t->body), s->set.advanced_opt_out, &french);

	if (w == SIM_WORD_STOP || w == SIM_WORD_START)
		sim_opt_out_set(s, str_of(t->to), str_of(t->from), w == SIM_WORD_STOP);
	if ((w == SIM_WORD_STOP && !out) || (w == SIM_WORD_START && out) ||
	    (w == SIM_WORD_HELP && !out))
		carrier_replies(s, t, w, french);
	return w;
}

static void place_put(struct sim_pairs *p, struct arena *a, const char *name, const char *value)
{
	sim_pairs_put(p, a, name, str_of(value));
}

/* In the order that is seen on the wire (twilio.md 2.1): neither sorted nor grouped. */
static void text_params(struct sim *s, struct arena *a, const struct sim_text *t,
			const char *opt_out_type, struct sim_pairs *p)
{
	struct sim_place from = sim_place_of(str_of(t->from)), to = sim_place_of(str_of(t->to));
	struct str sid = str_of(t->sid);
	const char *account = s->accounts[t->account].sid;

	place_put(p, a, "ToCountry", to.country);
	for (unsigned i = 0; i < t->media_n; i++)
		sim_pairs_put(p, a, arena_printf(a, "MediaContentType%u", i),
			      str_of(t->media[i].content_type));
	place_put(p, a, "ToState", to.state);
	sim_pairs_put(p, a, "SmsMessageSid", sid);
	sim_pairs_put_int(p, a, "NumMedia", t->media_n);
	place_put(p, a, "ToCity", to.city);
	place_put(p, a, "FromZip", "");
	sim_pairs_put(p, a, "SmsSid", sid);
	place_put(p, a, "FromState", from.state);
	place_put(p, a, "SmsStatus", "received");
	place_put(p, a, "FromCity", from.city);
	sim_pairs_put(p, a, "Body", str_of(t->body));
	place_put(p, a, "FromCountry", from.country);
	sim_pairs_put(p, a, "To", str_of(t->to));
	if (t->service[0] != '\0')
		sim_pairs_put(p, a, "MessagingServiceSid", str_of(t->service));
	place_put(p, a, "ToZip", "");
	if (opt_out_type[0] != '\0')
		place_put(p, a, "OptOutType", opt_out_type);
	sim_pairs_put_int(p, a, "NumSegments", t->segments);
	sim_pairs_put(p, a, "MessageSid", sid);
	place_put(p, a, "AccountSid", account);
	sim_pairs_put(p, a, "From", str_of(t->from));
	for (unsigned i = 0; i < t->media_n; i++)
		sim_pairs_put(p, a, arena_printf(a, "MediaUrl%u", i),
			      str_of(arena_printf(
				      a, "http://%s:%d/2010-04-01/Accounts/%s/Messages/%s/Media/%s",
				      s->set.host, s->set.port, account, t->sid, t->media[i].sid)));
	place_put(p, a, "ApiVersion", "2010-04-01");
}

static void reply_send(struct sim *s, const struct reception *r, const struct sim_reply *reply)
{
	struct str to = reply->to.n > 0 ? reply->to : r->in.from;
	struct str from = reply->from.n > 0 ? reply->from : r->in.to;
	const struct sim_number *n = sim_number_find(&s->numbers, from);
	struct sim_text *t;

	if (!phone_valid(to) || n == NULL || n->account != r->account) {
		sim_alert_raise(s, phone_valid(to) ? 14102 : 14101, r->sid,
				"a reply that cannot be sent");
		return;
	}
	t = sim_text_add(&s->texts, SIM_OUTBOUND_REPLY, from, to, reply->body, reply->media_n > 0);
	t->account = r->account;
	if (reply->callback.n > 0 && sim_url_callable(reply->callback)) {
		struct arena a = {0};

		t->callback = xstrdup(arena_cstr(&a, reply->callback));
		arena_free(&a);
	}
	for (unsigned i = 0; i < reply->media_n; i++)
		(void)sim_text_attach(&s->texts, t, STR_LIT("image/jpeg"), (struct str){0},
				      reply->media[i]);
	sim_text_changed(&s->texts, t);
	sim_carrier_send(s, t);
}

static void reception_end(struct reception *r, const struct sim_hook_result *result)
{
	struct sim_received received = {.hook = result};

	memcpy(received.sid, r->sid, sizeof received.sid);
	if (r->done != NULL)
		r->done(r->done_with, &received);
	arena_free(&r->arena);
	free(r);
}

static void webhook_done(void *with, const struct sim_hook_result *result)
{
	struct reception *r = with;
	struct sim_text *t = sim_text_find(&r->sim->texts, str_of(r->sid));

	if (t != NULL) {
		t->answered = result->status == 0 ? -1 : result->status;
		sim_text_changed(&r->sim->texts, t);
	}
	for (unsigned i = 0; result->twiml != NULL && i < result->twiml->replies_n; i++)
		reply_send(r->sim, r, &result->twiml->replies[i]);
	reception_end(r, result);
}

static void webhook_call(struct reception *r, const struct sim_number *n, const struct sim_text *t,
			 enum sim_stopword w)
{
	struct sim_pairs p = {0};
	struct sim_hook_ask ask = {.kind = SIM_HOOK_TEXT,
				   .account = n->account,
				   .sid = r->sid,
				   .phone = r->in.from,
				   .url = n->set[SIM_SMS_URL],
				   .method = n->set[SIM_SMS_METHOD],
				   .fallback_url = n->set[SIM_SMS_FALLBACK_URL],
				   .fallback_method = n->set[SIM_SMS_FALLBACK_METHOD],
				   .params = &p};

	if (ask.url[0] == '\0') {
		reception_end(r, NULL);
		return;
	}
	text_params(r->sim, &r->arena, t, r->sim->set.advanced_opt_out ? sim_stopword_type(w) : "",
		    &p);
	sim_hook_send(r->sim, &ask, webhook_done, r);
}

bool sim_carrier_receive(struct sim *s, const struct sim_inbound *in,
			 void (*done)(void *with, const struct sim_received *), void *with,
			 char sid[SIM_SID], struct err *err)
{
	const struct sim_number *n = sim_number_find(&s->numbers, in->to);
	struct reception *r;
	struct sim_text *t;

	if (n == NULL)
		return err_set(err, ERR_MISSING, "no number of the practice line is " STR_FMT,
			       STR_ARG(str_sub(in->to, 0, 32)));
	if (in->from.n == 0 || in->from.n > 40 || utf8_count(in->body) > 1600)
		return err_set(
			err, ERR_INPUT,
			"a text has a sender of 1 to 40 and a body of at most 1600 characters");
	r = xcalloc(1, sizeof *r);
	*r = (struct reception){.sim = s, .account = n->account, .done = done, .done_with = with};
	r->in.from = arena_str(&r->arena, in->from);
	r->in.to = arena_str(&r->arena, in->to);
	t = sim_text_add(&s->texts, SIM_INBOUND, in->from, in->to, in->body, in->media_n > 0);
	t->account = n->account;
	t->sent_us = t->created_us;
	memcpy(t->service, n->service, sizeof t->service);
	for (unsigned i = 0; i < in->media_n; i++)
		(void)sim_text_attach(&s->texts, t, in->media[i].content_type, in->media[i].bytes,
				      (struct str){0});
	memcpy(r->sid, t->sid, sizeof r->sid);
	memcpy(sid, t->sid, sizeof r->sid);
	sim_text_changed(&s->texts, t);
	webhook_call(r, n, t, consent_keep(s, t));
	return true;
}
