/*
 * fake_bridge.h - stands in for server/voice/bridge in tests of what sits behind it: takes what is
 * asked of it down in words, and tells its ear what the test says. One bridge at a time. It defines
 * what the real one would, so one file of a test program includes it.
 */
#ifndef SWITCHBACK_TESTS_STORE_FAKE_BRIDGE_H
#define SWITCHBACK_TESTS_STORE_FAKE_BRIDGE_H

#include "server/voice/bridge.h"
#include "shared/buf.h"

struct fake_bridge {
	const struct bridge_ear *ear;
	void *with;
	bool live, closed;
	bool unfinished, deaf; /* what the test says of the conversation that is over */
	char url[1000];
	struct buf initiation; /* of the last bridge_connect */
	struct buf did; /* "say WORDS", "tell WORDS", "result ID WORDS", "hush", ...: one a line */
};
struct bridge {
	int unused;
};

static struct fake_bridge fake;
static struct bridge it;

static void fake_reset(void)
{
	buf_clear(&fake.did);
	buf_clear(&fake.initiation);
	memset(&fake, 0, sizeof fake);
}

static void did(const char *what, struct str text)
{
	buf_printf(&fake.did, "%s" STR_FMT "\n", what, STR_ARG(text));
}

/* ---- what the service asks ---- */

void bridge_stream_opened(struct socket *s, void *self)
{
	(void)s;
	(void)self;
}

void bridge_stream_message(struct socket *s, void *self, bool text, struct str m)
{
	(void)s;
	(void)self;
	(void)text;
	(void)m;
}

void bridge_stream_closed(struct socket *s, void *self)
{
	(void)s;
	(void)self;
}

struct bridge *bridge_accept(struct bridges *all, const struct bridge_ear *ear, void *with)
{
	(void)all;
	if (fake.live)
		return NULL;
	fake.ear = ear;
	fake.with = with;
	fake.live = true;
	fake.closed = false;
	return &it;
}

void bridge_connect(struct bridge *b, const char *url, struct str initiation, bool speaks_first)
{
	(void)b;
	snprintf(fake.url, sizeof fake.url, "%s", url);
	buf_reset(&fake.initiation);
	buf_add_str(&fake.initiation, initiation);
	did(speaks_first ? "connect" : "connect and wait", (struct str){NULL, 0});
}

bool bridge_say(struct bridge *b, struct str text)
{
	(void)b;
	did("say ", text);
	return true;
}

bool bridge_tell(struct bridge *b, struct str text)
{
	(void)b;
	did("tell ", text);
	return true;
}

bool bridge_tool_result(struct bridge *b, struct str id, struct str result, bool is_error)
{
	(void)b;
	buf_printf(&fake.did, "%s " STR_FMT ": " STR_FMT "\n", is_error ? "error" : "result",
		   STR_ARG(id), STR_ARG(result));
	return true;
}

void bridge_hush(struct bridge *b)
{
	(void)b;
	did("hush", (struct str){NULL, 0});
}

bool bridge_unfinished(const struct bridge *b)
{
	(void)b;
	return fake.unfinished;
}

bool bridge_deaf(const struct bridge *b)
{
	(void)b;
	return fake.deaf;
}

static void fake_ended(enum bridge_end why, unsigned code);

void bridge_close(struct bridge *b)
{
	(void)b;
	did("close", (struct str){NULL, 0});
	fake.closed = true;
	fake_ended(BRIDGE_CLOSED_BY_US, 0);
}

/* ---- what the test tells ---- */

static UNUSED void fake_started(const char *call_sid, const char *stream_sid, const char *token)
{
	fake.ear->started(&it, fake.with, str_of(call_sid), str_of(stream_sid), str_of(token));
}

static UNUSED void fake_connected(const char *conversation_id)
{
	fake.ear->connected(&it, fake.with, str_of(conversation_id));
}

static UNUSED void fake_final(bool customer, int64_t event, const char *text)
{
	fake.ear->final(&it, fake.with, &(struct bridge_line){customer, event, str_of(text)});
}

/* Once; afterwards there is no bridge. */
static UNUSED void fake_ended(enum bridge_end why, unsigned code)
{
	if (!fake.live)
		return;
	fake.live = false;
	fake.ear->ended(&it, fake.with, why, code, STR_LIT(""));
}

/* Asks ear.lost; false: the bridge has ended with it. */
static UNUSED bool fake_lost(enum bridge_end why, unsigned code)
{
	if (fake.ear->lost(&it, fake.with, why, code, STR_LIT("lost")))
		return true;
	fake_ended(why, code);
	return false;
}

#endif
