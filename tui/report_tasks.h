/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who used most over a period: tasks, told apart by process id and start, and
 * all tasks of one name together. Of very many, those that used least are
 * only summed up.
 */
#ifndef SYSPERF_TUI_REPORT_TASKS_H
#define SYSPERF_TUI_REPORT_TASKS_H

#include <uthash.h>

#include "task_use.h"

#define CONSUMERS_MAX 8192 /* tasks, and names, that are told apart */

struct consumer_key {
	uint32_t pid, tid;
	int64_t start; /* in steps of CONSUMER_STEP_S */
};

struct consumer {
	struct consumer_key key; /* of a task */
	char name[TASK_NAME_MAX];
	char user[33]; /* "" of several */
	bool has_user; /* it was set */
	double used[USES]; /* over time: x seconds; NaN: cannot be told */
	double peak[USES]; /* the most at a time */
	double now[USES]; /* of a name: in the sample being added */
	double started; /* of a task, seconds since the epoch; NaN */
	unsigned long tasks, now_tasks; /* of a name: at a time, at most */
	double score; /* while the least are looked for */
	UT_hash_handle hh;
};

/* Zeroed: none. */
struct consumers {
	struct consumer *tasks, *names; /* hash tables */
	double seconds; /* recorded */
	double all[USES]; /* of all tasks; NaN: nobody's can be told */
	bool told[USES]; /* some task's could be */
	unsigned long dropped_tasks, dropped_names; /* not told apart */
};

/**
 * consumers_add() - what the tasks of a frame used
 * @seconds: length of its interval
 *
 * Return: 0 or -ENOMEM.
 */
int consumers_add(struct consumers *c, const struct sp_frame *frame,
		  double seconds);

/**
 * consumers_top() - those that used most
 * @from: c->tasks or c->names
 * @use: of what
 * @top: set, most first; they belong to the table
 * @max: of @top
 *
 * Return: how many there are in @top, that used any at all.
 */
size_t consumers_top(const struct consumer *from, enum task_use use,
		     const struct consumer **top, size_t max);

/**
 * consumers_free() - give back its memory
 */
void consumers_free(struct consumers *c);

#endif /* SYSPERF_TUI_REPORT_TASKS_H */
