/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The one definition of a histogram's buckets, compiled into the module and
 * into its readers. The layout is described in sysperf.h.
 */
#ifndef _UAPI_SYSPERF_HIST_H
#define _UAPI_SYSPERF_HIST_H

#include "sysperf.h"

/**
 * sysperf_hist_index() - the bucket a value falls in
 * @ns: the value, nanoseconds
 * @sub: log2 of the buckets an octave has
 *
 * Return: 0 to SYSPERF_HIST_LEN(sub) - 1.
 */
static inline unsigned int sysperf_hist_index(__u64 ns, unsigned int sub)
{
	unsigned int exp;

	if (ns < (1ULL << SYSPERF_HIST_MIN_SHIFT))
		return ns >> (SYSPERF_HIST_MIN_SHIFT - sub);
	if (ns >= (1ULL << SYSPERF_HIST_MAX_SHIFT))
		return SYSPERF_HIST_LEN(sub) - 1;
	exp = 63 ^ __builtin_clzll(ns); /* the highest bit set */
	return ((exp - SYSPERF_HIST_MIN_SHIFT + 1) << sub) +
	       ((ns >> (exp - sub)) & ((1U << sub) - 1));
}

/**
 * sysperf_hist_low() - the least value of a bucket
 * @index: 0 to SYSPERF_HIST_LEN(sub); the length itself gives the upper bound
 *	of the last bucket
 * @sub: log2 of the buckets an octave has
 *
 * Return: nanoseconds.
 */
static inline __u64 sysperf_hist_low(unsigned int index, unsigned int sub)
{
	unsigned int octave = index >> sub;
	__u64 step = index & ((1U << sub) - 1);

	if (!octave)
		return step << (SYSPERF_HIST_MIN_SHIFT - sub);
	return ((1ULL << sub) + step)
	       << (octave - 1 + SYSPERF_HIST_MIN_SHIFT - sub);
}

#endif /* _UAPI_SYSPERF_HIST_H */
