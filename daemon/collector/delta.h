/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences of counters, and arithmetic in which an absent value (NaN)
 * stays absent.
 */
#ifndef SYSPERF_DELTA_H
#define SYSPERF_DELTA_H

#include <math.h>
#include <stdint.h>

#include <sysperf/snapshot.h>

/**
 * delta() - how much a counter grew
 *
 * Return: the growth; NaN if it was absent before or after, or if it fell,
 * which means that it was reset in between and the growth is not known.
 */
static inline double delta(uint64_t cur, uint64_t prev)
{
	if (cur == SP_ABSENT || prev == SP_ABSENT || cur < prev)
		return NAN;
	return (double)(cur - prev);
}

/**
 * delta_time() - how much an amount of time grew
 *
 * Sums of time read while they go on may fall by the distance between two
 * clocks (idle and iowait of /proc/stat do, by ticks). That is no reset.
 *
 * Return: nanoseconds; 0 if it fell by less than a second; else as delta().
 */
static inline double delta_time(uint64_t cur, uint64_t prev)
{
	if (cur != SP_ABSENT && prev != SP_ABSENT && cur < prev &&
	    prev - cur < 1000000000)
		return 0;
	return delta(cur, prev);
}

/**
 * gauge() - a value that is no counter
 *
 * Return: the value, NaN if absent.
 */
static inline double gauge(uint64_t v)
{
	return v == SP_ABSENT ? NAN : (double)v;
}

/**
 * add() - a sum over parts of which some may be absent
 *
 * Return: the sum of those present; NaN if both are absent.
 */
static inline double add(double a, double b)
{
	if (isnan(a))
		return b;
	return isnan(b) ? a : a + b;
}

/**
 * ratio() - a quotient
 *
 * Return: a / b; NaN if either is absent or b is not positive.
 */
static inline double ratio(double a, double b)
{
	return b > 0 ? a / b : NAN;
}

/**
 * pct() - a share in percent, held within 0 to 100
 *
 * What is measured and what it is measured by are not read at the very same
 * moment, which can take a share a little over the whole.
 */
static inline double pct(double part, double whole)
{
	double v = 100 * ratio(part, whole);

	if (v > 100)
		return 100;
	return v < 0 ? 0 : v;
}

/**
 * delta_event() - how often a hardware event happened
 * @cur: counters of a task or CPU
 * @prev: the same earlier
 * @i: enum sysperf_pmu_event
 *
 * A counter that had to be shared ran for a part of the time only; what it
 * counted then stands for the whole.
 *
 * Return: the estimate; NaN without such a counter, or if it never ran while
 * the others did.
 */
static inline double delta_event(const struct sysperf_pmu *cur,
				 const struct sysperf_pmu *prev, int i)
{
	double count = delta(cur->event[i].count, prev->event[i].count);
	double enabled = delta(cur->enabled_ns, prev->enabled_ns);
	double running =
		delta(cur->event[i].running_ns, prev->event[i].running_ns);

	if (running >= enabled)
		return count;
	return count * ratio(enabled, running);
}

/**
 * at_most() - a percentile, by the middle of its bucket, and the true maximum
 *
 * Return: @v, or @limit if that is known and less.
 */
static inline double at_most(double v, double limit)
{
	return v > limit ? limit : v;
}

/**
 * max_of() - the larger, or the one that is present
 */
static inline double max_of(double a, double b)
{
	return fmax(a, b); /* which leaves NaN out by itself */
}

#endif /* SYSPERF_DELTA_H */
