/*
 * main.c - switchback-keep: holds the listening socket and keeps a program running on it, where
 * there is no systemd to do both.
 *
 *   switchback-keep [--config FILE] [--listen ADDRESS] [--port N] [--pid-file FILE] [-- PROGRAM
 * ARG...]
 *
 * The socket is ours and outlives every child, so connections that arrive while none runs wait in
 * the backlog and are refused by nobody. A child gets it as descriptor 3 with LISTEN_FDS and
 * LISTEN_PID, as from systemd (sd_listen_fds(3)). How children live and die is in keep.c.
 *
 * Exit codes: 0 stopped as asked, 1 could not start, 2 a setting is missing or bad (ours or the
 * child's).
 */
#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/keep/keep.h"
#include "shared/settings.h"

#define BACKLOG 4096

struct options {
	const char *config, *listen, *pid_file;
	int port; /* -1: not given */
	char **program;
	bool help, version;
};

/* ---- arguments ------------------------------------------------------------------------------- */

static bool port_read(const char *text, int *port, struct err *err)
{
	int64_t n;

	if (!str_int(str_of(text), 0, 65535, &n))
		return err_set(err, ERR_INPUT, "--port is a whole number from 0 to 65535.");
	*port = (int)n;
	return true;
}

static bool arguments_read(int argc, char **argv, struct options *o, struct err *err)
{
	*o = (struct options){.port = -1};
	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : NULL;

		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			o->help = true;
			continue;
		}
		if (strcmp(argv[i], "--version") == 0 || strcmp(argv[i], "-V") == 0) {
			o->version = true;
			continue;
		}
		if (strcmp(argv[i], "--") == 0 && value != NULL) {
			o->program = &argv[i + 1];
			return true;
		}
		if (value == NULL)
			return err_set(err, ERR_INPUT,
				       "\"%.40s\" is not an option, or lacks its value; "
				       "--help lists them.",
				       argv[i]);
		if (strcmp(argv[i], "--config") == 0)
			o->config = value;
		else if (strcmp(argv[i], "--listen") == 0)
			o->listen = value;
		else if (strcmp(argv[i], "--pid-file") == 0)
			o->pid_file = value;
		else if (strcmp(argv[i], "--port") != 0)
			return err_set(err, ERR_INPUT,
				       "\"%.40s\" is not an option; --help lists them.", argv[i]);
		else if (!port_read(value, &o->port, err))
			return false;
		i++;
	}
	return true;
}

static void help_say(void)
{
	printf("Usage: switchback-keep [--config FILE] [--listen ADDRESS] [--port N] [--pid-file "
	       "FILE]\n"
	       "                       [-- PROGRAM ARG...]\n\n"
	       "Holds the listening socket and keeps PROGRAM (the service beside it) running on "
	       "it.\n"
	       "SIGHUP replaces the program without refusing anybody; SIGTERM ends both.\n\n");
	settings_help(stdout, PROGRAM_KEEP);
}

/* ---- the socket ------------------------------------------------------------------------------ */

static int bound(const char *address, int port, struct err *err)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
				 .ai_socktype = SOCK_STREAM},
			*where = NULL;
	char service[8];
	int fd = -1, on = 1;

	snprintf(service, sizeof service, "%d", port);
	if (getaddrinfo(address, service, &hints, &where) != 0) {
		err_set(err, ERR_INPUT, "\"%.60s\" is not an IP address to listen on.", address);
		return -1;
	}
	fd = socket(where->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 &&
	    (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
	     bind(fd, where->ai_addr, where->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0)) {
		close(fd);
		fd = -1;
	}
	if (fd < 0)
		err_set(err, ERR_UPSTREAM, "%s port %d cannot be listened on: %s.", address, port,
			strerror(errno));
	freeaddrinfo(where);
	return fd;
}

/* The port that we got where 0 was asked for. */
static int port_of(int fd)
{
	struct sockaddr_storage at;
	socklen_t size = sizeof at;
	char service[8] = "0";
	int64_t port = 0;

	if (getsockname(fd, (struct sockaddr *)&at, &size) == 0 &&
	    getnameinfo((struct sockaddr *)&at, size, NULL, 0, service, sizeof service,
			NI_NUMERICSERV) == 0 &&
	    !str_int(str_of(service), 0, 65535, &port))
		port = 0;
	return (int)port;
}

/* ---- the program ----------------------------------------------------------------------------- */

/* The service that lies beside us. It is named here and not on our command line, so that whoever
 * looks for the service by its name ("pkill -f") does not find its keeper. */
static char **beside_us(struct arena *a, const char *config)
{
	char **args = ARENA_ARRAY(a, char *, 4);
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	char *slash;

	path[n < 0 ? 0 : n] = '\0';
	slash = strrchr(path, '/');
	args[0] =
		arena_printf(a, "%.*s/switchbackd", slash == NULL ? 0 : (int)(slash - path), path);
	if (config != NULL) {
		args[1] = arena_strdup(a, "--config");
		args[2] = arena_strdup(a, config);
	}
	return args;
}

static int kept(const struct options *o, const struct settings *s, struct arena *a, struct err *err)
{
	struct keep k = {.program = o->program, .pid_file = o->pid_file};
	const char *address = o->listen == NULL ? s->listen : o->listen;

	if (k.program == NULL)
		k.program = beside_us(a, s->config);
	k.listen_fd = bound(address, o->port < 0 ? s->port : o->port, err);
	if (k.listen_fd < 0)
		return 1;
	k.port = port_of(k.listen_fd);
	log_info("event=listening address=%s port=%d", address, k.port);
	return keep_run(&k, err);
}

int main(int argc, char **argv)
{
	struct settings s = {0};
	struct arena a = {0};
	struct err err = {0};
	struct options o;
	char name[] = "switchback-keep", option[] = "--config";
	int code = 2;

	if (arguments_read(argc, argv, &o, &err)) {
		char *ours[] = {name, option, arena_strdup(&a, o.config), NULL};

		if (o.help) {
			help_say();
			code = 0;
		} else if (o.version) {
			printf("switchback-keep %s\n", SWITCHBACK_VERSION);
			code = 0;
		} else if (settings_load(o.config == NULL ? 1 : 3, ours, PROGRAM_KEEP, &s, &err)) {
			log_set_level(s.log_level);
			code = kept(&o, &s, &a, &err);
		}
	}
	if (err.text[0] != '\0')
		fprintf(stderr, "switchback-keep: %s\n", err.text);
	settings_clear(&s);
	arena_free(&a);
	return code;
}
