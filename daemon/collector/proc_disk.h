/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Block devices: /proc/diskstats, and which of its rows are whole disks.
 */
#ifndef SYSPERF_PROC_DISK_H
#define SYSPERF_PROC_DISK_H

#include <stdbool.h>
#include <stddef.h>

#include <sysperf/snapshot.h>
#include "pace.h"
#include "text.h"

/**
 * sp_parse_diskstats_line() - one line of /proc/diskstats
 * @line: without its newline
 * @disk: set to it; numbers that the line lacks are left alone
 *
 * A line has 11 numbers after the name, 15 from 4.18 on (discards) and 17
 * from 5.5 on (flushes); the first 11 mean the same in all of them
 * (Documentation/admin-guide/iostats.rst). Sectors are of 512 bytes whatever
 * the device's are. All times are 32-bit milliseconds in the kernel and wrap.
 *
 * Return: false if it is none.
 */
bool sp_parse_diskstats_line(struct sp_text line, struct sp_raw_disk *disk);

/**
 * sp_disk_stacked() - does a device only pass requests on to others?
 * @name: of the device
 *
 * Return: true for dm, md and loop devices, whose requests count on those
 * below them too.
 */
bool sp_disk_stacked(const char *name);

/**
 * sp_disk_is_path() - is a device one of the ways to an NVMe namespace?
 * @path: a device's name, nvme0c1n1
 * @head: another's, nvme0n1, which from Linux 6.2 on counts what goes by the
 *	paths, and before counts nothing (drivers/nvme/host/multipath.c)
 */
bool sp_disk_is_path(const char *path, const char *head);

/* Remembers what the names are. All 0 is an empty one. */
struct sp_disks {
	struct sp_disk_kind {
		char name[32];
		bool whole;
		bool identified;
		struct sp_raw_disk is; /* its type, model, serial, size_bytes */
		uint64_t done; /* its requests when last read */
	} * kinds; /* in the order of the last reading */
	size_t nr;
	size_t cap;
	struct sp_pace sizes; /* of looking at those of all */
};

/**
 * sp_disks_parse() - /proc/diskstats
 * @disks: what is known of the names
 * @dirfd: the root, where sys/block is looked at for unknown names
 * @buf: the file
 * @len: its length
 * @snap: a row is added for each whole disk that is not a RAM disk, nor a
 *	loop device that never did I/O
 *
 * Return: 0 or -ENOMEM.
 */
int sp_disks_parse(struct sp_disks *disks, int dirfd, const char *buf,
		   size_t len, struct sp_snapshot *snap);

/**
 * sp_disks_free() - give back the memory
 */
void sp_disks_free(struct sp_disks *disks);

#endif /* SYSPERF_PROC_DISK_H */
