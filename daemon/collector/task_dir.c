// SPDX-License-Identifier: GPL-2.0-only
/*
 * Listings of /proc and /proc/PID/task (task_dir.h).
 */
#include "task_dir.h"

#include <dirent.h>
#include <errno.h>
#include <unistd.h>

#include "proc_task.h"

static void start(struct sp_task_dir *dir, int fd, off_t at)
{
	dir->fd = fd;
	dir->err = 0;
	dir->pos = 0;
	dir->len = 0;
	dir->before = 0;
	if (lseek(fd, at, SEEK_SET) < 0)
		dir->err = -errno;
}

void sp_task_dir_start(struct sp_task_dir *dir, int fd)
{
	start(dir, fd, 0);
}

bool sp_task_dir_start_at(struct sp_task_dir *dir, int fd, uint32_t first)
{
	if (dir->shift <= 0)
		return false;
	start(dir, fd, (off_t)(first + dir->shift));
	return true;
}

/* The position after the entry before is this one's. */
static void learn_shift(struct sp_task_dir *dir, uint32_t number, int64_t next)
{
	const int64_t shift = dir->next_at - number;

	if (dir->before && dir->shift >= 0)
		dir->shift = shift > 0 && (!dir->shift || dir->shift == shift)
				     ? shift
				     : -1;
	dir->before = number;
	dir->next_at = next;
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
			if (!number)
				continue;
			learn_shift(dir, number, e->d_off);
			return number;
		}
		n = getdents64(dir->fd, dir->buf, sizeof(dir->buf));
		if (n < 0)
			dir->err = -errno;
		if (n <= 0)
			break;
		dir->pos = 0;
		dir->len = (size_t)n;
		dir->before = 0; /* the next one may have gone meanwhile */
	}
	return 0;
}
