/*
 * settings.c - where values come from and who must have which; see settings.h. What a value must
 * look like is in settings_table.c, how the table reads in settings_text.c.
 */
#include "shared/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/buf.h"
#include "shared/settings_table.h"

#define FILE_MAX (64u * 1024u)
#define VALUES   64

/* A value as found, and in which words its place is named. */
struct found {
	const struct setting *row;
	struct str value;
};

struct reading {
	struct settings *s;
	enum program program;
	struct found in_file[VALUES];
	size_t in_file_n;
};

static void note_add(struct settings *s, bool stops, const char *name, const char *text)
{
	if (s->notes_n == SETTINGS_NOTES_MAX)
		return;
	s->notes[s->notes_n++] = (struct settings_note){stops, name, arena_strdup(&s->arena, text)};
}

static void warn(struct settings *s, const char *name, const char *fmt, ...) PRINTF_LIKE(3, 4);
static void warn(struct settings *s, const char *name, const char *fmt, ...)
{
	struct err e;
	va_list ap;

	va_start(ap, fmt);
	err_vset(&e, ERR_INPUT, fmt, ap);
	va_end(ap);
	note_add(s, false, name, e.text);
}

static void stop(struct settings *s, const char *name, const char *fmt, ...) PRINTF_LIKE(3, 4);
static void stop(struct settings *s, const char *name, const char *fmt, ...)
{
	struct err e;
	va_list ap;

	va_start(ap, fmt);
	err_vset(&e, ERR_INPUT, fmt, ap);
	va_end(ap);
	note_add(s, true, name, e.text);
}

/* ---- files ----------------------------------------------------------------------------------- */

/* The whole file, at most FILE_MAX bytes, in the arena; *mode gets its permissions. */
static bool file_read(struct arena *a, const char *path, struct str *out, mode_t *mode,
		      struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	size_t n = 0;
	ssize_t got = 1;
	char *p;

	if (fd < 0)
		return err_set(err, ERR_INPUT, "%s cannot be read: %s.", path, strerror(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > (off_t)FILE_MAX) {
		close(fd);
		return err_set(err, ERR_INPUT, "%s must be a file of at most 64 KiB.", path);
	}
	p = arena_take(a, FILE_MAX + 1);
	while (n < FILE_MAX && (got = read(fd, p + n, FILE_MAX - n)) > 0)
		n += (size_t)got;
	close(fd);
	if (got < 0)
		return err_set(err, ERR_INPUT, "%s cannot be read: %s.", path, strerror(errno));
	*out = str_make(p, n);
	*mode = st.st_mode;
	return true;
}

/* "value" and 'value' lose their quotes. */
static struct str unquoted(struct str v)
{
	if (v.n >= 2 && (v.p[0] == '"' || v.p[0] == '\'') && v.p[v.n - 1] == v.p[0])
		return str_sub(v, 1, v.n - 2);
	return v;
}

static const struct setting_retired *retired_find(struct str name)
{
	size_t n;
	const struct setting_retired *all = settings_retired(&n);

	for (size_t i = 0; i < n; i++) {
		struct str pattern = str_of(all[i].name);

		if (str_ends(pattern, STR_LIT("*"))
			    ? str_starts(name, str_sub(pattern, 0, pattern.n - 1))
			    : str_eq(name, pattern))
			return &all[i];
	}
	return NULL;
}

static void retired_warn(struct settings *s, const char *name, const struct setting_retired *r)
{
	warn(s, name, "%s means nothing to Switchback: %s.", name, r->instead);
}

static void line_read(struct reading *r, const char *path, size_t line_no, struct str line)
{
	struct str rest = str_trim(line), name;
	const struct setting_retired *old;
	const struct setting *row;
	bool had_sign;

	if (rest.n == 0 || rest.p[0] == '#')
		return;
	had_sign = str_find_char(rest, '=') > 0;
	name = str_trim(str_cut(&rest, '='));
	if (!had_sign) {
		stop(r->s, path, "%s, line %zu: KEY=value is expected.", path, line_no);
		return;
	}
	row = setting_find(name);
	if (row == NULL && (old = retired_find(name)) != NULL) {
		retired_warn(r->s, arena_cstr(&r->s->arena, name), old);
		return;
	}
	if (row == NULL) {
		stop(r->s, path,
		     "%s, line %zu: there is no setting of that name; --help lists all.", path,
		     line_no);
		return;
	}
	for (size_t i = 0; i < r->in_file_n; i++) {
		if (r->in_file[i].row == row) {
			stop(r->s, path, "%s, line %zu: %s is there twice.", path, line_no,
			     row->name);
			return;
		}
	}
	if (r->in_file_n < VALUES)
		r->in_file[r->in_file_n++] = (struct found){row, unquoted(str_trim(rest))};
}

static void config_read(struct reading *r, const char *path)
{
	struct str text;
	struct err err;
	mode_t mode;

	if (!file_read(&r->s->arena, path, &text, &mode, &err)) {
		note_add(r->s, true, path, err.text);
		return;
	}
	for (size_t line = 1; text.p != NULL && text.n > 0; line++)
		line_read(r, path, line, str_cut(&text, '\n'));
	for (size_t i = 0; i < r->in_file_n; i++) {
		if (!r->in_file[i].row->secret || r->in_file[i].value.n == 0)
			continue;
		if ((mode & (S_IRWXO | S_IWGRP)) == 0)
			return;
		stop(r->s, path, "%s holds %s, and others may %s it: chmod 600 (or 640) that file.",
		     path, r->in_file[i].row->name, (mode & S_IROTH) != 0 ? "read" : "change");
		return;
	}
}

/* ---- one setting ----------------------------------------------------------------------------- */

/* The systemd credential of that name; {NULL, 0} when there is none. */
static struct str credential_find(struct settings *s, const struct setting *row)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	struct str text;
	struct err err;
	char *path;
	mode_t mode;

	if (dir == NULL || *dir == '\0')
		return (struct str){NULL, 0};
	path = arena_printf(&s->arena, "%s/%s", dir, row->name);
	if (access(path, F_OK) != 0)
		return (struct str){NULL, 0};
	if (!file_read(&s->arena, path, &text, &mode, &err)) {
		note_add(s, true, row->name, err.text);
		return (struct str){NULL, 0};
	}
	return str_trim(text);
}

static struct str value_find(struct reading *r, const struct setting *row)
{
	struct str v = str_trim(str_of(getenv(row->name)));

	if (v.n == 0)
		v = credential_find(r->s, row);
	for (size_t i = 0; v.n == 0 && i < r->in_file_n; i++) {
		if (r->in_file[i].row == row)
			v = r->in_file[i].value;
	}
	return v;
}

static void row_read(struct reading *r, const struct setting *row)
{
	struct str v = value_find(r, row);
	struct err err;

	if (v.n == 0 && (row->needed_by & r->program) != 0) {
		stop(r->s, row->name, "%s is not set. %s", row->name, row->sentence);
		return;
	}
	if (v.n == 0) {
		if (row->fallback == NULL || row->kind == SETTING_SITE)
			return;
		v = str_of(row->fallback);
	}
	if (!setting_store(row, v, r->s, &err))
		note_add(r->s, true, row->name, err.text);
}

/* ---- what one setting means for another ------------------------------------------------------ */

static void public_url_settle(struct settings *s)
{
	struct str url, host;
	ptrdiff_t end;

	if (s->public_url == NULL) {
		s->public_url = arena_printf(&s->arena, "http://127.0.0.1:%d", s->port);
		return;
	}
	url = str_of(s->public_url);
	if (!str_starts(url, STR_LIT("http://")))
		return;
	host = str_sub(url, 7, url.n);
	end = str_find_char(host, '/');
	host = end < 0 ? host : str_sub(host, 0, (size_t)end);
	end = str_find_char(host, ':');
	host = end < 0 ? host : str_sub(host, 0, (size_t)end);
	if (host.n > 0 && host.p[0] != '[' && !settings_host_is_private(host))
		warn(s, "PUBLIC_URL",
		     "PUBLIC_URL is plain http: what customers write would travel readable; let a "
		     "reverse proxy speak https.");
}

/* What somebody held down, or typed over and over: no chance at all. */
static bool is_monotonous(const char *secret)
{
	bool seen[256] = {false};
	unsigned different = 0;

	for (const unsigned char *c = (const unsigned char *)secret; *c != '\0'; c++) {
		different += seen[*c] ? 0 : 1;
		seen[*c] = true;
	}
	return different < 8;
}

static bool has_word_nocase(const char *text, const char *word)
{
	struct str s = str_of(text);

	for (size_t i = 0; i + strlen(word) <= s.n; i++) {
		if (str_is_nocase(str_sub(s, i, strlen(word)), word))
			return true;
	}
	return false;
}

static void jwt_secret_check(struct settings *s)
{
	static const char say[] = "JWT_SECRET can be guessed: put 32 bytes or more of chance "
				  "there, such as \"openssl rand -hex 32\" prints.";

	if (s->jwt_secret == NULL)
		return;
	if (is_monotonous(s->jwt_secret))
		stop(s, "JWT_SECRET", "%s", say);
	else if (has_word_nocase(s->jwt_secret, "secret") ||
		 has_word_nocase(s->jwt_secret, "password"))
		warn(s, "JWT_SECRET", "%s", say);
}

static void relations_check(struct settings *s)
{
	jwt_secret_check(s);
	if (s->bcrypt_rounds > 0 && s->bcrypt_rounds < 10)
		warn(s, "BCRYPT_ROUNDS",
		     "BCRYPT_ROUNDS is %d: that is for tests, a stolen hash is soon guessed; use "
		     "12.",
		     s->bcrypt_rounds);
	if (s->secrets_key_previous.set && !s->secrets_key.set)
		stop(s, "SECRETS_KEY_PREVIOUS",
		     "SECRETS_KEY_PREVIOUS is set without SECRETS_KEY: name the new key too.");
}

static void environment_check(struct settings *s)
{
	for (char **e = environ; e != NULL && *e != NULL; e++) {
		struct str rest = str_of(*e), name = str_cut(&rest, '=');
		const struct setting_retired *old = rest.n == 0 ? NULL : retired_find(name);

		if (old != NULL)
			retired_warn(s, arena_cstr(&s->arena, name), old);
	}
}

/* ---- the whole ------------------------------------------------------------------------------- */

static bool arguments_read(int argc, char **argv, enum program program, struct settings *s,
			   struct err *err)
{
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		struct str arg = str_of(argv[i]);

		if (str_is(arg, "--help") || str_is(arg, "-h")) {
			s->help = true;
		} else if (str_is(arg, "--version") || str_is(arg, "-V")) {
			s->version = true;
		} else if (str_is(arg, "--config") && i + 1 < argc) {
			s->config = argv[++i];
		} else if (str_starts(arg, STR_LIT("--config=")) && arg.n > 9) {
			s->config = argv[i] + 9;
		} else {
			return err_set(err, ERR_INPUT,
				       "\"%.60s\" is not an option; --help lists them.", argv[i]);
		}
	}
	s->rest = i;
	if (i < argc && program != PROGRAM_CTL && !s->help && !s->version)
		return err_set(err, ERR_INPUT,
			       "\"%.60s\" is too much: there are no arguments; --help "
			       "lists the options.",
			       argv[i]);
	return true;
}

bool settings_load(int argc, char **argv, enum program program, struct settings *out,
		   struct err *err)
{
	struct reading r = {.s = out, .program = program};
	size_t n;
	const struct setting *rows = settings_rows(&n);

	*out = (struct settings){.log_level = LOG_INFO};
	if (!arguments_read(argc, argv, program, out, err))
		return false;
	if (out->help || out->version)
		return true;
	if (out->config == NULL)
		out->config = getenv("SWITCHBACK_CONFIG");
	if (out->config != NULL && *out->config == '\0')
		out->config = NULL;
	if (out->config != NULL) {
		out->config = arena_strdup(&out->arena, out->config);
		config_read(&r, out->config);
	}
	for (size_t i = 0; i < n; i++) {
		if ((rows[i].used_by & (unsigned)program) != 0)
			row_read(&r, &rows[i]);
	}
	public_url_settle(out);
	relations_check(out);
	environment_check(out);
	for (size_t i = 0; i < out->notes_n; i++) {
		if (out->notes[i].stops)
			return err_set(err, ERR_INPUT, "%s", out->notes[i].text);
	}
	return true;
}

/* The texts are copies in the arena, whatever their type says to others. */
static void text_wipe(const char *text)
{
	if (text != NULL)
		explicit_bzero((void *)(uintptr_t)text, strlen(text));
}

void settings_clear(struct settings *s)
{
	size_t n;
	const struct setting *rows = settings_rows(&n);

	for (size_t i = 0; i < n; i++) {
		if (rows[i].secret && rows[i].kind != SETTING_KEY)
			text_wipe(*(const char **)((char *)s + rows[i].offset));
	}
	arena_free(&s->arena);
	explicit_bzero(s, sizeof *s);
}
