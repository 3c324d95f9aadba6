// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading of control groups (cgroup.h): which files of which groups, and when.
 * Owns the descriptors of those files.
 */
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "proc_disk.h"
#include "proc_psi.h"

#define SCAN_NS 2000000000ULL
#define READ_MOST_NS 2000000000ULL
#define READ_FACTOR 200 /* 0.5 % of one CPU */
/* Limits, and files that were not there, are looked at every so many scans. */
#define RARE_SCANS 5
#define FIRST_BUF ((size_t)8 << 10)
#define MAX_BUF ((size_t)1 << 20)

static void parse_cpu(const struct sp_cgroups *cg, struct sp_text t,
		      struct sp_raw_cgroup *g)
{
	(void)cg;
	sp_parse_cgroup_cpu(t, g);
}

static void parse_memory(const struct sp_cgroups *cg, struct sp_text t,
			 struct sp_raw_cgroup *g)
{
	(void)cg;
	sp_text_u64(&t, &g->memory_bytes);
}

static void parse_oom(const struct sp_cgroups *cg, struct sp_text t,
		      struct sp_raw_cgroup *g)
{
	(void)cg;
	sp_parse_cgroup_oom(t, g);
}

static void parse_tasks(const struct sp_cgroups *cg, struct sp_text t,
			struct sp_raw_cgroup *g)
{
	(void)cg;
	sp_text_u64(&t, &g->tasks);
}

static void parse_io(const struct sp_cgroups *cg, struct sp_text t,
		     struct sp_raw_cgroup *g)
{
	sp_parse_cgroup_io(t, g, &cg->stacked);
}

static uint64_t psi_some(struct sp_text t)
{
	struct sp_psi psi;

	sp_parse_psi(t.p, sp_text_len(&t), &psi);
	return psi.some_ns;
}

static void parse_psi_cpu(const struct sp_cgroups *cg, struct sp_text t,
			  struct sp_raw_cgroup *g)
{
	(void)cg;
	g->psi_cpu_some_ns = psi_some(t);
}

static void parse_psi_memory(const struct sp_cgroups *cg, struct sp_text t,
			     struct sp_raw_cgroup *g)
{
	(void)cg;
	g->psi_memory_some_ns = psi_some(t);
}

static void parse_psi_io(const struct sp_cgroups *cg, struct sp_text t,
			 struct sp_raw_cgroup *g)
{
	(void)cg;
	g->psi_io_some_ns = psi_some(t);
}

#define MEMBERS(first, last)                                                   \
	offsetof(struct sp_raw_cgroup, first),                                 \
		offsetof(struct sp_raw_cgroup, last) + sizeof(uint64_t) -      \
			offsetof(struct sp_raw_cgroup, first)

static const struct {
	const char *name;
	void (*parse)(const struct sp_cgroups *cg, struct sp_text t,
		      struct sp_raw_cgroup *g);
	size_t first, size; /* the members that it tells of */
} files[CGROUP_FILES] = {
	[CGROUP_CPU] = {"cpu.stat", parse_cpu, MEMBERS(usage_ns, throttled_ns)},
	[CGROUP_MEMORY] = {"memory.current", parse_memory,
			   MEMBERS(memory_bytes, memory_bytes)},
	[CGROUP_OOM] = {"memory.events", parse_oom,
			MEMBERS(oom_kills, oom_kills)},
	[CGROUP_TASKS] = {"pids.current", parse_tasks, MEMBERS(tasks, tasks)},
	[CGROUP_IO] = {"io.stat", parse_io, MEMBERS(reads, write_bytes)},
	[CGROUP_PSI_CPU] = {"cpu.pressure", parse_psi_cpu,
			    MEMBERS(psi_cpu_some_ns, psi_cpu_some_ns)},
	[CGROUP_PSI_MEMORY] = {"memory.pressure", parse_psi_memory,
			       MEMBERS(psi_memory_some_ns, psi_memory_some_ns)},
	[CGROUP_PSI_IO] = {"io.pressure", parse_psi_io,
			   MEMBERS(psi_io_some_ns, psi_io_some_ns)},
};

static int grow(struct sp_buf *buf)
{
	size_t size = buf->size ? buf->size * 2 : FIRST_BUF;
	char *data = realloc(buf->data, size);

	if (!data)
		return -ENOMEM;
	buf->data = data;
	buf->size = size;
	return 0;
}

/* These files come in one piece, if there is room for it. */
static ssize_t read_whole(struct sp_buf *buf, int fd)
{
	for (;;) {
		ssize_t n;

		if (!buf->size && grow(buf))
			return -ENOMEM;
		n = pread(fd, buf->data, buf->size, 0);
		if (n < 0)
			return -errno;
		if ((size_t)n < buf->size || buf->size >= MAX_BUF)
			return n;
		if (grow(buf))
			return -ENOMEM;
	}
}

/* Returns the size of what is in the buffer then, or -errno. */
static ssize_t get_file(struct sp_cgroups *cg, struct sp_cgroup_dir *d,
			enum cgroup_file file)
{
	bool keep = cg->fds < cg->max_fds - cg->max_fds / 4;
	int fd = d->files[file];
	ssize_t n;

	if (fd == CGROUP_NO_FILE)
		return -ENOENT;
	if (fd >= 0)
		return read_whole(&cg->buf, fd);
	fd = openat(d->fd, files[file].name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read_whole(&cg->buf, fd);
	if (keep) {
		d->files[file] = fd;
		cg->fds++;
	} else {
		close(fd);
	}
	return n;
}

/* Returns whether anything differs from what was read last. */
static bool read_file(struct sp_cgroups *cg, struct sp_cgroup_dir *d,
		      enum cgroup_file file)
{
	char *members = (char *)&d->raw + files[file].first;
	uint64_t before[4];
	ssize_t n;

	memcpy(before, members, files[file].size);
	n = get_file(cg, d, file);
	memset(members, 0xff, files[file].size);
	if (n >= 0) {
		files[file].parse(cg, sp_text_of(cg->buf.data, (size_t)n),
				  &d->raw);
	} else if (n == -ENOENT || n == -EOPNOTSUPP) {
		sp_cgroup_forget_file(cg, d, file);
		d->files[file] = CGROUP_NO_FILE;
	} else if (n == -ENODEV) {
		d->gone = true;
	}
	return memcmp(before, members, files[file].size) != 0;
}

/*
 * May a sum of this group have grown? The top's do not serve: of CPU time it
 * has another account, and its I/O is counted when it ends.
 */
static bool may_move(const struct sp_cgroups *cg, const struct sp_cgroup_dir *d,
		     enum cgroup_file file)
{
	const struct sp_cgroup_dir *parent = &cg->dirs[d->parent];

	if (!d->known || !parent->known)
		return true;
	if (d->parent == 0)
		return file < CGROUP_PSI_CPU ||
		       cg->psi_moved[file - CGROUP_PSI_CPU];
	return parent->files[file] == CGROUP_NO_FILE ||
	       parent->moved & 1U << file;
}

static void read_dir(struct sp_cgroups *cg, struct sp_cgroup_dir *d, bool all)
{
	unsigned int moved = 0;

	d->raw.now_ns = sp_mono_ns();
	if (may_move(cg, d, CGROUP_CPU) && read_file(cg, d, CGROUP_CPU))
		moved |= 1U << CGROUP_CPU;
	for (int i = CGROUP_IO; i < CGROUP_FILES; i++)
		if (may_move(cg, d, i) && read_file(cg, d, i))
			moved |= 1U << i;
	d->ran |= moved & 1U << CGROUP_CPU;
	if (all || !d->known || moved & 1U << CGROUP_CPU)
		for (int i = CGROUP_MEMORY; i <= CGROUP_TASKS; i++)
			read_file(cg, d, i);
	d->moved = moved;
	d->known = true;
}

/* Limits change, controllers are turned on. */
static void inspect_rarely(struct sp_cgroups *cg, struct sp_cgroup_dir *d)
{
	/* "max" is no number. */
	d->raw.memory_max_bytes = sp_read_u64(d->fd, "memory.max");
	for (int i = CGROUP_CPU + 1; i < CGROUP_FILES; i++)
		/* The kernel keeps a page for each open file. */
		if (!d->ran || d->files[i] == CGROUP_NO_FILE)
			sp_cgroup_forget_file(cg, d, i);
	d->ran = false;
}

/* Is it in use, or gone? */
static void inspect(const struct sp_cgroups *cg, struct sp_cgroup_dir *d)
{
	char buf[256];
	ssize_t n;

	/* Whoever has tasks by its own count needs not be asked. */
	if (d->populated && d->raw.tasks != SP_ABSENT && d->raw.tasks > 0)
		return;
	n = sp_read_small(d->fd, "cgroup.events", buf, sizeof(buf));
	/* All but the top have it: without, only the descriptor is left. */
	d->gone |= n == -ENODEV || (n == -ENOENT && d != cg->dirs);
	d->populated = n > 0 &&
		       sp_parse_cgroup_events(sp_text_of(buf, (size_t)n)) == 1;
	/* When it has tasks again, there is nothing to compare with. */
	if (!d->populated)
		d->known = false;
}

static int scan(struct sp_cgroups *cg, int dirfd, bool rare)
{
	int ret = sp_cgroup_scan(cg, dirfd);

	for (size_t i = 0; !ret && i < cg->nr; i++) {
		struct sp_cgroup_dir *d = &cg->dirs[i];

		if (rare || !d->known)
			inspect_rarely(cg, d);
		inspect(cg, d);
	}
	return ret;
}

static void note_psi(struct sp_cgroups *cg, const struct sp_raw_system *sys)
{
	const uint64_t now[3] = {sys->psi_cpu_some_ns, sys->psi_memory_some_ns,
				 sys->psi_io_some_ns};

	for (int i = 0; i < 3; i++) {
		cg->psi_moved[i] = now[i] == SP_ABSENT || now[i] != cg->psi[i];
		cg->psi[i] = now[i];
	}
}

/* Their requests count on the devices below them, and only there. */
static void note_stacked(struct sp_cgroups *cg, const struct sp_snapshot *snap)
{
	struct sp_stacked *st = &cg->stacked;

	st->nr = 0;
	for (size_t i = 0; i < snap->nr_disks; i++) {
		const struct sp_raw_disk *d = &snap->disks[i];
		size_t k = 0;

		if (!sp_disk_stacked(d->name))
			continue;
		while (k < st->nr && st->majors[k] != d->major)
			k++;
		if (k == st->nr && k < sizeof(st->majors) / sizeof(*st->majors))
			st->majors[st->nr++] = d->major;
	}
}

static void read_dirs(struct sp_cgroups *cg, const struct sp_snapshot *snap,
		      bool all)
{
	bool gone = false;

	note_psi(cg, &snap->sys);
	note_stacked(cg, snap);
	for (size_t i = 0; i < cg->nr; i++) {
		if (cg->dirs[i].populated)
			read_dir(cg, &cg->dirs[i], all);
		gone |= cg->dirs[i].gone;
	}
	if (gone)
		cg->scan.due_ns = 0; /* a new one may have its name */
}

static void end_pace(struct sp_pace *p, uint64_t least_ns, uint64_t most_ns)
{
	uint64_t now = sp_mono_ns();
	uint64_t wait = (now - p->began_ns) * READ_FACTOR;

	if (wait < least_ns)
		wait = least_ns;
	p->due_ns = p->began_ns + (wait < most_ns ? wait : most_ns);
}

static int read_due(struct sp_cgroups *cg, int dirfd, struct sp_snapshot *snap)
{
	bool first = !cg->read_ns, rare = false;

	if (!sp_pace_begin(&cg->read))
		return 0;
	if (sp_pace_begin(&cg->scan)) {
		int ret;

		rare = cg->scans++ % RARE_SCANS == 0;
		ret = scan(cg, dirfd, rare);
		if (ret)
			return ret;
		cg->scan.due_ns = cg->scan.began_ns + SCAN_NS;
	}
	read_dirs(cg, snap, rare);
	cg->read_ns = sp_mono_ns();
	/* The first time is dearer than all others. */
	end_pace(&cg->read, 0, first ? 0 : READ_MOST_NS);
	return 0;
}

static void add_lost(const struct sp_cgroups *cg, struct sp_source_info *info)
{
	uint64_t left_out = 0;

	for (size_t i = 0; i < cg->nr; i++)
		left_out += cg->dirs[i].left_out;
	if (left_out && info->nr_lost < SP_LOST_MAX)
		info->lost[info->nr_lost++] =
			(struct sp_lost){"cgroups", left_out};
}

int sp_cgroups_read(struct sp_cgroups *cg, int dirfd, struct sp_snapshot *snap)
{
	int ret = read_due(cg, dirfd, snap);

	if (ret)
		return ret;
	snap->cgroups_ns = cg->read_ns;
	snap->sys.cgroup_throttled = cg->has_cpu ? 0 : SP_ABSENT;
	for (size_t i = 0; i < cg->nr; i++) {
		const struct sp_cgroup_dir *d = &cg->dirs[i];
		struct sp_raw_cgroup *g;

		if (!d->known || d->gone)
			continue;
		g = sp_snapshot_add_cgroup(snap);
		if (!g)
			return -ENOMEM;
		*g = d->raw;
	}
	add_lost(cg, &snap->info);
	return 0;
}
