// SPDX-License-Identifier: GPL-2.0-only
/*
 * The golden signals of memory.
 */
#include "delta.h"
#include "system_rows.h"

void memory_signals(const struct interval_frame *f)
{
	const struct sp_raw_system *c = &f->cur->sys, *p = &f->prev->sys;
	struct sp_golden *g = &f->frame->golden;
	double total = gauge(c->mem_total_bytes);

	f->frame->mem_total_bytes =
		c->mem_total_bytes == SP_ABSENT ? 0 : c->mem_total_bytes;
#define RATE(to, from) g->memory_##to = ratio(delta(c->from, p->from), f->s)
	RATE(reclaim_stalls_per_s, reclaim_stalls);
	RATE(major_faults_per_s, major_faults);
	RATE(faults_per_s, faults);
	RATE(allocated_bytes_per_s, allocated_bytes);
	RATE(reclaimed_bytes_per_s, reclaimed_bytes);
	RATE(oom_kills_per_s, oom_kills);
	RATE(ecc_errors_per_s, ecc_errors);
	RATE(swap_in_bytes_per_s, swap_in_bytes);
	RATE(swap_out_bytes_per_s, swap_out_bytes);
#undef RATE
	g->memory_used_pct = pct(total - gauge(c->mem_available_bytes), total);
	g->memory_psi_some_pct =
		pct(delta(c->psi_memory_some_ns, p->psi_memory_some_ns), f->ns);
	g->memory_psi_full_pct =
		pct(delta(c->psi_memory_full_ns, p->psi_memory_full_ns), f->ns);
}
