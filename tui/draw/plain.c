/*
 * plain.c - see plain.h.
 */
#include "tui/draw/plain.h"

#include <utf8proc.h>

static const struct {
	uint32_t c;
	const char *text;
} spelled[] = {
	{0x00A9, "(c)"}, {0x00AB, "<<"}, {0x00AE, "(r)"}, {0x00B0, "o"},    {0x00B7, "."},
	{0x00BB, ">>"},  {0x00C6, "AE"}, {0x00D7, "x"},   {0x00D8, "O"},    {0x00DF, "ss"},
	{0x00E6, "ae"},  {0x00F8, "o"},  {0x0152, "OE"},  {0x0153, "oe"},   {0x2010, "-"},
	{0x2011, "-"},   {0x2012, "-"},  {0x2013, "-"},   {0x2014, "--"},   {0x2018, "'"},
	{0x2019, "'"},   {0x201C, "\""}, {0x201D, "\""},  {0x2022, "*"},    {0x2026, "..."},
	{0x2039, "<"},   {0x203A, ">"},  {0x20AC, "EUR"}, {0x2122, "(tm)"}, {0x2190, "<-"},
	{0x2191, "^"},   {0x2192, "->"}, {0x2193, "v"},   {0x21B5, "|"},    {0x2212, "-"},
	{0x2713, "v"},   {0x2715, "x"},  {0x2717, "x"},   {0x25B8, ">"},    {0x25CF, "*"},
	{0x25CB, "o"},
};

size_t plain_text(uint32_t c, char out[6])
{
	utf8proc_int32_t parts[8];
	utf8proc_ssize_t n;
	int last = UTF8PROC_BOUNDCLASS_START;

	for (size_t i = 0; i < ARRAY_LEN(spelled); i++) {
		if (spelled[i].c == c)
			return (size_t)snprintf(out, 6, "%s", spelled[i].text);
	}
	n = utf8proc_decompose_char((utf8proc_int32_t)c, parts, ARRAY_LEN(parts),
				    UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT, &last);
	out[0] = n > 0 && n <= (utf8proc_ssize_t)ARRAY_LEN(parts) && parts[0] > 0x20 &&
				 parts[0] < 0x7F
			 ? (char)parts[0]
			 : '?';
	out[1] = '\0';
	return 1;
}
