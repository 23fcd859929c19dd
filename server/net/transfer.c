/*
 * transfer.c - see transfer.h. Whether a request may have left is decided here.
 */
#include "server/net/transfer.h"

#include "shared/clock.h"

#define CONNECT_MS        5000
#define ANSWER_MAX        (1024u * 1024u)
#define IDLE_CONNECTION_S 30L /* not reused after this: others close idle connections too */
#define DAY_S             86400

/* ---- libcurl's callbacks ---- */

/* Called on a connection that is ready, before the request is written: for libcurl's own repetition
 * too. That one may go ahead only if the attempt before it wrote nothing. */
static int on_begin(void *with, char *ip, char *local_ip, int port, int local_port)
{
	struct transfer *t = with;
	long written = 0;

	(void)ip;
	(void)local_ip;
	(void)port;
	(void)local_port;
	if (t->attempts++ == 0)
		return CURL_PREREQFUNC_OK;
	curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &written);
	if (written == 0)
		return CURL_PREREQFUNC_OK;
	snprintf(t->error, sizeof t->error, "the connection was closed before an answer came");
	return CURL_PREREQFUNC_ABORT;
}

static size_t on_body(char *p, size_t one, size_t n, void *with)
{
	struct transfer *t = with;

	(void)one;
	if (buf_add(&t->body, p, n))
		return n;
	t->too_long = true;
	return 0;
}

/* ---- making one ---- */

/* "scheme://host:port" of the URL. */
static void host_of(const char *url, char *out, size_t room)
{
	const char *at = strstr(url, "://");
	size_t n = at == NULL ? 0 : strcspn(at + 3, "/?#") + (size_t)(at + 3 - url);

	snprintf(out, room, "%.*s", (int)size_min(n, room - 1), url);
}

static void header_add(struct transfer *t, const char *name, const char *value)
{
	char line[1024];
	struct curl_slist *more;
	int n = snprintf(line, sizeof line, "%s%s", name, value);

	if (n < 0 || (size_t)n >= sizeof line || strpbrk(line, "\r\n") != NULL)
		BUG("a header that cannot be sent: %s", name);
	more = curl_slist_append(t->headers, line);
	if (more == NULL)
		BUG("out of memory");
	t->headers = more;
	explicit_bzero(line, sizeof line);
}

static void method_set(CURL *easy, const struct http_request *r)
{
	if (strcmp(r->method, "GET") == 0 && r->body.n == 0) {
		curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
		return;
	}
	if (strcmp(r->method, "DELETE") != 0 || r->body.n > 0) {
		curl_easy_setopt(easy, CURLOPT_POST, 1L);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
		curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, r->body.p == NULL ? "" : r->body.p);
	}
	if (strcmp(r->method, "POST") != 0)
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, r->method);
}

static void rules_set(struct transfer *t, const struct http_request *r)
{
	CURL *easy = t->easy;

	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, -1L); /* reading it takes 33 ms */
	curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, IDLE_CONNECTION_S);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* else a look-up that hangs would stop the whole loop at the request's deadline */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
			 r->connect_ms == 0 ? (long)CONNECT_MS : (long)r->connect_ms);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "switchback");
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->error);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_begin);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, t);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
}

struct transfer *transfer_new(CURL *easy, const struct http_request *r)
{
	struct transfer *t = xcalloc(1, sizeof *t);

	t->easy = easy;
	t->begun_ms = clock_mono_ms();
	buf_init(&t->body, r->answer_max == 0 ? ANSWER_MAX : r->answer_max);
	host_of(r->url, t->host, sizeof t->host);
	rules_set(t, r);
	curl_easy_setopt(t->easy, CURLOPT_URL, r->url);
	method_set(t->easy, r);
	if (r->content_type != NULL)
		header_add(t, "Content-Type: ", r->content_type);
	if (r->bearer != NULL)
		header_add(t, "Authorization: Bearer ", r->bearer);
	for (size_t i = 0; r->headers != NULL && r->headers[i] != NULL; i++)
		header_add(t, r->headers[i], "");
	header_add(t, "Expect:", ""); /* no waiting for "100 Continue" */
	curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
	if (r->user != NULL) {
		curl_easy_setopt(t->easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl_easy_setopt(t->easy, CURLOPT_USERNAME, r->user);
		curl_easy_setopt(t->easy, CURLOPT_PASSWORD, r->password == NULL ? "" : r->password);
	}
	return t;
}

void transfer_free(struct transfer *t)
{
	curl_slist_free_all(t->headers);
	buf_clear(&t->body);
	free(t);
}

/* ---- its end ---- */

static enum http_outcome outcome_of(const struct transfer *t, CURLcode result, long status)
{
	long written = 0;

	if (result == CURLE_OK && status >= 200)
		return HTTP_ANSWERED;
	/* on_begin never ran: there was no connection to write to. It did, but nothing was written:
	 * the connection was dead at the first byte. */
	curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &written);
	return t->attempts == 0 || written == 0 ? HTTP_NOT_SENT : HTTP_UNCERTAIN;
}

/* libcurl has written what went wrong into t->error, mostly. */
static void why_fill(struct transfer *t, CURLcode result)
{
	if (t->too_long)
		snprintf(t->error, sizeof t->error, "the answer is too long");
	else if (t->error[0] == '\0')
		snprintf(t->error, sizeof t->error, "%s",
			 result == CURLE_OK ? "no answer that can be understood"
					    : curl_easy_strerror(result));
}

void transfer_judge(struct transfer *t, CURLcode result)
{
	long status = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	t->status = (int)status;
	t->late = result == CURLE_OPERATION_TIMEDOUT;
	t->outcome = outcome_of(t, result, status);
	if (t->outcome == HTTP_ANSWERED)
		t->error[0] = '\0';
	else
		why_fill(t, result);
}

void transfer_give_up(struct transfer *t, const char *why_not)
{
	t->outcome = HTTP_NOT_SENT;
	snprintf(t->error, sizeof t->error, "%s", why_not);
}

int http_retry_after(const char *value, int64_t now)
{
	int64_t s;

	if (!str_int(str_trim(str_of(value)), 0, INT32_MAX, &s)) {
		s = (int64_t)curl_getdate(value, NULL);
		if (s < 0)
			return -1;
		s -= now;
	}
	return (int)int_clamp(s, 0, DAY_S);
}

/* A header's value, NULL if it is not there. */
static const char *header_of(CURL *easy, const char *name)
{
	struct curl_header *header;

	return curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK
		       ? header->value
		       : NULL;
}

static int retry_after(CURL *easy)
{
	const char *value = header_of(easy, "Retry-After");

	return value == NULL ? -1 : http_retry_after(value, clock_wall_us() / 1000000);
}

void transfer_answer(const struct transfer *t, struct arena *a, struct http_answer *out)
{
	*out = (struct http_answer){
		.outcome = t->outcome,
		.status = t->status,
		.retry_after_s = -1,
		.late = t->late,
		.too_long = t->too_long,
	};
	snprintf(out->error, sizeof out->error, "%.*s", (int)sizeof out->error - 1, t->error);
	if (t->outcome != HTTP_ANSWERED)
		return;
	out->body = arena_str(a, buf_str(&t->body));
	out->retry_after_s = retry_after(t->easy);
	out->content_type = arena_str(a, str_of(header_of(t->easy, "Content-Type")));
	out->location = arena_str(a, str_of(header_of(t->easy, "Location")));
}
