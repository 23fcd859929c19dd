/*
 * streams.c - many event streams and one who makes something happen: what an event costs the server
 * by the stream, how long it takes to get there, what an idle stream costs. Prints key=value lines;
 * ends with 1 when a stream broke or an event did not reach all.
 *
 * What happens is a signed text (the whole way: webhook, database, hub, stream), or with --plain a
 * plain POST, for a peer that only passes on. Its words carry its number; every copy is timed from
 * the moment the request left. Without --rate the next text follows when all have the one before.
 * With --missed N each stream says a number (in --path) behind which N events wait: how long it
 * takes until all have them.
 */
#include <getopt.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shared/clock.h"
#include "shared/str.h"
#include "tests/bench/latency.h"
#include "tests/bench/line.h"
#include "tests/bench/text.h"

#define STREAMS_MAX 20000
#define OPENING     200 /* at once */
#define OPEN_US     (60 * INT64_C(1000000))
#define LOST_US     (5 * INT64_C(1000000)) /* an event that has not reached all by then never will */
#define WORDS       200                    /* bytes of a text */
#define SENT_MAX    (1 << 20)
#define MARK_MAX    16 /* "@N1048575@" is shorter */

/* What is kept of a stream between two reads. */
struct stream {
	int fd;
	unsigned head;  /* how many of CR LF CR LF were seen; 4: the head is over */
	unsigned feeds; /* line feeds in a row */
	bool comment;   /* the running frame is one */
	bool up;
	uint8_t kept_n;
	char kept[MARK_MAX]; /* a mark that is not whole */
};

struct bench {
	const char *host, *path, *header, *plain;
	int port, pid, secs, idle, warm, missed, streams_n, store, customers;
	double rate;
	struct text_sender sender;
	int epoll;
	struct stream *streams;
	int opened, up, broken;
	struct line line; /* the writer's */
	int64_t *sent_us; /* of each text, by its number */
	unsigned *got;    /* copies that came */
	uint64_t next, events, comments, lost;
	int64_t from_us, until_us;
	struct latency answered, delivered;
	uint64_t seed;
};

static NO_RETURN void usage(void)
{
	fputs("streams --port N [options]\n"
	      "  --path P (/api/events)  --header 'Name: value'  --streams N (1000)  --host A\n"
	      "  --secs S (5)  --warm S (1)  --rate R (one after the other)\n"
	      "  --idle S: only that         --missed N: only those, and --path says from where\n"
	      "  --token T --account AC...  --store N (1: +14165550001)  --customers N (200)\n"
	      "  --plain PATH   publish by a plain POST there  --pid N   account this process\n",
	      stderr);
	exit(2);
}

/* ---- streams --------------------------------------------------------------------------------- */

static void stream_open(struct bench *b, struct stream *s)
{
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = s};
	struct line l = {.fd = -1};
	struct buf request = {0};

	if (!line_connect(&l, b->host, b->port)) {
		fprintf(stderr, "streams: nobody listens on port %d\n", b->port);
		exit(1);
	}
	s->fd = l.fd;
	buf_printf(&request,
		   "GET %s HTTP/1.1\r\nHost: %s:%d\r\nAccept: text/event-stream\r\n%s%s\r\n",
		   b->path, b->host, b->port, b->header == NULL ? "" : b->header,
		   b->header == NULL ? "" : "\r\n");
	if (send(s->fd, request.p, request.n, MSG_NOSIGNAL) != (ssize_t)request.n)
		BUG("a request does not fit a fresh socket");
	buf_clear(&request);
	if (epoll_ctl(b->epoll, EPOLL_CTL_ADD, s->fd, &e) != 0)
		BUG("epoll_ctl failed");
}

static void stream_broke(struct bench *b, struct stream *s)
{
	close(s->fd);
	s->fd = -1;
	b->broken++;
	b->up -= s->up;
}

static void copy_came(struct bench *b, uint64_t number)
{
	if (number >= b->next)
		return;
	b->got[number]++;
	if (b->sent_us[number] >= b->from_us && b->sent_us[number] < b->until_us)
		latency_add(&b->delivered, clock_mono_us() - b->sent_us[number]);
}

/* Every whole "@N7@" is a copy of text 7. Returns where one begins that is not whole. */
static size_t copies_count(struct bench *b, const char *p, size_t n)
{
	struct str rest = {p, n}, number;
	ptrdiff_t at;
	int64_t value;

	while ((at = str_find_char(rest, '@')) >= 0) {
		rest = str_sub(rest, (size_t)at, rest.n);
		if (rest.n < MARK_MAX && str_find_char(str_sub(rest, 1, rest.n), '@') < 0)
			return n - rest.n;
		rest = str_sub(rest, 1, rest.n);
		if (rest.n == 0 || rest.p[0] != 'N')
			continue;
		number = str_sub(rest, 1, rest.n);
		number = str_cut(&number, '@');
		if (str_int(number, 0, SENT_MAX - 1, &value))
			copy_came(b, (uint64_t)value);
		rest = str_sub(rest, number.n + 2, rest.n);
	}
	return n;
}

/* Frames end with an empty line; comments are counted apart. */
static void frames_count(struct bench *b, struct stream *s, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] != '\n') {
			if (s->feeds >= 2)
				s->comment = p[i] == ':';
			s->feeds = 0;
			continue;
		}
		if (++s->feeds == 2) {
			b->events += !s->comment;
			b->comments += s->comment;
		}
	}
}

static void stream_read(struct bench *b, struct stream *s)
{
	static char room[MARK_MAX + 65536];
	ssize_t n = recv(s->fd, room + MARK_MAX, sizeof room - MARK_MAX, 0);
	size_t at = MARK_MAX, end = MARK_MAX + (size_t)n, from;

	if (n <= 0) {
		stream_broke(b, s);
		return;
	}
	for (; s->head < 4 && at < end; at++)
		s->head = room[at] == "\r\n\r\n"[s->head] ? s->head + 1 : room[at] == '\r';
	if (!s->up && s->head == 4) {
		if (strncmp(room + MARK_MAX, "HTTP/1.1 200", 12) != 0) {
			fprintf(stderr, "streams: %.60s\n", room + MARK_MAX);
			exit(1);
		}
		s->up = true;
		s->feeds = 2;
		b->up++;
	}
	frames_count(b, s, room + at, end - at);
	from = at - s->kept_n; /* what was kept of the read before stands in front */
	memcpy(room + from, s->kept, s->kept_n);
	at = from + copies_count(b, room + from, end - from);
	s->kept_n = (uint8_t)(end - at);
	memcpy(s->kept, room + at, s->kept_n);
}

/* ---- the writer ------------------------------------------------------------------------------ */

static void writer_connect(struct bench *b)
{
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = &b->line};

	if (!line_connect(&b->line, b->host, b->port) ||
	    epoll_ctl(b->epoll, EPOLL_CTL_ADD, b->line.fd, &e) != 0) {
		fprintf(stderr, "streams: nobody listens on port %d\n", b->port);
		exit(1);
	}
}

static void text_send(struct bench *b)
{
	uint64_t number = b->next++;
	struct buf *out = &b->line.out;
	char words[WORDS + 1], sid[40], from[24], to[24];
	int n;

	if (number == SENT_MAX)
		BUG("more texts than the bench keeps count of");
	n = snprintf(words, sizeof words, "@N%" PRIu64 "@ ", number);
	memset(words + n, 'x', sizeof words - 1 - (size_t)n);
	words[WORDS] = '\0';
	snprintf(sid, sizeof sid, "SM%016" PRIx64 "%016" PRIx64, b->seed, number);
	snprintf(from, sizeof from, "+1647%07u",
		 2000001 + (unsigned)(number % (unsigned)b->customers));
	snprintf(to, sizeof to, "+1416555%04d", b->store);
	buf_reset(out);
	b->line.out_at = 0;
	b->sender.body = words;
	if (b->plain == NULL)
		text_write(&b->sender, out, sid, from, to);
	else
		buf_printf(out, "POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s",
			   b->plain, WORDS, words);
	b->sent_us[number] = clock_mono_us();
	b->line.busy = true;
	b->line.text = number;
	if (!line_flush(&b->line))
		BUG("the writer's connection is gone");
}

static void writer_read(struct bench *b)
{
	int status = 0;
	int64_t sent = b->sent_us[b->line.text];

	switch (line_read(&b->line, &status)) {
	case LINE_MORE: return;
	case LINE_GONE: fputs("streams: the writer was cut\n", stderr); exit(1);
	case LINE_ANSWER: break;
	}
	b->line.busy = false;
	if (status < 200 || status > 202) {
		fprintf(stderr, "streams: the writer was answered %d\n", status);
		exit(1);
	}
	if (sent >= b->from_us && sent < b->until_us)
		latency_add(&b->answered, clock_mono_us() - sent);
}

/* The one before has reached all, or never will. */
static bool text_due(struct bench *b, int64_t now, int64_t due)
{
	uint64_t last = b->next - 1;

	if (b->line.busy)
		return false;
	if (b->rate > 0)
		return now >= due;
	if (b->next == 0 || b->got[last] >= (unsigned)b->up)
		return true;
	if (now - b->sent_us[last] < LOST_US)
		return false;
	b->lost++;
	return true;
}

/* ---- the run --------------------------------------------------------------------------------- */

static void serve(struct bench *b, int64_t wait_us)
{
	struct timespec wait = {.tv_nsec = wait_us * 1000};
	struct epoll_event e[512];
	int n = epoll_pwait2(b->epoll, e, ARRAY_LEN(e), &wait, NULL);

	for (int i = 0; i < n; i++) {
		if (e[i].data.ptr == &b->line)
			writer_read(b);
		else
			stream_read(b, e[i].data.ptr);
	}
}

static void streams_open(struct bench *b)
{
	int64_t until = clock_mono_us() + OPEN_US;

	while (b->up < b->streams_n) {
		while (b->opened < b->streams_n && b->opened - b->up < OPENING)
			stream_open(b, &b->streams[b->opened++]);
		serve(b, 1000);
		if (b->broken > 0 || clock_mono_us() > until) {
			fprintf(stderr, "streams: %d of %d are up, %d broke\n", b->up, b->streams_n,
				b->broken);
			exit(1);
		}
	}
}

static void wait_for(struct bench *b, int secs)
{
	int64_t until = clock_mono_us() + secs * INT64_C(1000000);

	while (clock_mono_us() < until)
		serve(b, 10000);
}

/* Between two moments: what the process used, what came. */
struct moment {
	struct usage usage;
	double steal_s;
	int64_t us;
	uint64_t events, comments;
};

static struct moment moment_now(const struct bench *b)
{
	return (struct moment){usage_of(b->pid), usage_steal_s(), clock_mono_us(), b->events,
			       b->comments};
}

/* Each has `connection` and all that it missed. */
static bool caught_up(struct bench *b, int64_t began)
{
	uint64_t wanted = (uint64_t)b->streams_n * ((uint64_t)b->missed + 1);

	while (b->events < wanted && clock_mono_us() < began + OPEN_US)
		serve(b, 1000);
	printf("streams=%d\nevents=%" PRIu64 "\ncatch_up_ms=%.1f\n", b->up, b->events,
	       (double)(clock_mono_us() - began) / 1000);
	return b->events == wanted;
}

static void texts_run(struct bench *b, struct moment *from, struct moment *to)
{
	int64_t due, now;
	bool measuring = false;

	due = clock_mono_us();
	b->from_us = due + b->warm * INT64_C(1000000);
	b->until_us = b->from_us + b->secs * INT64_C(1000000);
	while ((now = clock_mono_us()) < b->until_us) {
		if (!measuring && now >= b->from_us) {
			measuring = true;
			*from = moment_now(b);
		}
		if (text_due(b, now, due)) {
			text_send(b);
			if (b->rate > 0)
				due += (int64_t)(1e6 / b->rate);
		}
		serve(b, b->rate > 0 && due > now ? (due - now < 1000 ? due - now : 1000) : 1000);
	}
	*to = moment_now(b);
	for (int64_t until = now + LOST_US; clock_mono_us() < until;) {
		if (!b->line.busy && b->got[b->next - 1] >= (unsigned)b->up)
			break;
		serve(b, 1000);
	}
	for (uint64_t i = 0; i < b->next; i++)
		b->lost += b->got[i] < (unsigned)b->streams_n;
}

static void report(struct bench *b, const struct moment *from, const struct moment *to,
		   uint64_t rss)
{
	double window = (double)(to->us - from->us) / 1e6;
	double cpu_s = to->usage.cpu_s - from->usage.cpu_s;
	double events = (double)(to->events - from->events);

	printf("streams=%d\ntexts=%" PRIu64 "\nevents=%.0f\nlost=%" PRIu64 "\n", b->up, b->next,
	       events, b->lost);
	printf("per_s=%.0f\ncpu_percent=%.2f\n", events / window, cpu_s * 100 / window);
	if (events > 0)
		printf("event_cpu_us=%.3f\n", cpu_s * 1e6 / events);
	printf("heartbeats_per_s=%.1f\n", (double)(to->comments - from->comments) / window);
	printf("stream_kb=%.3f\n", ((double)to->usage.rss_kb - (double)rss) / b->streams_n);
	printf("rss_kb=%" PRIu64 "\n", to->usage.rss_kb);
	printf("answer_p50_ms=%.3f\nanswer_p99_ms=%.3f\n", latency_ms(&b->answered, 0.5),
	       latency_ms(&b->answered, 0.99));
	printf("arrival_p50_ms=%.3f\narrival_p99_ms=%.3f\n", latency_ms(&b->delivered, 0.5),
	       latency_ms(&b->delivered, 0.99));
	printf("behind_p99_ms=%.3f\n",
	       latency_ms(&b->delivered, 0.99) - latency_ms(&b->answered, 0.99));
	printf("steal_percent=%.1f\n", (to->steal_s - from->steal_s) * 100 / window);
}

static int number(const char *text, int min, int max)
{
	int64_t n;

	if (!str_int(str_of(text), min, max, &n))
		usage();
	return (int)n;
}

static void options_read(struct bench *b, int argc, char **argv)
{
	static const struct option known[] = {
		{"host", 1, NULL, 'h'},      {"port", 1, NULL, 'p'},    {"path", 1, NULL, 'P'},
		{"header", 1, NULL, 'H'},    {"streams", 1, NULL, 'n'}, {"secs", 1, NULL, 's'},
		{"warm", 1, NULL, 'w'},      {"rate", 1, NULL, 'r'},    {"idle", 1, NULL, 'I'},
		{"token", 1, NULL, 't'},     {"account", 1, NULL, 'a'}, {"store", 1, NULL, 'o'},
		{"missed", 1, NULL, 'm'},    {"plain", 1, NULL, 'l'},   {"pid", 1, NULL, 'i'},
		{"customers", 1, NULL, 'C'}, {"missed", 1, NULL, 'm'},  {NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case 'h': b->host = optarg; break;
		case 'p': b->port = number(optarg, 1, 65535); break;
		case 'P': b->path = optarg; break;
		case 'H': b->header = optarg; break;
		case 'n': b->streams_n = number(optarg, 1, STREAMS_MAX); break;
		case 's': b->secs = number(optarg, 1, 3600); break;
		case 'w': b->warm = number(optarg, 0, 60); break;
		case 'r': b->rate = number(optarg, 1, 100000); break;
		case 'I': b->idle = number(optarg, 1, 3600); break;
		case 't': b->sender.token = optarg; break;
		case 'a': b->sender.account = optarg; break;
		case 'o': b->store = number(optarg, 1, 9999); break;
		case 'C': b->customers = number(optarg, 1, 1000000); break;
		case 'l': b->plain = optarg; break;
		case 'm': b->missed = number(optarg, 1, 10000000); break;
		case 'i': b->pid = number(optarg, 1, INT32_MAX); break;
		default: usage();
		}
	}
	if (b->port == 0 || optind != argc ||
	    (b->idle == 0 && b->missed == 0 && b->plain == NULL && b->sender.token == NULL))
		usage();
}

static void descriptors_raise(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
		r.rlim_cur = r.rlim_max;
		(void)!setrlimit(RLIMIT_NOFILE, &r);
	}
}

static int bench_run(struct bench *b)
{
	struct moment from = {0}, to = {0};
	uint64_t rss = usage_of(b->pid).rss_kb;
	int64_t began = clock_mono_us();

	b->seed = (uint64_t)clock_wall_us() << 16 ^ (uint64_t)getpid();
	b->epoll = epoll_create1(EPOLL_CLOEXEC);
	buf_init(&b->line.out, 16384);
	b->streams = xcalloc((size_t)b->streams_n, sizeof *b->streams);
	b->sent_us = xcalloc(SENT_MAX, sizeof *b->sent_us);
	b->got = xcalloc(SENT_MAX, sizeof *b->got);
	streams_open(b);
	if (b->missed > 0)
		return !caught_up(b, began);
	if (b->idle > 0) {
		wait_for(b, b->warm);
		from = moment_now(b);
		wait_for(b, b->idle);
		to = moment_now(b);
	} else {
		writer_connect(b);
		texts_run(b, &from, &to);
	}
	report(b, &from, &to, rss);
	return b->broken > 0 || b->lost > 0;
}

int main(int argc, char **argv)
{
	struct bench *b = xcalloc(1, sizeof *b);
	char host[64], url[256];

	*b = (struct bench){
		.host = "127.0.0.1",
		.path = "/api/events",
		.streams_n = 1000,
		.secs = 5,
		.warm = 1,
		.store = 1,
		.customers = 200,
		.sender = {.path = "/api/webhooks/twilio/sms",
			   .account = "AC00000000000000000000000000000001"},
	};
	options_read(b, argc, argv);
	descriptors_raise();
	signal(SIGPIPE, SIG_IGN);
	snprintf(host, sizeof host, "%s:%d", b->host, b->port);
	snprintf(url, sizeof url, "http://%s%s", host, b->sender.path);
	b->sender.host = host;
	b->sender.public_url = url;
	return bench_run(b);
}
