/*
 * token: ours are believed; everything else is refused, whoever thought of it.
 */
#include <openssl/evp.h> /* before our own: its parameters are named like calls that we ban */
#include <openssl/hmac.h>

#include "server/staff/token.h"

#include <criterion/criterion.h>

#include "shared/base64.h"
#include "shared/clock.h"

#define KEY   "0123456789abcdef0123456789abcdef-of-the-service"
#define OTHER "fedcba9876543210fedcba9876543210-of-somebody"
#define NOW   INT64_C(1790000000)
#define ORG   "a0000000-0000-4000-8000-000000000001"
#define USER  "ca82fdb1-c2b2-493f-804c-db6ce4838f2a"
#define SID   "54d15ee1-13fd-4b19-b0eb-46a78d2192de"
#define HS256 "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"

#define IDS                                                                                        \
	"\"organizationId\":\"" ORG "\",\"userId\":\"" USER "\",\"role\":\"staff\",\"sid\":\"" SID \
	"\""
#define WHO    "\"iss\":\"switchback\",\"aud\":\"switchback-staff\""
#define TIMES  "\"iat\":1790000000,\"exp\":1790000900"
#define CLAIMS "{" IDS "," WHO "," TIMES "}"

static void setup(void)
{
	clock_stop_at_us(NOW * 1000000);
}

TestSuite(token, .init = setup);

/* header.payload signed with key by that digest. */
static size_t forged(char out[4096], struct str header, struct str payload, const char *key,
		     const EVP_MD *digest)
{
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned mac_n = 0;
	size_t n = base64url_write(header.p, header.n, out);

	out[n++] = '.';
	n += base64url_write(payload.p, payload.n, out + n);
	HMAC(digest, key, (int)strlen(key), (const unsigned char *)out, n, mac, &mac_n);
	out[n++] = '.';
	return n + base64url_write(mac, mac_n, out + n);
}

static bool believed(const char *text, size_t n)
{
	struct token t = {.role = ROLE_NONE};
	bool ok = token_read(str_make(text, n), KEY, &t);

	if (!ok) /* nothing of it is written */
		cr_expect_eq(t.role, ROLE_NONE);
	return ok;
}

static bool claims_believed(const char *header, const char *payload)
{
	char text[4096];

	return believed(text, forged(text, str_of(header), str_of(payload), KEY, EVP_sha256()));
}

Test(token, what_we_write_we_believe)
{
	struct token t = {
		.organization_id = ORG, .user_id = USER, .session_id = SID, .role = ROLE_MANAGER};
	struct token r = {.role = ROLE_NONE};
	char text[TOKEN_TEXT];

	token_write(&t, KEY, text);
	cr_assert(token_read(str_of(text), KEY, &r));
	cr_expect_str_eq(r.organization_id, ORG);
	cr_expect_str_eq(r.user_id, USER);
	cr_expect_str_eq(r.session_id, SID);
	cr_expect_eq(r.role, ROLE_MANAGER);
	cr_expect_eq(r.issued_at, NOW);
	cr_expect_eq(r.expires_at, NOW + 900);
	cr_expect_not(token_read(str_of(text), OTHER, &r));
	clock_stop_at_us((NOW + 899) * 1000000);
	cr_expect(token_read(str_of(text), KEY, &r));
	clock_stop_at_us((NOW + 900) * 1000000);
	cr_expect_not(token_read(str_of(text), KEY, &r));
	/* a clock that was set back does not make tokens of the future good */
	clock_stop_at_us((NOW - 60) * 1000000);
	cr_expect_not(token_read(str_of(text), KEY, &r));
}

/* The table's own claims are right: what it refuses is refused for its own reason. */
Test(token, right_claims_in_any_order_are_believed)
{
	cr_expect(claims_believed(HS256, CLAIMS));
	cr_expect(claims_believed("{\"alg\":\"HS256\"}", CLAIMS));
	cr_expect(claims_believed("{\"typ\":\"JWT\",\"alg\":\"HS256\"}",
				  "{" TIMES "," WHO "," IDS "}"));
	cr_expect(
		claims_believed(HS256, "{" IDS "," WHO ",\"iat\":1790000010,\"exp\":1790000100}"));
	cr_expect(
		claims_believed(HS256, "{" IDS "," WHO ",\"iat\":1789999999,\"exp\":1790000001}"));
}

Test(token, claims_that_are_not_exactly_ours_are_refused)
{
	static const struct {
		const char *why, *payload;
	} cases[] = {
		{"expired", "{" IDS "," WHO ",\"iat\":1789999000,\"exp\":1790000000}"},
		{"just expired", "{" IDS "," WHO ",\"iat\":1789999200,\"exp\":1789999999}"},
		{"lives longer", "{" IDS "," WHO ",\"iat\":1790000000,\"exp\":1790000901}"},
		{"lives for ever", "{" IDS "," WHO ",\"iat\":1790000000,\"exp\":9007199254740991}"},
		{"beyond 64 bits",
		 "{" IDS "," WHO ",\"iat\":1790000000,\"exp\":18446744073709551616}"},
		{"from the future", "{" IDS "," WHO ",\"iat\":1790000011,\"exp\":1790000900}"},
		{"begins after its end", "{" IDS "," WHO ",\"iat\":1790000005,\"exp\":1790000004}"},
		{"negative", "{" IDS "," WHO ",\"iat\":-1,\"exp\":1790000100}"},
		{"lifetime wraps",
		 "{" IDS "," WHO ",\"iat\":-9223372036854775808,\"exp\":1790000100}"},
		{"exp as text", "{" IDS "," WHO ",\"iat\":1790000000,\"exp\":\"1790000900\"}"},
		{"iat as text", "{" IDS "," WHO ",\"iat\":\"1790000000\",\"exp\":1790000900}"},
		{"exp with fraction", "{" IDS "," WHO ",\"iat\":1790000000,\"exp\":1790000900.0}"},
		{"exp with exponent", "{" IDS "," WHO ",\"iat\":1790000000,\"exp\":1.7900009e9}"},
		{"exp null", "{" IDS "," WHO ",\"iat\":1790000000,\"exp\":null}"},
		{"exp true", "{" IDS "," WHO ",\"iat\":1790000000,\"exp\":true}"},
		{"exp in a list", "{" IDS "," WHO ",\"iat\":1790000000,\"exp\":[1790000900]}"},
		{"no exp", "{" IDS "," WHO ",\"iat\":1790000000}"},
		{"no iat", "{" IDS "," WHO ",\"exp\":1790000900}"},
		{"twice exp", "{" IDS "," WHO "," TIMES ",\"exp\":1790000900}"},
		{"twice role", "{" IDS "," WHO "," TIMES ",\"role\":\"admin\"}"},
		{"twice role, escaped", "{" IDS "," WHO "," TIMES ",\"r\\u006fle\":\"admin\"}"},
		{"nbf", "{" IDS "," WHO "," TIMES ",\"nbf\":1}"},
		{"another member", "{" IDS "," WHO "," TIMES ",\"admin\":true}"},
		{"no iss", "{" IDS ",\"aud\":\"switchback-staff\"," TIMES "}"},
		{"other iss",
		 "{" IDS ",\"iss\":\"switchbacks\",\"aud\":\"switchback-staff\"," TIMES "}"},
		{"iss in capitals",
		 "{" IDS ",\"iss\":\"Switchback\",\"aud\":\"switchback-staff\"," TIMES "}"},
		{"no aud", "{" IDS ",\"iss\":\"switchback\"," TIMES "}"},
		{"other aud", "{" IDS ",\"iss\":\"switchback\",\"aud\":\"switchback\"," TIMES "}"},
		{"aud as a list",
		 "{" IDS ",\"iss\":\"switchback\",\"aud\":[\"switchback-staff\"]," TIMES "}"},
		{"no organization", "{\"userId\":\"" USER "\",\"role\":\"staff\",\"sid\":\"" SID
				    "\"," WHO "," TIMES "}"},
		{"no user", "{\"organizationId\":\"" ORG "\",\"role\":\"staff\",\"sid\":\"" SID
			    "\"," WHO "," TIMES "}"},
		{"no role", "{\"organizationId\":\"" ORG "\",\"userId\":\"" USER "\",\"sid\":\"" SID
			    "\"," WHO "," TIMES "}"},
		{"no sid", "{\"organizationId\":\"" ORG "\",\"userId\":\"" USER
			   "\",\"role\":\"staff\"," WHO "," TIMES "}"},
		{"sid null", "{\"organizationId\":\"" ORG "\",\"userId\":\"" USER
			     "\",\"role\":\"staff\",\"sid\":null," WHO "," TIMES "}"},
		{"sid a number", "{\"organizationId\":\"" ORG "\",\"userId\":\"" USER
				 "\",\"role\":\"staff\",\"sid\":7," WHO "," TIMES "}"},
		{"sid no id", "{\"organizationId\":\"" ORG "\",\"userId\":\"" USER
			      "\",\"role\":\"staff\",\"sid\":\"' OR true\"," WHO "," TIMES "}"},
		{"sid with U+0000",
		 "{\"organizationId\":\"" ORG "\",\"userId\":\"" USER
		 "\",\"role\":\"staff\",\"sid\":\"" SID "\\u0000\"," WHO "," TIMES "}"},
		{"sid with more", "{\"organizationId\":\"" ORG "\",\"userId\":\"" USER
				  "\",\"role\":\"staff\",\"sid\":\"" SID " \"," WHO "," TIMES "}"},
		{"sid in braces", "{\"organizationId\":\"" ORG "\",\"userId\":\"" USER
				  "\",\"role\":\"staff\",\"sid\":\"{" SID "}\"," WHO "," TIMES "}"},
		{"organization a list",
		 "{\"organizationId\":[\"" ORG "\"],\"userId\":\"" USER
		 "\",\"role\":\"staff\",\"sid\":\"" SID "\"," WHO "," TIMES "}"},
		{"unknown role", "{\"organizationId\":\"" ORG "\",\"userId\":\"" USER
				 "\",\"role\":\"owner\",\"sid\":\"" SID "\"," WHO "," TIMES "}"},
		{"super_admin",
		 "{\"organizationId\":\"" ORG "\",\"userId\":\"" USER
		 "\",\"role\":\"super_admin\",\"sid\":\"" SID "\"," WHO "," TIMES "}"},
		{"role none", "{\"organizationId\":\"" ORG "\",\"userId\":\"" USER
			      "\",\"role\":\"none\",\"sid\":\"" SID "\"," WHO "," TIMES "}"},
		{"role in capitals",
		 "{\"organizationId\":\"" ORG "\",\"userId\":\"" USER
		 "\",\"role\":\"ADMIN\",\"sid\":\"" SID "\"," WHO "," TIMES "}"},
		{"role empty", "{\"organizationId\":\"" ORG "\",\"userId\":\"" USER
			       "\",\"role\":\"\",\"sid\":\"" SID "\"," WHO "," TIMES "}"},
		{"names in capitals",
		 "{\"OrganizationId\":\"" ORG "\",\"userId\":\"" USER
		 "\",\"role\":\"staff\",\"sid\":\"" SID "\"," WHO "," TIMES "}"},
		{"our own names", "{\"organization_id\":\"" ORG "\",\"user_id\":\"" USER
				  "\",\"role\":\"staff\",\"sid\":\"" SID "\"," WHO "," TIMES "}"},
		{"nothing", "{}"},
		{"empty text", "\"\""},
		{"a list", "[" CLAIMS "]"},
		{"null", "null"},
		{"no JSON", "hello"},
		{"cut off", "{" IDS "," WHO ",\"iat\":1790000000,\"exp\":1790000900"},
		{"more behind", CLAIMS "x"},
		{"two objects", CLAIMS CLAIMS},
		{"a comment", "{" IDS "," WHO "," TIMES "}//"},
		{"comma at the end", "{" IDS "," WHO "," TIMES ",}"},
		{"single quotes", "{'role':'staff'}"},
		{"deep", "{" IDS "," WHO "," TIMES ",\"x\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]"
			 "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}"},
		{"bad UTF-8", "{" IDS "," WHO "," TIMES ",\"x\":\"\xFF\"}"},
		{"byte order mark", "\xEF\xBB\xBF" CLAIMS},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_expect_not(claims_believed(HS256, cases[i].payload), "%s", cases[i].why);
}

Test(token, headers_that_are_not_ours_are_refused)
{
	static const char *const headers[] = {
		"{\"alg\":\"none\"}",
		"{\"alg\":\"none\",\"typ\":\"JWT\"}",
		"{\"alg\":\"None\"}",
		"{\"alg\":\"NONE\"}",
		"{\"alg\":\"\"}",
		"{\"alg\":null}",
		"{\"alg\":256}",
		"{\"alg\":[\"HS256\"]}",
		"{\"alg\":\"hs256\"}",
		"{\"alg\":\"HS256 \"}",
		"{\"alg\":\"HS256\\u0000\"}",
		"{\"alg\":\"HS384\"}",
		"{\"alg\":\"HS512\"}",
		"{\"alg\":\"RS256\"}",
		"{\"alg\":\"PS256\"}",
		"{\"alg\":\"ES256\"}",
		"{\"alg\":\"EdDSA\"}",
		"{\"alg\":\"none\",\"alg\":\"HS256\"}",
		"{\"alg\":\"HS256\",\"alg\":\"none\"}",
		"{\"alg\":\"HS256\",\"alg\":\"HS256\"}",
		"{\"alg\":\"HS256\",\"crit\":[\"exp\"]}",
		"{\"alg\":\"HS256\",\"crit\":[]}",
		"{\"alg\":\"HS256\",\"kid\":\"../../dev/null\"}",
		"{\"alg\":\"HS256\",\"jku\":\"https://attacker.example/keys\"}",
		"{\"alg\":\"HS256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AA\"}}",
		"{\"alg\":\"HS256\",\"x5u\":\"https://attacker.example\"}",
		"{\"alg\":\"HS256\",\"b64\":false}",
		"{\"alg\":\"HS256\",\"zip\":\"DEF\"}",
		"{\"alg\":\"HS256\",\"cty\":\"JWT\"}",
		"{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}",
		"{\"alg\":\"HS256\",\"typ\":\"jwt\"}",
		"{\"alg\":\"HS256\",\"typ\":7}",
		"{\"typ\":\"JWT\"}",
		"{}",
		"[]",
		"\"HS256\"",
		"",
		"{\"alg\":\"HS256\"",
		"{\"alg\":\"HS256\"} x",
	};
	char text[4096];

	for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
		struct str header = str_of(headers[i]), payload = STR_LIT(CLAIMS);

		cr_expect_not(claims_believed(headers[i], CLAIMS), "%s", headers[i]);
		cr_expect_not(believed(text, forged(text, header, payload, KEY, EVP_sha512())),
			      "%s by SHA-512", headers[i]);
		cr_expect_not(believed(text, forged(text, header, payload, KEY, EVP_sha384())),
			      "%s by SHA-384", headers[i]);
		cr_expect_not(believed(text, forged(text, header, payload, "", EVP_sha256())),
			      "%s by an empty key", headers[i]);
	}
}

Test(token, a_signature_that_is_not_the_keys_is_refused)
{
	static const char *const keys[] = {
		"",       OTHER,
		"secret", "0123456789abcdef0123456789abcdef",
		KEY " ",  "your-super-secure-jwt-secret-min-32-chars",
	};
	char text[4096], bad[4096];
	size_t n;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		n = forged(text, STR_LIT(HS256), STR_LIT(CLAIMS), keys[i], EVP_sha256());
		cr_expect_not(believed(text, n), "key \"%s\"", keys[i]);
	}
	/* a service without a key believes nobody, instead of everybody */
	n = forged(text, STR_LIT(HS256), STR_LIT(CLAIMS), "", EVP_sha256());
	cr_expect_not(token_read(str_make(text, n), "", &(struct token){.role = ROLE_NONE}));
	n = forged(text, STR_LIT(HS256), STR_LIT(CLAIMS), "short", EVP_sha256());
	cr_expect_not(token_read(str_make(text, n), "short", &(struct token){.role = ROLE_NONE}));
	/* every bit of the three parts counts */
	n = forged(text, STR_LIT(HS256), STR_LIT(CLAIMS), KEY, EVP_sha256());
	cr_assert(believed(text, n));
	for (size_t i = 0; i < n; i++) {
		for (int bit = 0; bit < 8; bit++) {
			memcpy(bad, text, n);
			bad[i] = (char)(bad[i] ^ 1 << bit);
			cr_expect_not(believed(bad, n), "bit %d of byte %zu", bit, i);
		}
	}
}

/* Writes `text` to out with its parts in that order; digits stand for parts, all else for itself.
 */
static size_t arranged(const char *text, size_t n, const char *order, char out[4096])
{
	struct str rest = str_make(text, n), part[3];
	size_t at = 0;

	for (size_t i = 0; i < 3; i++)
		part[i] = str_cut(&rest, '.');
	for (; *order != '\0'; order++) {
		if (*order >= '0' && *order <= '2') {
			memcpy(out + at, part[*order - '0'].p, part[*order - '0'].n);
			at += part[*order - '0'].n;
		} else {
			out[at++] = *order == '~' ? '\0' : *order;
		}
	}
	return at;
}

Test(token, another_shape_is_refused)
{
	static const char *const orders[] = {
		"",          ".",        "..",          "...",          "0",           "0.1",
		"0.1.",      "0..2",     ".1.2",        "0.1.2.",       ".0.1.2",      "0.1.2.2",
		"1.0.2",     "0.2.1",    "2.1.0",       "0.1.2 ",       " 0.1.2",      "0 .1.2",
		"0.1.2\n",   "0.1.2\r",  "0\t.1.2",     "0.1.2=",       "0=.1.2",      "0.1=.2",
		"0.1.2==",   "0.1.2A",   "0.1.A2",      "0A.1.2",       "0.1.2~",      "0.1~.2",
		"~0.1.2",    "0.1.2~.x", "0.1.2,0.1.2", "0.1.2;",       "0.1.2#",      "0.1.2%00",
		"\"0.1.2\"", "0.1.1",    "0.0.2",       "Bearer 0.1.2", "0.1.2.0.1.2", "0,1,2",
		"0:1:2",
	};
	char text[4096], other[4096];
	size_t n = forged(text, STR_LIT(HS256), STR_LIT(CLAIMS), KEY, EVP_sha256());

	cr_assert(believed(other, arranged(text, n, "0.1.2", other)));
	for (size_t i = 0; i < ARRAY_LEN(orders); i++)
		cr_expect_not(believed(other, arranged(text, n, orders[i], other)), "%s",
			      orders[i]);
	for (size_t i = 0; i < n; i++)
		cr_expect_not(believed(text, i), "the first %zu bytes", i);
}

/* Base64url has spellings of the same bytes: one of them is taken. */
Test(token, another_spelling_of_the_same_bytes_is_refused)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	char text[4096];
	size_t n = forged(text, STR_LIT(HS256), STR_LIT(CLAIMS), KEY, EVP_sha256());
	char last = text[n - 1];
	unsigned taken = 0;

	for (size_t i = 0; i < 64; i++) { /* 32 bytes end in a character of 4 bits */
		text[n - 1] = alphabet[i];
		taken += believed(text, n) ? 1 : 0;
	}
	cr_expect_eq(taken, 1);
	text[n - 1] = last;
	for (size_t i = 0; i < n; i++) {
		char was = text[i];

		text[i] = was == '-' ? '+' : was == '_' ? '/' : was;
		cr_expect(text[i] == was || !believed(text, n), "byte %zu", i);
		text[i] = was;
	}
}

Test(token, what_is_too_long_is_refused)
{
	static char large[200000], payload[3000];
	char text[4096];
	int n;

	for (size_t size = 1000; size < sizeof large; size *= 3) {
		memset(large, 'A', size);
		cr_expect_not(believed(large, size));
		memset(large, '.', size);
		cr_expect_not(believed(large, size));
	}
	n = snprintf(payload, sizeof payload, "%-2000s", CLAIMS); /* blanks behind it */
	cr_expect_not(believed(text, forged(text, STR_LIT(HS256), str_make(payload, (size_t)n), KEY,
					    EVP_sha256())));
}

Test(token, the_header_names_bearer_once)
{
	static const struct {
		const char *header, *token; /* NULL: refused */
	} cases[] = {
		{"Bearer abc", "abc"},   {"bearer abc", "abc"}, {"BEARER abc", "abc"},
		{"Bearer  abc", " abc"}, /* no token has a blank */
		{"Bearer", NULL},        {"Bearerabc", NULL},   {"Basic abc", NULL},
		{"Token abc", NULL},     {"abc", NULL},         {"", NULL},
		{"Bearer\tabc", NULL},   {"JWT abc", NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str token;
		bool ok = token_of_header(str_of(cases[i].header), &token);

		cr_expect_eq(ok, cases[i].token != NULL, "%s", cases[i].header);
		if (ok && cases[i].token != NULL)
			cr_expect(str_is(token, cases[i].token), "%s", cases[i].header);
	}
}
