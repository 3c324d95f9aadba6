/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames made up for tests of what only reads frames, and numbers that look
 * random but are the same in each run.
 */
#ifndef SYSPERF_TESTS_MADE_H
#define SYSPERF_TESTS_MADE_H

#include <sysperf/frame.h>

#define MADE_TASKS 8

struct made {
	struct sp_frame frame;
	struct sp_task tasks[MADE_TASKS];
	uint64_t random; /* state */
};

/**
 * made_init() - a frame of which nothing could be measured, at a second of 2024
 * @seed: of the numbers
 */
void made_init(struct made *m, uint64_t seed);

/**
 * made_next() - the frame of the next interval, otherwise as the last
 * @interval: seconds
 */
void made_next(struct made *m, double interval);

/**
 * made_golden() - where a golden signal is
 * @key: e.g. "cpu.runq_wait_p99_us"; fails the test if there is none
 */
double *made_golden(struct made *m, const char *key);

/**
 * made_task() - one more task, of which nothing could be measured
 */
struct sp_task *made_task(struct made *m, unsigned int pid, const char *comm);

/**
 * made_verdict() - the frame's verdict and the resource's status
 * @comm: of the culprit, NULL for none
 */
void made_verdict(struct made *m, enum sp_status severity,
		  enum sp_resource resource, enum sp_signal signal,
		  const char *text, const char *comm);

/**
 * made_uniform() - a number from 0 to 1
 */
double made_uniform(struct made *m);

/**
 * made_normal() - a number of the standard normal distribution
 */
double made_normal(struct made *m);

#endif /* SYSPERF_TESTS_MADE_H */
