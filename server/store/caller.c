/*
 * caller.c - see caller.h.
 */
#include "server/store/caller.h"

#include "server/store/turn_read.h"

static void customer_read(struct arena *a, const json_t *k, struct variables_in *in)
{
	in->first_name = text_of(a, k, "first_name");
	in->last_name = text_of(a, k, "last_name");
	in->email = text_of(a, k, "email");
	in->caller_number = text_of(a, k, "phone");
	in->customer_language = language_parse(text_of(a, k, "language"));
	in->customer_since_us = int_of(k, "since_us");
}

static void orders_read(struct arena *a, const json_t *list, struct variables_in *in)
{
	size_t n = json_array_size(list);
	struct variables_order *orders = ARENA_ARRAY(a, struct variables_order, n);

	for (size_t i = 0; i < n; i++) {
		const json_t *o = json_array_get(list, i);

		orders[i] = (struct variables_order){
			.number = text_of(a, o, "number"),
			.status = text_of(a, o, "status"),
			.items = text_of(a, o, "items"),
			.tracking = text_of(a, o, "tracking"),
			.total = text_of(a, o, "total"),
			.currency = text_of(a, o, "currency"),
			.placed_us = int_of(o, "placed_us"),
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
			.service_en = text_of(a, v, "service_en"),
			.service_fr = text_of(a, v, "service_fr"),
			.state = text_of(a, v, "state"),
			.starts_us = int_of(v, "starts_us"),
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
	json_t *j = json_of(json);
	const json_t *before = json_object_get(j, "before"),
		     *summary = json_object_get(j, "summary");
	struct variables_in *in = &out->in;

	*out = (struct caller){0};
	store_of(a, json_object_get(j, "store"), &out->store);
	in->store = &out->store;
	customer_read(a, json_object_get(j, "customer"), in);
	orders_read(a, json_object_get(j, "orders"), in);
	appointments_read(a, json_object_get(j, "appointments"), in);
	history_read(a, json_object_get(j, "history"), in);
	in->messages_total = int_of(before, "messages");
	in->last_us = int_of(before, "last_us");
	in->last_by_text = str_is(text_of(a, before, "channel"), "sms");
	in->summary = text_of(a, summary, "text");
	in->sentiment = text_of(a, summary, "sentiment");
	json_decref(j);
}
