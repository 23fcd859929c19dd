/*
 * play_call.c - see play_call.h.
 */
#include "tests/sim/play_call.h"

#include "tests/sim/glob.h"
#include "tests/sim/words.h"

static const char *word_of(const json_t *j, const char *name)
{
	const char *s = json_string_value(json_object_get(j, name));

	return s == NULL ? "" : s;
}

void sim_play_call_begin(struct sim_play_call *c, const json_t *told, struct str phone,
			 struct str store)
{
	*c = (struct sim_play_call){.french = c->french, .phone = phone, .store = store};
	snprintf(c->sid, sizeof c->sid, "%s", word_of(told, "sid"));
}

static bool known(const struct sim_play_call *c, int64_t n)
{
	for (size_t i = 0; i < c->heard_n; i++) {
		if (c->heard[i].n == n)
			return true;
	}
	return false;
}

/* The caller's own words were printed when they said them; an agent's wait until they are said. */
static bool is_heard(const struct sim_play_call *c, const json_t *line)
{
	const char *kind = word_of(line, "kind");

	return strcmp(kind, "me") != 0 && strcmp(kind, "digits") != 0 &&
	       json_is_true(json_object_get(line, "over")) &&
	       !known(c, json_integer_value(json_object_get(line, "n")));
}

static struct str words_of(const struct sim_play_call *c, const json_t *line, struct arena *a)
{
	const char *text = word_of(line, "text");

	if (json_is_true(json_object_get(line, "cut")))
		return str_of(arena_printf(a, "%s...", word_of(line, "heard")));
	if (strcmp(word_of(line, "kind"), "note") == 0)
		return str_of(arena_printf(a, "(%s)", sim_note_says(text, c->french)));
	return arena_str(a, str_of(text));
}

static void line_came(struct sim_play_call *c, const json_t *line, struct arena *a,
		      struct sim_transcript *out)
{
	struct sim_play_heard *h;

	if (!is_heard(c, line))
		return;
	if (c->heard_n == SIM_HEARD_MAX) {
		memmove(c->heard, c->heard + 1, (SIM_HEARD_MAX - 1) * sizeof *c->heard);
		c->heard_n--;
	}
	h = &c->heard[c->heard_n++];
	*h = (struct sim_play_heard){.n = json_integer_value(json_object_get(line, "n")),
				     .words = words_of(c, line, a)};
	sim_transcript_line(out, c->store, "tel <", h->words);
}

void sim_play_call_news(struct sim_play_call *c, const json_t *told, struct arena *a,
			struct sim_transcript *out)
{
	const json_t *line;
	size_t i;

	json_array_foreach(json_object_get(told, "lines"), i, line)
	{
		line_came(c, line, a, out);
	}
	c->version = (uint64_t)json_integer_value(json_object_get(told, "version"));
	c->over = json_is_true(json_object_get(told, "over"));
}

bool sim_play_call_heard(struct sim_play_call *c, struct str pattern)
{
	for (size_t i = 0; i < c->heard_n; i++) {
		if (c->heard[i].taken || !sim_glob(pattern, c->heard[i].words))
			continue;
		for (size_t k = 0; k <= i; k++)
			c->heard[k].taken = true;
		return true;
	}
	return false;
}
