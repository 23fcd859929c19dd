/*
 * sign.c - the vectors of twilio.md section 7 (published ones D1 to D4, computed ones V1 to V6),
 * those that must fail among them, and what else must never pass.
 */
#include "server/twilio/sign.h"

#include <criterion/criterion.h>

#define TOKEN  "9f3c1d2ab45e6f708192a3b4c5d6e7f8"
#define HOOKS  "https://hooks.example.test/api/webhooks/twilio/"
#define SM     "SM0123456789abcdef0123456789abcdef"
#define CA     "CA0123456789abcdef0123456789abcdef"
#define SHA256 "39f5e6dd8d482b2903e1363b6bd89c8694f33ddff12828ddde12c47b8fc34916"

#define V1_HEAD                                          \
	"ToCountry=CA&ToState=ON&SmsMessageSid=" SM      \
	"&NumMedia=0&ToCity=TORONTO&FromZip=&SmsSid=" SM \
	"&FromState=QC&SmsStatus=received&FromCity=MONTREAL&Body="
#define V1_TEXT "Bonjour%2C+mon+v%C3%A9lo+est+pr%C3%AAt%3F+%F0%9F%9A%B2"
#define V1_TAIL                                                                 \
	"&FromCountry=CA&To=%2B14165550001&ToZip=&NumSegments=1&MessageSid=" SM \
	"&AccountSid=AC00000000000000000000000000000001&From=%2B15145550199&ApiVersion=2010-04-01"
#define V1_BODY  V1_HEAD "+" V1_TEXT "+" V1_TAIL
#define V1_SIGN  "VgOcootFUoo6lof+hEVRau/xfAw="
#define V2_QUERY "voice?org=bici&lang=fr-CA"
#define V2_BODY                                                                           \
	"CallSid=" CA "&AccountSid=AC00000000000000000000000000000001&CallStatus=ringing" \
	"&ApiVersion=2010-04-01&Direction=inbound&From=%2B15145550199&To=%2B14165550001"  \
	"&Caller=%2B15145550199&Called=%2B14165550001&CallerName=D%27Arcy+%26+Sons"       \
	"&CallToken=%257B%2522x%2522%253A1%257D"
#define V2_BARE "wZ9vmdwMsA5gmsO4m/vZkGjiWmQ="
#define V2_443  "WKuEOeIP2K+hxwQnUCRJduS37+Q="
#define V2_8443 "FNBr0mvCLfqSVdrvbfyhZZQ3tBM="
#define D2_URL  "https://mycompany.com/myapp.php?foo=1&bar=2"

static const struct {
	const char *name, *token, *url, *body, *signature;
} vectors[] = {
	{"D1", "12345", "https://example.com/myapp.php?foo=1&bar=2",
	 "CallSid=CA1234567890ABCDE&Caller=%2B14158675310&Digits=1234&From=%2B14158675310"
	 "&To=%2B18005551212",
	 "L/OH5YylLD5NRKLltdqwSvS0BnU="},
	{"D2", "12345", D2_URL,
	 "CallSid=CA1234567890ABCDE&Caller=%2B12349013030&Digits=1234&From=%2B12349013030"
	 "&To=%2B18005551212",
	 "0/KCTR6DLpKmkAf8muzZqo1nDgQ="},
	{"D3", "12345", D2_URL,
	 "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309"
	 "&To=%2B18005551212",
	 "RSOYDt4T1cUTdK1PDd93/VVr8B8="},
	{"D4", "12345", D2_URL, "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234",
	 "IK+Dwps556ElfBT0I3Rgjkr1wJU="},
	{"V1", TOKEN, HOOKS "sms", V1_BODY, V1_SIGN},
	{"V2", TOKEN, HOOKS V2_QUERY, V2_BODY, V2_BARE},
	{"V2 :443", TOKEN, "https://hooks.example.test:443/api/webhooks/twilio/" V2_QUERY, V2_BODY,
	 V2_443},
	{"V2 :8443", TOKEN, "https://hooks.example.test:8443/api/webhooks/twilio/" V2_QUERY,
	 V2_BODY, V2_8443},
	{"V3", TOKEN, HOOKS "json?org=bici&bodySHA256=" SHA256, "", "OLtIyImTAQwIrvAQ0dnhQp4HjP4="},
	{"V4", TOKEN, "wss://hooks.example.test/twilio/media", "", "sh7lVY6ft2SwGfvtrmId9+BZrs8="},
	{"V4 /", TOKEN, "wss://hooks.example.test/twilio/media/", "",
	 "i8Ti+/ynYKSZAEoc7hLlA2yq1oM="},
	{"V4 :443", TOKEN, "wss://hooks.example.test:443/twilio/media", "",
	 "PoN3Rg8f7OjRaT2axFsRUIMGRZQ="},
	{"V4 :80", TOKEN, "wss://hooks.example.test:80/twilio/media", "",
	 "218eqi31i9SRXiVnddP8TInIrsU="},
	{"V4 https", TOKEN, "https://hooks.example.test/twilio/media", "",
	 "F3c5rf5cZrB6H4aW8vEjQvZXrHM="},
	{"V5", TOKEN, HOOKS "status", "Tag=zeta&Tag=alpha&Tag=alpha&TagCount=3&MessageSid=" SM,
	 "zU1XdtKw8TVZW8UYvjquMbwFCGg="},
	{"V6", TOKEN, HOOKS "voice?org=bici&CallSid=" CA "&From=%2B15145550199", "",
	 "456We0uF2D27muZcijv65gujNcY="},
};

static struct twilio_key key_of(const char *token)
{
	struct twilio_key key;

	twilio_key_init(&key, str_of(token));
	return key;
}

static struct form form_of(struct arena *a, const char *body)
{
	struct form f;

	cr_assert(form_parse(a, str_of(body), &f, NULL));
	return f;
}

static struct twilio_urls one_url(const char *url)
{
	return (struct twilio_urls){{str_of(url)}, 1};
}

Test(sign, makes_and_accepts_every_vector)
{
	struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		struct twilio_key key = key_of(vectors[i].token);
		struct form f = form_of(&a, vectors[i].body);
		struct twilio_urls urls = one_url(vectors[i].url);
		char made[TWILIO_SIGNATURE_TEXT];

		twilio_sign(&key, str_of(vectors[i].url), &f, made);
		cr_expect_str_eq(made, vectors[i].signature, "%s", vectors[i].name);
		cr_expect(twilio_sign_check(&key, 1, &urls, &f, str_of(vectors[i].signature), NULL),
			  "%s", vectors[i].name);
	}
	arena_free(&a);
}

/* Address and target as the service has them; which signatures pass, by the SDK's own behaviour. */
Test(sign, tries_the_url_with_and_without_its_port)
{
	static const struct {
		const char *public_url, *target, *body, *signature;
		bool passes;
	} cases[] = {
		{"https://hooks.example.test", "/api/webhooks/twilio/sms", V1_BODY, V1_SIGN, true},
		{"https://hooks.example.test/", "/api/webhooks/twilio/sms", V1_BODY, V1_SIGN, true},
		{"https://hooks.example.test/api/", "/webhooks/twilio/sms", V1_BODY, V1_SIGN, true},
		{"https://u:p@ss@hooks.example.test#rc=2", "/api/webhooks/twilio/sms", V1_BODY,
		 V1_SIGN, true},
		{"https://hooks.example.test", "/api/webhooks/twilio/sms#rc=2", V1_BODY, V1_SIGN,
		 true},
		/* must fail: trimmed, empty values left out */
		{"https://hooks.example.test", "/api/webhooks/twilio/sms", V1_HEAD V1_TEXT V1_TAIL,
		 V1_SIGN, false},
		{"https://hooks.example.test", "/api/webhooks/twilio/sms",
		 "ToCountry=CA&ToState=ON&SmsMessageSid=" SM "&NumMedia=0&ToCity=TORONTO&SmsSid=" SM
		 "&FromState=QC&SmsStatus=received&FromCity=MONTREAL&Body=+" V1_TEXT
		 "+&FromCountry=CA&To=%2B14165550001&NumSegments=1&MessageSid=" SM
		 "&AccountSid=AC00000000000000000000000000000001&From=%2B15145550199"
		 "&ApiVersion=2010-04-01",
		 V1_SIGN, false},
		{"https://hooks.example.test", "/api/webhooks/twilio/sms/", V1_BODY, V1_SIGN,
		 false},
		{"https://hooks.example.test", "/api/webhooks/twilio/sms",
		 V1_BODY "&Extra=", V1_SIGN, false},
		/* V2: which ports pass */
		{"https://hooks.example.test", "/api/webhooks/twilio/" V2_QUERY, V2_BODY, V2_BARE,
		 true},
		{"https://hooks.example.test:443", "/api/webhooks/twilio/" V2_QUERY, V2_BODY,
		 V2_BARE, true},
		{"https://hooks.example.test:8443", "/api/webhooks/twilio/" V2_QUERY, V2_BODY,
		 V2_BARE, true},
		{"https://hooks.example.test", "/api/webhooks/twilio/" V2_QUERY, V2_BODY, V2_443,
		 true},
		{"https://hooks.example.test:8443", "/api/webhooks/twilio/" V2_QUERY, V2_BODY,
		 V2_8443, true},
		{"https://hooks.example.test", "/api/webhooks/twilio/" V2_QUERY, V2_BODY, V2_8443,
		 false},
		{"http://hooks.example.test", "/api/webhooks/twilio/" V2_QUERY, V2_BODY, V2_BARE,
		 false},
		{"https://hooks.example.test", "/api/webhooks/twilio/voice?lang=fr-CA&org=bici",
		 V2_BODY, V2_BARE, false},
		{"https://hooks.example.test",
		 "/api/webhooks/twilio/voice?org=bici&CallSid=" CA "&From=%2B15145550199", "",
		 "456We0uF2D27muZcijv65gujNcY=", true},
	};
	struct twilio_key key = key_of(TOKEN);
	struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct form f = form_of(&a, cases[i].body);
		struct twilio_urls urls;

		cr_assert(twilio_urls_for(&a, str_of(cases[i].public_url), str_of(cases[i].target),
					  &urls, NULL));
		cr_expect_eq(
			twilio_sign_check(&key, 1, &urls, &f, str_of(cases[i].signature), NULL),
			cases[i].passes, "case %zu", i);
	}
	arena_free(&a);
}

Test(sign, lists_the_urls_of_a_socket_in_order)
{
	static const char *const wanted[] = {
		"wss://hooks.example.test/twilio/media?x=1",
		"wss://hooks.example.test/twilio/media/?x=1",
		"wss://hooks.example.test:443/twilio/media?x=1",
		"wss://hooks.example.test:443/twilio/media/?x=1",
		"https://hooks.example.test/twilio/media?x=1",
		"https://hooks.example.test/twilio/media/?x=1",
		"https://hooks.example.test:443/twilio/media?x=1",
		"https://hooks.example.test:443/twilio/media/?x=1",
	};
	static const struct {
		const char *signature;
		unsigned url;
	} passing[] = {
		{"sh7lVY6ft2SwGfvtrmId9+BZrs8=", 0},
		{"i8Ti+/ynYKSZAEoc7hLlA2yq1oM=", 1},
		{"PoN3Rg8f7OjRaT2axFsRUIMGRZQ=", 2},
		{"F3c5rf5cZrB6H4aW8vEjQvZXrHM=", 4},
	};
	struct twilio_key key = key_of(TOKEN);
	struct twilio_match match;
	struct arena a = {0};
	struct twilio_urls urls;

	cr_assert(twilio_urls_for_socket(&a, STR_LIT("https://hooks.example.test"),
					 STR_LIT("/twilio/media/?x=1"), &urls, NULL));
	cr_assert_eq(urls.count, ARRAY_LEN(wanted));
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		cr_expect(str_is(urls.url[i], wanted[i]), STR_FMT, STR_ARG(urls.url[i]));
	cr_assert(twilio_urls_for_socket(&a, STR_LIT("https://hooks.example.test"),
					 STR_LIT("/twilio/media"), &urls, NULL));
	for (size_t i = 0; i < ARRAY_LEN(passing); i++) {
		cr_expect(twilio_sign_check(&key, 1, &urls, NULL, str_of(passing[i].signature),
					    &match));
		cr_expect_eq(match.url, passing[i].url);
	}
	arena_free(&a);
}

Test(sign, refuses_an_address_that_is_none)
{
	static const char *const bad[] = {"",
					  "hooks.example.test",
					  "ftp://a",
					  "https://",
					  "https://:443",
					  "https://[::1",
					  "https://a:44x3",
					  "https://u@/x"};
	struct arena a = {0};
	struct twilio_urls urls;
	struct err err = {0};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		cr_expect_not(twilio_urls_for(&a, str_of(bad[i]), STR_LIT("/x"), &urls, &err), "%s",
			      bad[i]);
	cr_expect_eq(err.kind, ERR_INPUT);
	cr_expect_not(twilio_urls_for(&a, STR_LIT("https://a"), STR_LIT("x"), &urls, &err));
	cr_expect_not(twilio_urls_for(&a, STR_LIT("https://a"), STR_LIT(""), &urls, &err));
	cr_expect(twilio_urls_for(&a, STR_LIT("http://[::1]:3001"), STR_LIT("/x"), &urls, &err));
	cr_expect(str_is(urls.url[0], "http://[::1]/x") &&
		  str_is(urls.url[1], "http://[::1]:3001/x"));
	arena_free(&a);
}

Test(sign, a_json_body_must_be_the_one_that_the_url_names)
{
	static const char body[] = "{\"CallSid\":\"" CA "\",\"event\":\"\xC3\xA9t\xC3\xA9\"}";
	static const struct {
		const char *url;
		const char *body;
		bool passes;
	} cases[] = {
		{HOOKS "json?org=bici&bodySHA256=" SHA256, body, true},
		{HOOKS "json?org=bici&bodySHA256=" SHA256, "", false},
		{HOOKS "json?org=bici", body, false},
		{HOOKS "json?bodySHA256=" SHA256 "&bodySHA256=" SHA256, body, false},
		{HOOKS "json?bodySHA256=" SHA256 "0", body, false},
		{HOOKS "json?bodySHA256=zz" SHA256, body, false},
	};
	struct twilio_key key = key_of(TOKEN);
	struct buf longer = {0};
	struct twilio_urls urls;
	char made[TWILIO_SIGNATURE_TEXT];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		urls = one_url(cases[i].url);
		twilio_sign(&key, urls.url[0], NULL, made);
		cr_expect_eq(twilio_sign_check_json(&key, 1, &urls, str_of(cases[i].body),
						    str_of(made), NULL),
			     cases[i].passes, "case %zu", i);
	}
	urls = one_url(cases[0].url);
	cr_assert(buf_printf(&longer, "%s ", body));
	cr_expect_not(twilio_sign_check_json(&key, 1, &urls, buf_str(&longer),
					     STR_LIT("OLtIyImTAQwIrvAQ0dnhQp4HjP4="), NULL));
	cr_expect_not(twilio_sign_check_json(&key, 1, &urls, str_of(body), STR_LIT(V1_SIGN), NULL));
	buf_clear(&longer);
}

Test(sign, refuses_every_header_but_the_one_spelling)
{
	static const char *const bad[] = {
		"",
		"VgOcootFUoo6lof+hEVRau/xfAw",
		"VgOcootFUoo6lof+hEVRau/xfAw==",
		"VgOcootFUoo6lof+hEVRau/xfAx=",
		"vgOcootFUoo6lof+hEVRau/xfAw=",
		"VgOcootFUoo6lof-hEVRau_xfAw=",
		" VgOcootFUoo6lof+hEVRau/xfAw",
		"VgOcootFUoo6lof+hEVRau/xf=w=",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
	};
	struct twilio_urls urls = one_url(HOOKS "sms");
	struct twilio_key key = key_of(TOKEN);
	struct arena a = {0};
	struct form f = form_of(&a, V1_BODY);
	char header[] = V1_SIGN;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		cr_expect_not(twilio_sign_check(&key, 1, &urls, &f, str_of(bad[i]), NULL), "%s",
			      bad[i]);
	for (size_t i = 0; i < sizeof header - 1; i++) {
		header[i] = (char)(header[i] ^ 1);
		cr_expect_not(twilio_sign_check(&key, 1, &urls, &f, str_of(header), NULL),
			      "byte %zu", i);
		header[i] = (char)(header[i] ^ 1);
	}
	cr_expect_not(twilio_sign_check(&key, 1, &urls, &f, (struct str){NULL, 0}, NULL));
	cr_expect_not(twilio_sign_check(&key, 1, &urls, &f,
					STR_LIT("VgOcootFUoo6lof+hEVRau\0xfAw="), NULL));
	arena_free(&a);
}

Test(sign, a_token_that_is_being_replaced_still_passes_and_an_unset_one_never)
{
	struct twilio_urls urls = one_url(HOOKS "sms");
	struct twilio_key zeroed = {0}, keys[3] = {key_of("the next token"), zeroed, key_of(TOKEN)};
	struct twilio_key empty = key_of("");
	struct twilio_match match = {9, 9};
	struct arena a = {0};
	struct form f = form_of(&a, V1_BODY);

	cr_expect(twilio_sign_check(keys, 3, &urls, &f, STR_LIT(V1_SIGN), &match));
	cr_expect_eq(match.key, 2);
	cr_expect_eq(match.url, 0);
	cr_expect_not(twilio_sign_check(keys, 2, &urls, &f, STR_LIT(V1_SIGN), NULL));
	cr_expect_not(twilio_sign_check(keys, 0, &urls, &f, STR_LIT(V1_SIGN), NULL));
	cr_expect_not(empty.ready);
	twilio_key_clear(&keys[2]);
	cr_expect_eq(memcmp(&keys[2], &zeroed, sizeof zeroed), 0, "nothing of the token is left");
	arena_free(&a);
}

/* RFC 2202 case 6: a key longer than a block is hashed first. */
Test(sign, takes_a_token_longer_than_a_block)
{
	char token[80], made[TWILIO_SIGNATURE_TEXT];
	struct twilio_key key;

	memset(token, 0xaa, sizeof token);
	twilio_key_init(&key, str_make(token, sizeof token));
	twilio_sign(&key, STR_LIT("Test Using Larger Than Block-Size Key - Hash Key First"), NULL,
		    made);
	cr_expect_str_eq(made, "qkrl4VJy0A6VcFY3zoo7Ve1AIRI=");
}

Test(sign, orders_many_and_odd_names_by_their_bytes)
{
	static const char plain[] = "a=7&ab=6&ab%00=5&aB=4&%C3%A9=3&Zebra12345=2&Zebra1234=1";
	static const char sorted[] = "Zebra1234=1&Zebra12345=2&a=7&aB=4&ab=6&ab%00=5&%C3%A9=3";
	struct twilio_key key = key_of(TOKEN);
	struct buf up = {0}, down = {0};
	struct arena a = {0};
	struct form f, g;
	char one[TWILIO_SIGNATURE_TEXT], two[TWILIO_SIGNATURE_TEXT];
	struct buf joined = {0};

	f = form_of(&a, plain);
	g = form_of(&a, sorted);
	for (size_t i = 0; i < g.count; i++) {
		buf_add_str(&joined, g.params[i].raw_name);
		buf_add_str(&joined, g.params[i].raw_value);
	}
	twilio_sign(&key, STR_LIT(""), &f, one);
	twilio_sign(&key, buf_str(&joined), NULL, two);
	cr_expect_str_eq(one, two);

	for (int i = 0; i < 200; i++) {
		buf_printf(&up, "%sparam%03d=%d", i == 0 ? "" : "&", i, i % 7);
		buf_printf(&down, "%sparam%03d=%d", i == 0 ? "" : "&", 199 - i, (199 - i) % 7);
	}
	f = form_of(&a, buf_cstr(&up));
	g = form_of(&a, buf_cstr(&down));
	twilio_sign(&key, STR_LIT("u"), &f, one);
	twilio_sign(&key, STR_LIT("u"), &g, two);
	cr_expect_str_eq(one, two);
	buf_clear(&up);
	buf_clear(&down);
	buf_clear(&joined);
	arena_free(&a);
}
