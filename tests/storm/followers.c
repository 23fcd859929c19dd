/*
 * followers.c - followers: consoles of several stores that follow the event stream and are cut
 * again and again: closed, reset, half-open (forgotten without a word) and frozen for a while.
 * Counts what the product promises never to happen: a number missed, a number twice or out of
 * order.
 *
 *   followers --port P --store SLUG,EMAIL,PASSWORD [--store ...] --consoles N --cuts M
 *             [--freeze-ms MS] [--every-ms MS] [--secs LIMIT]
 *
 * Consoles are dealt out to the stores in turn. On standard input, once no more events are made, a
 * line a store: its last number, in the order of --store. It ends when every console has been cut M
 * times and has seen that number (then exit 0 if nothing was missed or came twice), or at the
 * limit.
 */
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/clock.h"
#include "tests/storm/follow.h"

#define CONSOLES_MAX 1000
#define STORES_MAX   8

struct store {
	char organization[64], email[256], password[128], token[2048];
	bool signed_in, target_known;
	int64_t asked_us;
	uint64_t target;
};

struct storm {
	const char *host;
	int port, stores_n, consoles, cuts, freeze_ms, every_ms, secs;
	struct store stores[STORES_MAX];
	struct follower *all;
	int forgotten[CONSOLES_MAX * 8], forgotten_n;
	uint64_t dice, cut_n[4];
	char said[4096]; /* standard input */
	size_t said_n;
	bool said_all;
	int targets_n;
};

static uint64_t thrown(struct storm *s, uint64_t sides)
{
	s->dice ^= s->dice << 13;
	s->dice ^= s->dice >> 7;
	s->dice ^= s->dice << 17;
	return s->dice % sides;
}

static int64_t soon(struct storm *s, int ms)
{
	return clock_mono_us() + (int64_t)(500 * (uint64_t)ms + thrown(s, 1000 * (uint64_t)ms));
}

static void read_targets(struct storm *s)
{
	ssize_t n = read(STDIN_FILENO, s->said + s->said_n, sizeof s->said - 1 - s->said_n);
	char *line, *end;

	if (n <= 0) {
		s->said_all = true;
		return;
	}
	s->said_n += (size_t)n;
	s->said[s->said_n] = '\0';
	for (line = s->said; (end = strchr(line, '\n')) != NULL; line = end + 1)
		if (s->targets_n < s->stores_n) {
			s->stores[s->targets_n].target = strtoull(line, NULL, 10);
			s->stores[s->targets_n++].target_known = true;
		}
	s->said_n -= (size_t)(line - s->said);
	memmove(s->said, line, s->said_n + 1);
}

static void connect_one(struct storm *s, struct follower *f)
{
	struct store *of = &s->stores[f->store];

	if (!of->signed_in && clock_mono_us() - of->asked_us > 200000) {
		of->asked_us = clock_mono_us();
		of->signed_in = sign_in(s->host, s->port, of->organization, of->email, of->password,
					of->token, sizeof of->token);
	}
	if (of->signed_in && follower_connect(f, s->host, s->port, of->token))
		f->wake_us = soon(s, s->every_ms);
	else
		f->wake_us = soon(s, 50);
}

static void cut_one(struct storm *s, struct follower *f)
{
	int how = (int)thrown(s, 4), left;

	if (f->cuts_left == 0 || f->status != 200) {
		f->wake_us = soon(s, s->every_ms);
		return;
	}
	f->cuts_left--;
	s->cut_n[how]++;
	if (how == 3) {
		f->frozen = true;
		f->wake_us = soon(s, s->freeze_ms);
		return;
	}
	left = follower_cut(f, (enum cut)how);
	if (left >= 0 && s->forgotten_n < (int)(sizeof s->forgotten / sizeof *s->forgotten))
		s->forgotten[s->forgotten_n++] = left;
	else if (left >= 0)
		close(left);
	f->wake_us = soon(s, 20);
}

static void ended(struct storm *s, struct follower *f)
{
	if (f->status == 401)
		s->stores[f->store].signed_in = false;
	f->gone += f->status == 410;
	f->refused += f->status != 200 && f->status != 0;
	follower_cut(f, CUT_CLOSE);
	f->wake_us = soon(s, 50);
}

static bool at_rest(const struct storm *s)
{
	for (int i = 0; i < s->consoles; i++) {
		const struct follower *f = &s->all[i];
		const struct store *of = &s->stores[f->store];

		if (!of->target_known || f->cuts_left > 0 || !f->started || f->seen < of->target)
			return false;
	}
	return true;
}

static void step(struct storm *s, struct pollfd *p)
{
	int64_t now = clock_mono_us();

	for (int i = 0; i < s->consoles; i++) {
		struct follower *f = &s->all[i];

		if (f->fd >= 0 && !f->frozen && p[i].revents != 0 && !follower_read(f))
			ended(s, f);
		if (now < f->wake_us)
			continue;
		if (f->fd < 0) {
			connect_one(s, f);
		} else if (f->frozen) {
			f->frozen = false;
			f->wake_us = soon(s, s->every_ms);
		} else {
			cut_one(s, f);
		}
	}
}

static void run(struct storm *s)
{
	struct pollfd p[CONSOLES_MAX + 1];
	int64_t until = clock_mono_us() + s->secs * INT64_C(1000000);

	while (!at_rest(s) && clock_mono_us() < until) {
		for (int i = 0; i < s->consoles; i++)
			p[i] = (struct pollfd){.fd = s->all[i].frozen ? -1 : s->all[i].fd,
					       .events = POLLIN};
		p[s->consoles] =
			(struct pollfd){.fd = s->said_all ? -1 : STDIN_FILENO, .events = POLLIN};
		if (poll(p, (nfds_t)s->consoles + 1, 10) > 0 && p[s->consoles].revents != 0)
			read_targets(s);
		step(s, p);
	}
}

static int told(const struct storm *s)
{
	struct follower sum = {0};
	int short_of = 0;

	for (int i = 0; i < s->consoles; i++) {
		const struct follower *f = &s->all[i];

		sum.events += f->events;
		sum.missed += f->missed;
		sum.twice += f->twice;
		sum.resumed += f->resumed;
		sum.gone += f->gone;
		sum.refused += f->refused;
		short_of +=
			!s->stores[f->store].target_known || f->seen < s->stores[f->store].target;
	}
	printf("events=%llu\nmissed=%llu\ntwice=%llu\nresumed=%llu\ngone=%llu\nrefused=%llu\n"
	       "behind=%d\nclosed=%llu\nreset=%llu\nhalf_open=%llu\nfrozen=%llu\n",
	       (unsigned long long)sum.events, (unsigned long long)sum.missed,
	       (unsigned long long)sum.twice, (unsigned long long)sum.resumed,
	       (unsigned long long)sum.gone, (unsigned long long)sum.refused, short_of,
	       (unsigned long long)s->cut_n[0], (unsigned long long)s->cut_n[1],
	       (unsigned long long)s->cut_n[2], (unsigned long long)s->cut_n[3]);
	return sum.missed == 0 && sum.twice == 0 && sum.gone == 0 && short_of == 0 ? 0 : 1;
}

static bool store_given(struct storm *s, const char *text)
{
	struct store *of = &s->stores[s->stores_n];

	return s->stores_n < STORES_MAX &&
	       sscanf(text, "%63[^,],%255[^,],%127s", of->organization, of->email, of->password) ==
		       3 &&
	       ++s->stores_n > 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"port", 1, NULL, 'p'},     {"host", 1, NULL, 'h'}, {"store", 1, NULL, 's'},
		{"consoles", 1, NULL, 'n'}, {"cuts", 1, NULL, 'c'}, {"freeze-ms", 1, NULL, 'f'},
		{"every-ms", 1, NULL, 'e'}, {"secs", 1, NULL, 't'}, {"seed", 1, NULL, 'd'},
		{NULL, 0, NULL, 0}};
	static struct storm s = {.host = "127.0.0.1",
				 .consoles = 50,
				 .cuts = 4,
				 .freeze_ms = 2000,
				 .every_ms = 400,
				 .secs = 120,
				 .dice = 88172645463325252u};
	int o, code;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (o) {
		case 'p': s.port = (int)strtol(optarg, NULL, 10); break;
		case 'h': s.host = optarg; break;
		case 'n': s.consoles = (int)strtol(optarg, NULL, 10); break;
		case 'c': s.cuts = (int)strtol(optarg, NULL, 10); break;
		case 'f': s.freeze_ms = (int)strtol(optarg, NULL, 10); break;
		case 'e': s.every_ms = (int)strtol(optarg, NULL, 10); break;
		case 't': s.secs = (int)strtol(optarg, NULL, 10); break;
		case 'd': s.dice += strtoull(optarg, NULL, 10) * 2654435761u; break;
		case 's':
			if (store_given(&s, optarg))
				break;
			/* fall through */
		default:
			fprintf(stderr, "followers: see the head of tests/storm/followers.c\n");
			return 2;
		}
	}
	if (s.port <= 0 || s.stores_n == 0 || s.consoles < 1 || s.consoles > CONSOLES_MAX)
		return fprintf(stderr, "followers: --port, --store and --consoles are wanted\n"), 2;
	signal(SIGPIPE, SIG_IGN);
	s.all = calloc((size_t)s.consoles, sizeof *s.all);
	for (int i = 0; i < s.consoles; i++)
		s.all[i] =
			(struct follower){.fd = -1, .store = i % s.stores_n, .cuts_left = s.cuts};
	run(&s);
	code = told(&s);
	free(s.all);
	return code;
}
