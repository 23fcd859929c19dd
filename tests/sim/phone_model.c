/*
 * phone_model.c - see phone_model.h.
 */
#include "tests/sim/phone_model.h"

#include "shared/utf8.h"

void phone_init(struct phone *p, const char *number, bool french, bool ascii)
{
	*p = (struct phone){
		.rows = 24, .cols = 80, .french = french, .ascii = ascii, .dirty = true};
	snprintf(p->number, sizeof p->number, "%s", number);
	p->texts = xcalloc(PHONE_TEXTS_MAX, sizeof *p->texts);
	p->wishes = xcalloc(PHONE_WISHES_MAX, sizeof *p->wishes);
}

static void texts_forget(struct phone *p)
{
	for (size_t i = 0; i < p->texts_n; i++)
		free(p->texts[i].body);
	p->texts_n = 0;
}

void phone_clear(struct phone *p)
{
	texts_forget(p);
	free(p->texts);
	free(p->wishes);
	*p = (struct phone){0};
}

const char *phone_store_number(const struct phone *p)
{
	return p->store < p->stores_n ? p->stores[p->store].number : "";
}

static void notice(struct phone *p, const char *text, bool warns)
{
	snprintf(p->notice, sizeof p->notice, "%s", text);
	p->notice_warns = warns;
}

static void warn(struct phone *p, enum sim_word w)
{
	notice(p, sim_says(w, p->french), true);
}

static struct phone_wish *wish_new(struct phone *p, enum phone_wish_kind kind)
{
	struct phone_wish *w;

	if (p->wishes_n == PHONE_WISHES_MAX) {
		warn(p, SIM_SAYS_LINK_DOWN);
		return NULL;
	}
	w = &p->wishes[p->wishes_n++];
	memset(w, 0, sizeof *w);
	w->kind = kind;
	return w;
}

/* ---- the input line ---- */

static size_t step_back(const struct phone *p, size_t at)
{
	while (at > 0 && ((unsigned char)p->input[--at] & 0xc0) == 0x80)
		;
	return at;
}

static size_t step_on(const struct phone *p, size_t at)
{
	while (at < p->input_n && ((unsigned char)p->input[++at] & 0xc0) == 0x80)
		;
	return at;
}

static void input_insert(struct phone *p, uint32_t code)
{
	char bytes[4];
	size_t n = utf8_put(code, bytes);

	if (p->input_n + n >= sizeof p->input ||
	    utf8_count(str_make(p->input, p->input_n)) >= 1600) {
		warn(p, SIM_SAYS_TOO_LONG);
		return;
	}
	memmove(p->input + p->cursor + n, p->input + p->cursor, p->input_n - p->cursor);
	memcpy(p->input + p->cursor, bytes, n);
	p->input_n += n;
	p->cursor += n;
}

static void input_remove(struct phone *p, size_t from, size_t to)
{
	memmove(p->input + from, p->input + to, p->input_n - to);
	p->input_n -= to - from;
	p->cursor = from;
}

static void input_set(struct phone *p, const char *text)
{
	p->input_n = size_min(strlen(text), sizeof p->input - 1);
	memcpy(p->input, text, p->input_n);
	p->cursor = p->input_n;
}

static size_t word_start(const struct phone *p)
{
	size_t at = p->cursor;

	while (at > 0 && p->input[at - 1] == ' ')
		at--;
	while (at > 0 && p->input[at - 1] != ' ')
		at--;
	return at;
}

/* ---- commands ---- */

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

static void send_wish(struct phone *p, struct str body, bool picture, struct str file)
{
	struct phone_wish *w;

	if (p->stores_n == 0) {
		warn(p, SIM_SAYS_NO_STORE);
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
	notice(p, "", false);
}

static void number_command(struct phone *p, struct str number, bool mine)
{
	char e164[PHONE_MAX];

	if (!phone_parse(number, e164)) {
		warn(p, SIM_SAYS_BAD_NUMBER);
		return;
	}
	p->scroll = 0;
	if (!mine) {
		store_take(p, str_of(e164));
		return;
	}
	snprintf(p->number, sizeof p->number, "%s", e164);
	texts_forget(p);
	(void)wish_new(p, PHONE_WISH_FOLLOW);
}

static void command(struct phone *p, struct str line)
{
	struct str rest = line, word = str_cut(&rest, ' ');

	rest = str_trim(rest);
	notice(p, "", false);
	if (str_is(word, "/quit") || str_is(word, "/q"))
		p->quit = true;
	else if (str_is(word, "/help"))
		p->help = true;
	else if (str_is(word, "/to"))
		number_command(p, rest, false);
	else if (str_is(word, "/from"))
		number_command(p, rest, true);
	else if (str_is(word, "/photo"))
		send_wish(p, (struct str){0}, true, rest);
	else
		warn(p, SIM_SAYS_BAD_COMMAND);
}

static void enter(struct phone *p)
{
	struct str line = str_trim(str_make(p->input, p->input_n));

	if (line.n == 0)
		return;
	snprintf(p->last, sizeof p->last, STR_FMT, STR_ARG(line));
	if (line.p[0] == '/')
		command(p, line);
	else
		send_wish(p, str_make(p->input, p->input_n), false, (struct str){0});
	p->input_n = 0;
	p->cursor = 0;
}

/* ---- messages ---- */

static void next_store(struct phone *p)
{
	if (p->stores_n > 0)
		p->store = (p->store + 1) % p->stores_n;
	p->scroll = 0;
}

static void scroll_by(struct phone *p, int lines)
{
	p->scroll = (int)int_clamp(p->scroll + lines, 0, p->scroll_max);
}

static void key_update(struct phone *p, const struct phone_msg *m)
{
	if (p->help && m->key != PHONE_KEY_QUIT) {
		p->help = false;
		return;
	}
	switch (m->key) {
	case PHONE_KEY_CHAR: input_insert(p, m->code); break;
	case PHONE_KEY_ENTER:
		if (m->more)
			input_insert(p, '\n');
		else
			enter(p);
		break;
	case PHONE_KEY_TAB: next_store(p); break;
	case PHONE_KEY_LEFT: p->cursor = step_back(p, p->cursor); break;
	case PHONE_KEY_RIGHT: p->cursor = step_on(p, p->cursor); break;
	case PHONE_KEY_UP:
		if (p->input_n == 0)
			input_set(p, p->last);
		break;
	case PHONE_KEY_HOME: p->cursor = 0; break;
	case PHONE_KEY_END: p->cursor = p->input_n; break;
	case PHONE_KEY_BACKSPACE: input_remove(p, step_back(p, p->cursor), p->cursor); break;
	case PHONE_KEY_DELETE: input_remove(p, p->cursor, step_on(p, p->cursor)); break;
	case PHONE_KEY_PAGE_UP: scroll_by(p, p->rows / 2); break;
	case PHONE_KEY_PAGE_DOWN: scroll_by(p, -p->rows / 2); break;
	case PHONE_KEY_LINE_WIPE: input_remove(p, 0, p->cursor); break;
	case PHONE_KEY_WORD_WIPE: input_remove(p, word_start(p), p->cursor); break;
	case PHONE_KEY_HELP: p->help = true; break;
	case PHONE_KEY_ESCAPE: break;
	case PHONE_KEY_QUIT: p->quit = true; break;
	}
}

static void text_update(struct phone *p, const struct phone_text *t)
{
	size_t at = p->texts_n;

	for (size_t i = 0; i < p->texts_n; i++) {
		if (strcmp(p->texts[i].sid, t->sid) == 0) {
			snprintf(p->texts[i].state, sizeof t->state, "%s", t->state);
			return;
		}
	}
	if (p->texts_n == PHONE_TEXTS_MAX) {
		free(p->texts[0].body);
		memmove(p->texts, p->texts + 1, (PHONE_TEXTS_MAX - 1) * sizeof *p->texts);
		p->texts_n--;
		at--;
	}
	while (at > 0 && p->texts[at - 1].at_us > t->at_us) /* in the order of its times */
		at--;
	memmove(p->texts + at + 1, p->texts + at, (p->texts_n - at) * sizeof *p->texts);
	p->texts[at] = *t;
	p->texts[at].body = xstrdup(t->body);
	p->texts_n++;
}

static void store_update(struct phone *p, const struct phone_store *s)
{
	size_t now = p->store;

	for (size_t i = 0; i < p->stores_n; i++) {
		if (strcmp(p->stores[i].number, s->number) == 0) {
			p->stores[i] = *s;
			return;
		}
	}
	if (p->stores_n == PHONE_STORES_MAX)
		return;
	p->stores[p->stores_n++] = *s;
	p->store = now;
}

void phone_update(struct phone *p, const struct phone_msg *m)
{
	switch (m->kind) {
	case PHONE_MSG_KEY: key_update(p, m); break;
	case PHONE_MSG_RESIZE:
		p->rows = m->rows;
		p->cols = m->cols;
		break;
	case PHONE_MSG_STORE: store_update(p, m->store); break;
	case PHONE_MSG_TEXT: text_update(p, m->text); break;
	case PHONE_MSG_LINK: p->link = m->link; break;
	case PHONE_MSG_NOTICE: notice(p, m->notice, true); break;
	}
	p->dirty = true;
}
