/*
 * call_form.c - see call_form.h.
 */
#include "server/webhook/call_form.h"

#include "server/twilio/call_api.h"
#include "server/twilio/sids.h"
#include "shared/cards.h"
#include "shared/phone.h"
#include "shared/utf8.h"
#include "shared/wire/field.h"
#include "shared/wire/pairs.h"

#define HOOKS       "/api/webhooks/twilio/"
#define CALLER_MAX  256
#define WORDS_MAX   4000
#define URL_MAX     2048
#define VALUE_MAX   8000 /* of a parameter that is passed on */
#define MORE_MAX    40
#define NUMBER_MAX  1000000000000
#define SECONDS_MAX 1000000

/* One row a door. */
static const struct call_door doors[] = {
	{"voice", "voice", .answered = true, .begins = true},
	{"voice/next", "next", .answered = true},
	{"stream-end", "stream-end", .answered = true},
	{"stream", "stream", .answered = false},
	{"gather", "gather", .answered = true},
	{"dial", "dial", .answered = true, .nudges = true},
	{"conference", "conference", .nudges = true},
	{"transcription", "transcription", .answered = false},
	{"voicemail", "voicemail", .answered = true},
	{"recording", "recording", .answered = false},
	{"staff", "staff", .answered = true, .nudges = true},
	{"staff-key", "staff-key", .answered = true, .nudges = true},
	{"status", "status", .nudges = true},
	{"fallback", "fallback", .answered = true, .begins = true},
};

const struct call_door *call_door_find(struct str path)
{
	if (!str_starts(path, STR_LIT(HOOKS)))
		return NULL;
	path = str_sub(path, sizeof HOOKS - 1, path.n);
	for (size_t i = 0; i < ARRAY_LEN(doors); i++) {
		if (str_is(path, doors[i].path))
			return &doors[i];
	}
	return NULL;
}

bool call_document_refused(const struct form *form)
{
	int64_t code = 0;

	return str_int(form_get(form, "ErrorCode"), 0, 99999, &code) && code >= 12000 &&
	       code < 14000;
}

static int64_t number_of(const struct form *form, const char *name, int64_t max)
{
	int64_t v;

	return str_int(form_get(form, name), 0, max, &v) ? v : -1;
}

/* ---- what a door tells ---- */

static void words_read(struct arena *a, const struct form *form, struct call_told *t,
		       uint64_t *cards)
{
	struct str digits = form_get(form, "Digits"), sure = form_get(form, "Confidence");
	unsigned found = 0;

	t->words = str_trim(utf8_cut(form_get(form, "SpeechResult"), WORDS_MAX));
	t->words = cards_redact(a, t->words, &found);
	*cards += found;
	if (t->words.n > 0 && sure.n > 0 && sure.n <= 10)
		t->confidence = sure;
	if (digits.n > 0 && strchr("0123456789*#", digits.p[0]) != NULL)
		t->digits = str_sub(digits, 0, 1);
}

/* The recording's SID: its own parameter, or the last part of its address. */
static struct str recording_sid(const struct form *form)
{
	struct str sid = form_get(form, "RecordingSid"), rest = form_get(form, "RecordingUrl");

	while (sid.n == 0 && rest.p != NULL) {
		struct str part = str_cut(&rest, '/');

		if (rest.p == NULL)
			sid = part;
	}
	return sid_is(sid, "RE") ? sid : (struct str){NULL, 0};
}

static void recording_read(const struct form *form, struct call_told *t)
{
	struct str url = form_get(form, "RecordingUrl");
	struct str state = form_get(form, "RecordingStatus");

	if (url.n == 0 || url.n > URL_MAX ||
	    !(str_starts(url, STR_LIT("https://")) || str_starts(url, STR_LIT("http://"))) ||
	    (state.n > 0 && !str_is(state, "completed")))
		return;
	t->recording_sid = recording_sid(form);
	t->recording_url = url;
	t->recorded_seconds = number_of(form, "RecordingDuration", SECONDS_MAX);
}

/* Told already, or the same with every request, or somebody's words that this door does not ask
 * for. */
static bool passed_over(struct str name)
{
	static const char *const fronts[] = {"From",       "To",       "Caller",
					     "Called",     "Speech",   "AccountSid",
					     "ApiVersion", "Unstable", "Stable"};

	for (size_t i = 0; i < ARRAY_LEN(fronts); i++) {
		if (str_starts(name, str_of(fronts[i])))
			return true;
	}
	return false;
}

/* The other parameters by their own names, for those who know what the door means (call_staff_hook,
 * call_out_hook). */
static const char *more_of(struct arena *a, const struct form *form, uint64_t *cards)
{
	struct pair pairs[MORE_MAX];
	size_t n = 0;

	for (size_t i = 0; i < form->count && n < MORE_MAX; i++) {
		const struct form_param *p = &form->params[i];
		unsigned found = 0;

		if (passed_over(p->name))
			continue;
		pairs[n].name = p->name;
		pairs[n].value = utf8_cut(p->value, VALUE_MAX);
		if (str_is(p->name, "TranscriptionData"))
			pairs[n].value = cards_redact(a, pairs[n].value, &found);
		*cards += found;
		n++;
	}
	return n == 0 ? NULL : pairs_json(a, pairs, n);
}

/* What a caller or colleague has told the carrier is told once: where our answer to it was lost,
 * the fallback's request tells it again, with the address that failed. It is then that request once
 * more, of that document. */
static const char *door_told_again(struct arena *a, const struct form *form, struct call_told *t)
{
	static const char *const telling[] = {"gather", "staff-key", "voicemail"};
	struct str url = form_get(form, "ErrorUrl"), path, call;
	const struct call_door *door;
	struct err ignored;
	struct form query;
	int64_t document;
	ptrdiff_t at = str_find(url, STR_LIT(HOOKS));

	if (at < 0)
		return NULL;
	url = str_sub(url, (size_t)at, url.n);
	url = str_cut(&url, '#');
	path = str_cut(&url, '?');
	door = call_door_find(path);
	if (door == NULL || url.p == NULL || !form_parse(a, url, &query, &ignored))
		return NULL;
	call = form_get(&query, "c");
	if (!field_is_id(call) || (t->call.n > 0 && !str_eq(call, t->call)))
		return NULL;
	document = number_of(&query, "d", NUMBER_MAX);
	for (size_t i = 0; i < ARRAY_LEN(telling) && document > 0; i++) {
		if (strcmp(door->name, telling[i]) == 0) {
			t->document = document;
			t->call = call;
			return door->name;
		}
	}
	return NULL;
}

bool call_form_read(struct arena *a, const struct call_door *door, const struct form *form,
		    const struct form *query, struct call_told *t, uint64_t *cards, struct err *err)
{
	struct str call = form_get(query, "c"), stream = form_get(form, "StreamSid");
	int64_t document = number_of(query, "d", NUMBER_MAX);
	const char *again;

	*t = (struct call_told){.door = door->name,
				.answered = door->answered,
				.sequence = -1,
				.seconds = -1,
				.recorded_seconds = -1};
	if (!form_single(form, "CallSid", &t->sid, err))
		return false;
	if (t->sid.n > 0 && !sid_is(t->sid, "CA"))
		return err_set(err, ERR_INPUT, "CallSid is no call's SID");
	if (field_is_id(call))
		t->call = call;
	if (t->sid.n == 0 && t->call.n == 0)
		return err_set(err, ERR_INPUT, "CallSid is missing");
	t->document = document < 0 ? 0 : document;
	t->status = call_state_word(form_get(form, "CallStatus"));
	t->sequence = number_of(form, "SequenceNumber", INT32_MAX);
	t->seconds = number_of(form, "CallDuration", SECONDS_MAX);
	if (sid_is(stream, "MZ"))
		t->stream_sid = stream;
	if (strcmp(door->name, "fallback") == 0 && (again = door_told_again(a, form, t)) != NULL)
		t->door = again;
	if (strcmp(t->door, "gather") == 0)
		words_read(a, form, t, cards);
	else
		t->form = more_of(a, form, cards);
	recording_read(form, t);
	return true;
}

/* ---- a call that comes in ---- */

/* "TN-Validation-Passed-A", with or without what follows. */
static const char *attestation_of(struct str verdict)
{
	static const char front[] = "TN-Validation-Passed-";
	struct str rest;

	if (!str_starts(verdict, str_of(front)))
		return NULL;
	rest = str_sub(verdict, sizeof front - 1, 1);
	return str_is(rest, "A") ? "A" : str_is(rest, "B") ? "B" : str_is(rest, "C") ? "C" : NULL;
}

bool call_arrival_read(struct arena *a, const struct form *form, struct call_arrival *out,
		       struct err *err)
{
	*out = (struct call_arrival){0};
	if (!form_single(form, "To", &out->to, err) || !form_single(form, "From", &out->from, err))
		return false;
	out->from = arena_str(a, utf8_cut(out->from, CALLER_MAX));
	out->sender = phone_kind_word(phone_kind_of(out->from));
	out->attestation = attestation_of(form_get(form, "StirVerstat"));
	return true;
}
