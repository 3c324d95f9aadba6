// SPDX-License-Identifier: GPL-2.0-only
/*
 * Throttling of control groups of version 1 (cgroup_v1.h). Owns the
 * descriptors of cpu.stat of groups with a quota.
 */
#include "cgroup_v1.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup_parse.h"
#include "file.h"
#include "text.h"

#define WALK_NS 10000000000ULL
#define MAX_GROUPS 256
#define MAX_DEPTH 32

#define CPU_DIR "sys/fs/cgroup/cpu"
#define NO_QUOTA "-1"

static bool has_quota(int fd)
{
	char buf[64];
	ssize_t n = sp_read_small(fd, "cpu.cfs_quota_us", buf, sizeof(buf));

	return n > 0 && strncmp(buf, NO_QUOTA, strlen(NO_QUOTA)) != 0;
}

static uint64_t read_throttled(int stat_fd)
{
	char buf[1024];
	ssize_t n = pread(stat_fd, buf, sizeof(buf), 0);
	struct sp_raw_cgroup g = {.throttled = SP_ABSENT};

	if (n > 0)
		sp_parse_cgroup_cpu(sp_text_of(buf, (size_t)n), &g);
	return g.throttled;
}

static struct sp_cgroup_quota *find_group(const struct sp_cgroups_v1 *cg,
					  uint64_t ino)
{
	size_t i;

	for (i = 0; i < cg->nr; i++)
		if (cg->groups[i].ino == ino)
			return &cg->groups[i];
	return NULL;
}

/* A group with a quota was met. */
static void keep_group(struct sp_cgroups_v1 *cg, int fd)
{
	struct sp_cgroup_quota *g;
	struct stat st;

	if (fstat(fd, &st))
		return;
	g = find_group(cg, st.st_ino);
	if (g) {
		g->walk = cg->walk;
		return;
	}
	if (cg->nr == MAX_GROUPS)
		return;
	if (cg->nr == cg->cap) {
		size_t cap = cg->cap ? cg->cap * 2 : 16;

		g = reallocarray(cg->groups, cap, sizeof(*g));
		if (!g)
			return;
		cg->groups = g;
		cg->cap = cap;
	}
	g = &cg->groups[cg->nr];
	g->stat_fd = openat(fd, "cpu.stat", O_RDONLY | O_CLOEXEC);
	if (g->stat_fd < 0)
		return;
	g->ino = st.st_ino;
	g->walk = cg->walk;
	g->last = read_throttled(g->stat_fd);
	cg->nr++;
}

/* Takes the descriptor of a group's directory and closes it. */
static void walk(struct sp_cgroups_v1 *cg, int fd, unsigned int depth)
{
	const struct dirent *e;
	DIR *dir = fdopendir(fd);

	if (!dir) {
		close(fd);
		return;
	}
	if (has_quota(fd))
		keep_group(cg, fd);
	while (depth < MAX_DEPTH && (e = readdir(dir))) {
		int child;

		if (e->d_type != DT_DIR || e->d_name[0] == '.')
			continue;
		child = openat(fd, e->d_name,
			       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (child >= 0)
			walk(cg, child, depth + 1);
	}
	closedir(dir);
}

/* Groups that this walk did not meet are gone, or have no quota any more. */
static void drop_unmet(struct sp_cgroups_v1 *cg)
{
	size_t i, kept = 0;

	for (i = 0; i < cg->nr; i++) {
		if (cg->groups[i].walk == cg->walk)
			cg->groups[kept++] = cg->groups[i];
		else
			close(cg->groups[i].stat_fd);
	}
	cg->nr = kept;
}

static void find_groups(struct sp_cgroups_v1 *cg, int dirfd)
{
	int fd = openat(dirfd, CPU_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	cg->walk++;
	if (fd >= 0 && faccessat(fd, "cpu.cfs_quota_us", F_OK, 0)) {
		close(fd);
		fd = -1;
	}
	if (fd < 0)
		cg->total = SP_ABSENT;
	else if (cg->total == SP_ABSENT)
		cg->total = 0;
	if (fd >= 0)
		walk(cg, fd, 0);
	drop_unmet(cg);
}

uint64_t sp_cgroups_v1_throttled(struct sp_cgroups_v1 *cg, int dirfd)
{
	size_t i;

	/* What happened up to now to groups that are to be dropped counts. */
	for (i = 0; i < cg->nr; i++) {
		struct sp_cgroup_quota *g = &cg->groups[i];
		uint64_t v = read_throttled(g->stat_fd);

		if (v == SP_ABSENT)
			continue;
		if (g->last != SP_ABSENT && v > g->last)
			cg->total = sp_u64_add(cg->total, v - g->last);
		g->last = v;
	}
	if (sp_pace_begin(&cg->pace)) {
		find_groups(cg, dirfd);
		sp_pace_end(&cg->pace, WALK_NS);
	}
	return cg->total;
}

void sp_cgroups_v1_close(struct sp_cgroups_v1 *cg)
{
	size_t i;

	for (i = 0; i < cg->nr; i++)
		close(cg->groups[i].stat_fd);
	free(cg->groups);
	*cg = (struct sp_cgroups_v1){0};
}
