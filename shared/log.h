/*
 * log.h - one line a record, key=value, to standard error. The prefix comes from the owner.
 *
 * Levels: error = someone must act, warn = we coped, info = one line per finished piece of work,
 * debug = each step. Never message text, tokens, codes or signatures; numbers go through
 * phone_masked(). Bytes that could break a line are escaped here, whatever the caller passes.
 * Lines are gathered and written by log_flush(), which the loop calls once per turn; an error line
 * and the end of the process flush at once.
 */
#ifndef SWITCHBACK_SHARED_LOG_H
#define SWITCHBACK_SHARED_LOG_H

#include "shared/base.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Read once at start. Unknown words are refused by settings, not here. */
void log_set_level(enum log_level level);
MUST_USE
bool log_level_parse(const char *word, enum log_level *out);
bool log_wanted(enum log_level level);

/* The format gives the record's own part: log_write(LOG_INFO, "event=message_kept bytes=%zu", n).
 */
void log_write(enum log_level level, const char *fmt, ...) PRINTF_LIKE(2, 3);
#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)  log_write(LOG_WARN, __VA_ARGS__)
#define log_info(...)  log_write(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__)

void log_flush(void);

/* Tests: where lines go instead of standard error (a file descriptor); -1 is standard error again.
 */
void log_to(int fd);

#endif
