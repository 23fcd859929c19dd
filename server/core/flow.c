/*
 * flow.c - the engine behind flow.h.
 *
 * Flows live in slots; a token is slot and turn, and the turn rises whenever a slot is given back,
 * so an old token can never reach a new flow. Deadlines hang in one list per engine, ordered by due
 * time (almost every flow of a program has one of three deadlines, so insertion looks at few); one
 * timer serves it.
 */
#include "server/core/flow.h"

#include "shared/clock.h"
#include "shared/log.h"

#define TICK_MS   50
#define KEPT_FREE 256 /* flow structs kept for reuse, per size class */
#define CLASSES   4   /* 512, 1024, 2048, 4096 bytes; larger ones are not kept */

struct slot {
	struct flow *flow;
	uint32_t turn;
	uint32_t next_free;
};

struct spare {
	struct spare *next;
	struct arena arena;
};

struct flows {
	struct app *app;
	struct loop *loop;
	uv_timer_t tick;
	struct slot *slots;
	uint32_t slots_n, free_head; /* slot 0 is nobody */
	struct flow *due_first, *due_last;
	size_t running;
	struct spare *spare[CLASSES];
	unsigned spare_n[CLASSES];
};

static size_t class_of(size_t size)
{
	size_t c = 0;

	for (size_t room = 512; room < size; room *= 2)
		c++;
	return c;
}

static struct flow *memory_take(struct flows *fs, size_t size)
{
	size_t c = class_of(size);
	struct spare *s;
	struct arena arena;
	struct flow *f;

	if (c < CLASSES && fs->spare[c] != NULL) {
		s = fs->spare[c];
		fs->spare[c] = s->next;
		fs->spare_n[c]--;
		arena = s->arena;
		f = (struct flow *)(void *)s;
		memset(f, 0, size);
		f->arena = arena;
		return f;
	}
	return xcalloc(1, c < CLASSES ? (size_t)512 << c : size);
}

static void memory_give(struct flows *fs, struct flow *f)
{
	size_t c = class_of(f->kind->size);
	struct arena arena = f->arena;
	struct spare *s;

#if !defined(__SANITIZE_ADDRESS__) /* there, freed memory must look freed */
	if (c < CLASSES && fs->spare_n[c] < KEPT_FREE) {
		arena_clear(&arena);
		s = (struct spare *)(void *)f;
		s->arena = arena;
		s->next = fs->spare[c];
		fs->spare[c] = s;
		fs->spare_n[c]++;
		return;
	}
#endif
	(void)s;
	(void)c;
	(void)fs;
	arena_free(&arena);
	free(f);
}

static void due_insert(struct flows *fs, struct flow *f)
{
	struct flow *after = fs->due_last;

	while (after != NULL && after->due_ms > f->due_ms)
		after = after->due_prev;
	f->due_prev = after;
	f->due_next = after == NULL ? fs->due_first : after->due_next;
	if (f->due_next != NULL)
		f->due_next->due_prev = f;
	else
		fs->due_last = f;
	if (after != NULL)
		after->due_next = f;
	else
		fs->due_first = f;
}

static void due_remove(struct flows *fs, struct flow *f)
{
	if (f->due_prev != NULL)
		f->due_prev->due_next = f->due_next;
	else
		fs->due_first = f->due_next;
	if (f->due_next != NULL)
		f->due_next->due_prev = f->due_prev;
	else
		fs->due_last = f->due_prev;
}

static void flow_end(struct flow *f)
{
	struct flows *fs = f->flows;
	struct slot *s = &fs->slots[f->token.slot];
	void (*told)(void *) = f->ended;
	void *with = f->ended_with;

	if (log_wanted(LOG_DEBUG) || f->err.kind != ERR_NONE) {
		int64_t us = clock_mono_us() - f->started_us;

		if (f->err.kind == ERR_UPSTREAM || f->err.kind == ERR_TIMEOUT)
			log_warn("event=flow_failed flow=%s step=%s ms=%" PRId64
				 " error=%s text=\"%s\"",
				 f->kind->name, f->step_name, us / 1000, err_kind_name(f->err.kind),
				 f->err.text);
		else if (f->err.kind ==
			 ERR_DENIED) /* whoever refused has said so, and bounds how often */
			log_debug("event=flow_denied flow=%s text=\"%s\"", f->kind->name,
				  f->err.text);
		else if (f->err.kind != ERR_NONE)
			log_info("event=flow_refused flow=%s step=%s ms=%" PRId64
				 " error=%s text=\"%s\"",
				 f->kind->name, f->step_name, us / 1000, err_kind_name(f->err.kind),
				 f->err.text);
		else
			log_debug("event=flow_done flow=%s us=%" PRId64, f->kind->name, us);
	}
	due_remove(fs, f);
	s->flow = NULL;
	s->turn++;
	s->next_free = fs->free_head;
	fs->free_head = f->token.slot;
	fs->running--;
	if (fs->running == 0)
		uv_timer_stop(&fs->tick);
	memory_give(fs, f);
	if (told != NULL)
		told(with);
}

static void step_run(struct flow *f, flow_step *step, const char *name)
{
	f->step_name = name;
	if (log_wanted(LOG_DEBUG))
		log_debug("flow=%s/%u.%u step=%s us=%" PRId64, f->kind->name, f->token.slot,
			  f->token.turn, name, clock_mono_us() - f->started_us);
	f->next = NULL;
	step(f);
}

static void failure_run(struct flow *f)
{
	f->over = true;
	f->running = true;
	if (f->kind->failed != NULL)
		f->kind->failed(f);
	flow_end(f);
}

/* Runs steps until one waits, fails or ends the flow. */
static void flow_go(struct flow *f, flow_step *step, const char *name)
{
	f->running = true;
	while (step != NULL) {
		step_run(f, step, name);
		if (f->err.kind != ERR_NONE) {
			failure_run(f);
			return;
		}
		step = f->next;
		name = f->next_name;
		if (f->waiting > 0) {
			f->running = false;
			return;
		}
	}
	flow_end(f);
}

static void on_tick(uv_timer_t *t)
{
	struct flows *fs = t->data;
	int64_t now = clock_mono_ms();

	while (fs->due_first != NULL && fs->due_first->due_ms <= now)
		flow_refused(fs->due_first, ERR_TIMEOUT, "not done within %u ms",
			     fs->due_first->kind->deadline_ms);
}

struct flows *flows_open(struct loop *l, struct app *app)
{
	struct flows *fs = xcalloc(1, sizeof *fs);

	fs->app = app;
	fs->loop = l;
	fs->slots_n = 64;
	fs->slots = xcalloc(fs->slots_n, sizeof *fs->slots);
	for (uint32_t i = 1; i < fs->slots_n; i++)
		fs->slots[i] = (struct slot){NULL, 1, i + 1 < fs->slots_n ? i + 1 : 0};
	fs->free_head = 1;
	uv_timer_init(&l->uv, &fs->tick);
	fs->tick.data = fs;
	return fs;
}

static void on_tick_closed(uv_handle_t *h)
{
	struct flows *fs = h->data;
	struct spare *s, *next;

	for (size_t c = 0; c < CLASSES; c++) {
		for (s = fs->spare[c]; s != NULL; s = next) {
			next = s->next;
			arena_free(&s->arena);
			free(s);
		}
	}
	free(fs->slots);
	free(fs);
}

void flows_close(struct flows *fs)
{
	if (fs == NULL)
		return;
	while (fs->due_first != NULL)
		flow_refused(fs->due_first, ERR_BUSY, "the service is stopping");
	uv_close((uv_handle_t *)&fs->tick, on_tick_closed);
}

size_t flows_running(const struct flows *fs)
{
	return fs->running;
}

static uint32_t slot_take(struct flows *fs)
{
	uint32_t i = fs->free_head, old = fs->slots_n;

	if (i == 0) {
		fs->slots_n *= 2;
		fs->slots = xrealloc(fs->slots, fs->slots_n * sizeof *fs->slots);
		for (i = old; i < fs->slots_n; i++)
			fs->slots[i] = (struct slot){NULL, 1, i + 1 < fs->slots_n ? i + 1 : 0};
		i = old;
	}
	fs->free_head = fs->slots[i].next_free;
	return i;
}

void *flow_new(struct flows *fs, const struct flow_kind *kind)
{
	struct flow *f = memory_take(fs, kind->size);
	uint32_t i = slot_take(fs);

	f->flows = fs;
	f->app = fs->app;
	f->kind = kind;
	f->started_us = clock_mono_us();
	f->due_ms = f->started_us / 1000 + kind->deadline_ms;
	f->token = (struct flow_token){i, fs->slots[i].turn};
	f->step_name = "new";
	fs->slots[i].flow = f;
	due_insert(fs, f);
	if (fs->running++ == 0)
		uv_timer_start(&fs->tick, on_tick, TICK_MS, TICK_MS);
	return f;
}

void flow_begin(struct flow *f)
{
	flow_go(f, f->kind->first, "first");
}

void flow_then_named(struct flow *f, flow_step *step, const char *name)
{
	f->next = step;
	f->next_name = name;
}

void flow_fail(struct flow *f, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	if (f->err.kind != ERR_NONE)
		return;
	va_start(ap, fmt);
	err_vset(&f->err, kind, fmt, ap);
	va_end(ap);
}

void flow_on_end(struct flow *f, void (*told)(void *), void *with)
{
	f->ended = told;
	f->ended_with = with;
}

struct flow_token flow_ask(struct flow *f)
{
	f->waiting++;
	return f->token;
}

struct flow *flow_find(struct flows *fs, struct flow_token t)
{
	struct flow *f;

	if (t.slot == 0 || t.slot >= fs->slots_n || fs->slots[t.slot].turn != t.turn)
		return NULL;
	f = fs->slots[t.slot].flow;
	return f == NULL || f->over ? NULL : f;
}

void flow_answered(struct flow *f)
{
	if (f->waiting == 0 || f->running)
		BUG("flow %s was answered while it did not wait", f->kind->name);
	if (--f->waiting > 0)
		return;
	flow_go(f, f->next, f->next_name);
}

void flow_refused(struct flow *f, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	if (f->running)
		BUG("flow %s was refused inside its own step", f->kind->name);
	va_start(ap, fmt);
	err_vset(&f->err, kind, fmt, ap);
	va_end(ap);
	failure_run(f);
}

unsigned flow_left_ms(const struct flow *f)
{
	int64_t left = f->due_ms - clock_mono_ms();

	return left < 0 ? 0 : (unsigned)left;
}
