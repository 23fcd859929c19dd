/*
 * call_api.c - see call_api.h.
 */
#include "server/twilio/call_api.h"

#include "server/twilio/form.h"
#include "server/twilio/sids.h"
#include "server/twilio/status.h"

#define TWIML_INLINE_MAX 4000
#define RING_MIN_S       5
#define RING_MAX_S       600

/* ---- requests -------------------------------------------------------------------------------- */

/* "/Calls/{CA}.json" and the like; every name in it is checked here. */
static const char *named(struct arena *a, const char *before, const char *kind, struct str sid,
			 const char *after)
{
	if (!sid_is(sid, kind))
		BUG("a %s SID that nobody has checked", kind);
	return arena_printf(a, "%s" STR_FMT "%s", before, STR_ARG(sid), after);
}

static void posted(struct arena *a, const char *base, struct str account_sid, const char *path,
		   struct buf *form, struct call_request *out)
{
	if (form->overflowed)
		BUG("a form for %s does not fit", path);
	*out = (struct call_request){.method = "POST",
				     .url = rest_url(a, base, account_sid, path),
				     .body = arena_str(a, buf_str(form))};
	buf_clear(form);
}

static void got(struct arena *a, const char *base, struct str account_sid, const char *path,
		struct buf *query, struct call_request *out)
{
	const char *url = rest_url(a, base, account_sid, path);

	*out = (struct call_request){.method = "GET", .url = url};
	if (query == NULL)
		return;
	out->url = arena_printf(a, "%s?%s", url, buf_cstr(query));
	buf_clear(query);
}

static void add(struct buf *b, const char *name, const char *value)
{
	if (value != NULL)
		form_add(b, name, str_of(value));
}

static void add_number(struct buf *b, const char *name, unsigned value)
{
	char text[16];

	snprintf(text, sizeof text, "%u", value);
	form_add(b, name, str_of(text));
}

/* Repeated, one word each: in any other form a create is taken and no callback ever comes (9.14).
 */
static void add_events(struct buf *b, const char *callback)
{
	static const char *const events[] = {"initiated", "ringing", "answered", "completed"};

	if (callback == NULL)
		return;
	add(b, "StatusCallback", callback);
	add(b, "StatusCallbackMethod", "POST");
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		add(b, "StatusCallbackEvent", events[i]);
}

static unsigned ring_of(unsigned seconds)
{
	return (unsigned)int_clamp(seconds, RING_MIN_S, RING_MAX_S);
}

void call_create_request(struct arena *a, const char *base, struct str account_sid,
			 const struct call_create *c, struct call_request *out)
{
	struct buf b = {0};

	form_add(&b, "To", c->to);
	form_add(&b, "From", c->from);
	add(&b, "Url", c->url);
	add(&b, "Method", "POST");
	add(&b, "FallbackUrl", c->fallback_url);
	add(&b, "FallbackMethod", c->fallback_url == NULL ? NULL : "POST");
	add_events(&b, c->status_callback);
	add_number(&b, "Timeout", ring_of(c->ring_s));
	if (c->machine != MACHINE_NOT_ASKED)
		add(&b, "MachineDetection",
		    c->machine == MACHINE_ENABLE ? "Enable" : "DetectMessageEnd");
	posted(a, base, account_sid, "/Calls.json", &b, out);
}

static void call_updated(struct arena *a, const char *base, struct str account_sid,
			 struct str call_sid, struct buf *form, struct call_request *out)
{
	posted(a, base, account_sid, named(a, "/Calls/", "CA", call_sid, ".json"), form, out);
}

void call_redirect_request(struct arena *a, const char *base, struct str account_sid,
			   struct str call_sid, const char *url, const char *fallback_url,
			   struct call_request *out)
{
	struct buf b = {0};

	add(&b, "Url", url);
	add(&b, "Method", "POST");
	add(&b, "FallbackUrl", fallback_url);
	add(&b, "FallbackMethod", fallback_url == NULL ? NULL : "POST");
	call_updated(a, base, account_sid, call_sid, &b, out);
}

void call_document_request(struct arena *a, const char *base, struct str account_sid,
			   struct str call_sid, struct str twiml, struct call_request *out)
{
	struct buf b = {0};

	if (twiml.n > TWIML_INLINE_MAX)
		BUG("a document of %zu bytes goes by its address", twiml.n);
	form_add(&b, "Twiml", twiml);
	call_updated(a, base, account_sid, call_sid, &b, out);
}

void call_end_request(struct arena *a, const char *base, struct str account_sid,
		      struct str call_sid, struct call_request *out)
{
	struct buf b = {0};

	add(&b, "Status", "completed");
	call_updated(a, base, account_sid, call_sid, &b, out);
}

void call_fetch_request(struct arena *a, const char *base, struct str account_sid,
			struct str call_sid, struct call_request *out)
{
	got(a, base, account_sid, named(a, "/Calls/", "CA", call_sid, ".json"), NULL, out);
}

void call_list_request(struct arena *a, const char *base, struct str account_sid, struct str from,
		       struct str to, unsigned page_size, struct call_request *out)
{
	struct buf b = {0};

	form_add(&b, "To", to);
	form_add(&b, "From", from);
	add_number(&b, "PageSize", page_size);
	got(a, base, account_sid, "/Calls.json", &b, out);
}

void room_find_request(struct arena *a, const char *base, struct str account_sid, struct str name,
		       struct call_request *out)
{
	struct buf b = {0};

	form_add(&b, "FriendlyName", name);
	add(&b, "Status", "in-progress");
	got(a, base, account_sid, "/Conferences.json", &b, out);
}

void room_end_request(struct arena *a, const char *base, struct str account_sid,
		      struct str conference_sid, struct call_request *out)
{
	struct buf b = {0};

	add(&b, "Status", "completed");
	posted(a, base, account_sid, named(a, "/Conferences/", "CF", conference_sid, ".json"), &b,
	       out);
}

/* A room's SID or its name: letters and digits, as our names are. */
static bool room_named(struct str room)
{
	for (size_t i = 0; i < room.n; i++) {
		char c = room.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
			return false;
	}
	return room.n > 0;
}

void participant_add_request(struct arena *a, const char *base, struct str account_sid,
			     struct str room, const struct participant_add *p,
			     struct call_request *out)
{
	struct buf b = {0};

	if (!room_named(room))
		BUG("a room's name that nobody has checked");
	form_add(&b, "From", p->from);
	form_add(&b, "To", p->to);
	add_number(&b, "Timeout", ring_of(p->ring_s));
	add(&b, "Muted", p->muted ? "true" : "false");
	add(&b, "Beep", "false");
	add(&b, "EndConferenceOnExit", p->end_on_exit ? "true" : "false");
	add_events(&b, p->status_callback);
	posted(a, base, account_sid,
	       arena_printf(a, "/Conferences/" STR_FMT "/Participants.json", STR_ARG(room)), &b,
	       out);
}

static const char *participant_path(struct arena *a, struct str conference_sid, struct str call_sid)
{
	return named(a, named(a, "/Conferences/", "CF", conference_sid, "/Participants/"), "CA",
		     call_sid, ".json");
}

void participant_change_request(struct arena *a, const char *base, struct str account_sid,
				struct str conference_sid, struct str call_sid,
				enum participant_change change, const char *url,
				struct call_request *out)
{
	static const struct {
		const char *name, *value; /* what changes */
		const char *url_name,
			*method_name; /* where `url` goes; its method is GET unless told */
	} rows[] = {
		[PARTICIPANT_MUTE] = {"Muted", "true", NULL, NULL},
		[PARTICIPANT_UNMUTE] = {"Muted", "false", NULL, NULL},
		[PARTICIPANT_HOLD] = {"Hold", "true", "HoldUrl", "HoldMethod"},
		[PARTICIPANT_UNHOLD] = {"Hold", "false", NULL, NULL},
		[PARTICIPANT_ANNOUNCE] = {NULL, NULL, "AnnounceUrl", "AnnounceMethod"},
		[PARTICIPANT_COACH] = {"Coaching", "true", "CallSidToCoach", NULL},
		[PARTICIPANT_UNCOACH] = {"Coaching", "false", NULL, NULL},
		[PARTICIPANT_STAY] = {"EndConferenceOnExit", "false", NULL, NULL},
	};
	struct buf b = {0};

	if (rows[change].name != NULL)
		add(&b, rows[change].name, rows[change].value);
	if (rows[change].url_name != NULL)
		add(&b, rows[change].url_name, url);
	if (rows[change].method_name != NULL)
		add(&b, rows[change].method_name, "POST");
	posted(a, base, account_sid, participant_path(a, conference_sid, call_sid), &b, out);
}

void participant_kick_request(struct arena *a, const char *base, struct str account_sid,
			      struct str conference_sid, struct str call_sid,
			      struct call_request *out)
{
	*out = (struct call_request){
		.method = "DELETE",
		.url = rest_url(a, base, account_sid,
				participant_path(a, conference_sid, call_sid))};
}

void participant_list_request(struct arena *a, const char *base, struct str account_sid,
			      struct str conference_sid, struct call_request *out)
{
	got(a, base, account_sid,
	    named(a, "/Conferences/", "CF", conference_sid, "/Participants.json"), NULL, out);
}

/* ---- answers --------------------------------------------------------------------------------- */

static bool resource_read(struct arena *a, const json_t *j, struct call_resource *out)
{
	*out = (struct call_resource){.sid = rest_text(a, j, "sid")};
	if (!sid_is(out->sid, "CA"))
		return false;
	out->status = rest_text(a, j, "status");
	out->from = rest_text(a, j, "from");
	out->to = rest_text(a, j, "to");
	out->direction = rest_text(a, j, "direction");
	out->answered_by = rest_text(a, j, "answered_by");
	out->created_us = rest_date(j, "date_created");
	return true;
}

bool call_read(struct arena *a, struct str json, struct call_resource *out)
{
	json_t *j = rest_object(json);
	bool ok = j != NULL && resource_read(a, j, out);

	json_decref(j);
	return ok;
}

bool call_page_read(struct arena *a, struct str json, struct call_page *out)
{
	json_t *j = rest_object(json);
	const json_t *list = json_object_get(j, "calls");
	bool ok = json_is_array(list);

	if (ok) {
		*out = (struct call_page){
			.more = json_is_string(json_object_get(j, "next_page_uri"))};
		out->calls = ARENA_ARRAY(a, struct call_resource, json_array_size(list));
		for (size_t i = 0; i < json_array_size(list); i++) {
			if (resource_read(a, json_array_get(list, i), &out->calls[out->n]))
				out->n++;
		}
	}
	json_decref(j);
	return ok;
}

static const struct {
	const char *carrier, *ours;
	bool ends;
} states[] = {
	{"queued", "queued", false},      {"initiated", "queued", false},
	{"ringing", "ringing", false},    {"in-progress", "in_progress", false},
	{"completed", "completed", true}, {"busy", "busy", true},
	{"no-answer", "no_answer", true}, {"canceled", "canceled", true},
	{"failed", "failed", true},
};

const char *call_state_word(struct str status)
{
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		if (str_is(status, states[i].carrier))
			return states[i].ours;
	}
	return NULL;
}

bool call_state_ends(const char *state)
{
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		if (strcmp(states[i].ours, state) == 0)
			return states[i].ends;
	}
	return false;
}

bool room_found_read(struct arena *a, struct str json, struct str *sid, bool *found)
{
	json_t *j = rest_object(json);
	const json_t *list = json_object_get(j, "conferences");
	bool ok = json_is_array(list);

	*found = false;
	for (size_t i = 0; i < json_array_size(list) && !*found; i++) {
		struct str one = rest_text(a, json_array_get(list, i), "sid");

		if (sid_is(one, "CF")) {
			*sid = one;
			*found = true;
		}
	}
	json_decref(j);
	return ok;
}

bool participant_page_read(struct arena *a, struct str json, struct participant_page *out)
{
	json_t *j = rest_object(json);
	const json_t *list = json_object_get(j, "participants");
	bool ok = json_is_array(list);

	if (ok) {
		*out = (struct participant_page){
			.participants = ARENA_ARRAY(a, struct participant, json_array_size(list))};
		for (size_t i = 0; i < json_array_size(list); i++) {
			const json_t *one = json_array_get(list, i);
			struct participant p = {.call_sid = rest_text(a, one, "call_sid"),
						.muted =
							json_is_true(json_object_get(one, "muted")),
						.hold = json_is_true(json_object_get(one, "hold"))};

			if (sid_is(p.call_sid, "CA"))
				out->participants[out->n++] = p;
		}
	}
	json_decref(j);
	return ok;
}

/* By status first, code second: Twilio adds codes, and may change which one a cause has (8.3). */
enum call_verdict call_verdict(struct arena *a, int status, struct str body, int *code)
{
	struct rest_error said;

	*code = 0;
	if (status >= 200 && status < 300)
		return CALL_DONE;
	rest_error_read(a, body, &said);
	*code = said.code;
	if (status == 429)
		return CALL_NOT_DONE;
	if (status < 400 || status >= 500 || status == 408)
		return CALL_UNKNOWN;
	if (status == 404 || said.code == 21220)
		return CALL_GONE;
	if (status == 401 || status == 403)
		return CALL_REFUSED;
	switch (carrier_error_reaction(said.code)) {
	case REACT_FINAL:
	case REACT_SETUP:
	case REACT_CREDENTIALS: return CALL_REFUSED;
	case REACT_RETRY: return CALL_NOT_DONE;
	default: return CALL_BUG;
	}
}
