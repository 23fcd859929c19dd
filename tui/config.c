/*
 * config.c - see config.h.
 */
#include "tui/config.h"

#include <errno.h>
#include <unistd.h>

#include "tui/link/exchange.h"
#include "tui/link/scribe.h"

#define FILE_MAX     (64u * 1024u)
#define PASSWORD_MAX 1024
#define URL_DEFAULT  "http://127.0.0.1:3001"

#define AT(field) offsetof(struct config, field)

struct word {
	const char *text;
	int value;
};

static const struct word languages[] = {
	{"auto", LANGUAGE_UNKNOWN}, {"en", LANGUAGE_EN}, {"fr", LANGUAGE_FR}, {NULL, 0}};
static const struct word themes[] = {{"auto", COLORS_AUTO}, {"mono", COLORS_NONE}, {NULL, 0}};
static const struct word choices[] = {
	{"auto", CHOICE_AUTO}, {"yes", CHOICE_YES}, {"no", CHOICE_NO}, {NULL, 0}};
static const struct word yes_no[] = {{"yes", CHOICE_YES}, {"no", CHOICE_NO}, {NULL, 0}};
static const struct word bells[] = {
	{"off", BELL_OFF}, {"urgent", BELL_URGENT}, {"all", BELL_ALL}, {NULL, 0}};

/* A setting: a text, or (words) one of a list. */
static const struct setting_row {
	const char *name;
	size_t offset;
	const struct word *words; /* NULL: a text */
	const char *fallback;     /* NULL: not set */
	const char *sentence;
} rows[] = {
	{"url", AT(url), NULL, URL_DEFAULT,
	 "Address of the service: https://, or http:// on this machine."},
	{"organization", AT(organization), NULL, NULL, "The store, as it is named at sign-in."},
	{"email", AT(email), NULL, NULL, "Who signs in."},
	{"language", AT(language), languages, "auto",
	 "Of the screen: en, fr, or auto: the locale's until sign-in, then the account's."},
	{"theme", AT(theme), themes, "auto",
	 "Colours: auto (those that the terminal has) or mono (none)."},
	{"ascii", AT(ascii), choices, "auto",
	 "Lines and signs in ASCII only: yes, no, or auto: what the locale can show."},
	{"mouse", AT(mouse), yes_no, "yes", "The mouse moves and selects: yes or no."},
	{"bell", AT(bell), bells, "urgent",
	 "When the terminal rings: off, urgent (somebody asks for a person), or all (each text)."},
	{"stay_signed_in", AT(stay_signed_in), yes_no, "no",
	 "Keep the session in a file of one's own for the next start: yes or no."},
};

static const struct option {
	const char *name;  /* without "--" */
	const char *value; /* how help names it; NULL: there is none */
	const char *row;   /* the setting it sets; NULL: an option of its own */
	const char *sets;  /* to this, where no value is given */
	const char *sentence;
} options[] = {
	{"url", "URL", "url", NULL, NULL},
	{"organization", "SLUG", "organization", NULL, NULL},
	{"email", "E", "email", NULL, NULL},
	{"language", "en|fr", "language", NULL, NULL},
	{"ascii", NULL, "ascii", "yes", "Lines and signs in ASCII only."},
	{"no-color", NULL, "theme", "mono",
	 "No colours (NO_COLOR in the environment does the same)."},
	{"no-mouse", NULL, "mouse", "no", "Leave the mouse to the terminal."},
	{"stay-signed-in", NULL, "stay_signed_in", "yes", "Keep the session for the next start."},
	{"config", "FILE", NULL, NULL, "Read this file instead of the usual one."},
	{"sign-in", "FILE", NULL, NULL,
	 "Sign in with organization=, email= and password= of a file that only you can read."},
	{"password-fd", "N", NULL, NULL,
	 "Read the password from file descriptor N, up to its end."},
	{"insecure-http", NULL, NULL, NULL,
	 "Allow http:// beyond this machine. Anybody can listen."},
	{"print-config", NULL, NULL, NULL, "Print the settings in force and end."},
	{"version", NULL, NULL, NULL, "Print the version and end."},
	{"help", NULL, NULL, NULL, "Print this and end."},
};

static const struct setting_row *row_find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (str_is(name, rows[i].name))
			return &rows[i];
	}
	return NULL;
}

/* ---- values ---- */

static const char **text_of(struct config *c, const struct setting_row *row)
{
	return (const char **)(void *)((char *)c + row->offset);
}

static int *word_of(struct config *c, const struct setting_row *row)
{
	return (int *)(void *)((char *)c + row->offset);
}

static bool word_set(struct config *c, const struct setting_row *row, struct str value,
		     struct err *err)
{
	struct buf list = {0};

	for (const struct word *w = row->words; w->text != NULL; w++) {
		if (str_is(value, w->text)) {
			*word_of(c, row) = w->value;
			buf_clear(&list);
			return true;
		}
		buf_printf(&list, "%s%s",
			   w == row->words     ? ""
			   : w[1].text == NULL ? " or "
					       : ", ",
			   w->text);
	}
	err_set(err, ERR_INPUT, "%s must be %s.", row->name, buf_cstr(&list));
	buf_clear(&list);
	return false;
}

static bool is_printable(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c == 0x7f)
			return false;
	}
	return true;
}

static bool value_set(struct config *c, const struct setting_row *row, struct str value,
		      struct err *err)
{
	if (row->words != NULL)
		return word_set(c, row, value, err);
	if (!is_printable(value) || value.n > 1024)
		return err_set(err, ERR_INPUT, "%s is too long or holds a control character.",
			       row->name);
	*text_of(c, row) = value.n == 0 ? NULL : arena_cstr(&c->arena, value);
	return true;
}

/* ---- the file ---- */

static void warned(struct config *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void warned(struct config *c, const char *fmt, ...)
{
	struct err sentence;
	va_list ap;

	if (c->warnings_n == CONFIG_WARNINGS_MAX)
		return;
	va_start(ap, fmt);
	err_vset(&sentence, ERR_INPUT, fmt, ap);
	va_end(ap);
	c->warnings[c->warnings_n++] = arena_strdup(&c->arena, sentence.text);
}

static bool line_set(struct config *c, const char *path, size_t line, struct str key,
		     struct str value, struct err *err)
{
	const struct setting_row *row = row_find(key);
	struct err why;

	if (key.n == 0)
		return err_set(err, ERR_INPUT, "%s, line %zu: key=value is expected.", path, line);
	if (row == NULL) {
		warned(c, "%s, line %zu: there is no setting \"%.40s\"; it is passed over.", path,
		       line, arena_cstr(&c->arena, str_sub(key, 0, 40)));
		return true;
	}
	if (!value_set(c, row, value, &why))
		return err_set(err, ERR_INPUT, "%s, line %zu: %s", path, line, why.text);
	return true;
}

static bool file_set(struct config *c, const char *path, bool must_be, struct err *err)
{
	struct buf text = {0};
	struct str rest, key, value;
	size_t line = 0;
	bool good = true;

	if (!file_read_whole(path, FILE_MAX, FILE_ANY, &text, err))
		return !must_be && err->kind == ERR_MISSING;
	rest = buf_str(&text);
	while (good && line_next(&rest, &line, &key, &value))
		good = line_set(c, path, line, key, value, err);
	buf_clear(&text);
	return good;
}

/* ---- arguments ---- */

static const struct option *option_find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		if (str_is(name, options[i].name))
			return &options[i];
	}
	return NULL;
}

static bool own_set(struct config *c, const struct option *o, struct str value, struct err *err)
{
	int64_t fd;

	if (strcmp(o->name, "config") == 0)
		return true; /* read before */
	if (strcmp(o->name, "sign-in") == 0) {
		c->sign_in = arena_cstr(&c->arena, value);
	} else if (strcmp(o->name, "password-fd") == 0) {
		if (!str_int(value, 0, INT32_MAX, &fd))
			return err_set(err, ERR_INPUT,
				       "--password-fd takes the number of a descriptor.");
		c->password_fd = (int)fd;
	} else if (strcmp(o->name, "insecure-http") == 0) {
		c->insecure_http = true;
	} else if (strcmp(o->name, "print-config") == 0) {
		c->print = true;
	} else if (strcmp(o->name, "version") == 0) {
		c->version = true;
	} else {
		c->help = true;
	}
	return true;
}

static bool option_set(struct config *c, const struct option *o, struct str value, struct err *err)
{
	struct err why;

	if (o->row == NULL)
		return own_set(c, o, value, err);
	if (!value_set(c, row_find(str_of(o->row)), o->value == NULL ? str_of(o->sets) : value,
		       &why))
		return err_set(err, ERR_INPUT, "--%s: %s", o->name, why.text);
	return true;
}

/* Walks the arguments: with a config, sets them; without, only looks for --config. */
static bool arguments_read(int argc, char **argv, struct config *c, const char **config_file,
			   struct err *err)
{
	for (int i = 1; i < argc; i++) {
		struct str value = str_of(argv[i]), name = str_cut(&value, '=');
		const struct option *o = NULL;

		if (str_is(name, "-h"))
			name = STR_LIT("--help");
		if (str_is(name, "-V"))
			name = STR_LIT("--version");
		if (str_starts(name, STR_LIT("--")))
			o = option_find(str_sub(name, 2, name.n));
		if (o == NULL)
			return err_set(err, ERR_INPUT, "There is no option \"%.60s\": see --help.",
				       argv[i]);
		if (o->value == NULL && value.p != NULL)
			return err_set(err, ERR_INPUT, "--%s takes no value.", o->name);
		if (o->value != NULL && value.p == NULL) {
			if (++i == argc)
				return err_set(err, ERR_INPUT, "--%s wants a value: %s.", o->name,
					       o->value);
			value = str_of(argv[i]);
		}
		if (strcmp(o->name, "config") == 0)
			*config_file = value.p;
		if (c != NULL && !option_set(c, o, value, err))
			return false;
	}
	return true;
}

/* ---- folders (XDG base directories) ---- */

static const char *folder(struct config *c, const char *variable, const char *under_home)
{
	const char *at = getenv(variable), *home = getenv("HOME");

	if (at != NULL && at[0] == '/')
		return arena_printf(&c->arena, "%s/switchback", at);
	if (home == NULL || home[0] != '/')
		return NULL;
	return arena_printf(&c->arena, "%s/%s/switchback", home, under_home);
}

static void folders_find(struct config *c)
{
	const char *config_dir = folder(c, "XDG_CONFIG_HOME", ".config");

	c->state_dir = folder(c, "XDG_STATE_HOME", ".local/state");
	c->path = config_dir == NULL ? NULL : arena_printf(&c->arena, "%s/config", config_dir);
}

/* ---- all of it ---- */

static bool defaults_set(struct config *c, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!value_set(c, &rows[i], str_of(rows[i].fallback), err))
			return false;
	}
	return true;
}

bool config_load(int argc, char **argv, struct config *out, struct err *err)
{
	const char *named = NULL, *no_color = getenv("NO_COLOR");

	*out = (struct config){.password_fd = -1};
	folders_find(out);
	if (!defaults_set(out, err) || !arguments_read(argc, argv, NULL, &named, err))
		return false;
	if (named != NULL)
		out->path = arena_strdup(&out->arena, named);
	if (out->path != NULL && !file_set(out, out->path, named != NULL, err))
		return false;
	if (no_color != NULL && no_color[0] != '\0')
		out->theme = COLORS_NONE;
	if (!arguments_read(argc, argv, out, &named, err))
		return false;
	if (out->help || out->version)
		return true;
	if (out->url == NULL)
		out->url = URL_DEFAULT;
	return exchange_base_good(out->url, out->insecure_http, err);
}

void config_clear(struct config *c)
{
	arena_free(&c->arena);
}

/* ---- in words ---- */

void config_help(FILE *to)
{
	fprintf(to, "switchback - the console of a store's staff\n\n"
		    "  switchback [OPTION...]\n\n");
	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		const struct option *o = &options[i];
		char left[40];

		snprintf(left, sizeof left, "--%s%s%s", o->name, o->value == NULL ? "" : " ",
			 o->value == NULL ? "" : o->value);
		fprintf(to, "  %-22s %s\n", left,
			o->sentence != NULL ? o->sentence : row_find(str_of(o->row))->sentence);
	}
	fprintf(to, "\nSettings, as key=value lines of $XDG_CONFIG_HOME/switchback/config "
		    "(~/.config/...):\n\n");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		fprintf(to, "  %-16s %s%s%s%s\n", rows[i].name, rows[i].sentence,
			rows[i].fallback == NULL ? "" : " [",
			rows[i].fallback == NULL ? "" : rows[i].fallback,
			rows[i].fallback == NULL ? "" : "]");
}

void config_print(const struct config *c, FILE *to)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct setting_row *row = &rows[i];
		const char *value = NULL;

		if (row->words == NULL) {
			memcpy(&value, (const char *)c + row->offset, sizeof value);
		} else {
			int number;

			memcpy(&number, (const char *)c + row->offset, sizeof number);
			for (const struct word *w = row->words; w->text != NULL; w++) {
				if (w->value == number)
					value = w->text;
			}
		}
		fprintf(to, "# %s\n%s%s=%s\n\n", row->sentence, value == NULL ? "#" : "", row->name,
			value == NULL ? "" : value);
	}
}

/* ---- signing in without typing ---- */

static void password_keep(struct credentials *out, struct str password)
{
	out->password = xcalloc(1, password.n + 1);
	memcpy(out->password, password.p, password.n);
}

static bool sign_in_file(const char *path, struct credentials *out, struct err *err)
{
	struct buf text = {0};
	struct str rest, key, value;
	size_t line = 0;

	if (!file_read_whole(path, PASSWORD_MAX * 4, FILE_PRIVATE, &text, err))
		return false;
	rest = buf_str(&text);
	while (line_next(&rest, &line, &key, &value)) {
		if (str_is(key, "organization"))
			out->organization = arena_cstr(&out->arena, value);
		else if (str_is(key, "email"))
			out->email = arena_cstr(&out->arena, value);
		else if (str_is(key, "password") && out->password == NULL)
			password_keep(out, value);
	}
	explicit_bzero(text.p, text.cap);
	buf_clear(&text);
	if (out->organization == NULL || out->email == NULL || out->password == NULL)
		return err_set(err, ERR_INPUT, "%s must hold organization=, email= and password=.",
			       path);
	return true;
}

static bool password_from(int fd, struct credentials *out, struct err *err)
{
	char text[PASSWORD_MAX + 2];
	size_t n = 0;
	ssize_t got = 1;

	while (n < sizeof text && (got = read(fd, text + n, sizeof text - n)) > 0)
		n += (size_t)got;
	if (got < 0)
		return err_set(err, ERR_INPUT, "Descriptor %d cannot be read: %s.", fd,
			       strerror(errno));
	if (n > 0 && text[n - 1] == '\n')
		n--;
	if (n == 0 || n > PASSWORD_MAX || memchr(text, '\0', n) != NULL) {
		explicit_bzero(text, sizeof text);
		return err_set(err, ERR_INPUT, "Descriptor %d gives no password.", fd);
	}
	password_keep(out, str_make(text, n));
	explicit_bzero(text, sizeof text);
	return true;
}

bool credentials_read(const struct config *c, struct credentials *out, struct err *err)
{
	*out = (struct credentials){.organization = c->organization, .email = c->email};
	if (c->sign_in != NULL)
		return sign_in_file(c->sign_in, out, err);
	if (c->password_fd < 0)
		return true;
	if (c->organization == NULL || c->email == NULL)
		return err_set(err, ERR_INPUT,
			       "--password-fd wants --organization and --email beside it.");
	return password_from(c->password_fd, out, err);
}

void credentials_clear(struct credentials *c)
{
	if (c->password != NULL)
		explicit_bzero(c->password, strlen(c->password));
	free(c->password);
	arena_free(&c->arena);
	*c = (struct credentials){0};
}
