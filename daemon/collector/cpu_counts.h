/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sums of counters that the kernel tells of online CPUs only and keeps while
 * a CPU is away: what one brings along when it comes is no news.
 */
#ifndef SYSPERF_CPU_COUNTS_H
#define SYSPERF_CPU_COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All 0 is a new one. */
struct sp_cpu_counts {
	uint64_t *last; /* by CPU number; SP_ABSENT: not known */
	size_t nr;
	size_t online; /* CPUs at the last reading, where they have no number */
	uint64_t sum; /* grows only */
	bool first; /* this reading is */
};

/**
 * sp_cpu_counts_begin() - a reading of all CPUs follows
 */
void sp_cpu_counts_begin(struct sp_cpu_counts *c);

/**
 * sp_cpu_counts_add() - what a CPU's counter says
 * @c: its sum grows by what that one did since it was last read. If that is
 *	not known: by all of it in the first reading, later by nothing
 * @cpu: its number
 * @v: the counter
 */
void sp_cpu_counts_add(struct sp_cpu_counts *c, uint64_t cpu, uint64_t v);

/**
 * sp_cpu_counts_forget() - numbers are not those of the last reading
 */
void sp_cpu_counts_forget(struct sp_cpu_counts *c);

/**
 * sp_cpu_counts_free() - frees what is in it
 */
void sp_cpu_counts_free(struct sp_cpu_counts *c);

#endif /* SYSPERF_CPU_COUNTS_H */
