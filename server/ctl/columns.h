/*
 * columns.h - options that are columns: checked by their rules and gathered for one INSERT or
 * UPDATE.
 */
#ifndef SWITCHBACK_SERVER_CTL_COLUMNS_H
#define SWITCHBACK_SERVER_CTL_COLUMNS_H

#include "server/ctl/ctl.h"
#include "server/ctl/value.h"
#include "shared/buf.h"

#define COLUMNS_MAX 32

struct column_option {
	const char *option, *column;
	struct value_rule rule;
	const char *type; /* the cast of the parameter, "integer"; NULL for text */
	bool needed;      /* it cannot be emptied */
};

/* The SQL pieces name columns from code only; values are parameters. $1 is left to the caller. */
struct columns {
	size_t n;
	const char *column[COLUMNS_MAX], *type[COLUMNS_MAX], *value[COLUMNS_MAX]; /* NULL: NULL */
};

/* Adds each option that was given; an empty value empties the column. False: err names the option.
 */
MUST_USE
bool columns_gather(struct ctl *c, const struct column_option *options, size_t n,
		    struct columns *out, struct err *err);
/* Adds one column. */
void columns_add(struct columns *cs, const char *column, const char *type, const char *value);

/* INSERT INTO table (organization_id, ...) for c->organization_id; key is the name of that column.
 */
MUST_USE
bool columns_insert(struct ctl *c, const char *table, const char *key, const struct columns *cs,
		    struct err *err);
/* UPDATE table SET ... WHERE key = organization [AND id = id]; id may be NULL. */
MUST_USE
bool columns_update(struct ctl *c, const char *table, const char *key, const char *id,
		    const struct columns *cs, struct err *err);

/* The names of the columns as a JSON object {"columns": [...]} for the audit log: names, no values.
 */
const char *columns_audit(struct ctl *c, const struct columns *cs);

#endif
