/*
 * pairs.c - see pairs.h.
 */
#include "shared/wire/pairs.h"

#include <jansson.h>

const char *pairs_json(struct arena *a, const struct pair *pairs, size_t n)
{
	json_t *object = json_object();
	char *text, *kept;

	for (size_t i = 0; i < n; i++) {
		char *name = arena_cstr(a, pairs[i].name);
		json_t *value = json_stringn(pairs[i].value.p == NULL ? "" : pairs[i].value.p,
					     pairs[i].value.n);

		if (value == NULL || json_object_set_new(object, name, value) != 0)
			BUG("text for the database is not valid UTF-8");
	}
	text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	if (text == NULL)
		BUG("a JSON object cannot be written");
	kept = arena_strdup(a, text);
	free(text);
	return kept;
}
