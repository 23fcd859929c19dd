/*
 * route.c - see route.h. A walk over the tables: some dozens of short comparisons, less than a
 * system call costs.
 */
#include "server/net/route.h"

/* One part of the pattern against one part of the path. */
static bool part_matches(struct str pattern, struct str part, struct route_match *m)
{
	if (pattern.n < 2 || pattern.p[0] != '{')
		return str_eq(pattern, part);
	if (part.n == 0)
		return false;
	if (m->params_n == ROUTE_PARAMS_MAX)
		BUG("a route with more than %d parameters", ROUTE_PARAMS_MAX);
	m->params[m->params_n++] = part;
	return true;
}

/* Most patterns differ from the path within a few bytes, so the first look is byte by byte. */
static bool path_matches(const char *pattern_text, struct str path, struct route_match *m)
{
	struct str pattern;
	size_t literal = 0;

	m->params_n = 0;
	for (; pattern_text[literal] != '\0' && pattern_text[literal] != '{'; literal++) {
		if (literal == path.n || path.p[literal] != pattern_text[literal])
			return false;
	}
	pattern = str_of(pattern_text + literal);
	path = str_sub(path, literal, path.n);
	if (pattern.n == 0)
		return path.n == 0;
	while (pattern.p != NULL && path.p != NULL) {
		if (!part_matches(str_cut(&pattern, '/'), str_cut(&path, '/'), m))
			return false;
	}
	return pattern.p == NULL && path.p == NULL;
}

static unsigned methods_of(const struct route *r)
{
	return 1u << r->method | (r->method == WEB_GET && r->socket == NULL ? 1u << WEB_HEAD : 0);
}

enum route_found route_find(const struct route *const *tables, enum web_method method,
			    struct str path, struct route_match *out)
{
	unsigned allowed = 0;

	for (; *tables != NULL; tables++) {
		for (const struct route *r = *tables; r->path != NULL; r++) {
			if (!path_matches(r->path, path, out))
				continue;
			if ((methods_of(r) & 1u << method) != 0) {
				out->route = r;
				return ROUTE_FOUND;
			}
			allowed |= methods_of(r);
		}
	}
	out->route = NULL;
	out->allowed = allowed;
	return allowed == 0 ? ROUTE_NO_PATH : ROUTE_NO_METHOD;
}

void route_allow(unsigned allowed, char out[ROUTE_ALLOW_TEXT])
{
	size_t n = 0;

	out[0] = '\0';
	for (unsigned m = 0; m < WEB_METHODS; m++) {
		if ((allowed & 1u << m) != 0)
			n += (size_t)snprintf(out + n, ROUTE_ALLOW_TEXT - n, "%s%s",
					      n == 0 ? "" : ", ",
					      web_method_name((enum web_method)m));
	}
}
