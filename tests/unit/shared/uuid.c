#include "shared/uuid.h"

#include <criterion/criterion.h>

Test(uuid, reads_the_usual_form_and_writes_it_small)
{
	static const char *const good[] = {"a0000000-0000-4000-8000-000000000001",
					   "A0B1C2D3-E4F5-6789-abcd-EF0123456789",
					   "00000000-0000-0000-0000-000000000000"};
	static const char *const small[] = {"a0000000-0000-4000-8000-000000000001",
					    "a0b1c2d3-e4f5-6789-abcd-ef0123456789",
					    "00000000-0000-0000-0000-000000000000"};
	char text[UUID_TEXT];
	struct uuid u, again;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		cr_assert(uuid_read(str_of(good[i]), &u), "%s", good[i]);
		uuid_write(&u, text);
		cr_expect_str_eq(text, small[i]);
		cr_assert(uuid_read(str_of(text), &again));
		cr_expect(uuid_eq(&u, &again));
	}
}

Test(uuid, takes_nothing_else)
{
	static const char *const bad[] = {"",
					  "a0000000-0000-4000-8000-00000000000",
					  "a0000000-0000-4000-8000-0000000000011",
					  "a0000000-0000-4000-8000-00000000000g",
					  "a0000000-0000-4000-80000-00000000001",
					  "a000000000000-4000-8000-000000000001",
					  "{0000000-0000-4000-8000-000000000001",
					  "a0000000 0000 4000 8000 000000000001"};
	struct uuid u = {{7}};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		cr_expect_not(uuid_read(str_of(bad[i]), &u), "%s", bad[i]);
		cr_expect_eq(u.b[0], 7, "it wrote: %s", bad[i]);
	}
}
