/*
 * session_end.c - what ends the access of staff to a real service, and that each door says the same
 * to whoever may not pass.
 */
#include <openssl/evp.h> /* before our own: its parameters are named like calls that we ban */
#include <openssl/hmac.h>

#include <criterion/criterion.h>
#include <unistd.h>

#include "shared/base64.h"
#include "shared/clock.h"
#include "tests/support/store.h"

#define ABSENT "00000000-0000-4000-8000-000000000000"

TestSuite(session_end, .init = store_up, .fini = store_down, .timeout = 120);

/* ---- what ends access ---- */

Test(session_end, signing_out_ends_access_at_once)
{
	struct api_tokens t, other, next;

	store_signed_in("A", &t);
	store_signed_in("A", &other);
	cr_expect_eq(store_me(t.access), 200);
	cr_expect_eq(api_status(store.url, "POST", "/api/auth/logout", t.access, NULL), 204);
	cr_expect_eq(store_me(t.access), 401);
	cr_expect_eq(api_status(store.url, "POST", "/api/auth/logout", t.access, NULL), 401);
	api_refresh(store.url, t.refresh, &next);
	cr_expect_eq(next.status, 401);
	cr_expect_eq(store_me(other.access), 200);
	cr_expect_eq(sql_int(store.db,
			     "SELECT count(*) FROM events WHERE type = 'session.ended' AND "
			     "payload->>'reason' = 'logout'"),
		     1);
}

static int revoked(const char *access, const char *id)
{
	struct api_answer a;
	char path[100];
	int status;

	snprintf(path, sizeof path, "/api/auth/sessions/%s", id);
	store_asked(&(struct api_request){.method = "DELETE", .path = path, .bearer = access}, &a);
	status = a.status;
	api_answer_clear(&a);
	return status;
}

Test(session_end, sessions_are_listed_and_revoked_by_whom_they_concern)
{
	struct api_tokens admin, mine, also_mine, colleague, neighbour;
	char admin_id[40], mine_id[40], also_id[40], colleague_id[40], neighbour_id[40];
	char *absent_said, *said;
	const char *ids[4];
	struct api_answer a;

	store_signed_in("A", &admin);
	store_signed_in_as("staff", &mine);
	char *email =
		sql_text(store.db, "SELECT email FROM user_profiles WHERE role = 'staff' ORDER BY "
				   "email LIMIT 1");

	api_sign_in(store.url, STORE_A, email, STORE_PASSWORD, &also_mine);
	free(email);
	store_signed_in_as("manager", &colleague);
	store_signed_in("B", &neighbour);
	store_session_id(admin.access, admin_id);
	store_session_id(mine.access, mine_id);
	store_session_id(also_mine.access, also_id);
	store_session_id(colleague.access, colleague_id);
	store_session_id(neighbour.access, neighbour_id);

	store_asked(&(struct api_request){.method = "GET",
					  .path = "/api/auth/sessions",
					  .bearer = mine.access},
		    &a);
	cr_expect_eq(json_array_size(json_object_get(a.json, "items")), 2,
		     "one's own, no one else's");
	cr_expect_str_eq(json_string_value(json_object_get(
				 json_array_get(json_object_get(a.json, "items"), 0), "id")),
			 mine_id, "this one first");
	api_answer_clear(&a);

	/* not one's own, a neighbour's, none, no id at all: one answer */
	ids[0] = ABSENT;
	ids[1] = neighbour_id;
	ids[2] = colleague_id;
	ids[3] = "nonsense";
	absent_said = NULL;
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		char path[100];

		snprintf(path, sizeof path, "/api/auth/sessions/%s", ids[i]);
		store_asked(&(struct api_request){.method = "DELETE",
						  .path = path,
						  .bearer = mine.access},
			    &a);
		cr_expect_eq(a.status, 404, "%s", ids[i]);
		said = store_alike(&a);
		cr_expect(absent_said == NULL || strcmp(said, absent_said) == 0, "%s", said);
		if (absent_said == NULL)
			absent_said = said;
		else
			free(said);
		api_answer_clear(&a);
	}
	free(absent_said);
	cr_expect_eq(revoked(admin.access, neighbour_id), 404,
		     "an admin's store ends at its border");
	cr_expect_eq(store_me(neighbour.access), 200);
	cr_expect_eq(store_me(colleague.access), 200);

	cr_expect_eq(revoked(mine.access, also_id), 204);
	cr_expect_eq(store_me(also_mine.access), 401);
	cr_expect_eq(revoked(mine.access, also_id), 404, "it is there no more");
	cr_expect_eq(revoked(admin.access, colleague_id), 204, "an admin ends anybody's");
	cr_expect_eq(store_me(colleague.access), 401);
	cr_expect_eq(revoked(mine.access, mine_id), 204, "and one's own with it");
	cr_expect_eq(store_me(mine.access), 401);
}

Test(session_end, whatever_ends_an_account_ends_its_access_within_a_second)
{
	static const struct {
		const char *sql, *reason;
	} cases[] = {
		{"UPDATE user_profiles SET is_active = false WHERE role = 'staff'", "disabled"},
		{"UPDATE user_profiles SET password_hash = '$2b$04$' || repeat('a', 53) WHERE role "
		 "= "
		 "'staff'",
		 "password"},
		{"UPDATE user_profiles SET password_hash = NULL WHERE role = 'staff'", "password"},
		{"UPDATE user_sessions SET revoked_at = now(), revoked_reason = 'revoked' WHERE "
		 "revoked_at "
		 "IS NULL",
		 "revoked"},
	};
	struct api_tokens t, next;
	char sql[200];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		store_signed_in_as("staff", &t);
		cr_assert_eq(store_me(t.access), 200);
		sql_run(store.db, cases[i].sql);
		cr_expect_leq(store_ended_after(t.access), 1100, "%s", cases[i].reason);
		api_refresh(store.url, t.refresh, &next);
		cr_expect_eq(next.status, 401, "%s", cases[i].reason);
		snprintf(sql, sizeof sql,
			 "SELECT count(*) FROM events WHERE type = 'session.ended' AND "
			 "payload->>'reason' = '%s'",
			 cases[i].reason);
		cr_expect_geq(sql_int(store.db, sql), 1, "%s", cases[i].reason);
		sql_run(store.db, "UPDATE user_profiles SET is_active = true");
		cr_expect_eq(store_me(t.access), 401, "and does not come back with the account");
	}
}

Test(session_end, a_new_role_asks_for_a_new_token)
{
	struct api_tokens t, next;
	struct api_answer a;

	store_signed_in_as("staff", &t);
	cr_assert_eq(store_me(t.access), 200);
	sql_run(store.db, "UPDATE user_profiles SET role = 'service_tech' WHERE role = 'staff'");
	store_ended_after(t.access);
	api_refresh(store.url, t.refresh, &next);
	cr_assert_eq(next.status, 200);
	store_asked(
		&(struct api_request){.method = "GET", .path = "/api/me", .bearer = next.access},
		&a);
	cr_expect_str_eq(api_text(&a, "user.role"), "service_tech");
	api_answer_clear(&a);
	cr_expect_eq(store_me(t.access), 401, "the old claim stays refused");
}

/* ---- tokens of another making ---- */

/* A token over these claims, signed by the service's own secret. */
static char *forged(const char *claims)
{
	const char *secret = DAEMON_JWT_SECRET;
	static const char header[] = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
	char text[2000];
	unsigned char mac[32];
	unsigned mac_n = 0;
	size_t n = base64url_write(header, sizeof header - 1, text);

	text[n++] = '.';
	n += base64url_write(claims, strlen(claims), text + n);
	HMAC(EVP_sha256(), secret, (int)strlen(secret), (const unsigned char *)text, n, mac,
	     &mac_n);
	text[n++] = '.';
	n += base64url_write(mac, mac_n, text + n);
	text[n] = '\0';
	return xstrdup(text);
}

Test(session_end, a_token_that_does_not_fit_its_session_is_refused_like_any_other)
{
	struct api_tokens mine, neighbour;
	char mine_id[40], neighbour_id[40];
	char *mine_user, *other_user, *refused = NULL;
	int64_t now = clock_wall_us() / 1000000;
	struct {
		const char *why, *organization, *user, *role, *session;
		int64_t from, to;
		int status;
	} cases[] = {
		{"right", DEMO_ORG_A, NULL, "staff", mine_id, 0, 900, 200},
		{"another role", DEMO_ORG_A, NULL, "admin", mine_id, 0, 900, 401},
		{"another user", DEMO_ORG_A, "OTHER", "staff", mine_id, 0, 900, 401},
		{"another user and role", DEMO_ORG_A, "OTHER", "admin", mine_id, 0, 900, 401},
		{"no such user", DEMO_ORG_A, ABSENT, "staff", mine_id, 0, 900, 401},
		{"no such session", DEMO_ORG_A, NULL, "staff", ABSENT, 0, 900, 401},
		{"the neighbour's session", DEMO_ORG_A, NULL, "staff", neighbour_id, 0, 900, 401},
		{"the neighbour's store", DEMO_ORG_B, NULL, "staff", mine_id, 0, 900, 401},
		{"no such store", ABSENT, NULL, "staff", mine_id, 0, 900, 401},
		{"expired", DEMO_ORG_A, NULL, "staff", mine_id, -901, -1, 401},
		{"too long", DEMO_ORG_A, NULL, "staff", mine_id, 0, 901, 401},
		{"not yet", DEMO_ORG_A, NULL, "staff", mine_id, 60, 600, 401},
		{"super_admin", DEMO_ORG_A, NULL, "super_admin", mine_id, 0, 900, 401},
	};
	struct api_answer a;

	store_signed_in_as("staff", &mine);
	store_signed_in("B", &neighbour);
	store_session_id(mine.access, mine_id);
	store_session_id(neighbour.access, neighbour_id);
	mine_user = sql_text(store.db, "SELECT user_id FROM user_sessions");
	other_user = sql_text(store.db, "SELECT id FROM user_profiles WHERE role = 'admin'");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *user = cases[i].user == NULL                 ? mine_user
				   : strcmp(cases[i].user, "OTHER") == 0 ? other_user
									 : cases[i].user;
		char claims[800], *token, *got;

		snprintf(claims, sizeof claims,
			 "{\"iss\":\"switchback\",\"aud\":\"switchback-staff\",\"organizationId\":"
			 "\"%s\","
			 "\"userId\":\"%s\",\"role\":\"%s\",\"sid\":\"%s\",\"iat\":%" PRId64
			 ",\"exp\":%" PRId64 "}",
			 cases[i].organization, user, cases[i].role, cases[i].session,
			 now + cases[i].from, now + cases[i].to);
		token = forged(claims);
		for (int again = 0; again < 2; again++) { /* the second time from memory */
			store_asked(&(struct api_request){.method = "GET",
							  .path = "/api/me",
							  .bearer = token},
				    &a);
			cr_expect_eq(a.status, cases[i].status, "%s: %d", cases[i].why, a.status);
			if (a.status == 401) {
				got = store_alike(&a);
				if (refused == NULL)
					refused = xstrdup(got);
				cr_expect_str_eq(got, refused, "%s", cases[i].why);
				cr_expect_str_eq(a.authenticate, "Bearer");
				free(got);
			}
			api_answer_clear(&a);
		}
		free(token);
	}
	/* no token, half a token, another scheme: the same */
	for (int i = 0; i < 4; i++) {
		static const char *const headers[] = {NULL, "Authorization: Basic YTpi",
						      "Authorization: Bearer",
						      "Authorization: Bearer a.b.c"};
		char *got;

		store_asked(&(struct api_request){.method = "GET",
						  .path = "/api/me",
						  .header = headers[i]},
			    &a);
		got = store_alike(&a);
		cr_expect_str_eq(got, refused, "%d", i);
		free(got);
		api_answer_clear(&a);
	}
	free(refused);
	free(mine_user);
	free(other_user);
}

/* ---- the door ---- */

Test(session_end, a_request_holds_what_its_route_knows_and_nothing_else)
{
	static const struct {
		const char *method, *path, *type, *body, *key, *header;
		int status;
	} cases[] = {
		{"GET", "/api/me", NULL, NULL, NULL, NULL, 200},
		{"HEAD", "/api/me", NULL, NULL, NULL, NULL, 200},
		{"GET", "/api/me?", NULL, NULL, NULL, NULL, 200},
		{"GET", "/api/me?x=1", NULL, NULL, NULL, NULL, 400},
		{"GET", "/api/me?=", NULL, NULL, NULL, NULL, 400},
		{"GET", "/api/me", NULL, "{}", NULL, NULL, 200},
		{"GET", "/api/me", NULL, "{\"a\":1}", NULL, NULL, 400},
		{"GET", "/api/me", NULL, "x", NULL, NULL, 400},
		{"GET", "/api/me", "text/plain", "x", NULL, NULL, 415},
		{"GET", "/api/me", NULL, NULL, NULL, "Origin: https://attacker.example", 403},
		{"GET", "/api/me/", NULL, NULL, NULL, NULL, 404},
		{"GET", "/api//me", NULL, NULL, NULL, NULL, 404},
		{"POST", "/api/me", NULL, "{}", NULL, NULL, 405},
		{"PUT", "/api/auth/login", NULL, "{}", NULL, NULL, 405},
		{"GET", "/api/auth/sessions/" ABSENT, NULL, NULL, NULL, NULL, 405},
		{"DELETE", "/api/auth/sessions/" ABSENT, NULL, NULL, NULL, NULL, 404},
		{"DELETE", "/api/auth/sessions/%30" ABSENT, NULL, NULL, NULL, NULL, 404},
		{"DELETE", "/api/auth/sessions/" ABSENT "?force=1", NULL, NULL, NULL, NULL, 400},
	};
	struct api_tokens t;

	store_signed_in("A", &t);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct api_request r = {.method = cases[i].method,
					      .path = cases[i].path,
					      .bearer = t.access,
					      .type = cases[i].type,
					      .body = cases[i].body,
					      .key = cases[i].key,
					      .header = cases[i].header};
		struct api_answer a;

		if (strcmp(cases[i].method, "HEAD") == 0)
			continue; /* curl would wait for its body */
		api_ask(store.url, &r, &a);
		cr_expect_eq(a.status, cases[i].status, "%s %s: %d", cases[i].method, cases[i].path,
			     a.status);
		api_answer_clear(&a);
	}
	/* none of it is looked at before it is known who asks */
	cr_expect_eq(api_status(store.url, "GET", "/api/me?x=1", NULL, NULL), 401);
	cr_expect_eq(api_status(store.url, "DELETE", "/api/auth/sessions/nonsense", "x.y.z", "{"),
		     401);
}
