/*
 * settings_text.c - the settings table in words: --help, docs/operations.md, switchback.conf(5).
 */
#include "shared/buf.h"
#include "shared/settings_table.h"

#define WIDTH  88
#define INDENT 6

static const struct {
	enum program program;
	const char *name;
} programs[] = {{PROGRAM_SERVICE, "switchbackd"},
		{PROGRAM_CTL, "switchbackctl"},
		{PROGRAM_KEEP, "switchback-keep"}};

/* "switchbackd, switchbackctl" */
static void programs_say(struct buf *b, unsigned who)
{
	bool first = true;

	for (size_t i = 0; i < ARRAY_LEN(programs); i++) {
		if ((who & (unsigned)programs[i].program) == 0)
			continue;
		buf_printf(b, "%s%s", first ? "" : ", ", programs[i].name);
		first = false;
	}
}

/* The sentence in lines of at most WIDTH columns. */
static void wrapped(FILE *to, const char *text)
{
	struct str rest = str_of(text);
	size_t column = 0;

	while (rest.n > 0) {
		struct str word = str_cut(&rest, ' ');

		if (column > 0 && column + 1 + word.n > WIDTH) {
			fputc('\n', to);
			column = 0;
		}
		column += (size_t)fprintf(to, "%*s" STR_FMT, column == 0 ? INDENT : 1, "",
					  STR_ARG(word));
	}
	fputc('\n', to);
}

void settings_help(FILE *to, unsigned whose)
{
	size_t n;
	const struct setting *rows = settings_rows(&n);

	fprintf(to, "Settings, from the environment, from $CREDENTIALS_DIRECTORY/NAME, or from a "
		    "file of KEY=value\nlines that --config FILE or SWITCHBACK_CONFIG names:\n\n");
	for (size_t i = 0; i < n; i++) {
		if ((rows[i].used_by & whose) == 0)
			continue;
		fprintf(to, "  %s", rows[i].name);
		if ((rows[i].needed_by & whose) != 0)
			fprintf(to, "  (required)");
		if (rows[i].fallback != NULL)
			fprintf(to, "  [%s]", rows[i].fallback);
		fputc('\n', to);
		wrapped(to, rows[i].sentence);
	}
}

void settings_markdown(FILE *to)
{
	size_t n;
	const struct setting *rows = settings_rows(&n);

	fprintf(to, "| setting | default | used by | required by | what it is "
		    "|\n|---|---|---|---|---|\n");
	for (size_t i = 0; i < n; i++) {
		struct buf used = {0}, needed = {0};

		programs_say(&used, rows[i].used_by);
		programs_say(&needed, rows[i].needed_by);
		fprintf(to, "| `%s`%s | %s%s%s | %s | %s | %s |\n", rows[i].name,
			rows[i].secret ? " (secret)" : "", rows[i].fallback == NULL ? "" : "`",
			rows[i].fallback == NULL ? "" : rows[i].fallback,
			rows[i].fallback == NULL ? "" : "`", buf_cstr(&used), buf_cstr(&needed),
			rows[i].sentence);
		buf_clear(&used);
		buf_clear(&needed);
	}
}

/* troff takes '-' for a hyphen and a leading '.' or ''' for a request. */
static void man_text(FILE *to, const char *text)
{
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '-')
			fputs("\\-", to);
		else if (*p == '\\')
			fputs("\\e", to);
		else if (*p == '\'')
			fputs("\\(aq", to);
		else
			fputc(*p, to);
	}
	fputc('\n', to);
}

void settings_man(FILE *to)
{
	size_t n;
	const struct setting *rows = settings_rows(&n);

	for (size_t i = 0; i < n; i++) {
		struct buf facts = {0};

		fprintf(to, ".TP\n.B %s\n", rows[i].name);
		man_text(to, rows[i].sentence);
		buf_add_cstr(&facts, "Used by ");
		programs_say(&facts, rows[i].used_by);
		if (rows[i].needed_by != 0) {
			buf_add_cstr(&facts, "; required by ");
			programs_say(&facts, rows[i].needed_by);
		}
		if (rows[i].secret)
			buf_add_cstr(&facts, "; secret");
		if (rows[i].fallback != NULL)
			buf_printf(&facts, "; default %s", rows[i].fallback);
		buf_add_char(&facts, '.');
		man_text(to, buf_cstr(&facts));
		buf_clear(&facts);
	}
}
