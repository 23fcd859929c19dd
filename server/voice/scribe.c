/*
 * scribe.c - see scribe.h.
 *
 * A line's key is el:CONVERSATION:EVENT:WHO+ORDINAL, so that what is told twice, here or by the
 * transcript that is read afterwards, is kept once. Several lines may have one event (elevenlabs.md
 * 1.5): the ordinal counts them.
 */
#include "server/voice/scribe.h"

#include "server/agent/detect.h"
#include "server/app.h"
#include "server/events/hub.h"
#include "server/store/said.h"
#include "shared/cards.h"
#include "shared/clock.h"
#include "shared/log.h"
#include "shared/utf8.h"
#include "shared/wire/body.h"

#define SCRIBES_MAX    4096
#define NAME_MAX_BYTES 100 /* of a conversation's name */
#define KEY_MAX        200
#define LINE_MAX_BYTES 16000 /* of one line; what lies beyond is cut */
#define BATCH_LINES    64
#define BATCH_BYTES    (128 * 1024)
#define KEEP_MS        20000
#define RETRY_MIN_MS   200
#define RETRY_MAX_MS   5000
#define TICK_MS        100
#define PARTIAL_EVERY  150 /* ms between two of the same side */
#define PARTIAL_MAX    1000
#define EVENTS_KNOWN   8 /* events whose lines are counted, agent's lines that may be corrected */
#define CARD_LINES     3 /* a number may be spread over that many lines before this one */
#define ECHO_MS        30000 /* in which the conversation may tell a typed text back */
#define SURE_BYTES     20    /* of a line whose language says something about the call's */

struct item {
	struct item *next;
	struct said said; /* its texts lie behind */
	size_t bytes;
	char text[];
};

struct spoken { /* a line that may have to be named again */
	int64_t event;
	unsigned ordinal;
	uint64_t hash;
	int corrections;
};

struct carded {
	unsigned ordinal;
	int64_t event;
	char *text; /* owned; NULL: none */
};

struct scribe {
	struct scribe *next, *prev;
	struct scribes *all;
	char organization[ID_TEXT], conversation[ID_TEXT], call[ID_TEXT], customer[ID_TEXT];
	int64_t epoch;
	enum language language;
	char name[NAME_MAX_BYTES + 1];     /* of the conversation at ElevenLabs */
	bool fenced, ended, keeping, torn; /* torn: something was dropped */
	struct item *first, **end;
	unsigned waiting;
	size_t bytes;
	int64_t retry_ms; /* when to try again; 0: nothing to wait for */
	unsigned pause_ms;
	/* the newest events: how many lines each had, customer's and agent's */
	struct {
		int64_t event;
		unsigned lines[2];
	} events[EVENTS_KNOWN];
	unsigned events_next, unnumbered[2];
	struct spoken spoken[EVENTS_KNOWN]; /* the agent's newest lines */
	unsigned spoken_next;
	struct carded carded[CARD_LINES]; /* the customer's newest lines, oldest first */
	int64_t partial_ms[2];
	uint64_t typed; /* a text whose echo may come, until then; 0: none */
	int64_t typed_until_ms;
};

struct scribes {
	struct app *app;
	struct scribe *first;
	uv_timer_t tick; /* runs while somebody waits to try again */
	struct scribes_figures figures;
};

static void keep_begin(struct scribe *s);

/* ---- what waits ---- */

static bool item_add(struct scribe *s, const struct said *said)
{
	size_t n = said->key.n + said->body.n;
	struct item *i;

	if (s->waiting >= SCRIBE_LINES_MAX) {
		if (!s->torn)
			log_error("event=said_dropped conversation=%s waiting=%u", s->conversation,
				  s->waiting);
		s->torn = true;
		s->all->figures.lost++;
		return false;
	}
	i = xmalloc(sizeof *i + n);
	*i = (struct item){.said = *said, .bytes = n};
	if (said->key.n > 0)
		memcpy(i->text, said->key.p, said->key.n);
	if (said->body.n > 0)
		memcpy(i->text + said->key.n, said->body.p, said->body.n);
	i->said.key.p = i->text;
	i->said.body.p = i->text + said->key.n;
	*s->end = i;
	s->end = &i->next;
	s->waiting++;
	s->all->figures.waiting++;
	return true;
}

static void item_drop(struct scribe *s)
{
	struct item *i = s->first;

	s->first = i->next;
	if (s->first == NULL)
		s->end = &s->first;
	s->waiting--;
	s->all->figures.waiting--;
	free(i);
}

static void tell(struct scribe *s, const struct said *said)
{
	if (item_add(s, said))
		keep_begin(s);
}

/* ---- keeping ---- */

struct keep {
	struct flow flow;
	struct scribe *scribe;
	size_t n;
	struct said_kept kept;
};

static flow_step keep_asked, keep_done, keep_failed;

static const struct flow_kind keep_kind = FLOW_KIND(keep, keep_asked, keep_failed, KEEP_MS);

static void scribe_free(struct scribe *s)
{
	while (s->first != NULL)
		item_drop(s);
	for (size_t i = 0; i < CARD_LINES; i++)
		free(s->carded[i].text);
	if (s->prev != NULL)
		s->prev->next = s->next;
	else
		s->all->first = s->next;
	if (s->next != NULL)
		s->next->prev = s->prev;
	s->all->figures.calls--;
	free(s);
}

static void keep_begin(struct scribe *s)
{
	struct keep *k;

	if (s->keeping || s->first == NULL || s->retry_ms != 0)
		return;
	s->keeping = true;
	k = flow_new(s->all->app->flows, &keep_kind);
	k->scribe = s;
	flow_begin(&k->flow);
}

static void keep_asked(struct flow *f)
{
	struct keep *k = FLOW_SELF(f, struct keep);
	struct scribe *s = k->scribe;
	struct said *batch = ARENA_ARRAY(&f->arena, struct said, BATCH_LINES);
	struct said_call call = {s->organization, s->conversation, s->call, s->epoch};
	size_t bytes = 0;

	for (const struct item *i = s->first; i != NULL && k->n < BATCH_LINES; i = i->next) {
		bytes += i->bytes;
		if (k->n > 0 && bytes > BATCH_BYTES)
			break;
		batch[k->n++] = i->said;
	}
	said_keep(f, f->app->db, &call, batch, k->n, clock_mono_ms(), &k->kept);
	flow_then(f, keep_done);
}

static void keep_done(struct flow *f)
{
	struct keep *k = FLOW_SELF(f, struct keep);
	struct scribe *s = k->scribe;
	struct scribes_figures *figures = &s->all->figures;

	figures->kept += (uint64_t)k->kept.kept;
	figures->corrected += (uint64_t)k->kept.corrected;
	figures->refused += (uint64_t)k->kept.refused;
	for (size_t i = 0; i < k->n; i++)
		item_drop(s);
	hub_nudge(f->app->hub, s->organization);
	s->keeping = false;
	s->pause_ms = 0;
	if (s->first != NULL)
		keep_begin(s);
	else if (s->ended)
		scribe_free(s);
}

static void on_tick(uv_timer_t *t);

/* The database is away, or busy: later, and not all at the same moment. */
static void keep_failed(struct flow *f)
{
	struct keep *k = FLOW_SELF(f, struct keep);
	struct scribe *s = k->scribe;
	struct scribes *all = s->all;

	s->keeping = false;
	s->pause_ms = (unsigned)int_clamp((int64_t)s->pause_ms * 2, RETRY_MIN_MS, RETRY_MAX_MS);
	s->retry_ms = clock_mono_ms() + s->pause_ms;
	all->figures.retries++;
	if (!uv_is_active((uv_handle_t *)&all->tick) && !uv_is_closing((uv_handle_t *)&all->tick))
		uv_timer_start(&all->tick, on_tick, TICK_MS, TICK_MS);
}

static void on_tick(uv_timer_t *t)
{
	struct scribes *all = t->data;
	int64_t now = clock_mono_ms();
	bool waits = false;

	for (struct scribe *s = all->first; s != NULL; s = s->next) {
		if (s->retry_ms == 0)
			continue;
		if (s->retry_ms > now) {
			waits = true;
			continue;
		}
		s->retry_ms = 0;
		keep_begin(s);
	}
	if (!waits)
		uv_timer_stop(t);
}

/* ---- keys ---- */

/* The how-manieth line of its event and its side this is. */
static unsigned ordinal_next(struct scribe *s, int64_t event, bool customer)
{
	unsigned side = customer ? 0 : 1;

	if (event <= 0)
		return s->unnumbered[side]++;
	for (size_t i = 0; i < EVENTS_KNOWN; i++) {
		if (s->events[i].event == event)
			return s->events[i].lines[side]++;
	}
	s->events_next = (s->events_next + 1) % EVENTS_KNOWN;
	memset(&s->events[s->events_next], 0, sizeof s->events[0]);
	s->events[s->events_next].event = event;
	s->events[s->events_next].lines[side] = 1;
	return 0;
}

static struct str key_write(const struct scribe *s, int64_t event, bool customer, unsigned ordinal,
			    char out[KEY_MAX])
{
	int n = snprintf(out, KEY_MAX, "el:%s:%" PRId64 ":%c%u", s->name, event < 0 ? 0 : event,
			 customer ? 'c' : 'a', ordinal);

	return str_make(out, (size_t)n);
}

static uint64_t hash_of(struct str s)
{
	uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3u;
	return h;
}

/* ---- cards ---- */

/* Takes out what began in the customer's lines before, here and there; `text` is redacted alone
 * already. */
static struct str cards_taken_out(struct scribe *s, struct arena *a, struct str text, int64_t event,
				  unsigned ordinal)
{
	struct str texts[CARD_LINES + 1];
	bool changed[CARD_LINES + 1] = {false};
	char key[KEY_MAX];
	size_t n = 0;

	for (size_t i = 0; i < CARD_LINES; i++)
		texts[n++] = str_of(s->carded[i].text == NULL ? "" : s->carded[i].text);
	texts[n++] = text;
	if (cards_might_go_on(text))
		s->all->app->figures.cards_redacted += cards_join(a, texts, n, changed);
	for (size_t i = 0; i < CARD_LINES; i++) {
		if (!changed[i])
			continue;
		(void)item_add(s, &(struct said){.kind = SAID_REDACTION,
						 .key = key_write(s, s->carded[i].event, true,
								  s->carded[i].ordinal, key),
						 .body = texts[i]});
		free(s->carded[i].text);
		s->carded[i].text = xstrdup(arena_cstr(a, texts[i]));
	}
	free(s->carded[0].text);
	memmove(&s->carded[0], &s->carded[1], (CARD_LINES - 1) * sizeof s->carded[0]);
	s->carded[CARD_LINES - 1] =
		(struct carded){ordinal, event, xstrdup(arena_cstr(a, texts[CARD_LINES]))};
	return texts[CARD_LINES];
}

/* ---- what is told ---- */

/* A line that says enough tells what language is spoken now. */
static const char *language_of(struct scribe *s, struct str text, bool customer)
{
	enum language l = text.n >= SURE_BYTES ? language_detect(text).language : LANGUAGE_UNKNOWN;
	const char *code;

	if (l == LANGUAGE_UNKNOWN)
		l = s->language;
	else if (!customer)
		s->language = l;
	code = language_code(l);
	return code[0] == '\0' ? NULL : code;
}

static struct str cleaned(struct scribe *s, struct arena *a, struct str text, size_t most)
{
	unsigned found = 0;

	text = utf8_cut(str_trim(utf8_repair(a, text)), most);
	text = cards_redact(a, text, &found);
	s->all->app->figures.cards_redacted += found;
	return text;
}

void scribe_began(struct scribe *s, struct str conversation)
{
	snprintf(s->name, sizeof s->name, STR_FMT, STR_ARG(conversation));
	memset(s->events, 0, sizeof s->events);
	memset(s->spoken, 0, sizeof s->spoken);
	memset(s->unnumbered, 0, sizeof s->unnumbered);
	tell(s, &(struct said){.kind = SAID_BEGAN, .key = str_of(s->name)});
}

void scribe_over(struct scribe *s, bool whole)
{
	if (s->name[0] == '\0' || !whole || s->torn)
		return; /* what is missing is read back later: jobs/call_transcript */
	tell(s, &(struct said){.kind = SAID_OVER, .key = str_of(s->name)});
}

void scribe_typed(struct scribe *s, struct str text)
{
	s->typed = hash_of(str_trim(text));
	s->typed_until_ms = clock_mono_ms() + ECHO_MS;
}

static bool is_echo(struct scribe *s, const struct bridge_line *l)
{
	if (!l->customer || s->typed == 0 || hash_of(str_trim(l->text)) != s->typed ||
	    clock_mono_ms() > s->typed_until_ms)
		return false;
	s->typed = 0;
	return true;
}

void scribe_final(struct scribe *s, const struct bridge_line *l)
{
	struct arena a = {0};
	struct said said = {
		.kind = SAID_LINE, .customer = l->customer, .heard_ms = clock_mono_ms()};
	unsigned ordinal = ordinal_next(s, l->event, l->customer);
	char key[KEY_MAX];

	if (is_echo(s, l))
		return;
	if (s->fenced && !l->customer) {
		s->all->figures.refused++;
		return;
	}
	said.body = cleaned(s, &a, l->text, LINE_MAX_BYTES);
	if (l->customer)
		said.body = cards_taken_out(s, &a, said.body, l->event, ordinal);
	if (said.body.n > 0) {
		said.key = key_write(s, l->event, l->customer, ordinal, key);
		said.language = language_of(s, said.body, l->customer);
		if (!l->customer) {
			s->spoken_next = (s->spoken_next + 1) % EVENTS_KNOWN;
			s->spoken[s->spoken_next] = (struct spoken){
				.event = l->event, .ordinal = ordinal, .hash = hash_of(l->text)};
		}
		tell(s, &said);
	}
	arena_free(&a);
}

/* The line that was cut: by its event and its words, else by one of them; the newest that fits. */
static struct spoken *spoken_find(struct scribe *s, int64_t event, struct str original)
{
	struct spoken *by_event = NULL, *by_words = NULL;
	uint64_t hash = hash_of(original);

	for (unsigned i = 0; i < EVENTS_KNOWN; i++) {
		struct spoken *one = &s->spoken[(s->spoken_next + EVENTS_KNOWN - i) % EVENTS_KNOWN];

		if (one->hash == 0)
			continue;
		if (one->hash == hash && one->event == event)
			return one;
		if (by_event == NULL && one->event == event && event > 0)
			by_event = one;
		if (by_words == NULL && one->hash == hash)
			by_words = one;
	}
	return by_event != NULL ? by_event : by_words;
}

void scribe_corrected(struct scribe *s, int64_t event, struct str original, struct str text)
{
	struct spoken *one = spoken_find(s, event, original);
	struct arena a = {0};
	char key[KEY_MAX];

	if (one == NULL || s->fenced)
		return;
	one->hash = hash_of(text); /* it may be cut once more */
	tell(s, &(struct said){.kind = SAID_CORRECTION,
			       .key = key_write(s, one->event, false, one->ordinal, key),
			       .body = cleaned(s, &a, text, LINE_MAX_BYTES),
			       .correction = ++one->corrections});
	arena_free(&a);
}

void scribe_partial(struct scribe *s, const struct bridge_line *l)
{
	int64_t now = clock_mono_ms(), *last = &s->partial_ms[l->customer ? 0 : 1];
	struct arena a = {0};
	struct body b;
	struct buf data;
	unsigned found = 0;
	struct str text;

	if (now - *last < PARTIAL_EVERY || (s->fenced && !l->customer))
		return;
	*last = now;
	text = utf8_cut(str_trim(utf8_repair(&a, l->text)), PARTIAL_MAX);
	(void)cards_redact(&a, text, &found);
	if (text.n > 0 && found == 0 && !cards_might_continue(text)) {
		body_start(&b);
		body_text(&b, "conversation_id", str_of(s->conversation));
		if (s->customer[0] != '\0')
			body_text(&b, "customer_id", str_of(s->customer));
		else
			body_null(&b, "customer_id");
		body_text(&b, "who", str_of(l->customer ? "customer" : "agent"));
		body_text(&b, "body", text);
		buf_init(&data, PARTIAL_MAX * 6 + 400);
		if (body_end(&b, &data))
			hub_pass(s->all->app->hub, s->organization,
				 s->customer[0] == '\0' ? NULL : s->customer, "call.partial",
				 buf_str(&data));
		buf_clear(&data);
		s->all->figures.partials++;
	}
	arena_free(&a);
}

void scribe_fence(struct scribe *s)
{
	s->fenced = true;
}

/* ---- life ---- */

struct scribe *scribe_new(struct scribes *all, const struct scribe_of *of)
{
	struct scribe *s;

	if (all->figures.calls >= SCRIBES_MAX)
		return NULL;
	s = xcalloc(1, sizeof *s);
	s->all = all;
	s->end = &s->first;
	snprintf(s->organization, sizeof s->organization, "%s", of->organization);
	snprintf(s->conversation, sizeof s->conversation, "%s", of->conversation);
	snprintf(s->call, sizeof s->call, "%s", of->call);
	snprintf(s->customer, sizeof s->customer, "%s", of->customer == NULL ? "" : of->customer);
	s->epoch = of->epoch;
	s->language = of->language;
	s->next = all->first;
	if (s->next != NULL)
		s->next->prev = s;
	all->first = s;
	all->figures.calls++;
	return s;
}

void scribe_end(struct scribe *s)
{
	if (s == NULL)
		return;
	s->ended = true;
	if (s->first == NULL && !s->keeping)
		scribe_free(s);
}

struct scribes *scribes_open(struct app *app)
{
	struct scribes *all = xcalloc(1, sizeof *all);

	all->app = app;
	uv_timer_init(&app->loop.uv, &all->tick);
	all->tick.data = all;
	return all;
}

void scribes_figures(const struct scribes *all, struct scribes_figures *out)
{
	*out = all->figures;
}

static void on_closed(uv_handle_t *h)
{
	free(h->data);
}

void scribes_close(struct scribes *all)
{
	if (all == NULL)
		return;
	if (all->figures.waiting > 0)
		log_error("event=said_unkept lines=%u", all->figures.waiting);
	for (struct scribe *s = all->first, *next; s != NULL; s = next) {
		next = s->next;
		scribe_free(s);
	}
	uv_close((uv_handle_t *)&all->tick, on_closed);
}
