// SPDX-License-Identifier: GPL-2.0-only
/*
 * What block devices are (disk_identity.h). No state.
 */
#include "disk_identity.h"

#include <stdio.h>
#include <string.h>

#include "file.h"
#include "text.h"

#define SECTOR 512ULL

/* Drivers whose devices have names of their own. */
static const struct {
	const char *prefix, *type;
} types[] = {
	{"nvme", "nvme"},  {"vd", "virtio"},  {"dm-", "dm"},
	{"md", "md"},	   {"loop", "loop"},  {"zram", "zram"},
	{"xvd", "xen"},	   {"mmcblk", "mmc"}, {"nbd", "nbd"},
	{"rbd", "rbd"},	   {"pmem", "pmem"},  {"sr", "cdrom"},
	{"nullb", "null"}, {"drbd", "drbd"},  {"bcache", "bcache"},
	{"fd", "floppy"},  {"ublkb", "ublk"},
};

void sp_disk_path(char *path, size_t size, const char *name, const char *file)
{
	int at = snprintf(path, size, "sys/block/%s", name);
	char *p;

	/* sysfs has '!' for the '/' in names such as cciss/c0d0. */
	for (p = path + strlen("sys/block/"); *p; p++)
		if (*p == '/')
			*p = '!';
	if (*file && at > 0 && (size_t)at < size)
		snprintf(path + at, size - (size_t)at, "/%s", file);
}

/* A line of a file without blanks at its ends; false if that leaves nothing. */
static bool read_text(int dirfd, const char *name, const char *file, char *to,
		      size_t size)
{
	struct sp_text t, line;
	char path[128], buf[256];
	ssize_t n;

	sp_disk_path(path, sizeof(path), name, file);
	n = sp_read_small(dirfd, path, buf, sizeof(buf));
	if (n <= 0)
		return false;
	t = sp_text_of(buf, (size_t)n);
	if (!sp_text_line(&t, &line))
		return false;
	sp_text_blanks(&line);
	while (line.end > line.p && (line.end[-1] == ' ' || !line.end[-1]))
		line.end--;
	if (line.p == line.end)
		return false;
	sp_text_copy(&line, to, size);
	return true;
}

static void find_type(int dirfd, struct sp_raw_disk *disk)
{
	char rotates[8];

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strncmp(disk->name, types[i].prefix,
			    strlen(types[i].prefix)) != 0)
			continue;
		snprintf(disk->type, sizeof(disk->type), "%s", types[i].type);
		return;
	}
	if (read_text(dirfd, disk->name, "queue/rotational", rotates,
		      sizeof(rotates)))
		snprintf(disk->type, sizeof(disk->type), "%s",
			 rotates[0] == '0' ? "ssd" : "hdd");
}

static void read_first(int dirfd, const char *name, const char *const *files,
		       char *to, size_t size)
{
	for (; *files; files++)
		if (read_text(dirfd, name, *files, to, size))
			return;
}

uint64_t sp_disk_size(int dirfd, const char *name)
{
	char path[128];

	sp_disk_path(path, sizeof(path), name, "size");
	return sp_u64_scale(sp_read_u64(dirfd, path), SECTOR);
}

void sp_disk_identify(int dirfd, struct sp_raw_disk *disk)
{
	static const char *const models[] = {"device/model",	  "dm/name",
					     "md/level",	  "device/name",
					     "loop/backing_file", NULL};
	static const char *const serials[] = {"serial",	 "device/serial",
					      "wwid",	 "device/wwid",
					      "uuid",	 "dm/uuid",
					      "md/uuid", NULL};

	disk->type[0] = disk->model[0] = disk->serial[0] = '\0';
	find_type(dirfd, disk);
	read_first(dirfd, disk->name, models, disk->model, sizeof(disk->model));
	read_first(dirfd, disk->name, serials, disk->serial,
		   sizeof(disk->serial));
	disk->size_bytes = sp_disk_size(dirfd, disk->name);
}
