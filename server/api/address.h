/*
 * address.h - where a request came from.
 */
#ifndef SWITCHBACK_SERVER_API_ADDRESS_H
#define SWITCHBACK_SERVER_API_ADDRESS_H

#include "server/net/web.h"

/* The client's address as PostgreSQL reads it, in the arena; NULL when there is none to read. A
 * connection from this machine is our reverse proxy's: then it is the last address of the last
 * X-Forwarded-For, which that proxy wrote itself; what stands before it anybody may have written.
 */
const char *address_of(struct arena *a, const struct web_request *r);

/* What is counted together (an IPv6 network of 64 bits is one client), or the empty view for this
 * machine itself, which stands for nobody in particular. */
struct str address_counted(struct arena *a, const char *address);

#endif
