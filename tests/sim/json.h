/*
 * json.h - JSON being written: objects, members and times in Twilio's manner. Commas come by
 * themselves. `name` is NULL for an element of an array.
 */
#ifndef SWITCHBACK_TESTS_SIM_JSON_H
#define SWITCHBACK_TESTS_SIM_JSON_H

#include "shared/buf.h"

/* open is '{' or '[', close its counterpart. */
void sim_json_open(struct buf *b, const char *name, char open);
void sim_json_close(struct buf *b, char close);
void sim_json_str(struct buf *b, const char *name, struct str value);
/* NULL is null. */
void sim_json_cstr(struct buf *b, const char *name, const char *value);
void sim_json_printf(struct buf *b, const char *name, const char *fmt, ...) PRINTF_LIKE(3, 4);
void sim_json_int(struct buf *b, const char *name, int64_t value);
void sim_json_bool(struct buf *b, const char *name, bool value);
void sim_json_null(struct buf *b, const char *name);
/* RFC 2822 in GMT, "Tue, 03 Nov 2026 14:05:09 +0000"; null for 0. */
void sim_json_date(struct buf *b, const char *name, int64_t wall_us);
/* RFC 3339 with milliseconds; null for 0. */
void sim_json_time(struct buf *b, const char *name, int64_t wall_us);

/* s as a JSON string, quotes included; bad UTF-8 becomes U+FFFD. */
void sim_json_text(struct str s, struct buf *out);

#define SIM_DATE 40
void sim_date_text(int64_t wall_us, char out[SIM_DATE]);

#endif
