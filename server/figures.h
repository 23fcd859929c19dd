/*
 * figures.h - counters that /metrics shows. One line a figure: name, kind, help.
 */
#ifndef SWITCHBACK_SERVER_FIGURES_H
#define SWITCHBACK_SERVER_FIGURES_H

#include "shared/base.h"

/* clang-format off: a figure a line */
#define FIGURES(X)                                                                            \
	X(texts_kept, "Inbound texts stored")                                                 \
	X(texts_duplicate, "Inbound texts that were stored already")                          \
	X(texts_nobody, "Inbound texts to a number of no active store")                       \
	X(texts_refused, "Inbound texts that could not be kept (answered 5xx)")               \
	X(signatures_refused, "Provider requests with a missing or wrong signature")          \
	X(forms_refused, "Signed provider requests that could not be read")                   \
	X(statuses_moved, "Status callbacks that moved a message forward")                    \
	X(statuses_old, "Status callbacks that told nothing new")                             \
	X(statuses_unknown, "Status callbacks for a message that is not ours")                \
	X(turns_stored, "Agent turns stored")                                                 \
	X(turns_escalated, "Agent turns that asked for a person")                             \
	X(turns_given_up, "Agent turns that found the thread taken or their lease gone")      \
	X(calls_begun, "Calls that came in")                                                  \
	X(calls_nobody, "Requests about calls that are no active store's")                    \
	X(calls_again, "Call documents put off for a second: the database was slow")          \
	X(calls_to_store, "Calls sent to the store's own number")                             \
	X(call_turns, "Agent turns on calls")                                                 \
	X(steers_done, "Requests about calls that the carrier has carried out")               \
	X(steers_again, "Requests about calls that it has not, or not surely")                \
	X(sends_sent, "Texts that the carrier accepted")                                      \
	X(sends_again, "Sends put off: the carrier surely did not take them")                 \
	X(sends_failed, "Texts that the carrier refused for good")                            \
	X(sends_unknown, "Sends whose effect was unknown at first")                           \
	X(sends_found, "Unknown sends found in the carrier's list")                           \
	X(sends_absent, "Unknown sends surely absent from the carrier's list, queued again")  \
	X(natives_asked, "Calls of ElevenLabs' own that variables were given for")            \
	X(natives_personal, "Those whose caller a signed webhook vouched for")                \
	X(natives_blind, "Those answered without knowing the store in time")                  \
	X(dials_taken, "Calls to customers that the carrier accepted")                        \
	X(dials_again, "Calls put off: the carrier surely did not take them")                 \
	X(dials_refused, "Calls that the carrier refused for good")                           \
	X(dials_unknown, "Calls whose effect was unknown at first")                           \
	X(dials_found, "Unknown calls found in the carrier's list")                           \
	X(dials_absent, "Unknown calls surely absent from that list, dialled again")          \
	X(dials_found_over, "Calls whose end the carrier's record told, no callback")         \
	X(promises_broken, "Promises whose time passed without an answer")                    \
	X(cards_redacted, "Payment card numbers taken out of texts")                          \
	X(sign_ins, "Staff who signed in")                                                    \
	X(sign_ins_refused, "Sign-ins with a wrong password or account")                      \
	X(sign_ins_delayed, "Sign-ins put off after wrong ones (answered 429)")               \
	X(tokens_refused, "Requests with no token, or one that does not hold")                \
	X(sessions_reused, "Sign-ins ended because an old refresh token came again")          \
	X(streams_refused, "Media streams without a right signature or token")                \
	X(bridges_begun, "Calls whose conversation with the agent was begun")                 \
	X(bridges_failed, "Calls whose conversation with the agent failed")                   \
	X(bridges_renewed, "Conversations with the agent begun anew on a call that lost one") \
	X(bridges_wished, "Calls on which the caller asked the agent for a person")           \
	X(lines_recovered, "Lines of calls read back from ElevenLabs' transcript")
/* clang-format on */

struct figures {
#define FIGURE_FIELD(name, help) uint64_t name;
	FIGURES(FIGURE_FIELD)
#undef FIGURE_FIELD
};

#endif
