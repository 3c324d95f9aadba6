// SPDX-License-Identifier: GPL-2.0-only
/*
 * The source of tasks' counters that needs no module: /proc, and taskstats for
 * what ended. Owns the descriptor of /proc, the memory of tasks (task_cache.h)
 * and who listens to their ends (task_exit.h).
 */
#include <sysperf/source.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "file.h"
#include "pace.h"
#include "proc_stat.h"
#include "task_exit.h"
#include "task_read.h"
#include "text.h"

/* Refreshes between two listings of /proc if there seems to be no need. */
#define LIST_EVERY 10

struct procfs {
	struct sp_source src; /* first */
	bool threads;
	bool canned; /* a tree to read instead of this machine */
	bool own_pids; /* /proc is of the pid namespace we are in */
	int fd; /* of /proc */
	/* Of /proc/loadavg before the last reading, and the one before that. */
	uint64_t all_threads, last_pid, older_pid;
	struct sp_task_cache cache;
	struct sp_task_dir dir; /* of /proc */
	struct sp_task_reader reader;
	struct sp_exits exits;
	uint32_t *tids; /* of one process's threads */
	size_t nr_tids, cap_tids;
};

static int open_proc(const char *root, char *err, size_t len)
{
	int dirfd = sp_root_open(root);
	int fd = dirfd;

	if (dirfd >= 0) {
		fd = openat(dirfd, "proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			fd = -errno;
		close(dirfd);
	}
	if (fd < 0)
		snprintf(err, len,
			 "cannot open %s/proc: %s; is the proc file system "
			 "mounted there?",
			 root, strerror(-fd));
	return fd;
}

/* /proc/loadavg is of the reader's namespace, whatever /proc shows. */
static bool is_own_namespace(int fd)
{
	char pid[16];
	ssize_t n = readlinkat(fd, "self", pid, sizeof(pid) - 1);

	if (n <= 0)
		return false;
	pid[n] = '\0';
	return sp_parse_pid(pid) == (uint32_t)getpid();
}

static int procfs_open(struct sp_source **src,
		       const struct sp_source_config *cfg, char *err,
		       size_t len)
{
	long page = sysconf(_SC_PAGESIZE);
	int fd = open_proc(cfg->root, err, len);
	struct procfs *p;

	if (fd < 0)
		return fd;
	p = calloc(1, sizeof(*p));
	if (!p) {
		close(fd);
		snprintf(err, len, "out of memory for the procfs source");
		return -ENOMEM;
	}
	p->src.ops = &sp_source_procfs;
	p->threads = cfg->threads;
	p->canned = cfg->root[0] != '\0';
	p->fd = fd;
	p->own_pids = !p->canned && is_own_namespace(fd);
	p->last_pid = p->older_pid = SP_ABSENT;
	/* Files of a canned tree may be put in place of others. */
	p->reader.file.keep_below = p->canned ? 0 : sp_task_file_limit();
	p->reader.tick_ns = sp_tick_ns();
	p->reader.page_bytes = page > 0 ? (uint64_t)page : 4096;
	/* Without, what ends is just gone; SP_CAP_EXITS tells. */
	if (p->own_pids)
		sp_exits_open(&p->exits, p->threads);
	*src = &p->src;
	return 0;
}

/* Others' /proc/PID/io is for who may trace them (ptrace(2)). */
static bool may_read_io(const struct procfs *p)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};

	if (p->canned)
		return true;
	/* Not libcap's cap_get_proc(): that allocates at each refresh. */
	if (syscall(SYS_capget, &head, data))
		return geteuid() == 0;
	return data[CAP_TO_INDEX(CAP_SYS_PTRACE)].effective &
	       CAP_TO_MASK(CAP_SYS_PTRACE);
}

/*
 * Take what reading a task gave: 1, 0 for one that is gone and is left out,
 * or an error.
 */
static int emit(struct procfs *p, struct sp_snapshot *snap,
		struct sp_task_entry *e, int ret)
{
	struct sp_raw_task *row;

	if (!ret)
		sp_task_cache_drop(&p->cache, e);
	if (ret <= 0)
		return ret;
	row = sp_snapshot_add_task(snap);
	if (!row)
		return -ENOMEM;
	*row = e->row;
	return 0;
}

static int read_process(struct procfs *p, struct sp_snapshot *snap,
			uint32_t pid)
{
	struct sp_task_entry *e = sp_task_cache_get(&p->cache, pid);

	if (!e)
		return -ENOMEM;
	return emit(p, snap, e, sp_task_read_process(&p->reader, e));
}

static int list_threads(struct procfs *p, int fd)
{
	struct sp_task_dir *dir = &p->reader.dir;
	uint32_t tid, *tids;

	p->nr_tids = 0;
	sp_task_dir_start(dir, fd);
	while ((tid = sp_task_dir_next(dir)) != 0) {
		if (p->nr_tids == p->cap_tids) {
			size_t cap = p->cap_tids ? p->cap_tids * 2 : 256;

			tids = reallocarray(p->tids, cap, sizeof(*tids));
			if (!tids)
				return -ENOMEM;
			p->tids = tids;
			p->cap_tids = cap;
		}
		p->tids[p->nr_tids++] = tid;
	}
	return 0;
}

/* The threads listed in p->tids; the reader's fd is of their directory. */
static int read_listed(struct procfs *p, struct sp_snapshot *snap, uint32_t pid)
{
	struct sp_task_entry *e;
	size_t i;
	int ret = 0;

	for (i = 0; i < p->nr_tids && ret >= 0; i++) {
		e = sp_task_cache_get(&p->cache, p->tids[i]);
		if (!e)
			return -ENOMEM;
		ret = sp_task_read_thread(&p->reader, e, pid, false);
		/* The process may have got more while this one slept. */
		e->row.threads = (uint32_t)p->nr_tids;
		ret = emit(p, snap, e, ret);
	}
	return ret;
}

static int read_several(struct procfs *p, struct sp_snapshot *snap,
			uint32_t pid)
{
	struct sp_task_file *file = &p->reader.file;
	int fd, ret;

	sp_task_file_dir(file, pid);
	fd = sp_task_file_open_threads(file);
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	ret = list_threads(p, fd);
	if (!ret) {
		file->fd = fd;
		ret = read_listed(p, snap, pid);
		file->fd = p->fd;
	}
	close(fd);
	return ret;
}

/*
 * While a process's only thread did nothing, it has made no others: then
 * there is no need to list them.
 */
static int read_threads(struct procfs *p, struct sp_snapshot *snap,
			uint32_t pid)
{
	struct sp_task_entry *e = sp_task_cache_get(&p->cache, pid);
	int ret;

	if (!e)
		return -ENOMEM;
	if (e->known && e->row.threads > 1)
		return read_several(p, snap, pid);
	ret = sp_task_read_thread(&p->reader, e, pid, true);
	if (ret > 0 && e->row.threads > 1)
		return read_several(p, snap, pid);
	return emit(p, snap, e, ret);
}

/* No task came to be: those that are known are all there are. */
static int read_known(struct procfs *p, struct sp_snapshot *snap)
{
	struct sp_task_cache *c = &p->cache;
	size_t i;
	int ret = 0;

	for (i = 0; i < c->nr && ret >= 0; i++) {
		struct sp_task_entry *e =
			sp_task_cache_get(c, c->entries[i].tid);

		if (p->threads)
			ret = sp_task_read_thread(&p->reader, e, e->row.pid,
						  true);
		else
			ret = sp_task_read_process(&p->reader, e);
		ret = emit(p, snap, e, ret);
	}
	return ret;
}

static int read_listing(struct procfs *p, struct sp_snapshot *snap)
{
	uint32_t pid;
	int ret = 0;

	sp_task_dir_start(&p->dir, p->fd);
	while (ret >= 0 && (pid = sp_task_dir_next(&p->dir)) != 0)
		ret = p->threads ? read_threads(p, snap, pid)
				 : read_process(p, snap, pid);
	return ret < 0 ? ret : p->dir.err;
}

/* Those that are known, and those above a number that are not. */
static int read_known_and_new(struct procfs *p, struct sp_snapshot *snap,
			      uint32_t above)
{
	int ret = read_known(p, snap);
	uint32_t pid;

	if (ret < 0)
		return ret;
	if (!sp_task_dir_start_at(&p->dir, p->fd, above + 1))
		return -EINVAL;
	while (ret >= 0 && (pid = sp_task_dir_next(&p->dir)) != 0) {
		const struct sp_task_entry *e =
			sp_task_cache_find(&p->cache, pid);

		if (!e || e->seen != p->cache.refresh)
			ret = read_process(p, snap, pid);
	}
	return ret < 0 ? ret : p->dir.err;
}

/*
 * Listing /proc takes a fifth of the time that reading its idle tasks does, and
 * more where others keep CPUs and their caches busy. The kernel tells cheaply
 * which number it gave to a new task last: so list those that it gave since.
 * Since the refresh before the last one, that is, as a task has its number
 * before it can be seen. (Restoring a checkpoint may give any numbers, and they
 * may have begun anew altogether: so list all now and then.)
 */
static int read_tasks(struct procfs *p, struct sp_snapshot *snap)
{
	const uint64_t last = p->last_pid, older = p->older_pid;
	char buf[128];
	ssize_t n = sp_read_small(p->fd, "loadavg", buf, sizeof(buf));

	p->older_pid = last;
	sp_parse_loadavg(buf, n > 0 ? (size_t)n : 0, &p->all_threads,
			 &p->last_pid);
	if (!p->own_pids || p->last_pid == SP_ABSENT ||
	    p->cache.refresh % LIST_EVERY == 0)
		return read_listing(p, snap);
	if (p->last_pid == last && last == older)
		return read_known(p, snap);
	/* Threads' numbers are not in this listing, and lower is anew. */
	if (p->threads || older > last || last > p->last_pid ||
	    p->dir.shift <= 0)
		return read_listing(p, snap);
	return read_known_and_new(p, snap, (uint32_t)older);
}

/*
 * Is what they do together more than what can be seen of it? A pid namespace or
 * hidepid= hides tasks; those that come and go meanwhile are no matter. And of
 * many threads, only root is told what they wait.
 */
static bool is_partial(const struct procfs *p, const struct sp_snapshot *snap)
{
	uint64_t seen = 0;

	for (size_t i = 0; i < snap->nr_tasks; i++) {
		const struct sp_raw_task *t = &snap->tasks[i];

		seen += p->threads || !t->threads ? 1 : t->threads;
		if (t->threads > SP_SUM_THREADS_MAX &&
		    t->state_ns[SYSPERF_RUNQ] == SP_ABSENT)
			return true;
	}
	return p->all_threads != SP_ABSENT &&
	       seen + seen / 16 + 16 < p->all_threads;
}

static int read_ended(struct procfs *p, struct sp_snapshot *snap)
{
	uint64_t boot_ns, mono_ns;
	struct timespec ts;
	int ret = sp_exits_take(&p->exits);

	if (ret || !p->exits.nr)
		return ret;
	mono_ns = sp_mono_ns();
	clock_gettime(CLOCK_BOOTTIME, &ts);
	boot_ns = (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
	return sp_exits_rows(&p->exits, &p->cache, snap, mono_ns,
			     boot_ns - mono_ns);
}

static void fill_info(const struct procfs *p, struct sp_source_info *info)
{
	info->name = sp_source_procfs.name;
	info->caps |= 1U << SP_CAP_ANY;
	if (may_read_io(p))
		info->caps |= 1U << SP_CAP_IO;
	if (!p->exits.open)
		return;
	info->caps |= 1U << SP_CAP_EXITS;
	info->lost[info->nr_lost++] =
		(struct sp_lost){"exited", p->exits.sock.lost};
}

static int procfs_read(struct sp_source *src, struct sp_snapshot *snap)
{
	struct procfs *p = (struct procfs *)src;
	int ret;

	snap->tasks_are_threads = p->threads;

	sp_task_cache_begin(&p->cache);
	p->reader.file.fd = p->fd;
	p->reader.refresh = p->cache.refresh;
	p->reader.ask = p->exits.open ? &p->exits.sock : NULL;
	p->reader.has_blkio =
		sp_read_u64(p->fd, "sys/kernel/task_delayacct") == 1;
	ret = read_tasks(p, snap);
	snap->tasks_are_partial = is_partial(p, snap);
	if (ret >= 0)
		ret = read_ended(p, snap);
	if (ret < 0)
		p->last_pid = p->older_pid = SP_ABSENT;
	sp_task_cache_end(&p->cache);
	fill_info(p, &snap->info);
	return ret;
}

static void procfs_close(struct sp_source *src)
{
	struct procfs *p = (struct procfs *)src;

	if (!p)
		return;
	close(p->fd);
	sp_exits_close(&p->exits);
	sp_task_cache_free(&p->cache);
	free(p->tids);
	free(p);
}

int sp_source_try_exits(void)
{
	struct sp_taskstats_sock sock;
	int ret = sp_taskstats_open(&sock);

	if (!ret)
		sp_taskstats_close(&sock);
	return ret;
}

const struct sp_source_ops sp_source_procfs = {
	.name = "procfs",
	.open = procfs_open,
	.read = procfs_read,
	.close = procfs_close,
};
