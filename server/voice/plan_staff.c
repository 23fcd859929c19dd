/*
 * plan_staff.c - see plan_staff.h.
 */
#include "server/voice/plan_staff.h"

#include "server/voice/plan.h"
#include "server/voice/say.h"
#include "shared/utf8.h"

#define URL_MAX       4000
#define KEY_S         8   /* for the key, when all has been said */
#define WORDS_MAX     240 /* bytes of what the caller said last, each time */
#define SENTENCE_MAX  1000
#define TRANSCRIPTION "room" /* its name within the call */

/* ---- pieces ---- */

static void attr_url(struct twiml *t, const char *name, const char *public_url, const char *door,
		     const char *leg, int64_t document)
{
	char url[URL_MAX];

	if (document > 0)
		snprintf(url, sizeof url, "%s" PLAN_HOOKS "%s?c=%s&d=%" PRId64 PLAN_RETRIES,
			 public_url, door, leg, document);
	else
		snprintf(url, sizeof url, "%s" PLAN_HOOKS "%s?c=%s", public_url, door, leg);
	twiml_attr(t, name, url);
}

/* The sentence with {store}, {who} and {name} filled in: what stands in braces is a name of ours.
 */
static void say_filled(struct twiml *t, const struct call_facts *f, enum voice_sentence key)
{
	struct str rest = str_of(voice_sentence(key, f->language));
	struct buf b;

	buf_init(&b, SENTENCE_MAX);
	while (rest.n > 0) {
		ptrdiff_t open = str_find_char(rest, '{');
		struct str name;

		if (open < 0) {
			buf_add_str(&b, rest);
			break;
		}
		buf_add(&b, rest.p, (size_t)open);
		rest = str_sub(rest, (size_t)open + 1, rest.n);
		name = str_cut(&rest, '}');
		buf_add_str(&b, str_is(name, "store") ? f->store_name
				: str_is(name, "who") ? f->phone.who
						      : f->phone.from_name);
	}
	say_line(t, buf_str(&b), f->language);
	buf_clear(&b);
}

static void hang_up(struct twiml *t)
{
	twiml_element(t, "Hangup", (struct str){NULL, 0});
}

/* ---- the brief ---- */

static enum voice_sentence reason_sentence(struct str reason)
{
	static const struct {
		const char *reason;
		enum voice_sentence key;
	} rows[] = {
		{"human_request", VOICE_STAFF_WANTS_PERSON},
		{"complaint", VOICE_STAFF_COMPLAINT},
		{"order_status", VOICE_STAFF_ORDER},
		{"service_booking", VOICE_STAFF_WORKSHOP},
		{"sales_inquiry", VOICE_STAFF_SALES},
		{"returns", VOICE_STAFF_RETURN},
		{"callback", VOICE_STAFF_CALL_BACK},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (str_is(reason, rows[i].reason))
			return rows[i].key;
	}
	return VOICE_STAFF_NEEDED;
}

/* What the caller said last, in the language that it was said in. */
static void say_words(struct twiml *t, const struct call_facts *f)
{
	const struct call_staff *s = &f->phone;

	if (s->words_n == 0)
		return;
	say_filled(t, f, VOICE_STAFF_WORDS);
	for (size_t i = 0; i < s->words_n; i++) {
		enum language l = s->words[i].language;

		say_line(t, utf8_cut(s->words[i].body, WORDS_MAX),
			 l == LANGUAGE_UNKNOWN ? f->language : l);
	}
}

/* Who, why and what was said: once. The keys again and again, until the database has enough of it.
 */
static void brief(struct twiml *t, const struct call_facts *f, const char *public_url)
{
	const struct call_staff *s = &f->phone;

	twiml_open(t, "Gather");
	twiml_attr(t, "input", "dtmf");
	attr_url(t, "action", public_url, "staff-key", f->call, f->document);
	twiml_attr(t, "actionOnEmptyResult", "true");
	twiml_attr(t, "numDigits", "1");
	twiml_attr(t, "finishOnKey", "");
	twiml_attr_int(t, "timeout", KEY_S);
	if (s->first) {
		say_filled(t, f, s->who.n > 0 ? VOICE_STAFF_WHO : VOICE_STAFF_SOMEBODY);
		if (s->from_name.n > 0)
			say_filled(t, f, VOICE_STAFF_TRANSFER);
		else if (s->reason.n > 0 && !str_is(s->reason, "takeover"))
			say_filled(t, f, reason_sentence(s->reason));
		say_words(t, f);
	}
	say_filled(t, f, VOICE_STAFF_KEYS);
	twiml_close(t);
	hang_up(t);
}

/* ---- the room ---- */

static void conference(struct twiml *t, const struct call_facts *f, const char *public_url,
		       const char *customer, bool ends)
{
	char url[URL_MAX];

	twiml_open(t, "Dial");
	attr_url(t, "action", public_url, "dial", f->call, f->document);
	twiml_open(t, "Conference");
	twiml_attr(t, "startConferenceOnEnter", "true");
	twiml_attr(t, "endConferenceOnExit", ends ? "true" : "false");
	twiml_attr(t, "beep", "false");
	snprintf(url, sizeof url, "%s" PLAN_HOOKS "hold", public_url);
	twiml_attr(t, "waitUrl", url);
	twiml_attr(t, "waitMethod", "POST");
	attr_url(t, "statusCallback", public_url, "conference", customer, 0);
	twiml_attr(t, "statusCallbackEvent", "start end join leave mute hold");
	twiml_text(t, f->room);
	twiml_close(t);
	twiml_close(t);
}

void plan_room(struct twiml *t, const struct call_facts *f, const char *public_url)
{
	if (f->transcribe && !f->transcribing) {
		twiml_open(t, "Start");
		twiml_open(t, "Transcription");
		twiml_attr(t, "name", TRANSCRIPTION);
		attr_url(t, "statusCallbackUrl", public_url, "transcription", f->call, 0);
		twiml_attr(t, "languageCode", voice_manner_of(f->language)->heard);
		twiml_attr(t, "track", "both_tracks");
		twiml_attr(t, "inboundTrackLabel", "customer");
		twiml_attr(t, "outboundTrackLabel", "staff");
		twiml_close(t);
		twiml_close(t);
	}
	conference(t, f, public_url, f->call, true);
}

void plan_room_left(struct twiml *t)
{
	twiml_open(t, "Stop");
	twiml_open(t, "Transcription");
	twiml_attr(t, "name", TRANSCRIPTION);
	twiml_close(t);
	twiml_close(t);
}

/* ---- documents ---- */

bool plan_staff(struct buf *out, const struct call_facts *f, const char *public_url)
{
	static const enum voice_sentence last[] = {
		[STAFF_GONE] = VOICE_STAFF_GONE,
		[STAFF_DECLINED] = VOICE_STAFF_DECLINED,
		[STAFF_NO_KEY] = VOICE_STAFF_NO_KEY,
		[STAFF_WITHDRAWN] = VOICE_STAFF_WITHDRAWN,
		[STAFF_HANDED_BACK] = VOICE_STAFF_HANDED_BACK,
		[STAFF_TYPING] = VOICE_STAFF_TYPING,
		[STAFF_OVER] = VOICE_STAFF_OVER,
	};
	struct twiml t;

	twiml_begin(&t, out);
	switch (f->phone.plan) {
	case STAFF_BRIEF: brief(&t, f, public_url); break;
	case STAFF_ROOM: conference(&t, f, public_url, f->phone.parent, f->phone.ends); break;
	case STAFF_SILENCE: hang_up(&t); break;
	default: say_filled(&t, f, last[f->phone.plan]); hang_up(&t);
	}
	return twiml_end(&t);
}

bool plan_hold(struct buf *out, const char *public_url, enum language l, bool words)
{
	char url[URL_MAX];
	struct twiml t;

	twiml_begin(&t, out);
	if (words)
		say_plain(&t, str_of(voice_sentence(VOICE_HOLD, l)), l);
	twiml_open(&t, "Play");
	twiml_attr(&t, "loop", "0");
	snprintf(url, sizeof url, "%s" PLAN_HOLD_SOUND, public_url);
	twiml_text(&t, str_of(url));
	twiml_close(&t);
	return twiml_end(&t);
}
