/*
 * load.c - signed inbound texts over keep-alive connections, in a closed loop (one request in
 * flight per connection) or an open one (--rate: latency counts from the moment a text was due, so
 * a stall is not hidden). Prints key=value lines; ends with 1 when an answer was not as expected.
 *
 * Everything about a text follows from its number: a redelivery (--dup) is the same text byte for
 * byte. With --ledger FILE every text is noted with what became of it, "SID FROM TO acked|open",
 * which is what a test of crashes compares with the database. With --retry a text that was not
 * acknowledged is sent again until it is.
 */
#include <getopt.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "shared/clock.h"
#include "tests/bench/latency.h"
#include "tests/bench/line.h"
#include "tests/bench/text.h"

#define LINES_MAX   512
#define PIDS_MAX    8
#define RECENT      64
#define GIVE_UP_US  (15 * INT64_C(1000000))
#define REFUSED_MAX 3000 /* tries to connect, 10 ms apart */

struct load {
	/* what was asked for */
	const char *host, *to, *ledger;
	int port, lines_n, secs, warm, dup, customers, stores, expected;
	uint64_t count, seed;
	double rate;
	bool retry;
	struct text_sender sender;
	int pids[PIDS_MAX];
	size_t pids_n;
	/* how it goes */
	int epoll;
	struct line lines[LINES_MAX];
	uint64_t next, answered, acked, other, cut, again, duplicates, connect_refused, expired;
	int last_status;
	uint64_t recent[RECENT];
	unsigned char *done; /* of each text: acknowledged */
	size_t done_cap;
	struct latency latency;
	int64_t from_us, until_us; /* what is measured */
	uint64_t measured;
	uint64_t dice;
};

static NO_RETURN void usage(void)
{
	fputs("load --port N --token T --account AC... [options]\n"
	      "  --host A --path P --public-url URL   where, and what the signature covers\n"
	      "  --conns N (16)  --secs S (5) or --count N  --warm S (1)  --rate R (closed loop)\n"
	      "  --dup PERCENT   redeliveries  --retry  --ledger FILE  --seed N  --body TEXT\n"
	      "  --to NUMBER,... or --stores N (+14165550001...)  --customers N a store (200)\n"
	      "  --forged        sign wrongly, once, and expect 403  --expect STATUS (200)\n"
	      "  --pid N         account this process (may be repeated)\n",
	      stderr);
	exit(2);
}

static uint64_t mixed(uint64_t v)
{
	v += 0x9e3779b97f4a7c15;
	v = (v ^ (v >> 30)) * 0xbf58476d1ce4e5b9;
	v = (v ^ (v >> 27)) * 0x94d049bb133111eb;
	return v ^ (v >> 31);
}

struct identity {
	char sid[36], from[24], to[24];
};

/* Who writes text number `text` to whom. */
static void identify(const struct load *l, uint64_t text, struct identity *out)
{
	uint64_t hash = mixed(l->seed ^ mixed(text));
	unsigned store = (unsigned)(hash % (unsigned)l->stores);
	unsigned customer = (unsigned)((hash >> 20) % (unsigned)l->customers);

	snprintf(out->sid, sizeof out->sid, "SM%016" PRIx64 "%016" PRIx64, l->seed, text);
	snprintf(out->from, sizeof out->from, "+1647%07u", 2000001 + customer);
	if (l->to == NULL) {
		snprintf(out->to, sizeof out->to, "+1416555%04u", store + 1);
	} else {
		struct str rest = str_of(l->to), one = str_cut(&rest, ',');

		for (unsigned i = 0; i < store; i++)
			one = str_cut(&rest, ',');
		snprintf(out->to, sizeof out->to, STR_FMT, STR_ARG(one));
	}
}

static bool is_done(const struct load *l, uint64_t text)
{
	return text < l->done_cap && l->done[text] != 0;
}

static void done_note(struct load *l, uint64_t text)
{
	if (text >= l->done_cap) {
		size_t cap = size_max(65536, (size_t)text * 2);

		l->done = xrealloc(l->done, cap);
		memset(l->done + l->done_cap, 0, cap - l->done_cap);
		l->done_cap = cap;
	}
	l->done[text] = 1;
}

/* ---- connections ----------------------------------------------------------------------------- */

/* Connects again; while nobody listens it tries every 10 ms, and counts that. */
static void line_renew(struct load *l, struct line *line)
{
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = line};

	for (int i = 0; !line_connect(line, l->host, l->port); i++) {
		l->connect_refused++;
		if (i == REFUSED_MAX) {
			fprintf(stderr, "load: nobody listens on %s:%d\n", l->host, l->port);
			exit(1);
		}
		usleep(10000);
	}
	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, line->fd, &e) != 0)
		BUG("epoll_ctl failed");
}

static void line_lost(struct load *l, struct line *line);

static void text_send(struct load *l, struct line *line, uint64_t text, int64_t since_us)
{
	/* A forged text is the same each time: no signing here, all the work is the other side's.
	 */
	if (!l->sender.forged || line->out.n == 0) {
		struct identity who;

		identify(l, text, &who);
		buf_reset(&line->out);
		text_write(&l->sender, &line->out, who.sid, who.from, who.to);
	}
	line->out_at = 0;
	line->text = text;
	line->since_us = since_us;
	line->expired_us = clock_mono_us() + GIVE_UP_US;
	line->busy = true;
	if (!line_flush(line))
		line_lost(l, line);
}

static void line_lost(struct load *l, struct line *line)
{
	bool unanswered = line->busy;

	line_cut(line);
	line->busy = false;
	line_renew(l, line);
	if (!unanswered)
		return;
	l->cut++;
	if (l->retry && !is_done(l, line->text)) {
		l->again++;
		text_send(l, line, line->text, line->since_us);
	}
}

static void on_answer(struct load *l, struct line *line, int status)
{
	int64_t now = clock_mono_us();
	bool good = status == l->expected;

	line->busy = false;
	l->answered++;
	if (good) {
		l->acked++;
		done_note(l, line->text);
		l->recent[l->acked % RECENT] = line->text;
	} else {
		l->other++;
		l->last_status = status;
	}
	if (now >= l->from_us && now < l->until_us) {
		l->measured++;
		latency_add(&l->latency, now - line->since_us);
	}
	if (!good && l->retry && !is_done(l, line->text)) {
		l->again++;
		text_send(l, line, line->text, line->since_us);
	}
}

/* ---- the run --------------------------------------------------------------------------------- */

/* The next text to send: a new one, or now and then one that was acknowledged lately. */
static uint64_t text_choose(struct load *l)
{
	l->dice = mixed(l->dice);
	if (l->dup > 0 && l->acked >= RECENT && l->dice % 100 < (unsigned)l->dup) {
		l->duplicates++;
		return l->recent[(l->dice >> 32) % RECENT];
	}
	return l->next++;
}

static bool is_busy(const struct load *l)
{
	for (int i = 0; i < l->lines_n; i++) {
		if (l->lines[i].busy)
			return true;
	}
	return false;
}

/* Gives free connections work; returns microseconds until the next text is due. */
static int64_t work_hand_out(struct load *l, int64_t *due_us, bool more)
{
	int64_t now = clock_mono_us();

	for (int i = 0; more && i < l->lines_n; i++) {
		struct line *line = &l->lines[i];

		if (line->busy)
			continue;
		if (l->count > 0 && l->next >= l->count)
			break;
		if (l->rate > 0 && *due_us > now)
			return *due_us - now;
		text_send(l, line, text_choose(l), l->rate > 0 ? *due_us : clock_mono_us());
		if (l->rate > 0)
			*due_us += (int64_t)(1e6 / l->rate);
	}
	return 100000;
}

static void lines_serve(struct load *l, int64_t wait_us)
{
	struct timespec wait = {.tv_sec = wait_us / 1000000, .tv_nsec = wait_us % 1000000 * 1000};
	struct epoll_event events[LINES_MAX];
	int n = epoll_pwait2(l->epoll, events, LINES_MAX, &wait, NULL);

	for (int i = 0; i < n; i++) {
		struct line *line = events[i].data.ptr;
		int status = 0;

		switch (line_read(line, &status)) {
		case LINE_ANSWER: on_answer(l, line, status); break;
		case LINE_GONE: line_lost(l, line); break;
		case LINE_MORE: break;
		}
	}
	for (int i = 0; i < l->lines_n; i++) {
		if (l->lines[i].busy && clock_mono_us() > l->lines[i].expired_us) {
			l->expired++;
			line_lost(l, &l->lines[i]);
		}
	}
}

static struct usage usage_all(const struct load *l)
{
	struct usage all = {0};

	for (size_t i = 0; i < l->pids_n; i++) {
		struct usage one = usage_of(l->pids[i]);

		all.cpu_s += one.cpu_s;
		all.rss_kb += one.rss_kb;
	}
	return all;
}

static void report(struct load *l, struct usage from, double steal_from)
{
	struct usage to = usage_all(l);
	double window = (double)(clock_mono_us() - l->from_us) / 1e6;
	double measured = (double)size_max(1, l->measured);

	printf("texts=%" PRIu64 "\nanswered=%" PRIu64 "\nacked=%" PRIu64 "\nother=%" PRIu64 "\n",
	       l->next, l->answered, l->acked, l->other);
	printf("last_other_status=%d\ncut=%" PRIu64 "\nagain=%" PRIu64 "\nexpired=%" PRIu64 "\n",
	       l->last_status, l->cut, l->again, l->expired);
	printf("duplicates=%" PRIu64 "\nconnect_refused=%" PRIu64 "\n", l->duplicates,
	       l->connect_refused);
	printf("seconds=%.2f\nper_s=%.0f\n", window, (double)l->measured / window);
	printf("p50_ms=%.3f\np90_ms=%.3f\np99_ms=%.3f\np999_ms=%.3f\nmax_ms=%.3f\n",
	       latency_ms(&l->latency, 0.5), latency_ms(&l->latency, 0.9),
	       latency_ms(&l->latency, 0.99), latency_ms(&l->latency, 0.999),
	       latency_ms(&l->latency, 1));
	printf("cpu_us=%.1f\ncpu_percent=%.1f\nrss_kb=%" PRIu64 "\nsteal_percent=%.1f\n",
	       (to.cpu_s - from.cpu_s) * 1e6 / measured, (to.cpu_s - from.cpu_s) * 100 / window,
	       to.rss_kb, (usage_steal_s() - steal_from) * 100 / window);
}

static void ledger_write(const struct load *l)
{
	FILE *f = l->ledger == NULL ? NULL : fopen(l->ledger, "we");
	struct identity who;

	if (l->ledger == NULL)
		return;
	if (f == NULL) {
		fprintf(stderr, "load: %s cannot be written\n", l->ledger);
		exit(1);
	}
	for (uint64_t text = 0; text < l->next; text++) {
		identify(l, text, &who);
		fprintf(f, "%s %s %s %s\n", who.sid, who.from, who.to,
			is_done(l, text) ? "acked" : "open");
	}
	if (fclose(f) != 0)
		exit(1);
}

static void run(struct load *l)
{
	int64_t began = clock_mono_us(), due = began, end;
	struct usage from = {0};
	double steal = usage_steal_s();
	bool measuring = false, more = true;

	for (int i = 0; i < l->lines_n; i++) {
		l->lines[i].fd = -1;
		line_renew(l, &l->lines[i]);
	}
	l->from_us = began + l->warm * INT64_C(1000000);
	l->until_us = end = l->count > 0 ? INT64_MAX : l->from_us + l->secs * INT64_C(1000000);
	while (more || is_busy(l)) {
		int64_t now = clock_mono_us();

		if (!measuring && now >= l->from_us) {
			measuring = true;
			from = usage_all(l);
			steal = usage_steal_s();
		}
		if (more && (now >= end || (l->count > 0 && l->next >= l->count))) {
			more = false;
			if (l->count == 0)
				break;
		}
		lines_serve(l, work_hand_out(l, &due, more));
	}
	report(l, from, steal);
	/* What is still on its way is waited for, unmeasured, so that the ledger is complete. */
	end = clock_mono_us() + GIVE_UP_US;
	while (is_busy(l) && clock_mono_us() < end)
		lines_serve(l, 10000);
	ledger_write(l);
}

static int number(const char *text, int min, int max)
{
	int64_t n;

	if (!str_int(str_of(text), min, max, &n))
		usage();
	return (int)n;
}

static void options_read(struct load *l, int argc, char **argv)
{
	static const struct option known[] = {
		{"host", 1, NULL, 'h'},   {"port", 1, NULL, 'p'},      {"path", 1, NULL, 'P'},
		{"token", 1, NULL, 't'},  {"account", 1, NULL, 'a'},   {"public-url", 1, NULL, 'u'},
		{"conns", 1, NULL, 'c'},  {"secs", 1, NULL, 's'},      {"count", 1, NULL, 'n'},
		{"warm", 1, NULL, 'w'},   {"rate", 1, NULL, 'r'},      {"dup", 1, NULL, 'd'},
		{"retry", 0, NULL, 'R'},  {"ledger", 1, NULL, 'l'},    {"seed", 1, NULL, 'S'},
		{"body", 1, NULL, 'b'},   {"to", 1, NULL, 'T'},        {"stores", 1, NULL, 'o'},
		{"forged", 0, NULL, 'f'}, {"customers", 1, NULL, 'C'}, {"expect", 1, NULL, 'e'},
		{"pid", 1, NULL, 'i'},    {NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case 'h': l->host = optarg; break;
		case 'p': l->port = number(optarg, 1, 65535); break;
		case 'P': l->sender.path = optarg; break;
		case 't': l->sender.token = optarg; break;
		case 'a': l->sender.account = optarg; break;
		case 'u': l->sender.public_url = optarg; break;
		case 'c': l->lines_n = number(optarg, 1, LINES_MAX); break;
		case 's': l->secs = number(optarg, 1, 3600); break;
		case 'n': l->count = (uint64_t)number(optarg, 1, 100000000); break;
		case 'w': l->warm = number(optarg, 0, 60); break;
		case 'r': l->rate = number(optarg, 1, 1000000); break;
		case 'd': l->dup = number(optarg, 0, 99); break;
		case 'R': l->retry = true; break;
		case 'l': l->ledger = optarg; break;
		case 'S': l->seed = (uint64_t)number(optarg, 0, INT32_MAX); break;
		case 'b': l->sender.body = optarg; break;
		case 'T': l->to = optarg; break;
		case 'o': l->stores = number(optarg, 1, 9999); break;
		case 'C': l->customers = number(optarg, 1, 1000000); break;
		case 'f':
			l->sender.forged = true;
			l->expected = 403;
			break;
		case 'e': l->expected = number(optarg, 100, 599); break;
		case 'i':
			if (l->pids_n == PIDS_MAX)
				usage();
			l->pids[l->pids_n++] = number(optarg, 1, INT32_MAX);
			break;
		default: usage();
		}
	}
}

int main(int argc, char **argv)
{
	static struct load l = {
		.host = "127.0.0.1",
		.lines_n = 16,
		.secs = 5,
		.warm = 1,
		.customers = 200,
		.stores = 2,
		.expected = 200,
		.sender = {.path = "/api/webhooks/twilio/sms",
			   .account = "AC00000000000000000000000000000001",
			   .body = "Bonjour, is my bike ready for pickup today? Order 555"},
	};
	char host[64], url[256];

	l.seed = mixed((uint64_t)clock_wall_us() ^ (uint64_t)getpid());
	options_read(&l, argc, argv);
	if (l.port == 0 || l.sender.token == NULL || optind != argc)
		usage();
	for (const char *c = l.to; c != NULL && *c != '\0'; c++)
		l.stores = c == l.to ? 1 : l.stores + (*c == ',');
	snprintf(host, sizeof host, "%s:%d", l.host, l.port);
	l.sender.host = host;
	if (l.sender.public_url == NULL) {
		snprintf(url, sizeof url, "http://%s%s", host, l.sender.path);
		l.sender.public_url = url;
	}
	l.dice = l.seed;
	if (l.count > 0)
		l.warm = 0;
	signal(SIGPIPE, SIG_IGN);
	l.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l.epoll < 0)
		BUG("no epoll");
	for (int i = 0; i < l.lines_n; i++)
		buf_init(&l.lines[i].out, 16384);
	run(&l);
	return l.sender.forged || !l.retry ? (l.other + l.cut > 0) : (l.acked < l.next);
}
