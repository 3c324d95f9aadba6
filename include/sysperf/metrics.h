/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A frame, and what the daemon sums up over frames, as a page of metrics for
 * Prometheus and whatever else reads OpenMetrics.
 */
#ifndef SYSPERF_METRICS_H
#define SYSPERF_METRICS_H

#include <stdio.h>

#include <sysperf/frame.h>
#include <sysperf/latency.h>
#include <sysperf/totals.h>

enum sp_metrics_syntax {
	SP_METRICS_OPENMETRICS, /* version 1.0.0 */
	SP_METRICS_TEXT, /* Prometheus' own, version 0.0.4 */
	SP_METRICS_SYNTAXES,
};

/* The daemon about itself; it fills this in, NaN where it does not know. */
struct sp_self {
	const char *version;
	double samples; /* taken since it was started */
	double samples_failed; /* that gave no frame */
	double samples_late; /* that came more than an interval late */
	double viewers; /* connected now */
	double viewers_total; /* ever */
	double frames_lost; /* by viewers that were too slow */
	double recorded_bytes; /* written to recordings */
	double recorded_samples;
	double unrecorded_samples; /* not written, for want of space and such */
	double alerts_fired; /* since it was started */
	double hooks_started;
	double hooks_failed; /* could not be started, failed, or took too long */
	double hooks_dropped; /* never started: too many at once */
	double pages; /* of metrics, made */
	double cpu_seconds; /* it took, in user and kernel mode */
	double resident_bytes;
	double started; /* seconds since the epoch */
};

struct sp_metrics_page {
	const struct sp_frame *frame;
	/* Which tasks, and which of their fields (0: all). */
	const struct sp_task *const *tasks;
	size_t nr_tasks;
	const struct sp_field *const *columns;
	size_t nr_columns;
	/* What only the daemon has; each may be NULL. */
	const struct sp_latencies *latencies;
	const struct sp_totals *totals;
	const struct sp_self *self;
};

/**
 * sp_metrics_write() - write a page
 * @f: where to; the caller looks for write errors
 * @syntax: of which kind
 * @page: what to write
 *
 * Return: 0 or -ENOMEM; what was written by then is not whole, and does not
 * end as a page does.
 */
int sp_metrics_write(FILE *f, enum sp_metrics_syntax syntax,
		     const struct sp_metrics_page *page);

/**
 * sp_metrics_columns() - the fields of tasks that any reader of a port may see
 * @columns: set; room for @max
 * @max: of @columns
 *
 * All but the hardware counters: those tell of what others compute, so that
 * reading them is a privilege.
 *
 * Return: how many.
 */
size_t sp_metrics_columns(const struct sp_field **columns, size_t max);

/**
 * sp_metrics_top() - those tasks that are among the first by any signal
 * @frame: the frame
 * @n: how many by each signal
 * @tasks: set; room for @n times SP_METRICS_SIGNALS
 *
 * Tasks for which a signal is zero or unknown are not among the first by it.
 *
 * Return: how many different tasks there are, in order of the frame's rows.
 */
size_t sp_metrics_top(const struct sp_frame *frame, size_t n,
		      const struct sp_task **tasks);
#define SP_METRICS_SIGNALS 12

#endif /* SYSPERF_METRICS_H */
