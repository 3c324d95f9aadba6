// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUs: time by mode, run-queue wait, and the golden signals of cpu.
 */
#include <errno.h>

#include <sysperf/hist.h>

#include "delta.h"
#include "system_rows.h"

/* Time of one CPU, or of all, by what it did. */
struct modes {
	double user, nice, system, idle, iowait, irq, softirq, steal, total;
};

static const struct sp_raw_cpu *find(const struct sp_snapshot *s, uint64_t cpu)
{
	for (size_t i = 0; i < s->nr_cpus; i++)
		if (s->cpus[i].cpu == cpu)
			return &s->cpus[i];
	return NULL;
}

static const struct sysperf_cpu *kfind(const struct sp_snapshot *s,
				       uint64_t cpu)
{
	for (size_t i = 0; i < s->nr_kcpus; i++)
		if (s->kcpus[i]->cpu == cpu)
			return s->kcpus[i];
	return NULL;
}

static struct modes modes_between(const struct sp_raw_cpu *c,
				  const struct sp_raw_cpu *p)
{
	struct modes m = {
		.user = delta_time(c->user_ns, p->user_ns),
		.nice = delta_time(c->nice_ns, p->nice_ns),
		.system = delta_time(c->system_ns, p->system_ns),
		.idle = delta_time(c->idle_ns, p->idle_ns),
		.iowait = delta_time(c->iowait_ns, p->iowait_ns),
		.irq = delta_time(c->irq_ns, p->irq_ns),
		.softirq = delta_time(c->softirq_ns, p->softirq_ns),
		.steal = delta_time(c->steal_ns, p->steal_ns),
	};

	m.total = m.user + m.nice + m.system + m.idle + m.iowait + m.irq +
		  m.softirq + m.steal;
	return m;
}

static void fill_row(struct sp_cpu *row, const struct modes *m)
{
	row->user_pct = pct(m->user, m->total);
	row->nice_pct = pct(m->nice, m->total);
	row->system_pct = pct(m->system, m->total);
	row->idle_pct = pct(m->idle, m->total);
	row->iowait_pct = pct(m->iowait, m->total);
	row->irq_pct = pct(m->irq, m->total);
	row->softirq_pct = pct(m->softirq, m->total);
	row->steal_pct = pct(m->steal, m->total);
}

/* A CPU's waits of the interval, also added to those of the machine. */
static void add_waits(double *p99_us, uint64_t *all, uint64_t *count,
		      double *max_ns, const struct sysperf_cpu *c,
		      const struct sysperf_cpu *p)
{
	uint64_t h[SYSPERF_HIST_BUCKETS] = {0};
	uint64_t n = sp_hist_add_delta(h, c->runq_hist, p->runq_hist,
				       SYSPERF_HIST_SUB);
	double max = sp_hist_max(h, SYSPERF_HIST_SUB, c->runq_wait_max_ns,
				 c->runq_wait_max_ns > p->runq_wait_max_ns);

	*p99_us = at_most(sp_hist_percentile(h, SYSPERF_HIST_SUB, n, 99), max) /
		  1000;
	for (size_t i = 0; n && i < SYSPERF_HIST_BUCKETS; i++)
		all[i] += h[i];
	*count += n;
	*max_ns = max_of(*max_ns, max);
}

/* What a sum over CPUs is made of. */
struct sums {
	double busy, steal, total, throttled;
	double delay, runs; /* /proc/schedstat */
	double kwait_ns; /* the module's */
	double max_ns;
	double events[SYSPERF_PMU_EVENTS]; /* the module's */
	uint64_t waits;
	uint64_t hist[SYSPERF_HIST_BUCKETS];
};

static void add_modes(struct sums *sum, const struct modes *m)
{
	if (isnan(m->total))
		return;
	sum->busy += m->total - m->idle - m->iowait;
	sum->steal += m->steal;
	sum->total += m->total;
}

/* What the module counted on a CPU; all of it, if it is the first time. */
static void add_kernel(struct sums *sum, struct sp_cpu *row,
		       const struct sysperf_cpu *c, const struct sysperf_cpu *p,
		       uint32_t events)
{
	static const struct sysperf_cpu nothing;

	if (!p)
		p = &nothing;
	add_waits(&row->runq_wait_p99_us, sum->hist, &sum->waits, &sum->max_ns,
		  c, p);
	sum->kwait_ns += delta(c->runq_wait_ns, p->runq_wait_ns);
	for (int i = 0; i < SYSPERF_PMU_EVENTS; i++)
		if (events & 1U << i)
			sum->events[i] = add(sum->events[i],
					     delta_event(&c->pmu, &p->pmu, i));
}

static void one_cpu(const struct interval_frame *f, struct sp_cpu *row,
		    const struct sp_raw_cpu *c, struct sums *sum)
{
	const struct sp_raw_cpu *p = find(f->prev, c->cpu);
	const struct sysperf_cpu *kc = kfind(f->cur, c->cpu);
	const struct sysperf_cpu *kp = kfind(f->prev, c->cpu);
	struct modes m;

	row->cpu = (double)c->cpu;
	row->freq_hz = gauge(c->freq_hz);
	row->node = gauge(c->node);
	if (kc)
		add_kernel(sum, row, kc, kp, f->cur->kpmu_events);
	if (!p) /* it has just come online */
		return;
	m = modes_between(c, p);
	fill_row(row, &m);
	add_modes(sum, &m);
	sum->delay = add(sum->delay, delta(c->run_delay_ns, p->run_delay_ns));
	sum->runs = add(sum->runs, delta(c->run_count, p->run_count));
	sum->throttled = add(sum->throttled, delta(c->throttled, p->throttled));
}

static double percentile_us(const struct sums *sum, double p)
{
	double ns =
		sp_hist_percentile(sum->hist, SYSPERF_HIST_SUB, sum->waits, p);

	return at_most(ns, sum->max_ns) / 1000;
}

static void latency(struct sp_golden *g, const struct sums *sum,
		    const struct sp_snapshot *cur,
		    const struct task_totals *totals)
{
	if (!cur->nr_kcpus) {
		g->cpu_runq_wait_mean_us = ratio(sum->delay, sum->runs) / 1000;
		/* Without /proc/schedstat, as far as the tasks tell. */
		if (isnan(sum->delay) && !totals->partial)
			g->cpu_runq_wait_mean_us =
				ratio(totals->runq_ns, totals->runs) / 1000;
		return;
	}
	g->cpu_runq_wait_mean_us =
		ratio(sum->kwait_ns, (double)sum->waits) / 1000;
	g->cpu_runq_wait_p50_us = percentile_us(sum, 50);
	g->cpu_runq_wait_p95_us = percentile_us(sum, 95);
	g->cpu_runq_wait_p99_us = percentile_us(sum, 99);
	g->cpu_runq_wait_max_us =
		max_of(sum->max_ns, totals->runq_open_max_ns) / 1000;
}

/*
 * Average number of tasks running or waiting, per CPU. Waits are in wall time,
 * so by wall time: where ticks are lost (a guest whose host is overcommitted)
 * the modes of a CPU add up to less of it, and only their shares are true.
 */
static double runnable(const struct interval_frame *f, const struct sums *sum,
		       const struct task_totals *totals)
{
	double waiting = sum->delay, ns = f->ns;

	/* The module also knows waits that go on; a kernel without
	 * /proc/schedstat leaves only what its tasks say. */
	if (f->cur->nr_kcpus || (isnan(waiting) && !totals->partial))
		waiting = totals->runq_ns;
	if (f->cur->nr_kcpus)
		ns = f->kmod_s * 1e9;
	return ratio(sum->busy - sum->steal, sum->total) +
	       ratio(waiting, ns * (double)f->cur->nr_cpus);
}

/* By heat, and by quotas of control groups of either version. */
static double throttled(const struct interval_frame *f, double thermal)
{
	double v1 = delta(f->cur->sys.cgroup_throttled,
			  f->prev->sys.cgroup_throttled);
	double sum = ratio(add(thermal, v1), f->s);

	/* A group counts its own quota only, not those of groups below. */
	for (size_t i = 0; i < f->frame->nr_cgroups; i++)
		sum = add(sum, f->frame->cgroups[i].throttled_per_s);
	return sum;
}

int cpu_rows(const struct interval_frame *f, const struct task_totals *totals)
{
	const struct sp_raw_system *c = &f->cur->sys, *p = &f->prev->sys;
	struct sp_golden *g = &f->frame->golden;
	struct sums sum = {
		.delay = NAN, .runs = NAN, .throttled = NAN, .max_ns = NAN};

	for (int i = 0; i < SYSPERF_PMU_EVENTS; i++)
		sum.events[i] = NAN;

	if (frame_rows_resize(&f->frame->cpus, f->cur->nr_cpus,
			      sizeof(struct sp_cpu)))
		return -ENOMEM;
	f->frame->nr_cpu_rows = f->cur->nr_cpus;
	f->frame->nr_cpus = (unsigned int)f->cur->nr_cpus;
	for (size_t i = 0; i < f->cur->nr_cpus; i++) {
		sp_field_row_clear(SP_TABLE_CPU, &f->frame->cpus[i]);
		one_cpu(f, &f->frame->cpus[i], &f->cur->cpus[i], &sum);
	}
	latency(g, &sum, f->cur, totals);
	g->cpu_util_pct = pct(sum.busy, sum.total);
	g->cpu_steal_pct = pct(sum.steal, sum.total);
	g->cpu_context_switches_per_s =
		ratio(delta(c->switches, p->switches), f->s);
	g->cpu_ipc = ratio(sum.events[SYSPERF_PMU_INSTRUCTIONS],
			   sum.events[SYSPERF_PMU_CYCLES]);
	g->cpu_cache_misses_per_s =
		ratio(sum.events[SYSPERF_PMU_CACHE_MISSES], f->kmod_s);
	g->cpu_runnable_per_cpu = runnable(f, &sum, totals);
	g->cpu_psi_some_pct =
		pct(delta(c->psi_cpu_some_ns, p->psi_cpu_some_ns), f->ns);
	g->cpu_machine_checks_per_s =
		ratio(delta(c->machine_checks, p->machine_checks), f->s);
	g->cpu_throttled_per_s = throttled(f, sum.throttled);
	return 0;
}
