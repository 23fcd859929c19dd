/*
 * caller.c - see caller.h.
 */
#include "server/store/caller.h"

#include "server/store/store_json.h"

static void customer_read(struct arena *a, const json_t *k, struct variables_in *in)
{
	in->first_name = json_text(a, k, "first_name");
	in->last_name = json_text(a, k, "last_name");
	in->email = json_text(a, k, "email");
	in->caller_number = json_text(a, k, "phone");
	in->customer_language = language_parse(json_text(a, k, "language"));
	in->customer_since_us = json_int(k, "since_us");
}

static void orders_read(struct arena *a, const json_t *list, struct variables_in *in)
{
	size_t n = json_array_size(list);
	struct variables_order *orders = ARENA_ARRAY(a, struct variables_order, n);

	for (size_t i = 0; i < n; i++) {
		const json_t *o = json_array_get(list, i);

		orders[i] = (struct variables_order){
			.number = json_text(a, o, "number"),
			.status = json_text(a, o, "status"),
			.items = json_text(a, o, "items"),
			.tracking = json_text(a, o, "tracking"),
			.total = json_text(a, o, "total"),
			.currency = json_text(a, o, "currency"),
			.placed_us = json_int(o, "placed_us"),
		};
	}
	in->orders = orders;
	in->orders_n = n;
}

static void appointments_read(struct arena *a, const json_t *list, struct variables_in *in)
{
	size_t n = json_array_size(list);
	struct variables_appointment *soon = ARENA_ARRAY(a, struct variables_appointment, n);

	for (size_t i = 0; i < n; i++) {
		const json_t *v = json_array_get(list, i);

		soon[i] = (struct variables_appointment){
			.service_en = json_text(a, v, "service_en"),
			.service_fr = json_text(a, v, "service_fr"),
			.state = json_text(a, v, "state"),
			.starts_us = json_int(v, "starts_us"),
		};
	}
	in->appointments = soon;
	in->appointments_n = n;
}

static struct str item_text(struct arena *a, const json_t *array, size_t i)
{
	const json_t *v = json_array_get(array, i);

	return json_is_string(v)
		       ? arena_str(a, str_make(json_string_value(v), json_string_length(v)))
		       : (struct str){NULL, 0};
}

static void history_read(struct arena *a, const json_t *list, struct variables_in *in)
{
	size_t n = json_array_size(list);
	struct variables_line *lines = ARENA_ARRAY(a, struct variables_line, n);

	for (size_t i = 0; i < n; i++) {
		const json_t *m = json_array_get(list, i);

		lines[i] = (struct variables_line){item_text(a, m, 0), item_text(a, m, 1)};
	}
	in->history = lines;
	in->history_n = n;
}

void caller_of_json(struct arena *a, struct str json, struct caller *out)
{
	json_t *j = json_of_text(json);
	const json_t *before = json_object_get(j, "before"),
		     *summary = json_object_get(j, "summary");
	struct variables_in *in = &out->in;

	*out = (struct caller){0};
	store_of_object(a, json_object_get(j, "store"), &out->store);
	in->store = &out->store;
	customer_read(a, json_object_get(j, "customer"), in);
	orders_read(a, json_object_get(j, "orders"), in);
	appointments_read(a, json_object_get(j, "appointments"), in);
	history_read(a, json_object_get(j, "history"), in);
	in->messages_total = json_int(before, "messages");
	in->last_us = json_int(before, "last_us");
	in->last_by_text = str_is(json_text(a, before, "channel"), "sms");
	in->summary = json_text(a, summary, "text");
	in->sentiment = json_text(a, summary, "sentiment");
	json_decref(j);
}
