/*
 * scribe.h - what is said on a bridged call, written down: in order, once, while it counts
 * (docs/calls.md).
 *
 * A scribe belongs to one stream of one call. What it is told it keeps until the database has it:
 * a line is never lost while the process lives, however long the database is away, up to
 * SCRIBE_LINES_MAX that wait (more than a call of hours). What waits goes in one round trip. A
 * scribe that has ended goes when all of it is kept. What somebody is saying this moment is passed
 * on to staff and kept nowhere.
 *
 * Payment cards are taken out here, also where a number is spread over several lines.
 */
#ifndef SWITCHBACK_SERVER_VOICE_SCRIBE_H
#define SWITCHBACK_SERVER_VOICE_SCRIBE_H

#include "server/db/row.h"
#include "server/voice/bridge.h"
#include "shared/language.h"

#define SCRIBE_LINES_MAX 4096

struct app;
struct scribe;
struct scribes; /* all of a process */

struct scribe_of {
	const char *organization, *conversation, *call;
	const char *customer;   /* NULL: nobody whom we know */
	int64_t epoch;          /* that the agent speaks under */
	enum language language; /* spoken at the start */
};

/* NULL: the process carries too many. */
struct scribe *scribe_new(struct scribes *all, const struct scribe_of *of);

/* A conversation at ElevenLabs has begun; what follows was said in it. */
void scribe_began(struct scribe *s, struct str conversation);
/* It is over. `whole`: nothing was said in it that we have not heard. */
void scribe_over(struct scribe *s, bool whole);
void scribe_partial(struct scribe *s, const struct bridge_line *l);
void scribe_final(struct scribe *s, const struct bridge_line *l);
void scribe_corrected(struct scribe *s, int64_t event, struct str original, struct str text);
/* The customer's text was said to the agent: should the conversation tell it as the caller's words,
 * it is in the thread already. */
void scribe_typed(struct scribe *s, struct str text);
/* The agent does not speak here any more: what comes of it is not written down. */
void scribe_fence(struct scribe *s);
/* Nothing more comes. s must not be used again. NULL is fine. */
void scribe_end(struct scribe *s);

struct scribes_figures {
	unsigned calls, waiting; /* scribes, and lines that are not kept yet */
	uint64_t kept, corrected, refused, partials, retries, lost;
};
struct scribes *scribes_open(struct app *app);
void scribes_figures(const struct scribes *all, struct scribes_figures *out);
/* Close the flows first. What could not be kept is counted in the log (and read back later:
 * jobs/call_transcript). NULL is fine. */
void scribes_close(struct scribes *all);

#endif
