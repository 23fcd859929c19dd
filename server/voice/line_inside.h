/*
 * line_inside.h - one stream, for the files of line.h alone: line.c has its life, line_begin.c how
 * its conversation is begun (and once more, when one was lost), line_wish.c what caller and agent
 * ask for on it.
 */
#ifndef SWITCHBACK_SERVER_VOICE_LINE_INSIDE_H
#define SWITCHBACK_SERVER_VOICE_LINE_INSIDE_H

#include "server/app.h"
#include "server/store/stream.h"
#include "server/twilio/sign.h"
#include "server/voice/board.h"
#include "shared/language.h"

#define LINE_SID 65 /* a carrier's SID, with its NUL */

struct line {
	struct board_call call; /* its ids are there once `begun` */
	struct app *app;
	unsigned refs; /* the bridge, and flows under way */
	bool gone;     /* the bridge has ended */
	bool begun;    /* the token was good */
	bool connected, renewed;
	bool unfinished; /* renewed, and the caller waits for a word */
	bool overrode;   /* the agent was asked to speak otherwise than it is set up to */
	bool plain;      /* it refused: it is asked for nothing more */
	enum language language;
	char call_sid[LINE_SID], stream_sid[LINE_SID];
	unsigned char hash[32]; /* of the stream's token */
	/* the upgrade, while its signature waits for its store's key */
	char *target, *signature;
	char *resume; /* what the agent is told when it is there; or NULL */
};

void line_hold(struct line *l);
void line_drop(struct line *l); /* flow_on_end's too, through line_over */
void line_over(void *line);
/* Was the upgrade signed with that key? */
bool line_signed(const struct line *l, const struct twilio_key *key);

/* Opens the conversation of a stream that has shown its token; or another one, where one was lost.
 * When that fails the call goes to our own voice. */
void line_begin(struct line *l);
/* Tells the database that the agent's part is over (`why`: done, failed), then closes the bridge if
 * it is still there: so the carrier's next request finds the stage that comes next. */
void line_give_up(struct line *l, const char *why);

/* The caller pressed 0. */
void line_key_zero(struct line *l);
/* The agent calls a client tool; it is answered here, at once or when it is done. */
void line_tool(struct line *l, struct str name, struct str id, struct str parameters_json);

#endif
