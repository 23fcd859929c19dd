/*
 * phone_model.c - see phone_model.h.
 */
#include "tests/sim/phone_model.h"

#include "shared/utf8.h"
#include "tests/sim/phone_call.h"
#include "tests/sim/phone_command.h"

void phone_init(struct phone *p, const char *number, bool french, bool ascii)
{
	*p = (struct phone){
		.rows = 24, .cols = 80, .french = french, .ascii = ascii, .dirty = true};
	snprintf(p->number, sizeof p->number, "%s", number);
	p->texts = xcalloc(PHONE_TEXTS_MAX, sizeof *p->texts);
	p->wishes = xcalloc(PHONE_WISHES_MAX, sizeof *p->wishes);
}

void phone_forget(struct phone *p)
{
	for (size_t i = 0; i < p->texts_n; i++)
		free(p->texts[i].body);
	p->texts_n = 0;
	p->calls_n = 0;
	p->calling = false;
	p->unsaid = false;
}

void phone_clear(struct phone *p)
{
	phone_forget(p);
	free(p->texts);
	free(p->wishes);
	*p = (struct phone){0};
}

const char *phone_store_number(const struct phone *p)
{
	return p->store < p->stores_n ? p->stores[p->store].number : "";
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
		phone_warn(p, SIM_SAYS_TOO_LONG);
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

/* Any key leaves the help but those that read on in it. */
static void help_key(struct phone *p, enum phone_key key)
{
	int page = p->rows > 4 ? p->rows - 4 : 1;

	p->help = key == PHONE_KEY_PAGE_DOWN || key == PHONE_KEY_PAGE_UP;
	p->help_top = (int)int_clamp(p->help_top + (key == PHONE_KEY_PAGE_UP ? -page : page), 0,
				     p->help_max);
	if (!p->help)
		p->help_top = 0;
}

static void key_update(struct phone *p, const struct phone_msg *m)
{
	if (p->help && m->key != PHONE_KEY_QUIT) {
		help_key(p, m->key);
		return;
	}
	switch (m->key) {
	case PHONE_KEY_CHAR: input_insert(p, m->code); break;
	case PHONE_KEY_ENTER:
		if (m->more)
			input_insert(p, '\n');
		else
			phone_enter(p);
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

/* A text gets another state, what somebody says on a call grows. */
static void text_again(struct phone_text *known, const struct phone_text *t)
{
	snprintf(known->state, sizeof known->state, "%s", t->state);
	known->cut = t->cut;
	if (strcmp(known->body, t->body) == 0)
		return;
	free(known->body);
	known->body = xstrdup(t->body);
}

static void text_update(struct phone *p, const struct phone_text *t)
{
	size_t at = p->texts_n;

	for (size_t i = 0; i < p->texts_n; i++) {
		if (strcmp(p->texts[i].sid, t->sid) == 0) {
			text_again(&p->texts[i], t);
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

/* A line that comes back may be another one: it tells again which calls there are. */
static void link_update(struct phone *p, enum phone_link link)
{
	if (link == PHONE_UP && p->link != PHONE_UP) {
		p->calls_n = 0;
		p->calling = false;
	}
	p->link = link;
}

void phone_update(struct phone *p, const struct phone_msg *m)
{
	switch (m->kind) {
	case PHONE_MSG_KEY:
		key_update(p, m);
		p->unsaid = p->unsaid && p->input_n > 0;
		break;
	case PHONE_MSG_RESIZE:
		p->rows = m->rows;
		p->cols = m->cols;
		break;
	case PHONE_MSG_STORE: store_update(p, m->store); break;
	case PHONE_MSG_TEXT: text_update(p, m->text); break;
	case PHONE_MSG_CALL:
		p->now_us = m->now_us;
		phone_call_update(p, m->call);
		break;
	case PHONE_MSG_TICK: p->now_us = m->now_us; break;
	case PHONE_MSG_LINK: link_update(p, m->link); break;
	case PHONE_MSG_NOTICE:
		p->calling = false;
		phone_notice(p, m->notice, true);
		break;
	}
	p->dirty = true;
}
