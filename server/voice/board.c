/*
 * board.c - see board.h.
 */
#include "server/voice/board.h"

#include "shared/log.h"
#include "shared/utf8.h"
#include "shared/wire/event.h"
#include "shared/wire/leg.h"

#define TEXT_MAX 4000 /* bytes of one whisper or text that the agent is told */

struct board {
	struct hub *hub;
	struct board_call *first;
	unsigned n;
};

/* ---- what the agent is told ---- */

static struct str shown(struct arena *a, const char *body)
{
	return utf8_cut(str_trim(utf8_repair(a, str_of(body))), TEXT_MAX);
}

static void whispered(struct board_call *c, struct arena *a, const struct wire_event_message *m)
{
	struct str body = shown(a, m->body);

	if (body.n == 0 || c->over)
		return;
	if (!bridge_tell(
		    c->bridge,
		    str_of(arena_printf(a,
					"Instruction from %s of the store's team. The caller does "
					"not hear it: follow it, do not read it out. " STR_FMT,
					m->author_name == NULL ? "a member" : m->author_name,
					STR_ARG(body)))))
		log_info("event=whisper_unheard conversation=%s", c->conversation);
}

static void texted(struct board_call *c, struct arena *a, const struct wire_event_message *m)
{
	struct str body = shown(a, m->body);

	if (c->over)
		return;
	if (body.n > 0 && bridge_say(c->bridge, body) && c->scribe != NULL)
		scribe_typed(c->scribe, body);
	if (m->media_n > 0)
		(void)bridge_tell(c->bridge,
				  STR_LIT("The caller has just sent a picture or a file by text "
					  "message. You cannot see it; the team can."));
}

/* ---- not ours any more ---- */

static void give_up(struct board_call *c, const char *why)
{
	if (c->over)
		return;
	c->over = true;
	log_info("event=call_given_up conversation=%s why=%s", c->conversation, why);
	if (c->scribe != NULL)
		scribe_fence(c->scribe);
	bridge_hush(c->bridge);
	bridge_close(c->bridge);
}

static void thread_moved(struct board_call *c, const struct wire_event_conversation *now)
{
	if (now->epoch > c->epoch || now->holder != HOLDER_AGENT)
		give_up(c, "holder");
}

static void leg_moved(struct board_call *c, const struct wire_leg *leg)
{
	if (strcmp(leg->call_id, c->call) == 0 && strcmp(leg->stage, "bridge") != 0)
		give_up(c, leg->stage);
}

static void thread_told(struct board_call *c, struct arena *a, const struct wire_event *e)
{
	if (e->is_erased)
		return;
	if (e->type == EVENT_MESSAGE_NOTED && e->message.kind == KIND_WHISPER)
		whispered(c, a, &e->message);
	else if (e->type == EVENT_MESSAGE_RECEIVED && e->message.channel == CHANNEL_SMS)
		texted(c, a, &e->message);
	else if (e->type == EVENT_CONVERSATION_UPDATED)
		thread_moved(c, &e->conversation);
	else if (e->type == EVENT_CONVERSATION_CLOSED)
		give_up(c, "closed");
}

static void heard(void *with, const struct event_row *row)
{
	struct board_call *c = with;
	struct arena a = {0};
	struct err err = {0};
	struct wire_event e;
	struct wire_leg leg;
	bool of_leg = str_is(row->type, "call.updated") || str_is(row->type, "call.ended");

	if (of_leg && wire_leg_read(row->data, &a, &leg, &err))
		leg_moved(c, &leg);
	else if (!of_leg && wire_event_read(row->data, &a, &e, &err))
		thread_told(c, &a, &e);
	else
		log_error("event=event_unreadable seq=%" PRId64 " text=\"%s\"", row->seq, err.text);
	arena_free(&a);
}

/* ---- the board ---- */

struct board *board_open(struct hub *hub)
{
	struct board *b = xcalloc(1, sizeof *b);

	b->hub = hub;
	return b;
}

void board_add(struct board *b, struct board_call *c, int64_t after)
{
	c->board = b;
	c->prev = NULL;
	c->next = b->first;
	if (c->next != NULL)
		c->next->prev = c;
	b->first = c;
	b->n++;
	c->ear = hub_listen(b->hub, c->organization, c->conversation, after, heard, c);
}

void board_remove(struct board_call *c)
{
	if (c->board == NULL)
		return;
	hub_unlisten(c->ear);
	c->ear = NULL;
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		c->board->first = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	c->board->n--;
	c->board = NULL;
}

struct board_call *board_find(const struct board *b, const char *organization,
			      const char *conversation)
{
	struct board_call *c = b->first;

	while (c != NULL && (strcmp(c->organization, organization) != 0 ||
			     strcmp(c->conversation, conversation) != 0))
		c = c->next;
	return c;
}

unsigned board_count(const struct board *b)
{
	return b->n;
}

void board_close(struct board *b)
{
	if (b == NULL)
		return;
	while (b->first != NULL)
		board_remove(b->first);
	free(b);
}
