/*
 * options.h - the command line of switchback-sim: one table makes the parser and the help.
 */
#ifndef SWITCHBACK_TESTS_SIM_OPTIONS_H
#define SWITCHBACK_TESTS_SIM_OPTIONS_H

#include "shared/arena.h"
#include "tests/sim/script.h"
#include "tests/sim/sim.h"

enum sim_command { SIM_SERVE = 1, SIM_PLAY = 2, SIM_PHONE = 4 };

#define SIM_OPTION_LIST 64

struct sim_list {
	struct str at[SIM_OPTION_LIST];
	size_t n;
};

struct sim_options {
	enum sim_command command;
	struct sim_settings set;
	struct str account_sid, auth_token; /* or from the environment */
	struct str api_key;                 /* "SK...:secret" */
	struct sim_list accounts;           /* "AC...:token" */
	struct sim_list numbers;            /* "+1416...[@AC...][=SmsUrl]" */
	struct sim_list services;           /* "MG...=+1416...,+1647..." */
	struct sim_list names;              /* "+1416...=Bici Downtown" */
	struct sim_list faults;             /* lines of faults.h */
	struct sim_list agents;             /* ids of ElevenLabs agents */
	struct sim_list variables;          /* "NAME=value" */
	uint64_t seed;
	const char *sim_url, *file; /* of a running line; of the script, "-" is standard input */
	struct str from, to;
	bool french, ascii, help;
};

/* Reads argv[2...] for the command argv[1]; what is not given comes from TWILIO_ACCOUNT_SID,
 * TWILIO_AUTH_TOKEN, TWILIO_API_KEY ("SK...:secret"), ELEVENLABS_API_KEY, ELEVENLABS_AGENT_ID,
 * ELEVENLABS_POST_CALL_WEBHOOK_SECRET and LANG. Views point into argv and the environment. */
MUST_USE
bool sim_options_read(int argc, char **argv, struct sim_options *out, struct err *err);

/* Accounts, numbers, services, switches: what the options say about a line that is open already. */
MUST_USE
bool sim_options_apply(const struct sim_options *o, struct sim *s, struct err *err);

void sim_options_help(struct buf *out);

#endif
