/*
 * wire.c - what the service says is read strictly: the good forms whole, every damage refused or
 * harmless, and no member believed that is not what it must be.
 */
#include <criterion/criterion.h>
#include <jansson.h>

#include "shared/clock.h"
#include "shared/wire/body.h"
#include "shared/wire/conversation.h"
#include "shared/wire/customer.h"
#include "shared/wire/event.h"
#include "shared/wire/problem.h"
#include "shared/wire/session.h"

#define A    "00000000-0000-4000-8000-000000000001"
#define B    "00000000-0000-4000-8000-000000000002"
#define C    "00000000-0000-4000-8000-000000000003"
#define TIME "\"2026-11-22T17:05:09.123Z\""

#define MESSAGE                                                                                   \
	"{\"id\":\"" A "\",\"conversation_id\":\"" B "\",\"position\":5,\"direction\":\"out\","   \
	"\"author\":\"staff\",\"author_user_id\":\"" C "\",\"author_name\":\"Marie\","            \
	"\"channel\":\"sms\",\"kind\":\"text\",\"body\":\"\\u00e9t\\u00e9\",\"language\":\"fr\"," \
	"\"status\":\"undelivered\",\"error_code\":30003,\"error_text_en\":\"off\","              \
	"\"error_text_fr\":\"\\u00e9teint\",\"segments\":2,\"media\":[{\"url\":\"https://m/1\","  \
	"\"content_type\":null}],\"epoch\":3,\"is_redacted\":false,\"created_at\":" TIME "}"

#define CONVERSATION                                                                              \
	"{\"id\":\"" B "\",\"customer_id\":\"" C "\",\"customer_name\":\"Ana\",\"channel\":"      \
	"\"sms\",\"peer\":\"+14165550001\",\"store_number\":\"+14165550100\",\"state\":\"open\"," \
	"\"holder\":\"staff\",\"holder_user_id\":\"" A "\",\"holder_name\":\"Marie\","            \
	"\"holder_since\":" TIME ",\"epoch\":3,\"language\":\"fr\",\"language_chosen\":true,"     \
	"\"class\":\"returns\",\"last_position\":9,\"answered_position\":7,\"unread\":2,"         \
	"\"last_message_at\":" TIME ",\"last_customer_at\":" TIME ",\"waiting_since\":" TIME ","  \
	"\"opened_at\":" TIME ",\"closed_at\":null,\"closed_by\":null,\"undelivered\":true,"      \
	"\"escalation\":{\"id\":\"" A "\",\"state\":\"queued\",\"reason\":\"complaint\","         \
	"\"reason_text\":\"bad\",\"requested_at\":" TIME ",\"due_at\":" TIME                      \
	",\"claimed_by\":null},\"promise_due_at\":" TIME ",\"last_message\":{\"position\":9,"     \
	"\"author\":\"customer\",\"kind\":\"text\",\"body\":\"hi\",\"created_at\":" TIME "}}"

#define CUSTOMER                                                                                \
	"{\"id\":\"" C "\",\"first_name\":\"Ana\",\"last_name\":null,\"display_name\":\"Ana\"," \
	"\"phone_number\":\"+14165550001\",\"email\":null,\"preferred_language\":\"en\","       \
	"\"language_chosen\":true,\"is_blocked\":false,\"opted_out\":true,\"customer_"          \
	"since\":" TIME ",\"notes\":\"nice\"}"

#define EVENT(type, payload)                                                                 \
	"{\"seq\":12,\"type\":\"" type "\",\"created_at\":" TIME ",\"conversation_id\":\"" B \
	"\",\"customer_id\":null,\"payload\":" payload "}"

/* ---- every reader, as one kind of function ---- */

static bool thread(struct str json, struct arena *a, struct err *err)
{
	struct wire_thread t;

	return wire_thread_read(json, a, &t, err);
}

static bool conversations(struct str json, struct arena *a, struct err *err)
{
	struct wire_conversation_list t;

	return wire_conversation_list_read(json, a, &t, err);
}

static bool messages(struct str json, struct arena *a, struct err *err)
{
	struct wire_message_list t;

	return wire_message_list_read(json, a, &t, err);
}

static bool outcome(struct str json, struct arena *a, struct err *err)
{
	struct wire_outcome t;

	return wire_outcome_read(json, a, &t, err);
}

static bool customers(struct str json, struct arena *a, struct err *err)
{
	struct wire_customer_list t;

	return wire_customer_list_read(json, a, &t, err);
}

static bool facts(struct str json, struct arena *a, struct err *err)
{
	struct wire_customer_facts t;

	return wire_customer_facts_read(json, a, &t, err);
}

static bool tokens(struct str json, struct arena *a, struct err *err)
{
	struct wire_tokens t;

	return wire_tokens_read(json, a, &t, err);
}

static bool me(struct str json, struct arena *a, struct err *err)
{
	struct wire_me t;

	return wire_me_read(json, a, &t, err);
}

static bool colleagues(struct str json, struct arena *a, struct err *err)
{
	struct wire_colleague_list t;

	return wire_colleague_list_read(json, a, &t, err);
}

static bool event(struct str json, struct arena *a, struct err *err)
{
	struct wire_event t;

	return wire_event_read(json, a, &t, err);
}

static bool connection(struct str json, struct arena *a, struct err *err)
{
	struct wire_connection t;

	(void)a;
	return wire_connection_read(json, &t, err);
}

static bool problem(struct str json, struct arena *a, struct err *err)
{
	struct wire_problem t;

	wire_problem_read(409, json, a, &t);
	cr_assert_not_null(t.code);
	return err_set(err, ERR_NONE, "-");
}

static const struct form {
	const char *name;
	bool (*read)(struct str json, struct arena *a, struct err *err);
	const char *json;
} forms[] = {
	{"thread", thread,
	 "{\"conversation\":" CONVERSATION ",\"messages\":[" MESSAGE "," MESSAGE
	 "],\"previous_cursor\":\"x\",\"last_event\":9}"},
	{"conversations", conversations,
	 "{\"items\":[" CONVERSATION "],\"next_cursor\":null,\"last_event\":9}"},
	{"messages", messages, "{\"items\":[" MESSAGE "],\"next_cursor\":\"c\",\"last_event\":9}"},
	{"outcome", outcome,
	 "{\"conversation\":" CONVERSATION ",\"message\":" MESSAGE ",\"last_event\":9}"},
	{"customers", customers,
	 "{\"items\":[" CUSTOMER "],\"next_cursor\":null,\"last_event\":9}"},
	{"facts", facts,
	 "{\"customer\":" CUSTOMER ",\"orders\":[{\"id\":\"" A
	 "\",\"order_number\":\"1001\",\"status\":\"shipped\",\"placed_at\":" TIME
	 ",\"total_cents\":1999,\"currency\":\"CAD\",\"items_text\":\"a bell\"}],\"appointments\":"
	 "[{\"id\":\"" A "\",\"starts_at\":" TIME ",\"ends_at\":" TIME
	 ",\"service_name\":\"Tune-up\",\"status\":\"booked\"}],\"conversations\":[" CONVERSATION
	 "],\"last_event\":9}"},
	{"tokens", tokens,
	 "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":900,\"refresh_token\":"
	 "\"r\"}"},
	{"me", me,
	 "{\"user\":{\"id\":\"" A "\",\"email\":\"m@e.com\",\"display_name\":\"Marie\",\"role\":"
	 "\"manager\",\"language\":\"fr\",\"speaks\":[\"fr\"]},\"organization\":{\"id\":\"" B
	 "\",\"slug\":\"velo\",\"name\":\"V\",\"time_zone\":\"America/Toronto\","
	 "\"default_language\":\"fr\",\"phone_number\":null},\"session_id\":\"" C
	 "\",\"permissions\":[\"a.b\"],\"server_time\":" TIME "}"},
	{"colleagues", colleagues,
	 "{\"items\":[{\"id\":\"" A "\",\"display_name\":\"Bo\",\"role\":\"staff\",\"language\":"
	 "\"en\",\"speaks\":[\"en\",\"fr\"],\"is_active\":false}]}"},
	{"connection", connection,
	 "{\"organization_id\":\"" A "\",\"user_id\":\"" B
	 "\",\"last_event\":3,\"oldest_event\":1,\"server_time\":" TIME "}"},
	{"received", event,
	 EVENT("message.received",
	       "{\"message_id\":\"" A "\",\"conversation_id\":\"" B
	       "\",\"customer_id\":null,\"position\":1,\"channel\":\"sms\",\"from\":\"+1\",\"to\":"
	       "\"+2\",\"body\":\"hi\",\"media_n\":0,\"keyword\":null}")},
	{"queued", event,
	 EVENT("message.queued",
	       "{\"message_id\":\"" A "\",\"position\":2,\"author\":\"staff\",\"author_user_id\":"
	       "\"" C "\",\"author_name\":\"Marie\",\"kind\":\"reply\",\"body\":\"yes\","
	       "\"language\":\"en\",\"epoch\":3,\"status\":\"queued\"}")},
	{"noted", event,
	 EVENT("message.noted",
	       "{\"message_id\":\"" A "\",\"position\":2,\"kind\":\"whisper\",\"author\":\"staff\","
	       "\"author_user_id\":null,\"author_name\":null,\"body\":\"w\"}")},
	{"status", event,
	 EVENT("message.status",
	       "{\"message_id\":\"" A "\",\"status\":\"delivered\",\"error_code\":null,"
	       "\"error_text_en\":null,\"error_text_fr\":null}")},
	{"redacted", event,
	 EVENT("message.redacted", "{\"message_id\":\"" A "\",\"body\":\"**\"}")},
	{"opened", event,
	 EVENT("conversation.opened",
	       "{\"channel\":\"sms\",\"peer\":\"+1\",\"store_number\":\"+2\",\"epoch\":1,"
	       "\"holder\":\"agent\",\"holder_user_id\":null,\"holder_name\":null,"
	       "\"holder_since\":" TIME "}")},
	{"updated", event,
	 EVENT("conversation.updated",
	       "{\"language\":\"fr\",\"language_chosen\":true,\"class\":null,\"holder\":\"staff\","
	       "\"epoch\":4,\"holder_user_id\":\"" A "\",\"holder_name\":\"Marie\","
	       "\"holder_since\":" TIME "}")},
	{"closed", event, EVENT("conversation.closed", "{\"closed_by\":\"idle\"}")},
	{"escalation", event,
	 EVENT("escalation.requested",
	       "{\"escalation_id\":\"" A "\",\"state\":\"queued\",\"reason\":\"complaint\","
	       "\"reason_text\":null,\"due_at\":" TIME "}")},
	{"promise", event,
	 EVENT("promise.settled",
	       "{\"promise_id\":\"" A
	       "\",\"escalation_id\":null,\"state\":\"kept\",\"due_at\":" TIME "}")},
	{"created", event, EVENT("customer.created", "{\"phone_number\":\"+14165550001\"}")},
	{"erased", event, EVENT("customer.erased", "{\"customer_id\":\"" A "\"}")},
	{"consent", event,
	 EVENT("consent.changed",
	       "{\"phone_number\":\"+14165550001\",\"opted_out\":true,\"source\":\"sms\"}")},
	{"session", event,
	 EVENT("session.ended",
	       "{\"session_id\":null,\"user_id\":\"" A "\",\"reason\":\"disabled\"}")},
	{"problem", problem,
	 "{\"type\":\"about:blank\",\"title\":\"Held\",\"status\":409,\"code\":\"already_held\","
	 "\"request_id\":\"r\",\"holder\":\"staff\",\"holder_name\":\"Marie\",\"holder_user_id\":"
	 "\"" A "\",\"holder_since\":" TIME ",\"epoch\":4}"},
};

static bool read_form(const struct form *f, struct str json, struct err *err)
{
	struct arena a = {0};
	bool good;

	*err = (struct err){0};
	good = f->read(json, &a, err);
	cr_assert(good || err->text[0] != '\0', "%s: refused without a word", f->name);
	arena_free(&a);
	return good;
}

Test(wire, reads_every_form)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct err err;
		bool good = read_form(&forms[i], str_of(forms[i].json), &err);

		cr_expect(good || forms[i].read == problem, "%s: %s", forms[i].name, err.text);
	}
}

Test(wire, refuses_a_form_that_breaks_off_anywhere)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		size_t n = strlen(forms[i].json);

		for (size_t at = 0; at < n; at += at < 64 ? 1 : 7) {
			struct err err;
			char *cut = xmalloc(at + 1); /* exactly so long: reading on is seen */

			memcpy(cut, forms[i].json, at);
			cr_expect(!read_form(&forms[i], str_make(cut, at), &err), "%s cut at %zu",
				  forms[i].name, at);
			free(cut);
		}
	}
}

/* Calls `damage` with every value in the form, one after the other, put back afterwards. */
static void each_value(const struct form *f, json_t *root, json_t *at,
		       void (*damage)(const struct form *f, json_t *root, const char *name,
				      json_t *old, json_t *in))
{
	char *names[64];
	const char *name;
	json_t *value;
	size_t i, n = 0;

	if (json_is_array(at)) {
		json_array_foreach(at, i, value) each_value(f, root, value, damage);
		return;
	}
	/* first the names: what is taken away and put back comes last */
	json_object_foreach(at, name, value) names[n++] = xstrdup(name);
	for (i = 0; i < n; i++) {
		json_t *old = json_incref(json_object_get(at, names[i]));

		damage(f, root, names[i], old, at);
		json_object_set(at, names[i], old);
		each_value(f, root, old, damage);
		json_decref(old);
		free(names[i]);
	}
}

static bool read_json(const struct form *f, const json_t *root, struct err *err)
{
	char *text = json_dumps(root, JSON_COMPACT);
	bool good = read_form(f, str_of(text), err);

	free(text);
	return good;
}

static void types_swapped(const struct form *f, json_t *root, const char *name, json_t *old,
			  json_t *in)
{
	json_t *others[] = {json_integer(-7),
			    json_string("\x1b]0;x\x07"),
			    json_true(),
			    json_object(),
			    json_array(),
			    json_real(1.5),
			    json_integer(INT64_MAX)};

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		struct err err;
		bool good;

		json_object_set(in, name, others[i]);
		good = read_json(f, root, &err);
		/* text for text and number for number may pass; another type never does */
		if (json_typeof(others[i]) != json_typeof(old) && !json_is_null(old) &&
		    !(json_is_boolean(others[i]) && json_is_boolean(old)) && f->read != problem)
			cr_expect(!good || strstr(f->json, name) == NULL ||
					  strcmp(name, "token_type") == 0 ||
					  strcmp(name, "conversation_id") == 0 ||
					  strcmp(name, "customer_id") == 0,
				  "%s: %s of another type (%zu) was taken", f->name, name, i);
		json_decref(others[i]);
	}
}

Test(wire, refuses_a_member_of_another_type)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		json_t *root = json_loads(forms[i].json, 0, NULL);

		cr_assert_not_null(root, "%s", forms[i].name);
		each_value(&forms[i], root, root, types_swapped);
		json_decref(root);
	}
}

static void taken_away(const struct form *f, json_t *root, const char *name, json_t *old,
		       json_t *in)
{
	struct err err;

	(void)old;
	json_object_del(in, name);
	(void)read_json(f, root, &err); /* refused or harmless: the sanitizers look on */
	json_object_set_new(in, name, json_null());
	(void)read_json(f, root, &err);
	json_object_set(in, "not known here", json_true());
	json_object_set(in, name, old);
	if (f->read != problem)
		cr_expect(read_json(f, root, &err), "%s: an unknown member beside %s: %s", f->name,
			  name, err.text);
	json_object_del(in, "not known here");
}

Test(wire, passes_over_what_it_does_not_know_and_bears_what_is_missing)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		json_t *root = json_loads(forms[i].json, 0, NULL);

		each_value(&forms[i], root, root, taken_away);
		json_decref(root);
	}
}

static void made_long(const struct form *f, json_t *root, const char *name, json_t *old, json_t *in)
{
	static char text[300001];
	struct err err;

	if (!json_is_string(old) || strcmp(name, "token_type") == 0 || f->read == problem ||
	    strcmp(name, "type") == 0 || strcmp(name, "conversation_id") == 0 ||
	    strcmp(name, "customer_id") == 0)
		return;
	memset(text, 'x', sizeof text - 1);
	json_object_set_new(in, name, json_string(text));
	cr_expect(!read_json(f, root, &err), "%s: %s of 300,000 bytes", f->name, name);
	cr_expect(strstr(err.text, "xxx") == NULL, "the value is told");
}

Test(wire, refuses_texts_beyond_what_the_service_can_hold)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		json_t *root = json_loads(forms[i].json, 0, NULL);

		each_value(&forms[i], root, root, made_long);
		json_decref(root);
	}
}

Test(wire, refuses_what_is_no_json_for_us)
{
	static const char *const cases[] = {
		"",
		"null",
		"[]",
		"\"x\"",
		"1",
		"{",
		"{}x",
		"{\"items\":[],}",
		"{\"items\":[],\"items\":[],\"next_cursor\":null,\"last_event\":1}",
		"{\"items\":[1],\"next_cursor\":null,\"last_event\":1}",
		"{\"items\":[null],\"next_cursor\":null,\"last_event\":1}",
		"{\"items\":[[]],\"next_cursor\":null,\"last_event\":1}",
		"{\"items\":[],\"next_cursor\":\"a\\u0000b\",\"last_event\":1}",
		"{\"items\":[],\"next_cursor\":\"\\ud800\",\"last_event\":1}",
		"{\"items\":[],\"next_cursor\":\"\xff\",\"last_event\":1}",
		"{\"items\":[],\"next_cursor\":null,\"last_event\":1e3}",
		"{\"items\":[],\"next_cursor\":null,\"last_event\":99999999999999999999}",
		"{\"items\":[],\"next_cursor\":null,\"last_event\":-1}",
		"\xef\xbb\xbf{}",
	};
	static char deep[40000];
	struct err err;
	struct form list = forms[1];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_expect(!read_form(&list, str_of(cases[i]), &err), "%s", cases[i]);
	memset(deep, '[', sizeof deep);
	cr_expect(!read_form(&list, str_make(deep, sizeof deep), &err));
}

Test(wire, gives_the_values_as_they_were)
{
	struct arena a = {0};
	struct wire_thread t;
	struct err err;
	const struct wire_conversation *c = &t.conversation;
	const struct wire_message *m;
	int64_t when;

	cr_assert(clock_parse("2026-11-22T17:05:09.123Z", &when));
	cr_assert(wire_thread_read(str_of(forms[0].json), &a, &t, &err));
	m = &t.messages[1];
	cr_expect_eq(t.n, 2);
	cr_expect_str_eq(t.previous_cursor, "x");
	cr_expect_str_eq(c->id, B);
	cr_expect_str_eq(c->customer_name, "Ana");
	cr_expect_eq(c->holder, HOLDER_STAFF);
	cr_expect_eq(c->holder_since, when);
	cr_expect_eq(c->contact_class, CLASS_RETURNS);
	cr_expect_eq(c->language, LANGUAGE_FR);
	cr_expect_eq(c->unread, 2);
	cr_expect_eq(c->closed_at, 0);
	cr_expect(c->undelivered);
	cr_expect_eq(c->escalation.state, ESCALATION_QUEUED);
	cr_expect_str_eq(c->escalation.claimed_by, "");
	cr_expect_str_eq(c->last_message.body, "hi");
	cr_expect_str_eq(m->body, "\xc3\xa9t\xc3\xa9");
	cr_expect_eq(m->status, DELIVERY_UNDELIVERED);
	cr_expect_eq(m->error_code, 30003);
	cr_expect_eq(m->media_n, 1);
	cr_expect_str_eq(m->media[0].url, "https://m/1");
	cr_expect_eq(m->media[0].content_type, NULL);
	arena_free(&a);
}

Test(wire, a_newer_services_words_are_other_and_its_events_keep_their_number)
{
	struct arena a = {0};
	struct wire_event e;
	struct err err;

	cr_assert(wire_event_read(str_of(EVENT("call.measured", "{\"x\":1}")), &a, &e, &err));
	cr_expect_eq(e.type, EVENT_OTHER);
	cr_expect_eq(e.seq, 12);
	cr_expect_str_eq(e.conversation_id, B);
	cr_assert(wire_event_read(str_of(EVENT("message.status", "{\"message_id\":\"" A
								 "\",\"status\":\"teleported\"}")),
				  &a, &e, &err));
	cr_expect_eq(e.status.status, DELIVERY_OTHER);
	cr_assert(wire_event_read(str_of(EVENT("message.received", "{\"erased\":true}")), &a, &e,
				  &err));
	cr_expect(e.is_erased);
	arena_free(&a);
}

Test(wire, a_problem_is_read_as_far_as_it_goes)
{
	static const struct {
		const char *body, *code;
		int64_t epoch;
	} cases[] = {
		{"", "", 0},
		{"<html>", "", 0},
		{"[]", "", 0},
		{"{\"code\":5,\"epoch\":4}", "", 4},
		{"{\"code\":\"stale_epoch\",\"epoch\":\"x\",\"holder_since\":7,\"title\":[]}",
		 "stale_epoch", 0},
		{"{\"code\":\"already_held\",\"epoch\":4,\"holder_user_id\":\"nobody\"}",
		 "already_held", 4},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = {0};
		struct wire_problem p;

		wire_problem_read(409, str_of(cases[i].body), &a, &p);
		cr_expect_eq(p.status, 409);
		cr_expect_str_eq(p.code, cases[i].code);
		cr_expect_eq(p.epoch, cases[i].epoch);
		cr_expect_str_eq(p.holder_user_id, "");
		arena_free(&a);
	}
}

Test(wire, a_body_is_json_whatever_was_typed)
{
	struct buf out = {0};
	struct body b;

	body_start(&b);
	body_text(&b, "body", STR_LIT("a\"\\\n\x01\xff\0b"));
	body_int(&b, "epoch", INT64_MAX);
	body_bool(&b, "force", true);
	cr_assert(body_end(&b, &out));
	cr_expect_str_eq(buf_cstr(&out), "{\"body\":\"a\\\"\\\\\\n\\u0001\xef\xbf\xbd\xef\xbf\xbd"
					 "b\",\"epoch\":9223372036854775807,\"force\":true}");
	buf_clear(&out);
}
