/*
 * sign.h - X-Twilio-Signature (twilio.md section 7): HMAC-SHA1, keyed with the account's AuthToken,
 * over the configured URL and every parameter of the form.
 *
 * Nothing of a request is believed before twilio_sign_check() has said yes. What is signed are the
 * decoded bytes as they came (form.h: the raw face), sorted by name; never a trimmed, repaired or
 * re-encoded copy.
 */
#ifndef SWITCHBACK_SERVER_TWILIO_SIGN_H
#define SWITCHBACK_SERVER_TWILIO_SIGN_H

#include "server/twilio/form.h"

/* A prepared AuthToken: SHA-1's state after the inner and the outer pad. Zeroed memory is a key
 * that matches nothing. The token itself is not kept, but the state is as good as it: clear it. */
struct twilio_key {
	uint32_t inner[5], outer[5];
	bool ready;
};

/* An empty token gives a key that matches nothing. */
void twilio_key_init(struct twilio_key *key, struct str token);
/* Wipes it (explicit_bzero). */
void twilio_key_clear(struct twilio_key *key);

/* The URLs under which one request may have been signed, likeliest first. */
#define TWILIO_URLS_MAX 8

struct twilio_urls {
	struct str url[TWILIO_URLS_MAX];
	unsigned count;
};

/* What Twilio may have signed for a request for `target` (path and query, exactly as received) to
 * the service whose configured address is `public_url` ("https://hooks.example", perhaps with
 * credentials, a port or a path; the first two rules of 7.1 drop credentials and fragment). Without
 * the port, and with the explicit or the default one: both occur (7.3). ERR_INPUT when public_url
 * is no http or https URL, or target does not begin with '/'. The strings live in the arena. */
MUST_USE
bool twilio_urls_for(struct arena *a, struct str public_url, struct str target,
		     struct twilio_urls *out, struct err *err);

/* The same for a WebSocket upgrade, in the order of 7.3: wss without and with a slash at the end of
 * the path, the same with the port, and then https (a safety net; log which one matched). */
MUST_USE
bool twilio_urls_for_socket(struct arena *a, struct str public_url, struct str target,
			    struct twilio_urls *out, struct err *err);

/* The signature of one URL and form (NULL or empty: GET, JSON and WebSocket), as it stands in the
 * header. The key must be ready. */
#define TWILIO_SIGNATURE_TEXT 29 /* 28 characters and a NUL */
void twilio_sign(const struct twilio_key *key, struct str url, const struct form *form,
		 char out[TWILIO_SIGNATURE_TEXT]);

/* Which of the given URLs and keys it was. */
struct twilio_match {
	unsigned url, key;
};

/* True if `header` is the signature of the form under one of the URLs with one of the keys (two
 * while a token is being replaced). Compares whole digests in constant time; a header of any other
 * length or alphabet is refused first. `match` may be NULL; it is written only on true. */
MUST_USE
bool twilio_sign_check(const struct twilio_key *keys, unsigned key_count,
		       const struct twilio_urls *urls, const struct form *form, struct str header,
		       struct twilio_match *match);

/* The same for a JSON body (7.2): the signature is over the URL alone, and the URL's one bodySHA256
 * is the SHA-256 of the body's bytes. */
MUST_USE
bool twilio_sign_check_json(const struct twilio_key *keys, unsigned key_count,
			    const struct twilio_urls *urls, struct str body, struct str header,
			    struct twilio_match *match);

#endif
