/*
 * tool_token.c - see tool_token.h. Layout: ORGANIZATION.CONVERSATION.HMAC, the last in base64url.
 */
#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include "server/elevenlabs/tool_token.h"
#include "shared/base64.h"
#include "shared/uuid.h"

#define MAC_BYTES 32
#define ID_CHARS  (TOOL_TOKEN_ID - 1)
#define NAMED     (2 * ID_CHARS + 1) /* ORGANIZATION.CONVERSATION */

static void mac_of(const char *secret, struct str named, unsigned char out[MAC_BYTES])
{
	static const char purpose[] = "tool "; /* the secret opens doors as it is, too */
	unsigned char text[sizeof purpose - 1 + NAMED];
	unsigned n = MAC_BYTES;

	if (named.n != NAMED)
		BUG("a tool token names an organization and a conversation");
	memcpy(text, purpose, sizeof purpose - 1);
	memcpy(text + sizeof purpose - 1, named.p, named.n);
	if (HMAC(EVP_sha256(), secret, (int)strlen(secret), text, sizeof text, out, &n) == NULL)
		BUG("HMAC-SHA256 failed");
}

void tool_token_write(const char *secret, const char *organization_id, const char *conversation_id,
		      char out[TOOL_TOKEN_TEXT])
{
	unsigned char mac[MAC_BYTES];
	int n;

	out[0] = '\0';
	if (secret == NULL)
		return;
	n = snprintf(out, TOOL_TOKEN_TEXT, "%s.%s", organization_id, conversation_id);
	mac_of(secret, str_make(out, (size_t)n), mac);
	out[n++] = '.';
	(void)base64url_write(mac, sizeof mac, out + n);
}

bool tool_token_read(const char *secret, struct str token, char organization_id[TOOL_TOKEN_ID],
		     char conversation_id[TOOL_TOKEN_ID])
{
	unsigned char said[MAC_BYTES], is[MAC_BYTES];
	struct uuid id;
	size_t n = 0;

	if (secret == NULL || token.n < NAMED + 2 || token.p[ID_CHARS] != '.' ||
	    token.p[NAMED] != '.' ||
	    !base64url_read(str_sub(token, NAMED + 1, token.n), said, sizeof said, &n) ||
	    n != sizeof said)
		return false;
	mac_of(secret, str_sub(token, 0, NAMED), is);
	if (CRYPTO_memcmp(said, is, sizeof is) != 0 ||
	    !uuid_read(str_sub(token, 0, ID_CHARS), &id) ||
	    !uuid_read(str_sub(token, ID_CHARS + 1, ID_CHARS), &id))
		return false;
	snprintf(organization_id, TOOL_TOKEN_ID, STR_FMT, STR_ARG(str_sub(token, 0, ID_CHARS)));
	snprintf(conversation_id, TOOL_TOKEN_ID, STR_FMT,
		 STR_ARG(str_sub(token, ID_CHARS + 1, ID_CHARS)));
	return true;
}
