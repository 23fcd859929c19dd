/*
 * understand.c - see understand.h; and switchbackctl understand lang.
 */
#include "server/ctl/understand.h"

#include <errno.h>

#include "server/agent/detect.h"

#define SET_COLUMNS_MAX 32

struct set {
	FILE *in;
	char *line; /* getline's */
	size_t room;
	unsigned long number;                 /* of the line read last */
	size_t place[UNDERSTAND_COLUMNS_MAX]; /* of each asked column */
	size_t n;
};

/* The next line without its end; false at the end of the input. */
static bool line_read(struct set *s, struct str *out)
{
	ssize_t n = getline(&s->line, &s->room, s->in);

	if (n < 0)
		return false;
	s->number++;
	while (n > 0 && (s->line[n - 1] == '\n' || s->line[n - 1] == '\r'))
		n--;
	*out = (struct str){s->line, (size_t)n};
	return true;
}

static size_t cells_cut(struct str line, struct str cells[SET_COLUMNS_MAX])
{
	size_t n = 0;

	while (line.p != NULL && n < SET_COLUMNS_MAX)
		cells[n++] = str_cut(&line, '\t');
	return n;
}

static bool header_read(struct set *s, const char *const *columns, struct err *err)
{
	struct str line, cells[SET_COLUMNS_MAX];
	size_t n, at;

	if (!line_read(s, &line))
		return err_set(err, ERR_INPUT,
			       "nothing came in: give a set on standard input (... < SET.tsv)");
	n = cells_cut(line, cells);
	for (s->n = 0; columns[s->n] != NULL; s->n++) {
		for (at = 0; at < n && !str_is(cells[at], columns[s->n]);)
			at++;
		if (at == n)
			return err_set(err, ERR_INPUT,
				       "the first line names no column \"%s\": a set begins with "
				       "the names "
				       "of its columns, tabs between them",
				       columns[s->n]);
		s->place[s->n] = at;
	}
	return true;
}

static bool line_predict(struct ctl *c, const struct set *s, struct str line,
			 understand_line *predict, struct buf *out, struct err *err)
{
	struct str cells[SET_COLUMNS_MAX], values[UNDERSTAND_COLUMNS_MAX] = {0};
	size_t n = cells_cut(line, cells);
	struct err why = {0};

	for (size_t i = 0; i < s->n; i++) {
		if (s->place[i] >= n)
			return err_set(err, ERR_INPUT, "line %lu has only %zu columns", s->number,
				       n);
		values[i] = cells[s->place[i]];
	}
	if (!predict(&c->arena, values, out, &why))
		return err_set(err, why.kind, "line %lu: %s", s->number, why.text);
	return true;
}

bool understand_set(struct ctl *c, const char *const *columns, understand_line *predict,
		    struct err *err)
{
	struct set s = {.in = c->in};
	struct str line;
	struct buf out;
	bool ok;

	buf_init(&out, 512);
	ok = header_read(&s, columns, err);
	while (ok && line_read(&s, &line)) {
		buf_reset(&out);
		ok = line_predict(c, &s, line, predict, &out, err);
		if (ok)
			fprintf(c->out, "%.*s\n", (int)buf_str(&out).n, buf_str(&out).p);
		arena_clear(&c->arena);
	}
	if (ok && ferror(s.in))
		ok = err_set(err, ERR_INPUT, "standard input cannot be read: %s", strerror(errno));
	buf_clear(&out);
	free(s.line);
	return ok;
}

static bool lang_predict(struct arena *a, const struct str *values, struct buf *out,
			 struct err *err)
{
	enum language l = language_detect(values[0]).language;

	(void)a;
	(void)err;
	buf_add_cstr(out, l == LANGUAGE_UNKNOWN ? "?" : language_code(l));
	return true;
}

bool understand_lang(struct ctl *c, struct err *err)
{
	static const char *const columns[] = {"text", NULL};

	return understand_set(c, columns, lang_predict, err);
}
