// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interfaces: traffic, errors, drops, and the golden signals of network.
 */
#include <errno.h>
#include <string.h>

#include <sysperf/hist.h>

#include "delta.h"
#include "system_rows.h"

static const struct sp_raw_net *find(const struct sp_snapshot *s,
				     const struct sp_raw_net *n)
{
	for (size_t i = 0; i < s->nr_nets; i++)
		if (!strcmp(s->nets[i].name, n->name) &&
		    s->nets[i].ifindex == n->ifindex)
			return &s->nets[i];
	return NULL;
}

static void fill_row(struct sp_net *row, const struct sp_raw_net *c,
		     const struct sp_raw_net *p, double s)
{
	row->rx_bits_per_s = 8 * ratio(delta(c->rx_bytes, p->rx_bytes), s);
	row->tx_bits_per_s = 8 * ratio(delta(c->tx_bytes, p->tx_bytes), s);
#define RATE(name) row->name##_per_s = ratio(delta(c->name, p->name), s)
	RATE(rx_packets);
	RATE(tx_packets);
	RATE(rx_errors);
	RATE(tx_errors);
	RATE(rx_drops);
	RATE(tx_drops);
#undef RATE
	row->speed_bits_per_s = gauge(c->speed_bits_per_s);
	row->util_pct = pct(max_of(row->rx_bits_per_s, row->tx_bits_per_s),
			    row->speed_bits_per_s);
}

/* Of what waits to be sent. */
static void fill_queue(struct sp_net *row, const struct sp_raw_net *c,
		       const struct sp_raw_net *p, double s)
{
	row->shaper_bits_per_s = gauge(c->shaper_bits_per_s);
	row->backlog_bytes = gauge(c->backlog_bytes);
	row->overlimits_per_s = ratio(delta(c->overlimits, p->overlimits), s);
	if (!c->delays)
		row->queue_us =
			ratio(8e6 * row->backlog_bytes, row->tx_bits_per_s);
}

static void add_golden(struct sp_golden *g, const struct sp_net *row,
		       const struct sp_raw_net *raw)
{
#define SUM(to, from) g->network_##to = add(g->network_##to, row->from)
	SUM(rx_bits_per_s, rx_bits_per_s);
	SUM(tx_bits_per_s, tx_bits_per_s);
	SUM(rx_packets_per_s, rx_packets_per_s);
	SUM(tx_packets_per_s, tx_packets_per_s);
	SUM(errors_per_s, rx_errors_per_s);
	SUM(errors_per_s, tx_errors_per_s);
	SUM(drops_per_s, rx_drops_per_s);
	SUM(drops_per_s, tx_drops_per_s);
#undef SUM
	g->network_util_pct = max_of(g->network_util_pct, row->util_pct);
	g->network_backlog_bytes =
		add(g->network_backlog_bytes, gauge(raw->backlog_bytes));
}

/* Round-trip times of the interval, of all CPUs. */
struct rtts {
	double ns, max_ns;
	uint64_t count;
	uint64_t hist[SYSPERF_HIST_BUCKETS];
};

static const struct sysperf_tcp *kfind(const struct sp_snapshot *s,
				       uint32_t cpu)
{
	for (size_t i = 0; i < s->nr_ktcps; i++)
		if (s->ktcps[i]->cpu == cpu)
			return s->ktcps[i];
	return NULL;
}

static void add_rtts(struct rtts *sum, const struct sysperf_tcp *c,
		     const struct sysperf_tcp *p)
{
	uint64_t h[SYSPERF_HIST_BUCKETS] = {0};
	uint64_t n = sp_hist_add_delta(h, c->rtt_hist, p->rtt_hist,
				       SYSPERF_HIST_SUB);

	if (!n)
		return;
	sum->count += n;
	sum->ns = add(sum->ns, delta(c->rtt_ns, p->rtt_ns));
	sum->max_ns = max_of(sum->max_ns,
			     sp_hist_max(h, SYSPERF_HIST_SUB, c->rtt_max_ns,
					 c->rtt_max_ns > p->rtt_max_ns));
	for (size_t i = 0; i < SYSPERF_HIST_BUCKETS; i++)
		sum->hist[i] += h[i];
}

static double rtt_us(const struct rtts *sum, double percentile)
{
	double ns = sp_hist_percentile(sum->hist, SYSPERF_HIST_SUB, sum->count,
				       percentile);

	return at_most(ns, sum->max_ns) / 1000;
}

static void latency(const struct interval_frame *f)
{
	static const struct sysperf_tcp nothing;
	struct sp_golden *g = &f->frame->golden;
	struct rtts sum = {.ns = NAN, .max_ns = NAN};

	if (!(f->cur->info.caps & 1U << SP_CAP_TCP)) {
		g->network_rtt_mean_us = gauge(f->cur->sys.rtt_ns) / 1000;
		return;
	}
	for (size_t i = 0; i < f->cur->nr_ktcps; i++) {
		const struct sysperf_tcp *c = f->cur->ktcps[i];
		const struct sysperf_tcp *p = kfind(f->prev, c->cpu);

		/* The module has none of a CPU that saw nothing yet. */
		add_rtts(&sum, c, p ? p : &nothing);
	}
	g->network_rtt_p50_us = rtt_us(&sum, 50);
	g->network_rtt_p95_us = rtt_us(&sum, 95);
	g->network_rtt_p99_us = rtt_us(&sum, 99);
	g->network_rtt_mean_us = ratio(sum.ns, (double)sum.count) / 1000;
}

int net_rows(const struct interval_frame *f)
{
	const struct sp_raw_system *c = &f->cur->sys, *p = &f->prev->sys;
	struct sp_golden *g = &f->frame->golden;
	double again;

	if (frame_rows_resize(&f->frame->nets, f->cur->nr_nets,
			      sizeof(struct sp_net)))
		return -ENOMEM;
	f->frame->nr_nets = f->cur->nr_nets;
	for (size_t i = 0; i < f->cur->nr_nets; i++) {
		const struct sp_raw_net *n = &f->cur->nets[i];
		const struct sp_raw_net *old = find(f->prev, n);
		struct sp_net *row = &f->frame->nets[i];

		sp_field_row_clear(SP_TABLE_NET, row);
		memcpy(row->name, n->name, sizeof(row->name));
		row->physical = n->physical;
		if (old) {
			fill_row(row, n, old, f->nets_s);
			fill_queue(row, n, old, f->nets_s);
		}
		if (n->physical)
			add_golden(g, row, n);
	}
#define RATE(to, from)                                                         \
	g->network_##to = ratio(delta(c->from, p->from), f->nets_s)
	RATE(retransmits_per_s, tcp_retransmits);
	RATE(resets_per_s, tcp_resets);
	RATE(listen_overflows_per_s, listen_overflows);
	RATE(softnet_squeezed_per_s, softnet_squeezed);
#undef RATE
	again = delta(c->tcp_retransmits, p->tcp_retransmits);
	g->network_retransmits_pct =
		pct(again, again + delta(c->tcp_segments, p->tcp_segments));
	latency(f);
	return 0;
}
