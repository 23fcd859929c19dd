/*
 * initiation_request.c - what ElevenLabs asks before a call of its own: read whatever it is,
 * answered as documented.
 */
#include "server/elevenlabs/initiation_request.h"

#include <criterion/criterion.h>

#include "shared/buf.h"
#include "shared/utf8.h"

Test(initiation_request, is_read_whatever_comes)
{
	static const struct {
		const char *json;
		bool object;
		const char *called, *caller, *sid;
	} cases[] = {
		{"{\"caller_id\":\"+14165550123\",\"agent_id\":\"agent_example\",\"called_number\":"
		 "\"+14165550001\",\"call_sid\":\"CA00000000000000000000000000000000\"}",
		 true, "+14165550001", "+14165550123", "CA00000000000000000000000000000000"},
		{"{\"called_number\":\"+1\",\"more\":{\"called_number\":\"+2\"}}", true, "+1", "",
		 ""},
		{"{\"called_number\":5,\"caller_id\":null,\"call_sid\":[]}", true, "", "", ""},
		{"{}", true, "", "", ""},
		{"{\"caller_id\":\"a\",\"caller_id\":\"b\"}", false, "", "", ""},
		{"{\"caller_id\":\"a\\u0000b\"}", false, "", "", ""},
		{"{\"caller_id\":\"\xff\"}", false, "", "", ""},
		{"[]", false, "", "", ""},
		{"", false, "", "", ""},
		{"{", false, "", "", ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = {0};
		struct initiation_request r;

		cr_expect_eq(initiation_request_read(&a, str_of(cases[i].json), &r),
			     cases[i].object, "%s", cases[i].json);
		cr_expect(str_is(r.called_number, cases[i].called) &&
				  str_is(r.caller_id, cases[i].caller) &&
				  str_is(r.call_sid, cases[i].sid),
			  "%s", cases[i].json);
		arena_free(&a);
	}
}

Test(initiation_request, takes_no_more_of_a_text_than_it_may_have)
{
	struct arena a = {0};
	struct initiation_request r;
	struct buf b;

	buf_init(&b, 8192);
	buf_add_cstr(&b, "{\"caller_id\":\"x");
	for (int i = 0; i < 1000; i++)
		buf_add_cstr(&b, "é");
	buf_add_cstr(&b, "\"}");
	cr_assert(initiation_request_read(&a, buf_str(&b), &r));
	cr_expect_leq(r.caller_id.n, 256u);
	cr_expect(utf8_valid(r.caller_id));
	buf_clear(&b);
	arena_free(&a);
}
