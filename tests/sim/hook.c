/*
 * hook.c - see hook.h.
 *
 * A hook goes through at most: its URL with its attempts, redirects, then the fallback URL with its
 * own. All of it within `total_ms` of the URL that is being asked. Copies ("duplicate", "replay")
 * are requests that nobody waits for.
 */
#include "tests/sim/hook.h"

#include "shared/clock.h"
#include "tests/sim/copies.h"
#include "tests/sim/errors.h"
#include "tests/sim/fetch.h"
#include "tests/sim/overrides.h"
#include "tests/sim/sign.h"

#define ANSWER_LIMIT  (64u * 1024)
#define REDIRECTS_MAX 10
#define HELD_MS       2000

struct sim_hook {
	struct sim *sim;
	struct arena arena;
	enum sim_hook_kind kind;
	unsigned account;
	const char *sid;
	struct sim_pairs params; /* as they go to the first URL */
	struct str fallback_url;
	bool fallback_post, on_fallback;
	struct str url; /* being asked, with its fragment */
	bool post, with_params;
	struct sim_overrides over;
	unsigned attempt, redirects; /* at this URL; altogether */
	int64_t url_started_us, started_us;
	struct sim_fault fault;
	bool (*check)(struct str document, char why[160]);
	struct sim_hook_result result;
	struct sim_twiml replies; /* of all documents of this hook */
	void (*done)(void *, const struct sim_hook_result *);
	void *done_with;
	uv_timer_t timer; /* reorder */
	bool timer_open;
	struct sim_hook *held_next, **held_at;
	char token[40];
};

static void hook_go(struct sim_hook *h);

static const struct {
	const char *side;
	enum sim_fault_on on;
	bool status, of_call;
} kinds[] = {
	[SIM_HOOK_TEXT] = {"webhook", SIM_ON_WEBHOOK, false, false},
	[SIM_HOOK_STATUS] = {"callback", SIM_ON_CALLBACK, true, false},
	[SIM_HOOK_VOICE] = {"voice", SIM_ON_VOICE, false, true},
	[SIM_HOOK_CALL_STATUS] = {"callback", SIM_ON_CALLBACK, true, true},
};

static void on_hook_closed(uv_handle_t *t)
{
	struct sim_hook *h = t->data;

	arena_free(&h->arena);
	free(h);
}

static void hook_end(struct sim_hook *h)
{
	h->result.ms = (double)(clock_mono_us() - h->started_us) / 1000;
	h->sim->hooks_running--;
	if (h->done != NULL)
		h->done(h->done_with, &h->result);
	if (h->timer_open) {
		uv_close((uv_handle_t *)&h->timer, on_hook_closed);
	} else {
		arena_free(&h->arena);
		free(h);
	}
}

/* ---- what is sent ---- */

static struct str without_fragment(struct str url)
{
	ptrdiff_t at = str_find_char(url, '#');

	return at < 0 ? url : str_sub(url, 0, (size_t)at);
}

/* A GET carries the parameters in its query, behind the one that was configured. */
static struct str url_to_ask(struct sim_hook *h)
{
	struct str url = without_fragment(h->url), all;
	struct buf b = {0};

	if (h->post || !h->with_params)
		return url;
	buf_add_str(&b, url);
	buf_add_char(&b, str_find_char(url, '?') < 0 ? '?' : '&');
	sim_pairs_write(&h->params, &b);
	all = arena_str(&h->arena, buf_str(&b));
	buf_clear(&b);
	return all;
}

/* What is signed of a call's https URL has no port (twilio.md 7.3). */
static struct str without_port(struct arena *a, struct str url)
{
	size_t host = sizeof "https://" - 1, end = host, port;

	if (!str_starts(url, STR_LIT("https://")))
		return url;
	while (end < url.n && url.p[end] != '/' && url.p[end] != '?')
		end++;
	for (port = end; port > host && url.p[port - 1] >= '0' && url.p[port - 1] <= '9'; port--)
		;
	if (port == end || port == host || url.p[port - 1] != ':')
		return url;
	return str_of(arena_printf(a, STR_FMT STR_FMT, (int)port - 1, url.p,
				   STR_ARG(str_sub(url, end, url.n))));
}

static const char *signature_of(struct sim_hook *h, struct str url, const struct sim_pairs *form)
{
	char *out = arena_take(&h->arena, SIM_SIGNATURE);
	const char *token = h->sim->accounts[h->account].token;

	if (kinds[h->kind].of_call)
		url = without_port(&h->arena, url);

	if (h->fault.kind == SIM_FAULT_NO_SIGNATURE)
		return NULL;
	sim_sign(h->fault.kind == SIM_FAULT_WRONG_SIGNATURE ? STR_LIT("not the token")
							    : str_of(token),
		 url, form, out);
	return out;
}

static void ask_make(struct sim_hook *h, struct sim_fetch *ask)
{
	const struct sim_pairs none = {0};
	const struct sim_pairs *form = !h->post ? NULL : h->with_params ? &h->params : &none;
	struct str url = url_to_ask(h);
	struct buf body = {0};

	*ask = (struct sim_fetch){
		.post = h->post, .url = url, .idempotency = h->token, .limit = ANSWER_LIMIT};
	if (form != NULL)
		sim_pairs_write(form, &body);
	ask->form = arena_str(&h->arena, buf_str(&body));
	buf_clear(&body);
	ask->signature = signature_of(h, url, form);
}

static void copy_send(struct sim_hook *h, const struct sim_fetch *ask, unsigned after_ms)
{
	struct sim_entry like = {.side = kinds[h->kind].side,
				 .fault = sim_fault_word(h->fault.kind),
				 .params = &h->params,
				 .sid = h->sid};

	sim_copy_send(h->sim, ask, &like, after_ms);
}

/* ---- what came back ---- */

struct str sim_url_join(struct arena *a, struct str base, struct str to)
{
	ptrdiff_t scheme = str_find(base, STR_LIT("://"));
	size_t host_end, dir_end;

	base = without_fragment(base);
	if (to.n == 0)
		return base;
	if (str_find(str_sub(to, 0, 12), STR_LIT("://")) >= 0 || scheme < 0)
		return to;
	for (host_end = (size_t)scheme + 3; host_end < base.n; host_end++) {
		if (base.p[host_end] == '/' || base.p[host_end] == '?')
			break;
	}
	dir_end = host_end;
	for (size_t i = host_end; to.p[0] != '/' && i < base.n && base.p[i] != '?'; i++) {
		if (base.p[i] == '/')
			dir_end = i + 1;
	}
	return str_of(arena_printf(a, STR_FMT "%s" STR_FMT, (int)dir_end, base.p,
				   to.p[0] != '/' && dir_end == host_end ? "/" : "", STR_ARG(to)));
}

static bool retry_wanted(const struct sim_hook *h, const struct sim_fetch_answer *answer)
{
	unsigned on = h->over.retry_on;
	int64_t gone_ms = (clock_mono_us() - h->url_started_us) / 1000;

	if (h->attempt > h->over.retries || gone_ms >= h->over.total_ms)
		return false;
	switch (answer->problem) {
	case SIM_FETCH_CONNECT: return (on & SIM_RETRY_CONNECT) != 0;
	case SIM_FETCH_LATE: return (on & SIM_RETRY_READ) != 0;
	case SIM_FETCH_GOOD:
		return (answer->status / 100 == 4 && (on & SIM_RETRY_4XX) != 0) ||
		       (answer->status / 100 == 5 && (on & SIM_RETRY_5XX) != 0);
	case SIM_FETCH_BROKEN: /* part of an answer is never asked for again */
	case SIM_FETCH_LARGE: break;
	}
	return false;
}

static void url_take(struct sim_hook *h, struct str url, bool post, bool with_params)
{
	h->url = arena_str(&h->arena, url);
	h->post = post;
	h->with_params = with_params;
	h->attempt = 0;
	h->url_started_us = clock_mono_us();
	sim_overrides_read(h->url, &h->over, NULL);
}

/* The URL cannot be used: the fallback has its turn, with the reason; or that was it. */
static void hook_failed(struct sim_hook *h, int code, const char *why)
{
	int shown = kinds[h->kind].status ? 15003 : code;
	struct str failed = without_fragment(h->url);

	h->result.code = shown;
	sim_alert_raise(h->sim, shown, h->sid, "%s: %s", sim_error_text(code), why);
	if (h->fallback_url.n == 0 || h->on_fallback) {
		hook_end(h);
		return;
	}
	h->on_fallback = true;
	sim_pairs_put_int(&h->params, &h->arena, "ErrorCode", code);
	sim_pairs_put(&h->params, &h->arena, "ErrorUrl", failed);
	url_take(h, h->fallback_url, h->fallback_post, true);
	hook_go(h);
}

static void redirect(struct sim_hook *h, struct str to, bool post, bool with_params)
{
	if (++h->redirects > REDIRECTS_MAX) {
		hook_failed(h, 11215, "more than ten");
		return;
	}
	url_take(h, sim_url_join(&h->arena, h->url, to), post, with_params);
	hook_go(h);
}

static bool type_is(struct str content_type, const char *type)
{
	struct str t = content_type;

	return str_is_nocase(str_trim(str_cut(&t, ';')), type);
}

/* Text that is no markup is itself the reply. */
static void plain_reply(struct sim_hook *h, struct str body, struct sim_twiml *out)
{
	*out = (struct sim_twiml){.replies_n = str_trim(body).n > 0 ? 1 : 0};
	out->replies[0].body = arena_str(&h->arena, str_trim(body));
}

/* Replies of a document that redirects stand; those of the next one follow them. */
static void replies_take(struct sim_hook *h, const struct sim_twiml *twiml)
{
	for (unsigned i = 0; i < twiml->replies_n && h->replies.replies_n < SIM_REPLIES_MAX; i++)
		h->replies.replies[h->replies.replies_n++] = twiml->replies[i];
	h->result.twiml = &h->replies;
}

/* A call runs its document itself; here only what cannot be run at all is found out. */
static void document_take(struct sim_hook *h, const struct sim_fetch_answer *answer)
{
	struct str type = answer->content_type, body = str_trim(answer->body);
	bool markup = type_is(type, "text/xml") || type_is(type, "application/xml") ||
		      type_is(type, "text/html");
	char why[160] = "";

	if (type.n == 0 ||
	    (!markup && !type_is(type, "text/plain") && !str_starts(type, STR_LIT("audio/")))) {
		hook_failed(h, 12300, type.n == 0 ? "there is none" : "no markup, text or audio");
	} else if (body.n == 0) {
		hook_failed(h, 11770, "nothing to execute");
	} else if (markup && h->check != NULL && !h->check(body, why)) {
		hook_failed(h, 12100, why);
	} else {
		h->result.document = body;
		h->result.content_type = type;
		hook_end(h);
	}
}

static void answer_execute(struct sim_hook *h, const struct sim_fetch_answer *answer)
{
	struct sim_twiml *twiml = ARENA_NEW(&h->arena, struct sim_twiml);
	struct str type = answer->content_type;

	if (answer->body.n == 0) {
		hook_end(h);
		return;
	}
	if (type_is(type, "text/plain")) {
		plain_reply(h, answer->body, twiml);
	} else if (!type_is(type, "text/xml") && !type_is(type, "application/xml") &&
		   !type_is(type, "text/html")) {
		hook_failed(h, 12300, type.n == 0 ? "there is none" : "neither XML nor text");
		return;
	} else if (!sim_twiml_read(&h->arena, answer->body, twiml)) {
		hook_failed(h, 12100, twiml->complaint);
		return;
	}
	if (twiml->warning != 0) {
		h->result.code = twiml->warning;
		sim_alert_raise(h->sim, twiml->warning, h->sid, "%s", twiml->complaint);
	}
	replies_take(h, twiml);
	if (twiml->redirected && h->redirects < REDIRECTS_MAX) {
		redirect(h, twiml->redirect, !twiml->redirect_get, true);
		return;
	}
	hook_end(h);
}

static void answer_judge(struct sim_hook *h, const struct sim_fetch_answer *answer)
{
	static const int codes[] = {[SIM_FETCH_GOOD] = 11200,
				    [SIM_FETCH_CONNECT] = 11205,
				    [SIM_FETCH_LATE] = 11205,
				    [SIM_FETCH_BROKEN] = 11206,
				    [SIM_FETCH_LARGE] = 11750};
	char why[40];

	if (answer->problem != SIM_FETCH_GOOD) {
		hook_failed(h, codes[answer->problem], answer->text == NULL ? "" : answer->text);
	} else if (answer->status / 100 == 3 && answer->location.n > 0) {
		bool keeps = answer->status == 307 || answer->status == 308;

		redirect(h, answer->location, keeps && h->post, keeps && h->with_params);
	} else if (answer->status / 100 != 2) {
		snprintf(why, sizeof why, "HTTP status %d", answer->status);
		hook_failed(h, 11200, why);
	} else if (kinds[h->kind].status) {
		hook_end(h);
	} else if (h->kind == SIM_HOOK_VOICE) {
		document_take(h, answer);
	} else {
		answer_execute(h, answer);
	}
}

static void hook_answered(void *with, const struct sim_fetch_answer *answer)
{
	struct sim_hook *h = with;
	bool again = retry_wanted(h, answer);
	struct sim_entry e = {.side = kinds[h->kind].side,
			      .method = h->post ? "POST" : "GET",
			      .url = h->url,
			      .params = h->with_params ? &h->params : NULL,
			      .status = answer->status,
			      .started_us = answer->started_us,
			      .attempt = h->result.attempts,
			      .fault = h->result.fault,
			      .problem = answer->text,
			      .sid = h->sid};

	sim_journal_add(&h->sim->journal, &e);
	if (h->attempt == 1) /* it may have waited for its turn: that is not the store's time */
		h->url_started_us = answer->started_us;
	sim_hooks_release(h->sim);
	h->result.status = answer->status;
	snprintf(h->result.url, sizeof h->result.url, STR_FMT,
		 (int)size_min(h->url.n, sizeof h->result.url - 1), h->url.p);
	if (h->sim->closing)
		hook_end(h);
	else if (again)
		hook_go(h);
	else
		answer_judge(h, answer);
}

/* ---- its way ---- */

static void hook_go(struct sim_hook *h)
{
	int64_t gone_ms = (clock_mono_us() - h->url_started_us) / 1000;
	struct sim_fetch ask;

	ask_make(h, &ask);
	ask.connect_ms = h->over.connect_ms;
	ask.total_ms = h->over.total_ms > gone_ms ? h->over.total_ms - (unsigned)gone_ms : 1;
	ask.total_ms = (unsigned)size_min(ask.total_ms, h->over.read_ms);
	h->attempt++;
	h->result.attempts++;
	if (h->result.attempts == 1 && h->fault.kind == SIM_FAULT_DUPLICATE)
		copy_send(h, &ask, 0);
	if (h->result.attempts == 1 && h->fault.kind == SIM_FAULT_REPLAY)
		copy_send(h, &ask, (unsigned)h->fault.ms);
	sim_fetch_start(h->sim, &ask, hook_answered, h);
}

static void held_go(struct sim_hook *h)
{
	*h->held_at = h->held_next;
	if (h->held_next != NULL)
		h->held_next->held_at = h->held_at;
	uv_timer_stop(&h->timer);
	h->url_started_us = clock_mono_us();
	if (h->sim->closing)
		hook_end(h);
	else
		hook_go(h);
}

static void on_held_long(uv_timer_t *t)
{
	held_go(t->data);
}

void sim_hooks_release(struct sim *s)
{
	struct sim_hook *h, *next;

	for (h = s->held; h != NULL; h = next) {
		next = h->held_next;
		held_go(h);
	}
}

static void hook_hold(struct sim_hook *h)
{
	h->held_next = h->sim->held;
	h->held_at = &h->sim->held;
	if (h->held_next != NULL)
		h->held_next->held_at = &h->held_next;
	h->sim->held = h;
	uv_timer_init(&h->sim->loop->uv, &h->timer);
	h->timer.data = h;
	h->timer_open = true;
	uv_timer_start(&h->timer, on_held_long, HELD_MS, 0);
}

/* Twilio adds parameters without notice: every nth request has one that nobody knows, somewhere. */
static void params_copy(struct sim_hook *h, const struct sim_pairs *p)
{
	uint64_t count = ++h->sim->hooks_sent;
	unsigned every = h->sim->set.extra_every;
	size_t extra_at =
		every > 0 && count % every == 0 ? (size_t)(count / every) % (p->n + 1) : SIZE_MAX;
	char value[17];

	sim_random_hex(8, value);
	for (size_t i = 0; i <= p->n; i++) {
		if (i == extra_at)
			sim_pairs_put(&h->params, &h->arena, "PracticeExtra", str_of(value));
		if (i < p->n)
			sim_pairs_add(&h->params, &h->arena, arena_str(&h->arena, p->at[i].name),
				      arena_str(&h->arena, p->at[i].value));
	}
}

static bool is_post(const char *method)
{
	return method == NULL || strcmp(method, "GET") != 0;
}

void sim_hook_send(struct sim *s, const struct sim_hook_ask *ask,
		   void (*done)(void *with, const struct sim_hook_result *), void *with)
{
	struct sim_hook *h = xcalloc(1, sizeof *h);

	h->sim = s;
	h->kind = ask->kind;
	h->check = ask->check;
	h->account = ask->account;
	h->sid = arena_strdup(&h->arena, ask->sid);
	h->done = done;
	h->done_with = with;
	h->started_us = clock_mono_us();
	h->fallback_url = arena_str(&h->arena, str_of(ask->fallback_url));
	h->fallback_post = is_post(ask->fallback_method);
	sim_random_hex(16, h->token);
	params_copy(h, ask->params);
	url_take(h, str_of(ask->url), is_post(ask->method), true);
	h->fault = sim_faults_take(&s->faults, kinds[ask->kind].on, ask->phone);
	h->result.fault = h->fault.kind == SIM_FAULT_NONE ? NULL : sim_fault_word(h->fault.kind);
	s->hooks_running++;
	if (h->fault.kind == SIM_FAULT_LOST || s->closing) {
		hook_end(h);
	} else if (h->fault.kind == SIM_FAULT_REORDER) {
		hook_hold(h);
	} else {
		hook_go(h);
	}
}
