/*
 * password.c - bcrypt; see password.h. Which passwords are too common is in password_common.c.
 */
#include "shared/password.h"

#include <crypt.h>
#include <sys/random.h>

#include "shared/password_common.h"
#include "shared/utf8.h"

bool password_acceptable(struct str p, const char *const *words, size_t words_n, struct err *err)
{
	if (!utf8_valid(p))
		return err_set(err, ERR_INPUT, "The password is not UTF-8 text.");
	if (utf8_count(p) < PASSWORD_CHARACTERS_MIN)
		return err_set(err, ERR_INPUT, "The password is too short: %d characters or more.",
			       PASSWORD_CHARACTERS_MIN);
	if (p.n > PASSWORD_BYTES_MAX)
		return err_set(err, ERR_INPUT, "The password is too long: %d bytes at most.",
			       PASSWORD_BYTES_MAX);
	if (password_is_common(p, words, words_n))
		return err_set(
			err, ERR_INPUT,
			"That password is one of those that are tried first: take another, such "
			"as four words that have nothing to do with each other.");
	return true;
}

/* bcrypt by libxcrypt; its work area is 32 KiB and holds the password, so it is wiped. */
static bool hashed(const char *p, const char *setting, char out[PASSWORD_HASH_MAX])
{
	struct crypt_data *work = xcalloc(1, sizeof *work);
	const char *hash = crypt_r(p, setting, work);
	bool ok = hash != NULL && strncmp(hash, "$2b$", 4) == 0 && strlen(hash) < PASSWORD_HASH_MAX;

	if (ok)
		memcpy(out, hash, strlen(hash) + 1);
	explicit_bzero(work, sizeof *work);
	free(work);
	return ok;
}

void password_hash(const char *p, int rounds, char out[PASSWORD_HASH_MAX])
{
	char random[16], setting[CRYPT_GENSALT_OUTPUT_SIZE];

	if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
		BUG("no randomness");
	if (crypt_gensalt_rn("$2b$", (unsigned long)rounds, random, sizeof random, setting,
			     sizeof setting) == NULL ||
	    !hashed(p, setting, out))
		BUG("bcrypt of cost %d failed", rounds);
}

bool password_matches(const char *p, const char *hash)
{
	char again[PASSWORD_HASH_MAX];
	unsigned char differs = 0;

	if (password_rounds(hash) == 0 || strlen(p) > PASSWORD_BYTES_MAX ||
	    !hashed(p, hash, again) || strlen(again) != strlen(hash))
		return false;
	for (size_t i = 0; hash[i] != '\0'; i++)
		differs |= (unsigned char)(hash[i] ^ again[i]);
	return differs == 0;
}

int password_rounds(const char *hash)
{
	int64_t rounds;

	if (hash == NULL || strlen(hash) != 60 || strncmp(hash, "$2b$", 4) != 0 || hash[6] != '$' ||
	    !str_int(str_make(hash + 4, 2), 4, 31, &rounds))
		return 0;
	return (int)rounds;
}
