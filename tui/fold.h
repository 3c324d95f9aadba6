/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All frames of a recording, one after another, for what sums them up.
 */
#ifndef SYSPERF_TUI_FOLD_H
#define SYSPERF_TUI_FOLD_H

#include <sysperf/recording.h>

#include "options.h"

/**
 * fold_recording() - give each frame of a recording to a function
 * @o: its begin and end: only what lies between
 * @path: the recording, a file or directory
 * @add: 0 or -errno, which ends it
 * @ctx: given to @add
 * @damage: set to what could not be read
 *
 * Prints one line to stderr on failure, and if there is damage or no frame.
 *
 * Return: EXIT_OK, EXIT_DAMAGED, EXIT_UNREADABLE, or EXIT_SOURCE where @add
 * failed.
 */
int fold_recording(const struct options *o, const char *path,
		   int (*add)(void *ctx, const struct sp_frame *frame),
		   void *ctx, struct sp_damage *damage);

#endif /* SYSPERF_TUI_FOLD_H */
