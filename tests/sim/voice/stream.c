/*
 * stream.c - see stream.h.
 *
 * The clock of a stream is absolute: frame n is due n * 20 ms after the start, however late the one
 * before it was.
 */
#include "tests/sim/voice/stream.h"

#include "shared/clock.h"
#include "tests/sim/crypt.h"
#include "tests/sim/json.h"
#include "tests/sim/sign.h"
#include "tests/sim/voice/run.h"

#define CONNECT_MS   5000
#define MESSAGE_MAX  (4u * 1024 * 1024)
#define SLOW_READER  (256u * 1024) /* bytes that the service does not take: its audio is dropped */
#define SILENCE_TEXT 216

static int64_t now_ms(const struct sim_stream *st)
{
	return (clock_mono_us() - st->began_us) / 1000;
}

/* ---- who is told ---- */

static void event_tell(struct sim_stream *st, const char *event, const char *error)
{
	struct arena a = {0};
	struct sim_pairs more = {0};
	char at[CLOCK_TEXT];

	if (st->callback == NULL)
		return;
	clock_text(clock_wall_us(), at);
	sim_pairs_put(&more, &a, "StreamSid", str_of(st->sid));
	sim_pairs_put(&more, &a, "StreamName", str_of(st->name));
	sim_pairs_put(&more, &a, "StreamEvent", str_of(event));
	if (error != NULL)
		sim_pairs_put(&more, &a, "StreamError", str_of(error));
	sim_pairs_put(&more, &a, "Timestamp", str_of(at));
	sim_leg_notify(st->leg, str_of(st->callback), st->callback_get, &more);
	arena_free(&a);
}

void sim_stream_error(struct sim_stream *st, int code, const char *why)
{
	snprintf(st->problem, sizeof st->problem, "%d: %s", code, why);
	sim_alert_raise(st->leg->sim, code, st->leg->sid, "%s", why);
	sim_line_note(st->leg, "stream: %s", st->problem);
	event_tell(st, "stream-error", st->problem);
}

/* ---- the end ---- */

static void stream_over(struct sim_stream *st)
{
	void (*ended)(void *) = st->ended;

	if (st->over)
		return;
	st->over = true;
	st->ended = NULL;
	st->ended_us = clock_mono_us();
	sim_timer_free(&st->timer);
	sim_stream_silence(st);
	buf_clear(&st->held);
	buf_clear(&st->play);
	buf_clear(&st->words);
	if (st->open)
		event_tell(st, "stream-stopped", NULL);
	st->open = false;
	sim_stream_journal(st, false);
	sim_leg_changed(st->leg);
	if (ended != NULL)
		ended(st->with);
}

static void stop_say(struct sim_stream *st)
{
	struct sim *s = st->leg->sim;
	char tail[200];

	snprintf(tail, sizeof tail, "\"stop\":{\"accountSid\":\"%s\",\"callSid\":\"%s\"}",
		 s->accounts[st->leg->account].sid, st->leg->sid);
	sim_stream_send(st, "stop", tail);
}

void sim_stream_stop(struct sim_stream *st)
{
	if (st->over)
		return;
	st->ended = NULL;
	if (st->open)
		stop_say(st);
	if (st->ws != NULL && st->leg->sim->closing)
		sim_ws_reset(st->ws);
	else if (st->ws != NULL)
		sim_ws_close(st->ws, 1000, "");
	stream_over(st);
}

static void on_ended(void *self, const struct sim_ws_end *end)
{
	static const struct {
		int code;
		const char *why;
	} failures[] = {[SIM_WS_CLOSED] = {0, ""},
			[SIM_WS_CUT] = {31921, "remote close without a closing handshake"},
			[SIM_WS_REFUSED] = {31920, "the handshake was not answered with 101"},
			[SIM_WS_NO_HOST] = {31902, "connection refused"},
			[SIM_WS_LATE] = {31901, "connection timed out"},
			[SIM_WS_BROKEN] = {31924, "protocol error"}};
	struct sim_stream *st = self;

	st->ws = NULL;
	st->close_code = end->code;
	if (!st->over && failures[end->how].code != 0) {
		snprintf(st->problem, sizeof st->problem, "%s (%s)", failures[end->how].why,
			 end->why);
		sim_stream_error(st, failures[end->how].code,
				 arena_strdup(&st->arena, st->problem));
	} else if (!st->over) {
		sim_line_note(st->leg, "the store closed the stream (%u %s)", end->code, end->why);
	}
	stream_over(st);
}

/* ---- what goes out ---- */

static void held_send(struct sim_stream *st)
{
	struct str rest = buf_str(&st->held);

	while (rest.n > 0 && st->ws != NULL) {
		struct str one = str_cut(&rest, '\0');

		(void)sim_ws_send(st->ws, true, one);
		st->counts.sent_late++;
	}
	buf_reset(&st->held);
}

/* From message `at` on a switch has its way. */
static bool fault_on(const struct sim_stream *st, enum sim_fault_kind k)
{
	return st->fault.kind == k && st->said_messages >= (uint64_t)st->fault.at;
}

bool sim_stream_counted(struct sim_stream *st)
{
	st->said_messages++;
	if (st->ws == NULL)
		return false;
	if (fault_on(st, SIM_FAULT_CUT)) {
		sim_ws_reset(st->ws);
		return false;
	}
	if (fault_on(st, SIM_FAULT_CLOSE)) {
		sim_ws_close(st->ws, (unsigned)st->fault.code, "practice");
		return false;
	}
	if (fault_on(st, SIM_FAULT_FREEZE))
		sim_ws_freeze(st->ws);
	return true;
}

static void message_send(struct sim_stream *st, struct str m)
{
	if (st->ws == NULL || !st->open)
		return;
	if (fault_on(st, SIM_FAULT_LATE)) {
		if (st->late_until_ms == 0)
			st->late_until_ms = now_ms(st) + st->fault.ms;
		buf_add_str(&st->held, m);
		buf_add_char(&st->held, '\0');
		if (now_ms(st) >= st->late_until_ms) {
			held_send(st);
			st->late_until_ms = now_ms(st) + st->fault.ms;
		}
	} else {
		(void)sim_ws_send(st->ws, true, m);
	}
	(void)sim_stream_counted(st);
}

void sim_stream_send(struct sim_stream *st, const char *event, const char *tail)
{
	struct buf b = {0};

	buf_printf(&b,
		   "{\"event\":\"%s\",\"sequenceNumber\":\"%" PRIu64 "\",\"streamSid\":\"%s\",%s}",
		   event, ++st->sequence, st->sid, tail);
	message_send(st, buf_str(&b));
	buf_clear(&b);
}

static void start_say(struct sim_stream *st)
{
	static const char *const tracks[] = {"", "\"inbound\"", "\"outbound\"",
					     "\"inbound\",\"outbound\""};
	struct sim *s = st->leg->sim;
	struct buf b = {0};

	message_send(st, STR_LIT("{\"event\":\"connected\",\"protocol\":\"Call\",\"version\":"
				 "\"1.0.0\"}"));
	buf_printf(&b,
		   "\"start\":{\"streamSid\":\"%s\",\"accountSid\":\"%s\",\"callSid\":\"%s\","
		   "\"tracks\":[%s],\"customParameters\":" STR_FMT
		   ",\"mediaFormat\":{\"encoding\":\"audio/x-mulaw\",\"sampleRate\":8000,"
		   "\"channels\":1}}",
		   st->sid, s->accounts[st->leg->account].sid, st->leg->sid, tracks[st->tracks],
		   STR_ARG(st->params));
	sim_stream_send(st, "start", buf_cstr(&b));
	buf_clear(&b);
}

/* The next 20 ms of a track; false when nobody speaks. */
static bool block_take(const struct sim_track *t, size_t *at, unsigned *block, uint32_t voice,
		       bool spoken_now, unsigned char out[SIM_SPEECH_BLOCK])
{
	struct sim_speech_block b = {.voice = voice};
	const struct sim_utterance *u;

	while (*at < t->n && *block >= t->at[*at].cut) {
		if (*at + 1 == t->n && !spoken_now)
			break;
		(*at)++;
		*block = 0;
	}
	if (*at >= t->n || *block >= t->at[*at].cut || !spoken_now)
		return false;
	u = &t->at[*at];
	b.utterance = (uint16_t)(*at + 1);
	sim_speech_block_cut(str_make(u->text, u->n), (*block)++, u->count, &b);
	sim_speech_block_write(&b, out);
	return true;
}

static void frame_send(struct sim_stream *st, const char *track, const unsigned char *audio)
{
	char coded[SILENCE_TEXT + 1], tail[SILENCE_TEXT + 120];

	st->chunk++;
	if (sim_ws_waiting(st->ws) > SLOW_READER) {
		if (!st->error_told[0])
			sim_alert_raise(st->leg->sim, 31930, st->leg->sid,
					"the service reads its stream too slowly");
		st->error_told[0] = true;
		st->counts.sent_dropped++;
		return;
	}
	sim_base64(audio, SIM_SPEECH_BLOCK, coded);
	snprintf(tail, sizeof tail,
		 "\"media\":{\"track\":\"%s\",\"chunk\":\"%" PRIu64 "\",\"timestamp\":\"%" PRIu64
		 "\",\"payload\":\"%s\"}",
		 track, st->chunk, st->ticks * SIM_SPEECH_MS, coded);
	st->counts.sent++;
	sim_stream_send(st, "media", tail);
}

static bool is_silent(struct sim_stream *st)
{
	if (!fault_on(st, SIM_FAULT_SILENCE))
		return false;
	if (st->silent_until_ms == 0)
		st->silent_until_ms = st->fault.ms == 0 ? INT64_MAX : now_ms(st) + st->fault.ms;
	return now_ms(st) < st->silent_until_ms;
}

static void tick(struct sim_stream *st)
{
	struct sim_talk *t = &st->leg->talk;
	uint32_t voice = sim_speech_voice(str_of(st->leg->sid));
	unsigned char audio[SIM_SPEECH_BLOCK];
	bool silent = is_silent(st);

	st->ticks++;
	sim_speech_silence(audio, sizeof audio);
	(void)block_take(&t->said, &st->said, &st->said_block, voice,
			 t->talking || st->said < t->next, audio);
	if ((st->tracks & SIM_TRACK_INBOUND) != 0 && !silent && st->ws != NULL)
		frame_send(st, "inbound", audio);
	sim_speech_silence(audio, sizeof audio);
	(void)block_take(&t->played, &st->played, &st->played_block, voice + 1, true, audio);
	if ((st->tracks & SIM_TRACK_OUTBOUND) != 0 && !silent && st->ws != NULL)
		frame_send(st, "outbound", audio);
	if (st->both_ways && st->ws != NULL)
		sim_stream_play(st);
}

static void on_tick(void *with)
{
	struct sim_stream *st = with;
	int64_t late;

	while (!st->over && (late = now_ms(st) - (int64_t)(st->ticks + 1) * SIM_SPEECH_MS) >= 0) {
		if (late > st->counts.late_max_ms)
			st->counts.late_max_ms = (unsigned)late;
		tick(st);
	}
	if (!st->over)
		sim_timer_set(st->timer,
			      (uint64_t)((int64_t)(st->ticks + 1) * SIM_SPEECH_MS - now_ms(st)));
}

/* ---- its beginning ---- */

static void on_opened(struct sim_ws *ws, void *self)
{
	struct sim_stream *st = self;
	struct sim_talk *t = &st->leg->talk;

	(void)ws;
	if (st->over)
		return;
	st->open = true;
	st->began_us = clock_mono_us();
	st->said = t->next;
	st->played = t->played.n;
	sim_stream_journal(st, true);
	event_tell(st, "stream-started", NULL);
	sim_leg_changed(st->leg);
	start_say(st);
	sim_timer_set(st->timer, SIM_SPEECH_MS);
}

static void on_message(struct sim_ws *ws, void *self, bool text, struct str m)
{
	struct sim_stream *st = self;

	(void)ws;
	if (!st->over)
		sim_stream_message(st, text, m);
}

static const struct sim_ws_kind stream_kind = {MESSAGE_MAX, on_opened, on_message, on_ended};

static void socket_open(struct sim_stream *st, const struct sim_ws_url *url)
{
	struct sim *s = st->leg->sim;
	char signature[SIM_SIGNATURE];
	struct sim_ws_field fields[2] = {{"User-Agent", STR_LIT("TwilioProxy/1.1")}};

	sim_sign(str_of(s->accounts[st->leg->account].token), st->url, NULL, signature);
	fields[1] = (struct sim_ws_field){"X-Twilio-Signature", str_of(signature)};
	st->ws = sim_ws_connect(&s->loop->uv, url, fields, 2, CONNECT_MS, &stream_kind, st);
}

/* Twilio takes wss alone and no query. This machine's own addresses may say ws: here nobody
 * listens in, and both sides are in the clear. */
static int url_refused(struct str text, struct sim_ws_url *url)
{
	if (!sim_ws_url_read(text, url))
		return str_starts(text, STR_LIT("http")) ? 31922 : 31923;
	if (!url->secure && !sim_ws_host_is_near(url->host))
		return 31922;
	return 0;
}

static void on_failed_soon(void *with)
{
	struct sim_stream *st = with;

	sim_stream_error(st, st->close_code == 0 ? 31902 : (int)st->close_code,
			 st->fault.kind == SIM_FAULT_REFUSE ? "refused by a switch"
							    : "the address cannot be used");
	stream_over(st);
}

struct sim_stream *sim_stream_start(struct sim_leg *leg, const struct sim_stream_ask *ask)
{
	struct sim_stream *st = xcalloc(1, sizeof *st);
	struct sim_ws_url url;
	struct str text = ask->url;
	int refused;

	st->leg = leg;
	sim_sid_new("MZ", st->sid);
	snprintf(st->name, sizeof st->name, STR_FMT,
		 STR_ARG(ask->name.n > 0 ? str_sub(ask->name, 0, sizeof st->name - 1)
					 : str_of(st->sid)));
	st->both_ways = ask->both_ways;
	st->tracks = ask->tracks;
	st->play.limit = 16u * 1024 * 1024;
	text = str_cut(&text, '?'); /* a query is dropped */
	st->url = arena_str(&st->arena, text);
	st->params = arena_str(&st->arena, ask->params.n > 0 ? ask->params : STR_LIT("{}"));
	if (ask->callback.n > 0)
		st->callback = arena_cstr(&st->arena, ask->callback);
	st->callback_get = ask->callback_get;
	st->ended = ask->ended;
	st->with = ask->with;
	st->asked_us = clock_wall_us();
	st->began_us = clock_mono_us();
	st->next = leg->streams;
	leg->streams = st;
	st->fault = sim_faults_take(&leg->sim->faults, SIM_ON_STREAM, sim_leg_phone(leg));
	refused = url_refused(st->url, &url);
	if (refused != 0 || st->fault.kind == SIM_FAULT_REFUSE) {
		st->close_code = (unsigned)refused;
		st->timer = sim_timer_new(&leg->sim->loop->uv, on_failed_soon, st);
		sim_timer_set(st->timer, 0);
		return st;
	}
	st->timer = sim_timer_new(&leg->sim->loop->uv, on_tick, st);
	if (ask->url.n != st->url.n)
		sim_alert_raise(leg->sim, 31923, leg->sid, "a stream's URL loses its query");
	socket_open(st, &url);
	return st;
}

/* ---- of a leg ---- */

struct sim_stream *sim_stream_find(const struct sim_leg *leg, struct str name)
{
	for (struct sim_stream *st = leg->streams; st != NULL; st = st->next) {
		if (str_is(name, st->sid) || (!st->over && str_is(name, st->name)))
			return st;
	}
	return NULL;
}

struct sim_stream *sim_stream_by_sid(const struct sim *s, struct str sid)
{
	for (const struct sim_leg *l = s->legs; l != NULL; l = l->next) {
		for (struct sim_stream *st = l->streams; st != NULL; st = st->next) {
			if (str_is(sid, st->sid))
				return st;
		}
	}
	return NULL;
}

void sim_streams_stop(struct sim_leg *leg)
{
	for (struct sim_stream *st = leg->streams; st != NULL; st = st->next)
		sim_stream_stop(st);
}

bool sim_streams_busy(const struct sim_leg *leg)
{
	for (const struct sim_stream *st = leg->streams; st != NULL; st = st->next) {
		if (st->ws != NULL)
			return true;
	}
	return false;
}

void sim_streams_free(struct sim_leg *leg)
{
	struct sim_stream *st;

	while ((st = leg->streams) != NULL) {
		leg->streams = st->next;
		sim_timer_free(&st->timer);
		buf_clear(&st->held);
		buf_clear(&st->play);
		buf_clear(&st->words);
		free(st->marks);
		free(st->events);
		arena_free(&st->arena);
		free(st);
	}
}

void sim_streams_digit(struct sim_leg *leg, char digit)
{
	char tail[80];

	snprintf(tail, sizeof tail, "\"dtmf\":{\"track\":\"inbound_track\",\"digit\":\"%c\"}",
		 digit);
	for (struct sim_stream *st = leg->streams; st != NULL; st = st->next) {
		if (st->both_ways && st->open)
			sim_stream_send(st, "dtmf", tail);
	}
}
