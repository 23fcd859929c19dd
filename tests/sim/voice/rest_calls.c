/*
 * rest_calls.c - Calls: place, list, show, change, delete (twilio.md 8.1, 8.3).
 */
#include "shared/clock.h"
#include "tests/sim/rest.h"
#include "tests/sim/voice/amd.h"
#include "tests/sim/voice/dial.h"
#include "tests/sim/voice/leg.h"
#include "tests/sim/voice/run.h"

#define TWIML_MAX 4000

/* +14165550001 as "(416) 555-0001"; anything else as it is. */
static void formatted(struct buf *b, const char *name, const char *number)
{
	if (strncmp(number, "+1", 2) == 0 && strlen(number) == 12)
		sim_json_printf(b, name, "(%.3s) %.3s-%.4s", number + 2, number + 5, number + 8);
	else
		sim_json_cstr(b, name, number);
}

static void call_write(struct sim_call *c, const char *name, const struct sim_leg *leg,
		       struct buf *b)
{
	static const char *const below[] = {"notifications",
					    "recordings",
					    "payments",
					    "events",
					    "siprec",
					    "streams",
					    "transcriptions",
					    "user_defined_messages",
					    "user_defined_message_subscriptions"};
	static const char *const paths[] = {"Notifications",
					    "Recordings",
					    "Payments",
					    "Events",
					    "Siprec",
					    "Streams",
					    "Transcriptions",
					    "UserDefinedMessages",
					    "UserDefinedMessageSubscriptions"};
	const struct sim_number *n = sim_number_find(&c->sim->numbers, sim_leg_store(leg));
	bool over = sim_leg_is_over(leg);

	sim_json_open(b, name, '{');
	sim_json_cstr(b, "sid", leg->sid);
	sim_json_date(b, "date_created", leg->created_us);
	sim_json_date(b, "date_updated", leg->updated_us);
	sim_json_cstr(b, "parent_call_sid", leg->parent[0] == '\0' ? NULL : leg->parent);
	sim_json_cstr(b, "account_sid", c->sim->accounts[leg->account].sid);
	sim_json_cstr(b, "to", leg->to);
	formatted(b, "to_formatted", leg->to);
	sim_json_cstr(b, "from", leg->from);
	formatted(b, "from_formatted", leg->from);
	sim_json_cstr(b, "phone_number_sid", n == NULL ? NULL : n->sid);
	sim_json_cstr(b, "status", sim_leg_status_word(leg->status));
	sim_json_date(b, "start_time", leg->started_us);
	sim_json_date(b, "end_time", leg->ended_us);
	if (over && leg->answered_us != 0)
		sim_json_printf(b, "duration", "%" PRId64,
				(leg->ended_us - leg->answered_us + 999999) / 1000000);
	else if (over)
		sim_json_cstr(b, "duration", "0");
	else
		sim_json_null(b, "duration");
	sim_json_null(b, "price");
	sim_json_cstr(b, "price_unit", "USD");
	sim_json_cstr(b, "direction", sim_leg_direction_word(leg->direction));
	sim_json_cstr(b, "answered_by", leg->answered_by[0] == '\0' ? NULL : leg->answered_by);
	sim_json_cstr(b, "api_version", "2010-04-01");
	sim_json_null(b, "forwarded_from");
	sim_json_null(b, "group_sid");
	sim_json_null(b, "caller_name");
	sim_json_printf(b, "queue_time", "%u", leg->queued_ms);
	sim_json_null(b, "trunk_sid");
	sim_json_printf(b, "uri", "%s/Calls/%s.json", c->account_path, leg->sid);
	sim_json_open(b, "subresource_uris", '{');
	for (size_t i = 0; i < ARRAY_LEN(below); i++)
		sim_json_printf(b, below[i], "%s/Calls/%s/%s.json", c->account_path, leg->sid,
				paths[i]);
	sim_json_close(b, '}');
	sim_json_close(b, '}');
}

static void call_reply(struct sim_call *c, int status, const struct sim_leg *leg)
{
	struct buf b = {0};

	memcpy(c->out->sid, leg->sid, sizeof c->out->sid);
	call_write(c, NULL, leg, &b);
	sim_call_reply(c, status, &b);
}

/* ---- place ---- */

struct draft {
	struct str to, from, url, twiml, callback;
	int64_t timeout, limit;
	unsigned events;
};

/* Twilio's own test numbers refuse calls with codes of their own. */
static int magic_check(const struct draft *d)
{
	static const struct {
		const char *number;
		int code;
	} magic[] = {{"+15005550001", 21217},
		     {"+15005550002", 21214},
		     {"+15005550003", 21215},
		     {"+15005550004", 21216}};

	for (size_t i = 0; i < ARRAY_LEN(magic); i++) {
		if (str_is(d->to, magic[i].number))
			return magic[i].code;
	}
	return str_is(d->from, "+15005550001") ? 21212 : 0;
}

static int sender_check(const struct sim_call *c, const struct draft *d)
{
	const struct sim_number *n = sim_number_find(&c->sim->numbers, d->from);

	if (!phone_valid(d->from))
		return 21212;
	return n == NULL || n->account != c->account ? 21210 : 0;
}

static int document_check(const struct draft *d)
{
	struct arena a = {0};
	struct sim_node *root;
	char why[160];
	bool good;

	if (d->url.n == 0 && d->twiml.n == 0)
		return 21205;
	if (d->twiml.n > TWIML_MAX)
		return 21205;
	if (d->url.n > 0)
		return sim_url_callable(d->url) ? 0 : 21205;
	good = sim_tree_read(&a, d->twiml, &root, why);
	arena_free(&a);
	return good ? 0 : 12100;
}

/* An event that there is not: the call is placed, a log entry is written, and callbacks never come
 * (twilio.md 8.3, error 21626). */
static unsigned events_read(struct sim_call *c, const char *name)
{
	struct str words[8];
	size_t n = sim_pairs_all(&c->ask->params, name, words, ARRAY_LEN(words));
	unsigned events = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned event = sim_leg_event_of(words[i]);

		if (event == 0) {
			sim_alert_raise(c->sim, 21626, NULL, "%s=" STR_FMT, name,
					STR_ARG(words[i]));
			return UINT32_MAX;
		}
		events |= event;
	}
	return events;
}

static bool is_get(const struct sim_call *c, const char *name)
{
	return str_is(sim_pairs_value(&c->ask->params, name), "GET");
}

/* What runs once somebody has answered. */
struct plan {
	struct arena arena;
	struct str url, twiml, fallback;
	bool get, fallback_get;
};

static void plan_free(struct plan *p)
{
	arena_free(&p->arena);
	free(p);
}

static void plan_run(void *with, struct sim_leg *leg)
{
	struct plan *p = with;
	struct sim_document d = {.url = p->url,
				 .get = p->get,
				 .fallback = p->fallback,
				 .fallback_get = p->fallback_get};
	char why[160];

	leg->ended = NULL;
	if (p->twiml.n == 0)
		sim_run_fetch(leg, &d);
	else if (!sim_run_inline(leg, p->twiml, why))
		BUG("a document that was checked: %s", why);
	plan_free(p);
}

static void plan_dropped(void *with, struct sim_leg *leg)
{
	(void)leg;
	plan_free(with);
}

static void call_start(struct sim_call *c, struct sim_leg *leg, const struct draft *d)
{
	struct plan *p = xcalloc(1, sizeof *p);

	p->url = arena_str(&p->arena, d->url);
	p->twiml = arena_str(&p->arena, d->twiml);
	p->fallback = arena_str(&p->arena, sim_pairs_value(&c->ask->params, "FallbackUrl"));
	p->get = is_get(c, "Method");
	p->fallback_get = is_get(c, "FallbackMethod");
	leg->answered = plan_run;
	leg->ended = plan_dropped;
	leg->with = p;
	sim_amd_set(leg, &c->ask->params);
	sim_leg_told_set(&leg->told, d->events == UINT32_MAX ? (struct str){0} : d->callback,
			 is_get(c, "StatusCallbackMethod"), d->events);
	sim_dial_out(leg, sim_dial_queue_ms(c->sim), (unsigned)d->timeout);
	sim_dial_limit(leg, (unsigned)d->limit);
}

static void call_create(struct sim_call *c)
{
	static const char *const known[] = {"To",
					    "From",
					    "Url",
					    "Twiml",
					    "ApplicationSid",
					    "Method",
					    "FallbackUrl",
					    "FallbackMethod",
					    "StatusCallback",
					    "StatusCallbackMethod",
					    "StatusCallbackEvent",
					    "Timeout",
					    "SendDigits",
					    "Record",
					    "RecordingChannels",
					    "RecordingStatusCallback",
					    "RecordingStatusCallbackMethod",
					    "RecordingStatusCallbackEvent",
					    "RecordingTrack",
					    "Trim",
					    "MachineDetection",
					    "MachineDetectionTimeout",
					    "MachineDetectionSpeechThreshold",
					    "MachineDetectionSpeechEndThreshold",
					    "MachineDetectionSilenceTimeout",
					    "AsyncAmd",
					    "AsyncAmdStatusCallback",
					    "AsyncAmdStatusCallbackMethod",
					    "TimeLimit",
					    "CallerId",
					    "CallToken",
					    "CallReason",
					    "Byoc",
					    "SipAuthUsername",
					    "SipAuthPassword",
					    "ClientNotificationUrl",
					    NULL};
	const struct sim_pairs *p = &c->ask->params;
	struct draft d = {.to = sim_pairs_value(p, "To"),
			  .from = sim_pairs_value(p, "From"),
			  .url = sim_pairs_value(p, "Url"),
			  .twiml = sim_pairs_value(p, "Twiml"),
			  .callback = sim_pairs_value(p, "StatusCallback"),
			  .timeout = 60,
			  .limit = 14400};
	const struct str *timeout = sim_pairs_get(p, "Timeout"),
			 *limit = sim_pairs_get(p, "TimeLimit");
	struct sim_leg *leg;
	int code = 0;

	sim_call_know_only(c, known);
	if (d.to.n == 0)
		code = 21201;
	else if (d.from.n == 0)
		code = 21213;
	else if (magic_check(&d) != 0)
		code = magic_check(&d);
	else if (!phone_valid(d.to) || str_eq(d.to, d.from))
		code = 21211;
	else if (sender_check(c, &d) != 0)
		code = sender_check(c, &d);
	else if (document_check(&d) != 0)
		code = document_check(&d);
	else if (d.callback.n > 0 && !sim_url_callable(d.callback))
		code = 21609;
	else if ((timeout != NULL && !str_int(*timeout, 1, 600, &d.timeout)) ||
		 (limit != NULL && !str_int(*limit, 1, 86400, &d.limit)))
		code = 20422;
	if (code != 0) {
		sim_call_refuse(c, code, NULL);
		return;
	}
	d.events = events_read(c, "StatusCallbackEvent");
	leg = sim_leg_new(c->sim, c->account, SIM_LEG_OUTBOUND_API, d.from, d.to);
	call_start(c, leg, &d);
	call_reply(c, 201, leg);
}

/* ---- list ---- */

struct filter {
	struct str to, from, parent, status;
	int64_t after_us, before_us;
};

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
	static const char *const known[] = {"To",        "From",       "ParentCallSid", "Status",
					    "StartTime", "StartTime>", "StartTime<",    "EndTime",
					    "EndTime>",  "EndTime<",   "PageSize",      "Page",
					    "PageToken", NULL};
	const struct sim_pairs *p = &c->ask->params;
	const struct str *on = sim_pairs_get(p, "StartTime"),
			 *after = sim_pairs_get(p, "StartTime>"),
			 *before = sim_pairs_get(p, "StartTime<");
	int64_t ignored;

	*f = (struct filter){sim_pairs_value(p, "To"),
			     sim_pairs_value(p, "From"),
			     sim_pairs_value(p, "ParentCallSid"),
			     sim_pairs_value(p, "Status"),
			     0,
			     INT64_MAX};
	sim_call_know_only(c, known);
	if ((on != NULL && !date_read(c->arena, *on, &f->after_us, &f->before_us)) ||
	    (after != NULL && !date_read(c->arena, *after, &f->after_us, &ignored)) ||
	    (before != NULL && !date_read(c->arena, *before, &ignored, &f->before_us))) {
		sim_call_refuse(c, 20422, "StartTime wants YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ");
		return false;
	}
	return true;
}

/* One that has not begun counts by the time it was created, as with messages. */
static bool listed(const struct sim_call *c, const struct filter *f, const struct sim_leg *l)
{
	int64_t at = l->started_us != 0 ? l->started_us : l->created_us;

	return l->account == c->account && (f->to.n == 0 || str_is(f->to, l->to)) &&
	       (f->from.n == 0 || str_is(f->from, l->from)) &&
	       (f->parent.n == 0 || str_is(f->parent, l->parent)) &&
	       (f->status.n == 0 || str_is(f->status, sim_leg_status_word(l->status))) &&
	       at >= f->after_us && at <= f->before_us;
}

static void calls_list(struct sim_call *c)
{
	const struct sim_leg **found;
	struct buf b = {.limit = 8u * 1024 * 1024};
	struct sim_slice slice;
	struct sim_page p;
	struct filter f;
	size_t n = 0;

	if (!filter_read(c, &f) || !sim_page_read(c, &p))
		return;
	found = (const struct sim_leg **)arena_array(c->arena, c->sim->legs_n + 1, sizeof(void *));
	for (const struct sim_leg *l = c->sim->legs; l != NULL; l = l->next) {
		if (listed(c, &f, l))
			found[n++] = l;
	}
	slice = sim_page_slice(&p, n);
	sim_json_open(&b, NULL, '{');
	sim_json_open(&b, "calls", '[');
	for (size_t i = 0; i < slice.n; i++)
		call_write(c, NULL, found[slice.from + i], &b);
	sim_json_close(&b, ']');
	sim_page_write(c, &p, slice.n, slice.next, slice.previous, &b);
	sim_json_close(&b, '}');
	sim_call_reply(c, 200, &b);
}

/* ---- change ---- */

static void finish(struct sim_call *c, struct sim_leg *leg, bool canceled)
{
	if (sim_leg_is_over(leg)) {
		if (c->sim->set.gone_is_missing)
			sim_call_missing(c);
		else
			call_reply(c, 200, leg);
		return;
	}
	if (canceled && leg->status == SIM_LEG_IN_PROGRESS) {
		sim_call_refuse(c, 21220, "Call is in-progress. Cannot cancel.");
		return;
	}
	if (leg->status == SIM_LEG_QUEUED) /* it never rang: nobody is told (twilio.md 3.1) */
		sim_leg_told_set(&leg->told, (struct str){0}, false, 0);
	sim_leg_hang_up(leg);
	call_reply(c, 200, leg);
}

static void redirect(struct sim_call *c, struct sim_leg *leg, struct str url, struct str twiml)
{
	const struct sim_pairs *p = &c->ask->params;
	struct sim_document d = {.url = url,
				 .get = is_get(c, "Method"),
				 .fallback = sim_pairs_value(p, "FallbackUrl"),
				 .fallback_get = is_get(c, "FallbackMethod")};
	struct str callback = sim_pairs_value(p, "StatusCallback");
	char why[160];

	if (leg->status != SIM_LEG_IN_PROGRESS) {
		sim_call_refuse(c, 21220, NULL);
		return;
	}
	if (twiml.n > 0) {
		if (twiml.n > TWIML_MAX || !sim_tree_check(twiml, why)) {
			sim_call_refuse(c, twiml.n > TWIML_MAX ? 21205 : 12100, NULL);
			return;
		}
		if (!sim_run_inline(leg, twiml, why))
			BUG("a document that was checked: %s", why);
	} else {
		if (!sim_url_callable(url)) {
			sim_call_refuse(c, 21205, NULL);
			return;
		}
		if (callback.n > 0) /* ignored unless Url is given (twilio.md 9.15) */
			sim_leg_told_set(&leg->told, callback, is_get(c, "StatusCallbackMethod"),
					 leg->told.events);
		sim_run_fetch(leg, &d);
	}
	call_reply(c, 200, leg);
}

static void call_update(struct sim_call *c, struct sim_leg *leg)
{
	static const char *const known[] = {"Url",
					    "Method",
					    "Status",
					    "FallbackUrl",
					    "FallbackMethod",
					    "StatusCallback",
					    "StatusCallbackMethod",
					    "Twiml",
					    "TimeLimit",
					    NULL};
	const struct sim_pairs *p = &c->ask->params;
	struct str url = sim_pairs_value(p, "Url"), twiml = sim_pairs_value(p, "Twiml");
	struct str status = sim_pairs_value(p, "Status");
	const struct str *limit = sim_pairs_get(p, "TimeLimit");
	struct sim_fault race = sim_faults_take_change(&c->sim->faults, sim_leg_phone(leg));
	int64_t seconds;

	sim_call_know_only(c, known);
	if (race.kind == SIM_FAULT_GONE && !race.after)
		sim_leg_hang_up(leg);
	if (url.n > 0 && twiml.n > 0)
		sim_call_refuse(c, 20422, "Url and Twiml exclude each other");
	else if (str_is(status, "completed") || str_is(status, "canceled"))
		finish(c, leg, str_is(status, "canceled"));
	else if (status.n > 0)
		sim_call_refuse(c, 20422, "Status is completed or canceled");
	else if (url.n > 0 || twiml.n > 0)
		redirect(c, leg, url, twiml);
	else if (limit != NULL && !str_int(*limit, 1, 86400, &seconds))
		sim_call_refuse(c, 20422, NULL);
	else
		call_reply(c, 200, leg);
	if (limit != NULL && str_int(*limit, 1, 86400, &seconds) && !sim_leg_is_over(leg))
		sim_dial_limit(leg, (unsigned)seconds);
	if (race.kind == SIM_FAULT_GONE && race.after)
		sim_leg_hang_up(leg);
}

void sim_rest_calls(struct sim_call *c)
{
	struct sim_leg *leg;

	if (c->parts == 1) {
		if (sim_call_is(c, "POST"))
			call_create(c);
		else if (sim_call_is(c, "GET"))
			calls_list(c);
		else
			sim_call_refuse(c, 20004, NULL);
		return;
	}
	leg = sim_leg_find(c->sim, c->part[1]);
	if (leg == NULL || leg->account != c->account) {
		sim_call_missing(c);
	} else if (sim_call_is(c, "POST")) {
		memcpy(c->out->sid, leg->sid, sizeof c->out->sid);
		call_update(c, leg);
	} else if (sim_call_is(c, "GET")) {
		call_reply(c, 200, leg);
	} else {
		sim_call_refuse(c, 20004, NULL); /* deleting a call's record is not played */
	}
}
