/*
 * leg.c - see leg.h.
 */
#include "shared/wire/leg.h"

#include "shared/wire/read.h"

bool wire_leg_read(struct str json, struct arena *a, struct wire_leg *out, struct err *err)
{
	struct wire_reader r;
	const json_t *o = wire_start(&r, json, a, err);
	const json_t *payload = wire_object(&r, o, "payload", MUST);
	struct wire_leg leg = {0};
	const char *whose;

	wire_id(&r, payload, "call_id", MUST, leg.call_id);
	whose = wire_text(&r, payload, "leg", 16, MUST);
	leg.customer = whose != NULL && strcmp(whose, "customer") == 0;
	leg.stage = wire_text(&r, payload, "stage", 16, MUST);
	if (!wire_finish(&r))
		return false;
	*out = leg;
	return true;
}
