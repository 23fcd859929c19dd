/*
 * human.c - a person takes over, against the real service and the practice line: what reaches the
 * customer's phone, in which order and how often; what the agent does before and afterwards; twenty
 * who grab the same thread.
 */
#include <criterion/criterion.h>
#include <pthread.h>
#include <unistd.h>

#include "shared/clock.h"
#include "tests/support/db.h"
#include "tests/support/store.h"

TestSuite(human, .init = store_up, .fini = store_down, .timeout = 240);

#define MAYA    "+15145550178"
#define WAIT_MS 15000

static const char *sim(void)
{
	return service_key(store.service, "TWILIO_SIM_URL");
}

/* Maya texts; the webhook has been answered when this returns. */
static void maya_writes(const char *body)
{
	struct buf text = {0};

	buf_printf(&text, "{\"from\":\"" MAYA "\",\"to\":\"%s\",\"body\":\"%s\"}",
		   service_key(store.service, "ORG_A_NUMBER"), body);
	cr_assert_eq(api_status(sim(), "POST", "/sim/texts", NULL, buf_cstr(&text)), 200);
	buf_clear(&text);
}

/* What her phone got, oldest first, one text a line. */
static void maya_has(struct buf *out)
{
	struct api_answer a;
	json_t *list;

	buf_reset(out);
	api_ask(sim(), &(struct api_request){.method = "GET", .path = "/sim/messages?limit=200"},
		&a);
	cr_assert_eq(a.status, 200, "%d %.200s", a.status, buf_cstr(&a.body));
	list = json_object_get(a.json, "messages");
	for (size_t i = json_array_size(list); i-- > 0;) {
		const json_t *m = json_array_get(list, i);
		const char *to = json_string_value(json_object_get(m, "to"));

		if (to != NULL && strcmp(to, MAYA) == 0)
			buf_printf(out, "%s\n", json_string_value(json_object_get(m, "body")));
	}
	api_answer_clear(&a);
}

/* Waits until her phone has that; fails in time. How many lines she has then. */
static unsigned maya_gets(const char *what)
{
	int64_t from = clock_mono_ms();
	struct buf got = {0};
	unsigned lines = 0;

	for (;;) {
		maya_has(&got);
		if (strstr(buf_cstr(&got), what) != NULL)
			break;
		cr_assert_lt(clock_mono_ms() - from, WAIT_MS, "she never got \"%s\":\n%s", what,
			     buf_cstr(&got));
		usleep(50000);
	}
	for (size_t i = 0; i < got.n; i++)
		lines += got.p[i] == '\n';
	buf_clear(&got);
	return lines;
}

static void ask(const char *token, const char *method, const char *path, const char *body,
		struct api_answer *a)
{
	store_asked(
		&(struct api_request){
			.method = method, .path = path, .bearer = token, .body = body},
		a);
}

/* Maya's open thread. */
static void thread_of_maya(const char *token, char id[40], char epoch[8])
{
	struct api_answer a;
	const json_t *one;

	ask(token, "GET", "/api/conversations?q=%2B15145550178", NULL, &a);
	one = json_array_get(json_object_get(a.json, "items"), 0);
	cr_assert_not_null(one, "%s", buf_cstr(&a.body));
	snprintf(id, 40, "%s", json_string_value(json_object_get(one, "id")));
	snprintf(epoch, 8, "%d", (int)json_integer_value(json_object_get(one, "epoch")));
	api_answer_clear(&a);
}

static int commanded(const char *token, const char *id, const char *what, const char *epoch,
		     const char *more)
{
	char path[120], body[300];
	struct api_answer a;
	int status;

	snprintf(path, sizeof path, "/api/conversations/%s/%s", id, what);
	snprintf(body, sizeof body, "{\"epoch\":%s%s}", epoch, more);
	ask(token, "POST", path, body, &a);
	status = a.status;
	api_answer_clear(&a);
	return status;
}

Test(human, takes_over_answers_and_hands_back)
{
	struct api_tokens staff;
	char id[40], epoch[8];
	struct buf phone = {0};
	unsigned before;

	store_signed_in_as("staff", &staff);
	maya_writes("Can I talk to a person please?");
	maya_gets("virtual assistant"); /* the agent greets, and promises one */
	thread_of_maya(staff.access, id, epoch);
	cr_expect_eq(commanded(staff.access, id, "takeover", epoch, ""), 200);
	maya_gets("now texting with Jordan Reyes");
	thread_of_maya(staff.access, id, epoch);
	cr_expect_str_eq(epoch, "2");
	cr_expect_eq(commanded(staff.access, id, "messages", epoch,
			       ",\"body\":\"Hi Maya, Jordan here.\""),
		     201);
	maya_gets("Jordan here.");
	maya_writes("Are you open on Sundays?"); /* a person holds it: the agent is silent */
	cr_expect_eq(
		commanded(staff.access, id, "messages", epoch, ",\"body\":\"From ten to five.\""),
		201);
	before = maya_gets("From ten to five.");
	maya_writes("What is your address?");
	cr_expect_eq(commanded(staff.access, id, "hand-back", epoch, ""), 200);
	cr_expect_eq(maya_gets("Our address"), before + 1,
		     "the agent said more than the one answer");
	maya_has(&phone);
	cr_expect_eq(strstr(strstr(buf_cstr(&phone), "virtual assistant") + 1, "virtual assistant"),
		     NULL, "greeted twice:\n%s", buf_cstr(&phone));
	cr_expect_eq(strstr(strstr(buf_cstr(&phone), "now texting") + 1, "now texting"), NULL,
		     "told twice:\n%s", buf_cstr(&phone));
	/* a fresh wish is a fresh request, with a promise of its own */
	maya_writes("I want to speak to a human");
	maya_gets("will answer you here");
	cr_expect_eq(sql_int(store.db, "SELECT count(*) FROM escalations e JOIN conversations c ON "
				       "c.id = e.conversation_id WHERE"
				       " c.peer = '" MAYA "' AND e.state = 'returned_to_bot'"),
		     1);
	buf_clear(&phone);
}

Test(human, texts_first_and_gets_the_answer)
{
	struct api_tokens staff;
	struct api_answer a;
	char id[40], epoch[8];

	store_signed_in_as("service_tech", &staff);
	ask(staff.access, "POST", "/api/conversations",
	    "{\"phone_number\":\"514 555-0178\",\"body\":\"Your bike is ready.\"}", &a);
	cr_expect_eq(a.status, 201, "%d %s", a.status, buf_cstr(&a.body));
	cr_expect_str_eq(api_text(&a, "message.status"), "queued");
	api_answer_clear(&a);
	cr_expect_eq(maya_gets("Your bike is ready."), 1u);
	maya_writes("Great!");
	thread_of_maya(staff.access, id, epoch);
	cr_expect_str_eq(epoch, "1");
	cr_expect_eq(sql_int(store.db, "SELECT count(*) FROM due_work w JOIN conversations c ON "
				       "c.id = w.ref AND w.kind = 'agent_turn'"
				       " WHERE c.peer = '" MAYA "'"),
		     0);
	cr_expect_eq(commanded(staff.access, id, "close", epoch, ""), 200);
}

/* ---- twenty at once ---- */

#define GRABBERS 20
#define ROUNDS   25

struct grabber {
	pthread_t thread;
	pthread_barrier_t *start;
	const char *token;
	char path[120], body[40];
	struct api_answer answer;
};

static void *grabbed(void *arg)
{
	struct grabber *g = arg;

	pthread_barrier_wait(g->start);
	api_ask(store.url,
		&(struct api_request){
			.method = "POST", .path = g->path, .bearer = g->token, .body = g->body},
		&g->answer);
	return NULL;
}

/* Twenty consoles of four people: of each four sessions one person wins (pressing twice is a
 * success), all others are told who it was. */
Test(human, of_twenty_who_grab_a_thread_one_person_wins)
{
	static const char *const roles[] = {"admin", "manager", "staff", "service_tech"};
	struct api_tokens tokens[ARRAY_LEN(roles)];
	struct grabber g[GRABBERS];
	pthread_barrier_t start;
	char id[40], epoch[8];

	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		store_signed_in_as(roles[i], &tokens[i]);
	maya_writes("hello");
	pthread_barrier_init(&start, NULL, GRABBERS);
	for (int round = 0; round < ROUNDS; round++) {
		char winner[80] = "";
		unsigned won = 0, told = 0;

		thread_of_maya(tokens[0].access, id, epoch);
		for (int i = 0; i < GRABBERS; i++) {
			g[i] = (struct grabber){.start = &start, .token = tokens[i % 4].access};
			snprintf(g[i].path, sizeof g[i].path, "/api/conversations/%s/takeover", id);
			snprintf(g[i].body, sizeof g[i].body, "{\"epoch\":%s}", epoch);
			pthread_create(&g[i].thread, NULL, grabbed, &g[i]);
		}
		for (int i = 0; i < GRABBERS; i++)
			pthread_join(g[i].thread, NULL);
		for (int i = 0; i < GRABBERS; i++) {
			bool ok = g[i].answer.status == 200;
			const char *name = api_text(&g[i].answer, ok ? "conversation.holder_name"
								     : "holder_name");

			won += ok;
			told += g[i].answer.status == 409 &&
				strcmp(api_text(&g[i].answer, "code"), "already_held") == 0;
			if (winner[0] == '\0')
				snprintf(winner, sizeof winner, "%s", name);
			cr_expect_str_eq(name, winner, "two were named: %s and %s", name, winner);
			cr_expect(api_text(&g[i].answer, ok ? "conversation.holder_since"
							    : "holder_since")[0] == '2');
			api_answer_clear(&g[i].answer);
		}
		cr_expect_eq(won, 5u);
		cr_expect_eq(told, 15u);
		sql_run(store.db, "UPDATE conversations SET holder = 'agent', holder_user_id = "
				  "NULL, epoch = epoch + 1 WHERE peer = '" MAYA "'");
	}
	pthread_barrier_destroy(&start);
	cr_expect_eq(sql_int(store.db, "SELECT count(*) FROM messages WHERE kind = 'marker' AND "
				       "body = 'took over'"),
		     ROUNDS);
}
