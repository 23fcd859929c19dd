/*
 * understand: sets of lines in, one prediction a line out; what is no set is refused with its
 * place.
 */
#include <criterion/criterion.h>

#include "server/ctl/ctl.h"
#include "tests/unit/ctl/understand.h"

Test(understand, one_prediction_a_line_in_their_order)
{
	struct understood u = understood("lang", "source\ttext\tflags\n"
						 "a\tDo you have any helmets in stock?\t-\n"
						 "b\tavez-vous des casques en stock\t-\r\n"
						 "c\t700x28\t-");

	cr_expect_eq(u.code, 0);
	cr_expect_str_eq(u.out, "en\nfr\n?\n");
	understood_clear(&u);
}

Test(understand, a_set_without_lines_has_no_predictions)
{
	struct understood u = understood("lang", "text\n");

	cr_expect_eq(u.code, 0);
	cr_expect_str_eq(u.out, "");
	understood_clear(&u);
}

Test(understand, what_is_no_set_is_refused_with_its_place)
{
	static const struct {
		const char *set, *said;
	} refused[] = {
		{"", "nothing came in"},
		{"line\nDo you have helmets?\n", "no column \"text\""},
		{"lang\ttext\nen\thello there\nfr\n", "line 3 has only 1"},
	};

	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		struct understood u = understood("lang", refused[i].set);

		cr_expect_eq(u.code, 1, "%s", refused[i].set);
		cr_expect_not_null(strstr(u.said, refused[i].said), "%s", u.said);
		understood_clear(&u);
	}
}
