/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tasks use of a machine, as reports and comparisons sum it up, and the
 * name under which tasks are one and the same to people.
 */
#ifndef SYSPERF_TUI_TASK_USE_H
#define SYSPERF_TUI_TASK_USE_H

#include <stddef.h>

#include <sysperf/frame.h>

enum task_use {
	USE_CPU, /* CPUs in use */
	USE_DISK, /* bytes a second read from and written to storage */
	USE_NET, /* bytes a second received and sent */
	USE_MEMORY, /* bytes in RAM */
	USE_RUNQ, /* threads waiting for a CPU */
	USES,
};

struct task_use_def {
	const char *key; /* in JSON: what is used at a time, on average */
	const char *name; /* of what is used */
	const char *total; /* what it is called when summed up over time */
	enum sp_unit rate, sum; /* units; of seconds: SP_UNIT_US */
};

/* By enum task_use. */
extern const struct task_use_def task_uses[USES];

/**
 * task_use() - what a task uses at a time, on average of the interval
 * @use: of USES, NaN where it cannot be told
 */
void task_use(const struct sp_task *t, double *use);

#define TASK_NAME_MAX 48

/**
 * task_name() - what a task is called whatever its process id
 * @buf: of TASK_NAME_MAX bytes
 *
 * Its comm; of kernel threads without the CPU's number and work, of programs
 * that an interpreter runs with the script.
 *
 * Return: @buf.
 */
char *task_name(char *buf, const struct sp_task *t);

#endif /* SYSPERF_TUI_TASK_USE_H */
