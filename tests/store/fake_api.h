/*
 * fake_api.h - a stand-in for ElevenLabs' API that gives signed URLs, or does not. For one test
 * program.
 */
#ifndef SWITCHBACK_TESTS_STORE_FAKE_API_H
#define SWITCHBACK_TESTS_STORE_FAKE_API_H

#include "server/net/web.h"

static struct {
	int status; /* what it answers; 0: nothing, ever */
	unsigned asked;
	char key[60], query[100];
} api;

static void url_asked(struct app *app, const struct web_request *r, struct ticket t)
{
	(void)app;
	api.asked++;
	snprintf(api.key, sizeof api.key, STR_FMT, STR_ARG(web_header(r, "xi-api-key")));
	snprintf(api.query, sizeof api.query, STR_FMT, STR_ARG(r->query));
	if (api.status == 200)
		web_reply(t, 200, "application/json",
			  STR_LIT("{\"signed_url\":\"ws://127.0.0.1:1/v1/convai/"
				  "conversation?t=1\"}"));
	else if (api.status != 0)
		web_reply(t, api.status, "application/json",
			  STR_LIT("{\"detail\":{\"status\":\"quota_exceeded\"}}"));
}

static const struct route api_routes[] = {
	{.method = WEB_GET, .path = "/v1/convai/conversation/get-signed-url", .handle = url_asked},
	{.path = NULL},
};

#endif
