/*
 * body.c - see body.h.
 */
#include "shared/wire/body.h"

#include <jansson.h>

#include "shared/utf8.h"

void body_start(struct body *b)
{
	b->object = json_object();
	if (b->object == NULL)
		BUG("out of memory");
}

static void added(struct body *b, const char *name, json_t *value)
{
	if (json_object_set_new(b->object, name, value) != 0)
		BUG("%s does not go into JSON", name);
}

void body_text(struct body *b, const char *name, struct str value)
{
	struct arena a = {0};
	struct str good = utf8_repair(&a, value);

	added(b, name, json_stringn(good.p == NULL ? "" : good.p, good.n));
	arena_free(&a);
}

void body_int(struct body *b, const char *name, int64_t value)
{
	added(b, name, json_integer(value));
}

void body_bool(struct body *b, const char *name, bool value)
{
	added(b, name, json_boolean(value));
}

void body_null(struct body *b, const char *name)
{
	added(b, name, json_null());
}

static int piece_added(const char *piece, size_t n, void *out)
{
	return buf_add(out, piece, n) ? 0 : -1;
}

bool body_end(struct body *b, struct buf *out)
{
	int failed = json_dump_callback(b->object, piece_added, out, JSON_COMPACT);

	json_decref(b->object);
	b->object = NULL;
	return failed == 0;
}
