/*
 * date_words.c - see date_words.h: cut (date_token.h), read and put together (date_group.h), set on
 * the store's calendar (date_resolve.h).
 */
#include "server/agent/date_words.h"

#include "server/agent/date_resolve.h"
#include "server/agent/holiday.h"
#include "server/agent/phrase.h"

/* ---- holidays ---- */

/* A word that stands in a holiday's name is there: most texts have none, and are spared the
 * patterns. */
static bool may_name_holiday(const struct date_text *x)
{
	for (size_t i = 0; i < x->n; i++) {
		if (x->t[i].term == TERM_HOLIDAY || is_word(x, i, "new") ||
		    (is_word(x, i, "good") && is_term(x, i + 1, TERM_WEEKDAY)) ||
		    (is_word(x, i, "l") && is_word(x, i + 1, "an")))
			return true;
	}
	return false;
}

/* A present for Christmas is no appointment on it. */
static bool is_about_holiday(const struct date_text *x, const struct match *m)
{
	return is_word(x, m->to,
		       "gift gifts present presents sale sales tree lights special cadeau card") ||
	       (m->from > 0 && is_word(x, m->from - 1, "cadeau cadeaux promo")) ||
	       (m->from > 1 && is_word(x, m->from - 1, "de du") &&
		is_word(x, m->from - 2, "cadeau cadeaux promo solde soldes sapin"));
}

static void holidays_find(struct arena *a, struct date_text *x)
{
	struct phrase p = {0};
	const struct holiday *h;
	struct match m;
	size_t *token;

	if (!may_name_holiday(x))
		return;
	p.words = ARENA_ARRAY(a, struct word, x->n);
	token = ARENA_ARRAY(a, size_t, x->n);
	for (size_t i = 0; i < x->n; i++) { /* without signs: "St-Jean" */
		if (x->t[i].kind == TOKEN_SIGN)
			continue;
		token[p.n] = i;
		p.words[p.n++].text = x->t[i].text;
	}
	phrase_index(&p);
	for (size_t i = 0; (h = holiday_at(i)) != NULL; i++) {
		for (size_t j = 0; j < HOLIDAY_PATTERNS && h->patterns[j] != NULL; j++) {
			bool taken = false;

			if (x->holidays_n == DATE_HOLIDAYS_MAX ||
			    !pattern_find(h->patterns[j], &p, 0, &m))
				continue;
			m = (struct match){token[m.from], token[m.to - 1] + 1};
			if (is_about_holiday(x, &m))
				continue;
			for (size_t k = 0; k < x->holidays_n; k++)
				taken = taken ||
					(m.from < x->holidays[k].to && m.to > x->holidays[k].from);
			if (taken)
				continue;
			x->holidays[x->holidays_n].from = m.from;
			x->holidays[x->holidays_n].to = m.to;
			x->holidays[x->holidays_n++].day = holiday_next(h, x->today);
		}
	}
}

/* ---- what is meant ---- */

static size_t main_of(const struct dates *d)
{
	for (size_t i = 0; i < d->n; i++) {
		if (!d->found[i].refused)
			return i;
	}
	return d->n > 0 ? 0 : DATES_NONE;
}

void date_words(struct arena *a, struct str text, const struct date_frame *frame, struct dates *out)
{
	struct date_tokens tokens = date_tokens_read(a, text, frame->language);
	struct date_text x = {.t = tokens.t, .n = tokens.n, .frame = frame};
	struct date_groups *groups = ARENA_NEW(a, struct date_groups);
	struct zone_time now;

	*out = (struct dates){0};
	zone_local(frame->zone, frame->now_us, &now);
	x.today = now.day;
	x.minute = now.minute;
	holidays_find(a, &x);
	date_groups_read(&x, groups);
	out->cut = tokens.cut || groups->cut;
	for (size_t i = 0; i < groups->n; i++) {
		const struct date_group *g = &groups->g[i];
		struct date_found *f = &out->found[out->n];

		if (out->n == DATES_MAX) {
			out->cut = true;
			break;
		}
		if (!date_resolve(&x, g, f))
			continue;
		f->from = x.t[g->from].from;
		f->to = x.t[g->to - 1].to;
		out->n++;
	}
	out->main = main_of(out);
}
