/*
 * sids.h - Twilio's identifiers: two letters that say what it is, and 32 hex digits
 * (twilio.md 1.5). A SID is checked against its pattern before it is kept, logged or put into a
 * path.
 */
#ifndef SWITCHBACK_SERVER_TWILIO_SIDS_H
#define SWITCHBACK_SERVER_TWILIO_SIDS_H

#include "shared/str.h"

#define SID_LENGTH 34
#define SID_MAX    35 /* with its NUL */

/* s is a SID of that kind: "AC" account, "MG" messaging service, "PN" number, "CA" call, "ME"
 * media, "SK" API key, ... */
bool sid_is(struct str s, const char *kind);

/* A message: "SM" or "MM". */
bool sid_is_message(struct str s);

/* Any SID: two upper-case letters and 32 hex digits. */
bool sid_valid(struct str s);

#endif
