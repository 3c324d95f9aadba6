/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two snapshots' tasks made into the rows of a frame.
 */
#ifndef SYSPERF_TASK_ROWS_H
#define SYSPERF_TASK_ROWS_H

#include <stdbool.h>

#include <sysperf/snapshot.h>

#include "names.h"
#include "task_table.h"

/* What all tasks together did in the interval. */
struct task_totals {
	double runq_ns; /* waiting for a CPU; NaN if not measured */
	double runs; /* times a task got a CPU */
	double runq_urgent_ns; /* the same without niced tasks */
	double runq_open_max_ns; /* longest wait still going on */
	bool partial; /* there are tasks that are not among them */
	double kswapd_ns; /* reclaiming in the background, as far as seen */
};

/*
 * Rows stay from one frame to the next, and are made anew only if something
 * happened to their tasks in this interval or the last.
 */
struct task_rows {
	struct sp_task *rows;
	size_t nr, cap;
	struct task_group **owners; /* of the rows */
	bool resting_unnamed; /* there may be any */
	struct task_totals totals;
	struct task_table table;
	struct task_delta *sum; /* of one row at a time */
	struct sp_task blank; /* a row that nothing is known of */
};

/**
 * task_rows_make() - rows of a frame
 * @t: zeroed before first use; rows and totals are the result
 * @cur: the later snapshot
 * @prev: the one before, which the last call was given; NULL: forget all that
 *	was, and only remember @cur
 * @threads: a row a thread, else the threads of a process are summed
 * @names: where to look up users and command lines; those of a task that is
 *	no more are dropped
 *
 * Return: 0 or -ENOMEM; then the next call must be with @prev NULL.
 */
int task_rows_make(struct task_rows *t, const struct sp_snapshot *cur,
		   const struct sp_snapshot *prev, bool threads,
		   struct names *names);

/**
 * task_rows_free() - free what @t points to
 */
void task_rows_free(struct task_rows *t);

#endif /* SYSPERF_TASK_ROWS_H */
