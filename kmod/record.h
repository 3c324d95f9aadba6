/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_RECORD_H
#define SYSPERF_RECORD_H

#include "tasks.h"

/**
 * sysperf_state_blocked() - the state of a task that is not on a run queue
 * @e: its entry
 * @p: the task
 * @state: its TASK_* bits when it was switched out
 *
 * in_iowait alone is not enough: io_uring sets it for whatever is waited for
 * in io_uring_enter(2), a timer or a client, that can be interrupted
 * (io_uring/io_uring.c in 6.1, wait.c in 7.2). That is a wait for I/O if a
 * disk has something of that task.
 */
static __always_inline u32 sysperf_state_blocked(const struct sysperf_entry *e,
						 const struct task_struct *p,
						 unsigned int state)
{
	/* A bit beside others; its own task alone changes it. */
	if (data_race((bool)p->in_iowait) &&
	    (state & TASK_UNINTERRUPTIBLE || atomic_read(&e->io_inflight) > 0))
		return SYSPERF_IOWAIT;
	/* TASK_IDLE kernel threads are in D, but wait for work */
	if ((state & TASK_UNINTERRUPTIBLE) && !(state & TASK_NOLOAD))
		return SYSPERF_BLOCKED;
#ifdef TASK_RTLOCK_WAIT
	if (state & TASK_RTLOCK_WAIT)
		return SYSPERF_BLOCKED;
#endif
	return SYSPERF_SLEEPING;
}

/**
 * sysperf_record_task() - fill the record of a task
 * @r: the record; all of it is written, its type too
 * @e: the entry; found under RCU, or about to be freed
 * @type: SYSPERF_REC_TASK or SYSPERF_REC_EXITED
 *
 * Context: an RCU read-side section. With SYSPERF_REC_EXITED any context.
 */
void sysperf_record_task(struct sysperf_task *r, struct sysperf_entry *e,
			 u32 type);

#endif /* SYSPERF_RECORD_H */
