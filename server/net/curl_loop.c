/*
 * curl_loop.c - see curl_loop.h.
 *
 * libcurl says which sockets it wants watched and when it wants to be called; it is called from
 * here, never from inside its own callbacks.
 */
#include "server/net/curl_loop.h"

struct curl_loop {
	CURLM *multi;
	uv_timer_t timer;
	struct loop *loop;
	void (*done)(void *with, CURL *easy, CURLcode result);
	void *with;
	unsigned handles; /* not closed yet */
	bool closing;
};

struct watched {
	uv_poll_t poll;
	curl_socket_t fd;
	struct curl_loop *cl;
};

static void handle_closed(struct curl_loop *cl)
{
	if (--cl->handles == 0 && cl->closing)
		free(cl);
}

static void ended_collect(struct curl_loop *cl)
{
	CURLMsg *m;
	int left;

	while (!cl->closing && (m = curl_multi_info_read(cl->multi, &left)) != NULL) {
		CURL *easy = m->easy_handle;
		CURLcode result = m->data.result;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_multi_remove_handle(cl->multi, easy); /* m is gone with it */
		cl->done(cl->with, easy, result);
	}
}

static void act(struct curl_loop *cl, curl_socket_t fd, int what)
{
	int running;

	curl_multi_socket_action(cl->multi, fd, what, &running);
	ended_collect(cl);
}

static void on_ready(uv_poll_t *h, int status, int events)
{
	struct watched *s = h->data;
	int what = (events & UV_READABLE) != 0 ? CURL_CSELECT_IN : 0;

	if ((events & UV_WRITABLE) != 0)
		what |= CURL_CSELECT_OUT;
	if (status < 0)
		what = CURL_CSELECT_ERR;
	act(s->cl, s->fd, what);
}

static void on_watched_closed(uv_handle_t *h)
{
	struct watched *s = h->data;
	struct curl_loop *cl = s->cl;

	free(s);
	handle_closed(cl);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *with, void *known)
{
	struct curl_loop *cl = with;
	struct watched *s = known;
	int events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (s == NULL)
			return 0;
		uv_poll_stop(&s->poll);
		uv_close((uv_handle_t *)&s->poll, on_watched_closed);
		curl_multi_assign(cl->multi, fd, NULL);
		return 0;
	}
	if (s == NULL) {
		s = xcalloc(1, sizeof *s);
		s->fd = fd;
		s->cl = cl;
		if (uv_poll_init_socket(&cl->loop->uv, &s->poll, fd) != 0) {
			free(s);
			return -1;
		}
		s->poll.data = s;
		cl->handles++;
		curl_multi_assign(cl->multi, fd, s);
	}
	events |= (what & CURL_POLL_IN) != 0 ? UV_READABLE : 0;
	events |= (what & CURL_POLL_OUT) != 0 ? UV_WRITABLE : 0;
	uv_poll_start(&s->poll, events, on_ready);
	return 0;
}

static void on_timer(uv_timer_t *t)
{
	act(t->data, CURL_SOCKET_TIMEOUT, 0);
}

static int on_timer_wanted(CURLM *multi, long ms, void *with)
{
	struct curl_loop *cl = with;

	(void)multi;
	if (ms < 0)
		uv_timer_stop(&cl->timer);
	else
		uv_timer_start(&cl->timer, on_timer, (uint64_t)ms, 0);
	return 0;
}

struct curl_loop *curl_loop_open(struct loop *l,
				 void (*done)(void *with, CURL *easy, CURLcode result), void *with)
{
	struct curl_loop *cl = xcalloc(1, sizeof *cl);

	cl->loop = l;
	cl->done = done;
	cl->with = with;
	cl->handles = 1;
	uv_timer_init(&l->uv, &cl->timer);
	cl->timer.data = cl;
	cl->multi = curl_multi_init();
	if (cl->multi == NULL)
		BUG("libcurl does not start");
	curl_multi_setopt(cl->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(cl->multi, CURLMOPT_SOCKETDATA, cl);
	curl_multi_setopt(cl->multi, CURLMOPT_TIMERFUNCTION, on_timer_wanted);
	curl_multi_setopt(cl->multi, CURLMOPT_TIMERDATA, cl);
	return cl;
}

CURLM *curl_loop_multi(struct curl_loop *cl)
{
	return cl->multi;
}

static void on_timer_closed(uv_handle_t *h)
{
	handle_closed(h->data);
}

void curl_loop_close(struct curl_loop *cl)
{
	cl->closing = true;
	curl_multi_cleanup(cl->multi);
	uv_close((uv_handle_t *)&cl->timer, on_timer_closed);
}
