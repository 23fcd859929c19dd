/*
 * keys.c - see keys.h. A small table, oldest entry overwritten: stores with an account of their own
 * are few, and an attacker who fills it with made-up SIDs costs a handful of database calls a
 * second, no more.
 */
#include "server/keys.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "shared/clock.h"
#include "shared/log.h"
#include "shared/seal.h"

#define KEPT_MAX        256
#define FRESH_MS        60000
#define ASKS_PER_SECOND 10
#define SID_TEXT        40
#define SEALED_MAX      512

struct kept {
	char account_sid[SID_TEXT];
	char organization[ID_TEXT]; /* empty: known to be nobody's */
	struct twilio_key key;
	int64_t learned_ms;
};

struct keys {
	const struct settings *settings;
	struct twilio_key platform;
	struct kept kept[KEPT_MAX];
	unsigned next;
	int64_t second;
	unsigned asked;
};

struct keys *keys_open(const struct settings *s)
{
	struct keys *k = xcalloc(1, sizeof *k);

	k->settings = s;
	twilio_key_init(&k->platform, str_of(s->twilio_auth_token));
	return k;
}

void keys_close(struct keys *k)
{
	if (k == NULL)
		return;
	twilio_key_clear(&k->platform);
	for (size_t i = 0; i < KEPT_MAX; i++)
		twilio_key_clear(&k->kept[i].key);
	free(k);
}

const struct twilio_key *keys_platform(const struct keys *k)
{
	return &k->platform;
}

bool keys_is_platform(const struct keys *k, struct str account_sid)
{
	return str_is(account_sid, k->settings->twilio_account_sid);
}

static const struct kept *kept_find(const struct keys *k, struct str account_sid)
{
	int64_t now = clock_mono_ms();

	for (size_t i = 0; i < KEPT_MAX; i++) {
		const struct kept *e = &k->kept[i];

		if (e->account_sid[0] != '\0' && str_is(account_sid, e->account_sid))
			return now - e->learned_ms < FRESH_MS ? e : NULL;
	}
	return NULL;
}

const struct twilio_key *keys_of(const struct keys *k, struct str account_sid,
				 const char **organization)
{
	const struct kept *e = kept_find(k, account_sid);

	if (e == NULL || e->organization[0] == '\0' || !e->key.ready)
		return NULL;
	*organization = e->organization;
	return &e->key;
}

bool keys_may_ask(struct keys *k, struct str account_sid)
{
	int64_t second = clock_mono_ms() / 1000;

	if (kept_find(k, account_sid) != NULL)
		return false;
	if (second != k->second) {
		k->second = second;
		k->asked = 0;
	}
	return k->asked++ < ASKS_PER_SECOND;
}

static struct kept *kept_place(struct keys *k, struct str account_sid)
{
	for (size_t i = 0; i < KEPT_MAX; i++) {
		if (str_is(account_sid, k->kept[i].account_sid))
			return &k->kept[i];
	}
	k->next = (k->next + 1) % KEPT_MAX;
	return &k->kept[k->next];
}

void keys_learn(struct keys *k, struct str account_sid, const struct account *found)
{
	struct kept *e = kept_place(k, account_sid);
	struct arena a = {0};
	struct str token;
	struct err err = {0};

	twilio_key_clear(&e->key);
	*e = (struct kept){.learned_ms = clock_mono_ms()};
	snprintf(e->account_sid, sizeof e->account_sid, STR_FMT, STR_ARG(account_sid));
	if (found->found &&
	    keys_token_open(k, &a, found->organization, found->token_sealed, &token, &err)) {
		snprintf(e->organization, sizeof e->organization, "%s", found->organization);
		twilio_key_init(&e->key, token);
		explicit_bzero((char *)(uintptr_t)token.p, token.n);
	} else if (found->found) {
		log_error("event=account_token_unusable organization=%s text=\"%s\"",
			  found->organization, err.text);
	}
	arena_free(&a);
}

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool sealed_open(const struct keys *k, struct arena *a, const char *organization,
			const char *column, struct str sealed_hex, struct str *out, struct err *err)
{
	char sealed[SEALED_MAX];
	size_t n = 0;

	if (sealed_hex.n < 2 || sealed_hex.n % 2 != 0 || sealed_hex.n / 2 - 1 > sizeof sealed ||
	    !str_starts(sealed_hex, STR_LIT("\\x")))
		return err_set(err, ERR_DENIED, "the stored provider token is not a sealed value");
	for (size_t i = 2; i + 1 < sealed_hex.n; i += 2) {
		int hi = hex(sealed_hex.p[i]), lo = hex(sealed_hex.p[i + 1]);

		if (hi < 0 || lo < 0)
			return err_set(err, ERR_DENIED,
				       "the stored provider token is not a sealed value");
		sealed[n++] = (char)(hi * 16 + lo);
	}
	return seal_open_either(k->settings, organization, column, str_make(sealed, n), a, out,
				NULL, err);
}

bool keys_token_open(const struct keys *k, struct arena *a, const char *organization,
		     struct str sealed_hex, struct str *out, struct err *err)
{
	return sealed_open(k, a, organization, SEAL_TWILIO_AUTH_TOKEN, sealed_hex, out, err);
}

bool keys_elevenlabs_open(const struct keys *k, struct arena *a, const char *organization,
			  struct str sealed_hex, struct str *out, struct err *err)
{
	return sealed_open(k, a, organization, SEAL_ELEVENLABS_API_KEY, sealed_hex, out, err);
}

bool keys_tool_secret_is(const struct keys *k, struct str given)
{
	struct str ours = str_of(k->settings->tool_secret);
	unsigned char a[32], b[32];

	if (ours.n == 0)
		return false;
	SHA256((const unsigned char *)ours.p, ours.n, a);
	SHA256((const unsigned char *)(given.n == 0 ? "" : given.p), given.n, b);
	return CRYPTO_memcmp(a, b, sizeof a) == 0;
}
