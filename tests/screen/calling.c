/*
 * calling.c - a call at the console: what the caller is connected to, what is being said at this
 * moment, and what the keys ask of the service at each point of it.
 */
#include "tests/screen/stage.h"

static void call_is(struct stage *s, enum event_type type, enum call_on on, bool held, bool rings)
{
	struct wire_event e;

	event_of(s, &e, type, 1);
	e.call = (struct wire_event_call){.customer = true,
					  .on = on,
					  .on_hold = held,
					  .live_transcript = on != CALL_NATIVE,
					  .started_at = STAGE_NOW - 61 * INT64_C(1000000)};
	happens(s, &e);
	if (!rings)
		return;
	event_of(s, &e, EVENT_CALL_STARTED, 1);
	e.call = (struct wire_event_call){
		.on = on, .rings = true, .live_transcript = true, .started_at = STAGE_NOW};
	happens(s, &e);
}

static void spoken(struct stage *s, bool customer, const char *words)
{
	struct wire_event e = {.type = EVENT_CALL_PARTIAL, .type_name = "call.partial"};

	snprintf(e.conversation_id, sizeof e.conversation_id, "%s", id_of(1));
	e.partial = (struct wire_event_partial){.customer = customer, .body = words};
	tell(s, &(struct msg){.kind = MSG_EVENT, .event = &e});
}

static void holder_is(struct stage *s, const char *user, const char *name, int64_t epoch)
{
	struct wire_event e;

	event_of(s, &e, EVENT_CONVERSATION_UPDATED, 1);
	e.conversation = (struct wire_event_conversation){.holder = HOLDER_STAFF,
							  .holder_name = name,
							  .epoch = epoch,
							  .language = LANGUAGE_FR};
	snprintf(e.conversation.holder_user_id, WIRE_ID, "%s", user);
	happens(s, &e);
}

/* Conversation 1 is a call with the agent, and open. */
static struct stage on_the_line(enum language language)
{
	struct wire_conversation c = conversation_of(1, "Ana Silva", "Is my bike ready?");
	struct wire_message m = message_of(1, AUTHOR_CUSTOMER, "Is my bike ready?", 0);
	struct outgoing w;
	struct stage s;

	stage_open(&s, 24, 100, language);
	signs_in(&s);
	c.channel = CHANNEL_VOICE;
	c.call = (struct wire_call){.is_there = true,
				    .on = CALL_BRIDGE,
				    .live_transcript = true,
				    .started_at = STAGE_NOW};
	lists(&s, &c, 1, s.seq);
	press(&s, "3 g Enter");
	thread_comes(&s, &c, &m, 1, NULL);
	while (wishes_take(s.m.wishes, &w))
		outgoing_clear(&w);
	call_is(&s, EVENT_CALL_UPDATED, CALL_BRIDGE, false, false);
	return s;
}

static void expect_wish(struct stage *s, const char *keys, enum outgoing_kind kind, const char *by,
			bool on, int64_t epoch)
{
	struct outgoing w;

	press(s, keys);
	cr_assert(wished(s, kind, &w), "%s asked for nothing", keys);
	cr_expect_str_eq(w.by == NULL ? "" : w.by, by, "%s", keys);
	cr_expect_eq(w.on, on, "%s", keys);
	cr_expect_eq(w.epoch, epoch, "%s", keys);
	outgoing_clear(&w);
}

static void expect_nothing(struct stage *s, const char *keys, const char *said)
{
	struct outgoing w;

	press(s, keys);
	cr_expect(!wishes_take(s->m.wishes, &w), "%s asks for something", keys);
	cr_expect(shows(s, said), "%s: no \"%s\" in\n%s", keys, said, screen_of(s));
}

Test(calling, says_what_the_caller_is_connected_to)
{
	static const struct {
		enum call_on on;
		bool held, rings;
		const char *en, *fr;
	} cases[] = {
		{CALL_RINGING, false, false, "call: rings", "appel : sonne"},
		{CALL_BRIDGE, false, false, "call: the agent", "appel : l’agent"},
		{CALL_BUILTIN, false, true, "phone rings", "tél. sonne"},
		{CALL_TYPING, false, false, "call: read out", "appel : à voix haute"},
		{CALL_CONFERENCE, true, false, "by phone, on hold", "au téléphone, en att"},
		{CALL_VOICEMAIL, false, false, "leaves a message", "laisse un message"},
		{CALL_NATIVE, false, false, "no live transcript", "sans transcription"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases) * 2; i++) {
		struct stage s = on_the_line(i % 2 == 0 ? LANGUAGE_EN : LANGUAGE_FR);
		const char *words = i % 2 == 0 ? cases[i / 2].en : cases[i / 2].fr;

		call_is(&s, EVENT_CALL_UPDATED, cases[i / 2].on, cases[i / 2].held,
			cases[i / 2].rings);
		cr_expect(shows(&s, words), "no \"%s\" in\n%s", words, screen_of(&s));
		stage_close(&s);
	}
}

Test(calling, shows_what_is_being_said_until_it_has_been_said)
{
	struct stage s = on_the_line(LANGUAGE_EN);
	struct wire_event e;

	spoken(&s, true, "Do you");
	expect_shows(&s, "Ana Silva is saying: Do you");
	spoken(&s, true, "Do you have helmets");
	expect_shows(&s, "Ana Silva is saying: Do you have helmets");
	spoken(&s, false, "We do");
	expect_shows(&s, "is saying: We do");
	event_of(&s, &e, EVENT_MESSAGE_RECEIVED, 1);
	e.message = (struct wire_event_message){.position = 2,
						.author = AUTHOR_CUSTOMER,
						.kind = KIND_TEXT,
						.channel = CHANNEL_VOICE,
						.body = "Do you have helmets in medium?"};
	happens(&s, &e);
	expect_hides(&s, "Ana Silva is saying");
	expect_shows(&s, "Do you have helmets in medium?");
	expect_shows(&s, "is saying: We do");
	call_is(&s, EVENT_CALL_ENDED, CALL_ENDED, false, false);
	expect_hides(&s, "is saying");
	stage_close(&s);
}

Test(calling, a_correction_takes_the_place_of_the_words)
{
	struct stage s = on_the_line(LANGUAGE_EN);
	struct wire_event e;

	event_of(&s, &e, EVENT_MESSAGE_CORRECTED, 1);
	snprintf(e.redacted.message_id, WIRE_ID, "%s", model_thread(&s.m)->at[0].id);
	e.redacted.body = "Is my";
	happens(&s, &e);
	cr_expect_str_eq(model_thread(&s.m)->at[0].body, "Is my");
	cr_expect(!model_thread(&s.m)->at[0].redacted, "nothing was taken out");
	stage_close(&s);
}

Test(calling, is_taken_over_with_one_key_by_typing_or_by_phone)
{
	struct stage s = on_the_line(LANGUAGE_EN);

	expect_nothing(&s, "r", "Take the call over first");
	expect_nothing(&s, "h", "taken over by phone");
	expect_wish(&s, "t", OUT_TAKE_OVER, "typing", false, 1);
	expect_wish(&s, "p", OUT_TAKE_OVER, "phone", false, 1);
	expect_shows(&s, "press 1 to take the call");
	holder_is(&s, "00000000-0000-4000-8000-0000000000aa", "Luc Gagnon", 2);
	call_is(&s, EVENT_CALL_UPDATED, CALL_TYPING, false, false);
	expect_nothing(&s, "t", "colleague");
	expect_nothing(&s, "p", "colleague");
	stage_close(&s);
}

Test(calling, what_is_typed_is_spoken_at_once_and_in_the_callers_language)
{
	struct stage s = on_the_line(LANGUAGE_EN);
	struct outgoing w;

	holder_is(&s, ME, "Marie Tremblay", 2);
	call_is(&s, EVENT_CALL_UPDATED, CALL_TYPING, false, false);
	press(&s, ".");
	cr_assert(wished(&s, OUT_REPLY, &w));
	cr_expect_str_eq(w.text, "Un moment, s’il vous plaît.");
	cr_expect_str_eq(w.language, "fr");
	outgoing_clear(&w);
	press(&s, "r");
	type(&s, "Il est pret");
	expect_hides(&s, "GSM-7"); /* it is no text */
	press(&s, "Enter");
	cr_assert(wished(&s, OUT_REPLY, &w), "it waits, as a text would");
	cr_expect_str_eq(w.text, "Il est pret");
	cr_expect_eq(w.epoch, 2);
	outgoing_clear(&w);
	stage_close(&s);
}

Test(calling, lines_of_a_call_are_said_and_not_sent)
{
	struct stage s = on_the_line(LANGUAGE_EN);
	struct wire_event e;

	event_of(&s, &e, EVENT_MESSAGE_QUEUED, 1);
	e.message = (struct wire_event_message){.position = 6,
						.author = AUTHOR_SYSTEM,
						.kind = KIND_TEXT,
						.channel = CHANNEL_VOICE,
						.status = DELIVERY_QUEUED,
						.body = "Marie is with you now."};
	snprintf(e.message.id, WIRE_ID, "%s", id_of(5006));
	happens(&s, &e);
	expect_shows(&s, "Announcement");
	expect_shows(&s, "q to be said");
	stage_close(&s);
}

Test(calling, in_a_room_is_held_muted_and_hung_up)
{
	struct stage s = on_the_line(LANGUAGE_EN);

	holder_is(&s, ME, "Marie Tremblay", 3);
	call_is(&s, EVENT_CALL_UPDATED, CALL_CONFERENCE, false, false);
	expect_wish(&s, "h", OUT_HOLD, "", true, 3);
	call_is(&s, EVENT_CALL_UPDATED, CALL_CONFERENCE, true, false);
	expect_wish(&s, "h", OUT_HOLD, "", false, 3);
	expect_wish(&s, "m", OUT_MUTE, "", true, 3);
	expect_nothing(&s, "r", "You are on the phone with them");
	expect_nothing(&s, "x", "H hangs up");
	expect_nothing(&s, "H", "Hang up on Ana Silva?");
	expect_nothing(&s, "n", "");
	press(&s, "H");
	expect_wish(&s, "y", OUT_HANG_UP, "", false, 3);
	press(&s, "v");
	expect_wish(&s, "y", OUT_VOICEMAIL, "", false, 3);
	call_is(&s, EVENT_CALL_ENDED, CALL_ENDED, false, false);
	expect_nothing(&s, "h", "The call is over.");
	expect_nothing(&s, "p", "The call is over.");
	press(&s, "B");
	expect_wish(&s, "y", OUT_CALL_BACK, "", false, 3);
	stage_close(&s);
}

Test(calling, lines_that_are_often_needed_have_a_key_each)
{
	static const struct {
		const char *key, *en, *fr;
	} lines[] = {
		{"F4", "One moment, please.", "Un moment, s’il vous plaît."},
		{"F5", "I’m sorry, could you say that again?", "Excusez-moi, pouvez-vous répéter?"},
		{"F6", "Are you still there?", "Êtes-vous toujours là?"},
		{"F7", "Is there anything else I can do for you?",
		 "Puis-je faire autre chose pour vous?"},
		{"F8", "Thank you for calling. Goodbye!", "Merci de votre appel. Au revoir!"},
	};
	struct stage s = on_the_line(LANGUAGE_EN);
	struct outgoing w;

	expect_nothing(&s, "F5", "Take the call over first");
	holder_is(&s, ME, "Marie Tremblay", 2);
	call_is(&s, EVENT_CALL_UPDATED, CALL_TYPING, false, false);
	press(&s, "r");
	type(&s, "Je reg"); /* half a line is being written: it stays */
	for (size_t i = 0; i < ARRAY_LEN(lines) * 2; i++) {
		struct row *row = &s.m.all.at[rows_find(&s.m.all, id_of(1))];
		bool french = i % 2 == 1;

		row->language = french ? LANGUAGE_FR : LANGUAGE_EN;
		press(&s, lines[i / 2].key);
		cr_assert(wished(&s, OUT_REPLY, &w), "%s", lines[i / 2].key);
		cr_expect_str_eq(w.text, french ? lines[i / 2].fr : lines[i / 2].en);
		cr_expect_str_eq(w.language, french ? "fr" : "en");
		cr_expect_eq(w.epoch, 2);
		outgoing_clear(&w);
	}
	expect_shows(&s, "Je reg");
	stage_close(&s);
}

static struct wire_user colleague(int n, const char *name, bool active, bool phone)
{
	struct wire_user u = {.display_name = name,
			      .role = ROLE_WORD_MANAGER,
			      .is_active = active,
			      .has_phone = phone};

	snprintf(u.id, sizeof u.id, "%s", id_of(700 + n));
	return u;
}

Test(calling, is_passed_on_to_a_colleague_whose_phone_can_be_rung)
{
	struct stage s = on_the_line(LANGUAGE_EN);
	struct wire_user all[] = {
		colleague(1, "Nina Roy", true, true), colleague(2, "Without Phone", true, false),
		colleague(3, "Long Gone", false, true), colleague(4, "Luc Gagnon", true, true),
		colleague(5, "Marie Tremblay", true, true)};
	struct outgoing w;

	snprintf(all[4].id, sizeof all[4].id, "%s", ME);
	expect_nothing(&s, "f", "taken over by phone");
	holder_is(&s, ME, "Marie Tremblay", 3);
	call_is(&s, EVENT_CALL_UPDATED, CALL_CONFERENCE, false, false);
	press(&s, "f");
	expect_shows(&s, "Asking the service");
	tell(&s, &(struct msg){.kind = MSG_COLLEAGUES,
			       .id = wish_of(&s, OUT_COLLEAGUES),
			       .colleagues = all,
			       .count = ARRAY_LEN(all)});
	expect_shows(&s, "Nina Roy");
	expect_shows(&s, "manager");
	expect_hides(&s, "Without Phone");
	expect_hides(&s, "Long Gone");
	expect_hides(&s, "Marie Tremblay  "); /* nobody passes a call on to oneself */
	press(&s, "Down Enter");
	cr_assert(wished(&s, OUT_TRANSFER, &w));
	cr_expect_str_eq(w.user_id, id_of(704));
	cr_expect_str_eq(w.conversation_id, id_of(1));
	cr_expect_eq(w.epoch, 3);
	outgoing_clear(&w);
	expect_shows(&s, "Luc Gagnon’s phone rings; the call stays with you until they press 1.");
	press(&s, "f Esc");
	cr_expect(!wished(&s, OUT_TRANSFER, &w));
	expect_shows(&s, "Is my bike ready?");
	stage_close(&s);
}

Test(calling, says_so_when_no_colleague_can_be_rung)
{
	struct stage s = on_the_line(LANGUAGE_FR);

	holder_is(&s, ME, "Marie Tremblay", 3);
	call_is(&s, EVENT_CALL_UPDATED, CALL_CONFERENCE, false, false);
	press(&s, "f");
	tell(&s, &(struct msg){.kind = MSG_COLLEAGUES, .id = wish_of(&s, OUT_COLLEAGUES)});
	expect_shows(&s, "Aucun collègue n’a de numéro de téléphone.");
	expect_nothing(&s, "Enter", "Aucun collègue");
	stage_close(&s);
}

Test(calling, a_customer_is_called_when_an_order_of_theirs_is_ready)
{
	struct stage s = on_the_line(LANGUAGE_EN);
	struct problem none = {.status = 409, .code = str_of("not_ready")};
	struct outgoing w;
	uint32_t id;

	expect_nothing(&s, "P", "The call is still on");
	call_is(&s, EVENT_CALL_ENDED, CALL_ENDED, false, false);
	expect_nothing(&s, "P", "Have Ana Silva called: an order is ready?");
	press(&s, "y");
	cr_assert(wished(&s, OUT_PICKUP_CALL, &w));
	cr_expect_str_neq(w.customer_id, "");
	id = w.id;
	outgoing_clear(&w);
	tell(&s, &(struct msg){.kind = MSG_DONE, .id = id});
	expect_shows(&s, "Ana Silva will be called within the store’s calling hours.");
	press(&s, "P y");
	tell(&s, &(struct msg){.kind = MSG_REFUSED,
			       .id = wish_of(&s, OUT_PICKUP_CALL),
			       .problem = &none});
	expect_shows(&s, "No order of theirs is ready.");
	stage_close(&s);
}
