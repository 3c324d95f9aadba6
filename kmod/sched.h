/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_SCHED_H
#define SYSPERF_SCHED_H

#include <sysperf.h>

/**
 * sysperf_sched_init() - start accounting of context switches
 *
 * Return: 0 or -errno.
 */
int sysperf_sched_init(void);

/**
 * sysperf_sched_exit() - stop it
 */
void sysperf_sched_exit(void);

/**
 * sysperf_sched_enabled() - is it on (parameter sched)?
 */
bool sysperf_sched_enabled(void);

/**
 * sysperf_sched_record() - the record of a CPU, to add to
 *
 * Return: the live record; accounting of context switches must be on.
 */
struct sysperf_cpu *sysperf_sched_record(unsigned int cpu);

#endif /* SYSPERF_SCHED_H */
