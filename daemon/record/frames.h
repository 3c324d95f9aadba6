/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records made into frames: what a delta's key was, and what its schema says.
 */
#ifndef SYSPERF_RECORD_FRAMES_H
#define SYSPERF_RECORD_FRAMES_H

#include <sysperf/frame.h>

#include "file.h"

struct rec_frames;

/**
 * rec_frames_new() - what decodes, NULL if out of memory
 */
struct rec_frames *rec_frames_new(void);

/**
 * rec_frames_decode() - the frame of a record
 * @f: its file
 * @p: an intact sample in it
 * @frame: set, until the next call
 *
 * Return: 1; 0 if it cannot be decoded, which is counted; -errno.
 */
int rec_frames_decode(struct rec_frames *d, struct rec_file *f,
		      const struct rec_place *p, const struct sp_frame **frame);

/**
 * rec_frames_free() - free it, and the last frame
 */
void rec_frames_free(struct rec_frames *d);

#endif /* SYSPERF_RECORD_FRAMES_H */
