/*
 * commands.c - "serve" and "play".
 */
#include <unistd.h>

#include "shared/log.h"
#include "tests/sim/line.h"
#include "tests/sim/play.h"

#define SCRIPT_MAX (256u * 1024)

static int complain(const struct err *err)
{
	fprintf(stderr, "switchback-sim: %s\n", err->text);
	return 1;
}

static void on_stop(void *with)
{
	sim_line_stop(with);
}

/* ---- serve ---- */

int sim_serve_command(const struct sim_options *o)
{
	struct sim_line *l = xcalloc(1, sizeof *l);
	struct err err = {0};
	int status = 0;

	sim_line_open(l);
	loop_on_stop(&l->loop, on_stop, l);
	if (sim_line_serve(l, o, &err)) {
		printf("TWILIO_SIM_URL=http://%s:%d", l->sim.set.host, l->sim.set.port);
		if (l->sim.set.elevenlabs_port >= 0)
			printf(" ELEVENLABS_SIM_URL=http://%s:%d", l->sim.set.host,
			       l->sim.set.elevenlabs_port);
		printf("\n");
		fflush(stdout);
	} else {
		status = complain(&err);
		sim_line_stop(l);
	}
	loop_run(&l->loop);
	sim_line_close(l);
	free(l);
	return status;
}

/* ---- play ---- */

struct playing {
	struct sim_line line;
	struct sim_link link;
	struct sim_script script;
	struct arena arena;
	bool good;
};

static void play_ended(void *with, bool good)
{
	struct playing *p = with;

	p->good = good;
}

/* The flow is over once this runs: now everything may go. */
static void on_turn(uv_prepare_t *h)
{
	struct playing *p = h->data;

	if (flows_running(p->line.flows) > 0)
		return;
	uv_close((uv_handle_t *)h, NULL);
	sim_line_stop(&p->line);
}

static bool script_load(struct playing *p, const struct sim_options *o, struct err *err)
{
	FILE *f = strcmp(o->file, "-") == 0 ? stdin : fopen(o->file, "re");
	struct buf b = {.limit = SCRIPT_MAX};
	bool good = true;
	char *at;
	size_t n;

	if (f == NULL)
		return err_set(err, ERR_INPUT, "%.100s cannot be read", o->file);
	while ((at = buf_room(&b, 4096)) != NULL && (n = fread(at, 1, 4096, f)) > 0)
		b.n += n;
	if (at == NULL || ferror(f) != 0)
		good = err_set(err, ERR_INPUT, "%.100s cannot be read, or is too long", o->file);
	if (f != stdin)
		fclose(f);
	for (size_t i = 0; good && i < o->variables.n; i++) {
		struct str value = o->variables.at[i], name = str_cut(&value, '=');

		good = sim_script_set(&p->script, name, value, err);
	}
	good = good &&
	       sim_script_read(&p->arena, arena_str(&p->arena, buf_str(&b)), &p->script, err);
	buf_clear(&b);
	return good;
}

static bool line_find(struct playing *p, const struct sim_options *o, struct err *err)
{
	p->link = (struct sim_link){.loop = &p->line.loop,
				    .http = p->line.http,
				    .flows = p->line.flows,
				    .url = o->sim_url};
	if (o->sim_url != NULL)
		return true;
	if (!sim_line_serve(&p->line, o, err))
		return false;
	p->link.url =
		arena_printf(&p->arena, "http://%s:%d", p->line.sim.set.host, p->line.sim.set.port);
	return true;
}

int sim_play_command(const struct sim_options *o)
{
	struct playing *p = xcalloc(1, sizeof *p);
	struct sim_play play = {.link = &p->link,
				.script = &p->script,
				.out = stdout,
				.french = o->french,
				.ended = play_ended,
				.ended_with = p};
	struct err err = {0};
	uv_prepare_t turn;
	int status;

	log_set_level(LOG_ERROR); /* the transcript tells what there is to tell */
	sim_line_open(&p->line);
	loop_on_stop(&p->line.loop, on_stop, &p->line);
	if (script_load(p, o, &err) && line_find(p, o, &err)) {
		sim_play_start(&play);
		uv_prepare_init(&p->line.loop.uv, &turn);
		turn.data = p;
		uv_prepare_start(&turn, on_turn);
	} else {
		complain(&err);
		sim_line_stop(&p->line);
	}
	loop_run(&p->line.loop);
	sim_line_close(&p->line);
	status = p->good ? 0 : 1;
	arena_free(&p->arena);
	free(p);
	return status;
}
