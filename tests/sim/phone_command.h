/*
 * phone_command.h - what a line that was entered means, and the sentences and wishes that the
 * handset's files share.
 */
#ifndef SWITCHBACK_TESTS_SIM_PHONE_COMMAND_H
#define SWITCHBACK_TESTS_SIM_PHONE_COMMAND_H

#include "tests/sim/phone_model.h"

/* Enter: carries out the input line and empties it, or says why not. */
void phone_enter(struct phone *p);

void phone_notice(struct phone *p, const char *text, bool warns);
void phone_warn(struct phone *p, enum sim_word w);
/* Texts and calls: another phone, or all of them come again. */
void phone_forget(struct phone *p);

#endif
