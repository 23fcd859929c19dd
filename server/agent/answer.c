/*
 * answer.c - see answer.h.
 */
#include "server/agent/answer.h"

#include "server/agent/sentences.h"
#include "shared/day.h"
#include "shared/phone.h"

#define SPECIALS_SOON_D   7  /* told with the week */
#define HOLIDAYS_WITHIN_D 60 /* told when asked for "holidays" */
#define PIECE_MAX         400

struct str in_language(enum language l, struct str en, struct str fr)
{
	return l == LANGUAGE_FR ? fr : en;
}

static struct str special_name(const struct reply *r, const struct store_special *s)
{
	return s == NULL ? (struct str){NULL, 0}
			 : in_language(r->words.language, s->name_en, s->name_fr);
}

/* ---- now ---- */

static void say_reopening(struct reply *r)
{
	struct buf when = {.limit = PIECE_MAX};

	if (r->status.opens_us == 0)
		return;
	words_when(&when, &r->words, r->status.opens_us);
	SAY(&r->say, REOPEN, r->words.language, {"when", buf_str(&when)});
	buf_clear(&when);
}

static void say_closed(struct reply *r)
{
	enum language l = r->words.language;
	const struct store *s = r->store;
	bool by_hand = r->status.why == STORE_BY_HAND;
	struct str why = by_hand ? in_language(l, s->closed_reason_en, s->closed_reason_fr)
				 : special_name(r, r->status.special);

	if (by_hand && s->closed_until_us == 0) {
		if (why.n > 0)
			SAY(&r->say, CLOSED_FOR_NOW_WHY, l, {"reason", why});
		else
			SAY_PLAIN(&r->say, CLOSED_FOR_NOW, l);
	} else if (why.n > 0) {
		SAY(&r->say, CLOSED_NOW_WHY, l, {"reason", why});
	} else {
		SAY_PLAIN(&r->say, CLOSED_NOW, l);
	}
	say_reopening(r);
}

bool answer_status(struct reply *r)
{
	struct buf until = {.limit = PIECE_MAX};

	if (r->status.why == STORE_UNKNOWN || r->words.zone == NULL)
		return false;
	if (r->status_said)
		return true;
	r->status_said = true;
	if (!r->status.open) {
		say_closed(r);
	} else if (r->status.closes_us == 0) {
		SAY_PLAIN(&r->say, OPEN_NOW, r->words.language);
	} else {
		words_time(&until, &r->words, r->status.closes_us);
		SAY(&r->say, OPEN_NOW_UNTIL, r->words.language, {"time", buf_str(&until)});
		buf_clear(&until);
	}
	return true;
}

/* ---- a day ---- */

/* A special day says when it is; an ordinary day that is a holiday may be one that nobody has typed
 * in. */
static bool day_is_sure(const struct reply *r, const struct store_day *d,
			const struct holiday *asked)
{
	const struct holiday *h = asked != NULL ? asked : holiday_on(d->day);

	if (d->special != NULL || d->why == STORE_BY_HAND || d->spans_n == 0 || h == NULL)
		return true;
	return asked == NULL && (!h->unusual || d->day == r->today);
}

static void say_unsure(struct reply *r, const struct store_day *d, const struct holiday *asked)
{
	const struct holiday *h = asked != NULL ? asked : holiday_on(d->day);
	struct buf weekday = {.limit = PIECE_MAX}, periods = {.limit = PIECE_MAX},
		   day = {.limit = PIECE_MAX};

	words_weekday(&weekday, r->words.language, day_weekday(d->day));
	words_spans(&periods, &r->words, d->spans, d->spans_n);
	words_day(&day, &r->words, d->day);
	buf_printf(&day, " (%s)", r->words.language == LANGUAGE_FR ? h->name_fr : h->name_en);
	SAY(&r->say, USUAL_BUT_UNSURE, r->words.language, {"weekday", buf_str(&weekday)},
	    {"periods", buf_str(&periods)}, {"day", buf_str(&day)});
	buf_clear(&weekday);
	buf_clear(&periods);
	buf_clear(&day);
}

static void say_day(struct reply *r, const struct store_day *d)
{
	enum language l = r->words.language;
	const struct store *s = r->store;
	struct buf day = {.limit = PIECE_MAX}, periods = {.limit = PIECE_MAX};
	struct str name = special_name(r, d->special);

	if (d->spans_n == 0 && d->why == STORE_BY_HAND)
		name = in_language(l, s->closed_reason_en, s->closed_reason_fr);
	words_day(&day, &r->words, d->day);
	if (d->spans_n > 0)
		words_spans(&periods, &r->words, d->spans, d->spans_n);
	if (d->spans_n == 0 && name.n == 0)
		SAY(&r->say, DAY_CLOSED, l, {"day", buf_str(&day)});
	else if (d->spans_n == 0)
		SAY(&r->say, DAY_CLOSED_WHY, l, {"day", buf_str(&day)}, {"reason", name});
	else if (name.n == 0)
		SAY(&r->say, DAY_OPEN, l, {"day", buf_str(&day)}, {"periods", buf_str(&periods)});
	else
		SAY(&r->say, DAY_OPEN_NAMED, l, {"day", buf_str(&day)}, {"name", name},
		    {"periods", buf_str(&periods)});
	buf_clear(&day);
	buf_clear(&periods);
}

static bool day_said(struct reply *r, int64_t day)
{
	for (size_t i = 0; i < r->days_said.n; i++) {
		if (r->days_said.d[i].day == day)
			return true;
	}
	if (r->days_said.n < ASKED_DAYS_MAX)
		r->days_said.d[r->days_said.n++].day = day;
	return false;
}

static bool answer_day(struct reply *r, int64_t day, const struct holiday *asked)
{
	struct store_day d;

	store_day_at(r->store, r->words.zone, day, r->words.now_us, &d);
	if (d.why == STORE_UNKNOWN)
		return false;
	if (day_said(r, day))
		return true;
	if (!day_is_sure(r, &d, asked)) {
		say_unsure(r, &d, asked);
		return false;
	}
	if (day == r->today && !r->status.open &&
	    (d.spans_n == 0 || d.spans[d.spans_n - 1].to_us <= r->words.now_us))
		return answer_status(r); /* over for today: what counts is when we reopen */
	say_day(r, &d);
	return true;
}

/* ---- the week, the holidays ---- */

/* Says the special days of the next n days, at most as many as a reply may hold; how many. */
static size_t say_specials(struct reply *r, int64_t days)
{
	size_t n = 0;

	for (int64_t day = r->today; day <= r->today + days && n < ASKED_DAYS_MAX - 1; day++) {
		struct store_day d;

		store_day_at(r->store, r->words.zone, day, r->words.now_us, &d);
		if (d.special == NULL || d.why == STORE_UNKNOWN || day_said(r, day))
			continue;
		say_day(r, &d);
		n++;
	}
	return n;
}

static bool answer_week(struct reply *r)
{
	struct buf week = {.limit = PIECE_MAX * 4};

	if (r->store->periods_n == 0 || r->words.zone == NULL)
		return false;
	if (store_closed_by_hand(r->store, r->words.now_us))
		answer_status(r);
	words_week(&week, &r->words, r->store);
	SAY(&r->say, WEEK, r->words.language, {"week", buf_str(&week)});
	buf_clear(&week);
	say_specials(r, SPECIALS_SOON_D);
	return true;
}

bool answer_hours(struct reply *r, unsigned topics, const struct asked_days *days)
{
	bool week =
		days->week || (days->n == 0 && !days->holidays && (topics & TOPIC_BIT(TOPIC_WEEK)));
	bool all = true;

	if (days->holidays && days->n == 0 && say_specials(r, HOLIDAYS_WITHIN_D) == 0)
		return false;
	if (week) {
		bool again = (r->said & TOPIC_BIT(TOPIC_WEEK)) != 0;

		r->said |= TOPIC_BIT(TOPIC_WEEK);
		return again || answer_week(r);
	}
	for (size_t i = 0; i < days->n; i++)
		all = answer_day(r, days->d[i].day, days->d[i].holiday) && all;
	if (days->n > 0 || days->holidays)
		return all;
	if ((topics & TOPIC_BIT(TOPIC_OPENS)) && r->status.open)
		return answer_day(r, r->today, NULL);
	return answer_status(r);
}

/* ---- where, how ---- */

static void say_text(struct reply *r, struct str text)
{
	text = str_trim(text);
	if (r->say.n > 0 && text.n > 0)
		buf_add_char(&r->say, ' ');
	buf_add_str(&r->say, text);
}

static bool fresh(struct reply *r, enum topic t)
{
	bool first = (r->said & TOPIC_BIT(t)) == 0;

	r->said |= TOPIC_BIT(t);
	return first;
}

static bool answer_address(struct reply *r)
{
	if (r->store->address.n == 0)
		return false;
	if (fresh(r, TOPIC_ADDRESS))
		SAY(&r->say, ADDRESS, r->words.language, {"address", r->store->address});
	return true;
}

static bool answer_directions(struct reply *r)
{
	struct str text =
		in_language(r->words.language, r->store->directions_en, r->store->directions_fr);
	bool address = answer_address(r);

	if (text.n > 0 && fresh(r, TOPIC_DIRECTIONS))
		say_text(r, text);
	return address || text.n > 0;
}

static bool answer_phone(struct reply *r)
{
	char number[24];

	if (r->store->phone.n == 0)
		return false;
	phone_text(r->store->phone, number);
	if (fresh(r, TOPIC_PHONE))
		SAY(&r->say, PHONE, r->words.language, {"phone", str_of(number)});
	return true;
}

static bool answer_email(struct reply *r)
{
	if (r->store->email.n == 0)
		return false;
	if (fresh(r, TOPIC_EMAIL))
		SAY(&r->say, EMAIL, r->words.language, {"email", r->store->email});
	return true;
}

bool answer_where(struct reply *r, unsigned topics)
{
	bool all = true, phone, email;

	if (topics & TOPIC_BIT(TOPIC_DIRECTIONS))
		all = answer_directions(r);
	else if (topics & TOPIC_BIT(TOPIC_ADDRESS))
		all = answer_address(r);
	if (topics & TOPIC_BIT(TOPIC_PHONE))
		all = answer_phone(r) && all;
	if (topics & TOPIC_BIT(TOPIC_EMAIL))
		all = answer_email(r) && all;
	if (topics & TOPIC_BIT(TOPIC_CONTACT)) {
		phone = answer_phone(r);
		email = answer_email(r);
		all = (phone || email) && all;
	}
	return all;
}

bool answer_policy(struct reply *r, const struct store_policy *row)
{
	struct str text;

	if (row == NULL)
		return false;
	text = in_language(r->words.language, row->text_en, row->text_fr);
	if (text.n > 0 && str_find(buf_str(&r->say), str_trim(text)) < 0)
		say_text(r, text);
	return text.n > 0;
}
