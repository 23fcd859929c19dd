/*
 * json.c - see json.h.
 */
#include "tests/sim/json.h"

#include "shared/clock.h"
#include "shared/utf8.h"

void sim_json_text(struct str s, struct buf *out)
{
	buf_add_char(out, '"');
	while (s.n > 0) {
		uint32_t c;
		size_t n = utf8_next(s, &c);

		if (n == 0)
			buf_add_cstr(out, "\xef\xbf\xbd");
		else if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", (int)c);
		else if (c == '\n')
			buf_add_cstr(out, "\\n");
		else if (c < 0x20 || c == 0x7f || c == 0x2028 || c == 0x2029)
			buf_printf(out, "\\u%04x", (unsigned)c);
		else
			buf_add(out, s.p, n);
		s = str_sub(s, n == 0 ? 1 : n, s.n);
	}
	buf_add_char(out, '"');
}

static void begin(struct buf *b, const char *name)
{
	char last = b->n == 0 ? '{' : b->p[b->n - 1];

	if (last != '{' && last != '[')
		buf_add_char(b, ',');
	if (name != NULL)
		buf_printf(b, "\"%s\":", name);
}

void sim_json_open(struct buf *b, const char *name, char open)
{
	begin(b, name);
	buf_add_char(b, open);
}

void sim_json_close(struct buf *b, char close)
{
	buf_add_char(b, close);
}

void sim_json_str(struct buf *b, const char *name, struct str value)
{
	begin(b, name);
	sim_json_text(value, b);
}

void sim_json_cstr(struct buf *b, const char *name, const char *value)
{
	if (value == NULL)
		sim_json_null(b, name);
	else
		sim_json_str(b, name, str_of(value));
}

void sim_json_printf(struct buf *b, const char *name, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	sim_json_str(b, name, str_of(text));
}

void sim_json_int(struct buf *b, const char *name, int64_t value)
{
	begin(b, name);
	buf_printf(b, "%" PRId64, value);
}

void sim_json_bool(struct buf *b, const char *name, bool value)
{
	begin(b, name);
	buf_add_cstr(b, value ? "true" : "false");
}

void sim_json_null(struct buf *b, const char *name)
{
	begin(b, name);
	buf_add_cstr(b, "null");
}

void sim_date_text(int64_t wall_us, char out[SIM_DATE])
{
	time_t t = (time_t)(wall_us / 1000000);
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(out, SIM_DATE, "%a, %d %b %Y %H:%M:%S +0000", &tm);
}

void sim_json_date(struct buf *b, const char *name, int64_t wall_us)
{
	char text[SIM_DATE];

	if (wall_us == 0) {
		sim_json_null(b, name);
		return;
	}
	sim_date_text(wall_us, text);
	sim_json_str(b, name, str_of(text));
}

void sim_json_time(struct buf *b, const char *name, int64_t wall_us)
{
	char text[CLOCK_TEXT];

	if (wall_us == 0) {
		sim_json_null(b, name);
		return;
	}
	clock_text(wall_us, text);
	sim_json_str(b, name, str_of(text));
}
