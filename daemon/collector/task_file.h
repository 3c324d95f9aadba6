/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The files of one task. Paths are put together by hand in a buffer that is
 * kept: this runs for each task at each refresh.
 *
 * Files that are read at each refresh stay open: opening and closing takes 8
 * times as long as reading schedstat, and the memory of a task is many times
 * that of a file (5 KiB, most of it the kernel's buffer). A message of
 * taskstats takes three times as long as schedstat kept open, less than half
 * as long as opened (tests/bench/taskstats.sh).
 */
#ifndef SYSPERF_TASK_FILE_H
#define SYSPERF_TASK_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proc_task.h"

enum sp_task_file_kind {
	SP_TASK_SCHED,
	SP_TASK_STAT,
	SP_TASK_IO,
	SP_TASK_FILES,
};

/* Files of one task that are open. All 0: none. */
struct sp_task_fds {
	int plus_1[SP_TASK_FILES];
};

struct sp_task_file {
	int fd; /* of /proc, or of /proc/PID/task */
	int keep_below; /* a descriptor of a smaller number may stay open */
	struct sp_task_fds *fds; /* of the task, NULL: none may */
	bool keep; /* so may the next to be read */
	char path[64];
	size_t dir_len; /* of the task's directory, slash included */
	char buf[4096]; /* the file read last */
	size_t len;
};

/**
 * sp_task_file_limit() - how many descriptors may stay open
 *
 * Raises the process's limit of them as far as it may, and within a share of
 * the machine's memory.
 *
 * Return: what keep_below is to be.
 */
int sp_task_file_limit(void);

/**
 * sp_task_file_close() - close what is open of a task
 */
void sp_task_file_close(struct sp_task_fds *fds);

/**
 * sp_task_file_close_rest() - close all but schedstat
 */
void sp_task_file_close_rest(struct sp_task_fds *fds);

/**
 * sp_task_file_dir() - whose files are to be read
 * @f: its fd is set; fds is NULL afterwards
 * @id: the name of the directory
 */
void sp_task_file_dir(struct sp_task_file *f, uint32_t id);

/**
 * sp_task_file_thread_dir() - likewise, of a thread from /proc
 * @f: its fd is of /proc
 * @pid: the process
 * @tid: the thread
 */
void sp_task_file_thread_dir(struct sp_task_file *f, uint32_t pid,
			     uint32_t tid);

/**
 * sp_task_file_sched() - read schedstat
 *
 * Likewise _stat() and _io(). A file that is open is read without its path; it
 * is that of the task it was opened for, even if another has its number now,
 * whose file is opened then.
 *
 * Return: 1; 0 if it is gone, not for us to read or not understood; or -errno
 * if the fault is with this process (-EMFILE, -ENOMEM …).
 */
int sp_task_file_sched(struct sp_task_file *f, struct sp_task_sched *sched);
int sp_task_file_stat(struct sp_task_file *f, struct sp_task_stat *st);
int sp_task_file_io(struct sp_task_file *f, uint64_t *read_bytes,
		    uint64_t *write_bytes);

/**
 * sp_task_file_uid() - the task's effective user
 * @f: the task
 * @uid: set to it; left alone if the task is gone
 */
void sp_task_file_uid(struct sp_task_file *f, uint32_t *uid);

/**
 * sp_task_file_open_threads() - open the directory of a process's threads
 * @f: its fd is of /proc, its directory the process's
 *
 * Return: a descriptor for the caller to close; -ENOENT if it is gone or not
 * for us to read; or another -errno as above.
 */
int sp_task_file_open_threads(struct sp_task_file *f);

#endif /* SYSPERF_TASK_FILE_H */
