/*
 * sign.c - see sign.h.
 *
 * OpenSSL's HMAC() looks its algorithm up on every call, which costs more than the hashing. SHA-1's
 * own functions have no such cost and a state that is five words, so a key is prepared once and a
 * check is two short hashes. They are marked deprecated in OpenSSL 3 in favour of the slow way; the
 * mark is silenced here and nowhere else. SHA-1 is Twilio's choice; as an HMAC it still holds.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "server/twilio/sign.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#define BLOCK       64
#define DIGEST      SHA_DIGEST_LENGTH
#define SIGNATURE   28 /* base64 of 20 bytes */
#define SORT_BY_EYE 32 /* up to here insertion beats qsort */

/* ---- HMAC ---------------------------------------------------------------------------------------
 */

static void state_keep(uint32_t to[5], const SHA_CTX *from)
{
	const SHA_LONG h[5] = {from->h0, from->h1, from->h2, from->h3, from->h4};

	memcpy(to, h, sizeof h);
}

/* SHA-1 as it stands after one whole block that led to that state. */
static void state_resume(SHA_CTX *to, const uint32_t from[5])
{
	*to = (SHA_CTX){.h0 = from[0], .h1 = from[1], .h2 = from[2], .h3 = from[3], .h4 = from[4]};
	to->Nl = BLOCK * 8;
}

static void pad_hash(uint32_t to[5], const unsigned char block[BLOCK], unsigned char pad)
{
	unsigned char padded[BLOCK];
	SHA_CTX ctx;

	for (size_t i = 0; i < BLOCK; i++)
		padded[i] = block[i] ^ pad;
	SHA1_Init(&ctx);
	SHA1_Update(&ctx, padded, BLOCK);
	state_keep(to, &ctx);
	explicit_bzero(padded, sizeof padded);
	explicit_bzero(&ctx, sizeof ctx);
}

void twilio_key_init(struct twilio_key *key, struct str token)
{
	unsigned char block[BLOCK] = {0};

	*key = (struct twilio_key){0};
	if (token.n == 0)
		return;
	if (token.n > BLOCK)
		SHA1((const unsigned char *)token.p, token.n, block);
	else
		memcpy(block, token.p, token.n);
	pad_hash(key->inner, block, 0x36);
	pad_hash(key->outer, block, 0x5c);
	key->ready = true;
	explicit_bzero(block, sizeof block);
}

void twilio_key_clear(struct twilio_key *key)
{
	explicit_bzero(key, sizeof *key);
}

/* ---- the signed text ----------------------------------------------------------------------------
 */

/* Gathers small pieces, so that SHA-1 is called with large ones. */
struct signer {
	SHA_CTX ctx;
	size_t n;
	char gathered[1024];
};

static void signer_flush(struct signer *s)
{
	SHA1_Update(&s->ctx, s->gathered, s->n);
	s->n = 0;
}

static void signer_add(struct signer *s, struct str piece)
{
	if (piece.n > sizeof s->gathered - s->n)
		signer_flush(s);
	if (piece.n > sizeof s->gathered) {
		SHA1_Update(&s->ctx, piece.p, piece.n);
		return;
	}
	if (piece.n > 0)
		memcpy(s->gathered + s->n, piece.p, piece.n);
	s->n += piece.n;
}

/* A parameter and the first eight bytes of its name as a number: most comparisons end there. */
struct slot {
	uint64_t front;
	const struct form_param *param;
};

static uint64_t front_of(struct str s)
{
	uint64_t v = 0;

	if (s.n > 0)
		memcpy(&v, s.p, size_min(s.n, sizeof v));
	return __builtin_bswap64(v); /* little-endian machines only: checked below */
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	       "front_of() wants a little-endian machine");

static int slot_cmp(const struct slot *a, const struct slot *b)
{
	int c;

	if (a->front != b->front)
		return a->front < b->front ? -1 : 1;
	c = str_cmp(a->param->raw_name, b->param->raw_name);
	return c != 0 ? c : str_cmp(a->param->raw_value, b->param->raw_value);
}

static int on_compare(const void *a, const void *b)
{
	return slot_cmp(a, b);
}

static void slots_sort(struct slot *slots, size_t n)
{
	if (n > SORT_BY_EYE) {
		qsort(slots, n, sizeof *slots, on_compare);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		struct slot s = slots[i];
		size_t j = i;

		for (; j > 0 && slot_cmp(&slots[j - 1], &s) > 0; j--)
			slots[j] = slots[j - 1];
		slots[j] = s;
	}
}

/* The parameters in the order in which they are signed, exact duplicates once; returns how many. */
static size_t params_sorted(const struct form *form, struct slot slots[FORM_PARAMS_MAX])
{
	size_t n = 0, count = form == NULL ? 0 : form->count;

	if (count > FORM_PARAMS_MAX)
		BUG("a form of %zu parameters", count);
	for (size_t i = 0; i < count; i++)
		slots[i] = (struct slot){front_of(form->params[i].raw_name), &form->params[i]};
	slots_sort(slots, count);
	for (size_t i = 0; i < count; i++) {
		if (n == 0 || slot_cmp(&slots[n - 1], &slots[i]) != 0)
			slots[n++] = slots[i];
	}
	return n;
}

static void digest_make(const struct twilio_key *key, struct str url, const struct slot *slots,
			size_t count, unsigned char out[DIGEST])
{
	UNINITIALIZED struct signer s;

	s.n = 0;
	state_resume(&s.ctx, key->inner);
	signer_add(&s, url);
	for (size_t i = 0; i < count; i++) {
		signer_add(&s, slots[i].param->raw_name);
		signer_add(&s, slots[i].param->raw_value);
	}
	signer_flush(&s);
	SHA1_Final(out, &s.ctx);
	state_resume(&s.ctx, key->outer);
	SHA1_Update(&s.ctx, out, DIGEST);
	SHA1_Final(out, &s.ctx);
}

/* ---- base64 of exactly one digest
 * ----------------------------------------------------------------- */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void digest_write(const unsigned char digest[DIGEST], char out[TWILIO_SIGNATURE_TEXT])
{
	for (size_t i = 0, o = 0; i < DIGEST; i += 3) {
		unsigned third = i + 2 < DIGEST ? digest[i + 2] : 0;
		unsigned v = (unsigned)digest[i] << 16 | (unsigned)digest[i + 1] << 8 | third;

		out[o++] = alphabet[v >> 18];
		out[o++] = alphabet[v >> 12 & 63];
		out[o++] = alphabet[v >> 6 & 63];
		out[o++] = alphabet[v & 63];
	}
	out[SIGNATURE - 1] = '='; /* 20 bytes leave one short of a group of three */
	out[SIGNATURE] = '\0';
}

/* The value of a letter, 64 for what is none. */
static unsigned letter_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (unsigned)(c - 'A');
	if (c >= 'a' && c <= 'z')
		return (unsigned)(c - 'a' + 26);
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0' + 52);
	return c == '+' ? 62 : c == '/' ? 63 : 64;
}

/* Only the one canonical spelling of 20 bytes is read. */
static bool digest_read(struct str header, unsigned char out[DIGEST])
{
	size_t o = 0;
	uint32_t bits = 0;

	if (header.n != SIGNATURE || header.p[SIGNATURE - 1] != '=')
		return false;
	for (size_t i = 0; i < SIGNATURE - 1; i++) {
		unsigned v = letter_value(header.p[i]);

		if (v > 63)
			return false;
		bits = bits << 6 | v;
		if (i % 4 == 3) {
			out[o++] = (unsigned char)(bits >> 16);
			out[o++] = (unsigned char)(bits >> 8);
			out[o++] = (unsigned char)bits;
		}
	}
	if ((bits & 3) != 0)
		return false;
	out[o++] = (unsigned char)(bits >> 10);
	out[o] = (unsigned char)(bits >> 2);
	return true;
}

/* ---- what callers use
 * ------------------------------------------------------------------------------ */

void twilio_sign(const struct twilio_key *key, struct str url, const struct form *form,
		 char out[TWILIO_SIGNATURE_TEXT])
{
	UNINITIALIZED struct slot slots[FORM_PARAMS_MAX];
	unsigned char digest[DIGEST];

	if (!key->ready)
		BUG("a signature with a key that was never set");
	digest_make(key, url, slots, params_sorted(form, slots), digest);
	digest_write(digest, out);
}

bool twilio_sign_check(const struct twilio_key *keys, unsigned key_count,
		       const struct twilio_urls *urls, const struct form *form, struct str header,
		       struct twilio_match *match)
{
	UNINITIALIZED struct slot slots[FORM_PARAMS_MAX];
	unsigned char given[DIGEST], wanted[DIGEST];
	size_t count;

	if (!digest_read(header, given))
		return false;
	count = params_sorted(form, slots);
	for (unsigned u = 0; u < urls->count; u++) {
		for (unsigned k = 0; k < key_count; k++) {
			if (!keys[k].ready)
				continue;
			digest_make(&keys[k], urls->url[u], slots, count, wanted);
			if (CRYPTO_memcmp(given, wanted, DIGEST) != 0)
				continue;
			if (match != NULL)
				*match = (struct twilio_match){u, k};
			return true;
		}
	}
	return false;
}

/* The one bodySHA256 of a URL's query. */
static bool body_digest_read(struct str url, unsigned char out[SHA256_DIGEST_LENGTH])
{
	struct str rest = url, piece, value = {NULL, 0};

	(void)str_cut(&rest, '?');
	while (rest.n > 0) {
		piece = str_cut(&rest, '&');
		if (!str_eq(str_cut(&piece, '='), STR_LIT("bodySHA256")))
			continue;
		if (value.p != NULL)
			return false;
		value = piece;
	}
	if (value.n != 2 * SHA256_DIGEST_LENGTH)
		return false;
	for (size_t i = 0; i < value.n; i++) {
		char c = (char)(value.p[i] | 0x20);
		bool digit = value.p[i] >= '0' && value.p[i] <= '9';

		if (!digit && !(c >= 'a' && c <= 'f'))
			return false;
		out[i / 2] = (unsigned char)(out[i / 2] << 4 | (digit ? c - '0' : c - 'a' + 10));
	}
	return true;
}

bool twilio_sign_check_json(const struct twilio_key *keys, unsigned key_count,
			    const struct twilio_urls *urls, struct str body, struct str header,
			    struct twilio_match *match)
{
	unsigned char said[SHA256_DIGEST_LENGTH] = {0}, is[SHA256_DIGEST_LENGTH];
	struct twilio_match found;

	if (!twilio_sign_check(keys, key_count, urls, NULL, header, &found) ||
	    !body_digest_read(urls->url[found.url], said))
		return false;
	SHA256((const unsigned char *)body.p, body.n, is);
	if (CRYPTO_memcmp(said, is, sizeof is) != 0)
		return false;
	if (match != NULL)
		*match = found;
	return true;
}
