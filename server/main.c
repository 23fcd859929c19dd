/*
 * main.c - switchbackd: settings in, service up, until a signal. See app.h.
 *
 * Exit codes: 0 stopped as asked, 1 could not go on, 2 a setting is missing or bad (switchback-keep
 * does not try again then).
 */
#include "server/app.h"
#include "shared/log.h"

#define EXIT_SETTINGS 2

static void notes_told(const struct settings *s)
{
	for (size_t i = 0; i < s->notes_n; i++)
		fprintf(stderr, "switchbackd: %s\n", s->notes[i].text);
}

static int served(const struct settings *s)
{
	static struct app app; /* large, and the only one */
	struct err err = {0};

	log_set_level(s->log_level);
	if (!app_open(&app, s, &err)) {
		fprintf(stderr, "switchbackd: %s\n", err.text);
		return 1;
	}
	app_run(&app);
	return 0;
}

int main(int argc, char **argv)
{
	struct settings s;
	struct err err = {0};
	int code = 0;

	if (!settings_load(argc, argv, PROGRAM_SERVICE, &s, &err)) {
		notes_told(&s);
		if (s.notes_n == 0)
			fprintf(stderr, "switchbackd: %s\n", err.text);
		code = EXIT_SETTINGS;
	} else if (s.help) {
		printf("Usage: switchbackd [--config FILE]\n\n");
		settings_help(stdout, PROGRAM_SERVICE);
	} else if (s.version) {
		printf("switchbackd %s\n", SWITCHBACK_VERSION);
	} else {
		notes_told(&s);
		code = served(&s);
	}
	settings_clear(&s);
	return code;
}
