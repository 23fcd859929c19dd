/*
 * settings_table.c - every setting there is, and what a value of each kind must look like.
 */
#include "shared/settings_table.h"

#include <arpa/inet.h>

#include "shared/base64.h"

#define SERVICE   PROGRAM_SERVICE
#define CTL       PROGRAM_CTL
#define KEEP      PROGRAM_KEEP
#define AT(field) offsetof(struct settings, field)

static const struct setting rows[] = {
	{"APP_DATABASE_URL", SETTING_DATABASE, AT(app_database_url), NULL, true, SERVICE | CTL,
	 SERVICE, 0, 0,
	 "PostgreSQL as the service's role, which owns no table and cannot bypass row security."},
	{"DATABASE_URL", SETTING_DATABASE, AT(database_url), NULL, true, CTL, 0, 0, 0,
	 "PostgreSQL as the owner of the tables; switchbackctl alone uses it, and needs it for "
	 "whatever touches the database."},
	{"LISTEN", SETTING_ADDRESS, AT(listen), "127.0.0.1", false, SERVICE | KEEP, 0, 0, 0,
	 "The IP address to listen on."},
	{"PORT", SETTING_INT, AT(port), "3001", false, SERVICE | CTL | KEEP, 0, 0, 65535,
	 "The port to listen on; 0 takes a free one."},
	{"PUBLIC_URL", SETTING_SITE, AT(public_url), "http://127.0.0.1:PORT", false, SERVICE | CTL,
	 0, 0, 0,
	 "Where providers reach the service: the address that Twilio signs and that numbers are "
	 "pointed at."},
	{"TWILIO_ACCOUNT_SID", SETTING_ACCOUNT, AT(twilio_account_sid), NULL, false, SERVICE | CTL,
	 SERVICE, 0, 0, "The Twilio account of organizations that have none of their own."},
	{"TWILIO_AUTH_TOKEN", SETTING_TEXT, AT(twilio_auth_token), NULL, true, SERVICE | CTL,
	 SERVICE, 8, 0,
	 "That account's auth token: it signs what Twilio sends and opens Twilio's API."},
	{"TWILIO_API_URL", SETTING_PROVIDER, AT(twilio_api_url), "https://api.twilio.com", false,
	 SERVICE | CTL, 0, 0, 0, "Twilio's API: another region, or the simulator."},
	{"ELEVENLABS_API_KEY", SETTING_TEXT, AT(elevenlabs_api_key), NULL, true, SERVICE, 0, 8, 0,
	 "The ElevenLabs key of organizations that have none of their own."},
	{"ELEVENLABS_AGENT_ID", SETTING_TEXT, AT(elevenlabs_agent_id), NULL, false, SERVICE, 0, 1,
	 0, "The ElevenLabs agent of organizations that have none of their own."},
	{"ELEVENLABS_API_URL", SETTING_PROVIDER, AT(elevenlabs_api_url),
	 "https://api.elevenlabs.io", false, SERVICE, 0, 0, 0,
	 "ElevenLabs' API: another region, or the simulator."},
	{"ELEVENLABS_CONVERSATION_EVENTS_WEBHOOK_SECRET", SETTING_TEXT,
	 AT(elevenlabs_events_secret), NULL, true, SERVICE, 0, 8, 0,
	 "Signs the events of a running conversation; without it they are refused."},
	{"ELEVENLABS_POST_CALL_WEBHOOK_SECRET", SETTING_TEXT, AT(elevenlabs_post_call_secret), NULL,
	 true, SERVICE, 0, 8, 0, "Signs what comes after a call; without it that is refused."},
	{"TOOL_SECRET", SETTING_TEXT, AT(tool_secret), NULL, true, SERVICE, 0, 16, 0,
	 "Bearer secret of the initiation, tool and MCP endpoints; without it they are refused."},
	{"JWT_SECRET", SETTING_TEXT, AT(jwt_secret), NULL, true, SERVICE, SERVICE, 32, 0,
	 "Signs the staff's access tokens: 32 bytes or more of chance, such as \"openssl rand -hex "
	 "32\" prints."},
	{"BCRYPT_ROUNDS", SETTING_INT, AT(bcrypt_rounds), "12", false, SERVICE | CTL, 0, 4, 15,
	 "Cost of a password's hash; each step doubles the time, 12 is about a quarter of a "
	 "second. "
	 "Under 10 is for tests, and warned of; over 15 a sign-in would take seconds."},
	{"SECRETS_KEY", SETTING_KEY, AT(secrets_key), NULL, true, SERVICE | CTL, 0, 0, 0,
	 "Encrypts the provider credentials of organizations: base64 of 32 bytes, such as "
	 "\"openssl rand -base64 32\" prints."},
	{"SECRETS_KEY_PREVIOUS", SETTING_KEY, AT(secrets_key_previous), NULL, true, SERVICE | CTL,
	 0, 0, 0,
	 "The key before, still good for reading until \"switchbackctl secrets reseal\" has run."},
	{"SMTP_URL", SETTING_MAIL, AT(smtp_url), NULL, true, SERVICE, 0, 0, 0,
	 "The mail server, smtps://user:password@host:port; without it nothing is mailed."},
	{"LOG_LEVEL", SETTING_LEVEL, AT(log_level), "info", false, SERVICE | CTL | KEEP, 0, 0, 0,
	 "How much is logged: error, warn, info or debug."},
};

static const struct setting_retired retired[] = {
	{"TWILIO_WEBHOOK_SECRET", "Twilio signs with the account's token, so TWILIO_AUTH_TOKEN "
				  "takes its place"},
	{"SUPABASE_*", "the database is PostgreSQL itself, so APP_DATABASE_URL (and DATABASE_URL "
		       "for switchbackctl) takes its place"},
	{"NODE_ENV", "there is one way to run, so LOG_LEVEL and PUBLIC_URL take its place"},
};

const struct setting *settings_rows(size_t *n)
{
	*n = ARRAY_LEN(rows);
	return rows;
}

const struct setting_retired *settings_retired(size_t *n)
{
	*n = ARRAY_LEN(retired);
	return retired;
}

const struct setting *setting_find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (str_is(name, rows[i].name))
			return &rows[i];
	}
	return NULL;
}

/* ---- addresses ------------------------------------------------------------------------------- */

static bool is_private_ip4(uint32_t a)
{
	return a >> 24 == 127 || a >> 24 == 10 || a >> 20 == 0xac1 || a >> 16 == 0xc0a8;
}

bool settings_host_is_private(struct str host)
{
	static const char *const zones[] = {".localhost", ".internal", ".test"};
	unsigned char ip6[16];
	struct in_addr ip4;
	char text[64];

	if (host.n == 0 || host.n >= sizeof text)
		return false;
	memcpy(text, host.p, host.n);
	text[host.n] = '\0';
	if (inet_pton(AF_INET, text, &ip4) == 1)
		return is_private_ip4(ntohl(ip4.s_addr));
	if (inet_pton(AF_INET6, text, ip6) == 1) {
		static const unsigned char loopback[16] = {[15] = 1};

		return memcmp(ip6, loopback, sizeof ip6) == 0 || (ip6[0] & 0xfe) == 0xfc;
	}
	for (size_t i = 0; i < ARRAY_LEN(zones); i++) {
		if (str_ends(host, str_of(zones[i])))
			return true;
	}
	return str_find_char(host, '.') < 0;
}

static bool host_letters(struct str host, const char *also)
{
	for (size_t i = 0; i < host.n; i++) {
		char c = host.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      strchr(also, c) != NULL))
			return false;
	}
	return host.n > 0;
}

/* host[:port], an IPv6 address in brackets. */
static bool authority_read(struct str s, struct str *host)
{
	struct str port;
	int64_t number;

	if (str_starts(s, STR_LIT("["))) {
		ptrdiff_t end = str_find_char(s, ']');

		if (end < 0)
			return false;
		*host = str_sub(s, 1, (size_t)end - 1);
		port = str_sub(s, (size_t)end + 1, s.n);
		if (!host_letters(*host, ":."))
			return false;
	} else {
		ptrdiff_t colon = str_find_char(s, ':');

		*host = colon < 0 ? s : str_sub(s, 0, (size_t)colon);
		port = colon < 0 ? (struct str){NULL, 0} : str_sub(s, (size_t)colon, s.n);
		if (!host_letters(*host, "-._"))
			return false;
	}
	if (port.n == 0)
		return true;
	return port.p[0] == ':' && str_int(str_sub(port, 1, port.n), 1, 65535, &number);
}

/* http(s)://host[:port][/path]: no user, query, fragment. */
static bool web_url_read(struct str s, bool *tls, struct str *host)
{
	struct str rest;
	ptrdiff_t slash;

	*tls = str_starts(s, STR_LIT("https://"));
	if (!*tls && !str_starts(s, STR_LIT("http://")))
		return false;
	rest = str_sub(s, *tls ? 8 : 7, s.n);
	for (size_t i = 0; i < rest.n; i++) {
		if (strchr("?#@\\\"<>", rest.p[i]) != NULL)
			return false;
	}
	slash = str_find_char(rest, '/');
	return authority_read(slash < 0 ? rest : str_sub(rest, 0, (size_t)slash), host);
}

static bool mail_url_ok(struct str s)
{
	bool tls = str_starts(s, STR_LIT("smtps://"));
	struct str rest, host;
	ptrdiff_t at;

	if (!tls && !str_starts(s, STR_LIT("smtp://")))
		return false;
	rest = str_sub(s, tls ? 8 : 7, s.n);
	if (rest.n > 0 && rest.p[rest.n - 1] == '/')
		rest.n--;
	at = str_find_char(rest, '@');
	return authority_read(at < 0 ? rest : str_sub(rest, (size_t)at + 1, rest.n), &host);
}

static bool database_url_ok(struct str s)
{
	return str_starts(s, STR_LIT("postgresql://")) || str_starts(s, STR_LIT("postgres://")) ||
	       str_find_char(s, '=') > 0;
}

static bool ip_ok(struct str s)
{
	unsigned char ip[16];
	char text[64];

	if (s.n >= sizeof text)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return inet_pton(AF_INET, text, ip) == 1 || inet_pton(AF_INET6, text, ip) == 1;
}

/* ---- one value ------------------------------------------------------------------------------- */

/* What examples put where a secret belongs, the customer's guide among them. */
static bool is_placeholder(struct str v)
{
	static const char *const fronts[] = {
		"your-", "your_",        "change",          "replace",        "<",
		"xxxx",  "super-secret", "a-string-secret", "my-super-secret"};

	for (size_t i = 0; i < ARRAY_LEN(fronts); i++) {
		size_t n = strlen(fronts[i]);

		if (str_is_nocase(str_sub(v, 0, n), fronts[i]))
			return true;
	}
	return false;
}

/* `expected` with the value that was found, unless that is a secret. */
static bool refuse(const struct setting *row, struct str v, const char *expected, struct err *err)
{
	char shown[41];
	size_t n = size_min(v.n, sizeof shown - 1);

	if (row->secret)
		return err_set(err, ERR_INPUT, "%s is not as expected: %s.", row->name, expected);
	for (size_t i = 0; i < n; i++)
		shown[i] = v.p[i] >= ' ' && v.p[i] <= '~' ? v.p[i] : '?';
	shown[n] = '\0';
	return err_set(err, ERR_INPUT, "%s is \"%s%s\"; expected is %s.", row->name, shown,
		       v.n > n ? "..." : "", expected);
}

/* Visible ASCII throughout. */
static bool visible(struct str v)
{
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] < '!' || v.p[i] > '~')
			return false;
	}
	return true;
}

static bool has_control(struct str v)
{
	for (size_t i = 0; i < v.n; i++) {
		if ((v.p[i] >= 0 && v.p[i] < ' ') || v.p[i] == 0x7f)
			return true;
	}
	return false;
}

static bool account_ok(struct str v)
{
	if (v.n != 34 || !str_starts(v, STR_LIT("AC")))
		return false;
	for (size_t i = 2; i < v.n; i++) {
		if (strchr("0123456789abcdefABCDEF", v.p[i]) == NULL)
			return false;
	}
	return true;
}

static bool text_ok(const struct setting *row, struct str v, struct err *err)
{
	char expected[80];

	if (v.n >= (size_t)row->min && visible(v))
		return true;
	if (row->min > 1)
		snprintf(expected, sizeof expected,
			 "%d or more visible ASCII characters, no blanks", row->min);
	else
		snprintf(expected, sizeof expected, "visible ASCII characters, no blanks");
	return refuse(row, v, expected, err);
}

static bool url_ok(const struct setting *row, struct str v, struct err *err)
{
	struct str host;
	bool tls;

	if (!visible(v) || !web_url_read(v, &tls, &host))
		return refuse(row, v, "an address such as https://host or https://host:port/path",
			      err);
	if (row->kind == SETTING_PROVIDER && !tls && !settings_host_is_private(host))
		return refuse(row, v,
			      "an https:// address (plain http only to this machine or a private "
			      "network)",
			      err);
	return true;
}

/* Everything that ends as a text in its field. */
static bool text_kind_ok(const struct setting *row, struct str v, struct err *err)
{
	switch (row->kind) {
	case SETTING_DATABASE:
		return database_url_ok(v) ||
		       refuse(row, v, "postgresql://user:password@host:port/database", err);
	case SETTING_SITE:
	case SETTING_PROVIDER: return url_ok(row, v, err);
	case SETTING_MAIL:
		return (visible(v) && mail_url_ok(v)) ||
		       refuse(row, v, "smtps://user:password@host:port or smtp://host:port", err);
	case SETTING_ADDRESS:
		return ip_ok(v) || refuse(row, v, "an IP address, such as 127.0.0.1 or ::1", err);
	case SETTING_ACCOUNT:
		return account_ok(v) || refuse(row, v, "AC followed by 32 hexadecimal digits", err);
	default: return text_ok(row, v, err);
	}
}

static bool key_store(const struct setting *row, struct str v, struct settings_key *key,
		      struct err *err)
{
	unsigned char bytes[SETTINGS_KEY_BYTES];
	size_t n;

	if (!base64_read(v, bytes, sizeof bytes, &n) || n != sizeof bytes)
		return refuse(row, v, "base64 of exactly 32 bytes (openssl rand -base64 32)", err);
	memcpy(key->bytes, bytes, sizeof bytes);
	key->set = true;
	explicit_bzero(bytes, sizeof bytes);
	return true;
}

bool setting_store(const struct setting *row, struct str v, struct settings *s, struct err *err)
{
	void *field = (char *)s + row->offset;
	char expected[64];
	int64_t number;
	char word[8];

	if (has_control(v))
		return refuse(row, v, "a text without control characters", err);
	if (is_placeholder(v))
		return err_set(err, ERR_INPUT,
			       "%s still holds an example's placeholder: put the real value there.",
			       row->name);
	switch (row->kind) {
	case SETTING_INT:
		snprintf(expected, sizeof expected, "a whole number from %d to %d", row->min,
			 row->max);
		if (!str_int(v, row->min, row->max, &number))
			return refuse(row, v, expected, err);
		*(int *)field = (int)number;
		return true;
	case SETTING_LEVEL:
		snprintf(word, sizeof word, STR_FMT, STR_ARG(str_sub(v, 0, sizeof word - 1)));
		return (v.n < sizeof word && log_level_parse(word, field)) ||
		       refuse(row, v, "one of error, warn, info, debug", err);
	case SETTING_KEY: return key_store(row, v, field, err);
	default: break;
	}
	if (!text_kind_ok(row, v, err))
		return false;
	while ((row->kind == SETTING_SITE || row->kind == SETTING_PROVIDER) && v.p[v.n - 1] == '/')
		v.n--;
	*(const char **)field = arena_cstr(&s->arena, v);
	return true;
}
