/*
 * daemon.c - see daemon.h.
 */
/* First, because shared/banned.h poisons a word that OpenSSL uses as a parameter's name. */
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "tests/support/daemon.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "server/net/listen.h"
#include "server/staff/token.h"
#include "shared/base64.h"
#include "shared/buf.h"
#include "shared/clock.h"
#include "tests/support/net_peer.h"

#define READY_MS       30000
#define ACCOUNT        DAEMON_ACCOUNT
#define SMS_PATH       "/api/webhooks/twilio/sms"
#define FORM_PAIRS_MAX 40

static void child_run(const struct daemon *d)
{
	const char *bin = getenv("SWITCHBACK_BIN");
	char path[300], pid[16], url[64];
	int log = open(d->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	snprintf(path, sizeof path, "%s/switchbackd", bin == NULL ? "build/asan" : bin);
	snprintf(pid, sizeof pid, "%d", (int)getpid());
	snprintf(url, sizeof url, "http://127.0.0.1:%d", d->port);
	setenv("LISTEN_FDS", "1", 1);
	setenv("LISTEN_PID", pid, 1);
	setenv("APP_DATABASE_URL", d->app_url, 1);
	setenv("PUBLIC_URL", url, 1);
	setenv("TWILIO_ACCOUNT_SID", ACCOUNT, 1);
	setenv("TWILIO_AUTH_TOKEN", DAEMON_TWILIO_TOKEN, 1);
	setenv("TWILIO_API_URL", "http://127.0.0.1:1", 1); /* nobody: every send is put off */
	setenv("JWT_SECRET", DAEMON_JWT_SECRET, 1);
	dup2(log, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	if (d->fd == 3)
		fcntl(3, F_SETFD, 0);
	else
		dup2(d->fd, 3);
	execl(path, path, (char *)NULL);
	_exit(127);
}

static bool ready(const struct daemon *d)
{
	static struct net_answers a;

	net_talk(d->port, STR_LIT("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n"), 0, 1, &a);
	return a.count == 1 && a.status[0] == 200;
}

void daemon_again(struct daemon *d)
{
	int64_t until = clock_mono_ms() + READY_MS;

	d->pid = fork();
	if (d->pid == 0)
		child_run(d);
	if (d->pid < 0)
		cr_assert_fail("no process");
	/* the socket is open all the time: the first request waits in its queue */
	while (!ready(d)) {
		if (clock_mono_ms() > until || waitpid(d->pid, NULL, WNOHANG) != 0)
			cr_assert_fail("the service does not start; see %s", d->log);
	}
}

void daemon_start(struct daemon *d, const struct test_db *db)
{
	const char *dir = getenv("CHECK_RUN_DIR");
	struct err err;

	*d = (struct daemon){.app_url = db->app_url};
	if (!listen_open("127.0.0.1", 0, &d->fd, &err))
		cr_assert_fail("%s", err.text);
	d->port = listen_port(d->fd);
	snprintf(d->log, sizeof d->log, "%s-daemon-%d-%d.log",
		 dir == NULL ? "/tmp/switchback" : dir, (int)getpid(), d->port);
	daemon_again(d);
}

int daemon_end(struct daemon *d, int signal)
{
	int status = 0;

	kill(d->pid, signal);
	if (waitpid(d->pid, &status, 0) != d->pid)
		cr_assert_fail("the service is lost");
	d->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void daemon_stop(struct daemon *d)
{
	int code = d->pid == 0 ? 0 : daemon_end(d, SIGTERM);

	close(d->fd);
	if (code != 0)
		cr_assert_fail("the service ended with %d; see %s", code, d->log);
	unlink(d->log);
}

/* ---- texts ---- */

static void encoded(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
			   *text) != NULL)
			buf_add_char(out, *text);
		else
			buf_printf(out, "%%%02X", (unsigned)(unsigned char)*text);
	}
}

/* What the carrier signs: the whole URL, then names and values in the order of the names. */
static void signature(const struct daemon *d, const char *path, const char *const *pairs,
		      char out[64])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	const char *sorted[FORM_PAIRS_MAX * 2];
	size_t count = 0;
	unsigned n = 0;
	struct buf b = {0};

	for (; *pairs != NULL; pairs += 2, count++) {
		size_t at = count;

		cr_assert_lt(count, FORM_PAIRS_MAX);
		for (; at > 0 && strcmp(sorted[2 * (at - 1)], pairs[0]) > 0; at--)
			memcpy(sorted + 2 * at, sorted + 2 * (at - 1), 2 * sizeof *sorted);
		sorted[2 * at] = pairs[0];
		sorted[2 * at + 1] = pairs[1];
	}
	buf_printf(&b, "http://127.0.0.1:%d%s", d->port, path);
	for (size_t i = 0; i < 2 * count; i++)
		buf_add_cstr(&b, sorted[i]);
	HMAC(EVP_sha1(), DAEMON_TWILIO_TOKEN, (int)strlen(DAEMON_TWILIO_TOKEN),
	     (const unsigned char *)b.p, b.n, digest, &n);
	EVP_EncodeBlock((unsigned char *)out, digest, (int)n);
	buf_clear(&b);
}

int daemon_form(const struct daemon *d, const char *path, const char *const *pairs,
		struct buf *answer)
{
	static struct net_answers a;
	char sign[64];
	struct buf form = {0}, request = {0};
	const char *body;

	signature(d, path, pairs, sign);
	for (const char *const *p = pairs; *p != NULL; p += 2) {
		buf_printf(&form, "%s%s=", p == pairs ? "" : "&", p[0]);
		encoded(&form, p[1]);
	}
	buf_printf(&request,
		   "POST %s HTTP/1.1\r\nHost: a\r\nX-Twilio-Signature: %s\r\n"
		   "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n",
		   path, sign, form.n);
	buf_add_str(&request, buf_str(&form));
	net_talk(d->port, buf_str(&request), 0, 1, &a);
	buf_clear(&form);
	buf_clear(&request);
	if (answer != NULL) {
		a.bytes[size_min(a.n, sizeof a.bytes - 1)] = '\0';
		body = strstr(a.bytes, "\r\n\r\n");
		buf_reset(answer);
		buf_add_cstr(answer, body == NULL ? "" : body + 4);
	}
	return a.count == 1 ? a.status[0] : 0;
}

int daemon_text(const struct daemon *d, const char *to, const char *from, const char *body)
{
	static unsigned count;
	char sid[40];

	snprintf(sid, sizeof sid, "SM%016lx%016x", (unsigned long)clock_wall_us(),
		 (unsigned)getpid() << 16 | count++);
	return daemon_form(d, SMS_PATH,
			   (const char *const[]){"AccountSid", ACCOUNT, "Body", body, "From", from,
						 "MessageSid", sid, "To", to, NULL},
			   NULL);
}

/* ---- sessions ---- */

void daemon_session(const struct test_db *db, const char *organization, struct daemon_session *out)
{
	struct token t = {.role = ROLE_ADMIN};
	char *row, *comma;

	sql_context(db->owner, organization);
	row = sql_text(db->owner,
		       "WITH u AS (SELECT organization_id, id, role FROM user_profiles"
		       "  WHERE is_active AND organization_id ="
		       "   current_setting('app.current_organization_id')::uuid"
		       "  ORDER BY email LIMIT 1),"
		       " s AS (INSERT INTO user_sessions (organization_id, user_id, refresh_hash,"
		       "   expires_at) SELECT organization_id, id,"
		       "   sha256(uuid_send(gen_random_uuid())), now() + interval '1 day' FROM u"
		       "  RETURNING id) SELECT s.id || ',' || u.id || ',' || u.role FROM s, u");
	comma = strchr(row, ',');
	snprintf(out->id, sizeof out->id, "%.*s", (int)(comma - row), row);
	snprintf(out->user, sizeof out->user, "%.36s", comma + 1);
	cr_assert(role_parse(str_of(comma + 38), &t.role));
	snprintf(t.organization_id, sizeof t.organization_id, "%s", organization);
	snprintf(t.user_id, sizeof t.user_id, "%s", out->user);
	snprintf(t.session_id, sizeof t.session_id, "%s", out->id);
	token_write(&t, DAEMON_JWT_SECRET, out->token);
	free(row);
	sql_context(db->owner, "");
}
