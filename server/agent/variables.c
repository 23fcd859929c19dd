/*
 * variables.c - see variables.h.
 */
#include "server/agent/variables.h"

#include "server/agent/sentences.h"
#include "server/agent/time_words.h"
#include "shared/phone.h"
#include "shared/utf8.h"

#define ORDERS_TOLD  3
#define PIECE_MAX    1000
#define BETWEEN      " || " /* lines of a history stand in one line */
#define HISTORY_LINE 500

#define VARIABLES(V)                   \
	V(customer_name, 120)          \
	V(customer_phone, 40)          \
	V(customer_email, 254)         \
	V(customer_language, 20)       \
	V(customer_since, 80)          \
	V(store_name, 120)             \
	V(store_phone, 40)             \
	V(store_hours, 600)            \
	V(store_address, 300)          \
	V(store_status, 20)            \
	V(next_opening, 80)            \
	V(current_date, 80)            \
	V(current_time, 40)            \
	V(recent_orders, 1500)         \
	V(upcoming_appointments, 1000) \
	V(conversation_history, 6000)  \
	V(conversation_summary, 2000)  \
	V(last_interaction, 120)       \
	V(can_schedule_service, 0)     \
	V(can_process_orders, 0)       \
	V(total_messages, 0)           \
	V(is_returning_customer, 0)    \
	V(conversation_sentiment, 40)  \
	V(language, 8)                 \
	V(store_greeting, 600)         \
	V(store_status_text, 400)      \
	V(thread_id, 64)               \
	V(caller_number, 40)           \
	V(store_number, 40)            \
	V(twilio_call_sid, 64)         \
	V(secret__tool_token, 200)

enum which {
#define WHICH(name, most) V_##name,
	VARIABLES(WHICH)
#undef WHICH
		V_COUNT
};

static const struct {
	const char *name;
	size_t most; /* bytes of a text */
} table[] = {
#define ROW(name, most) {#name, most},
	VARIABLES(ROW)
#undef ROW
};

_Static_assert(V_COUNT == VARIABLES_N, "variables.h has the count");

const char *variable_name(size_t i)
{
	return table[i].name;
}

struct making {
	struct arena *arena;
	const struct variables_in *in;
	struct variable *out;
	enum language l;
	struct zone *zone; /* NULL: not known */
	struct time_words words;
	struct store_status status;
};

/* ---- values ---- */

/* Words of people are pasted into a prompt: no {{names}}, no line ends, no doubled blanks. */
static struct str cleaned(struct arena *a, struct str s, size_t most)
{
	struct buf b;
	struct str kept;
	bool blank = true; /* none at the start */

	s = utf8_repair(a, s);
	buf_init(&b, s.n + 1);
	for (size_t i = 0; i < s.n;) {
		uint32_t code = 0;
		size_t n = utf8_next(str_sub(s, i, s.n), &code);
		bool space = code <= 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 ||
			     code == 0x2029;

		if (code == '{' || code == '}') {
			i += n;
			continue;
		}
		if (!space)
			buf_add(&b, s.p + i, n);
		else if (!blank)
			buf_add_char(&b, ' ');
		blank = space;
		i += n;
	}
	kept = arena_str(a, str_trim(utf8_cut(buf_str(&b), most)));
	buf_clear(&b);
	return kept;
}

static const char *unknown(enum language l)
{
	return l == LANGUAGE_FR ? "inconnu" : "unknown";
}

static void text_set(struct making *m, enum which v, struct str s, const char *if_empty)
{
	struct str text = cleaned(m->arena, s, table[v].most);

	m->out[v].text = text.n > 0 ? text : str_of(if_empty != NULL ? if_empty : unknown(m->l));
}

static void buf_set(struct making *m, enum which v, struct buf *b, const char *if_empty)
{
	text_set(m, v, buf_str(b), if_empty);
	buf_clear(b);
}

static void number_set(struct making *m, enum which v, enum variable_kind kind, int64_t n)
{
	m->out[v].kind = kind;
	m->out[v].number = n;
}

static const char *said_in(const struct making *m, const char *en, const char *fr)
{
	return m->l == LANGUAGE_FR ? fr : en;
}

static void date_add(struct making *m, struct buf *b, int64_t at_us)
{
	struct zone_time t;

	zone_local(m->zone, at_us, &t);
	words_date(b, &m->words, t.day);
}

/* ---- the caller ---- */

static bool known_before(const struct making *m)
{
	return m->in->messages_total > 0 || m->in->orders_n > 0 || m->in->appointments_n > 0;
}

static void caller_told(struct making *m)
{
	const struct variables_in *in = m->in;
	struct buf b = {0};

	buf_printf(&b, STR_FMT " " STR_FMT, STR_ARG(in->first_name), STR_ARG(in->last_name));
	buf_set(m, V_customer_name, &b, NULL);
	text_set(m, V_customer_phone, in->caller_number, said_in(m, "withheld", "masqué"));
	text_set(m, V_customer_email, in->email, said_in(m, "not given", "non fourni"));
	text_set(m, V_customer_language, str_of(language_code(in->customer_language)), NULL);
	if (in->customer_since_us > 0 && m->zone != NULL)
		date_add(m, &b, in->customer_since_us);
	buf_set(m, V_customer_since, &b, said_in(m, "new customer", "nouveau client"));
	number_set(m, V_total_messages, VARIABLE_NUMBER, in->messages_total);
	number_set(m, V_is_returning_customer, VARIABLE_BOOL, known_before(m));
	if (in->last_us > 0 && m->zone != NULL) {
		date_add(m, &b, in->last_us);
		buf_add_cstr(&b, said_in(m, in->last_by_text ? ", by text" : ", by telephone",
					 in->last_by_text ? ", par texto" : ", par téléphone"));
	}
	buf_set(m, V_last_interaction, &b, said_in(m, "never", "jamais"));
	text_set(m, V_conversation_summary, in->summary, said_in(m, "none yet", "aucun"));
	text_set(m, V_conversation_sentiment, in->sentiment, "neutral");
}

static void history_told(struct making *m)
{
	static const struct {
		const char *author, *en, *fr;
	} who[] = {{"customer", "Customer", "Client"},
		   {"agent", "Assistant", "Assistant"},
		   {"staff", "Team member", "Équipe"},
		   {"system", "Notice", "Avis"}};
	const struct variables_in *in = m->in;
	size_t room = table[V_conversation_history].most, first = in->history_n, line;
	struct buf b = {0};

	/* The newest that fit, from the oldest of them on. */
	while (first > 0) {
		line = size_min(in->history[first - 1].body.n, HISTORY_LINE) + 24;
		if (line > room)
			break;
		room -= line;
		first--;
	}
	for (size_t i = first; i < in->history_n; i++) {
		const char *name = said_in(m, "Notice", "Avis");

		for (size_t j = 0; j < ARRAY_LEN(who); j++) {
			if (str_is(in->history[i].author, who[j].author))
				name = said_in(m, who[j].en, who[j].fr);
		}
		buf_printf(&b, "%s%s: " STR_FMT, i > first ? BETWEEN : "", name,
			   STR_ARG(utf8_cut(in->history[i].body, HISTORY_LINE)));
	}
	buf_set(m, V_conversation_history, &b, said_in(m, "none yet", "aucun échange"));
}

/* ---- orders and appointments ---- */

static const char *word_in(const struct making *m, struct str word, const char *const (*words)[3],
			   size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_is(word, words[i][0]))
			return m->l == LANGUAGE_FR ? words[i][2] : words[i][1];
	}
	return unknown(m->l);
}

static const char *order_word(const struct making *m, struct str status)
{
	static const char *const words[][3] = {
		{"pending", "received", "reçue"},
		{"processing", "being prepared", "en préparation"},
		{"ready_for_pickup", "ready for pickup", "prête à être ramassée"},
		{"shipped", "shipped", "expédiée"},
		{"delivered", "delivered", "livrée"},
		{"collected", "picked up", "ramassée"},
		{"cancelled", "cancelled", "annulée"},
		{"returned", "returned", "retournée"},
	};

	return word_in(m, status, words, ARRAY_LEN(words));
}

static const char *appointment_word(const struct making *m, struct str state)
{
	static const char *const words[][3] = {
		{"pending", "waiting for the store's word", "en attente de confirmation"},
		{"booked", "booked", "réservé"},
		{"confirmed", "confirmed", "confirmé"},
	};

	return word_in(m, state, words, ARRAY_LEN(words));
}

static void order_add(struct making *m, struct buf *b, const struct variables_order *o)
{
	buf_printf(b, "%s " STR_FMT, said_in(m, "order", "commande"), STR_ARG(o->number));
	if (m->zone != NULL && o->placed_us > 0) {
		buf_add_cstr(b, said_in(m, " of ", " du "));
		date_add(m, b, o->placed_us);
	}
	buf_printf(b, ": %s", order_word(m, o->status));
	if (o->items.n > 0)
		buf_printf(b, "; " STR_FMT, STR_ARG(o->items));
	if (o->total.n > 0)
		buf_printf(b, "; total " STR_FMT " " STR_FMT, STR_ARG(o->total),
			   STR_ARG(o->currency));
	if (o->tracking.n > 0)
		buf_printf(b, "; %s " STR_FMT, said_in(m, "tracking number", "numéro de suivi"),
			   STR_ARG(o->tracking));
}

static struct str service_of(const struct making *m, const struct variables_appointment *v)
{
	return m->l == LANGUAGE_FR ? v->service_fr : v->service_en;
}

static void business_told(struct making *m)
{
	const struct variables_in *in = m->in;
	struct buf b = {0};

	for (size_t i = 0; i < size_min(in->orders_n, ORDERS_TOLD); i++) {
		if (i > 0)
			buf_add_cstr(&b, BETWEEN);
		order_add(m, &b, &in->orders[i]);
	}
	buf_set(m, V_recent_orders, &b, said_in(m, "no orders", "aucune commande"));
	for (size_t i = 0; i < in->appointments_n && m->zone != NULL; i++) {
		const struct variables_appointment *v = &in->appointments[i];

		buf_printf(&b, "%s" STR_FMT ", ", i > 0 ? BETWEEN : "", STR_ARG(service_of(m, v)));
		words_when(&b, &m->words, v->starts_us);
		buf_printf(&b, " (%s)", appointment_word(m, v->state));
	}
	buf_set(m, V_upcoming_appointments, &b, said_in(m, "no appointments", "aucun rendez-vous"));
	number_set(m, V_can_schedule_service, VARIABLE_BOOL, in->can_schedule);
	number_set(m, V_can_process_orders, VARIABLE_BOOL, in->can_order);
}

/* ---- the store ---- */

static void status_say(struct making *m, struct buf *b)
{
	const struct store *s = m->in->store;
	struct str why = m->l == LANGUAGE_FR ? s->closed_reason_fr : s->closed_reason_en;
	struct buf when = {.limit = PIECE_MAX};

	if (m->status.why == STORE_UNKNOWN) {
		SAY_PLAIN(b, HOURS_UNKNOWN, m->l);
	} else if (m->status.open && m->status.closes_us > 0) {
		words_time(&when, &m->words, m->status.closes_us);
		SAY(b, OPEN_NOW_UNTIL, m->l, {"time", buf_str(&when)});
	} else if (m->status.open) {
		SAY_PLAIN(b, OPEN_NOW, m->l);
	} else if (m->status.why == STORE_BY_HAND && why.n > 0) {
		SAY(b, CLOSED_NOW_WHY, m->l, {"reason", cleaned(m->arena, why, 300)});
	} else {
		SAY_PLAIN(b, CLOSED_NOW, m->l);
	}
	if (m->status.why != STORE_UNKNOWN && !m->status.open && m->status.opens_us > 0) {
		buf_reset(&when);
		words_when(&when, &m->words, m->status.opens_us);
		SAY(b, REOPEN, m->l, {"when", buf_str(&when)});
	}
	buf_clear(&when);
}

static void store_told(struct making *m)
{
	const struct store *s = m->in->store;
	struct store_span next;
	struct buf b = {0};
	char phone[24];

	text_set(m, V_store_name, s->name, said_in(m, "the store", "le magasin"));
	phone_text(arena_str(m->arena, s->phone.n > 0 ? s->phone : m->in->store_number), phone);
	text_set(m, V_store_phone, str_of(phone), NULL);
	text_set(m, V_store_address, s->address, NULL);
	if (s->periods_n > 0)
		words_week(&b, &m->words, s);
	buf_set(m, V_store_hours, &b, NULL);
	text_set(m, V_store_status,
		 str_of(m->status.why == STORE_UNKNOWN ? "unknown"
			: m->status.open               ? "open"
						       : "closed"),
		 NULL);
	status_say(m, &b);
	buf_set(m, V_store_status_text, &b, NULL);
	if (m->zone == NULL)
		return;
	if (m->status.open && m->status.closes_us > 0) {
		if (store_next_span(s, m->zone, m->status.closes_us, m->in->now_us, &next))
			words_when(&b, &m->words, next.from_us);
	} else if (!m->status.open && m->status.opens_us > 0) {
		words_when(&b, &m->words, m->status.opens_us);
	}
	buf_set(m, V_next_opening, &b, NULL);
	date_add(m, &b, m->in->now_us);
	buf_set(m, V_current_date, &b, NULL);
	words_time(&b, &m->words, m->in->now_us);
	buf_set(m, V_current_time, &b, NULL);
}

/* ---- the greeting ---- */

static bool order_is_open(const struct variables_order *o)
{
	return str_is(o->status, "pending") || str_is(o->status, "processing") ||
	       str_is(o->status, "ready_for_pickup") || str_is(o->status, "shipped");
}

/* A new caller hears when the store is open today, one who returns what we think it is about. */
static void about_say(struct making *m, struct buf *b)
{
	const struct variables_in *in = m->in;
	struct buf when = {.limit = PIECE_MAX}, date = {.limit = PIECE_MAX};
	struct store_day today;
	struct zone_time t;

	if (in->orders_n > 0 && order_is_open(&in->orders[0])) {
		SAY(b, ABOUT_ORDER, m->l, {"number", cleaned(m->arena, in->orders[0].number, 40)});
		return;
	}
	if (in->appointments_n > 0 && m->zone != NULL) {
		words_when(&when, &m->words, in->appointments[0].starts_us);
		SAY(b, ABOUT_APPOINTMENT, m->l, {"when", buf_str(&when)});
		buf_clear(&when);
		return;
	}
	if (!known_before(m) && m->status.open) {
		zone_local(m->zone, in->now_us, &t);
		store_day_at(in->store, m->zone, t.day, in->now_us, &today);
		date_add(m, &date, in->now_us);
		words_spans(&when, &m->words, today.spans, today.spans_n);
		if (today.spans_n > 0)
			SAY(b, TODAY_OPEN, m->l, {"date", buf_str(&date)},
			    {"periods", buf_str(&when)});
	}
	SAY_PLAIN(b, HOW_CAN_I_HELP, m->l);
	buf_clear(&when);
	buf_clear(&date);
}

static void greeting_told(struct making *m)
{
	struct str name = cleaned(m->arena, m->in->first_name, 80);
	struct str store = cleaned(m->arena, m->in->store->name, 120);
	struct buf b = {0};

	if (m->in->greeting.n > 0) {
		text_set(m, V_store_greeting, m->in->greeting, NULL);
		return;
	}
	if (store.n == 0)
		SAY_PLAIN(&b, GREETING_NAMELESS, m->l);
	else if (name.n == 0)
		SAY(&b, GREETING, m->l, {"store", store});
	else
		SAY(&b, GREETING_BY_NAME, m->l, {"name", name}, {"store", store});
	if (m->status.why != STORE_UNKNOWN && !m->status.open) {
		status_say(m, &b);
		SAY_PLAIN(&b, STILL_HERE, m->l);
	}
	about_say(m, &b);
	buf_set(m, V_store_greeting, &b, NULL);
}

/* ---- all ---- */

void variables_of(struct arena *a, const struct variables_in *in, struct variable out[VARIABLES_N])
{
	struct making m = {.arena = a, .in = in, .out = out, .l = in->language};

	if (m.l == LANGUAGE_UNKNOWN)
		m.l = in->store->default_language == LANGUAGE_FR ? LANGUAGE_FR : LANGUAGE_EN;
	m.zone = zone_open(in->store->zone);
	m.words = (struct time_words){m.l, m.zone, in->now_us};
	store_status_at(in->store, m.zone, in->now_us, &m.status);
	for (size_t i = 0; i < VARIABLES_N; i++)
		out[i] = (struct variable){.name = table[i].name, .text = str_of(unknown(m.l))};
	caller_told(&m);
	history_told(&m);
	business_told(&m);
	store_told(&m);
	greeting_told(&m);
	text_set(&m, V_language, str_of(language_code(m.l)), NULL);
	text_set(&m, V_thread_id, in->thread_id, NULL);
	text_set(&m, V_caller_number, in->caller_number, said_in(&m, "withheld", "masqué"));
	text_set(&m, V_store_number, in->store_number, NULL);
	text_set(&m, V_twilio_call_sid, in->call_sid, NULL);
	text_set(&m, V_secret__tool_token, in->tool_token, "none");
	zone_close(m.zone);
}
