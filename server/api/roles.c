/*
 * roles.c - the table; see roles.h.
 */
#include "server/api/roles.h"

#define ADMIN   (1u << ROLE_ADMIN)
#define MANAGER (ADMIN | 1u << ROLE_MANAGER) /* and above */
#define STAFF   (MANAGER | 1u << ROLE_STAFF) /* and above */
#define TECH    (MANAGER | 1u << ROLE_SERVICE_TECH)
#define ALL     (STAFF | TECH)

/* In the order of the enum. A row that is missing grants nothing. */
static const struct action_row table[ACTION_COUNT] = {
	[ACTION_ACCOUNT_OWN] = {"account.own", ALL,
				"see who one is, see and end one's own sign-ins"},
	[ACTION_EVENTS_READ] = {"events.read", ALL, "follow what happens in the store"},
	[ACTION_PRESENCE_SET] = {"presence.set", ALL, "say that one is there, busy or away"},
	[ACTION_CONVERSATION_READ] = {"conversation.read", ALL, "read conversations"},
	[ACTION_CONVERSATION_TAKE_OVER] = {"conversation.take_over", ALL,
					   "take a thread or call from the agent"},
	[ACTION_CONVERSATION_FORCE] = {"conversation.force", MANAGER,
				       "take a thread or call from a colleague"},
	[ACTION_CONVERSATION_REPLY] = {"conversation.reply", ALL,
				       "write in a thread that one holds"},
	[ACTION_CONVERSATION_WHISPER] = {"conversation.whisper", STAFF,
					 "tell the agent something the customer does not see"},
	[ACTION_CONVERSATION_HAND_BACK] = {"conversation.hand_back", ALL,
					   "give what one holds back to the agent"},
	[ACTION_CONVERSATION_CLOSE] = {"conversation.close", ALL, "close a conversation"},
	[ACTION_CONVERSATION_NOTE] = {"conversation.note", ALL, "leave a note for colleagues"},
	[ACTION_ESCALATION_READ] = {"escalation.read", ALL, "see who waits for a person"},
	[ACTION_ESCALATION_CLAIM] = {"escalation.claim", ALL,
				     "take a request for a person, or give it back"},
	[ACTION_ESCALATION_TRANSFER] = {"escalation.transfer", ALL,
					"offer one's own to a colleague"},
	[ACTION_ESCALATION_TRANSFER_ANY] = {"escalation.transfer_any", MANAGER,
					    "move a colleague's request to another"},
	[ACTION_ESCALATION_RESOLVE] = {"escalation.resolve", ALL, "say how one's own ended"},
	[ACTION_OUTBOUND_TEXT] = {"outbound.text", ALL, "text a customer first (ready for pickup)"},
	[ACTION_OUTBOUND_CALL] = {"outbound.call", STAFF, "call a customer, or promise a call"},
	[ACTION_CUSTOMER_READ] = {"customer.read", ALL, "read customers"},
	[ACTION_CUSTOMER_EDIT] = {"customer.edit", STAFF, "add and change customers"},
	[ACTION_CUSTOMER_BLOCK] = {"customer.block", MANAGER, "block a number, or let it in again"},
	[ACTION_CUSTOMER_EXPORT] = {"customer.export", ADMIN,
				    "everything that is kept about a customer, in one file"},
	[ACTION_ORDER_READ] = {"order.read", ALL, "read orders"},
	[ACTION_ORDER_EDIT] = {"order.edit", STAFF, "confirm, change and cancel orders"},
	[ACTION_PRODUCT_READ] = {"product.read", ALL, "read the catalogue"},
	[ACTION_PRODUCT_EDIT] = {"product.edit", MANAGER, "change catalogue, prices and stock"},
	[ACTION_RETURN_READ] = {"return.read", ALL, "read returns"},
	[ACTION_RETURN_OPEN] = {"return.open", STAFF, "open a return"},
	[ACTION_RETURN_DECIDE] = {"return.decide", MANAGER, "approve, refund or reject a return"},
	[ACTION_APPOINTMENT_READ] = {"appointment.read", ALL, "read appointments and free times"},
	[ACTION_APPOINTMENT_BOOK] = {"appointment.book", ALL, "book, move and cancel appointments"},
	[ACTION_APPOINTMENT_OVERRIDE] = {"appointment.override", MANAGER,
					 "book outside the rules, with a reason"},
	[ACTION_APPOINTMENT_WORK] = {"appointment.work", ALL,
				     "say that a bike has arrived, is ready, was collected"},
	[ACTION_CALENDAR_EDIT] = {"calendar.edit", MANAGER, "change services and resources"},
	[ACTION_CANNED_REPLY_READ] = {"canned_reply.read", ALL, "use ready sentences"},
	[ACTION_CANNED_REPLY_EDIT] = {"canned_reply.edit", MANAGER, "change ready sentences"},
	[ACTION_HOURS_READ] = {"hours.read", ALL, "read hours, special days and policies"},
	[ACTION_HOURS_EDIT] = {"hours.edit", MANAGER, "change hours and special days"},
	[ACTION_STORE_CLOSE] = {"store.close", MANAGER,
				"close the store for a while, and reopen it"},
	[ACTION_POLICY_EDIT] = {"policy.edit", MANAGER, "change what the store says on a topic"},
	[ACTION_ANALYTICS_READ] = {"analytics.read", MANAGER, "read the figures"},
	[ACTION_COLLEAGUES_READ] = {"colleagues.read", ALL, "see colleagues and who is there"},
	[ACTION_USER_MANAGE] = {"user.manage", ADMIN, "add, change and end staff accounts"},
	[ACTION_API_KEY_MANAGE] = {"api_key.manage", ADMIN,
				   "make and revoke keys of other systems"},
	[ACTION_AUDIT_READ] = {"audit.read", MANAGER, "read who did what"},
};

static const char *const names[ROLE_COUNT] = {
	[ROLE_ADMIN] = "admin",
	[ROLE_MANAGER] = "manager",
	[ROLE_STAFF] = "staff",
	[ROLE_SERVICE_TECH] = "service_tech",
};

const struct action_row *action_row(enum action action)
{
	size_t i = (size_t)action;

	return &table[i < ACTION_COUNT ? i : ACTION_NONE];
}

enum action action_find(const char *name)
{
	for (size_t i = ACTION_NONE + 1; name != NULL && i < ACTION_COUNT; i++) {
		if (strcmp(table[i].name, name) == 0)
			return (enum action)i;
	}
	return ACTION_NONE;
}

bool role_may(enum role role, enum action action)
{
	size_t bit = (size_t)role;

	return bit > ROLE_NONE && bit < ROLE_COUNT && (action_row(action)->roles & 1u << bit) != 0;
}

bool role_parse(struct str word, enum role *out)
{
	for (size_t i = ROLE_NONE + 1; i < ROLE_COUNT; i++) {
		if (str_is(word, names[i])) {
			*out = (enum role)i;
			return true;
		}
	}
	return false;
}

const char *role_name(enum role role)
{
	size_t i = (size_t)role;

	return i > ROLE_NONE && i < ROLE_COUNT ? names[i] : "none";
}

void roles_say(FILE *to)
{
	fprintf(to, "%-24s", "");
	for (size_t role = ROLE_NONE + 1; role < ROLE_COUNT; role++)
		fprintf(to, " %-12s", names[role]);
	fputc('\n', to);
	for (size_t i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
		fprintf(to, "%-24s", table[i].name);
		for (size_t role = ROLE_NONE + 1; role < ROLE_COUNT; role++)
			fprintf(to, " %-12s",
				role_may((enum role)role, (enum action)i) ? "yes" : "-");
		fprintf(to, " %s\n", table[i].line);
	}
}

void roles_markdown(FILE *to)
{
	fprintf(to, "| action | admin | manager | staff | service_tech | what it is |\n"
		    "|---|---|---|---|---|---|\n");
	for (size_t i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
		fprintf(to, "| `%s` |", table[i].name);
		for (size_t role = ROLE_NONE + 1; role < ROLE_COUNT; role++)
			fprintf(to, " %s |",
				role_may((enum role)role, (enum action)i) ? "yes" : "");
		fprintf(to, " %s |\n", table[i].line);
	}
}
