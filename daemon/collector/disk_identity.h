/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a block device is, from sysfs: kind, model, serial number, size.
 */
#ifndef SYSPERF_DISK_IDENTITY_H
#define SYSPERF_DISK_IDENTITY_H

#include <sysperf/snapshot.h>

/**
 * sp_disk_identify() - find out what a device is
 * @dirfd: the root
 * @disk: by its name; type, model, serial and size_bytes are set, empty or
 *	absent where the kernel does not tell
 *
 * The model of a device-mapper device is its name, of md its level, of a loop
 * device its file. The serial number may be a world-wide name or a UUID.
 */
void sp_disk_identify(int dirfd, struct sp_raw_disk *disk);

/**
 * sp_disk_size() - the size of a device in bytes, SP_ABSENT if not known
 */
uint64_t sp_disk_size(int dirfd, const char *name);

/**
 * sp_disk_path() - where sysfs has a device
 * @path: set to the path of one of its files
 * @size: of @path
 * @name: of the device
 * @file: in its directory, "" for that itself
 */
void sp_disk_path(char *path, size_t size, const char *name, const char *file);

#endif /* SYSPERF_DISK_IDENTITY_H */
