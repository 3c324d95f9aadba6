/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The four golden signals of the four resources, as the header shows them.
 */
#ifndef SYSPERF_TUI_GOLDEN_H
#define SYSPERF_TUI_GOLDEN_H

#include <sysperf/frame.h>

#include "golden_items.h"
#include "history.h"
#include "screen.h"

#define VERDICT_NARROW 50 /* columns that ask for a short verdict */

#define GOLDEN_PAST 96 /* golden fields there may be */

struct golden {
	struct golden_numbers numbers;
	struct history spark[SP_RESOURCES][SPARKS];
	struct history past[GOLDEN_PAST]; /* of each golden field */
};

/**
 * golden_init() - nothing remembered, any source
 */
void golden_init(struct golden *g);

/**
 * golden_add() - remember a frame for the sparklines
 */
void golden_add(struct golden *g, const struct sp_frame *f);

/**
 * golden_draw() - a line a resource, with a head above them
 * @f: the frame, NULL if there is none yet
 * @head: whether to draw the head
 * @delay_s: time between two samples
 *
 * Numbers of least weight are left out first where columns are few.
 */
void golden_draw(const struct golden *g, const struct screen *s,
		 const struct sp_frame *f, int y, bool head, double delay_s);

/**
 * golden_summary() - all four resources in one line
 */
void golden_summary(const struct screen *s, const struct sp_frame *f, int y);

/**
 * golden_verdict() - what the machine waits for, in one line
 */
void golden_verdict(const struct screen *s, const struct sp_frame *f, int y);

#endif /* SYSPERF_TUI_GOLDEN_H */
