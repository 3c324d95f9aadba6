// SPDX-License-Identifier: GPL-2.0-only
/*
 * The collector: owns a source, a reader of the machine's counters, two
 * snapshots used in turn, and the frame made of them. One thread at a time.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <sysperf/collector.h>
#include <sysperf/latency.h>
#include <sysperf/source.h>
#include <sysperf/system.h>

#include "delta.h"
#include "file.h"
#include "listeners.h"
#include "system_rows.h"
#include "task_rows.h"
#include "verdict.h"

struct sp_collector {
	struct sp_collector_config cfg;
	struct sp_source *source;
	struct sp_system *system;
	struct names *names;
	struct sp_snapshot snaps[2];
	unsigned int cur; /* which of them was filled last */
	bool has_prev;
	struct task_rows tasks;
	struct sp_thresholds thresholds;
	struct verdict_memory memory;
	struct verdict_lookup lookup;
	struct listeners listeners;
	struct sp_frame frame;
	char why_not_kmod[256];
};

int frame_rows_resize(void *rows, size_t nr, size_t size)
{
	void **p = rows, *more;

	more = realloc(*p, (nr ? nr : 1) * size);
	if (!more)
		return -ENOMEM;
	*p = more;
	return 0;
}

/* Of version 2, as "0::/system.slice/cron.service"; for one task a frame. */
static void cgroup_of(void *ctx, uint32_t pid, char *path, size_t len)
{
	const struct sp_collector *c = ctx;
	char buf[4096], file[32];
	const char *line;
	ssize_t n = -ENOENT;
	int fd = sp_root_open(c->cfg.root);

	if (fd < 0)
		return;
	snprintf(file, sizeof(file), "proc/%u/cgroup", pid);
	n = sp_read_small(fd, file, buf, sizeof(buf));
	close(fd);
	line = n > 0 ? strstr(buf, "0::/") : NULL;
	if (line && (line == buf || line[-1] == '\n'))
		snprintf(path, len, "%.*s", (int)strcspn(line + 3, "\n"),
			 line + 3);
}

static bool full_listener(void *ctx, struct verdict_listener *l)
{
	struct sp_collector *c = ctx;

	return !*c->cfg.root && listeners_fullest(&c->listeners, l);
}

static int open_one(struct sp_collector *c, const struct sp_source_ops *ops,
		    char *err, size_t len)
{
	struct sp_source_config cfg = {
		.root = c->cfg.root,
		.threads = c->cfg.threads,
		.let_go = c->cfg.let_go,
	};

	return ops->open(&c->source, &cfg, err, len);
}

static int open_source(struct sp_collector *c, char *err, size_t len)
{
	char *why = c->why_not_kmod;

	if (c->cfg.source == SP_SOURCE_KMOD)
		return open_one(c, &sp_source_kmod, err, len);
	if (c->cfg.source == SP_SOURCE_AUTO && !*c->cfg.root &&
	    !open_one(c, &sp_source_kmod, why, sizeof(c->why_not_kmod))) {
		*why = '\0';
		return 0;
	}
	return open_one(c, &sp_source_procfs, err, len);
}

int sp_collector_open(struct sp_collector **out,
		      const struct sp_collector_config *cfg, char *err,
		      size_t len)
{
	struct sp_collector *c = calloc(1, sizeof(*c));
	struct sp_config usual;
	struct utsname uts;
	int ret = -ENOMEM;

	snprintf(err, len, "out of memory");
	if (!c)
		return ret;
	c->cfg = *cfg;
	if (!c->cfg.root)
		c->cfg.root = "";
	sp_config_init(&usual);
	if (!cfg->thresholds)
		c->cfg.thresholds = &usual.thresholds;
	c->thresholds = *c->cfg.thresholds;
	c->cfg.thresholds = &c->thresholds;
	c->lookup = (struct verdict_lookup){c, cgroup_of, full_listener};
	sp_snapshot_init(&c->snaps[0]);
	sp_snapshot_init(&c->snaps[1]);
	if (!uname(&uts)) {
		snprintf(c->frame.host, sizeof(c->frame.host), "%s",
			 uts.nodename);
		snprintf(c->frame.kernel, sizeof(c->frame.kernel), "%s",
			 uts.release);
	}
	c->names = names_open(c->cfg.root);
	if (c->names)
		names_want_cgroups(c->names, c->cfg.task_cgroups);
	if (c->names && cfg->hurry)
		names_hurry(c->names);
	if (c->names)
		ret = sp_system_open(&c->system, c->cfg.root);
	if (!ret)
		ret = open_source(c, err, len);
	if (ret) {
		sp_collector_close(c);
		return ret;
	}
	*out = c;
	return 0;
}

const char *sp_collector_why_not_kmod(const struct sp_collector *c)
{
	return c->why_not_kmod;
}

int sp_collector_set_threads(struct sp_collector *c, bool threads)
{
	struct sp_source *old = c->source;
	char err[256];
	int ret;

	if (c->cfg.threads == threads)
		return 0;
	c->cfg.threads = threads;
	if (old->ops == &sp_source_kmod)
		return 0; /* it reads threads anyway */
	ret = open_one(c, old->ops, err, sizeof(err));
	if (ret) {
		c->cfg.threads = !threads;
		c->source = old;
		return ret;
	}
	old->ops->close(old);
	/* A process's counters are not its leader's: no deltas across this. */
	task_table_clear(&c->tasks.table);
	return 0;
}

void sp_collector_set_cgroups(struct sp_collector *c, bool want)
{
	c->cfg.task_cgroups = want;
	names_want_cgroups(c->names, want);
}

void sp_collector_set_thresholds(struct sp_collector *c,
				 const struct sp_thresholds *t)
{
	c->thresholds = *t;
}

const struct sp_source_info *sp_collector_source(const struct sp_collector *c)
{
	return &c->snaps[c->cur].info;
}

static void frame_clear(struct sp_frame *f)
{
	sp_field_row_clear(SP_TABLE_GOLDEN, &f->golden);
	memset(&f->verdict, 0, sizeof(f->verdict));
}

static double seconds(uint64_t cur, uint64_t prev, double otherwise)
{
	double ns = delta(cur, prev);

	return ns > 0 ? ns / 1e9 : otherwise;
}

static int make_frame(struct sp_collector *c, const struct sp_snapshot *cur,
		      const struct sp_snapshot *prev)
{
	struct interval_frame f = {
		.cur = cur, .prev = prev, .frame = &c->frame};
	int ret;

	frame_clear(&c->frame);
	f.ns = (double)(cur->mono_ns - prev->mono_ns);
	f.s = f.ns / 1e9;
	f.disks_s = seconds(cur->disks_ns, prev->disks_ns, f.s);
	f.nets_s = seconds(cur->nets_ns, prev->nets_ns, f.s);
	f.kmod_s = seconds(cur->know_ns, prev->know_ns, f.s);
	c->frame.time = cur->time;
	c->frame.interval_s = f.s;
	c->frame.source = cur->info;
	ret = task_rows_make(&c->tasks, cur, prev, c->cfg.threads, c->names);
	if (!ret)
		ret = cgroup_rows(&f);
	if (!ret)
		ret = cpu_rows(&f, &c->tasks.totals);
	if (!ret)
		ret = node_rows(&f);
	if (!ret)
		ret = disk_rows(&f);
	if (!ret)
		ret = net_rows(&f);
	if (ret)
		return ret;
	memory_signals(&f);
	c->frame.tasks = c->tasks.rows;
	c->frame.nr_tasks = c->tasks.nr;
	verdict_judge(&c->memory, &c->thresholds, &c->frame, &c->tasks.totals,
		      &c->lookup);
	return 0;
}

int sp_collector_sample(struct sp_collector *c, const struct sp_frame **frame)
{
	struct sp_snapshot *cur = &c->snaps[c->cur ^ 1];
	struct sp_snapshot *prev = &c->snaps[c->cur];
	int ret;

	*frame = NULL;
	sp_snapshot_reset(cur);
	cur->want_all = !c->has_prev;
	ret = sp_system_read(c->system, cur);
	if (!ret)
		ret = c->source->ops->read(c->source, cur);
	if (!ret && c->has_prev)
		ret = make_frame(c, cur, prev);
	else if (!ret)
		ret = task_rows_make(&c->tasks, cur, NULL, c->cfg.threads,
				     c->names);
	if (!ret && c->has_prev)
		*frame = &c->frame;
	if (!ret)
		c->cur ^= 1;
	c->has_prev = !ret;
	return ret;
}

int sp_collector_latencies(const struct sp_collector *c,
			   struct sp_latencies *sum)
{
	return sp_latencies_add(sum, &c->snaps[c->cur], &c->snaps[c->cur ^ 1]);
}

void sp_collector_close(struct sp_collector *c)
{
	if (!c)
		return;
	if (c->source)
		c->source->ops->close(c->source);
	if (c->system)
		sp_system_close(c->system);
	if (c->names)
		names_close(c->names);
	task_rows_free(&c->tasks);
	sp_snapshot_free(&c->snaps[0]);
	sp_snapshot_free(&c->snaps[1]);
	free(c->frame.cpus);
	free(c->frame.disks);
	free(c->frame.nets);
	free(c->frame.nodes);
	free(c->frame.cgroups);
	free(c);
}
