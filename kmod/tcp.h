/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_TCP_H
#define SYSPERF_TCP_H

#include <linux/types.h>

/**
 * sysperf_tcp_init() - the records, and their counting unless tcp=0
 *
 * Return: 0 or -errno; a kernel on which it is not possible is no error.
 */
int sysperf_tcp_init(void);

/**
 * sysperf_tcp_exit() - stop it
 */
void sysperf_tcp_exit(void);

/**
 * sysperf_tcp_set() - turn it on or off
 *
 * Context: process; callers must not run at the same time.
 *
 * Return: 0, -EOPNOTSUPP if this kernel cannot do it, or -errno.
 */
int sysperf_tcp_set(bool on);

/**
 * sysperf_tcp_enabled() - is it on?
 */
bool sysperf_tcp_enabled(void);

#endif /* SYSPERF_TCP_H */
