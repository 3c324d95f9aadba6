/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CPUs: /proc/stat and /proc/schedstat.
 */
#ifndef SYSPERF_PROC_STAT_H
#define SYSPERF_PROC_STAT_H

#include <stddef.h>

#include <sysperf/snapshot.h>

/**
 * sp_parse_stat() - /proc/stat: CPU times and context switches
 * @buf: the file
 * @len: its length
 * @snap: a row is added for each CPU, sys.switches set
 *
 * Idle and iowait time may go back a little from one reading to the next
 * (Documentation/filesystems/proc.rst).
 *
 * Return: 0 or -ENOMEM.
 */
int sp_parse_stat(const char *buf, size_t len, struct sp_snapshot *snap);

/**
 * sp_parse_schedstat() - /proc/schedstat: run-queue waits by CPU
 * @buf: the file
 * @len: its length
 * @snap: run_delay_ns and run_count of its CPUs are set
 *
 * Versions 15 (5.10, 6.1), 16 (6.12) and 17 (6.15 on) agree in the lines of
 * CPUs (Documentation/scheduler/sched-stats.rst); nothing is taken from
 * others.
 */
void sp_parse_schedstat(const char *buf, size_t len, struct sp_snapshot *snap);

/**
 * sp_tick_ns() - nanoseconds of the tick that /proc counts CPU time in
 */
uint64_t sp_tick_ns(void);

#endif /* SYSPERF_PROC_STAT_H */
