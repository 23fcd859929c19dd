/*
 * run.c - see run.h.
 */
#include "tests/sim/voice/run.h"

#include "shared/log.h"
#include "tests/sim/errors.h"

/* ---- acts ---- */

void sim_act_begin(struct sim_leg *leg, struct sim_act *a)
{
	if (leg->act != NULL)
		BUG("<%s> while <%s> lasts", a->kind->name, leg->act->kind->name);
	a->leg = leg;
	leg->act = a;
}

static void run_on(struct sim_leg *leg);

void sim_act_end(struct sim_act *a)
{
	struct sim_leg *leg = a->leg;

	leg->act = NULL;
	a->kind->stop(a, SIM_STOP_DONE);
	run_on(leg);
}

/* ---- programs ---- */

static void program_free(struct sim_program **p)
{
	if (*p != NULL)
		arena_free(&(*p)->arena);
	free(*p);
	*p = NULL;
}

void sim_run_stop(struct sim_leg *leg, enum sim_stop why)
{
	struct sim_act *a = leg->act;

	leg->turn++;
	leg->act = NULL;
	if (a != NULL)
		a->kind->stop(a, why);
	program_free(&leg->program);
}

static void on_judged(void *with, int code, const char *text)
{
	struct sim_leg *leg = with;

	sim_alert_raise(leg->sim, code, leg->sid, "%s", text);
	sim_line_note(leg, "%d: %s", code, text);
}

static void program_start(struct sim_leg *leg, struct sim_program *p, struct sim_node *root)
{
	sim_tree_judge(root, on_judged, leg);
	p->next = root->first;
	p->first = true;
	leg->program = p;
	leg->documents++;
	if (leg->documents > SIM_DOCUMENTS_MAX) {
		sim_alert_raise(leg->sim, 11200, leg->sid, "more than %d documents for one call",
				SIM_DOCUMENTS_MAX);
		sim_leg_hang_up(leg);
		return;
	}
	run_on(leg);
}

bool sim_run_inline(struct sim_leg *leg, struct str twiml, char why[160])
{
	struct sim_program *p = xcalloc(1, sizeof *p);
	struct sim_node *root = NULL;

	p->inlined = true;
	if (!sim_tree_read(&p->arena, twiml, &root, why)) {
		program_free(&p);
		return false;
	}
	sim_run_stop(leg, SIM_STOP_REDIRECT);
	program_start(leg, p, root);
	return true;
}

/* ---- verbs ---- */

static void hangup(struct sim_leg *leg, const struct sim_node *n)
{
	(void)n;
	sim_leg_answer(leg); /* as the first verb it answers, and bills */
	sim_leg_end(leg, SIM_LEG_COMPLETED, 200);
}

static void reject(struct sim_leg *leg, const struct sim_node *n)
{
	bool busy = strcmp(sim_attr_or(n, "reason", "rejected"), "busy") == 0;

	if (leg->status >= SIM_LEG_IN_PROGRESS) {
		sim_alert_raise(leg->sim, 12200, leg->sid, "<Reject> of a call that was answered");
		return;
	}
	sim_line_note(leg, "%s", busy ? "busy tone" : "not in service");
	sim_leg_end(leg, busy ? SIM_LEG_BUSY : SIM_LEG_FAILED, busy ? 486 : 603);
}

static void redirect(struct sim_leg *leg, const struct sim_node *n)
{
	struct arena a = {0};
	char *url = arena_cstr(&a, str_trim(n->text));

	sim_run_action(leg, url, sim_attr_find(n, "method"), NULL);
	arena_free(&a);
}

static const struct {
	const char *name;
	sim_verb *run;
} verbs[] = {
	{"Say", sim_verb_sound},     {"Play", sim_verb_sound}, {"Pause", sim_verb_sound},
	{"Gather", sim_verb_gather}, {"Dial", sim_verb_dial},  {"Connect", sim_verb_connect},
	{"Start", sim_verb_start},   {"Stop", sim_verb_stop},  {"Record", sim_verb_record},
	{"Redirect", redirect},      {"Hangup", hangup},       {"Reject", reject},
};

static void verb_run(struct sim_leg *leg, const struct sim_node *n)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		if (sim_node_is(n, verbs[i].name)) {
			verbs[i].run(leg, n);
			return;
		}
	}
	on_judged(leg, 12200,
		  arena_printf(&leg->program->arena, "<%.40s> is not played on the practice line",
			       n->name));
}

static void ran_out(struct sim_leg *leg)
{
	if (leg->ran_out != NULL) {
		leg->ran_out(leg->with, leg);
		return;
	}
	if (leg->status < SIM_LEG_IN_PROGRESS) /* a document that never answered the call */
		sim_leg_end(leg, SIM_LEG_COMPLETED, 200);
	else
		sim_leg_hang_up(leg);
}

/* The next verbs, until one lasts or the document is at its end. A verb may replace the program, or
 * end the call: `turn` tells. */
static void run_on(struct sim_leg *leg)
{
	uint64_t turn = leg->turn;

	while (leg->turn == turn && leg->act == NULL && !sim_leg_is_over(leg)) {
		struct sim_program *p = leg->program;
		struct sim_node *n;

		if (p == NULL)
			return;
		n = p->next;
		if (n == NULL) {
			ran_out(leg);
			return;
		}
		p->next = n->next;
		if (!n->refused)
			verb_run(leg, n);
		if (leg->turn == turn)
			p->first = false;
	}
}

/* ---- documents ---- */

struct fetching {
	struct sim_act act;
	struct sim_leg *leg;
	struct arena arena;
	uint64_t turn;
	struct str url;
	bool discard;
};

static void fetching_stop(struct sim_act *a, enum sim_stop why)
{
	(void)a; /* the hook comes back and frees it */
	(void)why;
}

static const struct sim_act_kind fetching_kind = {"fetch", fetching_stop, NULL, NULL, NULL};

/* Twilio says that something went wrong, and hangs up. */
static void apologise(struct sim_leg *leg)
{
	sim_leg_answer(leg);
	sim_line_over(leg, sim_line_add(leg, SIM_LINE_NOTE,
					STR_LIT("We are sorry, an application error has occurred. "
						"Goodbye.")));
	sim_quiet_sound(leg);
	sim_leg_end(leg, SIM_LEG_COMPLETED, 200);
}

static void plain_say(struct sim_program *p, struct str text, struct sim_node **root)
{
	struct sim_node *response = ARENA_NEW(&p->arena, struct sim_node);
	struct sim_node *say = ARENA_NEW(&p->arena, struct sim_node);

	response->name = "Response";
	response->first = say;
	say->name = "Say";
	say->text = arena_str(&p->arena, text);
	*root = response;
}

static void plain_play(struct sim_program *p, struct str url, struct sim_node **root)
{
	plain_say(p, url, root);
	(*root)->first->name = "Play";
}

static void document_run(struct sim_leg *leg, struct str url, const struct sim_hook_result *r)
{
	struct sim_program *p = xcalloc(1, sizeof *p);
	struct sim_node *root = NULL;
	char why[160];

	p->base = arena_str(&p->arena, url);
	if (str_starts(r->content_type, STR_LIT("audio/")))
		plain_play(p, url, &root);
	else if (!sim_tree_read(&p->arena, r->document, &root, why))
		plain_say(p, r->document, &root); /* text/plain that is no TwiML is read aloud */
	program_start(leg, p, root);
}

/* Where the document came from: what was asked for, unless a redirect or the fallback answered. */
static struct str base_of(const struct fetching *f, const struct sim_hook_result *r)
{
	size_t n = strlen(r->url); /* cut when it is very long */

	return n == 0 || (n <= f->url.n && memcmp(r->url, f->url.p, n) == 0) ? f->url
									     : str_of(r->url);
}

static void on_fetched(void *with, const struct sim_hook_result *r)
{
	struct fetching *f = with;
	struct sim_leg *leg = f->leg;

	leg->hooks--;
	if (!f->discard && leg->turn == f->turn && !sim_leg_is_over(leg)) {
		leg->act = NULL;
		sim_run_stop(leg, SIM_STOP_DONE);
		if (r->document.p == NULL)
			apologise(leg);
		else
			document_run(leg, base_of(f, r), r);
	}
	arena_free(&f->arena);
	free(f);
}

struct str sim_run_url(const struct sim_leg *leg, struct arena *a, struct str url)
{
	const struct sim_program *p = leg->program;

	if (p != NULL && p->base.n > 0)
		url = sim_url_join(a, p->base, url);
	return sim_url_callable(url) ? url : (struct str){0};
}

static void fetch(struct sim_leg *leg, const struct sim_document *d, struct str url)
{
	struct fetching *f = xcalloc(1, sizeof *f);
	struct sim_pairs p = {0};
	struct sim_hook_ask ask = {.kind = SIM_HOOK_VOICE,
				   .account = leg->account,
				   .sid = leg->sid,
				   .phone = sim_leg_phone(leg),
				   .method = d->get ? "GET" : "POST",
				   .params = &p,
				   .check = sim_tree_check};

	if (d->fallback.n > 0) {
		free(leg->fallback);
		leg->fallback = xstrdup(arena_cstr(&f->arena, d->fallback));
		leg->fallback_get = d->fallback_get;
	}
	f->leg = leg;
	f->discard = d->discard;
	f->act.kind = &fetching_kind;
	f->url = str_of(arena_cstr(&f->arena, url));
	ask.url = f->url.p;
	ask.fallback_url = leg->fallback == NULL || d->discard ? "" : leg->fallback;
	ask.fallback_method = leg->fallback_get ? "GET" : "POST";
	sim_leg_params(leg, &f->arena, &p);
	for (size_t i = 0; d->more != NULL && i < d->more->n; i++)
		sim_pairs_add(&p, &f->arena, arena_str(&f->arena, d->more->at[i].name),
			      arena_str(&f->arena, d->more->at[i].value));
	if (!d->discard) {
		sim_run_stop(leg, SIM_STOP_REDIRECT);
		sim_act_begin(leg, &f->act);
		sim_quiet_wait(leg);
	}
	f->turn = leg->turn;
	leg->hooks++;
	sim_hook_send(leg->sim, &ask, on_fetched, f);
}

void sim_run_fetch(struct sim_leg *leg, const struct sim_document *d)
{
	struct arena a = {0};
	struct str url = sim_run_url(leg, &a, d->url);

	if (url.n > 0) {
		fetch(leg, d, url);
	} else {
		sim_alert_raise(leg->sim, 11100, leg->sid, "\"" STR_FMT "\" cannot be called",
				STR_ARG(str_sub(d->url, 0, 120)));
		if (!d->discard) {
			sim_run_stop(leg, SIM_STOP_REDIRECT);
			apologise(leg);
		}
	}
	arena_free(&a);
}

void sim_run_action(struct sim_leg *leg, const char *action, const char *method,
		    const struct sim_pairs *more)
{
	struct sim_document d = {.url = str_of(action),
				 .get = method != NULL && strcmp(method, "GET") == 0,
				 .more = more};

	sim_run_fetch(leg, &d);
}
