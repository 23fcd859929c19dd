/*
 * contract.c - docs/openapi.yaml against what runs: the description is sound, its problem codes are
 * those of the service's table, and real answers have the described form.
 */
#include <criterion/criterion.h>

#include "server/net/problem.h"
#include "server/routes.h"
#include "tests/support/openapi.h"
#include "tests/support/service.h"

#define DESCRIPTION "docs/openapi.yaml"
#define FORM        "application/x-www-form-urlencoded"
#define SID         "SM0123456789abcdef0123456789abcde"

static struct openapi described(void)
{
	struct openapi a;
	struct err err = {0};

	cr_assert(openapi_load(&a, DESCRIPTION, &err), "%s", err.text);
	return a;
}

Test(contract, the_description_is_sound)
{
	struct openapi a = described();
	struct err err = {0};

	cr_expect(openapi_check(&a, &err), "%s", err.text);
	openapi_free(&a);
}

Test(contract, every_problem_code_is_described_and_every_described_one_exists)
{
	struct openapi a = described();
	const json_t *codes = json_object_get(openapi_schema(&a, "problem_code"), "enum");
	json_t *one;
	size_t i;

	for (int p = PROBLEM_NONE + 1; p < PROBLEM_COUNT; p++) {
		bool found = false;

		json_array_foreach(codes, i, one) found =
			found || strcmp(json_string_value(one), problem_row(p)->code) == 0;
		cr_expect(found, "%s is not described", problem_row(p)->code);
	}
	json_array_foreach(codes, i, one)
	{
		bool found = false;

		for (int p = PROBLEM_NONE + 1; p < PROBLEM_COUNT; p++)
			found = found || strcmp(json_string_value(one), problem_row(p)->code) == 0;
		cr_expect(found, "%s does not exist", json_string_value(one));
	}
	openapi_free(&a);
}

static const char *const methods[] = {"get", "post", "put", "patch", "delete"};

static const char *method_of(const struct route *r)
{
	return r->method == WEB_GET      ? "get"
	       : r->method == WEB_POST   ? "post"
	       : r->method == WEB_PUT    ? "put"
	       : r->method == WEB_PATCH  ? "patch"
	       : r->method == WEB_DELETE ? "delete"
					 : "?";
}

static bool is_route(const char *path, const char *method)
{
	for (const struct route *r = routes; r->path != NULL; r++) {
		if (strcmp(r->path, path) == 0 && strcmp(method_of(r), method) == 0)
			return true;
	}
	return false;
}

Test(contract, every_route_is_described_and_every_described_one_exists)
{
	struct openapi a = described();
	const json_t *paths = json_object_get(a.root, "paths");
	const char *path;
	json_t *item;

	for (const struct route *r = routes; r->path != NULL; r++) {
		item = json_object_get(json_object_get(paths, r->path), method_of(r));
		cr_expect_not_null(item, "%s %s is not described", method_of(r), r->path);
		/* what asks for a permission asks for a token */
		cr_expect_eq(json_object_get(json_array_get(json_object_get(item, "security"), 0),
					     "staff") != NULL,
			     r->action != NULL, "%s %s: who may, by the page?", method_of(r),
			     r->path);
	}
	json_object_foreach((json_t *)(uintptr_t)paths, path, item)
	{
		for (size_t i = 0; i < ARRAY_LEN(methods); i++)
			cr_expect(json_object_get(item, methods[i]) == NULL ||
					  is_route(path, methods[i]),
				  "%s %s does not exist", methods[i], path);
	}
	openapi_free(&a);
}

Test(contract, a_wrong_answer_is_noticed)
{
	static const struct {
		const char *method, *path;
		int status;
		const char *type, *body, *complaint;
	} cases[] = {
		{"get", "/nowhere", 200, "text/plain", "", "path /nowhere is not described"},
		{"get", "/healthz", 418, "text/plain", "", "status 418"},
		{"get", "/healthz", 200, "text/html", "ok\n", "content type"},
		{"get", "/readyz", 503, "application/problem+json", "{}", "has no"},
		{"get", "/readyz", 503, "application/problem+json", "no", "no JSON"},
		{"post", "/api/webhooks/twilio/status", 204, NULL, "x", "a body came"},
		{"get", "/readyz", 503, "application/problem+json",
		 "{\"type\":\"about:blank\",\"title\":\"t\",\"status\":503,\"code\":\"new\","
		 "\"request_id\":\"1\"}",
		 "$.code is none"},
		{"get", "/readyz", 503, "application/problem+json",
		 "{\"type\":\"about:blank\",\"title\":\"t\",\"status\":503,\"code\":\"busy\","
		 "\"request_id\":\"1\",\"sql\":\"SELECT\"}",
		 "$.sql is not described"},
	};
	struct openapi a = described();
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cr_expect_not(openapi_answer_check(&a, cases[i].method, cases[i].path,
						   cases[i].status, cases[i].type,
						   str_of(cases[i].body), &err));
		cr_expect_not_null(strstr(err.text, cases[i].complaint), "case %zu says: %s", i,
				   err.text);
	}
	openapi_free(&a);
}

/* One request to the running service; signed: with a right signature. */
struct case_of {
	const char *method, *path, *type, *form;
	bool is_signed;
	int status;
};

static void expect_described(const struct openapi *a, const struct service *s,
			     const struct case_of *c)
{
	struct service_answer answer;
	struct err err;
	char signature[32], lower[8], bare[128];
	size_t i = 0;

	if (c->is_signed)
		service_sign(s, c->path, c->form == NULL ? "" : c->form, signature);
	service_ask(s, c->method, c->path, c->form, c->type, c->is_signed ? signature : NULL,
		    &answer);
	for (; c->method[i] != '\0'; i++)
		lower[i] = (char)(c->method[i] | 0x20);
	lower[i] = '\0';
	snprintf(bare, sizeof bare, "%.*s", (int)strcspn(c->path, "?"), c->path);
	cr_expect_eq(answer.status, c->status, "%s %s: %d instead of %d", c->method, c->path,
		     answer.status, c->status);
	cr_expect(openapi_answer_check(a, lower, bare, answer.status, answer.content_type,
				       buf_str(&answer.body), &err),
		  "%s %s: %s", c->method, c->path, err.text);
	buf_clear(&answer.body);
}

Test(contract, real_answers_have_the_described_form, .timeout = 120)
{
	struct openapi a = described();
	struct service *s = service_start();
	char text[400], large[70000], unknown[400];
	const struct case_of cases[] = {
		{"GET", "/healthz", NULL, NULL, false, 200},
		{"GET", "/readyz", NULL, NULL, false, 200},
		{"GET", "/metrics", NULL, NULL, false, 200},
		{"POST", "/healthz", FORM, "", false, 405},
		{"GET", "/api/webhooks/twilio/sms", NULL, NULL, false, 405},
		{"POST", "/api/webhooks/twilio/sms", FORM, text, true, 200},
		{"POST", "/api/webhooks/twilio/sms", FORM, text, true, 200},
		{"POST", "/api/webhooks/twilio/sms", FORM, unknown, true, 200},
		{"POST", "/api/webhooks/twilio/sms", FORM, text, false, 403},
		{"POST", "/api/webhooks/twilio/sms", FORM, "Body=hello&To=%2B14165550001", true,
		 400},
		{"POST", "/api/webhooks/twilio/sms", FORM, large, true, 413},
		{"POST", "/api/webhooks/twilio/status?outbox=7b7c7d7e-0000-4000-8000-000000000000",
		 FORM, "MessageSid=" SID "f&MessageStatus=delivered", true, 204},
		{"POST", "/api/webhooks/twilio/status", FORM,
		 "MessageSid=" SID "f&MessageStatus=sent", false, 403},
		{"POST", "/api/webhooks/twilio/status", FORM,
		 "MessageSid=" SID "f&MessageStatus=nonsense", true, 400},
	};

	snprintf(text, sizeof text,
		 "AccountSid=%s&Body=When+do+you+open%%3F&From=%%2B15145550177&MessageSid=" SID
		 "0&To=%%2B14165550001",
		 service_key(s, "TWILIO_ACCOUNT_SID"));
	snprintf(unknown, sizeof unknown,
		 "Body=hello&From=%%2B15145550177&MessageSid=" SID "1&To=%%2B15550009999");
	memset(large, 'a', sizeof large - 1);
	memcpy(large, "Body=", 5);
	large[sizeof large - 1] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_described(&a, s, &cases[i]);
	service_stop(s);
	openapi_free(&a);
}
