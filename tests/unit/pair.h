/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two snapshots and the frame made of them, for the tests of what makes it.
 */
#ifndef SYSPERF_TEST_PAIR_H
#define SYSPERF_TEST_PAIR_H

#include "../../daemon/collector/system_rows.h"

struct pair {
	struct sp_snapshot cur, prev;
	struct sp_frame frame;
	struct interval_frame iv; /* of the three */
	struct task_totals totals; /* of no tasks */
};

/**
 * pair_init() - two empty snapshots
 * @p: zeroed; to be given to pair_free()
 * @seconds: between the two
 */
void pair_init(struct pair *p, double seconds);

/**
 * pair_next() - an interval later: what is now becomes what was before
 *
 * Return: the snapshot of now, empty.
 */
struct sp_snapshot *pair_next(struct pair *p);

/**
 * pair_free() - frees what is in it
 */
void pair_free(struct pair *p);

/**
 * near() - fails unless a number is, but for rounding, what it should be
 */
void near(double got, double want);

#endif /* SYSPERF_TEST_PAIR_H */
