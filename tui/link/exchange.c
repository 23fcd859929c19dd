/*
 * exchange.c - see exchange.h.
 */
#include "tui/link/exchange.h"

#include <curl/curl.h>

#include "shared/buf.h"
#include "shared/clock.h"

#define CONNECT_MS        5000L
#define CONNECTIONS_MAX   6L
#define STREAM_BUFFER     65536L
#define IDLE_CONNECTION_S 30L /* not reused after this: proxies close idle connections too */
#define RETRY_AFTER_MAX_S 3600
#define FDS_MAX           8

struct exchange {
	struct exchange *next;
	struct exchanges *in;
	CURL *easy;
	struct curl_slist *headers;
	struct buf body;
	char error[CURL_ERROR_SIZE];
	unsigned attempts; /* how often a request was about to be written */
	bool too_long, stopped;
	int64_t head_by_ms; /* of a stream: when its head must be there; 0: it is */
	void (*on_done)(void *to, const struct exchange_answer *answer);
	bool (*on_bytes)(void *to, struct str bytes);
	void *to;
};

struct exchanges {
	CURLM *multi;
	struct exchange *all;
	char *base;
	bool plain;   /* http:// */
	bool turning; /* inside curl_multi_perform: nothing may be taken away there */
};

/* ---- addresses ---- */

static bool is_loopback(const char *host)
{
	return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
	       (strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == strlen(host));
}

static bool parts_good(CURLU *url, const char *base, bool insecure_http, struct err *err)
{
	char *scheme = NULL, *host = NULL, *user = NULL, *query = NULL, *fragment = NULL;
	bool good = false;

	if (curl_url_set(url, CURLUPART_URL, base, 0) != CURLUE_OK ||
	    curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK) {
		err_set(err, ERR_INPUT,
			"The address must look like https://switchback.example.com.");
	} else if (curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_OK ||
		   curl_url_get(url, CURLUPART_QUERY, &query, 0) == CURLUE_OK ||
		   curl_url_get(url, CURLUPART_FRAGMENT, &fragment, 0) == CURLUE_OK) {
		err_set(err, ERR_INPUT, "The address must be without user, '?' and '#'.");
	} else if (strcmp(scheme, "http") == 0 && !insecure_http && !is_loopback(host)) {
		err_set(err, ERR_INPUT,
			"http:// is for this machine only: use https://, or --insecure-http.");
	} else if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0) {
		err_set(err, ERR_INPUT, "The address must begin with https://.");
	} else {
		good = true;
	}
	curl_free(scheme);
	curl_free(host);
	curl_free(user);
	curl_free(query);
	curl_free(fragment);
	return good;
}

bool exchange_base_good(const char *base, bool insecure_http, struct err *err)
{
	CURLU *url = curl_url();
	bool good;

	if (url == NULL)
		BUG("out of memory");
	good = parts_good(url, base, insecure_http, err);
	curl_url_cleanup(url);
	return good;
}

void exchange_escape(struct buf *out, struct str value)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    c == '-' || c == '_' || c == '.' || c == '~') {
			buf_add_char(out, (char)c);
			continue;
		}
		buf_add_char(out, '%');
		buf_add_char(out, hex[c >> 4]);
		buf_add_char(out, hex[c & 15]);
	}
}

/* ---- all of them ---- */

struct exchanges *exchanges_open(const char *base, bool insecure_http, struct err *err)
{
	struct exchanges *e;
	size_t n = strlen(base);

	if (!exchange_base_good(base, insecure_http, err))
		return NULL;
	e = xcalloc(1, sizeof *e);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || (e->multi = curl_multi_init()) == NULL)
		BUG("libcurl does not start");
	curl_multi_setopt(e->multi, CURLMOPT_MAX_HOST_CONNECTIONS, CONNECTIONS_MAX);
	curl_multi_setopt(e->multi, CURLMOPT_MAXCONNECTS, CONNECTIONS_MAX);
	while (n > 0 && base[n - 1] == '/')
		n--;
	e->base = xcalloc(1, n + 1);
	memcpy(e->base, base, n);
	e->plain = strncmp(base, "https:", 6) != 0;
	return e;
}

static void exchange_free(struct exchange *x)
{
	struct exchange **at = &x->in->all;

	while (*at != x)
		at = &(*at)->next;
	*at = x->next;
	curl_multi_remove_handle(x->in->multi, x->easy);
	curl_easy_cleanup(x->easy);
	curl_slist_free_all(x->headers);
	if (x->body.p != NULL)
		explicit_bzero(x->body.p, x->body.cap); /* it may hold tokens */
	buf_clear(&x->body);
	free(x);
}

void exchanges_close(struct exchanges *e)
{
	if (e == NULL)
		return;
	while (e->all != NULL)
		exchange_free(e->all);
	curl_multi_cleanup(e->multi);
	curl_global_cleanup();
	free(e->base);
	free(e);
}

/* ---- libcurl's callbacks ---- */

/* Before a request is written, also when libcurl repeats one by itself on a new connection: that is
 * let through only if nothing of the first was written. Whether to repeat what may have been done
 * is for those to decide who know the key. */
static int on_begin(void *with, char *ip, char *local_ip, int port, int local_port)
{
	struct exchange *x = with;
	long written = 0;

	(void)ip;
	(void)local_ip;
	(void)port;
	(void)local_port;
	if (x->attempts++ == 0)
		return CURL_PREREQFUNC_OK;
	curl_easy_getinfo(x->easy, CURLINFO_REQUEST_SIZE, &written);
	if (written == 0)
		return CURL_PREREQFUNC_OK;
	snprintf(x->error, sizeof x->error, "the connection was closed before an answer came");
	return CURL_PREREQFUNC_ABORT;
}

static long status_of(const struct exchange *x)
{
	long status = 0;

	curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

static size_t on_body(char *p, size_t one, size_t n, void *with)
{
	struct exchange *x = with;

	(void)one;
	if (x->stopped)
		return 0;
	if (x->on_bytes != NULL && status_of(x) == 200) {
		x->head_by_ms = 0;
		return x->on_bytes(x->to, str_make(p, n)) ? n : 0;
	}
	if (buf_add(&x->body, p, n))
		return n;
	x->too_long = true;
	return 0;
}

/* ---- one ---- */

static void header_add(struct exchange *x, const char *name, const char *value)
{
	struct buf line = {0};
	struct curl_slist *more;

	buf_printf(&line, "%s%s", name, value);
	if (line.overflowed || strpbrk(buf_cstr(&line), "\r\n") != NULL)
		BUG("a header that cannot be sent: %s", name);
	more = curl_slist_append(x->headers, buf_cstr(&line));
	if (more == NULL)
		BUG("out of memory");
	x->headers = more;
	explicit_bzero(line.p, line.cap);
	buf_clear(&line);
}

static void rules_set(const struct exchange *x)
{
	CURL *easy = x->easy;

	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	if (x->in->plain) /* no token to a proxy in the clear */
		curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, -1L); /* reading it takes 33 ms */
	curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, IDLE_CONNECTION_S);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* a look-up that hangs holds nobody up */
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "switchback/" SWITCHBACK_VERSION);
}

static void callbacks_set(struct exchange *x)
{
	curl_easy_setopt(x->easy, CURLOPT_ERRORBUFFER, x->error);
	curl_easy_setopt(x->easy, CURLOPT_PREREQFUNCTION, on_begin);
	curl_easy_setopt(x->easy, CURLOPT_PREREQDATA, x);
	curl_easy_setopt(x->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(x->easy, CURLOPT_WRITEDATA, x);
	curl_easy_setopt(x->easy, CURLOPT_PRIVATE, x);
}

static void request_set(struct exchange *x, const struct exchange_request *r)
{
	struct buf url = {0};

	buf_printf(&url, "%s%s", x->in->base, r->path);
	curl_easy_setopt(x->easy, CURLOPT_URL, buf_cstr(&url));
	buf_clear(&url);
	if (strcmp(r->method, "POST") == 0) {
		curl_easy_setopt(x->easy, CURLOPT_POST, 1L);
		curl_easy_setopt(x->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
		curl_easy_setopt(x->easy, CURLOPT_COPYPOSTFIELDS,
				 r->body.p == NULL ? "" : r->body.p);
	} else if (strcmp(r->method, "GET") != 0) {
		curl_easy_setopt(x->easy, CURLOPT_CUSTOMREQUEST, r->method);
	}
	header_add(x, "Expect:", "");       /* no waiting for "100 Continue" */
	if (strcmp(r->method, "POST") == 0) /* without a body: no type of curl's own choice */
		header_add(x, "Content-Type:", r->body.p == NULL ? "" : " application/json");
	header_add(x, "Accept: ", r->on_bytes != NULL ? "text/event-stream" : "application/json");
	if (r->bearer != NULL)
		header_add(x, "Authorization: Bearer ", r->bearer);
	if (r->key != NULL)
		header_add(x, "Idempotency-Key: ", r->key);
	if (r->after != NULL)
		header_add(x, "Last-Event-ID: ", r->after);
	curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, x->headers);
}

struct exchange *exchange_start(struct exchanges *e, const struct exchange_request *r)
{
	struct exchange *x = xcalloc(1, sizeof *x);

	x->in = e;
	x->on_done = r->on_done;
	x->on_bytes = r->on_bytes;
	x->to = r->to;
	x->easy = curl_easy_init();
	if (x->easy == NULL)
		BUG("libcurl does not start");
	buf_init(&x->body, EXCHANGE_ANSWER_MAX);
	rules_set(x);
	callbacks_set(x);
	request_set(x, r);
	if (r->on_bytes != NULL) {
		curl_easy_setopt(x->easy, CURLOPT_BUFFERSIZE, STREAM_BUFFER);
		x->head_by_ms = clock_mono_ms() + r->deadline_ms;
	} else {
		curl_easy_setopt(x->easy, CURLOPT_TIMEOUT_MS, (long)r->deadline_ms);
	}
	x->next = e->all;
	e->all = x;
	if (curl_multi_add_handle(e->multi, x->easy) != CURLM_OK)
		BUG("libcurl takes no request");
	return x;
}

void exchange_stop(struct exchange *x)
{
	if (x == NULL)
		return;
	x->stopped = true;
	if (!x->in->turning)
		exchange_free(x);
}

/* ---- the end of one ---- */

static enum exchange_fate fate_of(const struct exchange *x, CURLcode result)
{
	long written = 0;

	if (result == CURLE_OK && status_of(x) >= 200)
		return EXCHANGE_ANSWERED;
	curl_easy_getinfo(x->easy, CURLINFO_REQUEST_SIZE, &written);
	return x->attempts == 0 || written == 0 ? EXCHANGE_NOT_SENT : EXCHANGE_LOST;
}

static int retry_after_of(CURL *easy)
{
	curl_off_t s = 0;

	if (curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &s) != CURLE_OK)
		return 0;
	return (int)int_clamp(s, 0, RETRY_AFTER_MAX_S);
}

static void told(struct exchange *x, CURLcode result)
{
	struct exchange_answer answer = {.fate = fate_of(x, result)};

	if (answer.fate == EXCHANGE_ANSWERED) {
		answer.status = (int)status_of(x);
		answer.body = buf_str(&x->body);
		answer.retry_after_s = retry_after_of(x->easy);
	} else {
		snprintf(answer.why, sizeof answer.why, "%.*s", EXCHANGE_WHY - 1,
			 x->too_long           ? "the answer is too long"
			 : x->error[0] != '\0' ? x->error
			 : result == CURLE_OK  ? "no answer that can be understood"
					       : curl_easy_strerror(result));
	}
	x->on_done(x->to, &answer);
}

/* A stream whose head did not come in time. */
static struct exchange *overdue(const struct exchanges *e)
{
	int64_t now = clock_mono_ms();

	for (struct exchange *x = e->all; x != NULL; x = x->next) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what is freed is out of `all` */
		if (x->head_by_ms != 0 && now >= x->head_by_ms && !x->stopped)
			return x;
	}
	return NULL;
}

static struct exchange *stopped(const struct exchanges *e)
{
	for (struct exchange *x = e->all; x != NULL; x = x->next) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what is freed is out of `all` */
		if (x->stopped)
			return x;
	}
	return NULL;
}

void exchanges_turn(struct exchanges *e)
{
	int running, left;
	struct exchange *x;
	CURLMsg *m;

	e->turning = true;
	curl_multi_perform(e->multi, &running);
	e->turning = false;
	while ((x = stopped(e)) != NULL)
		exchange_free(x);
	while ((m = curl_multi_info_read(e->multi, &left)) != NULL) {
		CURLcode result = m->data.result;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&x);
		curl_multi_remove_handle(e->multi, x->easy);
		told(x, result);
		exchange_free(x);
	}
	while ((x = overdue(e)) != NULL) {
		told(x, CURLE_OPERATION_TIMEDOUT);
		exchange_free(x);
	}
}

void exchanges_wait(struct exchanges *e, struct pollfd *fds, size_t n, int timeout_ms)
{
	struct curl_waitfd also[FDS_MAX];
	int ready = 0;

	if (n > FDS_MAX)
		BUG("more descriptors than exchanges_wait() takes");
	for (size_t i = 0; i < n; i++)
		also[i] = (struct curl_waitfd){.fd = fds[i].fd, .events = CURL_WAIT_POLLIN};
	curl_multi_poll(e->multi, also, (unsigned)n, timeout_ms, &ready);
	/* curl does not tell of a hang-up, which then would be waited for in vain */
	poll(fds, n, 0);
}
