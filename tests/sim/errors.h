/*
 * errors.h - Twilio's error codes that the practice line can answer, report or raise: their HTTP
 * status and sentence (twilio.md 8.3). One table; nothing else in the simulator spells a code out.
 */
#ifndef SWITCHBACK_TESTS_SIM_ERRORS_H
#define SWITCHBACK_TESTS_SIM_ERRORS_H

#include "shared/base.h"

struct sim_error {
	int code;
	int status; /* of the answer; 0: never an answer, only a state of a message or an alert */
	const char *text;
};

/* NULL for a code that the table does not hold. */
const struct sim_error *sim_error_find(int code);
/* Its sentence; "Unknown error" for what the table does not hold. */
const char *sim_error_text(int code);

#endif
