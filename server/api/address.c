/*
 * address.c - see address.h.
 */
#include "server/api/address.h"

#include <arpa/inet.h>

static bool v4_read(const char *text, unsigned char ip[4])
{
	return inet_pton(AF_INET, text, ip) == 1;
}

static bool is_v4_mapped(const unsigned char ip[16])
{
	static const unsigned char front[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

	return memcmp(ip, front, sizeof front) == 0;
}

/* In the one form that an address has here; NULL when text is none. */
static const char *canonical(struct arena *a, struct str s)
{
	char text[INET6_ADDRSTRLEN] = "", out[INET6_ADDRSTRLEN];
	unsigned char ip[16];

	if (s.n == 0 || s.n >= sizeof text)
		return NULL;
	memcpy(text, s.p, s.n);
	if (v4_read(text, ip))
		return arena_strdup(a, inet_ntop(AF_INET, ip, out, sizeof out));
	if (inet_pton(AF_INET6, text, ip) != 1)
		return NULL;
	if (is_v4_mapped(ip))
		return arena_strdup(a, inet_ntop(AF_INET, ip + 12, out, sizeof out));
	return arena_strdup(a, inet_ntop(AF_INET6, ip, out, sizeof out));
}

static bool is_this_machine(const char *address)
{
	return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0;
}

/* The last of the lines, and of that what stands behind the last comma. */
static struct str forwarded(const struct web_request *r)
{
	struct str last = {NULL, 0}, rest;

	for (unsigned i = 0; i < r->head->fields_n; i++) {
		if (str_is(head_str(r->head, r->head->fields[i].name), "x-forwarded-for"))
			last = head_str(r->head, r->head->fields[i].value);
	}
	for (rest = last; rest.p != NULL;)
		last = str_cut(&rest, ',');
	return str_trim(last);
}

const char *address_of(struct arena *a, const struct web_request *r)
{
	const char *peer = canonical(a, r->peer), *client;

	if (peer == NULL || !is_this_machine(peer))
		return peer;
	client = canonical(a, forwarded(r));
	return client == NULL ? peer : client;
}

struct str address_counted(struct arena *a, const char *address)
{
	unsigned char ip[16];
	char *text;

	if (address == NULL || is_this_machine(address))
		return (struct str){NULL, 0};
	if (inet_pton(AF_INET6, address, ip) != 1)
		return str_of(address);
	memset(ip + 8, 0, 8);
	text = arena_take(a, INET6_ADDRSTRLEN);
	return str_of(inet_ntop(AF_INET6, ip, text, INET6_ADDRSTRLEN));
}
