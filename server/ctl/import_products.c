/*
 * import_products.c - switchbackctl import products: the catalogue, known by sku.
 */
#include "server/ctl/import.h"

static const struct import_column columns[] = {
	{.name = "sku", .rule = {VALUE_TEXT, 1, 60, NULL}},
	{.name = "category", .rule = {VALUE_WORD, 1, 40, NULL}},
	{.name = "brand", .rule = {VALUE_TEXT, 1, 80, NULL}},
	{.name = "model", .rule = {VALUE_TEXT, 1, 120, NULL}},
	{.name = "name_en",
	 .rule = {VALUE_TEXT, 1, 200, NULL},
	 .initial = "coalesce(r.name_en, r.name_fr)"},
	{.name = "name_fr",
	 .rule = {VALUE_TEXT, 1, 200, NULL},
	 .initial = "coalesce(r.name_fr, r.name_en)"},
	{.name = "description_en", .rule = {VALUE_PROSE, 1, 2000, NULL}},
	{.name = "description_fr", .rule = {VALUE_PROSE, 1, 2000, NULL}},
	{.name = "size", .rule = {VALUE_TEXT, 1, 40, NULL}},
	{.name = "color_en", .rule = {VALUE_TEXT, 1, 40, NULL}},
	{.name = "color_fr", .rule = {VALUE_TEXT, 1, 40, NULL}},
	{.name = "price", .rule = {.kind = VALUE_MONEY}, .type = "numeric(12,2)"},
	{.name = "sale_price", .rule = {.kind = VALUE_MONEY}, .type = "numeric(12,2)"},
	{.name = "stock",
	 .rule = {VALUE_INT, 0, 1000000000, NULL},
	 .type = "integer",
	 .initial = "coalesce(r.stock, 0)"},
	{.name = "stock_as_of",
	 .rule = {.kind = VALUE_TIME},
	 .type = "timestamptz",
	 .initial = "coalesce(r.stock_as_of, now())"},
	{.name = "restock_on", .rule = {.kind = VALUE_DATE}, .type = "date"},
	{.name = "attributes",
	 .rule = {.kind = VALUE_OBJECT},
	 .type = "jsonb",
	 .initial = "coalesce(r.attributes, '{}')"},
	{.name = "is_active",
	 .rule = {.kind = VALUE_YES_NO},
	 .type = "boolean",
	 .initial = "coalesce(r.is_active, true)"},
};

static const char found[] =
	"SELECT r.n, r.line, coalesce(p.id, gen_random_uuid()) AS id, p.id IS NULL AS is_new, "
	"coalesce(r.price, p.price) AS price, coalesce(r.sale_price, p.sale_price) AS sale_price "
	"FROM import_rows r LEFT JOIN products p ON p.organization_id = $1::uuid AND p.sku = r.sku";

static const char *const checks[] = {
	"SELECT line, 'sku: the same as in line ' || first FROM (SELECT n, line, "
	"first_value(line) OVER (PARTITION BY sku ORDER BY n) AS first, row_number() OVER "
	"(PARTITION BY sku ORDER BY n) AS nth FROM import_rows) x WHERE nth > 1 ORDER BY n",
	"SELECT r.line, 'the product is new: category and name_en (or name_fr) are needed' FROM "
	"import_rows r JOIN import_found f USING (n) WHERE f.is_new AND (r.category IS NULL OR "
	"coalesce(r.name_en, r.name_fr) IS NULL) ORDER BY n",
	"SELECT line, 'sale_price: it is above the price, or there is no price' FROM "
	"import_found WHERE sale_price > price OR (sale_price IS NOT NULL AND price IS NULL) "
	"ORDER BY n",
	NULL};

static const char *const after[] = {
	/* a count without a time is as old as the file, changed or not */
	"UPDATE products p SET stock_as_of = now() FROM import_rows r JOIN import_found f USING "
	"(n) WHERE p.organization_id = $1::uuid AND p.id = f.id AND NOT f.is_new AND r.stock IS "
	"NOT NULL AND r.stock_as_of IS NULL",
	NULL};

bool import_products(struct ctl *c, struct err *err)
{
	static const struct import_kind kind = {
		.what = "products",
		.columns = columns,
		.columns_n = ARRAY_LEN(columns),
		.needed = "sku",
		.find = found,
		.checks = checks,
		.after = after,
	};

	return import_run(c, &kind, err);
}
