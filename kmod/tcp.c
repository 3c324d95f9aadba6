// SPDX-License-Identifier: GPL-2.0-only
/*
 * TCP: round-trip times to other machines, and retransmits, of the whole machine.
 *
 * tcp_probe fires for each segment that comes in on an established connection,
 * with its acknowledgment already in TCP_SKB_CB() but not yet acted on
 * (net/ipv4/tcp_input.c, 5.10 to 7.2): so snd_una tells whether it is of new
 * data, and srtt_us is the smoothed round-trip time up to the one before.
 *
 * Locking: a record a CPU keeps CPUs off each other's cache lines, no more: the
 * probes run in softirqs and in tasks that may be preempted or moved, so the
 * counters are atomic. Nothing here takes a lock.
 */
#include <linux/in.h>
#include <linux/module.h>
#include <linux/tracepoint.h>
#include <net/ipv6.h>
#include <net/tcp.h>
#include <trace/events/tcp.h>

#include <sysperf_hist.h>

#include "compat.h"
#include "counter.h"
#include "map.h"
#include "probe.h"
#include "tcp.h"

static bool tcp = true;
module_param(tcp, bool, 0444);
MODULE_PARM_DESC(tcp, "account TCP round trips and retransmits (default on)");

static const struct sysperf_region *region;
static bool attached;

static struct sysperf_tcp *record(void)
{
	return sysperf_region_at(region, raw_smp_processor_id());
}

/* To an address of its own, as is_loopback() of the collector has it. */
static bool stays_here(const struct sock *sk)
{
#if IS_ENABLED(CONFIG_IPV6)
	const struct in6_addr *to = &sk->sk_v6_daddr;

	if (sk->sk_family == AF_INET6 && !ipv6_addr_v4mapped(to))
		return ipv6_addr_loopback(to) ||
		       ipv6_addr_equal(to, &sk->sk_v6_rcv_saddr);
#endif
	return ipv4_is_loopback(sk->sk_daddr) ||
	       sk->sk_daddr == sk->sk_rcv_saddr;
}

static void probe_segment(SYSPERF_TCP_PROBE_ARGS)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	struct sysperf_tcp *rec;
	u64 ns;

	if (!after(TCP_SKB_CB(skb)->ack_seq, tp->snd_una) || !tp->srtt_us ||
	    stays_here(sk))
		return;
	ns = (u64)(tp->srtt_us >> 3) * NSEC_PER_USEC;
	rec = record();
	atomic64_inc(counter64(&rec->rtt_samples));
	atomic64_add(ns, counter64(&rec->rtt_ns));
	counter_max(counter64(&rec->rtt_max_ns), ns);
	atomic_inc(counter32(
		&rec->rtt_hist[sysperf_hist_index(ns, SYSPERF_HIST_SUB)]));
}

static void probe_retransmit(SYSPERF_TCP_RETRANSMIT_ARGS)
{
	if (!SYSPERF_TCP_RETRANSMIT_ERROR)
		atomic64_add(tcp_skb_pcount(skb),
			     counter64(&record()->retransmits));
}

static void probe_retransmit_synack(void *data, const struct sock *sk,
				    const struct request_sock *req)
{
	atomic64_inc(counter64(&record()->retransmits));
}

static struct sysperf_probe probes[] = {
	{"tcp_probe", probe_segment},
	{"tcp_retransmit_skb", probe_retransmit},
	{"tcp_retransmit_synack", probe_retransmit_synack},
};

int sysperf_tcp_set(bool on)
{
	return sysperf_probes_set(probes, ARRAY_SIZE(probes), &attached, on);
}

bool sysperf_tcp_enabled(void)
{
	return attached;
}

/* Left out until there is something to tell. */
static bool record_complete(struct sysperf_rec *copy, unsigned int cpu)
{
	const struct sysperf_tcp *rec = (struct sysperf_tcp *)copy;

	return rec->rtt_samples || rec->retransmits;
}

int sysperf_tcp_init(void)
{
	unsigned int cpu;
	int ret;

	check_trace_callback_type_tcp_probe(probe_segment);
	check_trace_callback_type_tcp_retransmit_skb(probe_retransmit);
	check_trace_callback_type_tcp_retransmit_synack(
		probe_retransmit_synack);
	/* Even if it is off now, it can be turned on later. */
	region = sysperf_map_add(SYSPERF_REC_TCP, nr_cpu_ids,
				 sizeof(struct sysperf_tcp), record_complete);
	if (!region)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct sysperf_tcp *rec = sysperf_region_at(region, cpu);

		rec->cpu = cpu;
		sysperf_region_use(region, cpu);
	}
	ret = tcp ? sysperf_tcp_set(true) : 0;
	/* What is missing has been said; the rest works without. */
	return ret == -EOPNOTSUPP ? 0 : ret;
}

void sysperf_tcp_exit(void)
{
	sysperf_tcp_set(false);
}
