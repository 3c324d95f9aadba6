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
 * sysperf_sched_fill() - write the record of a CPU
 */
void sysperf_sched_fill(unsigned int cpu, struct sysperf_cpu *out);

#endif /* SYSPERF_SCHED_H */
