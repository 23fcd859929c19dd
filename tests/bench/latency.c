/*
 * latency.c - see latency.h.
 */
#include "tests/bench/latency.h"

#include <unistd.h>

void latency_add(struct latency *l, int64_t us)
{
	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 65536 : l->cap * 2;
		l->us = xrealloc(l->us, l->cap * sizeof *l->us);
	}
	l->us[l->n++] = (uint32_t)int_clamp(us, 0, UINT32_MAX);
	l->sorted = false;
}

void latency_clear(struct latency *l)
{
	free(l->us);
	*l = (struct latency){0};
}

static int sample_cmp(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

double latency_ms(struct latency *l, double share)
{
	size_t at;

	if (l->n == 0)
		return 0;
	if (!l->sorted)
		qsort(l->us, l->n, sizeof *l->us, sample_cmp);
	l->sorted = true;
	at = (size_t)(share * (double)l->n);
	return l->us[size_min(at, l->n - 1)] / 1000.0;
}

/* Fields 14 and 15 of stat, in clock ticks, counted behind the last ')' of the name. */
static double cpu_read(int pid)
{
	char path[64], text[1024], *at;
	uint64_t ticks = 0;
	size_t n;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (f == NULL)
		return 0;
	n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[n] = '\0';
	at = strrchr(text, ')');
	for (int field = 2; at != NULL && field < 15; field++) {
		at = strchr(at + 1, ' ');
		if (at != NULL && field >= 13)
			ticks += strtoull(at + 1, NULL, 10);
	}
	return (double)ticks / (double)sysconf(_SC_CLK_TCK);
}

struct usage usage_of(int pid)
{
	struct usage u = {.cpu_s = cpu_read(pid)};
	char path[64], line[256];
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", pid);
	f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		if (strncmp(line, "VmRSS:", 6) == 0)
			u.rss_kb = strtoull(line + 6, NULL, 10);
	}
	if (f != NULL)
		fclose(f);
	return u;
}

/* The eighth number of the first line of /proc/stat. */
double usage_steal_s(void)
{
	char line[256] = "", *at = line;
	FILE *f = fopen("/proc/stat", "re");

	if (f == NULL)
		return 0;
	if (fgets(line, sizeof line, f) == NULL)
		line[0] = '\0';
	fclose(f);
	if (strncmp(line, "cpu ", 4) != 0)
		return 0;
	at += 4;
	for (int field = 0; field < 7; field++)
		(void)strtoull(at, &at, 10);
	return (double)strtoull(at, NULL, 10) / (double)sysconf(_SC_CLK_TCK);
}
