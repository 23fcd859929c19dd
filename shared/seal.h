/*
 * seal.h - secrets of organizations as they lie in the database: AES-256-GCM under SECRETS_KEY,
 * with the organization and the column as associated data, so that a sealed value moved to another
 * row or column does not open (NIST SP 800-38D; a fresh random nonce each time).
 *
 * Layout: one byte version (1), 12 bytes nonce, the ciphertext, 16 bytes tag.
 */
#ifndef SWITCHBACK_SHARED_SEAL_H
#define SWITCHBACK_SHARED_SEAL_H

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/settings.h"

#define SEAL_PLAIN_MAX 400
#define SEAL_OVERHEAD  29

/* The `column` of each sealed value (the table's column with "_sealed" behind it). */
#define SEAL_TWILIO_AUTH_TOKEN  "twilio_auth_token"
#define SEAL_ELEVENLABS_API_KEY "elevenlabs_api_key"

/* Seals plain (1 to SEAL_PLAIN_MAX bytes) into the arena. */
MUST_USE
bool seal_close(const struct settings_key *key, const char *organization_id, const char *column,
		struct str plain, struct arena *a, struct str *sealed, struct err *err);

/* Opens; the text ends in NUL and is in the arena: wipe it after use. Without the right key, or for
 * another organization or column, ERR_DENIED. */
MUST_USE
bool seal_open(const struct settings_key *key, const char *organization_id, const char *column,
	       struct str sealed, struct arena *a, struct str *plain, struct err *err);

/* Tries SECRETS_KEY, then SECRETS_KEY_PREVIOUS; *previous (may be NULL) says that the old one
 * fitted. */
MUST_USE
bool seal_open_either(const struct settings *s, const char *organization_id, const char *column,
		      struct str sealed, struct arena *a, struct str *plain, bool *previous,
		      struct err *err);

#endif
