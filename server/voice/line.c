/*
 * line.c - see line.h: the upgrade, and what the bridge tells.
 */
#include "server/voice/line.h"

#include "server/keys.h"
#include "server/twilio/stream_token.h"
#include "server/voice/line_inside.h"
#include "shared/log.h"

#define UNPROVED_MAX 64 /* streams whose store's key is being looked up */
#define TARGET_MAX   300

/* ---- memory ---- */

void line_hold(struct line *l)
{
	l->refs++;
}

void line_drop(struct line *l)
{
	if (--l->refs > 0)
		return;
	if (l->signature != NULL)
		l->app->lines_unproved--;
	free(l->signature);
	free(l->target);
	free(l->resume);
	explicit_bzero(l, sizeof *l);
	free(l);
}

void line_over(void *line)
{
	line_drop(line);
}

/* ---- the upgrade ---- */

static bool signed_with(const struct app *app, struct str target, struct str signature,
			const struct twilio_key *key)
{
	struct arena a = {0};
	struct twilio_urls urls;
	struct twilio_match match = {0};
	bool fits = twilio_urls_for_socket(&a, str_of(app->settings->public_url), target, &urls,
					   NULL) &&
		    twilio_sign_check(key, 1, &urls, NULL, signature, &match);

	if (fits)
		log_debug("event=stream_signed form=%u", match.url);
	arena_free(&a);
	return fits;
}

bool line_signed(const struct line *l, const struct twilio_key *key)
{
	return signed_with(l->app, str_of(l->target), str_of(l->signature), key);
}

static struct line *line_new(struct app *app)
{
	struct line *l = xcalloc(1, sizeof *l);

	l->app = app;
	l->refs = 1;
	return l;
}

static const struct bridge_ear ear;

/* The upgrade names no account: the platform's key proves it here, a store's own once the stream
 * has shown whose call it is. */
static bool stream_allow(struct app *app, const struct web_request *r, void **self)
{
	struct str signature = web_header(r, "x-twilio-signature");
	bool proved = signed_with(app, r->target, signature, keys_platform(app->keys));
	struct line *l;

	if (app->stopping)
		return false;
	if (!proved && (signature.n != TWILIO_SIGNATURE_TEXT - 1 || r->target.n > TARGET_MAX ||
			app->lines_unproved >= UNPROVED_MAX)) {
		app->figures.streams_refused++;
		log_debug("event=stream_refused reason=\"signature\"");
		return false;
	}
	l = line_new(app);
	if (!proved) {
		app->lines_unproved++;
		l->signature = xcalloc(1, signature.n + 1);
		memcpy(l->signature, signature.p, signature.n);
		l->target = xcalloc(1, r->target.n + 1);
		memcpy(l->target, r->target.p, r->target.n);
	}
	l->call.bridge = bridge_accept(app->bridges, &ear, l);
	if (l->call.bridge == NULL) {
		log_warn("event=stream_refused reason=\"no room\"");
		line_drop(l);
		return false;
	}
	*self = l->call.bridge;
	return true;
}

const struct socket_kind line_stream = BRIDGE_STREAM(stream_allow);

/* ---- what the bridge tells ---- */

static bool sid_kept(struct str s, char out[LINE_SID])
{
	if (s.n == 0 || s.n >= LINE_SID)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')))
			return false;
		out[i] = c;
	}
	return true;
}

static void on_started(struct bridge *b, void *with, struct str call_sid, struct str stream_sid,
		       struct str token)
{
	struct line *l = with;

	if (token.n == 0 || token.n > 200 || !sid_kept(call_sid, l->call_sid) ||
	    !sid_kept(stream_sid, l->stream_sid)) {
		l->app->figures.streams_refused++;
		log_warn("event=stream_refused reason=\"names nothing\"");
		bridge_close(b);
		return;
	}
	stream_token_hash(token, l->hash);
	line_begin(l);
}

static void on_connected(struct bridge *b, void *with, struct str conversation_id)
{
	struct line *l = with;

	l->connected = true;
	if (l->call.scribe != NULL)
		scribe_began(l->call.scribe, conversation_id);
	log_info("event=bridge_connected conversation=%s elevenlabs=" STR_FMT, l->call.conversation,
		 STR_ARG(conversation_id));
	if (l->resume != NULL)
		(void)bridge_tell(b, str_of(l->resume));
	free(l->resume);
	l->resume = NULL;
}

static void on_partial(struct bridge *b, void *with, const struct bridge_line *line)
{
	struct line *l = with;

	(void)b;
	if (l->call.scribe != NULL)
		scribe_partial(l->call.scribe, line);
}

static void on_final(struct bridge *b, void *with, const struct bridge_line *line)
{
	struct line *l = with;

	(void)b;
	if (l->call.scribe != NULL)
		scribe_final(l->call.scribe, line);
}

static void on_corrected(struct bridge *b, void *with, int64_t event, struct str original,
			 struct str text)
{
	struct line *l = with;

	(void)b;
	if (l->call.scribe != NULL)
		scribe_corrected(l->call.scribe, event, original, text);
}

static void on_digit(struct bridge *b, void *with, char digit)
{
	struct line *l = with;
	char told[64];
	int n;

	if (!l->begun || l->call.over)
		return;
	if (digit == '0') {
		line_key_zero(l);
		return;
	}
	n = snprintf(told, sizeof told, "The caller pressed the key %c.", digit);
	(void)bridge_tell(b, str_make(told, (size_t)n));
}

static void on_tool(struct bridge *b, void *with, struct str name, struct str id,
		    struct str parameters_json)
{
	(void)b;
	line_tool(with, name, id, parameters_json);
}

/* Another conversation, once: where one had worked, or where it was refused with an override, which
 * an agent may not allow (elevenlabs.md 2.5). The caller hears a tone meanwhile. */
static bool on_lost(struct bridge *b, void *with, enum bridge_end why, unsigned code,
		    struct str reason)
{
	struct line *l = with;
	bool overridden = why == BRIDGE_AGENT_REFUSED && l->overrode && !l->plain;

	if (l->call.over || l->app->stopping || l->renewed ||
	    (!overridden && (why != BRIDGE_AGENT_LOST || !l->connected)))
		return false;
	log_warn("event=bridge_lost conversation=%s why=%s code=%u reason=\"" STR_FMT "\"",
		 l->call.conversation, overridden ? "override" : "lost", code,
		 STR_ARG(str_sub(reason, 0, 120)));
	l->plain = overridden;
	l->unfinished = bridge_unfinished(b);
	l->renewed = true;
	if (l->call.scribe != NULL)
		scribe_over(l->call.scribe, overridden);
	line_begin(l);
	return true;
}

static const char *end_word(enum bridge_end why)
{
	switch (why) {
	case BRIDGE_STREAM_STOPPED: return "stopped";
	case BRIDGE_STREAM_LOST: return "stream_lost";
	case BRIDGE_STREAM_SILENT: return "stream_silent";
	case BRIDGE_AGENT_DONE: return "done";
	case BRIDGE_AGENT_REFUSED: return "refused";
	case BRIDGE_AGENT_LOST: return "lost";
	case BRIDGE_CLOSED_BY_US: return "closed";
	}
	return "unknown";
}

static void on_ended(struct bridge *b, void *with, enum bridge_end why, unsigned code,
		     struct str reason)
{
	struct line *l = with;
	bool failed = why == BRIDGE_AGENT_REFUSED || why == BRIDGE_AGENT_LOST ||
		      why == BRIDGE_STREAM_SILENT;

	log_write(failed ? LOG_WARN : LOG_INFO,
		  "event=bridge_ended conversation=%s why=%s code=%u reason=\"" STR_FMT "\"",
		  l->call.conversation, end_word(why), code, STR_ARG(str_sub(reason, 0, 120)));
	l->gone = true;
	board_remove(&l->call);
	if (l->call.scribe != NULL) {
		/* where a side broke off, words may have been on their way */
		scribe_over(l->call.scribe, why != BRIDGE_AGENT_LOST && why != BRIDGE_STREAM_LOST &&
						    !bridge_deaf(b));
		scribe_end(l->call.scribe);
		l->call.scribe = NULL;
	}
	if (l->begun && !l->call.over && (failed || why == BRIDGE_AGENT_DONE))
		line_give_up(l, failed ? "failed" : "done");
	line_drop(l);
}

static const struct bridge_ear ear = {
	.started = on_started,
	.connected = on_connected,
	.partial = on_partial,
	.final = on_final,
	.corrected = on_corrected,
	.digit = on_digit,
	.tool = on_tool,
	.lost = on_lost,
	.ended = on_ended,
};
