/*
 * lines.h - what was said on a leg, as text: lines that a person can read, what each side says
 * right now, and how long the person has waited for a sound.
 */
#ifndef SWITCHBACK_TESTS_SIM_VOICE_LINES_H
#define SWITCHBACK_TESTS_SIM_VOICE_LINES_H

#include "shared/arena.h"
#include "shared/buf.h"
#include "tests/sim/voice/timer.h"

struct sim_leg;

enum sim_line_kind {
	SIM_LINE_SAY,    /* <Say> */
	SIM_LINE_PLAY,   /* <Play>: the address, or digits */
	SIM_LINE_AGENT,  /* words that came over a media stream */
	SIM_LINE_PERSON, /* another person on the call */
	SIM_LINE_ME,     /* the person at this phone */
	SIM_LINE_DIGITS, /* which they pressed */
	SIM_LINE_NOTE,   /* what happened: ringing, music, a stream that ended */
};
const char *sim_line_kind_word(enum sim_line_kind k);

struct sim_heard {
	enum sim_line_kind kind;
	uint64_t version;
	int64_t at_us;    /* wall, of its beginning */
	int64_t until_us; /* of its end; 0: it lasts */
	char *text;       /* owned; of an agent it grows while it is heard */
	size_t n, cap;
	char language[12];
	char who[24];
	bool over;    /* nothing more comes of it */
	bool cut;     /* it was stopped before its end */
	size_t heard; /* bytes of text that were heard when it was cut */
};

#define SIM_LINES_MAX 1000

struct sim_lines {
	struct sim_heard *at;
	size_t n, cap;
	size_t dropped; /* older ones that are gone */
};

/* A sentence on one track of a leg: streams carry it in blocks, each with a place of its own. */
struct sim_utterance {
	char *text; /* owned */
	size_t n;
	unsigned count; /* blocks */
	unsigned cut;   /* blocks that were spoken when it was stopped; count if it was not */
	int64_t started_ms;
};

struct sim_track {
	struct sim_utterance *at;
	size_t n, cap;
};

/* What the person says: one sentence after the other. */
struct sim_talk {
	struct sim_track said, played; /* by the person; to the person */
	size_t next;                   /* of said: the one that is spoken or comes next */
	bool talking;
	struct sim_timer *timer;
};

/* How long the person had to wait for a sound when it was not their turn. */
struct sim_quiet {
	int64_t since_ms; /* 0: nothing is waited for */
	int64_t longest_ms, longest_at_us;
};

/* ---- lines ---- */

/* A new line; the index stays good until SIM_LINES_MAX more. */
size_t sim_line_add(struct sim_leg *leg, enum sim_line_kind kind, struct str text);
/* NULL when it is gone. */
struct sim_heard *sim_line_at(struct sim_leg *leg, size_t index);
void sim_line_more(struct sim_leg *leg, size_t index, struct str text);
void sim_line_over(struct sim_leg *leg, size_t index);
/* Stopped when `heard` of its blocks had been. */
void sim_line_cut(struct sim_leg *leg, size_t index, unsigned blocks, unsigned of);
/* A sentence or a sound of a document is being played. */
bool sim_line_sounds(const struct sim_leg *leg);
/* What another person says is heard until they have said it, or until they cannot be heard. */
void sim_line_lasts(struct sim_leg *leg, size_t index, int64_t ms);
void sim_lines_hush(struct sim_leg *leg);
void sim_line_note(struct sim_leg *leg, const char *fmt, ...) PRINTF_LIKE(2, 3);
void sim_lines_clear(struct sim_lines *l);

/* ---- tracks ---- */

struct sim_utterance *sim_track_add(struct sim_track *t, struct str text, unsigned letters_per_s);
/* The one that is spoken now stops here. */
void sim_track_cut(struct sim_track *t);
void sim_track_clear(struct sim_track *t);

/* ---- waiting ---- */

/* The person waits for a sound from here on, unless they did already. */
void sim_quiet_wait(struct sim_leg *leg);
/* There is one. */
void sim_quiet_sound(struct sim_leg *leg);
/* It is the person's own turn: nobody waits. */
void sim_quiet_turn(struct sim_leg *leg);
/* The longest wait so far, the one that lasts included; *at_us is when it began (wall). */
int64_t sim_quiet_longest(const struct sim_leg *leg, int64_t *at_us);

/* ---- voices ---- */

/* For how long two voices that know nothing of each other were heard at once, at most: our own
 * (<Say>), an agent's over a stream, a person's. People may talk across each other. *at_us is when
 * that began. */
int64_t sim_voices_at_once(const struct sim_leg *leg, int64_t *at_us);

#endif
