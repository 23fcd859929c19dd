/*
 * notices.h - the answers to STOP, START and HELP that are ours to give, in the keyword's language.
 * {store} and {phone} are filled in by the database (schema/functions/text_in.sql).
 */
#ifndef SWITCHBACK_SERVER_WEBHOOK_NOTICES_H
#define SWITCHBACK_SERVER_WEBHOOK_NOTICES_H

#include "server/twilio/keywords.h"

/* NULL: the carrier confirms this one itself, or would block what we send (twilio.md 2.5).
 * carrier_matched: the webhook carried OptOutType, so the carrier has answered whatever it was. */
const char *notice_for(const struct keyword *k, bool carrier_matched);

/* stop | start | start_if_out | help, or NULL: what the database is told. */
const char *keyword_word(const struct keyword *k);

#endif
