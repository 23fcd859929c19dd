/*
 * call_api.c - requests about calls and rooms are as documented, answers are believed only as far
 * as they are, and an error says whether the call is over, was not touched, or may have been.
 */
#include "server/twilio/call_api.h"

#include <criterion/criterion.h>

#include "server/twilio/form.h"

#define ACCOUNT "AC00000000000000000000000000000001"
#define BASE    "https://api.twilio.com"
#define ROOT    BASE "/2010-04-01/Accounts/" ACCOUNT
#define CA      "CA0123456789abcdef0123456789abcdef"
#define CA2     "CA00000000000000000000000000000002"
#define CF      "CF0123456789abcdef0123456789abcdef"
#define ALEX    "+15145550123"
#define STORE   "+14165550001"

static const struct str account = {ACCOUNT, sizeof ACCOUNT - 1};

/* The request is that method to that path below the account, and its form reads "a=b c=d" in order.
 */
static void expect_request(const struct call_request *r, const char *method, const char *path,
			   const char *form)
{
	struct arena a = {0};
	struct form f = {0};
	struct err err;
	struct buf b = {0};

	cr_expect_str_eq(r->method, method);
	cr_expect_str_eq(r->url, arena_printf(&a, ROOT "%s", path));
	cr_assert(form_parse(&a, r->body, &f, &err));
	for (size_t i = 0; i < f.count; i++)
		buf_printf(&b, "%s" STR_FMT "=" STR_FMT, i == 0 ? "" : " ",
			   STR_ARG(f.params[i].name), STR_ARG(f.params[i].value));
	cr_expect_str_eq(buf_cstr(&b), form);
	buf_clear(&b);
	arena_free(&a);
}

#define EVENTS                                                      \
	" StatusCallbackMethod=POST StatusCallbackEvent=initiated"  \
	" StatusCallbackEvent=ringing StatusCallbackEvent=answered" \
	" StatusCallbackEvent=completed"

Test(call_api, a_call_is_made_with_its_events_one_by_one)
{
	struct arena a = {0};
	struct call_request r;
	struct call_create c = {.to = STR_LIT(ALEX),
				.from = STR_LIT(STORE),
				.url = "https://s.test/staff?c=1&d=0",
				.fallback_url = "https://s.test/fallback?c=1",
				.status_callback = "https://s.test/status?c=1",
				.ring_s = 25,
				.machine = MACHINE_ENABLE};

	call_create_request(&a, BASE "/", account, &c, &r);
	expect_request(&r, "POST", "/Calls.json",
		       "To=" ALEX " From=" STORE " Url=https://s.test/staff?c=1&d=0 Method=POST"
		       " FallbackUrl=https://s.test/fallback?c=1 FallbackMethod=POST"
		       " StatusCallback=https://s.test/status?c=1" EVENTS
		       " Timeout=25 MachineDetection=Enable");
	c = (struct call_create){.to = STR_LIT(ALEX),
				 .from = STR_LIT(STORE),
				 .url = "https://u",
				 .machine = MACHINE_MESSAGE};
	call_create_request(&a, BASE, account, &c, &r);
	expect_request(&r, "POST", "/Calls.json",
		       "To=" ALEX " From=" STORE " Url=https://u Method=POST Timeout=5"
		       " MachineDetection=DetectMessageEnd");
	arena_free(&a);
}

Test(call_api, a_call_goes_on_elsewhere_or_ends)
{
	struct arena a = {0};
	struct call_request r;

	call_redirect_request(&a, BASE, account, STR_LIT(CA), "https://s.test/next?c=1", NULL, &r);
	expect_request(&r, "POST", "/Calls/" CA ".json", "Url=https://s.test/next?c=1 Method=POST");
	call_redirect_request(&a, BASE, account, STR_LIT(CA), "https://n", "https://f", &r);
	expect_request(&r, "POST", "/Calls/" CA ".json",
		       "Url=https://n Method=POST FallbackUrl=https://f FallbackMethod=POST");
	call_document_request(&a, BASE, account, STR_LIT(CA), STR_LIT("<Response/>"), &r);
	expect_request(&r, "POST", "/Calls/" CA ".json", "Twiml=<Response/>");
	call_end_request(&a, BASE, account, STR_LIT(CA), &r);
	expect_request(&r, "POST", "/Calls/" CA ".json", "Status=completed");
	call_fetch_request(&a, BASE, account, STR_LIT(CA), &r);
	expect_request(&r, "GET", "/Calls/" CA ".json", "");
	call_list_request(&a, BASE, account, STR_LIT(STORE), STR_LIT(ALEX), 50, &r);
	expect_request(&r, "GET", "/Calls.json?To=%2B15145550123&From=%2B14165550001&PageSize=50",
		       "");
	arena_free(&a);
}

Test(call_api, a_room_and_who_is_in_it)
{
	static const struct {
		enum participant_change change;
		const char *url, *form;
	} changes[] = {
		{PARTICIPANT_MUTE, NULL, "Muted=true"},
		{PARTICIPANT_UNMUTE, NULL, "Muted=false"},
		{PARTICIPANT_STAY, NULL, "EndConferenceOnExit=false"},
		{PARTICIPANT_HOLD, "https://h", "Hold=true HoldUrl=https://h HoldMethod=POST"},
		{PARTICIPANT_UNHOLD, NULL, "Hold=false"},
		{PARTICIPANT_ANNOUNCE, "https://a", "AnnounceUrl=https://a AnnounceMethod=POST"},
		{PARTICIPANT_COACH, CA2, "Coaching=true CallSidToCoach=" CA2},
		{PARTICIPANT_UNCOACH, NULL, "Coaching=false"},
	};
	struct participant_add add = {.from = STR_LIT(STORE),
				      .to = STR_LIT(ALEX),
				      .status_callback = "https://s",
				      .ring_s = 9000,
				      .muted = true};
	struct arena a = {0};
	struct call_request r;

	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		participant_change_request(&a, BASE, account, STR_LIT(CF), STR_LIT(CA),
					   changes[i].change, changes[i].url, &r);
		expect_request(&r, "POST", "/Conferences/" CF "/Participants/" CA ".json",
			       changes[i].form);
	}
	participant_kick_request(&a, BASE, account, STR_LIT(CF), STR_LIT(CA), &r);
	expect_request(&r, "DELETE", "/Conferences/" CF "/Participants/" CA ".json", "");
	participant_list_request(&a, BASE, account, STR_LIT(CF), &r);
	expect_request(&r, "GET", "/Conferences/" CF "/Participants.json", "");
	participant_add_request(&a, BASE, account, STR_LIT("r8f3Kq2pT7xY0aBc"), &add, &r);
	expect_request(&r, "POST", "/Conferences/r8f3Kq2pT7xY0aBc/Participants.json",
		       "From=" STORE " To=" ALEX " Timeout=600 Muted=true Beep=false"
		       " EndConferenceOnExit=false StatusCallback=https://s" EVENTS);
	room_find_request(&a, BASE, account, STR_LIT("r8f3Kq2pT7xY0aBc"), &r);
	expect_request(&r, "GET",
		       "/Conferences.json?FriendlyName=r8f3Kq2pT7xY0aBc&Status=in-progress", "");
	room_end_request(&a, BASE, account, STR_LIT(CF), &r);
	expect_request(&r, "POST", "/Conferences/" CF ".json", "Status=completed");
	arena_free(&a);
}

Test(call_api, reads_a_call_and_a_list_of_them)
{
	static const char one[] =
		"{\"sid\":\"" CA "\",\"status\":\"in-progress\",\"from\":\"" STORE
		"\",\"to\":\"" ALEX
		"\",\"direction\":\"outbound-api\",\"answered_by\":null,\"duration\":null,"
		"\"date_created\":\"Tue, 03 Nov 2026 14:05:09 +0000\"}";
	struct arena a = {0};
	struct call_resource c;
	struct call_page page;

	cr_assert(call_read(&a, STR_LIT(one), &c));
	cr_expect(str_is(c.sid, CA) && str_is(c.status, "in-progress"));
	cr_expect(str_is(c.from, STORE) && str_is(c.to, ALEX) && c.answered_by.p == NULL);
	cr_expect_eq(c.created_us, INT64_C(1793714709000000));
	cr_assert(call_page_read(
		&a,
		str_of(arena_printf(&a, "{\"calls\":[%s,{\"sid\":\"x\"},7],\"next_page_uri\":null}",
				    one)),
		&page));
	cr_expect_eq(page.n, 1);
	cr_expect_not(page.more);
	arena_free(&a);
}

Test(call_api, what_is_no_such_answer_is_not_believed)
{
	static const char *const bad[] = {
		"",
		"null",
		"[]",
		"{}",
		"{\"sid\":1}",
		"{\"sid\":\"" CF "\"}",
		"{\"sid\":\"" CA "/..\"}",
		"{\"sid\":\"" CA "\",\"sid\":\"" CA "\"}",
		"<html>502</html>",
	};
	struct arena a = {0};
	struct call_resource c;
	struct call_page calls;
	struct participant_page people;
	struct str sid;
	bool found;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		cr_expect_not(call_read(&a, str_of(bad[i]), &c), "%s", bad[i]);
		cr_expect_not(call_page_read(&a, str_of(bad[i]), &calls), "%s", bad[i]);
		cr_expect_not(participant_page_read(&a, str_of(bad[i]), &people), "%s", bad[i]);
		cr_expect_not(room_found_read(&a, str_of(bad[i]), &sid, &found), "%s", bad[i]);
	}
	arena_free(&a);
}

Test(call_api, reads_who_is_in_a_room)
{
	struct arena a = {0};
	struct participant_page page;
	struct str sid = {NULL, 0};
	bool found;

	cr_assert(participant_page_read(&a,
					STR_LIT("{\"participants\":[{\"call_sid\":\"" CA
						"\",\"muted\":true,\"hold\":false},"
						"{\"call_sid\":\"nobody\"},{\"call_sid\":\"" CA2
						"\",\"muted\":\"true\"}]}"),
					&page));
	cr_assert_eq(page.n, 2);
	cr_expect(str_is(page.participants[0].call_sid, CA) && page.participants[0].muted);
	cr_expect_not(page.participants[0].hold);
	cr_expect_not(page.participants[1].muted); /* a text is no boolean */
	cr_assert(room_found_read(&a, STR_LIT("{\"conferences\":[{\"sid\":\"" CF "\"}]}"), &sid,
				  &found));
	cr_expect(found && str_is(sid, CF));
	cr_assert(room_found_read(&a, STR_LIT("{\"conferences\":[]}"), &sid, &found));
	cr_expect_not(found);
	arena_free(&a);
}

Test(call_api, the_carriers_words_become_ours)
{
	static const struct {
		const char *carrier, *ours;
		bool ends;
	} rows[] = {{"queued", "queued", false},      {"initiated", "queued", false},
		    {"ringing", "ringing", false},    {"in-progress", "in_progress", false},
		    {"completed", "completed", true}, {"busy", "busy", true},
		    {"no-answer", "no_answer", true}, {"canceled", "canceled", true},
		    {"failed", "failed", true}};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cr_assert_not_null(call_state_word(str_of(rows[i].carrier)));
		cr_expect_str_eq(call_state_word(str_of(rows[i].carrier)), rows[i].ours);
		cr_expect_eq(call_state_ends(rows[i].ours), rows[i].ends);
	}
	cr_expect_null(call_state_word(STR_LIT("cancelled")));
	cr_expect_null(call_state_word((struct str){NULL, 0}));
}

Test(call_api, an_error_says_what_became_of_the_call)
{
	static const struct {
		int status;
		int code; /* in the body; 0: no body at all */
		enum call_verdict verdict;
	} rows[] = {
		{200, 0, CALL_DONE},         {201, 0, CALL_DONE},        {204, 0, CALL_DONE},
		{400, 21220, CALL_GONE},     {404, 20404, CALL_GONE},    {404, 0, CALL_GONE},
		{429, 20429, CALL_NOT_DONE}, {429, 0, CALL_NOT_DONE},    {500, 20500, CALL_UNKNOWN},
		{503, 20503, CALL_UNKNOWN},  {502, 0, CALL_UNKNOWN},     {408, 0, CALL_UNKNOWN},
		{302, 0, CALL_UNKNOWN},      {401, 20003, CALL_REFUSED}, {403, 0, CALL_REFUSED},
		{400, 21211, CALL_REFUSED},  {400, 21215, CALL_REFUSED}, {400, 21219, CALL_REFUSED},
		{400, 20001, CALL_BUG},      {400, 21205, CALL_BUG},     {400, 0, CALL_BUG},
		{400, 99999, CALL_BUG},
	};
	struct arena a = {0};
	int code;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *body = rows[i].code == 0
					   ? "<html>"
					   : arena_printf(&a, "{\"code\":%d,\"status\":%d}",
							  rows[i].code, rows[i].status);

		cr_expect_eq(call_verdict(&a, rows[i].status, str_of(body), &code), rows[i].verdict,
			     "%d %d", rows[i].status, rows[i].code);
		cr_expect_eq(code, rows[i].code);
	}
	arena_free(&a);
}
