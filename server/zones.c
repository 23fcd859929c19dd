/*
 * zones.c - see zones.h.
 */
#include "server/zones.h"

void zones_hold(struct zones *z, struct str name)
{
	unsigned i;

	for (i = 0; i < ZONES_HELD; i++) {
		if (str_is(name, z->held[i].name))
			return;
	}
	if (name.n == 0 || name.n >= sizeof z->held[0].name)
		return;
	i = z->next++ % ZONES_HELD;
	zone_close(z->held[i].zone);
	z->held[i].zone = zone_open(name);
	snprintf(z->held[i].name, sizeof z->held[i].name, STR_FMT, STR_ARG(name));
}

void zones_clear(struct zones *z)
{
	for (unsigned i = 0; i < ZONES_HELD; i++)
		zone_close(z->held[i].zone);
	*z = (struct zones){0};
}
