/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The golden signals' rates, summed up over frames: a reader that comes once a
 * minute misses nothing of what happened within it.
 */
#ifndef SYSPERF_TOTALS_H
#define SYSPERF_TOTALS_H

#include <sysperf/frame.h>

#define SP_TOTALS_MAX 64 /* fields of the golden table, at most */

/* All 0 is none yet. */
struct sp_totals {
	/* By field of the golden table, of those that are SP_KIND_COUNTER:
	 * how many there were, in the unit of the rate without "per second". */
	double sum[SP_TOTALS_MAX];
	bool known[SP_TOTALS_MAX]; /* measured at least once */
	/* Time for which a resource had a status. */
	double status_s[SP_RESOURCES][SP_STATUS_CRITICAL + 1];
};

/**
 * sp_totals_add() - add what happened in a frame's interval
 */
void sp_totals_add(struct sp_totals *t, const struct sp_frame *frame);

#endif /* SYSPERF_TOTALS_H */
