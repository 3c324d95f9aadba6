// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the counters of threads to the rates and percentiles of a row.
 */
#include <sysperf/hist.h>

#include "delta.h"
#include "task_delta.h"

void task_delta_clear(struct task_delta *d)
{
	d->interval_ns = NAN;
	d->cpu_ns = NAN;
	for (int i = 0; i < SYSPERF_STATES; i++)
		d->state_ns[i] = NAN;
	d->switches = d->minor_faults = d->major_faults = NAN;
	d->read_bytes = d->write_bytes = d->ios = d->io_errors = NAN;
	d->net_rx_bytes = d->net_tx_bytes = NAN;
	d->net_rx_packets = d->net_tx_packets = NAN;
	d->reclaim_ns = NAN;
	for (int i = 0; i < SYSPERF_PMU_EVENTS; i++)
		d->events[i] = NAN;
	d->runq_max_ns = d->io_max_ns = NAN;
	d->runq_waits = d->io_count = 0;
}

/*
 * Add one histogram, and the interval's longest value: exactly known when it
 * is the longest ever, else as far as the buckets tell.
 */
static void add_hist(uint64_t *sum, uint64_t *count, double *max,
		     const uint32_t *cur, const uint32_t *prev,
		     uint64_t cur_max, uint64_t prev_max)
{
	uint64_t one[SYSPERF_HIST_TASK_BUCKETS] = {0};
	uint64_t n;

	n = sp_hist_add_delta(one, cur, prev, SYSPERF_HIST_TASK_SUB);
	if (!n)
		return;
	if (!*count)
		memset(sum, 0, sizeof(one));
	for (size_t i = 0; i < SYSPERF_HIST_TASK_BUCKETS; i++)
		sum[i] += one[i];
	*count += n;
	*max = max_of(*max, sp_hist_max(one, SYSPERF_HIST_TASK_SUB, cur_max,
					cur_max > prev_max));
}

/* Histograms are long; most tasks did not switch, or did no I/O. */
static void add_hists(struct task_delta *d, const struct sp_raw_task *cur,
		      const struct sp_raw_task *prev)
{
	if (cur->runq_hist &&
	    (cur->state_ns[SYSPERF_RUNNING] !=
		     prev->state_ns[SYSPERF_RUNNING] ||
	     cur->state_ns[SYSPERF_RUNQ] != prev->state_ns[SYSPERF_RUNQ]))
		add_hist(d->runq_hist, &d->runq_waits, &d->runq_max_ns,
			 cur->runq_hist, prev->runq_hist, cur->runq_wait_max_ns,
			 prev->runq_wait_max_ns);
	if (cur->runq_open_ns)
		d->runq_max_ns =
			max_of(d->runq_max_ns, (double)cur->runq_open_ns);
	if (cur->io_hist && cur->ios != prev->ios)
		add_hist(d->io_hist, &d->io_count, &d->io_max_ns, cur->io_hist,
			 prev->io_hist, cur->io_max_ns, prev->io_max_ns);
}

void task_delta_add(struct task_delta *d, const struct sp_raw_task *cur,
		    const struct sp_raw_task *prev, bool born,
		    double interval_ns)
{
	static const struct sp_raw_task nothing; /* before it began */
	double dt = interval_ns;

	if (!prev && !born)
		return;
	/* Each task is read at a moment of its own, but for the last time
	 * whenever it ended. */
	if (prev && !(cur->flags & SYSPERF_TASK_EXITED) &&
	    cur->now_ns > prev->now_ns)
		dt = (double)(cur->now_ns - prev->now_ns);
	if (!prev)
		prev = &nothing;
	d->interval_ns = max_of(d->interval_ns, dt);
	d->cpu_ns = add(d->cpu_ns, delta_time(cur->cpu_ns, prev->cpu_ns));
	for (int i = 0; i < SYSPERF_STATES; i++)
		d->state_ns[i] =
			add(d->state_ns[i],
			    delta_time(cur->state_ns[i], prev->state_ns[i]));
#define ADD(field) d->field = add(d->field, delta(cur->field, prev->field))
	ADD(switches);
	ADD(minor_faults);
	ADD(major_faults);
	ADD(read_bytes);
	ADD(write_bytes);
	ADD(ios);
	ADD(io_errors);
	ADD(net_rx_bytes);
	ADD(net_tx_bytes);
	ADD(net_rx_packets);
	ADD(net_tx_packets);
	ADD(reclaim_ns);
#undef ADD
	for (int i = 0; i < SYSPERF_PMU_EVENTS; i++)
		d->events[i] = add(d->events[i],
				   delta_event(&cur->pmu, &prev->pmu, i));
	add_hists(d, cur, prev);
}

/*
 * The module knows every state and they add up to the threads' time; without
 * it only some are known, as shares of what @threads have in the interval.
 */
static void row_states(const struct task_delta *d, unsigned int threads,
		       struct sp_task *row)
{
	const double *s = d->state_ns;
	double whole = 0;

	for (int i = 0; i < SYSPERF_STATES; i++)
		whole += s[i];
	if (!(whole > 0))
		whole = d->interval_ns * (threads ? threads : 1);
	row->state_threads = whole / d->interval_ns;
	row->run_pct = pct(s[SYSPERF_RUNNING], whole);
	row->runq_pct = pct(s[SYSPERF_RUNQ], whole);
	row->iowait_pct = pct(s[SYSPERF_IOWAIT], whole);
	row->blocked_pct = pct(s[SYSPERF_BLOCKED], whole);
	row->sleep_pct = pct(s[SYSPERF_SLEEPING], whole);
	row->reclaim_pct = pct(d->reclaim_ns, whole);
}

static double hist_us(const uint64_t *h, uint64_t count, double max_ns,
		      double p)
{
	if (!count)
		return NAN;
	return at_most(sp_hist_percentile(h, SYSPERF_HIST_TASK_SUB, count, p),
		       max_ns) /
	       1000;
}

void task_delta_held_up(struct task_delta *d, double cpus)
{
	d->interval_ns = max_of(d->interval_ns, d->cpu_ns / cpus);
}

void task_delta_row(const struct task_delta *d, unsigned int threads,
		    struct sp_task *row)
{
	double s = d->interval_ns / 1e9;

	row->cpu_pct = 100 * ratio(d->cpu_ns, d->interval_ns);
	row_states(d, threads, row);
	row->switches_per_s = ratio(d->switches, s);
	row->minor_faults_per_s = ratio(d->minor_faults, s);
	row->major_faults_per_s = ratio(d->major_faults, s);
	row->read_bytes_per_s = ratio(d->read_bytes, s);
	row->write_bytes_per_s = ratio(d->write_bytes, s);
	row->ios_per_s = ratio(d->ios, s);
	row->io_errors_per_s = ratio(d->io_errors, s);
	row->net_rx_bytes_per_s = ratio(d->net_rx_bytes, s);
	row->net_tx_bytes_per_s = ratio(d->net_tx_bytes, s);
	row->net_rx_packets_per_s = ratio(d->net_rx_packets, s);
	row->net_tx_packets_per_s = ratio(d->net_tx_packets, s);
	row->ipc = ratio(d->events[SYSPERF_PMU_INSTRUCTIONS],
			 d->events[SYSPERF_PMU_CYCLES]);
	row->cache_misses_per_s = ratio(d->events[SYSPERF_PMU_CACHE_MISSES], s);
	row->cache_miss_pct = pct(d->events[SYSPERF_PMU_CACHE_MISSES],
				  d->events[SYSPERF_PMU_CACHE_REFERENCES]);
	row->runq_wait_p50_us =
		hist_us(d->runq_hist, d->runq_waits, d->runq_max_ns, 50);
	row->runq_wait_p99_us =
		hist_us(d->runq_hist, d->runq_waits, d->runq_max_ns, 99);
	row->runq_wait_max_us = d->runq_max_ns / 1000;
	row->io_p50_us = hist_us(d->io_hist, d->io_count, d->io_max_ns, 50);
	row->io_p99_us = hist_us(d->io_hist, d->io_count, d->io_max_ns, 99);
	row->io_max_us = d->io_max_ns / 1000;
}
