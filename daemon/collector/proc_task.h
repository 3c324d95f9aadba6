/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One task: /proc/PID/{stat,schedstat,io}, and those of its threads, which
 * look the same.
 */
#ifndef SYSPERF_PROC_TASK_H
#define SYSPERF_PROC_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is wanted of stat, in its own units. */
struct sp_task_stat {
	uint32_t tid, ppid;
	char state;
	char comm[16]; /* as it is; kernel threads' may be cut short */
	uint32_t flags; /* PF_* of the kernel's include/linux/sched.h */
	uint64_t minor_faults, major_faults;
	uint64_t cpu_ticks; /* user and system */
	int32_t nice;
	uint32_t threads;
	uint64_t start_ticks;
	uint64_t rss_pages;
	/* The rest is 0 where the file ends before it. */
	uint32_t cpu;
	uint32_t policy; /* SCHED_* of sched(7) */
	uint64_t blkio_ticks;
};

#define SP_PF_KTHREAD 0x00200000U

/* schedstat: of one thread, even in a process's directory. */
struct sp_task_sched {
	uint64_t run_ns;
	uint64_t delay_ns; /* waited for a CPU */
	uint64_t count; /* times it was given one */
};

/**
 * sp_parse_task_stat() - /proc/PID/stat
 * @buf: the file
 * @len: its length
 * @st: set to it
 *
 * The name is between the first '(' and the last ')': it may hold either, and
 * anything else. The numbers are those of proc(5).
 *
 * Return: false if it is cut short or none; @st is undefined then.
 */
bool sp_parse_task_stat(const char *buf, size_t len, struct sp_task_stat *st);

/**
 * sp_parse_task_sched() - /proc/PID/schedstat
 * @buf: the file
 * @len: its length
 * @sched: set to it
 *
 * Return: false if it is cut short, or all 0 as on a kernel that does not
 * count (CONFIG_SCHED_INFO off); @sched is undefined then.
 */
bool sp_parse_task_sched(const char *buf, size_t len,
			 struct sp_task_sched *sched);

/**
 * sp_parse_task_io() - /proc/PID/io
 * @buf: the file
 * @len: its length
 * @read_bytes: set to what it caused to be read from storage
 * @write_bytes: likewise written; either is SP_ABSENT if it is missing
 */
void sp_parse_task_io(const char *buf, size_t len, uint64_t *read_bytes,
		      uint64_t *write_bytes);

/**
 * sp_parse_loadavg() - /proc/loadavg
 * @buf: the file
 * @len: its length
 * @threads: set to the number of all there are, whatever namespaces and mount
 *	options hide (nr_threads, kernel/fork.c)
 * @last_pid: set to the number given last to a process or thread; either is
 *	SP_ABSENT if it is missing
 */
void sp_parse_loadavg(const char *buf, size_t len, uint64_t *threads,
		      uint64_t *last_pid);

/**
 * sp_parse_pid() - the name of a directory of /proc
 * @name: NUL-terminated
 *
 * Return: the number, 0 if it is none.
 */
uint32_t sp_parse_pid(const char *name);

#endif /* SYSPERF_PROC_TASK_H */
