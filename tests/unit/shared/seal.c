/*
 * seal: what was sealed opens with its key, for its organization and column, and nowhere else.
 */
#include "shared/seal.h"

#include <criterion/criterion.h>

#define ORG_A  "11111111-1111-4111-8111-111111111111"
#define ORG_B  "22222222-2222-4222-8222-222222222222"
#define COLUMN "twilio_auth_token_sealed"

static struct settings_key key = {.set = true, .bytes = {1, 2, 3}};
static struct settings_key other = {.set = true, .bytes = {4, 5, 6}};
static struct arena a;
static struct err err;

static struct str sealed_make(const char *plain)
{
	struct str sealed;

	cr_assert(seal_close(&key, ORG_A, COLUMN, str_of(plain), &a, &sealed, &err), "%s",
		  err.text);
	return sealed;
}

Test(seal, what_was_sealed_opens)
{
	struct str sealed = sealed_make("canary-token"), plain;

	cr_assert(seal_open(&key, ORG_A, COLUMN, sealed, &a, &plain, &err), "%s", err.text);
	cr_expect(str_is(plain, "canary-token"));
	cr_expect_eq(plain.p[plain.n], '\0');
	cr_expect_lt(str_find(sealed, STR_LIT("canary")), 0);
	cr_expect_eq(sealed.n, strlen("canary-token") + SEAL_OVERHEAD);
	arena_free(&a);
}

Test(seal, the_same_text_never_seals_alike)
{
	cr_expect_not(str_eq(sealed_make("canary-token"), sealed_make("canary-token")));
	arena_free(&a);
}

Test(seal, it_opens_nowhere_else)
{
	struct str sealed = sealed_make("canary-token"), plain;

	cr_expect_not(seal_open(&other, ORG_A, COLUMN, sealed, &a, &plain, &err));
	cr_expect_not(seal_open(&key, ORG_B, COLUMN, sealed, &a, &plain, &err));
	cr_expect_not(
		seal_open(&key, ORG_A, "elevenlabs_api_key_sealed", sealed, &a, &plain, &err));
	cr_expect_eq(err.kind, ERR_DENIED);
	arena_free(&a);
}

Test(seal, every_changed_byte_and_every_cut_is_noticed)
{
	struct str sealed = sealed_make("token"), plain;
	char copy[64];

	for (size_t i = 0; i < sealed.n; i++) {
		memcpy(copy, sealed.p, sealed.n);
		copy[i] = (char)(copy[i] ^ 1);
		cr_expect_not(
			seal_open(&key, ORG_A, COLUMN, str_make(copy, sealed.n), &a, &plain, &err),
			"byte %zu", i);
		cr_expect_not(
			seal_open(&key, ORG_A, COLUMN, str_sub(sealed, 0, i), &a, &plain, &err),
			"cut at %zu", i);
	}
	arena_free(&a);
}

Test(seal, the_previous_key_still_opens_and_says_so)
{
	struct settings s = {.secrets_key = other, .secrets_key_previous = key};
	struct str sealed = sealed_make("token"), plain;
	bool previous = false;

	cr_assert(seal_open_either(&s, ORG_A, COLUMN, sealed, &a, &plain, &previous, &err));
	cr_expect(previous);
	cr_expect(str_is(plain, "token"));
	s.secrets_key_previous.set = false;
	cr_expect_not(seal_open_either(&s, ORG_A, COLUMN, sealed, &a, &plain, NULL, &err));
	arena_free(&a);
}

Test(seal, without_a_key_nothing_is_sealed)
{
	struct settings_key none = {0};
	struct str sealed;

	cr_expect_not(seal_close(&none, ORG_A, COLUMN, STR_LIT("token"), &a, &sealed, &err));
	cr_expect(strstr(err.text, "SECRETS_KEY") != NULL);
	cr_expect_not(seal_close(&key, ORG_A, COLUMN, STR_LIT(""), &a, &sealed, &err));
	arena_free(&a);
}
