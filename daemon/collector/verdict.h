/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The verdict: is a resource in trouble, which one most, and who causes it.
 */
#ifndef SYSPERF_VERDICT_H
#define SYSPERF_VERDICT_H

#include <sysperf/frame.h>

#include "task_rows.h"

#define VERDICT_RULES_MAX 16

/* What hysteresis needs to remember. */
struct verdict_memory {
	enum sp_status last[VERDICT_RULES_MAX]; /* by rule */
};

/**
 * verdict_judge() - set the frame's status and verdict
 * @m: zeroed before the first frame
 * @frame: complete but for these
 * @totals: of all tasks in the interval
 */
void verdict_judge(struct verdict_memory *m, struct sp_frame *frame,
		   const struct task_totals *totals);

#endif /* SYSPERF_VERDICT_H */
