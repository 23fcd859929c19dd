/*
 * words.c - see words.h. Each list stands in the order of its enum.
 */
#include "shared/wire/words.h"

struct word {
	const char *text;
	int number;
};

static const struct word channels[] = {
	{"sms", CHANNEL_SMS}, {"voice", CHANNEL_VOICE}, {"chat", CHANNEL_CHAT}, {NULL, 0}};

static const struct word thread_states[] = {
	{"open", THREAD_OPEN}, {"closed", THREAD_CLOSED}, {NULL, 0}};

static const struct word holders[] = {
	{"agent", HOLDER_AGENT}, {"nobody", HOLDER_NOBODY}, {"staff", HOLDER_STAFF}, {NULL, 0}};

static const struct word calls[] = {
	{"ringing", CALL_RINGING}, {"bridge", CALL_BRIDGE},         {"builtin", CALL_BUILTIN},
	{"typing", CALL_TYPING},   {"conference", CALL_CONFERENCE}, {"voicemail", CALL_VOICEMAIL},
	{"native", CALL_NATIVE},   {"ended", CALL_ENDED},           {NULL, 0}};

static const struct word directions[] = {{"in", DIRECTION_IN}, {"out", DIRECTION_OUT}, {NULL, 0}};

static const struct word authors[] = {{"customer", AUTHOR_CUSTOMER},
				      {"agent", AUTHOR_AGENT},
				      {"staff", AUTHOR_STAFF},
				      {"system", AUTHOR_SYSTEM},
				      {NULL, 0}};

static const struct word message_kinds[] = {{"text", KIND_TEXT},     {"keyword", KIND_KEYWORD},
					    {"note", KIND_NOTE},     {"whisper", KIND_WHISPER},
					    {"notice", KIND_NOTICE}, {"marker", KIND_MARKER},
					    {"reply", KIND_TEXT},    {NULL, 0}};

static const struct word deliveries[] = {{"received", DELIVERY_RECEIVED},
					 {"queued", DELIVERY_QUEUED},
					 {"sending", DELIVERY_SENDING},
					 {"sent", DELIVERY_SENT},
					 {"delivered", DELIVERY_DELIVERED},
					 {"undelivered", DELIVERY_UNDELIVERED},
					 {"failed", DELIVERY_FAILED},
					 {"read", DELIVERY_READ},
					 {"accepted", DELIVERY_ACCEPTED},
					 {"scheduled", DELIVERY_SCHEDULED},
					 {"canceled", DELIVERY_CANCELED},
					 {"unknown", DELIVERY_UNKNOWN},
					 {"superseded", DELIVERY_SUPERSEDED},
					 {"suppressed", DELIVERY_SUPPRESSED},
					 {"held", DELIVERY_HELD},
					 {NULL, 0}};

static const struct word classes[] = {{"order_status", CLASS_ORDER_STATUS},
				      {"service_booking", CLASS_SERVICE_BOOKING},
				      {"sales_inquiry", CLASS_SALES_INQUIRY},
				      {"store_info", CLASS_STORE_INFO},
				      {"returns", CLASS_RETURNS},
				      {"human_request", CLASS_HUMAN_REQUEST},
				      {"complaint", CLASS_COMPLAINT},
				      {"general_support", CLASS_GENERAL_SUPPORT},
				      {NULL, 0}};

static const struct word escalation_states[] = {{"requested", ESCALATION_REQUESTED},
						{"queued", ESCALATION_QUEUED},
						{"claimed", ESCALATION_CLAIMED},
						{"connecting", ESCALATION_CONNECTING},
						{"active", ESCALATION_ACTIVE},
						{"wrap_up", ESCALATION_WRAP_UP},
						{"closed", ESCALATION_CLOSED},
						{"callback_promised", ESCALATION_CALLBACK_PROMISED},
						{"voicemail_taken", ESCALATION_VOICEMAIL_TAKEN},
						{"returned_to_bot", ESCALATION_RETURNED_TO_BOT},
						{"customer_gone", ESCALATION_CUSTOMER_GONE},
						{"expired", ESCALATION_EXPIRED},
						{NULL, 0}};

static const struct word roles[] = {{"admin", ROLE_WORD_ADMIN},
				    {"manager", ROLE_WORD_MANAGER},
				    {"staff", ROLE_WORD_STAFF},
				    {"service_tech", ROLE_WORD_SERVICE_TECH},
				    {NULL, 0}};

static const struct word *const lists[] = {
	[WORDS_CHANNEL] = channels,
	[WORDS_THREAD_STATE] = thread_states,
	[WORDS_HOLDER] = holders,
	[WORDS_CALL] = calls,
	[WORDS_DIRECTION] = directions,
	[WORDS_AUTHOR] = authors,
	[WORDS_MESSAGE_KIND] = message_kinds,
	[WORDS_DELIVERY] = deliveries,
	[WORDS_CLASS] = classes,
	[WORDS_ESCALATION_STATE] = escalation_states,
	[WORDS_ROLE] = roles,
};

int wire_word_of(enum wire_list list, struct str word)
{
	for (const struct word *w = lists[list]; w->text != NULL; w++) {
		if (str_is(word, w->text))
			return w->number;
	}
	return 0;
}

const char *wire_word(enum wire_list list, int number)
{
	for (const struct word *w = lists[list]; w->text != NULL; w++) {
		if (w->number == number)
			return w->text;
	}
	return "";
}

bool escalation_is_open(enum escalation_state s)
{
	return s != ESCALATION_OTHER && s != ESCALATION_CLOSED && s != ESCALATION_RETURNED_TO_BOT &&
	       s != ESCALATION_CUSTOMER_GONE && s != ESCALATION_EXPIRED;
}
