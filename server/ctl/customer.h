/*
 * customer.h - one customer of the store in whose transaction we are.
 */
#ifndef SWITCHBACK_SERVER_CTL_CUSTOMER_H
#define SWITCHBACK_SERVER_CTL_CUSTOMER_H

#include "server/ctl/ctl.h"

/* The customer that the first argument names, by id or number; locked. */
MUST_USE
bool customer_find(struct ctl *c, const char **id, struct err *err);

#endif
