/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Control groups of version 2: which there are, and their counters. What is
 * read is chosen so that hundreds of groups cost little; see sp_cgroups_read().
 */
#ifndef SYSPERF_CGROUP_H
#define SYSPERF_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <sysperf/snapshot.h>

#include "cgroup_parse.h"
#include "file.h"
#include "pace.h"

#define CGROUPS_MAX 1024

/* A group's files that are read again and again. */
enum cgroup_file {
	CGROUP_CPU, /* first: it says whether the group ran */
	CGROUP_MEMORY,
	CGROUP_OOM,
	CGROUP_TASKS,
	CGROUP_IO,
	CGROUP_PSI_CPU,
	CGROUP_PSI_MEMORY,
	CGROUP_PSI_IO,
	CGROUP_FILES,
};

/* In place of a descriptor. */
#define CGROUP_NOT_OPEN (-1)
#define CGROUP_NO_FILE (-2) /* its controller is off */

struct sp_cgroup_dir {
	struct sp_raw_cgroup raw; /* as last read */
	size_t parent; /* its place; the top is its own */
	size_t place; /* its own, after those that are gone are dropped */
	int fd; /* of the directory, to open others by */
	int files[CGROUP_FILES];
	nlink_t nlink; /* when it was last listed; 0: never */
	size_t left_out; /* directories in it that found no room */
	unsigned int moved; /* bits of files in which a sum grew just now */
	bool known; /* was read before */
	bool populated; /* it has tasks, or a group below has */
	bool ran; /* in the last ten seconds */
	bool gone;
};

/* All 0 is a new one. */
struct sp_cgroups {
	struct sp_cgroup_dir *dirs; /* the top first, each after its parent */
	size_t nr, cap;
	size_t fds, max_fds; /* descriptors open, and at most */
	struct sp_buf buf;
	uint64_t psi[3]; /* the machine's when last read: cpu, memory, io */
	bool psi_moved[3];
	struct sp_stacked stacked;
	struct sp_pace scan, read;
	unsigned int scans;
	uint64_t read_ns; /* CLOCK_MONOTONIC; 0: never */
	bool has_cpu; /* there is a cpu controller of version 2 */
};

/**
 * sp_cgroups_read() - the groups that have tasks, and what they did
 * @cg: the reader
 * @dirfd: the root
 * @snap: cgroups and cgroups_ns are set, info.lost gets the groups beyond
 *	CGROUPS_MAX or the limit of descriptors. Its disks and pressure must
 *	be there already
 *
 * New groups are found every two seconds. All sums of a group are read unless
 * that of its parent stood still since the last time, as it contains them; the
 * rest (memory, tasks, OOM kills) when the group ran, and every ten seconds.
 *
 * All this takes 0.5 % of one CPU at most: the next reading is put off until
 * it does, for two seconds at most. Until then the rows of the last reading
 * are given again, with its time.
 *
 * Return: 0 or -ENOMEM. That there are no groups is no error.
 */
int sp_cgroups_read(struct sp_cgroups *cg, int dirfd, struct sp_snapshot *snap);

/**
 * sp_cgroups_close() - close its files
 */
void sp_cgroups_close(struct sp_cgroups *cg);

/* The tree of groups, for sp_cgroups_read(): */

/**
 * sp_cgroup_scan() - find new groups, drop those that are gone
 * @cg: the reader
 * @dirfd: the root
 *
 * Return: 0 or -ENOMEM.
 */
int sp_cgroup_scan(struct sp_cgroups *cg, int dirfd);

/**
 * sp_cgroup_forget_file() - close a file if it is open
 */
void sp_cgroup_forget_file(struct sp_cgroups *cg, struct sp_cgroup_dir *d,
			   enum cgroup_file file);

#endif /* SYSPERF_CGROUP_H */
