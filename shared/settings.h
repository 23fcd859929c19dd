/*
 * settings.h - one table of every setting: its name, its kind, its default, who needs it, and one
 * sentence. Loading, --help, the check at start and the manual pages all come from that table.
 *
 * A value comes from the environment, else from $CREDENTIALS_DIRECTORY/NAME (systemd's
 * LoadCredential=), else from the KEY=value file that --config FILE or SWITCHBACK_CONFIG names. An
 * empty value is the same as none. Never from an argument: arguments are public (ps). No sentence
 * made here holds the value of a secret.
 */
#ifndef SWITCHBACK_SHARED_SETTINGS_H
#define SWITCHBACK_SHARED_SETTINGS_H

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/log.h"

enum program {
	PROGRAM_SERVICE = 1, /* switchbackd */
	PROGRAM_CTL = 2,     /* switchbackctl */
	PROGRAM_KEEP = 4,    /* switchback-keep */
};

#define SETTINGS_KEY_BYTES 32
#define SETTINGS_NOTES_MAX 64

struct settings_key {
	bool set;
	unsigned char bytes[SETTINGS_KEY_BYTES];
};

/* A remark about one setting: stops = the program must not start with it; else a warning. */
struct settings_note {
	bool stops;
	const char *name; /* of the setting; the file's path when the file itself is at fault */
	const char *text; /* one sentence that begins with the name */
};

/* Texts are NULL when not set and without a default. URLs end without '/'. */
struct settings {
	const char *app_database_url, *database_url;
	const char *listen, *public_url;
	int port;
	const char *twilio_account_sid, *twilio_auth_token, *twilio_api_url;
	const char *elevenlabs_api_key, *elevenlabs_agent_id, *elevenlabs_api_url;
	const char *elevenlabs_events_secret, *elevenlabs_post_call_secret;
	const char *tool_secret, *jwt_secret;
	int bcrypt_rounds;
	struct settings_key secrets_key, secrets_key_previous;
	const char *smtp_url;
	enum log_level log_level;

	const char *config; /* the file that was read, or NULL */
	bool help, version; /* --help or --version was asked: nothing else has been read */
	int rest;           /* index in argv of the first argument that is not ours */

	struct settings_note notes[SETTINGS_NOTES_MAX];
	size_t notes_n;
	struct arena arena; /* owns every text above */
};

/* Reads --config, --help (-h) and --version (-V) from argv, then every setting that the program
 * uses. False when one is missing or bad: err gets the first sentence, out->notes all of them.
 * A program other than switchbackctl takes no further arguments: one is an error too. `out` is
 * always written; give it back with settings_clear(). Warnings are in out->notes also on success:
 * the caller logs them. */
MUST_USE
bool settings_load(int argc, char **argv, enum program program, struct settings *out,
		   struct err *err);

/* Wipes the secrets and frees. */
void settings_clear(struct settings *s);

/* The table in words: for --help (of one program, or of several or-ed); for docs/operations.md; for
 * switchback.conf(5). */
void settings_help(FILE *to, unsigned whose);
void settings_markdown(FILE *to);
void settings_man(FILE *to);

#endif
