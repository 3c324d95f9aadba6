/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A feed of a recording, and what only such a one can do.
 */
#ifndef SYSPERF_TUI_FEED_FILE_H
#define SYSPERF_TUI_FEED_FILE_H

#include <sysperf/recording.h>

#include "feed.h"

/**
 * recording_open() - open a recording, at the beginning of a time
 * @path: a file or directory
 * @from: when that begins; not set: with the recording
 * @to: when it ends; not set: with the recording
 * @r: set, NULL on failure
 *
 * Prints one line to stderr on failure.
 *
 * Return: EXIT_OK or EXIT_UNREADABLE.
 */
int recording_open(const char *path, const struct when *from,
		   const struct when *to, struct sp_recording **r);

/**
 * recording_end() - say what was damaged, or that there was nothing
 * @path: as given to recording_open()
 * @any: some frame could be read
 *
 * Return: EXIT_OK, EXIT_DAMAGED or EXIT_UNREADABLE.
 */
int recording_end(const char *path, const struct sp_recording *r, bool any);

/**
 * feed_open_file() - the recording that the options name
 *
 * Its samples are due whenever they are taken, and -ENODATA after the last.
 *
 * Return: as feed_open().
 */
int feed_open_file(const struct options *o, struct feed **feed);

/**
 * feed_recording() - the recording behind a feed, NULL if it has none
 */
struct sp_recording *feed_recording(struct feed *feed);

#endif /* SYSPERF_TUI_FEED_FILE_H */
