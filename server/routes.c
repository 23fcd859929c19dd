/*
 * routes.c - see routes.h. A new webhook, command or query is a new file and a row here.
 */
#include "server/routes.h"

#include "server/api/auth.h"
#include "server/api/events.h"
#include "server/api/health.h"
#include "server/webhook/webhooks.h"

const struct route routes[] = {
	{.method = WEB_GET, .path = "/healthz", .handle = healthz},
	{.method = WEB_GET, .path = "/readyz", .handle = readyz_start},
	{.method = WEB_GET, .path = "/metrics", .handle = metrics},
	{.method = WEB_POST, .path = "/api/webhooks/twilio/sms", .handle = sms_in_start},
	{.method = WEB_POST, .path = "/api/webhooks/twilio/status", .handle = message_status_start},
	{.method = WEB_POST, .path = "/api/auth/login", .handle = login, .body_max = 8192},
	{.method = WEB_POST, .path = "/api/auth/refresh", .handle = refresh, .body_max = 8192},
	{.method = WEB_POST,
	 .path = "/api/auth/logout",
	 .handle = door,
	 .action = "account.own",
	 .with = &logout_row},
	{.method = WEB_GET,
	 .path = "/api/auth/sessions",
	 .handle = door,
	 .action = "account.own",
	 .with = &session_list_row},
	{.method = WEB_DELETE,
	 .path = "/api/auth/sessions/{id}",
	 .handle = door,
	 .action = "account.own",
	 .with = &session_revoke_row},
	{.method = WEB_GET,
	 .path = "/api/me",
	 .handle = door,
	 .action = "account.own",
	 .with = &me_row},
	{.method = WEB_GET,
	 .path = "/api/colleagues",
	 .handle = door,
	 .action = "colleagues.read",
	 .with = &colleagues_row},
	{.method = WEB_GET,
	 .path = "/api/events",
	 .handle = door_through,
	 .action = "events.read",
	 .with = &events_of_store},
	{.method = WEB_GET,
	 .path = "/api/sse/conversation/{customerId}",
	 .handle = door_through,
	 .action = "events.read",
	 .with = &events_of_customer},
	{.path = NULL},
};
