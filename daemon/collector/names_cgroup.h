/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which control group a task is in, by the group's number or by asking /proc:
 * the part of names.h that is about them.
 */
#ifndef SYSPERF_NAMES_CGROUP_H
#define SYSPERF_NAMES_CGROUP_H

#include <stddef.h>
#include <stdint.h>

/* All 0 is an empty memory. */
struct cgroup_names {
	struct cgroup_name *groups; /* hash by number */
	struct cgroup_of *tasks; /* hash by thread id */
	char path[256]; /* of the task asked about last */
};

/**
 * cgroup_names_of_id() - the path of a group, by its number
 * @c: the memory
 * @root: "" or a tree to read instead
 * @tid: a task that is in it, to find out by
 * @id: its number
 *
 * Return: as names_cgroup().
 */
const char *cgroup_names_of_id(struct cgroup_names *c, const char *root,
			       uint32_t tid, uint64_t id);

/**
 * cgroup_names_of_task() - the path of the group of a task
 */
const char *cgroup_names_of_task(struct cgroup_names *c, const char *root,
				 uint32_t tid, uint64_t start);

/**
 * cgroup_names_drop() - forget a task
 */
void cgroup_names_drop(struct cgroup_names *c, uint32_t tid);

/**
 * cgroup_names_close() - forget everything
 */
void cgroup_names_close(struct cgroup_names *c);

#endif /* SYSPERF_NAMES_CGROUP_H */
