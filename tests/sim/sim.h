/*
 * sim.h - the practice line: one struct that owns all its state.
 *
 *   door      the listening socket: who asks what, and what goes wrong with the answer
 *   rest      Twilio's API, pure: a question in, an answer out
 *   control   /sim/: texts from the handset, what it shows, switches, what happened
 *   carrier   what becomes of a text: states, callbacks, stop words, the store's webhook
 *   hook      one signed request to the store, with its attempts, fallback and redirects
 *   voice/    calls: legs, their documents, conferences, media streams
 *   eleven/   ElevenLabs: its API, conversations with an agent that is played, its webhooks
 */
#ifndef SWITCHBACK_TESTS_SIM_SIM_H
#define SWITCHBACK_TESTS_SIM_SIM_H

#include "server/core/flow.h"
#include "tests/sim/behaviour.h"
#include "tests/sim/faults.h"
#include "tests/sim/journal.h"
#include "tests/sim/marks.h"
#include "tests/sim/numbers.h"
#include "tests/sim/texts.h"

#define SIM_ACCOUNTS_MAX 16
#define SIM_ALERTS_MAX   1000

struct sim_account {
	char sid[SIM_SID];
	char token[80];
	char key_sid[SIM_SID], key_secret[80]; /* an API key, "" if none */
};

/* What a person would see in Twilio's debugger. */
struct sim_alert {
	int64_t at_us;
	int code;
	char sid[SIM_SID];
	char text[200];
};

struct sim_settings {
	const char *host;        /* "127.0.0.1": the line is for this machine alone */
	int port;                /* 0: any free one */
	int elevenlabs_port;     /* -1: none */
	const char *service_url; /* default of SmsUrl; NULL: none */
	const char *log;         /* file of the journal; NULL: none */
	unsigned send_ms;        /* queued to sent */
	unsigned deliver_ms;     /* sent to delivered */
	unsigned kept;           /* messages in memory */
	unsigned extra_every;    /* a parameter nobody knows, on every nth webhook; 0: never */
	unsigned in_flight_max;  /* API requests at a time before 20429; 0: no limit */
	unsigned letters_per_s;  /* how fast voices speak */
	unsigned answer_ms;      /* a phone rings so long before somebody answers */
	unsigned ring_ms;        /* from initiated to ringing */
	unsigned calls_per_s;    /* outgoing calls of an account; the others queue; 0: no limit */
	bool gone_is_missing;    /* "completed" for a call that is over: 404, not 200 */
	const char *elevenlabs_key;   /* what xi-api-key must be; NULL: anything */
	const char *post_call_url;    /* where ElevenLabs' webhooks go; NULL: nowhere */
	const char *post_call_secret; /* which signs them */
	bool advanced_opt_out;        /* OptOutType, French stop words and replies */
	bool media_auth;              /* media only with credentials */
};

struct http;
struct web;
struct sim_waiter;
struct sim_hook;
struct sim_queued;
struct sim_leg;
struct sim_room;
struct sim_recording;
struct sim_watcher;
struct sim_agent;
struct sim_conv;
struct sim_el_link;
struct late;

struct sim {
	struct sim_settings set;
	struct loop *loop;
	struct flows *flows;
	struct http *http;
	struct web *web, *elevenlabs_web;
	struct sim_account accounts[SIM_ACCOUNTS_MAX];
	unsigned accounts_n;
	struct sim_numbers numbers;
	struct sim_texts texts;
	struct sim_marks opted_out;  /* "sender phone" -> 1 */
	struct sim_marks behaviours; /* phone -> 1 + kind * 100000 + code */
	struct sim_marks rings;      /* phone -> what it does when it rings (voice/person.c) */
	struct sim_faults faults;
	struct sim_journal journal;
	struct sim_alert alerts[SIM_ALERTS_MAX];
	uint64_t alerts_n;            /* ever raised; the newest SIM_ALERTS_MAX are kept */
	struct late *late;            /* answers that are given later (late.c) */
	struct sim_waiter *waiters;   /* asks for news of a handset (control.c) */
	struct sim_hook *held;        /* requests held back by "reorder" (hook.c) */
	struct sim_journey *journeys; /* texts on their way (carrier.c) */
	struct sim_queued *queued_first, *queued_last; /* requests that wait in line (fetch.c) */
	struct sim_leg *legs;                          /* calls, newest first (voice/leg.c) */
	struct sim_room *rooms;                        /* conferences (voice/room.c) */
	struct sim_recording *recordings;              /* newest first (voice/recordings.c) */
	struct sim_watcher *watchers;                  /* asks for news of a call (voice/watch.c) */
	struct sim_agent *agents;                      /* (eleven/side.c) */
	struct sim_el_link *links;                     /* signed URLs */
	struct sim_conv *convs; /* conversations, newest first (eleven/conv.c) */
	unsigned agents_n, links_n, spoken;
	size_t legs_n;
	int64_t next_dial_ms; /* when the next outgoing call may leave its queue */
	uint64_t hooks_sent;
	unsigned in_flight, hooks_running, fetching;
	bool closing;
};

void sim_settings_default(struct sim_settings *set);

/* State alone: no socket yet. Fails only on the journal's file. */
MUST_USE
bool sim_open(struct sim *s, struct loop *l, const struct sim_settings *set, struct err *err);
/* Gives up what waits, then frees; the loop ends when it has nothing else. */
void sim_close(struct sim *s);
/* After the loop has ended. */
void sim_free(struct sim *s);
/* As new: messages, opt-outs, switches, alerts and journal are forgotten; accounts and numbers
 * stay. */
void sim_forget(struct sim *s);

MUST_USE
bool sim_account_add(struct sim *s, struct str sid, struct str token, struct err *err);
/* NULL when it is not ours. */
struct sim_account *sim_account_find(struct sim *s, struct str sid);
/* The webhook of a number that was given none: the service's own path ("sms", "voice", "status"),
 * "" without a service. */
#define SIM_URL 1024
void sim_default_url(const struct sim *s, const char *what, char out[SIM_URL]);
/* A number with its SmsUrl; an empty url takes the default. What concerns calls is the service's.
 */
MUST_USE
bool sim_number_open(struct sim *s, unsigned account, struct str phone, struct str sms_url,
		     struct err *err);

void sim_alert_raise(struct sim *s, int code, const char *sid, const char *fmt, ...)
	PRINTF_LIKE(4, 5);

struct sim_behaviour sim_behaves(const struct sim *s, struct str phone);
bool sim_behaviour_set(struct sim *s, struct str phone, struct sim_behaviour b);
bool sim_opted_out(const struct sim *s, struct str sender, struct str phone);
void sim_opt_out_set(struct sim *s, struct str sender, struct str phone, bool out);

#endif
