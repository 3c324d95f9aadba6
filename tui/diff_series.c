// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns blocks of time and the sums of numbers in them.
 */
#include <math.h>
#include <string.h>

#include "diff_series.h"

/* Of a block's width, what has been recorded of the one being filled. */
static double filled(const struct diff_axis *axis)
{
	return axis->nr ? axis->seconds[axis->nr - 1] / axis->width : 1;
}

/* A block ends where one more sample would overshoot it more than not. */
static bool complete(const struct diff_axis *axis, double seconds)
{
	return filled(axis) + seconds / axis->width / 2 > 1;
}

bool diff_axis_full(const struct diff_axis *axis, double seconds)
{
	return axis->nr == SERIES_BLOCKS && complete(axis, seconds);
}

size_t diff_axis_add(struct diff_axis *axis, double seconds)
{
	if (!(axis->width > 0))
		axis->width = seconds;
	if (axis->nr < SERIES_BLOCKS && complete(axis, seconds))
		axis->nr++;
	axis->seconds[axis->nr - 1] += seconds;
	return axis->nr - 1;
}

static void halve(double *v)
{
	for (size_t i = 0; i < SERIES_BLOCKS / 2; i++)
		v[i] = v[2 * i] + v[2 * i + 1];
	memset(&v[SERIES_BLOCKS / 2], 0, SERIES_BLOCKS / 2 * sizeof(*v));
}

void diff_axis_halve(struct diff_axis *axis)
{
	halve(axis->seconds);
	axis->nr = (axis->nr + 1) / 2;
	axis->width *= 2;
}

void diff_series_halve(struct diff_series *s)
{
	halve(s->sum);
	halve(s->seconds);
}

void diff_series_add(struct diff_series *s, size_t block, double value,
		     double seconds)
{
	if (!isfinite(value))
		return;
	s->sum[block] += value * seconds;
	s->seconds[block] += seconds;
}

size_t diff_series_blocks(const struct diff_series *s,
			  const struct diff_axis *axis, double width,
			  double *out)
{
	size_t step = axis->width > 0
			      ? (size_t)fmax(1, round(width / axis->width))
			      : 1;
	size_t nr = 0;

	for (size_t i = 0; i < axis->nr; i += step) {
		double sum = 0, seconds = 0;

		for (size_t k = i; k < i + step && k < axis->nr; k++) {
			sum += s->sum[k];
			seconds += s->seconds[k];
		}
		if (seconds >= axis->width * (double)step / 2)
			out[nr++] = sum / seconds;
	}
	return nr;
}

double diff_series_mean(const struct diff_series *s)
{
	double sum = 0, seconds = 0;

	for (size_t i = 0; i < SERIES_BLOCKS; i++) {
		sum += s->sum[i];
		seconds += s->seconds[i];
	}
	return seconds > 0 ? sum / seconds : NAN;
}
