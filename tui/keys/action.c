/*
 * action.c - see action.h.
 */
#include "tui/keys/action.h"

static const struct action_entry actions[ACTS] = {
#define X(symbol, name, where, key1, key2, key3, needs, permission, bar, help)    \
	[ACT_##symbol] = {name,       where,      needs,      {key1, key2, key3}, \
			  permission, WORD_##bar, WORD_##help},
	ACTIONS(X)
#undef X
};

const struct action_entry *action_of(enum action a)
{
	return &actions[a];
}

/* The i-th key of an action as it works there; false: there is none. */
static bool key_there(const struct action_entry *a, size_t i, unsigned where, struct key *out)
{
	if ((a->where & where) == 0 || a->keys[i] == NULL)
		return false;
	if (!key_parse(a->keys[i], out))
		BUG("the table of actions names a key that is none: %s", a->keys[i]);
	return (where & IN_TYPING) == 0 || !key_types(*out);
}

enum action action_find(struct key k, unsigned where)
{
	struct key bound;

	for (enum action a = ACT_NOTHING + 1; a < ACTS; a++) {
		for (size_t i = 0; i < ARRAY_LEN(actions[a].keys); i++) {
			if (key_there(&actions[a], i, where, &bound) && key_same(k, bound))
				return a;
		}
	}
	return ACT_NOTHING;
}

void action_key(enum action a, unsigned where, enum language language, char out[KEY_LABEL])
{
	struct key k;

	out[0] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(actions[a].keys); i++) {
		if (key_there(&actions[a], i, where, &k)) {
			key_label(k, language, out);
			return;
		}
	}
}
