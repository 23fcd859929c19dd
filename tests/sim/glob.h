/*
 * glob.h - patterns of the practice script: '*' is any text, '?' one character, '|' or. Letters
 * match in both cases and with or without their accents, so a script does not break on "Ouvert".
 */
#ifndef SWITCHBACK_TESTS_SIM_GLOB_H
#define SWITCHBACK_TESTS_SIM_GLOB_H

#include "shared/str.h"

bool sim_glob(struct str pattern, struct str text);

#endif
