/*
 * which_day.c - see which_day.h.
 */
#include "server/agent/which_day.h"

#include "shared/day.h"
#include "shared/utf8.h"

#define WEEK_DAYS 7

/* ---- gathering ---- */

static void day_add(struct asked_days *to, int64_t day, const struct holiday *h)
{
	size_t i;

	for (i = 0; i < to->n; i++) {
		if (to->d[i].day == day) {
			if (h != NULL)
				to->d[i].holiday = h;
			return;
		}
	}
	if (to->n == ASKED_DAYS_MAX) {
		to->week = true;
		return;
	}
	for (; i > 0 && to->d[i - 1].day > day; i--)
		to->d[i] = to->d[i - 1];
	to->d[i] = (struct asked_day){day, h};
	to->n++;
}

/* Marks the first place of the pattern whose words name no day yet. */
static bool claim(struct phrase *p, const char *pattern, struct match *m)
{
	for (size_t from = 0; pattern_find(pattern, p, from, m); from = m->from + 1) {
		bool taken = false;

		for (size_t i = m->from; i < m->to; i++)
			taken = taken || p->words[i].dated;
		if (taken)
			continue;
		for (size_t i = m->from; i < m->to; i++)
			p->words[i].dated = p->words[i].explained = true;
		return true;
	}
	return false;
}

/* The words of a special day's name, one behind the other, as a pattern; false when they would
 * match any question about hours. */
static bool name_pattern(struct arena *a, struct str name, char *out, size_t room)
{
	struct agent_message text = {.body = name};
	struct phrases read = phrases_read(a, &text, 1);
	size_t n = 0;

	if (read.n != 1 || (read.p[0].n == 1 && word_among(read.p[0].words[0].text,
							   "open opened close closed hours holiday "
							   "holidays ferme ouvert ferie horaire")))
		return false;
	for (size_t w = 0; w < read.p[0].n && n < room; w++)
		n += (size_t)snprintf(out + n, room - n, "%s" STR_FMT, w == 0 ? "" : " ",
				      STR_ARG(read.p[0].words[w].text));
	return n < room;
}

static void special_days(struct arena *a, struct phrase *p, const struct store *s, int64_t today,
			 struct asked_days *out)
{
	for (size_t i = 0; i < s->specials_n; i++) {
		const struct store_special *special = &s->specials[i];
		char pattern[200];
		struct match m;
		int64_t day;

		if (!day_parse(str_of(special->date), &day) || day < today)
			continue;
		if ((name_pattern(a, special->name_en, pattern, sizeof(pattern)) &&
		     claim(p, pattern, &m)) ||
		    (name_pattern(a, special->name_fr, pattern, sizeof(pattern)) &&
		     claim(p, pattern, &m)))
			day_add(out, day, holiday_on(day));
	}
}

static void named_holidays(struct phrase *p, int64_t today, struct asked_days *out)
{
	const struct holiday *h;
	struct match m;

	for (size_t i = 0; (h = holiday_at(i)) != NULL; i++) {
		for (size_t j = 0; j < HOLIDAY_PATTERNS && h->patterns[j] != NULL; j++) {
			if (claim(p, h->patterns[j], &m))
				day_add(out, holiday_next(h, today), h);
		}
	}
	if (claim(p, "?statutory|stat|public|the|on holiday|holidays", &m) ||
	    claim(p, "jour|jours|conge|conges ferie|feries", &m) || claim(p, "feries|ferie", &m) ||
	    claim(p, "pendant|durant|aux les|fetes ?fetes", &m))
		out->holidays = true;
}

/* ---- dates ---- */

static const char *const months[] = {
	"january|jan|janvier|janv",
	"february|feb|fevrier|fev",
	"march|mars",
	"april|apr|avril|avr",
	"may|mai",
	"june|jun|juin",
	"july|jul|juillet|juil",
	"august|aug|aout",
	"september|sept|sep|septembre",
	"october|oct|octobre",
	"november|nov|novembre",
	"december|dec|decembre",
};

/* "1", "1st", "1er", "24th", "24": the number in front, 0 when there is none. */
static int leading_number(struct str word)
{
	int n = 0;

	for (size_t i = 0; i < word.n && i < 2 && word.p[i] >= '0' && word.p[i] <= '9'; i++)
		n = n * 10 + (word.p[i] - '0');
	return n;
}

static bool is_ordinal(struct str word)
{
	size_t i = 0;
	struct str rest;

	while (i < word.n && i < 2 && word.p[i] >= '0' && word.p[i] <= '9')
		i++;
	rest = str_sub(word, i, word.n);
	return i > 0 && (rest.n == 0 || word_among(rest, "st nd rd th er e"));
}

static void date_add(struct asked_days *out, int64_t today, int month, int mday)
{
	int year = day_split(today).year;

	if (day_exists(year, month, mday) && day_number(year, month, mday) >= today)
		day_add(out, day_number(year, month, mday), NULL);
	else if (day_exists(year + 1, month, mday))
		day_add(out, day_number(year + 1, month, mday), NULL);
}

static void written_dates(struct phrase *p, int64_t today, struct asked_days *out)
{
	char pattern[80];
	struct match m;
	int64_t day;

	for (size_t month = 0; month < ARRAY_LEN(months); month++) {
		for (int swapped = 0; swapped < 2; swapped++) {
			snprintf(pattern, sizeof(pattern),
				 swapped ? "%s ?the #" : "?the|le # ?of %s", months[month]);
			if (!pattern_find(pattern, p, 0, &m))
				continue;
			for (size_t i = m.from; i < m.to; i++) {
				if (is_ordinal(p->words[i].text) && claim(p, pattern, &m))
					date_add(out, today, (int)month + 1,
						 leading_number(p->words[i].text));
			}
		}
	}
	/* 2026-07-01: its three numbers are three words. */
	for (size_t i = 0; i + 2 < p->n; i++) {
		snprintf(pattern, sizeof(pattern), STR_FMT "-" STR_FMT "-" STR_FMT,
			 STR_ARG(str_sub(p->words[i].text, 0, 5)),
			 STR_ARG(str_sub(p->words[i + 1].text, 0, 3)),
			 STR_ARG(str_sub(p->words[i + 2].text, 0, 3)));
		if (!day_parse(str_of(pattern), &day) || day < today)
			continue;
		for (size_t j = i; j < i + 3; j++)
			p->words[j].dated = p->words[j].explained = true;
		day_add(out, day, NULL);
	}
}

/* ---- days by their names ---- */

static const char *const weekdays[] = {
	"monday|mondays|lundi|lundis",
	"tuesday|tuesdays|tues|mardi|mardis",
	"wednesday|wednesdays|weds|wed|mercredi|mercredis",
	"thursday|thursdays|thurs|thur|thu|jeudi|jeudis",
	"friday|fridays|fri|vendredi|vendredis",
	"saturday|saturdays|sat|samedi|samedis",
	"sunday|sundays|sun|dimanche|dimanches",
};

static const char *const today_patterns[] = {
	"later today",
	"today",
	"tonight",
	"?this morning|afternoon|evening ?today",
	"aujourdhui",
	"ce soir|matin|midi|aprem",
	"cet apres midi|aprem|avant",
	"a soir",
};

static void named_days(struct phrase *p, int64_t today, struct asked_days *out)
{
	int weekday = day_weekday(today);
	struct match m;
	int named = 0;

	while (claim(p, "?the day after tomorrow", &m) || claim(p, "apres demain", &m))
		day_add(out, today + 2, NULL);
	while (claim(p, "tomorrow", &m) || claim(p, "demain ?matin|soir", &m))
		day_add(out, today + 1, NULL);
	for (size_t i = 0; i < ARRAY_LEN(today_patterns); i++) {
		if (claim(p, today_patterns[i], &m))
			day_add(out, today, NULL);
	}
	for (int d = 1; d <= WEEK_DAYS; d++) {
		while (claim(p, weekdays[d - 1], &m)) {
			named++;
			day_add(out, today + (d - weekday + WEEK_DAYS) % WEEK_DAYS, NULL);
		}
	}
	if (claim(p, "week end|ends", &m) || claim(p, "fin|fins de semaine|semaines", &m)) {
		if (weekday != WEEK_DAYS)
			day_add(out, today + 6 - weekday, NULL);
		day_add(out, today + WEEK_DAYS - weekday, NULL);
	}
	if (claim(p, "this|next|during|all|every|the ?whole week|day", &m) ||
	    claim(p, "cette|la semaine ?prochaine", &m) ||
	    claim(p, "weekdays|weekday|week days", &m) || claim(p, "en|sur semaine", &m) ||
	    claim(p, "tous les jours|soirs", &m) ||
	    (named >= 2 && pattern_find("to|through|thru|until|till|a|au|jusqu", p, 0, &m)))
		out->week = true;
}

void which_day(struct arena *a, struct phrase *p, const struct store *s, int64_t today,
	       struct asked_days *out)
{
	*out = (struct asked_days){0};
	for (size_t i = 0; i < p->n; i++)
		p->words[i].dated = false;
	special_days(a, p, s, today, out);
	named_holidays(p, today, out);
	written_dates(p, today, out);
	named_days(p, today, out);
}
