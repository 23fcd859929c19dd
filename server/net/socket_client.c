/*
 * socket_client.c - the WebSockets that we open (socket.h). The name is looked up off the loop:
 * what libwebsockets 4.1 does by itself would hold it up. It connects to the address, and the name
 * goes into the Host header, SNI and the check of the certificate.
 */
#include "server/net/socket_inside.h"

#include <curl/curl.h>

#include "shared/clock.h"
#include "shared/log.h"

#define RESOLVED_MS 60000

struct connecting {
	uv_getaddrinfo_t asked; /* first: it is what the loop knows */
	struct socket *s;       /* NULL: nobody waits for it any more */
	struct sockets *ss;
	char host[256], path[4096];
	int port;
	bool tls;
};

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

static bool url_read(const char *url, struct connecting *c)
{
	CURLU *u = curl_url();
	char scheme[8], port[8], query[2048] = "";
	int64_t number = 0;
	bool right;

	right = curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
		part(u, CURLUPART_SCHEME, 0, scheme, sizeof scheme) &&
		(strcmp(scheme, "ws") == 0 || strcmp(scheme, "wss") == 0) &&
		part(u, CURLUPART_HOST, 0, c->host, sizeof c->host) &&
		part(u, CURLUPART_PATH, 0, c->path, sizeof c->path);
	c->tls = right && strcmp(scheme, "wss") == 0;
	c->port = c->tls ? 443 : 80;
	if (right && part(u, CURLUPART_PORT, 0, port, sizeof port) &&
	    str_int(str_of(port), 1, 65535, &number))
		c->port = (int)number;
	if (right && part(u, CURLUPART_QUERY, 0, query, sizeof query)) {
		size_t n = strlen(c->path);

		right = n + 1 + strlen(query) < sizeof c->path;
		if (right) {
			c->path[n] = '?';
			memcpy(c->path + n + 1, query, strlen(query) + 1);
		}
	}
	curl_url_cleanup(u);
	return right;
}

/* ---- connecting ---- */

static void failed(struct socket *s, const char *why)
{
	if (s->over)
		return;
	s->told = s->closing ? 0 : SOCKET_WITHOUT_A_WORD;
	snprintf(s->told_why, sizeof s->told_why, "%s", why);
	socket_gone_soon(s);
}

static void connect_to(struct socket *s, const struct connecting *c, const char *address)
{
	struct lws_client_connect_info i;

	if (s->closing || s->all->closing || !sockets_context(s->all)) {
		failed(s, "closed before it was connected");
		return;
	}
	memset(&i, 0, sizeof i);
	i.context = s->all->context;
	i.address = address;
	i.port = c->port;
	i.path = c->path;
	i.host = c->host;
	i.origin = NULL;
	i.ssl_connection = c->tls ? LCCSCF_USE_SSL : 0;
	i.alpn = "http/1.1";
	i.local_protocol_name = "switchback";
	i.opaque_user_data = s;
	i.pwsi = &s->wsi;
	if (lws_client_connect_via_info(&i) == NULL)
		failed(s, "the connection was refused");
}

static void on_address(uv_getaddrinfo_t *asked, int status, struct addrinfo *found)
{
	struct connecting *c = CONTAINER_OF(asked, struct connecting, asked);
	struct sockets *ss = c->ss;
	struct socket *s = c->s;
	const struct addrinfo *chosen = NULL;
	char address[INET6_ADDRSTRLEN] = "";

	/* IPv4 where there is one: an address that is not tried next must be one that works */
	for (const struct addrinfo *a = found; status == 0 && a != NULL; a = a->ai_next) {
		if (chosen == NULL || (chosen->ai_family != AF_INET && a->ai_family == AF_INET))
			chosen = a;
	}
	if (chosen != NULL)
		(void)!getnameinfo(chosen->ai_addr, chosen->ai_addrlen, address, sizeof address,
				   NULL, 0, NI_NUMERICHOST);
	if (address[0] != '\0') {
		snprintf(ss->resolved.host, sizeof ss->resolved.host, "%s", c->host);
		snprintf(ss->resolved.address, sizeof ss->resolved.address, "%s", address);
		ss->resolved.until_ms = clock_mono_ms() + RESOLVED_MS;
	}
	uv_freeaddrinfo(found);
	s->connecting = NULL;
	if (address[0] == '\0')
		failed(s, status == 0 ? "the name has no address" : uv_strerror(status));
	else
		connect_to(s, c, address);
	free(c);
}

void socket_connecting_stop(struct socket *s)
{
	if (s->connecting != NULL)
		(void)!uv_cancel(
			(uv_req_t *)&s->connecting->asked); /* on_address comes in any case */
	else if (s->wsi != NULL)
		lws_set_timeout(s->wsi, PENDING_TIMEOUT_KILLED_BY_PARENT, LWS_TO_KILL_ASYNC);
}

static bool is_address(const char *host)
{
	unsigned char bytes[16];

	return uv_inet_pton(AF_INET, host, bytes) == 0 || uv_inet_pton(AF_INET6, host, bytes) == 0;
}

struct socket *sockets_connect(struct sockets *ss, const struct socket_kind *kind, void *self,
			       const char *url)
{
	static const struct addrinfo wanted = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct connecting *c;
	struct socket *s;

	if (!sockets_room(ss))
		return NULL;
	c = xcalloc(1, sizeof *c);
	if (!url_read(url, c)) {
		free(c);
		return NULL;
	}
	s = socket_new(ss, kind, self);
	c->ss = ss;
	c->s = s;
	if (is_address(c->host) ||
	    (strcmp(c->host, ss->resolved.host) == 0 && clock_mono_ms() < ss->resolved.until_ms)) {
		connect_to(s, c, is_address(c->host) ? c->host : ss->resolved.address);
		free(c);
		return s;
	}
	s->connecting = c;
	if (uv_getaddrinfo(&ss->loop->uv, &c->asked, on_address, c->host, NULL, &wanted) != 0) {
		s->connecting = NULL;
		free(c);
		failed(s, "the name cannot be looked up");
	}
	return s;
}
