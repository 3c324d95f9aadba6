/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A directory that samples are recorded to and read from again. Each test has
 * one of its own as its state.
 */
#ifndef SYSPERF_TEST_RECORDED_H
#define SYSPERF_TEST_RECORDED_H

#include <sysperf/recording.h>

#include "sample.h"
#include "scratch.h"

struct recorded {
	char dir[SCRATCH_LEN];
	char file[64]; /* in it, not there yet */
	char err[512]; /* what the last opening said */
};

#define RECORDED(name)                                                         \
	cmocka_unit_test_setup_teardown(name, recorded_setup, recorded_teardown)

int recorded_setup(void **state);
int recorded_teardown(void **state);

/**
 * record_to() - a recorder that does not wait for the disk; fails if there is
 * none
 * @path: of a file or directory
 */
struct sp_recorder *record_to(struct recorded *d, const char *path);

/**
 * record_within() - the same, with limits
 * @cfg: they; its sync is not looked at
 */
struct sp_recorder *record_within(struct recorded *d, const char *path,
				  struct sp_recorder_config cfg);

/**
 * add_sample() - record what sample_make() makes; fails unless it is written
 * @i: the sample's number
 * @host: what its host is changed to, or NULL
 */
void add_sample(struct sp_recorder *r, unsigned int i, const char *host);

/**
 * read_from() - read a file or directory from its beginning; fails if that
 * cannot be
 */
struct sp_recording *read_from(struct recorded *d, const char *path);

/**
 * expect_damage() - fails unless so much could not be read until now
 * @bytes: skipped
 * @records: known to be lost
 */
void expect_damage(const struct sp_recording *r, uint64_t places,
		   uint64_t bytes, uint64_t records);

/**
 * expect_next() - fails unless there is a sample, as sample_make() makes it
 *
 * Return: its number.
 */
unsigned int expect_next(struct sp_recording *r);

/**
 * expect_end() - fails if there is one more, or if there was any damage
 */
void expect_end(struct sp_recording *r);

#endif /* SYSPERF_TEST_RECORDED_H */
