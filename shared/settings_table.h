/*
 * settings_table.h - the rows of the settings table and the check of one value; private to
 * settings*.c.
 */
#ifndef SWITCHBACK_SHARED_SETTINGS_TABLE_H
#define SWITCHBACK_SHARED_SETTINGS_TABLE_H

#include "shared/settings.h"

enum setting_kind {
	SETTING_TEXT,     /* printable, no blanks; at least `min` bytes */
	SETTING_DATABASE, /* a PostgreSQL connection URL or keyword list */
	SETTING_SITE,     /* our own address: http(s)://host[:port][/path] */
	SETTING_PROVIDER, /* a provider's address: the same, plain http only inside a private
			     network */
	SETTING_MAIL,     /* smtp://[user:password@]host[:port] or smtps:// */
	SETTING_ADDRESS,  /* an IP address to listen on */
	SETTING_INT,      /* a whole number from min to max */
	SETTING_LEVEL,    /* error, warn, info, debug */
	SETTING_KEY,      /* base64 of 32 bytes */
	SETTING_ACCOUNT,  /* AC and 32 hexadecimal digits */
};

struct setting {
	const char *name;
	enum setting_kind kind;
	size_t offset; /* of its field in struct settings */
	const char *fallback;
	bool secret;
	unsigned used_by, needed_by; /* enum program, or-ed */
	int min, max;
	const char *sentence;
};

/* A name that means nothing to us, and what takes its place. A name ending in '*' is a prefix. */
struct setting_retired {
	const char *name, *instead;
};

const struct setting *settings_rows(size_t *n);
const struct setting_retired *settings_retired(size_t *n);
/* NULL when there is no such setting. */
const struct setting *setting_find(struct str name);

/* Checks `value` (no blanks at its ends, not empty) and writes the field. False: err says what is
 * expected, beginning with the name. A text is copied into s->arena. */
MUST_USE
bool setting_store(const struct setting *row, struct str value, struct settings *s,
		   struct err *err);

/* Is http://host a place that only this machine or a private network can be: loopback and private
 * addresses, names of one label, and names under localhost, internal and test. */
bool settings_host_is_private(struct str host);

#endif
