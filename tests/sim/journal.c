/*
 * journal.c - see journal.h. Lines are written to the file a tenth of a second after they arise, so
 * that a thousand requests a second cost a few writes.
 */
#include "tests/sim/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "shared/clock.h"
#include "shared/log.h"
#include "tests/sim/json.h"

#define FLUSH_MS 100

bool sim_journal_open(struct sim_journal *j, uv_loop_t *loop, const char *file, struct err *err)
{
	int fd;

	*j = (struct sim_journal){.cap = SIM_JOURNAL_KEPT, .first = 1, .next = 1};
	if (file != NULL) {
		fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		j->file = fd < 0 ? NULL : fdopen(fd, "a");
		if (j->file == NULL)
			return err_set(err, ERR_INPUT, "--log: %s cannot be written: %s", file,
				       strerror(errno));
		setvbuf(j->file, NULL, _IOFBF, 256 * 1024);
	}
	j->lines = xcalloc(j->cap, sizeof(char *));
	uv_timer_init(loop, &j->flush);
	uv_unref((uv_handle_t *)&j->flush);
	j->flush.data = j;
	return true;
}

static void oldest_drop(struct sim_journal *j)
{
	char **at = &j->lines[j->first++ % j->cap];

	j->bytes -= strlen(*at);
	free(*at);
	*at = NULL;
}

void sim_journal_forget(struct sim_journal *j)
{
	while (j->first < j->next)
		oldest_drop(j);
}

void sim_journal_close(struct sim_journal *j)
{
	if (j->lines == NULL)
		return;
	if (j->file != NULL)
		fclose(j->file);
	j->file = NULL;
	sim_journal_forget(j);
	free(j->lines);
	j->lines = NULL;
	uv_close((uv_handle_t *)&j->flush, NULL);
}

static void on_flush(uv_timer_t *t)
{
	struct sim_journal *j = t->data;

	j->flush_set = false;
	if (fflush(j->file) != 0 && !j->broken) {
		log_error("event=journal_broken text=\"%s\"", strerror(errno));
		j->broken = true;
	}
}

/* Names in the order in which they came; a repeated one has an array. */
static void params_add(const struct sim_pairs *p, struct buf *out)
{
	const char *comma = "";

	buf_add_cstr(out, ",\"params\":{");
	for (size_t i = 0; i < p->n; i++) {
		struct str values[32];
		char name[128];
		size_t n, j;

		for (j = 0; j < i && !str_eq(p->at[j].name, p->at[i].name); j++)
			;
		if (j < i)
			continue;
		snprintf(name, sizeof name, STR_FMT, STR_ARG(p->at[i].name));
		n = sim_pairs_all(p, name, values, ARRAY_LEN(values));
		buf_add_cstr(out, comma);
		sim_json_text(p->at[i].name, out);
		buf_add_cstr(out, n > 1 ? ":[" : ":");
		if (n == 0)
			sim_json_text(p->at[i].value, out);
		for (j = 0; j < n; j++) {
			if (j > 0)
				buf_add_char(out, ',');
			sim_json_text(values[j], out);
		}
		if (n > 1)
			buf_add_char(out, ']');
		comma = ",";
	}
	buf_add_char(out, '}');
}

void sim_journal_add(struct sim_journal *j, const struct sim_entry *e)
{
	int64_t us = clock_mono_us() - e->started_us;
	char at[CLOCK_TEXT];
	struct buf b = {0};

	clock_text(clock_wall_us() - us, at);
	buf_printf(&b,
		   "{\"n\":%" PRIu64 ",\"at\":\"%s\",\"side\":\"%s\",\"method\":\"%s\",\"url\":",
		   j->next, at, e->side, e->method);
	sim_json_text(e->url, &b);
	if (e->sid != NULL)
		buf_printf(&b, ",\"sid\":\"%s\"", e->sid);
	if (e->params != NULL)
		params_add(e->params, &b);
	buf_printf(&b, ",\"status\":%d,\"ms\":%.1f", e->status, (double)us / 1000);
	if (e->attempt > 0)
		buf_printf(&b, ",\"attempt\":%u", e->attempt);
	if (e->fault != NULL)
		buf_printf(&b, ",\"fault\":\"%s\"", e->fault);
	if (e->code != 0)
		buf_printf(&b, ",\"code\":%d", e->code);
	if (e->problem != NULL) {
		buf_add_cstr(&b, ",\"problem\":");
		sim_json_text(str_of(e->problem), &b);
	}
	buf_add_char(&b, '}');
	while (j->next - j->first == j->cap ||
	       (j->bytes + b.n > SIM_JOURNAL_BYTES && j->first < j->next))
		oldest_drop(j);
	j->lines[j->next++ % j->cap] = b.p;
	j->bytes += b.n;
	if (j->file == NULL)
		return;
	fwrite(b.p, 1, b.n, j->file);
	fputc('\n', j->file);
	if (!j->flush_set) {
		j->flush_set = true;
		uv_timer_start(&j->flush, on_flush, FLUSH_MS, 0);
	}
}

void sim_journal_read(const struct sim_journal *j, uint64_t since, size_t limit, struct buf *out)
{
	uint64_t at = since + 1 < j->first ? j->first : since + 1, end;

	if (at > j->next)
		at = j->next;
	end = j->next - at > limit ? at + limit : j->next;
	buf_add_cstr(out, "{\"requests\":[");
	for (uint64_t i = at; i < end; i++) {
		if (i > at)
			buf_add_char(out, ',');
		buf_add_cstr(out, j->lines[i % j->cap]);
	}
	buf_printf(out, "],\"next\":%" PRIu64 "}", end - 1);
}
