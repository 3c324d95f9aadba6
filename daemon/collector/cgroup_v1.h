/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CPU bandwidth throttling of control groups of version 1: how often groups
 * with a quota used it up.
 */
#ifndef SYSPERF_CGROUP_V1_H
#define SYSPERF_CGROUP_V1_H

#include <stddef.h>
#include <stdint.h>

#include "pace.h"

/* All 0 is a new one. */
struct sp_cgroups_v1 {
	struct sp_cgroup_quota {
		uint64_t ino; /* of its directory: names it for its life */
		int stat_fd; /* its cpu.stat */
		uint64_t last; /* its nr_throttled */
		unsigned int walk; /* the last one that met it */
	} * groups;
	size_t nr, cap;
	unsigned int walk;
	struct sp_pace pace;
	uint64_t total; /* grows only; SP_ABSENT: no such controller */
};

/**
 * sp_cgroups_v1_throttled() - throttlings of all groups with a quota
 * @cg: the reader
 * @dirfd: the root
 *
 * The tree is walked every ten seconds at most, to see which groups have a
 * quota; cpu.stat of 256 of them at most is then read every time. What
 * happened in a group before it was first seen does not count.
 *
 * Return: a counter that starts anywhere, SP_ABSENT without the cpu
 * controller.
 */
uint64_t sp_cgroups_v1_throttled(struct sp_cgroups_v1 *cg, int dirfd);

/**
 * sp_cgroups_v1_close() - close its files
 */
void sp_cgroups_v1_close(struct sp_cgroups_v1 *cg);

#endif /* SYSPERF_CGROUP_V1_H */
