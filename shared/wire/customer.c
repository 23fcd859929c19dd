/*
 * customer.c - see customer.h.
 */
#include "shared/wire/customer.h"

#include "shared/wire/read.h"

static void customer_from(struct wire_reader *r, const json_t *o, struct wire_customer *out)
{
	*out = (struct wire_customer){0};
	wire_id(r, o, "id", MUST, out->id);
	out->first_name = wire_text(r, o, "first_name", 320, MAY);
	out->last_name = wire_text(r, o, "last_name", 320, MAY);
	out->display_name = wire_text(r, o, "display_name", 2048, MUST);
	out->phone_number = wire_text(r, o, "phone_number", 64, MAY);
	out->email = wire_text(r, o, "email", 1024, MAY);
	out->preferred_language = wire_language(r, o, "preferred_language");
	out->language_chosen = wire_bool(r, o, "language_chosen", MAY);
	out->is_blocked = wire_bool(r, o, "is_blocked", MAY);
	out->opted_out = wire_bool(r, o, "opted_out", MAY);
	out->customer_since = wire_time(r, o, "customer_since", MAY);
	out->notes = wire_text(r, o, "notes", 4 * 4000, MAY);
}

bool wire_customer_list_read(struct str json, struct arena *a, struct wire_customer_list *out,
			     struct err *err)
{
	struct wire_reader r;
	const json_t *o = wire_start(&r, json, a, err), *list;
	struct wire_customer_list found = {0};
	struct wire_customer *items;

	list = wire_array(&r, o, "items", WIRE_ITEMS_MAX, MUST, &found.n);
	items = ARENA_ARRAY(a, struct wire_customer, found.n);
	for (size_t i = 0; i < found.n; i++)
		customer_from(&r, wire_at(&r, list, "items", i), &items[i]);
	found.items = items;
	wire_page_read(&r, o, &found.page);
	if (!wire_finish(&r))
		return false;
	*out = found;
	return true;
}

static const struct wire_order *orders_from(struct wire_reader *r, const json_t *o, size_t *n)
{
	const json_t *list = wire_array(r, o, "orders", WIRE_ITEMS_MAX, MUST, n);
	struct wire_order *items = ARENA_ARRAY(r->arena, struct wire_order, *n);

	for (size_t i = 0; i < *n; i++) {
		const json_t *one = wire_at(r, list, "orders", i);

		wire_id(r, one, "id", MUST, items[i].id);
		items[i].order_number = wire_text(r, one, "order_number", 160, MUST);
		items[i].status = wire_text(r, one, "status", 64, MUST);
		items[i].placed_at = wire_time(r, one, "placed_at", MUST);
		items[i].has_total = json_is_integer(json_object_get(one, "total_cents"));
		items[i].total_cents = wire_int(r, one, "total_cents", 0, INT64_MAX, MAY);
		items[i].currency = wire_text(r, one, "currency", 8, MUST);
		items[i].items_text = wire_text(r, one, "items_text", 16384, MAY);
	}
	return items;
}

static const struct wire_appointment *appointments_from(struct wire_reader *r, const json_t *o,
							size_t *n)
{
	const json_t *list = wire_array(r, o, "appointments", WIRE_ITEMS_MAX, MUST, n);
	struct wire_appointment *items = ARENA_ARRAY(r->arena, struct wire_appointment, *n);

	for (size_t i = 0; i < *n; i++) {
		const json_t *one = wire_at(r, list, "appointments", i);

		wire_id(r, one, "id", MUST, items[i].id);
		items[i].starts_at = wire_time(r, one, "starts_at", MUST);
		items[i].ends_at = wire_time(r, one, "ends_at", MAY);
		items[i].service_name = wire_text(r, one, "service_name", 1024, MUST);
		items[i].status = wire_text(r, one, "status", 64, MUST);
	}
	return items;
}

bool wire_customer_facts_read(struct str json, struct arena *a, struct wire_customer_facts *out,
			      struct err *err)
{
	struct wire_reader r;
	const json_t *o = wire_start(&r, json, a, err);
	struct wire_customer_facts f = {0};

	customer_from(&r, wire_object(&r, o, "customer", MUST), &f.customer);
	f.orders = orders_from(&r, o, &f.orders_n);
	f.appointments = appointments_from(&r, o, &f.appointments_n);
	f.conversations = wire_conversations_from(&r, o, "conversations", &f.conversations_n);
	f.last_event = wire_int(&r, o, "last_event", 0, INT64_MAX, MUST);
	if (!wire_finish(&r))
		return false;
	*out = f;
	return true;
}
