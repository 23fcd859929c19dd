/*
 * zones.h - time zones kept open: GLib reads a zone's file anew unless somebody holds it (half a
 * millisecond, most of a turn of the agent). A service's stores lie in few zones.
 */
#ifndef SWITCHBACK_SERVER_ZONES_H
#define SWITCHBACK_SERVER_ZONES_H

#include "shared/zone.h"

#define ZONES_HELD 32

struct zones {
	struct {
		char name[64];
		struct zone *zone;
	} held[ZONES_HELD];
	unsigned next; /* to be let go when another one comes */
};

/* Holds it from now on; a name that is no zone is ignored. */
void zones_hold(struct zones *z, struct str name);
void zones_clear(struct zones *z);

#endif
