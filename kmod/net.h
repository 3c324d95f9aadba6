/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_NET_H
#define SYSPERF_NET_H

#include <linux/types.h>

/**
 * sysperf_net_init() - start accounting of traffic by task, unless net=0
 *
 * Return: 0 or -errno; a kernel on which it is not possible is no error.
 */
int sysperf_net_init(void);

/**
 * sysperf_net_exit() - stop it
 */
void sysperf_net_exit(void);

/**
 * sysperf_net_set() - turn it on or off
 *
 * Context: process; callers must not run at the same time.
 *
 * Return: 0, -EOPNOTSUPP if this kernel cannot do it, or -errno.
 */
int sysperf_net_set(bool on);

/**
 * sysperf_net_enabled() - is it on?
 */
bool sysperf_net_enabled(void);

/**
 * sysperf_net_info() - what was lost
 * @calls: sends and receives that were not seen
 * @sockets: calls on TCP connections for which there was no room
 */
void sysperf_net_info(u64 *calls, u64 *sockets);

#endif /* SYSPERF_NET_H */
