/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is done to tasks, from the question to the deed.
 */
#ifndef SYSPERF_TUI_CONTROL_H
#define SYSPERF_TUI_CONTROL_H

#include <sched.h>

#include <sysperf/frame.h>

/* What is to be done to each task. */
struct deed {
	char what[64]; /* "signal 15 to" */
	const char *needs; /* who may, told where it is not permitted */
	int (*run)(const struct sp_task *t,
		   const struct deed *d); /* 0, errno */
	int n;
	cpu_set_t cpus;
};

#endif /* SYSPERF_TUI_CONTROL_H */
