/*
 * base64: the RFC's own vectors, and what is not base64.
 */
#include "shared/base64.h"

#include <criterion/criterion.h>

Test(base64, the_vectors_of_rfc_4648)
{
	static const struct {
		const char *bytes, *text, *url;
	} cases[] = {
		{"", "", ""},
		{"f", "Zg==", "Zg"},
		{"fo", "Zm8=", "Zm8"},
		{"foo", "Zm9v", "Zm9v"},
		{"foob", "Zm9vYg==", "Zm9vYg"},
		{"fooba", "Zm9vYmE=", "Zm9vYmE"},
		{"foobar", "Zm9vYmFy", "Zm9vYmFy"},
		{"\xfb\xff\xbf", "+/+/", "-_-_"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t n = strlen(cases[i].bytes), got;
		unsigned char back[16];
		char text[16];

		cr_expect_eq(base64_write(cases[i].bytes, n, text), strlen(cases[i].text));
		cr_expect_str_eq(text, cases[i].text);
		cr_expect(base64_read(str_of(cases[i].text), back, sizeof back, &got));
		cr_expect_eq(got, n);
		cr_expect_arr_eq(back, cases[i].bytes, n);
		base64url_write(cases[i].bytes, n, text);
		cr_expect_str_eq(text, cases[i].url);
		cr_expect(base64url_read(str_of(cases[i].url), back, sizeof back, &got));
		cr_expect_eq(got, n);
	}
}

Test(base64, what_is_not_base64_is_refused)
{
	static const char *const cases[] = {
		"Z",    "Zg",   "Zg=",  "Zg===",           "Zh==", "Zm9=", "Zm9v ",
		"Zm-v", "Z=9v", "====", "Zm9vZm9vZm9vZm9v"};
	unsigned char out[8];
	size_t n;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_expect_not(base64_read(str_of(cases[i]), out, sizeof out, &n), "%s", cases[i]);
	cr_expect_not(base64url_read(STR_LIT("Zg=="), out, sizeof out, &n));
	cr_expect_not(base64url_read(STR_LIT("Zm+v"), out, sizeof out, &n));
	cr_expect_not(base64_read(str_make("Zm9\0", 4), out, sizeof out, &n));
}
