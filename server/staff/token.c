/*
 * token.c - see token.h. Order: shape and header first, so that libjwt never sees an algorithm but
 * HS256; then the signature; only then the payload is read.
 */
#include "server/staff/token.h"

#include <jwt.h>

#include "shared/arena.h"
#include "shared/base64.h"
#include "shared/clock.h"
#include "shared/wire/field.h"

#define PART_MAX 768 /* bytes of a decoded part */

/* ---- writing ---- */

static void grant(jwt_t *j, const char *name, const char *value)
{
	if (jwt_add_grant(j, name, value) != 0)
		BUG("a claim cannot be added");
}

void token_write(struct token *t, const char *key, char out[TOKEN_TEXT])
{
	size_t key_n = strlen(key);
	jwt_t *j = NULL;
	char *text;

	if (key_n < TOKEN_KEY_MIN)
		BUG("a key of %zu bytes", key_n);
	t->issued_at = clock_wall_us() / 1000000;
	t->expires_at = t->issued_at + TOKEN_LIFE_S;
	if (jwt_new(&j) != 0 ||
	    jwt_set_alg(j, JWT_ALG_HS256, (const unsigned char *)key, (int)key_n) != 0)
		BUG("a token cannot be made");
	grant(j, "iss", TOKEN_ISSUER);
	grant(j, "aud", TOKEN_AUDIENCE);
	grant(j, "organizationId", t->organization_id);
	grant(j, "userId", t->user_id);
	grant(j, "role", role_name(t->role));
	grant(j, "sid", t->session_id);
	if (jwt_add_grant_int(j, "iat", (long)t->issued_at) != 0 ||
	    jwt_add_grant_int(j, "exp", (long)t->expires_at) != 0)
		BUG("a claim cannot be added");
	text = jwt_encode_str(j);
	jwt_free(j);
	if (text == NULL || strlen(text) >= TOKEN_TEXT)
		BUG("a token cannot be signed");
	memcpy(out, text, strlen(text) + 1);
	free(text);
}

/* ---- reading ---- */

/* The JSON of a part: canonical base64url only (shared/base64.h). */
static bool part_json(struct str part, char out[PART_MAX], struct str *json)
{
	size_t n;

	if (!base64url_read(part, (unsigned char *)out, PART_MAX, &n) || n < 2)
		return false;
	*json = str_make(out, n);
	return true;
}

static bool header_right(struct str part, struct arena *a)
{
	static const struct field alg = {"alg", FIELD_WORD, true, 0, 0, "HS256"};
	static const struct field typ = {"typ", FIELD_WORD, false, 0, 0, "JWT"};
	static const struct field *const members[] = {&alg, &typ};
	const char *values[ARRAY_LEN(members)];
	char room[PART_MAX];
	struct str json;

	return part_json(part, room, &json) &&
	       fields_read(members, ARRAY_LEN(members), json, a, values, NULL);
}

static bool signature_right(const char *text, const char *key)
{
	size_t key_n = strlen(key);
	jwt_t *j = NULL;
	bool ok;

	if (key_n < TOKEN_KEY_MIN) /* libjwt would take an empty one for "do not verify" */
		return false;
	ok = jwt_decode(&j, text, (const unsigned char *)key, (int)key_n) == 0 && j != NULL &&
	     jwt_get_alg(j) == JWT_ALG_HS256;
	jwt_free(j);
	return ok;
}

static void lower(const char *from, char out[ID_TEXT])
{
	for (size_t i = 0; i < ID_TEXT; i++)
		out[i] = (char)(from[i] >= 'A' && from[i] <= 'F' ? from[i] | 0x20 : from[i]);
}

static bool times_right(const struct token *t)
{
	int64_t now = clock_wall_us() / 1000000;

	return t->issued_at <= now + TOKEN_LEAD_S && t->expires_at > now &&
	       t->expires_at > t->issued_at && t->expires_at - t->issued_at <= TOKEN_LIFE_S;
}

static bool claims_right(struct str part, struct arena *a, struct token *out)
{
	enum { ISS, AUD, ORGANIZATION, USER, ROLE, SID, IAT, EXP, CLAIMS };
	static const struct field claims[CLAIMS] = {
		[ISS] = {"iss", FIELD_WORD, true, 0, 0, TOKEN_ISSUER},
		[AUD] = {"aud", FIELD_WORD, true, 0, 0, TOKEN_AUDIENCE},
		[ORGANIZATION] = {"organizationId", FIELD_ID, true, 0, 0, NULL},
		[USER] = {"userId", FIELD_ID, true, 0, 0, NULL},
		[ROLE] = {"role", FIELD_TEXT, true, 1, 20, NULL},
		[SID] = {"sid", FIELD_ID, true, 0, 0, NULL},
		[IAT] = {"iat", FIELD_INT, true, 1, INT32_MAX * INT64_C(1000), NULL},
		[EXP] = {"exp", FIELD_INT, true, 1, INT32_MAX * INT64_C(1000), NULL},
	};
	const struct field *members[CLAIMS];
	const char *values[CLAIMS];
	char room[PART_MAX];
	struct str json;

	for (size_t i = 0; i < CLAIMS; i++)
		members[i] = &claims[i];
	if (!part_json(part, room, &json) || !fields_read(members, CLAIMS, json, a, values, NULL) ||
	    !role_parse(str_of(values[ROLE]), &out->role) ||
	    !str_int(str_of(values[IAT]), 1, INT64_MAX, &out->issued_at) ||
	    !str_int(str_of(values[EXP]), 1, INT64_MAX, &out->expires_at))
		return false;
	lower(values[ORGANIZATION], out->organization_id);
	lower(values[USER], out->user_id);
	lower(values[SID], out->session_id);
	return times_right(out);
}

bool token_read(struct str text, const char *key, struct token *out)
{
	struct str rest = text, header, payload, signature;
	struct arena a = {0};
	struct token t = {.role = ROLE_NONE};
	char whole[TOKEN_TEXT];
	unsigned char mac[32];
	size_t n;
	bool ok;

	if (text.n == 0 || text.n >= TOKEN_TEXT || memchr(text.p, '\0', text.n) != NULL)
		return false;
	memcpy(whole, text.p, text.n);
	whole[text.n] = '\0';
	header = str_cut(&rest, '.');
	payload = str_cut(&rest, '.');
	signature = rest; /* a further dot is no character of base64url */
	ok = base64url_read(signature, mac, sizeof mac, &n) && n == sizeof mac &&
	     header_right(header, &a) && signature_right(whole, key) &&
	     claims_right(payload, &a, &t);
	arena_free(&a);
	if (ok)
		*out = t;
	return ok;
}

bool token_of_header(struct str header, struct str *out)
{
	if (!str_is_nocase(str_sub(header, 0, 7), "bearer "))
		return false;
	*out = str_sub(header, 7, header.n);
	return true;
}
