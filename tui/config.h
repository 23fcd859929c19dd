/*
 * config.h - what the console is started with: one table of settings, read from the file and then
 * from the arguments, which win.
 *
 * The file is KEY=value text, $XDG_CONFIG_HOME/switchback/config unless --config names another. A
 * key that nobody knows is a warning with its line; a value that cannot be is an error with its
 * line. No password stands in either: it is typed, or read from a descriptor or a file that is
 * nobody else's.
 */
#ifndef SWITCHBACK_TUI_CONFIG_H
#define SWITCHBACK_TUI_CONFIG_H

#include "shared/arena.h"
#include "shared/buf.h"
#include "shared/err.h"
#include "shared/language.h"

enum colors { COLORS_AUTO, COLORS_NONE };
enum choice { CHOICE_AUTO, CHOICE_YES, CHOICE_NO };
enum bell { BELL_URGENT, BELL_OFF, BELL_ALL };

#define CONFIG_WARNINGS_MAX 16

struct config {
	const char *url;
	const char *organization, *email; /* NULL: to be typed */
	int language;              /* enum language; UNKNOWN: the locale's, then the account's */
	int theme;                 /* enum colors */
	int ascii;                 /* enum choice; AUTO: what the locale can show */
	int mouse, stay_signed_in; /* enum choice, never AUTO */
	int bell;                  /* enum bell */

	bool insecure_http, help, version, print;
	const char *sign_in;   /* a file with organization, email, password; or NULL */
	int password_fd;       /* -1: none */
	const char *path;      /* of the file; NULL: no home is known */
	const char *state_dir; /* $XDG_STATE_HOME/switchback; NULL: no home is known */

	const char *warnings[CONFIG_WARNINGS_MAX];
	size_t warnings_n;
	struct arena arena; /* owns every text */
};

/* False: the sentence says what was wrong; *out must be cleared all the same. */
MUST_USE
bool config_load(int argc, char **argv, struct config *out, struct err *err);
void config_clear(struct config *c);

void config_help(FILE *to);
/* The settings in force, with what each is: a file that can be read again. */
void config_print(const struct config *c, FILE *to);

/* ---- signing in without typing ---- */

struct credentials {
	const char *organization, *email; /* NULL: not given */
	char *password;                   /* NULL: none; wiped by credentials_clear */
	struct arena arena;
};

/* From --sign-in and --password-fd, or what the config has; true with password NULL when neither
 * was given. */
MUST_USE
bool credentials_read(const struct config *c, struct credentials *out, struct err *err);
void credentials_clear(struct credentials *c);

#endif
