/*
 * latency.h - every latency of a run, and what a process cost meanwhile.
 */
#ifndef SWITCHBACK_TESTS_BENCH_LATENCY_H
#define SWITCHBACK_TESTS_BENCH_LATENCY_H

#include "shared/base.h"

/* Exact: every sample is kept. Zeroed is empty; free with latency_clear. */
struct latency {
	uint32_t *us;
	size_t n, cap;
	bool sorted;
};

void latency_add(struct latency *l, int64_t us);
void latency_clear(struct latency *l);
/* The value that `share` (0..1) of the samples do not exceed, in milliseconds; 0 of none. */
double latency_ms(struct latency *l, double share);

/* What one process has used so far (from /proc); zeros when it is gone. */
struct usage {
	double cpu_s;    /* user and system, all its threads */
	uint64_t rss_kb; /* resident now */
};
struct usage usage_of(int pid);

/* Seconds of CPU that the host gave to other machines so far: a run with much of it is none. */
double usage_steal_s(void);

#endif
