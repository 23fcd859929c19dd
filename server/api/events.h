/*
 * events.h - the live feed: GET /api/events and GET /api/sse/conversation/{customerId}
 * (docs/events.md, "The stream").
 */
#ifndef SWITCHBACK_SERVER_API_EVENTS_H
#define SWITCHBACK_SERVER_API_EVENTS_H

#include "server/api/door.h"

/* Every event of the organization. */
extern const struct staff_handler events_of_store;
/* Every event of one customer; {customerId} is the path's first part. */
extern const struct staff_handler events_of_customer;

#endif
