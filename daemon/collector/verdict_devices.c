// SPDX-License-Identifier: GPL-2.0-only
/*
 * What rules look at of disks and networks, and how they tell it. A device in
 * use all the time is well as long as nobody waits for it. No state.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "delta.h"
#include "proc_disk.h"
#include "system_rows.h"
#include "verdict.h"

/* Long requests of a disk that tasks wait for less than this hurt nobody. */
#define IO_WAITED_PCT 10
/* Who waits for a request that does not end waits all the time. */
#define STUCK_WAITED_PCT 80
/* Where no disk shows a request, this is no short one that ends soon after. */
#define HIDDEN_WAITED_PCT 50
/* Fewer than this a second are what any network loses now and then. */
#define PACKETS_MIN_PER_S 5
/* Share of packets that a shaper holds back when it is what limits. */
#define HELD_BACK_PCT 10

static double disk_errors_of(const struct sp_disk *d, const struct evidence *e)
{
	return round(d->errors_per_s * e->frame->interval_s);
}

static const struct sp_disk *most_errors(const struct evidence *e, bool stacked)
{
	const struct sp_disk *worst = NULL;

	for (size_t i = 0; i < e->frame->nr_disks; i++) {
		const struct sp_disk *d = &e->frame->disks[i];

		if (d->errors_per_s > 0 &&
		    sp_disk_stacked(d->name) == stacked &&
		    (!worst || d->errors_per_s > worst->errors_per_s))
			worst = d;
	}
	return worst;
}

/* What fails on a disk fails on those that are stacked on it, too. */
static const struct sp_disk *failing_disk(const struct evidence *e)
{
	const struct sp_disk *d = most_errors(e, false);

	return d ? d : most_errors(e, true);
}

double verdict_disk_errors(const struct evidence *e)
{
	const struct sp_disk *d = failing_disk(e);

	return d ? disk_errors_of(d, e) : NAN;
}

void verdict_disk_errors_text(char *s, size_t len, const struct evidence *e,
			      double v)
{
	const struct sp_disk *d = failing_disk(e);

	if (d)
		snprintf(s, len, "%s: %.0f request%s failed in %.3g s", d->name,
			 v, v < 1.5 ? "" : "s", e->frame->interval_s);
}

/* Share of the time in which some task waits for I/O; NaN: cannot be told. */
static double io_waited_pct(const struct evidence *e)
{
	double most = NAN;

	if (!isnan(e->g->disk_psi_some_pct))
		return e->g->disk_psi_some_pct;
	/* Without PSI: at least as long as a CPU was idle for it. */
	for (size_t i = 0; i < e->frame->nr_cpu_rows; i++)
		most = max_of(most, e->frame->cpus[i].iowait_pct);
	return most;
}

static double part_ms(double per_s, double mean_us)
{
	return per_s > 0 ? per_s * mean_us / 1000 : 0;
}

static bool stuck(const struct sp_disk *d, const struct evidence *e)
{
	return d->stuck && io_waited_pct(e) >= STUCK_WAITED_PCT * e->ease;
}

/*
 * From being queued to its end, the mean of reads and writes. The module's
 * times are from issue to completion, those of /proc/diskstats contain the
 * I/O scheduler's queue.
 */
static double request_ms(const struct sp_disk *d, const struct evidence *e)
{
	double n = add(d->reads_per_s, d->writes_per_s);
	double sum = part_ms(d->reads_per_s, d->read_mean_us) +
		     part_ms(d->writes_per_s, d->write_mean_us);

	if (n > 0)
		return add(sum / n, d->queue_mean_us / 1000);
	/* It has a request and does not finish it: at least so long. */
	if (stuck(d, e))
		return 1000 * e->frame->interval_s;
	return NAN;
}

/*
 * Who is waited for so much of the time is in use for as much of it. Of a
 * stack of devices the lowest one that is slow is meant.
 */
static const struct sp_disk *slow_disk(const struct evidence *e)
{
	const struct sp_disk *worst = NULL;
	double most = 0;

	for (size_t i = 0; i < e->frame->nr_disks; i++) {
		const struct sp_disk *d = &e->frame->disks[i];
		double ms = request_ms(d, e);

		/* Kernels do not count it as busy until the request ends. */
		if (!(d->util_pct >= IO_WAITED_PCT * e->ease) && !stuck(d, e))
			continue;
		if (sp_disk_stacked(d->name))
			ms /= 2;
		if (ms > most) {
			most = ms;
			worst = d;
		}
	}
	return worst;
}

/* Of no disk at all: dm-delay, or NFS, does not show what is in flight. */
static bool no_request_ends(const struct evidence *e)
{
	double n = NAN;

	for (size_t i = 0; i < e->frame->nr_disks; i++)
		n = add(n, add(e->frame->disks[i].reads_per_s,
			       e->frame->disks[i].writes_per_s));
	return n == 0;
}

/*
 * To the kernel an io_uring loop that waits for its clients waits for I/O. The
 * module knows who waits for a disk; without it that is who is in D.
 */
static bool waits_for_disks(const struct evidence *e, double waited_pct)
{
	double tasks = 0;

	for (size_t i = 0; i < e->frame->nr_tasks; i++) {
		const struct sp_task *t = &e->frame->tasks[i];

		if (isnan(t->iowait_pct) && t->state[0] == 'D')
			return true;
		if (t->iowait_pct > 0 && t->state_threads > 0)
			tasks += t->iowait_pct / 100 * t->state_threads;
	}
	return tasks >= waited_pct / 100 / 2;
}

double verdict_disk_latency(const struct evidence *e)
{
	double waited = io_waited_pct(e);
	const struct sp_disk *d;

	if (!(waited >= IO_WAITED_PCT * e->ease))
		return NAN;
	d = slow_disk(e);
	if (d)
		return request_ms(d, e);
	/* Then whoever waited did so for one and the same request. */
	if (waited >= HIDDEN_WAITED_PCT * e->ease && no_request_ends(e) &&
	    waits_for_disks(e, waited))
		return 10 * waited * e->frame->interval_s;
	return NAN;
}

void verdict_disk_latency_text(char *s, size_t len, const struct evidence *e,
			       double v)
{
	const struct sp_disk *d = slow_disk(e);

	if (!d)
		snprintf(s, len,
			 "no disk finishes a request, tasks wait for I/O "
			 "%.0f %% of the time",
			 io_waited_pct(e));
	else if (add(d->reads_per_s, d->writes_per_s) > 0)
		snprintf(s, len,
			 "%s: requests take %.0f ms, %.1f at a time, tasks "
			 "wait for I/O %.0f %% of the time",
			 d->name, v, d->queue_depth, io_waited_pct(e));
	else
		snprintf(s, len,
			 "%s: no request ends, tasks wait for I/O %.0f %% of "
			 "the time",
			 d->name, io_waited_pct(e));
}

/* Swapping and reading again what was in memory are I/O that memory causes. */
bool verdict_disk_latency_explained(const struct evidence *e)
{
	return (verdict_complains(e, RULE_MEMORY_STALLED) ||
		verdict_complains(e, RULE_SWAPPING)) &&
	       2 * e->g->memory_psi_some_pct >= e->g->disk_psi_some_pct;
}

double verdict_listen_overflows(const struct evidence *e)
{
	return e->g->network_listen_overflows_per_s;
}

void verdict_listen_overflows_text(char *s, size_t len,
				   const struct evidence *e, double v)
{
	const struct verdict_listener *l = e->listener;
	size_t n;

	snprintf(s, len, "%.0f connections a second dropped, listen queue full",
		 v);
	n = strlen(s);
	if (l)
		snprintf(s + n, len - n, " (port %u: %u wait, %u fit)", l->port,
			 l->waiting, l->limit);
}

/* What it may send: the link's speed, or less by a shaper. */
static double limit_of(const struct sp_net *n)
{
	return fmin(n->speed_bits_per_s, n->shaper_bits_per_s);
}

/* Is there more to send than goes? */
static bool held_back(const struct sp_net *n)
{
	return n->backlog_bytes > 0 ||
	       (n->overlimits_per_s > 0 &&
		100 * n->overlimits_per_s >=
			HELD_BACK_PCT * n->tx_packets_per_s);
}

static double link_pct(const struct sp_net *n)
{
	if (!(n->tx_bits_per_s > 0) || !held_back(n))
		return NAN;
	return pct(n->tx_bits_per_s, limit_of(n));
}

static double queue_ms(const struct sp_net *n)
{
	return n->queue_us / 1000;
}

static double drop_rate(const struct sp_net *n)
{
	return n->physical ? add(n->rx_drops_per_s, n->tx_drops_per_s) : NAN;
}

static double error_rate(const struct sp_net *n)
{
	return n->physical ? add(n->rx_errors_per_s, n->tx_errors_per_s) : NAN;
}

/* The interface that has most of it; NULL if none has any. */
static const struct sp_net *worst_net(const struct evidence *e,
				      double (*of)(const struct sp_net *))
{
	const struct sp_net *worst = NULL;
	double most = 0;

	for (size_t i = 0; i < e->frame->nr_nets; i++) {
		double v = of(&e->frame->nets[i]);

		if (v > most) {
			most = v;
			worst = &e->frame->nets[i];
		}
	}
	return worst;
}

double verdict_net_link(const struct evidence *e)
{
	const struct sp_net *n = worst_net(e, link_pct);

	return n ? link_pct(n) : NAN;
}

void verdict_net_link_text(char *s, size_t len, const struct evidence *e,
			   double v)
{
	const struct sp_net *n = worst_net(e, link_pct);

	if (n)
		snprintf(s, len,
			 "%s sends %.3g Mbit/s, %.0f %% of what its %s lets "
			 "through, %.0f KiB wait",
			 n->name, n->tx_bits_per_s / 1e6, v,
			 n->shaper_bits_per_s <= limit_of(n) ? "shaper"
							     : "link",
			 isnan(n->backlog_bytes) ? 0 : n->backlog_bytes / 1024);
}

double verdict_net_queue(const struct evidence *e)
{
	const struct sp_net *n = worst_net(e, queue_ms);

	return n ? queue_ms(n) : NAN;
}

void verdict_net_queue_text(char *s, size_t len, const struct evidence *e,
			    double v)
{
	const struct sp_net *n = worst_net(e, queue_ms);

	if (n)
		snprintf(s, len,
			 "%s: packets wait %.0f ms to be sent, %.0f KiB of "
			 "them, at %.3g Mbit/s",
			 n->name, v, n->backlog_bytes / 1024,
			 n->tx_bits_per_s / 1e6);
}

/* In percent of the interface's packets, if it is more than a handful. */
static double worst_of_packets(const struct evidence *e,
			       double (*rate)(const struct sp_net *n))
{
	const struct sp_net *n = worst_net(e, rate);
	const double per_s = n ? rate(n) : NAN;

	if (!n || !(per_s >= PACKETS_MIN_PER_S * e->ease))
		return NAN;
	return pct(per_s, per_s + n->rx_packets_per_s + n->tx_packets_per_s);
}

double verdict_net_drops(const struct evidence *e)
{
	return worst_of_packets(e, drop_rate);
}

void verdict_net_drops_text(char *s, size_t len, const struct evidence *e,
			    double v)
{
	const struct sp_net *n = worst_net(e, drop_rate);

	if (n)
		snprintf(s, len, "%s: %.1f %% of packets dropped (%.0f/s)",
			 n->name, v, drop_rate(n));
}

double verdict_net_errors(const struct evidence *e)
{
	return worst_of_packets(e, error_rate);
}

void verdict_net_errors_text(char *s, size_t len, const struct evidence *e,
			     double v)
{
	const struct sp_net *n = worst_net(e, error_rate);

	if (n)
		snprintf(s, len, "%s: errors in %.2g %% of packets (%.0f/s)",
			 n->name, v, error_rate(n));
}

double verdict_retransmits(const struct evidence *e)
{
	if (!(e->g->network_retransmits_per_s >= PACKETS_MIN_PER_S * e->ease))
		return NAN;
	return e->g->network_retransmits_pct;
}

void verdict_retransmits_text(char *s, size_t len, const struct evidence *e,
			      double v)
{
	size_t n;

	snprintf(s, len, "%.1f %% of TCP segments sent again (%.0f/s)", v,
		 e->g->network_retransmits_per_s);
	n = strlen(s);
	if (e->g->network_rtt_mean_us > 0)
		snprintf(s + n, len - n, ", round trip %.3g ms",
			 e->g->network_rtt_mean_us / 1000);
}

/* Packets that are dropped where it is known are sent again. */
bool verdict_retransmits_explained(const struct evidence *e)
{
	return verdict_complains(e, RULE_LISTEN_OVERFLOWS) ||
	       verdict_complains(e, RULE_NET_LINK) ||
	       verdict_complains(e, RULE_NET_QUEUE) ||
	       verdict_complains(e, RULE_NET_DROPS) ||
	       verdict_complains(e, RULE_NET_ERRORS);
}
