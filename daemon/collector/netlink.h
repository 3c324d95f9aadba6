/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What netlink tells of the network: interfaces and their counters and
 * queues (rtnetlink), round-trip times of TCP connections (sock_diag). All of
 * the network namespace that the process is in.
 */
#ifndef SYSPERF_NETLINK_H
#define SYSPERF_NETLINK_H

#include <stdint.h>

#include <sysperf/snapshot.h>

/* Sockets, opened when they are first needed. All 0 is none. */
struct sp_netlink {
	struct nl_sock *route;
};

/**
 * sp_netlink_links() - interfaces and their counters
 * @nl: the sockets
 * @snap: a row is added for each interface, in the kernel's order, all of it
 *	set but speed_bits_per_s and backlog_bytes
 *
 * Drops are rx_dropped and rx_missed_errors together, as in /proc/net/dev.
 * Physical are those that are neither loopback nor of a kind that software
 * makes (bridge, veth, tun …); the interface of a virtual machine is
 * physical. Where there is none, as in a container, the ends of tunnels into
 * other namespaces (veth, macvlan) count instead.
 *
 * Return: 0 or -errno; no row is added then.
 */
int sp_netlink_links(struct sp_netlink *nl, struct sp_snapshot *snap);

/**
 * sp_netlink_backlogs() - what waits in interfaces' queueing disciplines
 * @nl: the sockets
 * @snap: backlog_bytes of its rows is set, 0 where there is no queue, and
 *	overlimits, shaper_bits_per_s and delays where there is one. The root
 *	discipline is asked, which contains those below it
 *
 * Return: 0 or -errno; backlog_bytes is absent then.
 */
int sp_netlink_backlogs(struct sp_netlink *nl, struct sp_snapshot *snap);

/**
 * sp_netlink_rtt() - round-trip time of TCP connections
 * @rtt_ns: set to the mean over established connections of the smoothed
 *	time (tcp_info.tcpi_rtt), loopback left out; SP_ABSENT if there is no
 *	connection
 *
 * Looks at 4096 connections of each address family at most.
 *
 * Return: 0 or -errno.
 */
int sp_netlink_rtt(uint64_t *rtt_ns);

/**
 * sp_netlink_close() - close the sockets
 */
void sp_netlink_close(struct sp_netlink *nl);

#endif /* SYSPERF_NETLINK_H */
