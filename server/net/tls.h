/*
 * tls.h - TLS of a connection that we open, on a descriptor that does not block: the certificate
 * must be of an authority that the system trusts, and of this name.
 */
#ifndef SWITCHBACK_SERVER_NET_TLS_H
#define SWITCHBACK_SERVER_NET_TLS_H

#include "shared/base.h"

struct tls_trust; /* whom we believe: read once */
struct tls;

/* SSL_CERT_FILE and SSL_CERT_DIR say where the authorities are, else the system does. NULL when
 * there is no reading them; the log says so. */
struct tls_trust *tls_trust_open(void);
void tls_trust_close(struct tls_trust *t);

/* `host` is a name or an address. The descriptor stays the caller's. */
struct tls *tls_begin(struct tls_trust *trust, int fd, const char *host);
/* Says good-bye if it can at once, and frees. NULL is fine. */
void tls_end(struct tls *t);

enum tls_step { TLS_DONE, TLS_WAITS, TLS_REFUSED };
/* The handshake, as far as it goes now. REFUSED: *why says how. */
enum tls_step tls_shake(struct tls *t, char *why, size_t why_n);

/* As recv and send: how many bytes; 0: none now; -1: it is over. A write that took nothing must be
 * repeated with the same bytes first. */
ptrdiff_t tls_read(struct tls *t, void *p, size_t n);
ptrdiff_t tls_write(struct tls *t, const void *p, size_t n);
/* There are bytes to read of which the descriptor says nothing. */
bool tls_pending(const struct tls *t);
/* What it does next waits for room to write. */
bool tls_wants_room(const struct tls *t);

#endif
