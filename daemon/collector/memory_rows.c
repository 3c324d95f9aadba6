// SPDX-License-Identifier: GPL-2.0-only
/*
 * The golden signals of memory.
 */
#include <sysperf/hist.h>

#include "delta.h"
#include "system_rows.h"

/* Direct reclaims that ended, wherever and whosever. */
static double stall_us(const struct sysperf_memory *c,
		       const struct sysperf_memory *p, double percentile)
{
	uint64_t h[SYSPERF_HIST_BUCKETS] = {0};
	uint64_t n;
	double max;

	if (!c || !p)
		return NAN;
	n = sp_hist_add_delta(h, c->reclaim_hist, p->reclaim_hist,
			      SYSPERF_HIST_SUB);
	max = sp_hist_max(h, SYSPERF_HIST_SUB, c->reclaim_max_ns,
			  c->reclaim_max_ns > p->reclaim_max_ns);
	return at_most(sp_hist_percentile(h, SYSPERF_HIST_SUB, n, percentile),
		       max) /
	       1000;
}

void memory_signals(const struct interval_frame *f)
{
	const struct sp_raw_system *c = &f->cur->sys, *p = &f->prev->sys;
	struct sp_golden *g = &f->frame->golden;
	double total = gauge(c->mem_total_bytes);

	f->frame->mem_total_bytes =
		c->mem_total_bytes == SP_ABSENT ? 0 : c->mem_total_bytes;
#define RATE(to, from) g->memory_##to = ratio(delta(c->from, p->from), f->s)
	RATE(reclaim_stalls_per_s, reclaim_stalls);
	RATE(refaults_per_s, refaults);
	RATE(major_faults_per_s, major_faults);
	RATE(faults_per_s, faults);
	RATE(allocated_bytes_per_s, allocated_bytes);
	RATE(reclaimed_bytes_per_s, reclaimed_bytes);
	RATE(oom_kills_per_s, oom_kills);
	RATE(ecc_errors_per_s, ecc_errors);
	RATE(swap_in_bytes_per_s, swap_in_bytes);
	RATE(swap_out_bytes_per_s, swap_out_bytes);
#undef RATE
	g->memory_reclaim_stall_p99_us =
		stall_us(f->cur->kmemory, f->prev->kmemory, 99);
	g->memory_used_pct = pct(total - gauge(c->mem_available_bytes), total);
	g->memory_psi_some_pct =
		pct(delta(c->psi_memory_some_ns, p->psi_memory_some_ns), f->ns);
	g->memory_psi_full_pct =
		pct(delta(c->psi_memory_full_ns, p->psi_memory_full_ns), f->ns);
}
