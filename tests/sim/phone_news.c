/*
 * phone_news.c - see phone_news.h.
 */
#include "tests/sim/phone_news.h"

#include "shared/clock.h"

static const char *word_of(const json_t *j, const char *name)
{
	const char *s = json_string_value(json_object_get(j, name));

	return s == NULL ? "" : s;
}

static bool is_true(const json_t *j, const char *name)
{
	return json_is_true(json_object_get(j, name));
}

/* 0 when it has none. */
static int64_t time_of(const json_t *j, const char *name)
{
	int64_t us;

	return clock_parse(word_of(j, name), &us) ? us : 0;
}

static void number_tell(struct phone *p, const json_t *n)
{
	struct phone_store s = {0};

	if (word_of(n, "number")[0] == '\0')
		return;
	snprintf(s.number, sizeof s.number, "%s", word_of(n, "number"));
	snprintf(s.name, sizeof s.name, "%s", word_of(n, "name"));
	phone_update(p, &(struct phone_msg){.kind = PHONE_MSG_STORE, .store = &s});
}

void phone_news_numbers(struct phone *p, const json_t *body)
{
	const json_t *n;
	size_t i;

	json_array_foreach(json_object_get(body, "numbers"), i, n)
	{
		number_tell(p, n);
	}
}

static void text_tell(struct phone *p, const json_t *j)
{
	bool mine = is_true(j, "mine");
	const char *store = word_of(j, mine ? "to" : "from");
	struct phone_text t = {.mine = mine,
			       .carrier = is_true(j, "carrier"),
			       .at_us = time_of(j, "at"),
			       .seq = (uint64_t)json_integer_value(json_object_get(j, "seq")),
			       .media_n = (unsigned)json_array_size(json_object_get(j, "media"))};

	if (word_of(j, "sid")[0] == '\0' || store[0] == '\0' ||
	    !json_is_string(json_object_get(j, "body")))
		return;
	snprintf(t.sid, sizeof t.sid, "%s", word_of(j, "sid"));
	snprintf(t.store, sizeof t.store, "%s", store);
	snprintf(t.state, sizeof t.state, "%s", word_of(j, "state"));
	t.body = xstrdup(word_of(j, "body"));
	phone_update(p, &(struct phone_msg){.kind = PHONE_MSG_TEXT, .text = &t});
	free(t.body);
}

/* ---- calls ---- */

static enum phone_text_kind kind_of(const char *word)
{
	static const struct {
		const char *word;
		enum phone_text_kind kind;
	} kinds[] = {{"say", PHONE_SPOKEN}, {"agent", PHONE_SPOKEN},   {"person", PHONE_SPOKEN},
		     {"me", PHONE_SPOKEN},  {"digits", PHONE_PRESSED}, {"play", PHONE_PLAYED}};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (strcmp(kinds[i].word, word) == 0)
			return kinds[i].kind;
	}
	return PHONE_NOTED;
}

static void line_tell(struct phone *p, const struct phone_call *c, const json_t *j)
{
	const char *kind = word_of(j, "kind");
	bool cut = is_true(j, "cut");
	struct phone_text t = {.kind = kind_of(kind),
			       .mine = strcmp(kind, "me") == 0 || strcmp(kind, "digits") == 0,
			       .cut = cut,
			       .at_us = time_of(j, "at")};

	snprintf(t.sid, sizeof t.sid, "%s/%" JSON_INTEGER_FORMAT, c->sid,
		 json_integer_value(json_object_get(j, "n")));
	snprintf(t.store, sizeof t.store, "%s", c->store);
	snprintf(t.who, sizeof t.who, "%s", word_of(j, "who"));
	t.body = xstrdup(word_of(j, cut ? "heard" : "text"));
	phone_update(p, &(struct phone_msg){.kind = PHONE_MSG_TEXT, .text = &t});
	free(t.body);
}

static enum phone_call_state state_of(const char *word)
{
	static const char *const words[] = {"queued", "ringing", "in-progress", "completed",
					    "busy",   "failed",  "no-answer",   "canceled"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(words[i], word) == 0)
			return (enum phone_call_state)i;
	}
	return PHONE_CALL_FAILED;
}

static void call_tell(struct phone *p, const json_t *j, int64_t now_us)
{
	struct phone_call c = {.state = state_of(word_of(j, "status")),
			       .incoming = strcmp(word_of(j, "direction"), "inbound") != 0,
			       .answered_us = time_of(j, "answered_at"),
			       .ended_us = time_of(j, "ended_at")};
	const json_t *line;
	size_t i;

	if (word_of(j, "sid")[0] == '\0')
		return;
	snprintf(c.sid, sizeof c.sid, "%s", word_of(j, "sid"));
	snprintf(c.store, sizeof c.store, "%s", word_of(j, "store"));
	json_array_foreach(json_object_get(j, "lines"), i, line)
	{
		line_tell(p, &c, line);
	}
	phone_update(p, &(struct phone_msg){.kind = PHONE_MSG_CALL, .call = &c, .now_us = now_us});
}

void phone_news(struct phone *p, const json_t *body, int64_t now_us)
{
	const json_t *calls = json_object_get(body, "calls"), *text;
	size_t i;

	json_array_foreach(json_object_get(body, "texts"), i, text)
	{
		text_tell(p, text);
	}
	for (i = json_array_size(calls); i > 0; i--) /* the newest comes first */
		call_tell(p, json_array_get(calls, i - 1), now_us);
}
