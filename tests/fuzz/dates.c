/*
 * dates.c - arbitrary bytes as a customer's text through date_words.h: nothing breaks, the same
 * text means the same twice, places lie inside the text, ends lie behind beginnings, instants and
 * wall times agree, and nothing that was found is over by more than the day it is on.
 *
 * The first byte chooses language, zone and the hour of the message; the rest is the text.
 */
#include "server/agent/date_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DAY_US  INT64_C(86400000000)
#define HOUR_US INT64_C(3600000000)
#define BEGIN   INT64_C(1772870400000000) /* 2026-03-07, a day before clocks change */

static void point_check(const struct zone *zone, const struct date_point *p)
{
	struct zone_time t;

	if (!p->known)
		return;
	zone_local(zone, p->at_us, &t);
	if (p->fit != ZONE_SKIPPED && (t.day != p->day || t.minute != p->minute))
		BUG("the instant is not the wall time that it goes with");
	if (!p->timed && p->minute != 0)
		BUG("a whole day begins at midnight");
}

static void found_check(const struct date_frame *frame, const struct date_found *f, size_t n)
{
	struct zone_time now;

	zone_local(frame->zone, frame->now_us, &now);
	point_check(frame->zone, &f->start);
	point_check(frame->zone, &f->end);
	point_check(frame->zone, &f->other);
	if (f->from >= f->to || f->to > n)
		BUG("found outside of the text");
	if (!f->start.known && !f->end.known)
		BUG("found, but not when");
	if (f->start.known && f->end.known && f->end.at_us < f->start.at_us)
		BUG("it ends before it begins");
	if (f->start.known && f->start.day < now.day)
		BUG("what is over is never meant");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const zones[] = {"America/Toronto", "America/St_Johns", "America/Regina",
					    "Australia/Lord_Howe"};
	static struct zone *open[ARRAY_LEN(zones)];
	struct date_frame frame = {0};
	struct dates first, second;
	struct arena a = {0};
	struct str text;
	size_t z;

	if (size == 0)
		return 0;
	z = data[0] % ARRAY_LEN(zones);
	if (open[z] == NULL)
		open[z] = zone_open(str_of(zones[z]));
	frame.zone = open[z];
	frame.now_us = BEGIN + data[0] / 4 * HOUR_US;
	frame.language = (enum language)(data[0] % 3);
	text = str_make((const char *)data + 1, size - 1);
	date_words(&a, text, &frame, &first);
	date_words(&a, text, &frame, &second);
	if (memcmp(&first, &second, sizeof(first)) != 0)
		BUG("the same text means two things");
	if ((first.n == 0) != (first.main == DATES_NONE) || (first.n > 0 && first.main >= first.n))
		BUG("the main one is not among them");
	for (size_t i = 0; i < first.n; i++)
		found_check(&frame, &first.found[i], text.n);
	arena_free(&a);
	return 0;
}
