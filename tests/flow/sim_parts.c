/* The practice line's small parts: signatures, segments, overrides, TwiML, switches, patterns. */
#include <criterion/criterion.h>

#include "tests/sim/behaviour.h"
#include "tests/sim/faults.h"
#include "tests/sim/glob.h"
#include "tests/sim/overrides.h"
#include "tests/sim/script.h"
#include "tests/sim/segments.h"
#include "tests/sim/sign.h"
#include "tests/sim/stopwords.h"
#include "tests/sim/twiml.h"

#define TOKEN "9f3c1d2ab45e6f708192a3b4c5d6e7f8"

#define TEXT_BODY                                                                               \
	"ToCountry=CA&ToState=ON&SmsMessageSid=SM0123456789abcdef0123456789abcdef&NumMedia=0"   \
	"&ToCity=TORONTO&FromZip=&SmsSid=SM0123456789abcdef0123456789abcdef&FromState=QC"       \
	"&SmsStatus=received&FromCity=MONTREAL"                                                 \
	"&Body=+Bonjour%2C+mon+v%C3%A9lo+est+pr%C3%AAt%3F+%F0%9F%9A%B2+&FromCountry=CA"         \
	"&To=%2B14165550001&ToZip=&NumSegments=1&MessageSid=SM0123456789abcdef0123456789abcdef" \
	"&AccountSid=AC00000000000000000000000000000001&From=%2B15145550199&ApiVersion=2010-04-01"

/* The published vectors, and some with what a URL may carry besides. */
Test(sim_sign, signs_as_twilio_does)
{
	static const struct {
		const char *token, *url, *form, *signature;
	} cases[] = {
		{TOKEN, "https://hooks.example.test/api/webhooks/twilio/sms", TEXT_BODY,
		 "VgOcootFUoo6lof+hEVRau/xfAw="},
		{TOKEN, "https://hooks.example.test/api/webhooks/twilio/sms#rc=2&rp=5xx", TEXT_BODY,
		 "VgOcootFUoo6lof+hEVRau/xfAw="},
		{TOKEN, "https://me:secret@hooks.example.test/api/webhooks/twilio/sms", TEXT_BODY,
		 "VgOcootFUoo6lof+hEVRau/xfAw="},
		{TOKEN, "https://hooks.example.test/api/webhooks/twilio/status",
		 "Tag=zeta&Tag=alpha&Tag=alpha&TagCount=3&MessageSid="
		 "SM0123456789abcdef0123456789abcdef",
		 "zU1XdtKw8TVZW8UYvjquMbwFCGg="},
		{TOKEN,
		 "https://hooks.example.test/api/webhooks/twilio/voice?org=bici&CallSid="
		 "CA0123456789abcdef0123456789abcdef&From=%2B15145550199",
		 NULL, "456We0uF2D27muZcijv65gujNcY="},
		{"12345", "https://example.com/myapp.php?foo=1&bar=2",
		 "CallSid=CA1234567890ABCDE&Caller=%2B14158675310&Digits=1234&From=%2B14158675310"
		 "&To=%2B18005551212",
		 "L/OH5YylLD5NRKLltdqwSvS0BnU="},
		{"12345", "https://mycompany.com/myapp.php?foo=1&bar=2",
		 "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234", NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sim_pairs form = {0};
		struct arena a = {0};
		char signature[SIM_SIGNATURE];

		if (cases[i].form != NULL)
			sim_pairs_read(&form, &a, str_of(cases[i].form));
		sim_sign(str_of(cases[i].token), str_of(cases[i].url),
			 cases[i].form == NULL ? NULL : &form, signature);
		if (cases[i].signature != NULL)
			cr_expect_str_eq(signature, cases[i].signature, "case %zu", i);
		arena_free(&a);
	}
}

Test(sim_sign, writes_the_form_that_it_signs)
{
	struct sim_pairs form = {0};
	struct arena a = {0};
	struct buf b = {0};

	sim_pairs_read(&form, &a, str_of(TEXT_BODY));
	cr_expect(str_is(sim_pairs_value(&form, "Body"),
			 " Bonjour, mon v\u00e9lo est pr\u00eat? \U0001F6B2 "));
	sim_pairs_write(&form, &b);
	cr_expect_str_eq(buf_cstr(&b), TEXT_BODY);
	buf_clear(&b);
	arena_free(&a);
}

Test(sim_segments, count_as_the_networks_do)
{
	static const struct {
		const char *piece;
		unsigned times, count, left;
		bool unicode;
	} cases[] = {
		{"", 0, 1, 160, false},         {"a", 160, 1, 0, false},
		{"a", 161, 2, 145, false},      {"a", 306, 2, 0, false},
		{"a", 307, 3, 152, false},      {"\u20ac", 80, 1, 0, false},
		{"\u20ac", 81, 2, 143, false},  {"\u00e9", 160, 1, 0, false},
		{"\u00ea", 70, 1, 0, true},     {"\u00ea", 71, 2, 63, true},
		{"\U0001F6B2", 35, 1, 0, true}, {"\U0001F6B2", 36, 2, 61, true},
		{"\u00e7", 1, 1, 69, true},     {"\u00c7", 1, 1, 159, false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sim_segments s;
		struct buf b = {0};

		for (unsigned k = 0; k < cases[i].times; k++)
			buf_add_cstr(&b, cases[i].piece);
		sim_segments_count(buf_str(&b), &s);
		cr_expect_eq(s.count, cases[i].count, "case %zu: %u parts", i, s.count);
		cr_expect_eq(s.left, cases[i].left, "case %zu: %u left", i, s.left);
		cr_expect_eq(s.unicode, cases[i].unicode, "case %zu", i);
		buf_clear(&b);
	}
}

Test(sim_overrides, come_from_the_fragment_and_stay_in_range)
{
	struct sim_overrides o;
	unsigned ignored;

	sim_overrides_read(STR_LIT("https://h/x?a=1"), &o, &ignored);
	cr_expect(o.connect_ms == 5000 && o.read_ms == 15000 && o.total_ms == 15000);
	cr_expect(o.retries == 1 && o.retry_on == SIM_RETRY_CONNECT && ignored == 0);
	sim_overrides_read(STR_LIT("https://h/x#rc=2&rp=5xx,ct,rt&ct=1000&e=dublin"), &o, &ignored);
	cr_expect(o.connect_ms == 1000 && o.retries == 2 && ignored == 0);
	cr_expect_eq(o.retry_on, SIM_RETRY_5XX | SIM_RETRY_CONNECT | SIM_RETRY_READ);
	sim_overrides_read(STR_LIT("https://h/x#rc=9&rp=sometimes&tt=15001&what=1"), &o, &ignored);
	cr_expect(o.retries == 1 && o.retry_on == SIM_RETRY_CONNECT && o.total_ms == 15000);
	cr_expect_eq(ignored, 4);
}

Test(sim_twiml, reads_replies_in_their_order)
{
	struct sim_twiml t;
	struct arena a = {0};

	cr_assert(sim_twiml_read(&a,
				 STR_LIT("<?xml version=\"1.0\"?><Response><Message> one &amp; "
					 "only </Message><Message to=\"+15145550100\"><Body>two"
					 "</Body><Media>http://h/p.jpg</Media></Message>"
					 "<Redirect method=\"GET\">/next</Redirect><Message>"
					 "never</Message></Response>"),
				 &t));
	cr_expect_eq(t.replies_n, 2);
	cr_expect(str_is(t.replies[0].body, "one & only"));
	cr_expect(str_is(t.replies[1].body, "two") && str_is(t.replies[1].to, "+15145550100"));
	cr_expect(t.replies[1].media_n == 1 && str_is(t.replies[1].media[0], "http://h/p.jpg"));
	cr_expect(t.redirected && t.redirect_get && str_is(t.redirect, "/next"));
	cr_expect_eq(t.warning, 0);
	arena_free(&a);
}

Test(sim_twiml, warns_of_what_twilio_would_ignore_and_refuses_what_it_cannot_read)
{
	static const struct {
		const char *xml;
		bool runs;
		int warning;
		unsigned replies;
	} cases[] = {
		{"<Response/>", true, 0, 0},
		{"<Response><message>hi</message></Response>", true, 14110, 0},
		{"<Response><Say>hi</Say><Message>yes</Message></Response>", true, 14110, 1},
		{"<Response><Message colour=\"red\">hi</Message></Response>", true, 12200, 1},
		{"<Response><Message/></Response>", true, 14103, 0},
		{"<response/>", false, 0, 0},
		{"<Response>", false, 0, 0},
		{"ok", false, 0, 0},
		{"<!DOCTYPE r [<!ENTITY a \"x\">]><Response><Message>&a;</Message></Response>",
		 false, 0, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = {0};
		struct sim_twiml t;

		cr_expect_eq(sim_twiml_read(&a, str_of(cases[i].xml), &t), cases[i].runs, "%zu", i);
		cr_expect_eq(t.warning, cases[i].warning, "case %zu: %d", i, t.warning);
		cr_expect_eq(t.replies_n, cases[i].replies, "case %zu", i);
		arena_free(&a);
	}
}

Test(sim_faults, say_what_they_understood)
{
	static const struct {
		const char *said, *understood; /* NULL: refused */
	} cases[] = {
		{"429", "429 on send next 1"},
		{"429 next 2 retry-after 3", "429 on send next 2 retry-after 3"},
		{"reset after 10%", "reset after on send 10%"},
		{"slow on api always for 2s", "slow on api always for 2000 ms"},
		{"wrong-signature on callback", "wrong-signature on callback next 1"},
		{"replay for 250 ms", "replay on webhook next 1 for 250 ms"},
		{"hang to +15145550199", "hang on send to +15145550199 next 1"},
		{"429 on webhook", NULL},
		{"duplicate on send", NULL},
		{"fire", NULL},
		{"429 next many", NULL},
		{"429 to bob", NULL},
		{"", NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sim_fault f;
		struct err err = {0};
		struct buf b = {0};
		bool good = sim_fault_parse(str_of(cases[i].said), &f, &err);

		cr_expect_eq(good, cases[i].understood != NULL, "%s: %s", cases[i].said, err.text);
		if (good) {
			sim_fault_text(&f, &b);
			cr_expect_str_eq(buf_cstr(&b), cases[i].understood);
		}
		buf_clear(&b);
	}
}

static void throw_switch(struct sim_faults *fs, const char *text)
{
	struct sim_fault f;

	cr_assert(sim_fault_parse(str_of(text), &f, NULL));
	cr_assert(sim_faults_add(fs, &f, NULL));
}

Test(sim_faults, happen_as_often_as_said_and_where)
{
	struct sim_faults fs = {.random = 7};
	unsigned hits = 0;

	throw_switch(&fs, "429 next 2 to +15145550199");
	cr_expect_eq(sim_faults_take(&fs, SIM_ON_SEND, STR_LIT("+15145550100")).kind,
		     SIM_FAULT_NONE);
	cr_expect_eq(sim_faults_take(&fs, SIM_ON_SEND, STR_LIT("+15145550199")).kind,
		     SIM_FAULT_429);
	cr_expect_eq(sim_faults_take(&fs, SIM_ON_API, STR_LIT("+15145550199")).kind,
		     SIM_FAULT_NONE);
	cr_expect_eq(sim_faults_take(&fs, SIM_ON_SEND, STR_LIT("+15145550199")).kind,
		     SIM_FAULT_429);
	cr_expect_eq(sim_faults_take(&fs, SIM_ON_SEND, STR_LIT("+15145550199")).kind,
		     SIM_FAULT_NONE);
	cr_expect_eq(fs.n, 0, "a switch that is used up is gone");
	throw_switch(&fs, "503 on api 25%");
	for (int i = 0; i < 4000; i++)
		hits += sim_faults_take(&fs, SIM_ON_SEND, STR_LIT("")).kind == SIM_FAULT_503;
	cr_expect(hits > 850 && hits < 1150, "%u of 4000", hits);
}

Test(sim_behaviour, follows_from_the_number_or_from_a_word)
{
	static const struct {
		const char *number;
		enum sim_behaviour_kind kind;
		int code;
	} cases[] = {
		{"+15005550001", SIM_REFUSED, 21211}, {"+15005550009", SIM_REFUSED, 21614},
		{"+15005521610", SIM_REFUSED, 21610}, {"+15005530003", SIM_FAILS, 30003},
		{"+15005530008", SIM_FAILS, 30008},   {"+15005551004", SIM_SWAPPED, 0},
		{"+15005550006", SIM_NORMAL, 0},      {"+15145550199", SIM_NORMAL, 0},
		{"+15005539999", SIM_NORMAL, 0},
	};
	struct sim_behaviour b;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		b = sim_behaviour_of(str_of(cases[i].number));
		cr_expect(b.kind == cases[i].kind && b.code == cases[i].code, "%s",
			  cases[i].number);
	}
	cr_expect(sim_behaviour_parse(STR_LIT("30005"), &b) && b.kind == SIM_FAILS);
	cr_expect(sim_behaviour_parse(STR_LIT("silent"), &b) && b.kind == SIM_SILENT);
	cr_expect_not(sim_behaviour_parse(STR_LIT("11200"), &b));
	cr_expect_not(sim_behaviour_parse(STR_LIT("happy"), &b));
}

Test(sim_stopwords, are_single_words_and_french_only_when_advanced)
{
	static const struct {
		const char *body;
		bool advanced;
		enum sim_stopword word;
	} cases[] = {
		{"STOP", false, SIM_WORD_STOP},
		{" stop\n", false, SIM_WORD_STOP},
		{"Stop please", false, SIM_WORD_NONE},
		{"ARR\u00caT", false, SIM_WORD_NONE},
		{"ARR\u00caT", true, SIM_WORD_STOP},
		{"start", false, SIM_WORD_START},
		{"INFO", false, SIM_WORD_HELP},
		{"aide", true, SIM_WORD_HELP},
		{"", false, SIM_WORD_NONE},
		{"OptOut", false, SIM_WORD_STOP},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		bool french;

		cr_expect_eq(sim_stopword_of(str_of(cases[i].body), cases[i].advanced, &french),
			     cases[i].word, "%s", cases[i].body);
	}
}

Test(sim_glob, matches_text_whatever_its_case_and_accents)
{
	static const struct {
		const char *pattern, *text;
		bool matches;
	} cases[] = {
		{"*ouvert*", "Nous sommes OUVERTS jusqu'\u00e0 18 h", true},
		{"*ferme*|*ouvert*", "Ferm\u00e9 aujourd'hui", true},
		{"*18:00", "until 18:00.", false},
		{"h?llo", "h\u00e9llo", true},
		{"", "", true},
		{"*", "anything", true},
		{"*a*b*c*", "xxaxxbxxcxx", true},
		{"*a*b*c", "xxaxxbxxcxx", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_expect_eq(sim_glob(str_of(cases[i].pattern), str_of(cases[i].text)),
			     cases[i].matches, "%s", cases[i].pattern);
}

Test(sim_script, reads_its_lines_and_says_where_it_cannot)
{
	static const struct {
		const char *text, *error; /* NULL: good */
	} cases[] = {
		{"let STORE +14165550001\n# a remark\nsay hello\n"
		 "+15145550199 > $STORE: open at $5?\nexpect from $STORE within 5s: *yes*\n"
		 "expect nothing from $STORE for 1s\nwait 20ms\nfault 429 next 2\nfaults clear\n"
		 "phone +15145550199 behaves 30003\n+15145550199 > $STORE [photo]: this one",
		 NULL},
		{"\n\nhello", "line 3: not understood; a text is written: +15145550199 > "
			      "+14165550001: hello"},
		{"+15145550199 > $STORE: hi",
		 "line 1: nobody set $STORE (let, or --set NAME=value)"},
		{"expect from +14165550001: *hi*",
		 "line 1: whose text is expected, and on which phone?"},
		{"wait long", "line 1: \"wait\" wants a time such as 2s"},
		{"fault 428", "line 1: no fault is called \"428\""},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sim_script s = {0};
		struct err err = {0};
		struct arena a = {0};
		bool good = sim_script_read(&a, str_of(cases[i].text), &s, &err);

		cr_expect_eq(good, cases[i].error == NULL, "case %zu: %s", i, err.text);
		if (cases[i].error != NULL)
			cr_expect_str_eq(err.text, cases[i].error);
		else
			cr_expect_eq(s.n, 9, "%zu steps", s.n);
		if (good) {
			cr_expect(str_is(s.steps[1].text, "open at $5?"));
			cr_expect(str_is(s.steps[2].to, "+15145550199"));
			cr_expect_eq(s.steps[2].ms, 5000);
			cr_expect(s.steps[8].photo);
		}
		arena_free(&a);
	}
}
