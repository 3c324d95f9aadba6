/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What /proc alone tells of one task: threads, files, limits. It is read only
 * while somebody looks at the task's page, once a sample.
 */
#ifndef SYSPERF_TUI_TASK_PROC_H
#define SYSPERF_TUI_TASK_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PROC_FILES_MAX 512
#define PROC_THREADS_MAX 1024
#define PROC_FACTS_MAX 20
#define PROC_COMMAND_MAX 8192

struct proc_thread {
	pid_t tid;
	char comm[16];
	char state;
	int cpu;
	uint64_t run_ns, wait_ns; /* since it began */
	double run_pct, wait_pct; /* since the last look; NaN if not known */
};

struct proc_file {
	int fd;
	char target[160];
};

/* A name and what is known of it; "-" where it may not be read. */
struct proc_fact {
	const char *name;
	char text[200];
};

struct task_proc {
	bool here; /* this machine's /proc has this very task */
	uint64_t read_ns; /* when, CLOCK_MONOTONIC */
	struct proc_thread threads[PROC_THREADS_MAX]; /* by tid */
	size_t nr_threads;
	struct proc_file files[PROC_FILES_MAX];
	size_t nr_files; /* there are, perhaps more than fit */
	bool files_refused;
	struct proc_fact facts[PROC_FACTS_MAX];
	size_t nr_facts;
	char command[PROC_COMMAND_MAX]; /* arguments, blanks between */
};

/**
 * task_proc_read() - look again
 * @p: what was seen the last time, or all zero
 * @pid: the process
 * @tid: the thread of it that facts are of
 * @started: when that was started, seconds since the epoch; another task of
 *	the same number is not taken for it
 */
void task_proc_read(struct task_proc *p, pid_t pid, pid_t tid, double started);

#endif /* SYSPERF_TUI_TASK_PROC_H */
