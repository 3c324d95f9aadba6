// SPDX-License-Identifier: GPL-2.0-only
/*
 * NUMA nodes: load of their CPUs, memory, and what was allocated elsewhere.
 */
#include <errno.h>

#include "delta.h"
#include "system_rows.h"

static const struct sp_raw_node *find(const struct sp_snapshot *s,
				      uint64_t node)
{
	for (size_t i = 0; i < s->nr_nodes; i++)
		if (s->nodes[i].node == node)
			return &s->nodes[i];
	return NULL;
}

static void cpus_of(struct sp_node *row, const struct sp_frame *frame)
{
	double sum = 0, known = 0;

	row->cpus = 0;
	for (size_t i = 0; i < frame->nr_cpu_rows; i++) {
		const struct sp_cpu *c = &frame->cpus[i];
		double busy = 100 - c->idle_pct - c->iowait_pct;

		if (c->node != row->node)
			continue;
		row->cpus++;
		if (isnan(busy))
			continue;
		sum += busy;
		known++;
	}
	row->util_pct = pct(sum / 100, known);
}

static void fill_row(struct sp_node *row, const struct sp_raw_node *c)
{
	double total = gauge(c->total_bytes), free = gauge(c->free_bytes);

	row->node = (double)c->node;
	row->mem_total_bytes = total;
	row->mem_free_bytes = free;
	row->mem_used_pct = pct(total - free - gauge(c->cache_bytes), total);
}

int node_rows(const struct interval_frame *f)
{
	const struct sp_snapshot *cur = f->cur, *prev = f->prev;
	struct sp_frame *frame = f->frame;
	double s = delta(cur->nodes_ns, prev->nodes_ns) / 1e9;
	bool as_before = cur->nodes_ns == prev->nodes_ns &&
			 frame->nr_nodes == cur->nr_nodes;

	if (!as_before && frame_rows_resize(&frame->nodes, cur->nr_nodes,
					    sizeof(struct sp_node)))
		return -ENOMEM;
	frame->nr_nodes = cur->nr_nodes;
	for (size_t i = 0; i < cur->nr_nodes; i++) {
		const struct sp_raw_node *c = &cur->nodes[i];
		const struct sp_raw_node *p = find(prev, c->node);
		struct sp_node *row = &frame->nodes[i];

		/* Not read since: what was known stays. */
		if (!as_before) {
			sp_field_row_clear(SP_TABLE_NODE, row);
			fill_row(row, c);
		}
		if (!as_before && p) {
			row->numa_miss_per_s =
				ratio(delta(c->misses, p->misses), s);
			row->numa_foreign_per_s =
				ratio(delta(c->foreign, p->foreign), s);
		}
		cpus_of(row, frame);
	}
	return 0;
}
