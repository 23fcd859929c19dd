/*
 * keep.c - how children live and die; see keep.h. One thread, one wait: for a signal or a time.
 */
#include "server/keep/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shared/clock.h"
#include "shared/log.h"

#define YOUNG_MS     1000 /* who dies before that died young; also how long a replacement must live */
#define DELAY_MIN_MS 50
#define DELAY_MAX_MS 2000
#define DRAIN_MS     10000 /* after SIGTERM; then SIGKILL */
#define LISTEN_FD    3
#define BAD_SETTINGS 2
#define RETIRED_MAX  16

struct watch {
	struct keep *k;
	pid_t serving, candidate;   /* 0: none */
	pid_t retired[RETIRED_MAX]; /* told to end, not ended yet */
	int64_t born, candidate_born;
	int64_t start_at; /* when to start again; 0: nothing to start */
	int64_t kill_at;  /* when draining is over; 0: nobody drains */
	int young;        /* deaths in a row */
	bool stopping;
	int code; /* to exit with once `stopping` and everybody is gone */
	sigset_t signals, before;
};

/* ---- a child --------------------------------------------------------------------------------- */

/* In the child: never returns. */
static NO_RETURN void become(const struct watch *w, pid_t keeper)
{
	char number[24];

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != keeper)
		_exit(0); /* the keeper died before it was tied to us */
	if (w->k->listen_fd == LISTEN_FD)
		fcntl(LISTEN_FD, F_SETFD, 0);
	else if (dup2(w->k->listen_fd, LISTEN_FD) < 0)
		_exit(127);
	snprintf(number, sizeof number, "%d", (int)getpid());
	setenv("LISTEN_PID", number, 1);
	setenv("LISTEN_FDS", "1", 1);
	snprintf(number, sizeof number, "%d", w->k->port);
	setenv("PORT", number, 1);
	sigprocmask(SIG_SETMASK, &w->before, NULL);
	execvp(w->k->program[0], w->k->program);
	fprintf(stderr, "switchback-keep: %s cannot be started: %s.\n", w->k->program[0],
		strerror(errno));
	_exit(127);
}

static pid_t child_start(const struct watch *w)
{
	pid_t keeper = getpid(), pid;

	log_flush(); /* else the child would write our lines again */
	pid = fork();
	if (pid == 0)
		become(w, keeper);
	if (pid < 0)
		log_error("event=fork_failed error=\"%s\"", strerror(errno));
	else
		log_info("event=child_started pid=%d", (int)pid);
	return pid;
}

/* Whoever reads the file sees one whole pid, the old or the new. */
static void pid_write(const struct watch *w)
{
	char path[4096];
	FILE *f;

	if (w->k->pid_file == NULL)
		return;
	snprintf(path, sizeof path, "%s.new", w->k->pid_file);
	f = fopen(path, "we");
	if (f == NULL || fprintf(f, "%d\n", (int)w->serving) < 0 || fclose(f) != 0 ||
	    rename(path, w->k->pid_file) != 0)
		log_error("event=pid_file_failed path=\"%s\" error=\"%s\"", w->k->pid_file,
			  strerror(errno));
}

static void serving_start(struct watch *w)
{
	pid_t pid = child_start(w);

	w->start_at = 0;
	w->born = clock_mono_ms();
	if (pid < 0) {
		w->start_at = w->born + DELAY_MAX_MS;
		return;
	}
	w->serving = pid;
	pid_write(w);
}

/* ---- replacing ------------------------------------------------------------------------------- */

static void retire(struct watch *w, pid_t pid)
{
	kill(pid, SIGTERM);
	w->kill_at = clock_mono_ms() + DRAIN_MS;
	for (size_t i = 0; i < RETIRED_MAX; i++) {
		if (w->retired[i] == 0) {
			w->retired[i] = pid;
			return;
		}
	}
	kill(pid, SIGKILL); /* sixteen drain already: enough patience */
}

static void candidate_start(struct watch *w)
{
	pid_t pid;

	if (w->stopping || w->candidate != 0)
		return;
	if (w->serving == 0) { /* nobody to replace: start now instead of later */
		serving_start(w);
		return;
	}
	pid = child_start(w);
	if (pid > 0) {
		w->candidate = pid;
		w->candidate_born = clock_mono_ms();
	}
}

static void candidate_promote(struct watch *w)
{
	pid_t old = w->serving;

	w->serving = w->candidate;
	w->born = w->candidate_born;
	w->candidate = 0;
	w->young = 0;
	w->start_at = 0;
	pid_write(w);
	log_info("event=child_replaced pid=%d old=%d", (int)w->serving, (int)old);
	if (old != 0)
		retire(w, old);
}

/* ---- ends ------------------------------------------------------------------------------------ */

static void how_it_ended(pid_t pid, int status)
{
	if (WIFSIGNALED(status))
		log_warn("event=child_ended pid=%d signal=%d", (int)pid, WTERMSIG(status));
	else
		log_warn("event=child_ended pid=%d code=%d", (int)pid, WEXITSTATUS(status));
}

static void stop(struct watch *w, int code)
{
	w->stopping = true;
	w->code = code;
	w->start_at = 0;
	if (w->candidate != 0)
		retire(w, w->candidate);
	if (w->serving != 0)
		retire(w, w->serving);
	w->candidate = w->serving = 0;
}

static void serving_ended(struct watch *w, int status)
{
	int64_t now = clock_mono_ms(), delay = 0;

	w->serving = 0;
	if (w->candidate != 0) {
		candidate_promote(w);
		return;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == BAD_SETTINGS) {
		log_error("event=not_started_again reason=\"its settings are bad\"");
		stop(w, BAD_SETTINGS);
		return;
	}
	w->young = now - w->born < YOUNG_MS ? w->young + 1 : 0;
	for (int i = 1; i < w->young && delay < DELAY_MAX_MS; i++)
		delay = delay == 0 ? DELAY_MIN_MS : delay * 2;
	w->start_at = now + int_clamp(delay, 0, DELAY_MAX_MS);
}

static void child_ended(struct watch *w, pid_t pid, int status)
{
	how_it_ended(pid, status);
	if (pid == w->serving) {
		serving_ended(w, status);
	} else if (pid == w->candidate) {
		w->candidate = 0;
		log_error("event=not_replaced reason=\"the new one ended at once\" serving=%d",
			  (int)w->serving);
	}
	for (size_t i = 0; i < RETIRED_MAX; i++) {
		if (w->retired[i] == pid)
			w->retired[i] = 0;
	}
}

static void reap(struct watch *w)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		child_ended(w, pid, status);
}

/* ---- time ------------------------------------------------------------------------------------ */

static bool somebody_drains(const struct watch *w)
{
	for (size_t i = 0; i < RETIRED_MAX; i++) {
		if (w->retired[i] != 0)
			return true;
	}
	return false;
}

static void times_check(struct watch *w)
{
	int64_t now = clock_mono_ms();

	if (w->start_at != 0 && now >= w->start_at)
		serving_start(w);
	if (w->candidate != 0 && now >= w->candidate_born + YOUNG_MS)
		candidate_promote(w);
	if (!somebody_drains(w)) {
		w->kill_at = 0;
	} else if (now >= w->kill_at) {
		for (size_t i = 0; i < RETIRED_MAX; i++) {
			if (w->retired[i] != 0)
				kill(w->retired[i], SIGKILL);
		}
		w->kill_at = now + DRAIN_MS;
	}
}

static int64_t next_time(const struct watch *w)
{
	int64_t next = clock_mono_ms() + 3600 * 1000;

	if (w->start_at != 0 && w->start_at < next)
		next = w->start_at;
	if (w->candidate != 0 && w->candidate_born + YOUNG_MS < next)
		next = w->candidate_born + YOUNG_MS;
	if (w->kill_at != 0 && w->kill_at < next)
		next = w->kill_at;
	return next;
}

static int signal_wait(const struct watch *w)
{
	int64_t ms = next_time(w) - clock_mono_ms();
	struct timespec t;

	ms = ms < 0 ? 0 : ms;
	t = (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	log_flush();
	return sigtimedwait(&w->signals, NULL, &t);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static bool program_there(const struct keep *k, struct err *err)
{
	if (strchr(k->program[0], '/') == NULL || access(k->program[0], X_OK) == 0)
		return true;
	return err_set(err, ERR_INPUT, "%.120s cannot be started: %s.", k->program[0],
		       strerror(errno));
}

int keep_run(struct keep *k, struct err *err)
{
	struct watch w = {.k = k};

	if (!program_there(k, err))
		return 1;
	sigemptyset(&w.signals);
	sigaddset(&w.signals, SIGCHLD);
	sigaddset(&w.signals, SIGTERM);
	sigaddset(&w.signals, SIGINT);
	sigaddset(&w.signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &w.signals, &w.before);
	serving_start(&w);
	while (!w.stopping || somebody_drains(&w)) {
		int s = signal_wait(&w);

		reap(&w);
		if (s == SIGHUP)
			candidate_start(&w);
		if ((s == SIGTERM || s == SIGINT) && !w.stopping)
			stop(&w, 0);
		if (!w.stopping || somebody_drains(&w))
			times_check(&w);
	}
	if (k->pid_file != NULL)
		unlink(k->pid_file);
	close(k->listen_fd);
	return w.code;
}
