/*
 * notices.h - the answers to STOP, START and HELP that are ours to give, in both languages. {store}
 * and {phone} are filled in by the database. GSM-7, at most one segment with a store name of 40
 * characters.
 */
#ifndef SWITCHBACK_SERVER_WEBHOOK_NOTICES_H
#define SWITCHBACK_SERVER_WEBHOOK_NOTICES_H

#include "server/twilio/keywords.h"

/* NULL: the carrier answers this one itself (twilio.md 2.5), or would block what we send. */
const char *notice_for(const struct keyword *k);

#endif
