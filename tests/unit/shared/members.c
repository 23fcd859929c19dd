/*
 * members.c - passing over a JSON object's members: what is found in it is what a reader of all of
 * it finds, and what is not an object is never taken for one.
 */
#include "shared/members.h"

#include <criterion/criterion.h>
#include <jansson.h>

#include "shared/buf.h"

static bool found(const char *object, const char *name, struct member *out)
{
	struct members all;
	struct member m;
	bool is_there = false;

	members_of(str_of(object), &all);
	while (members_next(&all, &m)) {
		if (str_is(m.name, name)) {
			*out = m;
			is_there = true;
		}
	}
	return is_there && all.whole;
}

static bool whole(struct str object)
{
	struct members all;
	struct member m;

	members_of(object, &all);
	while (members_next(&all, &m))
		continue;
	return all.whole;
}

Test(members, are_found_behind_and_around_whatever_else_there_is)
{
	static const char text[] =
		" {\"a\" : [1,{\"b\":\"no\"}], \"c\":{\"b\":\"no}\\\"\"} ,\n"
		"\"say\":\"\\\"b\\\":\\\"no\\\"\",\"b\":\"yes\",\"n\":-1.5e3}\r\n";
	struct member m;

	cr_assert(found(text, "b", &m));
	cr_expect_eq(m.kind, MEMBER_STRING);
	cr_expect(str_is(m.value, "yes"));
	cr_expect_not(m.escaped);
	cr_assert(found(text, "c", &m));
	cr_expect_eq(m.kind, MEMBER_OBJECT);
	cr_expect(str_is(m.value, "{\"b\":\"no}\\\"\"}"));
	cr_assert(found(text, "n", &m));
	cr_expect_eq(m.kind, MEMBER_OTHER);
	cr_expect(str_is(m.value, "-1.5e3"));
	cr_assert(found(text, "say", &m));
	cr_expect(m.escaped);
	cr_expect(found("{\"\":\"\\\\\"}", "", &m), "a backslash of the text closes nothing");
}

Test(members, of_half_an_object_are_of_none)
{
	static const char text[] = "{\"type\":\"audio\",\"e\":{\"x\":[\"}\",1],\"y\":null}}";

	cr_expect(whole(str_of(text)));
	for (size_t n = 0; n < sizeof text - 1; n++)
		cr_expect_not(whole(str_make(text, n)), "the first %zu bytes", n);
}

Test(members, of_what_is_no_object_are_none)
{
	static const char *const odd[] = {
		"",
		" ",
		"[]",
		"\"a\"",
		"{}}",
		"{} {}",
		"{\"a\"}",
		"{\"a\":}",
		"{\"a\":1,}",
		"{,\"a\":1}",
		"{\"a\":1 \"b\":2}",
		"{a:1}",
		"{\"a\":[}",
		"{\"a\":[1}}",
		"{\"a\":\"b\\\"}",
	};
	struct buf deep = {0};

	for (size_t i = 0; i < ARRAY_LEN(odd); i++)
		cr_expect_not(whole(str_of(odd[i])), "%s", odd[i]);
	buf_printf(&deep, "{\"a\":");
	for (int i = 0; i < 100; i++)
		buf_printf(&deep, "[");
	cr_expect_not(whole(buf_str(&deep)));
	buf_clear(&deep);
}
