/*
 * date_part.c - parts of a day, and from one time to another: see date_piece.h.
 *
 * The windows are conventions: what a store's people understand by the words, not opening hours.
 */
#include "server/agent/date_piece.h"

#define HOUR_MIN 60
#define DAY_MIN  1440

enum stage { STAGE_WHOLE, STAGE_EARLY, STAGE_MID, STAGE_LATE, STAGES };

/* clang-format off */
static const struct {
	enum date_half half;
	int window[STAGES][2]; /* minutes */
} parts[] = {
	[PART_MORNING]   = {HALF_AM, {{480, 720}, {480, 600}, {570, 660}, {600, 720}}},
	[PART_AFTERNOON] = {HALF_PM, {{720, 1020}, {720, 840}, {840, 960}, {900, 1020}}},
	[PART_EVENING]   = {HALF_PM, {{1080, 1260}, {1020, 1140}, {1140, 1200}, {1140, 1260}}},
	[PART_NIGHT]     = {HALF_PM, {{1200, 1320}, {1140, 1260}, {1200, 1320}, {1260, 1380}}},
	[PART_LUNCH]     = {HALF_PM, {{720, 780}, {690, 750}, {720, 780}, {750, 810}}},
};
/* clang-format on */

/* ---- parts ---- */

static bool is_greeting(const struct date_text *x, size_t i)
{
	return i > 0 && is_word(x, i - 1,
				"good bon bonne great nice lovely belle happy gd wonderful "
				"rest reste");
}

/* "late", "early in", "fin de l'", "mid-": returns behind it. */
static size_t stage_read(const struct date_text *x, size_t i, enum stage *out)
{
	enum date_term term = i < x->n ? x->t[i].term : TERM_NONE;
	size_t at = i + 1;

	if (term == TERM_EARLY || term == TERM_START)
		*out = STAGE_EARLY;
	else if (term == TERM_MID)
		*out = STAGE_MID;
	else if (term == TERM_LATE || term == TERM_END)
		*out = STAGE_LATE;
	else
		return i;
	if (is_sign(x, at, '-'))
		at++;
	while (is_term(x, at, TERM_IN) || is_term(x, at, TERM_OF) || is_term(x, at, TERM_THE) ||
	       is_term(x, at, TERM_ON) || is_term(x, at, TERM_A))
		at++;
	return at;
}

/* The word for the part itself. */
static size_t part_word(const struct date_text *x, size_t i, bool leans, int *which)
{
	bool hyphen = is_sign(x, i + 1, '-');
	size_t noon = hyphen ? i + 2 : i + 1;

	if (is_term(x, i, TERM_PART)) {
		*which = x->t[i].value;
		return is_word(x, i + 1, "time hour") ? i + 2 : i + 1;
	}
	if (is_word(x, i, "apres") && is_word(x, noon, "midi midis")) {
		*which = PART_AFTERNOON;
		return noon + 1;
	}
	if (is_word(x, i, "avant") && is_word(x, noon, "midi midis") && (hyphen || leans)) {
		*which = PART_MORNING;
		return noon + 1;
	}
	if (is_word(x, i, "after") && is_word(x, i + 1, "noon") && leans) {
		*which = PART_AFTERNOON;
		return i + 2;
	}
	if (is_word(x, i, "day") || is_word(x, i, "business")) {
		*which = PART_DAY;
		return is_word(x, i, "day") ? i + 1 : i + 2;
	}
	return 0;
}

/* "after work", "après la job", "after school" */
static size_t after_work(const struct date_text *x, size_t i, struct date_part *p)
{
	size_t at = skip(x, i + 1, TERM_ON, TERM_THE);

	if (!is_term(x, i, TERM_AFTER) && !is_term(x, i, TERM_A))
		return 0;
	if (is_term(x, i, TERM_A) && !is_word(x, at, "sortie"))
		return 0;
	if (is_word(x, at, "my mon ma mes sortie"))
		at = skip(x, at + 1, TERM_OF, TERM_ON);
	if (is_word(x, at, "work job jobs boulot travail ouvrage bureau shift taf")) {
		p->from = 17 * HOUR_MIN;
		p->to = 19 * HOUR_MIN;
	} else if (is_word(x, at, "school ecole class cours")) {
		p->from = 15 * HOUR_MIN + 30;
		p->to = 17 * HOUR_MIN + 30;
	} else if (is_word(x, at, "supper dinner souper")) {
		p->from = 18 * HOUR_MIN + 30;
		p->to = 21 * HOUR_MIN;
	} else {
		return 0;
	}
	p->half = HALF_PM;
	return at + 1;
}

static bool part_set(struct date_part *p, int which, enum stage stage)
{
	if (which == PART_DAY) {
		if (stage != STAGE_EARLY && stage != STAGE_LATE)
			return false;
		p->by_store = true;
		p->from = stage == STAGE_EARLY ? 0 : -2 * HOUR_MIN;
		p->to = stage == STAGE_EARLY ? 2 * HOUR_MIN : DAY_MIN;
		return true;
	}
	p->half = parts[which].half;
	p->from = parts[which].window[stage][0];
	p->to = parts[which].window[stage][1];
	return true;
}

size_t part_read(const struct date_text *x, size_t i, bool beside_day, struct date_part *out)
{
	struct date_part p = {0};
	enum stage stage = STAGE_WHOLE;
	size_t at = stage_read(x, i, &stage), to;
	bool leans;
	int which;

	if ((to = after_work(x, i, &p)) > 0) {
		*out = p;
		return to;
	}
	if (is_greeting(x, i))
		return 0;
	if (is_term(x, at, TERM_TONIGHT)) {
		*out = (struct date_part){
			.from = 19 * HOUR_MIN, .to = 22 * HOUR_MIN, .half = HALF_PM, .today = true};
		return at + 1;
	}
	if (is_word(x, at, "eod cob eob") || (is_word(x, at, "close") && is_word(x, at + 1, "of") &&
					      is_word(x, at + 2, "business"))) {
		part_set(&p, PART_DAY, STAGE_LATE);
		*out = p;
		return is_word(x, at, "close") ? at + 3 : at + 1;
	}
	if (is_term(x, at, TERM_THIS) ||
	    (is_word(x, at, "a") && is_word(x, at + 1, "soir matin"))) { /* "à soir" */
		p.today = true;
		at++;
	} else if (is_term(x, at, TERM_LAST) && is_word(x, at + 1, "night evening")) {
		p.past = true;
		at++;
	}
	leans = p.today || stage != STAGE_WHOLE ||
		(i > 0 && (is_term(x, i - 1, TERM_IN) || is_word(x, i - 1, "l d")));
	if (stage == STAGE_WHOLE && (is_term(x, at, TERM_AM) || is_term(x, at, TERM_PM)) &&
	    (beside_day || p.today || (i > 0 && is_word(x, i - 1, "en")))) {
		part_set(&p, is_term(x, at, TERM_AM) ? PART_MORNING : PART_AFTERNOON, STAGE_WHOLE);
		*out = p;
		return at + 1;
	}
	to = part_word(x, at, leans, &which);
	if (to == 0 || !part_set(&p, which, stage))
		return 0;
	*out = p;
	return to;
}

/* ---- from one time to another ---- */

static int minute_of(const struct date_clock *c)
{
	int hour = c->hour;

	if (c->half == HALF_PM && hour < 12)
		hour += 12;
	else if (c->half == HALF_AM && hour == 12)
		hour = 0;
	return hour * HOUR_MIN + c->minute;
}

/* What one of them says of its half of the day settles the other's. */
static void halves_settle(struct date_clock c[2])
{
	if (c[0].at != CLOCK_TIME || c[1].at != CLOCK_TIME)
		return;
	if (c[0].half == HALF_UNSAID && (c[1].half == HALF_PM || c[1].half == HALF_AM)) {
		struct date_clock same = c[0];

		same.half = c[1].half;
		c[0].half = minute_of(&same) < minute_of(&c[1]) ? c[1].half
			    : c[1].half == HALF_PM              ? HALF_AM
								: HALF_PM;
	} else if (c[0].half == HALF_UNSAID && c[1].half == HALF_ALL && c[1].hour > 12) {
		/* "8-14h"; "2 à 17 h" would be the afternoon's */
		c[0].half = c[0].hour >= 7 ? HALF_AM : HALF_UNSAID;
	} else if (c[1].half == HALF_UNSAID && c[0].half != HALF_UNSAID) {
		c[1].half = minute_of(&c[1]) > minute_of(&c[0]) ? HALF_AM : HALF_PM;
		if (c[1].hour == 12)
			c[1].half = HALF_PM;
	}
}

static size_t link_read(const struct date_text *x, size_t i, bool between)
{
	if (is_term(x, i, TERM_AND))
		return between ? i + 1 : 0;
	if (is_sign(x, i, '-') || is_term(x, i, TERM_TO) || is_term(x, i, TERM_A) ||
	    is_word(x, i, "et"))
		return i + 1;
	if (is_term(x, i, TERM_UNTIL))
		return skip(x, i + 1, TERM_A, TERM_TO);
	return 0;
}

size_t clocks_read(const struct date_text *x, size_t i, bool may_be_bare, struct date_clock out[2])
{
	struct date_clock c[2] = {{0}};
	bool between = is_term(x, i, TERM_BETWEEN);
	bool opened = between || is_term(x, i, TERM_FROM) || is_term(x, i, TERM_OF);
	size_t at = opened ? i + 1 : i, to;
	bool second_bare;

	to = clock_read(x, at, true, &c[0]);
	if (to == 0 && is_number(x, at, 1, 24) && !x->t[at].ordinal && is_sign(x, at + 1, '-') &&
	    (i == 0 || !x->t[at].tight)) { /* "11-4": counted, if it were alone */
		c[0] = (struct date_clock){.hour = x->t[at].value, .bare = true};
		c[0].half = c[0].hour > 12 ? HALF_ALL : HALF_UNSAID;
		to = at + 1;
	}
	if (to == 0 || (at = link_read(x, to, between)) == 0)
		return 0;
	second_bare = opened || may_be_bare || !c[0].bare;
	to = clock_end_read(x, at, second_bare, &c[1]);
	if (to == 0 && is_number(x, at, 1, 24) && x->t[at].tight && second_bare &&
	    !is_counted(x, at + 1) && x->t[at].digits <= 2 && !x->t[at].ordinal) {
		c[1] = (struct date_clock){.hour = x->t[at].value, .bare = true};
		c[1].half = c[1].hour > 12 ? HALF_ALL : HALF_UNSAID;
		to = at + 1;
	}
	if (to == 0 || (c[0].bare && c[1].bare && !opened && !may_be_bare))
		return 0;
	halves_settle(c);
	memcpy(out, c, sizeof(c));
	return to;
}
