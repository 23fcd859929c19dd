/*
 * form.c - a form says what the WHATWG says it says, keeps the bytes that were signed, and is
 * bounded.
 */
#include "server/twilio/form.h"

#include <criterion/criterion.h>
#include <jansson.h>

#include "shared/utf8.h"
#include "tests/unit/twilio/outside.h"

static struct form parsed(struct arena *a, struct str body)
{
	struct err err = {0};
	struct form f;

	cr_assert(form_parse(a, body, &f, &err), "%s", err.text);
	return f;
}

Test(form, agrees_with_the_whatwg_cases)
{
	json_t *all = outside_json("corpora/http/urlencoded.json"), *c;
	struct arena a = {0};
	size_t i, j;

	if (all == NULL)
		cr_skip_test("skipped: the web platform's cases are not here");
	json_array_foreach(json_object_get(all, "cases"), i, c)
	{
		const char *input = json_string_value(json_object_get(c, "input"));
		json_t *wanted = json_object_get(c, "output"), *pair;
		struct form f = parsed(&a, str_of(input));

		cr_expect_eq(f.count, json_array_size(wanted), "\"%s\" has %zu", input, f.count);
		json_array_foreach(wanted, j, pair)
		{
			cr_expect(str_is(f.params[j].name,
					 json_string_value(json_array_get(pair, 0))),
				  "name %zu of \"%s\"", j, input);
			cr_expect(str_is(f.params[j].value,
					 json_string_value(json_array_get(pair, 1))),
				  "value %zu of \"%s\"", j, input);
		}
	}
	json_decref(all);
	arena_free(&a);
}

Test(form, keeps_unknown_and_empty_parameters_in_their_order)
{
	struct arena a = {0};
	struct form f = parsed(&a, STR_LIT("Zeta=1&FromZip=&Alpha&=x&Zeta=2"));

	cr_assert_eq(f.count, 5);
	cr_assert(str_is(f.params[0].name, "Zeta") && str_is(f.params[2].name, "Alpha"));
	cr_assert(form_get(&f, "FromZip").p != NULL && form_get(&f, "FromZip").n == 0);
	cr_assert(form_get(&f, "Alpha").p != NULL && form_get(&f, "Alpha").n == 0);
	cr_assert_null(form_get(&f, "Body").p);
	cr_assert(str_is(form_get(&f, "Zeta"), "1"));
	cr_assert_eq(form_count(&f, "Zeta"), 2);
	arena_free(&a);
}

Test(form, keeps_the_signed_bytes_beside_the_safe_text)
{
	struct arena a = {0};
	struct form f = parsed(&a, STR_LIT("B%FFdy=a%00b%C3&Ok=%C3%A9+%F0%9F%9A%B2"));

	cr_assert(str_is(f.params[0].name, "B\xEF\xBF\xBD"
					   "dy"));
	cr_assert(str_is(f.params[0].raw_name, "B\xFF"
					       "dy"));
	cr_assert(str_is(f.params[0].value, "a\xEF\xBF\xBD"
					    "b\xEF\xBF\xBD"));
	cr_assert(str_eq(f.params[0].raw_value, STR_LIT("a\0b\xC3")));
	cr_assert(str_is(form_get(&f, "Ok"), "\xC3\xA9 \xF0\x9F\x9A\xB2"));
	cr_assert_eq(form_get(&f, "Ok").p, f.params[1].raw_value.p, "valid text is not copied");
	arena_free(&a);
}

Test(form, a_repeated_parameter_that_should_be_single_is_refused)
{
	struct arena a = {0};
	struct err err = {0};
	struct form f = parsed(&a, STR_LIT("From=%2B1&To=2&From=3"));
	struct str v = STR_LIT("untouched");

	cr_assert_not(form_single(&f, "From", &v, &err));
	cr_assert_eq(err.kind, ERR_INPUT);
	cr_assert(str_is(v, "untouched"));
	cr_assert(form_single(&f, "To", &v, &err) && str_is(v, "2"));
	cr_assert(form_single(&f, "Body", &v, &err) && v.p == NULL);
	arena_free(&a);
}

Test(form, is_bounded)
{
	struct arena a = {0};
	struct err err = {0};
	struct buf b = {0};
	struct form f;

	for (int i = 0; i < FORM_PARAMS_MAX; i++)
		buf_printf(&b, "%sp%d=%d", i == 0 ? "" : "&&", i, i);
	cr_assert(form_parse(&a, buf_str(&b), &f, &err) && f.count == FORM_PARAMS_MAX);
	buf_add_cstr(&b, "&one=more");
	cr_assert_not(form_parse(&a, buf_str(&b), &f, &err));
	cr_assert_eq(err.kind, ERR_INPUT);

	buf_reset(&b);
	for (size_t i = 0; i < FORM_NAME_MAX; i++)
		buf_add_cstr(&b, "%61");
	cr_assert(form_parse(&a, buf_str(&b), &f, &err));
	buf_add_char(&b, 'a');
	cr_assert_not(form_parse(&a, buf_str(&b), &f, &err));

	buf_reset(&b);
	buf_add_cstr(&b, "v=");
	while (b.n < FORM_BYTES_MAX)
		buf_add_char(&b, 'x');
	cr_assert(form_parse(&a, buf_str(&b), &f, &err) &&
		  f.params[0].value.n == FORM_BYTES_MAX - 2);
	buf_add_char(&b, 'x');
	cr_assert_not(form_parse(&a, buf_str(&b), &f, &err));
	buf_clear(&b);
	arena_free(&a);
}

Test(form, reads_every_sequence_of_the_utf8_corpus_as_repair_does)
{
	struct arena a = {0};
	struct str all = outside_file(&a, "corpora/text/utf8tests/utf8tests.bin"), line;
	struct buf b = {0};

	if (all.p == NULL)
		cr_skip_test("skipped: the UTF-8 cases are not here");
	while (all.n > 0) {
		struct form f;

		line = str_cut(&all, '\n');
		buf_reset(&b);
		cr_assert(form_add(&b, "Body", line));
		f = parsed(&a, buf_str(&b));
		cr_assert(str_eq(f.params[0].raw_value, line));
		cr_assert(str_eq(f.params[0].value, utf8_repair(&a, line)));
		cr_assert(utf8_valid(f.params[0].value));
	}
	buf_clear(&b);
	arena_free(&a);
}

Test(form, what_is_written_reads_back)
{
	struct arena a = {0};
	struct buf b = {0};
	char every[256];
	struct form f;

	for (int i = 0; i < 256; i++)
		every[i] = (char)i;
	cr_assert(form_add(&b, "DateSent>", STR_LIT("2026-11-22")));
	cr_assert(form_add(&b, "Body", str_make(every, sizeof every)));
	cr_assert(form_add(&b, "Empty", STR_LIT("")));
	cr_assert(str_starts(buf_str(&b), STR_LIT("DateSent%3E=2026-11-22&Body=%00%01")));
	f = parsed(&a, buf_str(&b));
	cr_assert_eq(f.count, 3);
	cr_assert(str_is(form_get(&f, "DateSent>"), "2026-11-22"));
	cr_assert(str_eq(f.params[1].raw_value, str_make(every, sizeof every)));
	buf_clear(&b);

	buf_init(&b, 16);
	cr_assert(form_add(&b, "To", STR_LIT("1")));
	cr_assert_not(form_add(&b, "Body", STR_LIT("does not fit in")));
	cr_assert(str_is(buf_str(&b), "To=1"));
	buf_clear(&b);
	arena_free(&a);
}
