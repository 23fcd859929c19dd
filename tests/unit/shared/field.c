/*
 * field: what a request may hold is what its table says, and nothing else.
 */
#include "shared/wire/field.h"

#include <criterion/criterion.h>

#define ID "a0000000-0000-4000-8000-00000000000F"

static struct arena arena;

static void done(void)
{
	arena_free(&arena);
}

TestSuite(field, .fini = done);

Test(field, a_text_is_held_against_its_line)
{
	static const struct {
		struct field field;
		const char *text, *out; /* NULL: refused */
	} cases[] = {
		{{.name = "f", .kind = FIELD_TEXT, .min = 1, .max = 5}, "hello", "hello"},
		{{.name = "f", .kind = FIELD_TEXT, .min = 1, .max = 5},
		 "h\xC3\xA9llo",
		 "h\xC3\xA9llo"},
		{{.name = "f", .kind = FIELD_TEXT, .min = 1, .max = 5}, "hellos", NULL},
		{{.name = "f", .kind = FIELD_TEXT, .min = 1, .max = 5}, "", NULL},
		{{.name = "f", .kind = FIELD_TEXT, .max = 5}, "", ""},
		{{.name = "f", .kind = FIELD_TEXT}, "a\nb", NULL},
		{{.name = "f", .kind = FIELD_TEXT}, "a\tb", NULL},
		{{.name = "f", .kind = FIELD_TEXT}, "a\033[2Jb", NULL},
		{{.name = "f", .kind = FIELD_TEXT}, "a\x7F", NULL},
		{{.name = "f", .kind = FIELD_TEXT}, "a\xC2\x9B", NULL}, /* CSI of C1 */
		{{.name = "f", .kind = FIELD_TEXT}, "a\xFF", NULL},
		{{.name = "f", .kind = FIELD_TEXT}, "a\xC0\x80", NULL},
		{{.name = "f", .kind = FIELD_TEXT}, "a\xED\xA0\x80", NULL}, /* a surrogate */
		{{.name = "f", .kind = FIELD_TEXT}, "a\xF4\x90\x80\x80", NULL},
		{{.name = "f", .kind = FIELD_LINES}, "a\nb\tc", "a\nb\tc"},
		{{.name = "f", .kind = FIELD_LINES}, "a\r\nb\r\n", "a\nb\n"},
		{{.name = "f", .kind = FIELD_LINES}, "a\rb", NULL},
		{{.name = "f", .kind = FIELD_LINES}, "a\033b", NULL},
		{{.name = "f", .kind = FIELD_LINES, .max = 3}, "a\r\nb", "a\nb"},
		{{.name = "f", .kind = FIELD_ID}, ID, ID},
		{{.name = "f", .kind = FIELD_ID}, "", NULL},
		{{.name = "f", .kind = FIELD_ID}, "a0000000-0000-4000-8000-00000000000", NULL},
		{{.name = "f", .kind = FIELD_ID}, "a0000000-0000-4000-8000-00000000000g", NULL},
		{{.name = "f", .kind = FIELD_ID}, "a0000000-0000-4000-8000-00000000000F0", NULL},
		{{.name = "f", .kind = FIELD_ID}, "{0000000-0000-4000-8000-00000000000}", NULL},
		{{.name = "f", .kind = FIELD_ID}, "a00000000000400080000000000000000000", NULL},
		{{.name = "f", .kind = FIELD_INT, .min = 1, .max = 200}, "1", "1"},
		{{.name = "f", .kind = FIELD_INT, .min = 1, .max = 200}, "200", "200"},
		{{.name = "f", .kind = FIELD_INT, .min = 1, .max = 200}, "0", NULL},
		{{.name = "f", .kind = FIELD_INT, .min = 1, .max = 200}, "201", NULL},
		{{.name = "f", .kind = FIELD_INT, .min = 1, .max = 200}, "007", NULL},
		{{.name = "f", .kind = FIELD_INT, .min = 1, .max = 200}, "+7", NULL},
		{{.name = "f", .kind = FIELD_INT, .min = 1, .max = 200}, " 7", NULL},
		{{.name = "f", .kind = FIELD_INT, .min = 1, .max = 200}, "7 ", NULL},
		{{.name = "f", .kind = FIELD_INT, .min = 1, .max = 200}, "7.0", NULL},
		{{.name = "f", .kind = FIELD_INT, .min = 1, .max = 200}, "7e0", NULL},
		{{.name = "f", .kind = FIELD_INT, .min = 1, .max = 200}, "0x7", NULL},
		{{.name = "f", .kind = FIELD_INT, .min = 1, .max = 200}, "", NULL},
		{{.name = "f", .kind = FIELD_INT, .min = -5, .max = 5}, "-5", "-5"},
		{{.name = "f", .kind = FIELD_INT, .min = -5, .max = 5}, "-0", NULL},
		{{.name = "f", .kind = FIELD_INT, .min = INT64_MIN, .max = INT64_MAX},
		 "9223372036854775808",
		 NULL},
		{{.name = "f", .kind = FIELD_BOOL}, "true", "true"},
		{{.name = "f", .kind = FIELD_BOOL}, "false", "false"},
		{{.name = "f", .kind = FIELD_BOOL}, "True", NULL},
		{{.name = "f", .kind = FIELD_BOOL}, "1", NULL},
		{{.name = "f", .kind = FIELD_WORD, .words = "open|closed|all"}, "open", "open"},
		{{.name = "f", .kind = FIELD_WORD, .words = "open|closed|all"}, "all", "all"},
		{{.name = "f", .kind = FIELD_WORD, .words = "open|closed|all"}, "ope", NULL},
		{{.name = "f", .kind = FIELD_WORD, .words = "open|closed|all"},
		 "open|closed",
		 NULL},
		{{.name = "f", .kind = FIELD_WORD, .words = "open|closed|all"}, "", NULL},
		{{.name = "f", .kind = FIELD_TIME}, "2026-11-22T17:05:09Z", "2026-11-22T17:05:09Z"},
		{{.name = "f", .kind = FIELD_TIME},
		 "2026-11-22T12:05:09.5-05:00",
		 "2026-11-22T12:05:09.5-05:00"},
		{{.name = "f", .kind = FIELD_TIME}, "2026-11-22T17:05:09", NULL},
		{{.name = "f", .kind = FIELD_TIME}, "2026-11-22 17:05:09Z", NULL},
		{{.name = "f", .kind = FIELD_TIME}, "2026-02-30T17:05:09Z", NULL},
		{{.name = "f", .kind = FIELD_TIME}, "now", NULL},
		{{.name = "f", .kind = FIELD_TIME}, "infinity", NULL},
		{{.name = "f", .kind = FIELD_DATE}, "2028-02-29", "2028-02-29"},
		{{.name = "f", .kind = FIELD_DATE}, "2026-02-29", NULL},
		{{.name = "f", .kind = FIELD_DATE}, "2026-13-01", NULL},
		{{.name = "f", .kind = FIELD_DATE}, "2026-1-1", NULL},
		{{.name = "f", .kind = FIELD_DATE}, "9999-01-01", NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *out = NULL;
		struct err err = {0};
		bool ok = field_read(&cases[i].field, str_of(cases[i].text), &arena, &out, &err);

		cr_expect_eq(ok, cases[i].out != NULL, "case %zu: \"%s\"", i, cases[i].text);
		if (ok && cases[i].out != NULL)
			cr_expect_str_eq(out, cases[i].out, "case %zu", i);
		if (!ok) /* the sentence names the field, not the value */
			cr_expect(err.kind == ERR_INPUT && strncmp(err.text, "f ", 2) == 0, "%s",
				  err.text);
	}
}

Test(field, a_nul_inside_is_no_text)
{
	static const struct field text = {.name = "f", .kind = FIELD_TEXT, .max = 50},
				  word = {.name = "f", .kind = FIELD_WORD, .words = "a"};
	const char *out;

	cr_expect_not(field_read(&text, str_make("a\0b", 3), &arena, &out, NULL));
	cr_expect_not(field_read(&word, str_make("a\0", 2), &arena, &out, NULL));
}

static const struct field f_id = {.name = "id", .kind = FIELD_ID, .needed = true},
			  f_epoch = {.name = "epoch", .kind = FIELD_INT, .min = 1, .max = 1000},
			  f_body = {.name = "body", .kind = FIELD_LINES, .min = 1, .max = 10},
			  f_force = {.name = "force", .kind = FIELD_BOOL},
			  f_speaks = {.name = "speaks",
				      .kind = FIELD_WORDS,
				      .max = 2,
				      .words = "en|fr"};
static const struct field *const all[] = {&f_id, &f_epoch, &f_body, &f_force, &f_speaks};

#define WITH(rest) "{\"id\":\"" ID "\"" rest "}"

Test(field, a_body_has_exactly_its_members)
{
	static const struct {
		const char *json;
		const char *values[ARRAY_LEN(all)]; /* the first NULL: refused */
	} cases[] = {
		{WITH(""), {ID, NULL, NULL, NULL, NULL}},
		{" " WITH("") "\n", {ID, NULL, NULL, NULL, NULL}},
		{WITH(",\"epoch\":7,\"body\":\"hi\",\"force\":true,\"speaks\":[\"fr\",\"en\"]"),
		 {ID, "7", "hi", "true", "{fr,en}"}},
		{WITH(",\"epoch\":null,\"body\":null,\"force\":null,\"speaks\":null"),
		 {ID, NULL, NULL, NULL, NULL}},
		{WITH(",\"speaks\":[]"), {ID, NULL, NULL, NULL, "{}"}},
		{WITH(",\"body\":\"\\u00e9\\ud83d\\udeb2\""),
		 {ID, NULL, "\xC3\xA9\xF0\x9F\x9A\xB2"}},
		{"", {NULL}},
		{"{}", {NULL}},
		{"{\"id\":null}", {NULL}},
		{WITH(",\"other\":1"), {NULL}},
		{WITH(",\"other\":null"), {NULL}},
		{WITH(",\"ID\":\"x\""), {NULL}},
		{WITH(",\"\":1"), {NULL}},
		{WITH(",\"id\":\"" ID "\""), {NULL}},
		{WITH(",\"\\u0069d\":\"" ID "\""), {NULL}},
		{WITH(",\"epoch\":\"7\""), {NULL}},
		{WITH(",\"epoch\":7.0"), {NULL}},
		{WITH(",\"epoch\":7e0"), {NULL}},
		{WITH(",\"epoch\":0"), {NULL}},
		{WITH(",\"epoch\":99999999999999999999"), {NULL}},
		{WITH(",\"epoch\":true"), {NULL}},
		{WITH(",\"epoch\":[7]"), {NULL}},
		{WITH(",\"body\":\"\""), {NULL}},
		{WITH(",\"body\":\"12345678901\""), {NULL}},
		{WITH(",\"body\":\"a\\u0000b\""), {NULL}},
		{WITH(",\"body\":\"a\\u001bb\""), {NULL}},
		{WITH(",\"body\":\"a\\u009bb\""), {NULL}},
		{WITH(",\"body\":\"\\ud800\""), {NULL}},
		{WITH(",\"body\":\"\\udc00\\ud800\""), {NULL}},
		{WITH(",\"body\":\"\xFF\""), {NULL}},
		{WITH(",\"body\":\"a\nb\""), {NULL}}, /* a bare control character in JSON */
		{WITH(",\"body\":7"), {NULL}},
		{WITH(",\"body\":{}"), {NULL}},
		{WITH(",\"force\":\"true\""), {NULL}},
		{WITH(",\"force\":1"), {NULL}},
		{WITH(",\"speaks\":\"en\""), {NULL}},
		{WITH(",\"speaks\":[\"en\",\"en\"]"), {NULL}},
		{WITH(",\"speaks\":[\"de\"]"), {NULL}},
		{WITH(",\"speaks\":[\"en\",\"fr\",\"en\"]"), {NULL}},
		{WITH(",\"speaks\":[1]"), {NULL}},
		{WITH(",\"speaks\":{\"en\":1}"), {NULL}},
		{"[" WITH("") "]", {NULL}},
		{"\"" ID "\"", {NULL}},
		{"null", {NULL}},
		{WITH("") "x", {NULL}},
		{WITH("") WITH(""), {NULL}},
		{WITH(","), {NULL}},
		{WITH(",\"body\":NaN"), {NULL}},
		{WITH(",\"body\":'a'"), {NULL}},
		{WITH("/*,*/"), {NULL}},
		{"{\"id\":\"" ID "\"", {NULL}},
		{"\xEF\xBB\xBF" WITH(""), {NULL}},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *values[ARRAY_LEN(all)];
		struct err err = {0};
		bool ok = fields_read(all, ARRAY_LEN(all), str_of(cases[i].json), &arena, values,
				      &err);

		cr_expect_eq(ok, cases[i].values[0] != NULL, "%s: %s", cases[i].json, err.text);
		for (size_t k = 0; ok && k < ARRAY_LEN(all); k++) {
			const char *want = cases[i].values[k];

			cr_expect_eq(values[k] == NULL, want == NULL, "%s: %zu", cases[i].json, k);
			if (want != NULL && values[k] != NULL)
				cr_expect_str_eq(values[k], want);
		}
		if (!ok)
			cr_expect_eq(err.kind, ERR_INPUT);
	}
}

Test(field, a_body_of_nothing_is_one_without_members)
{
	static const struct field *const optional[] = {&f_epoch};
	const char *value = "x";

	cr_expect(fields_read(optional, 1, STR_LIT(""), &arena, &value, NULL));
	cr_expect_null(value);
	cr_expect(fields_read(NULL, 0, STR_LIT("{}"), &arena, NULL, NULL));
	cr_expect_not(fields_read(NULL, 0, STR_LIT("{\"a\":1}"), &arena, NULL, NULL));
}

Test(field, depth_is_bounded_and_brackets_in_texts_are_none)
{
	static const struct field body = {.name = "b", .kind = FIELD_TEXT, .max = 60000};
	static const struct field *const one[] = {&body};
	static char deep[60100];
	const char *value;
	size_t n;

	for (size_t depth = 20; depth < 50000; depth = depth * 2 + 1) {
		n = (size_t)snprintf(deep, sizeof deep, "{\"b\":");
		memset(deep + n, '[', depth);
		cr_expect_not(fields_read(one, 1, str_make(deep, n + depth), &arena, &value, NULL));
	}
	n = (size_t)snprintf(deep, sizeof deep, "{\"b\":\"\\\"");
	memset(deep + n, '[', 50000);
	memcpy(deep + n + 50000, "\"}", 2);
	cr_expect(fields_read(one, 1, str_make(deep, n + 50002), &arena, &value, NULL));
}

Test(field, what_stands_beside_a_refusal_is_told_apart_from_its_code)
{
	static const struct {
		const char *json, *code, *members; /* code NULL: no object */
	} cases[] = {
		{"{\"code\": \"already_held\", \"holder_name\": \"Marie\"}", "already_held",
		 "\"holder_name\":\"Marie\""},
		{"{\"code\": \"gone\"}", "gone", ""},
		{"{\"epoch\": 7, \"at\": null}", "", "\"epoch\":7,\"at\":null"},
		{"{\"status\": 200, \"title\": \"x\", \"type\": 1, \"request_id\": 1, \"a\": "
		 "\"\\\"}\"}",
		 "", "\"a\":\"\\\"}\""},
		{"{}", "", ""},
		{"[]", NULL, NULL},
		{"x", NULL, NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str code, members;
		bool ok = members_split(str_of(cases[i].json), &arena, &code, &members);

		cr_expect_eq(ok, cases[i].code != NULL, "%s", cases[i].json);
		if (ok && cases[i].code != NULL) {
			cr_expect(str_is(code, cases[i].code), "%s", cases[i].json);
			cr_expect(str_is(members, cases[i].members), "%s: " STR_FMT, cases[i].json,
				  STR_ARG(members));
		}
	}
}
