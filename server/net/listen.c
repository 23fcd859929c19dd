/*
 * listen.c - see listen.h.
 */
#include "server/net/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shared/str.h"

#define FIRST_FD 3
#define BACKLOG  4096

static bool env_int(const char *name, int64_t *out)
{
	const char *text = getenv(name);

	return text != NULL && str_int(str_of(text), 0, INT32_MAX, out);
}

/* A stream socket that listens; made fit for the loop. */
static bool adopt(int fd)
{
	int listens = 0, type = 0, flags = fcntl(fd, F_GETFL);
	socklen_t n = sizeof listens;

	if (flags < 0 || getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &n) != 0 || !listens)
		return false;
	n = sizeof type;
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n) != 0 || type != SOCK_STREAM)
		return false;
	return fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

/* Answers small things at once; accepted connections inherit it. */
static void no_delay(int fd)
{
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

bool listen_inherited(int fds[LISTEN_MAX], unsigned *n, struct err *err)
{
	int64_t count = 0, pid = 0;
	bool ours =
		env_int("LISTEN_FDS", &count) && count > 0 &&
		(getenv("LISTEN_PID") == NULL || (env_int("LISTEN_PID", &pid) && pid == getpid()));

	*n = 0;
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDNAMES");
	if (!ours)
		return true;
	if (count > LISTEN_MAX)
		return err_set(err, ERR_INPUT,
			       "LISTEN_FDS hands over %" PRId64
			       " sockets, at most %d are taken: hand over fewer",
			       count, LISTEN_MAX);
	for (int i = 0; i < (int)count; i++) {
		if (!adopt(FIRST_FD + i))
			return err_set(
				err, ERR_INPUT,
				"LISTEN_FDS=%" PRId64
				", but descriptor %d is no listening socket: check who starts "
				"this program",
				count, FIRST_FD + i);
		no_delay(FIRST_FD + i);
		fds[i] = FIRST_FD + i;
	}
	*n = (unsigned)count;
	return true;
}

static bool address_read(const char *address, int port, struct sockaddr_storage *out, socklen_t *n)
{
	struct sockaddr_in *four = (struct sockaddr_in *)out;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;

	*out = (struct sockaddr_storage){0};
	if (inet_pton(AF_INET, address, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons((uint16_t)port);
		*n = sizeof *four;
		return true;
	}
	if (inet_pton(AF_INET6, address, &six->sin6_addr) == 1) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons((uint16_t)port);
		*n = sizeof *six;
		return true;
	}
	return false;
}

static bool refused(struct err *err, const char *address, int port)
{
	switch (errno) {
	case EADDRINUSE:
		return err_set(err, ERR_CONFLICT,
			       "port %d on %s is taken: stop the program that "
			       "listens there (ss -ltnp shows it), or set PORT to another",
			       port, address);
	case EADDRNOTAVAIL:
		return err_set(err, ERR_INPUT,
			       "this machine has no address %s: set LISTEN to one of "
			       "its own, or to 127.0.0.1",
			       address);
	case EACCES:
		return err_set(err, ERR_DENIED,
			       "port %d needs privileges: set PORT to one above "
			       "1023",
			       port);
	default:
		return err_set(err, ERR_INPUT, "cannot listen on %s port %d: %s", address, port,
			       strerror(errno));
	}
}

bool listen_open(const char *address, int port, int *out, struct err *err)
{
	struct sockaddr_storage a;
	socklen_t n;
	int on = 1, fd;

	if (!address_read(address, port, &a, &n))
		return err_set(err, ERR_INPUT,
			       "\"%s\" is no address: set LISTEN to one like "
			       "127.0.0.1, 0.0.0.0 or ::",
			       address);
	if (port < 0 || port > 65535)
		return err_set(err, ERR_INPUT, "%d is no port: set PORT to 1 to 65535", port);
	fd = socket(a.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return refused(err, address, port);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	no_delay(fd);
	if (bind(fd, (struct sockaddr *)&a, n) != 0 || listen(fd, BACKLOG) != 0) {
		int why = errno;

		close(fd);
		errno = why;
		return refused(err, address, port);
	}
	*out = fd;
	return true;
}

int listen_port(int fd)
{
	struct sockaddr_storage a = {0};
	socklen_t n = sizeof a;

	if (getsockname(fd, (struct sockaddr *)&a, &n) != 0)
		return 0;
	if (a.ss_family == AF_INET)
		return ntohs(((struct sockaddr_in *)&a)->sin_port);
	if (a.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)&a)->sin6_port);
	return 0;
}
