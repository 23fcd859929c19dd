/*
 * upgrade.c - see upgrade.h.
 */
/* before ours: a parameter in it bears a name that shared/banned.h takes away */
#include <openssl/evp.h>

#include "server/net/upgrade.h"

#include "shared/base64.h"

#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

/* Of its last letter only two bits count; some clients leave more standing there. */
bool upgrade_key_right(struct str key)
{
	if (key.n != UPGRADE_KEY_LETTERS || key.p[22] != '=' || key.p[23] != '=')
		return false;
	return memchr(key.p, '=', 22) == NULL && base64_letters(key);
}

void upgrade_accept(struct str key, char out[UPGRADE_ACCEPT_LETTERS + 1])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	char text[UPGRADE_KEY_LETTERS + sizeof GUID];
	unsigned n = 0;

	if (key.n != UPGRADE_KEY_LETTERS)
		BUG("a key of %zu letters", key.n);
	memcpy(text, key.p, key.n);
	memcpy(text + key.n, GUID, sizeof GUID);
	if (EVP_Digest(text, key.n + sizeof GUID - 1, digest, &n, EVP_sha1(), NULL) != 1 || n != 20)
		BUG("libcrypto has no SHA-1");
	(void)base64_write(digest, n, out);
}

void upgrade_answer_write(struct buf *out, struct str key)
{
	char accept[UPGRADE_ACCEPT_LETTERS + 1];

	upgrade_accept(key, accept);
	buf_add_cstr(out, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
			  "Connection: Upgrade\r\nSec-WebSocket-Accept: ");
	buf_add_cstr(out, accept);
	buf_add_cstr(out, "\r\n\r\n");
}

void upgrade_request_write(struct buf *out, const char *path, const char *host, struct str key)
{
	buf_add_cstr(out, "GET ");
	buf_add_cstr(out, path);
	buf_add_cstr(out, " HTTP/1.1\r\nHost: ");
	buf_add_cstr(out, host);
	buf_add_cstr(out, "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
			  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ");
	buf_add_str(out, key);
	buf_add_cstr(out, "\r\n\r\n");
}

/* ---- the server's answer ---- */

static bool has_token(struct str list, const char *token)
{
	while (list.n > 0) {
		if (str_is_nocase(str_trim(str_cut(&list, ',')), token))
			return true;
	}
	return false;
}

struct seen {
	bool upgrade, connection, accept;
};

/* False: a header that refuses what we asked for, or that stands there twice. */
static bool header_read(struct str name, struct str value, const char *accept, struct seen *seen)
{
	if (str_is_nocase(name, "upgrade")) {
		if (seen->upgrade || !str_is_nocase(value, "websocket"))
			return false;
		seen->upgrade = true;
	} else if (str_is_nocase(name, "connection")) {
		seen->connection = seen->connection || has_token(value, "upgrade");
	} else if (str_is_nocase(name, "sec-websocket-accept")) {
		if (seen->accept || !str_is(value, accept))
			return false;
		seen->accept = true;
	} else if (str_is_nocase(name, "sec-websocket-extensions") ||
		   str_is_nocase(name, "sec-websocket-protocol")) {
		return value.n == 0; /* we asked for none */
	}
	return true;
}

/* "HTTP/1.1 101 words" */
static bool status_read(struct str line, int64_t *status)
{
	return str_starts(line, STR_LIT("HTTP/1.1 ")) && line.n >= 12 &&
	       (line.n == 12 || line.p[12] == ' ') &&
	       str_int(str_sub(line, 9, 3), 100, 599, status);
}

enum upgrade_answer upgrade_answer_read(struct str bytes, struct str key, size_t *head, char *why,
					size_t why_n)
{
	ptrdiff_t end = str_find(bytes, STR_LIT("\r\n\r\n"));
	char accept[UPGRADE_ACCEPT_LETTERS + 1];
	struct seen seen = {0};
	struct str lines, line;
	int64_t status = 0;

	if (end < 0)
		return UPGRADE_PARTIAL;
	lines = str_make(bytes.p, (size_t)end);
	line = str_trim(str_cut(&lines, '\n'));
	if (!status_read(line, &status)) {
		snprintf(why, why_n, "what answered is no HTTP/1.1");
		return UPGRADE_REFUSED;
	}
	if (status != 101) {
		snprintf(why, why_n, "refused with status %d", (int)status);
		return UPGRADE_REFUSED;
	}
	upgrade_accept(key, accept);
	while (lines.n > 0) {
		ptrdiff_t colon;

		line = str_cut(&lines, '\n');
		colon = str_find_char(line, ':');
		if (colon <= 0 || !header_read(str_sub(line, 0, (size_t)colon),
					       str_trim(str_sub(line, (size_t)colon + 1, line.n)),
					       accept, &seen)) {
			snprintf(why, why_n, "an answer that does not fit our request");
			return UPGRADE_REFUSED;
		}
	}
	if (!seen.upgrade || !seen.connection || !seen.accept) {
		snprintf(why, why_n, "an answer that lacks a header");
		return UPGRADE_REFUSED;
	}
	*head = (size_t)end + 4;
	return UPGRADE_DONE;
}
