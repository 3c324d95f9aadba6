// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control group that contributes most: a service of many small processes
 * is the culprit though none of them stands out, and a quota is a group's.
 * Groups are the rows of a frame, with all that is below them.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "delta.h"
#include "verdict.h"

/* A task that does this much itself is named for it, whatever its group. */
#define ALONE_PCT 50
/* A group that does less than this is not what it comes from. */
#define GROUP_PCT 50
/* It is rather the group below that does nearly all of it. */
#define NEARLY_ALL 0.9
/* So many tasks are asked which group they are in. */
#define ASKED 16

static double contribution(const struct sp_cgroup *g, enum culprit_by by)
{
	switch (by) {
	case BY_CPU:
		return g->cpu_pct;
	case BY_RUNQ:
		return g->throttled_pct;
	case BY_IO:
		return verdict_io_cost(add(g->read_bytes_per_s,
					   g->write_bytes_per_s),
				       add(g->reads_per_s, g->writes_per_s));
	default:
		return NAN;
	}
}

static double machine(const struct evidence *e, enum culprit_by by)
{
	const struct sp_golden *g = e->g;

	switch (by) {
	case BY_CPU:
		return g->cpu_util_pct * e->frame->nr_cpus;
	case BY_IO:
		return verdict_io_cost(add(g->disk_read_bytes_per_s,
					   g->disk_write_bytes_per_s),
				       add(g->disk_reads_per_s,
					   g->disk_writes_per_s));
	default:
		return NAN;
	}
}

static bool is_in(const char *path, const char *group)
{
	size_t n = strlen(group);

	return !strncmp(path, group, n) && (!path[n] || path[n] == '/');
}

/* The lowest of those that do nearly as much as the one that does most. */
static const struct sp_cgroup *find(const struct evidence *e,
				    enum culprit_by by, double *most)
{
	const struct sp_cgroup *worst = NULL;

	*most = 0;
	for (size_t i = 0; i < e->frame->nr_cgroups; i++) {
		const struct sp_cgroup *g = &e->frame->cgroups[i];
		double v = contribution(g, by);

		if (g->path[1] && v > *most) {
			*most = v;
			worst = g;
		}
	}
	for (size_t i = 0; worst && i < e->frame->nr_cgroups; i++) {
		const struct sp_cgroup *g = &e->frame->cgroups[i];

		if (g != worst && is_in(g->path, worst->path) &&
		    contribution(g, by) >= NEARLY_ALL * *most)
			worst = g;
	}
	if (worst)
		*most = contribution(worst, by);
	return worst;
}

/* The largest contributors, that first. Return: how many. */
static size_t rank(const struct evidence *e, enum culprit_by by,
		   const struct sp_task *top[ASKED])
{
	double weights[ASKED];
	size_t n = 0;

	for (size_t i = 0; i < e->frame->nr_tasks; i++) {
		const struct sp_task *t = &e->frame->tasks[i];
		double w = verdict_weight(t, e, by);
		size_t at = n;

		if (!(w > 0) || t->exited)
			continue;
		while (at > 0 && weights[at - 1] < w)
			at--;
		if (at == ASKED)
			continue;
		n += n < ASKED;
		memmove(&weights[at + 1], &weights[at],
			(n - 1 - at) * sizeof(*weights));
		memmove(&top[at + 1], &top[at], (n - 1 - at) * sizeof(*top));
		weights[at] = w;
		top[at] = t;
	}
	return n;
}

static const struct sp_task *member(const struct sp_cgroup *g,
				    const struct evidence *e,
				    enum culprit_by by,
				    const struct verdict_lookup *lookup)
{
	const struct sp_task *top[ASKED];
	size_t n = rank(e, by, top);

	for (size_t i = 0; i < n; i++) {
		char path[sizeof(g->path)] = "";

		lookup->cgroup(lookup->ctx, (uint32_t)top[i]->pid, path,
			       sizeof(path));
		if (is_in(path, g->path))
			return top[i];
	}
	return NULL;
}

void verdict_blame_group(struct sp_verdict *v, const struct evidence *e,
			 enum culprit_by by,
			 const struct verdict_lookup *lookup)
{
	const double share = v->culprit.share_pct;
	const struct sp_task *t;
	const struct sp_cgroup *g;
	double most, part;

	v->culprit.cgroup_share_pct = NAN;
	if (!v->has_culprit || !lookup || !lookup->cgroup)
		return;
	lookup->cgroup(lookup->ctx, v->culprit.pid, v->culprit.cgroup,
		       sizeof(v->culprit.cgroup));
	if (by != BY_RUNQ && share >= ALONE_PCT)
		return;
	g = find(e, by, &most);
	part = 100 * most / machine(e, by);
	if (!g || (by != BY_RUNQ && !(part >= GROUP_PCT)))
		return;
	t = member(g, e, by, lookup);
	if (!t)
		return;
	verdict_blame_task(v, t, e, by);
	snprintf(v->culprit.cgroup, sizeof(v->culprit.cgroup), "%s", g->path);
	/* The two are counted at other times and places. */
	v->culprit.cgroup_share_pct = part > 100 ? 100 : part;
}
