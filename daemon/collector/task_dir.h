/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The numbers that name the entries of /proc and /proc/PID/task. opendir(3)
 * would allocate for each process at each refresh.
 */
#ifndef SYSPERF_TASK_DIR_H
#define SYSPERF_TASK_DIR_H

#include <stddef.h>
#include <stdint.h>

struct sp_task_dir {
	int fd;
	int err; /* -errno if it ended early */
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
 * sp_task_dir_next() - the next number
 * @dir: a listing begun
 *
 * Return: the number, 0 at the end.
 */
uint32_t sp_task_dir_next(struct sp_task_dir *dir);

#endif /* SYSPERF_TASK_DIR_H */
