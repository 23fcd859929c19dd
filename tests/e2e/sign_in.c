/*
 * sign_in.c - signing in to a real service, and staying signed in: what is answered, what is
 * delayed, what a refresh token is good for.
 */
#include <criterion/criterion.h>
#include <unistd.h>

#include "shared/password.h"
#include "tests/support/store.h"

TestSuite(sign_in, .init = store_up, .fini = store_down, .timeout = 120);

/* ---- who one is ---- */

Test(sign_in, tells_who_one_is_and_what_one_may_do)
{
	static const struct {
		const char *role;
		bool may_force, may_manage;
	} roles[] = {{"admin", true, true},
		     {"manager", true, false},
		     {"staff", false, false},
		     {"service_tech", false, false}};
	struct api_answer a;
	struct api_tokens t;

	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		bool force = false, manage = false;
		json_t *one;
		size_t k;

		if (i == 0)
			store_signed_in("A", &t);
		else
			store_signed_in_as(roles[i].role, &t);
		store_asked(&(struct api_request){.method = "GET",
						  .path = "/api/me",
						  .bearer = t.access},
			    &a);
		cr_expect_eq(a.status, 200);
		cr_expect_str_eq(api_text(&a, "user.role"), roles[i].role);
		cr_expect_str_eq(api_text(&a, "organization.id"), DEMO_ORG_A);
		json_array_foreach(json_object_get(a.json, "permissions"), k, one)
		{
			force = force || strcmp(json_string_value(one), "conversation.force") == 0;
			manage = manage || strcmp(json_string_value(one), "user.manage") == 0;
		}
		cr_expect_eq(force, roles[i].may_force);
		cr_expect_eq(manage, roles[i].may_manage);
		api_answer_clear(&a);
		store_asked(&(struct api_request){.method = "GET",
						  .path = "/api/colleagues",
						  .bearer = t.access},
			    &a);
		cr_expect_eq(a.status, 200);
		cr_expect_null(strstr(buf_cstr(&a.body), "velo-plateau"));
		api_answer_clear(&a);
	}
	cr_expect_eq(sql_int(store.db,
			     "SELECT count(*) FROM audit_log WHERE action = 'session.sign_in' "
			     "AND result = 'done' AND session_id IS NOT NULL AND address = "
			     "'127.0.0.1'"),
		     4);
}

Test(sign_in, the_same_email_in_two_stores_is_two_people)
{
	struct api_tokens a, b;
	struct api_answer answer;
	char hash[PASSWORD_HASH_MAX], sql[500];

	password_hash("another word entirely", 4, hash);
	sql_context(store.db, DEMO_ORG_B);
	snprintf(sql, sizeof sql,
		 "INSERT INTO user_profiles (organization_id, email, display_name, password_hash) "
		 "VALUES ('%s', '%s', 'Twin', '%s')",
		 DEMO_ORG_B, STORE_A_ADMIN, hash);
	sql_run(store.db, sql);
	store_signed_in("A", &a);
	api_sign_in(store.url, STORE_B, STORE_A_ADMIN, STORE_PASSWORD, &b);
	cr_expect_eq(b.status, 401, "the password of the one is not the other's");
	api_sign_in(store.url, STORE_B, STORE_A_ADMIN, "another word entirely", &b);
	cr_assert_eq(b.status, 200);
	store_asked(&(struct api_request){.method = "GET", .path = "/api/me", .bearer = b.access},
		    &answer);
	cr_expect_str_eq(api_text(&answer, "organization.id"), DEMO_ORG_B);
	cr_expect_str_eq(api_text(&answer, "user.display_name"), "Twin");
	api_answer_clear(&answer);
}

/* ---- what is wrong ---- */

Test(sign_in, everything_that_is_wrong_gets_one_answer)
{
	char *disabled = store_account("manager"), *bare, *first = NULL;
	struct {
		const char *store, *email, *password;
	} cases[] = {
		{STORE_A, STORE_A_ADMIN, "wrong word of mine"},
		{STORE_A, "nobody@bici-downtown.example", "wrong word of mine"},
		{"no-such-store", STORE_A_ADMIN, STORE_PASSWORD},
		{STORE_B, STORE_A_ADMIN, STORE_PASSWORD},
		{STORE_A, disabled, STORE_PASSWORD},
		{STORE_A, NULL, STORE_PASSWORD},
		{STORE_A, STORE_A_ADMIN, "x"},
		{STORE_A, "' OR true --", "' OR true --"},
		{STORE_A, "%", STORE_PASSWORD},
		{"%", "%", "%"},
	};

	sql_run(store.db, "UPDATE user_profiles SET is_active = false WHERE role = 'manager'");
	sql_run(store.db,
		"UPDATE user_profiles SET password_hash = NULL WHERE role = 'service_tech'");
	bare = sql_text(store.db,
			"SELECT email FROM user_profiles WHERE role = 'service_tech' LIMIT 1");
	cases[5].email = bare;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		json_t *body = json_pack("{s:s,s:s,s:s}", "organization", cases[i].store, "email",
					 cases[i].email, "password", cases[i].password);
		char *text = json_dumps(body, 0), *got;
		struct api_answer a;

		store_asked(&(struct api_request){.method = "POST",
						  .path = "/api/auth/login",
						  .body = text},
			    &a);
		cr_expect_eq(a.status, 401, "case %zu: %d", i, a.status);
		cr_expect_str_eq(a.authenticate, "Bearer");
		got = store_alike(&a);
		if (first == NULL)
			first = xstrdup(got);
		cr_expect_str_eq(got, first, "case %zu", i);
		free(got);
		free(text);
		json_decref(body);
		api_answer_clear(&a);
	}
	/* each is in the record, with its reason; what was typed is not */
	while (sql_int(store.db, "SELECT count(*) FROM audit_log WHERE result = 'refused'") < 7)
		usleep(10000);
	cr_expect_eq(sql_int(store.db,
			     "SELECT count(*) FROM audit_log WHERE result = 'refused' AND "
			     "detail->>'reason' IN ('disabled', 'no_password')"),
		     2);
	cr_expect_eq(sql_int(store.db,
			     "SELECT count(*) FROM audit_log a WHERE a::text LIKE '%nobody@%' "
			     "OR a::text LIKE '%OR true%'"),
		     0);
	free(first);
	free(bare);
	free(disabled);
}

Test(sign_in, bodies_that_are_none_are_refused)
{
	static const struct {
		const char *path, *type, *body;
		int status;
	} cases[] = {
		{"/api/auth/login", NULL, "", 400},
		{"/api/auth/login", NULL, "{}", 400},
		{"/api/auth/login", NULL, "[]", 400},
		{"/api/auth/login", NULL, "null", 400},
		{"/api/auth/login", NULL, "{\"organization\":\"a\",\"email\":\"b\"}", 400},
		{"/api/auth/login", NULL,
		 "{\"organization\":\"a\",\"email\":\"b\",\"password\":null}", 400},
		{"/api/auth/login", NULL,
		 "{\"organization\":\"a\",\"email\":[\"b\"],\"password\":\"c\"}", 400},
		{"/api/auth/login", NULL,
		 "{\"organization\":\"a\",\"email\":\"b\",\"password\":\"c\",\"password\":\"d\"}",
		 400},
		{"/api/auth/login", NULL,
		 "{\"organization\":\"a\",\"email\":\"b\",\"password\":\"c\",\"role\":\"admin\"}",
		 400},
		{"/api/auth/login", NULL,
		 "{\"organization\":\"a\",\"email\":\"b\",\"password\":\"c\\u0000\"}", 400},
		{"/api/auth/login", NULL,
		 "{\"organization\":\"a\",\"email\":\"\",\"password\":\"c\"}", 400},
		{"/api/auth/login", "text/plain",
		 "{\"organization\":\"a\",\"email\":\"b\",\"password\":\"c\"}", 415},
		{"/api/auth/login", "application/x-www-form-urlencoded",
		 "organization=a&email=b&password=c", 415},
		{"/api/auth/login", "application/json; charset=latin1", "{}", 415},
		{"/api/auth/login", "application/json; charset=UTF-8",
		 "{\"organization\":\"a\",\"email\":\"b\",\"password\":\"c\"}", 401},
		{"/api/auth/refresh", NULL, "{}", 400},
		{"/api/auth/refresh", NULL, "{\"refresh_token\":7}", 400},
		{"/api/auth/refresh", NULL, "{\"refresh_token\":\"\"}", 400},
		{"/api/auth/refresh", NULL, "{\"refresh_token\":\"abc\"}", 401},
		{"/api/auth/refresh", NULL,
		 "{\"refresh_token\":"
		 "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
		 401},
		{"/api/auth/refresh", "text/plain", "{}", 415},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct api_answer a;

		store_asked(&(struct api_request){.method = "POST",
						  .path = cases[i].path,
						  .type = cases[i].type,
						  .body = cases[i].body},
			    &a);
		cr_expect_eq(a.status, cases[i].status, "%s: %d", cases[i].body, a.status);
		api_answer_clear(&a);
	}
}

/* ---- delays ---- */

/* Wrong tries until one is put off; -1 when none of twelve is. */
static int tries_until_delayed(const char *slug, const char *email, const char *header,
			       char retry_after[16])
{
	json_t *body = json_pack("{s:s,s:s,s:s}", "organization", slug, "email", email, "password",
				 "wrong word of mine");
	char *text = json_dumps(body, 0);
	int delayed = -1;

	for (int i = 1; i <= 12 && delayed < 0; i++) {
		struct api_answer a;

		store_asked(&(struct api_request){.method = "POST",
						  .path = "/api/auth/login",
						  .body = text,
						  .header = header},
			    &a);
		if (a.status == 429) {
			snprintf(retry_after, 16, "%s", a.retry_after);
			delayed = i;
		}
		api_answer_clear(&a);
	}
	free(text);
	json_decref(body);
	return delayed;
}

Test(sign_in, wrong_passwords_are_delayed_and_nobody_is_locked_out)
{
	const char *slug = STORE_A, *email = STORE_A_ADMIN;
	char after[16] = "", after_nobody[16] = "";
	struct api_tokens t;

	store_signed_in("A", &t); /* from here; the attacker comes from elsewhere */
	cr_expect_eq(tries_until_delayed(slug, email, "X-Forwarded-For: 198.51.100.7", after), 6);
	cr_expect_eq(tries_until_delayed(slug, "nobody@bici-downtown.example",
					 "X-Forwarded-For: 198.51.100.8", after_nobody),
		     6, "an account that is nobody's is delayed alike");
	cr_expect_str_eq(after, "1");
	cr_expect_str_eq(after_nobody, "1");
	/* from anywhere that has never signed in, the account is delayed; from here it is not */
	cr_expect_eq(tries_until_delayed(slug, email, "X-Forwarded-For: 203.0.113.9", after), 1);
	store_signed_in("A", &t);
	/* the delays are kept, for whoever starts the service again */
	while (sql_int(store.db, "SELECT count(*) FROM audit_log WHERE result = 'refused'") < 10)
		usleep(10000);
	/* signing in has forgotten what was counted */
	cr_expect_eq(sql_int(store.db, "SELECT max(failed_sign_ins) FROM user_profiles"), 0);
	/* here too, tries have their end */
	cr_expect_eq(tries_until_delayed(slug, email, NULL, after), 6);
	while (sql_int(store.db, "SELECT max(failed_sign_ins) FROM user_profiles") < 5)
		usleep(10000);
	cr_expect_eq(sql_int(store.db,
			     "SELECT count(*) FROM user_profiles WHERE next_sign_in_at > now() "
			     "- interval '1 second'"),
		     1);
	cr_expect_eq(store_me(t.access), 200, "who is signed in stays so");
}

Test(sign_in, many_accounts_from_one_address_are_delayed_too)
{
	char email[64], after[16] = "";
	int asked_n = 0, delayed = 0;

	for (int i = 0; i < 24; i++) {
		int n;

		snprintf(email, sizeof email, "guess%d@bici-downtown.example", i);
		json_t *body = json_pack("{s:s,s:s,s:s}", "organization", "bici-downtown", "email",
					 email, "password", "wrong word of mine");
		char *text = json_dumps(body, 0);
		struct api_answer a;

		/* an IPv6 network counts as one */
		n = snprintf(after, sizeof after, "%x", i + 1);
		cr_assert_gt(n, 0);
		char header[80];

		snprintf(header, sizeof header, "X-Forwarded-For: 10.0.0.1, 2001:db8:1:2::%s",
			 after);
		store_asked(&(struct api_request){.method = "POST",
						  .path = "/api/auth/login",
						  .body = text,
						  .header = header},
			    &a);
		asked_n++;
		delayed += a.status == 429 ? 1 : 0;
		api_answer_clear(&a);
		free(text);
		json_decref(body);
	}
	cr_expect_eq(asked_n, 24);
	cr_expect_gt(delayed, 0);
	cr_expect_leq(delayed, 4);
}

/* ---- refresh ---- */

Test(sign_in, a_refresh_token_is_good_once)
{
	struct api_tokens first, second, third, other, t;

	store_signed_in("A", &first);
	store_signed_in("A", &other);
	api_refresh(store.url, first.refresh, &second);
	cr_assert_eq(second.status, 200);
	cr_expect_str_neq(first.refresh, second.refresh);
	cr_expect_eq(store_me(second.access), 200);
	cr_expect_eq(store_me(first.access), 200, "the access token before it lives out its time");
	/* the answer was lost on the line: once more, at once */
	api_refresh(store.url, first.refresh, &third);
	cr_assert_eq(third.status, 200);
	api_refresh(store.url, third.refresh, &t);
	cr_expect_eq(t.status, 200);
	/* what never arrived does: somebody else has it */
	api_refresh(store.url, second.refresh, &t);
	cr_expect_eq(t.status, 401);
	cr_expect_eq(store_me(third.access), 401, "the session is over for both, at once");
	api_refresh(store.url, third.refresh, &t);
	cr_expect_eq(t.status, 401);
	cr_expect_eq(store_me(other.access), 200,
		     "another session of the same person is not touched");
	cr_expect_eq(sql_int(store.db,
			     "SELECT count(*) FROM events WHERE type = 'session.ended' AND "
			     "payload->>'reason' = 'reuse'"),
		     1);
	cr_expect_eq(sql_int(store.db, "SELECT count(*) FROM audit_log WHERE result = 'reused'"),
		     1);
	cr_expect_eq(sql_int(store.db,
			     "SELECT count(*) FROM user_sessions WHERE refresh_hash::text || "
			     "coalesce(previous_hash::text, '') LIKE '%' || 'zzz' || '%'"),
		     0);
}

Test(sign_in, an_old_refresh_token_ends_the_session_however_old_it_is)
{
	struct api_tokens chain[6], t;

	store_signed_in("A", &chain[0]);
	for (size_t i = 1; i < ARRAY_LEN(chain); i++) {
		api_refresh(store.url, chain[i - 1].refresh, &chain[i]);
		cr_assert_eq(chain[i].status, 200);
	}
	api_refresh(store.url, chain[0].refresh, &t);
	cr_expect_eq(t.status, 401);
	cr_expect_eq(store_me(chain[5].access), 401);
	/* and the one just before, after its half minute */
	store_signed_in("A", &chain[0]);
	api_refresh(store.url, chain[0].refresh, &chain[1]);
	sql_run(store.db,
		"UPDATE user_sessions SET refreshed_at = refreshed_at - interval '31 seconds'");
	api_refresh(store.url, chain[0].refresh, &t);
	cr_expect_eq(t.status, 401);
	cr_expect_eq(store_me(chain[1].access), 401);
}

Test(sign_in, a_session_ends_when_it_is_not_used)
{
	struct api_tokens t, next;

	store_signed_in("A", &t);
	sql_run(store.db,
		"UPDATE user_sessions SET created_at = now() - interval '40 days', expires_at = "
		"now() - interval '1 second'");
	api_refresh(store.url, t.refresh, &next);
	cr_expect_eq(next.status, 401);
	store_ended_after(t.access);
	/* 180 days are the most, however often it is refreshed */
	store_signed_in("A", &t);
	sql_run(store.db, "UPDATE user_sessions SET created_at = now() - interval '179 days' WHERE "
			  "expires_at > now()");
	api_refresh(store.url, t.refresh, &next);
	cr_assert_eq(next.status, 200);
	cr_expect_leq(sql_int(store.db,
			      "SELECT ceil(extract(epoch FROM max(expires_at) - now()) / 86400) "
			      "FROM user_sessions"),
		      1);
}
