/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_COUNTER_H
#define SYSPERF_COUNTER_H

#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/types.h>

/*
 * Members of records that any CPU may write, in any context: they are atomic,
 * whatever their type in the interface says.
 */
static_assert(sizeof(atomic64_t) == sizeof(u64));
static_assert(sizeof(atomic_t) == sizeof(u32));

static inline void sysperf_counter_add(u64 *counter, u64 n)
{
	atomic64_add(n, (atomic64_t *)counter);
}

static inline void sysperf_counter_inc32(u32 *counter)
{
	atomic_inc((atomic_t *)counter);
}

static inline void sysperf_counter_max(u64 *max, u64 v)
{
	s64 old = atomic64_read((atomic64_t *)max);

	while ((s64)v > old &&
	       !atomic64_try_cmpxchg((atomic64_t *)max, &old, v))
		;
}

#endif /* SYSPERF_COUNTER_H */
