/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The files of a control group. Each parser sets the members that its file
 * tells of and leaves alone what the file lacks.
 */
#ifndef SYSPERF_CGROUP_PARSE_H
#define SYSPERF_CGROUP_PARSE_H

#include <stddef.h>
#include <stdint.h>

#include <sysperf/snapshot.h>
#include "text.h"

/**
 * sp_parse_cgroup_cpu() - cpu.stat of either version
 * @t: the file
 * @g: usage_ns, throttled and throttled_ns are set
 */
void sp_parse_cgroup_cpu(struct sp_text t, struct sp_raw_cgroup *g);

/* Devices that only pass requests on to others, on which they count too. */
struct sp_stacked {
	uint64_t majors[8];
	size_t nr;
};

/**
 * sp_parse_cgroup_io() - io.stat
 * @t: the file; an empty one means that there was no I/O
 * @g: reads, read_bytes, writes and write_bytes are set
 * @stacked: majors of devices to leave out
 */
void sp_parse_cgroup_io(struct sp_text t, struct sp_raw_cgroup *g,
			const struct sp_stacked *stacked);

/**
 * sp_parse_cgroup_oom() - memory.events
 * @t: the file
 * @g: oom_kills is set
 */
void sp_parse_cgroup_oom(struct sp_text t, struct sp_raw_cgroup *g);

/**
 * sp_parse_cgroup_events() - cgroup.events
 * @t: the file
 *
 * Return: 1 if there is a task in the group or below it, 0 if not, SP_ABSENT
 * if the file does not say.
 */
uint64_t sp_parse_cgroup_events(struct sp_text t);

/**
 * sp_parse_task_cgroup() - /proc/PID/cgroup
 * @t: the file
 * @path: set to the path of its group of version 2, as it is
 * @size: of @path, at least 1
 *
 * Return: false if there is none.
 */
bool sp_parse_task_cgroup(struct sp_text t, char *path, size_t size);

/**
 * sp_cgroup_path() - the path of a group below another
 * @path: set to it; if it is too long, to its end
 * @size: of @path, at least 1
 * @parent: of the other, "/" for the top
 * @name: of the group's directory; an underscore before it, which systemd puts
 *	there to tell a name from one of the kernel's files, is left out
 */
void sp_cgroup_path(char *path, size_t size, const char *parent,
		    const char *name);

#endif /* SYSPERF_CGROUP_PARSE_H */
