/*
 * ctl.c - the table of subcommands, and what happens before and after each.
 */
#include "server/ctl/ctl.h"

#define ORGANIZATION_OPTIONS                                                                      \
	"name= time-zone= language= phone-number= email= address= directions-en= directions-fr= " \
	"currency= reply-target-minutes= daily-segment-cap= pair-hourly-cap= allowed-countries= " \
	"twilio-account-sid= twilio-auth-token-file= elevenlabs-agent-id= "                       \
	"elevenlabs-api-key-file= "                                                               \
	"text-engine= voice-engine= call-greeting-en= call-greeting-fr= consent-line-en= "        \
	"consent-line-fr= transcribe-staff= calling-hours= active="
#define NUMBER_OPTIONS \
	"organization= label= fallback-number= elevenlabs-phone-id= elevenlabs-agent-id= "
#define USER_OPTIONS                                                                  \
	"organization= role= name= first-name= last-name= language= speaks= skills= " \
	"phone-number= "

static const struct ctl_command commands[] = {
	{"migrate", "[--status | --dry-run]", "status dry-run",
	 "bring the database to this program's schema", 0, 0, true, migrate_command},
	{"demo load", "", "", "load two stores to try things with", 0, 0, true, demo_load},
	{"organization add", "SLUG --name TEXT --time-zone ZONE [options of set]",
	 ORGANIZATION_OPTIONS, "add a store", 1, 1, true, organization_add},
	{"organization list", "", "", "the stores", 0, 0, true, organization_list},
	{"organization show", "SLUG", "", "everything that is set for a store", 1, 1, true,
	 organization_show},
	{"organization set", "SLUG [--name TEXT] [--time-zone ZONE] [--phone-number +E164] ...",
	 ORGANIZATION_OPTIONS, "change what is set for a store", 1, 1, true, organization_set},
	{"organization close", "SLUG [--until TIME] [--reason-en TEXT] [--reason-fr TEXT]",
	 "until= reason-en= reason-fr=", "close the store by hand, whatever its hours say", 1, 1,
	 true, organization_close},
	{"organization open", "SLUG", "", "end that", 1, 1, true, organization_open},
	{"organization hours", "SLUG [\"mon 9:00-12:00,13:00-18:00\" \"sun closed\" ...]", "",
	 "show or set weekly hours; days that are not named stay", 1, 8, true, organization_hours},
	{"organization special",
	 "SLUG [DATE \"closed\" | \"10:00-14:00\" | \"as-usual\"] [--name-en TEXT] [--name-fr "
	 "TEXT]",
	 "name-en= name-fr=", "show or set a day that differs from the week", 1, 3, true,
	 organization_special},
	{"organization policy", "SLUG [TOPIC [--en TEXT --fr TEXT | --remove]]", "en= fr= remove",
	 "show or set what the store says on a topic", 1, 2, true, organization_policy},
	{"number add", "+E164 --organization SLUG [--label TEXT] [--fallback-number +E164] ...",
	 NUMBER_OPTIONS "no-webhook", "give a number to a store and point it here at Twilio", 1, 1,
	 true, number_add},
	{"number set", "+E164 --organization SLUG [--label TEXT] [--fallback-number +E164] ...",
	 NUMBER_OPTIONS, "change what is set for a number", 1, 1, true, number_set},
	{"number list", "[--organization SLUG]", "organization=", "the numbers", 0, 0, true,
	 number_list},
	{"number remove", "+E164 --organization SLUG [--no-webhook]", "organization= no-webhook",
	 "take a number away from a store", 1, 1, true, number_remove},
	{"customer list", "--organization SLUG [--search TEXT] [--full] [--limit N]",
	 "organization= search= full limit=", "customers; numbers are masked without --full", 0, 0,
	 true, customer_list},
	{"customer show", "ID | +E164 --organization SLUG [--full]", "organization= full",
	 "one customer", 1, 1, true, customer_show},
	{"customer add",
	 "+E164 --organization SLUG [--first-name TEXT] [--last-name TEXT] [--email ADDRESS] ...",
	 "organization= first-name= last-name= email= language= external-id= notes=",
	 "add a customer", 1, 1, true, customer_add},
	{"customer opt-out", "+E164 --organization SLUG",
	 "organization=", "never text that number again", 1, 1, true, customer_opt_out},
	{"customer opt-in", "+E164 --organization SLUG", "organization=",
	 "the number may be texted (it asked for it)", 1, 1, true, customer_opt_in},
	{"customer export", "ID | +E164 --organization SLUG", "organization=",
	 "everything that is kept about a customer, as JSON", 1, 1, true, customer_export},
	{"customer erase", "ID | +E164 --organization SLUG --yes", "organization= yes",
	 "forget a customer for good", 1, 1, true, customer_erase},
	{"user add", "EMAIL --organization SLUG --role ROLE --name TEXT [--no-password] ...",
	 USER_OPTIONS "no-password",
	 "add a staff account; the password is asked or read from input", 1, 1, true, user_add},
	{"user list", "--organization SLUG", "organization=", "the staff accounts", 0, 0, true,
	 user_list},
	{"user set", "EMAIL --organization SLUG [--role ROLE] [--name TEXT] ...", USER_OPTIONS,
	 "change a staff account", 1, 1, true, user_set},
	{"user role", "EMAIL ROLE --organization SLUG",
	 "organization=", "give an account another role", 2, 2, true, user_role},
	{"user disable", "EMAIL --organization SLUG",
	 "organization=", "end an account and its sign-ins", 1, 1, true, user_disable},
	{"user enable", "EMAIL --organization SLUG",
	 "organization=", "the account may sign in again", 1, 1, true, user_enable},
	{"user password", "EMAIL --organization SLUG", "organization=",
	 "set a password, asked or read from input; ends its sign-ins", 1, 1, true, user_password},
	{"import customers", "FILE --organization SLUG [--format csv|json] [--dry-run]",
	 "organization= format= dry-run delimiter=", "add or update customers from a file", 1, 1,
	 true, import_customers},
	{"import orders", "FILE --organization SLUG [--format csv|json] [--dry-run]",
	 "organization= format= dry-run delimiter=", "add or update orders from a file", 1, 1, true,
	 import_orders},
	{"import products", "FILE --organization SLUG [--format csv|json] [--dry-run]",
	 "organization= format= dry-run delimiter=", "add or update the catalogue from a file", 1,
	 1, true, import_products},
	{"secrets reseal", "", "", "seal stored credentials anew under SECRETS_KEY", 0, 0, true,
	 secrets_reseal},
	{"audit list", "--organization SLUG [--limit N]",
	 "organization= limit=", "who did what, newest first", 0, 0, true, audit_list},
	{"audit verify", "[--organization SLUG]",
	 "organization=", "check that nobody changed the record", 0, 0, true, audit_verify},
	{"simulate", "--organization SLUG [--at TIME] [--days N]", "organization= at= days=",
	 "a store at some moment: open or not, why, and what customers are told", 0, 0, true,
	 simulate_command},
	{"understand lang", "< SET.tsv", "", "the language of each line's text: en, fr, ?", 0, 0,
	 false, understand_lang},
	{"understand datetime", "< SET.tsv", "", "the day or time that each line's text means", 0,
	 0, false, understand_datetime},
	{"roles", "[--markdown]", "markdown", "who may do what", 0, 0, false, roles_command},
	{"settings", "[--markdown | --man]", "markdown man", "every setting there is", 0, 0, false,
	 settings_command},
	{"check", "", "", "check the set-up, line by line", 0, 0, false, check_command},
};

/* ---- help ------------------------------------------------------------------------------------ */

static void help_say(FILE *to)
{
	fprintf(to, "Usage: switchbackctl [--config FILE] COMMAND [arguments]\n\nCommands:\n");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		fprintf(to, "  %-22s %s\n", commands[i].name, commands[i].line);
	fprintf(to, "\n\"switchbackctl COMMAND --help\" shows a command's arguments; "
		    "switchbackctl(1) tells all.\nExit: 0 done, 1 failed, 2 not understood.\n\n");
	settings_help(to, PROGRAM_CTL);
}

static void usage_say(FILE *to, const struct ctl_command *cmd)
{
	fprintf(to, "Usage: switchbackctl %s%s%s\n  %s\n", cmd->name, *cmd->arguments ? " " : "",
		cmd->arguments, cmd->line);
}

/* ---- which command --------------------------------------------------------------------------- */

/* All words of name stand at the front of argv; *words is their count. */
static bool words_match(const char *name, int argc, char **argv, int *words)
{
	struct str rest = str_of(name);

	for (*words = 0; rest.n > 0; ++*words) {
		if (*words >= argc || !str_is(str_cut(&rest, ' '), argv[*words]))
			return false;
	}
	return true;
}

static const struct ctl_command *command_find(int argc, char **argv, int *words)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (words_match(commands[i].name, argc, argv, words))
			return &commands[i];
	}
	return NULL;
}

/* "organization" alone, or with an unknown second word: its commands. */
static bool group_say(FILE *to, const char *word)
{
	bool any = false;

	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		struct str rest = str_of(commands[i].name);

		if (!str_is(str_cut(&rest, ' '), word) || rest.n == 0)
			continue;
		fprintf(to, "  %-22s %s\n", commands[i].name, commands[i].line);
		any = true;
	}
	return any;
}

static bool help_wanted(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	}
	return false;
}

/* ---- one run --------------------------------------------------------------------------------- */

static int command_run(struct ctl *c, const struct ctl_command *cmd, int argc, char **argv)
{
	struct err err = {0};
	bool ok;

	if (help_wanted(argc, argv)) {
		usage_say(c->out, cmd);
		return CTL_DONE;
	}
	if (!args_read(argc, argv, cmd->options, &c->args, &err)) {
		fprintf(c->say, "switchbackctl: %s\n", err.text);
		usage_say(c->say, cmd);
		return CTL_USAGE;
	}
	if (c->args.rest_n < cmd->rest_min || c->args.rest_n > cmd->rest_max) {
		usage_say(c->say, cmd);
		return CTL_USAGE;
	}
	ok = (!cmd->database ||
	      database_open(&c->db, c->settings.database_url, "DATABASE_URL", &err)) &&
	     cmd->run(c, &err);
	if (cmd->database) {
		database_rollback(&c->db);
		database_close(&c->db);
	}
	if (!ok && err.text[0] != '\0')
		fprintf(c->say, "switchbackctl: %s\n", err.text);
	fflush(c->out);
	return ok ? CTL_DONE : CTL_FAILED;
}

static int settings_refused(struct ctl *c, const struct err *err)
{
	fprintf(c->say, "switchbackctl: %s\n", err->text);
	return CTL_USAGE;
}

int ctl_run(int argc, char **argv, FILE *in, FILE *out, FILE *say)
{
	struct ctl c = {.in = in, .out = out, .say = say};
	const struct ctl_command *cmd;
	struct err err = {0};
	int words = 0, code;

	if (!settings_load(argc, argv, PROGRAM_CTL, &c.settings, &err)) {
		/* "check" and what needs nothing set say more about it themselves */
		cmd = c.settings.rest == 0 ? NULL
					   : command_find(argc - c.settings.rest,
							  argv + c.settings.rest, &words);
		if (cmd == NULL || cmd->database) {
			code = settings_refused(&c, &err);
			settings_clear(&c.settings);
			return code;
		}
	}
	argc -= c.settings.rest;
	argv += c.settings.rest;
	cmd = command_find(argc, argv, &words);
	if (c.settings.version) {
		fprintf(out, "switchbackctl %s\n", SWITCHBACK_VERSION);
		code = CTL_DONE;
	} else if (c.settings.help || argc < 1) {
		help_say(c.settings.help ? out : say);
		code = c.settings.help ? CTL_DONE : CTL_USAGE;
	} else if (cmd == NULL) {
		if (!group_say(say, argv[0]))
			fprintf(say,
				"switchbackctl: there is no command \"%.40s\"; --help lists all.\n",
				argv[0]);
		code = CTL_USAGE;
	} else {
		code = command_run(&c, cmd, argc - words, argv + words);
	}
	arena_free(&c.arena);
	settings_clear(&c.settings);
	return code;
}
