/*
 * ctl.h - what a subcommand of switchbackctl has at hand, and the table that names them all.
 *
 * Everything is synchronous: one person, one command, one connection as the owner of the tables.
 * The owner too is under row security (FORCE), so whatever touches a store runs in a transaction
 * that has named that store first (scope.h).
 */
#ifndef SWITCHBACK_SERVER_CTL_CTL_H
#define SWITCHBACK_SERVER_CTL_CTL_H

#include "server/ctl/args.h"
#include "server/ctl/database.h"
#include "shared/arena.h"
#include "shared/settings.h"

struct ctl {
	struct settings settings;
	struct args args;
	struct database db;          /* open when the command's row says so */
	const char *organization_id; /* the store of the open transaction (scope.h) */
	struct arena arena;
	FILE *in, *out, *say; /* input; what was asked for; remarks and complaints */
};

struct ctl_command {
	const char *name;      /* "organization add" */
	const char *arguments; /* as the usage line shows them */
	const char *options;   /* for args_read() */
	const char *line;      /* what it does, one line */
	unsigned rest_min, rest_max;
	bool database;
	bool (*run)(struct ctl *c, struct err *err);
};

enum ctl_exit { CTL_DONE = 0, CTL_FAILED = 1, CTL_USAGE = 2 };

/* The whole program; main() only hands over. Returns the exit code. */
int ctl_run(int argc, char **argv, FILE *in, FILE *out, FILE *say);

/* One of the table's functions; each file of this folder holds one subject's. */
typedef bool ctl_function(struct ctl *c, struct err *err);
ctl_function migrate_command, demo_load;
ctl_function organization_add, organization_list, organization_show, organization_set,
	organization_close, organization_open, organization_hours, organization_special,
	organization_policy;
ctl_function number_add, number_set, number_list, number_remove;
ctl_function customer_list, customer_show, customer_add, customer_opt_out, customer_opt_in,
	customer_export, customer_erase;
ctl_function user_add, user_list, user_set, user_disable, user_enable, user_password, user_role;
ctl_function import_customers, import_orders, import_products;
ctl_function simulate_command;
ctl_function understand_lang, understand_datetime;
ctl_function secrets_reseal, audit_verify, audit_list;
ctl_function check_command, roles_command, settings_command;

#endif
