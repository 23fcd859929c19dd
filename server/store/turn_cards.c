/*
 * turn_cards.c - card numbers that were given in pieces, over several messages, never reach the
 * agent; and the earlier pieces go from the database with the turn.
 */
#include "server/store/turn.h"
#include "shared/cards.h"
#include "shared/wire/pairs.h"

const char *turn_cards_out(struct arena *a, struct turn_context *c, uint64_t *cards)
{
	struct str texts[TURN_MESSAGES_MAX];
	bool redacted[TURN_MESSAGES_MAX];
	struct pair changed[TURN_MESSAGES_MAX];
	struct agent_message *fresh = ARENA_ARRAY(a, struct agent_message, TURN_MESSAGES_MAX);
	size_t changes = 0, n = 0;
	bool might = false;

	for (size_t i = 0; i < c->messages_n; i++) {
		texts[i] = c->messages[i].body;
		might = might || cards_might_continue(texts[i]);
	}
	if (!might || c->messages_n < 2)
		return NULL;
	*cards += cards_join(a, texts, c->messages_n, redacted);
	for (size_t i = 0; i < c->messages_n; i++) {
		if (redacted[i])
			changed[changes++] = (struct pair){str_of(c->messages[i].id), texts[i]};
		if (!c->messages[i].answered)
			fresh[n++] = (struct agent_message){texts[i], c->messages[i].media};
	}
	c->in.messages = fresh;
	return changes == 0 ? NULL : pairs_json(a, changed, changes);
}
