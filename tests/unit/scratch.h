/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A directory for what a test writes.
 */
#ifndef SYSPERF_TEST_SCRATCH_H
#define SYSPERF_TEST_SCRATCH_H

#define SCRATCH_LEN 32

/**
 * scratch_make() - make a new one
 * @dir: set to its path
 *
 * Return: 0, or -1 with errno set.
 */
int scratch_make(char dir[SCRATCH_LEN]);

/**
 * scratch_remove() - remove it and the files in it
 *
 * Return: 0, or -1 with errno set.
 */
int scratch_remove(const char *dir);

#endif /* SYSPERF_TEST_SCRATCH_H */
