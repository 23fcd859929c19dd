/*
 * voice.c - what the agent says and hears; see conv.h.
 *
 * Its audio goes out faster than it is played: the agent reckons what was heard from the time that
 * has passed, as the platform does. Whoever speaks while it is being heard interrupts it.
 */
#include "shared/base64.h"
#include "shared/utf8.h"
#include "tests/sim/eleven/conv.h"
#include "tests/sim/json.h"

#define BARGE_BLOCKS 5   /* of speech, before it counts as an interruption */
#define TAIL_MS      600 /* a sentence whose end does not come is over then */
#define PARTIAL      10  /* blocks between partial transcripts */

/* ---- speaking ---- */

static unsigned heard_blocks(const struct sim_conv *c)
{
	int64_t ms = sim_conv_ms(c) - c->says.began_ms;

	if (c->says.text == NULL || c->says.sent == 0)
		return 0;
	return (unsigned)int_clamp(ms / SIM_SPEECH_MS, 0, c->says.sent);
}

bool sim_conv_is_speaking(const struct sim_conv *c)
{
	return c->says.text != NULL && !c->text_only;
}

void sim_conv_hush(struct sim_conv *c)
{
	free(c->says.text);
	c->says.text = NULL;
}

/* Audio in a format that is not mu-law: noise to whoever expects that. */
static void pcm_of(struct buf *audio)
{
	for (size_t i = 0; i < audio->n; i++)
		audio->p[i] = (char)(i * 37 + 11);
}

static void chunk_send(struct sim_conv *c, unsigned blocks)
{
	struct sim_speech_block b = {.voice = sim_speech_voice(str_of(c->id)),
				     .to = c->caller,
				     .utterance = c->says.utterance};
	struct str text = str_of(c->says.text);
	unsigned char block[SIM_SPEECH_BLOCK];
	struct buf audio = {.limit = 4u * 1024 * 1024}, body = {.limit = 8u * 1024 * 1024};
	char *coded, id[16];

	for (unsigned i = 0; i < blocks; i++) {
		sim_speech_block_cut(text, c->says.sent++, c->says.count, &b);
		sim_speech_block_write(&b, block);
		buf_add(&audio, block, sizeof block);
	}
	if (strcmp(c->agent.output_format, "ulaw_8000") != 0)
		pcm_of(&audio);
	coded = xmalloc(BASE64_ROOM(audio.n));
	base64_write(audio.p, audio.n, coded);
	buf_add_cstr(&body, "\"audio_event\":{\"audio_base_64\":\"");
	buf_add_cstr(&body, coded);
	buf_printf(&body, "\",\"event_id\":%s}", sim_conv_id_text(c, c->says.event_id, id));
	c->counts.audio_out++;
	c->counts.audio_out_blocks += blocks;
	sim_conv_event(c, SIM_EV_AUDIO, buf_cstr(&body));
	free(coded);
	buf_clear(&audio);
	buf_clear(&body);
}

static void on_speak(void *with)
{
	struct sim_conv *c = with;
	unsigned chunk = c->agent.chunk_ms / SIM_SPEECH_MS, late = 0;
	enum sim_turn_end then = c->says.then;

	if (c->says.text == NULL || c->state != SIM_CONV_LIVE)
		return;
	if (c->says.sent == c->says.count) { /* heard to its end by now */
		sim_conv_hush(c);
		sim_conv_spoken(c, then);
		return;
	}
	if (c->says.sent == 0)
		c->says.began_ms = sim_conv_ms(c);
	if (c->fault.kind == SIM_FAULT_LATE && c->messages >= (uint64_t)c->fault.at)
		late = (unsigned)c->fault.ms;
	chunk = chunk == 0 ? 1 : chunk;
	if (chunk > c->says.count - c->says.sent)
		chunk = c->says.count - c->says.sent;
	chunk_send(c, chunk);
	if (c->says.text == NULL || c->speak_timer == NULL)
		return;
	if (c->says.sent == c->says.count)
		sim_timer_set(c->speak_timer,
			      (uint64_t)int_clamp(c->says.began_ms +
							  (int64_t)c->says.count * SIM_SPEECH_MS -
							  sim_conv_ms(c),
						  0, INT64_MAX));
	else
		sim_timer_set(c->speak_timer,
			      c->agent.chunk_ms / (c->agent.pace == 0 ? 1 : c->agent.pace) + late);
}

/* In pieces, as a reader sees it grow; the whole follows and says the same again. */
static void chat_send(struct sim_conv *c, struct str text, unsigned event_id)
{
	static const char *const types[] = {"start", "delta", "stop"};
	struct buf b = {.limit = 1024 * 1024};
	char id[16];

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (i == 2)
			sim_conv_text_event(c, SIM_EV_AGENT_RESPONSE, "agent_response_event",
					    "agent_response", text, event_id);
		buf_reset(&b);
		buf_printf(&b, "\"text_response_part\":{\"type\":\"%s\",\"text\":", types[i]);
		sim_json_text(i == 1 ? text : (struct str){0}, &b);
		buf_printf(&b, ",\"event_id\":%s}", sim_conv_id_text(c, event_id, id));
		sim_conv_event(c, SIM_EV_CHAT_PART, buf_cstr(&b));
	}
	buf_clear(&b);
}

void sim_conv_say(struct sim_conv *c, struct str text, enum sim_turn_end then)
{
	unsigned event_id = c->next_id++;

	if (c->state != SIM_CONV_LIVE)
		return;
	sim_conv_hush(c);
	(void)sim_conv_line(c, SIM_ROLE_AGENT, text, event_id);
	if (c->text_only) {
		chat_send(c, text, event_id);
		sim_conv_spoken(c, then);
		return;
	}
	sim_conv_text_event(c, SIM_EV_AGENT_RESPONSE, "agent_response_event", "agent_response",
			    text, event_id);
	if (c->state != SIM_CONV_LIVE)
		return;
	c->says.text = xmalloc(text.n + 1);
	memcpy(c->says.text, text.p, text.n);
	c->says.text[text.n] = '\0';
	c->says.event_id = event_id;
	c->says.count = sim_speech_count(text, c->sim->set.letters_per_s);
	c->says.sent = 0;
	c->says.utterance++;
	c->says.then = then;
	if (c->speak_timer == NULL)
		c->speak_timer = sim_timer_new(&c->sim->loop->uv, on_speak, c);
	sim_timer_set(c->speak_timer, 0);
}

/* The line as it was heard: whole words up to there. */
static struct str heard_part(struct str text, unsigned heard, unsigned count)
{
	struct str cut = utf8_cut(text, (size_t)((uint64_t)text.n * heard / count));

	while (cut.n > 0 && cut.n < text.n && text.p[cut.n] != ' ')
		cut.n--;
	return str_trim(cut);
}

static void correct(struct sim_conv *c, struct str original, struct str corrected)
{
	struct buf b = {.limit = 1024 * 1024};
	char id[16];

	for (size_t i = c->lines_n; i > 0; i--) {
		struct sim_conv_line *l = &c->lines[i - 1];

		if (l->role != SIM_ROLE_AGENT || l->event_id != c->says.event_id)
			continue;
		l->original = l->text;
		l->text = xmalloc(corrected.n + 1);
		if (corrected.n > 0)
			memcpy(l->text, corrected.p, corrected.n);
		l->text[corrected.n] = '\0';
		l->interrupted = true;
		original = str_of(l->original);
		break;
	}
	buf_add_cstr(&b, "\"agent_response_correction_event\":{\"original_agent_response\":");
	sim_json_text(original, &b);
	buf_add_cstr(&b, ",\"corrected_agent_response\":");
	sim_json_text(corrected, &b);
	buf_printf(&b, ",\"event_id\":%s}", sim_conv_id_text(c, c->says.event_id, id));
	sim_conv_event(c, SIM_EV_CORRECTION, buf_cstr(&b));
	buf_clear(&b);
}

void sim_conv_interrupt(struct sim_conv *c)
{
	char body[80], id[16];
	struct str text, heard;

	if (!sim_conv_is_speaking(c))
		return;
	text = arena_str(&c->arena, str_of(c->says.text));
	heard = heard_part(text, heard_blocks(c), c->says.count);
	if (c->speak_timer != NULL)
		sim_timer_stop(c->speak_timer);
	c->counts.interruptions++;
	snprintf(body, sizeof body, "\"interruption_event\":{\"event_id\":%s}",
		 sim_conv_id_text(c, c->says.event_id, id));
	sim_conv_event(c, SIM_EV_INTERRUPTION, body);
	correct(c, text, heard);
	sim_conv_hush(c);
}

/* ---- hearing ---- */

static void sentence_end(struct sim_conv *c)
{
	struct str words;

	if (!c->hearing)
		return;
	c->hearing = false;
	c->heard_blocks = 0;
	if (c->hear_timer != NULL)
		sim_timer_stop(c->hear_timer);
	words = arena_str(&c->arena, utf8_repair(&c->arena, str_trim(buf_str(&c->words))));
	buf_reset(&c->words);
	if (words.n > 0)
		sim_conv_said(c, words, false);
}

static void on_tail_missing(void *with)
{
	sentence_end(with);
}

static void partial_tell(struct sim_conv *c)
{
	struct arena a = {0};
	struct str words = str_trim(utf8_cut(buf_str(&c->words), c->words.n));

	if (words.n > 0)
		sim_conv_text_event(c, SIM_EV_TENTATIVE, "tentative_user_transcription_event",
				    "user_transcript", utf8_repair(&a, words), c->next_id);
	arena_free(&a);
}

static void on_block(void *self, const struct sim_speech_block *b, unsigned lost)
{
	struct sim_conv *c = self;

	c->counts.blocks++;
	c->counts.lost += lost;
	if (c->caller == 0)
		c->caller = b->voice;
	if (b->voice != c->caller) {
		c->counts.crossed++;
		return;
	}
	if (c->hearing && b->utterance == c->hearing_utterance && b->index <= c->last_index)
		c->counts.doubled++;
	if (c->hearing && b->utterance != c->hearing_utterance)
		sentence_end(c);
	if (c->state != SIM_CONV_LIVE)
		return;
	c->hearing = true;
	c->hearing_utterance = b->utterance;
	c->last_index = b->index;
	c->heard_blocks++;
	buf_add(&c->words, b->text, b->n);
	if (c->heard_blocks == BARGE_BLOCKS)
		sim_conv_interrupt(c);
	if (b->index + 1 >= b->count) {
		sentence_end(c);
		return;
	}
	if (c->heard_blocks % PARTIAL == 0)
		partial_tell(c);
	if (c->state != SIM_CONV_LIVE)
		return;
	if (c->hear_timer == NULL)
		c->hear_timer = sim_timer_new(&c->sim->loop->uv, on_tail_missing, c);
	sim_timer_set(c->hear_timer, TAIL_MS);
}

static void on_rest(void *self, size_t n, bool noise)
{
	struct sim_conv *c = self;

	*(noise ? &c->counts.noise : &c->counts.silence) += n;
}

static const struct sim_speech_heard ear = {on_block, on_rest};

void sim_conv_hear(struct sim_conv *c, const unsigned char *audio, size_t n)
{
	if (!c->text_only)
		sim_speech_hear(&c->ear, audio, n, &ear, c);
}
