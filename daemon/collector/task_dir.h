/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The numbers that name the entries of /proc and /proc/PID/task. opendir(3)
 * would allocate for each process at each refresh.
 */
#ifndef SYSPERF_TASK_DIR_H
#define SYSPERF_TASK_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sp_task_dir {
	int fd;
	int err; /* -errno if it ended early */
	/*
	 * In /proc, by how much an entry's position is more than its number, as
	 * found in the listings so far; 0 if it is not known, negative if it is
	 * not always the same. That is so in all of the kernel's releases
	 * (proc_pid_readdir()), but promised by none.
	 */
	int64_t shift;
	uint32_t before; /* the number of the last entry, 0 for none */
	int64_t next_at; /* the position after it */
	size_t pos, len; /* in buf */
	_Alignas(8) char buf[32768];
};

/**
 * sp_task_dir_start() - begin a listing
 * @dir: its buffer
 * @fd: of the directory; remains the caller's
 */
void sp_task_dir_start(struct sp_task_dir *dir, int fd);

/**
 * sp_task_dir_start_at() - begin a listing at a number
 * @dir: its buffer, of the same directory as before
 * @first: numbers that are lower are left out
 *
 * Return: false if that cannot be done; nothing was begun.
 */
bool sp_task_dir_start_at(struct sp_task_dir *dir, int fd, uint32_t first);

/**
 * sp_task_dir_next() - the next number
 * @dir: a listing begun
 *
 * Return: the number, 0 at the end.
 */
uint32_t sp_task_dir_next(struct sp_task_dir *dir);

#endif /* SYSPERF_TASK_DIR_H */
