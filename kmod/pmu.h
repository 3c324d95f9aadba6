/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_PMU_H
#define SYSPERF_PMU_H

#include <linux/types.h>

/**
 * sysperf_pmu_init() - start charging hardware counters, if there are any
 *
 * A machine without them is not an error.
 *
 * Return: 0, or -errno: -EINVAL for a parameter pmu_events that says nothing.
 */
int sysperf_pmu_init(void);

/**
 * sysperf_pmu_exit() - stop it and give the counters back
 */
void sysperf_pmu_exit(void);

/**
 * sysperf_pmu_set() - turn it on or off; what was counted stays
 *
 * Context: process; sleeps, with no lock held that CPU hotplug waits for.
 *
 * Return: 0, or -errno: -EOPNOTSUPP where there is nothing to turn on.
 */
int sysperf_pmu_set(bool on);

/**
 * sysperf_pmu_enabled() - is it on?
 */
bool sysperf_pmu_enabled(void);

/**
 * sysperf_pmu_events() - what is counted, bits 1 << enum sysperf_pmu_event
 */
u32 sysperf_pmu_events(void);

/**
 * sysperf_pmu_settle() - charge what runs now, on every CPU, up to now
 *
 * Without it a task is charged when it leaves its CPU. CPUs that idle are
 * not disturbed; theirs is charged when that ends. Nothing is done if that was
 * begun within the last millisecond.
 *
 * Context: process.
 */
void sysperf_pmu_settle(void);

#endif /* SYSPERF_PMU_H */
