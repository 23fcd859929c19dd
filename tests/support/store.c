/*
 * store.c - see store.h.
 */
#include "tests/support/store.h"

#include <criterion/criterion.h>
#include <unistd.h>

#include "shared/clock.h"
#include "shared/password.h"

struct store store; /* Criterion runs each test in a process of its own */

static void password_set(const char *organization, const char *role, const char *password)
{
	char hash[PASSWORD_HASH_MAX], sql[400];

	password_hash(password, 4, hash);
	snprintf(sql, sizeof sql,
		 "UPDATE user_profiles SET password_hash = '%s' WHERE id = (SELECT id FROM "
		 "user_profiles WHERE role = '%s' ORDER BY email LIMIT 1)",
		 hash, role);
	sql_context(store.db, organization);
	sql_run(store.db, sql);
	sql_context(store.db, DEMO_ORG_A);
}

void store_up(void)
{
	struct err err = {0};

	setenv("BCRYPT_ROUNDS", "4", 0); /* a test may want another */
	store.test = test_db_new(TEST_DB_DEMO);
	store.db = store.test->app;
	password_set(DEMO_ORG_B, "admin", STORE_B_PASSWORD);
	password_set(DEMO_ORG_A, "admin", STORE_PASSWORD);
	daemon_start(&store.daemon, store.test);
	snprintf(store.url, sizeof store.url, "http://127.0.0.1:%d", store.daemon.port);
	cr_assert(openapi_load(&store.described, "docs/openapi.yaml", &err), "%s", err.text);
}

void store_down(void)
{
	daemon_stop(&store.daemon);
	test_db_free(store.test);
	openapi_free(&store.described);
}

void store_whole_up(void)
{
	struct err err = {0};

	store.service = service_start();
	snprintf(store.url, sizeof store.url, "%s", service_key(store.service, "URL"));
	store.db = test_db_connect(service_key(store.service, "APP_DATABASE_URL"));
	password_set(DEMO_ORG_B, "admin", STORE_B_PASSWORD);
	password_set(DEMO_ORG_A, "admin", STORE_PASSWORD);
	cr_assert(openapi_load(&store.described, "docs/openapi.yaml", &err), "%s", err.text);
}

void store_whole_down(void)
{
	PQfinish(store.db);
	service_stop(store.service);
	openapi_free(&store.described);
}

char *store_account(const char *role)
{
	char sql[200];

	password_set(DEMO_ORG_A, role, STORE_PASSWORD);
	snprintf(sql, sizeof sql,
		 "SELECT email FROM user_profiles WHERE role = '%s' ORDER BY email LIMIT 1", role);
	return sql_text(store.db, sql);
}

void store_signed_in(const char *which, struct api_tokens *out)
{
	bool a = strcmp(which, "A") == 0;

	api_sign_in(store.url, a ? STORE_A : STORE_B, a ? STORE_A_ADMIN : STORE_B_ADMIN,
		    a ? STORE_PASSWORD : STORE_B_PASSWORD, out);
	cr_assert_eq(out->status, 200, "%s: %d", which, out->status);
}

void store_signed_in_as(const char *role, struct api_tokens *out)
{
	char *email = store_account(role);

	api_sign_in(store.url, STORE_A, email, STORE_PASSWORD, out);
	cr_assert_eq(out->status, 200, "%s %s: %d", role, email, out->status);
	free(email);
}

void store_asked(const struct api_request *r, struct api_answer *a)
{
	char lower[8] = "", bare[200];
	struct err err;

	for (size_t i = 0; i < sizeof lower - 1 && r->method[i] != '\0'; i++)
		lower[i] = (char)(r->method[i] | 0x20);
	snprintf(bare, sizeof bare, "%.*s", (int)strcspn(r->path, "?"), r->path);
	api_ask(store.url, r, a);
	cr_expect(openapi_answer_check(&store.described, lower, bare, a->status, a->content_type,
				       buf_str(&a->body), &err),
		  "%s %s (%d): %s", r->method, r->path, a->status, err.text);
}

char *store_alike(struct api_answer *a)
{
	if (a->json == NULL)
		return xstrdup("");
	json_object_set_new(a->json, "request_id", json_string("-"));
	json_object_del(a->json, "last_event"); /* the store goes on living */
	return json_dumps(a->json, JSON_SORT_KEYS);
}

int store_me(const char *access)
{
	return api_status(store.url, "GET", "/api/me", access, NULL);
}

void store_session_id(const char *access, char out[40])
{
	struct api_answer a;

	store_asked(&(struct api_request){.method = "GET", .path = "/api/me", .bearer = access},
		    &a);
	snprintf(out, 40, "%s", api_text(&a, "session_id"));
	api_answer_clear(&a);
}

int64_t store_ended_after(const char *access)
{
	int64_t from = clock_mono_ms();

	while (store_me(access) == 200) {
		cr_assert_lt(clock_mono_ms() - from, 2000, "the token is still good");
		usleep(20000);
	}
	cr_expect_eq(store_me(access), 401);
	return clock_mono_ms() - from;
}
