/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading whole files of /proc and /sys. Those that are read every time keep
 * their descriptor: opening one costs as much as reading it.
 */
#ifndef SYSPERF_FILE_H
#define SYSPERF_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A buffer that grows with what is read into it. All 0 is an empty one. */
struct sp_buf {
	char *data;
	size_t len; /* bytes of the last file read */
	size_t size; /* bytes allocated */
};

/* A file to be read again and again. */
struct sp_file {
	int fd; /* -1: not open */
};

/**
 * sp_root_open() - the directory that paths are relative to
 * @root: "" for this machine, or the top of a tree with proc/ and sys/
 *
 * Return: a descriptor for the caller to close, or -errno.
 */
int sp_root_open(const char *root);

/**
 * sp_file_read() - read a file from its beginning to its end
 * @f: opened at first use; closed again when it cannot be read, so that the
 *	next call opens it anew
 * @dirfd: what @path is relative to
 * @path: of the file; must be the same in each call
 * @buf: filled; NUL-terminated beyond its len
 *
 * Return: 0 or -errno; buf->len is 0 then.
 */
int sp_file_read(struct sp_file *f, int dirfd, const char *path,
		 struct sp_buf *buf);

/**
 * sp_file_close() - close it if it is open
 */
void sp_file_close(struct sp_file *f);

/**
 * sp_buf_free() - give back the buffer's memory
 */
void sp_buf_free(struct sp_buf *buf);

/**
 * sp_read_small() - read the beginning of a file into a fixed buffer
 * @dirfd: what @path is relative to
 * @path: of the file
 * @buf: filled and NUL-terminated
 * @size: of @buf, at least 1
 *
 * One read(2): enough for the files of one task and those of sysfs, which
 * the kernel gives in one piece.
 *
 * Return: bytes read, at most @size - 1, or -errno.
 */
ssize_t sp_read_small(int dirfd, const char *path, char *buf, size_t size);

/**
 * sp_read_u64() - read a file that holds one number
 * @dirfd: what @path is relative to
 * @path: of the file
 *
 * Return: the number, SP_ABSENT if there is none.
 */
uint64_t sp_read_u64(int dirfd, const char *path);

#endif /* SYSPERF_FILE_H */
