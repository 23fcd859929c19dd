/*
 * plan.c - see plan.h.
 */
#include "server/voice/plan.h"

#include "server/twilio/twiml.h"
#include "server/voice/plan_staff.h"
#include "server/voice/say.h"
#include "server/voice/sentences.h"

#define URL_MAX  4000
#define LISTEN_S 5  /* that the caller may think before we ask again */
#define AWAIT_S  10 /* while a person is awaited */
#define TYPING_S 7  /* while somebody types */

struct plan {
	struct twiml t;
	const struct call_facts *f;
	const struct plan_places *p;
};

/* ---- pieces ---- */

static const char *url_of(const struct plan *p, const char *door, char out[URL_MAX])
{
	snprintf(out, URL_MAX, "%s" PLAN_HOOKS "%s?c=%s&d=%" PRId64 PLAN_RETRIES, p->p->public_url,
		 door, p->f->call, p->f->document);
	return out;
}

static void attr_url(struct plan *p, const char *name, const char *door)
{
	char url[URL_MAX];

	twiml_attr(&p->t, name, url_of(p, door, url));
}

static void redirect(struct plan *p, const char *door)
{
	char url[URL_MAX];

	twiml_element(&p->t, "Redirect", str_of(url_of(p, door, url)));
}

static void say_ours(struct twiml *t, enum voice_sentence key, enum language l)
{
	say_plain(t, str_of(voice_sentence(key, l)), l);
}

static void say_lines(struct plan *p)
{
	for (size_t i = 0; i < p->f->lines_n; i++) {
		const struct call_line *line = &p->f->lines[i];

		say_line(&p->t, line->body,
			 line->language == LANGUAGE_UNKNOWN ? p->f->language : line->language);
	}
}

/* ---- our own voice, and a colleague who types ---- */

static void listen_open(struct plan *p, int seconds)
{
	const struct voice_manner *m = voice_manner_of(p->f->language);

	twiml_open(&p->t, "Gather");
	twiml_attr(&p->t, "input", "dtmf speech");
	attr_url(p, "action", "gather");
	twiml_attr(&p->t, "actionOnEmptyResult", "true");
	twiml_attr(&p->t, "numDigits", "1");
	twiml_attr(&p->t, "language", m->heard);
	twiml_attr(&p->t, "hints", m->hints);
	twiml_attr(&p->t, "speechTimeout", "auto");
	twiml_attr_int(&p->t, "timeout", seconds);
}

/* What is said when nothing was asked: by how often nothing was heard. */
static enum voice_sentence prompt_of(const struct call_facts *f)
{
	static const enum voice_sentence awaited[] = {VOICE_AWAITED_FIRST, VOICE_AWAITED_CHOICE,
						      VOICE_AWAITED_HELP};

	if (f->awaited && f->misses > 0)
		return awaited[(f->misses - 1) % (int)ARRAY_LEN(awaited)];
	if (f->arrived && f->bridge_failures > 0)
		return VOICE_RECOVERED;
	if (f->arrived)
		return VOICE_BACK;
	return f->misses == 0   ? VOICE_MORE
	       : f->misses == 1 ? VOICE_UNHEARD_ONCE
				: VOICE_UNHEARD_TWICE;
}

static void builtin(struct plan *p)
{
	listen_open(p, p->f->awaited ? AWAIT_S : LISTEN_S);
	say_lines(p);
	if (p->f->lines_n == 0)
		say_ours(&p->t, prompt_of(p->f), p->f->language);
	twiml_close(&p->t);
	redirect(p, "voice/next");
}

/* Who has said something and hears nothing yet is told that somebody is there. */
static void typing(struct plan *p)
{
	const struct call_facts *f = p->f;

	listen_open(p, TYPING_S);
	say_lines(p);
	if (f->lines_n == 0 && f->on_hold)
		say_ours(&p->t, VOICE_HOLD, f->language);
	else if (f->lines_n == 0 && (f->waiting || f->arrived))
		say_ours(&p->t, f->misses % 2 == 0 ? VOICE_ONE_MOMENT : VOICE_STILL_HERE,
			 f->language);
	else if (f->lines_n == 0 && f->misses > 0)
		say_ours(&p->t, VOICE_LISTENING, f->language);
	twiml_close(&p->t);
	redirect(p, "voice/next");
}

/* ---- the other stages ---- */

/* wss for https, ws for http: the rest of the address is ours. */
static const char *media_url(const struct plan *p, char out[URL_MAX])
{
	struct str site = str_of(p->p->public_url);
	bool plain = str_starts(site, STR_LIT("http://"));

	site = str_sub(site, plain ? 7 : 8, site.n);
	snprintf(out, URL_MAX, "%s://" STR_FMT PLAN_MEDIA, plain ? "ws" : "wss", STR_ARG(site));
	return out;
}

static void bridge(struct plan *p)
{
	char url[URL_MAX], token[128];

	say_lines(p);
	twiml_open(&p->t, "Connect");
	attr_url(p, "action", "stream-end");
	twiml_open(&p->t, "Stream");
	twiml_attr(&p->t, "url", media_url(p, url));
	attr_url(p, "statusCallback", "stream");
	twiml_open(&p->t, "Parameter");
	twiml_attr(&p->t, "name", "t");
	snprintf(token, sizeof token, STR_FMT, STR_ARG(p->p->token));
	twiml_attr(&p->t, "value", token);
	twiml_close(&p->t);
	twiml_close(&p->t);
	twiml_close(&p->t);
	redirect(p, "voice/next");
}

static void room(struct plan *p)
{
	say_lines(p);
	plan_room(&p->t, p->f, p->p->public_url);
	redirect(p, "voice/next");
}

/* An empty recording asks for no action: then the document goes on. */
static void voicemail(struct plan *p)
{
	say_lines(p);
	if (p->f->lines_n == 0)
		say_ours(&p->t, VOICE_LEAVE_MESSAGE, p->f->language);
	twiml_open(&p->t, "Record");
	attr_url(p, "action", "voicemail");
	attr_url(p, "recordingStatusCallback", "recording");
	twiml_attr_int(&p->t, "maxLength", PLAN_RECORD_S);
	twiml_attr_int(&p->t, "timeout", LISTEN_S);
	twiml_attr(&p->t, "playBeep", "true");
	twiml_close(&p->t);
	redirect(p, "voice/next");
}

static void ended(struct plan *p)
{
	say_lines(p);
	if (p->f->lines_n == 0 && !p->f->over)
		say_ours(&p->t, p->f->message_taken ? VOICE_MESSAGE_TAKEN : VOICE_GOODBYE,
			 p->f->language);
	twiml_element(&p->t, "Hangup", (struct str){NULL, 0});
}

bool plan_document(struct buf *out, const struct call_facts *f, const struct plan_places *places)
{
	struct plan p = {.f = f, .p = places};

	if (f->staff)
		return plan_staff(out, f, places->public_url);
	twiml_begin(&p.t, out);
	if (f->goes_on) {
		redirect(&p, "voice/next");
		return twiml_end(&p.t);
	}
	if (f->transcribing && f->stage != CALL_CONFERENCE)
		plan_room_left(&p.t);
	switch (f->stage) {
	case CALL_BRIDGE: bridge(&p); break;
	case CALL_TYPING: typing(&p); break;
	case CALL_CONFERENCE: room(&p); break;
	case CALL_VOICEMAIL: voicemail(&p); break;
	case CALL_ENDED: ended(&p); break;
	case CALL_RINGING:
	case CALL_NATIVE:
	case CALL_BUILTIN: builtin(&p); break;
	}
	return twiml_end(&p.t);
}

/* ---- when the call cannot be asked about ---- */

/* target without its parameter `try`. */
static struct str without_try(struct str target, char out[URL_MAX])
{
	size_t n = 0;
	struct str rest = target, path = str_cut(&rest, '?');
	bool first = true;

	n = (size_t)snprintf(out, URL_MAX, STR_FMT, STR_ARG(path));
	while (rest.p != NULL && n < URL_MAX) {
		struct str pair = str_cut(&rest, '&');

		if (str_starts(pair, STR_LIT("try=")))
			continue;
		n += (size_t)snprintf(out + n, URL_MAX - n, "%c" STR_FMT, first ? '?' : '&',
				      STR_ARG(pair));
		first = false;
	}
	return str_of(out);
}

bool plan_again(struct buf *out, const char *public_url, struct str target, int try)
{
	char plain[URL_MAX], url[URL_MAX * 2];
	struct twiml t;

	target = without_try(target, plain);
	snprintf(url, sizeof url, "%s" STR_FMT "%ctry=%d" PLAN_RETRIES, public_url, STR_ARG(target),
		 str_find_char(target, '?') < 0 ? '?' : '&', try);
	twiml_begin(&t, out);
	twiml_open(&t, "Pause");
	twiml_attr_int(&t, "length", 1);
	twiml_close(&t);
	twiml_element(&t, "Redirect", str_of(url));
	return twiml_end(&t);
}

static void say_to_anyone(struct twiml *t, enum voice_sentence key, enum language l)
{
	if (l != LANGUAGE_FR)
		say_ours(t, key, LANGUAGE_EN);
	if (l != LANGUAGE_EN)
		say_ours(t, key, LANGUAGE_FR);
}

bool plan_sorry(struct buf *out, enum language l)
{
	struct twiml t;

	twiml_begin(&t, out);
	say_to_anyone(&t, VOICE_CALL_AGAIN, l);
	twiml_element(&t, "Hangup", (struct str){NULL, 0});
	return twiml_end(&t);
}

bool plan_store(struct buf *out, const char *public_url, struct str number, enum language l)
{
	char url[URL_MAX];
	struct twiml t;

	if (number.n == 0)
		return plan_sorry(out, l);
	snprintf(url, sizeof url, "%s" PLAN_HOOKS "dial?store=%s", public_url, language_code(l));
	twiml_begin(&t, out);
	say_to_anyone(&t, VOICE_CONNECTING_STORE, l);
	twiml_open(&t, "Dial");
	twiml_attr(&t, "action", url);
	twiml_attr_int(&t, "timeout", PLAN_RING_S);
	twiml_element(&t, "Number", number);
	twiml_close(&t);
	return twiml_end(&t);
}

bool plan_hangup(struct buf *out)
{
	struct twiml t;

	twiml_begin(&t, out);
	twiml_element(&t, "Hangup", (struct str){NULL, 0});
	return twiml_end(&t);
}

bool plan_refusal(struct buf *out)
{
	struct twiml t;

	twiml_begin(&t, out);
	twiml_element(&t, "Reject", (struct str){NULL, 0});
	return twiml_end(&t);
}
