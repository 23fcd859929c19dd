/*
 * routes.h - every path that the service answers: the table that docs/openapi.yaml is held against.
 */
#ifndef SWITCHBACK_SERVER_ROUTES_H
#define SWITCHBACK_SERVER_ROUTES_H

#include "server/net/route.h"

extern const struct route routes[];

#endif
