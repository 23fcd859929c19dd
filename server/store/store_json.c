/*
 * store_json.c - see store_json.h.
 */
#include "server/store/store_json.h"

json_t *json_of_text(struct str text)
{
	return json_loadb(text.p == NULL ? "" : text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
}

struct str json_text(struct arena *a, const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);

	if (!json_is_string(v))
		return (struct str){NULL, 0};
	return arena_str(a, str_make(json_string_value(v), json_string_length(v)));
}

int64_t json_int(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static int at(const json_t *array, size_t i)
{
	return (int)json_integer_value(json_array_get(array, i));
}

static void hours_read(struct arena *a, const json_t *hours, struct store *out)
{
	out->periods_n = json_array_size(hours);
	out->periods = ARENA_ARRAY(a, struct store_period, out->periods_n);
	for (size_t i = 0; i < out->periods_n; i++) {
		const json_t *h = json_array_get(hours, i);

		out->periods[i] = (struct store_period){at(h, 0), at(h, 1), at(h, 2)};
	}
}

static void special_read(struct arena *a, const json_t *day, struct store_special *out)
{
	const json_t *periods = json_object_get(day, "periods");
	struct str date = json_text(a, day, "date");

	snprintf(out->date, sizeof out->date, STR_FMT, STR_ARG(date));
	out->closed = json_is_true(json_object_get(day, "closed"));
	out->name_en = json_text(a, day, "name_en");
	out->name_fr = json_text(a, day, "name_fr");
	out->periods_n = json_array_size(periods);
	out->periods = ARENA_ARRAY(a, struct store_period, out->periods_n);
	for (size_t i = 0; i < out->periods_n; i++) {
		const json_t *p = json_array_get(periods, i);

		out->periods[i] = (struct store_period){0, at(p, 0), at(p, 1)};
	}
}

static void policies_read(struct arena *a, const json_t *policies, struct store *out)
{
	out->policies_n = json_array_size(policies);
	out->policies = ARENA_ARRAY(a, struct store_policy, out->policies_n);
	for (size_t i = 0; i < out->policies_n; i++) {
		const json_t *p = json_array_get(policies, i);

		out->policies[i] =
			(struct store_policy){json_text(a, p, "topic"), json_text(a, p, "text_en"),
					      json_text(a, p, "text_fr")};
	}
}

void store_of_object(struct arena *a, const json_t *j, struct store *out)
{
	const json_t *special = json_object_get(j, "special");

	out->name = json_text(a, j, "name");
	out->phone = json_text(a, j, "phone");
	out->email = json_text(a, j, "email");
	out->address = json_text(a, j, "address");
	out->directions_en = json_text(a, j, "directions_en");
	out->directions_fr = json_text(a, j, "directions_fr");
	out->zone = json_text(a, j, "zone");
	out->default_language = language_parse(json_text(a, j, "default_language"));
	out->reply_target_minutes = (int)json_int(j, "reply_target_minutes");
	out->closed_now = json_is_true(json_object_get(j, "closed_manually"));
	out->closed_until_us = json_int(j, "closed_until_us");
	out->closed_reason_en = json_text(a, j, "closed_reason_en");
	out->closed_reason_fr = json_text(a, j, "closed_reason_fr");
	hours_read(a, json_object_get(j, "hours"), out);
	out->specials_n = json_array_size(special);
	out->specials = ARENA_ARRAY(a, struct store_special, out->specials_n);
	for (size_t i = 0; i < out->specials_n; i++)
		special_read(a, json_array_get(special, i), &out->specials[i]);
	policies_read(a, json_object_get(j, "policies"), out);
}

void store_of_json(struct arena *a, struct str text, struct store *out)
{
	json_t *j = json_of_text(text);

	store_of_object(a, j, out);
	json_decref(j);
}
