/*
 * import_csv.c - CSV as RFC 4180 has it, by libcsv in its strict mode: UTF-8 with or without a
 * mark, a header that names the columns, comma, semicolon or tab between fields.
 *
 * libcsv knows no lines, and a quoted field may hold line ends: the file is fed line by line, and a
 * row's line is the one that it began on.
 */
#include <csv.h>

#include "server/ctl/import.h"
#include "shared/utf8.h"

#define FIELDS_MAX 64

struct csv {
	struct import_sink *sink;
	struct arena arena; /* of the row that is being read */
	struct str fields[FIELDS_MAX];
	size_t fields_n;
	int columns[FIELDS_MAX]; /* the header: index of the kind's column */
	size_t columns_n;        /* 0: the header has not been read */
	size_t line, began;      /* the current line, and the one on which the row began */
	bool pending;            /* in the middle of a row */
	bool failed;             /* the header was refused: err says why */
	struct err *err;
};

static void on_field(void *p, size_t n, void *arg)
{
	struct csv *r = arg;

	if (r->fields_n < FIELDS_MAX)
		r->fields[r->fields_n] = arena_str(&r->arena, str_make(p, n));
	r->fields_n++;
}

static bool header_read(struct csv *r)
{
	const struct import_kind *kind = r->sink->kind;
	unsigned long seen = 0;

	if (r->fields_n > FIELDS_MAX)
		return err_set(r->err, ERR_INPUT,
			       "The header has %zu columns, at most %d are taken.", r->fields_n,
			       FIELDS_MAX);
	for (size_t i = 0; i < r->fields_n; i++) {
		int column = import_column_find(kind, r->fields[i]);

		if (column < 0)
			return err_set(
				r->err, ERR_INPUT,
				"Line %zu: \"%s\" is no column of %s; switchbackctl(1) lists "
				"them.",
				r->began, value_shown(&r->arena, r->fields[i]), kind->what);
		if ((seen & 1ul << column) != 0)
			return err_set(r->err, ERR_INPUT, "Line %zu: the column %s is there twice.",
				       r->began, kind->columns[column].name);
		seen |= 1ul << column;
		r->columns[i] = column;
	}
	r->columns_n = r->fields_n;
	return true;
}

static void row_done(struct csv *r)
{
	struct import_row row = {.line = r->began};

	if (r->fields_n != r->columns_n) {
		r->sink->bad(r->sink, r->began,
			     arena_printf(&r->arena, "it has %zu fields, the header %zu",
					  r->fields_n, r->columns_n));
		return;
	}
	for (size_t i = 0; i < r->fields_n; i++) {
		if (str_trim(r->fields[i]).n > 0)
			row.values[r->columns[i]] = r->fields[i];
	}
	r->sink->row(r->sink, &row);
}

static void on_row(int c, void *arg)
{
	struct csv *r = arg;

	(void)c;
	if (r->columns_n == 0 && !r->failed)
		r->failed = !header_read(r);
	else if (!r->failed)
		row_done(r);
	r->fields_n = 0;
	r->pending = false;
	arena_clear(&r->arena);
}

/* The one of , ; and tab that the header has most of, outside quotes. */
static char delimiter_guess(struct str text)
{
	static const char candidates[] = ",;\t";
	size_t counts[3] = {0}, best = 0;
	bool quoted = false;

	for (size_t i = 0; i < text.n && (quoted || text.p[i] != '\n'); i++) {
		const char *found = text.p[i] == '\0' ? NULL : strchr(candidates, text.p[i]);

		if (text.p[i] == '"')
			quoted = !quoted;
		else if (!quoted && found != NULL)
			counts[found - candidates]++;
	}
	for (size_t i = 1; i < ARRAY_LEN(counts); i++) {
		if (counts[i] > counts[best])
			best = i;
	}
	return candidates[best];
}

/* One line with its end into the parser; false when its quotes make no sense. */
static bool line_feed(struct csv *r, struct csv_parser *parser, struct str line)
{
	if (!r->pending && str_trim(line).n == 0)
		return true;
	if (!r->pending)
		r->began = r->line;
	r->pending = true;
	return csv_parse(parser, line.p, line.n, on_field, on_row, r) == line.n;
}

bool import_csv_read(struct str text, char delimiter, struct import_sink *sink, struct err *err)
{
	struct csv r = {.sink = sink, .err = err};
	struct csv_parser parser;
	bool fits = true;

	if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
		BUG("libcsv does not start");
	csv_set_delim(&parser, (unsigned char)(delimiter != 0 ? delimiter : delimiter_guess(text)));
	for (r.line = 1; text.n > 0 && fits && !r.failed; r.line++) {
		ptrdiff_t end = str_find_char(text, '\n');
		size_t n = end < 0 ? text.n : (size_t)end + 1;

		fits = line_feed(&r, &parser, str_sub(text, 0, n));
		text = str_sub(text, n, text.n);
	}
	if (fits && !r.failed)
		fits = csv_fini(&parser, on_field, on_row, &r) == 0;
	if (!fits)
		sink->bad(sink, r.began,
			  "its quotes are not as CSV has them (a quote inside is doubled, and "
			  "every one that opens is closed); what follows was not read");
	csv_free(&parser);
	arena_free(&r.arena);
	if (r.failed)
		return false;
	return r.columns_n > 0 || !fits ||
	       err_set(err, ERR_INPUT, "The file is empty: its first line must name the columns.");
}
