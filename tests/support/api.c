/*
 * api.c - see api.h.
 */
#include "tests/support/api.h"

#include <criterion/criterion.h>
#include <curl/curl.h>

static size_t on_body(char *p, size_t size, size_t n, void *with)
{
	return buf_add(with, p, size * n) ? size * n : 0;
}

static void header_kept(struct str line, const char *name, char *out, size_t room)
{
	if (line.n > strlen(name) && str_is_nocase(str_sub(line, 0, strlen(name)), name))
		snprintf(out, room, STR_FMT,
			 STR_ARG(str_trim(str_sub(line, strlen(name), line.n))));
}

static size_t on_header(char *p, size_t size, size_t n, void *with)
{
	struct api_answer *a = with;
	struct str line = str_make(p, size * n);

	header_kept(line, "Retry-After:", a->retry_after, sizeof a->retry_after);
	header_kept(line, "WWW-Authenticate:", a->authenticate, sizeof a->authenticate);
	header_kept(line, "Content-Type:", a->content_type, sizeof a->content_type);
	return size * n;
}

static struct curl_slist *with_header(struct curl_slist *list, const char *name, const char *value)
{
	struct buf line = {0};

	if (value == NULL)
		return list;
	buf_printf(&line, "%s%s", name, value);
	list = curl_slist_append(list, buf_cstr(&line));
	buf_clear(&line);
	return list;
}

void api_ask(const char *url, const struct api_request *r, struct api_answer *out)
{
	CURL *curl = curl_easy_init();
	const char *type = r->type == NULL && r->body != NULL ? "application/json" : r->type;
	struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
	struct buf whole = {0};
	long status = 0;

	*out = (struct api_answer){0};
	buf_printf(&whole, "%s%s", url, r->path);
	headers = with_header(headers, "Content-Type: ", type);
	headers = with_header(headers, "Authorization: Bearer ", r->bearer);
	headers = with_header(headers, "Idempotency-Key: ", r->key);
	headers = with_header(headers, "", r->header);
	curl_easy_setopt(curl, CURLOPT_URL, buf_cstr(&whole));
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, r->method);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 30000L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &out->body);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, out);
	if (r->body != NULL) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(r->body));
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, r->body);
	}
	if (curl_easy_perform(curl) != CURLE_OK)
		cr_assert_fail("%s %s got no answer", r->method, r->path);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	out->status = (int)status;
	out->json = out->body.n == 0 ? NULL : json_loadb(out->body.p, out->body.n, 0, NULL);
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	buf_clear(&whole);
}

void api_answer_clear(struct api_answer *a)
{
	json_decref(a->json);
	buf_clear(&a->body);
	*a = (struct api_answer){0};
}

int api_status(const char *url, const char *method, const char *path, const char *bearer,
	       const char *body)
{
	const struct api_request r = {
		.method = method, .path = path, .bearer = bearer, .body = body};
	struct api_answer a;
	int status;

	api_ask(url, &r, &a);
	status = a.status;
	api_answer_clear(&a);
	return status;
}

const char *api_text(const struct api_answer *a, const char *names)
{
	struct str rest = str_of(names);
	const json_t *at = a->json;
	char name[64];

	while (rest.p != NULL && at != NULL) {
		struct str one = str_cut(&rest, '.');

		snprintf(name, sizeof name, STR_FMT, STR_ARG(one));
		at = json_object_get(at, name);
	}
	return json_is_string(at) ? json_string_value(at) : "";
}

static void tokens_asked(const char *url, const char *path, json_t *body, struct api_tokens *out)
{
	char *text = json_dumps(body, JSON_COMPACT);
	const struct api_request r = {.method = "POST", .path = path, .body = text};
	struct api_answer a;

	api_ask(url, &r, &a);
	*out = (struct api_tokens){.status = a.status};
	snprintf(out->access, sizeof out->access, "%s", api_text(&a, "access_token"));
	snprintf(out->refresh, sizeof out->refresh, "%s", api_text(&a, "refresh_token"));
	api_answer_clear(&a);
	json_decref(body);
	free(text);
}

void api_sign_in(const char *url, const char *organization, const char *email, const char *password,
		 struct api_tokens *out)
{
	tokens_asked(url, "/api/auth/login",
		     json_pack("{s:s, s:s, s:s}", "organization", organization, "email", email,
			       "password", password),
		     out);
}

void api_refresh(const char *url, const char *refresh, struct api_tokens *out)
{
	tokens_asked(url, "/api/auth/refresh", json_pack("{s:s}", "refresh_token", refresh), out);
}
