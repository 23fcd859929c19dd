/*
 * scribe.c - see scribe.h.
 */
#include "tests/sim/voice/scribe.h"

#include "shared/clock.h"
#include "tests/sim/json.h"
#include "tests/sim/voice/run.h"

static void told(struct sim_scribe *s, const char *event, struct sim_pairs *more, struct arena *a)
{
	struct sim_pairs p = {0};
	char at[CLOCK_TEXT];

	if (s->callback == NULL)
		return;
	clock_text(clock_wall_us(), at);
	sim_pairs_put(&p, a, "TranscriptionSid", str_of(s->sid));
	sim_pairs_put(&p, a, "Timestamp", str_of(at));
	sim_pairs_put_int(&p, a, "SequenceId", ++s->sequence);
	sim_pairs_put(&p, a, "TranscriptionEvent", str_of(event));
	for (size_t i = 0; more != NULL && i < more->n; i++)
		sim_pairs_add(&p, a, more->at[i].name, more->at[i].value);
	sim_leg_notify(s->leg, str_of(s->callback), s->callback_get, &p);
}

static const char *track_word(enum sim_tracks t)
{
	return t == SIM_TRACK_BOTH      ? "both_tracks"
	       : t == SIM_TRACK_INBOUND ? "inbound_track"
					: "outbound_track";
}

static struct str or_default(struct str given, const char *otherwise)
{
	return given.n > 0 ? given : str_of(otherwise);
}

struct sim_scribe *sim_scribe_start(struct sim_leg *leg, const struct sim_scribe_ask *ask)
{
	struct sim_scribe *s = xcalloc(1, sizeof *s);
	struct arena *a = &s->arena, callback = {0};
	struct sim_pairs p = {0};

	s->leg = leg;
	sim_sid_new("GT", s->sid);
	s->name = arena_cstr(a, or_default(ask->name, s->sid));
	s->language = arena_cstr(a, or_default(ask->language, "en-US"));
	s->engine = arena_cstr(a, or_default(ask->engine, "google"));
	s->in_label = arena_cstr(a, or_default(ask->in_label, "inbound_track"));
	s->out_label = arena_cstr(a, or_default(ask->out_label, "outbound_track"));
	s->callback = ask->callback.n > 0 ? arena_cstr(a, ask->callback) : NULL;
	s->callback_get = ask->callback_get;
	s->partial = ask->partial;
	s->tracks = ask->tracks;
	s->updated_us = clock_wall_us();
	s->next = leg->scribes;
	leg->scribes = s;
	sim_pairs_put(&p, &callback, "ProviderConfiguration",
		      STR_LIT("{\"profanityFilter\":\"true\"}"));
	sim_pairs_put(&p, &callback, "TranscriptionEngine", str_of(s->engine));
	sim_pairs_put(&p, &callback, "Name", str_of(s->name));
	sim_pairs_put(&p, &callback, "Track", str_of(track_word(s->tracks)));
	sim_pairs_put(&p, &callback, "InboundTrackLabel", str_of(s->in_label));
	sim_pairs_put(&p, &callback, "OutboundTrackLabel", str_of(s->out_label));
	sim_pairs_put(&p, &callback, "PartialResults", str_of(s->partial ? "true" : "false"));
	sim_pairs_put(&p, &callback, "LanguageCode", str_of(s->language));
	told(s, "transcription-started", &p, &callback);
	arena_free(&callback);
	return s;
}

void sim_scribe_verb(struct sim_leg *leg, const struct sim_node *n)
{
	struct arena a = {0};
	const char *track = sim_attr_or(n, "track", "both_tracks");
	const char *callback = sim_attr_find(n, "statusCallbackUrl");
	struct sim_scribe_ask ask = {
		.name = str_of(sim_attr_find(n, "name")),
		.language = str_of(sim_attr_find(n, "languageCode")),
		.engine = str_of(sim_attr_find(n, "transcriptionEngine")),
		.in_label = str_of(sim_attr_find(n, "inboundTrackLabel")),
		.out_label = str_of(sim_attr_find(n, "outboundTrackLabel")),
		.callback_get = strcmp(sim_attr_or(n, "statusCallbackMethod", "POST"), "GET") == 0,
		.partial = sim_attr_true(n, "partialResults", false),
		.tracks = strcmp(track, "inbound_track") == 0    ? SIM_TRACK_INBOUND
			  : strcmp(track, "outbound_track") == 0 ? SIM_TRACK_OUTBOUND
								 : SIM_TRACK_BOTH};

	if (callback != NULL && sim_url_callable(str_of(callback)))
		ask.callback = str_of(callback);
	else if (callback != NULL)
		sim_alert_raise(leg->sim, 11100, leg->sid,
				"a transcription's statusCallbackUrl must be absolute");
	(void)sim_scribe_start(leg, &ask);
	arena_free(&a);
}

struct sim_scribe *sim_scribe_find(const struct sim_leg *leg, struct str name)
{
	for (struct sim_scribe *s = leg->scribes; s != NULL; s = s->next) {
		if (str_is(name, s->sid) || (!s->over && str_is(name, s->name)))
			return s;
	}
	return NULL;
}

void sim_scribe_end(struct sim_scribe *s)
{
	struct arena a = {0};

	if (s->over)
		return;
	s->over = true;
	s->updated_us = clock_wall_us();
	told(s, "transcription-stopped", NULL, &a);
	arena_free(&a);
}

void sim_scribe_stop(struct sim_leg *leg, struct str name)
{
	struct sim_scribe *s = sim_scribe_find(leg, name);

	if (s != NULL)
		sim_scribe_end(s);
}

void sim_scribes_stop(struct sim_leg *leg)
{
	for (struct sim_scribe *s = leg->scribes; s != NULL; s = s->next)
		sim_scribe_end(s);
}

void sim_scribes_free(struct sim_leg *leg)
{
	struct sim_scribe *s;

	while ((s = leg->scribes) != NULL) {
		leg->scribes = s->next;
		arena_free(&s->arena);
		free(s);
	}
}

static void content_tell(struct sim_scribe *s, enum sim_tracks track, struct str words, bool final)
{
	struct arena a = {0};
	struct sim_pairs p = {0};
	struct buf data = {0};

	buf_add_cstr(&data, "{\"transcript\":");
	sim_json_text(words, &data);
	buf_add_cstr(&data, final ? ",\"confidence\":0.97}" : "}");
	sim_pairs_put(&p, &a, "LanguageCode", str_of(s->language));
	sim_pairs_put(&p, &a, "Track", str_of(track_word(track)));
	sim_pairs_put(&p, &a, "TranscriptionData", buf_str(&data));
	sim_pairs_put(&p, &a, "Final", str_of(final ? "true" : "false"));
	if (!final)
		sim_pairs_put(&p, &a, "Stability", STR_LIT("0.9"));
	told(s, "transcription-content", &p, &a);
	buf_clear(&data);
	arena_free(&a);
}

void sim_scribe_said(struct sim_leg *leg, bool outbound, struct str words)
{
	enum sim_tracks track = outbound ? SIM_TRACK_OUTBOUND : SIM_TRACK_INBOUND;
	size_t half = words.n / 2;

	while (half > 0 && words.p[half] != ' ')
		half--;
	for (struct sim_scribe *s = leg->scribes; s != NULL; s = s->next) {
		if (s->over || (s->tracks & track) == 0 || words.n == 0)
			continue;
		if (s->partial && half > 0)
			content_tell(s, track, str_sub(words, 0, half), false);
		content_tell(s, track, words, true);
	}
}
