// SPDX-License-Identifier: GPL-2.0-only
/*
 * Percentiles of the module's log-linear histograms.
 */
#include <math.h>

#include <sysperf/hist.h>

uint64_t sp_hist_add_delta(uint64_t *sum, const uint32_t *cur,
			   const uint32_t *prev, unsigned int sub)
{
	uint64_t total = 0;

	for (size_t i = 0; i < SYSPERF_HIST_LEN(sub); i++) {
		/* modulo 2^32, so that a wrapped bucket is right too */
		uint32_t d = cur[i] - (prev ? prev[i] : 0);

		if (prev && d > INT32_MAX) /* it fell: another's, or a reset */
			continue;
		sum[i] += d;
		total += d;
	}
	return total;
}

static double middle(unsigned int i, unsigned int sub)
{
	return ((double)sysperf_hist_low(i, sub) +
		(double)sysperf_hist_low(i + 1, sub)) /
	       2;
}

double sp_hist_percentile(const uint64_t *h, unsigned int sub, uint64_t total,
			  double pct)
{
	uint64_t rank = (uint64_t)ceil(pct / 100 * (double)total);
	uint64_t seen = 0;

	if (!total)
		return NAN;
	if (!rank)
		rank = 1;
	for (unsigned int i = 0; i < SYSPERF_HIST_LEN(sub); i++) {
		seen += h[i];
		if (seen >= rank)
			return middle(i, sub);
	}
	return NAN;
}

double sp_hist_max(const uint64_t *h, unsigned int sub, uint64_t ever_ns,
		   int grew)
{
	for (unsigned int i = SYSPERF_HIST_LEN(sub); i-- > 0;) {
		double top;

		if (!h[i])
			continue;
		if (grew)
			return (double)ever_ns;
		top = middle(i, sub);
		return top < (double)ever_ns ? top : (double)ever_ns;
	}
	return NAN;
}
