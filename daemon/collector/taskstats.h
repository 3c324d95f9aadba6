/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages of the generic netlink family TASKSTATS: what the kernel counted of
 * one task or of all threads of a process. Parsers; no state, no socket
 * (taskstats_sock.h).
 */
#ifndef SYSPERF_TASKSTATS_H
#define SYSPERF_TASKSTATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is wanted of struct taskstats. */
struct sp_taskstats {
	uint64_t cpu_ns;
	uint64_t delay_ns; /* waited for a CPU */
	uint64_t count; /* times it was given one */
	uint64_t blkio_ns; /* waited for I/O; 0 without delay accounting */
};

/* The rest is told of single threads only. */
struct sp_task_end {
	uint32_t tid;
	uint32_t pid; /* 0: not told (before 5.19) */
	uint32_t ppid, uid;
	uint32_t exit_code; /* as wait(2) gives it */
	int32_t nice;
	char comm[16];
	bool forked; /* a process that never did exec */
	bool last; /* its process ended with it, if pid is told */
	uint64_t elapsed_ns; /* since it began, suspended time left out */
	uint64_t minor_faults, major_faults;
	uint64_t read_bytes, write_bytes; /* cut to whole KiB by the kernel */
	struct sp_taskstats stats;
	bool has_group;
	struct sp_taskstats group; /* all threads of the process, ever */
};

/**
 * sp_taskstats_group() - the answer to a question for a process
 * @msg: one netlink message
 * @len: bytes there are
 * @pid: of whom
 * @ts: set to the sum over its threads, those that ended included
 *
 * Any number is SP_ABSENT that the kernel does not count.
 *
 * Return: false if it is none, is of another or cut short.
 */
bool sp_taskstats_group(const void *msg, size_t len, uint32_t pid,
			struct sp_taskstats *ts);

/**
 * sp_taskstats_end() - what is told when a thread ends
 * @msg: one netlink message
 * @len: bytes there are
 * @family: the number of the family TASKSTATS here
 * @end: set to it
 *
 * The structure in it grows with the kernel, so the message says how long it
 * is; members that it ends before are SP_ABSENT. Of a process that never had
 * several threads, kernels before 5.19 say neither that it was one nor that it
 * ended.
 *
 * Return: false if it is none or cut short; @end is undefined then.
 */
bool sp_taskstats_end(const void *msg, size_t len, int family,
		      struct sp_task_end *end);

#endif /* SYSPERF_TASKSTATS_H */
