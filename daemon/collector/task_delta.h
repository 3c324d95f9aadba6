/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one thread did in an interval, and the sum of that over the threads of
 * a process.
 */
#ifndef SYSPERF_TASK_DELTA_H
#define SYSPERF_TASK_DELTA_H

#include <stdbool.h>

#include <sysperf/snapshot.h>

/* Every double is NaN where it was not measured. */
struct task_delta {
	double interval_ns; /* by which rates are divided */
	double cpu_ns;
	double state_ns[SYSPERF_STATES];
	double switches, minor_faults, major_faults;
	double read_bytes, write_bytes, ios, io_errors;
	double net_rx_bytes, net_tx_bytes, net_rx_packets, net_tx_packets;
	double reclaim_ns;
	double events[SYSPERF_PMU_EVENTS];
	double runq_max_ns, io_max_ns;
	/* Of the interval; valid where the count is not 0. */
	uint64_t runq_waits, io_count;
	uint64_t runq_hist[SYSPERF_HIST_TASK_BUCKETS];
	uint64_t io_hist[SYSPERF_HIST_TASK_BUCKETS];
};

/**
 * task_delta_clear() - nothing measured
 */
void task_delta_clear(struct task_delta *d);

/**
 * task_delta_add() - add what one task did
 * @d: the sum so far
 * @cur: the task in the later snapshot
 * @prev: the same task in the earlier one; NULL if it was not there
 * @born: if @prev is NULL: it began within the interval, so that all its
 *	counters count; else they are left out
 * @interval_ns: between the snapshots
 */
void task_delta_add(struct task_delta *d, const struct sp_raw_task *cur,
		    const struct sp_raw_task *prev, bool born,
		    double interval_ns);

/**
 * task_delta_held_up() - make the interval as long as it must have been
 * @d: the sum
 * @cpus: that it may have been on at a time
 *
 * Where a reader is held up between a count and the clock, or while a task
 * ends, what the task did seems to have taken less time than it can have. Then
 * all its rates are of the shortest interval in which it can.
 */
void task_delta_held_up(struct task_delta *d, double cpus);

/**
 * task_delta_row() - the rates, shares and percentiles of a row
 * @d: the sum
 * @threads: over so many
 * @row: filled in
 */
void task_delta_row(const struct task_delta *d, unsigned int threads,
		    struct sp_task *row);

#endif /* SYSPERF_TASK_DELTA_H */
