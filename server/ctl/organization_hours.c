/*
 * organization_hours.c - switchbackctl organization hours, special, policy: when a store is open
 * and what it says about itself.
 */
#include "server/ctl/hours.h"
#include "server/ctl/input.h"
#include "server/ctl/scope.h"
#include "server/ctl/value.h"

/* ---- the week -------------------------------------------------------------------------------- */

/* Prints periods of rows from `at` while column 0 stays the same; returns the first other row. */
static int periods_say(struct ctl *c, const PGresult *r, int at, int opens_column)
{
	struct buf b = {0};
	int row = at;

	for (; row < PQntuples(r) && strcmp(PQgetvalue(r, row, 0), PQgetvalue(r, at, 0)) == 0;
	     row++) {
		int64_t opens, closes;

		if (PQgetisnull(r, row, opens_column) ||
		    !str_int(str_of(PQgetvalue(r, row, opens_column)), 0, 1439, &opens) ||
		    !str_int(str_of(PQgetvalue(r, row, opens_column + 1)), 1, 2880, &closes))
			continue;
		if (b.n > 0)
			buf_add_char(&b, ',');
		hours_period_say(&b, (int)opens, (int)closes);
	}
	fputs(b.n == 0 ? "closed" : buf_cstr(&b), c->out);
	buf_clear(&b);
	return row;
}

static bool week_show(struct ctl *c, struct err *err)
{
	PGresult *r =
		DATABASE_ASK(&c->db, err,
			     "SELECT d, h.opens, h.closes FROM generate_series(1, 7) d LEFT JOIN "
			     "organization_hours h ON h.organization_id = $1 AND h.weekday = d "
			     "ORDER BY d, h.opens",
			     c->organization_id);
	int day = 1;

	for (int row = 0; r != NULL && row < PQntuples(r); day++) {
		fprintf(c->out, "%s ", hours_weekday(day));
		row = periods_say(c, r, row, 1);
		fputc('\n', c->out);
	}
	PQclear(r);
	return r != NULL;
}

static bool weekday_set(struct ctl *c, int weekday, const struct hours_day *day, struct err *err)
{
	const char *number = arena_printf(&c->arena, "%d", weekday);
	bool ok = DATABASE_DO(
		&c->db, err,
		"DELETE FROM organization_hours WHERE organization_id = $1 AND weekday = $2",
		c->organization_id, number);

	for (size_t i = 0; ok && i < day->n; i++)
		ok = DATABASE_DO(
			&c->db, err,
			"INSERT INTO organization_hours (organization_id, weekday, opens, closes) "
			"VALUES ($1, $2, $3, $4)",
			c->organization_id, number,
			arena_printf(&c->arena, "%d", day->periods[i].opens),
			arena_printf(&c->arena, "%d", day->periods[i].closes));
	return ok;
}

bool organization_hours(struct ctl *c, struct err *err)
{
	if (!scope_begin(c, c->args.rest[0], err))
		return false;
	if (c->args.rest_n == 1)
		return week_show(c, err);
	for (size_t i = 1; i < c->args.rest_n; i++) {
		struct hours_day day;
		struct err why;

		if (!hours_parse(str_of(c->args.rest[i]), &day, &why))
			return err_set(err, ERR_INPUT, "\"%s\": %s",
				       value_shown(&c->arena, str_of(c->args.rest[i])), why.text);
		for (int weekday = 1; weekday <= 7; weekday++) {
			if ((day.weekdays & 1u << weekday) != 0 &&
			    !weekday_set(c, weekday, &day, err))
				return false;
		}
	}
	return week_show(c, err) &&
	       scope_end(c, "organization.hours", "organization", c->organization_id, NULL, err);
}

/* ---- special days ---------------------------------------------------------------------------- */

static bool special_show(struct ctl *c, struct err *err)
{
	PGresult *r = DATABASE_ASK(
		&c->db, err,
		"SELECT d.day, coalesce(d.name_en, '-'), coalesce(d.name_fr, '-'), "
		"p.opens, p.closes FROM special_days d LEFT JOIN special_day_periods p "
		"USING (organization_id, day) WHERE d.organization_id = $1 ORDER BY "
		"d.day, p.opens",
		c->organization_id);

	for (int row = 0; r != NULL && row < PQntuples(r);) {
		int first = row;

		fprintf(c->out, "%s ", PQgetvalue(r, row, 0));
		row = periods_say(c, r, row, 3);
		fprintf(c->out, "  %s / %s\n", PQgetvalue(r, first, 1), PQgetvalue(r, first, 2));
	}
	PQclear(r);
	return r != NULL;
}

static bool special_names(struct ctl *c, const char **en, const char **fr, struct err *err)
{
	static const struct value_rule rule = {VALUE_TEXT, 1, 120, NULL};
	struct err why;

	*en = args_value(&c->args, "name-en");
	*fr = args_value(&c->args, "name-fr");
	if ((*en != NULL && !value_read(&rule, str_of(*en), &c->arena, en, &why)) ||
	    (*fr != NULL && !value_read(&rule, str_of(*fr), &c->arena, fr, &why)))
		return err_set(err, ERR_INPUT, "The day's name: %s.", why.text);
	return true;
}

static bool special_set(struct ctl *c, const char *day, struct str hours, struct err *err)
{
	struct hours_day periods = {0};
	const char *en, *fr;

	if (!special_names(c, &en, &fr, err))
		return false;
	if (!str_is_nocase(str_trim(hours), "as-usual") &&
	    !hours_periods_parse(hours, &periods, err))
		return false;
	if (!DATABASE_DO(&c->db, err,
			 "DELETE FROM special_days WHERE organization_id = $1 AND day = $2",
			 c->organization_id, day))
		return false;
	if (str_is_nocase(str_trim(hours), "as-usual"))
		return true;
	if (!DATABASE_DO(
		    &c->db, err,
		    "INSERT INTO special_days (organization_id, day, is_closed, name_en, name_fr) "
		    "VALUES ($1, $2, $3, $4, $5)",
		    c->organization_id, day, periods.n == 0 ? "true" : "false", en, fr))
		return false;
	for (size_t i = 0; i < periods.n; i++) {
		if (!DATABASE_DO(
			    &c->db, err,
			    "INSERT INTO special_day_periods (organization_id, day, opens, closes) "
			    "VALUES ($1, $2, $3, $4)",
			    c->organization_id, day,
			    arena_printf(&c->arena, "%d", periods.periods[i].opens),
			    arena_printf(&c->arena, "%d", periods.periods[i].closes)))
			return false;
	}
	return true;
}

bool organization_special(struct ctl *c, struct err *err)
{
	static const struct value_rule date = {VALUE_DATE, 0, 0, NULL};
	const char *day;
	struct err why;

	if (!scope_begin(c, c->args.rest[0], err))
		return false;
	if (c->args.rest_n == 1)
		return special_show(c, err);
	if (!value_read(&date, str_of(c->args.rest[1]), &c->arena, &day, &why))
		return err_set(err, ERR_INPUT, "The day: %s.", why.text);
	if (c->args.rest_n == 2)
		return err_set(err, ERR_INPUT,
			       "Say what %s is: \"closed\", \"10:00-14:00\" or "
			       "\"as-usual\".",
			       day);
	return special_set(c, day, str_of(c->args.rest[2]), err) && special_show(c, err) &&
	       scope_end(c, "organization.special", "organization", c->organization_id,
			 arena_printf(&c->arena, "{\"day\":\"%s\"}", day), err);
}

/* ---- policies -------------------------------------------------------------------------------- */

static bool policies_show(struct ctl *c, const char *topic, struct err *err)
{
	PGresult *r = DATABASE_ASK(
		&c->db, err,
		"SELECT topic, text_en, text_fr FROM policies WHERE organization_id = $1 "
		"AND topic = coalesce($2, topic) ORDER BY topic",
		c->organization_id, topic);

	for (int row = 0; r != NULL && row < PQntuples(r); row++)
		fprintf(c->out, "%s\n  en %s\n  fr %s\n", PQgetvalue(r, row, 0),
			PQgetvalue(r, row, 1), PQgetvalue(r, row, 2));
	PQclear(r);
	return r != NULL;
}

static bool policy_set(struct ctl *c, const char *topic, const char *en, const char *fr,
		       struct err *err)
{
	static const struct value_rule rule = {VALUE_PROSE, 1, 1000, NULL};
	struct err why;

	if ((en != NULL && !value_read(&rule, str_of(en), &c->arena, &en, &why)) ||
	    (fr != NULL && !value_read(&rule, str_of(fr), &c->arena, &fr, &why)))
		return err_set(err, ERR_INPUT, "The policy: %s.", why.text);
	/* one language alone changes that one; a new topic needs both */
	if (en == NULL || fr == NULL) {
		PGresult *r = DATABASE_ASK(
			&c->db, err,
			"UPDATE policies SET text_en = coalesce($3, text_en), text_fr = "
			"coalesce($4, text_fr) WHERE organization_id = $1 AND topic = "
			"$2",
			c->organization_id, topic, en, fr);
		bool changed = r != NULL && strcmp(PQcmdTuples(r), "1") == 0;

		if (r != NULL && !changed)
			err_set(err, ERR_INPUT, "%s is new: --en and --fr are both needed.", topic);
		PQclear(r);
		return changed;
	}
	return DATABASE_DO(
		&c->db, err,
		"INSERT INTO policies (organization_id, topic, text_en, text_fr) VALUES ($1, "
		"$2, $3, $4) ON CONFLICT (organization_id, topic) DO UPDATE SET text_en = "
		"excluded.text_en, text_fr = excluded.text_fr",
		c->organization_id, topic, en, fr);
}

bool organization_policy(struct ctl *c, struct err *err)
{
	static const struct value_rule word = {VALUE_WORD, 1, 40, NULL};
	const char *en = args_value(&c->args, "en"), *fr = args_value(&c->args, "fr"),
		   *topic = NULL;
	struct err why;
	bool ok;

	if (!scope_begin(c, c->args.rest[0], err))
		return false;
	if (c->args.rest_n == 2 &&
	    !value_read(&word, str_of(c->args.rest[1]), &c->arena, &topic, &why))
		return err_set(err, ERR_INPUT, "The topic: %s.", why.text);
	if (topic == NULL || (en == NULL && fr == NULL && !args_has(&c->args, "remove")))
		return policies_show(c, topic, err);
	if (args_has(&c->args, "remove"))
		ok = DATABASE_DO(&c->db, err,
				 "DELETE FROM policies WHERE organization_id = $1 AND topic = $2",
				 c->organization_id, topic);
	else
		ok = policy_set(c, topic, en, fr, err);
	return ok && policies_show(c, topic, err) &&
	       scope_end(c, "organization.policy", "policy", topic, NULL, err);
}
