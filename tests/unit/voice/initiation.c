/*
 * initiation.c - the first message of a conversation: typed, complete, scalars only; overrides only
 * where they say something.
 */
#include "server/voice/initiation.h"

#include <criterion/criterion.h>
#include <jansson.h>

static json_t *written(const struct initiation *i)
{
	struct buf b = {0};
	json_t *j;

	cr_assert(initiation_write(i, &b));
	j = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
	cr_assert_not_null(j, "%s", buf_cstr(&b));
	buf_clear(&b);
	return j;
}

Test(initiation, holds_every_variable_as_a_scalar)
{
	struct variable variables[VARIABLES_N];
	struct arena arena = {0};
	struct store store = {.name = STR_LIT("Caf\xc3\xa9 \"Vélo\"\\")};
	struct variables_in in = {.store = &store, .now_us = 1};
	struct initiation i = {.variables = variables};
	const json_t *all, *v;
	json_t *j;

	variables_of(&arena, &in, variables);
	j = written(&i);
	cr_expect_str_eq(json_string_value(json_object_get(j, "type")),
			 "conversation_initiation_client_data");
	cr_expect_null(json_object_get(j, "conversation_config_override"));
	all = json_object_get(j, "dynamic_variables");
	cr_expect_eq(json_object_size(all), VARIABLES_N);
	for (size_t n = 0; n < VARIABLES_N; n++) {
		v = json_object_get(all, variable_name(n));
		cr_expect(json_is_string(v) || json_is_integer(v) || json_is_boolean(v), "%s",
			  variable_name(n));
	}
	cr_expect_str_eq(json_string_value(json_object_get(all, "store_name")),
			 "Caf\xc3\xa9 \"Vélo\"\\");
	json_decref(j);
	arena_free(&arena);
}

Test(initiation, overrides_language_and_silence)
{
	struct variable variables[VARIABLES_N];
	struct arena arena = {0};
	struct store store = {0};
	struct variables_in in = {.store = &store, .now_us = 1};
	struct initiation i = {.variables = variables, .language = "fr", .first = ""};
	const json_t *agent;
	json_t *j;

	variables_of(&arena, &in, variables);
	j = written(&i);
	agent = json_object_get(json_object_get(j, "conversation_config_override"), "agent");
	cr_expect_str_eq(json_string_value(json_object_get(agent, "language")), "fr");
	cr_expect_str_eq(json_string_value(json_object_get(agent, "first_message")), "");
	json_decref(j);
	arena_free(&arena);
}
