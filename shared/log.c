/*
 * log.c - see log.h.
 */
#include "shared/log.h"

#include <errno.h>
#include <unistd.h>

#include "shared/clock.h"

#define GATHER_MAX 16384
#define LINE_MAX_  2048

static enum log_level level_wanted = LOG_INFO;
static int out_fd = STDERR_FILENO;
static char gathered[GATHER_MAX];
static size_t gathered_n;
static bool end_hooked;

static const char *const level_names[] = {
	[LOG_ERROR] = "error", [LOG_WARN] = "warn", [LOG_INFO] = "info", [LOG_DEBUG] = "debug"};

void log_set_level(enum log_level level)
{
	level_wanted = level;
}

bool log_wanted(enum log_level level)
{
	return level <= level_wanted;
}

bool log_level_parse(const char *word, enum log_level *out)
{
	for (size_t i = 0; i < ARRAY_LEN(level_names); i++) {
		if (strcmp(word, level_names[i]) == 0) {
			*out = (enum log_level)i;
			return true;
		}
	}
	return false;
}

void log_to(int fd)
{
	log_flush();
	out_fd = fd < 0 ? STDERR_FILENO : fd;
}

void log_flush(void)
{
	size_t done = 0;

	while (done < gathered_n) {
		ssize_t n = write(out_fd, gathered + done, gathered_n - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break; /* nobody to tell */
		done += (size_t)n;
	}
	gathered_n = 0;
}

/* Copies text behind `to`, controls as \xNN, so that one record stays one line. UTF-8 passes. */
static size_t escaped(char *to, size_t room, const char *text)
{
	static const char hex[] = "0123456789abcdef";
	size_t n = 0;

	for (const unsigned char *p = (const unsigned char *)text; *p != '\0' && n + 4 < room;
	     p++) {
		if (*p >= 0x20 && *p != 0x7f) {
			to[n++] = (char)*p;
			continue;
		}
		to[n++] = '\\';
		to[n++] = 'x';
		to[n++] = hex[*p >> 4];
		to[n++] = hex[*p & 15];
	}
	return n;
}

static void line_write(enum log_level level, const char *fmt, va_list ap)
{
	UNINITIALIZED char text[LINE_MAX_], line[LINE_MAX_ * 2];
	char when[CLOCK_TEXT];
	size_t n;

	vsnprintf(text, sizeof text, fmt, ap);
	clock_text(clock_wall_us(), when);
	n = (size_t)snprintf(line, sizeof line, "time=%s level=%s ", when, level_names[level]);
	n += escaped(line + n, sizeof line - n - 1, text);
	line[n++] = '\n';
	if (!end_hooked) {
		end_hooked = true;
		atexit(log_flush);
	}
	if (gathered_n + n > sizeof gathered)
		log_flush();
	memcpy(gathered + gathered_n, line, n);
	gathered_n += n;
	if (level == LOG_ERROR)
		log_flush();
}

void log_write(enum log_level level, const char *fmt, ...)
{
	va_list ap;

	if (level > level_wanted)
		return;
	va_start(ap, fmt);
	line_write(level, fmt, ap);
	va_end(ap);
}
