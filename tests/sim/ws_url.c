/*
 * ws_url.c - the addresses of WebSockets; see ws.h.
 */
#include "tests/sim/ws.h"

static const char *const near[] = {"127.0.0.1", "localhost", "::1"};

bool sim_ws_host_is_near(const char *host)
{
	for (size_t i = 0; i < ARRAY_LEN(near); i++) {
		if (strcmp(host, near[i]) == 0)
			return true;
	}
	return false;
}

/* "host", "host:port", "[::1]:port" */
static bool host_read(struct str text, struct sim_ws_url *out)
{
	struct str host = text, port = {0};
	ptrdiff_t end;
	int64_t n;

	if (text.n > 0 && text.p[0] == '[') {
		end = str_find_char(text, ']');
		if (end < 0)
			return false;
		host = str_sub(text, 1, (size_t)end - 1);
		port = str_sub(text, (size_t)end + 1, text.n);
		if (port.n > 0 && port.p[0] != ':')
			return false;
		port = str_sub(port, 1, port.n);
	} else {
		port = host;
		host = str_cut(&port, ':');
	}
	if (host.n == 0 || host.n >= sizeof out->host)
		return false;
	snprintf(out->host, sizeof out->host, STR_FMT, STR_ARG(host));
	if (port.n == 0)
		return true;
	if (!str_int(port, 1, 65535, &n))
		return false;
	out->port = (int)n;
	return true;
}

bool sim_ws_url_read(struct str url, struct sim_ws_url *out)
{
	struct str rest;
	size_t end = 0;

	*out = (struct sim_ws_url){.path = STR_LIT("/")};
	out->secure = str_starts(url, STR_LIT("wss://"));
	if (!out->secure && !str_starts(url, STR_LIT("ws://")))
		return false;
	out->port = out->secure ? 443 : 80;
	rest = str_sub(url, out->secure ? 6 : 5, url.n);
	for (size_t i = 0; i < rest.n; i++) {
		if ((unsigned char)rest.p[i] <= ' ')
			return false;
	}
	while (end < rest.n && rest.p[end] != '/' && rest.p[end] != '?' && rest.p[end] != '#')
		end++;
	if (!host_read(str_sub(rest, 0, end), out))
		return false;
	rest = str_sub(rest, end, rest.n);
	rest = str_cut(&rest, '#');
	if (rest.n > 0)
		out->path = rest;
	return true;
}
