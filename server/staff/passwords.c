/*
 * passwords.c - see passwords.h.
 */
#include "server/staff/passwords.h"

#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#define NICE 5 /* of the threads that check, and of what else the pool's threads do afterwards */

struct job {
	uv_work_t work;
	struct passwords *owner;
	struct job *next;
	struct flow_token token;
	struct password_checked *out; /* in the flow: touched only while the flow is there */
	struct password_checked result;
	int rounds;
	bool known; /* false: the hash stands in for one that is not there */
	char hash[PASSWORD_HASH_MAX];
	char password[PASSWORD_BYTES_MAX + 1];
};

struct passwords {
	struct loop *loop;
	struct flows *flows; /* not after passwords_close */
	int rounds;
	bool closing;
	struct job *first, *last;
	char stand_in[PASSWORD_HASH_MAX];
	struct passwords_figures figures;
};

/* What no password hashes to, in the form of a hash: checking against it costs what checking does.
 */
static void stand_in_make(struct passwords *p)
{
	static const char letters[] =
		"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	unsigned char random[53];
	size_t n;

	if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
		BUG("no randomness");
	n = (size_t)snprintf(p->stand_in, sizeof p->stand_in, "$2b$%02d$", p->rounds);
	for (size_t i = 0; i < sizeof random; i++)
		p->stand_in[n + i] = letters[random[i] & 63];
	p->stand_in[n + sizeof random] = '\0';
}

struct passwords *passwords_open(struct loop *l, struct flows *fs, int rounds)
{
	struct passwords *p = xcalloc(1, sizeof *p);

	p->loop = l;
	p->flows = fs;
	p->rounds = rounds;
	stand_in_make(p);
	return p;
}

static void job_free(struct job *j)
{
	explicit_bzero(j, sizeof *j);
	free(j);
}

void passwords_close(struct passwords *p)
{
	struct job *j;

	if (p == NULL)
		return;
	p->closing = true;
	while ((j = p->first) != NULL) {
		p->first = j->next;
		job_free(j);
	}
	if (p->figures.running == 0)
		free(p);
}

/* In a thread of the pool: touches the job and nothing else. */
static void on_work(uv_work_t *w)
{
	struct job *j = w->data;
	bool same;

	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICE); /* Linux: of this thread alone */
	same = password_matches(j->password, j->hash);
	j->result.matches = same && j->known;
	if (j->result.matches && password_rounds(j->hash) < j->rounds)
		password_hash(j->password, j->rounds, j->result.renewed);
}

static void start_next(struct passwords *p);

static void on_worked(uv_work_t *w, int status)
{
	struct job *j = w->data;
	struct passwords *p = j->owner;
	struct flow *f;

	(void)status; /* nobody cancels */
	p->figures.running--;
	if (p->closing) {
		job_free(j);
		if (p->figures.running == 0)
			free(p);
		return;
	}
	f = flow_find(p->flows, j->token);
	if (f != NULL)
		*j->out = j->result;
	job_free(j);
	start_next(p);
	if (f != NULL)
		flow_answered(f);
}

static void start_next(struct passwords *p)
{
	struct job *j;

	while (p->figures.running < PASSWORDS_RUNNING_MAX && (j = p->first) != NULL) {
		p->first = j->next;
		if (p->first == NULL)
			p->last = NULL;
		p->figures.waiting--;
		if (flow_find(p->flows, j->token) == NULL) { /* nobody waits any more */
			job_free(j);
			continue;
		}
		p->figures.running++;
		p->figures.checked++;
		j->work.data = j;
		if (uv_queue_work(&p->loop->uv, &j->work, on_work, on_worked) != 0)
			BUG("libuv takes no work");
	}
}

bool passwords_are_full(struct passwords *p)
{
	if (p->figures.waiting < PASSWORDS_WAITING_MAX)
		return false;
	p->figures.refused++;
	return true;
}

bool password_check(struct flow *f, struct passwords *p, struct str password, const char *hash,
		    struct password_checked *out)
{
	struct job *j;

	*out = (struct password_checked){.matches = false};
	if (passwords_are_full(p))
		return false;
	j = xcalloc(1, sizeof *j);
	j->owner = p;
	j->out = out;
	j->rounds = p->rounds;
	/* too long a password takes its time as well, and matches nothing */
	j->known = password_rounds(hash) != 0 && password.n <= PASSWORD_BYTES_MAX;
	snprintf(j->hash, sizeof j->hash, "%s", password_rounds(hash) != 0 ? hash : p->stand_in);
	if (password.n > 0)
		memcpy(j->password, password.p, size_min(password.n, PASSWORD_BYTES_MAX));
	j->token = flow_ask(f);
	if (p->last != NULL)
		p->last->next = j;
	else
		p->first = j;
	p->last = j;
	p->figures.waiting++;
	start_next(p);
	return true;
}

void passwords_figures(const struct passwords *p, struct passwords_figures *out)
{
	*out = p->figures;
}
