/*
 * initiation_request.c - see initiation_request.h.
 */
#include "server/elevenlabs/initiation_request.h"

#include <jansson.h>

#include "shared/utf8.h"

#define TEXT_BYTES 256

static struct str member(struct arena *a, const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);
	struct str s;

	if (!json_is_string(v))
		return (struct str){NULL, 0};
	s = utf8_cut(str_make(json_string_value(v), json_string_length(v)), TEXT_BYTES);
	return arena_str(a, s);
}

bool initiation_request_read(struct arena *a, struct str json, struct initiation_request *out)
{
	json_t *j = json.n == 0 ? NULL : json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
	bool ok = json_is_object(j);

	*out = (struct initiation_request){0};
	if (ok) {
		out->caller_id = member(a, j, "caller_id");
		out->agent_id = member(a, j, "agent_id");
		out->called_number = member(a, j, "called_number");
		out->call_sid = member(a, j, "call_sid");
	}
	json_decref(j);
	return ok;
}
