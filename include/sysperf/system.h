/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The system-wide counters that the kernel itself keeps: CPUs, memory, disks,
 * interfaces, pressure. Both sources need them, whatever reads the tasks.
 */
#ifndef SYSPERF_SYSTEM_H
#define SYSPERF_SYSTEM_H

#include <stddef.h>

#include <sysperf/snapshot.h>

struct sp_system;

/**
 * sp_system_open() - make a reader
 * @sys: set to the reader
 * @root: "" or a directory holding proc/ and sys/ to read instead; where it
 *	is not "", netlink is not asked either and interfaces come from
 *	proc/net/dev. It must outlive the reader
 *
 * Return: 0 or -ENOMEM. What the machine lacks is no error.
 */
int sp_system_open(struct sp_system **sys, const char *root);

/**
 * sp_system_read() - read everything there is
 * @sys: the reader
 * @snap: sets time, mono_ns, boot_ns, sys, cpus, disks, nets, nodes and cgroups, adds
 *	SP_CAP_PSI to info.caps where there is /proc/pressure; a file that is
 *	not there or not understood leaves its numbers SP_ABSENT
 *
 * Return: 0, -ENOMEM, or -ENOENT if there is no /proc/stat.
 */
int sp_system_read(struct sp_system *sys, struct sp_snapshot *snap);

/**
 * sp_system_close() - free the reader
 */
void sp_system_close(struct sp_system *sys);

#endif /* SYSPERF_SYSTEM_H */
