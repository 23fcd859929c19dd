/*
 * transcript.c - see transcript.h.
 */
#include "tests/sim/transcript.h"

#include "shared/clock.h"
#include "shared/phone.h"
#include "shared/utf8.h"

static void name_of(const struct sim_transcript *t, struct str number, char out[64])
{
	char text[24];

	phone_text(number, text);
	snprintf(out, 64, "%s", text);
	for (size_t i = 0; i < t->script->n; i++) {
		const struct sim_step *s = &t->script->steps[i];

		if (s->kind == SIM_STEP_NAME && str_eq(s->from, number))
			snprintf(out, 64, "%.*s", (int)size_min(s->text.n, 60), s->text.p);
	}
}

/* Text from outside goes to a terminal: lines are indented, controls become visible. */
static void words_print(FILE *out, struct str words)
{
	while (words.n > 0) {
		uint32_t c;
		size_t n = utf8_next(words, &c);

		if (n > 0 && c == '\n')
			fputs("\n            ", out);
		else if (n == 0 || c < 0x20 || (c >= 0x7f && c < 0xa0) ||
			 (c >= 0x200b && c <= 0x200f && c != 0x200d) ||
			 (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
			fputs("\xef\xbf\xbd", out);
		else
			fwrite(words.p, 1, n, out);
		words = str_sub(words, n == 0 ? 1 : n, words.n);
	}
	fputc('\n', out);
}

static int width_of(const char *name)
{
	return (int)utf8_count(str_of(name));
}

void sim_transcript_open(struct sim_transcript *t, FILE *out, const struct sim_script *script)
{
	char name[64];

	*t = (struct sim_transcript){.out = out, .script = script};
	for (size_t i = 0; i < t->script->n; i++) {
		if (t->script->steps[i].kind != SIM_STEP_NAME)
			continue;
		name_of(t, t->script->steps[i].from, name);
		if (width_of(name) > t->name_width)
			t->name_width = width_of(name);
	}
}

void sim_transcript_line(struct sim_transcript *t, struct str who, const char *arrow,
			 struct str words)
{
	time_t now = (time_t)(clock_wall_us() / 1000000);
	char clock[16], name[64];
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(clock, sizeof clock, "%H:%M:%S", &tm);
	name_of(t, who, name);
	fprintf(t->out, "  %s  %s %s%*s  ", clock, arrow, name,
		t->name_width > width_of(name) ? t->name_width - width_of(name) : 0, "");
	words_print(t->out, words);
	fflush(t->out);
}
