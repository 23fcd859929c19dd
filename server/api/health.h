/*
 * health.h - what operators and their tools ask: is it alive, can it work, how is it doing.
 */
#ifndef SWITCHBACK_SERVER_API_HEALTH_H
#define SWITCHBACK_SERVER_API_HEALTH_H

#include "server/net/web.h"

/* GET /healthz: the loop turns. Tells no versions. */
web_handler healthz;
/* GET /readyz: 200 when the database answers and we are not stopping; 503 else. */
web_handler readyz_start;
/* GET /metrics: Prometheus text format 0.0.4. */
web_handler metrics;

#endif
