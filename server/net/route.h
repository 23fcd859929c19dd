/*
 * route.h - which function answers which method and path.
 *
 * A path is matched as it was received: nothing is decoded, no dots or double slashes are resolved,
 * so whatever stands in front of us cannot have seen another path. "{name}" stands for one part
 * that is not empty; the parts arrive in web_request.params in their order.
 */
#ifndef SWITCHBACK_SERVER_NET_ROUTE_H
#define SWITCHBACK_SERVER_NET_ROUTE_H

#include "server/net/head.h"

#define ROUTE_PARAMS_MAX 4
#define ROUTE_TABLES_MAX 8

struct app;
struct ticket;
struct web_request;
struct socket_kind;

typedef void web_handler(struct app *app, const struct web_request *r, struct ticket t);

/* A table is an array of these, ended by one whose path is NULL. */
struct route {
	enum web_method method; /* WEB_GET takes HEAD too */
	const char *path;       /* "/api/orders/{id}" */
	web_handler *handle;
	size_t body_max;                  /* 0: 64 KiB */
	const char *action;               /* the permission that it needs; NULL: open */
	const struct socket_kind *socket; /* instead of handle: a WebSocket (socket.h) */
	const void *with;                 /* what its handler needs to know of it (api/door.h) */
};

enum route_found { ROUTE_FOUND, ROUTE_NO_PATH, ROUTE_NO_METHOD };

struct route_match {
	const struct route *route;
	struct str params[ROUTE_PARAMS_MAX];
	unsigned params_n;
	unsigned allowed; /* ROUTE_NO_METHOD: bits 1 << method */
};

/* Looks through the tables in order; the list ends with NULL. */
enum route_found route_find(const struct route *const *tables, enum web_method method,
			    struct str path, struct route_match *out);

/* "GET, HEAD, POST": the value of Allow. */
#define ROUTE_ALLOW_TEXT 48
void route_allow(unsigned allowed, char out[ROUTE_ALLOW_TEXT]);

#endif
