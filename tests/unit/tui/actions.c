/*
 * actions.c - the table of actions: every key means one thing in one place, and can be typed.
 */
#include <criterion/criterion.h>

#include "tui/keys/action.h"

static const unsigned places[] = {IN_SIGN_IN,  IN_LIST, IN_THREAD,  IN_FACTS,
				  IN_COMPOSER, IN_FIND, IN_CONFIRM, IN_HELP};

static bool bound(enum action a, size_t i, unsigned where, struct key *out)
{
	const struct action_entry *e = action_of(a);

	if (e->keys[i] == NULL || (e->where & where) == 0)
		return false;
	cr_assert(key_parse(e->keys[i], out), "%s: %s is no key", e->name, e->keys[i]);
	return (where & IN_TYPING) == 0 || !key_types(*out);
}

Test(actions, have_one_meaning_a_key_in_one_place)
{
	for (size_t p = 0; p < ARRAY_LEN(places); p++) {
		for (enum action a = ACT_NOTHING + 1; a < ACTS; a++) {
			for (size_t i = 0; i < 3; i++) {
				struct key k;

				if (bound(a, i, places[p], &k))
					cr_expect_eq(action_find(k, places[p]), a,
						     "%s does %s and %s in the same place (%u)",
						     action_of(a)->keys[i],
						     action_of(action_find(k, places[p]))->name,
						     action_of(a)->name, places[p]);
			}
		}
	}
}

Test(actions, have_names_of_their_own_and_help)
{
	for (enum action a = ACT_NOTHING + 1; a < ACTS; a++) {
		cr_expect(action_of(a)->help != WORD_NONE, "%s has no help", action_of(a)->name);
		for (enum action b = a + 1; b < ACTS; b++)
			cr_expect_str_neq(action_of(a)->name, action_of(b)->name);
	}
}

/* Every action can be reached where it is valid; the exceptions have a row of their own there. */
Test(actions, can_be_reached_wherever_they_are_valid)
{
	for (enum action a = ACT_NOTHING + 1; a < ACTS; a++) {
		for (size_t p = 0; p < ARRAY_LEN(places); p++) {
			char label[KEY_LABEL];

			if ((action_of(a)->where & places[p]) == 0)
				continue;
			action_key(a, places[p], LANGUAGE_EN, label);
			cr_expect(label[0] != '\0', "%s has no key in place %u", action_of(a)->name,
				  places[p]);
		}
	}
}

/* XOFF, XON; Tab, Enter and Esc under other names. */
Test(actions, avoid_keys_that_terminals_swallow)
{
	static const char swallowed[] = "sqim[";

	for (enum action a = ACT_NOTHING + 1; a < ACTS; a++) {
		for (size_t i = 0; i < 3; i++) {
			struct key k;

			if (!bound(a, i, IN_ALL & ~IN_TYPING, &k) && !bound(a, i, IN_TYPING, &k))
				continue;
			cr_expect(k.press != PRESS_CTRL || strchr(swallowed, (int)k.code) == NULL,
				  "%s: %s", action_of(a)->name, action_of(a)->keys[i]);
		}
	}
}

Test(actions, leave_typed_characters_alone_where_text_is_written)
{
	struct key q = {.press = PRESS_CHAR, .code = 'q'},
		   f1 = {.press = PRESS_FUNCTION, .code = 1};

	cr_expect_eq(action_find(q, IN_COMPOSER), ACT_NOTHING);
	cr_expect_eq(action_find(q, IN_LIST), ACT_QUIT);
	cr_expect_eq(action_find(f1, IN_COMPOSER), ACT_HELP);
}

Test(keys, are_read_and_written_by_name)
{
	static const struct {
		const char *name;
		struct key key;
		const char *en, *fr;
	} cases[] = {
		{"Ctrl-K", {PRESS_CTRL, 'k', false, false}, "Ctrl-K", "Ctrl-K"},
		{"Alt-Enter", {PRESS_ENTER, 0, true, false}, "Alt-Enter", "Alt-Entrée"},
		{"F12", {PRESS_FUNCTION, 12, false, false}, "F12", "F12"},
		{"F", {PRESS_CHAR, 'F', false, false}, "F", "F"},
		{"é", {PRESS_CHAR, 0xE9, false, false}, "é", "é"},
		{"Esc", {PRESS_ESCAPE, 0, false, false}, "Esc", "Échap"},
	};
	struct key k;
	char label[KEY_LABEL];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cr_assert(key_parse(cases[i].name, &k), "%s", cases[i].name);
		cr_expect(key_same(k, cases[i].key), "%s", cases[i].name);
		key_label(k, LANGUAGE_EN, label);
		cr_expect_str_eq(label, cases[i].en);
		key_label(k, LANGUAGE_FR, label);
		cr_expect_str_eq(label, cases[i].fr);
	}
	cr_expect(!key_parse("", &k) && !key_parse("Ctrl-", &k) && !key_parse("F13", &k) &&
		  !key_parse("nonsense", &k));
}
