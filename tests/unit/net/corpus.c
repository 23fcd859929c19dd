/*
 * corpus.c - the cases of llhttp's own test suite, where they are present
 * (http/llhttp-requests.json in the folder that SWITCHBACK_SHARED names), whole and byte by byte.
 */
#include <criterion/criterion.h>
#include <jansson.h>
#include <unistd.h>

#include "shared/buf.h"
#include "tests/support/net_peer.h"

#define CANARY "GET /canary HTTP/1.1\r\nHost: canary\r\nConnection: close\r\n\r\n"

struct app {
	int none;
};

static void fine(struct app *app, const struct web_request *r, struct ticket t)
{
	(void)app;
	(void)r;
	web_reply(t, 200, NULL, STR_LIT(""));
}

static const struct route routes[] = {
	{WEB_GET, "/canary", fine, 0, NULL, NULL, NULL},
	{0, NULL, NULL, 0, NULL, NULL, NULL},
};

static int sextet(char c)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c == '\0' ? NULL : strchr(letters, c);

	return at == NULL ? -1 : (int)(at - letters);
}

static void base64_add(struct buf *b, const char *text)
{
	unsigned bits = 0, n = 0;

	for (; *text != '\0' && sextet(*text) >= 0; text++) {
		bits = bits << 6 | (unsigned)sextet(*text);
		n += 6;
		if (n >= 8) {
			n -= 8;
			buf_add_char(b, (char)(bits >> n));
		}
	}
}

static const char *text_of(const json_t *c, const char *name)
{
	const char *text = json_string_value(json_object_get(c, name));

	return text == NULL ? "" : text;
}

/* A refusal of the request itself; 404 is none. */
static bool refuses(int status)
{
	static const int statuses[] = {400, 403, 405, 411, 413, 414, 417, 426, 431, 501, 505};

	for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
		if (statuses[i] == status)
			return true;
	}
	return false;
}

static void play(int port, const json_t *c, size_t chop)
{
	static struct net_answers a;
	const char *must = text_of(c, "must"), *id = text_of(c, "id");
	bool reject = strcmp(must, "reject") == 0;
	struct buf b;
	int fd = net_connect(port), first;

	buf_init(&b, 1u << 20);
	base64_add(&b, text_of(c, "request_b64"));
	if (reject || strcmp(must, "ignore_rest") == 0)
		buf_add_cstr(&b, CANARY);
	a = (struct net_answers){.n = 0};
	(void)net_send(fd, buf_str(&b), chop);
	net_read(fd, ARRAY_LEN(a.status), reject ? 5000 : 30, &a);
	first = a.count == 0 ? 0 : a.status[0];
	if (reject)
		cr_expect(a.ended && (a.count == 0 || (a.count == 1 && refuses(first))),
			  "%s must be refused (%zu at a time): %u answers, %d", id, chop, a.count,
			  first);
	else if (strcmp(must, "ignore_rest") == 0)
		cr_expect(a.count <= 1, "%s: what follows must be ignored", id);
	else if (strcmp(must, "accept") == 0)
		cr_expect(!refuses(first) || first == 403 || first == 405 || first == 501,
			  "%s must be taken (%zu at a time): %d", id, chop, first);
	close(fd);
	buf_clear(&b);
}

Test(corpus, llhttps_own_cases, .timeout = 120)
{
	const char *path = net_shared("corpora/http/llhttp-requests.json");
	struct web_options o = {.tables = {routes, NULL}};
	struct app app = {0};
	struct net_server *s;
	json_t *all, *c;
	size_t i;

	if (path == NULL) {
		cr_skip_test("skipped: corpora/http is not here");
		return;
	}
	all = json_load_file(path, 0, NULL);
	cr_assert_not_null(all);
	s = net_server_start(&o, &app);
	json_array_foreach(json_object_get(all, "cases"), i, c)
	{
		play(net_server_port(s), c, 0);
		play(net_server_port(s), c, 1);
	}
	cr_expect_gt(i, 100);
	net_server_stop(s);
	json_decref(all);
}
