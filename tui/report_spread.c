// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the spread of a number over time, as a log-linear histogram of seconds.
 * The module's histograms (hist.h) count whole nanoseconds; these take any
 * unit, from a millionth on, and weights.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "report_spread.h"

#define EXP_MIN (-20) /* what is smaller falls into the first bucket */
#define EXP_MAX 63 /* what is larger, into the last */
#define SUB 32 /* buckets an octave */
#define BUCKETS 2656 /* (EXP_MAX - EXP_MIN) * SUB */

static int bucket_of(double v)
{
	int e, i;
	double m = frexp(v, &e); /* v = m x 2^e, m from 0.5 to 1 */

	if (e <= EXP_MIN)
		return 0;
	if (e > EXP_MAX)
		return BUCKETS - 1;
	i = (e - 1 - EXP_MIN) * SUB + (int)((m - 0.5) * 2 * SUB);
	return i < BUCKETS ? i : BUCKETS - 1;
}

static double bucket_middle(int i)
{
	double m = 0.5 + (i % SUB + 0.5) / (2.0 * SUB);

	return ldexp(m, i / SUB + 1 + EXP_MIN);
}

int spread_add(struct spread *s, double value, double seconds)
{
	if (!isfinite(value) || !(seconds > 0))
		return 0;
	if (value < 0)
		value = 0;
	if (value > 0 && !s->buckets) {
		s->buckets = calloc((size_t)BUCKETS, sizeof(*s->buckets));
		if (!s->buckets)
			return -ENOMEM;
	}
	if (!(s->seconds > 0) || value < s->min)
		s->min = value;
	if (!(s->seconds > 0) || value > s->max)
		s->max = value;
	s->seconds += seconds;
	s->sum += value * seconds;
	if (value > 0)
		s->buckets[bucket_of(value)] += seconds;
	else
		s->zero_s += seconds;
	return 0;
}

double spread_mean(const struct spread *s)
{
	return s->seconds > 0 ? s->sum / s->seconds : NAN;
}

double spread_percentile(const struct spread *s, double pct)
{
	/* Sums of fractions are not exact; a rank is not missed by that. */
	double rank = s->seconds * pct / 100 - s->seconds * 1e-9;
	double below = s->zero_s;

	if (!(s->seconds > 0))
		return NAN;
	if (below > 0 && below >= rank)
		return 0;
	for (int i = 0; s->buckets && i < BUCKETS; i++) {
		below += s->buckets[i];
		if (s->buckets[i] > 0 && below >= rank)
			return fmin(fmax(bucket_middle(i), s->min), s->max);
	}
	return s->max;
}

void spread_free(struct spread *s)
{
	free(s->buckets);
	*s = (struct spread){0};
}
