/*
 * jobs.h - the jobs that the runner starts, one flow a file.
 */
#ifndef SWITCHBACK_SERVER_JOBS_JOBS_H
#define SWITCHBACK_SERVER_JOBS_JOBS_H

#include "server/core/flow.h"

/* ref is a conversation: one turn of the agent in it. */
extern const struct flow_kind agent_turn_kind;
/* ref is an outbox row: ask the carrier to send it, or find out what came of asking. */
extern const struct flow_kind outbox_send_kind;
/* ref is a promise whose time has come. */
extern const struct flow_kind promise_due_kind;
/* ref is the provider event of a conversation whose end nobody has told. */
extern const struct flow_kind call_transcript_kind;
/* ref is a customer to be called (outbound_calls). */
extern const struct flow_kind call_out_kind;
/* ref is a leg whose end nobody may tell us of. */
extern const struct flow_kind call_watch_kind;
/* ref is a leg of a call: what it needs of the carrier. */
extern const struct flow_kind call_steer_kind;

#endif
