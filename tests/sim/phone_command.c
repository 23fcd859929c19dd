/*
 * phone_command.c - see phone_command.h. Commands have a name in each language and both always
 * work; one that does not fit the moment says so in one line.
 */
#include "tests/sim/phone_command.h"

#include "tests/sim/phone_call.h"

#define KEYS_MAX 64 /* pressed at once: the line's bound */

void phone_notice(struct phone *p, const char *text, bool warns)
{
	snprintf(p->notice, sizeof p->notice, "%s", text);
	p->notice_warns = warns;
}

void phone_warn(struct phone *p, enum sim_word w)
{
	phone_notice(p, sim_says(w, p->french), true);
}

/* ---- wishes ---- */

static struct phone_wish *wish_new(struct phone *p, enum phone_wish_kind kind)
{
	struct phone_wish *w;

	if (p->wishes_n == PHONE_WISHES_MAX) {
		phone_warn(p, SIM_SAYS_LINK_DOWN);
		return NULL;
	}
	w = &p->wishes[p->wishes_n++];
	memset(w, 0, sizeof *w);
	w->kind = kind;
	return w;
}

static void send_wish(struct phone *p, struct str body, bool picture, struct str file)
{
	struct phone_wish *w;

	if (p->stores_n == 0) {
		phone_warn(p, SIM_SAYS_NO_STORE);
		return;
	}
	w = wish_new(p, PHONE_WISH_SEND);
	if (w == NULL)
		return;
	snprintf(w->to, sizeof w->to, "%s", phone_store_number(p));
	snprintf(w->body, sizeof w->body, STR_FMT, STR_ARG(body));
	snprintf(w->file, sizeof w->file, STR_FMT, STR_ARG(file.n > 0 ? file : STR_LIT("-")));
	w->picture = picture;
	p->scroll = 0;
}

static bool call_wish(struct phone *p, enum phone_wish_kind kind, const struct phone_call *c,
		      struct str body)
{
	struct phone_wish *w = wish_new(p, kind);

	if (w == NULL)
		return false;
	snprintf(w->call, sizeof w->call, "%s", c->sid);
	snprintf(w->body, sizeof w->body, STR_FMT, STR_ARG(body));
	p->scroll = 0;
	return true;
}

/* ---- numbers ---- */

static void store_take(struct phone *p, struct str number)
{
	struct phone_store *s;

	for (size_t i = 0; i < p->stores_n; i++) {
		if (str_is(number, p->stores[i].number)) {
			p->store = i;
			return;
		}
	}
	if (p->stores_n == PHONE_STORES_MAX)
		p->stores_n--;
	p->store = p->stores_n++;
	s = &p->stores[p->store];
	*s = (struct phone_store){0};
	snprintf(s->number, sizeof s->number, STR_FMT, STR_ARG(number));
}

static bool number_read(struct phone *p, struct str words, char e164[PHONE_MAX])
{
	if (phone_parse(words, e164))
		return true;
	phone_warn(p, SIM_SAYS_BAD_NUMBER);
	return false;
}

static void to_command(struct phone *p, struct str rest)
{
	char number[PHONE_MAX];

	if (!number_read(p, rest, number))
		return;
	p->scroll = 0;
	store_take(p, str_of(number));
}

static void from_command(struct phone *p, struct str rest)
{
	char number[PHONE_MAX];

	if (phone_call_on(p) != NULL || p->calling) {
		phone_warn(p, SIM_SAYS_CALL_IS_ON);
		return;
	}
	if (!number_read(p, rest, number))
		return;
	p->scroll = 0;
	snprintf(p->number, sizeof p->number, "%s", number);
	phone_forget(p);
	(void)wish_new(p, PHONE_WISH_FOLLOW);
}

/* ---- calls ---- */

/* The call that can be spoken to; without one a sentence says what is missing. */
static const struct phone_call *connected(struct phone *p)
{
	const struct phone_call *c = phone_call_on(p);

	if (c != NULL && c->state == PHONE_CALL_CONNECTED)
		return c;
	phone_warn(p, c != NULL || p->calling ? SIM_SAYS_NOT_ANSWERED : SIM_SAYS_NO_CALL);
	return NULL;
}

static const struct phone_call *ringing(struct phone *p)
{
	const struct phone_call *c = phone_call_ringing(p);

	if (c == NULL)
		phone_warn(p, SIM_SAYS_NOBODY_CALLS);
	return c;
}

static void call_command(struct phone *p, struct str rest)
{
	struct phone_wish *w;

	if (phone_call_on(p) != NULL || p->calling) {
		phone_warn(p, SIM_SAYS_CALL_IS_ON);
		return;
	}
	if (rest.n > 0) {
		char number[PHONE_MAX];

		if (!number_read(p, rest, number))
			return;
		store_take(p, str_of(number));
	}
	if (p->stores_n == 0) {
		phone_warn(p, SIM_SAYS_NO_STORE);
		return;
	}
	w = wish_new(p, PHONE_WISH_CALL);
	if (w == NULL)
		return;
	snprintf(w->to, sizeof w->to, "%s", phone_store_number(p));
	p->calling = true;
	p->scroll = 0;
}

static void press_command(struct phone *p, struct str keys)
{
	const struct phone_call *c = connected(p);

	if (c == NULL)
		return;
	for (size_t i = 0; i < keys.n; i++) {
		if (str_find_char(STR_LIT("0123456789*#"), keys.p[i]) < 0)
			keys.n = 0;
	}
	if (keys.n == 0 || keys.n > KEYS_MAX)
		phone_warn(p, SIM_SAYS_BAD_KEYS);
	else
		(void)call_wish(p, PHONE_WISH_PRESS, c, keys);
}

static void answer_command(struct phone *p, struct str rest)
{
	const struct phone_call *c = ringing(p);

	(void)rest;
	if (c == NULL)
		return;
	if (phone_call_on(p) != NULL) {
		phone_warn(p, SIM_SAYS_CALL_IS_ON);
		return;
	}
	if (call_wish(p, PHONE_WISH_ANSWER, c, (struct str){0}))
		store_take(p, str_of(c->store));
}

static void decline_command(struct phone *p, struct str rest)
{
	struct phone_call *c = phone_call_ringing(p);

	(void)rest;
	if (ringing(p) != NULL && call_wish(p, PHONE_WISH_DECLINE, c, (struct str){0}))
		c->left = true;
}

static void hang_up_command(struct phone *p, struct str rest)
{
	struct phone_call *c = phone_call_on(p);

	(void)rest;
	if (c == NULL)
		phone_warn(p, SIM_SAYS_NO_CALL);
	else if (call_wish(p, PHONE_WISH_HANG_UP, c, (struct str){0}))
		c->left = true;
}

/* ---- the others ---- */

static void text_command(struct phone *p, struct str rest)
{
	if (rest.n == 0)
		phone_warn(p, SIM_SAYS_NO_WORDS);
	else
		send_wish(p, rest, false, (struct str){0});
}

static void photo_command(struct phone *p, struct str rest)
{
	send_wish(p, (struct str){0}, true, rest);
}

static void help_command(struct phone *p, struct str rest)
{
	(void)rest;
	p->help = true;
}

static void quit_command(struct phone *p, struct str rest)
{
	(void)rest;
	p->quit = true;
}

static void command(struct phone *p, struct str line)
{
	static const struct {
		const char *words[3];
		void (*run)(struct phone *p, struct str rest);
	} commands[] = {
		{{"/call", "/appeler"}, call_command},
		{{"/hangup", "/raccrocher"}, hang_up_command},
		{{"/press", "/touche"}, press_command},
		{{"/answer", "/r\u00e9pondre", "/repondre"}, answer_command},
		{{"/decline", "/refuser"}, decline_command},
		{{"/text", "/texto"}, text_command},
		{{"/to"}, to_command},
		{{"/from"}, from_command},
		{{"/photo"}, photo_command},
		{{"/help", "/aide"}, help_command},
		{{"/quit", "/quitter", "/q"}, quit_command},
	};
	struct str rest = line, word = str_cut(&rest, ' ');

	rest = str_trim(rest);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		for (size_t k = 0; k < 3 && commands[i].words[k] != NULL; k++) {
			if (!str_is(word, commands[i].words[k]))
				continue;
			commands[i].run(p, rest);
			return;
		}
	}
	phone_warn(p, SIM_SAYS_BAD_COMMAND);
}

/* Words without a command: spoken while a call is on, else texted. False: they stay to be written
 * on, because nobody listens yet, or nobody any more. */
static bool words(struct phone *p, struct str line)
{
	if (p->unsaid) {
		p->unsaid = false;
		phone_warn(p, SIM_SAYS_UNSAID);
		return false;
	}
	if (phone_call_on(p) != NULL || p->calling) {
		const struct phone_call *c = connected(p);

		return c != NULL && call_wish(p, PHONE_WISH_SAY, c, str_trim(line));
	}
	send_wish(p, line, false, (struct str){0});
	return true;
}

void phone_enter(struct phone *p)
{
	struct str line = str_trim(str_make(p->input, p->input_n));

	phone_call_put_away(p);
	if (line.n == 0)
		return;
	phone_notice(p, "", false);
	snprintf(p->last, sizeof p->last, STR_FMT, STR_ARG(line));
	if (line.p[0] == '/')
		command(p, line);
	else if (!words(p, str_make(p->input, p->input_n)))
		return;
	p->unsaid = false;
	p->input_n = 0;
	p->cursor = 0;
}
