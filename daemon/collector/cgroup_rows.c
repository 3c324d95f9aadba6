// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control groups: what each used, and how much it was held up.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "delta.h"
#include "system_rows.h"

/* Both come in the same order, but for groups that came or went. */
static const struct sp_raw_cgroup *find(const struct sp_snapshot *s,
					uint64_t id, size_t *hint)
{
	for (size_t i = 0; i < s->nr_cgroups; i++) {
		size_t at = (*hint + i) % s->nr_cgroups;

		if (s->cgroups[at].id == id) {
			*hint = at + 1;
			return &s->cgroups[at];
		}
	}
	return NULL;
}

static void name_row(struct sp_cgroup *row, const struct sp_raw_cgroup *c)
{
	const char *slash = strrchr(c->path, '/');
	const char *name = slash && slash[1] ? slash + 1 : c->path;
	size_t len = strnlen(name, sizeof(row->name) - 1);

	_Static_assert(sizeof(row->path) == sizeof(c->path), "paths differ");
	memcpy(row->path, c->path, sizeof(row->path));
	memcpy(row->name, name, len);
	row->name[len] = '\0';
	row->id = c->id;
}

static void gauges(struct sp_cgroup *row, const struct sp_raw_cgroup *c)
{
	row->tasks = gauge(c->tasks);
	row->memory_bytes = gauge(c->memory_bytes);
	row->memory_max_bytes = gauge(c->memory_max_bytes);
	row->memory_pct = pct(row->memory_bytes, row->memory_max_bytes);
}

static void rates(struct sp_cgroup *row, const struct sp_raw_cgroup *c,
		  const struct sp_raw_cgroup *p)
{
	double ns = delta(c->now_ns, p->now_ns), s = ns / 1e9;

	row->cpu_pct = 100 * ratio(delta(c->usage_ns, p->usage_ns), ns);
	row->throttled_pct = pct(delta(c->throttled_ns, p->throttled_ns), ns);
#define RATE(to, from) row->to##_per_s = ratio(delta(c->from, p->from), s)
	RATE(throttled, throttled);
	RATE(oom_kills, oom_kills);
	RATE(read_bytes, read_bytes);
	RATE(write_bytes, write_bytes);
	RATE(reads, reads);
	RATE(writes, writes);
#undef RATE
#define SHARE(what)                                                            \
	row->psi_##what##_some_pct = pct(                                      \
		delta(c->psi_##what##_some_ns, p->psi_##what##_some_ns), ns)
	SHARE(cpu);
	SHARE(memory);
	SHARE(io);
#undef SHARE
}

static int compare(double a, double b)
{
	/* What is not known is least. */
	a = isnan(a) ? -1 : a;
	b = isnan(b) ? -1 : b;
	return (a < b) - (a > b);
}

static int busier(const void *left, const void *right)
{
	const struct sp_cgroup *a = left, *b = right;
	int order = compare(a->cpu_pct, b->cpu_pct);

	if (!order)
		order = compare(a->memory_bytes, b->memory_bytes);
	return order ? order : strcmp(a->path, b->path);
}

int cgroup_rows(const struct interval_frame *f)
{
	const struct sp_snapshot *cur = f->cur, *prev = f->prev;
	/* Whoever reads may be held up between the clock and the counter. */
	double most = 100 * (double)cur->nr_cpus;
	struct sp_cgroup *rows;
	size_t hint = 0;

	if (cur->cgroups_ns == prev->cgroups_ns && f->frame->nr_cgroups)
		return 0;
	if (frame_rows_resize(&f->frame->cgroups, cur->nr_cgroups,
			      sizeof(*rows)))
		return -ENOMEM;
	rows = f->frame->cgroups;
	f->frame->nr_cgroups = cur->nr_cgroups;
	for (size_t i = 0; i < cur->nr_cgroups; i++) {
		const struct sp_raw_cgroup *c = &cur->cgroups[i];
		const struct sp_raw_cgroup *p = find(prev, c->id, &hint);

		sp_field_row_clear(SP_TABLE_CGROUP, &rows[i]);
		name_row(&rows[i], c);
		gauges(&rows[i], c);
		if (!p)
			continue;
		rates(&rows[i], c, p);
		rows[i].cpu_pct = at_most(rows[i].cpu_pct, most);
	}
	qsort(rows, cur->nr_cgroups, sizeof(*rows), busier);
	return 0;
}
