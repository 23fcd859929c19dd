/*
 * script.h - what the practice agent answers: canned lines in English and French, filled with the
 * variables that the service gave.
 */
#ifndef SWITCHBACK_TESTS_SIM_ELEVEN_SCRIPT_H
#define SWITCHBACK_TESTS_SIM_ELEVEN_SCRIPT_H

#include <jansson.h>

#include "shared/arena.h"
#include "shared/buf.h"

enum sim_turn_end {
	SIM_TURN_ON,   /* and waits for the customer */
	SIM_TURN_TOOL, /* asks the client for a person (speak_to_staff) */
	SIM_TURN_BYE,  /* and hangs up */
};

struct sim_turn {
	struct str text; /* in the arena */
	enum sim_turn_end end;
};

#define SIM_TOOL_STAFF "speak_to_staff"

void sim_turn_answer(struct arena *a, struct str said, bool french, const json_t *variables,
		     struct sim_turn *out);
/* What it says once a client tool has answered. */
struct str sim_turn_after_tool(bool french, bool is_error);
/* It speaks up when nobody says anything. */
struct str sim_turn_still_there(bool french);

/* text with each {{name}} replaced by the variable's value; an unknown one by nothing. */
struct str sim_template_fill(struct arena *a, const char *text, const json_t *variables);
/* The first {{name}} of text that the variables do not have, empty if none; *rest goes on behind.
 */
struct str sim_template_missing(struct str *rest, const json_t *variables);

#endif
