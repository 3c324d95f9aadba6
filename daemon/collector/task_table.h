/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All tasks as they were at the last snapshot, by process or by thread. With
 * snapshots that tell only changes, nobody looks at a task that did nothing.
 */
#ifndef SYSPERF_TASK_TABLE_H
#define SYSPERF_TASK_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uthash.h>

#include <sysperf/snapshot.h>

#include "names.h"

/* With its start a thread's number names it for ever. A hash key: no padding. */
struct task_key {
	uint64_t start_ns, tid;
};

struct task {
	struct task_key key;
	const struct sp_raw_task *told; /* by the snapshot at hand, or NULL */
	struct sp_raw_task last; /* as last told, see task_table_settle() */
	bool known; /* @last is filled in */
	uint32_t *hists; /* of @last, or NULL */
	uint64_t seen; /* the snapshot that last told of it */
	bool counted; /* in the group's nr_in[last.doing] */
	struct task_group *group;
	struct task *prev, *next; /* in the group */
	UT_hash_handle hh;
};

#define TASK_NO_ROW SIZE_MAX

/* What makes one row: the threads of a process, or a single one. */
struct task_group {
	uint32_t pid;
	struct task *tasks; /* those told of last come first */
	struct task *speaker; /* one of them, NULL: to be looked for */
	size_t nr_in[SYSPERF_STATES]; /* known ones by what they are doing */
	bool oom_killed; /* one of its tasks was chosen */
	bool totalled; /* cpu_total_ns was begun */
	double cpu_total_ns; /* CPU time since it started */
	uint64_t touched; /* the last snapshot that told of one of them */
	bool active; /* in the table's list of those */
	struct task_group *prev, *next; /* there */
	bool named; /* the row has its user and command line */
	size_t row; /* its place among the rows, or TASK_NO_ROW */
	UT_hash_handle hh; /* by pid, unless it is of a thread */
};

/* All 0 is an empty one. */
struct task_table {
	bool threads; /* a group for each thread */
	uint64_t snapshot; /* their number so far */
	uint64_t now_ns; /* the module's clock at this one; 0 without it */
	uint64_t before_ns; /* and at the one before */
	struct task *tasks; /* hash */
	struct task_group *processes; /* hash */
	/* Groups told of by this snapshot or the one before; in a group that
	 * is not among them, nothing happened in either. */
	struct task_group *active;
	struct names *names; /* forgets a task's when it goes */
	void (*row_gone)(void *rows, size_t row); /* a group with a row goes */
	void *rows;
};

/**
 * task_table_take() - bring it up to date with a snapshot
 * @tb: the table
 * @s: the snapshot; must last as long as tasks' told is used
 *
 * What ended by the snapshot before goes now. A task that was told of has told
 * set until it is settled.
 *
 * Return: 0 or -ENOMEM; then the table is good for task_table_clear() only.
 */
int task_table_take(struct task_table *tb, const struct sp_snapshot *s);

/**
 * task_table_before() - how a task was at the snapshot before
 *
 * Return: its counters then, NULL if it was not there.
 */
const struct sp_raw_task *task_table_before(const struct task_table *tb,
					    struct task *t);

/**
 * task_table_now() - how a task is at this snapshot
 * @tb: the table
 * @t: the task
 * @room: where to make it up, if it was not told of
 */
const struct sp_raw_task *task_table_now(const struct task_table *tb,
					 const struct task *t,
					 struct sp_raw_task *room);

/**
 * task_table_is_quiet() - was it told of neither now nor the time before?
 *
 * Of a group's tasks, all that follow one such are.
 */
static inline bool task_table_is_quiet(const struct task_table *tb,
				       const struct task *t)
{
	return t->seen + 1 < tb->snapshot;
}

/**
 * task_table_settle() - this snapshot's counters become those before
 *
 * Return: 0 or -ENOMEM.
 */
int task_table_settle(struct task *t);

/**
 * task_table_speaker() - the thread that stands for its process
 * @g: a group whose tasks were all settled
 *
 * The leader while it lives, then the oldest that lives. A process has ended
 * when all that is left of it is its leader's last record.
 *
 * Return: its counters now.
 */
const struct sp_raw_task *task_table_speaker(struct task_group *g);

/**
 * task_table_rest() - a group is active no more
 */
void task_table_rest(struct task_table *tb, struct task_group *g);

/**
 * task_table_regroup() - by thread or by process from now on
 *
 * All groups are new and active.
 *
 * Return: 0 or -ENOMEM.
 */
int task_table_regroup(struct task_table *tb, bool threads);

/**
 * task_table_clear() - forget all tasks
 */
void task_table_clear(struct task_table *tb);

#endif /* SYSPERF_TASK_TABLE_H */
