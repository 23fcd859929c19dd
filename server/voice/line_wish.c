/*
 * line_wish.c - what caller and agent ask for on a bridged call: a person (the key 0, or the
 * agent's tool). See line_inside.h.
 *
 * A wish is one request, however often it comes: the database sees to it. The agent is told what is
 * true after that and nothing else: it must not promise what no row says.
 */
#include "server/agent/promise.h"
#include "server/agent/sentences.h"
#include "server/agent/time_words.h"
#include "server/elevenlabs/api.h"
#include "server/jobs/runner.h"
#include "server/voice/line_inside.h"
#include "shared/clock.h"
#include "shared/log.h"

#define WISH_MS   4000
#define TOOL_ID   100
#define WORDS_MAX 400

struct wish {
	struct flow flow;
	struct line *line;
	struct stream_wish asked;
	struct stream_wished answer;
	struct store store;
	struct str text;
	char tool_id[TOOL_ID]; /* "": the key 0 */
};

static flow_step store_asked, store_known, wished, wish_failed;

static const struct flow_kind wish_kind = FLOW_KIND(wish, store_asked, wish_failed, WISH_MS);

static struct wish *wish_new(struct line *l, const char *reason)
{
	struct wish *w = flow_new(l->app->flows, &wish_kind);

	w->line = l;
	w->asked.reason = reason;
	line_hold(l);
	flow_on_end(&w->flow, line_over, l);
	return w;
}

/* What the agent hears of it: as the tool's result, or beside the conversation. */
static void answer(struct wish *w, struct str words, bool is_error)
{
	struct line *l = w->line;
	struct buf b = {0};

	if (l->gone || l->call.over)
		return;
	if (w->tool_id[0] != '\0') {
		(void)bridge_tool_result(l->call.bridge, str_of(w->tool_id), words, is_error);
		return;
	}
	buf_printf(&b, "The caller pressed 0, which asks for a person. " STR_FMT, STR_ARG(words));
	(void)bridge_tell(l->call.bridge, buf_str(&b));
	buf_clear(&b);
}

static void store_asked(struct flow *f)
{
	struct wish *w = FLOW_SELF(f, struct wish);

	f->app->figures.bridges_wished++;
	stream_store(f, f->app->db, w->line->call.organization, &w->store);
	flow_then(f, store_known);
}

/* When somebody would call back, in the caller's language: said only where nobody is here now. */
static void store_known(struct flow *f)
{
	struct wish *w = FLOW_SELF(f, struct wish);
	struct line *l = w->line;
	struct zone *zone = zone_open(w->store.zone);
	struct time_words words = {l->language, zone, clock_wall_us()};
	struct promise promise = promise_make(&w->store, zone, words.now_us);
	struct buf say = {0}, when = {0};

	if (promise.told && zone != NULL) {
		words_deadline(&when, &words, promise.due_us);
		SAY(&say, CALL_BACK_BY, l->language, {"when", buf_str(&when)});
	} else {
		SAY_PLAIN(&say, CALL_BACK_SOON, l->language);
	}
	w->asked.organization = l->call.organization;
	w->asked.call = l->call.call;
	w->asked.epoch = l->call.epoch;
	w->asked.text = w->text;
	w->asked.say = arena_str(&f->arena, buf_str(&say));
	w->asked.due_us = promise.due_us;
	buf_clear(&when);
	buf_clear(&say);
	zone_close(zone);
	stream_wish(f, f->app->db, &w->asked, &w->answer);
	flow_then(f, wished);
}

static void wished(struct flow *f)
{
	struct wish *w = FLOW_SELF(f, struct wish);
	struct arena *a = &f->arena;

	hub_nudge(f->app->hub, w->line->call.organization);
	runner_nudge(f->app->runner, 0);
	switch (w->answer.outcome) {
	case WISH_ASKED:
		answer(w,
		       STR_LIT("The team has been told and somebody is being called. Say so, and "
			       "stay "
			       "with the caller until they are here; name no time."),
		       false);
		break;
	case WISH_PROMISED:
		answer(w,
		       str_of(arena_printf(
			       a,
			       "Nobody can come to the telephone now. A call back is noted; say "
			       "exactly this: " STR_FMT,
			       STR_ARG(w->asked.say))),
		       false);
		break;
	case WISH_ALREADY:
		answer(w,
		       STR_LIT("A person has been asked for already: nothing more needs to be "
			       "done. "
			       "Say that the team knows; name no time that was not named before."),
		       false);
		break;
	case WISH_VOICEMAIL:
		answer(w, STR_LIT("Nobody can come. The caller is taken to voice mail now."),
		       false);
		break;
	case WISH_OVER: answer(w, STR_LIT("The call is not with you any more."), true); break;
	}
}

static void wish_failed(struct flow *f)
{
	answer(FLOW_SELF(f, struct wish),
	       STR_LIT("That could not be noted. Do not say that it was; ask the caller to stay, "
		       "and "
		       "try once more."),
	       true);
}

void line_key_zero(struct line *l)
{
	struct wish *w = wish_new(l, "key_zero");

	flow_begin(&w->flow);
}

/* ---- tools ---- */

static void speak_to_staff(struct line *l, struct str id, struct str parameters)
{
	struct wish *w = wish_new(l, "human_request");

	snprintf(w->tool_id, sizeof w->tool_id, STR_FMT, STR_ARG(id));
	w->text = elevenlabs_parameter(&w->flow.arena, parameters, "reason", WORDS_MAX);
	flow_begin(&w->flow);
}

static const struct {
	const char *name;
	void (*run)(struct line *l, struct str id, struct str parameters_json);
} tools[] = {
	{"speak_to_staff", speak_to_staff},
};

void line_tool(struct line *l, struct str name, struct str id, struct str parameters_json)
{
	if (!l->begun || l->call.over || id.n == 0 || id.n >= TOOL_ID)
		return;
	for (size_t i = 0; i < ARRAY_LEN(tools); i++) {
		if (str_is(name, tools[i].name)) {
			tools[i].run(l, id, parameters_json);
			return;
		}
	}
	(void)bridge_tool_result(l->call.bridge, id, STR_LIT("unknown tool"), true);
}
