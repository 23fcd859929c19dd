/*
 * racers.c - many staff of one store take the same thread in the same moment, again and again.
 *
 *   racers --port P --organization SLUG --users FILE --rounds N
 *
 * FILE has a line "EMAIL PASSWORD" for each racer. A round: everybody asks to take the thread over
 * with the epoch that they all know; then each of those who lost tries to write with that epoch,
 * and with the one that they learned; then the winner hands back. Counts winners (one a round),
 * losers who were told who holds it and since when, and replies of somebody who does not hold it
 * (none).
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/storm/ask.h"
#include "tests/storm/follow.h"

#define RACERS_MAX  64
#define THREADS_MAX 16

struct thread {
	char id[40];
	unsigned long epoch;
};

struct race {
	const char *organization, *users;
	int port, rounds, racers_n, threads_n;
	struct asker racers[RACERS_MAX];
	struct thread threads[THREADS_MAX];
	unsigned long won, several, none, told, untold, intruded, broken;
};

static void fail(const char *what)
{
	fprintf(stderr, "racers: %s\n", what);
	exit(2);
}

static void racers_in(struct race *r)
{
	char email[256], password[128];
	FILE *f = fopen(r->users, "r");

	if (f == NULL)
		fail("the file of users cannot be read");
	while (r->racers_n < RACERS_MAX && fscanf(f, "%255s %127s", email, password) == 2) {
		struct asker *a = &r->racers[r->racers_n++];

		if (!sign_in("127.0.0.1", r->port, r->organization, email, password, a->token,
			     sizeof a->token))
			fail("a user cannot sign in");
		a->fd = ask_connect("127.0.0.1", r->port);
	}
	fclose(f);
	if (r->racers_n < 2)
		fail("two users at least");
}

/* The threads that the agent holds. */
static void threads_found(struct race *r)
{
	struct asker *a = &r->racers[0];
	char path[128], epoch[24];

	for (int i = 0; i < THREADS_MAX; i++) {
		struct thread *t = &r->threads[i];
		const char *at;

		if (!ask_send(a, "/api/conversations?state=open&holder=agent&limit=16", NULL) ||
		    !ask_read(a) || a->status != 200)
			fail("the list of threads cannot be read");
		at = a->body;
		for (int k = 0; k <= i && at != NULL; k++) {
			at = strstr(at + 1, "\"customer_id\"");
			at = at != NULL && k < i ? at + 1 : at;
		}
		if (at == NULL)
			break;
		while (at > a->body && strncmp(at, "\"id\"", 4) != 0)
			at--;
		at += 4 + strspn(at + 4, " :\"");
		snprintf(t->id, sizeof t->id, "%.36s", at);
		snprintf(path, sizeof path, "/api/conversations/%s", t->id);
		if (!ask_send(a, path, NULL) || !ask_read(a) || a->status != 200 ||
		    !ask_member(a, "epoch", epoch, sizeof epoch))
			fail("a thread cannot be read");
		t->epoch = strtoul(epoch, NULL, 10);
		r->threads_n++;
	}
	if (r->threads_n == 0)
		fail("no thread that the agent holds");
}

static void everybody(struct race *r, const char *path, const char *body, int but)
{
	for (int i = 0; i < r->racers_n; i++)
		if (i != but && !ask_send(&r->racers[i], path, body))
			fail("a line is gone");
	for (int i = 0; i < r->racers_n; i++)
		if (i != but && !ask_read(&r->racers[i]))
			fail("an answer did not come");
}

static void losers_write(struct race *r, const struct thread *t, unsigned long epoch, int winner)
{
	char path[128], body[128];

	snprintf(path, sizeof path, "/api/conversations/%s/messages", t->id);
	snprintf(body, sizeof body, "{\"epoch\":%lu,\"body\":\"I hold this, do I not?\"}", epoch);
	everybody(r, path, body, winner);
	for (int i = 0; i < r->racers_n; i++)
		if (i != winner && r->racers[i].status != 409)
			r->intruded++;
}

static void round_run(struct race *r, struct thread *t)
{
	char path[128], body[64], name[256], since[64], epoch[24];
	int winner = -1, winners = 0;
	unsigned long now;

	snprintf(path, sizeof path, "/api/conversations/%s/takeover", t->id);
	snprintf(body, sizeof body, "{\"epoch\":%lu}", t->epoch);
	everybody(r, path, body, -1);
	for (int i = 0; i < r->racers_n; i++) {
		struct asker *a = &r->racers[i];

		if (a->status == 200) {
			winner = i;
			winners++;
		} else if (a->status == 409 && strstr(a->body, "already_held") != NULL &&
			   ask_member(a, "holder_name", name, sizeof name) && *name != 'n' &&
			   ask_member(a, "holder_since", since, sizeof since) && *since != 'n') {
			r->told++;
		} else {
			r->untold++;
		}
	}
	r->won += winners == 1;
	r->several += winners > 1;
	r->none += winners == 0;
	if (winners != 1 || !ask_member(&r->racers[winner], "epoch", epoch, sizeof epoch)) {
		r->broken++;
		return;
	}
	now = strtoul(epoch, NULL, 10);
	losers_write(r, t, t->epoch, winner);
	losers_write(r, t, now, winner);
	snprintf(path, sizeof path, "/api/conversations/%s/hand-back", t->id);
	snprintf(body, sizeof body, "{\"epoch\":%lu}", now);
	if (!ask_send(&r->racers[winner], path, body) || !ask_read(&r->racers[winner]) ||
	    r->racers[winner].status != 200 ||
	    !ask_member(&r->racers[winner], "epoch", epoch, sizeof epoch))
		r->broken++;
	else
		t->epoch = strtoul(epoch, NULL, 10);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"port", 1, NULL, 'p'},
						{"organization", 1, NULL, 'o'},
						{"users", 1, NULL, 'u'},
						{"rounds", 1, NULL, 'r'},
						{NULL, 0, NULL, 0}};
	static struct race r = {.rounds = 100};
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (o) {
		case 'p': r.port = (int)strtol(optarg, NULL, 10); break;
		case 'o': r.organization = optarg; break;
		case 'u': r.users = optarg; break;
		case 'r': r.rounds = (int)strtol(optarg, NULL, 10); break;
		default: fail("see the head of tests/storm/racers.c");
		}
	}
	if (r.port <= 0 || r.organization == NULL || r.users == NULL)
		fail("--port, --organization and --users are wanted");
	signal(SIGPIPE, SIG_IGN);
	racers_in(&r);
	threads_found(&r);
	for (int i = 0; r.threads_n > 0 && i < r.rounds; i++)
		round_run(&r, &r.threads[i % r.threads_n]);
	printf("racers=%d\nrounds=%d\nwon=%lu\nseveral=%lu\nnone=%lu\ntold=%lu\nuntold=%lu\n"
	       "intruded=%lu\nbroken=%lu\n",
	       r.racers_n, r.rounds, r.won, r.several, r.none, r.told, r.untold, r.intruded,
	       r.broken);
	return 0;
}
