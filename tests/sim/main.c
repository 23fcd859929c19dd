/*
 * main.c - switchback-sim, the practice line: see docs/practice-line.md.
 */
#include "shared/log.h"
#include "tests/sim/line.h"

int main(int argc, char **argv)
{
	struct sim_options o;
	struct err err = {0};
	struct buf help = {0};

	if (argc > 1 && strcmp(argv[1], "--version") == 0) {
		puts("switchback-sim " SWITCHBACK_VERSION);
		return 0;
	}
	if (!sim_options_read(argc, argv, &o, &err)) {
		fprintf(stderr, "switchback-sim: %s\n", err.text);
		return 2;
	}
	if (o.help) {
		sim_options_help(&help);
		fputs(buf_cstr(&help), stdout);
		buf_clear(&help);
		return 0;
	}
	switch (o.command) {
	case SIM_SERVE: return sim_serve_command(&o);
	case SIM_PLAY: return sim_play_command(&o);
	case SIM_PHONE: return sim_phone_command(&o);
	}
	return 2;
}
