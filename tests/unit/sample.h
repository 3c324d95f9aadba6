/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames of a small machine that is at work, for tests of what stores, sends
 * and shows them.
 */
#ifndef SYSPERF_TEST_SAMPLE_H
#define SYSPERF_TEST_SAMPLE_H

#include <sysperf/frame.h>

#define SAMPLE_TASKS 3
#define SAMPLE_TIME 1700000000 /* of the first one; 22:13:20 UTC */

struct sample {
	struct sp_frame frame;
	struct sp_cpu cpus[2];
	struct sp_disk disks[1];
	struct sp_task tasks[SAMPLE_TASKS];
};

/**
 * sample_make() - a frame, always the same of the same number
 * @s: set; the frame points into it
 * @i: its number; it ends @i seconds after SAMPLE_TIME
 */
void sample_make(struct sample *s, unsigned int i);

/**
 * sample_check() - fails unless a frame is, to the last bit that is stored,
 * what sample_make() made
 * @host: what its host was changed to, or NULL
 */
void sample_check(const struct sp_frame *got, unsigned int i, const char *host);

/**
 * sample_number() - the number of a frame, by its time
 */
unsigned int sample_number(const struct sp_frame *frame);

#endif /* SYSPERF_TEST_SAMPLE_H */
