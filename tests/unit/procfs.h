/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The source that reads /proc, for its tests.
 */
#ifndef SYSPERF_TEST_PROCFS_H
#define SYSPERF_TEST_PROCFS_H

#include <sysperf/source.h>

#define PROCFS_TICK_NS 10000000ULL /* of this machine's USER_HZ, 100 */

/**
 * procfs_open() - the source on a tree
 * @root: the tree; "" for this machine
 * @threads: one row a thread
 */
struct sp_source *procfs_open(const char *root, bool threads);

/**
 * procfs_read() - replaces a snapshot by the next
 */
void procfs_read(struct sp_source *src, struct sp_snapshot *s);

/**
 * procfs_find() - a task in a snapshot
 *
 * Return: it, or NULL.
 */
const struct sp_raw_task *procfs_find(const struct sp_snapshot *s,
				      uint32_t tid);

#endif /* SYSPERF_TEST_PROCFS_H */
