/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Clock frequencies of CPUs, from cpufreq in sysfs.
 */
#ifndef SYSPERF_CPUFREQ_H
#define SYSPERF_CPUFREQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sysperf/snapshot.h>
#include "pace.h"

/* All 0 is a new one. */
struct sp_cpufreq {
	struct sp_freq {
		uint64_t hz; /* as last read */
		uint64_t seen; /* the reading in which the CPU was online */
	} * cpus; /* by number */
	size_t nr;
	size_t turn; /* whose it is, among those online */
	uint64_t readings;
	bool any; /* one of them could be read */
	struct sp_pace pace;
};

/**
 * sp_cpufreq_read() - fill in the frequencies of CPUs
 * @f: the reader
 * @dirfd: the root
 * @snap: freq_hz of its CPUs is set, absent without cpufreq
 *
 * Some drivers ask the CPU itself, which is woken for it, or the firmware. So
 * 64 CPUs are read at a time at most, and no more after two milliseconds; the
 * others have their turn next. It takes 0.1 % of one CPU at most.
 */
void sp_cpufreq_read(struct sp_cpufreq *f, int dirfd, struct sp_snapshot *snap);

/**
 * sp_cpufreq_free() - give back the memory
 */
void sp_cpufreq_free(struct sp_cpufreq *f);

#endif /* SYSPERF_CPUFREQ_H */
