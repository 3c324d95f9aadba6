// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files of one task (task_file.h).
 */
#include "task_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

static void append_number(struct sp_task_file *f, uint32_t n)
{
	char digits[10];
	size_t nr = 0;

	do {
		digits[nr++] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	while (nr)
		f->path[f->dir_len++] = digits[--nr];
	f->path[f->dir_len++] = '/';
}

void sp_task_file_dir(struct sp_task_file *f, uint32_t id)
{
	f->dir_len = 0;
	append_number(f, id);
}

void sp_task_file_thread_dir(struct sp_task_file *f, uint32_t pid, uint32_t tid)
{
	sp_task_file_dir(f, pid);
	memcpy(f->path + f->dir_len, "task/", 5);
	f->dir_len += 5;
	append_number(f, tid);
}

/* "4294967295/task/4294967295/schedstat" is the longest path: 37 bytes. */
static void append_name(struct sp_task_file *f, const char *name)
{
	memcpy(f->path + f->dir_len, name, strlen(name) + 1);
}

static bool is_our_fault(ssize_t err)
{
	return err == -EMFILE || err == -ENFILE || err == -ENOMEM;
}

static int read_file(struct sp_task_file *f, const char *name)
{
	ssize_t n;

	append_name(f, name);
	n = sp_read_small(f->fd, f->path, f->buf, sizeof(f->buf));
	f->len = n > 0 ? (size_t)n : 0;
	if (n > 0)
		return 1;
	return is_our_fault(n) ? (int)n : 0;
}

int sp_task_file_sched(struct sp_task_file *f, struct sp_task_sched *sched)
{
	int ret = read_file(f, "schedstat");

	return ret > 0 ? sp_parse_task_sched(f->buf, f->len, sched) : ret;
}

int sp_task_file_stat(struct sp_task_file *f, struct sp_task_stat *st)
{
	int ret = read_file(f, "stat");

	return ret > 0 ? sp_parse_task_stat(f->buf, f->len, st) : ret;
}

int sp_task_file_io(struct sp_task_file *f, uint64_t *read_bytes,
		    uint64_t *write_bytes)
{
	int ret = read_file(f, "io");

	sp_parse_task_io(f->buf, f->len, read_bytes, write_bytes);
	return ret;
}

/*
 * The owner of the files is root for a task that may not be dumped, but that
 * of the directory is always the effective user (task_dump_owner() in the
 * kernel's fs/proc/base.c).
 */
void sp_task_file_uid(struct sp_task_file *f, uint32_t *uid)
{
	struct stat st;

	f->path[f->dir_len] = '\0';
	if (!fstatat(f->fd, f->path, &st, 0))
		*uid = st.st_uid;
}

int sp_task_file_open_threads(struct sp_task_file *f)
{
	int fd;

	append_name(f, "task");
	fd = openat(f->fd, f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	return is_our_fault(-errno) ? -errno : -ENOENT;
}
