/*
 * switchbackctl import: every bad row is named, one bad row spoils the file, and the same file
 * twice changes nothing.
 */
#include <criterion/criterion.h>

#include "server/ctl/ctl.h"
#include "tests/support/ctl.h"
#include "tests/support/db.h"

#define STORE "velo-test"

static struct ctl_test *t;

static void set_up(void)
{
	t = ctl_test_new(true);
	ctl_test_store(t, STORE);
}

static void tear_down(void)
{
	ctl_test_free(t);
}

TestSuite(ctl_import, .init = set_up, .fini = tear_down, .timeout = 120);

/* Imports the text as a file of that name. */
static int import_text(const char *what, const char *name, const char *text)
{
	return CTL(t, "import", what, ctl_test_file(name, text, strlen(text)), "--organization",
		   STORE);
}

/* Imports and checks the counts line. */
static void imported(const char *what, const char *name, const char *text, const char *counts)
{
	cr_assert_eq(import_text(what, name, text), CTL_DONE, "%s", t->say);
	cr_expect(strstr(t->out, counts) != NULL, "%s is expected: %s", counts, t->out);
}

static int64_t count(const char *sql)
{
	return sql_int(t->db, sql);
}

/* ---- what goes well ---- */

Test(ctl_import, a_file_may_be_imported_again_and_again)
{
	static const char file[] =
		"\xef\xbb\xbfPhone "
		"Number,external_id,First_Name,last_name,preferred_language,notes\r\n"
		"+1 416 555-0100,C-1,Marie,\"Tremblay, \"\"Mimi\"\"\",FR,\"two\nlines\"\r\n"
		"+14165550101,C-2,John,O'Brien; DROP TABLE customers;--,en,\r\n"
		",C-3,Zoë,,,\r\n";

	imported("customers", "c.csv", file, "3 new, 0 changed, 0 unchanged");
	cr_expect_eq(count("SELECT count(*) FROM customers"), 3);
	cr_expect_eq(
		count("SELECT count(*) FROM customers WHERE external_id = 'C-1' AND phone_number = "
		      "'+14165550100' AND last_name = 'Tremblay, \"Mimi\"' AND preferred_language "
		      "= "
		      "'fr' AND notes = E'two\\nlines'"),
		1);
	cr_expect_eq(count("SELECT count(*) FROM customers WHERE last_name = 'O''Brien; DROP TABLE "
			   "customers;--'"),
		     1);
	imported("customers", "c.csv", file, "0 new, 0 changed, 3 unchanged");
	imported("customers", "d.csv",
		 "external_id,first_name,email\nC-2,Jack,\nC-4,New,n@example.com\n",
		 "1 new, 1 changed, 0 unchanged");
	cr_expect_eq(
		count("SELECT count(*) FROM customers WHERE external_id = 'C-2' AND first_name = "
		      "'Jack' AND last_name LIKE 'O''Brien%'"),
		1, "what a file does not say stays");
	cr_expect_eq(count("SELECT count(*) FROM audit_log WHERE action = 'import.customers'"), 3);
}

Test(ctl_import, semicolons_tabs_and_json_are_read_too)
{
	imported("customers", "s.csv", "phone_number;first_name\n+14165550100;\"a;b\"\n", "1 new");
	imported("customers", "t.csv", "phone_number\tfirst_name\n+14165550101\ta,b\n", "1 new");
	imported("customers", "a.json",
		 "[{\"phone_number\":\"+14165550102\",\"first_name\":\"A \\u00e9\"},\n"
		 " {\"phone_number\":\"+14165550103\",\"first_name\":null,\"is_blocked\":true}]\n",
		 "2 new");
	imported("customers", "l.jsonl", "{\"external_id\": 17}\n\n{\"external_id\": \"18\"}\n",
		 "2 new");
	cr_expect_eq(
		count("SELECT count(*) FROM customers WHERE first_name IN ('a;b', 'a,b', 'A é')"),
		3);
	cr_expect_eq(count("SELECT count(*) FROM customers WHERE is_blocked"), 1);
	imported("customers", "e.json", "[]", "0 new, 0 changed, 0 unchanged");
}

Test(ctl_import, a_dry_run_counts_and_writes_nothing)
{
	static const char file[] = "phone_number\n+14165550100\n";

	CTL_DO(t, "import", "customers", ctl_test_file("c.csv", file, strlen(file)),
	       "--organization", STORE, "--dry-run");
	cr_expect(strstr(t->out, "1 new") != NULL && strstr(t->out, "dry run") != NULL, "%s",
		  t->out);
	cr_expect_eq(count("SELECT count(*) FROM customers"), 0);
}

Test(ctl_import, a_stop_comes_along_and_is_never_lifted)
{
	static const char stop[] = "phone_number,opted_out\n+14165550100,yes\n+14165550101,no\n";

	imported("customers", "c.csv", stop, "2 new");
	imported("customers", "c.csv", stop, "0 new, 0 changed, 2 unchanged");
	imported("customers", "d.csv", "phone_number,opted_out\n+14165550100,no\n", "1 unchanged");
	cr_expect_eq(count("SELECT count(*) FROM consents WHERE opted_out AND source = 'import'"),
		     1);
	cr_expect_eq(count("SELECT count(*) FROM events WHERE type = 'consent.changed'"), 1);
}

Test(ctl_import, a_language_that_the_customer_chose_stays)
{
	imported("customers", "c.csv", "external_id,preferred_language\nC-1,en\n", "1 new");
	sql_run(t->db, "UPDATE customers SET preferred_language = 'fr', language_chosen = true");
	imported("customers", "c.csv", "external_id,preferred_language\nC-1,en\n", "1 unchanged");
	cr_expect_eq(count("SELECT count(*) FROM customers WHERE preferred_language = 'fr'"), 1);
}

Test(ctl_import, products_are_known_by_sku_and_their_count_has_an_age)
{
	imported("products", "p.json",
		 "[{\"sku\":\"B-1\",\"category\":\"bikes\",\"name_en\":\"Bike\",\"price\":1249.99,"
		 "\"stock\":3,"
		 "\"attributes\":{\"wheel_size\":\"29\"}},{\"sku\":\"B-2\",\"category\":\"bikes\","
		 "\"name_fr\":\"Vélo\",\"price\":\"999,5\",\"sale_price\":899}]",
		 "2 new");
	cr_expect_eq(
		count("SELECT count(*) FROM products WHERE name_en = 'Vélo' AND price = 999.50 AND "
		      "sale_price = 899 AND stock = 0"),
		1);
	sql_run(t->db, "UPDATE products SET stock_as_of = '2020-01-01'");
	imported("products", "q.csv", "sku,stock\nB-1,3\n", "0 new, 0 changed, 1 unchanged");
	cr_expect_eq(
		count("SELECT count(*) FROM products WHERE sku = 'B-1' AND stock_as_of > now() - "
		      "interval '1 minute'"),
		1);
	imported("products", "q.csv", "sku,stock,stock_as_of\nB-1,2,2026-03-01T09:00\n",
		 "1 changed");
	cr_expect_eq(count("SELECT count(*) FROM products WHERE sku = 'B-1' AND stock_as_of = "
			   "'2026-03-01 "
			   "14:00Z'"),
		     1, "a time without an offset is the store's");
}

Test(ctl_import, orders_find_their_customer_and_keep_their_lines)
{
	static const char file[] =
		"{\"order_number\":1001,\"customer_phone\":\"+14165550100\",\"status\":\"shipped\","
		"\"items\":[{\"description\":\"Bike\",\"unit_price\":1249.99,\"sku\":\"B-1\"},"
		"{\"description\":\"Bell\",\"quantity\":2,\"unit_price\":\"10\"}]}\n"
		"{\"order_number\":\"A-7\",\"customer_external_id\":\"C-1\",\"total_amount\":12.5}"
		"\n";

	imported("customers", "c.csv", "phone_number,external_id\n+14165550100,C-1\n", "1 new");
	imported("products", "p.csv", "sku,category,name_en\nB-1,bikes,Bike\n", "1 new");
	imported("orders", "o.jsonl", file, "2 new");
	imported("orders", "o.jsonl", file, "0 new, 0 changed, 2 unchanged");
	cr_expect_eq(count("SELECT count(*) FROM orders o JOIN customers c ON c.id = o.customer_id "
			   "WHERE "
			   "c.external_id = 'C-1' AND o.currency = 'CAD'"),
		     2);
	cr_expect_eq(
		count("SELECT count(*) FROM orders WHERE order_number = '1001' AND total_amount = "
		      "1269.99"),
		1);
	cr_expect_eq(
		count("SELECT count(*) FROM order_items i JOIN products p ON p.id = i.product_id"),
		1);
	imported("orders", "o.csv",
		 "order_number,items\n1001,\"[{\"\"description\"\":\"\"Bike\"\","
		 "\"\"unit_price\"\":\"\"1249.99\"\"}]\"\n",
		 "1 changed");
	cr_expect_eq(count("SELECT count(*) FROM order_items"), 1);
}

/* ---- what does not ---- */

struct bad_file {
	const char *what, *name, *text, *said;
};

static const struct bad_file bad_files[] = {
	/* values */
	{"customers", "c.csv", "phone_number\n+14165550100\n4165550101\n",
	 "line 3: phone_number: "},
	{"customers", "c.csv", "phone_number,email\n+14165550100,nobody\n", "line 2: email: "},
	{"customers", "c.csv", "phone_number,first_name\n+14165550100,\x1b[31mred\n",
	 "line 2: first_name: \"?[31mred\" holds control characters"},
	{"customers", "c.csv", "phone_number,first_name\n+14165550100,caf\xe9\n",
	 "line 2: first_name: \"caf\xef\xbf\xbd\" is not UTF-8"},
	{"customers", "c.csv", "phone_number,preferred_language\n+14165550100,de\n",
	 "line 2: preferred_language: "},
	{"customers", "c.csv", "phone_number,customer_since\n+14165550100,01/02/2020\n",
	 "line 2: customer_since: "},
	{"customers", "c.csv", "phone_number,is_blocked\n+14165550100,perhaps\n",
	 "line 2: is_blocked: "},
	{"products", "p.csv", "sku,category,name_en,price\nB-1,bikes,Bike,\"1,249.99\"\n",
	 "line 2: price: "},
	{"products", "p.csv", "sku,category,name_en,stock\nB-1,bikes,Bike,-1\n", "line 2: stock: "},
	{"products", "p.csv", "sku,category,name_en,attributes\nB-1,bikes,Bike,[1]\n",
	 "line 2: attributes: "},
	{"orders", "o.csv", "order_number,status\n1,lost\n", "line 2: status: "},
	{"orders", "o.csv", "order_number,tracking_url\n1,javascript:x\n",
	 "line 2: tracking_url: "},
	{"orders", "o.json", "[{\"order_number\":\"1\",\"items\":[{\"description\":\"x\"}]}]",
	 "line 1: items: item 1: description and unit_price"},
	{"orders", "o.json",
	 "[{\"order_number\":\"1\",\"items\":[{\"description\":\"x\",\"unit_price\":1,\"quantity\":"
	 "0}]}]",
	 "line 1: items: item 1: quantity"},
	{"orders", "o.json", "[{\"order_number\":\"1\",\"items\":[{\"what\":\"x\"}]}]",
	 "line 1: items: item 1: \"what\""},
	/* among rows, and against what is there (C-1 has +14165550001, C-2 has +14165550002) */
	{"customers", "c.csv", "phone_number\n+14165550100\n\n+1 416 555 0100\n",
	 "line 4: phone_number: the same as in line 2"},
	{"customers", "c.csv", "external_id\nX\nX\n", "line 3: external_id: the same as in line 2"},
	{"customers", "c.csv", "phone_number,external_id\n+14165550002,C-1\n",
	 "line 2: external_id is one customer's, phone_number another's"},
	{"customers", "c.csv", "phone_number,external_id\n+14165550001,C-9\n",
	 "line 2: phone_number is that of customer C-1"},
	{"customers", "c.csv", "phone_number,external_id\n,C-1\n+14165550001,\n",
	 "line 3: it is the same customer as line 2"},
	{"customers", "c.json", "[{\"external_id\":\"X\"},{\"external_id\":\"X\"}]",
	 "line 1: external_id: the same as in line 1"},
	{"orders", "o.csv", "order_number,customer_phone\n1,+14165559999\n",
	 "line 2: customer_phone: no customer has that number"},
	{"orders", "o.csv", "order_number,customer_external_id\n1,C-9\n",
	 "line 2: customer_external_id: there is no such customer"},
	{"orders", "o.csv",
	 "order_number,customer_phone,customer_external_id\n1,+14165550001,C-2\n",
	 "line 2: customer_phone is one customer's"},
	{"orders", "o.csv", "order_number\n1\n1\n", "line 3: order_number: the same as in line 2"},
	{"products", "p.csv", "sku,stock\nB-9,1\n", "line 2: the product is new"},
	{"products", "p.csv", "sku,category,name_en,price,sale_price\nB-1,bikes,Bike,10,11\n",
	 "line 2: sale_price"},
	/* form */
	{"customers", "c.csv", "first_name\nNobody\n",
	 "line 2: it has no phone_number|external_id"},
	{"customers", "c.csv", "phone_number,first_name\n+14165550100\n",
	 "line 2: it has 1 fields, the header 2"},
	{"customers", "c.csv", "phone_number,first_name\n+14165550100,a,b\n",
	 "line 2: it has 3 fields, the header 2"},
	{"customers", "c.csv", "phone_number,notes\n+14165550100,\"two\nlines\"\n+1,x\n",
	 "line 4: "},
	{"customers", "c.csv", "phone_number,notes\n+14165550100,a \"quote\n",
	 "line 2: its quotes"},
	{"customers", "c.csv", "phone_number,notes\n+14165550100,\"never closed\n+14165550101,x\n",
	 "line 2: its quotes"},
	{"customers", "c.json", "[\n{\"external_id\":\"1\"},\n{\"external_id\":}\n]",
	 "line 3: it is not JSON"},
	{"customers", "c.json", "[\n{\"external_id\":\"1\"},\n17]",
	 "line 3: it is not a JSON object"},
	{"customers", "c.json", "[\n{\"external_id\":\"1\",\"colour\":\"red\"}]",
	 "line 2: \"colour\" is no column"},
	{"customers", "c.json", "[{\"external_id\":{\"a\":1}}]", "line 1: \"external_id\" is"},
	{"customers", "c.json", "[{\"external_id\":\"a\\u0000b\"}]", "line 1: it is not JSON"},
	{"customers", "c.jsonl", "{\"external_id\":\"1\"}\n{\"external_id\":\"2\"\n", "line 2: "},
	{"customers", "c.csv", "phone_number,colour\n+14165550100,red\n", "Line 1: \"colour\""},
	{"customers", "c.csv", "phone_number,phone number\n+14165550100,+14165550100\n",
	 "column phone_number is there twice"},
	{"customers", "c.csv", "\n\n", "empty"},
	{"customers", "c.json", "[{\"external_id\":\"1\"}", "not closed"},
	{"customers", "c.json", "[{\"external_id\":\"1\"}] x", "behind the array"},
	{"customers", "c.json", "external_id\n1\n", "neither"},
	{"customers", "c.txt", "external_id\n1\n", "--format"},
	{"customers", "c.csv",
	 "\xff\xfe"
	 "e\0x\0",
	 "UTF-16"},
};

Test(ctl_import, each_kind_of_bad_row_is_named_and_spoils_the_whole_file)
{
	imported("customers", "c.csv",
		 "phone_number,external_id\n+14165550001,C-1\n+14165550002,C-2\n", "2 new");
	for (size_t i = 0; i < ARRAY_LEN(bad_files); i++) {
		const struct bad_file *f = &bad_files[i];

		cr_expect_eq(import_text(f->what, f->name, f->text), CTL_FAILED, "%s", f->text);
		cr_expect(strstr(t->say, f->said) != NULL, "%s\n%s: %s", f->text, f->said, t->say);
		cr_expect_eq(strlen(t->out), 0, "%s: %s", f->text, t->out);
	}
	cr_expect_eq(
		count("SELECT (SELECT count(*) FROM customers) + (SELECT count(*) FROM orders) + "
		      "(SELECT count(*) FROM products)"),
		2);
	cr_expect_eq(count("SELECT count(*) FROM audit_log WHERE action LIKE 'import.%'"), 1);
}

Test(ctl_import, every_bad_row_is_named_not_only_the_first)
{
	static const char *const lines[] = {
		"line 2: phone_number", "line 4: it has", "line 5: email",
		"line 7: external_id: the same as in line 6", "4 faults"};

	cr_expect_eq(import_text("customers", "c.csv",
				 "phone_number,external_id,email\nx,,\n+14165550100,,\n,,a@b.ca\n,"
				 "C-5,b\n,C-6,"
				 "\n,C-6,\n"),
		     CTL_FAILED);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		cr_expect(strstr(t->say, lines[i]) != NULL, "%s: %s", lines[i], t->say);
	cr_expect_eq(count("SELECT count(*) FROM customers"), 0);
}

Test(ctl_import, two_stores_never_meet)
{
	imported("customers", "c.csv", "phone_number,external_id\n+14165550100,C-1\n", "1 new");
	CTL_DO(t, "organization", "add", "other", "--name", "Other", "--time-zone",
	       "America/Toronto");
	cr_expect_eq(CTL(t, "import", "customers", ctl_test_file("c.csv", "external_id\nC-1\n", 16),
			 "--organization", "other"),
		     CTL_DONE, "%s", t->say);
	cr_expect(strstr(t->out, "1 new") != NULL, "the other store's C-1 is another: %s", t->out);
	cr_expect_eq(count("SELECT count(*) FROM customers"), 1);
	cr_expect_eq(
		CTL(t, "import", "orders",
		    ctl_test_file("o.csv", "order_number,customer_phone\n1,+14165550100\n", 43),
		    "--organization", "other"),
		CTL_FAILED);
}

Test(ctl_import, a_big_file_takes_seconds)
{
	char *text;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	fputs("phone_number,external_id,first_name\n", f);
	for (int i = 0; i < 10000; i++)
		fprintf(f, "+1514%07d,E%d,First %d\n", 5000000 + i, i, i);
	fclose(f);
	imported("customers", "big.csv", text, "10000 new");
	imported("customers", "big.csv", text, "10000 unchanged");
	free(text);
}
