/*
 * customer.h - a customer as the staff API gives it, in a list and with what the store knows of
 * them. Texts, times and strictness as in message.h and conversation.h.
 */
#ifndef SWITCHBACK_SHARED_WIRE_CUSTOMER_H
#define SWITCHBACK_SHARED_WIRE_CUSTOMER_H

#include "shared/wire/conversation.h"

struct wire_customer {
	char id[WIRE_ID];
	const char *first_name, *last_name;
	const char *display_name; /* never NULL */
	const char *phone_number, *email;
	enum language preferred_language;
	bool language_chosen, is_blocked, opted_out;
	int64_t customer_since;
	const char *notes;
};

struct wire_customer_list {
	const struct wire_customer *items;
	size_t n;
	struct wire_page page;
};

struct wire_order {
	char id[WIRE_ID];
	const char *order_number, *status;
	int64_t placed_at;
	bool has_total;
	int64_t total_cents;
	const char *currency;
	const char *items_text; /* "2 x inner tube, 1 x bell"; or NULL */
};

struct wire_appointment {
	char id[WIRE_ID];
	int64_t starts_at, ends_at;
	const char *service_name, *status;
};

/* GET /api/customers/{id} */
struct wire_customer_facts {
	struct wire_customer customer;
	const struct wire_order *orders; /* newest first */
	size_t orders_n;
	const struct wire_appointment *appointments; /* as the service orders them */
	size_t appointments_n;
	const struct wire_conversation *conversations; /* newest first */
	size_t conversations_n;
	int64_t last_event;
};

MUST_USE
bool wire_customer_list_read(struct str json, struct arena *a, struct wire_customer_list *out,
			     struct err *err);
MUST_USE
bool wire_customer_facts_read(struct str json, struct arena *a, struct wire_customer_facts *out,
			      struct err *err);

#endif
