/*
 * call.c - whole calls with our own voice, against the real service: what the caller hears, in both
 * languages, and what is left of it; a service that is killed in the middle; a database that is
 * slow; requests that nobody signed.
 */
#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "shared/clock.h"
#include "tests/support/api.h"
#include "tests/support/caller.h"

#define MAYA "+15145550199"
#define TALK                                                                                     \
	"(SELECT conversation_id FROM call_sessions WHERE started_at = (SELECT max(started_at) " \
	"FROM"                                                                                   \
	" call_sessions))"

static struct test_db *t;
static struct daemon service;
static struct caller maya;

/* The store is always open: what is said must not depend on when the test runs. */
static void set_up(void)
{
	t = test_db_new(TEST_DB_DEMO);
	sql_context(t->owner, DEMO_ORG_A);
	sql_run(t->owner,
		"DELETE FROM special_day_periods; DELETE FROM special_days;"
		" DELETE FROM organization_hours;"
		" INSERT INTO organization_hours (organization_id, weekday, opens, closes)"
		" SELECT '" DEMO_ORG_A "', d, 0, 1440 FROM generate_series(1, 7) d");
	daemon_start(&service, t);
	caller_init(&maya, &service, MAYA, DEMO_NUMBER_A, 1);
}

static void tear_down(void)
{
	caller_clear(&maya);
	daemon_stop(&service);
	test_db_free(t);
}

TestSuite(call, .init = set_up, .fini = tear_down, .timeout = 120);

static void expect_text(const char *sql, const char *wanted)
{
	char *got = sql_text(t->owner, sql);

	cr_expect_str_eq(got, wanted, "%s:\n%s\nwanted\n%s", sql, got, wanted);
	free(got);
}

#define TRANSCRIPT                                                                                \
	"SELECT string_agg(author || ' ' || kind || ' ' || status || ': ' || body, E'\\n' ORDER " \
	"BY "                                                                                     \
	"position) FROM messages WHERE conversation_id = " TALK

/* ---- whole calls ---- */

Test(call, in_english_from_hello_to_goodbye)
{
	caller_rings(&maya);
	cr_expect_lt(maya.took_ms, 1000, "the first document took %d ms", (int)maya.took_ms);
	caller_hears(&maya,
		     "<Say voice=\"Polly.Joanna-Neural\" language=\"en-US\">Thank you for calling "
		     "Bici Downtown.");
	caller_hears(&maya,
		     "<Say voice=\"Polly.Gabrielle-Neural\" language=\"fr-CA\">Ce qui se dit "
		     "durant cet appel");
	caller_hears(&maya, "Pour le service en français, appuyez sur le 9.</Say>");
	caller_says(&maya, "are you open right now");
	caller_hears(&maya, "We&apos;re open right now");
	caller_does_not_hear(&maya, "Thank you for calling Bici");
	caller_says(&maya, ""); /* thinks */
	caller_hears(&maya, "I didn&apos;t hear you");
	caller_says(&maya, "what is your phone number");
	caller_hears(&maya, "4 1 6, 5 5 5,"); /* the number, digit by digit */
	caller_says(&maya, "great, thank you, bye");
	caller_hears(&maya, "Goodbye!</Say><Hangup/>");
	caller_hangs_up(&maya);
	expect_text(
		"SELECT s.stage || ' ' || s.state || ' ' || s.end_reason || ' ' || "
		"s.duration_seconds ||"
		" ' ' || c.state || ' ' || c.closed_by || ' ' || c.class FROM call_sessions s JOIN"
		" conversations c ON c.id = s.conversation_id WHERE c.id = " TALK,
		"ended completed goodbye 31 closed customer general_support");
	expect_text("SELECT string_agg(author, ' ' ORDER BY position) FROM messages WHERE "
		    "conversation_id = " TALK,
		    "system system system customer agent customer agent customer agent");
	expect_text("SELECT count(*) FROM messages WHERE conversation_id = " TALK
		    " AND direction = 'out' AND status = 'delivered'",
		    "5"); /* the goodbye: hung up */
}

Test(call, in_french_to_a_message_after_the_tone)
{
	static const char *const recorded[] = {
		"RecordingUrl",
		"https://api.example/Recordings/RE0123456789abcdef0123456789abcdef",
		"RecordingSid",
		"RE0123456789abcdef0123456789abcdef",
		"RecordingDuration",
		"12",
		"RecordingStatus",
		"completed",
		NULL};
	char path[300];

	caller_rings(&maya);
	caller_presses(&maya, "9");
	caller_hears(&maya, "<Gather input=\"dtmf speech\"");
	caller_hears(&maya, "language=\"fr-CA\"");
	caller_hears(&maya, "Bien entendu, avec plaisir!");
	caller_says(&maya, "quelle est votre adresse");
	caller_hears(&maya, "Notre adresse");
	caller_presses(&maya, "0"); /* nobody is signed in */
	caller_hears(&maya,
		     "Personne ne peut prendre l&apos;appel en ce moment. Un membre de notre "
		     "équipe vous rappellera au plus tard");
	caller_hears(&maya, "Vous pouvez laisser un message après le signal.");
	caller_hears(&maya, "<Record ");
	caller_url(&maya, "recordingStatusCallback", path);
	cr_expect_eq(caller_asks(&maya, path, recorded), 204);
	snprintf(path, sizeof path, "%s", ""); /* the action comes after its callback */
	caller_clear(&maya);
	caller_asks(&maya, "/api/webhooks/twilio/fallback", NULL);
	caller_hears(&maya, "<Record "); /* nothing has proved that it was played */
	caller_url(&maya, "action", path);
	cr_expect_eq(caller_asks(&maya, path, recorded), 200);
	caller_hears(&maya, "Notre équipe a bien reçu votre message. Au revoir!</Say><Hangup/>");
	caller_hangs_up(&maya);
	expect_text("SELECT e.state || ' ' || e.reason || ' ' || c.state || ' ' || c.language FROM "
		    "escalations e"
		    " JOIN conversations c ON c.id = e.conversation_id WHERE c.id = " TALK,
		    "voicemail_taken human_request open fr");
	expect_text("SELECT body FROM messages WHERE conversation_id = " TALK " AND media_n = 1",
		    "Message vocal (12 s)");
	/* the next call knows the language */
	caller_clear(&maya);
	caller_init(&maya, &service, MAYA, DEMO_NUMBER_A, 2);
	caller_rings(&maya);
	caller_hears(&maya, "Merci d&apos;appeler Bici Downtown.");
	caller_does_not_hear(&maya, "en-US");
}

Test(call, a_person_who_is_there_is_asked_to_come)
{
	struct daemon_session staff;

	daemon_session(t, DEMO_ORG_A, &staff);
	sql_context(t->owner, DEMO_ORG_A);
	caller_rings(&maya);
	caller_says(&maya, "I would like to speak to a person please");
	caller_hears(&maya, "I&apos;m asking a member of our team to come to the phone.");
	caller_says(&maya, "");
	caller_hears(&maya, "still looking for somebody");
	caller_says(&maya, "are you open"); /* the agent goes on helping */
	caller_hears(&maya, "We&apos;re open right now");
	caller_hangs_up(&maya);
	expect_text("SELECT e.state || ' ' || p.kind || ' ' || p.state || ' ' || c.state FROM "
		    "escalations e JOIN"
		    " promises p ON p.escalation_id = e.id JOIN conversations c ON c.id = "
		    "e.conversation_id"
		    " WHERE c.id = " TALK,
		    "customer_gone callback open open");
}

Test(call, a_card_number_is_never_kept)
{
	caller_rings(&maya);
	caller_says(&maya, "my card is 4111 1111");
	caller_says(&maya, "1111 1111");
	caller_says(&maya, "or 4111 1111 1111 1111 at once");
	expect_text(
		"SELECT string_agg(body, '|' ORDER BY position) FROM messages WHERE conversation_id"
		" = " TALK " AND author = 'customer'",
		"my card is [card]|[card ****1111]|or [card ****1111] at once");
	expect_text("SELECT count(*) FROM messages WHERE conversation_id = " TALK
		    " AND body ~ '1111 1111'",
		    "0");
	expect_text("SELECT count(*) FROM events WHERE payload::text ~ '1111 1111'", "0");
}

/* ---- who may ask ---- */

static const char *const doors[] = {
	"voice",  "voice/next",    "stream-end", "stream",    "gather", "dial",      "conference",
	"status", "transcription", "voicemail",  "recording", "staff",  "staff-key", "fallback",
};

Test(call, what_nobody_signed_is_refused_everywhere)
{
	char url[60], path[100];
	struct api_answer a;

	snprintf(url, sizeof url, "http://127.0.0.1:%d", service.port);
	for (size_t i = 0; i < ARRAY_LEN(doors); i++) {
		snprintf(path, sizeof path, "/api/webhooks/twilio/%s", doors[i]);
		api_ask(url,
			&(struct api_request){
				.method = "POST",
				.path = path,
				.body = "AccountSid=" DAEMON_ACCOUNT
					"&CallSid=CA00000000000000000000000000000063&From=%"
					"2B15145550199"
					"&To=%2B14165550001&CallStatus=ringing",
				.type = "application/x-www-form-urlencoded",
				.header = "X-Twilio-Signature: AAAAAAAAAAAAAAAAAAAAAAAAAAA="},
			&a);
		cr_expect_eq(a.status, 403, "%s: %d", path, a.status);
		api_answer_clear(&a);
	}
	expect_text(
		"SELECT count(*) FROM call_sessions WHERE started_at > now() - interval '1 minute'",
		"0");
}

Test(call, what_is_nobodys_ends_and_tells_nothing)
{
	char path[100];

	for (size_t i = 0; i < ARRAY_LEN(doors); i++) {
		struct caller nobody;

		snprintf(path, sizeof path, "/api/webhooks/twilio/%s", doors[i]);
		caller_init(&nobody, &service, MAYA, "+14165559999", 99);
		caller_asks(&nobody, path, NULL);
		cr_expect(nobody.status == 204 || nobody.status == 200, "%s: %d", path,
			  nobody.status);
		if (nobody.status == 200)
			caller_hears(&nobody, strcmp(doors[i], "voice") == 0 ||
							      strcmp(doors[i], "fallback") == 0
						      ? "<Response><Reject/></Response>"
						      : "<Response><Hangup/></Response>");
		caller_clear(&nobody);
	}
	expect_text(
		"SELECT count(*) FROM call_sessions WHERE started_at > now() - interval '1 minute'",
		"0");
}

/* ---- what breaks ---- */

/* The conversation's row is held by somebody: whatever concerns the call waits in the database. */
static PGconn *held(void)
{
	PGconn *c = test_db_connect(t->url);

	sql_context(c, DEMO_ORG_A);
	sql_run(c, "BEGIN");
	PQclear(sql_ask(c, "SELECT 1 FROM conversations WHERE id = " TALK " FOR UPDATE", 0, NULL));
	return c;
}

Test(call, a_slow_database_costs_seconds_and_no_word)
{
	PGconn *holder;

	sql_run(t->owner,
		"UPDATE organization_phone_numbers SET fallback_number = '+14165550177' WHERE"
		" phone_number = '" DEMO_NUMBER_A "'");
	caller_rings(&maya);
	holder = held();
	caller_says(&maya, "are you open right now");
	cr_expect(maya.took_ms > 600 && maya.took_ms < 1500, "%d ms", (int)maya.took_ms);
	caller_hears(&maya, "<Response><Pause length=\"1\"/><Redirect>");
	caller_hears(&maya, "&amp;try=1#");
	caller_goes_on(&maya);
	caller_hears(&maya, "&amp;try=2#");
	sql_run(holder, "COMMIT");
	caller_goes_on(&maya); /* that request has no SpeechResult */
	caller_hears(&maya, "We&apos;re open right now");
	expect_text(
		"SELECT count(*) || ' ' || max(body) FROM messages WHERE author = 'customer' AND"
		" conversation_id = " TALK,
		"1 are you open right now");
	sql_run(holder, "BEGIN");
	PQclear(sql_ask(holder, "SELECT 1 FROM conversations WHERE id = " TALK " FOR UPDATE", 0,
			NULL));
	caller_says(&maya, "and where are you");
	for (int i = 0; i < 3; i++)
		caller_goes_on(&maya);
	caller_hears(&maya, "<Number>+14165550177</Number>"); /* it stays away: the store itself */
	sql_run(holder, "COMMIT");
	PQfinish(holder);
	maya.state = "in-progress";
	caller_asks(&maya, "/api/webhooks/twilio/dial?store=en",
		    (const char *const[]){"DialCallStatus", "completed", NULL});
	caller_hears(&maya, "<Response><Hangup/></Response>");
	caller_asks(&maya, "/api/webhooks/twilio/dial?store=fr",
		    (const char *const[]){"DialCallStatus", "no-answer", NULL});
	caller_hears(&maya, "Veuillez rappeler dans quelques minutes.");
}

struct asked {
	struct caller *caller;
	const char *words;
};

static void *asked_beside(void *with)
{
	struct asked *a = with;
	char path[300];

	caller_url(a->caller, "action", path);
	caller_asks(a->caller, path, (const char *const[]){"SpeechResult", a->words, NULL});
	return NULL;
}

/* The carrier could not deliver what the caller said, and asks its fallback with the same words:
 * that is the same request. */
Test(call, words_that_met_no_service_come_with_the_fallback)
{
	char path[300], failed[400];

	caller_rings(&maya);
	caller_url(&maya, "action", path);
	snprintf(failed, sizeof failed, "https://bici.example%s#rc=3", path);
	for (int i = 0; i < 2; i++) {
		caller_asks(&maya, "/api/webhooks/twilio/fallback",
			    (const char *const[]){"ErrorCode", "11200", "ErrorUrl", failed,
						  "SpeechResult", "are you open right now",
						  "Confidence", "0.9", NULL});
		cr_expect_eq(maya.status, 200);
		caller_hears(&maya, "We&apos;re open right now");
	}
	expect_text("SELECT string_agg(body, '|') FROM messages WHERE author = 'customer' AND "
		    "conversation_id = " TALK,
		    "are you open right now");
	/* an address of another call, or none, is not believed */
	caller_asks(&maya, "/api/webhooks/twilio/fallback",
		    (const char *const[]){"ErrorCode", "11200", "ErrorUrl",
					  "https://bici.example/api/webhooks/twilio/gather?"
					  "c=c0000000-0000-4000-8000-000000000009&d=3",
					  "SpeechResult", "do you open tomorrow", NULL});
	expect_text("SELECT count(*) FROM messages WHERE author = 'customer' AND "
		    "conversation_id = " TALK,
		    "1");
}

/* Killed while the words are on their way into the database: they are kept, the answer is lost. The
 * carrier asks its fallback, and the caller hears the answer, once. */
Test(call, a_service_that_is_killed_loses_no_word_and_says_none_twice)
{
	for (int round = 0; round < 4; round++) {
		struct asked a = {&maya, "are you open right now"};
		pthread_t thread;
		PGconn *holder;

		caller_clear(&maya);
		caller_init(&maya, &service, MAYA, DEMO_NUMBER_A, 10 + round);
		caller_rings(&maya);
		holder = held();
		pthread_create(&thread, NULL, asked_beside, &a);
		while (sql_int(t->owner, "SELECT count(*) FROM pg_stat_activity WHERE "
					 "wait_event_type = 'Lock'"
					 " AND datname = current_database()") == 0)
			usleep(5000);
		if (round % 2 == 0)
			sql_run(holder, "COMMIT"); /* kept, and killed at once */
		daemon_end(&service, SIGKILL);
		pthread_join(thread, NULL);
		if (round % 2 == 1)
			sql_run(holder, "COMMIT");
		PQfinish(holder);
		daemon_again(&service);
		caller_asks(&maya, "/api/webhooks/twilio/fallback",
			    (const char *const[]){"ErrorCode", "11200", "ErrorUrl", "x", NULL});
		cr_expect_eq(maya.status, 200);
		if (sql_int(t->owner, "SELECT count(*) FROM messages WHERE author = 'customer' AND"
				      " conversation_id = " TALK) == 0) {
			/* the database had not begun: the caller is asked once more */
			caller_hears(&maya, "How can I help you?");
			caller_says(&maya, "are you open right now");
		}
		caller_hears(&maya, "We&apos;re open right now");
		caller_says(&maya, "");
		caller_does_not_hear(&maya, "We&apos;re open right now");
		expect_text("SELECT count(*) FROM messages WHERE author = 'customer' AND "
			    "conversation_id = " TALK,
			    "1");
		expect_text("SELECT count(*) FROM messages WHERE author = 'agent' AND "
			    "conversation_id = " TALK,
			    "1");
	}
}
