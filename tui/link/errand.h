/*
 * errand.h - what the console wants done, under way: each wish becomes a request, is repeated where
 * that is right, and ends in exactly one answer.
 *
 * Queries run side by side. Commands of one conversation go one after the other, in the order they
 * were wished. A command carries one Idempotency-Key through all its repetitions, so it is done
 * once however often its answer is lost; when nobody knows at the end, the answer is "unknown" and
 * the key is kept for a wish that says `again`.
 */
#ifndef SWITCHBACK_TUI_LINK_ERRAND_H
#define SWITCHBACK_TUI_LINK_ERRAND_H

#include "tui/link/follow.h"
#include "tui/model/outgoing.h"

#define ERRANDS_MAX     128 /* more wishes at once are refused with "busy" */
#define ERRAND_KEYS     32  /* commands of unknown outcome that are remembered */
#define ERRAND_KEY_ROOM 40

struct errand;

struct errands {
	struct exchanges *exchanges;
	const struct teller *teller;
	struct pass *pass;
	const struct follow *follow;
	struct errand *all; /* oldest first */
	size_t n;
	int64_t patience_ms; /* how long one errand may take in all */
	struct {
		uint32_t id;
		char key[ERRAND_KEY_ROOM];
	} unknown[ERRAND_KEYS];
	unsigned unknown_next;
};

void errands_init(struct errands *e, struct exchanges *exchanges, const struct teller *teller,
		  struct pass *pass, const struct follow *follow);
void errands_clear(struct errands *e);

/* Takes the wish (one from OUT_LIST to OUT_NEW_TEXT) over; *wish is empty then. */
void errand_add(struct errands *e, struct outgoing *wish);
/* The session is over: everything under way is refused with "signed_out", or "unknown". */
void errands_end(struct errands *e);
/* The service is there again: what waits to be repeated need not wait longer. */
void errands_hurry(struct errands *e);

void errands_turn(struct errands *e, int64_t now_ms);
int64_t errands_due_ms(const struct errands *e);

#endif
