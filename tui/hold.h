/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows that stay where they are while somebody reads or moves among them.
 */
#ifndef SYSPERF_TUI_HOLD_H
#define SYSPERF_TUI_HOLD_H

#include <stdbool.h>
#include <stddef.h>

#include <sysperf/fields.h>
#include <sysperf/frame.h>

#define HOLD_MAX 512 /* rows of a screen */

/* A tid is used again, a tid and a start time are not. */
struct task_id {
	double tid, started;
};

struct hold {
	bool on;
	size_t top; /* row of the first one */
	size_t nr;
	struct task_id id[HOLD_MAX];
	const struct sp_field *sort; /* a number that they were in order of */
	bool ascending;
	double at[HOLD_MAX]; /* what it was when they came to their places */
};

/**
 * task_id_is() - is that the task?
 */
bool task_id_is(const struct task_id *id, const struct sp_task *task);

/**
 * hold_note() - these rows are on the screen
 * @rows: all rows
 * @top: the first that is seen
 * @end: after the last
 */
void hold_note(struct hold *h, const struct sp_task **rows, size_t top,
	       size_t end, const struct sp_field *sort, bool ascending);

/**
 * hold_settle() - have rows that were on the screen change places only where
 *	their numbers changed by more than these do from sample to sample
 * @rows: all rows, in order of @sort
 */
void hold_settle(const struct hold *h, const struct sp_task **rows, size_t nr,
		 const struct sp_field *sort, bool ascending);

/**
 * hold_apply() - put those that were on the screen back into their places
 * @rows: all rows, in the order that they would have
 */
void hold_apply(const struct hold *h, const struct sp_task **rows, size_t nr);

#endif /* SYSPERF_TUI_HOLD_H */
