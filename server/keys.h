/*
 * keys.h - the AuthTokens that verify provider requests, prepared once: the platform's account, and
 * those of stores with an account of their own, fetched when their AccountSid first shows up and
 * kept for a minute.
 *
 * A store's own token proves requests of that store and of no other: `organization` of a match must
 * then be the one that owns the called number (text_in's p_expected).
 */
#ifndef SWITCHBACK_SERVER_KEYS_H
#define SWITCHBACK_SERVER_KEYS_H

#include "server/store/account.h"
#include "server/twilio/sign.h"
#include "shared/settings.h"

struct keys;

struct keys *keys_open(const struct settings *s);
/* Wipes and frees. */
void keys_close(struct keys *k);

/* The platform's key. */
const struct twilio_key *keys_platform(const struct keys *k);
bool keys_is_platform(const struct keys *k, struct str account_sid);

/* A store's key, if it is known and fresh; NULL else. *organization is set then (borrowed). */
const struct twilio_key *keys_of(const struct keys *k, struct str account_sid,
				 const char **organization);

/* May the database be asked for an account now? A stranger's made-up AccountSids must not become a
 * load: a few a second, and none for one that was just found missing. */
bool keys_may_ask(struct keys *k, struct str account_sid);

/* What the database said; found false is remembered too. The token is opened with SECRETS_KEY. */
void keys_learn(struct keys *k, struct str account_sid, const struct account *found);

/* The AuthToken of a store's own account in clear, into the arena: for asking the provider. False
 * with a sentence when it cannot be opened. */
MUST_USE
bool keys_token_open(const struct keys *k, struct arena *a, const char *organization,
		     struct str sealed_hex, struct str *out, struct err *err);

/* The same of its key at ElevenLabs. */
MUST_USE
bool keys_elevenlabs_open(const struct keys *k, struct arena *a, const char *organization,
			  struct str sealed_hex, struct str *out, struct err *err);

/* Is this the bearer secret of the initiation, tool and MCP endpoints? In constant time; never
 * while none is set. */
bool keys_tool_secret_is(const struct keys *k, struct str given);

#endif
