/*
 * date_resolve.h - a group (date_group.h) on the store's calendar and clock. Private to
 * date_words.c.
 */
#ifndef SWITCHBACK_SERVER_AGENT_DATE_RESOLVE_H
#define SWITCHBACK_SERVER_AGENT_DATE_RESOLVE_H

#include "server/agent/date_group.h"

/* false when there is no such time, or all of it is over. Places are not filled in. */
MUST_USE
bool date_resolve(const struct date_text *x, const struct date_group *g, struct date_found *out);

#endif
