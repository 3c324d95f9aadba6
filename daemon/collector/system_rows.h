/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two snapshots' counters of the machine made into the golden signals and the
 * rows of CPUs, disks, interfaces, NUMA nodes and control groups.
 */
#ifndef SYSPERF_SYSTEM_ROWS_H
#define SYSPERF_SYSTEM_ROWS_H

#include <sysperf/snapshot.h>

#include "task_rows.h"

/* The interval both sides of which are known, and the frame to fill. */
struct interval_frame {
	const struct sp_snapshot *cur, *prev;
	double ns; /* between them */
	double s; /* the same in seconds */
	/* Seconds between the readings of disks, interfaces, the module. */
	double disks_s, nets_s, kmod_s;
	struct sp_frame *frame;
};

/**
 * cpu_rows() - rows of CPUs, golden signals of cpu
 * @f: the frame gets cpus and golden.cpu_*
 * @totals: of all tasks
 *
 * After cgroup_rows(), whose throttling counts in cpu's errors.
 *
 * Return: 0 or -ENOMEM, as all of these.
 */
int cpu_rows(const struct interval_frame *f, const struct task_totals *totals);

/**
 * memory_signals() - golden signals of memory
 */
void memory_signals(const struct interval_frame *f);

/**
 * disk_rows() - rows of disks, golden signals of disk
 *
 * Devices that only pass requests on (dm, md, loop, the head of NVMe multipath)
 * have rows, but do not count in the golden signals: what they do shows on the
 * disks below.
 */
int disk_rows(const struct interval_frame *f);

/**
 * net_rows() - rows of interfaces, golden signals of network
 */
int net_rows(const struct interval_frame *f);

/**
 * node_rows() - rows of NUMA nodes; after cpu_rows(), from which their load is
 */
int node_rows(const struct interval_frame *f);

/**
 * cgroup_rows() - rows of control groups, busiest first
 *
 * If no group was read since the snapshot before, the frame's rows stay.
 */
int cgroup_rows(const struct interval_frame *f);

/**
 * frame_rows_resize() - make room for rows
 * @rows: pointer to the array
 * @nr: rows wanted
 * @size: of a row
 *
 * Return: 0 or -ENOMEM.
 */
int frame_rows_resize(void *rows, size_t nr, size_t size);

#endif /* SYSPERF_SYSTEM_ROWS_H */
