/*
 * script.h - the practice script: one line, one thing that happens or must happen.
 *
 *   # a remark                                    let STORE +14165550001
 *   say The store is closed today.                name $STORE Bici Downtown
 *   +15145550199 > $STORE: are you open?          +15145550199 > $STORE [photo]: this one
 *   expect from $STORE within 10s: *open*|*closed*
 *   expect nothing from $STORE for 3s
 *   call +15145550199 > $STORE                    speak Are you open on Saturday?
 *   hear within 20s: *Saturday*                   press 0        hang up
 *   wait 2s        fault 429 next 2        faults clear        phone +15145550199 behaves 30003
 *
 * `expect` looks at what came to the phone that texted last (or `to NUMBER`) and was not expected
 * before. `hear` looks at what was said on the call, in the same way. `let` gives a default that
 * --set overrides; $DIGITS is four digits, new in each run.
 */
#ifndef SWITCHBACK_TESTS_SIM_SCRIPT_H
#define SWITCHBACK_TESTS_SIM_SCRIPT_H

#include "shared/arena.h"
#include "shared/err.h"

enum sim_step_kind {
	SIM_STEP_SAY,
	SIM_STEP_NAME, /* from: the number, text: what to call it */
	SIM_STEP_TEXT,
	SIM_STEP_EXPECT,
	SIM_STEP_NOTHING, /* expect nothing for ms */
	SIM_STEP_WAIT,
	SIM_STEP_FAULT,
	SIM_STEP_CLEAR,
	SIM_STEP_BEHAVES, /* from: the phone, text: the word */
	SIM_STEP_CALL,
	SIM_STEP_SPEAK,
	SIM_STEP_HEAR,
	SIM_STEP_PRESS,
	SIM_STEP_HANG_UP,
};

struct sim_step {
	enum sim_step_kind kind;
	unsigned line;
	struct str from, to; /* of an expectation `to` is always set */
	struct str text;     /* body, pattern, remark, fault, behaviour */
	unsigned ms;
	bool photo;
};

struct sim_variable {
	struct str name, value;
};

#define SIM_STEPS_MAX     500
#define SIM_VARIABLES_MAX 64

struct sim_script {
	struct sim_step *steps;
	size_t n;
	struct sim_variable variables[SIM_VARIABLES_MAX];
	size_t variables_n;
};

/* Sets a variable from outside, before reading; the first one wins. */
MUST_USE
bool sim_script_set(struct sim_script *s, struct str name, struct str value, struct err *err);
/* Reads all lines; the sentence of an error begins with the line. */
MUST_USE
bool sim_script_read(struct arena *a, struct str text, struct sim_script *s, struct err *err);

/* "10s", "250ms", "10 s". */
MUST_USE
bool sim_duration_read(struct str text, unsigned *ms);

#endif
