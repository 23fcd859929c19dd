/*
 * caller.c - see caller.h.
 */
#include "tests/support/caller.h"

#include <criterion/criterion.h>

#include "shared/clock.h"

#define PAIRS_MAX 40

void caller_init(struct caller *c, const struct daemon *d, const char *from, const char *to, int n)
{
	*c = (struct caller){.daemon = d, .state = "ringing"};
	snprintf(c->sid, sizeof c->sid, "CA%032x", (unsigned)n);
	snprintf(c->from, sizeof c->from, "%s", from);
	snprintf(c->to, sizeof c->to, "%s", to);
}

void caller_clear(struct caller *c)
{
	buf_clear(&c->document);
}

int caller_asks(struct caller *c, const char *path, const char *const *more)
{
	const char *pairs[PAIRS_MAX] = {"AccountSid", DAEMON_ACCOUNT, "CallSid",    c->sid,
					"From",       c->from,        "To",         c->to,
					"CallStatus", c->state,       "ApiVersion", "2010-04-01",
					"Direction",  "inbound"};
	size_t n = 14;
	int64_t began = clock_mono_ms();

	for (; more != NULL && *more != NULL; more++) {
		cr_assert_lt(n + 1, (size_t)PAIRS_MAX);
		pairs[n++] = *more;
	}
	c->status = daemon_form(c->daemon, path, pairs, &c->document);
	c->took_ms = clock_mono_ms() - began;
	return c->status;
}

void caller_rings(struct caller *c)
{
	caller_asks(c, "/api/webhooks/twilio/voice", NULL);
	cr_assert_eq(c->status, 200, "%d %s", c->status, buf_cstr(&c->document));
	c->state = "in-progress";
}

/* The URL at p up to `end`, without scheme, host and fragment, &amp; undone. */
static void path_copy(const char *p, char end, char out[300])
{
	size_t n = 0;

	p = strstr(p, "://");
	p = p == NULL ? NULL : strchr(p + 3, '/');
	cr_assert_not_null(p);
	for (; *p != end && *p != '#' && *p != '\0' && n < 299; p++) {
		out[n++] = *p;
		if (strncmp(p, "&amp;", 5) == 0)
			p += 4;
	}
	out[n] = '\0';
}

void caller_url(const struct caller *c, const char *name, char out[300])
{
	bool redirect = strcmp(name, "Redirect") == 0;
	char front[60];
	const char *at;

	snprintf(front, sizeof front, redirect ? "<%s>" : " %s=\"", name);
	at = strstr(buf_cstr(&c->document), front);
	cr_assert_not_null(at, "no %s in %s", name, buf_cstr(&c->document));
	path_copy(at, redirect ? '<' : '"', out);
}

static void gathered(struct caller *c, const char *name, const char *value)
{
	char path[300];

	caller_url(c, "action", path);
	caller_asks(c, path, (const char *const[]){name, value, "Confidence", "0.87", NULL});
	cr_assert_eq(c->status, 200, "%d %s", c->status, buf_cstr(&c->document));
}

void caller_says(struct caller *c, const char *words)
{
	gathered(c, "SpeechResult", words);
}

void caller_presses(struct caller *c, const char *digit)
{
	gathered(c, "Digits", digit);
}

void caller_goes_on(struct caller *c)
{
	char path[300];

	caller_url(c, "Redirect", path);
	caller_asks(c, path, NULL);
	cr_assert_eq(c->status, 200, "%d %s", c->status, buf_cstr(&c->document));
}

void caller_hangs_up(struct caller *c)
{
	c->state = "completed";
	cr_expect_eq(caller_asks(c, "/api/webhooks/twilio/status",
				 (const char *const[]){"CallDuration", "31", "SequenceNumber", "0",
						       NULL}),
		     204, "%d", c->status);
}

void caller_hears(const struct caller *c, const char *text)
{
	cr_expect_not_null(strstr(buf_cstr(&c->document), text), "\"%s\" is not in\n%s", text,
			   buf_cstr(&c->document));
}

void caller_does_not_hear(const struct caller *c, const char *text)
{
	cr_expect_null(strstr(buf_cstr(&c->document), text), "\"%s\" is in\n%s", text,
		       buf_cstr(&c->document));
}
