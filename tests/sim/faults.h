/*
 * faults.h - what goes wrong on purpose: switches that are thrown at run time, in words.
 *
 *   KIND [after] [on TARGET] [to NUMBER] [at N] [code N] [next N | P% | always] [for N ms|s]
 *        [retry-after N]
 *
 *   429 next 2 retry-after 3      the next two sends are answered 429 with Retry-After: 3
 *   reset after 10%               one send in ten is taken, and its connection reset
 *   wrong-signature on callback   the next status callback is signed with another key
 *   cut on agent at 40            the next conversation's socket is reset at its 40th message
 *
 *   silence on agent to +15145550199 at 60   of that caller's conversation alone
 *
 * Without a number of times it happens once. The first switch that fits and fires is taken.
 */
#ifndef SWITCHBACK_TESTS_SIM_FAULTS_H
#define SWITCHBACK_TESTS_SIM_FAULTS_H

#include "shared/buf.h"
#include "shared/err.h"
#include "shared/phone.h"

enum sim_fault_kind {
	SIM_FAULT_NONE,
	/* of the API's answers */
	SIM_FAULT_429,
	SIM_FAULT_500,
	SIM_FAULT_503,
	SIM_FAULT_HANG,    /* no answer */
	SIM_FAULT_RESET,   /* the connection is cut */
	SIM_FAULT_SLOW,    /* the right answer, late */
	SIM_FAULT_GARBAGE, /* an answer that is no JSON */
	/* of our own requests */
	SIM_FAULT_DUPLICATE,
	SIM_FAULT_REORDER, /* held back until another one has gone, 2 s at most */
	SIM_FAULT_WRONG_SIGNATURE,
	SIM_FAULT_NO_SIGNATURE,
	SIM_FAULT_REPLAY, /* sent once more, byte for byte, some time later */
	SIM_FAULT_LOST,   /* never sent */
	/* of our sockets: media streams and conversations */
	SIM_FAULT_REFUSE,  /* it does not open */
	SIM_FAULT_CUT,     /* reset at message N of either direction */
	SIM_FAULT_CLOSE,   /* closed with a code at message N */
	SIM_FAULT_SILENCE, /* from message N on nothing of ours goes out, for a while or for good */
	SIM_FAULT_LATE,    /* what goes out goes late */
	SIM_FAULT_FREEZE,  /* from message N on it neither reads nor answers */
	/* of a call that is being changed */
	SIM_FAULT_GONE, /* the caller hangs up right before (after: right behind) the change */
	SIM_FAULT_KINDS,
};

enum sim_fault_on {
	SIM_ON_SEND,       /* POST Messages.json */
	SIM_ON_API,        /* every request to the API */
	SIM_ON_CALL,       /* a call or a participant is created */
	SIM_ON_UPDATE,     /* a call or a participant is changed */
	SIM_ON_WEBHOOK,    /* webhooks of texts */
	SIM_ON_VOICE,      /* webhooks of calls that fetch TwiML */
	SIM_ON_CALLBACK,   /* status callbacks of both */
	SIM_ON_STREAM,     /* media streams */
	SIM_ON_AGENT,      /* conversation sockets */
	SIM_ON_ELEVENLABS, /* requests to ElevenLabs' API */
	SIM_ON_POST_CALL,  /* ElevenLabs' webhooks */
	SIM_ON_TARGETS
};

struct sim_fault {
	enum sim_fault_kind kind;
	enum sim_fault_on on;
	bool after;             /* after the request took effect */
	int left;               /* times that are left; -1: no end */
	double chance;          /* 0..1 each time */
	int ms;                 /* slow, replay, silence, late: how long; 0: for good */
	int at;                 /* of a socket: the message; 0: from the start */
	int code;               /* close: with which code */
	int retry_after;        /* seconds; 0: no header */
	char to[PHONE_MAX + 8]; /* only requests about this phone; "" for all */
	unsigned taken;
};

#define SIM_FAULTS_MAX 256

struct sim_faults {
	struct sim_fault at[SIM_FAULTS_MAX];
	size_t n;
	uint64_t random; /* state of the generator; set it for a run that repeats itself */
};

/* Reads one line of the grammar above. */
MUST_USE
bool sim_fault_parse(struct str text, struct sim_fault *out, struct err *err);
/* Writes it back in the same words. */
void sim_fault_text(const struct sim_fault *f, struct buf *out);
MUST_USE
bool sim_faults_add(struct sim_faults *fs, const struct sim_fault *f, struct err *err);
void sim_faults_forget(struct sim_faults *fs);
/* Only those that wait for this phone. */
void sim_faults_forget_phone(struct sim_faults *fs, struct str phone);

/* What shall go wrong with this request about this phone: a copy of the switch, kind
 * SIM_FAULT_NONE when nothing. A send is an API request too: switches on both fit it. */
struct sim_fault sim_faults_take(struct sim_faults *fs, enum sim_fault_on on, struct str phone);
/* What shall happen to a call besides, when it is changed: SIM_FAULT_GONE or nothing. */
struct sim_fault sim_faults_take_change(struct sim_faults *fs, struct str phone);

/* The kinds with a sentence each, for --help. */
void sim_faults_help(struct buf *out);
const char *sim_fault_word(enum sim_fault_kind k);

#endif
