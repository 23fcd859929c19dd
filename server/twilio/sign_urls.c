/*
 * sign_urls.c - under which URLs a request may have been signed (twilio.md 7.1 and 7.3; sign.h).
 *
 * The URL is never built from the socket or from headers: it is the configured public address and
 * the request's target, byte for byte.
 */
#include "server/twilio/sign.h"

struct address {
	bool secure;
	struct str host;   /* with the brackets of an IPv6 address */
	struct str port;   /* digits, or empty */
	struct str prefix; /* path before the target, without a slash at its end */
};

/* Where in "user:pass@host:port" the host begins and the port's colon stands. */
static bool authority_read(struct str s, struct address *out)
{
	ptrdiff_t close;
	struct str rest;

	for (size_t i = s.n; i > 0; i--) {
		if (s.p[i - 1] == '@') {
			s = str_sub(s, i, s.n);
			break;
		}
	}
	close = s.n > 0 && s.p[0] == '[' ? str_find_char(s, ']') : 0;
	if (s.n == 0 || close < 0)
		return false;
	rest = str_sub(s, (size_t)close, s.n);
	(void)str_cut(&rest, ':');
	out->port = rest;
	out->host = str_sub(s, 0, rest.p == NULL ? s.n : (size_t)(rest.p - s.p) - 1);
	for (size_t i = 0; rest.p != NULL && i < rest.n; i++) {
		if (rest.p[i] < '0' || rest.p[i] > '9')
			return false;
	}
	return out->host.n > 0;
}

static bool address_read(struct str url, struct address *out, struct err *err)
{
	struct str rest = url, authority;
	ptrdiff_t path;

	*out = (struct address){0};
	rest = str_cut(&rest, '#');
	out->secure = str_starts(rest, STR_LIT("https://"));
	if (!out->secure && !str_starts(rest, STR_LIT("http://")))
		return err_set(err, ERR_INPUT,
			       "the public URL must begin with https:// or http://");
	rest = str_sub(rest, out->secure ? 8 : 7, rest.n);
	path = str_find_char(rest, '/');
	authority = path < 0 ? rest : str_sub(rest, 0, (size_t)path);
	if (path >= 0)
		out->prefix = str_sub(rest, (size_t)path, rest.n);
	while (out->prefix.n > 0 && out->prefix.p[out->prefix.n - 1] == '/')
		out->prefix.n--;
	if (!authority_read(authority, out))
		return err_set(err, ERR_INPUT, "the public URL names no host, or a bad port");
	return true;
}

/* A request's target in two pieces, the query with its '?'. */
static bool target_read(struct str target, struct str *path, struct str *query, struct err *err)
{
	struct str whole = str_cut(&target, '#');
	ptrdiff_t mark = str_find_char(whole, '?');

	if (whole.n == 0 || whole.p[0] != '/')
		return err_set(err, ERR_INPUT, "the request's target must begin with /");
	*path = mark < 0 ? whole : str_sub(whole, 0, (size_t)mark);
	*query = mark < 0 ? (struct str){NULL, 0} : str_sub(whole, (size_t)mark, whole.n);
	return true;
}

static struct str join(struct arena *a, const struct str *pieces, size_t count)
{
	size_t n = 0;
	char *text, *to;

	for (size_t i = 0; i < count; i++)
		n += pieces[i].n;
	to = text = arena_take(a, n + 1);
	for (size_t i = 0; i < count; i++) {
		if (pieces[i].n > 0)
			memcpy(to, pieces[i].p, pieces[i].n);
		to += pieces[i].n;
	}
	return str_make(text, n);
}

/* The port as it is signed where it is: the configured one, else the scheme's own. */
static struct str port_text(struct arena *a, const struct address *to)
{
	const struct str explicit_port[] = {STR_LIT(":"), to->port};

	if (to->port.n > 0)
		return join(a, explicit_port, 2);
	return to->secure ? STR_LIT(":443") : STR_LIT(":80");
}

bool twilio_urls_for(struct arena *a, struct str public_url, struct str target,
		     struct twilio_urls *out, struct err *err)
{
	struct str path, query, scheme;
	struct twilio_urls urls = {0};
	struct address to;

	if (!address_read(public_url, &to, err) || !target_read(target, &path, &query, err))
		return false;
	scheme = to.secure ? STR_LIT("https://") : STR_LIT("http://");
	for (int with_port = 0; with_port < 2; with_port++) {
		const struct str port = with_port ? port_text(a, &to) : (struct str){NULL, 0};
		const struct str pieces[] = {scheme, to.host, port, to.prefix, path, query};

		urls.url[urls.count++] = join(a, pieces, ARRAY_LEN(pieces));
	}
	*out = urls;
	return true;
}

bool twilio_urls_for_socket(struct arena *a, struct str public_url, struct str target,
			    struct twilio_urls *out, struct err *err)
{
	struct twilio_urls urls = {0};
	struct str path, query;
	struct address to;

	if (!address_read(public_url, &to, err) || !target_read(target, &path, &query, err))
		return false;
	if (path.p[path.n - 1] == '/')
		path.n--;
	for (int i = 0; i < TWILIO_URLS_MAX; i++) {
		const bool plain = (i & 4) != 0, with_port = (i & 2) != 0,
			   with_slash = (i & 1) != 0;
		const struct str scheme =
			plain ? (to.secure ? STR_LIT("https://") : STR_LIT("http://"))
			      : (to.secure ? STR_LIT("wss://") : STR_LIT("ws://"));
		const struct str port = with_port ? port_text(a, &to) : (struct str){NULL, 0};
		const struct str slash = with_slash ? STR_LIT("/") : (struct str){NULL, 0};
		const struct str pieces[] = {scheme, to.host, port, to.prefix, path, slash, query};

		urls.url[urls.count++] = join(a, pieces, ARRAY_LEN(pieces));
	}
	*out = urls;
	return true;
}
