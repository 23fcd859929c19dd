/*
 * calls_fault.c - see calls.h. A boundary is a message of a socket, a request to the carrier, a
 * callback of it: each has its row. Sockets are cut at each of their first messages, then more and
 * more rarely.
 */
#include "tests/storm/calls.h"

#define AT_STREAM(n)                                  \
	{                                             \
		.words = "cut on stream to %s at " #n \
	}
#define AT_AGENT(n)                                  \
	{                                            \
		.words = "cut on agent to %s at " #n \
	}
#define CLOSED(code, n)                                               \
	{                                                             \
		.words = "close code " #code " on agent to %s at " #n \
	}
#define UPDATE(kind)                                                   \
	{.words = kind " on update to %s next 2"},                     \
	{                                                              \
		.words = kind " on update to %s next 2", .staff = true \
	}

const struct fault faults[] = {
	{.words = NULL},
	/* the media stream */
	{.words = "refuse on stream to %s"},
	{.words = "refuse on stream to %s always"},
	AT_STREAM(1),
	AT_STREAM(2),
	AT_STREAM(3),
	AT_STREAM(4),
	AT_STREAM(5),
	AT_STREAM(8),
	AT_STREAM(13),
	AT_STREAM(21),
	AT_STREAM(34),
	AT_STREAM(55),
	AT_STREAM(90),
	AT_STREAM(150),
	AT_STREAM(230),
	AT_STREAM(340),
	AT_STREAM(500),
	{.words = "cut on stream to %s at 60 always"},
	{.words = "silence on stream to %s at 40 for 2 s"},
	{.words = "late on stream to %s at 30 for 400 ms"},
	{.words = "freeze on stream to %s at 120"},
	/* the conversation; what is silent stays so: TCP does not lose what is between */
	AT_AGENT(1),
	AT_AGENT(2),
	AT_AGENT(3),
	AT_AGENT(4),
	AT_AGENT(5),
	AT_AGENT(8),
	AT_AGENT(13),
	AT_AGENT(21),
	AT_AGENT(34),
	AT_AGENT(55),
	AT_AGENT(90),
	AT_AGENT(150),
	AT_AGENT(230),
	AT_AGENT(340),
	{.words = "cut on agent to %s at 60 always"},
	CLOSED(1008, 1),
	CLOSED(1008, 40),
	CLOSED(1011, 2),
	CLOSED(1011, 70),
	CLOSED(1002, 120),
	{.words = "close code 1000 on agent to %s at 200", .ends = true}, /* the agent hangs up */
	{.words = "silence on agent to %s at 1"},
	{.words = "silence on agent to %s at 3"},
	{.words = "silence on agent to %s at 40"},
	{.words = "silence on agent to %s at 180"},
	{.words = "silence on agent to %s at 30 always"},
	{.words = "freeze on agent to %s at 60"},
	/* the carrier's API: a leg that is moved, a phone that is rung */
	UPDATE("hang"),
	UPDATE("hang after"),
	UPDATE("500"),
	UPDATE("503 after"),
	UPDATE("429 retry-after 1"),
	UPDATE("reset after"),
	UPDATE("slow for 4 s"),
	UPDATE("garbage"),
	{.words = "hang on update to %s always"},
	{.words = "gone on update to %s", .ends = true},
	{.words = "gone after on update to %s", .ends = true},
	{.words = "hang on call to %s", .staff = true},
	{.words = "hang after on call to %s", .staff = true},
	{.words = "500 on call to %s next 2", .staff = true},
	{.words = "reset after on call to %s", .staff = true},
	/* what the carrier tells us */
	{.words = "lost on callback to %s always"},
	{.words = "duplicate on callback to %s always"},
	{.words = "reorder on callback to %s always"},
	{.words = "replay on callback to %s always"},
	{.words = "lost on callback to %s always", .staff = true},
	{.words = "reorder on callback to %s always", .staff = true},
	{.words = "duplicate on voice to %s always"},
	{.words = "replay on voice to %s always"},
	{.words = "reorder on voice to %s always"},
	{.words = "duplicate on voice to %s always", .staff = true},
	/* two at once */
	{.words = "cut on stream to %s at 100", .on_phone = "hang on update to %s next 2"},
	{.words = "cut on agent to %s at 80", .on_phone = "duplicate on voice to %s always"},
};
const size_t faults_n = ARRAY_LEN(faults);

const char *const weathers[] = {
	"503 on elevenlabs always",
	"hang on elevenlabs always",
	"slow for 2 s on elevenlabs always",
	"garbage on elevenlabs always",
	"refuse on agent 50%",
	"hang on update 30%",
	"lost on callback 50%",
	"duplicate on post-call always",
};
const size_t weathers_n = ARRAY_LEN(weathers);
