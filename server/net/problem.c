/*
 * problem.c - see problem.h.
 */
#include "server/net/problem.h"

static const struct problem_row rows[PROBLEM_COUNT] = {
	[PROBLEM_MALFORMED] = {400, "malformed_request", "The request is not well-formed HTTP"},
	[PROBLEM_INPUT] = {400, "invalid_input",
			   "The request holds something that cannot be taken"},
	[PROBLEM_UNAUTHENTICATED] = {401, "unauthenticated", "Sign in first"},
	[PROBLEM_DENIED] = {403, "forbidden", "Not allowed"},
	[PROBLEM_MISSING] = {404, "not_found", "There is no such thing"},
	[PROBLEM_METHOD] = {405, "method_not_allowed", "This path does not take this method"},
	[PROBLEM_SLOW] = {408, "request_timeout", "The request took too long to arrive"},
	[PROBLEM_CONFLICT] = {409, "conflict", "The thing has changed meanwhile: read it again"},
	[PROBLEM_ALREADY_HELD] = {409, "already_held", "A colleague has this conversation"},
	[PROBLEM_STALE_EPOCH] = {409, "stale_epoch",
				 "The conversation has changed hands since it was read"},
	[PROBLEM_CONVERSATION_CLOSED] = {409, "conversation_closed", "The conversation is closed"},
	[PROBLEM_NOT_HOLDER] = {409, "not_holder", "Only who holds the conversation may do that"},
	[PROBLEM_PROMISE_OPEN] = {409, "promise_open", "A call to this customer is promised"},
	[PROBLEM_UNREACHABLE] = {409, "unreachable",
				 "There is no number that may be texted or called"},
	[PROBLEM_OPTED_OUT] = {409, "opted_out", "This customer wants no more texts or calls"},
	[PROBLEM_NOT_READY] = {409, "not_ready", "There is no order that is ready for pickup"},
	[PROBLEM_ALREADY_QUEUED] = {409, "already_queued",
				    "This customer is already to be called for that"},
	[PROBLEM_CALL_OVER] = {409, "call_over", "The call is over"},
	[PROBLEM_NO_PHONE] = {409, "no_phone", "There is no phone number to ring them at"},
	[PROBLEM_ALREADY_CLAIMED] = {409, "already_claimed",
				     "A colleague is being called for this call"},
	[PROBLEM_ON_A_CALL] = {409, "on_a_call", "They are on another call"},
	[PROBLEM_WRONG_STAGE] = {409, "wrong_stage", "The call is not at a point for that"},
	[PROBLEM_IDEMPOTENCY] = {409, "idempotency_mismatch",
				 "This Idempotency-Key was used for another request"},
	[PROBLEM_GONE] = {410, "gone", "This is kept no longer"},
	[PROBLEM_EVENTS_GONE] = {410, "events_gone",
				 "Events from that number on are not kept: begin with a list"},
	[PROBLEM_BODY_TOO_LARGE] = {413, "body_too_large", "The body is too large"},
	[PROBLEM_TARGET_TOO_LONG] = {414, "target_too_long", "The address is too long"},
	[PROBLEM_MEDIA_TYPE] = {415, "unsupported_media_type", "This content type is not taken"},
	[PROBLEM_EXPECTATION] = {417, "expectation_failed", "This expectation cannot be met"},
	[PROBLEM_UPGRADE] = {426, "upgrade_required", "This path speaks WebSocket"},
	[PROBLEM_TOO_MANY] = {429, "too_many_requests", "Too many requests: try later"},
	[PROBLEM_HEAD_TOO_LARGE] = {431, "head_too_large", "The request's head is too large"},
	[PROBLEM_INTERNAL] = {500, "internal", "Something went wrong here"},
	[PROBLEM_NOT_IMPLEMENTED] = {501, "not_implemented", "This is not supported"},
	[PROBLEM_BUSY] = {503, "busy", "Too much at once: try later"},
	[PROBLEM_UNAVAILABLE] = {503, "unavailable", "Not available now: try later"},
	[PROBLEM_TIMEOUT] = {503, "timed_out", "Not done in time: try later"},
	[PROBLEM_VERSION] = {505, "version_not_supported", "Speak HTTP/1.1"},
};

static const enum problem of_kind[] = {
	[ERR_NONE] = PROBLEM_INTERNAL,        [ERR_INPUT] = PROBLEM_INPUT,
	[ERR_DENIED] = PROBLEM_DENIED,        [ERR_MISSING] = PROBLEM_MISSING,
	[ERR_CONFLICT] = PROBLEM_CONFLICT,    [ERR_BUSY] = PROBLEM_BUSY,
	[ERR_UPSTREAM] = PROBLEM_UNAVAILABLE, [ERR_TIMEOUT] = PROBLEM_TIMEOUT,
};

const struct problem_row *problem_row(enum problem p)
{
	if (p <= PROBLEM_NONE || p >= PROBLEM_COUNT)
		p = PROBLEM_INTERNAL;
	return &rows[p];
}

enum problem problem_of(enum err_kind kind)
{
	return (size_t)kind < ARRAY_LEN(of_kind) ? of_kind[kind] : PROBLEM_INTERNAL;
}

enum problem problem_by_code(struct str code)
{
	for (int p = PROBLEM_NONE + 1; p < PROBLEM_COUNT; p++) {
		if (str_is(code, rows[p].code))
			return (enum problem)p;
	}
	return PROBLEM_NONE;
}

/* A flood of bad requests is answered with these, so they are put together by hand. */
size_t problem_write(enum problem p, const char *request_id, char *out, size_t room)
{
	const struct problem_row *row = problem_row(p);
	const char status[] = {(char)('0' + row->status / 100), (char)('0' + row->status / 10 % 10),
			       (char)('0' + row->status % 10), '\0'};
	const char *const pieces[] = {
		"{\"type\":\"about:blank\",\"title\":\"",
		row->title,
		"\",\"status\":",
		status,
		",\"code\":\"",
		row->code,
		"\",\"request_id\":\"",
		request_id,
		"\"}",
	};
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		size_t more = strlen(pieces[i]);

		if (more >= room - n)
			BUG("a problem does not fit into %zu bytes", room);
		memcpy(out + n, pieces[i], more + 1);
		n += more;
	}
	return n;
}
