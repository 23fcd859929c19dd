/*
 * socket_client.c - a WebSocket that we open, until it is open (socket.h): the name is looked up
 * off the loop, its addresses are tried one after the other, then TLS, then the upgrade. Whatever
 * goes wrong is told by closed() with 1006 and a reason.
 */
#include "server/net/socket_inside.h"

#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/random.h>
#include <unistd.h>

#include "server/net/upgrade.h"
#include "shared/base64.h"

#define RESOLVED_MS 60000
#define NAME_MS     700 /* then what is known of the name from earlier must do */
#define ADDRESS_MS  800 /* for one address while there is another */
#define ANSWER_MAX  8192

enum stage { STAGE_NAME, STAGE_CONNECT, STAGE_TLS, STAGE_ANSWER };

struct opening {
	uv_getaddrinfo_t asked;
	struct socket *s; /* NULL: nobody waits for it any more */
	enum stage stage;
	bool secret; /* wss */
	bool looking_up;
	char host[256], port[6], path[4096];
	char key[UPGRADE_KEY_LETTERS + 1];
	struct sockaddr_storage address[ADDRESSES_MAX];
	unsigned addresses, at;
	uint64_t until_ms;
	size_t answer_n;
	char answer[ANSWER_MAX];
};

void socket_opening_drop(struct socket *s)
{
	struct opening *o = s->opening;

	s->opening = NULL;
	if (o == NULL)
		return;
	o->s = NULL;
	if (o->looking_up) /* on_address comes in any case, and frees it */
		(void)uv_cancel((uv_req_t *)&o->asked);
	else
		free(o);
}

/* ---- the URL ---- */

static bool part(CURLU *u, CURLUPart what, unsigned flags, char *out, size_t n)
{
	char *text = NULL;
	bool fits;

	if (curl_url_get(u, what, &text, flags) != CURLUE_OK)
		return false;
	fits = strlen(text) < n;
	if (fits)
		memcpy(out, text, strlen(text) + 1);
	curl_free(text);
	return fits;
}

/* It goes into a request line: nothing below a blank, and none. */
static bool printable(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text <= ' ' || *text == 0x7f)
			return false;
	}
	return true;
}

static bool url_read(const char *url, struct opening *o)
{
	CURLU *u = curl_url();
	char scheme[8], query[2048] = "?";
	size_t n;
	bool right;

	right = curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
		part(u, CURLUPART_SCHEME, 0, scheme, sizeof scheme) &&
		(strcmp(scheme, "ws") == 0 || strcmp(scheme, "wss") == 0) &&
		part(u, CURLUPART_HOST, 0, o->host, sizeof o->host) &&
		part(u, CURLUPART_PATH, 0, o->path, sizeof o->path);
	if (right) {
		o->secret = strcmp(scheme, "wss") == 0;
		if (!part(u, CURLUPART_PORT, 0, o->port, sizeof o->port))
			snprintf(o->port, sizeof o->port, "%s", o->secret ? "443" : "80");
		n = strlen(o->path);
		if (part(u, CURLUPART_QUERY, 0, query + 1, sizeof query - 1)) {
			right = n + strlen(query) < sizeof o->path;
			if (right)
				memcpy(o->path + n, query, strlen(query) + 1);
		}
		right = right && printable(o->path) && printable(o->host);
	}
	curl_url_cleanup(u);
	return right;
}

/* "[::1]" is an address in a URL, "::1" elsewhere. */
static void host_bare(const struct opening *o, char out[256])
{
	size_t n = strlen(o->host);

	if (o->host[0] == '[' && n > 2)
		snprintf(out, 256, "%.*s", (int)(n - 2), o->host + 1);
	else
		snprintf(out, 256, "%s", o->host);
}

/* ---- one address after the other ---- */

static void port_set(struct sockaddr_storage *a, const char *port)
{
	int64_t n = 0;

	(void)!str_int(str_of(port), 1, 65535, &n);
	if (a->ss_family == AF_INET)
		((struct sockaddr_in *)(void *)a)->sin_port = htons((uint16_t)n);
	else
		((struct sockaddr_in6 *)(void *)a)->sin6_port = htons((uint16_t)n);
}

/* The next address, or the end of it. */
static void try_next(struct socket *s, const char *why)
{
	struct opening *o = s->opening;
	uint64_t now = socket_now(s);

	socket_wire_close(s);
	while (o->at < o->addresses && now < o->until_ms) {
		struct sockaddr_storage *a = &o->address[o->at++];
		int fd = socket(a->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		int e = fd < 0 ? errno : 0;

		port_set(a, o->port);
		if (fd >= 0 && connect(fd, (const struct sockaddr *)a, sizeof *a) != 0)
			e = errno;
		if (e == 0 || e == EINPROGRESS) {
			o->stage = STAGE_CONNECT;
			s->due_ms = o->at < o->addresses ? now + ADDRESS_MS : o->until_ms;
			socket_wire_open(s, fd, UV_WRITABLE);
			return;
		}
		why = strerror(e);
		if (fd >= 0)
			close(fd);
	}
	socket_over(s, why);
}

/* Where that name was when it was looked up last; false: it never was. */
static bool resolved_take(struct socket *s)
{
	const struct resolved *r = &s->all->resolved;

	if (r->n == 0 || strcmp(r->host, s->opening->host) != 0)
		return false;
	memcpy(s->opening->address, r->address, sizeof r->address);
	s->opening->addresses = r->n;
	return true;
}

static void resolved_keep(struct sockets *ss, const char *host, const struct addrinfo *found)
{
	struct resolved *r = &ss->resolved;

	r->n = 0;
	snprintf(r->host, sizeof r->host, "%s", host);
	r->until_ms = uv_now(&ss->loop->uv) + RESOLVED_MS;
	for (; found != NULL && r->n < ADDRESSES_MAX; found = found->ai_next) {
		if (found->ai_family == AF_INET || found->ai_family == AF_INET6)
			memcpy(&r->address[r->n++], found->ai_addr, found->ai_addrlen);
	}
}

static void on_address(uv_getaddrinfo_t *asked, int status, struct addrinfo *found)
{
	struct opening *o = CONTAINER_OF(asked, struct opening, asked);
	struct socket *s = o->s;

	o->looking_up = false;
	if (s != NULL && status == 0 && found != NULL)
		resolved_keep(s->all, o->host, found);
	uv_freeaddrinfo(found);
	if (s == NULL)
		free(o);
	else if (s->phase != SOCKET_OPENING || o->stage != STAGE_NAME)
		return;            /* closed meanwhile, or it went on without */
	else if (resolved_take(s)) /* where it was a while ago is better than nowhere */
		try_next(s, "no address");
	else
		socket_over(s, status == 0 ? "the name has no address" : uv_strerror(status));
}

void socket_opening_late(struct socket *s)
{
	struct opening *o = s->opening;

	if (o->stage == STAGE_CONNECT || (o->stage == STAGE_NAME && resolved_take(s)))
		try_next(s, "no connection in time");
	else if (socket_now(s) < o->until_ms)
		s->due_ms = o->until_ms;
	else
		socket_over(s, o->stage == STAGE_NAME ? "the name was not found in time"
						      : "no answer in time");
}

/* ---- connected ---- */

static void ask(struct socket *s)
{
	struct opening *o = s->opening;
	bool usual = strcmp(o->port, o->secret ? "443" : "80") == 0;
	char host[300];
	struct buf request;

	snprintf(host, sizeof host, usual ? "%s" : "%s:%s", o->host, o->port);
	buf_init(&request, 8192);
	upgrade_request_write(&request, o->path, host, str_of(o->key));
	o->stage = STAGE_ANSWER;
	s->due_ms = o->until_ms;
	if (socket_raw(s, buf_str(&request)) && s->first != NULL)
		socket_over(s, "a connection that takes no request");
	buf_clear(&request);
}

static void shake(struct socket *s)
{
	char why[120] = "";

	switch (tls_shake(s->tls, why, sizeof why)) {
	case TLS_DONE: ask(s); break;
	case TLS_REFUSED: socket_over(s, why); break;
	default: break;
	}
}

static void connected(struct socket *s)
{
	struct opening *o = s->opening;
	socklen_t n = sizeof(int);
	char host[256];
	int e = 0;

	if (getsockopt(s->wire->fd, SOL_SOCKET, SO_ERROR, &e, &n) != 0 || e != 0) {
		try_next(s, strerror(e == 0 ? errno : e));
		return;
	}
	if (!o->secret) {
		ask(s);
		return;
	}
	if (s->all->trust == NULL)
		s->all->trust = tls_trust_open();
	if (s->all->trust == NULL) {
		socket_over(s, "no certificates to trust");
		return;
	}
	host_bare(o, host);
	o->stage = STAGE_TLS;
	s->due_ms = o->until_ms;
	s->tls = tls_begin(s->all->trust, s->wire->fd, host);
	shake(s);
}

/* False: nothing more can be done now. */
static bool answer_more(struct socket *s)
{
	struct opening *o = s->opening;
	ptrdiff_t got = socket_receive(s, o->answer + o->answer_n, ANSWER_MAX - o->answer_n);
	char why[120] = "";
	size_t head = 0, behind;

	if (got <= 0) {
		if (got < 0)
			socket_over(s, "the connection broke before it was answered");
		return false;
	}
	o->answer_n += (size_t)got;
	switch (upgrade_answer_read(str_make(o->answer, o->answer_n), str_of(o->key), &head, why,
				    sizeof why)) {
	case UPGRADE_PARTIAL:
		if (o->answer_n < ANSWER_MAX)
			return true;
		socket_over(s, "an answer without an end");
		return false;
	case UPGRADE_REFUSED: socket_over(s, why); return false;
	default: break;
	}
	behind = o->answer_n - head;
	memcpy(s->all->read, o->answer + head, behind);
	socket_opening_drop(s);
	socket_opened(s);
	if (behind > 0)
		socket_bytes(s, s->all->read, behind);
	if (s->tls != NULL && tls_pending(s->tls) && s->phase == SOCKET_OPEN)
		socket_fill(s);
	return false;
}

void socket_opening_go(struct socket *s)
{
	switch (s->opening->stage) {
	case STAGE_CONNECT: connected(s); break;
	case STAGE_TLS: shake(s); break;
	case STAGE_ANSWER:
		while (answer_more(s))
			continue;
		break;
	default: break;
	}
}

int socket_opening_waits_for(const struct socket *s)
{
	if (s->opening->stage == STAGE_CONNECT || (s->tls != NULL && tls_wants_room(s->tls)))
		return UV_WRITABLE;
	return UV_READABLE;
}

/* ---- the beginning ---- */

/* An address instead of a name. */
static bool literal(struct opening *o)
{
	char host[256];

	host_bare(o, host);
	if (uv_ip4_addr(host, 0, (struct sockaddr_in *)(void *)&o->address[0]) != 0 &&
	    uv_ip6_addr(host, 0, (struct sockaddr_in6 *)(void *)&o->address[0]) != 0)
		return false;
	o->addresses = 1;
	return true;
}

static void key_make(char out[UPGRADE_KEY_LETTERS + 1])
{
	unsigned char bytes[16];

	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		BUG("the system gives no random bytes");
	(void)base64_write(bytes, sizeof bytes, out);
}

struct socket *sockets_connect(struct sockets *ss, const struct socket_kind *kind, void *self,
			       const char *url)
{
	static const struct addrinfo wanted = {
		.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
	struct opening *o;
	struct socket *s;

	if (!sockets_room(ss))
		return NULL;
	o = xcalloc(1, sizeof *o);
	if (!url_read(url, o)) {
		free(o);
		return NULL;
	}
	s = socket_new(ss, kind, self);
	s->client = true;
	s->opening = o;
	o->s = s;
	o->until_ms = socket_now(s) + CONNECT_MS;
	s->due_ms = socket_now(s) + NAME_MS;
	key_make(o->key);
	if (literal(o) || (socket_now(s) < ss->resolved.until_ms && resolved_take(s))) {
		try_next(s, "no address");
		return s;
	}
	if (uv_getaddrinfo(&ss->loop->uv, &o->asked, on_address, o->host, NULL, &wanted) == 0)
		o->looking_up = true;
	else
		socket_over(s, "the name cannot be looked up");
	return s;
}
