/*
 * plan_staff.c - what a staff phone hears, in both languages; the room; what one hears on hold:
 * read back with expat.
 */
#include "server/voice/plan_staff.h"

#include <criterion/criterion.h>
#include <expat.h>

#include "server/voice/hold_sound.h"
#include "server/voice/plan.h"

#define LEG    "d0000000-0000-4000-8000-000000000002"
#define CALLER "c0000000-0000-4000-8000-000000000001"
#define SITE   "https://bici.example"
#define HOOK   SITE "/api/webhooks/twilio/"
#define AT     "?c=" LEG "&d=3" PLAN_RETRIES

/* ---- a document as one line: <Verb name=value ...>text</> ---- */

static void XMLCALL on_start(void *data, const XML_Char *name, const XML_Char **attrs)
{
	buf_printf(data, "<%s", name);
	for (; attrs[0] != NULL; attrs += 2) {
		if (strcmp(attrs[0], "voice") != 0)
			buf_printf(data, " %s=%s", attrs[0], attrs[1]);
	}
	buf_add_char(data, '>');
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

/* The document is that, between <Response> and its end; frees b. */
static void expect_document(struct buf *b, const char *wanted)
{
	XML_Parser p = XML_ParserCreate("UTF-8");
	struct buf flat = {0}, whole = {0};

	XML_SetUserData(p, &flat);
	XML_SetElementHandler(p, on_start, on_end);
	XML_SetCharacterDataHandler(p, on_text);
	cr_assert_eq(XML_Parse(p, b->p, (int)b->n, 1), XML_STATUS_OK, "%s", buf_cstr(b));
	XML_ParserFree(p);
	buf_printf(&whole, "<Response>%s</>", wanted);
	cr_expect_str_eq(buf_cstr(&flat), buf_cstr(&whole));
	buf_clear(&flat);
	buf_clear(&whole);
	buf_clear(b);
}

static void expect_staff(const struct call_facts *f, const char *wanted)
{
	struct plan_places places = {SITE, {NULL, 0}};
	struct buf b;

	buf_init(&b, PLAN_LIMIT);
	cr_assert(plan_document(&b, f, &places));
	expect_document(&b, wanted);
}

static struct call_facts phone(enum staff_plan plan, enum language l)
{
	struct call_facts f = {.known = true,
			       .staff = true,
			       .call = LEG,
			       .document = 3,
			       .language = l,
			       .store_name = STR_LIT("Bici Downtown"),
			       .room = STR_LIT("0123456789abcdef"),
			       .phone = {.plan = plan, .parent = CALLER, .first = true}};

	return f;
}

#define EN(s) "<Say language=en-US>" s "</>"
#define FR(s) "<Say language=fr-CA>" s "</>"
#define KEYS                                                                                     \
	"<Gather input=dtmf action=" HOOK "staff-key" AT " actionOnEmptyResult=true numDigits=1" \
	" finishOnKey= timeout=8>"
#define BYE "<Hangup></>"

Test(plan_staff, the_brief_says_who_why_and_what_and_asks_for_a_key)
{
	struct call_facts f = phone(STAFF_BRIEF, LANGUAGE_EN);

	f.phone.who = STR_LIT("Ma\xC3\xAB <Chen>");
	f.phone.reason = STR_LIT("human_request");
	f.phone.words[0] =
		(struct call_line){STR_LIT("Mon v\xC3\xA9lo est-il pr\xC3\xAAt?"), LANGUAGE_FR};
	f.phone.words[1] = (struct call_line){STR_LIT("Quelqu'un, svp"), LANGUAGE_FR};
	f.phone.words_n = 2;
	expect_staff(&f,
		     KEYS EN("Bici Downtown. Ma\xC3\xAB <Chen> is on the line.")
			     EN("They asked for a person.") EN("This is what they said.") FR(
				     "Mon v\xC3\xA9lo est-il pr\xC3\xAAt?") FR("Quelqu'un, svp")
				     EN("Press 1 to take the call, or 2 to decline.") "</>" BYE);
	f.language = LANGUAGE_FR;
	f.phone.words_n = 0;
	f.phone.who = (struct str){NULL, 0};
	f.phone.reason = STR_LIT("service_booking");
	expect_staff(
		&f,
		KEYS FR("Bici Downtown. Quelqu'un est en ligne.") FR("C'est au sujet de l'atelier.")
			FR("Faites le 1 pour prendre l'appel, ou le 2 pour refuser.") "</>" BYE);
}

Test(plan_staff, a_call_that_one_asked_for_has_no_reason_and_one_that_is_passed_on_says_by_whom)
{
	struct call_facts f = phone(STAFF_BRIEF, LANGUAGE_EN);

	f.phone.reason = STR_LIT("takeover");
	expect_staff(&f, KEYS EN("Bici Downtown. A caller is on the line.")
				 EN("Press 1 to take the call, or 2 to decline.") "</>" BYE);
	f.phone.from_name = STR_LIT("Jordan Reyes");
	expect_staff(&f,
		     KEYS EN("Bici Downtown. A caller is on the line.")
			     EN("Jordan Reyes is passing this call to you.")
				     EN("Press 1 to take the call, or 2 to decline.") "</>" BYE);
	f.phone.first = false; /* it was read to them already */
	expect_staff(&f, KEYS EN("Press 1 to take the call, or 2 to decline.") "</>" BYE);
}

Test(plan_staff, what_the_caller_said_is_cut_short)
{
	struct call_facts f = phone(STAFF_BRIEF, LANGUAGE_EN);
	char words[2000];
	struct buf b;
	struct plan_places places = {SITE, {NULL, 0}};

	memset(words, 'x', sizeof words);
	f.phone.words[0] = (struct call_line){str_make(words, sizeof words), LANGUAGE_EN};
	f.phone.words_n = 1;
	buf_init(&b, PLAN_LIMIT);
	cr_assert(plan_document(&b, &f, &places));
	cr_expect_lt(b.n, 1200);
	buf_clear(&b);
}

Test(plan_staff, each_end_is_one_fixed_sentence)
{
	static const struct {
		enum staff_plan plan;
		const char *en, *fr;
	} rows[] = {
		{STAFF_SILENCE, "", ""}, /* a machine hears nothing */
		{STAFF_GONE, EN("The caller has hung up. Goodbye."),
		 FR("La personne a raccroch\xC3\xA9. Au revoir.")},
		{STAFF_DECLINED, EN("All right. The caller stays with the assistant."),
		 FR("D'accord. L'appel reste avec l'assistant.")},
		{STAFF_NO_KEY, EN("No key was pressed. The caller stays with the assistant."),
		 FR("Aucune touche n'a \xC3\xA9t\xC3\xA9 press\xC3\xA9"
		    "e. L'appel reste avec l'assistant.")},
		{STAFF_WITHDRAWN, EN("This call does not need you any more. Goodbye."),
		 FR("Cet appel n'a plus besoin de vous. Au revoir.")},
		{STAFF_HANDED_BACK, EN("The call is back with the assistant. Goodbye."),
		 FR("L'appel est de retour \xC3\xA0 l'assistant. Au revoir.")},
		{STAFF_TYPING, EN("The call goes on in writing. Goodbye."),
		 FR("L'appel se poursuit par \xC3\xA9"
		    "crit. Au revoir.")},
		{STAFF_OVER, EN("The call is over. Goodbye."),
		 FR("L'appel est termin\xC3\xA9. Au revoir.")},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		for (int l = 0; l < 2; l++) {
			struct call_facts f =
				phone(rows[i].plan, l == 0 ? LANGUAGE_EN : LANGUAGE_FR);
			char wanted[400];

			snprintf(wanted, sizeof wanted, "%s" BYE, l == 0 ? rows[i].en : rows[i].fr);
			expect_staff(&f, wanted);
		}
	}
}

#define IN_ROOM(at, customer, ends)                                                     \
	"<Dial action=" HOOK "dial" at "><Conference startConferenceOnEnter=true"       \
	" endConferenceOnExit=" ends " beep=false waitUrl=" HOOK "hold waitMethod=POST" \
	" statusCallback=" HOOK "conference?c=" customer                                \
	" statusCallbackEvent=start end join leave mute hold>0123456789abcdef</></>"
#define WRITTEN_DOWN(language)                                                              \
	"<Start><Transcription name=room statusCallbackUrl=" HOOK "transcription?c=" CALLER \
	" languageCode=" language " track=both_tracks inboundTrackLabel=customer"           \
	" outboundTrackLabel=staff></></>"

Test(plan_staff, the_room_ends_with_the_callers_leg_alone)
{
	struct call_facts f = phone(STAFF_ROOM, LANGUAGE_EN);

	expect_staff(&f, IN_ROOM(AT, CALLER, "false"));
	f = (struct call_facts){.known = true,
				.call = CALLER,
				.stage = CALL_CONFERENCE,
				.document = 3,
				.language = LANGUAGE_FR,
				.room = STR_LIT("0123456789abcdef"),
				.transcribe = true};
	expect_staff(&f,
		     WRITTEN_DOWN("fr-CA") IN_ROOM("?c=" CALLER "&d=3" PLAN_RETRIES, CALLER,
						   "true") "<Redirect>" HOOK "voice/next?c=" CALLER
							   "&d=3" PLAN_RETRIES "</>");
	f.transcribing = true; /* back in the same room: it runs already */
	expect_staff(&f, IN_ROOM("?c=" CALLER "&d=3" PLAN_RETRIES, CALLER,
				 "true") "<Redirect>" HOOK "voice/next?c=" CALLER
					 "&d=3" PLAN_RETRIES "</>");
	f.goes_on = true; /* left, and being brought elsewhere */
	expect_staff(&f, "<Redirect>" HOOK "voice/next?c=" CALLER "&d=3" PLAN_RETRIES "</>");
	f.goes_on = false;
	f.stage = CALL_ENDED; /* and ends with the first document of another stage */
	f.over = true;
	expect_staff(&f, "<Stop><Transcription name=room></></>" BYE);
}

Test(plan_staff, who_is_on_hold_hears_a_sentence_and_a_sound)
{
	static const char sound[] = "<Play loop=0>" SITE "/api/audio/hold.wav</>";
	struct buf b;
	char wanted[300];

	for (int words = 0; words < 2; words++) {
		buf_init(&b, PLAN_LIMIT);
		cr_assert(plan_hold(&b, SITE, LANGUAGE_FR, words == 1));
		snprintf(wanted, sizeof wanted, "%s%s",
			 words == 1 ? FR("Restez en ligne, nous revenons tout de suite.") : "",
			 sound);
		expect_document(&b, wanted);
	}
}

Test(plan_staff, the_sound_is_a_file_that_a_telephone_plays)
{
	static const unsigned char head[] = {'W', 'A', 'V', 'E', 'f', 'm', 't', ' ',  18,
					     0,   0,   0,   7,   0,   1,   0,   0x40, 0x1F};
	struct buf b;
	unsigned loud = 0, silent = 0;

	buf_init(&b, HOLD_SOUND_HEAD + HOLD_SOUND_SAMPLES + 1);
	hold_sound_make(&b);
	cr_assert_eq(b.n, HOLD_SOUND_HEAD + HOLD_SOUND_SAMPLES);
	cr_expect_eq(memcmp(b.p, "RIFF", 4), 0);
	cr_expect_eq(memcmp(b.p + 8, head, sizeof head), 0);
	cr_expect_eq(memcmp(b.p + HOLD_SOUND_HEAD - 8, "data", 4), 0);
	/* mu-law: 0xFF and 0x7F are silence; the first bits say how loud, complemented */
	for (size_t i = HOLD_SOUND_HEAD; i < b.n; i++) {
		unsigned segment = (unsigned)(~b.p[i] & 0x70) >> 4;

		loud += segment > 6;
		silent += segment == 0;
	}
	cr_expect_eq(loud, 0, "it must not startle anybody");
	cr_expect_lt(silent, HOLD_SOUND_SAMPLES / 4u, "it must be heard");
	buf_clear(&b);
}
