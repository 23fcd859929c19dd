/*
 * schema_list.h - the SQL of schema/ as this program carries it: the build puts the files into the
 * program (server/db/schema_list.sh), so a program and its schema cannot drift apart.
 */
#ifndef SWITCHBACK_SERVER_DB_SCHEMA_LIST_H
#define SWITCHBACK_SERVER_DB_SCHEMA_LIST_H

#include "shared/base.h"

struct schema_file {
	const char *name;    /* "0001_organization.sql", "functions/text_in.sql" */
	const char *text;    /* the whole file; ends in NUL */
	const char *sha256;  /* of the text, 64 lower-case hexadecimal digits */
	bool no_transaction; /* its first line is "-- migrate: no-transaction" */
};

struct schema_list {
	const struct schema_file *migrations; /* schema/NNNN_NAME.sql, by number */
	size_t migrations_n;
	const struct schema_file *functions; /* every .sql of schema/functions, by name */
	size_t functions_n;
	const struct schema_file *demo; /* schema/demo.sql; NULL when there is none */
};

const struct schema_list *schema_list(void);

/* The newest migration's name, "" when there is none, and its number, 0 when there is none. */
const char *schema_latest_name(const struct schema_list *list);
int schema_number(const char *name);

#endif
