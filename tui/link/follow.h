/*
 * follow.h - the stream of events: from a number on, without a gap and without a double, over as
 * many connections as that takes.
 *
 * What the model is told: MSG_LINK whenever the connection changes, and each event once, in the
 * order of its number. A stream that is silent for FOLLOW_SILENT_MS (the service sends a heartbeat
 * every 15 s), that skips a number or cannot be read is cut and opened again after the last number
 * that was told. Where the service no longer has the events (410), following ends with LINK_GONE:
 * the model loads its list anew and follows from there.
 */
#ifndef SWITCHBACK_TUI_LINK_FOLLOW_H
#define SWITCHBACK_TUI_LINK_FOLLOW_H

#include "tui/link/pass.h"
#include "tui/link/sse_reader.h"

#define FOLLOW_SILENT_MS 40000

struct follow {
	struct exchanges *exchanges;
	const struct teller *teller;
	struct pass *pass;
	int64_t silent_ms; /* FOLLOW_SILENT_MS; tests make it shorter */

	bool wanted;    /* the console wants to follow */
	bool is_live;   /* `connection` has come */
	bool is_resync; /* the last connection was cut for a skipped number */
	int64_t last;   /* number of the newest event that was told */
	struct exchange *stream;
	uint32_t generation; /* of the token that it was opened with */
	int64_t heard_ms;    /* when the last byte came */
	int64_t retry_at_ms;
	unsigned failures;
	const char *cut; /* why our side cuts it; NULL: it does not */
	char ended[64];  /* the service ended our session: why; "" not */
	struct sse_reader sse;
	struct arena arena; /* of the event being told */
};

void follow_init(struct follow *f, struct exchanges *exchanges, const struct teller *teller,
		 struct pass *pass);
void follow_clear(struct follow *f);

/* Opens the stream behind event number `after`; an earlier one is closed. */
void follow_start(struct follow *f, int64_t after);
void follow_stop(struct follow *f);
/* The world may have changed (woken from sleep): looks at once whether the line is dead. */
void follow_turn(struct follow *f, int64_t now_ms);
int64_t follow_due_ms(const struct follow *f);

#endif
