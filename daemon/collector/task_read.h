/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading one task from /proc, and no more of it than may have changed.
 *
 * A thread that was not given a CPU since the last look did nothing: no
 * system call, no fault, no I/O. The three numbers of its schedstat tell
 * that, the cheapest file there is; only when they changed are stat and io
 * read again. What others may do to a sleeping task (renice it, swap it out,
 * become its parent, wake it without giving it a CPU yet) is seen when its turn
 * comes, every 16th refresh.
 */
#ifndef SYSPERF_TASK_READ_H
#define SYSPERF_TASK_READ_H

#include "task_cache.h"
#include "task_dir.h"
#include "task_file.h"
#include "taskstats_sock.h"

/* Of processes of more threads, run delay and switches need taskstats; */
#define SP_SUM_THREADS_MAX 64
/* and are not asked of more than this: the kernel goes through all threads
 * with a lock held and interrupts off, 200 instructions each. */
#define SP_ASK_THREADS_MAX 16384

struct sp_task_reader {
	struct sp_task_file file;
	struct sp_taskstats_sock *ask; /* NULL: taskstats cannot be asked */
	unsigned int refresh;
	uint64_t tick_ns;
	uint64_t page_bytes;
	bool has_blkio; /* delay accounting is on */
	struct sp_task_dir dir; /* of /proc/PID/task */
	struct sp_thread sum[SP_SUM_THREADS_MAX]; /* threads just read */
	size_t nr_sum;
};

/**
 * sp_task_read_process() - bring a process's entry up to date
 * @r: the reader; file.fd is of /proc
 * @e: the entry; its row is set
 *
 * The row sums the process's threads, those that ended included:
 * - CPU time is schedstat's while there is one thread, exact to the
 *   nanosecond; with more it is stat's, exact to a tick of 10 ms
 * - run delay and switches of several threads are looked at when the process
 *   used CPU time. taskstats has the sum (of SP_ASK_THREADS_MAX at most);
 *   where that cannot be asked, schedstat of each is read if there are
 *   SP_SUM_THREADS_MAX at most, and what a thread does between the last look
 *   and its end is missed; else both are absent
 * - switches are the times that a thread was given a CPU; exact counts of
 *   both kinds are in status, which costs twice as much as stat
 * - I/O of a process of several threads is read while it used CPU time or
 *   faulted within the last 16 refreshes (since the last one, if it has more
 *   than SP_SUM_THREADS_MAX), and in its turn
 * - I/O wait is known while there is one thread, and with delay accounting
 *   (sysctl kernel.task_delayacct), which is off by default from 5.14 on
 *
 * Return: 1, 0 if it is gone, or -errno if nothing can be read at all
 * (-EMFILE, -ENOMEM …).
 */
int sp_task_read_process(struct sp_task_reader *r, struct sp_task_entry *e);

/**
 * sp_task_read_thread() - bring a thread's entry up to date
 * @r: the reader; file.fd is of /proc/PID/task, or of /proc for a leader
 * @e: the entry; its row is set, that of the process's memory too
 * @pid: its process
 * @in_proc: file.fd is of /proc
 *
 * Return: as above.
 */
int sp_task_read_thread(struct sp_task_reader *r, struct sp_task_entry *e,
			uint32_t pid, bool in_proc);

#endif /* SYSPERF_TASK_READ_H */
