/*
 * columns.c - see columns.h.
 */
#include "server/ctl/columns.h"

void columns_add(struct columns *cs, const char *column, const char *type, const char *value)
{
	if (cs->n == COLUMNS_MAX)
		BUG("more than %d columns", COLUMNS_MAX);
	cs->column[cs->n] = column;
	cs->type[cs->n] = type == NULL ? "text" : type;
	cs->value[cs->n++] = value;
}

bool columns_gather(struct ctl *c, const struct column_option *options, size_t n,
		    struct columns *out, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		const char *given = args_value(&c->args, options[i].option), *value = NULL;
		struct err why;

		if (given == NULL)
			continue;
		if (str_trim(str_of(given)).n == 0 && options[i].needed)
			return err_set(err, ERR_INPUT, "--%s cannot be empty.", options[i].option);
		if (str_trim(str_of(given)).n > 0 &&
		    !value_read(&options[i].rule, str_of(given), &c->arena, &value, &why))
			return err_set(err, ERR_INPUT, "--%s: %s.", options[i].option, why.text);
		if (value == NULL && options[i].type != NULL &&
		    strcmp(options[i].type, "text[]") == 0)
			value = "{}";
		columns_add(out, options[i].column, options[i].type, value);
	}
	return true;
}

/* $1 is the organization, $2... the values. */
static void params_make(const char *first, const struct columns *cs, const char **params)
{
	params[0] = first;
	for (size_t i = 0; i < cs->n; i++)
		params[i + 1] = cs->value[i];
}

bool columns_insert(struct ctl *c, const char *table, const char *key, const struct columns *cs,
		    struct err *err)
{
	const char *params[COLUMNS_MAX + 2];
	struct buf sql = {0};
	bool ok;

	buf_printf(&sql, "INSERT INTO %s (%s", table, key);
	for (size_t i = 0; i < cs->n; i++)
		buf_printf(&sql, ", %s", cs->column[i]);
	buf_add_cstr(&sql, ") VALUES ($1::uuid");
	for (size_t i = 0; i < cs->n; i++)
		buf_printf(&sql, ", $%zu::%s", i + 2, cs->type[i]);
	buf_add_char(&sql, ')');
	params_make(c->organization_id, cs, params);
	ok = database_do(&c->db, err, buf_cstr(&sql), (int)cs->n + 1, params);
	buf_clear(&sql);
	return ok;
}

bool columns_update(struct ctl *c, const char *table, const char *key, const char *id,
		    const struct columns *cs, struct err *err)
{
	const char *params[COLUMNS_MAX + 2];
	struct buf sql = {0};
	bool ok;

	buf_printf(&sql, "UPDATE %s SET ", table);
	for (size_t i = 0; i < cs->n; i++)
		buf_printf(&sql, "%s%s = $%zu::%s", i == 0 ? "" : ", ", cs->column[i], i + 2,
			   cs->type[i]);
	buf_printf(&sql, " WHERE %s = $1::uuid", key);
	params_make(c->organization_id, cs, params);
	if (id != NULL) {
		buf_printf(&sql, " AND id = $%zu::uuid", cs->n + 2);
		params[cs->n + 1] = id;
	}
	ok = database_do(&c->db, err, buf_cstr(&sql), (int)cs->n + (id == NULL ? 1 : 2), params);
	buf_clear(&sql);
	return ok;
}

const char *columns_audit(struct ctl *c, const struct columns *cs)
{
	const char *names = "";

	for (size_t i = 0; i < cs->n; i++)
		names = arena_printf(&c->arena, "%s%s\"%s\"", names, i == 0 ? "" : ",",
				     cs->column[i]);
	return arena_printf(&c->arena, "{\"columns\":[%s]}", names);
}
