/*
 * time_words.h - times, days and opening hours as people in Canada write them: "9:30 a.m.", "de 9 h
 * à 17 h 30", "tomorrow at noon", "samedi 4 juillet". Each function writes behind what is in the
 * buffer.
 *
 * A time that exists twice (clocks go back) carries the zone's abbreviation.
 */
#ifndef SWITCHBACK_SERVER_AGENT_TIME_WORDS_H
#define SWITCHBACK_SERVER_AGENT_TIME_WORDS_H

#include "server/agent/store_time.h"
#include "shared/buf.h"

/* What every function needs to know: language, zone, and the present, which makes a day "tomorrow".
 */
struct time_words {
	enum language language;
	const struct zone *zone;
	int64_t now_us;
};

/* "6:30 p.m." "18 h 30" "noon" "midi" "midnight" "minuit" */
void words_time(struct buf *b, const struct time_words *w, int64_t at_us);

/* "today", "tomorrow", "Saturday" (within six days), "Saturday, July 4", with another year that
 * too. */
void words_day(struct buf *b, const struct time_words *w, int64_t day);
/* The whole date: "Saturday, July 4, 2026" "samedi 4 juillet 2026" (without article). */
void words_date(struct buf *b, const struct time_words *w, int64_t day);
void words_weekday(struct buf *b, enum language l, int weekday);

/* Behind "reopen": "today at 9:00 a.m." "demain à 9 h" */
void words_when(struct buf *b, const struct time_words *w, int64_t at_us);

/* Behind "by" and "au plus tard": "3:45 p.m." "à 15 h 45" "tomorrow at noon" "le samedi 4 juillet à
 * 9 h" */
void words_deadline(struct buf *b, const struct time_words *w, int64_t at_us);

/* "from 9:00 a.m. to noon and from 1:00 p.m. to 6:00 p.m."; all of a day is "24 hours". n > 0. */
void words_spans(struct buf *b, const struct time_words *w, const struct store_span *spans,
		 size_t n);

/* "Monday to Friday from 9:00 a.m. to 6:00 p.m.; Saturday and Sunday closed": the weekly layer
 * alone. */
void words_week(struct buf *b, const struct time_words *w, const struct store *s);

#endif
