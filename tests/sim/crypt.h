/*
 * crypt.h - the few things of libcrypto that the practice line needs; crypt.c alone knows it.
 */
#ifndef SWITCHBACK_TESTS_SIM_CRYPT_H
#define SWITCHBACK_TESTS_SIM_CRYPT_H

#include "shared/arena.h"
#include "shared/str.h"

#define SIM_SHA1   20
#define SIM_SHA256 32

void sim_hmac_sha1(struct str key, struct str data, unsigned char out[SIM_SHA1]);
/* Lower-case hex. */
void sim_hmac_sha256_hex(struct str key, struct str data, char out[2 * SIM_SHA256 + 1]);
void sim_sha1(struct str data, unsigned char out[SIM_SHA1]);
void sim_sha256(struct str data, unsigned char out[SIM_SHA256]);
void sim_random(void *out, size_t n);
/* Base64 with padding; out has room for (n + 2) / 3 * 4 + 1 bytes. */
void sim_base64(const void *p, size_t n, char *out);
/* False when it is not base64. *out lies in the arena, with a NUL behind it. */
MUST_USE
bool sim_base64_read(struct arena *a, struct str coded, struct str *out);
/* In a time that does not tell where they differ. */
bool sim_same(struct str given, struct str secret);

#endif
