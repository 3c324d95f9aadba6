// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules, each of which looks at one signal of a resource, and how they are
 * summed up. A rule asks whether something waits or fails, never whether
 * something is merely busy: a CPU in full use with nothing queued, memory full
 * of page cache or a fast disk that always has a request in flight is well.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "delta.h"
#include "verdict.h"

struct evidence {
	const struct sp_frame *frame;
	const struct sp_golden *g;
	const struct task_totals *totals;
};

/* By what tasks are compared to find the one that contributes most. */
enum culprit { BY_NONE, BY_CPU, BY_RSS, BY_IO };

struct rule {
	enum sp_resource resource;
	enum sp_signal signal;
	double warning, critical; /* at and above */
	/* What is compared with them; NaN: cannot be told, so no complaint. */
	double (*value)(const struct evidence *e);
	const char *text; /* with the value in its place */
	const char *more; /* goes on with a second number, if there is one */
	double (*second)(const struct evidence *e);
	enum culprit culprit;
};

/*
 * Tasks that wait for a CPU, niced ones left out: batch work that yields to
 * everything else is meant to wait. 0.5 is a queue behind every other CPU, so
 * that a task which wants to run waits as often as not; at 2 it gets a third
 * of what it asks for.
 */
static double waiting_per_cpu(const struct evidence *e)
{
	return ratio(e->totals->runq_urgent_ns / 1e9,
		     e->frame->interval_s * e->frame->nr_cpus);
}

static double runq_wait_ms(const struct evidence *e)
{
	double us = e->g->cpu_runq_wait_p99_us;

	return (isnan(us) ? e->g->cpu_runq_wait_mean_us : us) / 1000;
}

/* Time lost to the hypervisor; 10 % is where users begin to notice. */
static double steal(const struct evidence *e)
{
	return e->g->cpu_steal_pct;
}

static double throttled(const struct evidence *e)
{
	return e->g->cpu_throttled_per_s;
}

static double machine_checks(const struct evidence *e)
{
	return e->g->cpu_machine_checks_per_s;
}

/*
 * PSI memory counts only time in which a task was held up by reclaim, swap or
 * refaults, whatever is used. A tenth of it lost shows in every latency.
 */
static double memory_some(const struct evidence *e)
{
	return e->g->memory_psi_some_pct;
}

static double memory_used(const struct evidence *e)
{
	return e->g->memory_used_pct;
}

static double oom(const struct evidence *e)
{
	return e->g->memory_oom_kills_per_s * e->frame->interval_s;
}

static double ecc(const struct evidence *e)
{
	return e->g->memory_ecc_errors_per_s * e->frame->interval_s;
}

/*
 * Requests that take long, while tasks wait for them: 20 ms is twice what a
 * lone request needs on a rotating disk, so a queue has formed. Without tasks
 * waiting (writeback, a backup) long requests hurt nobody.
 */
static double disk_wait_ms(const struct evidence *e)
{
	if (!(e->g->disk_psi_some_pct >= 10))
		return NAN;
	return e->g->disk_mean_us / 1000;
}

static double disk_some(const struct evidence *e)
{
	return e->g->disk_psi_some_pct;
}

static double disk_errors(const struct evidence *e)
{
	return e->g->disk_errors_per_s * e->frame->interval_s;
}

/*
 * Segments sent again, of all packets sent: 1 % halves the throughput of a
 * long TCP path. A handful among few is the normal loss of an idle machine.
 */
static double retransmits(const struct evidence *e)
{
	if (!(e->g->network_retransmits_per_s >= 5))
		return NAN;
	return 100 * ratio(e->g->network_retransmits_per_s,
			   e->g->network_tx_packets_per_s);
}

static double retransmits_per_s(const struct evidence *e)
{
	return e->g->network_retransmits_per_s;
}

static double overflows(const struct evidence *e)
{
	return e->g->network_listen_overflows_per_s;
}

/* A link in full use is well as long as nothing has to be dropped for it. */
static double drops(const struct evidence *e)
{
	if (!(e->g->network_drops_per_s >= 5))
		return NAN;
	return 100 * ratio(e->g->network_drops_per_s,
			   e->g->network_rx_packets_per_s +
				   e->g->network_tx_packets_per_s);
}

static double drops_per_s(const struct evidence *e)
{
	return e->g->network_drops_per_s;
}

static const struct rule rules[] = {
	{SP_RES_CPU, SP_SIG_SATURATION, 0.5, 2, waiting_per_cpu,
	 "%.1f tasks a CPU wait to run", ", run-queue wait %.3g ms",
	 runq_wait_ms, BY_CPU},
	{SP_RES_CPU, SP_SIG_SATURATION, 10, 30, steal,
	 "the hypervisor takes %.0f %% of the CPU time", NULL, NULL, BY_NONE},
	{SP_RES_CPU, SP_SIG_ERRORS, 1, 50, throttled,
	 "CPU throttled %.1f times a second", NULL, NULL, BY_CPU},
	{SP_RES_CPU, SP_SIG_ERRORS, 0.001, 1, machine_checks,
	 "%.1f machine checks a second", NULL, NULL, BY_NONE},
	{SP_RES_MEMORY, SP_SIG_SATURATION, 10, 40, memory_some,
	 "tasks are held up by want of memory %.0f %% of the time",
	 ", %.0f %% used", memory_used, BY_RSS},
	{SP_RES_MEMORY, SP_SIG_ERRORS, 1, 1, oom,
	 "%.0f tasks killed for want of memory", NULL, NULL, BY_RSS},
	{SP_RES_MEMORY, SP_SIG_ERRORS, 1, 100, ecc, "%.0f memory errors", NULL,
	 NULL, BY_NONE},
	{SP_RES_DISK, SP_SIG_LATENCY, 20, 100, disk_wait_ms,
	 "requests take %.0f ms", ", tasks wait for I/O %.0f %% of the time",
	 disk_some, BY_IO},
	{SP_RES_DISK, SP_SIG_ERRORS, 1, 10, disk_errors, "%.0f requests failed",
	 NULL, NULL, BY_IO},
	{SP_RES_NETWORK, SP_SIG_ERRORS, 1, 5, retransmits,
	 "%.1f %% of packets sent again", " (%.0f/s)", retransmits_per_s,
	 BY_NONE},
	{SP_RES_NETWORK, SP_SIG_ERRORS, 1, 100, overflows,
	 "%.0f connections a second dropped, listen queue full", NULL, NULL,
	 BY_NONE},
	{SP_RES_NETWORK, SP_SIG_SATURATION, 1, 5, drops,
	 "%.1f %% of packets dropped", " (%.0f/s)", drops_per_s, BY_NONE},
};
_Static_assert(sizeof(rules) / sizeof(rules[0]) <= VERDICT_RULES_MAX,
	       "VERDICT_RULES_MAX");

/*
 * What was complained of goes on until it is a fifth better, so that a value
 * about the threshold does not flap.
 */
static enum sp_status judge(const struct rule *r, double v, enum sp_status last)
{
	double ease_c = last == SP_STATUS_CRITICAL ? 0.8 : 1;
	double ease_w = last >= SP_STATUS_WARNING ? 0.8 : 1;

	if (v >= r->critical * ease_c)
		return SP_STATUS_CRITICAL;
	if (v >= r->warning * ease_w)
		return SP_STATUS_WARNING;
	return SP_STATUS_OK;
}

static double contribution(const struct sp_task *t, enum culprit by)
{
	switch (by) {
	case BY_CPU:
		return t->cpu_pct;
	case BY_RSS:
		return t->exited ? NAN : t->rss_bytes;
	case BY_IO:
		return add(t->read_bytes_per_s, t->write_bytes_per_s);
	case BY_NONE:
		break;
	}
	return NAN;
}

static void name_culprit(struct sp_verdict *v, const struct sp_frame *f,
			 enum culprit by)
{
	const struct sp_task *worst = NULL;
	double sum = 0, most = 0;

	for (size_t i = 0; i < f->nr_tasks; i++) {
		double part = contribution(&f->tasks[i], by);

		if (!(part > 0))
			continue;
		sum += part;
		if (part > most) {
			most = part;
			worst = &f->tasks[i];
		}
	}
	if (!worst)
		return;
	v->has_culprit = true;
	v->culprit.pid = (uint32_t)worst->pid;
	v->culprit.tid = (uint32_t)worst->tid;
	memcpy(v->culprit.comm, worst->comm, sizeof(v->culprit.comm));
	v->culprit.share_pct = 100 * most / sum;
}

static void describe(char *text, size_t len, const struct rule *r,
		     const struct evidence *e)
{
	double more = r->second ? r->second(e) : NAN;
	size_t n;

	snprintf(text, len, r->text, r->value(e));
	n = strlen(text);
	if (!isnan(more))
		snprintf(text + n, len - n, r->more, more);
}

void verdict_judge(struct verdict_memory *m, struct sp_frame *frame,
		   const struct task_totals *totals)
{
	struct evidence e = {frame, &frame->golden, totals};
	struct sp_verdict *verdict = &frame->verdict;
	const struct rule *worst = NULL;
	double worst_excess = 0;

	memset(verdict, 0, sizeof(*verdict));
	verdict->severity = SP_STATUS_OK;
	for (int i = 0; i < SP_RESOURCES; i++)
		frame->status[i] = SP_STATUS_OK;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		const struct rule *r = &rules[i];
		double v = r->value(&e);
		enum sp_status s = judge(r, v, m->last[i]);

		m->last[i] = s;
		if (s > frame->status[r->resource])
			frame->status[r->resource] = s;
		if (s <= SP_STATUS_OK || s < verdict->severity)
			continue;
		/* Of equals, the one furthest over its threshold. */
		if (s > verdict->severity || v / r->critical > worst_excess) {
			verdict->severity = s;
			worst = r;
			worst_excess = v / r->critical;
		}
	}
	if (!worst)
		return;
	verdict->resource = worst->resource;
	verdict->signal = worst->signal;
	describe(verdict->text, sizeof(verdict->text), worst, &e);
	name_culprit(verdict, frame, worst->culprit);
}
