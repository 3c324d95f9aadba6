/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tasks that ended, kept for some seconds so that they can be seen: a frame
 * has them only once.
 */
#ifndef SYSPERF_TUI_GHOSTS_H
#define SYSPERF_TUI_GHOSTS_H

#include <stddef.h>
#include <stdint.h>

#include <sysperf/frame.h>

#define GHOSTS_MAX 128 /* those that used most CPU time */

struct ghosts {
	double keep_s; /* 0: not at all */
	struct sp_task *task; /* nr that are shown, then those of the frame */
	double ended[GHOSTS_MAX]; /* seconds since the epoch */
	size_t nr, nr_all;
};

/**
 * ghosts_take() - take up a new frame
 *
 * Those that ended in it are shown from the next frame on: this one has them
 * itself.
 */
void ghosts_take(struct ghosts *g, const struct sp_frame *f);

/**
 * ghosts_age() - seconds since a task ended
 * @f: the frame that is shown
 *
 * Return: NaN if it is none of ours.
 */
double ghosts_age(const struct ghosts *g, const struct sp_task *task,
		  const struct sp_frame *f);

void ghosts_free(struct ghosts *g);

#endif /* SYSPERF_TUI_GHOSTS_H */
