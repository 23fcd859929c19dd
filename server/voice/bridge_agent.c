/*
 * bridge_agent.c - the agent's side of a bridge: a conversation at ElevenLabs, from its first
 * message to how it ends.
 */
#include "server/elevenlabs/session.h"
#include "server/voice/bridge_inside.h"
#include "shared/clock.h"

static void opened(struct socket *s, void *self);
static void message(struct socket *s, void *self, bool text, struct str bytes);
static void closed(struct socket *s, void *self);

static const struct socket_kind conversation = {
	.name = "conversation",
	.message_max = 4u << 20, /* a single audio message may be hundreds of kilobytes */
	.queue_max = 256u * 1024u,
	.opened = opened,
	.message = message,
	.closed = closed,
};

void bridge_connect(struct bridge *b, const char *url, struct str initiation, bool speaks_first)
{
	int64_t now = clock_mono_ms();
	struct leg *l;

	if (b->over)
		return;
	leg_leave(b, 1000, "another conversation follows");
	l = xcalloc(1, sizeof *l);
	l->b = b;
	l->all = b->all;
	l->speaks_first = speaks_first;
	l->initiation = xmalloc(initiation.n + 1);
	memcpy(l->initiation, initiation.p, initiation.n);
	l->initiation[initiation.n] = '\0';
	l->due_ms = now + BRIDGE_CONNECT_MS;
	l->heard_ms = now;
	l->stale = -1;
	b->leg = l;
	b->all->legs++;
	l->socket = sockets_connect(b->all->sockets, &conversation, l, url);
	if (l->socket == NULL)
		l->due_ms = now; /* told by the watch, as any other failure is */
}

static void leg_free(struct leg *l, struct bridges *all)
{
	free(l->initiation);
	free(l);
	all->legs--;
	bridges_free_if_over(all);
}

static int64_t quiet_ms(const struct leg *l)
{
	return int_clamp(l->pause_ms + 500, BRIDGE_QUIET_MS, BRIDGE_SILENT_MS);
}

void leg_leave(struct bridge *b, unsigned status, const char *why)
{
	struct leg *l = b->leg;

	if (l == NULL)
		return;
	b->deaf = l->connected && (l->in_words || clock_mono_ms() - l->heard_ms > quiet_ms(l));
	b->unfinished = l->connected && (b->deaf || l->owes_ms != 0 ||
					 clock_mono_ms() - l->audio_ms < BRIDGE_CUT_MS);
	if (l->connected &&
	    !b->unfinished) /* it is the caller's turn: no tone while another one is begun */
		b->comfort_ms = clock_mono_ms() + BRIDGE_COMFORT_MS;
	b->leg = NULL;
	if (l->socket == NULL) {
		leg_free(l, b->all);
		return;
	}
	l->b = NULL;
	socket_close(l->socket, status, why);
}

void leg_lost(struct bridge *b, enum bridge_end why, unsigned code, struct str reason)
{
	leg_leave(b, 1000, "");
	if (b->ear->lost != NULL && b->ear->lost(b, b->with, why, code, reason))
		return;
	bridge_finish(b, why, code, reason);
}

void leg_watch(struct bridge *b, int64_t now)
{
	struct leg *l = b->leg;

	if (l == NULL) { /* no conversation yet, or not any more */
		bridge_stream_comfort(b, now);
		return;
	}
	if (!l->connected) {
		if (now >= l->due_ms)
			leg_lost(b, BRIDGE_AGENT_LOST, 0, STR_LIT("no conversation in time"));
		else
			bridge_stream_comfort(b, now);
		return;
	}
	if (l->owes_ms != 0 && now - l->owes_ms > BRIDGE_ANSWER_MS)
		leg_lost(b, BRIDGE_AGENT_LOST, 0, STR_LIT("the agent does not answer"));
	else if (now - l->heard_ms > int_clamp(4 * l->pause_ms, BRIDGE_ANSWER_MS, BRIDGE_SILENT_MS))
		leg_lost(b, BRIDGE_AGENT_LOST, 0, STR_LIT("the conversation is silent"));
	else if ((l->owes_ms != 0 && now - l->owes_ms >= BRIDGE_COMFORT_MS) ||
		 now - l->heard_ms >= quiet_ms(l))
		bridge_stream_comfort(b, now);
}

/* ---- to the agent ---- */

static bool out(struct leg *l)
{
	return l->socket != NULL && socket_send(l->socket, true, buf_str(&l->b->all->out));
}

void leg_audio(struct bridge *b, struct str payload)
{
	struct leg *l = b->leg;

	if (socket_waiting(l->socket) > AUDIO_WAIT_MAX) {
		b->all->figures.frames_dropped++;
		return;
	}
	session_audio_write(&b->all->out, payload);
	(void)out(l);
}

static bool speaking(const struct bridge *b)
{
	return !b->over && !b->hushed && b->leg != NULL && b->leg->connected;
}

bool bridge_say(struct bridge *b, struct str text)
{
	if (!speaking(b))
		return false;
	session_user_message_write(&b->all->out, text);
	if (!out(b->leg))
		return false;
	b->leg->owes_ms = clock_mono_ms();
	return true;
}

bool bridge_tell(struct bridge *b, struct str text)
{
	if (!speaking(b))
		return false;
	session_context_write(&b->all->out, text);
	return out(b->leg);
}

bool bridge_tool_result(struct bridge *b, struct str id, struct str result, bool is_error)
{
	if (!speaking(b))
		return false;
	session_tool_result_write(&b->all->out, id, result, is_error);
	return out(b->leg);
}

/* ---- from the agent ---- */

static void opened(struct socket *s, void *self)
{
	struct leg *l = self;

	if (l->b == NULL)
		return;
	(void)socket_send(s, true, str_of(l->initiation));
	free(l->initiation);
	l->initiation = NULL;
}

static enum bridge_end end_of(unsigned code)
{
	switch (code) {
	case 1000: return BRIDGE_AGENT_DONE;
	case 1008: /* what we said is not what it wants: a variable is missing, an override not
		      allowed */
	case 3008: /* too many at once, and its queue gave up */ return BRIDGE_AGENT_REFUSED;
	default: return BRIDGE_AGENT_LOST;
	}
}

static void closed(struct socket *s, void *self)
{
	struct leg *l = self;
	struct bridge *b = l->b;
	struct bridges *all = l->all;
	struct str why;
	unsigned code = socket_status(s, &why);
	char reason[160];

	snprintf(reason, sizeof reason, STR_FMT, STR_ARG(why));
	l->socket = NULL;
	if (b == NULL) {
		leg_free(l, all);
		return;
	}
	if (!l->connected && code == 1000)
		code = 1006; /* it went before it began: there is nothing that could be over */
	leg_lost(b, end_of(code), code, str_of(reason));
}

static void metadata_came(struct leg *l, const struct session_message *m)
{
	struct bridge *b = l->b;
	struct early *e = b->early;

	if (l->connected)
		return;
	if (!m->mulaw) {
		leg_lost(b, BRIDGE_AGENT_REFUSED, 0,
			 STR_LIT("the agent is not set to ulaw_8000 both ways"));
		return;
	}
	l->connected = true;
	l->owes_ms = l->speaks_first ? clock_mono_ms() : 0;
	for (; e != NULL && e->n > 0; e->n--, e->first = (e->first + 1) % EARLY_FRAMES)
		leg_audio(b, str_make(e->frames[e->first].text, e->frames[e->first].n));
	free(b->early);
	b->early = NULL;
	if (b->ear->connected != NULL)
		b->ear->connected(b, b->with, m->conversation_id);
}

static void audio_came(struct leg *l, const struct session_message *m)
{
	l->owes_ms = 0;
	l->audio_ms = clock_mono_ms();
	if (m->id > 0 && m->id <= l->stale) {
		l->b->all->figures.frames_dropped++;
		return;
	}
	bridge_stream_audio(l->b, m->id, m->audio);
}

static void words_came(struct leg *l, const struct session_message *m)
{
	struct bridge *b = l->b;
	struct bridge_line line = {
		.customer = m->event != SESSION_AGENT_RESPONSE, .event = m->id, .text = m->text};

	if (line.customer)
		l->in_words = m->event == SESSION_USER_PARTIAL;
	if (m->event == SESSION_USER_PARTIAL) {
		if (b->ear->partial != NULL)
			b->ear->partial(b, b->with, &line);
		return;
	}
	/* a text that has no sound yet is not heard */
	if (line.customer || clock_mono_ms() - l->audio_ms < BRIDGE_CUT_MS)
		l->owes_ms = line.customer ? clock_mono_ms() : 0;
	if (line.customer)
		b->comfort_ms = 0;
	if (b->ear->final != NULL && m->text.n > 0)
		b->ear->final(b, b->with, &line);
}

static void interruption_came(struct leg *l, const struct session_message *m)
{
	if (m->id > l->stale)
		l->stale = m->id;
	if (l->b->stream != NULL)
		socket_drop_waiting(l->b->stream);
	bridge_stream_clear(l->b);
}

static void message(struct socket *s, void *self, bool text, struct str bytes)
{
	struct leg *l = self;
	struct bridge *b = l->b;
	struct session_message m;
	int64_t now = clock_mono_ms();

	(void)s;
	if (b == NULL || b->over)
		return;
	if (l->connected && now - l->heard_ms > l->pause_ms)
		l->pause_ms = now - l->heard_ms;
	l->heard_ms = now;
	if (!text) {
		b->all->figures.ignored++;
		return;
	}
	session_read(bytes, &m);
	if (m.event == SESSION_METADATA) {
		metadata_came(l, &m);
	} else if (m.event == SESSION_PING) {
		session_pong_write(&b->all->out, m.id);
		(void)out(l);
	} else if (!l->connected || b->hushed) {
		b->all->figures.ignored +=
			m.event == SESSION_BAD; /* nothing counts before it, or after a hush */
	} else {
		switch (m.event) {
		case SESSION_AUDIO: audio_came(l, &m); break;
		case SESSION_USER_TRANSCRIPT:
		case SESSION_USER_PARTIAL:
		case SESSION_AGENT_RESPONSE: words_came(l, &m); break;
		case SESSION_INTERRUPTION: interruption_came(l, &m); break;
		case SESSION_AGENT_CORRECTION:
			if (b->ear->corrected != NULL)
				b->ear->corrected(b, b->with, m.id, m.original, m.text);
			break;
		case SESSION_TOOL_CALL:
			if (b->ear->tool != NULL)
				b->ear->tool(b, b->with, m.tool, m.tool_call_id,
					     str_of(m.parameters));
			break;
		case SESSION_ERROR: break; /* the close that follows says the same */
		default: b->all->figures.ignored++;
		}
	}
	session_clear(&m);
}
