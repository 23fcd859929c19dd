/*
 * delays.c - see delays.h.
 */
#include <openssl/evp.h> /* before our own: its parameters are named like calls that we ban */

#include "server/staff/delays.h"

#include <sys/random.h>

#include "shared/clock.h"

#define BUCKETS    2048 /* a power of two */
#define WAYS       4
#define LONGEST_S  60
#define FORGOTTEN  (15 * 60 * INT64_C(1000))
#define DIGEST_MAX 16

struct entry {
	unsigned char name[DIGEST_MAX];
	int64_t failed_ms; /* the last time; 0: empty */
	unsigned failures;
};

struct delays {
	unsigned char key[32];
	struct entry entries[BUCKETS][WAYS];
};

static const unsigned free_tries[] = {
	[DELAY_ADDRESS] = 20,
	[DELAY_ACCOUNT] = 4,
	[DELAY_PAIR] = 4,
};

struct delays *delays_new(void)
{
	struct delays *d = xcalloc(1, sizeof *d);

	if (getrandom(d->key, sizeof d->key, 0) != (ssize_t)sizeof d->key)
		BUG("no randomness");
	return d;
}

void delays_free(struct delays *d)
{
	free(d);
}

/* Letters of e-mails count alike in both cases, as they do in the database. */
static void add(EVP_MD_CTX *c, struct str s)
{
	unsigned char n[8], low;

	for (size_t i = 0; i < sizeof n; i++)
		n[i] = (unsigned char)((uint64_t)s.n >> (8 * i));
	(void)EVP_DigestUpdate(c, n, sizeof n);
	for (size_t i = 0; i < s.n; i++) {
		low = (unsigned char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] | 0x20 : s.p[i]);
		(void)EVP_DigestUpdate(c, &low, 1);
	}
}

static size_t name_of(const struct delays *d, enum delay_of kind, struct str a, struct str b,
		      unsigned char name[DIGEST_MAX])
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	unsigned char sum[32], word = (unsigned char)kind;
	bool ok = c != NULL && EVP_DigestInit_ex(c, EVP_sha256(), NULL) == 1;

	if (ok) {
		(void)EVP_DigestUpdate(c, d->key, sizeof d->key);
		(void)EVP_DigestUpdate(c, &word, 1);
		add(c, a);
		add(c, b);
	}
	if (!ok || EVP_DigestFinal_ex(c, sum, NULL) != 1)
		BUG("no SHA-256");
	EVP_MD_CTX_free(c);
	memcpy(name, sum, DIGEST_MAX);
	return (size_t)(sum[16] | sum[17] << 8) & (BUCKETS - 1);
}

static bool is_of(const struct entry *e, const unsigned char name[DIGEST_MAX], int64_t now)
{
	return e->failed_ms != 0 && now - e->failed_ms < FORGOTTEN &&
	       memcmp(e->name, name, DIGEST_MAX) == 0;
}

static int64_t delay_ms(enum delay_of kind, unsigned failures)
{
	unsigned over;

	if (failures <= free_tries[kind])
		return 0;
	over = failures - free_tries[kind] - 1;
	return (over >= 6 ? LONGEST_S : INT64_C(1) << over) * 1000;
}

unsigned delays_left_s(const struct delays *d, enum delay_of kind, struct str a, struct str b)
{
	unsigned char name[DIGEST_MAX];
	const struct entry *bucket = d->entries[name_of(d, kind, a, b, name)];
	int64_t now = clock_mono_ms();

	for (size_t i = 0; i < WAYS; i++) {
		int64_t left;

		if (!is_of(&bucket[i], name, now))
			continue;
		left = bucket[i].failed_ms + delay_ms(kind, bucket[i].failures) - now;
		return left <= 0 ? 0 : (unsigned)((left + 999) / 1000);
	}
	return 0;
}

void delays_failed(struct delays *d, enum delay_of kind, struct str a, struct str b)
{
	unsigned char name[DIGEST_MAX];
	struct entry *bucket = d->entries[name_of(d, kind, a, b, name)], *place = bucket;
	int64_t now = clock_mono_ms();

	for (size_t i = 0; i < WAYS; i++) {
		if (is_of(&bucket[i], name, now)) {
			bucket[i].failures += bucket[i].failures < 1000 ? 1 : 0;
			bucket[i].failed_ms = now;
			return;
		}
		if (bucket[i].failed_ms < place->failed_ms)
			place = &bucket[i];
	}
	memcpy(place->name, name, DIGEST_MAX);
	place->failed_ms = now;
	place->failures = 1;
}

bool delays_counted(struct delays *d, enum delay_of kind, struct str a, struct str b)
{
	unsigned char name[DIGEST_MAX];
	struct entry *bucket = d->entries[name_of(d, kind, a, b, name)];
	int64_t now = clock_mono_ms();

	for (size_t i = 0; i < WAYS; i++) {
		if (is_of(&bucket[i], name, now) && bucket[i].failures >= free_tries[kind]) {
			delays_failed(d, kind, a, b);
			return true;
		}
	}
	return false;
}

void delays_uncounted(struct delays *d, enum delay_of kind, struct str a, struct str b)
{
	unsigned char name[DIGEST_MAX];
	struct entry *bucket = d->entries[name_of(d, kind, a, b, name)];
	int64_t now = clock_mono_ms();

	for (size_t i = 0; i < WAYS; i++) {
		if (is_of(&bucket[i], name, now) && bucket[i].failures > 0)
			bucket[i].failures--;
	}
}

void delays_forget(struct delays *d, enum delay_of kind, struct str a, struct str b)
{
	unsigned char name[DIGEST_MAX];
	struct entry *bucket = d->entries[name_of(d, kind, a, b, name)];
	int64_t now = clock_mono_ms();

	for (size_t i = 0; i < WAYS; i++) {
		if (is_of(&bucket[i], name, now))
			bucket[i].failed_ms = 0;
	}
}
