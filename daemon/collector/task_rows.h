/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two snapshots' tasks made into the rows of a frame.
 */
#ifndef SYSPERF_TASK_ROWS_H
#define SYSPERF_TASK_ROWS_H

#include <stdbool.h>

#include <sysperf/snapshot.h>

#include "names.h"

/* Which task of a snapshot is which; an open-addressing hash. */
struct task_index {
	uint32_t *slot; /* index + 1 of the task, 0: empty */
	size_t size; /* a power of two */
};

/* What all tasks together did in the interval. */
struct task_totals {
	double runq_ns; /* waiting for a CPU; NaN if not measured */
	double runs; /* times a task got a CPU */
	double runq_urgent_ns; /* the same without niced tasks */
	double runq_open_max_ns; /* longest wait still going on */
};

struct task_rows {
	struct sp_task *rows;
	size_t nr, cap;
	struct task_totals totals;
	struct task_index prev; /* of the last snapshot */
	struct task_index groups; /* of processes, while rows are made */
	struct task_delta *sum; /* of one process at a time */
	uint32_t *next; /* thread to thread of one process, index + 1 */
	size_t cap_next;
};

/**
 * task_rows_make() - rows of a frame
 * @t: zeroed before first use; rows and totals are the result
 * @cur: the later snapshot
 * @prev: the earlier one, which was given to task_rows_index()
 * @threads: a row a thread, else the threads of a process are summed
 * @names: where to look up users and command lines
 *
 * Return: 0 or -ENOMEM.
 */
int task_rows_make(struct task_rows *t, const struct sp_snapshot *cur,
		   const struct sp_snapshot *prev, bool threads,
		   struct names *names);

/**
 * task_rows_index() - remember where each task of a snapshot is
 *
 * Return: 0 or -ENOMEM.
 */
int task_rows_index(struct task_rows *t, const struct sp_snapshot *s);

/**
 * task_rows_free() - free what @t points to
 */
void task_rows_free(struct task_rows *t);

#endif /* SYSPERF_TASK_ROWS_H */
