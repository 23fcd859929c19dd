/*
 * tables.c - switchbackctl roles, settings: the tables that programs and documents share.
 */
#include "server/api/roles.h"
#include "server/ctl/ctl.h"

bool roles_command(struct ctl *c, struct err *err)
{
	(void)err;
	if (args_has(&c->args, "markdown"))
		roles_markdown(c->out);
	else
		roles_say(c->out);
	return true;
}

bool settings_command(struct ctl *c, struct err *err)
{
	(void)err;
	if (args_has(&c->args, "markdown"))
		settings_markdown(c->out);
	else if (args_has(&c->args, "man"))
		settings_man(c->out);
	else
		settings_help(c->out, PROGRAM_SERVICE | PROGRAM_CTL | PROGRAM_KEEP);
	return true;
}
