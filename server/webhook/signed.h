/*
 * signed.h - the first steps that every Twilio webhook shares: the form read, the signature proved.
 * Nothing of a request is believed before signed_proved.
 */
#ifndef SWITCHBACK_SERVER_WEBHOOK_SIGNED_H
#define SWITCHBACK_SERVER_WEBHOOK_SIGNED_H

#include "server/app.h"
#include "server/store/account.h"
#include "server/twilio/form.h"

struct signed_form {
	const struct web_request *request; /* during the first step only */
	struct ticket ticket;
	struct form form;
	struct form query; /* of the URL */
	struct str account_sid;
	char expected[ID_TEXT]; /* the store whose own account signed; empty: the platform's */
	/* while the account is being looked up */
	struct str signature, target;
	struct account account;
};

enum signed_state {
	SIGNED_PROVED,
	SIGNED_REFUSED, /* flow_fail was called: denied, or a form that cannot be read */
	SIGNED_ASKED, /* the account is being looked up: go on in a step that calls signed_answered
		       */
};

/* In the first step, inside the web handler's call. */
enum signed_state signed_read(struct flow *f, struct signed_form *s);
/* In the step after SIGNED_ASKED. */
enum signed_state signed_answered(struct flow *f, struct signed_form *s);

/* A line in the log for a request that did not prove who sent it. */
void refusal_told(struct app *app, struct str path, const char *why);

/* Answers a failed webhook: 403 that tells nothing, 400, or 503 for "could not be kept". */
void signed_failed(struct flow *f, const struct signed_form *s);

#endif
