/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_CURRENT_H
#define SYSPERF_CURRENT_H

#include <linux/preempt.h>

#include "tasks.h"

/**
 * sysperf_current_entry() - the entry of the task that called into the kernel
 *
 * What an interrupt does is not of the task that it interrupts.
 *
 * Context: any.
 *
 * Return: the entry, good for as long as current is not freed; NULL in an
 * interrupt, or if the task is not tracked.
 */
static __always_inline struct sysperf_entry *sysperf_current_entry(void)
{
	struct sysperf_entry *e;

	if (unlikely(!in_task()))
		return NULL;
	preempt_disable_notrace(); /* for the others in its chain */
	e = sysperf_tasks_find(current);
	preempt_enable_notrace();
	return e;
}

#endif /* SYSPERF_CURRENT_H */
