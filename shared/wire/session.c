/*
 * session.c - see session.h.
 */
#include "shared/wire/session.h"

#include "shared/wire/read.h"

#define TOKEN_MAX       4096
#define PERMISSIONS_MAX 200
#define DAY_S           86400

bool wire_tokens_read(struct str json, struct arena *a, struct wire_tokens *out, struct err *err)
{
	struct wire_reader r;
	const json_t *o = wire_start(&r, json, a, err);
	struct wire_tokens t = {0};

	t.access_token = wire_text(&r, o, "access_token", TOKEN_MAX, MUST);
	t.refresh_token = wire_text(&r, o, "refresh_token", TOKEN_MAX, MUST);
	t.expires_in = wire_int(&r, o, "expires_in", 1, DAY_S, MUST);
	if (!wire_finish(&r))
		return false;
	*out = t;
	return true;
}

static void user_from(struct wire_reader *r, const json_t *o, struct wire_user *out)
{
	size_t n;
	const json_t *speaks;

	wire_id(r, o, "id", MUST, out->id);
	out->email = wire_text(r, o, "email", 1024, MAY);
	out->display_name = wire_text(r, o, "display_name", 1024, MUST);
	out->role = wire_word_read(r, o, "role", WORDS_ROLE, MUST, 0);
	out->language = wire_language(r, o, "language");
	speaks = wire_array(r, o, "speaks", 16, MAY, &n);
	for (size_t i = 0; i < n; i++) {
		const char *code = json_string_value(json_array_get(speaks, i));

		if (code == NULL)
			wire_wrong(r, "speaks", "a list of languages");
		out->speaks_en |= language_parse(str_of(code)) == LANGUAGE_EN;
		out->speaks_fr |= language_parse(str_of(code)) == LANGUAGE_FR;
	}
	out->is_active = true;
}

static void organization_from(struct wire_reader *r, const json_t *o, struct wire_organization *out)
{
	wire_id(r, o, "id", MUST, out->id);
	out->slug = wire_text(r, o, "slug", 256, MUST);
	out->name = wire_text(r, o, "name", 1024, MUST);
	out->time_zone = wire_text(r, o, "time_zone", 128, MUST);
	out->default_language = wire_language(r, o, "default_language");
	out->phone_number = wire_text(r, o, "phone_number", 64, MAY);
}

static void permissions_from(struct wire_reader *r, const json_t *o, struct wire_me *out)
{
	size_t n;
	const json_t *list = wire_array(r, o, "permissions", PERMISSIONS_MAX, MUST, &n);
	const char **names = ARENA_ARRAY(r->arena, const char *, n);

	for (size_t i = 0; i < n; i++) {
		const char *name = json_string_value(json_array_get(list, i));

		if (name == NULL)
			wire_wrong(r, "permissions", "a list of names");
		names[i] = arena_strdup(r->arena, name == NULL ? "" : name);
	}
	out->permissions = names;
	out->permissions_n = n;
}

bool wire_me_read(struct str json, struct arena *a, struct wire_me *out, struct err *err)
{
	struct wire_reader r;
	const json_t *o = wire_start(&r, json, a, err);
	struct wire_me me = {0};

	user_from(&r, wire_object(&r, o, "user", MUST), &me.user);
	organization_from(&r, wire_object(&r, o, "organization", MUST), &me.organization);
	wire_id(&r, o, "session_id", MUST, me.session_id);
	permissions_from(&r, o, &me);
	me.server_time = wire_time(&r, o, "server_time", MUST);
	if (!wire_finish(&r))
		return false;
	*out = me;
	return true;
}

bool wire_colleague_list_read(struct str json, struct arena *a, struct wire_colleague_list *out,
			      struct err *err)
{
	struct wire_reader r;
	const json_t *o = wire_start(&r, json, a, err), *list;
	struct wire_user *items;
	size_t n;

	list = wire_array(&r, o, "items", WIRE_ITEMS_MAX, MUST, &n);
	items = ARENA_ARRAY(a, struct wire_user, n);
	for (size_t i = 0; i < n; i++) {
		const json_t *one = wire_at(&r, list, "items", i);

		user_from(&r, one, &items[i]);
		items[i].is_active = wire_bool(&r, one, "is_active", MUST);
		items[i].has_phone = wire_bool(&r, one, "has_phone", MAY);
	}
	if (!wire_finish(&r))
		return false;
	*out = (struct wire_colleague_list){items, n};
	return true;
}
