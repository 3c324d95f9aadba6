/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Log-linear histograms as the module fills them (uapi/sysperf.h), made into
 * percentiles.
 */
#ifndef SYSPERF_HIST_H
#define SYSPERF_HIST_H

#include <stddef.h>
#include <stdint.h>

#include <sysperf_hist.h>

/**
 * sp_hist_add_delta() - add what a histogram gained between two snapshots
 * @sum: SYSPERF_HIST_LEN(sub) buckets to add to
 * @cur: buckets of the later snapshot
 * @prev: of the earlier one, NULL for all zero; a bucket may have wrapped
 * @sub: log2 of the buckets an octave has
 *
 * Return: how many values were added.
 */
uint64_t sp_hist_add_delta(uint64_t *sum, const uint32_t *cur,
			   const uint32_t *prev, unsigned int sub);

/**
 * sp_hist_percentile() - the value below which a share of all values lies
 * @h: SYSPERF_HIST_LEN(sub) buckets
 * @sub: log2 of the buckets an octave has
 * @total: their sum
 * @pct: 0 to 100
 *
 * The value of that rank by the nearest-rank definition, estimated by the
 * middle of its bucket: wrong by 1/2^(sub+1) at most.
 *
 * Return: nanoseconds, NaN if the histogram is empty.
 */
double sp_hist_percentile(const uint64_t *h, unsigned int sub, uint64_t total,
			  double pct);

/**
 * sp_hist_max() - the largest value, as far as the buckets tell
 * @h: SYSPERF_HIST_LEN(sub) buckets
 * @sub: log2 of the buckets an octave has
 * @ever_ns: the largest value ever seen, which bounds this one
 * @grew: @ever_ns was reached within the interval, so it is the answer
 *
 * Return: nanoseconds, NaN if the histogram is empty.
 */
double sp_hist_max(const uint64_t *h, unsigned int sub, uint64_t ever_ns,
		   int grew);

#endif /* SYSPERF_HIST_H */
