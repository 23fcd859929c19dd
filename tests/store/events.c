/*
 * events.c - holds docs/events.md against what is stored: every type that the demo's history holds
 * is described, and each payload has exactly the fields of its table, with their types.
 *
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/support/db.h"

#define FIELDS_MAX 200

struct field {
	char type[64], name[64], kind[32];
};

struct page {
	struct field fields[FIELDS_MAX];
	size_t n;
};

/* "| name | kind | what |" below "## type"; the heading lines of a table begin with "| field" and
 * "|---". */
static void page_read(struct page *page)
{
	char line[1000], type[64] = "";
	FILE *file = fopen("docs/events.md", "r");

	cr_assert(file != NULL, "docs/events.md is not here: tests run from the root");
	while (fgets(line, sizeof(line), file) != NULL) {
		struct field *f = &page->fields[page->n];

		if (sscanf(line, "## %63s", type) == 1)
			continue;
		if (line[0] != '|' || strncmp(line, "| field", 7) == 0 || line[1] == '-')
			continue;
		cr_assert_lt(page->n, (size_t)FIELDS_MAX);
		cr_assert_eq(sscanf(line, "| %63s | %31s |", f->name, f->kind), 2,
			     "docs/events.md: this line is no field: %s", line);
		memcpy(f->type, type, sizeof(type));
		page->n++;
	}
	fclose(file);
	cr_assert_gt(page->n, (size_t)50, "docs/events.md has too few fields: %zu", page->n);
}

static struct field *page_find(struct page *page, const char *type, const char *name)
{
	for (size_t i = 0; i < page->n; i++) {
		if (strcmp(page->fields[i].type, type) == 0 &&
		    strcmp(page->fields[i].name, name) == 0)
			return &page->fields[i];
	}
	return NULL;
}

/* The value's kind as the query names it fits what the page says. */
static bool kind_fits(const char *said, const char *found)
{
	size_t n = strlen(said);
	bool may_be_null = n > 0 && said[n - 1] == '?';

	if (strcmp(found, "null") == 0)
		return may_be_null;
	return strncmp(said, found, may_be_null ? n - 1 : n) == 0 ||
	       (strncmp(said, "text", 4) == 0 && strcmp(found, "uuid") == 0);
}

Test(events, the_payloads_are_those_of_the_page)
{
	static const char fields[] =
		"SELECT DISTINCT type, key, CASE WHEN jsonb_typeof(value) = 'number' THEN 'integer'"
		" WHEN jsonb_typeof(value) <> 'string' THEN jsonb_typeof(value)"
		" WHEN value #>> '{}' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN 'uuid'"
		" WHEN value #>> '{}' ~ '^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+([+-]\\d\\d:\\d\\d|Z)$' "
		"THEN 'time'"
		" ELSE 'text' END FROM events, jsonb_each(payload)";
	/* A listed field that some event of its type lacks. */
	static const char lacking[] =
		"SELECT count(*) FROM events WHERE type = $1 AND NOT payload ? $2";
	struct test_db *t = test_db_new(TEST_DB_DEMO);
	struct page page = {0};
	PGresult *r;

	page_read(&page);
	r = sql_ask(t->owner, fields, 0, NULL);
	cr_assert_gt(PQntuples(r), 30, "the demo has too few events");
	for (int i = 0; i < PQntuples(r); i++) {
		const char *type = PQgetvalue(r, i, 0), *name = PQgetvalue(r, i, 1);
		const char *kind = PQgetvalue(r, i, 2);
		struct field *f = page_find(&page, type, name);

		cr_expect(f != NULL, "%s: the payload has %s, the page has not", type, name);
		cr_expect(f == NULL || kind_fits(f->kind, kind), "%s.%s is %s, the page says %s",
			  type, name, kind, f == NULL ? "" : f->kind);
	}
	PQclear(r);
	for (size_t i = 0; i < page.n; i++) {
		r = sql_ask(t->owner, lacking, 2,
			    (const char *const[]){page.fields[i].type, page.fields[i].name});
		cr_expect_str_eq(PQgetvalue(r, 0, 0), "0",
				 "%s: the page has %s, a payload lacks it", page.fields[i].type,
				 page.fields[i].name);
		PQclear(r);
	}
	test_db_free(t);
}
