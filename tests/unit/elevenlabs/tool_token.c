/*
 * tool_token.c - a token names what it was made for, and nothing that was changed passes.
 */
#include "server/elevenlabs/tool_token.h"

#include <criterion/criterion.h>

#define SECRET "0123456789abcdef"
#define ORG    "a0000000-0000-4000-8000-000000000001"
#define CONV   "cccccccc-0000-4000-8000-000000000002"

Test(tool_token, names_organization_and_conversation)
{
	char token[TOOL_TOKEN_TEXT], org[TOOL_TOKEN_ID] = "", conv[TOOL_TOKEN_ID] = "";

	tool_token_write(SECRET, ORG, CONV, token);
	cr_assert(tool_token_read(SECRET, str_of(token), org, conv));
	cr_expect_str_eq(org, ORG);
	cr_expect_str_eq(conv, CONV);
	tool_token_write(NULL, ORG, CONV, token);
	cr_expect_str_eq(token, "");
	cr_expect_not(tool_token_read(SECRET, str_of(token), org, conv));
}

Test(tool_token, of_other_words_or_another_secret_is_none)
{
	char token[TOOL_TOKEN_TEXT], org[TOOL_TOKEN_ID] = "", conv[TOOL_TOKEN_ID] = "";
	size_t n;

	tool_token_write(SECRET, ORG, CONV, token);
	n = strlen(token);
	cr_expect_not(tool_token_read("another secret..", str_of(token), org, conv));
	cr_expect_not(tool_token_read(NULL, str_of(token), org, conv));
	for (size_t i = 0; i < n; i++) {
		char was = token[i];

		token[i] = was == 'b' ? 'c' : 'b';
		cr_expect_not(tool_token_read(SECRET, str_of(token), org, conv), "byte %zu", i);
		token[i] = was;
		cr_expect_not(tool_token_read(SECRET, str_make(token, i), org, conv), "cut at %zu",
			      i);
	}
	cr_expect_str_eq(org, "");
	cr_expect_str_eq(conv, "");
}
