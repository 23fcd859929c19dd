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
	    claim(p, "jour|jours|conge|conges ferie|feries", &m) || claim(p, "feries|ferie", &m))
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

/* "24 and 25 December", "July 1 or 2": the number beside the one that was read, if it is one. */
static void date_beside(struct phrase *p, size_t number, int step, int month, int64_t today,
			struct asked_days *out)
{
	size_t i = number;
	bool joined = false;

	do {
		i += (size_t)step; /* below 0 it wraps, and is beyond the end */
		if (i >= p->n)
			return;
		joined = joined || word_among(p->words[i].text, "and et or ou to au");
	} while (word_among(p->words[i].text, "and et or ou to au le the"));
	if (!joined || p->words[i].dated || !is_ordinal(p->words[i].text))
		return;
	p->words[i].dated = p->words[i].explained = true;
	date_add(out, today, month, leading_number(p->words[i].text));
}

static void month_dates(struct phrase *p, int month, int64_t today, struct asked_days *out)
{
	char pattern[80];
	struct match m;

	for (int swapped = 0; swapped < 2; swapped++) {
		snprintf(pattern, sizeof(pattern), swapped ? "%s ?the #" : "?the|le # ?of %s",
			 months[month - 1]);
		if (!claim(p, pattern, &m))
			continue;
		for (size_t i = m.from; i < m.to; i++) {
			if (!is_ordinal(p->words[i].text))
				continue;
			date_add(out, today, month, leading_number(p->words[i].text));
			date_beside(p, i, swapped ? 1 : -1, month, today, out);
		}
	}
}

/* 2026-07-01: its three numbers are three words. */
static void iso_dates(struct phrase *p, int64_t today, struct asked_days *out)
{
	char text[16];
	int64_t day;

	for (size_t i = 0; i + 2 < p->n; i++) {
		snprintf(text, sizeof(text), STR_FMT "-" STR_FMT "-" STR_FMT,
			 STR_ARG(str_sub(p->words[i].text, 0, 5)),
			 STR_ARG(str_sub(p->words[i + 1].text, 0, 3)),
			 STR_ARG(str_sub(p->words[i + 2].text, 0, 3)));
		if (!day_parse(str_of(text), &day) || day < today)
			continue;
		for (size_t j = i; j < i + 3; j++)
			p->words[j].dated = p->words[j].explained = true;
		day_add(out, day, NULL);
	}
}

/* "the 24th", "le 24": the next day of that number. "le 24 h" and "the 9 am" are none. */
static void bare_dates(struct phrase *p, int64_t today, struct asked_days *out)
{
	struct match m;

	for (size_t from = 0; pattern_find("the|le #", p, from, &m); from = m.to) {
		struct str number = p->words[m.to - 1].text;
		struct day first = day_split(today);
		int mday = leading_number(number);

		if (p->words[m.to - 1].dated || !is_ordinal(number) ||
		    (m.to < p->n && word_among(p->words[m.to].text, "am pm a p h heures hours")))
			continue;
		while (mday >= 1 && mday <= 31 && /* not in every month: ends within two */
		       (!day_exists(first.year, first.month, mday) ||
			day_number(first.year, first.month, mday) < today)) {
			first.year += first.month / 12;
			first.month = first.month % 12 + 1;
		}
		if (mday < 1 || mday > 31)
			continue;
		day_add(out, day_number(first.year, first.month, mday), NULL);
		for (size_t i = m.from; i < m.to; i++)
			p->words[i].dated = p->words[i].explained = true;
	}
}

static void written_dates(struct phrase *p, int64_t today, struct asked_days *out)
{
	for (int month = 1; month <= (int)ARRAY_LEN(months); month++)
		month_dates(p, month, today, out);
	iso_dates(p, today, out);
	bare_dates(p, today, out);
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

/* How many weekdays are named. "next Monday", said on a Monday, is in a week. */
static int weekdays_named(struct phrase *p, int64_t today, struct asked_days *out)
{
	char pattern[120];
	struct match m;
	int named = 0;

	for (int d = 1; d <= WEEK_DAYS; d++) {
		snprintf(pattern, sizeof(pattern), "?next|this|coming|every %s ?prochain|next",
			 weekdays[d - 1]);
		while (claim(p, pattern, &m)) {
			int ahead = (d - day_weekday(today) + WEEK_DAYS) % WEEK_DAYS;
			bool next = word_among(p->words[m.from].text, "next coming") ||
				    word_among(p->words[m.to - 1].text, "prochain next");

			day_add(out, today + (ahead == 0 && next ? WEEK_DAYS : ahead), NULL);
			named++;
		}
	}
	return named;
}

static void named_days(struct phrase *p, int64_t today, struct asked_days *out)
{
	struct match m;

	while (claim(p, "?the day after tomorrow", &m) || claim(p, "apres demain", &m))
		day_add(out, today + 2, NULL);
	while (claim(p, "tomorrow", &m) || claim(p, "demain ?matin|soir", &m))
		day_add(out, today + 1, NULL);
	for (size_t i = 0; i < ARRAY_LEN(today_patterns); i++) {
		if (claim(p, today_patterns[i], &m))
			day_add(out, today, NULL);
	}
}

/* Behind a date or a holiday, "weekend" is not the next one: then the word stays unexplained. */
static void weekend(struct phrase *p, int64_t today, struct asked_days *out)
{
	int weekday = day_weekday(today);
	struct match m;

	if (out->n > 0 || !(claim(p, "?this week end|ends", &m) ||
			    claim(p, "?cette fin|fins de semaine|semaines", &m)))
		return;
	if (weekday != WEEK_DAYS)
		day_add(out, today + 6 - weekday, NULL);
	day_add(out, today + WEEK_DAYS - weekday, NULL);
}

static bool whole_week(struct phrase *p)
{
	static const char *const patterns[] = {
		"this|next|during|all|every|the ?whole week|day",
		"cette|la semaine ?prochaine",
		"weekdays|weekday",
		"week days",
		"en|sur semaine",
		"tous les jours|soirs",
		"# days|jours ?a|per|par|sur ?7|week|semaine",
		"24 hours|h|heures|7 ?a ?sur ?24 ?7 ?day",
	};
	struct match m;
	bool found = false;

	for (size_t i = 0; i < ARRAY_LEN(patterns); i++)
		found = claim(p, patterns[i], &m) || found;
	return found;
}

void which_day(struct arena *a, struct phrase *p, const struct store *s, int64_t today,
	       struct asked_days *out)
{
	struct match m;
	int named;

	*out = (struct asked_days){0};
	for (size_t i = 0; i < p->n; i++)
		p->words[i].dated = false;
	special_days(a, p, s, today, out);
	named_holidays(p, today, out);
	written_dates(p, today, out);
	weekend(p, today, out);
	named_days(p, today, out);
	named = weekdays_named(p, today, out);
	if (named >= 2 && pattern_find("to|through|thru|until|till|a|au|jusqu", p, 0, &m))
		out->week = true;
	out->week = whole_week(p) || out->week;
}
