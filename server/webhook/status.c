/*
 * status.c - one address for the status of messages and of calls: which of the two it is, is only
 * looked at here. What the request says is believed after its signature, by whoever gets it.
 */
#include "server/app.h"
#include "server/twilio/form.h"
#include "server/webhook/webhooks.h"

void status_start(struct app *app, const struct web_request *r, struct ticket t)
{
	struct arena a = {0};
	struct form form;
	bool call = form_parse(&a, r->body, &form, NULL) && form_get(&form, "CallSid").n > 0 &&
		    form_get(&form, "MessageSid").p == NULL;

	arena_free(&a);
	if (call)
		call_hook_start(app, r, t);
	else
		message_status_start(app, r, t);
}
