/*
 * marks.c - see marks.h. Open addressing; an empty name is a free place.
 */
#include "tests/sim/marks.h"

static struct sim_mark *place_of(const struct sim_marks *m, const char *name)
{
	uint64_t h = 1469598103934665603u;
	size_t i;

	for (const char *p = name; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * 1099511628211u;
	for (i = (size_t)h & (m->room - 1); m->at[i].name[0] != '\0'; i = (i + 1) & (m->room - 1)) {
		if (strcmp(m->at[i].name, name) == 0)
			break;
	}
	return &m->at[i];
}

int sim_marks_get(const struct sim_marks *m, const char *name)
{
	return m->room == 0 ? 0 : place_of(m, name)->value;
}

static void grow(struct sim_marks *m)
{
	struct sim_marks larger = {.room = m->room == 0 ? 64 : m->room * 2, .n = m->n};

	larger.at = xcalloc(larger.room, sizeof *larger.at);
	for (size_t i = 0; i < m->room; i++) {
		if (m->at[i].name[0] != '\0')
			*place_of(&larger, m->at[i].name) = m->at[i];
	}
	free(m->at);
	*m = larger;
}

bool sim_marks_set(struct sim_marks *m, const char *name, int value)
{
	struct sim_mark *at;

	if (m->room == 0)
		grow(m);
	at = place_of(m, name);
	if (at->name[0] == '\0') {
		if (value == 0)
			return true;
		if (m->n == SIM_MARKS_MAX)
			return false;
		if ((m->n + 1) * 2 > m->room) {
			grow(m);
			at = place_of(m, name);
		}
		snprintf(at->name, sizeof at->name, "%s", name);
		m->n++;
	}
	at->value = value;
	return true;
}

void sim_marks_clear(struct sim_marks *m)
{
	free(m->at);
	*m = (struct sim_marks){0};
}
