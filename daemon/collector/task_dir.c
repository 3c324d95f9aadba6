// SPDX-License-Identifier: GPL-2.0-only
/*
 * Listings of /proc and /proc/PID/task (task_dir.h).
 */
#include "task_dir.h"

#include <dirent.h>
#include <errno.h>
#include <unistd.h>

#include "proc_task.h"

void sp_task_dir_start(struct sp_task_dir *dir, int fd)
{
	dir->fd = fd;
	dir->err = 0;
	dir->pos = 0;
	dir->len = 0;
	if (lseek(fd, 0, SEEK_SET) < 0)
		dir->err = -errno;
}

uint32_t sp_task_dir_next(struct sp_task_dir *dir)
{
	const struct dirent64 *e;
	uint32_t number;
	ssize_t n;

	while (!dir->err) {
		while (dir->pos < dir->len) {
			e = (const void *)(dir->buf + dir->pos);
			dir->pos += e->d_reclen;
			number = sp_parse_pid(e->d_name);
			if (number)
				return number;
		}
		n = getdents64(dir->fd, dir->buf, sizeof(dir->buf));
		if (n < 0)
			dir->err = -errno;
		if (n <= 0)
			break;
		dir->pos = 0;
		dir->len = (size_t)n;
	}
	return 0;
}
