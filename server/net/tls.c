/*
 * tls.c - see tls.h. Each call clears OpenSSL's queue of errors first: libcurl and libpq use the
 * same one.
 */
/* before ours: a parameter in them bears a name that shared/banned.h takes away */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "server/net/tls.h"

#include <arpa/inet.h>

#include "shared/log.h"

struct tls_trust {
	SSL_CTX *context;
};

struct tls {
	SSL *ssl;
	bool wants_room, broken;
};

static void errors_clear(void)
{
	ERR_clear_error();
}

struct tls_trust *tls_trust_open(void)
{
	static const unsigned char http[] = "\x08http/1.1";
	struct tls_trust *t;
	SSL_CTX *c = SSL_CTX_new(TLS_client_method());

	errors_clear();
	if (c == NULL || SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION) != 1 ||
	    SSL_CTX_set_default_verify_paths(c) != 1 ||
	    SSL_CTX_set_alpn_protos(c, http, sizeof http - 1) != 0) {
		log_error("event=tls_broken text=\"the system's certificates cannot be read\"");
		SSL_CTX_free(c);
		return NULL;
	}
	SSL_CTX_set_verify(c, SSL_VERIFY_PEER, NULL);
	/* a record's buffers (34 KiB) only while there is a record */
	(void)SSL_CTX_set_mode(c, SSL_MODE_ENABLE_PARTIAL_WRITE |
					  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
					  SSL_MODE_RELEASE_BUFFERS);
	t = xcalloc(1, sizeof *t);
	t->context = c;
	return t;
}

void tls_trust_close(struct tls_trust *t)
{
	if (t == NULL)
		return;
	SSL_CTX_free(t->context);
	free(t);
}

static bool is_address(const char *host)
{
	unsigned char bytes[16];

	return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

struct tls *tls_begin(struct tls_trust *trust, int fd, const char *host)
{
	struct tls *t = xcalloc(1, sizeof *t);
	bool named;

	errors_clear();
	t->ssl = SSL_new(trust->context);
	if (t->ssl == NULL || SSL_set_fd(t->ssl, fd) != 1)
		BUG("OpenSSL gives no connection");
	if (is_address(host))
		named = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(t->ssl), host) == 1;
	else
		named = SSL_set1_host(t->ssl, host) == 1 &&
			SSL_set_tlsext_host_name(t->ssl, host) == 1;
	t->broken = !named; /* without a name to check nothing is believed */
	SSL_set_hostflags(t->ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	SSL_set_connect_state(t->ssl);
	return t;
}

void tls_end(struct tls *t)
{
	if (t == NULL)
		return;
	errors_clear();
	if (!t->broken && SSL_is_init_finished(t->ssl))
		(void)SSL_shutdown(t->ssl);
	errors_clear();
	SSL_free(t->ssl);
	free(t);
}

/* What a call that took nothing means: 0 it waits, -1 it is over. */
static int waits(struct tls *t, int result)
{
	int e = SSL_get_error(t->ssl, result);

	t->wants_room = e == SSL_ERROR_WANT_WRITE;
	if (e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE)
		return 0;
	t->broken = true;
	return -1;
}

enum tls_step tls_shake(struct tls *t, char *why, size_t why_n)
{
	long verified;
	int n;

	errors_clear();
	n = t->broken ? -1 : SSL_do_handshake(t->ssl);
	if (n == 1) {
		t->wants_room = false;
		return TLS_DONE;
	}
	if (!t->broken && waits(t, n) == 0)
		return TLS_WAITS;
	t->broken = true;
	verified = SSL_get_verify_result(t->ssl);
	if (verified != X509_V_OK)
		snprintf(why, why_n, "certificate: %s", X509_verify_cert_error_string(verified));
	else
		snprintf(why, why_n, "no TLS with what answers there");
	errors_clear();
	return TLS_REFUSED;
}

ptrdiff_t tls_read(struct tls *t, void *p, size_t n)
{
	size_t got = 0;
	int result;

	if (t->broken)
		return -1;
	errors_clear();
	result = SSL_read_ex(t->ssl, p, n, &got);
	if (result != 1)
		return waits(t, result);
	t->wants_room = false;
	return (ptrdiff_t)got;
}

ptrdiff_t tls_write(struct tls *t, const void *p, size_t n)
{
	size_t sent = 0;
	int result;

	if (t->broken)
		return -1;
	errors_clear();
	result = SSL_write_ex(t->ssl, p, n, &sent);
	if (result != 1)
		return waits(t, result);
	t->wants_room = false;
	return (ptrdiff_t)sent;
}

bool tls_pending(const struct tls *t)
{
	return !t->broken && SSL_pending(t->ssl) > 0;
}

bool tls_wants_room(const struct tls *t)
{
	return t->wants_room;
}
