/*
 * switchback-keep: the socket outlives every child, and nobody who connects is refused.
 *
 * The child is this program itself: with KEEP_TEST_CHILD set it answers each connection with its
 * pid.
 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shared/base.h"
#include "shared/clock.h"

#define PATIENCE_MS 10000

/* ---- the child ---- */

static volatile sig_atomic_t ended;

static void on_term(int s)
{
	(void)s;
	ended = 1;
}

/* "serve": until SIGTERM. "code N": exits with N. Or what the file of that name says, at each
 * start. */
static void child_run(const char *how)
{
	char word[32] = "", expected[24], answer[24];
	FILE *f = how[0] == '/' ? fopen(how, "r") : NULL;
	struct sigaction act = {.sa_handler = on_term};

	if (f != NULL && fgets(word, sizeof word, f) != NULL)
		how = word;
	if (strncmp(how, "code ", 5) == 0)
		_exit((int)strtol(how + 5, NULL, 10));
	snprintf(expected, sizeof expected, "%d", (int)getpid());
	if (getenv("LISTEN_FDS") == NULL || strcmp(getenv("LISTEN_FDS"), "1") != 0 ||
	    getenv("LISTEN_PID") == NULL || strcmp(getenv("LISTEN_PID"), expected) != 0)
		_exit(9);
	sigaction(SIGTERM, &act, NULL);
	while (!ended) {
		int c = accept(3, NULL, NULL);

		if (c < 0)
			continue;
		snprintf(answer, sizeof answer, "%d\n", (int)getpid());
		if (write(c, answer, strlen(answer)) < 0)
			_exit(8);
		close(c);
	}
	_exit(0);
}

__attribute__((constructor)) static void child_or_test(void)
{
	const char *how = getenv("KEEP_TEST_CHILD");

	if (how != NULL)
		child_run(how);
}

/* ---- the keeper under test ---- */

static pid_t keeper;
static int port;
static char pid_file[64], keep_path[4096], self_path[4096];

static void paths_find(void)
{
	ssize_t n = readlink("/proc/self/exe", self_path, sizeof self_path - 1);
	char *tests;

	cr_assert(n > 0);
	self_path[n] = '\0';
	tests = strstr(self_path, "/tests/e2e/");
	cr_assert_not_null(tests);
	snprintf(keep_path, sizeof keep_path, "%.*s/switchback-keep", (int)(tests - self_path),
		 self_path);
	cr_assert_eq(access(keep_path, X_OK), 0, "%s is not built: make asan", keep_path);
}

/* Starts the keeper with children that do `how`; its port is read from its first line. */
static void keeper_start(const char *how)
{
	char line[256], *found;
	int out[2];
	FILE *log;

	paths_find();
	snprintf(pid_file, sizeof pid_file, "/tmp/switchback-keep-%d.pid", (int)getpid());
	unlink(pid_file);
	cr_assert_eq(pipe(out), 0);
	keeper = fork();
	if (keeper == 0) {
		dup2(out[1], STDERR_FILENO);
		close(out[0]);
		close(out[1]);
		setenv("KEEP_TEST_CHILD", how, 1);
		setenv("LOG_LEVEL", "info", 1);
		execl(keep_path, "switchback-keep", "--port", "0", "--pid-file", pid_file, "--",
		      self_path, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	log = fdopen(out[0], "r");
	port = 0;
	while (port == 0 && fgets(line, sizeof line, log) != NULL) {
		found = strstr(line, " port=");
		if (strstr(line, "event=listening") != NULL && found != NULL)
			port = (int)strtol(found + 6, NULL, 10);
	}
	cr_assert_gt(port, 0, "the keeper did not say where it listens");
	fcntl(out[0], F_SETFL, O_NONBLOCK); /* kept open: its log goes on */
}

static int keeper_wait(void)
{
	int64_t until = clock_mono_ms() + PATIENCE_MS;
	int status;

	while (waitpid(keeper, &status, WNOHANG) == 0) {
		cr_assert_lt(clock_mono_ms(), until, "the keeper does not end");
		poll(NULL, 0, 10);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Connects (which must succeed at once) and returns the pid of whoever answers. */
static pid_t ask(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char answer[24] = "";

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	cr_assert_eq(connect(fd, (struct sockaddr *)&at, sizeof at), 0, "refused");
	cr_assert_eq(poll(&p, 1, PATIENCE_MS), 1, "nobody answers");
	if (read(fd, answer, sizeof answer - 1) <= 0)
		answer[0] = '\0'; /* taken by one that died before it answered */
	close(fd);
	return (pid_t)strtol(answer, NULL, 10);
}

static pid_t pid_in_file(void)
{
	char text[24] = "";
	FILE *f = fopen(pid_file, "r");

	if (f != NULL) {
		if (fgets(text, sizeof text, f) == NULL)
			text[0] = '\0';
		fclose(f);
	}
	return (pid_t)strtol(text, NULL, 10);
}

static void keeper_stop(void)
{
	kill(keeper, SIGTERM);
	cr_expect_eq(keeper_wait(), 0);
	cr_expect_neq(access(pid_file, F_OK), 0, "the pid file stays");
}

static bool gone(pid_t pid)
{
	for (int i = 0; i < PATIENCE_MS / 10; i++) {
		if (kill(pid, 0) != 0)
			return true;
		poll(NULL, 0, 10);
	}
	return false;
}

Test(keep, a_killed_child_is_followed_by_another_and_nobody_is_refused, .timeout = 60)
{
	pid_t child;

	keeper_start("serve");
	child = ask();
	cr_expect_gt(child, 0);
	cr_expect_eq(pid_in_file(), child);
	for (int i = 0; i < 5; i++) {
		pid_t next;

		kill(child, SIGKILL);
		next = ask(); /* at once: it waits in the backlog */
		if (next == 0)
			next = ask();
		cr_expect_neq(next, child);
		cr_expect_gt(next, 0);
		child = next;
	}
	cr_expect_eq(pid_in_file(), child);
	keeper_stop();
	cr_expect(gone(child), "the child outlives its keeper");
}

Test(keep, a_hangup_replaces_the_child_gracefully, .timeout = 60)
{
	pid_t first, now;
	int64_t until;

	keeper_start("serve");
	first = ask();
	kill(keeper, SIGHUP);
	until = clock_mono_ms() + PATIENCE_MS;
	while (!(kill(first, 0) != 0 && pid_in_file() != first) && clock_mono_ms() < until)
		cr_expect_gt(ask(), 0, "somebody was refused or cut");
	now = ask();
	cr_expect_neq(now, first);
	cr_expect_eq(pid_in_file(), now);
	cr_expect(gone(first));
	keeper_stop();
}

Test(keep, a_replacement_that_dies_leaves_the_first_in_place, .timeout = 60)
{
	char how[64];
	pid_t first;
	FILE *f;

	snprintf(how, sizeof how, "/tmp/switchback-keep-how-%d", (int)getpid());
	f = fopen(how, "w");
	fputs("serve", f);
	fclose(f);
	keeper_start(how);
	first = ask();
	f = fopen(how, "w");
	fputs("code 2", f);
	fclose(f);
	kill(keeper, SIGHUP);
	for (int i = 0; i < 15; i++) {
		cr_expect_eq(ask(), first);
		poll(NULL, 0, 100);
	}
	cr_expect_eq(pid_in_file(), first);
	keeper_stop();
	unlink(how);
}

Test(keep, bad_settings_are_not_tried_again, .timeout = 60)
{
	keeper_start("code 2");
	cr_expect_eq(keeper_wait(), 2);
}

Test(keep, one_that_dies_young_is_tried_again_and_again_without_haste, .timeout = 60)
{
	char how[64];
	FILE *f;

	snprintf(how, sizeof how, "/tmp/switchback-keep-how-%d", (int)getpid());
	f = fopen(how, "w");
	fputs("code 1", f);
	fclose(f);
	keeper_start(how);
	poll(NULL, 0, 400);
	cr_expect_eq(waitpid(keeper, NULL, WNOHANG), 0, "the keeper gave up");
	f = fopen(how, "w");
	fputs("serve", f);
	fclose(f);
	cr_expect_gt(ask(), 0);
	keeper_stop();
	unlink(how);
}

Test(keep, a_dead_keeper_takes_its_child_along, .timeout = 60)
{
	pid_t child;

	keeper_start("serve");
	child = ask();
	kill(keeper, SIGKILL);
	cr_expect_eq(keeper_wait(), 128 + SIGKILL);
	cr_expect(gone(child));
	unlink(pid_file);
}

Test(keep, its_own_name_is_not_the_services, .timeout = 60)
{
	char line[4096], path[64];
	size_t n;
	FILE *f;

	keeper_start("serve");
	snprintf(path, sizeof path, "/proc/%d/cmdline", (int)keeper);
	f = fopen(path, "r");
	n = fread(line, 1, sizeof line - 1, f);
	fclose(f);
	for (size_t i = 0; i < n; i++)
		line[i] = line[i] == '\0' ? ' ' : line[i];
	line[n] = '\0';
	cr_expect_null(strstr(line, "switchbackd"), "%s", line);
	keeper_stop();
}

Test(keep, what_it_cannot_do_it_says, .timeout = 60)
{
	static const struct {
		const char *option, *value;
		int code;
	} cases[] = {
		{"--port", "70000", 2},
		{"--listen", "nowhere", 1},
		{"--listen", "192.0.2.1", 1},
		{"--prot", "1", 2},
		{"--", "/nonexistent/program", 1},
	};

	paths_find();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		keeper = fork();
		if (keeper == 0) {
			int null = open("/dev/null", O_WRONLY);

			dup2(null, STDERR_FILENO);
			setenv("PORT", "0", 1);
			execl(keep_path, "switchback-keep", cases[i].option, cases[i].value,
			      (char *)NULL);
			_exit(127);
		}
		cr_expect_eq(keeper_wait(), cases[i].code, "%s %s", cases[i].option,
			     cases[i].value);
	}
}
