// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interfaces: traffic, errors, drops, and the golden signals of network.
 */
#include <errno.h>
#include <string.h>

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

int net_rows(const struct interval_frame *f)
{
	const struct sp_raw_system *c = &f->cur->sys, *p = &f->prev->sys;
	struct sp_golden *g = &f->frame->golden;

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
		if (old)
			fill_row(row, n, old, f->s);
		if (n->physical)
			add_golden(g, row, n);
	}
#define RATE(to, from) g->network_##to = ratio(delta(c->from, p->from), f->s)
	RATE(retransmits_per_s, tcp_retransmits);
	RATE(resets_per_s, tcp_resets);
	RATE(listen_overflows_per_s, listen_overflows);
	RATE(softnet_squeezed_per_s, softnet_squeezed);
#undef RATE
	g->network_rtt_mean_us = gauge(c->rtt_ns) / 1000;
	return 0;
}
