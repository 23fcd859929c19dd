/*
 * phone_app.c - the handset on a terminal: keys and news go into the model, wishes go out to the
 * line, and once a turn of the loop what changed is drawn. Nothing here waits.
 */
#include <signal.h>
#include <unistd.h>

#include "shared/clock.h"
#include "shared/log.h"
#include "tests/sim/line.h"
#include "tests/sim/link.h"
#include "tests/sim/phone_call.h"
#include "tests/sim/phone_news.h"
#include "tests/sim/phone_paint.h"
#include "tests/sim/phone_view.h"

#define NEWS_MS  25000
#define AGAIN_MS 1000

struct phone_app {
	struct sim_line line;
	struct sim_link link;
	struct phone phone;
	struct sim_cells cells;
	uv_poll_t keys;
	uv_prepare_t draw;
	uv_signal_t resized, hung_up;
	uv_timer_t again;   /* follow once more after the line was away */
	uv_timer_t second;  /* runs while a call is on */
	unsigned following; /* the turn of the follow flow that counts: /from starts another */
	bool open, ending;
};

static void follow(struct phone_app *app);

static void tell(struct phone_app *app, const struct phone_msg *m)
{
	phone_update(&app->phone, m);
}

static void app_end(struct phone_app *app)
{
	if (app->ending)
		return;
	app->ending = true;
	phone_paint_close();
	uv_close((uv_handle_t *)&app->keys, NULL);
	uv_close((uv_handle_t *)&app->draw, NULL);
	uv_close((uv_handle_t *)&app->resized, NULL);
	uv_close((uv_handle_t *)&app->hung_up, NULL);
	uv_close((uv_handle_t *)&app->again, NULL);
	uv_close((uv_handle_t *)&app->second, NULL);
	sim_line_stop(&app->line);
}

/* ---- a call ---- */

static void on_second(uv_timer_t *h)
{
	tell(h->data, &(struct phone_msg){.kind = PHONE_MSG_TICK, .now_us = clock_wall_us()});
}

/* The time of a call runs while one is on; one that begins to ring is heard. */
static void call_attend(struct phone_app *app)
{
	if (phone_call_on(&app->phone) == NULL)
		uv_timer_stop(&app->second);
	else if (!uv_is_active((uv_handle_t *)&app->second))
		uv_timer_start(&app->second, on_second, 1000, 1000);
	if (app->phone.bell)
		phone_paint_bell();
	app->phone.bell = false;
}

/* ---- what the line tells ---- */

struct follow {
	struct flow flow;
	struct phone_app *app;
	unsigned turn;
	bool numbers_known;
	uint64_t version;
	struct http_answer answer;
};

static flow_step follow_begun, numbers_came, news_came, follow_failed;

static const struct flow_kind follow_kind =
	FLOW_KIND(follow, follow_begun, follow_failed, 24 * 3600 * 1000);

static void link_tell(struct phone_app *app, enum phone_link link)
{
	if (app->phone.link != link)
		tell(app, &(struct phone_msg){.kind = PHONE_MSG_LINK, .link = link});
}

static void follow_begun(struct flow *f)
{
	struct follow *t = FLOW_SELF(f, struct follow);

	sim_link_get(f, &t->app->link, "/sim/numbers", 5000, &t->answer);
	flow_then(f, numbers_came);
}

static void news_ask(struct flow *f, struct follow *t, unsigned wait_ms)
{
	arena_clear(&f->arena);
	/* held: somebody looks at this phone, and takes its calls by hand */
	sim_link_get(f, &t->app->link,
		     arena_printf(&f->arena, "%s&held=1",
				  sim_link_phone_path(&f->arena, t->app->phone.number, t->version,
						      wait_ms)),
		     wait_ms + 5000, &t->answer);
	flow_then(f, news_came);
}

static void numbers_came(struct flow *f)
{
	struct follow *t = FLOW_SELF(f, struct follow);
	json_t *body = sim_link_read(&t->app->link, &t->answer, &f->err);

	if (body == NULL)
		return;
	phone_news_numbers(&t->app->phone, body);
	json_decref(body);
	link_tell(t->app, PHONE_UP);
	news_ask(f, t, 0);
}

static void news_came(struct flow *f)
{
	struct follow *t = FLOW_SELF(f, struct follow);
	json_t *body;

	if (t->turn != t->app->following)
		return; /* another phone is followed by now */
	body = sim_link_read(&t->app->link, &t->answer, &f->err);
	if (body == NULL)
		return;
	phone_news(&t->app->phone, body, clock_wall_us());
	call_attend(t->app);
	t->version = (uint64_t)json_integer_value(json_object_get(body, "version"));
	json_decref(body);
	link_tell(t->app, PHONE_UP);
	news_ask(f, t, NEWS_MS);
}

static void on_again(uv_timer_t *h)
{
	follow(h->data);
}

static void follow_failed(struct flow *f)
{
	struct follow *t = FLOW_SELF(f, struct follow);

	if (t->app->ending || t->turn != t->app->following)
		return;
	link_tell(t->app, PHONE_DOWN);
	uv_timer_start(&t->app->again, on_again, AGAIN_MS, 0);
}

static void follow(struct phone_app *app)
{
	struct follow *t = flow_new(app->line.flows, &follow_kind);

	t->app = app;
	t->turn = ++app->following;
	flow_begin(&t->flow);
}

/* ---- what the handset wants ---- */

struct sending {
	struct flow flow;
	struct phone_app *app;
	struct phone_wish wish;
	struct http_answer answer;
};

static flow_step send_begun, call_begun, sent, send_failed;

static const struct flow_kind send_kind = FLOW_KIND(sending, send_begun, send_failed, 20000);
static const struct flow_kind call_kind = FLOW_KIND(sending, call_begun, send_failed, 20000);

static void notice_tell(struct phone_app *app, const char *text)
{
	tell(app, &(struct phone_msg){.kind = PHONE_MSG_NOTICE, .notice = text});
}

/* What a person does at their phone during a call, as the line wants it. */
static json_t *act_body(const struct phone_wish *w)
{
	switch (w->kind) {
	case PHONE_WISH_SAY: return json_pack("{s:s}", "say", w->body);
	case PHONE_WISH_PRESS: return json_pack("{s:s}", "press", w->body);
	case PHONE_WISH_ANSWER: return json_pack("{s:s}", "do", "answer");
	case PHONE_WISH_DECLINE: return json_pack("{s:s}", "do", "decline");
	default: return json_pack("{s:s}", "do", "hang up");
	}
}

static void call_begun(struct flow *f)
{
	struct sending *s = FLOW_SELF(f, struct sending);
	bool new = s->wish.kind == PHONE_WISH_CALL;
	json_t *body = new ? json_pack("{s:s,s:s}", "from", s->app->phone.number, "to", s->wish.to)
			   : act_body(&s->wish);
	const char *path =
		new ? "/sim/calls" : arena_printf(&f->arena, "/sim/calls/%s", s->wish.call);

	sim_link_post(f, &s->app->link, path, body, 10000, &s->answer);
	json_decref(body);
	flow_then(f, sent);
}

static void send_begun(struct flow *f)
{
	struct sending *s = FLOW_SELF(f, struct sending);
	const char *file = strcmp(s->wish.file, "-") == 0 ? "" : s->wish.file;
	json_t *text = sim_link_text(s->app->phone.number, s->wish.to, s->wish.body,
				     s->wish.picture ? file : NULL);

	if (text == NULL) {
		flow_fail(f, ERR_INPUT, "%s", sim_says(SIM_SAYS_BAD_FILE, s->app->phone.french));
		return;
	}
	json_object_set_new(text, "wait", json_false());
	sim_link_post(f, &s->app->link, "/sim/texts", text, 10000, &s->answer);
	json_decref(text);
	flow_then(f, sent);
}

static void sent(struct flow *f)
{
	struct sending *s = FLOW_SELF(f, struct sending);

	json_decref(sim_link_read(&s->app->link, &s->answer, &f->err));
}

static void send_failed(struct flow *f)
{
	struct sending *s = FLOW_SELF(f, struct sending);

	if (!s->app->ending)
		notice_tell(s->app, f->err.text);
}

static void wishes_grant(struct phone_app *app)
{
	for (size_t i = 0; i < app->phone.wishes_n; i++) {
		const struct phone_wish *w = &app->phone.wishes[i];
		struct sending *s;

		if (w->kind == PHONE_WISH_FOLLOW) {
			follow(app);
			continue;
		}
		s = flow_new(app->line.flows, w->kind == PHONE_WISH_SEND ? &send_kind : &call_kind);
		s->app = app;
		s->wish = *w;
		flow_begin(&s->flow);
	}
	app->phone.wishes_n = 0;
}

/* ---- the terminal ---- */

static void on_keys(uv_poll_t *h, int status, int events)
{
	struct phone_app *app = h->data;
	struct phone_msg m;

	(void)events;
	if (status < 0) { /* the terminal has gone */
		app_end(app);
		return;
	}
	while (!app->phone.quit && phone_paint_key(&m))
		tell(app, &m);
	wishes_grant(app);
	if (app->phone.quit)
		app_end(app);
}

static void resize(struct phone_app *app)
{
	struct phone_msg m = {.kind = PHONE_MSG_RESIZE};

	phone_paint_resized(&m.rows, &m.cols);
	sim_cells_clear(&app->cells);
	sim_cells_init(&app->cells, m.rows, m.cols, app->phone.ascii);
	tell(app, &m);
}

static void on_resized(uv_signal_t *h, int number)
{
	(void)number;
	resize(h->data);
}

static void on_hung_up(uv_signal_t *h, int number)
{
	(void)number;
	app_end(h->data);
}

static void on_stop(void *with)
{
	app_end(with);
}

/* Once a turn, before the loop sleeps. */
static void on_draw(uv_prepare_t *h)
{
	struct phone_app *app = h->data;

	if (!app->phone.dirty)
		return;
	app->phone.dirty = false;
	phone_draw(&app->phone, &app->cells);
	phone_paint_show(&app->cells);
}

/* Before ncurses starts: it leaves alone what somebody else has taken. */
static void signals_take(struct phone_app *app)
{
	uv_loop_t *uv = &app->line.loop.uv;

	loop_on_stop(&app->line.loop, on_stop, app);
	uv_signal_init(uv, &app->resized);
	uv_signal_init(uv, &app->hung_up);
	app->resized.data = app;
	app->hung_up.data = app;
	uv_signal_start(&app->resized, on_resized, SIGWINCH);
	uv_signal_start(&app->hung_up, on_hung_up, SIGHUP);
}

static void terminal_take(struct phone_app *app)
{
	uv_loop_t *uv = &app->line.loop.uv;

	uv_timer_init(uv, &app->again);
	uv_timer_init(uv, &app->second);
	uv_prepare_init(uv, &app->draw);
	uv_poll_init(uv, &app->keys, STDIN_FILENO);
	app->again.data = app;
	app->second.data = app;
	app->draw.data = app;
	app->keys.data = app;
	uv_prepare_start(&app->draw, on_draw);
	uv_poll_start(&app->keys, UV_READABLE, on_keys);
	resize(app);
	follow(app);
}

int sim_phone_command(const struct sim_options *o)
{
	struct phone_app *app = xcalloc(1, sizeof *app);
	char number[PHONE_MAX];
	struct err err = {0};
	int status = 0;

	if (!phone_parse(o->from, number) || (o->to.n > 0 && !phone_valid(o->to))) {
		fprintf(stderr,
			"switchback-sim: --from and --to are numbers such as +15145550199\n");
		free(app);
		return 2;
	}
	log_set_level(LOG_ERROR); /* the screen is the handset's */
	sim_line_open(&app->line);
	signals_take(app);
	app->link = (struct sim_link){.loop = &app->line.loop,
				      .http = app->line.http,
				      .flows = app->line.flows,
				      .url = o->sim_url};
	if (phone_paint_open(&err)) {
		phone_init(&app->phone, number, o->french, o->ascii || !phone_paint_utf8());
		if (o->to.n > 0) {
			struct phone_store s = {0};

			snprintf(s.number, sizeof s.number, STR_FMT, STR_ARG(o->to));
			tell(app, &(struct phone_msg){.kind = PHONE_MSG_STORE, .store = &s});
		}
		terminal_take(app);
	} else {
		fprintf(stderr, "switchback-sim: %s\n", err.text);
		status = 1;
		uv_close((uv_handle_t *)&app->resized, NULL);
		uv_close((uv_handle_t *)&app->hung_up, NULL);
		sim_line_stop(&app->line);
	}
	loop_run(&app->line.loop);
	sim_line_close(&app->line);
	sim_cells_clear(&app->cells);
	phone_clear(&app->phone);
	free(app);
	return status;
}
