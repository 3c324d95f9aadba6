/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_COUNTER_H
#define SYSPERF_COUNTER_H

#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/types.h>

/*
 * Members of records that any CPU may write, in any context, are atomic,
 * whatever their type in the interface says.
 */
static_assert(sizeof(atomic64_t) == sizeof(u64));
static_assert(sizeof(atomic_t) == sizeof(u32));

static __always_inline atomic64_t *counter64(u64 *counter)
{
	return (atomic64_t *)counter;
}

static __always_inline atomic_t *counter32(u32 *counter)
{
	return (atomic_t *)counter;
}

/* Raise a maximum. */
static __always_inline void counter_max(atomic64_t *max, u64 v)
{
	s64 old = atomic64_read(max);

	while (unlikely((s64)v > old) && !atomic64_try_cmpxchg(max, &old, v))
		;
}

#endif /* SYSPERF_COUNTER_H */
