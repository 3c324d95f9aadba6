/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The network's counters in /proc/net: snmp, netstat, softnet_stat, and dev
 * for where netlink cannot be asked.
 */
#ifndef SYSPERF_PROC_NET_H
#define SYSPERF_PROC_NET_H

#include <stddef.h>

#include <sysperf/snapshot.h>

#include "cpu_counts.h"

/* What is wanted of TCP besides sp_raw_system. All 0 is none. */
struct sp_tcp_counts {
	uint64_t established; /* now; of /proc/net/snmp */
	uint64_t estab_resets, out_rsts; /* of /proc/net/snmp */
	uint64_t aborts; /* of /proc/net/netstat */
};

/**
 * sp_parse_snmp() - /proc/net/snmp
 * @buf: the file
 * @len: its length
 * @sys: tcp_segments and tcp_retransmits are set
 * @counts: established, estab_resets and out_rsts are set; left alone if they
 *	are missing
 */
void sp_parse_snmp(const char *buf, size_t len, struct sp_raw_system *sys,
		   struct sp_tcp_counts *counts);

/**
 * sp_parse_netstat() - /proc/net/netstat
 * @buf: the file
 * @len: its length
 * @sys: listen_overflows is set. ListenDrops is not added: it contains them
 * @counts: aborts is set; left alone if it is missing
 */
void sp_parse_netstat(const char *buf, size_t len, struct sp_raw_system *sys,
		      struct sp_tcp_counts *counts);

/**
 * sp_tcp_resets() - connections reset or refused, by either side
 * @counts: read at one time, netstat before snmp
 *
 * EstabResets counts established connections that ended by a reset, whichever
 * side sent it; OutRsts counts resets sent, to refuse a connection also. A
 * connection that this side resets is in both, and then the application's
 * abort is counted in TCPAbortOnClose or TCPAbortOnData besides: that is
 * taken off. Small errors either way remain, and as the files are read one
 * after the other the result may go back by a few.
 *
 * Return: the number, never absent.
 */
uint64_t sp_tcp_resets(const struct sp_tcp_counts *counts);

/**
 * sp_parse_softnet() - /proc/net/softnet_stat
 * @buf: the file
 * @len: its length
 * @sys: softnet_squeezed is set, summed over CPUs
 * @squeezed: what each said before
 */
void sp_parse_softnet(const char *buf, size_t len, struct sp_raw_system *sys,
		      struct sp_cpu_counts *squeezed);

/**
 * sp_parse_net_dev() - /proc/net/dev
 * @buf: the file
 * @len: its length
 * @snap: a row is added for each interface, the loopback one too; its
 *	ifindex, speed and backlog stay absent, physical false
 *
 * Return: 0 or -ENOMEM.
 */
int sp_parse_net_dev(const char *buf, size_t len, struct sp_snapshot *snap);

#endif /* SYSPERF_PROC_NET_H */
