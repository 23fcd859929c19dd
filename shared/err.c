/*
 * err.c - see err.h.
 */
#include "shared/err.h"

void err_vset(struct err *err, enum err_kind kind, const char *fmt, va_list ap)
{
	if (err == NULL)
		return;
	err->kind = kind;
	vsnprintf(err->text, sizeof err->text, fmt, ap);
}

void err_write(struct err *err, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	err_vset(err, kind, fmt, ap);
	va_end(ap);
}

const char *err_kind_name(enum err_kind kind)
{
	static const char *const names[] = {
		[ERR_NONE] = "none",         [ERR_INPUT] = "input",       [ERR_DENIED] = "denied",
		[ERR_MISSING] = "missing",   [ERR_CONFLICT] = "conflict", [ERR_BUSY] = "busy",
		[ERR_UPSTREAM] = "upstream", [ERR_TIMEOUT] = "timeout",
	};

	return (size_t)kind < ARRAY_LEN(names) ? names[kind] : "unknown";
}
