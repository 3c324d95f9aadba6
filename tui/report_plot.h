/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Golden signals over time in a fixed number of buckets: when the period
 * outgrows them, neighbours become one. Time here only goes forward; whoever
 * adds samples sees to it where the clock was set back.
 */
#ifndef SYSPERF_TUI_REPORT_PLOT_H
#define SYSPERF_TUI_REPORT_PLOT_H

#include <stddef.h>

#include <sysperf/frame.h>

#define PLOT_BUCKETS 600 /* even; as many as a plot has pixels, about */

/* Of one number; seconds 0: it was not measured. */
struct plot_bucket {
	double seconds, sum; /* of value x seconds */
	double min, max;
};

struct plot {
	double start; /* seconds since the epoch; the left edge */
	double width; /* of a bucket, in seconds; 0: there is no sample yet */
	size_t used; /* buckets; the others are empty */
	enum sp_status status[SP_RESOURCES][PLOT_BUCKETS]; /* the worst */
	double seconds[PLOT_BUCKETS]; /* recorded */
	struct plot_bucket (*golden)[PLOT_BUCKETS]; /* by field */
};

/**
 * plot_init() - make an empty plot; plot_free() it
 *
 * Return: 0 or -ENOMEM.
 */
int plot_init(struct plot *p);

/**
 * plot_add() - a frame's golden signals and status
 * @begin: of its interval, not before the end of that of the last call
 * @end: in seconds since the epoch, after @begin
 */
void plot_add(struct plot *p, const struct sp_frame *frame, double begin,
	      double end);

/**
 * plot_free() - give back its memory
 */
void plot_free(struct plot *p);

#endif /* SYSPERF_TUI_REPORT_PLOT_H */
