// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files of one task (task_file.h).
 */
#include "task_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

#define KEEP_MAX 65536
/* Left to everything else. */
#define NOT_KEPT 256
/* Of the kernel's memory: a file, its inode, entry and buffer. */
#define FILE_BYTES 5120
#define MEMORY_SHARE 32

/* Only root may go beyond the hard limit. */
static rlim_t raise_limit(struct rlimit lim, rlim_t want)
{
	struct rlimit more = {want, want > lim.rlim_max ? want : lim.rlim_max};

	if (!setrlimit(RLIMIT_NOFILE, &more))
		return want;
	more.rlim_cur = more.rlim_max = lim.rlim_max;
	if (!setrlimit(RLIMIT_NOFILE, &more))
		return lim.rlim_max;
	return lim.rlim_cur;
}

int sp_task_file_limit(void)
{
	const long pages = sysconf(_SC_PHYS_PAGES),
		   page = sysconf(_SC_PAGESIZE);
	uint64_t most = KEEP_MAX;
	struct rlimit lim;

	if (pages > 0 && page > 0) {
		uint64_t bytes = (uint64_t)pages * (uint64_t)page;

		if (bytes / MEMORY_SHARE / FILE_BYTES < most)
			most = bytes / MEMORY_SHARE / FILE_BYTES;
	}
	if (getrlimit(RLIMIT_NOFILE, &lim))
		return 0;
	if (lim.rlim_cur < most + NOT_KEPT)
		lim.rlim_cur = raise_limit(lim, most + NOT_KEPT);
	if (lim.rlim_cur < NOT_KEPT)
		return 0;
	return (int)(lim.rlim_cur - NOT_KEPT < most ? lim.rlim_cur - NOT_KEPT
						    : most);
}

static void close_from(struct sp_task_fds *fds, int kind)
{
	for (; kind < SP_TASK_FILES; kind++) {
		if (fds->plus_1[kind])
			close(fds->plus_1[kind] - 1);
		fds->plus_1[kind] = 0;
	}
}

void sp_task_file_close(struct sp_task_fds *fds)
{
	close_from(fds, 0);
}

void sp_task_file_close_rest(struct sp_task_fds *fds)
{
	close_from(fds, SP_TASK_SCHED + 1);
}

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
	f->fds = NULL;
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

/* Return: bytes of the file that is open already, at most 0 if none is. */
static ssize_t read_kept(struct sp_task_file *f, enum sp_task_file_kind kind)
{
	int *plus_1 = f->fds ? &f->fds->plus_1[kind] : NULL;
	ssize_t n;

	if (!plus_1 || !*plus_1)
		return 0;
	do
		n = pread(*plus_1 - 1, f->buf, sizeof(f->buf) - 1, 0);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		return n;
	close(*plus_1 - 1); /* its task is no more */
	*plus_1 = 0;
	return 0;
}

static ssize_t read_anew(struct sp_task_file *f, enum sp_task_file_kind kind,
			 const char *name)
{
	ssize_t n;
	int fd;

	append_name(f, name);
	fd = openat(f->fd, f->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	do
		n = read(fd, f->buf, sizeof(f->buf) - 1);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		n = -errno;
	if (n > 0 && f->fds && f->keep && fd < f->keep_below)
		f->fds->plus_1[kind] = fd + 1;
	else
		close(fd);
	return n;
}

static int read_file(struct sp_task_file *f, enum sp_task_file_kind kind,
		     const char *name)
{
	ssize_t n = read_kept(f, kind);

	if (n <= 0)
		n = read_anew(f, kind, name);
	f->len = n > 0 ? (size_t)n : 0;
	f->buf[f->len] = '\0';
	if (n > 0)
		return 1;
	return is_our_fault(n) ? (int)n : 0;
}

int sp_task_file_sched(struct sp_task_file *f, struct sp_task_sched *sched)
{
	int ret = read_file(f, SP_TASK_SCHED, "schedstat");

	return ret > 0 ? sp_parse_task_sched(f->buf, f->len, sched) : ret;
}

int sp_task_file_stat(struct sp_task_file *f, struct sp_task_stat *st)
{
	int ret = read_file(f, SP_TASK_STAT, "stat");

	return ret > 0 ? sp_parse_task_stat(f->buf, f->len, st) : ret;
}

int sp_task_file_io(struct sp_task_file *f, uint64_t *read_bytes,
		    uint64_t *write_bytes)
{
	int ret = read_file(f, SP_TASK_IO, "io");

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
