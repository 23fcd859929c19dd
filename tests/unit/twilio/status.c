/*
 * status.c - a message's status only moves forward, and every error code has a sentence for staff.
 */
#include "server/twilio/status.h"

#include <criterion/criterion.h>

#include "shared/utf8.h"

static enum message_status word(const char *w)
{
	return message_status_parse(str_of(w));
}

Test(status, every_word_of_twilio_is_known_and_comes_back)
{
	static const char *const words[] = {"queued",    "sending",   "sent",
					    "failed",    "delivered", "undelivered",
					    "receiving", "received",  "accepted",
					    "scheduled", "read",      "partially_delivered",
					    "canceled"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		cr_expect_str_eq(message_status_word(word(words[i])), words[i]);
	cr_expect_eq(word("Delivered"), MESSAGE_UNKNOWN);
	cr_expect_eq(word(""), MESSAGE_UNKNOWN);
	cr_expect_eq(word("unknown"), MESSAGE_UNKNOWN);
}

Test(status, only_moves_forward)
{
	static const struct {
		const char *from, *to;
		bool moves;
	} cases[] = {
		{"queued", "sent", true},
		{"sent", "delivered", true},
		{"delivered", "sent", false},
		{"sent", "sent", false},
		{"accepted", "queued", true},
		{"accepted", "scheduled", false},
		{"queued", "accepted", false},
		{"sending", "undelivered", true},
		{"delivered", "undelivered", false},
		{"undelivered", "delivered", false},
		{"failed", "delivered", false},
		{"canceled", "sent", false},
		{"delivered", "read", true},
		{"sent", "read", true},
		{"failed", "read", false},
		{"undelivered", "read", false},
		{"read", "delivered", false},
		{"read", "read", false},
		{"sent", "who knows", false},
		{"who knows", "queued", true},
		{"queued", "received", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_expect_eq(message_status_moves(word(cases[i].from), word(cases[i].to)),
			     cases[i].moves, "%s -> %s", cases[i].from, cases[i].to);
}

/* Whatever the order of arrival, a message ends where the first word that ends it says. */
Test(status, the_first_end_stays_in_every_order)
{
	static const enum message_status news[] = {MESSAGE_SENT, MESSAGE_DELIVERED,
						   MESSAGE_UNDELIVERED, MESSAGE_QUEUED,
						   MESSAGE_SENDING};

	for (size_t start = 0; start < ARRAY_LEN(news); start++) {
		enum message_status at = MESSAGE_QUEUED, first_end = MESSAGE_UNKNOWN;

		for (size_t i = 0; i < 2 * ARRAY_LEN(news); i++) {
			enum message_status to = news[(start + i * 3) % ARRAY_LEN(news)];

			if (message_status_ends(to) && first_end == MESSAGE_UNKNOWN)
				first_end = to;
			if (message_status_moves(at, to))
				at = to;
		}
		cr_expect_eq(at, first_end);
	}
}

Test(status, error_codes_say_what_to_do)
{
	static const struct {
		int code;
		enum carrier_reaction reaction;
	} cases[] = {
		{20003, REACT_CREDENTIALS}, {30002, REACT_CREDENTIALS}, {20429, REACT_RETRY},
		{21611, REACT_RETRY},       {20500, REACT_LOOK_FIRST},  {20503, REACT_LOOK_FIRST},
		{30003, REACT_TRY_AGAIN},   {30008, REACT_TRY_AGAIN},   {21211, REACT_FINAL},
		{21614, REACT_FINAL},       {30005, REACT_FINAL},       {30006, REACT_FINAL},
		{21610, REACT_OPTED_OUT},   {21608, REACT_SETUP},       {21408, REACT_SETUP},
		{30007, REACT_SETUP},       {30034, REACT_SETUP},       {21617, REACT_FAULT},
		{0, REACT_UNKNOWN},         {99999, REACT_UNKNOWN},     {-21610, REACT_UNKNOWN},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_expect_eq(carrier_error_reaction(cases[i].code), cases[i].reaction, "%d",
			     cases[i].code);
	cr_expect_eq(carrier_error_reaction(INT64_MAX), REACT_UNKNOWN);
}

Test(status, every_code_has_one_whole_sentence_in_both_languages)
{
	char english[CARRIER_ERROR_TEXT], french[CARRIER_ERROR_TEXT];
	int known = 0;

	for (int code = 0; code < 100000; code++) {
		const struct carrier_error *e = carrier_error_find(code);

		carrier_error_text(code, false, english);
		carrier_error_text(code, true, french);
		if (e == NULL) {
			if (code == 12345) {
				cr_expect_str_eq(english, "The carrier reports error 12345.");
				cr_expect(strstr(french, "12345") != NULL);
			}
			continue;
		}
		known++;
		cr_expect_eq(e->code, code);
		cr_expect_str_eq(english, e->english);
		cr_expect_str_eq(french, e->french, "%d is cut", code);
		cr_expect(english[strlen(english) - 1] == '.' && french[strlen(french) - 1] == '.');
		cr_expect(utf8_valid(str_of(french)));
		cr_expect_neq(e->reaction, REACT_UNKNOWN);
	}
	cr_expect_gt(known, 40);
	carrier_error_text(0, false, english);
	cr_expect_str_eq(english, "The carrier gave no reason.");
}
