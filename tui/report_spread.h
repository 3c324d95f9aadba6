/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a number was spread over a period: least, mean, percentiles and most,
 * each sample weighted by the length of its interval. Its memory does not
 * grow with the number of samples.
 */
#ifndef SYSPERF_TUI_REPORT_SPREAD_H
#define SYSPERF_TUI_REPORT_SPREAD_H

/* Zeroed: nothing was measured. */
struct spread {
	double seconds; /* in which it was measured */
	double zero_s; /* of those, in which it was 0 */
	double sum; /* of value x seconds */
	double min, max;
	double *buckets; /* seconds; NULL while all was 0 */
};

/**
 * spread_add() - a sample
 * @value: what was measured, 0 or more; what is not finite is left out
 * @seconds: length of its interval
 *
 * Return: 0 or -ENOMEM.
 */
int spread_add(struct spread *s, double value, double seconds);

/**
 * spread_mean() - the mean of the period
 *
 * Return: NaN if nothing was measured.
 */
double spread_mean(const struct spread *s);

/**
 * spread_percentile() - the value below which it was for a part of the period
 * @pct: 0 to 100
 *
 * By the nearest rank, wrong by 1/64 of the value at most, and never outside
 * of least and most.
 *
 * Return: NaN if nothing was measured.
 */
double spread_percentile(const struct spread *s, double pct);

/**
 * spread_free() - give back its memory
 */
void spread_free(struct spread *s);

#endif /* SYSPERF_TUI_REPORT_SPREAD_H */
