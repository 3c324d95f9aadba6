/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page of one task: where its time goes, now and over the last minutes,
 * its latencies, every number of it, its threads, files and limits.
 */
#ifndef SYSPERF_TUI_TASK_PAGE_H
#define SYSPERF_TUI_TASK_PAGE_H

#include <stdbool.h>

#include <sysperf/frame.h>

#include "history.h"
#include "tasks.h"

struct live;
struct task_proc;

struct task_page {
	bool open;
	struct task_id id;
	struct sp_task last; /* as it was last seen */
	bool gone; /* it is not in the last frame */
	int top; /* first line shown */
	struct history *past; /* one a field of the table of tasks */
	struct task_proc *proc;
};

/**
 * task_page_open() - go to the page of a task
 */
void task_page_open(struct live *l, const struct sp_task *t);

/**
 * task_page_sample() - take up what a new frame says of the task
 */
void task_page_sample(struct live *l);

/**
 * task_page_draw() - draw it from row @y on
 *
 * Return: lines that a page key moves by.
 */
int task_page_draw(struct live *l, int y, int rows);

/**
 * task_page_close() - forget the task
 */
void task_page_close(struct task_page *p);

#endif /* SYSPERF_TUI_TASK_PAGE_H */
