/*
 * variables.h - what a voice agent is told of caller and store before the first word: the dynamic
 * variables of a conversation at ElevenLabs (elevenlabs.md 2.1). Pure.
 *
 * The set is complete, always: a variable that a prompt names and that is absent ends the call
 * (2.3). Every value is a scalar; text is of one line, without braces and control characters, of
 * bounded length, never empty: what is not known says so, in the caller's language, and nothing is
 * called open that is not known to be.
 */
#ifndef SWITCHBACK_SERVER_AGENT_VARIABLES_H
#define SWITCHBACK_SERVER_AGENT_VARIABLES_H

#include "server/agent/agent.h"

struct variables_order {
	struct str number, status, items, tracking; /* status as the column has it */
	struct str total, currency;                 /* "45.20" "CAD"; empty: not told */
	int64_t placed_us;
};

struct variables_appointment {
	struct str service_en, service_fr, state;
	int64_t starts_us;
};

struct variables_line {
	struct str author; /* customer | agent | staff | system */
	struct str body;
};

/* What is known; what is empty, 0 or NULL is not. */
struct variables_in {
	int64_t now_us;
	const struct store *store;
	enum language language; /* of the call; unknown: the store's */
	struct str first_name, last_name, email;
	enum language customer_language;
	int64_t customer_since_us;
	const struct variables_order *orders; /* newest first */
	size_t orders_n;
	const struct variables_appointment *appointments; /* to come, soonest first */
	size_t appointments_n;
	const struct variables_line *history; /* oldest first */
	size_t history_n;
	struct str summary, sentiment; /* of the last conversation that has one */
	int64_t last_us;               /* the last contact before this call */
	bool last_by_text;
	int64_t messages_total;
	bool can_schedule, can_order;
	struct str thread_id, caller_number /* E.164, or not known */, store_number, call_sid;
	struct str tool_token;
	struct str greeting; /* instead of our own: the call goes on */
};

enum variable_kind { VARIABLE_TEXT, VARIABLE_NUMBER, VARIABLE_BOOL };

struct variable {
	const char *name;
	enum variable_kind kind;
	struct str text;
	int64_t number; /* of a bool: 0, 1 */
};

#define VARIABLES_N 31

/* In the order of the names below; texts in the arena. */
void variables_of(struct arena *a, const struct variables_in *in, struct variable out[VARIABLES_N]);

/* The name of the i-th. */
const char *variable_name(size_t i);

#endif
