/*
 * schema_list.c - questions about the embedded schema; the list itself is made by the build.
 */
#include "server/db/schema_list.h"

const char *schema_latest_name(const struct schema_list *list)
{
	return list->migrations_n == 0 ? "" : list->migrations[list->migrations_n - 1].name;
}

int schema_number(const char *name)
{
	int number = 0;

	for (; *name >= '0' && *name <= '9' && number < 100000; name++)
		number = number * 10 + (*name - '0');
	return number;
}
