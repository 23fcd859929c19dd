/*
 * address: where a request came from, and whose word for it counts.
 */
#include "server/api/address.h"

#include <criterion/criterion.h>

static const char *address(struct arena *a, const char *peer, const char *lines)
{
	static char text[2000];
	static struct head head;
	enum problem problem;
	int n = snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n", lines);
	struct web_request r = {.peer = str_of(peer), .head = &head};

	cr_assert(head_read(&head, text, (size_t)n, &problem), "%s", lines);
	return address_of(a, &r);
}

Test(address, only_our_own_proxys_word_counts)
{
	static const struct {
		const char *peer, *lines, *is; /* NULL: none */
	} cases[] = {
		{"198.51.100.7", "", "198.51.100.7"},
		{"198.51.100.7", "X-Forwarded-For: 203.0.113.9\r\n", "198.51.100.7"},
		{"10.0.0.1", "X-Forwarded-For: 203.0.113.9\r\n", "10.0.0.1"},
		{"127.0.0.1", "", "127.0.0.1"},
		{"127.0.0.1", "X-Forwarded-For: 203.0.113.9\r\n", "203.0.113.9"},
		{"::1", "X-Forwarded-For: 203.0.113.9\r\n", "203.0.113.9"},
		{"::ffff:127.0.0.1", "X-Forwarded-For: 203.0.113.9\r\n", "203.0.113.9"},
		{"127.0.0.1", "X-Forwarded-For: 8.8.8.8, 203.0.113.9\r\n", "203.0.113.9"},
		{"127.0.0.1", "X-Forwarded-For: 8.8.8.8,203.0.113.9 \r\n", "203.0.113.9"},
		{"127.0.0.1", "X-Forwarded-For: 8.8.8.8\r\nX-Forwarded-For: 203.0.113.9\r\n",
		 "203.0.113.9"},
		{"127.0.0.1", "X-Forwarded-For: 2001:DB8::1\r\n", "2001:db8::1"},
		{"127.0.0.1", "X-Forwarded-For: ::ffff:203.0.113.9\r\n", "203.0.113.9"},
		{"127.0.0.1", "X-Forwarded-For: 203.0.113.9,\r\n", "127.0.0.1"},
		{"127.0.0.1", "X-Forwarded-For: unknown\r\n", "127.0.0.1"},
		{"127.0.0.1", "X-Forwarded-For: 203.0.113.9:1234\r\n", "127.0.0.1"},
		{"127.0.0.1", "X-Forwarded-For: 203.0.113.999\r\n", "127.0.0.1"},
		{"127.0.0.1", "X-Forwarded-For: '); DROP TABLE\r\n", "127.0.0.1"},
		{"127.0.0.1", "X-Forwarded-For:\r\n", "127.0.0.1"},
		{"nobody", "", NULL},
		{"", "", NULL},
	};
	struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *got = address(&a, cases[i].peer, cases[i].lines);

		cr_expect_eq(got == NULL, cases[i].is == NULL, "case %zu", i);
		if (got != NULL && cases[i].is != NULL)
			cr_expect_str_eq(got, cases[i].is, "case %zu", i);
	}
	arena_free(&a);
}

Test(address, a_network_of_ipv6_counts_as_one_and_this_machine_as_nobody)
{
	struct arena a = {0};

	cr_expect(str_is(address_counted(&a, "198.51.100.7"), "198.51.100.7"));
	cr_expect(str_is(address_counted(&a, "2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::"));
	cr_expect(str_is(address_counted(&a, "2001:db8:1:2::9"), "2001:db8:1:2::"));
	cr_expect_eq(address_counted(&a, "127.0.0.1").n, 0);
	cr_expect_eq(address_counted(&a, "127.8.8.8").n, 0);
	cr_expect_eq(address_counted(&a, "::1").n, 0);
	cr_expect_eq(address_counted(&a, NULL).n, 0);
	arena_free(&a);
}
