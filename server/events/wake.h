/*
 * wake.h - the word that events were committed, between the processes that share a database.
 *
 * A word names organizations and nothing else (every login of the database hears it). It goes out
 * once a turn of the loop, after the commits, and only while another process has shown itself, so
 * that a service that is alone pays nothing. Whoever is not a service (switchbackctl, psql) may say
 * it too: NOTIFY switchback_events, 'ORGANIZATION ORGANIZATION ...'. Words may be lost; the hub
 * looks for itself twice a second.
 */
#ifndef SWITCHBACK_SERVER_EVENTS_WAKE_H
#define SWITCHBACK_SERVER_EVENTS_WAKE_H

#include "server/core/loop.h"
#include "shared/uuid.h"

struct wake;

/* heard(with, organization): another process committed events there. */
struct wake *wake_open(struct loop *l, const char *url,
		       void (*heard)(void *with, const struct uuid *organization), void *with);
/* Others are there and would miss it if it were not said. */
bool wake_others(const struct wake *w);
void wake_say(struct wake *w, const struct uuid *organization);
/* NULL is fine. */
void wake_close(struct wake *w);

#endif
