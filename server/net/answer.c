/*
 * answer.c - composes an answer and writes it: one system call when the client takes it at once,
 * which is nearly always. See conn.h.
 */
#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

#include "server/net/conn.h"
#include "shared/clock.h"
#include "shared/log.h"

#define NO_LENGTH     SIZE_MAX /* of a body that ends with the connection */
#define RETRY_AFTER_S 2

struct text {
	char p[ANSWER_HEAD_MAX];
	size_t n;
	bool overflowed;
};

static void add(struct text *t, const char *p, size_t n)
{
	if (n > sizeof t->p - t->n) {
		t->overflowed = true;
		return;
	}
	memcpy(t->p + t->n, p, n);
	t->n += n;
}

#define ADD(t, literal) add((t), (literal), sizeof(literal) - 1)

static void add_number(struct text *t, uint64_t v)
{
	char digits[20];
	size_t n = sizeof digits;

	do {
		digits[--n] = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	add(t, digits + n, sizeof digits - n);
}

/* A header's value from somewhere: it must not be able to begin a header of its own. */
static void add_value(struct text *t, struct str v)
{
	for (size_t i = 0; i < v.n; i++) {
		unsigned char c = (unsigned char)v.p[i];

		add(t, c < 0x20 || c == 0x7f ? "_" : v.p + i, 1);
	}
}

static const char *reason(int status)
{
	switch (status) {
	case 200: return "OK";
	case 201: return "Created";
	case 202: return "Accepted";
	case 204: return "No Content";
	case 304: return "Not Modified";
	case 400: return "Bad Request";
	case 401: return "Unauthorized";
	case 403: return "Forbidden";
	case 404: return "Not Found";
	case 405: return "Method Not Allowed";
	case 408: return "Request Timeout";
	case 409: return "Conflict";
	case 410: return "Gone";
	case 413: return "Content Too Large";
	case 414: return "URI Too Long";
	case 415: return "Unsupported Media Type";
	case 417: return "Expectation Failed";
	case 422: return "Unprocessable Content";
	case 426: return "Upgrade Required";
	case 429: return "Too Many Requests";
	case 431: return "Request Header Fields Too Large";
	case 500: return "Internal Server Error";
	case 501: return "Not Implemented";
	case 502: return "Bad Gateway";
	case 503: return "Service Unavailable";
	case 505: return "HTTP Version Not Supported";
	default: return "Status";
	}
}

/* "Date: Sun, 22 Nov 2026 17:05:09 GMT", made once a second (RFC 9110 6.6.1). */
static void add_date(struct text *t, struct web *w)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int64_t now = clock_wall_us() / 1000000;
	time_t s = (time_t)now;
	struct tm tm;

	if (now != w->date_s || w->date_n == 0) {
		gmtime_r(&s, &tm);
		w->date_n = (size_t)snprintf(
			w->date, sizeof w->date,
			"Date: %.3s, %02u %.3s %04u %02u:%02u:%02u GMT\r\n", days + 3 * tm.tm_wday,
			(unsigned)tm.tm_mday % 100u, months + 3 * tm.tm_mon,
			(unsigned)(tm.tm_year + 1900) % 10000u, (unsigned)tm.tm_hour % 100u,
			(unsigned)tm.tm_min % 100u, (unsigned)tm.tm_sec % 100u);
		w->date_s = now;
	}
	add(t, w->date, w->date_n);
}

static void head_compose(struct text *t, struct conn *c, int status, const char *content_type,
			 size_t body_n, const struct web_field *fields, size_t fields_n)
{
	const char *why = reason(status);

	t->n = 0;
	t->overflowed = false;
	ADD(t, "HTTP/1.1 ");
	add_number(t, (uint64_t)status);
	ADD(t, " ");
	add(t, why, strlen(why));
	ADD(t, "\r\n");
	add_date(t, c->web);
	if (status != 204 && status != 304 && body_n != NO_LENGTH) {
		ADD(t, "Content-Length: ");
		add_number(t, body_n);
		ADD(t, "\r\n");
	}
	if (content_type != NULL) {
		ADD(t, "Content-Type: ");
		add(t, content_type, strlen(content_type));
		ADD(t, "\r\n");
	}
	for (size_t i = 0; i < fields_n; i++) {
		add(t, fields[i].name, strlen(fields[i].name));
		ADD(t, ": ");
		add_value(t, fields[i].value);
		ADD(t, "\r\n");
	}
	ADD(t, "Cache-Control: no-store\r\nX-Request-Id: ");
	add(t, c->id, strlen(c->id));
	if (!c->keep_alive)
		ADD(t, "\r\nConnection: close");
	else if (c->old)
		ADD(t, "\r\nConnection: keep-alive");
	ADD(t, "\r\n\r\n");
}

static void answer_counted(struct conn *c, int status, size_t body_n)
{
	struct web *w = c->web;

	if (status >= 100 && status < 600)
		w->figures.answers[status / 100]++;
	if (log_wanted(LOG_DEBUG))
		log_debug("event=answered request=%s status=%d bytes=%zu peer=%s", c->id, status,
			  body_n, c->peer);
}

/* What the kernel did not take of two pieces waits in a copy. */
static void rest_keep(struct conn *c, const struct iovec v[2], size_t sent)
{
	size_t total = v[0].iov_len + v[1].iov_len, n = 0;

	c->out = xmalloc(total - sent);
	for (int i = 0; i < 2; i++) {
		size_t skip = size_min(sent, v[i].iov_len);

		if (v[i].iov_len > skip)
			memcpy(c->out + n, (const char *)v[i].iov_base + skip, v[i].iov_len - skip);
		n += v[i].iov_len - skip;
		sent -= skip;
	}
	c->out_at = 0;
	c->out_n = n;
	conn_phase_set(c, CONN_WRITING, c->web->o.write_ms);
	conn_watch(c, UV_WRITABLE);
}

/* Bytes that the kernel took, -1 and errno. One piece is cheaper to send than two. */
static ssize_t pieces_send(int fd, struct iovec v[2])
{
	struct msghdr m = {.msg_iov = v, .msg_iovlen = 2};
	ssize_t sent;

	do
		sent = v[1].iov_len == 0
			       ? send(fd, v[0].iov_base, v[0].iov_len, MSG_NOSIGNAL | MSG_DONTWAIT)
			       : sendmsg(fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (sent < 0 && errno == EINTR);
	return sent;
}

void answer_send(struct conn *c, int status, const char *content_type, struct str body,
		 const struct web_field *fields, size_t fields_n)
{
	bool bodiless = c->head_only || status == 204 || status == 304;
	UNINITIALIZED struct text t;
	struct iovec v[2];
	ssize_t sent;

	if (c->web->draining)
		c->keep_alive = false;
	head_compose(&t, c, status, content_type, body.n, fields, fields_n);
	if (t.overflowed)
		BUG("the head of an answer is longer than %d bytes", ANSWER_HEAD_MAX);
	answer_counted(c, status, body.n);
	if (bodiless)
		body.n = 0;
	if (body.n > 0 && body.n <= sizeof t.p - t.n) {
		add(&t, body.p, body.n);
		body.n = 0;
	}
	v[0] = (struct iovec){t.p, t.n};
	v[1] = (struct iovec){(void *)(uintptr_t)body.p, body.n};
	sent = pieces_send(c->fd, v);
	if (sent < 0 && errno != EAGAIN && errno != ENOBUFS) {
		conn_close(c);
		return;
	}
	if (sent < 0)
		sent = 0;
	if ((size_t)sent < v[0].iov_len + v[1].iov_len)
		rest_keep(c, v, (size_t)sent);
	else
		conn_answered(c);
}

struct str answer_stream_head(struct conn *c, char out[ANSWER_HEAD_MAX])
{
	/* nginx, and whoever does as it does, passes a stream on only if told not to collect it */
	static const struct web_field fields[] = {{"X-Accel-Buffering", {"no", 2}}};
	struct text t;

	head_compose(&t, c, 200, "text/event-stream", NO_LENGTH, fields, ARRAY_LEN(fields));
	answer_counted(c, 200, 0);
	memcpy(out, t.p, t.n);
	return str_make(out, t.n);
}

void answer_go_on(struct conn *c)
{
	ssize_t sent =
		send(c->fd, c->out + c->out_at, c->out_n - c->out_at, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (sent < 0) {
		if (errno != EAGAIN && errno != EINTR && errno != ENOBUFS)
			conn_close(c);
		return;
	}
	c->out_at += (size_t)sent;
	if (c->out_at < c->out_n) {
		if (sent > 0)
			conn_phase_set(c, CONN_WRITING, c->web->o.write_ms);
		return;
	}
	free(c->out);
	c->out = NULL;
	conn_answered(c);
}

/* The problem's members and then those of the refusal: the brace between them moves to the end. */
static struct str problem_joined(char *base, size_t n, struct str members, char **heap)
{
	if (members.n == 0)
		return str_make(base, n);
	*heap = xmalloc(n + members.n + 1);
	memcpy(*heap, base, n - 1);
	(*heap)[n - 1] = ',';
	memcpy(*heap + n, members.p, members.n);
	(*heap)[n + members.n] = '}';
	return str_make(*heap, n + members.n + 1);
}

void answer_refusal(struct conn *c, const struct web_refusal *r, const char *allow)
{
	int status = problem_row(r->problem)->status;
	char base[PROBLEM_TEXT], seconds[16], *heap = NULL;
	size_t n = problem_write(r->problem, c->id, base, sizeof base);
	struct web_field fields[2];
	size_t fields_n = 0;

	if (allow != NULL)
		fields[fields_n++] = (struct web_field){"Allow", str_of(allow)};
	if (status == 401)
		fields[fields_n++] = (struct web_field){"WWW-Authenticate", STR_LIT("Bearer")};
	if (status == 503 || status == 429) {
		snprintf(seconds, sizeof seconds, "%u",
			 r->retry_after_s == 0 ? RETRY_AFTER_S : r->retry_after_s);
		fields[fields_n++] = (struct web_field){"Retry-After", str_of(seconds)};
	}
	if (status == 426) {
		fields[fields_n++] = (struct web_field){"Upgrade", STR_LIT("websocket")};
		fields[fields_n++] = (struct web_field){"Sec-WebSocket-Version", STR_LIT("13")};
	}
	answer_send(c, status, "application/problem+json",
		    problem_joined(base, n, r->members, &heap), fields, fields_n);
	free(heap);
}

void answer_problem(struct conn *c, enum problem p, const char *allow)
{
	answer_refusal(c, &(struct web_refusal){.problem = p}, allow);
}
