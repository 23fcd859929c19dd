/*
 * roles.h - one table of action x role; what it does not grant is not allowed.
 *
 * The door of each route asks role_may() with the role from the database, not from the token. The
 * platform's own people have no role here: they act through switchbackctl with a database role.
 */
#ifndef SWITCHBACK_SERVER_API_ROLES_H
#define SWITCHBACK_SERVER_API_ROLES_H

#include "shared/base.h"
#include "shared/str.h"

enum role {
	ROLE_NONE, /* may nothing: also what a word that we do not know is */
	ROLE_ADMIN,
	ROLE_MANAGER,
	ROLE_STAFF,
	ROLE_SERVICE_TECH,
	ROLE_COUNT
};

enum action {
	ACTION_NONE,
	ACTION_ACCOUNT_OWN,
	ACTION_EVENTS_READ,
	ACTION_PRESENCE_SET,
	ACTION_CONVERSATION_READ,
	ACTION_CONVERSATION_TAKE_OVER,
	ACTION_CONVERSATION_FORCE,
	ACTION_CONVERSATION_REPLY,
	ACTION_CONVERSATION_WHISPER,
	ACTION_CONVERSATION_HAND_BACK,
	ACTION_CONVERSATION_CLOSE,
	ACTION_CONVERSATION_NOTE,
	ACTION_ESCALATION_READ,
	ACTION_ESCALATION_CLAIM,
	ACTION_ESCALATION_TRANSFER,
	ACTION_ESCALATION_TRANSFER_ANY,
	ACTION_ESCALATION_RESOLVE,
	ACTION_OUTBOUND_TEXT,
	ACTION_OUTBOUND_CALL,
	ACTION_CUSTOMER_READ,
	ACTION_CUSTOMER_EDIT,
	ACTION_CUSTOMER_BLOCK,
	ACTION_CUSTOMER_EXPORT,
	ACTION_ORDER_READ,
	ACTION_ORDER_EDIT,
	ACTION_PRODUCT_READ,
	ACTION_PRODUCT_EDIT,
	ACTION_RETURN_READ,
	ACTION_RETURN_OPEN,
	ACTION_RETURN_DECIDE,
	ACTION_APPOINTMENT_READ,
	ACTION_APPOINTMENT_BOOK,
	ACTION_APPOINTMENT_OVERRIDE,
	ACTION_APPOINTMENT_WORK,
	ACTION_CALENDAR_EDIT,
	ACTION_CANNED_REPLY_READ,
	ACTION_CANNED_REPLY_EDIT,
	ACTION_HOURS_READ,
	ACTION_HOURS_EDIT,
	ACTION_STORE_CLOSE,
	ACTION_POLICY_EDIT,
	ACTION_ANALYTICS_READ,
	ACTION_COLLEAGUES_READ,
	ACTION_USER_MANAGE,
	ACTION_API_KEY_MANAGE,
	ACTION_AUDIT_READ,
	ACTION_COUNT
};

struct action_row {
	const char *name; /* "conversation.take_over": as in the audit log and the documents */
	unsigned roles;   /* bits 1 << enum role */
	const char *line; /* what it is, one line */
};

bool role_may(enum role role, enum action action);

/* "admin"; false for any other word, and for "none" and "super_admin". */
MUST_USE
bool role_parse(struct str word, enum role *out);
const char *role_name(enum role role);

/* The row of an action; ACTION_NONE and what is out of range grant nothing. */
const struct action_row *action_row(enum action action);

/* The action of that name; ACTION_NONE for any other word. */
enum action action_find(const char *name);

/* The table in words: for a terminal, and for docs/. */
void roles_say(FILE *to);
void roles_markdown(FILE *to);

#endif
