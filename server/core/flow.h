/*
 * flow.h - many steps that wait, readable as one story (docs/flow.md).
 *
 * A flow is a struct with `struct flow flow` in it and a handful of short static functions, its
 * steps. A step asks (database, provider, timer) and names the step that runs once everything asked
 * for has answered; the answers then lie in fields of the flow's own struct. What the engine
 * promises:
 *   - an answer never arrives inside the call that asked;
 *   - any failure goes to the kind's `failed` step, once, which answers the caller and does not
 * wait;
 *   - at its deadline a flow fails with ERR_TIMEOUT;
 *   - at the end the arena is freed, whatever happened;
 *   - an answer to a flow that is gone finds nobody and is dropped: libraries hold a token, no
 * pointer.
 */
#ifndef SWITCHBACK_SERVER_CORE_FLOW_H
#define SWITCHBACK_SERVER_CORE_FLOW_H

#include "server/core/loop.h"
#include "shared/arena.h"
#include "shared/err.h"

struct flow;
struct flows; /* all flows of a program */
struct app;   /* what owns everything; flows carry it and never look inside */

typedef void flow_step(struct flow *f);

struct flow_kind {
	const char *name; /* for the log */
	size_t size;      /* of the struct that holds the flow first */
	flow_step *first;
	flow_step *failed;    /* f->err says why; must not wait. NULL: the failure is only logged */
	unsigned deadline_ms; /* of the whole flow */
};

/* FLOW_KIND(call_takeover, checked, failed, 8000): struct call_takeover has `struct flow flow`
 * first. */
#define FLOW_KIND(type, first_step, failed_step, ms)                               \
	{                                                                          \
		.name = #type, .size = sizeof(struct type), .first = (first_step), \
		.failed = (failed_step), .deadline_ms = (ms)                       \
	}
#define FLOW_SELF(f, type) CONTAINER_OF(f, type, flow)

/* Who is to get an answer: survives the flow, finds nobody afterwards. Zero is nobody. */
struct flow_token {
	uint32_t slot, turn;
};

struct flow {
	struct arena arena; /* goes with the flow */
	struct err err;     /* set when `failed` runs */
	struct app *app;
	struct flows *flows;
	const struct flow_kind *kind;
	/* the engine's own */
	flow_step *next;
	const char *next_name;
	int64_t started_us, due_ms;
	struct flow_token token;
	unsigned waiting;
	bool running, over;
	void (*ended)(void *); /* told when the flow is gone; see flow_on_end */
	void *ended_with;
	struct flow *due_next, *due_prev;
	const char *step_name; /* of the step that ran last */
};

struct flows *flows_open(struct loop *l, struct app *app);
/* Fails what still runs (ERR_BUSY "the service is stopping") and frees all. */
void flows_close(struct flows *fs);
/* Flows that run now. */
size_t flows_running(const struct flows *fs);

/* A new flow, zeroed, not yet running: fill its fields, then flow_begin. Returns the kind's struct.
 */
void *flow_new(struct flows *fs, const struct flow_kind *kind);
/* Runs the first step, now. The flow may be gone when this returns. */
void flow_begin(struct flow *f);

/* The step to run when everything asked in this step has answered (at once, if nothing was asked,
 * but not before this step returns). A step that ends without it ends the flow. */
#define flow_then(f, step) flow_then_named((f), (step), #step)
void flow_then_named(struct flow *f, flow_step *step, const char *name);

/* Ends the flow with an error: `failed` runs when this step returns. */
void flow_fail(struct flow *f, enum err_kind kind, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Calls told(with) once, when the flow has ended in any way. One listener a flow. */
void flow_on_end(struct flow *f, void (*told)(void *), void *with);

/* ---- for those who answer (db, http, timers) ---- */

/* One more answer is awaited; give it with flow_answered or flow_refused. */
struct flow_token flow_ask(struct flow *f);
/* The flow behind a token while it still waits, or NULL: then drop the answer. */
struct flow *flow_find(struct flows *fs, struct flow_token t);
/* An answer has come (its slot is filled): the next step runs, inside this call, if it was the
 * last. */
void flow_answered(struct flow *f);
/* The answer is a failure: `failed` runs, inside this call; other answers will find nobody. */
void flow_refused(struct flow *f, enum err_kind kind, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Milliseconds until the flow's deadline, never negative. */
unsigned flow_left_ms(const struct flow *f);

#endif
