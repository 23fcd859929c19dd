/*
 * How long a caller waited for a sound, as the practice line measures it; and switches that wait
 * for one caller.
 */
#include <criterion/criterion.h>

#include "tests/support/sim_bridge.h"

static struct sim_world w;
static struct sim_bridge b;

static void open_world(void)
{
	world_open(&w, NULL, NULL);
	world_voice(&w, "/voice", "");
}

static void close_world(void)
{
	world_close(&w);
}

TestSuite(sim_quiet, .init = open_world, .fini = close_world, .timeout = 60);

static int64_t waited(const char *sid)
{
	world_look(&w, sid);
	return world_number(&w, "waited_ms");
}

/* A tone says that somebody is there, and is no answer. */
Test(sim_quiet, behind_a_tone_the_caller_waits_on)
{
	const char *sid;
	char media[400];

	sim_bridge_open(&b, &w);
	b.no_agent = true;
	world_answers(&w, "/voice", sim_bridge_twiml(&w, "", ""));
	sid = world_call(&w);
	cr_assert(sim_bridge_from_twilio(&b, "start", 0) != NULL);
	for (int i = 0; i < 2; i++) {
		snprintf(
			media, sizeof media,
			"{\"event\":\"media\",\"streamSid\":\"%s\",\"media\":{\"payload\":\"%s\"}}",
			b.stream, "EhISEhISEhISEhISEhISEhISEhISEhISEhISEhISEhISEhISEhISEhIS");
		sim_bridge_tell_twilio(&b, media);
		cr_expect(world_hears(&w, sid, "note", "sound that holds no words"));
		world_waits(&w, 700);
	}
	cr_expect(waited(sid) >= 500 && waited(sid) < 1300, "%d ms", (int)waited(sid));
	sim_bridge_close(&b);
}

static const char *room(const char *more)
{
	return arena_printf(&w.arena,
			    "<Response><Dial><Conference waitUrl=\"\" %s>r</Conference></Dial>"
			    "</Response>",
			    more);
}

static const char *second_caller(void)
{
	world_ask(&w, "POST", "/sim/calls",
		  "{\"from\":\"+15145550188\",\"to\":\"" WORLD_STORE "\"}", NULL, 0);
	return arena_strdup(&w.arena, world_word(&w, "sid"));
}

/* Somebody who came in muted is not there yet; whoever has left is not there any more. */
Test(sim_quiet, with_nobody_who_could_answer_a_caller_is_alone)
{
	const char *sid, *other;

	world_will_answer(&w, (struct world_answer){.body = room("")});
	sid = world_call(&w);
	cr_expect(world_hears(&w, sid, "note", "silence"));
	world_will_answer(&w, (struct world_answer){.body = room("muted=\"true\"")});
	other = second_caller();
	cr_expect(world_hears(&w, sid, "note", "in the conference"));
	world_waits(&w, 600);
	cr_expect_geq(waited(sid), 500);
	world_do(&w, other, "do", "hang up");
	cr_expect(world_call_is(&w, other, "completed"));
	world_waits(&w, 300);
	cr_expect_geq(waited(sid), 800);
}

Test(sim_quiet, with_a_person_nobody_waits)
{
	const char *sid, *other;
	int64_t alone;

	world_will_answer(&w, (struct world_answer){.body = room("")});
	sid = world_call(&w);
	cr_expect(world_hears(&w, sid, "note", "silence"));
	world_will_answer(&w, (struct world_answer){.body = room("")});
	other = second_caller();
	cr_expect(world_hears(&w, sid, "note", "in the conference"));
	alone = waited(sid);
	world_waits(&w, alone + 300);
	cr_expect_leq(waited(sid), alone + 50);
	world_do(&w, other, "do", "hang up"); /* and is alone again */
	world_waits(&w, (unsigned)alone + 400);
	cr_expect_gt(waited(sid), alone + 50);
}

Test(sim_quiet, a_switch_of_an_agent_waits_for_its_caller)
{
	static const char *const numbers[] = {"+15145550188", WORLD_PHONE};
	static struct sim_bridge bridges[2]; /* the ends of one come while the other talks */
	char initiation[200];

	world_answers(&w, "/voice", sim_bridge_twiml(&w, "", ""));
	world_fault(&w, "close code 1011 on agent to " WORLD_PHONE " at 1");
	for (int i = 0; i < 2; i++) {
		struct sim_bridge *one = &bridges[i];

		sim_bridge_open(one, &w);
		snprintf(initiation, sizeof initiation,
			 "{\"type\":\"conversation_initiation_client_data\",\"dynamic_variables\":"
			 "{\"customer_phone\":\"%s\",\"store_greeting\":\"Hello there.\"}}",
			 numbers[i]);
		one->initiation = initiation;
		(void)world_call(&w);
		if (i == 0) {
			cr_expect(sim_bridge_from_agent(one, "agent_response", 0) != NULL);
			cr_expect_not(one->agent_ended);
		} else {
			cr_expect(sim_bridge_agent_ends(one));
			cr_expect_eq(one->agent_end.code, 1011);
		}
		sim_bridge_close(one);
	}
	world_ask(&w, "GET", "/sim/conversations?phone=%2B15145550199", NULL, NULL, 0);
	cr_expect_eq(json_array_size(world_member(&w, "conversations")), 1);
	cr_expect_eq(world_number(&w, "conversations.0.close_code"), 1011);
}

Test(sim_quiet, switches_for_one_phone_can_be_taken_back)
{
	world_fault(&w, "hang on update to +15145550188 always");
	world_fault(&w, "hang on update to " WORLD_PHONE " always");
	world_fault(&w, "503 next 9");
	world_ask(&w, "DELETE", "/sim/faults?to=%2B15145550188", NULL, NULL, 0);
	cr_expect_eq(json_array_size(world_member(&w, "faults")), 2);
	world_ask(&w, "DELETE", "/sim/faults", NULL, NULL, 0);
	cr_expect_eq(json_array_size(world_member(&w, "faults")), 0);
}
