/*
 * lines.c - see lines.h.
 */
#include "tests/sim/voice/lines.h"

#include "shared/clock.h"
#include "shared/utf8.h"
#include "tests/sim/speech.h"
#include "tests/sim/voice/leg.h"
#include "tests/sim/voice/room.h"

const char *sim_line_kind_word(enum sim_line_kind k)
{
	static const char *const words[] = {"say", "play",   "agent", "person",
					    "me",  "digits", "note"};

	return words[k];
}

static void changed(struct sim_leg *leg, struct sim_heard *h)
{
	sim_leg_changed(leg);
	h->version = leg->version;
}

static void text_add(struct sim_heard *h, struct str more)
{
	if (h->n + more.n + 1 > h->cap) {
		h->cap = size_max(h->cap * 2, h->n + more.n + 64);
		h->text = xrealloc(h->text, h->cap);
	}
	if (more.n > 0)
		memcpy(h->text + h->n, more.p, more.n);
	h->n += more.n;
	h->text[h->n] = '\0';
}

size_t sim_line_add(struct sim_leg *leg, enum sim_line_kind kind, struct str text)
{
	struct sim_lines *l = &leg->lines;
	struct sim_heard *h;

	if (l->n == SIM_LINES_MAX) {
		free(l->at[0].text);
		memmove(l->at, l->at + 1, (l->n - 1) * sizeof *l->at);
		l->n--;
		l->dropped++;
	}
	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 16 : l->cap * 2;
		l->at = xrealloc(l->at, l->cap * sizeof *l->at);
	}
	h = &l->at[l->n++];
	*h = (struct sim_heard){.kind = kind, .at_us = clock_wall_us()};
	text_add(h, text);
	changed(leg, h);
	return l->dropped + l->n - 1;
}

struct sim_heard *sim_line_at(struct sim_leg *leg, size_t index)
{
	struct sim_lines *l = &leg->lines;

	return index < l->dropped || index - l->dropped >= l->n ? NULL : &l->at[index - l->dropped];
}

void sim_line_more(struct sim_leg *leg, size_t index, struct str text)
{
	struct sim_heard *h = sim_line_at(leg, index);

	if (h == NULL || text.n == 0)
		return;
	text_add(h, text);
	changed(leg, h);
}

void sim_line_over(struct sim_leg *leg, size_t index)
{
	struct sim_heard *h = sim_line_at(leg, index);

	if (h == NULL || h->over)
		return;
	h->over = true;
	h->until_us = clock_wall_us();
	h->heard = h->n;
	changed(leg, h);
}

void sim_line_cut(struct sim_leg *leg, size_t index, unsigned blocks, unsigned of)
{
	struct sim_heard *h = sim_line_at(leg, index);
	struct str whole;

	if (h == NULL || h->over)
		return;
	whole = str_make(h->text, h->n);
	h->over = true;
	h->until_us = clock_wall_us();
	h->cut = blocks < of;
	h->heard = of == 0 || !h->cut ? h->n
				      : utf8_cut(whole, (size_t)((uint64_t)h->n * blocks / of)).n;
	changed(leg, h);
}

bool sim_line_sounds(const struct sim_leg *leg)
{
	for (size_t i = leg->lines.n; i > 0; i--) {
		const struct sim_heard *h = &leg->lines.at[i - 1];

		if (h->kind == SIM_LINE_SAY || h->kind == SIM_LINE_PLAY)
			return !h->over;
	}
	return false;
}

void sim_line_lasts(struct sim_leg *leg, size_t index, int64_t ms)
{
	struct sim_heard *h = sim_line_at(leg, index);

	if (h != NULL)
		h->until_us = h->at_us + ms * 1000;
}

void sim_lines_hush(struct sim_leg *leg)
{
	int64_t now = clock_wall_us();

	for (size_t i = 0; i < leg->lines.n; i++) {
		struct sim_heard *h = &leg->lines.at[i];

		if (h->kind == SIM_LINE_PERSON && h->until_us > now)
			h->until_us = now;
	}
}

void sim_line_note(struct sim_leg *leg, const char *fmt, ...)
{
	char text[300];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	n = (int)int_clamp(n, 0, sizeof text - 1);
	sim_line_over(leg, sim_line_add(leg, SIM_LINE_NOTE, str_make(text, (size_t)n)));
}

void sim_lines_clear(struct sim_lines *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->at[i].text);
	free(l->at);
	*l = (struct sim_lines){0};
}

/* ---- tracks ---- */

struct sim_utterance *sim_track_add(struct sim_track *t, struct str text, unsigned letters_per_s)
{
	struct sim_utterance *u;

	if (t->n == t->cap) {
		t->cap = t->cap == 0 ? 8 : t->cap * 2;
		t->at = xrealloc(t->at, t->cap * sizeof *t->at);
	}
	u = &t->at[t->n++];
	*u = (struct sim_utterance){.n = text.n,
				    .count = sim_speech_count(text, letters_per_s),
				    .started_ms = clock_mono_ms()};
	u->cut = u->count;
	u->text = xmalloc(text.n + 1);
	if (text.n > 0)
		memcpy(u->text, text.p, text.n);
	u->text[text.n] = '\0';
	return u;
}

void sim_track_cut(struct sim_track *t)
{
	struct sim_utterance *u;
	int64_t spoken;

	if (t->n == 0)
		return;
	u = &t->at[t->n - 1];
	spoken = (clock_mono_ms() - u->started_ms) / SIM_SPEECH_MS;
	if (spoken < (int64_t)u->cut)
		u->cut = (unsigned)int_clamp(spoken, 0, UINT16_MAX);
}

void sim_track_clear(struct sim_track *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->at[i].text);
	free(t->at);
	*t = (struct sim_track){0};
}

/* ---- waiting ---- */

static void waited(struct sim_quiet *q)
{
	int64_t ms = clock_mono_ms() - q->since_ms;

	if (q->since_ms > 0 && ms > q->longest_ms) {
		q->longest_ms = ms;
		q->longest_at_us = clock_wall_us() - ms * 1000;
	}
	q->since_ms = 0;
}

void sim_quiet_wait(struct sim_leg *leg)
{
	if (leg->quiet.since_ms == 0 && leg->status == SIM_LEG_IN_PROGRESS &&
	    !sim_room_company(leg)) /* a person who does not answer is no fault of the line */
		leg->quiet.since_ms = clock_mono_ms();
}

void sim_quiet_sound(struct sim_leg *leg)
{
	waited(&leg->quiet);
}

void sim_quiet_turn(struct sim_leg *leg)
{
	waited(&leg->quiet);
}

int64_t sim_quiet_longest(const struct sim_leg *leg, int64_t *at_us)
{
	const struct sim_quiet *q = &leg->quiet;
	int64_t ms = q->since_ms > 0 ? clock_mono_ms() - q->since_ms : 0;

	if (ms > q->longest_ms) {
		*at_us = clock_wall_us() - ms * 1000;
		return ms;
	}
	*at_us = q->longest_at_us;
	return q->longest_ms;
}

/* ---- voices ---- */

/* Lines stand in the order in which they began: each can only reach into those before it. */
int64_t sim_voices_at_once(const struct sim_leg *leg, int64_t *at_us)
{
	int64_t until[SIM_LINE_PERSON + 1] = {0}, now = clock_wall_us(), longest = 0;

	*at_us = 0;
	for (size_t i = 0; i < leg->lines.n; i++) {
		const struct sim_heard *h = &leg->lines.at[i];
		int64_t end = h->until_us == 0 ? now : h->until_us;

		if (h->kind != SIM_LINE_SAY && h->kind != SIM_LINE_AGENT &&
		    h->kind != SIM_LINE_PERSON)
			continue;
		for (int k = SIM_LINE_SAY; k <= SIM_LINE_PERSON; k++) {
			int64_t both = (until[k] < end ? until[k] : end) - h->at_us;

			if (k != (int)h->kind && both > longest) {
				longest = both;
				*at_us = h->at_us;
			}
		}
		if (end > until[h->kind])
			until[h->kind] = end;
	}
	return longest / 1000;
}
