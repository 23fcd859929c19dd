/*
 * import_orders.c - switchbackctl import orders: known by order_number. The customer is named by
 * number or external_id and must be there; lines come as a JSON array in "items".
 */
#include <jansson.h>

#include "server/ctl/import.h"
#include "shared/buf.h"

/* ---- items ----------------------------------------------------------------------------------- */

static bool item_field(struct arena *a, const json_t *item, const char *key,
		       const struct value_rule *rule, const char **out, struct err *err)
{
	const json_t *v = json_object_get(item, key);
	const char *text = json_string_value(v);
	struct err why;

	*out = NULL;
	if (v == NULL || json_is_null(v))
		return true;
	if (json_is_integer(v))
		text = arena_printf(a, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else if (json_is_real(v))
		text = arena_printf(a, "%.2f", json_real_value(v));
	if (text == NULL)
		return err_set(err, ERR_INPUT, "%s is of the wrong kind", key);
	return value_read(rule, str_of(text), a, out, &why) ||
	       err_set(err, ERR_INPUT, "%s %.150s", key, why.text);
}

static bool item_check(struct arena *a, const json_t *item, json_t *to, struct err *err)
{
	static const struct value_rule text = {VALUE_TEXT, 1, 200, NULL},
				       sku = {VALUE_TEXT, 1, 60, NULL},
				       count = {VALUE_INT, 1, 10000, NULL},
				       money = {VALUE_MONEY, 0, 0, NULL};
	static const char *const known[] = {"description", "quantity", "unit_price", "sku"};
	const char *description, *quantity, *price, *product, *key;
	json_t *v;

	if (!json_is_object(item))
		return err_set(err, ERR_INPUT, "it is not an object");
	json_object_foreach((json_t *)(uintptr_t)item, key, v)
	{
		size_t i = 0;

		while (i < ARRAY_LEN(known) && strcmp(key, known[i]) != 0)
			i++;
		if (i == ARRAY_LEN(known))
			return err_set(err, ERR_INPUT,
				       "\"%s\" is none of description, quantity, unit_price, sku",
				       value_shown(a, str_of(key)));
	}
	if (!item_field(a, item, "description", &text, &description, err) ||
	    !item_field(a, item, "quantity", &count, &quantity, err) ||
	    !item_field(a, item, "unit_price", &money, &price, err) ||
	    !item_field(a, item, "sku", &sku, &product, err))
		return false;
	if (description == NULL || price == NULL)
		return err_set(err, ERR_INPUT, "description and unit_price are needed");
	json_array_append_new(to, json_pack("{s:s, s:s, s:s, s:s?}", "description", description,
					    "quantity", quantity == NULL ? "1" : quantity,
					    "unit_price", price, "sku", product));
	return true;
}

/* Items checked one by one, and made alike, so that equal ones compare equal. */
static bool items_refine(struct arena *a, const char *value, const char **out, struct err *err)
{
	json_t *given = json_loads(value, JSON_REJECT_DUPLICATES, NULL), *items = json_array(),
	       *one;
	struct err why = {0};
	char *text = NULL;
	bool ok =
		json_array_size(given) <= 500 || err_set(err, ERR_INPUT, "there are more than 500");
	size_t i;

	json_array_foreach(given, i, one)
	{
		if (ok && !item_check(a, one, items, &why))
			ok = err_set(err, ERR_INPUT, "item %zu: %.170s", i + 1, why.text);
	}
	if (ok)
		text = json_dumps(items, JSON_COMPACT);
	if (text != NULL)
		*out = arena_strdup(a, text);
	free(text);
	json_decref(given);
	json_decref(items);
	return ok;
}

/* ---- columns --------------------------------------------------------------------------------- */

#define STATUSES \
	"pending|processing|ready_for_pickup|shipped|delivered|collected|cancelled|returned"
/* What the lines come to, where the file does not say it. */
#define TOTAL                                                           \
	"coalesce(r.total_amount, (SELECT sum((i->>'quantity')::int * " \
	"(i->>'unit_price')::numeric) FROM "                            \
	"jsonb_array_elements(r.items) i), 0)"

static const struct import_column columns[] = {
	{.name = "order_number", .rule = {VALUE_TEXT, 1, 40, NULL}},
	{.name = "customer_phone", .rule = {.kind = VALUE_PHONE}, .aside = true},
	{.name = "customer_external_id", .rule = {VALUE_TEXT, 1, 100, NULL}, .aside = true},
	{.name = "status",
	 .rule = {VALUE_CHOICE, 0, 0, STATUSES},
	 .initial = "coalesce(r.status, 'pending')"},
	{.name = "fulfilment",
	 .rule = {VALUE_CHOICE, 0, 0, "pickup|shipping"},
	 .initial = "coalesce(r.fulfilment, 'pickup')"},
	{.name = "origin",
	 .rule = {VALUE_CHOICE, 0, 0, "store|web|phone|sms|import"},
	 .initial = "coalesce(r.origin, 'import')"},
	{.name = "total_amount",
	 .rule = {.kind = VALUE_MONEY},
	 .type = "numeric(12,2)",
	 .initial = TOTAL},
	{.name = "currency",
	 .rule = {.kind = VALUE_CURRENCY},
	 .initial = "coalesce(r.currency, s.currency)"},
	{.name = "shipping_address", .rule = {VALUE_PROSE, 1, 400, NULL}},
	{.name = "carrier", .rule = {VALUE_TEXT, 1, 60, NULL}},
	{.name = "tracking_number", .rule = {VALUE_TEXT, 1, 60, NULL}},
	{.name = "tracking_url", .rule = {VALUE_URL, 0, 500, NULL}},
	{.name = "estimated_delivery", .rule = {.kind = VALUE_DATE}, .type = "date"},
	{.name = "placed_at",
	 .rule = {.kind = VALUE_TIME},
	 .type = "timestamptz",
	 .initial = "coalesce(r.placed_at, now())"},
	{.name = "ready_at", .rule = {.kind = VALUE_TIME}, .type = "timestamptz"},
	{.name = "shipped_at", .rule = {.kind = VALUE_TIME}, .type = "timestamptz"},
	{.name = "completed_at", .rule = {.kind = VALUE_TIME}, .type = "timestamptz"},
	{.name = "cancelled_at", .rule = {.kind = VALUE_TIME}, .type = "timestamptz"},
	{.name = "cancel_reason", .rule = {VALUE_PROSE, 1, 500, NULL}},
	{.name = "notes", .rule = {VALUE_PROSE, 1, 2000, NULL}},
	{.name = "items",
	 .rule = {.kind = VALUE_ARRAY},
	 .type = "jsonb",
	 .aside = true,
	 .refine = items_refine},
};

static const char found[] =
	"SELECT r.n, r.line, coalesce(o.id, gen_random_uuid()) AS id, o.id IS NULL AS is_new, "
	"p.id AS by_phone, e.id AS by_external, coalesce(p.id, e.id) AS customer_id FROM "
	"import_rows r LEFT JOIN orders o ON o.organization_id = $1::uuid AND o.order_number = "
	"r.order_number LEFT JOIN customers p ON p.organization_id = $1::uuid AND p.phone_number "
	"= r.customer_phone LEFT JOIN customers e ON e.organization_id = $1::uuid AND "
	"e.external_id = r.customer_external_id";

static const char *const checks[] = {
	"SELECT line, 'order_number: the same as in line ' || first FROM (SELECT n, line, "
	"first_value(line) OVER (PARTITION BY order_number ORDER BY n) AS first, row_number() "
	"OVER (PARTITION BY order_number ORDER BY n) AS nth FROM import_rows) x WHERE nth > 1 "
	"ORDER BY n",
	"SELECT r.line, 'customer_phone: no customer has that number; import customers first' "
	"FROM import_rows r JOIN import_found f USING (n) WHERE r.customer_phone IS NOT NULL AND "
	"f.by_phone IS NULL ORDER BY n",
	"SELECT r.line, 'customer_external_id: there is no such customer; import customers "
	"first' FROM import_rows r JOIN import_found f USING (n) WHERE r.customer_external_id IS "
	"NOT NULL AND f.by_external IS NULL ORDER BY n",
	"SELECT line, 'customer_phone is one customer''s, customer_external_id another''s' FROM "
	"import_found WHERE by_phone <> by_external ORDER BY n",
	NULL};

static const char *const after[] = {
	/* lines that differ from the stored ones are replaced as a whole */
	"CREATE TEMP TABLE import_items ON COMMIT DROP AS SELECT n, f.id, r.items FROM "
	"import_rows r JOIN import_found f USING (n) WHERE r.items IS NOT NULL AND (SELECT "
	"coalesce(jsonb_agg(jsonb_build_array(i->>'description', (i->>'quantity')::int, "
	"(i->>'unit_price')::numeric(12,2)) ORDER BY nth), '[]') FROM "
	"jsonb_array_elements(r.items) WITH ORDINALITY AS x (i, nth)) IS DISTINCT FROM (SELECT "
	"coalesce(jsonb_agg(jsonb_build_array(t.description, t.quantity, t.unit_price) ORDER BY "
	"t.position), '[]') FROM order_items t WHERE t.organization_id = $1::uuid AND t.order_id "
	"= f.id)",
	"DELETE FROM order_items t USING import_items i WHERE t.organization_id = $1::uuid AND "
	"t.order_id = i.id",
	"INSERT INTO order_items (organization_id, order_id, position, product_id, description, "
	"quantity, unit_price) SELECT $1::uuid, x.id, i.nth, p.id, i.one->>'description', "
	"(i.one->>'quantity')::int, (i.one->>'unit_price')::numeric FROM import_items x CROSS "
	"JOIN LATERAL jsonb_array_elements(x.items) WITH ORDINALITY AS i (one, nth) LEFT JOIN "
	"products p ON p.organization_id = $1::uuid AND p.sku = i.one->>'sku'",
	"INSERT INTO import_changed SELECT n FROM import_items",
	/* the file says how things stand now, changed or not */
	"UPDATE orders o SET as_of = now() FROM import_found f WHERE o.organization_id = "
	"$1::uuid AND o.id = f.id AND NOT f.is_new",
	NULL};

bool import_orders(struct ctl *c, struct err *err)
{
	static const struct import_kind kind = {
		.what = "orders",
		.columns = columns,
		.columns_n = ARRAY_LEN(columns),
		.needed = "order_number",
		.derived = {"customer_id", "f.customer_id",
			    "coalesce(f.customer_id, t.customer_id)"},
		.find = found,
		.checks = checks,
		.after = after,
	};

	return import_run(c, &kind, err);
}
