// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tree of control groups (cgroup.h): owns the descriptors of their
 * directories. A directory is listed again only when the number of its links
 * changed, or when one in it went: another may have come, and the number be
 * what it was.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup.h"

/* Where version 2 may be: alone, or beside controllers of version 1. */
static const char *const tops[] = {"sys/fs/cgroup", "sys/fs/cgroup/unified"};
#define TOPS (sizeof(tops) / sizeof(tops[0]))

/* Descriptors that may be had at most, and the share of them that is taken. */
#define FDS_MOST 32768
#define FDS_SHARE 2

/*
 * Many machines allow 1024 descriptors unless a program asks for more: a
 * limit for those that use select(2), which this one does not.
 */
static size_t descriptors(void)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim))
		return 0;
	if (lim.rlim_cur < lim.rlim_max && lim.rlim_cur < FDS_MOST) {
		struct rlimit more = lim;

		more.rlim_cur =
			lim.rlim_max < FDS_MOST ? lim.rlim_max : FDS_MOST;
		if (!setrlimit(RLIMIT_NOFILE, &more))
			lim = more;
	}
	return (lim.rlim_cur < FDS_MOST ? lim.rlim_cur : FDS_MOST) / FDS_SHARE;
}

void sp_cgroup_forget_file(struct sp_cgroups *cg, struct sp_cgroup_dir *d,
			   enum cgroup_file file)
{
	if (d->files[file] >= 0) {
		close(d->files[file]);
		cg->fds--;
	}
	d->files[file] = CGROUP_NOT_OPEN;
}

static void forget_dir(struct sp_cgroups *cg, struct sp_cgroup_dir *d)
{
	for (int i = 0; i < CGROUP_FILES; i++)
		sp_cgroup_forget_file(cg, d, i);
	close(d->fd);
	cg->fds--;
}

void sp_cgroups_close(struct sp_cgroups *cg)
{
	for (size_t i = 0; i < cg->nr; i++)
		forget_dir(cg, &cg->dirs[i]);
	free(cg->dirs);
	sp_buf_free(&cg->buf);
	*cg = (struct sp_cgroups){0};
}

/* Takes the descriptor; closes it when there is no room. */
static int add_dir(struct sp_cgroups *cg, int fd, size_t parent, uint64_t id,
		   const char *name)
{
	struct sp_cgroup_dir *d;

	if (cg->nr == cg->cap) {
		size_t cap = cg->cap ? cg->cap * 2 : 64;

		d = reallocarray(cg->dirs, cap, sizeof(*d));
		if (!d) {
			close(fd);
			return -ENOMEM;
		}
		cg->dirs = d;
		cg->cap = cap;
	}
	d = &cg->dirs[cg->nr];
	memset(d, 0, sizeof(*d));
	memset(&d->raw, 0xff, sizeof(d->raw));
	for (int i = 0; i < CGROUP_FILES; i++)
		d->files[i] = CGROUP_NOT_OPEN;
	d->fd = fd;
	d->parent = parent;
	d->raw.id = id;
	if (parent == cg->nr)
		strcpy(d->raw.path, "/");
	else
		sp_cgroup_path(d->raw.path, sizeof(d->raw.path),
			       cg->dirs[parent].raw.path, name);
	cg->nr++;
	cg->fds++;
	return 0;
}

static bool has_room(const struct sp_cgroups *cg)
{
	return cg->nr < CGROUPS_MAX && cg->fds < cg->max_fds;
}

static bool is_known(const struct sp_cgroups *cg, size_t parent, uint64_t id)
{
	for (size_t i = 1; i < cg->nr; i++)
		if (cg->dirs[i].raw.id == id && cg->dirs[i].parent == parent)
			return true;
	return false;
}

static int list_one(struct sp_cgroups *cg, size_t at, DIR *dir)
{
	const struct dirent *e;
	int ret = 0;

	cg->dirs[at].left_out = 0;
	while (!ret && (e = readdir(dir))) {
		int fd;

		if (e->d_type != DT_DIR || e->d_name[0] == '.' ||
		    is_known(cg, at, e->d_ino))
			continue;
		fd = has_room(cg) ? openat(dirfd(dir), e->d_name,
					   O_PATH | O_DIRECTORY | O_NOFOLLOW |
						   O_CLOEXEC)
				  : -1;
		if (fd >= 0)
			ret = add_dir(cg, fd, at, e->d_ino, e->d_name);
		else if (!has_room(cg) || errno == EMFILE || errno == ENFILE)
			cg->dirs[at].left_out++;
	}
	return ret;
}

/* Look whether a group has new ones in it; those follow in their turn. */
static int look_into(struct sp_cgroups *cg, size_t at)
{
	struct sp_cgroup_dir *d = &cg->dirs[at];
	struct stat st;
	DIR *dir;
	int fd, ret;

	if (fstat(d->fd, &st) || !st.st_nlink) {
		d->gone = true;
		return 0;
	}
	/* Some filesystems do not count directories: always 1. */
	if (st.st_nlink == d->nlink && st.st_nlink > 1 &&
	    !(d->left_out && has_room(cg)))
		return 0;
	fd = openat(d->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		d->gone |= errno == ENOENT || errno == ENODEV;
		if (fd >= 0)
			close(fd);
		return 0;
	}
	d->nlink = st.st_nlink;
	ret = list_one(cg, at, dir);
	closedir(dir);
	return ret;
}

/* One that went takes those in it along; parents come first. */
static void drop_gone(struct sp_cgroups *cg)
{
	size_t kept = 0;

	for (size_t i = 0; i < cg->nr; i++) {
		struct sp_cgroup_dir *d = &cg->dirs[i];

		d->gone |= cg->dirs[d->parent].gone;
		if (d->gone)
			cg->dirs[d->parent].nlink = 0;
		d->place = d->gone ? 0 : kept++;
	}
	if (kept == cg->nr)
		return;
	for (size_t i = 0; i < cg->nr; i++)
		cg->dirs[i].parent = cg->dirs[cg->dirs[i].parent].place;
	for (size_t i = 0; i < cg->nr; i++) {
		struct sp_cgroup_dir *d = &cg->dirs[i];

		if (d->gone)
			forget_dir(cg, d);
		else
			cg->dirs[d->place] = *d;
	}
	cg->nr = kept;
}

static bool lists_cpu(int fd, bool *there)
{
	struct sp_text t, line, word;
	char buf[512];
	ssize_t n = sp_read_small(fd, "cgroup.controllers", buf, sizeof(buf));

	*there = n >= 0;
	if (n <= 0)
		return false;
	t = sp_text_of(buf, (size_t)n);
	if (!sp_text_line(&t, &line))
		return false;
	while (sp_text_word(&line, &word))
		if (sp_text_is(&word, "cpu"))
			return true;
	return false;
}

static int open_top(struct sp_cgroups *cg, int dirfd)
{
	for (size_t i = 0; i < TOPS; i++) {
		int fd = openat(dirfd, tops[i],
				O_PATH | O_DIRECTORY | O_CLOEXEC);
		struct stat st;
		bool there;

		if (fd < 0)
			continue;
		cg->has_cpu = lists_cpu(fd, &there);
		if (there && !fstat(fd, &st))
			return add_dir(cg, fd, 0, st.st_ino, "");
		close(fd);
	}
	return 0;
}

int sp_cgroup_scan(struct sp_cgroups *cg, int dirfd)
{
	int ret = 0;

	if (!cg->max_fds)
		cg->max_fds = descriptors();
	drop_gone(cg); /* what was noticed in between makes room */
	if (!cg->nr)
		ret = open_top(cg, dirfd);
	for (size_t i = 0; !ret && i < cg->nr; i++)
		ret = look_into(cg, i);
	drop_gone(cg);
	return ret;
}
