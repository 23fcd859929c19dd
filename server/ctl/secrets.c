/*
 * secrets.c - switchbackctl secrets reseal: every stored provider credential under SECRETS_KEY
 * anew, after which SECRETS_KEY_PREVIOUS may go.
 */
#include "server/ctl/scope.h"
#include "shared/seal.h"

static const struct {
	const char *column, *sealed_as;
} credentials[] = {
	{"twilio_auth_token_sealed", SEAL_TWILIO_AUTH_TOKEN},
	{"elevenlabs_api_key_sealed", SEAL_ELEVENLABS_API_KEY},
};

static bool one_resealed(struct ctl *c, size_t which, const PGresult *r, struct err *err)
{
	const char *column = credentials[which].column, *name = credentials[which].sealed_as;
	struct str plain, sealed;
	bool ok = seal_open_either(&c->settings, c->organization_id, name,
				   database_bytes(&c->arena, r, 0, (int)which), &c->arena, &plain,
				   NULL, err) &&
		  seal_close(&c->settings.secrets_key, c->organization_id, name, plain, &c->arena,
			     &sealed, err);

	return ok &&
	       database_do(&c->db, err,
			   arena_printf(&c->arena, "UPDATE organizations SET %s = $2 WHERE id = $1",
					column),
			   2,
			   (const char *const[]){c->organization_id,
						 database_bytea(&c->arena, sealed)});
}

static bool store_resealed(struct ctl *c, const char *slug, void *self, struct err *err)
{
	PGresult *r =
		DATABASE_ASK(&c->db, err,
			     "SELECT twilio_auth_token_sealed, elevenlabs_api_key_sealed FROM "
			     "organizations WHERE id = $1 FOR UPDATE",
			     c->organization_id);
	size_t *total = self, n = 0;
	bool ok = r != NULL;

	for (size_t i = 0; ok && i < ARRAY_LEN(credentials); i++) {
		if (PQgetisnull(r, 0, (int)i))
			continue;
		ok = one_resealed(c, i, r, err);
		if (!ok)
			fprintf(c->say, "%s: %s stays as it is.\n", slug, credentials[i].column);
		n += ok;
	}
	PQclear(r);
	*total += ok ? n : 0;
	return ok && (n == 0 || scope_end(c, "secrets.reseal", "organization", c->organization_id,
					  NULL, err));
}

bool secrets_reseal(struct ctl *c, struct err *err)
{
	size_t n = 0;

	if (!c->settings.secrets_key.set)
		return err_set(err, ERR_INPUT,
			       "SECRETS_KEY is not set: there is nothing to seal with.");
	if (!scope_each(c, NULL, store_resealed, &n, err))
		return false;
	fprintf(c->out, "%zu credentials are sealed under SECRETS_KEY\n", n);
	return true;
}
