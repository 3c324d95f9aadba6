/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_RECORD_H
#define SYSPERF_RECORD_H

#include "tasks.h"

/**
 * sysperf_state_blocked() - the state of a task that is not on a run queue
 * @p: the task
 * @state: its TASK_* bits when it was switched out
 */
static __always_inline u32 sysperf_state_blocked(const struct task_struct *p,
						 unsigned int state)
{
	/* A bit beside others; its own task alone changes it. */
	if (data_race((bool)p->in_iowait))
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
