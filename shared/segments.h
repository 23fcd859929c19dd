/*
 * segments.h - how a text travels: in GSM-7 or UCS-2, and in how many segments (twilio.md 8.4).
 *
 * One segment holds 160 septets or 70 UTF-16 units; several hold 153 or 67 each, for the header
 * that joins them. A character of the GSM extension (^ { } \ [ ~ ] | and the euro) is two septets.
 * What a reader takes for one character is not split over two segments. This is Twilio's own
 * counting (without "smart encoding"), which is what we are billed by.
 */
#ifndef SWITCHBACK_SHARED_SEGMENTS_H
#define SWITCHBACK_SHARED_SEGMENTS_H

#include "shared/str.h"

enum sms_encoding { SMS_GSM7, SMS_UCS2 };

struct segments {
	enum sms_encoding encoding;
	unsigned count; /* at least 1, also for an empty text */
	size_t units;   /* septets or UTF-16 units, headers not counted */
};

/* The text is valid UTF-8 (a bad byte counts as U+FFFD). */
struct segments segments_of(struct str text);

/* "GSM-7" or "UCS-2". */
const char *sms_encoding_name(enum sms_encoding encoding);

/* The first `max` different characters that force UCS-2 on the text, in order; returns how many
 * were written. 0 means that it goes out in GSM-7. */
size_t segments_foreign(struct str text, uint32_t *out, size_t max);

/* The longest front of the text that fits `max` segments (at least 1), cut between characters. */
struct str segments_cut(struct str text, unsigned max);

#endif
