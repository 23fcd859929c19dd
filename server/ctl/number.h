/*
 * number.h - the provider account of a store.
 */
#ifndef SWITCHBACK_SERVER_CTL_NUMBER_H
#define SWITCHBACK_SERVER_CTL_NUMBER_H

#include "server/ctl/ctl.h"
#include "server/ctl/twilio.h"

/* Inside a store's transaction: its own Twilio account, else the settings'. */
MUST_USE
bool number_account(struct ctl *c, struct twilio_account *out, struct err *err);

#endif
