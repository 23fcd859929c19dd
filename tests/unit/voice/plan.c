/*
 * plan.c - the document of every stage, in both languages: read back with expat, and held against
 * what the carrier takes (twilio.md 4).
 */
#include "server/voice/plan.h"

#include <criterion/criterion.h>
#include <expat.h>

#define CALL "c0000000-0000-4000-8000-000000000001"
#define SITE "https://bici.example"
#define HOOK SITE "/api/webhooks/twilio/"
#define AT   "?c=" CALL "&d=7" PLAN_RETRIES

static const struct plan_places places = {SITE, {"token-of-43-characters", 22}};

/* ---- a document as one line: <Verb name=value ...>text</> ---- */

static void XMLCALL on_start(void *data, const XML_Char *name, const XML_Char **attrs)
{
	struct buf *b = data;

	buf_printf(b, "<%s", name);
	for (; attrs[0] != NULL; attrs += 2) {
		/* long, and held elsewhere */
		bool known = strcmp(attrs[0], "hints") == 0 || strcmp(attrs[0], "voice") == 0;

		if (!known)
			buf_printf(b, " %s=%s", attrs[0], attrs[1]);
	}
	buf_add_char(b, '>');
}

static void XMLCALL on_end(void *data, const XML_Char *name)
{
	(void)name;
	buf_add_cstr(data, "</>");
}

static void XMLCALL on_text(void *data, const XML_Char *p, int n)
{
	buf_add(data, p, (size_t)n);
}

static void flattened(struct str document, struct buf *out)
{
	XML_Parser p = XML_ParserCreate("UTF-8");

	buf_reset(out);
	XML_SetUserData(p, out);
	XML_SetElementHandler(p, on_start, on_end);
	XML_SetCharacterDataHandler(p, on_text);
	cr_assert_eq(XML_Parse(p, document.p, (int)document.n, 1), XML_STATUS_OK, STR_FMT,
		     STR_ARG(document));
	XML_ParserFree(p);
}

static void document_of(const struct call_facts *f, struct buf *flat)
{
	struct buf b;

	buf_init(&b, PLAN_LIMIT);
	cr_assert(plan_document(&b, f, &places));
	flattened(buf_str(&b), flat);
	buf_clear(&b);
}

static struct call_facts facts_of(enum call_stage stage, enum language l)
{
	return (struct call_facts){.known = true,
				   .call = CALL,
				   .stage = stage,
				   .document = 7,
				   .language = l,
				   .room = STR_LIT("abcdef0123456789")};
}

#define EN_SAY "<Say language=en-US>"
#define FR_SAY "<Say language=fr-CA>"
#define LISTEN(language, seconds)                                  \
	"<Gather input=dtmf speech action=" HOOK "gather" AT       \
	" actionOnEmptyResult=true numDigits=1 language=" language \
	" speechTimeout=auto timeout=" seconds ">"
#define NEXT "<Redirect>" HOOK "voice/next" AT "</>"
#define STREAM                                                                                     \
	"<Connect action=" HOOK "stream-end" AT "><Stream url=wss://bici.example/api/media/twilio" \
	" statusCallback=" HOOK "stream" AT                                                        \
	"><Parameter name=t value=token-of-43-characters></></></>"
#define RECORD                                                                                \
	"<Record action=" HOOK "voicemail" AT " recordingStatusCallback=" HOOK "recording" AT \
	" maxLength=180 timeout=5 playBeep=true></>"
#define ROOM                                                                        \
	"<Dial action=" HOOK "dial" AT "><Conference startConferenceOnEnter=true"   \
	" endConferenceOnExit=true beep=false waitUrl=" HOOK "hold waitMethod=POST" \
	" statusCallback=" HOOK "conference?c=" CALL                                \
	" statusCallbackEvent=start end join leave mute hold>abcdef0123456789</></>"

/* ---- stages by languages, with a line to speak and without ---- */

Test(plan, each_stage_in_each_language)
{
	static const struct {
		enum call_stage stage;
		const char *en, *fr; /* behind <Response>, before its end; %s: what is said */
		const char *quiet_en, *quiet_fr; /* what is said when there is no line */
	} cases[] = {
		{CALL_BRIDGE, "%s" STREAM NEXT, "%s" STREAM NEXT, "", ""},
		{CALL_BUILTIN, LISTEN("en-US", "5") "%s</>" NEXT, LISTEN("fr-CA", "5") "%s</>" NEXT,
		 EN_SAY "What else can I help you with?</>",
		 FR_SAY "Puis-je vous aider pour autre chose?</>"},
		{CALL_NATIVE, LISTEN("en-US", "5") "%s</>" NEXT, LISTEN("fr-CA", "5") "%s</>" NEXT,
		 EN_SAY "What else can I help you with?</>",
		 FR_SAY "Puis-je vous aider pour autre chose?</>"},
		{CALL_TYPING, LISTEN("en-US", "7") "%s</>" NEXT, LISTEN("fr-CA", "7") "%s</>" NEXT,
		 "", ""},
		{CALL_CONFERENCE, "%s" ROOM NEXT, "%s" ROOM NEXT, "", ""},
		{CALL_VOICEMAIL, "%s" RECORD NEXT, "%s" RECORD NEXT,
		 EN_SAY "Please leave a message after the tone. Press any key when you're done, or "
			"just hang up.</>",
		 FR_SAY
		 "Laissez un message après le signal. Appuyez sur une touche pour terminer, ou "
		 "raccrochez.</>"},
		{CALL_ENDED, "%s<Hangup></>", "%s<Hangup></>",
		 EN_SAY "Thank you for calling. Goodbye!</>",
		 FR_SAY "Merci de votre appel. Au revoir!</>"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (enum language l = LANGUAGE_EN; l <= LANGUAGE_FR; l++) {
			bool fr = l == LANGUAGE_FR;
			struct call_facts f = facts_of(cases[i].stage, l);
			struct buf got = {0}, wanted = {0}, body = {0};
			const char *around = fr ? cases[i].fr : cases[i].en;
			size_t before = (size_t)(strstr(around, "%s") - around);

			for (int spoken = 0; spoken < 2; spoken++) {
				buf_reset(&wanted);
				buf_add_cstr(&wanted, "<Response>");
				buf_add(&wanted, around, before);
				buf_add_cstr(&wanted, spoken == 0 ? (fr ? cases[i].quiet_fr
									: cases[i].quiet_en)
						      : fr ? FR_SAY "à 9 heures</>" EN_SAY "ok</>"
							   : EN_SAY "at 9 a.m.</>" EN_SAY "ok</>");
				buf_add_cstr(&wanted, around + before + 2);
				buf_add_cstr(&wanted, "</>");
				if (spoken == 1) {
					f.lines[0].body =
						fr ? STR_LIT("à 9 h") : STR_LIT("at 9:00 a.m.");
					f.lines[1] = (struct call_line){STR_LIT("ok"), LANGUAGE_EN};
					f.lines_n = 2;
				}
				document_of(&f, &got);
				cr_expect_str_eq(buf_cstr(&got), buf_cstr(&wanted),
						 "%s %s\n  got    %s\n  wanted %s",
						 call_stage_word(cases[i].stage), language_code(l),
						 buf_cstr(&got), buf_cstr(&wanted));
			}
			buf_clear(&got);
			buf_clear(&wanted);
			buf_clear(&body);
		}
	}
}

/* What fills a silence is the right thing for the moment. */
Test(plan, says_what_the_moment_asks_for)
{
	static const struct {
		enum call_stage stage;
		struct call_facts f;
		const char *said;
	} cases[] = {
		{CALL_BUILTIN, {.misses = 1}, "I didn't hear you"},
		{CALL_BUILTIN, {.misses = 2}, "press 0 for a person"},
		{CALL_BUILTIN, {.arrived = true, .bridge_failures = 1}, "interrupted for a moment"},
		{CALL_BUILTIN, {.arrived = true}, "the store's assistant again"},
		{CALL_BUILTIN, {.awaited = true, .misses = 1}, "still looking for somebody"},
		{CALL_BUILTIN, {.awaited = true, .misses = 2}, "press 1"},
		{CALL_BUILTIN, {.awaited = true, .misses = 3}, "questions in the meantime"},
		{CALL_BUILTIN, {.awaited = true, .misses = 4}, "still looking for somebody"},
		{CALL_BUILTIN, {.awaited = true}, "timeout=10"},
		{CALL_TYPING, {.arrived = true}, "One moment, please."},
		{CALL_TYPING, {.waiting = true}, "One moment, please."},
		{CALL_TYPING, {.waiting = true, .misses = 1}, "still with you"},
		{CALL_TYPING, {.misses = 1}, "listening"},
		{CALL_TYPING, {.on_hold = true, .waiting = true}, "Please hold"},
		{CALL_ENDED, {.message_taken = true}, "has your message"},
		{CALL_ENDED, {.over = true}, "<Response><Hangup>"},
	};
	struct buf got = {0};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct call_facts f = cases[i].f;

		f.stage = cases[i].stage;
		f.language = LANGUAGE_EN;
		document_of(&f, &got);
		cr_expect_not_null(strstr(buf_cstr(&got), cases[i].said), "%zu %s: %s", i,
				   cases[i].said, buf_cstr(&got));
	}
	buf_clear(&got);
}

/* Twilio takes 4096 characters in one <Say> and 64 kB in all; whatever was written is text. */
Test(plan, speaks_long_and_hostile_lines)
{
	static char words[12001];
	struct call_facts f = facts_of(CALL_TYPING, LANGUAGE_EN);
	struct buf got = {0};
	size_t says = 0;

	for (size_t i = 0; i + 1 < sizeof words; i++)
		words[i] = i % 7 == 6 ? ' ' : 'a';
	f.lines[0].body = str_of(words);
	f.lines[1].body = STR_LIT("</Say><Hangup/>\"&");
	f.lines_n = 2;
	document_of(&f, &got);
	for (const char *p = buf_cstr(&got); (p = strstr(p, "<Say")) != NULL; p++) {
		const char *end = strstr(p, "</>");

		says++;
		cr_expect_lt(end - p, 4000);
	}
	cr_expect_eq(says, 6u, "%zu", says);
	cr_expect_not_null(strstr(buf_cstr(&got), "</Say><Hangup/>\"&"));
	buf_clear(&got);
}

Test(plan, asks_to_come_again_while_the_database_is_away)
{
	static const struct {
		const char *target, *again;
		int try;
	} cases[] = {
		{"/api/webhooks/twilio/voice", HOOK "voice?try=1" PLAN_RETRIES, 1},
		{"/api/webhooks/twilio/voice?try=1", HOOK "voice?try=2" PLAN_RETRIES, 2},
		{"/api/webhooks/twilio/gather?c=x&d=7", HOOK "gather?c=x&d=7&try=1" PLAN_RETRIES,
		 1},
		{"/api/webhooks/twilio/gather?try=2&c=x&d=9",
		 HOOK "gather?c=x&d=9&try=3" PLAN_RETRIES, 3},
	};
	struct buf b, got = {0};
	char wanted[400];

	buf_init(&b, PLAN_LIMIT);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cr_assert(plan_again(&b, SITE, str_of(cases[i].target), cases[i].try));
		flattened(buf_str(&b), &got);
		snprintf(wanted, sizeof wanted, "<Response><Pause length=1></><Redirect>%s</></>",
			 cases[i].again);
		cr_expect_str_eq(buf_cstr(&got), wanted);
	}
	buf_clear(&b);
	buf_clear(&got);
}

Test(plan, goes_to_the_store_when_it_must)
{
	struct buf b, got = {0};

	buf_init(&b, PLAN_LIMIT);
	cr_assert(plan_store(&b, SITE, STR_LIT("+15145550100"), LANGUAGE_FR));
	flattened(buf_str(&b), &got);
	cr_expect_str_eq(buf_cstr(&got),
			 "<Response>" FR_SAY
			 "Un instant, s'il vous plaît. Je vous mets en communication "
			 "avec le magasin.</><Dial action=" HOOK "dial?store=fr timeout=25><Number>"
			 "+15145550100</></></>");
	cr_assert(plan_store(&b, SITE, (struct str){NULL, 0}, LANGUAGE_UNKNOWN));
	flattened(buf_str(&b), &got);
	cr_expect_not_null(strstr(buf_cstr(&got), EN_SAY "I'm sorry"));
	cr_expect_not_null(strstr(buf_cstr(&got), FR_SAY "Désolé"));
	cr_expect_not_null(strstr(buf_cstr(&got), "<Hangup></></>"));
	cr_assert(plan_refusal(&b));
	flattened(buf_str(&b), &got);
	cr_expect_str_eq(buf_cstr(&got), "<Response><Reject></></>");
	cr_assert(plan_hangup(&b));
	flattened(buf_str(&b), &got);
	cr_expect_str_eq(buf_cstr(&got), "<Response><Hangup></></>");
	buf_clear(&b);
	buf_clear(&got);
}
