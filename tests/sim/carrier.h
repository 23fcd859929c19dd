/*
 * carrier.h - what becomes of a text between a store and a phone.
 *
 * Out: queued, sending, sent, delivered (or how the phone behaves), each told by a signed callback
 * but the first and "sending". In: stop words, then the store's webhook, then its replies.
 */
#ifndef SWITCHBACK_TESTS_SIM_CARRIER_H
#define SWITCHBACK_TESTS_SIM_CARRIER_H

#include "tests/sim/hook.h"
#include "tests/sim/sim.h"

/* Takes an outgoing text that was just accepted on its way. */
void sim_carrier_send(struct sim *s, struct sim_text *t);

struct sim_inbound {
	struct str from, to, body; /* `to` is one of our numbers */
	struct {
		struct str content_type, bytes;
	} media[SIM_MEDIA_MAX];
	unsigned media_n;
};

struct sim_received {
	char sid[SIM_SID];
	const struct sim_hook_result *hook; /* NULL when the number has no SmsUrl */
};

/* A phone sends a text. False when `to` is no number of ours or the body is too long. `done` is
 * told once when the webhook has been answered, possibly inside this call; it may be NULL. sid gets
 * the new message's. */
MUST_USE
bool sim_carrier_receive(struct sim *s, const struct sim_inbound *in,
			 void (*done)(void *with, const struct sim_received *), void *with,
			 char sid[SIM_SID], struct err *err);

/* Ends every journey where it is. */
void sim_carrier_drop(struct sim *s);

#endif
