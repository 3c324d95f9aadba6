/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers over time as means of blocks, all blocks of one length. When there
 * are more than there is room for, each two neighbours become one: the memory
 * of a recording does not grow with its length.
 */
#ifndef SYSPERF_TUI_DIFF_SERIES_H
#define SYSPERF_TUI_DIFF_SERIES_H

#include <stdbool.h>
#include <stddef.h>

#define SERIES_BLOCKS 256 /* even */

/* The time that series have in common. Zeroed: none yet. */
struct diff_axis {
	double width; /* of a block, seconds; 0: no sample yet */
	double seconds[SERIES_BLOCKS]; /* recorded in each */
	size_t nr; /* blocks begun */
};

struct diff_series {
	double sum[SERIES_BLOCKS]; /* of value x seconds */
	double seconds[SERIES_BLOCKS]; /* in which it was measured */
};

/**
 * diff_axis_full() - whether there is no room for a sample
 * @seconds: its length
 *
 * All series are to be halved then, and the axis.
 */
bool diff_axis_full(const struct diff_axis *axis, double seconds);

/**
 * diff_axis_add() - a sample's interval
 * @seconds: its length, above 0
 *
 * Return: the block it belongs to.
 */
size_t diff_axis_add(struct diff_axis *axis, double seconds);

/**
 * diff_axis_halve() - make one of each two blocks
 */
void diff_axis_halve(struct diff_axis *axis);

/**
 * diff_series_halve() - the same for a series
 */
void diff_series_halve(struct diff_series *s);

/**
 * diff_series_add() - a sample's value
 * @block: as diff_axis_add() said
 * @value: what is not finite is left out
 */
void diff_series_add(struct diff_series *s, size_t block, double value,
		     double seconds);

/**
 * diff_series_blocks() - the means of longer blocks
 * @width: of them, in seconds
 * @out: set; of SERIES_BLOCKS
 *
 * Blocks less than half of which was measured are left out.
 *
 * Return: their number.
 */
size_t diff_series_blocks(const struct diff_series *s,
			  const struct diff_axis *axis, double width,
			  double *out);

/**
 * diff_series_mean() - the mean of all, NaN if nothing was measured
 */
double diff_series_mean(const struct diff_series *s);

#endif /* SYSPERF_TUI_DIFF_SERIES_H */
