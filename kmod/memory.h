/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_MEMORY_H
#define SYSPERF_MEMORY_H

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/types.h>

#include "tasks.h"

/*
 * In sysperf_entry.reclaim: the task is reclaiming, and the rest is the
 * scheduler's clock less the time of all its stalls so far. Without it the rest
 * is that time. One word, so that whoever reads it while a stall ends has that
 * stall once.
 */
#define SYSPERF_STALLED BIT_ULL(63)

/**
 * sysperf_memory_stalled() - is a task reclaiming memory?
 */
static inline bool sysperf_memory_stalled(const struct sysperf_entry *e)
{
	return READ_ONCE(e->reclaim) & SYSPERF_STALLED;
}

/**
 * sysperf_memory_reclaim_ns() - how long a task has reclaimed memory
 * @now: the scheduler's clock
 *
 * Return: ns, of the stall that goes on, too. That may have begun by the clock
 * of another CPU, a little ahead.
 */
static inline u64 sysperf_memory_reclaim_ns(const struct sysperf_entry *e,
					    u64 now)
{
	u64 ns = READ_ONCE(e->reclaim);

	if (!(ns & SYSPERF_STALLED))
		return ns;
	ns = now - (ns & ~SYSPERF_STALLED);
	return max_t(s64, ns, READ_ONCE(e->reclaim_ns));
}

/**
 * sysperf_memory_init() - the record, and its counting unless memory=0
 *
 * Return: 0 or -errno; a kernel on which it is not possible is no error.
 */
int sysperf_memory_init(void);

/**
 * sysperf_memory_exit() - stop it
 */
void sysperf_memory_exit(void);

/**
 * sysperf_memory_set() - turn it on or off
 *
 * Context: process; callers must not run at the same time.
 *
 * Return: 0, -EOPNOTSUPP if this kernel cannot do it, or -errno.
 */
int sysperf_memory_set(bool on);

/**
 * sysperf_memory_enabled() - is it on?
 */
bool sysperf_memory_enabled(void);

#endif /* SYSPERF_MEMORY_H */
