/*
 * logins.c - a storm of sign-ins, and beside it somebody who asks for next to nothing: how long the
 * others wait while passwords are checked. Prints key=value lines.
 *
 * Each connection signs in to an account of its own making, over and over (this machine's address
 * is not counted, an account's name is). What the passwords' queue has no room for is answered 503
 * at once, and tried again --again milliseconds later; with 0 the storm is as dense as the service
 * takes it, and a core of its own.
 */
#include <getopt.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "shared/clock.h"
#include "shared/str.h"
#include "tests/bench/latency.h"
#include "tests/bench/line.h"

#define LINES_MAX 512
#define PROBE_US  1000 /* from one question of the other's to the next */

struct bench {
	const char *slug;
	int port, lines_n, secs, again_ms, epoll;
	struct line lines[LINES_MAX], probe;
	uint64_t names, checked, busy, delayed, other;
	struct latency probes;
};

static NO_RETURN void usage(void)
{
	fputs("logins --port N [--organization SLUG] [--conns N (128)] [--secs S (4)] "
	      "[--again MS (0)]\n",
	      stderr);
	exit(2);
}

static void opened(struct bench *b, struct line *l)
{
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = l};

	if (!line_connect(l, "127.0.0.1", b->port)) {
		fprintf(stderr, "logins: nobody listens on port %d\n", b->port);
		exit(1);
	}
	if (epoll_ctl(b->epoll, EPOLL_CTL_ADD, l->fd, &e) != 0)
		BUG("epoll_ctl failed");
}

static void sent(struct line *l)
{
	l->out_at = 0;
	l->busy = true;
	l->since_us = clock_mono_us();
	if (!line_flush(l))
		BUG("a request does not fit a socket");
}

static void login_sent(struct bench *b, struct line *l)
{
	char body[300];
	int n = snprintf(body, sizeof body,
			 "{\"organization\":\"%s\",\"email\":\"storm%" PRIu64
			 "@nowhere.example\",\"password\":\"not the password\"}",
			 b->slug, b->names++);

	buf_reset(&l->out);
	buf_printf(&l->out,
		   "POST /api/auth/login HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: "
		   "application/json\r\nContent-Length: %d\r\n\r\n%s",
		   b->port, n, body);
	sent(l);
}

static void answered(struct bench *b, struct line *l, int status)
{
	l->busy = false;
	if (l == &b->probe) {
		latency_add(&b->probes, clock_mono_us() - l->since_us);
		return;
	}
	switch (status) {
	case 401: b->checked++; break;
	case 503: b->busy++; break;
	case 429: b->delayed++; break;
	default: b->other++;
	}
	if (status == 503 && b->again_ms > 0)
		l->since_us = clock_mono_us() + b->again_ms * INT64_C(1000);
	else
		login_sent(b, l);
}

/* Those whose pause is over. */
static void again(struct bench *b)
{
	int64_t now = clock_mono_us();

	for (int i = 0; b->again_ms > 0 && i < b->lines_n; i++) {
		if (!b->lines[i].busy && now >= b->lines[i].since_us)
			login_sent(b, &b->lines[i]);
	}
}

static void served(struct bench *b, int wait_ms)
{
	struct epoll_event events[LINES_MAX];
	int n = epoll_wait(b->epoll, events, LINES_MAX, wait_ms);

	for (int i = 0; i < n; i++) {
		struct line *l = events[i].data.ptr;
		int status = 0;

		switch (line_read(l, &status)) {
		case LINE_ANSWER: answered(b, l, status); break;
		case LINE_MORE: break;
		case LINE_GONE: /* the service closes now and then; not in the middle of an answer
				 */
			line_cut(l);
			opened(b, l);
			if (l != &b->probe)
				login_sent(b, l);
		}
	}
}

static void run(struct bench *b)
{
	int64_t began = clock_mono_us(), end = began + b->secs * INT64_C(1000000), due = began;
	double window, steal = usage_steal_s();

	opened(b, &b->probe);
	buf_printf(&b->probe.out, "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", b->port);
	for (int i = 0; i < b->lines_n; i++) {
		opened(b, &b->lines[i]);
		login_sent(b, &b->lines[i]);
	}
	while (clock_mono_us() < end) {
		if (!b->probe.busy && clock_mono_us() >= due) {
			sent(&b->probe);
			due += PROBE_US;
		}
		again(b);
		served(b, 1);
	}
	window = (double)(clock_mono_us() - began) / 1e6;
	printf("checked_per_s=%.1f\nbusy_per_s=%.0f\ndelayed=%" PRIu64 "\nother=%" PRIu64 "\n",
	       (double)b->checked / window, (double)b->busy / window, b->delayed, b->other);
	printf("probes=%zu\nprobe_p50_ms=%.3f\nprobe_p99_ms=%.3f\nprobe_max_ms=%.3f\n", b->probes.n,
	       latency_ms(&b->probes, 0.5), latency_ms(&b->probes, 0.99),
	       latency_ms(&b->probes, 1));
	printf("steal_percent=%.1f\n", (usage_steal_s() - steal) * 100 / window);
}

static int number(const char *text, int min, int max)
{
	int64_t n;

	if (!str_int(str_of(text), min, max, &n))
		usage();
	return (int)n;
}

int main(int argc, char **argv)
{
	static const struct option known[] = {
		{"port", 1, NULL, 'p'}, {"organization", 1, NULL, 'o'}, {"conns", 1, NULL, 'c'},
		{"secs", 1, NULL, 's'}, {"again", 1, NULL, 'a'},        {NULL, 0, NULL, 0}};
	static struct bench b = {.slug = "nowhere", .lines_n = 128, .secs = 4};
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case 'p': b.port = number(optarg, 1, 65535); break;
		case 'o': b.slug = optarg; break;
		case 'c': b.lines_n = number(optarg, 1, LINES_MAX); break;
		case 's': b.secs = number(optarg, 1, 3600); break;
		case 'a': b.again_ms = number(optarg, 0, 60000); break;
		default: usage();
		}
	}
	if (b.port == 0)
		usage();
	signal(SIGPIPE, SIG_IGN);
	b.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (b.epoll < 0)
		BUG("no epoll");
	run(&b);
	return b.other > 0;
}
