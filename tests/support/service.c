/*
 * service.c - see service.h.
 */
/* First, because shared/banned.h poisons a word that OpenSSL uses as a parameter's name. */
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "tests/support/service.h"

#include <criterion/criterion.h>
#include <curl/curl.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shared/str.h"

#define KEYS_MAX 64

struct service {
	char dir[256];
	struct buf keys; /* KEY=value lines */
};

/* Runs a script with RUN_DIR set; `word` is the port that it takes, or an option. Its standard
 * output goes to `out` if that is not NULL. */
static int script_run(const struct service *s, const char *script, const char *word,
		      struct buf *out)
{
	int ends[2], status = -1;
	pid_t child;

	if (pipe(ends) != 0)
		cr_assert_fail("no pipe");
	child = fork();
	if (child == 0) {
		const char *bin = getenv("SWITCHBACK_BIN");

		setenv("RUN_DIR", s->dir, 1);
		if (word[0] != '-')
			setenv("PORT", word, 1);
		setenv("BCRYPT_ROUNDS", "4", 0); /* a test may want another */
		setenv("SWITCHBACK_BIN", bin == NULL ? "build/asan" : bin, 1);
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		execl(script, script, word[0] == '-' ? word : NULL, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	for (;;) {
		char *room = out == NULL ? NULL : buf_room(out, 4096), spare[4096];
		ssize_t n = read(ends[0], room == NULL ? spare : room, 4096);

		if (n <= 0)
			break;
		if (room != NULL)
			out->n += (size_t)n;
	}
	close(ends[0]);
	if (child < 0 || waitpid(child, &status, 0) != child)
		cr_assert_fail("%s did not run", script);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static void free_port(char out[8])
{
	FILE *random = fopen("/dev/urandom", "re");
	uint16_t n = 0;

	if (random == NULL || fread(&n, sizeof n, 1, random) != 1)
		cr_assert_fail("no /dev/urandom");
	fclose(random);
	snprintf(out, 8, "%u", 10000u + n % 20000u);
}

struct service *service_start(void)
{
	const char *dir = getenv("CHECK_RUN_DIR");
	struct service *s = xcalloc(1, sizeof *s);
	char port[8];

	snprintf(s->dir, sizeof s->dir, "%s-%d", dir == NULL ? "/tmp/switchback-test" : dir,
		 (int)getpid());
	/* Somebody may have the port: then another one. */
	for (int i = 0; i < 5; i++) {
		free_port(port);
		buf_clear(&s->keys);
		if (script_run(s, "tests/support/start.sh", port, &s->keys) == 0)
			return s;
	}
	cr_assert_fail("the set-up does not start; see above");
	return s;
}

void service_stop(struct service *s)
{
	if (s == NULL)
		return;
	if (script_run(s, "tests/support/stop.sh", "--remove", NULL) != 0)
		cr_assert_fail("the set-up does not stop");
	buf_clear(&s->keys);
	free(s);
}

const char *service_key(const struct service *s, const char *name)
{
	static char values[KEYS_MAX][256];
	static unsigned turn;
	struct str rest = buf_str(&s->keys);

	while (rest.n > 0) {
		struct str value = str_cut(&rest, '\n'), key = str_cut(&value, '=');

		if (str_is(key, name)) {
			char *out = values[turn++ % KEYS_MAX];

			snprintf(out, sizeof values[0], STR_FMT, STR_ARG(value));
			return out;
		}
	}
	cr_assert_fail("start.sh printed no %s", name);
	return "";
}

static size_t on_body(char *p, size_t size, size_t n, void *with)
{
	struct buf *body = with;

	return buf_add(body, p, size * n) ? size * n : 0;
}

void service_ask(const struct service *s, const char *method, const char *path, const char *body,
		 const char *content_type, const char *signature, struct service_answer *out)
{
	CURL *curl = curl_easy_init();
	struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
	char line[300], url[600], *type = NULL;
	long status = 0;

	*out = (struct service_answer){0};
	snprintf(url, sizeof url, "%s%s", service_key(s, "URL"), path);
	if (content_type != NULL) {
		snprintf(line, sizeof line, "Content-Type: %s", content_type);
		headers = curl_slist_append(headers, line);
	}
	if (signature != NULL) {
		snprintf(line, sizeof line, "X-Twilio-Signature: %s", signature);
		headers = curl_slist_append(headers, line);
	}
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 20000L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &out->body);
	if (strcmp(method, "HEAD") == 0)
		curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
	if (body != NULL) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	}
	if (curl_easy_perform(curl) != CURLE_OK)
		cr_assert_fail("%s %s got no answer", method, path);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
	snprintf(out->content_type, sizeof out->content_type, "%s", type == NULL ? "" : type);
	out->status = (int)status;
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
}

static void percent_decoded(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char hex[3] = {0};

		if (s.p[i] == '%' && i + 2 < s.n) {
			memcpy(hex, s.p + i + 1, 2);
			buf_add_char(out, (char)strtoul(hex, NULL, 16));
			i += 2;
		} else {
			buf_add_char(out, s.p[i] == '+' ? ' ' : s.p[i]);
		}
	}
}

void service_sign(const struct service *s, const char *path, const char *form, char out[32])
{
	const char *token = service_key(s, "TWILIO_AUTH_TOKEN");
	struct str rest = str_of(form);
	struct buf covered = {0};
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	buf_printf(&covered, "%s%s", service_key(s, "PUBLIC_URL"), path);
	while (rest.n > 0) {
		struct str value = str_cut(&rest, '&'), name = str_cut(&value, '=');

		percent_decoded(&covered, name);
		percent_decoded(&covered, value);
	}
	HMAC(EVP_sha1(), token, (int)strlen(token), (const unsigned char *)covered.p, covered.n,
	     digest, &n);
	EVP_EncodeBlock((unsigned char *)out, digest, (int)n);
	buf_clear(&covered);
}
