/*
 * board.h - the calls whose audio this process carries, by organization and conversation; and how
 * they learn what happens to them elsewhere.
 *
 * A call on the board listens to its conversation (events/hub.h). In the loop turn in which the hub
 * reads of it: a whisper is told to the agent, a customer's text is said to it, and when the call
 * is not this agent's any more - another holder, epoch or stage, closed, ended - the bridge falls
 * silent and closes, and its scribe writes nothing more of the agent.
 */
#ifndef SWITCHBACK_SERVER_VOICE_BOARD_H
#define SWITCHBACK_SERVER_VOICE_BOARD_H

#include "server/events/hub.h"
#include "server/voice/bridge.h"
#include "server/voice/scribe.h"

struct board;

/* Belongs to whoever puts it up (line.c); filled in but for the board's own. */
struct board_call {
	char organization[ID_TEXT], conversation[ID_TEXT], call[ID_TEXT];
	int64_t epoch; /* that the agent speaks under */
	struct bridge *bridge;
	struct scribe *scribe;
	bool over; /* it is not this agent's any more */
	/* the board's own */
	struct board *board;
	struct board_call *next, *prev;
	struct hub_ear *ear;
};

struct board *board_open(struct hub *hub);
/* Everything in the call was true at that event's number. */
void board_add(struct board *b, struct board_call *c, int64_t after);
/* Not there is fine. */
void board_remove(struct board_call *c);
/* NULL: this process does not carry it. */
struct board_call *board_find(const struct board *b, const char *organization,
			      const char *conversation);
unsigned board_count(const struct board *b);
/* Takes down what is there still. NULL is fine. */
void board_close(struct board *b);

#endif
