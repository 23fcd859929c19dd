/*
 * ask.c - see ask.h.
 */
#include "server/ctl/ask.h"

#include <curl/curl.h>

#include "shared/buf.h"

#define CONNECT_MS 5000L
#define TOTAL_MS   15000L
#define ANSWER_MAX (1024u * 1024u)

static size_t on_bytes(char *p, size_t size, size_t n, void *arg)
{
	return buf_add(arg, p, size * n) ? n : 0;
}

bool ask_send(const struct ask *q, struct arena *a, long *status, struct str *body, struct err *err)
{
	struct buf answer = {.limit = ANSWER_MAX};
	CURL *curl = curl_easy_init();
	struct curl_slist *headers = NULL;
	CURLcode code;

	if (curl == NULL)
		BUG("no curl");
	if (q->header != NULL)
		headers = curl_slist_append(NULL, q->header);
	curl_easy_setopt(curl, CURLOPT_URL, q->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	if (q->user != NULL) {
		curl_easy_setopt(curl, CURLOPT_USERNAME, q->user);
		curl_easy_setopt(curl, CURLOPT_PASSWORD, q->password);
		curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
	}
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, TOTAL_MS);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "switchbackctl/" SWITCHBACK_VERSION);
	if (q->body.p != NULL)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, q->body.p);
	code = curl_easy_perform(curl);
	*status = 0;
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	*body = arena_str(a, buf_str(&answer));
	buf_clear(&answer);
	return code == CURLE_OK || err_set(err, ERR_UPSTREAM, "%s at %.80s does not answer: %s.",
					   q->who, q->where, curl_easy_strerror(code));
}
