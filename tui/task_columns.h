/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which columns the list of tasks has: those that somebody chose, or by weight
 * those that fit.
 */
#ifndef SYSPERF_TUI_TASK_COLUMNS_H
#define SYSPERF_TUI_TASK_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "table.h"
#include "view.h"

#define TASK_STATES_KEY "states" /* what the bar is called in a list of keys */

/* Chosen columns in their order; a NULL is the bar of states. */
struct task_columns {
	const struct sp_field *field[TABLE_COLUMNS_MAX];
	size_t nr; /* 0: the usual ones, by weight */
};

/**
 * task_columns_usual() - the usual ones, all that the source can fill
 * @sort: what rows are ordered by; it is shown in any case
 * @threads: rows are threads
 */
void task_columns_usual(struct columns *c, const struct sp_field *sort,
			bool threads, uint32_t caps);

/**
 * task_columns_chosen() - those that were chosen
 */
void task_columns_chosen(struct columns *c, const struct task_columns *chosen,
			 const struct sp_field *sort, bool threads);

/**
 * task_columns_parse() - "pid,cpu_pct,states,command"
 * @err: one sentence on failure
 *
 * Return: 0 or -EINVAL; @t is as it was then.
 */
int task_columns_parse(struct task_columns *t, const char *keys, char *err,
		       size_t len);

/**
 * task_columns_print() - the same list again
 */
void task_columns_print(const struct task_columns *t, char *buf, size_t len);

#endif /* SYSPERF_TUI_TASK_COLUMNS_H */
