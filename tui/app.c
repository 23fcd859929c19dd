/*
 * app.c - see app.h.
 */
#include "tui/app.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "shared/clock.h"
#include "shared/log.h"
#include "shared/wire/event.h"
#include "tui/link/uplink.h"
#include "tui/model/model.h"
#include "tui/paint/paint.h"
#include "tui/view/view.h"

#define FRAME_MS 16   /* while the service talks without pause, the screen follows at this pace */
#define KEYS_MAX 512  /* of one turn: no key that is held down keeps the rest away */
#define LEAVE_MS 1000 /* for signing out at the service, behind the screen */
#define BELL_MS  2000 /* between two rings */

static const int signals[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGCONT, SIGTSTP};
static const int faults[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};

struct app {
	const struct config *config;
	struct uplink *uplink;
	struct paint *paint;
	struct model model;
	struct cells cells;
	int signal_fd;
	bool ends, hurry; /* hurry: somebody has pressed a key: no waiting for the next frame */
	bool more;        /* keys wait that the last turn left */
	int code;
	int64_t shown_ms, rang_ms;
};

/* ---- messages ---- */

static void bell_rung(struct app *a, const struct msg *m)
{
	bool urgent, each;

	if (m->kind != MSG_EVENT || !a->model.caught_up || a->config->bell == BELL_OFF)
		return;
	urgent = m->event->type == EVENT_ESCALATION_REQUESTED;
	each = m->event->type == EVENT_MESSAGE_RECEIVED && a->config->bell == BELL_ALL;
	if ((urgent || each) && m->mono_ms - a->rang_ms >= BELL_MS) {
		a->rang_ms = m->mono_ms;
		paint_bell(a->paint);
	}
}

static void on_msg(void *to, const struct msg *m)
{
	struct app *a = to;

	model_update(&a->model, m);
	bell_rung(a, m);
}

static void told(struct app *a, struct msg *m)
{
	m->mono_ms = clock_mono_ms();
	m->wall_us = clock_wall_us();
	on_msg(a, m);
}

static void resized(struct app *a)
{
	struct msg m = {.kind = MSG_RESIZE};

	paint_resized(a->paint, &m.rows, &m.cols);
	told(a, &m);
}

static void ended(struct app *a, int code)
{
	a->ends = true;
	a->code = code;
}

static void suspended(struct app *a)
{
	struct msg m = {.kind = MSG_RESIZE};

	paint_suspend(a->paint, &m.rows, &m.cols);
	told(a, &m);
}

/* ---- the terminal ---- */

static void signal_came(struct app *a, int number)
{
	switch (number) {
	case SIGWINCH: resized(a); break;
	case SIGTSTP: suspended(a); break;
	case SIGCONT:
		resized(a);
		break; /* stopped and woken by others: the screen may be anything */
	default: log_info("event=signal number=%d", number); ended(a, 128 + number);
	}
}

static void signals_read(struct app *a)
{
	struct signalfd_siginfo s;

	while (read(a->signal_fd, &s, sizeof s) == (ssize_t)sizeof s)
		signal_came(a, (int)s.ssi_signo);
}

static void keys_read(struct app *a, int revents)
{
	struct msg m;
	int n = 0;

	while (n < KEYS_MAX && !a->ends && paint_read(a->paint, &m)) {
		n++;
		told(a, &m);
	}
	a->more = n == KEYS_MAX;
	a->hurry = a->hurry || n > 0;
	if ((revents & (POLLHUP | POLLERR | POLLNVAL)) != 0 ||
	    ((revents & POLLIN) != 0 && n == 0 && paint_lost(a->paint))) {
		log_info("event=terminal_lost");
		ended(a, 128 + SIGHUP);
	}
}

static void shown(struct app *a)
{
	struct model *m = &a->model;

	if (a->cells.rows != m->rows || a->cells.cols != m->cols) {
		cells_clear(&a->cells);
		cells_init(&a->cells, m->rows, m->cols, paint_plain(a->paint));
	}
	cells_wipe(&a->cells);
	view_draw(m, &a->cells);
	paint_show(a->paint, &a->cells);
	paint_title(a->paint, m->screen == SCREEN_MAIN ? (int64_t)m->all.tabs[TAB_WAITING].n : 0);
	m->dirty = false;
	a->hurry = false;
	a->shown_ms = clock_mono_ms();
}

/* ---- wishes ---- */

static void wish_done(struct app *a, struct outgoing *w)
{
	switch (w->kind) {
	case OUT_QUIT: ended(a, 0); break;
	case OUT_SUSPEND: suspended(a); break;
	case OUT_REDRAW:
		paint_redraw(a->paint);
		a->model.dirty = true;
		break;
	case OUT_MOUSE: paint_mouse(a->paint, w->on); break;
	default:
		if (uplink_wish(a->uplink, w))
			return;
		BUG("wish %d is nobody's", (int)w->kind);
	}
	outgoing_clear(w);
}

static void wishes_done(struct app *a)
{
	struct outgoing w;

	while (wishes_take(a->model.wishes, &w))
		wish_done(a, &w);
}

/* ---- the loop ---- */

static void ticked(struct app *a)
{
	if (clock_mono_ms() >= model_wakes_at(&a->model))
		told(a, &(struct msg){.kind = MSG_TICK});
}

static bool may_show(const struct app *a)
{
	return a->model.dirty && (a->hurry || clock_mono_ms() - a->shown_ms >= FRAME_MS);
}

static void turned(struct app *a)
{
	struct pollfd fds[] = {{.fd = paint_fd(a->paint), .events = POLLIN},
			       {.fd = a->signal_fd, .events = POLLIN}};
	int64_t until = model_wakes_at(&a->model), now = clock_mono_ms();

	if (a->model.dirty && a->shown_ms + FRAME_MS < until)
		until = a->shown_ms + FRAME_MS;
	uplink_wait(a->uplink, fds, ARRAY_LEN(fds), until > now && !a->more ? until - now : 0);
	if (fds[1].revents != 0)
		signals_read(a);
	if (fds[0].revents != 0 || a->more)
		keys_read(a, fds[0].revents);
	uplink_turn(a->uplink);
	ticked(a);
	wishes_done(a);
	if (may_show(a) && !a->ends)
		shown(a);
	log_flush();
}

int app_run(struct app *a)
{
	while (!a->ends)
		turned(a);
	model_leave(&a->model);
	wishes_done(a);
	paint_close(a->paint);
	a->paint = NULL;
	uplink_leave(a->uplink, LEAVE_MS);
	return a->code;
}

/* ---- birth and end ---- */

void app_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void on_fault(int number)
{
	paint_abandon();
	raise(number); /* its own way again: SA_RESETHAND */
}

static int signals_watched(void)
{
	struct sigaction fault = {.sa_handler = on_fault,
				  .sa_flags = (int)SA_RESETHAND | SA_NODEFER};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		sigaddset(&set, signals[i]);
	for (size_t i = 0; i < ARRAY_LEN(faults); i++)
		sigaction(faults[i], &fault, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* The language until an account says more. */
static enum language language_of(const struct config *c)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	if (c->language != LANGUAGE_UNKNOWN)
		return (enum language)c->language;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0')
			return language_parse(str_sub(str_of(value), 0, 2));
	}
	return LANGUAGE_UNKNOWN;
}

static void model_started(struct app *a, const struct credentials *who)
{
	const struct config *c = a->config;
	struct model_start start = {
		.url = c->url,
		.organization = who->organization,
		.email = who->email,
		.language = language_of(c),
		.language_fixed = c->language != LANGUAGE_UNKNOWN,
		.plain = paint_plain(a->paint),
		.mouse = c->mouse == CHOICE_YES,
	};
	int rows, cols;

	paint_size(a->paint, &rows, &cols);
	model_init(&a->model, &start, rows, cols);
	a->model.mono_ms = clock_mono_ms();
	a->model.wall_us = clock_wall_us();
}

/* With what the program was started with, or with a session that was kept. */
static void signed_in(struct app *a, struct credentials *who)
{
	struct outgoing w = {.kind = OUT_SIGN_IN};

	if (who->password == NULL) {
		uplink_start(a->uplink);
		return;
	}
	w.organization = xstrdup(who->organization);
	w.email = xstrdup(who->email);
	w.text = xstrdup(who->password);
	credentials_clear(who);
	if (!uplink_wish(a->uplink, &w))
		BUG("signing in is link's");
	told(a, &(struct msg){.kind = MSG_LINK, .link = LINK_CONNECTING});
}

struct app *app_open(const struct config *c, struct credentials *who, struct err *err)
{
	struct uplink_options o = {.url = c->url,
				   .insecure_http = c->insecure_http,
				   .state_dir = c->state_dir,
				   .stay_signed_in = c->stay_signed_in == CHOICE_YES,
				   .organization = c->organization,
				   .email = c->email};
	struct paint_wish wish = {.plain = c->ascii == CHOICE_YES,
				  .colourless = c->theme == COLORS_NONE,
				  .mouse = c->mouse == CHOICE_YES};
	struct app *a = xcalloc(1, sizeof *a);

	a->config = c;
	a->signal_fd = signals_watched();
	if (a->signal_fd < 0)
		BUG("no signalfd");
	a->paint = paint_open(&wish, err);
	if (a->paint == NULL) {
		close(a->signal_fd);
		free(a);
		return NULL;
	}
	model_started(a, who);
	shown(a); /* before curl has read its certificates */
	a->uplink = uplink_open(&o, on_msg, a, err);
	if (a->uplink == NULL) {
		app_close(a);
		return NULL;
	}
	signed_in(a, who);
	return a;
}

void app_close(struct app *a)
{
	paint_close(a->paint);
	uplink_close(a->uplink);
	model_clear(&a->model);
	cells_clear(&a->cells);
	close(a->signal_fd);
	free(a);
}
