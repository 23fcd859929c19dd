/* calls_world.c - see calls.h. */
#include <curl/curl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/clock.h"
#include "tests/storm/calls.h"

#define AGAIN_MS  10000
#define TOKEN_MS  (8 * 60 * 1000)
#define ANSWER_MS 35000L

void storm_fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("calls: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(2);
}

void link_open(struct link *l, const struct world *w)
{
	PGresult *r;

	l->world = w;
	l->curl = curl_easy_init();
	l->db = PQconnectdb(w->database);
	if (PQstatus(l->db) != CONNECTION_OK)
		storm_fail("the database: %s", PQerrorMessage(l->db));
	r = link_rows(l, "SELECT set_config('app.current_organization_id', $1, false)",
		      w->organization);
	PQclear(r);
}

void link_close(struct link *l)
{
	curl_easy_cleanup(l->curl);
	PQfinish(l->db);
}

const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text == NULL ? "" : text;
}

/* ---- requests ---- */

static size_t on_body(char *p, size_t size, size_t n, void *with)
{
	struct buf *body = with;

	return buf_add(body, p, size * n) ? size * n : 0;
}

int link_ask(struct link *l, const char *method, const char *url, const char *body,
	     const char *bearer, const char *key, json_t **out)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
	struct buf answer = {.limit = 128u << 20};
	char line[2200];
	long status = 0;

	if (body != NULL)
		headers = curl_slist_append(headers, "Content-Type: application/json");
	if (bearer != NULL) {
		snprintf(line, sizeof line, "Authorization: Bearer %s", bearer);
		headers = curl_slist_append(headers, line);
	}
	if (key != NULL) {
		snprintf(line, sizeof line, "Idempotency-Key: %s", key);
		headers = curl_slist_append(headers, line);
	}
	curl_easy_reset(l->curl);
	curl_easy_setopt(l->curl, CURLOPT_URL, url);
	curl_easy_setopt(l->curl, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(l->curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(l->curl, CURLOPT_TIMEOUT_MS, ANSWER_MS);
	curl_easy_setopt(l->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(l->curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(l->curl, CURLOPT_WRITEDATA, &answer);
	if (body != NULL)
		curl_easy_setopt(l->curl, CURLOPT_POSTFIELDS, body);
	if (curl_easy_perform(l->curl) == CURLE_OK)
		curl_easy_getinfo(l->curl, CURLINFO_RESPONSE_CODE, &status);
	if (out != NULL)
		*out = status == 0 || answer.n == 0 ? NULL
						    : json_loadb(answer.p, answer.n, 0, NULL);
	curl_slist_free_all(headers);
	buf_clear(&answer);
	return (int)status;
}

int sim_ask(struct link *l, const char *path, const char *body, json_t **out)
{
	char url[400];

	snprintf(url, sizeof url, "%s%s", l->world->sim, path);
	return link_ask(l, body == NULL ? "GET" : "POST", url, body, NULL, NULL, out);
}

/* ---- staff ---- */

static bool signed_in(struct link *l, struct staff *s)
{
	char url[300], body[400];
	json_t *answer;
	int status;

	if (s->token[0] != '\0' && clock_mono_ms() - s->token_ms < TOKEN_MS)
		return true;
	snprintf(url, sizeof url, "%s/api/auth/login", l->world->url);
	snprintf(body, sizeof body,
		 "{\"organization\":\"%s\",\"email\":\"%s\",\"password\":\"%s\"}", l->world->slug,
		 s->email, s->password);
	status = link_ask(l, "POST", url, body, NULL, NULL, &answer);
	if (status == 200) {
		snprintf(s->token, sizeof s->token, "%s", text_of(answer, "access_token"));
		s->token_ms = clock_mono_ms();
	}
	json_decref(answer);
	return status == 200;
}

int staff_asks(struct link *l, struct staff *s, const char *conversation, const char *what,
	       const char *body)
{
	static atomic_uint count;
	int64_t from = clock_mono_ms();
	char url[300], key[60];
	int status = 0;

	snprintf(url, sizeof url, "%s/api/conversations/%s/%s", l->world->url, conversation, what);
	snprintf(key, sizeof key, "storm-%d-%u", (int)getpid(), atomic_fetch_add(&count, 1));
	while (clock_mono_ms() - from < AGAIN_MS) {
		if (signed_in(l, s))
			status = link_ask(l, "POST", url, body, s->token, key, NULL);
		if (status != 0 && status < 500)
			break;
		usleep(200000); /* the service is away: there is nothing to be told by */
	}
	return status;
}

/* ---- the database ---- */

PGresult *link_rows(struct link *l, const char *sql, const char *parameter)
{
	PGresult *r = PQexecParams(l->db, sql, parameter == NULL ? 0 : 1, NULL, &parameter, NULL,
				   NULL, 0);

	if (PQresultStatus(r) != PGRES_TUPLES_OK && PQresultStatus(r) != PGRES_COMMAND_OK)
		storm_fail("%s: %s", sql, PQerrorMessage(l->db));
	return r;
}

char *link_sql(struct link *l, const char *sql, const char *parameter)
{
	PGresult *r = link_rows(l, sql, parameter);
	char *out = PQntuples(r) == 0 || PQgetisnull(r, 0, 0) ? NULL : xstrdup(PQgetvalue(r, 0, 0));

	PQclear(r);
	return out;
}
