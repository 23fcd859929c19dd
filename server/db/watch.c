/*
 * watch.c - see watch.h.
 */
#include "server/db/watch.h"

#include <fcntl.h>
#include <unistd.h>

static void on_closed(uv_handle_t *h)
{
	free(h);
}

void watch_drop(struct watch *w)
{
	if (w->poll == NULL)
		return;
	uv_poll_stop(w->poll); /* takes it out of epoll: only then may it be closed */
	uv_close((uv_handle_t *)w->poll, on_closed);
	close(w->fd);
	w->poll = NULL;
}

bool watch_socket(struct watch *w, struct loop *l, const PGconn *pg, int events,
		  uv_poll_cb on_socket, void *with)
{
	int fd;

	watch_drop(w);
	fd = fcntl(PQsocket(pg), F_DUPFD_CLOEXEC, 3);
	if (fd < 0)
		return false;
	w->fd = fd;
	w->poll = xcalloc(1, sizeof *w->poll);
	w->poll->data = with;
	if (uv_poll_init(&l->uv, w->poll, fd) != 0)
		BUG("the database socket cannot be watched");
	return uv_poll_start(w->poll, events, on_socket) == 0;
}

void watch_events(struct watch *w, int events)
{
	if (w->poll != NULL)
		uv_poll_start(w->poll, events, w->poll->poll_cb);
}
