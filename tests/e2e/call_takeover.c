/*
 * call_takeover.c - a live call is taken over, against the real service and the practice line, with
 * the store's agent on the line: by typing; by phone, accepted, declined, not answered; a caller
 * who hangs up while the phone rings; a carrier that hangs or races. What the two phones hear, in
 * order.
 */
#include <criterion/criterion.h>
#include <unistd.h>

#include "shared/clock.h"
#include "tests/support/db.h"
#include "tests/support/store.h"

#define MAYA    "+15145550178"
#define JORDAN  "+14165550171"
#define SYLVIE  "+14165550172"
#define WAIT_MS 20000

static PGconn *owner;
static struct api_tokens jordan;
static char talk[40]; /* Maya's conversation */

static const char *sim(void)
{
	return service_key(store.service, "TWILIO_SIM_URL");
}

static void sim_told(const char *path, const char *json)
{
	struct api_answer a;

	api_ask(sim(), &(struct api_request){.method = "POST", .path = path, .body = json}, &a);
	cr_assert_eq(a.status, 200, "%s %s: %d %s", path, json, a.status, buf_cstr(&a.body));
	api_answer_clear(&a);
}

/* ---- a phone ---- */

/* The newest call of that phone; json_decref it. NULL: none. */
static json_t *leg_of(const char *phone)
{
	struct api_answer a;
	char path[80];
	json_t *leg;

	snprintf(path, sizeof path, "/sim/calls?phone=%%2B%s&limit=1", phone + 1);
	api_ask(sim(), &(struct api_request){.method = "GET", .path = path}, &a);
	leg = json_array_get(json_object_get(a.json, "calls"), 0);
	json_incref(leg);
	api_answer_clear(&a);
	return leg;
}

static const char *word(const json_t *leg, const char *name)
{
	const char *text = json_string_value(json_object_get(leg, name));

	return text == NULL ? "" : text;
}

static bool heard(const json_t *leg, const char *text)
{
	const json_t *line;
	size_t i;

	json_array_foreach(json_object_get(leg, "lines"), i, line)
	{
		if (strstr(word(line, "text"), text) != NULL)
			return true;
	}
	return false;
}

/* Waits until that holds of the phone; fails in time, with what it heard. */
static void expect_phone(const char *phone, bool (*holds)(const json_t *, const char *),
			 const char *what, int64_t ms)
{
	int64_t from = clock_mono_ms();
	json_t *leg = leg_of(phone);

	while (leg == NULL || !holds(leg, what)) {
		char *all = json_dumps(leg == NULL ? NULL : json_object_get(leg, "lines"), 0);

		cr_assert_lt(clock_mono_ms() - from, ms, "%s: not \"%s\" in %d ms: %s %s", phone,
			     what, (int)ms, leg == NULL ? "no call" : word(leg, "status"),
			     all == NULL ? "" : all);
		free(all);
		json_decref(leg);
		usleep(20000);
		leg = leg_of(phone);
	}
	json_decref(leg);
}

static bool status_is(const json_t *leg, const char *status)
{
	return strcmp(word(leg, "status"), status) == 0;
}

static bool doing_is(const json_t *leg, const char *verb)
{
	return strcmp(word(leg, "doing"), verb) == 0;
}

#define HEARS(phone, text) expect_phone(phone, heard, text, WAIT_MS)
#define IS(phone, status)  expect_phone(phone, status_is, status, WAIT_MS)
#define DOES(phone, verb)  expect_phone(phone, doing_is, verb, WAIT_MS)
#define RINGS(phone, how)  sim_told("/sim/phones/" phone, "{\"rings\":\"" how "\"}")
#define IN_ROOM_MS         3000

static void phone_does(const char *phone, const char *json)
{
	json_t *leg = leg_of(phone);
	char path[80];

	cr_assert_not_null(leg, "%s is in no call", phone);
	snprintf(path, sizeof path, "/sim/calls/%s", word(leg, "sid"));
	json_decref(leg);
	sim_told(path, json);
}

static void never_heard(const char *phone, const char *text)
{
	json_t *leg = leg_of(phone);

	cr_expect_not(leg != NULL && heard(leg, text), "%s heard \"%s\"", phone, text);
	json_decref(leg);
}

/* Nobody waited in silence for longer than that. */
static void expect_no_silence(const char *phone)
{
	json_t *leg = leg_of(phone);

	cr_expect_lt(json_integer_value(json_object_get(leg, "waited_ms")), 3000,
		     "%s: %d ms of silence", phone,
		     (int)json_integer_value(json_object_get(leg, "waited_ms")));
	json_decref(leg);
}

/* ---- the staff's side ---- */

/* POST .../{what}; its status. */
static int does(const char *token, const char *what, const char *body)
{
	char path[120];
	struct api_answer a;
	int status;

	snprintf(path, sizeof path, "/api/conversations/%s/%s", talk, what);
	store_asked(
		&(struct api_request){
			.method = "POST", .path = path, .bearer = token, .body = body},
		&a);
	status = a.status;
	if (status >= 400)
		cr_log_info("%s: %s", what, buf_cstr(&a.body));
	api_answer_clear(&a);
	return status;
}

/* Waits until the conversation's member is that. */
static void expect_talk(const char *member, const char *wanted)
{
	int64_t from = clock_mono_ms();
	char path[80], got[200];
	struct api_answer a;

	snprintf(path, sizeof path, "/api/conversations/%s", talk);
	do {
		store_asked(&(struct api_request){.method = "GET",
						  .path = path,
						  .bearer = jordan.access},
			    &a);
		snprintf(got, sizeof got, "%s", api_text(&a, member));
		api_answer_clear(&a);
		if (strcmp(got, wanted) == 0)
			return;
		usleep(30000);
	} while (clock_mono_ms() - from < WAIT_MS);
	cr_assert_fail("%s is \"%s\", wanted \"%s\"", member, got, wanted);
}

/* Waits until that is it; $1 is the conversation. */
static void expect_sql(const char *sql, const char *wanted)
{
	const char *p[] = {talk};
	int64_t from = clock_mono_ms();
	char got[400];

	do {
		PGresult *r = sql_ask(owner, sql, 1, p);

		snprintf(got, sizeof got, "%s", PQntuples(r) == 0 ? "" : PQgetvalue(r, 0, 0));
		PQclear(r);
		if (strcmp(got, wanted) == 0)
			return;
		usleep(30000);
	} while (clock_mono_ms() - from < WAIT_MS);
	cr_assert_fail("%s: \"%s\", wanted \"%s\"", sql, got, wanted);
}

#define MARKERS                                                                                   \
	"SELECT string_agg(body, ' / ' ORDER BY position) FROM messages WHERE conversation_id = " \
	"$1 AND kind ="                                                                           \
	" 'marker'"

static void maya_calls(const char *agents_words)
{
	struct buf call = {0};
	json_t *leg;
	char *id, sql[160];

	buf_printf(&call, "{\"from\":\"" MAYA "\",\"to\":\"%s\"}",
		   service_key(store.service, "ORG_A_NUMBER"));
	sim_told("/sim/calls", buf_cstr(&call));
	buf_clear(&call);
	HEARS(MAYA, agents_words);
	leg = leg_of(MAYA);
	snprintf(sql, sizeof sql,
		 "SELECT conversation_id FROM call_sessions WHERE twilio_call_sid = '%s'",
		 word(leg, "sid"));
	id = sql_text(owner, sql);
	snprintf(talk, sizeof talk, "%s", id);
	free(id);
	json_decref(leg);
}

static void phone_set(const char *first_name, const char *number)
{
	char sql[200];

	snprintf(sql, sizeof sql,
		 "UPDATE user_profiles SET phone_number = '%s' WHERE first_name = '%s'", number,
		 first_name);
	sql_run(owner, sql);
}

static void set_up(void)
{
	setenv("SIM_OPTIONS", "--letters-per-s 60 --answer-ms 200 --calls-per-s 0",
	       1); /* quick talkers */
	store_whole_up();
	owner = test_db_connect(service_key(store.service, "DATABASE_URL"));
	sql_context(owner, DEMO_ORG_A);
	/* what is said at the start of each call takes ten seconds */
	sql_run(owner, "UPDATE organizations SET consent_line_en = NULL, consent_line_fr = NULL");
	phone_set("Jordan", JORDAN);
	phone_set("Sylvie", SYLVIE);
	store_signed_in_as("staff", &jordan); /* the first of them */
	RINGS(JORDAN, "by hand");
	RINGS(SYLVIE, "by hand");
}

static void tear_down(void)
{
	PQfinish(owner);
	store_whole_down();
}

TestSuite(call_takeover, .init = set_up, .fini = tear_down, .timeout = 240);

/* ---- by typing ---- */

static void by_typing_and_back(void)
{
	maya_calls("virtual assistant");
	cr_expect_eq(does(jordan.access, "takeover", "{\"epoch\":1,\"by\":\"typing\"}"), 200);
	HEARS(MAYA, "Jordan Reyes from the team at Bici Downtown is with you now");
	DOES(MAYA, "Gather");
	cr_expect_eq(
		does(jordan.access, "messages", "{\"epoch\":2,\"body\":\"Your bike is ready.\"}"),
		201);
	HEARS(MAYA, "Your bike is ready.");
	phone_does(MAYA, "{\"say\":\"Wonderful, until when are you open?\"}");
	HEARS(MAYA, "Wonderful, until when are you open?");
	expect_talk("conversation.last_message.body", "Wonderful, until when are you open?");
	cr_expect_eq(does(jordan.access, "messages", "{\"epoch\":2,\"body\":\"Until six.\"}"), 201);
	HEARS(MAYA, "Until six.");
	cr_expect_eq(does(jordan.access, "hand-back", "{\"epoch\":2}"), 200);
	HEARS(MAYA, "You are back with the store's assistant.");
	DOES(MAYA, "Connect");
	cr_expect_eq(does(jordan.access, "messages", "{\"epoch\":2,\"body\":\"too late\"}"), 409);
	cr_expect_eq(does(jordan.access, "hang-up", "{\"epoch\":3}"), 200);
	IS(MAYA, "completed");
	expect_talk("conversation.state", "closed");
	never_heard(MAYA, "too late");
	expect_no_silence(MAYA);
	expect_sql(MARKERS, "took over / handed back / closed");
}

/* The carrier's API hangs: the caller gets the person's words all the same, because the agent's
 * stream ends by itself. */
static void by_typing_while_the_carrier_hangs(void)
{
	maya_calls("virtual assistant");
	sim_told("/sim/faults", "{\"fault\":\"hang on update always\"}");
	cr_expect_eq(does(jordan.access, "takeover", "{\"epoch\":1,\"by\":\"typing\"}"), 200);
	cr_expect_eq(does(jordan.access, "messages", "{\"epoch\":2,\"body\":\"I am here.\"}"), 201);
	HEARS(MAYA, "I am here.");
	expect_talk("conversation.call.stage", "typing");
	expect_no_silence(MAYA);
}

/* ---- by phone ---- */

static void by_phone_accepted(void)
{
	maya_calls("virtual assistant");
	phone_does(MAYA, "{\"say\":\"I would like to talk to somebody about my order.\"}");
	HEARS(MAYA, "I would like to talk to somebody");
	cr_expect_eq(does(jordan.access, "takeover", "{\"epoch\":1,\"by\":\"phone\"}"), 200);
	IS(JORDAN, "ringing");
	expect_talk("conversation.escalation.state", "connecting");
	expect_talk("conversation.holder", "agent");
	phone_does(JORDAN, "{\"do\":\"answer\"}");
	HEARS(JORDAN, "is on the line.");
	HEARS(JORDAN, "Press 1 to take the call, or 2 to decline.");
	DOES(MAYA, "Connect"); /* the agent goes on */
	phone_does(JORDAN, "{\"press\":\"1\"}");
	expect_phone(MAYA, heard, "in the conference", IN_ROOM_MS);
	HEARS(JORDAN, "in the conference");
	phone_does(JORDAN, "{\"say\":\"Hello, this is Jordan.\"}");
	HEARS(MAYA, "Hello, this is Jordan.");
	phone_does(MAYA, "{\"say\":\"Hi Jordan, is it ready?\"}");
	HEARS(JORDAN, "Hi Jordan, is it ready?");
	expect_talk("conversation.last_message.body", "Hi Jordan, is it ready?");
	expect_talk("conversation.holder_name", "Jordan Reyes");
	cr_expect_eq(does(jordan.access, "hold", "{\"epoch\":2,\"on\":true}"), 200);
	HEARS(MAYA, "Please hold");
	cr_expect_eq(does(jordan.access, "hold", "{\"epoch\":2,\"on\":false}"), 200);
	HEARS(MAYA, "off hold");
	cr_expect_eq(does(jordan.access, "mute", "{\"on\":true}"), 200);
	phone_does(MAYA, "{\"do\":\"hang up\"}");
	HEARS(JORDAN, "The caller has hung up. Goodbye.");
	IS(JORDAN, "completed");
	expect_talk("conversation.state", "closed");
	expect_no_silence(MAYA);
	expect_sql(MARKERS, "is being called / took over");
	expect_sql("SELECT e.state FROM escalations e WHERE conversation_id = $1", "closed");
}

static void passed_on_to_a_colleague(void)
{
	char *sylvie = sql_text(owner, "SELECT id FROM user_profiles WHERE first_name = 'Sylvie'"),
	     body[120];

	maya_calls("virtual assistant");
	cr_expect_eq(does(jordan.access, "takeover", "{\"epoch\":1,\"by\":\"phone\"}"), 200);
	IS(JORDAN, "ringing");
	phone_does(JORDAN, "{\"do\":\"answer\"}");
	HEARS(JORDAN, "Press 1");
	phone_does(JORDAN, "{\"press\":\"1\"}");
	expect_phone(MAYA, heard, "in the conference", IN_ROOM_MS);
	snprintf(body, sizeof body, "{\"epoch\":2,\"user_id\":\"%s\"}", sylvie);
	cr_expect_eq(does(jordan.access, "transfer", body), 200);
	IS(SYLVIE, "ringing");
	phone_does(SYLVIE, "{\"do\":\"answer\"}");
	/* in her language */
	HEARS(SYLVIE, "Jordan Reyes vous transmet cet appel.");
	expect_talk("conversation.holder_name", "Jordan Reyes"); /* until she is in */
	phone_does(SYLVIE, "{\"press\":\"1\"}");
	expect_talk("conversation.holder_name", "Sylvie Arsenault");
	HEARS(SYLVIE, "in the conference");
	phone_does(JORDAN, "{\"do\":\"hang up\"}");
	IS(JORDAN, "completed");
	phone_does(SYLVIE, "{\"say\":\"Sylvie here.\"}");
	HEARS(MAYA, "Sylvie here.");
	expect_talk("conversation.call.stage", "conference");
	phone_does(SYLVIE, "{\"do\":\"hang up\"}"); /* nobody is left with Maya: the agent is */
	HEARS(MAYA, "The person from our team is no longer on the line.");
	DOES(MAYA, "Connect");
	expect_talk("conversation.holder", "agent");
	expect_no_silence(MAYA);
	free(sylvie);
}

static void nobody_comes(void)
{
	static const struct {
		const char *rings, *marker;
	} rows[] = {{"declined after 200 ms", "was busy"},
		    {"busy", "was busy"},
		    {"machine after 200 ms", "was not there (voicemail)"},
		    {"failed", "could not be called"}};
	char json[80];

	maya_calls("virtual assistant");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		snprintf(json, sizeof json, "{\"rings\":\"%s\"}", rows[i].rings);
		sim_told("/sim/phones/" JORDAN, json);
		cr_expect_eq(does(jordan.access, "takeover", "{\"epoch\":1,\"by\":\"phone\"}"), 200,
			     "%s", rows[i].rings);
		expect_sql("SELECT body FROM messages WHERE conversation_id = $1 AND kind = "
			   "'marker' ORDER BY position"
			   " DESC LIMIT 1",
			   rows[i].marker);
		never_heard(JORDAN, "is on the line");
	}
	RINGS(JORDAN, "by hand");
	cr_expect_eq(does(jordan.access, "takeover", "{\"epoch\":1,\"by\":\"phone\"}"), 200);
	IS(JORDAN, "ringing");
	phone_does(JORDAN, "{\"do\":\"answer\"}");
	HEARS(JORDAN, "Press 1");
	phone_does(JORDAN, "{\"press\":\"2\"}");
	HEARS(JORDAN, "The caller stays with the assistant.");
	IS(JORDAN, "completed");
	expect_talk("conversation.holder", "agent");
	DOES(MAYA, "Connect");
	phone_does(MAYA, "{\"say\":\"Are you still there?\"}");
	HEARS(MAYA, "Are you still there?");
	expect_no_silence(MAYA);
	expect_sql("SELECT epoch FROM conversations WHERE id = $1", "1");
}

static void nobody_answers(void)
{
	maya_calls("virtual assistant");
	RINGS(JORDAN, "on");
	cr_expect_eq(does(jordan.access, "takeover", "{\"epoch\":1,\"by\":\"phone\"}"), 200);
	IS(JORDAN, "ringing");
	expect_phone(JORDAN, status_is, "no-answer", 45000);
	expect_sql(MARKERS, "is being called / did not answer");
	DOES(MAYA, "Connect");
}

static void caller_gone(void)
{
	maya_calls("virtual assistant");
	cr_expect_eq(does(jordan.access, "takeover", "{\"epoch\":1,\"by\":\"phone\"}"), 200);
	IS(JORDAN, "ringing");
	phone_does(MAYA, "{\"do\":\"hang up\"}");
	IS(JORDAN, "canceled");
	expect_sql("SELECT state FROM escalations WHERE conversation_id = $1", "customer_gone");
	maya_calls("virtual assistant");
	cr_expect_eq(does(jordan.access, "takeover", "{\"epoch\":1,\"by\":\"phone\"}"), 200);
	IS(JORDAN, "ringing");
	phone_does(JORDAN, "{\"do\":\"answer\"}");
	HEARS(JORDAN, "is on the line");
	phone_does(MAYA, "{\"do\":\"hang up\"}");
	HEARS(JORDAN, "The caller has hung up. Goodbye.");
	IS(JORDAN, "completed");
	expect_sql("SELECT holder FROM conversations WHERE id = $1", "agent");
}

/* ---- races ---- */

static void call_over_meanwhile(void)
{
	maya_calls("virtual assistant");
	sim_told("/sim/faults", "{\"fault\":\"gone on update next 1\"}");
	cr_expect_eq(does(jordan.access, "takeover", "{\"epoch\":1,\"by\":\"typing\"}"), 200);
	HEARS(MAYA, "is with you now");
	phone_does(MAYA, "{\"do\":\"hang up\"}");
	does(jordan.access, "messages", "{\"epoch\":2,\"body\":\"Are you there?\"}");
	expect_talk("conversation.call.stage", "ended");
	expect_talk("conversation.state", "closed");
	expect_sql("SELECT count(*)::text FROM due_work WHERE kind = 'call_steer' AND ref IN "
		   "(SELECT id FROM call_sessions"
		   " WHERE conversation_id = $1)",
		   "0");
}

/* How often a call was asked of the carrier so far. */
static unsigned dialled(void)
{
	struct api_answer a;
	unsigned n = 0;
	const json_t *one;
	size_t i;

	api_ask(sim(), &(struct api_request){.method = "GET", .path = "/sim/requests?limit=9999"},
		&a);
	json_array_foreach(json_object_get(a.json, "requests"), i, one)
	{
		n += strcmp(word(one, "method"), "POST") == 0 &&
		     strstr(word(one, "url"), "/Calls.json") != NULL;
	}
	api_answer_clear(&a);
	return n;
}

/* How often the service has given up waiting for the carrier's answer about a call. */
static int given_up(void)
{
	static const char name[] = "\nswitchback_steers_again_total ";
	struct api_answer a;
	const char *at;
	int n;

	store_asked(&(struct api_request){.method = "GET", .path = "/metrics"}, &a);
	at = strstr(buf_cstr(&a.body), name);
	cr_assert_not_null(at, "%s", buf_cstr(&a.body));
	n = (int)strtol(at + strlen(name), NULL, 10);
	api_answer_clear(&a);
	return n;
}

/* The answer to "make a call" is lost: the phone rings once, also when our patience is over, and
 * whoever presses 1 has the call. */
static void answer_lost(void)
{
	unsigned before = dialled();
	int patience = given_up();
	int64_t from;

	maya_calls("virtual assistant");
	sim_told("/sim/faults", "{\"fault\":\"hang after on call next 1\"}");
	cr_expect_eq(does(jordan.access, "takeover", "{\"epoch\":1,\"by\":\"phone\"}"), 200);
	IS(JORDAN, "ringing");
	for (from = clock_mono_ms(); given_up() == patience; usleep(30000))
		cr_assert_lt(clock_mono_ms() - from, WAIT_MS, "patience without end");
	phone_does(JORDAN, "{\"do\":\"answer\"}");
	HEARS(JORDAN, "Press 1");
	phone_does(JORDAN, "{\"press\":\"1\"}");
	expect_phone(MAYA, heard, "in the conference", IN_ROOM_MS);
	cr_expect_eq(dialled() - before, 1, "dialled %u times", dialled() - before);
}

/* ---- a set-up takes longer than a call: so some calls each ---- */

static void faults_cleared(void)
{
	cr_assert_lt(api_status(sim(), "DELETE", "/sim/faults", NULL, NULL), 300);
}

Test(call_takeover, by_typing_the_caller_hears_what_is_written_and_comes_back_to_the_agent)
{
	by_typing_and_back();
	by_typing_while_the_carrier_hangs();
}

Test(call_takeover, by_phone_caller_and_staff_meet_in_a_room)
{
	by_phone_accepted();
	passed_on_to_a_colleague();
}

Test(call_takeover, whoever_does_not_come_leaves_the_caller_with_the_agent)
{
	nobody_comes();
	nobody_answers();
}

Test(call_takeover, a_call_that_ends_meanwhile_is_over_for_everybody)
{
	caller_gone();
	call_over_meanwhile();
	faults_cleared();
	answer_lost();
}
