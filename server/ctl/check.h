/*
 * check.h - switchbackctl check: what its parts share.
 */
#ifndef SWITCHBACK_SERVER_CTL_CHECK_H
#define SWITCHBACK_SERVER_CTL_CHECK_H

#include "server/ctl/ctl.h"

struct check {
	struct ctl *c;
	struct settings service; /* the settings as switchbackd would read them */
	unsigned bad;
};

/* One line: ok, or not with what to do. */
void check_said(struct check *k, bool ok, const char *what, const char *sentence);
/* A line that is neither. */
void check_noted(struct check *k, const char *what, const char *sentence);

/* Calls: where each number points at Twilio, and whether each store's agent can carry one. Needs
 * the owner's database and providers that answer; what else is wrong there is told elsewhere. */
void check_voice(struct check *k);

#endif
